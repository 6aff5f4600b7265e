//! How data becomes text that is safe to show: escaping, quoting for a shell, cutting, counting.

mod bytes;
mod escape;
mod joiner;
mod shell;
mod truncate;

pub use bytes::Bytes;
pub use escape::{escape, escape_json, escape_lines, escape_words};
pub use joiner::hidden;
pub use shell::shell_quote;
pub use truncate::{truncate, within};

use std::path::Path;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::skeleton;

/// A file's path in a message.
pub fn file(path: &Path) -> String {
    format!("`{}`", escape(path.as_os_str().as_encoded_bytes()))
}

/// "1 file", "17 files".
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Bytes in hexadecimal, as digests are written.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether a character can't be seen, or looks like a plain space.
pub fn invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let hidden = matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    );
    // A skeleton drops what Unicode calls default ignorable; an empty Braille pattern is drawn as nothing, too.
    hidden || c == '\u{2800}' || skeleton(c.encode_utf8(&mut [0; 4])).next().is_none()
}
