//! What holds for all facts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::fixture::*;
use crate::facts::{Kind, PolicyEdit, Predecessor, Subject, SubjectKind};
use crate::identity::Actor;
use crate::model::{Bounds, FileChange, FileStatus, LineCount, RepoPath};
use crate::policy::Level;
use crate::policy::Policy;
use crate::rules;
use crate::text::shell_quote;
use crate::verdict::{Decision, Outcome};

pub(super) const POLICY: &str = "\
[owners]
users = [\"alice\"]
[evidence]
commit = \"recorded\"
branch = \"recorded\"
land = \"recorded\"
[defaults]
max-files-per-commit = 3
max-files-per-session = 4
max-lines-per-commit = 20
max-bytes-per-session = 200
max-areas-per-session = 1
max-file-size = 100
[specialist.a]
prohibited = [\"web/\"]
requires = [\"unit\"]
[specialist.\"*\"]
allowed = [\"src/\"]
[area.web]
paths = [\"web/\"]
forbid = [\"delete\"]
requires = [\"unit\"]
[suite.unit]
run = \"true\"
";

fn any_change() -> impl Strategy<Value = FileChange> {
    let path = prop_oneof![
        "(src|web|WEB)/[a-c]{1,2}",
        prop::collection::vec(any::<u8>(), 1..9).prop_map(|b| { String::from_utf8_lossy(&b).replace('\0', "x") })
    ];
    let status = prop_oneof![
        Just(FileStatus::Added),
        Just(FileStatus::Modified),
        Just(FileStatus::Deleted),
        "web/[a-c]".prop_map(|p| FileStatus::Renamed { from: p.as_str().into() }),
    ];
    (path, status, 0u64..30, 0u64..30, 0u64..150).prop_map(|(path, status, least, more, size)| {
        let lines = LineCount::Text { added: Bounds { at_least: least, at_most: least + more }, deleted: Bounds::exact(0) };
        FileChange { lines, size, inserted_bytes: Bounds::exact(size), ..change(path.as_bytes(), status) }
    })
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![Just(specialist("a")), Just(specialist("*")), Just(owner()), Just(unknown())]
}

pub(super) fn any_subject(policy: Policy) -> impl Strategy<Value = Subject> {
    let kind =
        prop_oneof![Just(SubjectKind::Index), Just(SubjectKind::Commit), Just(SubjectKind::Session), Just(SubjectKind::Landing)];
    let edit = prop_oneof![Just(PolicyEdit::Untouched), Just(PolicyEdit::Changed), Just(PolicyEdit::Deleted)];
    let before = prop_oneof![
        Just(Predecessor::Nothing),
        Just(Predecessor::Parent),
        Just(Predecessor::HeadsParent),
        Just(Predecessor::Several)
    ];
    let facts = (any::<bool>(), before, any::<bool>(), any::<bool>(), any::<bool>());
    (kind, any_actor(), prop::collection::vec(any_change(), 0..8), edit, facts).prop_map(
        move |(kind, actor, changes, edit, (lone, before, history, proven, undecided))| {
            let mut made = subject(kind, &policy, actor, changes);
            for path in made.changes.iter().map(|c| c.path.clone()).filter(|p| p.as_bytes().starts_with(b"web")).collect::<Vec<_>>()
            {
                made = made.touching(touch("web", path.as_str().unwrap()));
            }
            if proven {
                made = made.proven("unit", Level::Recorded);
            }
            let undecided = if undecided { vec!["object 1a2b3c4 is missing".to_owned()] } else { Vec::new() };
            match &mut made.kind {
                Kind::Commit { set, lone: alone } => (*alone, set.before, set.policy_edit) = (lone, before, edit),
                Kind::Index(set) | Kind::Carried(set) => (set.before, set.policy_edit) = (before, edit),
                Kind::Session { .. } | Kind::Landing { .. } => {}
            }
            Subject { undecided, ..made }.returning(history)
        },
    )
}

fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::Accepted => 0,
        Decision::Undecided => 1,
        Decision::Rejected => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Deny overrides; what is undecided is never accepted; the same facts give the same answer.
    #[test]
    fn a_verdict_is_its_worst_outcome(subjects in prop::collection::vec(any_subject(policy(POLICY)), 0..4)) {
        let policy = policy(POLICY);
        let facts = case(&policy, subjects);
        let verdict = judged(&policy, &facts);
        let words: Vec<&str> = verdict.judgements.iter().flat_map(|j| &j.outcomes).map(|(_, o)| word(o)).collect();
        let expected = if words.contains(&"violated") {
            Decision::Rejected
        } else if words.contains(&"indeterminate") {
            Decision::Undecided
        } else {
            Decision::Accepted
        };
        prop_assert_eq!(verdict.decision, expected);
        prop_assert_eq!(format!("{:?}", judged(&policy, &facts)), format!("{verdict:?}"));
    }

    /// Another subject never makes a verdict better, and neither does a fact that is missing.
    #[test]
    fn more_to_judge_is_never_better(one in any_subject(policy(POLICY)), other in any_subject(policy(POLICY))) {
        let policy = policy(POLICY);
        let alone = rank(judged(&policy, &case(&policy, vec![one.clone()])).decision);
        prop_assert!(rank(judged(&policy, &case(&policy, vec![one.clone(), other])).decision) >= alone);
        let doubtful = Subject { undecided: vec!["no".to_owned()], ..one }.returning(false);
        prop_assert!(rank(judged(&policy, &case(&policy, vec![doubtful])).decision) >= alone.min(1));
    }

    /// Another change never makes a limit better, and exact numbers only settle what bounds left open.
    #[test]
    fn limits_only_grow(subject in any_subject(policy(POLICY)), more in any_change()) {
        let policy = policy(POLICY);
        let subject = Subject { undecided: Vec::new(), ..subject };
        let history = subject.returns(&Answers::default()).unwrap();
        let mut changes = subject.changes.clone();
        changes.push(more);
        let larger = subject.clone().changing(&policy, changes).returning(history);
        for rule in ["file-limit", "line-limit", "byte-limit", "file-size"] {
            let (less, more) = (say(rule, &policy, &subject), say(rule, &policy, &larger));
            prop_assert!(rule == "file-size" || word(&less) != "violated" || word(&more) == "violated");
            let answers = Answers { plain: Some(policy.count.clone()), ..Answers::default() };
            let spoken = word(&ask(rule, &policy, &asking(&answers, vec![larger.clone()])));
            let asked = answers.asked();
            prop_assert!(spoken != "indeterminate" || asked.contains(&"exact"), "{}: {:?}", rule, asked);
            if rule == "file-limit" && asked.contains(&"similar") {
                let elsewhere = larger.clone().returning(false);
                prop_assert_eq!(word(&say(rule, &policy, &elsewhere)), "violated");
            }
        }
    }

    /// Nothing raw gets into a message, and every violation says what to do.
    #[test]
    fn messages_deceive_nobody(subject in any_subject(policy(POLICY))) {
        let policy = policy(POLICY);
        for (rule, outcome) in &judged(&policy, &case(&policy, vec![subject])).judgements[0].outcomes {
            let Outcome::Violated(found) = outcome else { continue };
            for violation in found {
                let texts = violation.details.iter().chain(&violation.next).chain([&violation.message, &violation.help]);
                for text in texts {
                    prop_assert!(!text.chars().any(crate::text::invisible), "{}: {:?}", rule, text);
                }
                prop_assert!(!violation.help.is_empty());
                prop_assert!(!violation.message.ends_with('.'));
            }
        }
    }

    /// Whoever tells of the evidence that is asked for, and whoever looks for it, knows of every suite that a rule misses.
    #[test]
    fn a_suite_that_a_rule_misses_is_asked_for(one in any_subject(policy(POLICY)), other in any_subject(policy(POLICY))) {
        let policy = policy(&format!("{POLICY}[suite.both]\nrun = \"true\"\n[combined]\nrequires = [\"both\"]\n"));
        let subject = Subject { parts: [one.parts.clone(), other.parts].concat(), undecided: Vec::new(), ..one };
        let known: Vec<&str> = rules::asked(&policy, &subject);
        let changed = subject.parts.iter().flat_map(|part| &part.suites).map(|(suite, _)| suite.as_str());
        let known: BTreeSet<&str> = known.into_iter().chain(changed).collect();
        for (rule, outcome) in &judged(&policy, &case(&policy, vec![subject.clone()])).judgements[0].outcomes {
            let Outcome::Violated(found) = outcome else { continue };
            for suite in found.iter().filter_map(|violation| violation.suite.as_deref()) {
                prop_assert!(known.contains(suite) && rules::looks_at_proof(&policy, &subject), "{rule} misses `{suite}`");
            }
        }
    }

    #[test]
    fn any_path_can_be_judged_and_quoted(bytes in prop::collection::vec(1u8..=255, 0..40)) {
        let policy = policy(POLICY);
        let path = RepoPath::new(bytes.clone());
        let facts = index(&policy, specialist("a"), vec![change(path.as_bytes(), FileStatus::Added)]);
        prop_assert_ne!(word(&say("safe-path", &policy, &facts)), "indeterminate");
        let quoted = shell_quote(&bytes);
        prop_assert!(!quoted.contains(['\n', '\r', '\0']));
    }
}
