//! What another branch of this clone holds, and what a fetch brings: which of both is known to have been judged.

use super::*;

/// `pw` holds a commit of six files that was made past the hooks; `main` and `release/1` are protected, HEAD is on `work`.
fn past() -> Repo {
    let repo = under(&POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]"));
    repo.remote();
    repo.git(&["branch", "release/1"]).ok();
    on_work(&repo).guard(&["install", "--strict"]).ok();
    repo.git(&["-c", "core.hooksPath=/dev/null", "branch", "pw", &unjudged(&repo, "main")]).ok();
    repo
}

/// Back to where it was, whatever a refused command left in the work tree.
fn clean(repo: &Repo, on: &str) {
    for args in [&["reset", "-q", "--hard"][..], &["clean", "-qfd"], &["switch", "-q", on]] {
        repo.git(&[&["-c", "core.hooksPath=/dev/null"][..], args].concat()).ok();
    }
}

#[test]
fn what_another_branch_holds_comes_to_the_base_as_if_it_were_new() {
    let repo = past();
    refused(&repo, &["branch", "-f", "main", "pw"]);
    refused(&repo, &["update-ref", "refs/heads/main", "pw"]);
    refused(&repo, &["fetch", "-q", ".", "pw:main"]);
    refused(&repo, &["push", "-q", ".", "pw:main"]);
    refused(&repo, &["switch", "-q", "-C", "main", "pw"]);
    clean(&repo, "work");
    clean(&repo, "main");
    for args in [&["merge", "-q", "--ff-only", "pw"][..], &["reset", "-q", "--hard", "pw"], &["pull", "-q", "--ff-only", ".", "pw"]]
    {
        refused(&repo, args);
        clean(&repo, "main");
    }
}

#[test]
fn to_a_protected_branch_as_well_and_to_the_base_by_another_one() {
    let repo = past();
    refused(&repo, &["branch", "-f", "release/1", "pw"]);
    refused(&repo, &["branch", "release/2", "pw"]);
    refused(&repo, &["fetch", "-q", ".", "pw:release/1"]);
    // Another branch may have it; from there it comes to the base no more than from the first.
    repo.git(&["branch", "again", "pw"]).ok();
    refused(&repo, &["branch", "-f", "main", "again"]);
    // Nor where a protected one has it from before the hooks, nor with a sound commit on top.
    repo.git(&["-c", "core.hooksPath=/dev/null", "branch", "-f", "release/1", "pw"]).ok();
    refused(&repo, &["branch", "-f", "main", "release/1"]);
    let tree = repo.rev("pw^{tree}");
    let on_top = repo.git(&["commit-tree", &tree, "-p", "pw", "-m", "nothing more"]).ok().line();
    refused(&repo, &["branch", "-f", "main", &on_top]);
    // By a name that stands for the base.
    repo.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).ok();
    refused(&repo, &["update-ref", "refs/heads/alias", "pw"]);
}

#[test]
fn what_fits_comes_to_the_base_from_any_branch() {
    let repo = past();
    repo.write("mine.txt", "1\n").commit("mine").ok();
    repo.git(&["branch", "-f", "main", "work"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("more.txt", "1\n").commit("more").ok();
    repo.git(&["branch", "-f", "work", "main"]).ok();
}

/// Nine files of another's have landed on the server, in one commit.
fn landed(repo: &Repo, name: &str) -> String {
    let other = repo.sibling("other");
    if !other.path().exists() {
        drop(repo.clone_from_server("other"));
    }
    other.git(&["pull", "-q", "--ff-only"]).ok();
    other.author("boss@example.org").write_many(name, 9).commit_unjudged(name);
    other.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    other.rev("HEAD")
}

#[test]
fn a_fetch_into_one_s_own_branches_brings_what_the_remote_holds() {
    let repo = strict();
    let server = repo.sibling("server.git").path().to_str().unwrap().to_owned();
    let refspecs = ["main:main", "+main:other", "refs/heads/*:refs/heads/*", "+refs/heads/*:refs/heads/theirs/*"];
    for (n, refspec) in refspecs.iter().enumerate() {
        let tip = landed(&repo, &format!("a{n}-"));
        repo.git(&["fetch", "-q", "origin", refspec]).ok();
        assert!(repo.state_of_refs().contains(&tip), "{refspec}");
    }
    // By the remote's address, and where that is a relative one.
    landed(&repo, "b");
    repo.git(&["fetch", "-q", &server, "main:main"]).ok();
    repo.git(&["remote", "set-url", "origin", "../server.git"]).ok();
    let tip = landed(&repo, "c");
    repo.git(&["fetch", "-q", "origin", "main:main"]).ok();
    assert_eq!(repo.rev("main"), tip);
    landed(&repo, "d");
    repo.git(&["pull", "-q", "--no-rebase", "origin", "main:main"]).ok();
    landed(&repo, "e");
    repo.git(&["fetch", "-q", "--append", "origin", "main:main"]).ok();
}

#[test]
fn a_fetch_that_notes_nothing_is_told_how_to_go_on() {
    let repo = strict();
    let tip = landed(&repo, "a");
    let before = repo.state_of_refs();
    let run = repo.git(&["fetch", "-q", "--no-write-fetch-head", "origin", "main:main"]);
    if run.status != 0 {
        run.says("error[file-limit]");
        assert_eq!(repo.state_of_refs(), before);
    }
    repo.git(&["fetch", "-q", "origin"]).ok();
    repo.git(&["fetch", "-q", "--no-write-fetch-head", "origin", "main:main"]).ok();
    assert_eq!(repo.rev("main"), tip);
}

#[test]
fn what_comes_from_a_place_that_is_no_remote_is_judged() {
    let repo = strict();
    let other = repo.clone_from_server("other");
    other.git(&["switch", "-q", "-c", "x"]).ok();
    other.write_many("many", 6).commit_unjudged("x");
    for place in [other.path().to_str().unwrap(), "../other", "../other/.git"] {
        refused(&repo, &["fetch", "-q", place, "x:x"]);
        refused(&repo, &["fetch", "-q", place, "x:main"]);
    }
    // Nor does it help that a remote was fetched from in between, or in the same notes.
    repo.git(&["fetch", "-q", "origin"]).ok();
    refused(&repo, &["fetch", "-q", "--append", "../other", "x:x"]);
    repo.git(&["fetch", "-q", "../other", "x"]).ok();
    refused(&repo, &["branch", "x", "FETCH_HEAD"]);
    refused(&repo, &["update-ref", "refs/heads/main", "FETCH_HEAD"]);
}
