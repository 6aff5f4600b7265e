//! What a waiver covers: exactly the violations of its rule, on its paths, up to its number.

use proptest::prelude::*;

use super::super::fixture::*;
use super::super::{RULES, Rule, Waivable};
use super::properties::{POLICY, any_subject};
use crate::evidence::Proof;
use crate::evidence::waiver::{Granted, Waiver};
use crate::facts::Subject;
use crate::model::{Bounds, FileChange, RepoPath};
use crate::policy::Level;
use crate::policy::Policy;
use crate::policy::Stage;
use crate::verdict::{Decision, Outcome, Violation};

fn granted(rule: &str, limit: Option<u64>, paths: &[&str]) -> Granted {
    let waiver = Waiver {
        tree: oid(0x7e),
        rule: rule.to_owned(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        limit,
        reason: format!("of {rule}"),
        created: "2026-01-02T05:00:00Z".parse().unwrap(),
        expires: "2026-01-03T06:00:00Z".parse().unwrap(),
        repository: oid(0x22),
    };
    Granted { waiver, by: Some("boss".to_owned()), refused: None }
}

/// What `rule` says in the end of a subject with these waivers.
fn after(policy: &Policy, subject: &Subject, rule: &str, waivers: &[Granted]) -> Outcome {
    let subject = Subject { waivers: waivers.to_vec(), ..subject.clone() };
    let verdict = judged(policy, &case(policy, vec![subject]));
    verdict.judgements[0].outcomes.iter().find(|(id, _)| *id == rule).unwrap().1.clone()
}

fn details(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Violated(all) | Outcome::Waived(_, all) => all.iter().flat_map(|v: &Violation| v.details.clone()).collect(),
        other @ (Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_limit_s_carries_the_number() {
    let policy = policy("[defaults]\nmax-files-per-commit = 3\nmax-files-per-session = 3\n[specialist.a]\n");
    for subject in [commit(&policy, specialist("a"), files(5)), session(&policy, specialist("a"), files(5))] {
        let of = |limit| after(&policy, &subject, "file-limit", &[granted("file-limit", limit, &[])]);
        assert_eq!(
            [word(&of(Some(5))), word(&of(Some(9))), word(&of(Some(4))), word(&of(None))],
            ["waived", "waived", "violated", "violated"]
        );
        assert_eq!(details(&of(Some(4))), ["a waiver does not cover it: it covers 4, and this is 5"]);
        assert_eq!(details(&of(None)), ["a waiver does not cover it: it names no number"]);
        let two = [granted("file-limit", Some(4), &[]), granted("file-limit", Some(5), &[])];
        assert_eq!(word(&after(&policy, &subject, "file-limit", &two)), "waived");
        let other = after(&policy, &subject, "file-limit", &[granted("line-limit", Some(99), &[])]);
        assert_eq!((word(&other), details(&other)), ("violated", Vec::new()));
    }
}

#[test]
fn of_bounds_the_upper_one_must_be_covered() {
    let policy = policy("[defaults]\nmax-bytes-per-commit = 10\n[specialist.a]\n");
    let mut one = added("a");
    one.inserted_bytes = Bounds { at_least: 20, at_most: 30 };
    let subject = commit(&policy, specialist("a"), vec![one]);
    let of = |limit| word(&after(&policy, &subject, "byte-limit", &[granted("byte-limit", Some(limit), &[])]));
    assert_eq!([of(20), of(29), of(30)], ["violated", "violated", "waived"]);
}

/// Each of these files is too large for itself.
fn large(policy: &Policy, paths: &[&str]) -> Subject {
    let large = |path: &&str| FileChange { size: 20, ..added(path) };
    commit(policy, specialist("a"), paths.iter().map(large).collect())
}

#[test]
fn with_paths_it_covers_what_is_about_these_alone() {
    let policy = policy("[defaults]\nmax-file-size = 10\n[specialist.a]\n");
    let subject = large(&policy, &["gen/a", "web/b"]);
    let of = |paths: &[&str]| after(&policy, &subject, "file-size", &[granted("file-size", Some(20), paths)]);
    assert_eq!([word(&of(&[])), word(&of(&["gen/", "web/"])), word(&of(&["Gen/", "WEB/"]))], ["waived", "waived", "violated"]);
    let [left] = violations(of(&["gen/"])).try_into().unwrap();
    assert_eq!(left.paths, [RepoPath::from("web/b")]);
    let waived = "waived besides: `gen/a` has 20 bytes, 10 allowed (owner `boss`, until 2026-01-03T06:00:00Z: of file-size)";
    assert_eq!(left.details, ["a waiver does not cover it: it is for other paths than `web/b`", waived]);
    // one violation over several paths needs them all
    let policy = super::super::fixture::policy("[specialist.a]\nallowed = [\"src/\"]\n");
    let subject = commit(&policy, specialist("a"), vec![added("gen/a"), added("web/b")]);
    let of = |paths: &[&str]| word(&after(&policy, &subject, "scope", &[granted("scope", None, paths)]));
    assert_eq!([of(&["gen/"]), of(&["gen/", "web/"])], ["violated", "waived"]);
}

#[test]
fn every_waived_violation_is_told_and_by_what() {
    let policy = policy("[defaults]\nmax-file-size = 10\n[specialist.a]\n");
    let subject = large(&policy, &["gen/a", "gen/b", "web/c", "x"]);
    let by_one = after(&policy, &subject, "file-size", &[granted("file-size", Some(20), &["gen/", "web/"])]);
    assert_eq!(details(&by_one).iter().filter(|d| d.starts_with("waived besides: ")).count(), 3, "{by_one:?}");
    let mut web = granted("file-size", Some(20), &["web/", "x"]);
    web.by = Some("chief".to_owned());
    let by_two = after(&policy, &subject, "file-size", &[granted("file-size", Some(20), &["gen/"]), web]);
    let whose: Vec<bool> = details(&by_two).iter().filter(|d| d.starts_with("waived by ")).map(|d| d.contains("`chief`")).collect();
    assert_eq!((word(&by_two), whose), ("waived", vec![false, false, true, true]));
}

#[test]
fn what_is_about_no_path_is_not_covered_by_a_path() {
    let policy = policy("[specialist.a]\nrequires = [\"unit\"]\n[suite.unit]\nrun = \"true\"\n[owners]\nusers = [\"x\"]\n");
    let subject = commit(&policy, unknown(), vec![added("a")]);
    let of = |paths: &[&str]| after(&policy, &subject, "known-specialist", &[granted("known-specialist", None, paths)]);
    let [found] = violations(say("known-specialist", &policy, &subject)).try_into().unwrap();
    assert_eq!((found.paths.len(), word(&of(&[]))), (0, "waived"));
    assert_eq!(word(&of(&["**"])), "violated");
    assert!(details(&of(&["**"])).contains(&"a waiver does not cover it: it is for paths, and this is about none".to_owned()));
}

#[test]
fn what_nobody_may_waive_stays() {
    let policy = policy("[specialist.a]\n");
    let subject = commit(&policy, specialist("a"), vec![added("a/.git/config")]);
    let of = after(&policy, &subject, "safe-path", &[granted("safe-path", Some(99), &[])]);
    assert_eq!(of, say("safe-path", &policy, &subject));
    let never = RULES.iter().filter(|rule| matches!(rule.waiver, Waivable::Never)).map(|rule| rule.id);
    assert_eq!(never.collect::<Vec<_>>(), ["safe-path", "protected-ref", "halted"]);
}

#[test]
fn a_refused_one_says_why() {
    let policy = policy("[specialist.a]\nallowed = [\"src/\"]\n");
    let subject = commit(&policy, specialist("a"), vec![added("x")]);
    let expired = Granted { refused: Some("it expired on some day".to_owned()), ..granted("scope", None, &[]) };
    let of = after(&policy, &subject, "scope", &[expired]);
    assert_eq!(word(&of), "violated");
    assert!(details(&of).contains(&"a waiver does not cover it: it expired on some day".to_owned()), "{of:?}");
}

/// A suite's changed files, waived, let the suite as it now is count: where they are the waiver's.
#[test]
fn a_waived_suite_proves_again() {
    let text = "[evidence]\ncommit = \"recorded\"\n[specialist.a]\n[area.auth]\npaths = [\"auth/\"]\nrequires = [\"login\"]\n\
                [suite.login]\nrun = \"true\"\nfiles = [\"tests/login/\"]\n";
    let policy = policy(text);
    let changes = vec![modified("auth/x.py"), modified("tests/login/t.py")];
    let mut subject =
        index(&policy, specialist("a"), changes).touching(touch("auth", "auth/x.py")).proven("login", Level::Recorded);
    subject.parts[0].suites.push(("login".to_owned(), "tests/login/t.py".into()));
    let proof = Proof { level: Level::Recorded, base_run: Some(Level::None), ..Proof::none() };
    let mut subject = subject.with_proof("login", proof);
    let of = |waiver: Granted| {
        ["suite-change", "guarded-area"].map(|rule| word(&after(&policy, &subject, rule, std::slice::from_ref(&waiver))))
    };
    assert_eq!(of(granted("suite-change", None, &[])), ["waived", "satisfied"]);
    assert_eq!(of(granted("suite-change", None, &["tests/login/"])), ["waived", "satisfied"]);
    assert_eq!(of(granted("suite-change", None, &["tests/other/"])), ["violated", "violated"]);
    assert_eq!(of(granted("scope", None, &[])), ["violated", "violated"]);
    let refused = Granted { refused: Some("no".to_owned()), ..granted("suite-change", None, &[]) };
    assert_eq!(of(refused), ["violated", "violated"]);
    // where it isn't known who changed them, only a waiver of the whole rule will do
    subject.parts[0].suites.clear();
    let of = |paths: &[&str]| word(&after(&policy, &subject, "guarded-area", &[granted("suite-change", None, paths)]));
    assert_eq!([of(&["tests/login/"]), of(&[])], ["violated", "satisfied"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A waiver changes what its own rule says, and nothing else (but that a waived suite proves again: no suite here has files).
    #[test]
    fn a_waiver_is_of_its_rule_alone(
        subject in any_subject(policy(POLICY)),
        rule in 0..RULES.len(),
        limit in prop::option::of(0u64..200),
        paths in prop_oneof![Just(vec![]), Just(vec!["web/"]), Just(vec!["**"])],
    ) {
        let policy = policy(POLICY);
        let rule = RULES[rule].id;
        let waived = Subject { waivers: vec![granted(rule, limit, &paths)], stage: Stage::Land, ..subject.clone() };
        let plain = Subject { waivers: Vec::new(), ..waived.clone() };
        let (waived, plain) = (judged(&policy, &case(&policy, vec![waived])), judged(&policy, &case(&policy, vec![plain])));
        let pairs = || waived.judgements.iter().flat_map(|j| &j.outcomes).zip(plain.judgements.iter().flat_map(|j| &j.outcomes));
        prop_assert_eq!(pairs().count(), plain.judgements.iter().flat_map(|j| &j.outcomes).count());
        for ((id, after), (_, before)) in pairs() {
            if id != &rule {
                prop_assert_eq!(after, before);
            } else if word(after) != word(before) {
                prop_assert_eq!((word(before), word(after), Rule::named(rule).unwrap().can_be_waived()), ("violated", "waived", true));
            }
        }
        let others = pairs().any(|((id, _), (_, before))| id != &rule && word(before) == "violated");
        prop_assert!(!others || waived.decision == Decision::Rejected);
    }
}
