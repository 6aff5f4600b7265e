//! What is judged: facts, gathered before anybody judges.
//!
//! A subject is owned data. What is costly to know gets itself when a rule looks at it, once, from a `Source`: `judge` itself reads nothing.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::evidence::halt::{HaltKind, Halted};
use crate::evidence::waiver::Granted;
use crate::evidence::{MarkedCommit, Proof};
use crate::identity::{Actor, Conflict};
use crate::model::{BySuite, Counted, FileChange, Oid, Reaimed, RepoPath, Totals, TreeProblem};
use crate::policy::{Scope, Stage};
use crate::text::shell_quote;

/// Where facts come from that are costly to know. Whoever gathers is one; a unit test says what it answers.
pub trait Source {
    /// Exact numbers of each change, in their order, and their sums. What is over the size cap keeps its bounds.
    ///
    /// # Errors
    /// An object is missing or damaged.
    fn exact(&self, changes: &[FileChange]) -> Result<Exact>;

    /// The sums once git's similarity has paired what was added and what was deleted on one of the lines of work, each given by its changes'
    /// places.
    ///
    /// # Errors
    /// As `exact`.
    fn similar(&self, changes: &[FileChange], lines: &[Vec<usize>]) -> Result<Totals>;

    /// Whether a tree is the root tree of `tip` or of one of its first-parent ancestors.
    ///
    /// # Errors
    /// A commit is missing.
    fn in_history(&self, tree: Oid, tip: Oid) -> Result<bool>;

    /// What is known of every suite.
    ///
    /// # Errors
    /// Notes can't be read; an object is missing or damaged.
    fn proofs(&self, of: &ProofQuestion) -> Result<BySuite<Proof>>;
}

/// Everything that one judgement of the guard looks at.
pub struct Facts<'s> {
    /// The stage of the whole (a push's is the highest of its refs').
    pub stage: Stage,
    /// The trusted branch has no policy yet: only `safe-path` and the policy's own validity judge.
    pub bootstrap: bool,
    /// The halt that is in force.
    pub halted: Option<Halted>,
    /// What is judged, one by one. Empty: nothing to judge, which is accepted.
    pub subjects: Vec<Subject>,
    /// Who did what on which ref of a push.
    pub work: Vec<Contribution>,
    source: &'s dyn Source,
    /// Why something that was asked could not be told: the first such error.
    failed: OnceCell<Error>,
}

impl<'s> Facts<'s> {
    /// Facts of these subjects, of which no work is known and no halt. What is costly is asked of `source`.
    pub fn new(source: &'s dyn Source, stage: Stage, bootstrap: bool, subjects: Vec<Subject>) -> Self {
        Self { stage, bootstrap, halted: None, subjects, work: Vec::new(), source, failed: OnceCell::new() }
    }

    /// The sums of a subject's changes, exact but for what is over the size cap.
    pub fn exact(&self, subject: &Subject) -> Totals {
        self.ask(|source| subject.exact(source).map(|exact| exact.totals), subject.totals())
    }

    /// The sums of a subject's changes after git's similarity.
    pub fn similar(&self, subject: &Subject) -> Totals {
        self.ask(|source| subject.similar(source), subject.totals())
    }

    /// Whether a subject returns to a tree that the base had.
    pub fn returns(&self, subject: &Subject) -> bool {
        self.ask(|source| subject.returns(source), false)
    }

    /// What is known of a suite on a subject's tree; a suite of which nothing is known has no proof.
    pub fn proof(&self, subject: &Subject, suite: &str) -> Proof {
        self.ask(|source| Ok(subject.proofs.all(source)?.get(suite).cloned()), None).unwrap_or_else(Proof::none)
    }

    /// What was made of these facts, if all that was asked for it could be told. Nothing else may leave whoever judges.
    ///
    /// # Errors
    /// The first error of the source.
    pub fn sound<T>(&self, made: T) -> Result<T> {
        match self.failed.get() {
            Some(error) => Err(error.clone()),
            None => Ok(made),
        }
    }

