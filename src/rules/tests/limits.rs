//! The limits at their boundaries.

use super::super::fixture::*;
use crate::facts::{Place, Predecessor, Subject, SubjectKind};
use crate::model::{Bounds, FileChange, LineCount, Totals};
use crate::policy::Level;
use crate::policy::Policy;
use crate::verdict::{Measured, Outcome, ViolationScope};

const LIMITS: &str = "\
[specialist.a]
max-files-per-commit = 10
max-files-per-session = 20
max-lines-per-commit = 500
max-lines-per-session = 900
max-bytes-per-commit = 1000
max-bytes-per-session = 2000
max-areas-per-session = 2
max-file-size = 4096
";

fn big(path: &str, added: u64, deleted: u64, bytes: u64) -> FileChange {
    let lines = LineCount::Text { added: Bounds::exact(added), deleted: Bounds::exact(deleted) };
    FileChange { lines, inserted_bytes: Bounds::exact(bytes), size: bytes, ..modified(path) }
}

fn between(path: &str, at_least: u64, at_most: u64) -> FileChange {
    let lines = LineCount::Text { added: Bounds { at_least, at_most }, deleted: Bounds::exact(0) };
    FileChange { lines, ..modified(path) }
}

#[test]
fn a_limit_says_what_still_passes() {
    let policy = policy(LIMITS);
    let a = || specialist("a");
    let table: Vec<(&str, Subject, &str)> = vec![
        ("file-limit", index(&policy, a(), files(10)), "satisfied"),
        ("file-limit", index(&policy, a(), files(11)), "violated"),
        ("file-limit", commit(&policy, a(), files(10)), "satisfied"),
        ("file-limit", commit(&policy, a(), files(11)), "violated"),
        ("file-limit", session(&policy, a(), files(20)), "satisfied"),
        ("file-limit", session(&policy, a(), files(21)), "violated"),
        ("file-limit", landing(&policy, a(), files(99)), "not-applicable"),
        ("line-limit", index(&policy, a(), vec![big("x", 250, 250, 1)]), "satisfied"),
        ("line-limit", index(&policy, a(), vec![big("x", 250, 251, 1)]), "violated"),
        ("line-limit", session(&policy, a(), vec![big("x", 900, 0, 1)]), "satisfied"),
        ("line-limit", session(&policy, a(), vec![big("x", 0, 901, 1)]), "violated"),
        ("byte-limit", index(&policy, a(), vec![big("x", 1, 0, 1000)]), "satisfied"),
        ("byte-limit", index(&policy, a(), vec![big("x", 1, 0, 1001)]), "violated"),
        ("byte-limit", session(&policy, a(), vec![big("x", 1, 0, 2001)]), "violated"),
        ("file-size", index(&policy, a(), vec![big("x", 1, 0, 4096)]), "satisfied"),
        ("file-size", commit(&policy, a(), vec![big("x", 1, 0, 4097)]), "violated"),
        ("file-size", session(&policy, a(), vec![big("x", 1, 0, 4097)]), "not-applicable"),
    ];
    for (rule, subject, expected) in table {
        assert_eq!(word(&say(rule, &policy, &subject)), expected, "{rule} of {} files, {:?}", subject.changes.len(), subject.kind);
    }
}

#[test]
fn a_violation_has_number_limit_line_and_paths() {
    let policy = policy(LIMITS);
    let [found] = violations(say("file-limit", &policy, &index(&policy, specialist("a"), files(17)))).try_into().unwrap();
    assert_eq!(found.message, "17 files changed in this commit, 10 allowed");
    assert_eq!((found.measured, found.limit), (Some(Measured::Exact(17)), Some(10)));
    assert_eq!(policy.line(found.policy.unwrap().line), "max-files-per-commit = 10");
    assert_eq!((found.paths.len(), found.scope), (17, ViolationScope::Commit));
    assert_eq!(found.help, "take 7 out of the index");
    let out: Vec<String> = (10..17).map(|i| format!("src/{i}.rs")).collect();
    assert_eq!(found.next, [format!("git restore --staged -- {}", out.join(" "))]);
}

