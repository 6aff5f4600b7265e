use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::facts::SubjectKind;
use crate::model::Bounds;
use crate::policy::Stage;
use crate::report::fixture::{actor, file_limit, guarded_area, judgement, oid, policy, rejected, violation};
use crate::verdict::{Judgement, Outcome, Violation, ViolationScope};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn show(given: &Verdict, view: &View<'_>) -> String {
    plain(&verdict(given, &policy(), view))
}

fn view() -> View<'static> {
    View { more: "guard check --staged -v", footer: &["nothing was committed; the index is as it was"], ..View::default() }
}

fn commit(id: &str, by: &str, outcomes: Vec<(&'static str, Outcome)>) -> Judgement {
    Judgement { commit: Some(oid(id)), ..judgement(SubjectKind::Commit, by, outcomes) }
}

#[test]
fn a_rejection_looks_like_the_design() {
    let text = show(&rejected(), &view());
    assert_data_eq!(
        text,
        str![[r#"
guard: rejected for backend-gateway-expert (claimed by author e-mail)

error[file-limit]: 17 files changed in this commit, 10 allowed
  api/csrf.py  api/profile.py  webui/hooks.ts
  … 14 more (guard check --staged -v)
  policy.toml:14  max-files-per-commit = 10        (main@1a2b3c4)
  help: take 7 out of the index
  next: git restore --staged webui/hooks.ts
error[guarded-area]: area `middleware` touched, suite `integration` not proven on this tree
  api/main.py:48  app.add_middleware(CSRFMiddleware)
  needs recorded, found none for tree 9f2c11e
  policy.toml:31  requires = ["integration"]       (main@1a2b3c4)
  next: guard test integration
why: guard explain file-limit · guard explain guarded-area
nothing was committed; the index is as it was

"#]]
        .raw()
    );
}

#[test]
fn verbose_shows_all_paths_and_every_outcome() {
    let text = show(&rejected(), &View { verbose: true, ..view() });
    assert!(text.contains("\n  webui/pages/page-13.ts\n"), "{text}");
    assert!(text.contains("\n  known-specialist  satisfied: the policy names them\n"), "{text}");
    assert!(text.contains("\n  file-limit        not applicable: no limit\n"), "{text}");
    assert!(
        text.contains("\nthe index (backend-gateway-expert), tree 9f2c11e: 17 files, 292900 insertions, 286373 deletions\n"),
        "{text}"
    );
    assert!(text.contains("\n  claim:branch: agent/backend/x\n"), "{text}");
}

#[test]
fn acceptance_is_one_line_or_none() {
    let mut index = judgement(SubjectKind::Index, "a", vec![("scope", Outcome::Satisfied("inside".to_owned()))]);
    index.totals.deletions = Bounds { at_least: 3, at_most: 9 };
    let accepted = Verdict::of(Stage::Commit, vec![index]);
    let expected = "guard: accepted for a (claimed by author e-mail): 17 files\n";
    assert_eq!(show(&accepted, &view()), expected);
    assert_eq!(show(&accepted, &View { quiet: true, ..view() }), "");
    assert_eq!(show(&Verdict::of(Stage::Land, Vec::new()), &view()), "guard: accepted: nothing to judge\n");
    assert!(show(&rejected(), &View { quiet: true, ..view() }).starts_with("guard: rejected"));
}

#[test]
fn several_subjects_have_headings_and_each_violation_stands_once() {
    let same = || vec![("file-limit", Outcome::Violated(vec![file_limit()]))];
    let landing = Judgement {
        actor: None,
        reference: Some(b"refs/heads/x\x1b\xff".to_vec()),
        ..judgement(SubjectKind::Landing, "", vec![("guarded-area", Outcome::Violated(vec![guarded_area()]))])
    };
    let given = Verdict::of(Stage::Land, vec![commit("aa", "one", same()), commit("bb", "two", same()), landing]);
    assert_data_eq!(
        show(&given, &View::default()),
        str![[r#"
guard: rejected

commit aa00000 (one)
error[file-limit]: 17 files changed in this commit, 10 allowed
  api/csrf.py  api/profile.py  webui/hooks.ts  … 14 more
  also: commit bb00000 (two)
  policy.toml:14  max-files-per-commit = 10        (main@1a2b3c4)
  help: take 7 out of the index
  next: git restore --staged webui/hooks.ts

refs/heads/x\u{1b}\xff
error[guarded-area]: area `middleware` touched, suite `integration` not proven on this tree
  api/main.py:48  app.add_middleware(CSRFMiddleware)
  needs recorded, found none for tree 9f2c11e
  policy.toml:31  requires = ["integration"]       (main@1a2b3c4)
  next: guard test integration
why: guard explain file-limit · guard explain guarded-area

"#]]
        .raw()
    );
}

#[test]
fn one_actor_is_named_once() {
    let scope = |message| vec![("scope", Outcome::Violated(vec![violation(message, &[])]))];
    let session = Judgement { ..judgement(SubjectKind::Session, "one", scope("c")) };
    let text = show(&Verdict::of(Stage::Branch, vec![commit("aa", "one", scope("a")), session]), &View::default());
    assert!(text.starts_with("guard: rejected for one (claimed by author e-mail)\n\ncommit aa00000\nerror[scope]: a\n"), "{text}");
    assert!(text.contains("\nsession of one\nerror[scope]: c\n"), "{text}");
}

#[test]
fn doubt_says_why() {
    let unsure = |why: &str| ("line-limit", Outcome::Indeterminate(why.to_owned()));
    let one = Verdict::of(
        Stage::Commit,
        vec![judgement(SubjectKind::Index, "a", vec![unsure("a blob is missing"), unsure("a blob is missing")])],
    );
    assert_data_eq!(
        show(&one, &view()),
        str![[r#"
guard: could not decide for a (claimed by author e-mail): a blob is missing
undecided[line-limit]: a blob is missing
why: guard explain line-limit
nothing was committed; the index is as it was

"#]]
        .raw()
    );
    let two = Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", vec![unsure("x"), unsure("y")])]);
    assert!(show(&two, &view()).contains(": 2 questions are open\nundecided[line-limit]: x\nundecided[line-limit]: y\n"));
    let silent = Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", Vec::new())]);
    assert!(show(&silent, &view()).contains(": no rule has judged the index (a)\n"));
}

#[test]
fn waivers_and_foreign_policies_are_said() {
    let waived = Outcome::Waived("waiver of alice".to_owned(), vec![file_limit()]);
    let given = Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", vec![("file-limit", waived)])]);
    let mut policy = policy();
    policy.source = crate::policy::PolicySource { name: "my:own.toml".to_owned(), commit: None, blob: None, trusted: false };
    let text = plain(&verdict(&given, &policy, &view()));
    assert!(text.contains("\nwaived[file-limit]: 17 files changed in this commit, 10 allowed (waiver of alice)\n"), "{text}");
    assert!(text.contains("\n  my:own.toml:14  max-files-per-commit = 10        (not the trusted policy)\n"), "{text}");
    assert!(!text.contains("why:"), "{text}");
}

#[test]
fn nothing_raw_reaches_the_terminal() {
    let hostile = Violation {
        scope: ViolationScope::Session,
        details: vec!["d\u{1b}]0;x\u{7}\n::error::d".to_owned()],
        help: "h\u{202e}\nh".to_owned(),
        next: vec!["n\n\u{9b}".to_owned()],
        ..violation("m\n::warning::\u{1b}[31m", &[b"::set-env::", b"a\nb", b"\xff\x1b", "\u{202e}".as_bytes(), b" two  gaps "])
    };
    let mut judged = judgement(SubjectKind::Index, "n\u{1b}\n", vec![("scope", Outcome::Violated(vec![hostile]))]);
    judged.outcomes.push(("line-limit", Outcome::Indeterminate("i\u{1b}\n::x".to_owned())));
    for verbose in [false, true] {
        let given = Verdict::of(Stage::Commit, vec![judged.clone()]);
        let text = show(&given, &View { verbose, footer: &["f\n::x\u{1b}"], ..View::default() });
        assert!(text.ends_with('\n'));
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
        assert!(!text.lines().any(|l| l.trim_start().starts_with("::")), "{text}");
    }
    let text = show(&Verdict::of(Stage::Commit, vec![judged]), &View::default());
    assert!(text.contains("\n  \\u{3a}:set-env::  a\\nb  \\xff\\u{1b}  \\u{202e}  … 1 more\n"), "{text}");
    assert_eq!(layout::path(&" two  gaps ".into()), r"\u{20}two \u{20}gaps\u{20}");
}

#[test]
fn long_lines_of_the_policy_are_cut_and_long_paths_stand_alone() {
    let long = "x".repeat(100);
    let paths: Vec<Vec<u8>> = (0..9).map(|n| format!("{long}{n}").into_bytes()).collect();
    let paths: Vec<&[u8]> = paths.iter().map(Vec::as_slice).collect();
    let cited = Violation { policy: Some(crate::policy::Position { line: 32, column: 1 }), ..violation("m", &paths) };
    let text = show(
        &Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, "a", vec![("scope", Outcome::Violated(vec![cited]))])]),
        &view(),
    );
    assert!(text.contains(&format!("\n  {long}0\n  … 8 more (guard check --staged -v)\n")), "{text}");
    assert!(text.contains("\n  policy.toml:32  allowed = [\"a-long-name/\", \"a-long-na…  (main@1a2b3c4)\n"), "{text}");
}

#[test]
fn an_error_shows_carets_and_the_next_step() {
    let given = crate::error::Error {
        message: "unknown key `x`".to_owned(),
        help: Some("correct it".to_owned()),
        next: vec!["guard policy check".to_owned()],
        details: Some("  |\n3 | x = '\\.'\u{1b}\n  | ^\n".to_owned()),
        kept: Some("nothing was committed"),
    };
    assert_eq!(
        plain(&error(&given)),
        "guard: could not decide: unknown key `x`\n  |\n3 | x = '\\.'\\u{1b}\n  | ^\nhelp: correct it\nnext: guard policy check\nnothing was committed\n"
    );
}

#[test]
fn an_actor_without_a_name_is_said_to_be_unknown() {
    let mut judged = judgement(SubjectKind::Index, "a", vec![("known-specialist", Outcome::Violated(vec![violation("m", &[])]))]);
    judged.actor = Some(crate::identity::Actor { name: None, source: crate::identity::Source::Nobody, ..actor("") });
    let text = show(&Verdict::of(Stage::Commit, vec![judged]), &view());
    assert!(text.starts_with("guard: rejected for an unknown specialist (nobody the policy names)\n"), "{text}");
}