    /// Asks, unless an answer was missing before: then nothing that is made of these facts counts, and no more is read for it.
    fn ask<T>(&self, question: impl FnOnce(&dyn Source) -> Result<T>, otherwise: T) -> T {
        if self.failed.get().is_some() {
            return otherwise;
        }
        match question(self.source) {
            Ok(answer) => answer,
            Err(error) => {
                // INVARIANT: it is empty, as was just seen.
                drop(self.failed.set(error));
                otherwise
            }
        }
    }
}

/// The bare name of a kind of subject, as verdicts and reports have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubjectKind {
    /// The index, about to become a commit.
    Index,
    /// A commit.
    Commit,
    /// One specialist's edits that a merge carries to the names which the other side gave the files.
    Carried,
    /// All of one specialist's change sets.
    Session,
    /// What a ref update adds to a ref.
    Landing,
}

/// What kind of thing is judged, with the facts that this kind alone has.
///
/// A rule matches on the kind and gets the facts from it, so that none can read a fact that means nothing for what it judges.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The index, about to become a commit.
    Index(ChangeSet),
    /// A commit.
    Commit {
        /// As a change set.
        set: ChangeSet,
        /// The one commit of a landing: the session's limits alone judge it.
        lone: bool,
    },
    /// One specialist's edits that a merge carries to the names which the other side gave the files.
    Carried(ChangeSet),
    /// All of one specialist's change sets.
    Session {
        /// What the account had pushed before, and how much of `changes` that is.
        earlier: Vec<Earlier>,
        /// Of each line of work, a ref's or an earlier push's, the places in `changes` of what stands on it.
        lines: Vec<Vec<usize>>,
    },
    /// What a ref update adds to a ref.
    Landing {
        /// The full name of the ref, raw bytes; `None`: a commit that no ref names is judged as if it landed.
        reference: Option<Vec<u8>>,
        /// The ref update; `None`: nothing is pushed.
        update: Option<Box<UpdateFacts>>,
        /// What it is merged with, where the tree is that of a merge which nobody has made yet.
        merges: Option<String>,
    },
}

impl Kind {
    /// Its bare name.
    pub fn name(&self) -> SubjectKind {
        match self {
            Self::Index(_) => SubjectKind::Index,
            Self::Commit { .. } => SubjectKind::Commit,
            Self::Carried(_) => SubjectKind::Carried,
            Self::Session { .. } => SubjectKind::Session,
            Self::Landing { .. } => SubjectKind::Landing,
        }
    }

    /// Which limits of whoever did it are about it: what lands was counted where it was made.
    pub fn limited_over(&self) -> Option<Scope> {
        match self {
            Self::Index(_) | Self::Commit { .. } => Some(Scope::Commit),
            Self::Session { .. } => Some(Scope::Session),
            Self::Carried(_) | Self::Landing { .. } => None,
        }
    }

    /// The change set, of a kind that is one.
    pub fn change_set(&self) -> Option<&ChangeSet> {
        match self {
            Self::Index(set) | Self::Commit { set, .. } | Self::Carried(set) => Some(set),
            Self::Session { .. } | Self::Landing { .. } => None,
        }
    }

    /// The full name of the ref, of a landing on one.
    pub fn reference(&self) -> Option<&[u8]> {
        match self {
            Self::Landing { reference, .. } => reference.as_deref(),
            Self::Index(_) | Self::Commit { .. } | Self::Carried(_) | Self::Session { .. } => None,
        }
    }

    /// The ref update, of a landing by a push.
    pub fn update(&self) -> Option<&UpdateFacts> {
        match self {
            Self::Landing { update, .. } => update.as_deref(),
            Self::Index(_) | Self::Commit { .. } | Self::Carried(_) | Self::Session { .. } => None,
        }
    }
}

/// What is known of one change set alone.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    /// What stood there before it: where a path can be restored from.
    pub before: Predecessor,
    /// What happened to the policy file in it.
    pub policy_edit: PolicyEdit,
}

