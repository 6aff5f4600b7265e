//! `suite-change`, and what a changed suite is worth to the rules that ask for proof.

use super::super::fixture::*;
use crate::evidence::Proof;
use crate::facts::Subject;
use crate::model::RepoPath;
use crate::policy::Level;
use crate::policy::Policy;
use crate::policy::Stage;

const POLICY: &str = "\
[owners]
users = [\"alice\"]
[evidence]
commit = \"recorded\"
branch = \"none\"
land = \"recorded\"
[specialist.a]
[area.auth]
paths = [\"auth/\"]
requires = [\"login\"]
[suite.login]
run = \"true\"
files = [\"tests/login/\"]
";

/// Work of `by` that changes a test of the suite and the area that demands it; the suite as it now is has passed.
fn changed(policy: &Policy, owner: bool, base_run: Option<Level>) -> Subject {
    let mut actor = specialist("a");
    actor.owner = owner;
    let changes = vec![modified("auth/x.py"), modified("tests/login/test_x.py")];
    let mut subject = index(policy, actor, changes).touching(touch("auth", "auth/x.py")).proven("login", Level::Recorded);
    subject.parts[0].suites.push(("login".to_owned(), RepoPath::from("tests/login/test_x.py")));
    subject.with_proof("login", Proof { level: Level::Recorded, base_run, ..Proof::none() })
}

#[test]
fn the_base_s_files_must_have_passed_too() {
    let policy = policy(POLICY);
    let subject = changed(&policy, false, Some(Level::None));
    let [found] = violations(say("suite-change", &policy, &subject)).try_into().unwrap();
    assert_eq!(found.message, "suite `login` changed: `tests/login/test_x.py`");
    assert_eq!(found.details, ["with the base's files: needs recorded, found none for tree 7e7e7e7"]);
    assert_eq!((found.demanded, found.found), (Some(Level::Recorded), Some(Level::None)));
    assert_eq!(policy.line(found.policy.unwrap().line), "[suite.login]");
    assert_eq!(found.next, ["guard test login"]);
    let [area] = violations(say("guarded-area", &policy, &subject)).try_into().unwrap();
    assert!(area.details.iter().any(|d| d.contains("the suite's own files are changed")), "{:?}", area.details);
    for (base_run, expected) in [(Some(Level::Recorded), "satisfied"), (Some(Level::Claimed), "violated"), (None, "satisfied")] {
        let subject = changed(&policy, false, base_run);
        assert_eq!(word(&say("suite-change", &policy, &subject)), expected, "{base_run:?}");
        assert_eq!(word(&say("guarded-area", &policy, &subject)), expected, "{base_run:?}");
    }
}

#[test]
fn an_owner_may_change_a_suite_and_nobody_may_hide_behind_one() {
    let policy = policy(POLICY);
    let mut subject = changed(&policy, true, Some(Level::None));
    assert_eq!(word(&say("suite-change", &policy, &subject)), "satisfied");
    assert_eq!(word(&say("guarded-area", &policy, &subject)), "satisfied");
    let mut other = subject.parts[0].clone();
    other.actor.owner = false;
    subject.parts.push(other);
    assert_eq!(word(&say("suite-change", &policy, &subject)), "violated");
    assert_eq!(word(&say("guarded-area", &policy, &subject)), "violated");
    // who changed it is not known here: nothing is lifted
    subject.parts.iter_mut().for_each(|part| part.suites.clear());
    assert_eq!(word(&say("guarded-area", &policy, &subject)), "violated");
}

#[test]
fn is_judged_where_something_must_be_proven() {
    let policy = policy(POLICY);
    let subject = changed(&policy, false, Some(Level::None));
    assert_eq!(word(&say("suite-change", &policy, &subject.at(Stage::Branch))), "satisfied");
    let session = session(&policy, specialist("a"), Vec::new());
    assert_eq!(word(&say("suite-change", &policy, &session)), "not-applicable");
    let plain = super::super::fixture::policy(&POLICY.replace("files = [\"tests/login/\"]\n", ""));
    assert_eq!(word(&say("suite-change", &plain, &index(&plain, specialist("a"), Vec::new()))), "not-applicable");
}
