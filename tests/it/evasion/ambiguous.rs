//! A new protected branch that has several merge bases with the others: what only one of them would excuse isn't excused.

use super::*;

/// `main` and `release/*` are protected, `middleware/` needs the suite there.
fn start() -> (Repo, Repo) {
    let policy = STRICT_POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]");
    let repo = Repo::with_policy(&policy.replace("commit = \"recorded\"\nbranch = \"claimed\"", "branch = \"none\""));
    repo.write("ok", "").write("middleware/a.py", "1\n").write("middleware/b.py", "1\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/1"]).ok();
    (repo, server)
}

fn claim(repo: &Repo) {
    let tree = repo.rev("HEAD^{tree}");
    let message = format!("proven\n\nIntegration-Tested: integration tree={tree}\n");
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "-m", &message]).ok();
}

fn push(repo: &Repo, to: &str) -> Run {
    repo.git(&["push", "origin", &format!("HEAD:refs/heads/{to}")])
}

fn on(repo: &Repo, commit: &str) {
    repo.git(&["switch", "-q", "--detach", commit]).ok();
}

fn merge(repo: &Repo, other: &str) {
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", "both", other]).ok();
}

/// `release/1` has one proven change, `main` another one that came by a merge of `a` and `c`. Returns `a`, `c`, and release/1's tip.
fn proven_apart(repo: &Repo) -> [String; 3] {
    on(repo, "main");
    repo.write("middleware/b.py", "2\n").commit_unjudged("b");
    claim(repo);
    let other = repo.rev("HEAD");
    push(repo, "release/1").ok();
    on(repo, "main");
    let a = repo.write("middleware/a.py", "2\n").commit_unjudged("a");
    on(repo, "main");
    let c = repo.write("c", "c\n").commit_unjudged("c");
    on(repo, &a);
    merge(repo, &c);
    claim(repo);
    push(repo, "main").ok();
    repo.git(&["fetch", "-q"]).ok();
    [a, c, other]
}

/// HEAD has so many merge bases with main; it is refused until its own tree is proven.
#[track_caller]
fn needs_its_own_proof(repo: &Repo, server: &Repo, bases: usize, to: &str) {
    assert_eq!(repo.git(&["merge-base", "--all", "HEAD", "origin/main"]).ok().out().lines().count(), bases);
    let before = server.state_of_refs();
    push(repo, to).rejected().says("error[guarded-area]").says("middleware/");
    assert_eq!(server.state_of_refs(), before);
    claim(repo);
    push(repo, to).ok();
}

#[test]
fn main_s_parts_merged_in_another_order_with_what_a_release_has() {
    let (repo, server) = start();
    let [a, c, other] = proven_apart(&repo);
    on(&repo, "origin/main");
    merge(&repo, &other);
    needs_its_own_proof(&repo, &server, 1, "release/2");
    on(&repo, &c);
    merge(&repo, &a);
    merge(&repo, &other);
    needs_its_own_proof(&repo, &server, 2, "release/3");
}

#[test]
fn the_release_first_and_an_octopus() {
    let (repo, server) = start();
    let [a, c, other] = proven_apart(&repo);
    on(&repo, &other);
    merge(&repo, &a);
    merge(&repo, &c);
    needs_its_own_proof(&repo, &server, 2, "release/2");
    on(&repo, &c);
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", "all", &a, &other]).ok();
    needs_its_own_proof(&repo, &server, 2, "release/3");
}

#[test]
fn what_is_merged_has_an_edit_of_its_own_beside() {
    let (repo, server) = start();
    let [a, c, other] = proven_apart(&repo);
    on(&repo, &c);
    merge(&repo, &a);
    merge(&repo, &other);
    repo.write("d", "d\n").commit_unjudged("more");
    needs_its_own_proof(&repo, &server, 2, "release/2");
}

#[test]
fn to_a_release_that_is_there_and_to_main_as_well() {
    let (repo, server) = start();
    let [a, c, other] = proven_apart(&repo);
    on(&repo, &other);
    merge(&repo, &c);
    merge(&repo, &a);
    needs_its_own_proof(&repo, &server, 2, "release/1");
    // Of main's own parts alone, in another order, the tree is main's, and the proof goes with it.
    on(&repo, &c);
    merge(&repo, &a);
    assert_eq!(repo.rev("HEAD^{tree}"), repo.rev("origin/main^{tree}"));
    needs_its_own_proof(&repo, &server, 2, "release/4");
}
