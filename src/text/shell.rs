//! Commands that work when pasted.

use super::invisible;

/// `bytes` as one word of any POSIX shell; of bash, zsh and ksh alone where they end in a newline.
pub fn shell_quote(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && text.bytes().all(is_plain) => text.to_owned(),
        Ok(text) if !text.chars().any(invisible) => format!("'{}'", text.replace('\'', r"'\''")),
        // A substitution drops newlines at the end.
        Ok(_) | Err(_) if bytes.ends_with(b"\n") => format!("$'{}'", ansi_c(bytes)),
        Ok(_) | Err(_) => format!("\"$(printf '{}')\"", printed(bytes)),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./@%+,:-".contains(&byte)
}

/// What `printf` makes the bytes of: what it, the quotes or a shell's history take for something else is octal.
fn printed(bytes: &[u8]) -> String {
    let octal = |bytes: &[u8]| bytes.iter().map(|b| format!("\\{b:03o}")).collect::<String>();
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '%' => out.push_str("%%"),
                '\'' | '\\' | '!' | '"' | '`' | '$' => out.push_str(&octal(c.encode_utf8(&mut [0; 4]).as_bytes())),
                '-' if out.is_empty() => out.push_str(&octal(b"-")),
                _ if invisible(c) => out.push_str(&octal(c.encode_utf8(&mut [0; 4]).as_bytes())),
                _ => out.push(c),
            }
        }
        out.push_str(&octal(chunk.invalid()));
    }
    out
}

/// What stands between `$'` and `'`: what can't be seen is octal, because `\x` swallows digits that follow in some shells.
fn ansi_c(bytes: &[u8]) -> String {
    let octal = |bytes: &[u8]| bytes.iter().map(|b| format!("\\{b:03o}")).collect::<String>();
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => out.extend(['\\', c]),
                _ if invisible(c) => out.push_str(&octal(c.encode_utf8(&mut [0; 4]).as_bytes())),
                _ => out.push(c),
            }
        }
        out.push_str(&octal(chunk.invalid()));
    }
    out
}
