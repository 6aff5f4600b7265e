//! What somebody adds to a writer's notes that isn't the writer's.

use std::collections::BTreeSet;

use super::envelope;
use super::weigh::brief;
use super::writer;
use crate::policy::{Policy, fingerprint};
use crate::report::escape;

/// Reasons that are kept.
const MOST: usize = 8;

/// Why these lines don't belong into the notes of `in_notes_of`, each reason once, as phrases, escaped. Nobody's own notes, `local-*`, take what
/// nobody signed; everybody else's what they signed themselves.
pub fn foreign(policy: &Policy, in_notes_of: &str, lines: &[Result<Vec<u8>, String>]) -> Vec<String> {
    let mut reasons = BTreeSet::new();
    for line in lines {
        if reasons.len() >= MOST {
            break;
        }
        let line = line.as_ref().map_err(Clone::clone);
        reasons.extend(line.and_then(|line| of_line(policy, in_notes_of, line)).err());
    }
    reasons.into_iter().collect()
}

fn of_line(policy: &Policy, in_notes_of: &str, line: &[u8]) -> Result<(), String> {
    let opened = envelope::open(line).map_err(|why| format!("a line can't be read: {}", escape(brief(&why).as_bytes())))?;
    let local = in_notes_of.starts_with(writer::LOCAL) || in_notes_of == writer::LOCAL.trim_end_matches('-');
    if opened.signatures.is_empty() {
        return if local { Ok(()) } else { Err("a record that nobody signed".to_owned()) };
    }
    for key in opened.signers() {
        let key = key.map_err(|why| bad(&why))?;
        if !writer::writes(policy, &key, in_notes_of) {
            return Err(format!("a record signed by {}, which is not its key", fingerprint(&key)));
        }
    }
    Ok(())
}

fn bad(why: &str) -> String {
    format!("a record whose signature is not good: {}", escape(brief(why).as_bytes()))
}
