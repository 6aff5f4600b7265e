//! Facts for tests, made without a repository.

use std::sync::Arc;

use crate::evidence::Proof;
use crate::facts::{
    ChangeSet, Facts, Kind, Part, Place, PolicyEdit, Predecessor, Subject, SubjectKind, Told, Touch, UpdateFacts, UpdateKind,
};
use crate::identity::{Actor, Source};
use crate::model::{Bounds, Entry, EntryKind, FileChange, FileStatus, LineCount, LineTouches, LinkTarget, Oid, RepoPath};
use crate::policy::Level;
use crate::policy::Stage;
use crate::policy::{Policy, PolicySource, load};
use crate::verdict::{Outcome, Violation};

use super::RULES;

mod answers;

pub(crate) use answers::{Answers, asking, case, judged, known, unread};

/// A policy, `version = 1` in front of it (so that its first line is the second).
pub(crate) fn policy(text: &str) -> Policy {
    let source =
        PolicySource { name: "main:policy.toml".to_owned(), commit: Some(oid(0xa1)), blob: Some(oid(0xb1)), trusted: true };
    load(&format!("version = 1\n{text}"), source).unwrap_or_else(|e| panic!("{}", e.rendered))
}

/// An object id of equal bytes.
pub(crate) fn oid(byte: u8) -> Oid {
    Oid::from_bytes(&[byte; 20]).unwrap()
}

/// A regular file.
pub(crate) fn file(byte: u8) -> Entry {
    Entry { kind: EntryKind::File, oid: oid(byte) }
}

/// One change, of one line and ten bytes on each side that there is.
pub(crate) fn change(path: &[u8], status: FileStatus) -> FileChange {
    let (old, new) = match &status {
        FileStatus::Added => (None, Some(file(2))),
        FileStatus::Deleted => (Some(file(1)), None),
        FileStatus::Modified | FileStatus::TypeChanged => (Some(file(1)), Some(file(2))),
        FileStatus::Renamed { .. } => (Some(file(1)), Some(file(1))),
    };
    let moved = matches!(status, FileStatus::Renamed { .. });
    let lines = |there: bool| Bounds::exact(u64::from(there && !moved));
    FileChange {
        path: RepoPath::new(path),
        size: if new.is_some() { 10 } else { 0 },
        lines: LineCount::Text { added: lines(new.is_some()), deleted: lines(old.is_some()) },
        inserted_bytes: Bounds::exact(if new.is_some() && !moved { 10 } else { 0 }),
        status,
        old,
        new,
        links: Vec::new(),
        behind: Vec::new(),
        line_touches: LineTouches::Known(Vec::new()),
        collisions: Vec::new(),
    }
}

pub(crate) fn added(path: &str) -> FileChange {
    change(path.as_bytes(), FileStatus::Added)
}

pub(crate) fn modified(path: &str) -> FileChange {
    change(path.as_bytes(), FileStatus::Modified)
}

pub(crate) fn deleted(path: &str) -> FileChange {
    change(path.as_bytes(), FileStatus::Deleted)
}

pub(crate) fn renamed(from: &str, to: &str) -> FileChange {
    change(to.as_bytes(), FileStatus::Renamed { from: from.into() })
}

/// A new symbolic link.
pub(crate) fn link(path: &str, target: LinkTarget) -> FileChange {
    let new = Some(Entry { kind: EntryKind::Symlink, oid: oid(3) });
    FileChange { new, links: vec![target], ..added(path) }
}

/// `n` new files.
pub(crate) fn files(n: usize) -> Vec<FileChange> {
    (0..n).map(|i| added(&format!("src/{i}.rs"))).collect()
}

/// A specialist, or `"*"`, by author e-mail.
pub(crate) fn specialist(name: &str) -> Actor {
    Actor {
        name: Some(name.to_owned()),
        entry: Some(name.to_owned()),
        owner: false,
        source: Source::Email,
        said: Vec::new(),
        conflict: None,
    }
}

/// An owner without an entry.
pub(crate) fn owner() -> Actor {
    Actor { entry: None, owner: true, ..specialist("alice") }
}

/// Somebody whom the policy doesn't name.
pub(crate) fn unknown() -> Actor {
    Actor { name: None, entry: None, source: Source::Nobody, ..specialist("") }
}

/// A clone of a remote, whose owner can sign.
pub(crate) fn with_origin() -> Place {
    let evidence = Some("+refs/notes/guard/*:refs/notes/guard/remotes/origin/*".to_owned());
    Place { remote: Some("origin".to_owned()), evidence, signs: true, ..Place::default() }
}

/// A kind with plain facts: one parent, an untouched policy, no ref.
pub(crate) fn kind(name: SubjectKind) -> Kind {
    let set = ChangeSet { before: Predecessor::Parent, policy_edit: PolicyEdit::Untouched };
    match name {
        SubjectKind::Index => Kind::Index(set),
        SubjectKind::Commit => Kind::Commit { set, lone: false },
        SubjectKind::Carried => Kind::Carried(set),
        SubjectKind::Session => Kind::Session { earlier: Vec::new(), lines: Vec::new() },
        SubjectKind::Landing => Kind::Landing { reference: None, update: None, merges: None },
    }
}

