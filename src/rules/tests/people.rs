//! `known-specialist`, `identity` and `policy-change`.

use super::super::fixture::*;
use crate::facts::PolicyEdit;
use crate::identity::{Actor, Conflict, Source};

const POLICY: &str = "[owners]\nusers = [\"alice\"]\n[specialist.a]\nusers = [\"a-bot\"]\n[specialist.b]\n";

#[test]
fn who_is_known() {
    let policy = policy(POLICY);
    let claims_to_be_owner = Actor { owner: false, ..owner() };
    let nameless = Actor { name: None, ..specialist("a") };
    let table = [
        (specialist("a"), "satisfied"),
        (owner(), "satisfied"),
        (unknown(), "violated"),
        (claims_to_be_owner, "satisfied"),
        (nameless, "violated"),
    ];
    for (actor, expected) in table {
        for subject in [index(&policy, actor.clone(), files(1)), commit(&policy, actor.clone(), files(1))] {
            assert_eq!(word(&say("known-specialist", &policy, &subject)), expected, "{actor:?}");
        }
        let landing = landing(&policy, actor, files(1));
        assert_eq!(word(&say("known-specialist", &policy, &landing)), "not-applicable");
    }
    let mut nobody = session(&policy, owner(), files(1));
    nobody.actor = None;
    assert_eq!(word(&say("known-specialist", &policy, &nobody)), "violated");
}

#[test]
fn somebody_unknown_is_told_what_was_said_and_who_is_known() {
    let policy = policy(POLICY);
    let actor = Actor { said: vec![(Source::Email, "m@x\u{202e}".to_owned())], ..unknown() };
    let [found] = violations(say("known-specialist", &policy, &index(&policy, actor, files(1)))).try_into().unwrap();
    assert_eq!(found.message, "the policy names nobody who made this change");
    assert_eq!(found.details, ["claimed by author e-mail: m@x\\u{202e}"]);
    assert!(found.help.ends_with("`a`, `b`"), "{}", found.help);
}

#[test]
fn a_conflict_is_refused_whoever_it_is() {
    let policy = policy(POLICY);
    for actor in [specialist("a"), owner(), unknown()] {
        let clear = index(&policy, actor.clone(), files(1));
        assert_eq!(word(&say("identity", &policy, &clear)), "satisfied");
        let conflict = Some(Conflict::Sources("account `a-bot` stands in two entries".to_owned()));
        let subject = index(&policy, Actor { conflict, ..actor }, files(1));
        assert_eq!(messages(&say("identity", &policy, &subject)), ["account `a-bot` stands in two entries"]);
    }
}

#[test]
fn who_may_change_the_policy() {
    let policy = policy(POLICY);
    let broken = || PolicyEdit::Broken("unknown key `bse`\n  did you mean `base`?".to_owned());
    let table = [
        (owner(), PolicyEdit::Untouched, "satisfied"),
        (owner(), PolicyEdit::Changed, "satisfied"),
        (owner(), PolicyEdit::Deleted, "satisfied"),
        (owner(), broken(), "violated"),
        (specialist("a"), PolicyEdit::Untouched, "satisfied"),
        (specialist("a"), PolicyEdit::Changed, "violated"),
        (specialist("a"), PolicyEdit::Deleted, "violated"),
        (specialist("a"), broken(), "violated"),
        (unknown(), PolicyEdit::Changed, "violated"),
    ];
    for (actor, edit, expected) in table {
        let subject = commit(&policy, actor.clone(), vec![modified("policy.toml")]).with(|set| set.policy_edit = edit.clone());
        assert_eq!(word(&say("policy-change", &policy, &subject)), expected, "{actor:?} {edit:?}");
    }
}

#[test]
fn a_change_of_the_policy_is_refused_with_the_next_step() {
    let policy = policy(POLICY);
    let subject = index(&policy, specialist("a"), vec![modified("policy.toml"), modified("x")]);
    let subject = subject.with(|set| set.policy_edit = PolicyEdit::Changed);
    let [found] = violations(say("policy-change", &policy, &subject)).try_into().unwrap();
    assert_eq!(found.message, "`policy.toml` changed by `a`, who is no owner");
    assert_eq!(found.next, ["git restore --staged -- policy.toml"]);
    let subject = subject.with(|set| set.policy_edit = PolicyEdit::Broken("one\ntwo".to_owned()));
    let [found] = violations(say("policy-change", &policy, &subject)).try_into().unwrap();
    assert_eq!(found.details, ["one", "two"]);
    assert_eq!(found.next, ["git restore --staged -- policy.toml"]);
}
