//! Characters that aren't seen and mean something all the same, where Unicode's own rules give them a meaning.
//!
//! Persian is written with a half-space, Devanagari with a joiner, and an emoji may be several with joiners between. Elsewhere each of
//! these hides in a name.

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::UnicodeEmoji;

use super::invisible;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';
const CANCEL_TAG: char = '\u{e007f}';
const KEYCAP: char = '\u{20e3}';
/// The canonical combining class of what joins consonants in Indic scripts.
const VIRAMA: u8 = 9;

/// Whether `text` holds a character that isn't seen, and that means nothing where it stands.
pub fn hidden(text: &str) -> bool {
    if text.is_ascii() {
        return text.chars().any(invisible);
    }
    let chars: Vec<char> = text.chars().collect();
    chars.iter().enumerate().any(|(at, c)| {
        let (before, behind) = chars.split_at_checked(at).unwrap_or_default();
        invisible(*c) && !means_something(before, *c, behind.get(1..).unwrap_or_default())
    })
}

fn means_something(before: &[char], c: char, behind: &[char]) -> bool {
    let last = before.last().copied();
    match c {
        // RFC 5892, appendix A.1 and A.2 (CONTEXTJ), and UTS 51's sequences with joiners.
        NON_JOINER => last.is_some_and(is_virama) || joins(before, behind),
        JOINER => last.is_some_and(is_virama) || (ends_in_emoji(before) && behind.first().is_some_and(|next| is_emoji(*next))),
        '\u{fe0e}' | '\u{fe0f}' => {
            let keycap = last.is_some_and(|c| matches!(c, '0'..='9' | '#' | '*')) && behind.first() == Some(&KEYCAP);
            last.is_some_and(is_emoji) || keycap
        }
        '\u{e0020}'..=CANCEL_TAG => tags_a_flag(before, c, behind),
        _ => false,
    }
}

fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == VIRAMA
}

/// Whether the letters on both sides would join, were nothing between them.
fn joins(before: &[char], behind: &[char]) -> bool {
    let letter = |kind: &JoiningType| !matches!(kind, JoiningType::Transparent);
    let left = before.iter().rev().map(|c| get_joining_type(*c)).find(letter);
    let right = behind.iter().map(|c| get_joining_type(*c)).find(letter);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

fn is_emoji(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char()
}

/// An emoji, with its modifiers and its selector.
fn ends_in_emoji(before: &[char]) -> bool {
    before.iter().rev().find(|c| **c != '\u{fe0f}').is_some_and(|c| is_emoji(*c))
}

/// A subdivision's flag: a black one, tags that spell the code, the end of them.
fn tags_a_flag(before: &[char], c: char, behind: &[char]) -> bool {
    let is_tag = |c: &&char| matches!(**c, '\u{e0020}'..'\u{e007f}');
    let started = before.iter().rev().find(|c| !is_tag(c)) == Some(&BLACK_FLAG);
    let ended = if c == CANCEL_TAG {
        before.last().is_some_and(|c| is_tag(&c))
    } else {
        behind.iter().find(|c| !is_tag(c)) == Some(&CANCEL_TAG)
    };
    started && ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_scripts_and_emoji_need_is_not_hidden() {
        for name in [
            "می\u{200c}خواهم.md",
            "نمی\u{64e}\u{200c}\u{64e}خواهم",
            "क्\u{200d}ष.md",
            "क्\u{200c}ष",
            "ශ්\u{200d}රී",
            "❤\u{fe0f} likes.md",
            "☎\u{fe0e}",
            "👨\u{200d}👩\u{200d}👧.md",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}💻",
            "1\u{fe0f}\u{20e3}",
            "🇩🇪.md",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "שלום",
        ] {
            assert!(!hidden(name), "{name:?}");
        }
    }

    #[test]
    fn what_means_nothing_where_it_stands_is() {
        for name in [
            "a\u{200b}b",
            "mid\u{200c}dleware",
            "mid\u{200d}dleware",
            "می\u{200c}",
            "\u{200c}می",
            "می\u{200c}\u{200c}خواهم",
            "م\u{200c}a",
            "क\u{200d}ष",
            "a\u{fe0f}",
            "1\u{fe0f}",
            "❤\u{fe0f}\u{fe0f}",
            "👨\u{200d}",
            "👨\u{200d}a",
            "a\u{200d}👨",
            "🏴\u{e0067}\u{e0062}",
            "a\u{e0067}\u{e007f}",
            "🏴\u{e007f}",
            "می\u{202e}خ",
            "می\u{feff}خ",
            "日\u{3000}本",
        ] {
            assert!(hidden(name), "{name:?}");
        }
    }
}