/// A subject of that kind, with one part that touches nothing.
pub(crate) fn subject(name: SubjectKind, policy: &Policy, actor: Actor, changes: Vec<FileChange>) -> Subject {
    let commit = (name != SubjectKind::Index).then(|| oid(0xc1));
    Subject {
        commit,
        tree: Some(oid(0x7e)),
        actor: Some(actor.clone()),
        bounds: policy.count.totals(&changes),
        parts: vec![Part { commit, actor, changes: !changes.is_empty(), touches: Vec::new(), suites: Vec::new() }],
        changes,
        proofs: known(policy.suites.iter().map(|s| (s.name.value.clone(), Proof::none())).collect()),
        ..Subject::new(kind(name), Stage::Commit, Arc::new(Place { signs: true, ..Place::default() }))
    }
}

pub(crate) fn index(policy: &Policy, actor: Actor, changes: Vec<FileChange>) -> Subject {
    subject(SubjectKind::Index, policy, actor, changes)
}

pub(crate) fn commit(policy: &Policy, actor: Actor, changes: Vec<FileChange>) -> Subject {
    subject(SubjectKind::Commit, policy, actor, changes)
}

pub(crate) fn session(policy: &Policy, actor: Actor, changes: Vec<FileChange>) -> Subject {
    subject(SubjectKind::Session, policy, actor, changes)
}

/// What lands on `main`.
pub(crate) fn landing(policy: &Policy, actor: Actor, changes: Vec<FileChange>) -> Subject {
    let kind = Kind::Landing { reference: Some(b"refs/heads/main".to_vec()), update: None, merges: None };
    Subject { stage: Stage::Land, kind, ..subject(SubjectKind::Landing, policy, actor, changes) }
}

/// A fast-forward of that ref.
pub(crate) fn update(name: &str, kind: UpdateKind) -> UpdateFacts {
    UpdateFacts {
        unsound_words: Vec::new(),
        name: name.as_bytes().to_vec(),
        kind,
        protected: name == "refs/heads/main",
        lands: name == "refs/heads/main",
        by_pattern: false,
        second_root: None,
        moves_root: false,
        held: false,
        immutable: false,
        stranger: None,
        clash: None,
        reaches_no_commit: false,
        tag_of: None,
        by_owner: false,
        doubt: None,
        foreign: Vec::new(),
        no_notes: Vec::new(),
        updates_in_push: 1,
    }
}

/// A touch by path.
pub(crate) fn touch(area: &str, path: &str) -> Touch {
    Touch { area: area.to_owned(), path: path.into(), line: None, unknown: None }
}

impl Subject {
    /// This subject, whose first part has that touch as well.
    pub(crate) fn touching(mut self, touch: Touch) -> Self {
        self.parts[0].touches.push(touch);
        self
    }

    /// Its commands are pasted there.
    pub(crate) fn pasted(self, place: Place) -> Self {
        Self { place: Arc::new(place), ..self }
    }

    /// The same, with a proof.
    pub(crate) fn proven(self, suite: &str, level: Level) -> Self {
        self.with_proof(suite, Proof { level, ..Proof::none() })
    }

    /// With this known of a suite.
    pub(crate) fn with_proof(mut self, suite: &str, proof: Proof) -> Self {
        let mut all = self.proofs.all(&Answers::default()).unwrap().clone();
        all.insert(suite.to_owned(), proof);
        self.proofs = known(all);
        self
    }

    /// With other changes, of which nothing was asked yet.
    pub(crate) fn changing(self, policy: &Policy, changes: Vec<FileChange>) -> Self {
        Self { bounds: policy.count.totals(&changes), changes, told: Told::default(), ..self }
    }

    /// A change set with other facts of its own.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut ChangeSet)) -> Self {
        match &mut self.kind {
            Kind::Index(set) | Kind::Commit { set, .. } | Kind::Carried(set) => change(set),
            Kind::Session { .. } | Kind::Landing { .. } => panic!("no change set: {:?}", self.kind),
        }
        self
    }

    /// As the one commit of its landing.
    pub(crate) fn lone(mut self) -> Self {
        let Kind::Commit { lone, .. } = &mut self.kind else { panic!("no commit: {:?}", self.kind) };
        *lone = true;
        self
    }

    /// This subject at another stage.
    pub(crate) fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }
}

/// What the rule `id` says of the first subject of a case.
pub(crate) fn ask(id: &str, policy: &Policy, case: &Facts<'_>) -> Outcome {
    RULES.iter().find(|r| r.id == id).unwrap().speak(policy, case, &case.subjects[0])
}

/// What the rule `id` says of one subject alone.
pub(crate) fn say(id: &str, policy: &Policy, subject: &Subject) -> Outcome {
    ask(id, policy, &case(policy, vec![subject.clone()]))
}

/// The violations of an outcome that must have some.
#[track_caller]
pub(crate) fn violations(outcome: Outcome) -> Vec<Violation> {
    match outcome {
        Outcome::Violated(violations) => violations,
        other @ (Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_) | Outcome::Waived(..)) => {
            panic!("no violation: {other:?}")
        }
    }
}

/// The messages of its violations; none where there are none.
pub(crate) fn messages(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Violated(violations) => violations.iter().map(|v| v.message.clone()).collect(),
        Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_) | Outcome::Waived(..) => Vec::new(),
    }
}

/// One word for the kind of an outcome.
pub(crate) fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Satisfied(_) => "satisfied",
        Outcome::Violated(_) => "violated",
        Outcome::NotApplicable(_) => "not-applicable",
        Outcome::Indeterminate(_) => "indeterminate",
        Outcome::Waived(..) => "waived",
    }
}
