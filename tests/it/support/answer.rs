//! The JSON report: what holds of every one, and what a test asks of it.

use serde_json::Value;

/// The ids of all rules, in the order in which reports list them. Which they are is said once, in src/rules/tests/catalogue.rs.
pub fn rule_ids() -> Vec<&'static str> {
    guard::rules::RULES.iter().map(|rule| rule.id).collect()
}

/// Every key of interface.md is there, and every rule speaks exactly once in every judgement.
#[track_caller]
pub fn assert_sound(json: &Value) {
    let has = |value: &Value, keys: &[&str]| {
        for key in keys {
            assert!(value.get(key).is_some(), "no key `{key}` in {value:#}");
        }
    };
    assert_eq!(json["version"], 1, "{json:#}");
    has(json, &["decision"]);
    if json["decision"] == "undecided" && json.get("error").is_some_and(|e| !e.is_null()) {
        return;
    }
    has(json, &["stage", "policy", "base", "judgements"]);
    for judgement in json["judgements"].as_array().unwrap() {
        has(judgement, &["subject", "specialist", "files", "insertions", "deletions", "areas", "outcomes"]);
        has(&judgement["subject"], &["kind", "commit", "ref", "tree"]);
        let outcomes = judgement["outcomes"].as_array().unwrap();
        let spoke: Vec<&str> = outcomes.iter().map(|o| o["rule"].as_str().unwrap()).collect();
        assert_eq!(spoke, rule_ids(), "every rule speaks once, in order: {judgement:#}");
        for outcome in outcomes {
            has(outcome, &["outcome", "because", "violations"]);
            let violations = outcome["violations"].as_array().unwrap();
            let doesnt_hold = outcome["outcome"] == "violated" || outcome["outcome"] == "waived";
            assert_eq!(doesnt_hold, !violations.is_empty(), "{outcome:#}");
            for violation in violations {
                has(
                    violation,
                    &["message", "scope", "paths", "measured", "limit", "suite", "demanded", "found", "policy", "help", "next"],
                );
            }
        }
    }
}

/// The judgements of a kind of subject: `index`, `commit`, `session`, `landing`.
pub fn judgements<'j>(json: &'j Value, kind: &str) -> Vec<&'j Value> {
    json["judgements"].as_array().unwrap().iter().filter(|j| j["subject"]["kind"] == kind).collect()
}

/// The only judgement of that kind.
#[track_caller]
pub fn judgement<'j>(json: &'j Value, kind: &str) -> &'j Value {
    let found = judgements(json, kind);
    assert_eq!(found.len(), 1, "judgements of kind `{kind}`: {json:#}");
    found[0]
}

/// What a rule says of the only subject of that kind: `satisfied`, `violated`, `not-applicable`, `indeterminate`.
#[track_caller]
pub fn outcome<'j>(json: &'j Value, kind: &str, rule: &str) -> &'j str {
    rule_of(judgement(json, kind), rule)["outcome"].as_str().unwrap()
}

#[track_caller]
fn rule_of<'j>(judgement: &'j Value, rule: &str) -> &'j Value {
    let outcomes = judgement["outcomes"].as_array().unwrap();
    outcomes.iter().find(|o| o["rule"] == rule).unwrap_or_else(|| panic!("rule `{rule}` says nothing in {judgement:#}"))
}

/// All violations of a rule, over all subjects of that kind.
pub fn violations<'j>(json: &'j Value, kind: &str, rule: &str) -> Vec<&'j Value> {
    judgements(json, kind).into_iter().flat_map(|j| rule_of(j, rule)["violations"].as_array().unwrap()).collect()
}

/// Asserts that the rule is violated by some subject of that kind, and that the whole is rejected; returns the first violation.
#[track_caller]
pub fn assert_violated<'j>(json: &'j Value, kind: &str, rule: &str) -> &'j Value {
    assert_eq!(json["decision"], "rejected", "{json:#}");
    let found = violations(json, kind, rule);
    found.first().unwrap_or_else(|| panic!("no {kind} violates `{rule}`: {json:#}"))
}

/// Asserts that the rules that are violated, over all subjects, are exactly these, in the rules' order.
#[track_caller]
pub fn assert_only_violated(json: &Value, rules: &[&str]) {
    let all = json["judgements"].as_array().unwrap();
    let found: Vec<&str> =
        rule_ids().into_iter().filter(|rule| all.iter().any(|j| rule_of(j, rule)["outcome"] == "violated")).collect();
    assert_eq!(found, rules, "{json:#}");
}

/// Asserts that the whole is accepted.
#[track_caller]
pub fn assert_accepted(json: &Value) {
    assert_eq!(json["decision"], "accepted", "{json:#}");
}
