//! Waivers with real signatures: whose they are, and when they hold. No clock: the time is a fact.

use super::super::envelope::{Seal, seal, signed_bytes};
use super::super::proof::tests::oid;
use super::*;
use crate::evidence::note_namespace;
use crate::evidence::trust::tests::{armour, context, key, note, trusted};
use crate::evidence::verify::examine;
use crate::identity::signature;
use crate::policy::{Policy, fingerprint};

const NOW: &str = "2026-01-02T06:00:00Z";

/// Of tree 11… in repository 22…, made an hour before `NOW`, until a day after.
fn waiver() -> Waiver {
    Waiver {
        tree: oid(0x11),
        rule: "file-limit".to_owned(),
        paths: Vec::new(),
        limit: Some(17),
        reason: "generated".to_owned(),
        created: "2026-01-02T05:00:00Z".parse().unwrap(),
        expires: "2026-01-03T06:00:00Z".parse().unwrap(),
        repository: oid(0x22),
    }
}

fn signed(payload: &[u8], by: &str) -> Vec<u8> {
    let armour = armour(by, signature::EVIDENCE, &signed_bytes(payload));
    seal(payload, &[Seal { key: by.to_owned(), armour }]).unwrap().into_bytes()
}

fn owners_notes() -> String {
    note_namespace::of_owner(&key("boss", "").value.data)
}

/// What is found in the notes of `boss`, an owner.
fn found(policy: &Policy, content: Vec<u8>) -> Waivers {
    waivers(&context(policy, NOW, &[]), &[note(&owners_notes(), content)]).unwrap()
}

/// Whose it is, and why it is worth nothing.
fn judged(policy: &Policy, waiver: &Waiver, by: &str) -> (Option<String>, Option<String>) {
    let [granted] = found(policy, signed(&waiver.payload().unwrap(), by)).granted.try_into().unwrap();
    assert_eq!(granted.waiver, *waiver);
    (granted.by, granted.refused)
}

#[track_caller]
fn refused(waiver: &Waiver, by: &str, why: &str) {
    let (_, refused) = judged(&trusted(), waiver, by);
    assert!(refused.as_ref().is_some_and(|refused| refused.contains(why)), "{refused:?}");
}

#[test]
fn an_owner_s_holds_and_says_whose_it_is() {
    assert_eq!(judged(&trusted(), &waiver(), "boss"), (Some("boss".to_owned()), None));
    let mut policy = trusted();
    policy.owners.keys[0].value.comment = String::new();
    let print = fingerprint(&key("boss", "").value.data);
    assert_eq!(judged(&policy, &waiver(), "boss"), (Some(print), None));
}

#[test]
fn nobody_else_s_does() {
    refused(&waiver(), "dev", "signed by specialist `dev`, who is no owner");
    refused(&waiver(), "ci", "signed by runner `ci`, who is no owner");
    refused(&waiver(), "nobody", "signed by SHA256:");
    let mut policy = trusted();
    policy.owners.keys.clear();
    assert!(judged(&policy, &waiver(), "boss").1.unwrap().contains("who is no owner"));
}

#[test]
fn it_is_for_one_tree_one_repository_and_a_while() {
    refused(&Waiver { tree: oid(0x12), ..waiver() }, "boss", "it is for another tree, 1212121");
    refused(&Waiver { repository: oid(0x23), ..waiver() }, "boss", "it is of another repository");
    refused(&Waiver { expires: NOW.parse().unwrap(), ..waiver() }, "boss", "it expired on 2026-01-02T06:00:00Z");
    let later = "2026-01-02T06:10:00Z".parse().unwrap();
    refused(&Waiver { created: later, ..waiver() }, "boss", "it was made in the future, on 2026-01-02T06:10:00Z");
}

#[test]
fn the_key_must_have_been_valid_when_it_was_made() {
    for (options, holds) in [
        ("valid-before=\"2026-01-02T05:00:01Z\" ", true),
        ("valid-before=\"2026-01-02T05:00:00Z\" ", false),
        ("valid-after=\"2026-01-02T05:00:01Z\" ", false),
    ] {
        let mut policy = trusted();
        policy.owners.keys = vec![key("boss", options)];
        assert_eq!(judged(&policy, &waiver(), "boss").1.is_none(), holds, "{options}");
    }
}

#[test]
fn what_is_altered_or_stands_elsewhere_is_none() {
    let payload = waiver().payload().unwrap();
    let larger = Waiver { limit: Some(99), ..waiver() }.payload().unwrap();
    let armour = armour("boss", signature::EVIDENCE, &signed_bytes(&payload));
    let altered = seal(&larger, &[Seal { key: "boss".to_owned(), armour }]).unwrap().into_bytes();
    let refused = found(&trusted(), altered).granted[0].refused.clone().unwrap();
    assert!(refused.starts_with("its signature is not good: "), "{refused}");
    let unsigned = seal(&payload, &[]).unwrap().into_bytes();
    assert_eq!(found(&trusted(), unsigned).granted[0].refused.as_deref(), Some("it has not one signature"));
    let policy = trusted();
    let elsewhere = [note("owner-000000000000", signed(&payload, "boss")), note("dev", signed(&payload, "boss"))];
    let [granted] = waivers(&context(&policy, NOW, &[]), &elsewhere).unwrap().granted.try_into().unwrap();
    assert_eq!(granted.refused.as_deref(), Some("it stands in the notes of `owner-000000000000`, who did not sign it"));
}

#[test]
fn waivers_are_no_records_and_what_can_not_be_read_is_told() {
    let policy = trusted();
    let text = String::from_utf8(waiver().payload().unwrap()).unwrap();
    let line = |payload: &str| note(&owners_notes(), signed(payload.as_bytes(), "boss"));
    let later = line(&text.replace("urn:guard:waiver/v1", "urn:guard:halt/v1"));
    let broken = line(&text.replace("2026-01-03T06:00:00Z", "soon"));
    let lines = [line(&text), later, broken];
    assert_eq!(examine(&context(&policy, NOW, &[]), &lines).unwrap(), []);
    let Waivers { granted, unreadable } = waivers(&context(&policy, NOW, &[]), &lines).unwrap();
    assert_eq!(granted.len(), 1);
    assert_eq!(unreadable, [(owners_notes(), "its times are not RFC 3339".to_owned())]);
}
