//! Partial clones: a client has git fetch what it misses, in one batch; a server never does.

use crate::support::*;

const POLICY: &str =
    "version = 1\nbase = \"main\"\n[defaults]\nmax-lines-per-commit = 100\n[specialist.\"*\"]\n[evidence]\nland = \"claimed\"\n";

/// A repository with a branch `topic` of three commits, and a clone of it that has no file's content but what stands in `main`.
fn scene() -> (Repo, Repo) {
    let repo = Repo::with_policy(POLICY);
    repo.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]).ok();
    repo.git(&["switch", "-q", "-c", "topic"]).ok();
    for n in 1..=3 {
        repo.write("a.txt", format!("{n}\n")).write(format!("new{n}.txt"), "x\n".repeat(n)).commit_unjudged("work");
    }
    repo.git(&["switch", "-q", "main"]).ok();
    let clone = repo.sibling("partial");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--filter=blob:none", &url, clone.path().to_str().unwrap()]).ok();
    (repo, clone)
}

fn missing(clone: &Repo) -> usize {
    let listed = clone.git(&["rev-list", "--objects", "--all", "--missing=print"]).ok().out();
    listed.lines().filter(|line| line.starts_with('?')).count()
}

#[test]
fn what_is_missing_is_fetched_in_one_batch() {
    let (_repo, clone) = scene();
    assert_eq!(missing(&clone), 6);
    let packs = || {
        std::fs::read_dir(clone.file(".git/objects/pack"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "pack"))
            .count()
    };
    let before = packs();
    clone.guard(&["check", "origin/topic"]).ok();
    assert_eq!((missing(&clone), packs()), (0, before + 1));
    clone.guard(&["check", "origin/topic"]).ok();
    assert_eq!(packs(), before + 1);
}

#[test]
fn the_older_way_to_call_a_repository_partial_opens() {
    let (_repo, clone) = scene();
    clone.git(&["config", "core.repositoryFormatVersion", "1"]).ok();
    clone.git(&["config", "extensions.partialClone", "origin"]).ok();
    clone.git(&["config", "--unset", "remote.origin.promisor"]).ok();
    clone.guard(&["check", "origin/topic"]).ok();
    assert_eq!(missing(&clone), 0);
}

#[test]
fn a_limit_is_a_limit_and_where_nobody_gives_it_nothing_is_decided() {
    let (repo, clone) = scene();
    repo.git(&["switch", "-q", "topic"]).ok();
    repo.write("a.txt", "y\n".repeat(200)).commit_unjudged("big");
    clone.git(&["fetch", "-q"]).ok();
    clone.guard(&["check", "origin/topic"]).rejected().says("error[line-limit]");
    repo.write("a.txt", "z\n".repeat(20)).commit_unjudged("more");
    clone.git(&["fetch", "-q"]).ok();
    clone.git(&["remote", "set-url", "origin", "file:///nowhere"]).ok();
    clone.guard(&["check", "origin/topic"]).undecided().says("is missing from this repository");
}

#[test]
fn a_server_fetches_nothing() {
    let (_repo, clone) = scene();
    clone.git(&["config", "core.bare", "true"]).ok();
    clone.guard(&["check", "origin/topic"]).undecided();
    assert_eq!(missing(&clone), 6);
}