#[test]
fn the_words_of_each_limit() {
    let policy = policy(LIMITS);
    let incident = || vec![big("all.py", 292_900, 286_373, 292_900)];
    let table = [
        ("line-limit", index(&policy, specialist("a"), incident()), "579273 lines changed in this commit, 500 allowed"),
        ("line-limit", session(&policy, specialist("a"), incident()), "579273 lines changed in this session, 900 allowed"),
        ("byte-limit", commit(&policy, specialist("a"), incident()), "292900 bytes inserted in this commit, 1000 allowed"),
        ("file-limit", session(&policy, specialist("a"), files(23)), "23 files changed in this session, 20 allowed"),
        ("file-size", index(&policy, specialist("a"), incident()), "`all.py` has 292900 bytes, 4096 allowed"),
    ];
    for (rule, subject, message) in table {
        assert_eq!(messages(&say(rule, &policy, &subject)), [message]);
    }
}

#[test]
fn bounds_reject_above_accept_below_and_leave_the_rest_undecided() {
    let policy = policy(LIMITS);
    let subject = |least, most| index(&policy, specialist("a"), vec![between("big.sql", least, most)]);
    let above = subject(501, 9000);
    let [found] = violations(say("line-limit", &policy, &above)).try_into().unwrap();
    assert_eq!(found.message, "at least 501 lines changed in this commit, 500 allowed");
    assert_eq!(found.measured, Some(Measured::Between { at_least: 501, at_most: 9000 }));
    assert_eq!(word(&say("line-limit", &policy, &subject(0, 500))), "satisfied");
    let Outcome::Indeterminate(why) = say("line-limit", &policy, &subject(3, 501)) else { panic!("decided") };
    assert_eq!(
        why,
        "between 3 and 501 lines changed in this commit, 500 allowed: `big.sql` is too large to be counted exactly (over 8 MiB a side)"
    );
}

#[test]
fn git_s_similarity_counts_for_files_and_lines_and_for_nothing_else() {
    let policy = policy(LIMITS);
    let mut changes = files(14);
    changes.push(big("x", 600, 0, 2000));
    let subject = index(&policy, specialist("a"), changes);
    let similar = |totals: Totals| Answers { similar: Some(totals), ..Answers::default() };
    let answers = similar(Totals { files: 10, insertions: Bounds::exact(500), ..Totals::default() });
    let case = asking(&answers, vec![subject.clone()]);
    assert_eq!(word(&ask("file-limit", &policy, &case)), "satisfied");
    assert_eq!(word(&ask("line-limit", &policy, &case)), "satisfied");
    assert_eq!(word(&ask("byte-limit", &policy, &case)), "violated");
    let answers = similar(Totals { files: 12, ..Totals::default() });
    let found = violations(ask("file-limit", &policy, &asking(&answers, vec![subject])));
    assert_eq!(found[0].measured, Some(Measured::Exact(12)));
}

#[test]
fn the_one_commit_of_a_landing_is_judged_by_its_session() {
    let policy = policy(LIMITS);
    let mut subject = commit(&policy, specialist("a"), vec![big("x", 9000, 0, 9000)]);
    subject.changes.extend(files(15));
    subject = subject.lone();
    for rule in ["file-limit", "line-limit", "byte-limit"] {
        assert_eq!(word(&say(rule, &policy, &subject)), "not-applicable", "{rule}");
    }
    assert_eq!(word(&say("file-size", &policy, &subject)), "violated", "a file is as large in a squash");
    subject.changes.retain(|c| c.size <= 4096);
    assert_eq!(word(&say("file-size", &policy, &subject)), "satisfied");
}

