//! The hooks as they are written: scripts that are part of the program.

use std::path::Path;

/// A hook's script.
#[derive(Debug)]
pub struct Script {
    /// The hook.
    pub name: &'static str,
    /// With a placeholder for the path of the binary.
    text: &'static str,
}

/// Every hook, a server's last.
pub static SCRIPTS: &[Script] = &[
    Script { name: "pre-commit", text: include_str!("../../../hooks/pre-commit") },
    Script { name: "pre-merge-commit", text: include_str!("../../../hooks/pre-merge-commit") },
    Script { name: "prepare-commit-msg", text: include_str!("../../../hooks/prepare-commit-msg") },
    Script { name: "commit-msg", text: include_str!("../../../hooks/commit-msg") },
    Script { name: "pre-push", text: include_str!("../../../hooks/pre-push") },
    Script { name: "pre-receive", text: include_str!("../../../hooks/pre-receive") },
    Script { name: "post-receive", text: include_str!("../../../hooks/post-receive") },
    Script { name: "reference-transaction", text: include_str!("../../../hooks/reference-transaction") },
];

/// How every version's script begins: what makes a hook the guard's.
const MARK: &[u8] = b"#!/bin/sh\n# guard-hook ";
const PLACE: &str = "'@GUARD@'";
const VARIABLE: &[u8] = b"\nguard=";

impl Script {
    /// The script of a hook.
    pub fn named(name: &str) -> Option<&'static Self> {
        SCRIPTS.iter().find(|s| s.name == name)
    }

    /// Whether a server needs it.
    pub fn is_servers(&self) -> bool {
        matches!(self.name, "reference-transaction" | "pre-receive" | "post-receive")
    }

    /// Whether a clone may need it.
    pub fn is_clones(&self) -> bool {
        !matches!(self.name, "pre-receive" | "post-receive")
    }

    /// The script that calls `binary`.
    pub fn calling(&self, binary: &Path) -> Vec<u8> {
        self.with_word(&quote(binary.as_os_str().as_encoded_bytes()))
    }

    /// Whether `content` is this version's script, whatever binary it calls.
    pub fn is_current(&self, content: &[u8]) -> bool {
        word(content).is_some_and(|word| unquote(word).is_some() && self.with_word(word) == content)
    }

    fn with_word(&self, word: &[u8]) -> Vec<u8> {
        match self.text.split_once(PLACE) {
            Some((before, after)) => [before.as_bytes(), word, after.as_bytes()].concat(),
            None => self.text.as_bytes().to_vec(),
        }
    }
}

/// Whether some version of the guard wrote it.
pub fn is_ours(content: &[u8]) -> bool {
    content.starts_with(MARK)
}

/// The binary that one of our scripts calls.
pub fn binary(content: &[u8]) -> Option<Vec<u8>> {
    unquote(word(content)?)
}

fn word(content: &[u8]) -> Option<&[u8]> {
    let start = content.windows(VARIABLE.len()).position(|w| w == VARIABLE)? + VARIABLE.len();
    let rest = content.get(start..)?;
    // A path may hold a newline, so the word ends where the next line of the script begins.
    let end = rest.windows(9).position(|w| w == b"\nlegacy=$")?;
    rest.get(..end)
}

/// One word of a shell, whatever is in it.
pub fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for b in bytes {
        if *b == b'\'' { out.extend_from_slice(b"'\\''") } else { out.push(*b) }
    }
    out.push(b'\'');
    out
}

/// What `quote` was given; `None` for anything that it would not have written.
fn unquote(word: &[u8]) -> Option<Vec<u8>> {
    let mut inner = word.strip_prefix(b"'")?.strip_suffix(b"'")?;
    let mut out = Vec::new();
    while let Some((first, rest)) = inner.split_first() {
        if *first == b'\'' {
            inner = inner.strip_prefix(b"'\\''")?;
            out.push(b'\'');
        } else {
            inner = rest;
            out.push(*first);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_ours_and_names_its_hook() {
        for script in SCRIPTS {
            assert!(is_ours(script.text.as_bytes()) && script.is_current(script.text.as_bytes()), "{}", script.name);
            assert!(script.text.contains(&format!("hook {} -- \"$@\"", script.name)));
            assert!(script.text.contains(&format!("as {}.legacy", script.name)));
        }
    }

    #[test]
    fn any_path_of_the_binary_survives() {
        for path in ["/usr/bin/guard", "/a b/it's/$(x)`y`\\", "/n\nl", "'"] {
            let text = SCRIPTS[0].calling(Path::new(path));
            assert_eq!(binary(&text), Some(path.as_bytes().to_vec()));
            assert!(SCRIPTS[0].is_current(&text) && !SCRIPTS[1].is_current(&text));
        }
    }

    #[test]
    fn an_edited_script_is_not_current() {
        let text = String::from_utf8(SCRIPTS[0].calling(Path::new("/g"))).unwrap();
        for edited in [
            text.replace("|| exit", "|| true"),
            text.replace("guard='/g'", "guard='/g'; exit 0"),
            text.replace("guard='/g'", "guard='/g';exit 0;x=''"),
            text.clone() + "\n",
        ] {
            assert!(is_ours(edited.as_bytes()) && !SCRIPTS[0].is_current(edited.as_bytes()), "{edited}");
        }
        assert!(!is_ours(b"#!/bin/sh\nexit 0\n# guard-hook 1\n") && !is_ours(b""));
    }
}
