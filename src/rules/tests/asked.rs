//! What the rules ask of a source, and when: nothing for nothing, nothing twice, and no verdict without an answer.

use std::collections::BTreeMap;

use super::super::fixture::*;
use crate::evidence::Proof;
use crate::evidence::halt::Halted;
use crate::facts::{Facts, Subject};
use crate::judge;
use crate::model::{Bounds, BySuite, FileChange, LineCount, Totals};
use crate::policy::{Level, Policy, Stage};
use crate::verdict::{Decision, Verdict};

const LIMITS: &str = "\
[evidence]
commit = \"claimed\"
branch = \"claimed\"
land = \"recorded\"
[specialist.a]
max-files-per-commit = 10
max-files-per-session = 20
max-lines-per-commit = 500
max-lines-per-session = 900
max-file-size = 4096
[area.auth]
paths = [\"auth/\"]
requires = [\"login\"]
[suite.login]
run = \"true\"
";

fn between(path: &str, at_least: u64, at_most: u64) -> FileChange {
    let lines = LineCount::Text { added: Bounds { at_least, at_most }, deleted: Bounds::exact(0) };
    FileChange { lines, ..modified(path) }
}

/// The verdict on these, and what was asked for it.
fn heard(policy: &Policy, answers: &Answers, subjects: Vec<Subject>) -> (Verdict, Vec<&'static str>) {
    let verdict = judged(policy, &asking(answers, subjects));
    (verdict, answers.asked())
}

fn login(level: Level) -> BySuite<Proof> {
    BTreeMap::from([("login".to_owned(), Proof { level, ..Proof::none() })])
}

/// A subject that may return to a tree of the base, and whose evidence nobody has looked up.
fn returning(subject: Subject) -> Subject {
    Subject { base: Some(oid(0xba)), proofs: unread(), ..subject }
}

#[test]
fn within_its_limits_nothing_is_asked() {
    let policy = policy(LIMITS);
    let a = || specialist("a");
    for subject in [index(&policy, a(), files(10)), commit(&policy, a(), files(10)), session(&policy, a(), files(20))] {
        let (verdict, asked) = heard(&policy, &Answers::default(), vec![returning(subject)]);
        assert_eq!((verdict.decision, asked), (Decision::Accepted, Vec::new()));
    }
}

#[test]
fn exact_numbers_are_asked_where_bounds_leave_a_limit_open() {
    let policy = policy(LIMITS);
    let answers = Answers { plain: Some(policy.count.clone()), ..Answers::default() };
    for (least, most, expected) in [(0, 500, vec![]), (3, 501, vec!["exact"]), (501, 9000, vec!["exact"]), (501, 501, vec![])] {
        let subject = index(&policy, specialist("a"), vec![between("big.sql", least, most)]);
        assert_eq!(heard(&policy, &answers, vec![subject]).1, expected, "{least} to {most}");
    }
    let landing = landing(&policy, specialist("a"), vec![between("big.sql", 3, 9000)]);
    assert_eq!(heard(&policy, &answers, vec![landing]).1, [""; 0], "what lands was counted where it was made");
}

#[test]
fn a_verdict_has_the_numbers_that_were_counted() {
    let policy = policy(LIMITS);
    let subject = index(&policy, specialist("a"), vec![between("big.sql", 3, 501)]);
    let exact = crate::facts::Exact {
        each: vec![crate::model::Counted { lines: between("", 400, 400).lines, inserted_bytes: Bounds::exact(10) }],
        totals: Totals { files: 1, insertions: Bounds::exact(400), ..Totals::default() },
    };
    subject.told.exact.set(exact).unwrap();
    let (verdict, asked) = heard(&policy, &Answers::default(), vec![subject]);
    assert_eq!((verdict.decision, asked), (Decision::Accepted, Vec::new()), "what is known is not asked again");
    assert_eq!(verdict.judgements[0].totals.insertions, Bounds::exact(400));
}

#[test]
fn similarity_is_asked_only_where_it_can_help() {
    let policy = policy(LIMITS);
    let enough = Totals { files: 10, ..Totals::default() };
    let answers = Answers { similar: Some(enough), ..Answers::default() };
    for (n, expected) in [(10, vec![]), (11, vec!["similar"]), (20, vec!["similar"]), (21, vec![])] {
        assert_eq!(heard(&policy, &answers, vec![index(&policy, specialist("a"), files(n))]).1, expected, "{n} files");
    }
    assert_eq!(heard(&policy, &answers, vec![landing(&policy, specialist("a"), files(11))]).1, [""; 0]);
}

#[test]
fn the_one_commit_of_a_landing_asks_for_nothing() {
    let policy = policy(LIMITS);
    let mut changes = files(15);
    changes.push(between("big.sql", 3, 9000));
    let lone = returning(commit(&policy, specialist("a"), changes).lone());
    assert_eq!(heard(&policy, &Answers::default(), vec![lone]).1, [""; 0], "its session's limits judge it");
}

#[test]
fn history_is_asked_once_a_limit_is_exceeded_and_evidence_once_it_is_there() {
    let policy = policy(LIMITS);
    let large = || {
        let change = FileChange { size: 5000, ..between("auth/big", 9000, 9000) };
        let mut changes = files(30);
        changes.push(change);
        returning(commit(&policy, specialist("a"), changes).touching(touch("auth", "auth/big")).at(Stage::Land))
    };
    let elsewhere = Answers { in_history: Some(false), ..Answers::default() };
    let (verdict, asked) = heard(&policy, &elsewhere, vec![large()]);
    assert_eq!((verdict.decision, asked), (Decision::Rejected, vec!["in_history"]), "three limits ask, and one hears");
    for (level, decision) in [(Level::Recorded, Decision::Accepted), (Level::Claimed, Decision::Rejected)] {
        let answers = Answers { in_history: Some(true), proofs: Some(login(level)), ..Answers::default() };
        let (verdict, asked) = heard(&policy, &answers, vec![large()]);
        assert_eq!((verdict.decision, asked), (decision, vec!["in_history", "proofs"]), "{level}");
    }
    let nowhere = Subject { base: None, ..large() };
    assert_eq!(heard(&policy, &Answers::default(), vec![nowhere]).1, [""; 0], "what has no base returns nowhere");
}

#[test]
fn evidence_is_asked_where_a_suite_is_demanded_of_what_is_judged() {
    let text = LIMITS.replace("land =", "each-commit = EACH\nland =");
    let every = policy(&text.replace("EACH", "true"));
    let tips = policy(&text.replace("EACH", "false"));
    let answers = Answers { proofs: Some(login(Level::Recorded)), ..Answers::default() };
    let made = |policy: &Policy, path: &str| returning(commit(policy, specialist("a"), vec![modified(path)]).at(Stage::Land));
    let touching = |policy: &Policy| made(policy, "auth/x").touching(touch("auth", "auth/x"));
    assert_eq!(heard(&every, &answers, vec![touching(&every)]).1, ["proofs"]);
    assert_eq!(heard(&every, &answers, vec![made(&every, "x")]).1, [""; 0], "nothing that is touched demands a suite");
    assert_eq!(heard(&tips, &answers, vec![touching(&tips)]).1, [""; 0], "the tip must be proven");
    let tip = returning(landing(&tips, specialist("a"), vec![modified("auth/x")])).touching(touch("auth", "auth/x"));
    assert_eq!(heard(&tips, &answers, vec![tip]).1, ["proofs"]);
}

#[test]
fn evidence_that_is_shared_is_looked_up_once() {
    let policy = policy(&LIMITS.replace("land =", "each-commit = true\nland ="));
    let answers = Answers { proofs: Some(login(Level::Recorded)), ..Answers::default() };
    let merge = commit(&policy, specialist("a"), vec![modified("auth/x")]).touching(touch("auth", "auth/x")).at(Stage::Land);
    let merge = returning(merge);
    let carried = Subject { kind: kind(crate::facts::SubjectKind::Carried), ..merge.clone() };
    assert_eq!(heard(&policy, &answers, vec![merge, carried]).1, ["proofs"]);
}

#[test]
fn a_halt_asks_whether_the_tree_is_a_known_good_one() {
    let policy = policy(LIMITS);
    let halted = |answers: &'static Answers, subject: Subject| -> (Verdict, Vec<&'static str>) {
        let mut case: Facts<'_> = asking(answers, vec![returning(subject)]);
        case.halted = Some(Halted {
            since: "2026-01-02T05:00:00Z".parse().unwrap(),
            by: "runner `ci`".to_owned(),
            reason: "suite `login` failed".to_owned(),
            digest: String::new(),
            repair: Vec::new(),
        });
        (judged(&policy, &case), answers.asked())
    };
    let leak = |answers: Answers| -> &'static Answers { Box::leak(Box::new(answers)) };
    let tip = || landing(&policy, specialist("a"), vec![modified("x")]);
    let (verdict, asked) = halted(leak(Answers { in_history: Some(false), ..Answers::default() }), tip());
    assert_eq!((verdict.decision, asked), (Decision::Rejected, vec!["in_history"]));
    let good = Answers { in_history: Some(true), proofs: Some(login(Level::Recorded)), ..Answers::default() };
    let (verdict, asked) = halted(leak(good), tip());
    assert_eq!((verdict.decision, asked), (Decision::Accepted, vec!["in_history", "proofs"]));
    let (_, asked) = halted(leak(Answers::default()), session(&policy, specialist("a"), files(1)));
    assert_eq!(asked, [""; 0], "what lands is halted, not a session");
}

#[test]
fn there_is_no_verdict_without_an_answer() {
    let policy = policy(LIMITS);
    let a = || specialist("a");
    let subjects = [
        index(&policy, a(), vec![between("big.sql", 3, 501)]),
        index(&policy, a(), files(11)),
        returning(index(&policy, a(), files(30))),
        returning(landing(&policy, a(), vec![modified("auth/x")])).touching(touch("auth", "auth/x")),
    ];
    for subject in subjects {
        let answers = Answers { broken: Some("object 1a2b3c4 is missing"), ..Answers::default() };
        // A second violation decides nothing: which rules would have spoken is not known.
        let more = index(&policy, unknown(), files(1));
        let case = asking(&answers, vec![subject, more]);
        for _ in 0..2 {
            assert_eq!(judge(&policy, &case).map_err(|error| error.message).unwrap_err(), "object 1a2b3c4 is missing");
        }
        assert_eq!(answers.asked().len(), 1, "after the first error nothing is read");
    }
}
