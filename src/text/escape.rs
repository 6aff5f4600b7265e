//! Data on its way to a reader.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Bytes as one line of text that can't deceive: control characters, bidirectional marks and other invisible characters, and bytes
/// that are not UTF-8 are written as escapes (`\n`, `\u{202e}`, `\xff`), a backslash as `\\`.
///
/// What starts a command in the log of a CI (`::` in front, `##[` and `##vso[` anywhere) is broken up in the same way. Different bytes
/// never give the same text: every escape starts with a backslash, and a backslash of the data is always doubled.
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' || deceives(c) || starts_command(rest, &out) {
                push_escaped(&mut out, c)
            } else {
                out.push(c)
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
        rest = rest.get(chunk.invalid().len()..).unwrap_or_default();
    }
    out
}

/// Words of the program's own, into which data may have got, as one line: as `escape`, but for the backslash, since what was escaped
/// on the way stays as it is.
pub fn escape_words(text: &str) -> String {
    escape_lines(text).replace('\n', "\\n")
}

/// Such words of several lines (a rendered diagnostic): newlines stay, too.
pub fn escape_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && deceives(c) { push_escaped(&mut out, c) } else { out.push(c) }
    }
    out
}

/// A JSON document with every character that isn't seen, or that changes how others are seen, as `\\uXXXX`: for a program the same
/// document, for a terminal that it is printed to no surprise. So is the start of what a CI's log takes for a command.
pub fn escape_json(document: &str) -> Cow<'_, str> {
    if document.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'#') {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len());
    for (at, c) in document.char_indices() {
        if c == '#' && document.get(at..).is_some_and(|rest| starts_command(rest.as_bytes(), "{")) {
            out.push_str("\\u0023");
            continue;
        }
        // Outside of strings JSON is ASCII, and within them serde_json has escaped ASCII's control characters, but for the last.
        if c != '\u{7f}' && (c.is_ascii() || !deceives(c)) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' | '\r' | '\t' | '\\' => out.extend(c.escape_default()),
        other => out.extend(other.escape_unicode()),
    }
}

/// Whether `rest` begins with what a CI's log reader takes for a command (GitHub ignores white space before `::`, and finds `##[`
/// anywhere, as Azure does `##vso[`).
fn starts_command(rest: &[u8], before: &str) -> bool {
    (rest.starts_with(b"::") && before.bytes().all(|b| b == b' ')) || rest.starts_with(b"##[") || rest.starts_with(b"##vso[")
}

/// A character that isn't seen, or that changes how others are seen.
fn deceives(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    ) || is_blank(c)
}

/// Marks and letters that leave nothing on the screen: Unicode's `Default_Ignorable_Code_Point` outside of the categories above, and
/// the empty Braille pattern.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `escape` did, undone.
    fn unescape(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let Some(tail) = rest.strip_prefix('\\') else {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[c.len_utf8()..];
                continue;
            };
            let (bytes, length) = match tail.chars().next().unwrap() {
                'n' => (vec![b'\n'], 1),
                'r' => (vec![b'\r'], 1),
                't' => (vec![b'\t'], 1),
                '\\' => (vec![b'\\'], 1),
                'x' => (vec![u8::from_str_radix(&tail[1..3], 16).unwrap()], 3),
                'u' => {
                    let end = tail.find('}').unwrap();
                    let c = char::from_u32(u32::from_str_radix(&tail[2..end], 16).unwrap()).unwrap();
                    (c.to_string().into_bytes(), end + 1)
                }
                other => panic!("unknown escape {other}"),
            };
            out.extend(bytes);
            rest = &tail[length..];
        }
        out
    }

    #[test]
    fn what_is_plain_stays_plain() {
        assert_eq!(escape("src/middleware/größe.rs".as_bytes()), "src/middleware/größe.rs");
        assert_eq!(escape("u\u{308}ber 日本 🦀 - % $(x) <b>".as_bytes()), "u\u{308}ber 日本 🦀 - % $(x) <b>");
        assert_eq!(escape(b""), "");
    }

    #[test]
    fn what_deceives_is_escaped() {
        let cases: &[(&[u8], &str)] = &[
            (b"a\nb", r"a\nb"),
            (b"\r\t\0\x1b[31m\x7f", r"\r\t\u{0}\u{1b}[31m\u{7f}"),
            ("\u{85}\u{9b}2J".as_bytes(), r"\u{85}\u{9b}2J"),
            ("x\u{202e}fdp.rs\u{2066}\u{2069}\u{200f}".as_bytes(), r"x\u{202e}fdp.rs\u{2066}\u{2069}\u{200f}"),
            ("a\u{200b}\u{200d}\u{feff}\u{ad}\u{2060}".as_bytes(), r"a\u{200b}\u{200d}\u{feff}\u{ad}\u{2060}"),
            ("\u{2028}\u{2029}\u{a0}\u{3000}".as_bytes(), r"\u{2028}\u{2029}\u{a0}\u{3000}"),
            ("\u{3164}\u{fe0f}\u{e0041}\u{e000}".as_bytes(), r"\u{3164}\u{fe0f}\u{e0041}\u{e000}"),
            (b"a\\nb\\", r"a\\nb\\"),
            (b"\xff/\xc3\xe2\x82", r"\xff/\xc3\xe2\x82"),
        ];
        for (data, text) in cases {
            assert_eq!(escape(data), *text);
        }
    }

    #[test]
    fn no_command_for_a_ci_is_left() {
        assert_eq!(escape(b"::error::x"), r"\u{3a}:error::x");
        assert_eq!(escape(b"  ::x"), r"  \u{3a}:x");
        assert_eq!(escape(b"std::fmt"), "std::fmt");
        assert_eq!(escape(b"a##[add-mask]"), r"a\u{23}#[add-mask]");
        assert_eq!(escape(b"##vso[task]"), r"\u{23}#vso[task]");
        assert_eq!(escape(b"\xff##[x"), r"\xff\u{23}#[x");
        assert_eq!(escape(b"## heading"), "## heading");
    }

    #[test]
    fn lines_keep_their_newlines_and_backslashes() {
        assert_eq!(escape_lines("1 | '\\.add'\n\x1b[2J\u{202e}\n"), "1 | '\\.add'\n\\u{1b}[2J\\u{202e}\n");
        assert_eq!(escape_words("a\nb\\n"), "a\\nb\\n");
    }

    proptest! {
        #[test]
        fn different_data_never_looks_the_same(data in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(unescape(&escape(&data)), data);
        }

        #[test]
        fn different_text_never_looks_the_same(text in r#"[\\nx:#\[u{0}9é\u{202e}\u{0}-\u{10ffff}]{0,24}"#) {
            let shown = escape(text.as_bytes());
            prop_assert!(!shown.chars().any(deceives));
            prop_assert_eq!(unescape(&shown), text.as_bytes());
        }
    }
}
