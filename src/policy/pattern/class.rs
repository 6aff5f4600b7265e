//! `[…]` as git reads it: ranges, `\` escapes, `[:digit:]` and its like, `!` and `^`.
//!
//! `globset` reads classes otherwise (it knows no escapes and no names), so a class is read here, and written anew for it in the one
//! form that both take for the same bytes.

/// One thing between the brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Member<'t> {
    One(u8),
    Range(u8, u8),
    /// What stands within `[:` and `:]`.
    Named(&'t str),
}

/// A class, taken apart.
struct Read<'t> {
    negated: bool,
    members: Vec<Member<'t>>,
    /// With its brackets.
    length: usize,
}

/// How many bytes the class takes with which `text` begins; `None`: it is never closed.
pub(super) fn length(text: &str) -> Option<usize> {
    read(text).map(|read| read.length)
}

/// How many bytes the class takes with which `text` begins, and the same for `globset`.
///
/// # Errors
/// What is wrong with it, as a phrase: what git would never match, or somebody may mean otherwise.
pub(super) fn rewrite(text: &str) -> Result<(usize, String), String> {
    let Read { negated, members, length } = read(text).ok_or_else(|| "`[` is never closed by `]`".to_owned())?;
    if !text.get(..length).is_some_and(str::is_ascii) {
        return Err("paths are bytes, so `[…]` holds ASCII only".to_owned());
    }
    let mut set = [false; 128];
    for member in members {
        let slash =
            matches!(member, Member::One(b'/')) || matches!(member, Member::Range(low, high) if (low..=high).contains(&b'/'));
        if slash && !negated {
            return Err("`[…]` never matches `/`".to_owned());
        }
        let holds = holds(member)?;
        (0_u8..).zip(&mut set).for_each(|(byte, taken)| *taken |= holds(byte));
    }
    // Neither crosses a `/`.
    let taken = |byte: u8| byte != 0 && if byte == b'/' { negated } else { set.get(usize::from(byte)).is_some_and(|taken| *taken) };
    Ok((length, write(negated, &taken)))
}

fn read(text: &str) -> Option<Read<'_>> {
    let inner = text.strip_prefix('[')?;
    let negated = inner.starts_with(['!', '^']);
    let start = 1 + usize::from(negated);
    let (mut at, mut members) = (start, Vec::new());
    let byte = |at: usize| text.as_bytes().get(at).copied();
    // What a range may begin with.
    let mut before: Option<u8> = None;
    while at == start || byte(at)? != b']' {
        let (member, next) = match byte(at)? {
            b'\\' => (Member::One(byte(at + 1)?), at + 2),
            b'-' if before.is_some() && byte(at + 1)? != b']' => {
                let escape = usize::from(byte(at + 1)? == b'\\');
                (Member::Range(before?, byte(at + 1 + escape)?), at + 2 + escape)
            }
            b'[' if byte(at + 1)? == b':' => named(text, at)?,
            other => (Member::One(other), at + 1),
        };
        before = match member {
            Member::One(byte) => Some(byte),
            Member::Range(..) | Member::Named(_) => None,
        };
        members.push(member);
        at = next;
    }
    Some(Read { negated, members, length: at + 1 })
}

/// `[:name:]`; without `:]` a `[` like any other. `None`: nothing closes it.
fn named(text: &str, at: usize) -> Option<(Member<'_>, usize)> {
    let rest = text.get(at + 2..)?;
    let end = rest.find(']')?;
    match rest.get(..end).and_then(|inner| inner.strip_suffix(':')) {
        Some(name) => Some((Member::Named(name), at + 2 + end + 1)),
        None => Some((Member::One(b'['), at + 1)),
    }
}

/// Whether a byte is one of them.
fn holds(member: Member<'_>) -> Result<Box<dyn Fn(u8) -> bool + '_>, String> {
    let test: fn(&u8) -> bool = match member {
        Member::One(one) => return Ok(Box::new(move |byte| byte == one)),
        Member::Range(low, high) if low > high => {
            return Err(format!("invalid range; '{}' > '{}'", char::from(low), char::from(high)));
        }
        Member::Range(low, high) => return Ok(Box::new(move |byte| (low..=high).contains(&byte))),
        Member::Named("alnum") => u8::is_ascii_alphanumeric,
        Member::Named("alpha") => u8::is_ascii_alphabetic,
        Member::Named("blank") => |byte| matches!(byte, b' ' | b'\t'),
        Member::Named("cntrl") => u8::is_ascii_control,
        Member::Named("digit") => u8::is_ascii_digit,
        Member::Named("graph") => u8::is_ascii_graphic,
        Member::Named("lower") => u8::is_ascii_lowercase,
        Member::Named("print") => |byte| (b' '..=b'~').contains(byte),
        Member::Named("punct") => u8::is_ascii_punctuation,
        // As git has it: neither `\v` nor `\f`.
        Member::Named("space") => |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
        Member::Named("upper") => u8::is_ascii_uppercase,
        Member::Named("xdigit") => u8::is_ascii_hexdigit,
        Member::Named(_) => {
            return Err(
                "`[:…:]` is none of alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper, xdigit".to_owned()
            );
        }
    };
    Ok(Box::new(move |byte| test(&byte)))
}

/// What means something to `globset`, or to a reader of the class: these stand where they mean themselves.
const SPECIAL: &[u8] = b"]!^-";

/// The class in the form that needs no escape: `]` first, `-` last, `!` and `^` behind something else.
fn write(negated: bool, taken: &impl Fn(u8) -> bool) -> String {
    let plain = |byte: u8| taken(byte) && !SPECIAL.contains(&byte);
    let mut body = String::from(if taken(b']') { "]" } else { "" });
    let mut byte = 0;
    while byte < 128 {
        let end = (byte..128).find(|next| !plain(*next)).unwrap_or(128);
        match end - byte {
            0 => byte += 1,
            1 | 2 => (byte..end).for_each(|one| body.push(char::from(one))),
            _ => body.extend([char::from(byte), '-', char::from(end - 1)]),
        }
        byte = byte.max(end);
    }
    let marks: String = ['!', '^'].into_iter().filter(|mark| taken(u8::try_from(*mark).unwrap_or(0))).collect();
    let dash = if taken(b'-') { "-" } else { "" };
    if negated {
        return format!("[!{body}{marks}{dash}]");
    }
    // INVARIANT: one of the three isn't empty, since a class has members, and `/` alone is refused.
    match (body.as_str(), marks.as_str()) {
        ("", marks) if !dash.is_empty() => format!("[-{marks}]"),
        ("", "!^") => r"{\!,\^}".to_owned(),
        ("", mark) => format!("\\{mark}"),
        (body, marks) => format!("[{body}{marks}{dash}]"),
    }
}

#[cfg(test)]
#[path = "class_tests.rs"]
mod tests;
