//! Names that deceive: what is wrong with one component of a path.

use crate::text::{escape, hidden, invisible};

/// Longest name that file systems hold, in bytes.
const MOST_BYTES: usize = 255;

/// Names that Windows gives to devices, whatever follows the first dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// What is wrong with a name on every file system: each a phrase.
pub(super) fn deceives(name: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    if name.is_empty() {
        all.push("an empty component".to_owned());
    }
    // Windows takes a backslash for a separator, so each piece is a name there.
    for piece in name.split(|b| *b == b'\\') {
        if piece == b"." || piece == b".." {
            all.push(format!("`{}` as a name", escape(piece)));
        } else if is_dot_git(piece) {
            all.push(format!("`{}` is `.git` to some file system", escape(piece)));
        }
    }
    if name.utf8_chunks().any(|chunk| hidden(chunk.valid())) {
        all.push(format!("a control or invisible character in `{}`", escape(name)));
    }
    if name.len() > MOST_BYTES {
        all.push(format!("a name of {} bytes, {MOST_BYTES} allowed", name.len()));
    }
    all
}

/// What is wrong with a name on some file system: each a phrase.
pub(super) fn is_not_portable(name: &[u8]) -> Vec<String> {
    let shown = || escape(name);
    let mut all = Vec::new();
    if std::str::from_utf8(name).is_err() {
        all.push(format!("`{}` is not UTF-8", shown()));
    }
    if name.contains(&b'\\') {
        all.push(format!("a backslash in `{}`", shown()));
    }
    if name.contains(&b':') {
        all.push(format!("`{}` names a stream of another file (NTFS)", shown()));
    }
    if let Some(byte) = name.iter().find(|b| b"<>\"|?*".contains(b)) {
        all.push(format!("`{}` in `{}`, which Windows refuses", char::from(*byte), shown()));
    }
    // `.` and `..` are refused everywhere.
    if matches!(name.last(), Some(b'.' | b' ')) && name != b"." && name != b".." {
        all.push(format!("`{}` ends in a dot or a space, which Windows drops", shown()));
    }
    if is_device(name) {
        all.push(format!("`{}` is a device name on Windows", shown()));
    }
    if is_short_name(name) {
        all.push(format!("`{}` may be the short name of another file (NTFS)", shown()));
    }
    all
}

/// `.git`, as NTFS (short name, stream, trailing dots and spaces) and HFS+ (ignored characters) spell it; `/.git/` is no path of a
/// repository.
fn is_dot_git(name: &[u8]) -> bool {
    // Most names are settled by their first byte.
    if name.is_ascii() && !matches!(name.first(), Some(b'.' | b'g' | b'G')) {
        return false;
    }
    let plain = plain(name);
    plain == ".git" || plain.strip_prefix("git~").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a symbolic link of this name is refused by git itself: it would be read as git's own file.
pub(super) fn is_file_of_git(name: &[u8]) -> bool {
    let plain = plain(name);
    let short = |long: &str| plain.split_once('~').is_some_and(|(stem, n)| long.get(..6) == Some(stem) && n.len() == 1);
    ["gitmodules", "gitattributes", "gitignore"].iter().any(|long| plain.strip_prefix('.') == Some(long) || short(long))
}

/// The name without what NTFS and HFS+ don't look at, in lower case.
fn plain(name: &[u8]) -> String {
    let before_stream = name.split(|b| *b == b':').next().unwrap_or(name);
    let visible =
        before_stream.utf8_chunks().flat_map(|chunk| chunk.valid().chars().chain(chunk.invalid().iter().map(|_| '\u{fffd}')));
    let text: String = visible.filter(|c| !invisible(*c)).map(|c| c.to_ascii_lowercase()).collect();
    text.trim_end_matches(['.', ' ']).to_owned()
}

fn is_device(name: &[u8]) -> bool {
    let stem = name.split(|b| matches!(b, b'.' | b':')).next().unwrap_or(name);
    let Ok(stem) = std::str::from_utf8(stem.trim_ascii_end()) else { return false };
    let numbered = |stem: &str| {
        let (port, number) = stem.split_at_checked(3).unwrap_or_default();
        let port = port.eq_ignore_ascii_case("com") || port.eq_ignore_ascii_case("lpt");
        port && matches!(number, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || numbered(stem)
}

/// `NAME~1` and `NAME~12.EXT`: at most eight bytes, a dot and at most three.
fn is_short_name(name: &[u8]) -> bool {
    let mut parts = name.splitn(2, |b| *b == b'.');
    let (stem, extension) = (parts.next().unwrap_or(name), parts.next().unwrap_or(b""));
    let mut halves = stem.rsplitn(2, |b| *b == b'~');
    let (number, base) = (halves.next().unwrap_or(b""), halves.next().unwrap_or(b""));
    let digits = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    digits && !base.is_empty() && stem.len() <= 8 && extension.len() <= 3 && !extension.contains(&b'.')
}