#[test]
fn whose_limits_apply() {
    let policy = policy("[defaults]\nmax-files-per-commit = 2\n[specialist.a]\n[specialist.b]\nmax-files-per-commit = 3");
    for (actor, most) in [(specialist("a"), 2), (specialist("b"), 3), (owner(), 2)] {
        assert_eq!(word(&say("file-limit", &policy, &index(&policy, actor.clone(), files(most)))), "satisfied");
        assert_eq!(word(&say("file-limit", &policy, &index(&policy, actor, files(most + 1)))), "violated");
    }
    assert_eq!(word(&say("file-limit", &policy, &index(&policy, unknown(), files(99)))), "not-applicable");
    assert_eq!(word(&say("line-limit", &policy, &index(&policy, owner(), files(99)))), "not-applicable");
    let mut nobody = index(&policy, owner(), files(1));
    nobody.actor = None;
    assert_eq!(word(&say("file-limit", &policy, &nobody)), "indeterminate");
}

#[test]
fn what_is_left_out_of_a_count_is_left_out() {
    let policy = policy(&format!("[count]\nnot-lines = [\"Cargo.lock\"]\nnot-files = [\"**/*.snap\"]\n{LIMITS}"));
    let mut changes = files(10);
    changes.push(added("tests/a.snap"));
    assert_eq!(word(&say("file-limit", &policy, &index(&policy, specialist("a"), changes.clone()))), "satisfied");
    changes.push(big("Cargo.lock", 9000, 0, 9000));
    let subject = index(&policy, specialist("a"), changes);
    let [found] = violations(say("file-limit", &policy, &subject)).try_into().unwrap();
    assert_eq!((found.measured, found.paths.len()), (Some(Measured::Exact(11)), 11));
    assert_eq!(word(&say("line-limit", &policy, &subject)), "satisfied");
    assert_eq!(word(&say("byte-limit", &policy, &subject)), "satisfied");
    assert_eq!(word(&say("file-size", &policy, &subject)), "violated", "a count has nothing to do with a file's size");
}

#[test]
fn the_way_out_fits_the_subject() {
    let policy = policy(LIMITS);
    let next = |subject: &Subject, rule| violations(say(rule, &policy, subject))[0].next.clone();
    let first = index(&policy, specialist("a"), files(11)).with(|set| set.before = Predecessor::Nothing);
    assert_eq!(next(&first, "file-limit"), ["git rm --cached -f -- src/10.rs"]);
    let many = index(&policy, specialist("a"), files(500));
    assert_eq!(next(&many, "file-limit"), ["git restore --staged -- :/"]);
    let lines = vec![big("small", 100, 0, 1), big("large", 480, 0, 1), big("middle", 300, 0, 1)];
    assert_eq!(next(&index(&policy, specialist("a"), lines), "line-limit"), ["git restore --staged -- large"]);
    let made = commit(&policy, specialist("a"), files(11));
    let aside = [
        "git worktree add --detach ../anew-c1c1c1c c1c1c1c1c1c1".to_owned(),
        "git -C ../anew-c1c1c1c reset --soft c1c1c1c1c1c1^".to_owned(),
    ];
    assert_eq!(next(&made, "file-limit"), aside, "HEAD stands elsewhere, and stays there");
    let below = made.clone().pasted(Place { below_root: true, ..Place::default() });
    assert!(next(&below, "file-limit")[1].starts_with("git -C \"$(git rev-parse --show-toplevel)/../anew-c1c1c1c\" reset"));
    let on_head = Subject { head: crate::facts::Standing::Holds, ..made };
    assert_eq!(next(&on_head, "file-limit"), [format!("git reset --soft {}^", oid(0xc1))]);
    let mut moved = files(10);
    moved.push(renamed("old", "new"));
    assert_eq!(next(&index(&policy, specialist("a"), moved), "file-limit"), ["git restore --staged -- new old"]);
}

#[test]
fn a_session_is_shortened_by_what_is_staged_as_far_as_that_goes() {
    let policy = policy(LIMITS);
    let whole = session(&policy, specialist("a"), files(22));
    let staged = |n: usize| index(&policy, specialist("a"), files(22).split_off(22 - n));
    let found = violations(ask("file-limit", &policy, &case(&policy, vec![whole.clone(), staged(3)])));
    assert_eq!(found[0].next, ["git restore --staged -- src/20.rs src/21.rs"]);
    assert_eq!(found[0].scope, ViolationScope::Session);
    let found = violations(ask("file-limit", &policy, &case(&policy, vec![whole, staged(1)])));
    assert_eq!(found[0].next, [""; 0]);
}

