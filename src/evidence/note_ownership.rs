//! What somebody adds to a writer's notes that isn't the writer's.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::error::Result;
use crate::evidence::envelope;
use crate::evidence::note_namespace;
use crate::evidence::verify::taken_at;
use crate::policy::UNSIGNED_WRITER;
use crate::policy::{Policy, fingerprint};
use crate::text::escape;
use crate::text::truncate;

/// Reasons that are kept.
const MOST: usize = 8;

/// Why these lines don't belong into the notes of `in_notes_of`, each reason once, as phrases, escaped. Nobody's own notes, `local-*`, take what
/// nobody signed; everybody else's what they signed themselves, with a key that is valid `now`: the time that a line gives itself is its
/// signer's own word, and a retired key signs nothing new. `go_on` is asked before each line, whose signature may take its time.
///
/// # Errors
/// Those of `go_on`.
pub fn foreign(
    policy: &Policy,
    in_notes_of: &str,
    lines: &[Vec<u8>],
    now: Timestamp,
    go_on: &dyn Fn() -> Result<()>,
) -> Result<Vec<String>> {
    let mut reasons = BTreeSet::new();
    for line in lines {
        if reasons.len() >= MOST {
            break;
        }
        go_on()?;
        reasons.extend(of_line(policy, in_notes_of, line, now).err());
    }
    Ok(reasons.into_iter().collect())
}

fn of_line(policy: &Policy, in_notes_of: &str, line: &[u8], now: Timestamp) -> std::result::Result<(), String> {
    let opened = envelope::open(line).map_err(|why| format!("a line can't be read: {}", escape(truncate(&why).as_bytes())))?;
    let local = in_notes_of.starts_with(UNSIGNED_WRITER) || in_notes_of == UNSIGNED_WRITER.trim_end_matches('-');
    if opened.signatures.is_empty() {
        return if local { Ok(()) } else { Err("a record that nobody signed".to_owned()) };
    }
    for key in opened.signers() {
        let key = key.map_err(|why| bad(&why))?;
        if !note_namespace::writes(policy, &key, in_notes_of) {
            return Err(format!("a record signed by {}, which is not its key", fingerprint(&key)));
        }
        taken_at(policy, &key, now)
            .map_err(|why| format!("a record signed by {} that comes only now: {why}", fingerprint(&key)))?;
    }
    Ok(())
}

fn bad(why: &str) -> String {
    format!("a record whose signature is not good: {}", escape(truncate(why).as_bytes()))
}