/// One thing that is judged.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it is, with what only such a thing has.
    pub kind: Kind,
    /// The stage that it is judged at: in a push, its ref's.
    pub stage: Stage,
    /// The commit (of a landing: its tip; of carried edits: the merge).
    pub commit: Option<Oid>,
    /// The root tree (of a session: the tip's). `None` only where a landing has none (a deletion).
    pub tree: Option<Oid>,
    /// Who did it. A landing of several: `None`.
    pub actor: Option<Actor>,
    /// What changed. Session: merge base against tip, its own paths. Landing: merge base against tip.
    pub changes: Vec<FileChange>,
    /// Links that no change changes, and that lead elsewhere by them: they count nowhere, and are looked at like any other path.
    pub reaimed: Vec<Reaimed>,
    /// Sums over `changes`, as far as they are known without a diff.
    pub bounds: Totals,
    /// The single change sets that stand behind it and what each touches: one for an index or a commit, all of the specialist's
    /// for a session, all for a landing.
    pub parts: Vec<Part>,
    /// Malformed trees.
    pub tree_problems: Vec<TreeProblem>,
    /// What is known of each suite on `tree`.
    pub proofs: Proofs,
    /// Waivers of an owner's on `tree`, those that are worth nothing too.
    pub waivers: Vec<Granted>,
    /// The tip in whose history `tree` may stand; `None`: it returns nowhere.
    pub base: Option<Oid>,
    /// It is pushed to work space and nowhere else: few rules judge it.
    pub free: bool,
    /// Where the commands of an answer are pasted.
    pub place: Arc<Place>,
    /// How HEAD stands to the commit: which commands may move it.
    pub head: Standing,
    /// Something could not be decided: each a phrase. Makes the rules that depend on it indeterminate.
    pub undecided: Vec<String>,
    /// What was asked of the source so far.
    pub(crate) told: Told,
}

/// How HEAD stands to a commit that is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Standing {
    /// It is no branch of HEAD's that was judged: nothing that is pasted may move HEAD, its branch or the index.
    #[default]
    Elsewhere,
    /// HEAD's branch is what was judged, and holds the commit.
    Holds,
    /// The commit is being made of the index, on top of HEAD.
    Staged,
    /// The commit is being made of the index, in HEAD's place.
    Amending,
}

/// Where the commands of an answer are pasted: what they must say there to mean what was judged. Nothing is decided by it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Somewhere below the root of the work tree.
    pub below_root: bool,
    /// A server asks, which knows nothing of where that is.
    pub server: bool,
    /// The remote that work goes to from there, by name or URL; `None`: there is none.
    pub remote: Option<String>,
    /// The refspec that brings the evidence of that remote.
    pub evidence: Option<String>,
    /// git's `user.signingKey` is set there.
    pub signs: bool,
    /// The index that is judged is one that git made for this commit (`commit -a`, `commit PATH`), and not the one that stays.
    pub passing_index: bool,
}

impl Place {
    /// The option by which what is signed gets to where it is looked for; nothing where there is no remote.
    pub fn push(&self) -> String {
        self.remote.as_ref().map_or_else(String::new, |remote| format!(" --push {}", shell_quote(remote.as_bytes())))
    }

    /// The command that brings others' evidence there, whatever a plain fetch brings; `None`: there is no remote to fetch it from.
    pub fn fetch(&self) -> Option<String> {
        let (remote, evidence) = self.remote.as_deref().zip(self.evidence.as_deref())?;
        Some(format!("git fetch {} {}", shell_quote(remote.as_bytes()), shell_quote(evidence.as_bytes())))
    }
}

/// Exact numbers of a subject's changes.
#[derive(Clone, Debug)]
pub struct Exact {
    /// Of each change, in their order.
    pub each: Vec<Counted>,
    /// Their sums.
    pub totals: Totals,
}

/// What a source has told of a subject: each asked at most once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub exact: OnceCell<Exact>,
    pub similar: OnceCell<Totals>,
    pub returns: OnceCell<bool>,
}

