//! `guarded-area` and `combined-change`.

use super::super::fixture::*;
use crate::evidence::{Proof, RejectReason};
use crate::facts::{Part, Place, Proofs, Subject, Touch};
use crate::policy::Level;
use crate::policy::Policy;
use crate::policy::Stage;
use crate::verdict::Outcome;

const POLICY: &str = "\
[owners]
users = [\"alice\"]
[evidence]
commit = \"recorded\"
branch = \"claimed\"
land = \"recorded\"
[specialist.a]
[specialist.b]
requires = [\"api\"]
[area.middleware]
paths = [\"middleware/\"]
requires = [\"integration\"]
[area.database]
paths = [\"db/\"]
affects = [\"auth\"]
[area.auth]
paths = [\"auth/\"]
requires = [\"login\"]
affects = [\"database\", \"middleware\"]
[suite.integration]
run = \"true\"
[suite.login]
run = \"true\"
[suite.api]
run = \"true\"
[combined]
requires = [\"integration\"]
";

fn touching(policy: &Policy, area: &str) -> Subject {
    let path = format!("{area}/x.py");
    index(policy, specialist("a"), vec![modified(&path)]).touching(touch(area, &path))
}

#[test]
fn a_touch_without_evidence_is_refused_with_the_next_step() {
    let policy = policy(POLICY);
    let line = Touch { line: Some((48, b"  app.add_middleware(X)".to_vec())), ..touch("middleware", "api/main.py") };
    let subject = index(&policy, specialist("a"), vec![modified("api/main.py")]).touching(line);
    let [found] = violations(say("guarded-area", &policy, &subject)).try_into().unwrap();
    assert_eq!(found.message, "area `middleware` touched, suite `integration` not proven on this tree");
    assert_eq!(found.details, ["api/main.py:48  app.add_middleware(X)", "needs recorded, found none for tree 7e7e7e7"]);
    assert_eq!((found.demanded, found.found), (Some(Level::Recorded), Some(Level::None)));
    assert_eq!((found.suite.as_deref(), found.paths.len()), (Some("integration"), 1));
    assert_eq!(policy.line(found.policy.unwrap().line), "requires = [\"integration\"]");
    assert_eq!(found.next, ["guard test integration"]);
    assert_eq!(word(&say("guarded-area", &policy, &subject.proven("integration", Level::Recorded))), "satisfied");
}

#[test]
fn the_level_that_the_stage_demands_is_the_least_that_counts() {
    let policy = policy(POLICY);
    let table = [
        (Stage::Commit, Level::Claimed, "violated"),
        (Stage::Commit, Level::Recorded, "satisfied"),
        (Stage::Commit, Level::Attested, "satisfied"),
        (Stage::Branch, Level::None, "violated"),
        (Stage::Branch, Level::Claimed, "satisfied"),
        (Stage::Land, Level::Claimed, "violated"),
        (Stage::Land, Level::Recorded, "satisfied"),
    ];
    for (stage, level, expected) in table {
        let subject = touching(&policy, "middleware").proven("integration", level).at(stage);
        assert_eq!(word(&say("guarded-area", &policy, &subject)), expected, "{stage:?} {level}");
    }
    let none = super::super::fixture::policy(&POLICY.replace("\"recorded\"", "\"none\""));
    assert_eq!(word(&say("guarded-area", &none, &touching(&none, "middleware"))), "satisfied");
}

#[test]
fn what_an_area_affects_is_demanded_too_round_in_circles() {
    let policy = policy(POLICY);
    let found = violations(say("guarded-area", &policy, &touching(&policy, "database")));
    let said: Vec<(&str, Vec<&str>)> =
        found.iter().map(|v| (v.suite.as_deref().unwrap(), v.details.iter().map(String::as_str).collect())).collect();
    let needs = "needs recorded, found none for tree 7e7e7e7";
    let details =
        vec!["`database` affects `auth`, which adds `login`", "`auth` affects `middleware`, which adds `integration`", needs];
    assert_eq!(said, [("login", details.clone()), ("integration", details)]);
    let half = touching(&policy, "database").proven("login", Level::Recorded);
    assert_eq!(violations(say("guarded-area", &policy, &half)).len(), 1);
    assert_eq!(word(&say("guarded-area", &policy, &half.proven("integration", Level::Recorded))), "satisfied");
}

#[test]
fn a_specialist_s_own_suites_are_demanded_of_any_change_and_of_no_empty_one() {
    let policy = policy(POLICY);
    let subject = index(&policy, specialist("b"), vec![modified("README")]);
    assert_eq!(messages(&say("guarded-area", &policy, &subject)), ["work of `b`, suite `api` not proven on this tree"]);
    assert_eq!(word(&say("guarded-area", &policy, &subject.proven("api", Level::Recorded))), "satisfied");
    let merge = commit(&policy, specialist("b"), Vec::new());
    assert_eq!(word(&say("guarded-area", &policy, &merge)), "satisfied");
}

#[test]
fn which_trees_must_be_proven() {
    let policy = policy(POLICY);
    let of = |kind| {
        let path = "middleware/x";
        subject(kind, &policy, specialist("a"), vec![modified(path)]).touching(touch("middleware", path))
    };
    use crate::facts::SubjectKind::{Commit, Index, Landing, Session};
    let table = [
        (Index, Stage::Commit, "violated"),
        (Commit, Stage::Commit, "violated"),
        (Commit, Stage::Branch, "not-applicable"),
        (Commit, Stage::Land, "not-applicable"),
        (Session, Stage::Land, "not-applicable"),
        (Landing, Stage::Branch, "violated"),
        (Landing, Stage::Land, "violated"),
    ];
    for (kind, stage, expected) in table {
        assert_eq!(word(&say("guarded-area", &policy, &of(kind).at(stage))), expected, "{kind:?} {stage:?}");
    }
    let mut each = policy.clone();
    each.evidence.each_commit = true;
    assert_eq!(word(&say("guarded-area", &each, &of(Commit).at(Stage::Land))), "violated");
}

#[test]
fn a_commit_is_tested_by_its_id_and_no_advice_amends_what_head_may_not_be() {
    let policy = policy(POLICY);
    let tip = landing(&policy, specialist("a"), vec![modified("auth/x")]).touching(touch("auth", "auth/x"));
    let test = format!("guard test login --rev {}", oid(0xc1));
    assert_eq!(violations(say("guarded-area", &policy, &tip))[0].next, [test.as_str()]);
    let branch = violations(say("guarded-area", &policy, &tip.clone().at(Stage::Branch)));
    assert_eq!(branch[0].next, [test]);
    let mut attested = policy.clone();
    attested.evidence.land = (Level::Attested, None);
    let found = violations(say("guarded-area", &attested, &tip.clone().proven("login", Level::Recorded)));
    assert_eq!(
        found[0].help,
        "only a runner of the policy attests: have CI run the suite on this tree, sign and push the record, and fetch it"
    );
    assert_eq!(found[0].next, [format!("guard evidence {}", oid(0xc1))]);
    let fetch = "git fetch origin '+refs/notes/guard/*:refs/notes/guard/remotes/origin/*'";
    let found = violations(say("guarded-area", &attested, &tip.clone().pasted(with_origin())));
    assert_eq!(found[0].next, [fetch.to_owned(), format!("guard evidence {}", oid(0xc1))]);
    let mut signed = policy.clone();
    signed.evidence.land = (Level::Signed, None);
    let found = violations(say("guarded-area", &signed, &tip.proven("login", Level::Recorded)));
    assert_eq!(found[0].next, [format!("guard test login --rev {} --sign", oid(0xc1))]);
}

#[test]
fn a_marker_may_come_where_a_claim_is_enough_and_somebody_will_look() {
    let policy = policy(&POLICY.replace("commit = \"recorded\"", "commit = \"claimed\""));
    let waiting = |level| Proof { level, marker_may_come: true, ..Proof::none() };
    let subject = touching(&policy, "middleware");
    assert_eq!(word(&say("guarded-area", &policy, &subject)), "violated");
    let subject = subject.with_proof("integration", waiting(Level::None));
    assert_eq!(
        say("guarded-area", &policy, &subject),
        Outcome::Satisfied("needs a marker for 1 suite: commit-msg decides".to_owned())
    );
    assert_eq!(word(&say("guarded-area", &policy, &subject.clone().at(Stage::Branch))), "violated");
    let strict = super::super::fixture::policy(POLICY);
    assert_eq!(word(&say("guarded-area", &strict, &subject)), "violated");
}

#[test]
fn a_doubtful_touch_is_undecided_only_where_it_matters() {
    let policy = policy(POLICY);
    let doubtful = |area| {
        index(&policy, specialist("a"), vec![modified("big")])
            .touching(Touch { unknown: Some("over 8 MiB".to_owned()), ..touch(area, "big") })
    };
    assert_eq!(
        say("guarded-area", &policy, &doubtful("middleware")),
        Outcome::Indeterminate("whether `big` touches area `middleware` can't be told: over 8 MiB".to_owned())
    );
    let proven = doubtful("middleware").proven("integration", Level::Recorded);
    assert_eq!(word(&say("guarded-area", &policy, &proven)), "satisfied");
    let also = doubtful("middleware").touching(touch("auth", "auth/x"));
    assert_eq!(word(&say("guarded-area", &policy, &also)), "violated", "deny overrides");
    assert_eq!(word(&say("guarded-area", &policy, &doubtful("unheard-of"))), "indeterminate");
}

#[test]
fn a_suite_without_an_entry_is_not_proven() {
    let policy = policy(POLICY);
    let subject = Subject { proofs: Proofs::default(), ..touching(&policy, "middleware") };
    assert_eq!(word(&say("guarded-area", &policy, &subject)), "violated");
}

#[test]
fn what_does_not_count_is_named() {
    let policy = policy(POLICY);
    let subject = touching(&policy, "middleware");
    let refused =
        vec![RejectReason::Stale { tree: "1a2b3c4d5e".to_owned() }, RejectReason::Failed("exit status 1\u{1b}".to_owned())];
    let by = Some("trailer of 1a2b3c4".to_owned());
    let subject = subject.with_proof("integration", Proof { level: Level::Claimed, by, refused, ..Proof::none() });
    let found = violations(say("guarded-area", &policy, &subject));
    assert_eq!(
        found[0].details,
        [
            "needs recorded, found claimed (trailer of 1a2b3c4) for tree 7e7e7e7",
            "does not count: it is stale: it is for another tree, 1a2b3c4",
            "does not count: the run failed: exit status 1\\u{1b}",
        ]
    );
    let words = [
        RejectReason::OtherDefinition,
        RejectReason::OtherRepository,
        RejectReason::TooFewTests { passed: 1, demanded: 2 },
        RejectReason::TooManySkipped { skipped: 3, allowed: 0 },
        RejectReason::Malformed("not JSON".to_owned()),
    ];
    let distinct: std::collections::BTreeSet<String> = words.iter().map(RejectReason::phrase).collect();
    assert_eq!(distinct.len(), words.len());
}

#[test]
fn what_the_push_will_want_is_said_at_the_commit() {
    let text = POLICY.replace("branch = \"claimed\"", "branch = \"signed\"");
    let signed = policy(&text);
    let next = |policy: &Policy, subject: &Subject| violations(say("guarded-area", policy, subject))[0].next.clone();
    let index = touching(&signed, "middleware");
    let origin = with_origin();
    assert_eq!(next(&signed, &index.clone().pasted(origin.clone())), ["guard test integration --sign --push origin"]);
    // Without a key, or nowhere to push to, it would only fail.
    let keyless = Place { signs: false, ..origin.clone() };
    assert_eq!(next(&signed, &index.clone().pasted(keyless)), ["guard test integration"]);
    assert_eq!(next(&signed, &index), ["guard test integration"]);
    // A marker is a claim, and comes by itself.
    let claimed = policy(POLICY);
    assert_eq!(next(&claimed, &touching(&claimed, "middleware").pasted(origin)), ["guard test integration"]);
}

#[test]
fn an_index_that_git_throws_away_is_named_by_its_tree() {
    let policy = policy(POLICY);
    let subject = touching(&policy, "middleware").pasted(Place { passing_index: true, ..Place::default() });
    let tree = subject.tree.unwrap();
    assert_eq!(violations(say("guarded-area", &policy, &subject))[0].next, [format!("guard test integration --tree {tree}")]);
}

#[test]
fn a_server_wants_what_it_can_see() {
    let policy = policy(POLICY);
    let server = Place { server: true, ..with_origin() };
    let tip = landing(&policy, specialist("a"), vec![modified("auth/x")]).touching(touch("auth", "auth/x")).pasted(server);
    let next = |stage| violations(say("guarded-area", &policy, &tip.clone().at(stage)))[0].next.clone();
    assert_eq!(next(Stage::Land), [format!("guard test login --rev {} --sign --push origin", oid(0xc1))]);
    assert_eq!(next(Stage::Branch), [format!("guard test login --rev {} --push origin", oid(0xc1))]);
}

#[test]
fn after_a_failed_run_the_advice_is_not_to_run_it() {
    let policy = policy(POLICY);
    let mut failed = Proof::none();
    failed.refused.push(RejectReason::Failed("exit status 1".to_owned()));
    let subject = touching(&policy, "middleware").with_proof("integration", failed);
    let [found] = violations(say("guarded-area", &policy, &subject)).try_into().unwrap();
    assert_eq!(found.help, "the suite has failed on this tree: correct what failed, stage that, and run it again");
}

#[test]
fn many_touched_lines_leave_room_for_what_is_needed() {
    let policy = policy(POLICY);
    let mut subject = index(&policy, specialist("a"), vec![modified("x")]);
    for n in 1..=9 {
        subject = subject.touching(Touch { line: Some((n, b"use(x)".to_vec())), ..touch("middleware", "x") });
    }
    let found = violations(say("guarded-area", &policy, &subject));
    assert_eq!(found[0].details, ["x:1  use(x)", "x:2  use(x)", "… 7 lines more", "needs recorded, found none for tree 7e7e7e7"]);
}

fn together(policy: &Policy, parts: &[(&str, bool)]) -> Subject {
    let part = |(name, changes): &(&str, bool)| {
        let actor = if name.is_empty() { unknown() } else { specialist(name) };
        Part { commit: Some(oid(1)), actor, changes: *changes, touches: Vec::new(), suites: Vec::new() }
    };
    Subject {
        actor: None,
        parts: parts.iter().map(part).collect(),
        ..landing(policy, specialist("a"), vec![modified("x"), modified("y")])
    }
}

#[test]
fn several_specialists_land_together_only_with_evidence() {
    let policy = policy(POLICY);
    let table: [(&[(&str, bool)], &str); 5] = [
        (&[("a", true)], "satisfied"),
        (&[("a", true), ("a", true)], "satisfied"),
        (&[("a", true), ("b", false)], "satisfied"),
        (&[("a", true), ("b", true)], "violated"),
        (&[("a", true), ("", true)], "violated"),
    ];
    for (parts, expected) in table {
        assert_eq!(word(&say("combined-change", &policy, &together(&policy, parts))), expected, "{parts:?}");
    }
    let both = together(&policy, &[("a", true), ("b", true)]);
    let [found] = violations(say("combined-change", &policy, &both)).try_into().unwrap();
    assert_eq!(found.message, "`a` and `b` land together, suite `integration` not proven on this tree");
    assert_eq!((found.demanded, found.paths.len()), (Some(Level::Recorded), 2));
    assert_eq!(found.next, [format!("guard test integration --rev {}", oid(0xc1))]);
    assert_eq!(word(&say("combined-change", &policy, &both.clone().proven("integration", Level::Recorded))), "satisfied");
    assert_eq!(word(&say("combined-change", &policy, &both.clone().proven("integration", Level::Claimed))), "violated");
    let branch = both.at(Stage::Branch).proven("integration", Level::Claimed);
    assert_eq!(word(&say("combined-change", &policy, &branch)), "satisfied");
}

#[test]
fn without_the_table_nothing_is_asked_of_a_combination() {
    let policy = policy("[specialist.a]\n[specialist.b]");
    assert_eq!(word(&say("combined-change", &policy, &together(&policy, &[("a", true), ("b", true)]))), "not-applicable");
    assert_eq!(word(&say("combined-change", &policy, &index(&policy, specialist("a"), files(1)))), "not-applicable");
}
