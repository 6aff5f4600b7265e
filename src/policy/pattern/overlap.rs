//! Whether two patterns can match one and the same path. Generous: it is asked only to tell people whose work a change may reach.

use std::collections::BTreeSet;

use super::{class, fold};

/// More forms than this of one pattern are not told apart: it may match anything.
const MOST_FORMS: usize = 64;

/// One step of a pattern, over bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// This byte.
    Byte(u8),
    /// Any byte but `/`; also `[…]`, whatever stands in it.
    One,
    /// Any number of bytes but `/`.
    Many,
    /// Any number of bytes; also `{…}`, whatever stands in it.
    Deep,
}

/// Whether some path matches both, case and normalisation aside.
pub(super) fn overlap(one: &str, two: &str) -> bool {
    let (one, two) = (forms(one), forms(two));
    one.iter().any(|a| two.iter().any(|b| meet(a, b)))
}

/// Every form of a pattern: a directory is its entry and everything below it, `**/` is nothing or anything up to a `/`.
fn forms(text: &str) -> Vec<Vec<Step>> {
    let folded = String::from_utf8(fold(text.as_bytes())).unwrap_or_else(|_| text.to_owned());
    let mut all = vec![folded.trim_end_matches('/').to_owned()];
    if folded.ends_with('/') {
        all.push(format!("{folded}**"));
    }
    while let Some(at) = all.iter().position(|form| form.starts_with("**/") || form.contains("/**/")) {
        let form = all.swap_remove(at);
        let (before, after) = if let Some(rest) = form.strip_prefix("**/") {
            ("", rest)
        } else {
            form.split_once("/**/").unwrap_or((form.as_str(), ""))
        };
        let slash = if before.is_empty() { "" } else { "/" };
        // `\0` is in no path: it stands for the stars that were looked at.
        all.push(format!("{before}{slash}{after}"));
        all.push(format!("{before}{slash}\0/{after}"));
        if all.len() > MOST_FORMS {
            return vec![vec![Step::Deep]];
        }
    }
    all.iter().map(|form| steps(form)).collect()
}

fn steps(form: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut bytes = form.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let at = form.len() - bytes.len() - 1;
        steps.push(match byte {
            0 => Step::Deep,
            b'*' if bytes.next_if_eq(&b'*').is_some() => Step::Deep,
            b'*' => Step::Many,
            b'?' => Step::One,
            b'[' => {
                let length = form.get(at..).and_then(class::length).unwrap_or(1);
                bytes.by_ref().take(length - 1).for_each(drop);
                Step::One
            }
            b'{' => {
                let mut depth = 1_u32;
                while depth > 0 {
                    match bytes.next() {
                        Some(b'{') => depth += 1,
                        Some(b'}') => depth -= 1,
                        Some(_) => {}
                        None => break,
                    }
                }
                Step::Deep
            }
            b'\\' => Step::Byte(bytes.next().unwrap_or(b'\\')),
            other => Step::Byte(other),
        });
    }
    steps
}

/// Whether the two have a text in common: every pair of places that both can have come to, reading the same bytes.
fn meet(one: &[Step], two: &[Step]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, 0)];
    while let Some((i, j)) = open.pop() {
        if !seen.insert((i, j)) {
            continue;
        }
        let (a, b) = (one.get(i), two.get(j));
        if a.is_none() && b.is_none() {
            return true;
        }
        let repeats = |step: Option<&Step>| matches!(step, Some(Step::Many | Step::Deep));
        if repeats(a) {
            open.push((i + 1, j));
        }
        if repeats(b) {
            open.push((i, j + 1));
        }
        if let (Some(a), Some(b)) = (a, b)
            && both_read(*a, *b)
        {
            open.push((if repeats(Some(a)) { i } else { i + 1 }, if repeats(Some(b)) { j } else { j + 1 }));
        }
    }
    false
}

/// Whether one byte suits both.
fn both_read(one: Step, two: Step) -> bool {
    match (one, two) {
        (Step::Byte(a), Step::Byte(b)) => a == b,
        (Step::Byte(byte), Step::One | Step::Many) | (Step::One | Step::Many, Step::Byte(byte)) => byte != b'/',
        (Step::One | Step::Many | Step::Deep, Step::One | Step::Many | Step::Deep)
        | (Step::Deep, Step::Byte(_))
        | (Step::Byte(_), Step::Deep) => true,
    }
}