/// Evidence of a tree, looked up when it is first asked for, once for all subjects that share it.
#[derive(Clone, Debug, Default)]
pub struct Proofs(Option<Arc<(ProofQuestion, OnceLock<BySuite<Proof>>)>>);

/// Of what evidence is looked up, and by what it is measured.
#[derive(Clone, Debug)]
pub struct ProofQuestion {
    /// The tree.
    pub tree: Oid,
    /// Whose files of a suite judge the work.
    pub from: ProofBase,
    /// Whose work it is.
    pub workers: Vec<Actor>,
    /// Commits whose message may carry a marker.
    pub marked: Arc<[MarkedCommit]>,
    /// In hindsight: when the commit was made that is looked at.
    pub since: Option<Timestamp>,
    /// The message isn't known yet, but a hook that runs will see its trailers.
    pub marker_may_come: bool,
}

/// The tree whose files of a suite judge a work.
#[derive(Clone, Copy, Debug)]
pub enum ProofBase {
    /// This one; `None`: the judged tree itself.
    Tree(Option<Oid>),
    /// That of the newest commit which `tip` shares with `base`, as `gather::base_tree` has it.
    Shared {
        /// The base's tip.
        base: Option<Oid>,
        /// The work's tip.
        tip: Option<Oid>,
    },
}

impl Proofs {
    /// Evidence that is looked up when it is asked for.
    pub fn of(question: ProofQuestion) -> Self {
        Self(Some(Arc::new((question, OnceLock::new()))))
    }

    /// What is known of every suite; nothing where there is nothing to look up.
    ///
    /// # Errors
    /// Those of the source.
    pub fn all(&self, source: &dyn Source) -> Result<&BySuite<Proof>> {
        static NOTHING: BySuite<Proof> = BySuite::new();
        let Some((question, known)) = self.0.as_deref() else { return Ok(&NOTHING) };
        match known.get() {
            Some(known) => Ok(known),
            None => {
                let found = source.proofs(question)?;
                Ok(known.get_or_init(|| found))
            }
        }
    }
}

impl Subject {
    /// A subject of which nothing else is known yet.
    pub fn new(kind: Kind, stage: Stage, place: Arc<Place>) -> Self {
        Self {
            kind,
            stage,
            commit: None,
            tree: None,
            actor: None,
            changes: Vec::new(),
            reaimed: Vec::new(),
            bounds: Totals::default(),
            parts: Vec::new(),
            tree_problems: Vec::new(),
            proofs: Proofs::default(),
            waivers: Vec::new(),
            base: None,
            free: false,
            place,
            head: Standing::Elsewhere,
            undecided: Vec::new(),
            told: Told::default(),
        }
    }

    /// The changes, and the links that lead elsewhere by them.
    pub fn aimed(&self) -> impl Iterator<Item = &FileChange> {
        self.changes.iter().chain(self.reaimed.iter().filter(|one| !one.leads_as_before()).map(|one| &one.link))
    }

    /// All that rules about what a path means look at: the changes, and the links that mean something else by them.
    pub fn looked_at(&self) -> impl Iterator<Item = &FileChange> {
        self.changes.iter().chain(self.reaimed.iter().map(|one| &one.link))
    }

    /// Sums over `changes`, as exact as they are known by now.
    pub fn totals(&self) -> Totals {
        self.told.exact.get().map_or(self.bounds, |exact| exact.totals)
    }

    /// Each change and its numbers, as exact as they are known by now.
    pub fn counted(&self) -> impl Iterator<Item = (&FileChange, Counted)> {
        let exact = self.told.exact.get().map_or(&[][..], |exact| &exact.each);
        let counted = |place: usize, change: &FileChange| exact.get(place).copied().unwrap_or_else(|| change.counted());
        self.changes.iter().enumerate().map(move |(place, change)| (change, counted(place, change)))
    }

