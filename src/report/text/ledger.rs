//! One entry of the ledger, for people.

use super::layout::{cut, width, wrap};
use super::{BAD, COLUMNS, DIM, GOOD, HEAD, UNSURE};
use crate::ledger::Entry;
use crate::ledger::entry::{How, LedgerStatement, RecordedWork, Update, Waived};
use crate::ledger::value::Id;
use crate::model::{Bounds, FileChange, LineCount, Oid};
use crate::text::{count, escape, escape_words};

/// Its number, time, account; refs; who did what; what was waived; who halted and resumed.
pub fn ledger_entry(entry: &Entry, commit: Oid) -> String {
    let who = match &entry.account {
        Some(account) => format!("{} ({})", escape(account.as_bytes()), escape(entry.identity.as_bytes())),
        None => "nobody known".to_owned(),
    };
    let time = entry.time.0.strftime("%F %TZ");
    let mut out = format!("{HEAD}#{}{HEAD:#}  {time}  {}\n", entry.number, cut(&who, 44));
    for update in &entry.updates {
        out.push_str(&self::update(update, &entry.verdict));
        for work in entry.work.iter().filter(|work| work.r#ref == *update.name()) {
            push(&mut out, "    ", &self::work(work));
        }
    }
    for waived in &entry.waivers {
        out.push_str(&self::waived(waived));
    }
    for said in &entry.words {
        out.push_str(&self::said(said));
    }
    let late = if entry.reconciled { "; recorded by a later push, as its own end was cut off" } else { "" };
    let policy = entry.policy.blob.map_or_else(String::new, |Id(blob)| format!(" {}", blob.short()));
    let by = format!("by {}{policy}; ledger {}{late}", escape(entry.policy.source.as_bytes()), commit.short());
    for line in lines(&by, COLUMNS - 2) {
        out.push_str(&format!("  {DIM}{line}{DIM:#}\n"));
    }
    out
}

fn update(update: &Update, verdict: &str) -> String {
    let short = |id: Option<Id>| id.map_or_else(|| "nothing".to_owned(), |Id(id)| id.short());
    let how = match update.change {
        How::Create => ", new",
        How::Forward => "",
        How::Rewind => ", rewound",
        How::Delete => ", deleted",
    };
    let name = escape(&update.r#ref.0);
    let target = update.target.as_ref().map_or_else(String::new, |target| format!(" (stands for {})", escape(&target.0)));
    let moved = format!("{}..{}{how}", short(update.old), short(update.new));
    let verdict = escape_words(verdict);
    if width(&name) + width(&target) + width(&moved) + width(&verdict) + 6 <= COLUMNS {
        format!("  {name}{target}  {moved}  {GOOD}{verdict}{GOOD:#}\n")
    } else {
        format!("  {name}{target}\n    {moved}  {GOOD}{verdict}{GOOD:#}\n")
    }
}

fn work(work: &RecordedWork) -> String {
    let name = match work.specialist.as_deref() {
        None => "somebody unknown".to_owned(),
        Some("*") => "anyone else (`*`)".to_owned(),
        Some(name) => escape(name.as_bytes()),
    };
    let mut parts = vec![format!("{name} ({}): {}", escape(work.source.as_bytes()), count(work.count, "commit"))];
    if !work.changes.is_empty() {
        let (mut added, mut deleted) = (Bounds::default(), Bounds::default());
        for change in work.changes.iter().map(FileChange::from) {
            if let LineCount::Text { added: more, deleted: less } = change.lines {
                (added, deleted) = (added + more, deleted + less);
            }
        }
        parts.push(count(u64::try_from(work.changes.len()).unwrap_or(u64::MAX), "file"));
        parts.extend(added.known().zip(deleted.known()).map(|(added, deleted)| format!("+{added} -{deleted}")));
    }
    parts.join(", ")
}

fn waived(waived: &Waived) -> String {
    let owner = waived.owner.as_ref().map_or_else(|| "an owner".to_owned(), |owner| format!("owner `{owner}`"));
    let mut out =
        format!("  {UNSURE}waived[{}]{UNSURE:#}: {owner}, until {}\n", escape_words(&waived.rule), escape_words(&waived.expires));
    push(&mut out, "    ", &escape(waived.reason.as_bytes()));
    for message in &waived.messages {
        push(&mut out, "    ", &escape_words(message));
    }
    out
}

fn said(said: &LedgerStatement) -> String {
    let forced = if said.forced { ", without proof" } else { "" };
    let refused = said.refused.as_ref().map_or_else(String::new, |why| format!(" (worth nothing: {})", escape_words(why)));
    let mut out = format!("  {BAD}{}{BAD:#} by {}{forced}{refused}\n", escape_words(&said.say), escape_words(&said.by));
    push(&mut out, "    ", &escape(said.reason.as_bytes()));
    out
}

fn push(out: &mut String, indent: &str, text: &str) {
    for line in lines(text, COLUMNS - indent.len()) {
        out.push_str(&format!("{indent}{line}\n"));
    }
}

fn lines(text: &str, columns: usize) -> Vec<String> {
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    wrap(&words, " ", columns)
}
