//! The policy in force as a policy file, defaults filled in.

use super::keys::{Said, Section, sections};
use super::units::{show_duration, show_size};
use crate::policy::types::Policy;
use crate::text::escape;

/// As TOML that loads again and means the same, under a comment that says where the policy was read.
pub fn show(policy: &Policy) -> String {
    let mut out = String::new();
    let source = &policy.source;
    out.push_str(&comment(&format!("read from {}", escape(source.name.as_bytes()))));
    if let Some(commit) = source.commit {
        out.push_str(&comment(&format!("commit {commit}")));
    }
    if let Some(blob) = source.blob {
        out.push_str(&comment(&format!("blob {blob}")));
    }
    if !source.trusted {
        out.push_str(&comment("this is not the trusted policy"));
    }
    sections(policy).iter().for_each(|section| out.push_str(&table(section)));
    out
}

/// The header of a table, if it has one, and its keys.
fn table(section: &Section<'_>) -> String {
    let header = match (section.table.header(), section.name) {
        ("", _) => String::new(),
        (kind, None) => format!("\n[{kind}]\n"),
        (kind, Some(name)) if name == "*" || name.contains('.') => format!("\n[{kind}.{}]\n", quoted(name)),
        (kind, Some(name)) => format!("\n[{kind}.{name}]\n"),
    };
    header + &section.keys.iter().map(|(row, said)| line(row.name, said)).collect::<String>()
}

/// The line of a key; none where nothing is said.
fn line(key: &str, said: &Said) -> String {
    let value = match said {
        Said::Nothing => return String::new(),
        Said::Unsaid { remark, means: _ } => return comment(&format!("{key}: {remark}")),
        Said::WhereHad(word) => return comment(&format!("{key}: {word}, where it can be had")),
        Said::Text(text) => quoted(text),
        Said::Texts(texts) => list(texts.iter().map(String::as_str)),
        Said::Keys(keys) => list(keys.iter().map(|key| key.text.as_str())),
        Said::Flag(flag) => flag.to_string(),
        Said::Number(number) => number.to_string(),
        Said::Bytes(bytes) => quoted(&show_size(*bytes)),
        Said::Duration(duration) => quoted(&show_duration(*duration)),
        Said::Level(level) => quoted(level.as_str()),
        Said::Word(word) => quoted(word),
    };
    format!("{key} = {value}\n")
}

fn comment(text: &str) -> String {
    format!("# {text}\n")
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A text as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What a terminal would obey or hide is written by its number.
            c if escape(c.to_string().as_bytes()) != c.to_string() => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
