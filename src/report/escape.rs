//! Data on its way to a reader.

/// Bytes as one line of text that can't deceive: control characters, bidirectional marks and other invisible characters, and bytes
/// that are not UTF-8 are written as escapes (`\n`, `\u{202e}`, `\xff`), a backslash as `\\`.
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
    }
    out
}
