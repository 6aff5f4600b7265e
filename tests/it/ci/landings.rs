//! What lands on main is judged commit by commit of its first-parent line, and `.ci/land` makes one that is proven.

use crate::support::*;

const POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["maintainers"]
emails = ["author@example.org"]

[specialist.maintainers]
users = ["maintainers"]
emails = ["author@example.org"]
max-files-per-session = 4

[area.source]
paths = ["src/"]
requires = ["tests"]

[area.controls]
paths = [".ci/"]
owners-only = true

[suite.tests]
run = "test -e src/ok"

[evidence]
commit = "none"
branch = "none"
land = "claimed"
"#;

/// A repository as this one is: `main` at its first landing, and the scripts. The branch `work` has a change of what is guarded.
fn landed_once() -> Repo {
    let repo = Repo::with_policy(POLICY);
    repo.set("GUARD", GUARD);
    for (name, script) in [("land", include_str!("../../../.ci/land")), ("landings", include_str!("../../../.ci/landings"))] {
        repo.script(format!(".ci/{name}"), script);
    }
    repo.write(".ci/landed", format!("{}\n", repo.rev("HEAD"))).write("src/ok", "1\n").commit_unjudged("scripts");
    mark(&repo);
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("src/a", "1\n").commit_unjudged("work");
    repo.git(&["switch", "-q", "main"]).ok();
    repo
}

/// Gives the newest commit the marker of its own tree.
fn mark(repo: &Repo) {
    let marker = format!("Integration-Tested: tests tree={}", repo.rev("HEAD^{tree}"));
    let subject = repo.git(&["log", "-1", "--format=%s"]).ok().line();
    repo.git(&["commit", "-q", "--amend", "--no-verify", "-m", &subject, "-m", &marker]).ok();
}

fn judged(repo: &Repo) -> Run {
    repo.run(repo.file(".ci/landings"), &[GUARD])
}

#[test]
fn what_is_landed_is_proven_and_the_audit_shows_it() {
    let repo = landed_once();
    repo.remote();
    let (before, work) = (repo.rev("main"), repo.rev("work"));
    repo.run(repo.file(".ci/land"), &["work", "Land the work", "Because it is done."]).ok();
    assert_eq!(repo.rev("main^1"), before);
    assert_eq!(repo.rev("main^2"), work);
    assert_eq!(std::fs::read_to_string(repo.file(".ci/landed")).unwrap(), format!("{before}\n"));
    let marker = format!("Land the work\n\nBecause it is done.\n\nIntegration-Tested: tests tree={}\n", repo.rev("main^{tree}"));
    assert_eq!(repo.git(&["log", "-1", "--format=%B"]).ok().out().trim_end(), marker.trim_end());
    judged(&repo).ok().says("Land the work").says("landings in a guarded area without evidence: 0");
    // A second one, before anything is pushed: the first is still to be judged.
    repo.git(&["switch", "-q", "work"]).ok();
    repo.write("src/a", "2\n").commit_unjudged("more work");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.run(repo.file(".ci/land"), &["work", "Land more"]).ok();
    assert_eq!(std::fs::read_to_string(repo.file(".ci/landed")).unwrap(), format!("{before}\n"));
    judged(&repo).ok().says(": Land the work").says(": Land more");
    // Nobody's notes are needed for it: whoever clones sees it.
    let audit = repo.clone_to("elsewhere").guard(&["audit", "--format", "json"]).ok().out();
    assert!(audit.contains("\"guarded_without_evidence\":0"), "{audit}");
}

#[test]
fn what_lands_unproven_is_refused() {
    let repo = landed_once();
    repo.git(&["merge", "-q", "--no-ff", "-m", "Land it by hand", "work"]).ok();
    judged(&repo)
        .rejected()
        .says("Land it by hand")
        .says("error[guarded-area]")
        .says("landings in a guarded area without evidence: 1");
    mark(&repo);
    judged(&repo).ok();
}

#[test]
fn every_landing_since_the_known_one_is_judged() {
    let repo = landed_once();
    for name in ["b", "c"] {
        repo.write(format!("src/{name}"), "1\n").commit_unjudged(name);
        mark(&repo);
    }
    judged(&repo).ok().says(": b\n").says(": c\n");
    repo.write("src/a", "changed\n")
        .write("d", "1\n")
        .write("e", "1\n")
        .write("f", "1\n")
        .write("g", "1\n")
        .commit_unjudged("too much");
    mark(&repo);
    judged(&repo).rejected().says("error[file-limit]");
    // A later landing does not hide it.
    repo.write("src/z", "1\n").commit_unjudged("later");
    mark(&repo);
    judged(&repo).rejected().says("error[file-limit]");
}

#[test]
fn a_policy_judges_nothing_before_it_has_landed() {
    let repo = landed_once();
    let lax = POLICY.replace("max-files-per-session = 4\n", "");
    for name in ["b", "c", "d", "e"] {
        repo.write(name, "1\n");
    }
    repo.write("policy.toml", &lax).commit_unjudged("more, and may");
    judged(&repo).rejected().says("error[file-limit]");
}

#[test]
fn what_fails_does_not_land() {
    let repo = landed_once();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.remove("src/ok").commit_unjudged("break it");
    repo.git(&["switch", "-q", "main"]).ok();
    let before = repo.rev("main");
    repo.run(repo.file(".ci/land"), &["work", "Land it broken"]).rejected();
    assert_eq!(repo.rev("HEAD"), before);
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), "");
    assert!(!repo.file(".git/MERGE_HEAD").exists());
}

#[test]
fn there_is_always_something_to_judge() {
    let repo = landed_once();
    let other = repo.git(&["commit-tree", "-m", "nowhere", "HEAD^{tree}"]).ok().line();
    for (landed, why) in
        [("HEAD", "no commit's id"), (&other, "which main has never been at"), (&"0".repeat(40), "has never been at")]
    {
        repo.write(".ci/landed", format!("{landed}\n")).commit_unjudged("wrong");
        judged(&repo).undecided().says(why);
    }
    repo.remove(".ci/landed").commit_unjudged("gone");
    judged(&repo).undecided().says("HEAD has no .ci/landed");
}