    /// Exact numbers of the changes, asked once.
    ///
    /// # Errors
    /// Those of the source.
    pub fn exact(&self, source: &dyn Source) -> Result<&Exact> {
        once(&self.told.exact, || source.exact(&self.changes))
    }

    /// The sums after git's similarity, asked once.
    ///
    /// # Errors
    /// Those of the source.
    pub fn similar(&self, source: &dyn Source) -> Result<Totals> {
        once(&self.told.similar, || match &self.kind {
            Kind::Session { lines, .. } => source.similar(&self.changes, lines),
            Kind::Index(_) | Kind::Commit { .. } | Kind::Carried(_) | Kind::Landing { .. } => {
                source.similar(&self.changes, &[(0..self.changes.len()).collect()])
            }
        })
        .copied()
    }

    /// Whether the tree stands in the base's history, asked once.
    ///
    /// # Errors
    /// Those of the source.
    pub fn returns(&self, source: &dyn Source) -> Result<bool> {
        let Some((tree, base)) = self.tree.zip(self.base) else { return Ok(self.told.returns.get().is_some_and(|known| *known)) };
        once(&self.told.returns, || source.in_history(tree, base)).copied()
    }

    /// Says whether it returns to a tree that stood there before, where that is known without asking.
    #[must_use]
    pub fn returning(mut self, returns: bool) -> Self {
        self.told.returns = OnceCell::from(returns);
        self
    }
}

/// What the cell holds, asked for where it is empty.
fn once<T>(cell: &OnceCell<T>, ask: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(known) => Ok(known),
        None => {
            let told = ask()?;
            Ok(cell.get_or_init(|| told))
        }
    }
}

/// What an account pushed before, as far as it counts in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Earlier {
    /// The ref's full name, raw bytes.
    pub reference: Vec<u8>,
    /// When.
    pub time: Timestamp,
    /// How many changed files of it count.
    pub files: u64,
}

/// What one specialist did on one ref of a push, as a ledger keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contribution {
    /// The ref that really changes: full name, raw bytes.
    pub reference: Vec<u8>,
    /// Whose it is.
    pub actor: Actor,
    /// The accounts that brought the commits; empty: nobody's account is known.
    pub accounts: BTreeSet<String>,
    /// How many commits of the ref are theirs.
    pub count: u64,
    /// Those of them that are new to the repository.
    pub commits: Vec<Oid>,
    /// What of it still differs from the base; of work on a free branch, nothing.
    pub changes: Vec<FileChange>,
    /// What of it later pushes count in.
    pub spends: Spends,
}

/// What of somebody's work on a ref spends their budget: nobody else spends it for them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spends {
    /// All of it: it lands, or is the work of whoever pushes it.
    All,
    /// What they had pushed to the ref before, at these paths: somebody else goes on from there.
    Before(BTreeSet<RepoPath>),
}

impl Spends {
    /// Whether what they did at that path counts in.
    pub fn holds(&self, path: &RepoPath) -> bool {
        match self {
            Self::All => true,
            Self::Before(paths) => paths.contains(path),
        }
    }
}

/// What a change set comes after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Predecessor {
    /// Nothing: a root commit, the index of a branch that has no commit yet.
    Nothing,
    /// One commit: of the index, HEAD.
    Parent,
    /// HEAD's parent: the index is to replace HEAD.
    HeadsParent,
    /// Several: a merge.
    Several,
}

impl Predecessor {
    /// Of a commit with so many parents.
    pub fn of(parents: usize) -> Self {
        match parents {
            0 => Self::Nothing,
            1 => Self::Parent,
            _ => Self::Several,
        }
    }
}

/// One change set behind a subject.
#[derive(Clone, Debug)]
pub struct Part {
    /// The commit; `None`: the index.
    pub commit: Option<Oid>,
    /// Whose it is.
    pub actor: Actor,
    /// Whether it changes anything of its own: an empty commit and a clean merge don't.
    pub changes: bool,
    /// The areas that it touches, by path or by line.
    pub touches: Vec<Touch>,
    /// The suites of whose own files it changes some: name and path.
    pub suites: Vec<(String, RepoPath)>,
}

