//! The doors: how a breach comes before each, and how one knocks.

use super::breaches::Breach;
use super::scene::Case;
use crate::support::*;

/// Doors before which a breach comes in the same way.
pub struct Doors {
    /// What is judged there.
    pub judges: Judges,
    /// Brings the breach before them.
    pub bring: fn(&Case, &Breach),
    /// Which.
    pub doors: &'static [Door],
}

/// One door.
pub struct Door {
    /// As the table names it.
    pub name: &'static str,
    /// What else is done before one knocks.
    pub then: fn(&Case),
    /// Knocks: the same command each time.
    pub knock: fn(&Case) -> Run,
}

/// What a door judges.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Judges {
    /// The index, or a commit that is being made of it.
    Index,
    /// Commits that are there.
    Commits,
}

const fn door(name: &'static str, knock: fn(&Case) -> Run) -> Door {
    Door { name, then: |_| {}, knock }
}

/// The doors that judge what is about to be committed.
pub const OF_THE_INDEX: &[Doors] = &[
    Doors {
        judges: Judges::Index,
        bring: staged,
        doors: &[
            door("pre-commit", |case| commit(case, &[])),
            Door { name: "commit-msg", then: without_pre_commit, knock: |case| commit(case, &[]) },
            Door { name: "strict", then: strictly, knock: |case| commit(case, &["--no-verify"]) },
            door("check --staged", |case| case.here().guard(&["check", "--staged"])),
        ],
    },
    Doors { judges: Judges::Index, bring: amending, doors: &[door("amend", amend)] },
    Doors { judges: Judges::Index, bring: on_a_side, doors: &[door("pre-merge-commit", merge)] },
];

/// The doors that judge commits.
pub const OF_COMMITS: &[Doors] = &[
    Doors {
        judges: Judges::Commits,
        bring: committed,
        doors: &[
            door("check", |case| case.here().guard(&["check"])),
            door("check A..B", |case| case.here().guard(&["check", "main..HEAD"])),
            door("check, as a branch", |case| case.here().guard(&["check", "--stage", "branch"])),
            Door { name: "check OTHER", then: elsewhere, knock: check_other },
            Door { name: "strict, another branch", then: elsewhere_strictly, knock: branch_other },
            door("pre-push, a branch", |case| push(case, &[], "work")),
            door("pre-push, main", |case| push(case, &[], "main")),
            door("server, a branch", |case| push(case, &["--no-verify"], "work")),
            door("server, main", |case| push(case, &["--no-verify"], "main")),
        ],
    },
    Doors {
        judges: Judges::Commits,
        bring: behind,
        doors: &[door("check --merge", |case| case.here().guard(&["check", "--merge"]))],
    },
];

fn commit(case: &Case, options: &[&str]) -> Run {
    case.here().git(&[&["commit", "-q", "-m", "work"], options].concat())
}

fn push(case: &Case, options: &[&str], to: &str) -> Run {
    let to = format!("HEAD:refs/heads/{to}");
    case.here().git(&[&["push", "-q"], options, &["origin", &to]].concat())
}

/// The change, and something beside it that nobody minds: there is always something left to commit.
fn staged(case: &Case, breach: &Breach) {
    (breach.make)(case);
    case.repo.write("honest.txt", "1\n").stage();
}

/// The guard's pre-commit isn't there, so that commit-msg is the first to judge.
fn without_pre_commit(case: &Case) {
    std::fs::remove_file(case.repo.file(".git/hooks/pre-commit")).unwrap();
}

/// A commit that is amended to hold the breach.
fn amending(case: &Case, breach: &Breach) {
    case.repo.write("honest.txt", "1\n").commit_unjudged("honest");
    (breach.make)(case);
    case.repo.stage();
}

fn amend(case: &Case) -> Run {
    case.here().git(&["commit", "-q", "--amend", "--no-edit"])
}

/// A branch that holds it is merged.
fn on_a_side(case: &Case, breach: &Breach) {
    let repo = &case.repo;
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    (breach.make)(case);
    repo.commit_unjudged("side");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.write("honest.txt", "1\n").commit_unjudged("honest");
}

/// A merge that a hook refused stands there to be completed.
fn merge(case: &Case) -> Run {
    let here = case.here();
    if here.file(".git/MERGE_HEAD").exists() {
        here.git(&["commit", "-q", "--no-edit"])
    } else {
        here.git(&["merge", "-q", "--no-edit", "side"])
    }
}

fn strictly(case: &Case) {
    case.repo.guard(&["install", "--strict"]).ok();
}

/// Two commits, of which one holds it: a landing of one alone is judged otherwise.
fn committed(case: &Case, breach: &Breach) {
    case.repo.write("honest.txt", "1\n").commit_unjudged("honest");
    (breach.make)(case);
    case.repo.commit_unjudged("work");
    breach.after.iter().for_each(|after| after(case));
}

/// The base has moved on meanwhile.
fn behind(case: &Case, breach: &Breach) {
    let boss = case.owner();
    boss.git(&["switch", "-q", "-c", "meanwhile", "origin/main"]).ok();
    boss.write("meanwhile.txt", "1\n").commit_unjudged("meanwhile");
    boss.git(&["push", "-q", "--no-verify", "origin", "HEAD:main"]).ok();
    case.repo.git(&["fetch", "-q"]).ok();
    committed(case, breach);
}

/// HEAD is on another branch.
fn elsewhere(case: &Case) {
    case.repo.git(&["tag", "work", "work"]).ok();
    case.repo.git(&["switch", "-q", "-c", "other", "main"]).ok();
}

fn check_other(case: &Case) -> Run {
    case.here().guard(&["check", if case.is_aside() { "HEAD" } else { "refs/heads/work" }])
}

/// And no branch holds the commits yet.
fn elsewhere_strictly(case: &Case) {
    elsewhere(case);
    case.repo.git(&["branch", "-q", "-D", "work"]).ok();
    case.repo.guard(&["install", "--strict"]).ok();
}

fn branch_other(case: &Case) -> Run {
    case.here().git(&["update-ref", "refs/heads/made", if case.is_aside() { "HEAD" } else { "refs/tags/work" }])
}
