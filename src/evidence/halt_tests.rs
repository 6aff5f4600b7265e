//! Halts and resumes with real signatures: whose count, and which is in force. No clock: the time is a fact.

use super::super::envelope::{Seal, seal, signed_bytes};
use super::super::proof::tests::oid;
use super::super::signature;
use super::super::standing::tests::{armour, key, note, trusted};
use super::super::writer;
use super::*;

const NOW: &str = "2026-01-02T06:00:00Z";

fn said(say: Say, created: &str) -> Word {
    let created = created.parse().unwrap();
    Word { say, repository: oid(0x22), reason: "broken".to_owned(), created, commit: None, suites: Vec::new(), forced: false }
}

/// In the notes of whoever signs.
fn signed(word: &Word, by: &str) -> NoteLine {
    let payload = word.payload().unwrap();
    let armour = armour(by, signature::EVIDENCE, &signed_bytes(&payload));
    let line = seal(&payload, &[Seal { key: by.to_owned(), armour }]).unwrap().into_bytes();
    note(&writer::names(&trusted(), &key(by, "").value.data).pop().unwrap(), line)
}

fn heard(lines: &[NoteLine]) -> Vec<Spoken> {
    spoken(&trusted(), oid(0x22), lines, NOW.parse().unwrap())
}

fn refused(line: NoteLine) -> Option<String> {
    heard(&[line]).remove(0).refused
}

#[test]
fn an_owner_halts_and_resumes_a_runner_halts_a_specialist_does_neither() {
    let at = "2026-01-02T05:00:00Z";
    for (say, by, may) in [
        (Say::Halt, "boss", true),
        (Say::Resume, "boss", true),
        (Say::Halt, "ci", true),
        (Say::Resume, "ci", false),
        (Say::Halt, "dev", false),
        (Say::Resume, "dev", false),
    ] {
        assert_eq!(refused(signed(&said(say, at), by)).is_none(), may, "{say:?} by {by}");
    }
    assert_eq!(heard(&[signed(&said(Say::Halt, at), "ci")])[0].by, "runner `ci`");
    assert_eq!(heard(&[signed(&said(Say::Halt, at), "boss")])[0].by, "owner `boss`");
}

#[test]
fn what_is_of_elsewhere_of_tomorrow_or_in_others_notes_is_worth_nothing() {
    let word = said(Say::Halt, "2026-01-02T05:00:00Z");
    let other = Word { repository: oid(0x33), ..word.clone() };
    assert_eq!(refused(signed(&other, "ci")).unwrap(), "it is of another repository");
    assert!(refused(signed(&said(Say::Halt, "2026-01-03T05:00:00Z"), "ci")).unwrap().starts_with("it was made in the future"));
    let misplaced = NoteLine { writer: "dev".to_owned(), ..signed(&word, "ci") };
    assert!(refused(misplaced).unwrap().contains("who did not sign it"));
    let mut tampered = signed(&word, "ci");
    tampered.content = tampered
        .content
        .map(|bytes| String::from_utf8(bytes).unwrap().replacen("\"sig\":\"LS0t", "\"sig\":\"LS1t", 1).into_bytes());
    assert!(heard(&[tampered]).iter().all(|one| one.refused.is_some()));
}

#[test]
fn the_newest_decides_by_time_or_by_the_ledger_and_of_two_at_once_the_halt() {
    let line = |say, at: &str, by| signed(&said(say, at), by);
    let (early, late) = ("2026-01-02T04:00:00Z", "2026-01-02T05:00:00Z");
    let in_force = |lines: &[NoteLine]| super::in_force(&heard(lines), &|_line| None).is_some();
    assert!(!in_force(&[]));
    assert!(in_force(&[line(Say::Resume, early, "boss"), line(Say::Halt, late, "ci")]));
    assert!(!in_force(&[line(Say::Halt, early, "ci"), line(Say::Resume, late, "boss")]));
    assert!(in_force(&[line(Say::Halt, late, "ci"), line(Say::Resume, late, "boss")]));
    assert!(
        in_force(&[line(Say::Halt, early, "ci"), line(Say::Resume, late, "ci")]),
        "a resume that counts for nothing resumes nothing"
    );
    // A runner's clock that is behind hides no halt where the ledger knows the order.
    let (halt, resume) = (line(Say::Halt, early, "ci"), line(Say::Resume, late, "boss"));
    let order = [resume.content.clone().unwrap(), halt.content.clone().unwrap()];
    let rank = |line: &[u8]| order.iter().position(|known| known == line).map(|at| at as u64);
    assert!(super::in_force(&heard(&[halt, resume]), &rank).is_some());
}
