//! Halts and resumes with real signatures: whose count, and which is in force. No clock: the time is a fact.

use super::super::envelope::{Seal, seal, signed_bytes};
use super::super::proof::tests::oid;
use super::*;
use crate::evidence::note_namespace;
use crate::evidence::trust::tests::{armour, key, note, trusted};
use crate::identity::signature;

const NOW: &str = "2026-01-02T06:00:00Z";

fn said(say: HaltKind, created: &str) -> HaltStatement {
    let created = created.parse().unwrap();
    HaltStatement {
        say,
        repository: oid(0x22),
        reason: "broken".to_owned(),
        created,
        commit: None,
        suites: Vec::new(),
        forced: false,
        lifts: Vec::new(),
        repair: Vec::new(),
    }
}

/// In the notes of whoever signs.
fn signed(word: &HaltStatement, by: &str) -> NoteLine {
    let payload = word.payload().unwrap();
    let armour = armour(by, signature::EVIDENCE, &signed_bytes(&payload));
    let line = seal(&payload, &[Seal { key: by.to_owned(), armour }]).unwrap().into_bytes();
    note(&note_namespace::names(&trusted(), &key(by, "").value.data).pop().unwrap(), line)
}

fn heard(lines: &[NoteLine]) -> Vec<VerifiedStatement> {
    spoken(&trusted(), oid(0x22), lines, NOW.parse().unwrap())
}

fn refused(line: NoteLine) -> Option<String> {
    heard(&[line]).remove(0).refused
}

#[test]
fn an_owner_halts_and_resumes_a_runner_halts_a_specialist_does_neither() {
    let at = "2026-01-02T05:00:00Z";
    for (say, by, may) in [
        (HaltKind::Halt, "boss", true),
        (HaltKind::Resume, "boss", true),
        (HaltKind::Halt, "ci", true),
        (HaltKind::Resume, "ci", false),
        (HaltKind::Halt, "dev", false),
        (HaltKind::Resume, "dev", false),
    ] {
        assert_eq!(refused(signed(&said(say, at), by)).is_none(), may, "{say:?} by {by}");
    }
    assert_eq!(heard(&[signed(&said(HaltKind::Halt, at), "ci")])[0].by, "runner `ci`");
    assert_eq!(heard(&[signed(&said(HaltKind::Halt, at), "boss")])[0].by, "owner `boss`");
}

#[test]
fn what_is_of_elsewhere_of_tomorrow_or_in_others_notes_is_worth_nothing() {
    let word = said(HaltKind::Halt, "2026-01-02T05:00:00Z");
    let other = HaltStatement { repository: oid(0x33), ..word.clone() };
    assert_eq!(refused(signed(&other, "ci")).unwrap(), "it is of another repository");
    assert!(refused(signed(&said(HaltKind::Halt, "2026-01-03T05:00:00Z"), "ci")).unwrap().starts_with("it was made in the future"));
    let misplaced = NoteLine { writer: "dev".to_owned(), ..signed(&word, "ci") };
    assert!(refused(misplaced).unwrap().contains("who did not sign it"));
    let mut tampered = signed(&word, "ci");
    tampered.content = tampered
        .content
        .map(|bytes| String::from_utf8(bytes).unwrap().replacen("\"sig\":\"LS0t", "\"sig\":\"LS1t", 1).into_bytes());
    assert!(heard(&[tampered]).iter().all(|one| one.refused.is_some()));
}

/// The halts that are in force, each by when it was said.
fn holding(lines: &[NoteLine]) -> Vec<String> {
    in_force(&heard(lines)).iter().map(|halted| halted.since.to_string()).collect()
}

/// A resume of these halts, as far as they can be named.
fn lifting(halts: &[&NoteLine], created: &str, by: &str) -> NoteLine {
    let lifts = halts.iter().map(|halt| heard(&[(*halt).clone()]).remove(0).digest).collect();
    signed(&HaltStatement { lifts, ..said(HaltKind::Resume, created) }, by)
}

#[test]
fn a_halt_holds_until_an_owner_s_resume_names_it_whatever_the_clocks_and_the_order_say() {
    let (early, late) = ("2026-01-02T04:00:00Z", "2026-01-02T05:00:00Z");
    let halt = |at: &str, by| signed(&said(HaltKind::Halt, at), by);
    assert_eq!(holding(&[]), [""; 0]);
    let (one, other) = (halt(early, "ci"), halt(late, "boss"));
    assert_eq!(holding(&[one.clone(), other.clone()]), [late, early], "the newest first");
    for created in [early, late] {
        for by in ["boss", "ci", "dev"] {
            let resume = lifting(&[&one], created, by);
            let held: &[&str] = if by == "boss" { &[late] } else { &[late, early] };
            assert_eq!(holding(&[one.clone(), other.clone(), resume.clone()]), held, "by {by}");
            assert_eq!(holding(&[resume, other.clone(), one.clone()]), held, "by {by}");
        }
    }
    assert_eq!(holding(&[one.clone(), lifting(&[], late, "boss")]), [early], "one that names none lifts none");
    assert_eq!(holding(&[one.clone(), lifting(&[&one, &other], late, "boss"), other.clone()]), [""; 0]);
    // The same word in another envelope is the same word, also where somebody holds it in notes that aren't its speaker's.
    let spaced = one.content.clone().map(|bytes| String::from_utf8(bytes).unwrap().replace("\",\"", "\", \"").into_bytes());
    let again = NoteLine { content: spaced, ..one.clone() };
    assert_eq!(holding(&[lifting(&[&one], late, "boss"), again]), [""; 0]);
    let misplaced = NoteLine { writer: "dev".to_owned(), ..one.clone() };
    assert_eq!(holding(&[misplaced, one]), [early]);
}