/// An area was touched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Touch {
    /// The area's name.
    pub area: String,
    /// The path.
    pub path: RepoPath,
    /// By content: line number and text.
    pub line: Option<(u64, Vec<u8>)>,
    /// It could not be told whether the lines are the same: why. Counts as a touch that is undecided.
    pub unknown: Option<String>,
}

/// What happened to the policy's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PolicyEdit {
    /// Nothing.
    Untouched,
    /// It is there, and loads.
    Changed,
    /// It is there (or something else is in its place), and can't be enforced: why, rendered.
    Broken(String),
    /// It is gone.
    Deleted,
}

/// A ref update, as `protected-ref` sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UpdateFacts {
    /// Full name, raw bytes.
    pub name: Vec<u8>,
    /// What it does.
    pub kind: UpdateKind,
    /// Whether the policy protects it, or is read from it: an older one put back by rewinding would be a change that nobody judged.
    pub protected: bool,
    /// A pattern alone protects it: its name stands nowhere in the policy, nor is it the base.
    pub by_pattern: bool,
    /// A root commit that comes into it, beside its own; of a new branch, beside those that one of the protected branches has.
    pub second_root: Option<Oid>,
    /// Its first parents would lead to another root commit, by which evidence tells which repository this is.
    pub moves_root: bool,
    /// Of a branch that goes: another protected one, which this push leaves alone, holds all that it holds.
    pub held: bool,
    /// The policy lets nobody but owners move or delete it once it is made.
    pub immutable: bool,
    /// Why whoever pushes it may push nothing of its kind: what each source said, as phrases, escaped.
    pub stranger: Option<Vec<String>>,
    /// How its name and a protected branch's get in each other's way.
    pub clash: Option<Clash>,
    /// It, or what it points to, is no commit.
    pub reaches_no_commit: bool,
    /// Of a branch that would hold a tag object: the commit that this is of.
    pub tag_of: Option<Oid>,
    /// It is protected, or the base: what it holds is nobody's work any more.
    pub lands: bool,
    /// Whether an owner pushes it, whoever made the commits.
    pub by_owner: bool,
    /// What is wrong with what is known of who pushes: the certificate that came with it, or accounts that contradict each other.
    pub doubt: Option<Conflict>,
    /// Of an evidence ref: why what the push adds to it isn't its writer's, as phrases, escaped.
    pub foreign: Vec<String>,
    /// Of an evidence ref: halts and resumes that the push adds to it and that can't be taken as they are.
    pub unsound_words: Vec<Unsound>,
    /// What would come into a ref of evidence and is no note, as phrases, escaped.
    pub no_notes: Vec<String>,
    /// How many updates the push has.
    pub updates_in_push: u64,
}

/// How a ref's name and a protected branch's get in each other's way. Names are escaped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clash {
    /// It is this branch's but for case or normalisation.
    Twin(String),
    /// A tag takes the name of this branch.
    Takes(String),
    /// The name of the branch, which would be protected, is taken by this tag, a full name.
    TakenBy(String),
    /// This branch, or what this pattern covers, could not be made beside it.
    Blocks(String),
}

/// Why a halt or a resume can't be taken as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unsound {
    /// It is dated in the future: what it says, and when.
    OfTomorrow(HaltKind, Timestamp),
    /// A resume, of when, that doesn't name a halt in force: by whom, escaped, and since when.
    Unaware(Timestamp, String, Timestamp),
    /// A resume without proof: why, as a phrase, escaped.
    Unproven(String),
    /// It counts for nothing: what it says, and why, as a phrase, escaped.
    Worthless(HaltKind, String),
}

/// What a ref update does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpdateKind {
    /// The ref is new. `unrelated`: it shares no history with what the protected branches hold.
    Create {
        /// No common ancestor.
        unrelated: bool,
    },
    /// The old tip is an ancestor of the new one.
    Forward,
    /// It isn't.
    Rewind,
    /// The ref goes away.
    Delete,
}
