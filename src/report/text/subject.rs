//! Who and what is judged, in words.

use crate::facts::SubjectKind;
use crate::identity::Actor;
use crate::model::Totals;
use crate::text::{count, escape};
use crate::verdict::{Judgement, Verdict};

/// ` for NAME (claimed by author e-mail)`, where it is one specialist's; else nothing.
pub fn who(verdict: &Verdict) -> String {
    one_actor(verdict)
        .map_or_else(String::new, |actor| format!(" for {} ({})", name(actor), escape(actor.source.as_text().as_bytes())))
}

/// The one who did all of it.
pub fn one_actor(verdict: &Verdict) -> Option<&Actor> {
    let mut actors = verdict.judgements.iter().filter_map(|j| j.actor.as_ref());
    let first = actors.next()?;
    actors.all(|a| a.name == first.name && a.source == first.source).then_some(first)
}

fn name(actor: &Actor) -> String {
    match actor.name.as_deref() {
        None => "an unknown specialist".to_owned(),
        Some("*") => "anyone else (`*`)".to_owned(),
        Some(name) => escape(name.as_bytes()),
    }
}

/// What a judgement is of: `commit 1a2b3c4 (NAME)`, `session of NAME`, `refs/heads/x`; the name only where `named`.
pub fn title(judgement: &Judgement, named: bool) -> String {
    let by = judgement.actor.as_ref().map(name);
    let commit = judgement.commit.map(|oid| oid.short());
    match judgement.kind {
        SubjectKind::Index => with_name("the index".to_owned(), by, named),
        SubjectKind::Commit => with_name(format!("commit {}", commit.as_deref().unwrap_or("?")), by, named),
        SubjectKind::Carried => {
            let what = commit.map_or_else(|| "carried by the merge".to_owned(), |commit| format!("carried by merge {commit}"));
            with_name(what, by, named)
        }
        SubjectKind::Session => by.map_or_else(|| "session".to_owned(), |by| format!("session of {by}")),
        SubjectKind::Landing => match &judgement.reference {
            Some(reference) => escape(reference),
            None => commit.map_or_else(|| "the landing".to_owned(), |commit| format!("landing of {commit}")),
        },
    }
}

fn with_name(what: String, by: Option<String>, named: bool) -> String {
    match by {
        Some(by) if named => format!("{what} ({by})"),
        Some(_) | None => what,
    }
}

/// How much there is: the index, else what lands, else the sessions, else the commits.
pub fn summary(verdict: &Verdict) -> String {
    let of = |kind| verdict.judgements.iter().filter(|j| j.kind == kind).map(|j| j.totals).collect::<Vec<_>>();
    let kinds = [SubjectKind::Index, SubjectKind::Landing, SubjectKind::Session, SubjectKind::Commit];
    match kinds.into_iter().map(of).find(|totals| !totals.is_empty()) {
        None => "nothing to judge".to_owned(),
        Some(totals) => match totals.into_iter().fold(Totals::default(), add) {
            all if all.files == 0 => "nothing is changed".to_owned(),
            all => size(&all),
        },
    }
}

fn add(one: Totals, other: Totals) -> Totals {
    Totals {
        files: one.files.saturating_add(other.files),
        insertions: one.insertions + other.insertions,
        deletions: one.deletions + other.deletions,
        inserted_bytes: one.inserted_bytes + other.inserted_bytes,
    }
}

/// `3 files, 10 insertions, 2 deletions`; where the lines weren't counted to the last, the files alone.
pub fn size(totals: &Totals) -> String {
    let files = count(totals.files, "file");
    match (totals.insertions.known(), totals.deletions.known()) {
        (Some(insertions), Some(deletions)) => {
            format!("{files}, {}, {}", count(insertions, "insertion"), count(deletions, "deletion"))
        }
        (Some(_) | None, _) => files,
    }
}
