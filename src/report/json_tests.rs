use serde_json::{Value, json};

use super::*;
use crate::facts::SubjectKind;
use crate::model::Bounds;
use crate::policy::Stage;
use crate::report::fixture::{file_limit, guarded_area, judgement, oid, policy, rejected, violation};
use crate::verdict::{Judgement, Measured, Violation, ViolationScope};

fn parse(text: &str) -> Value {
    assert!(text.ends_with('\n') && text.lines().count() == 1, "one document, one line: {text}");
    let document: Value = serde_json::from_str(text).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../tests/json/check.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?}\n{document:#}");
    document
}

#[test]
fn a_rejection_has_every_key_of_the_design_in_its_order() {
    let tip = oid("1a2b3c4d");
    let text = verdict(&rejected(), &policy(), Some(("refs/remotes/origin/main", &tip)));
    let document = parse(&text);
    assert_eq!(document["decision"], "rejected");
    assert_eq!(document["stage"], "commit");
    assert_eq!(document["error"], Value::Null);
    assert_eq!(document["policy"]["commit"], tip.to_string());
    assert_eq!(document["base"], json!({"ref": "refs/remotes/origin/main", "commit": tip.to_string()}));
    let judged = &document["judgements"][0];
    assert_eq!(judged["subject"], json!({"kind": "index", "commit": null, "ref": null, "tree": oid("9f2c11e7").to_string()}));
    assert_eq!(judged["specialist"], json!({"name": "backend-gateway-expert", "source": "claim:email", "strength": "claim"}));
    assert_eq!((&judged["files"], &judged["insertions"]), (&json!(17), &json!(292_900)));
    assert_eq!(judged["areas"], json!(["auth", "middleware"]));
    let limit = &judged["outcomes"][1];
    assert_eq!(limit["because"], "17 files changed in this commit, 10 allowed");
    assert_eq!(limit["violations"][0]["paths"].as_array().unwrap().len(), 17);
    assert_eq!(limit["violations"][0]["policy"], json!({"line": 14, "column": 1}));
    assert_eq!(judged["outcomes"][2]["violations"][0]["demanded"], "recorded");
    let order = ["\"version\"", "\"decision\"", "\"stage\"", "\"policy\"", "\"base\"", "\"judgements\"", "\"error\""];
    let places: Vec<usize> = order.iter().map(|key| text.find(key).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn bytes_that_are_no_text_are_base64() {
    let landing = Judgement {
        actor: None,
        reference: Some(b"refs/heads/\xff".to_vec()),
        tree: None,
        ..judgement(SubjectKind::Landing, "", vec![("scope", Outcome::Violated(vec![violation("m", &[b"a\xfe", b"b\n\x1b"])]))])
    };
    let document = parse(&verdict(&Verdict::of(Stage::Land, vec![landing]), &policy(), None));
    let judged = &document["judgements"][0];
    assert_eq!(judged["subject"]["ref"], json!({"bytes": "cmVmcy9oZWFkcy//"}));
    assert_eq!(judged["specialist"], Value::Null);
    assert_eq!(judged["outcomes"][0]["violations"][0]["paths"], json!([{"bytes": "Yf4="}, "b\n\u{1b}"]));
    assert_eq!(document["base"], Value::Null);
}

#[test]
fn numbers_that_are_not_known_are_null_beside_their_bounds() {
    let over = Violation {
        measured: Some(Measured::Between { at_least: 501, at_most: 900 }),
        scope: ViolationScope::Session,
        limit: Some(500),
        ..violation("at least 501 lines", &[])
    };
    let mut judged = judgement(SubjectKind::Session, "a", vec![("line-limit", Outcome::Violated(vec![over]))]);
    judged.totals.insertions = Bounds { at_least: 501, at_most: 900 };
    let document = parse(&verdict(&Verdict::of(Stage::Branch, vec![judged]), &policy(), None));
    let judged = &document["judgements"][0];
    assert_eq!(judged["insertions"], Value::Null);
    assert_eq!((&judged["insertions_at_least"], &judged["insertions_at_most"]), (&json!(501), &json!(900)));
    assert!(judged.get("deletions_at_least").is_none());
    let over = &judged["outcomes"][0]["violations"][0];
    assert_eq!((&over["measured"], &over["at_least"], &over["at_most"]), (&Value::Null, &json!(501), &json!(900)));
}

#[test]
fn every_decision_fits_the_schema() {
    let unsure = Outcome::Indeterminate("a blob is missing".to_owned());
    let document = parse(&verdict(
        &Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", vec![("line-limit", unsure)])]),
        &policy(),
        None,
    ));
    assert_eq!((&document["decision"], &document["error"]), (&json!("undecided"), &json!("line-limit: a blob is missing")));
    let waived = Outcome::Waived("waiver of alice".to_owned(), vec![file_limit(), guarded_area()]);
    let document = parse(&verdict(
        &Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", vec![("file-limit", waived)])]),
        &policy(),
        None,
    ));
    assert_eq!(document["decision"], "accepted");
    assert_eq!(parse(&verdict(&Verdict::of(Stage::Land, Vec::new()), &policy(), None))["judgements"], json!([]));
    for decision in [Decision::Accepted, Decision::Rejected, Decision::Undecided] {
        assert_eq!(parse(&without_policy(decision))["decision"], decision.as_str());
    }
}

#[test]
fn an_error_is_undecided_and_says_why() {
    let mut given = Error::new("unknown key `x`").next("guard policy check");
    let document = parse(&error(&given));
    assert_eq!(
        document,
        json!({"version": 1, "decision": "undecided", "stage": null, "policy": null, "base": null, "judgements": [],
            "error": "unknown key `x`", "help": "guard policy check"})
    );
    given.details = Some(" | \n ^\n".to_owned());
    assert_eq!(parse(&error(&given))["error"], "unknown key `x`\n | \n ^");
}
