//! `protected-ref`.

use super::super::fixture::*;
use crate::facts::{Clash, Kind, Subject, UpdateFacts, UpdateKind};
use crate::model::Oid;
use crate::policy::Policy;

const POLICY: &str = "\
protected = [\"main\"]
[owners]
users = [\"alice\"]
[specialist.a]
[refs]
max-per-push = 2
";

fn pushing(policy: &Policy, update: UpdateFacts) -> Subject {
    let subject = landing(policy, specialist("a"), Vec::new());
    let kind = Kind::Landing { reference: Some(update.name.clone()), update: Some(Box::new(update)), merges: None };
    Subject { kind, ..subject }
}

#[test]
fn what_may_happen_to_refs() {
    let policy = policy(POLICY);
    use UpdateKind::{Create, Delete, Forward, Rewind};
    let new = |unrelated| Create { unrelated };
    let table = [
        ("refs/heads/main", Forward, ""),
        ("refs/heads/main", Delete, "`refs/heads/main` is protected and can't be deleted"),
        ("refs/heads/main", Rewind, "`refs/heads/main` is protected and can't be rewound"),
        ("refs/heads/main", new(true), "`refs/heads/main` is protected and can't be created out of nothing"),
        ("refs/heads/main", new(false), ""),
        ("refs/heads/topic", Delete, ""),
        ("refs/heads/topic", Rewind, ""),
        ("refs/heads/topic", new(true), ""),
        ("refs/heads/agent/a/deep", new(false), ""),
        ("refs/tags/v1", new(false), ""),
        ("refs/notes/guard/laptop", Forward, ""),
        ("refs/notes/guard/laptop", Delete, "`refs/notes/guard/laptop` holds evidence and can't be rewritten"),
        ("refs/notes/guard/laptop", Rewind, "`refs/notes/guard/laptop` holds evidence and can't be rewritten"),
        ("refs/notes/commits", Forward, "`refs/notes/commits` is no ref that may be pushed"),
        ("refs/replace/1a2b", new(false), "`refs/replace/1a2b` is no ref that may be pushed"),
        ("refs/meta/config", Delete, "`refs/meta/config` is no ref that may be pushed"),
        ("refs/heads/HEAD", new(false), "`refs/heads/HEAD` is taken for HEAD"),
        ("refs/heads/HEAD", Delete, ""),
        ("refs/heads/refs/heads/main", Forward, "`refs/heads/refs/heads/main` is taken for a full ref name"),
        ("refs/heads/refsx", Forward, ""),
    ];
    for (name, kind, message) in table {
        let outcome = say("protected-ref", &policy, &pushing(&policy, update(name, kind)));
        assert_eq!(messages(&outcome).concat(), message, "{name} {kind:?}");
    }
}

#[test]
fn owners_may_push_any_ref_and_nothing_else_more() {
    let policy = policy(POLICY);
    let by = |by_owner, name, kind| pushing(&policy, UpdateFacts { by_owner, ..update(name, kind) });
    assert_eq!(word(&say("protected-ref", &policy, &by(true, "refs/meta/config", UpdateKind::Forward))), "satisfied");
    let of_owner = Subject { actor: Some(owner()), ..by(false, "refs/meta/config", UpdateKind::Forward) };
    assert_eq!(word(&say("protected-ref", &policy, &of_owner)), "violated", "an owner's work, pushed by somebody else");
    let rewind = by(true, "refs/heads/main", UpdateKind::Rewind);
    assert_eq!(word(&say("protected-ref", &policy, &rewind)), "violated");
}

#[test]
fn twins_and_refs_without_commits() {
    let policy = policy(POLICY);
    let twin = UpdateFacts { clash: Some(Clash::Twin("main".to_owned())), ..update("refs/heads/Main", UpdateKind::Forward) };
    let outcome = say("protected-ref", &policy, &pushing(&policy, twin.clone()));
    assert_eq!(messages(&outcome), ["`refs/heads/Main` is protected `main` but for case or normalisation"]);
    let gone = UpdateFacts { kind: UpdateKind::Delete, ..twin };
    assert_eq!(word(&say("protected-ref", &policy, &pushing(&policy, gone))), "satisfied");
    for (name, expected) in
        [("refs/heads/x", "violated"), ("refs/tags/x", "violated"), ("refs/notes/guard/x", "violated"), ("refs/x", "satisfied")]
    {
        let blob = UpdateFacts { by_owner: true, reaches_no_commit: true, ..update(name, UpdateKind::Create { unrelated: false }) };
        assert_eq!(word(&say("protected-ref", &policy, &pushing(&policy, blob))), expected, "{name}");
    }
}

#[test]
fn names_that_clash_are_named_and_an_owner_may_block_one() {
    let policy = policy(POLICY);
    let clashing = |clash: Clash, by_owner| {
        let kind = UpdateKind::Create { unrelated: false };
        let update = UpdateFacts { clash: Some(clash), by_owner, ..update("refs/heads/x", kind) };
        messages(&say("protected-ref", &policy, &pushing(&policy, update)))
    };
    let blocks = Clash::Blocks("x/y".to_owned());
    let blocked = ["`refs/heads/x` would keep protected `x/y` from being made, since one would be the other's directory"];
    assert_eq!(clashing(blocks.clone(), false), blocked);
    assert_eq!(clashing(blocks, true), [""; 0]);
    let taken = ["`refs/heads/x` would be protected, and git would read its name as `refs/tags/x`"];
    for by_owner in [false, true] {
        assert_eq!(clashing(Clash::TakenBy("refs/tags/x".to_owned()), by_owner), taken);
    }
}

#[test]
fn a_branch_that_would_hold_a_tag_is_told_what_to_push() {
    let policy = policy(POLICY);
    let commit = Oid::from_bytes(&[7; 20]).unwrap();
    let tag = UpdateFacts { by_owner: true, tag_of: Some(commit), ..update("refs/heads/it's", UpdateKind::Forward) };
    let outcome = say("protected-ref", &policy, &pushing(&policy, tag));
    assert_eq!(messages(&outcome), ["`refs/heads/it's` would hold a tag, not its commit"]);
    assert_eq!(violations(outcome)[0].next, [format!("git push origin '{commit}:refs/heads/it'\\''s'")]);
}

#[test]
fn too_many_updates_are_said_once_for_a_push() {
    let policy = policy(POLICY);
    let many = |name: &str, n| pushing(&policy, UpdateFacts { updates_in_push: n, ..update(name, UpdateKind::Forward) });
    assert_eq!(word(&say("protected-ref", &policy, &many("refs/heads/x", 2))), "satisfied");
    let verdict = judged(&policy, &case(&policy, vec![many("refs/heads/x", 3), many("refs/heads/y", 3), many("refs/heads/z", 3)]));
    let said: Vec<String> = verdict.judgements.iter().flat_map(|j| &j.outcomes).flat_map(|(_, o)| messages(o)).collect();
    assert_eq!(said, ["3 ref updates in this push, 2 allowed"]);
}

#[test]
fn names_are_shown_escaped() {
    let policy = policy(POLICY);
    let odd = UpdateFacts { name: b"refs/x/\x1b\xff".to_vec(), ..update("", UpdateKind::Forward) };
    let outcome = say("protected-ref", &policy, &pushing(&policy, odd));
    assert_eq!(messages(&outcome), ["`refs/x/\\u{1b}\\xff` is no ref that may be pushed"]);
    assert_eq!(word(&say("protected-ref", &policy, &landing(&policy, owner(), Vec::new()))), "not-applicable");
    assert_eq!(word(&say("protected-ref", &policy, &commit(&policy, owner(), Vec::new()))), "not-applicable");
}