const SUITES: &str = "\
[evidence]
commit = \"claimed\"
branch = \"claimed\"
land = \"recorded\"
[area.auth]
paths = [\"auth/\"]
requires = [\"login\"]
[suite.login]
run = \"true\"
[suite.other]
run = \"true\"
";

fn reverting(policy: &Policy) -> Subject {
    commit(policy, specialist("a"), files(11)).returning(true)
}

#[test]
fn a_return_to_a_proven_tree_of_the_base_is_exempt_from_limits() {
    let policy = policy(&format!("{SUITES}{LIMITS}"));
    let touching = || reverting(&policy).touching(touch("auth", "auth/x"));
    let table = [
        (reverting(&policy), "violated", "no suite has passed"),
        (reverting(&policy).proven("other", Level::Claimed), "violated", "a claim is less than landing demands"),
        (reverting(&policy).proven("other", Level::Recorded), "satisfied", "it demands nothing, and some suite has passed"),
        (touching().proven("other", Level::Recorded), "violated", "another suite than it demands"),
        (touching().proven("login", Level::Recorded), "satisfied", "the suite that it demands"),
        (touching().proven("login", Level::Recorded).returning(false), "violated", "a tree that the base never had"),
    ];
    for (subject, expected, why) in table {
        assert_eq!(word(&say("file-limit", &policy, &subject)), expected, "{why}");
    }
}

#[test]
fn the_exemption_holds_for_every_limit() {
    let policy = policy(&format!("{SUITES}{LIMITS}[area.web]\npaths = [\"web/\"]\n[area.api]\npaths = [\"api/\"]"));
    let changes = || vec![big("auth/x", 9000, 0, 9000), modified("web/x"), modified("api/x")];
    for kind in [SubjectKind::Commit, SubjectKind::Session] {
        let mut subject = subject(kind, &policy, specialist("a"), changes()).proven("login", Level::Recorded);
        for area in ["auth", "web", "api"] {
            subject = subject.touching(touch(area, &format!("{area}/x")));
        }
        let rules = ["line-limit", "byte-limit", if kind == SubjectKind::Commit { "file-size" } else { "area-limit" }];
        for rule in rules {
            assert_eq!(word(&say(rule, &policy, &subject)), "violated", "{rule}");
        }
        let subject = subject.returning(true);
        for rule in rules {
            assert_eq!(word(&say(rule, &policy, &subject)), "satisfied", "{rule}");
        }
    }
}

#[test]
fn without_suites_nothing_is_proven() {
    let policy = policy(LIMITS);
    assert_eq!(word(&say("file-limit", &policy, &reverting(&policy))), "violated");
    let none = super::super::fixture::policy(&format!("{}{LIMITS}", SUITES.replace("recorded", "none")));
    assert_eq!(word(&say("file-limit", &none, &reverting(&none))), "violated", "that nothing is demanded proves nothing");
    assert_eq!(word(&say("file-limit", &none, &reverting(&none).proven("other", Level::Claimed))), "satisfied");
}

#[test]
fn only_new_content_has_a_size() {
    let policy = policy(LIMITS);
    let sized = |change: FileChange| index(&policy, specialist("a"), vec![FileChange { size: 5000, ..change }]);
    assert_eq!(word(&say("file-size", &policy, &sized(added("x")))), "violated");
    assert_eq!(word(&say("file-size", &policy, &sized(modified("x")))), "violated");
    assert_eq!(word(&say("file-size", &policy, &sized(renamed("x", "y")))), "satisfied");
    let mode = FileChange { old: Some(file(2)), ..modified("x") };
    assert_eq!(word(&say("file-size", &policy, &sized(mode))), "satisfied");
    assert_eq!(word(&say("file-size", &policy, &sized(deleted("x")))), "satisfied");
}
