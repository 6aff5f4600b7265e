//! The list of the rules, and what is true of every one of them.

use std::path::Path;

use super::super::RULES;
use super::super::fixture::*;
use crate::facts::{PolicyEdit, SubjectKind};
use crate::verdict::{Decision, Outcome};

#[test]
fn every_rule_has_a_file_of_its_name() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    for rule in RULES {
        let text = std::fs::read_to_string(rules.join(format!("{}.rs", rule.id.replace('-', "_")))).unwrap();
        assert!(text.contains(&format!("id: \"{}\"", rule.id)), "{}", rule.id);
    }
}

#[test]
fn every_explanation_says_what_why_and_how() {
    for rule in RULES {
        let text = rule.explanation;
        let lines = text.lines().count();
        assert!((10..=25).contains(&lines), "{}: {lines} lines", rule.id);
        assert!(text.starts_with("Rejects "), "{}", rule.id);
        for part in [format!("error[{}]: ", rule.id), "\nWhy: ".to_owned(), "\nTo satisfy it: ".to_owned(), "\nKey".to_owned()] {
            assert!(text.contains(&part), "{}: no {part:?}", rule.id);
        }
        assert!(text.ends_with(".\n"), "{}", rule.id);
        assert!(text.lines().all(|l| (l.chars().count() <= 88 || l.starts_with("    ")) && l.trim_end() == l), "{}", rule.id);
        assert!(!rule.summary.ends_with('.') && rule.summary.len() < 100, "{}", rule.id);
    }
}

#[test]
fn every_rule_speaks_once_for_every_subject_and_gives_a_reason() {
    let policy = policy("[specialist.a]\nmax-files-per-commit = 1");
    for kind in [SubjectKind::Index, SubjectKind::Commit, SubjectKind::Session, SubjectKind::Landing] {
        for actor in [specialist("a"), owner(), unknown()] {
            let verdict = judged(&policy, &case(&policy, vec![subject(kind, &policy, actor, files(3))]));
            let [judgement] = verdict.judgements.as_slice() else { panic!("one judgement") };
            let spoken: Vec<&str> = judgement.outcomes.iter().map(|(id, _)| *id).collect();
            assert_eq!(spoken, RULES.iter().map(|r| r.id).collect::<Vec<_>>());
            for (id, outcome) in &judgement.outcomes {
                match outcome {
                    Outcome::Violated(violations) => {
                        assert!(violations.iter().all(|v| !v.message.is_empty()) && !violations.is_empty())
                    }
                    Outcome::Satisfied(why) | Outcome::NotApplicable(why) | Outcome::Indeterminate(why) => {
                        assert!(!why.is_empty() && !why.ends_with('.'), "{id}: {why}");
                    }
                    Outcome::Waived(..) => panic!("nothing is waived in this version"),
                }
            }
        }
    }
}

#[test]
fn before_the_first_policy_only_paths_and_the_policy_are_judged() {
    let policy = policy("[defaults]\nmax-files-per-commit = 1");
    let editing = |edit| index(&policy, unknown(), files(3)).with(|set| set.policy_edit = edit);
    let mut facts = case(&policy, vec![editing(PolicyEdit::Changed)]);
    facts.bootstrap = true;
    let verdict = judged(&policy, &facts);
    assert_eq!(verdict.decision, Decision::Accepted);
    for (id, outcome) in &verdict.judgements[0].outcomes {
        let expected = if matches!(*id, "safe-path" | "policy-change") { "satisfied" } else { "not-applicable" };
        assert_eq!(word(outcome), expected, "{id}");
    }
    facts.subjects = vec![editing(PolicyEdit::Broken("unknown key `bse`".to_owned()))];
    assert_eq!(judged(&policy, &facts).decision, Decision::Rejected);
}

#[test]
fn nothing_to_judge_is_accepted_and_no_outcome_is_undecided() {
    let policy = policy("");
    assert_eq!(judged(&policy, &case(&policy, Vec::new())).decision, Decision::Accepted);
    let mut verdict = judged(&policy, &case(&policy, vec![index(&policy, owner(), files(1))]));
    assert_eq!(verdict.decision, Decision::Accepted);
    verdict.judgements[0].outcomes.clear();
    assert_eq!(crate::verdict::Verdict::of(verdict.stage, verdict.judgements).decision, Decision::Undecided);
}

#[test]
fn what_could_not_be_decided_rejects_nothing_and_accepts_nothing() {
    let policy = policy("[specialist.a]\nmax-files-per-commit = 5");
    let mut subject = index(&policy, specialist("a"), files(3));
    subject.undecided.push("object 1a2b3c4 is missing".to_owned());
    let verdict = judged(&policy, &case(&policy, vec![subject.clone()]));
    assert_eq!(verdict.decision, Decision::Undecided);
    let subject = subject.changing(&policy, files(6));
    assert_eq!(judged(&policy, &case(&policy, vec![subject])).decision, Decision::Rejected);
}
