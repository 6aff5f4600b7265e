//! What is judged: facts, gathered before anybody judges. Owned data, no I/O behind any of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::evidence::Proof;
use crate::evidence::halt::{HaltKind, Halted};
use crate::evidence::waiver::Granted;
use crate::identity::{Actor, Conflict};
use crate::model::{BySuite, FileChange, Oid, RepoPath, Totals, TreeProblem};
use crate::policy::Stage;

/// Everything that one judgement of the guard looks at.
#[derive(Clone, Debug)]
pub struct Facts {
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
}

/// What kind of thing is judged.
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

/// One thing that is judged.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// The stage that it is judged at: in a push, its ref's.
    pub stage: Stage,
    /// The commit (of a landing: its tip; of carried edits: the merge).
    pub commit: Option<Oid>,
    /// The full name of the ref (a landing), raw bytes.
    pub reference: Option<Vec<u8>>,
    /// The root tree (of a session: the tip's). `None` only where a landing has none (a deletion).
    pub tree: Option<Oid>,
    /// Who did it. A landing of several: `None`.
    pub actor: Option<Actor>,
    /// What changed. Session: merge base against tip, its own paths. Landing: merge base against tip.
    pub changes: Vec<FileChange>,
    /// Sums over `changes`.
    pub totals: Totals,
    /// The same after git's similarity was asked, which happens only where `totals.files` is over the limit and at most twice it.
    pub similar: Option<Totals>,
    /// The single change sets that stand behind it and what each touches: one for an index or a commit, all of the specialist's
    /// for a session, all for a landing.
    pub parts: Vec<Part>,
    /// Malformed trees.
    pub tree_problems: Vec<TreeProblem>,
    /// What is known of each suite on `tree`; every suite of the policy that could be demanded has an entry.
    pub proofs: BySuite<Proof>,
    /// Waivers of an owner's on `tree`, those that are worth nothing too.
    pub waivers: Vec<Granted>,
    /// The tree stands in the base's history (asked only where a limit is exceeded; else false).
    pub tree_in_base_history: bool,
    /// It is pushed to work space and nowhere else: few rules judge it.
    pub free: bool,
    /// The one commit of a landing: the session's limits alone judge it.
    pub lone: bool,
    /// What stood there before the change set: where a path can be restored from.
    pub before: Predecessor,
    /// Commands are pasted somewhere below the root of the work tree.
    pub below_root: bool,
    /// What a landing is merged with, where the tree is that of a merge which nobody has made yet.
    pub merges: Option<String>,
    /// What happened to the policy file in this change set.
    pub policy_edit: PolicyEdit,
    /// The ref update (a landing by a push).
    pub update: Option<UpdateFacts>,
    /// Of a session: what the account had pushed before, and how much of `changes` that is.
    pub earlier: Vec<Earlier>,
    /// Something could not be decided: each a phrase. Makes the rules that depend on it indeterminate.
    pub undecided: Vec<String>,
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
