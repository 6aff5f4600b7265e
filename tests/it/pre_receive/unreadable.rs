//! One ref that can't be read decides about no push that has nothing to do with it, and is named where it must be read.

use super::*;

fn long() -> String {
    let part = "0".repeat(240);
    format!("refs/heads/{part}/{part}/{part}/{part}/{part}")
}

/// A push to main, a new branch, and one that is refused for what it is.
#[track_caller]
fn goes_on(repo: &Repo, server: &Repo, number: usize) {
    repo.git(&["switch", "-q", "-C", &format!("w{number}"), "origin/main"]).ok();
    repo.write("b.txt", format!("{number}\n")).commit_unjudged("small");
    repo.git(&["push", "-q", "origin", "HEAD"]).ok();
    repo.write_many(&format!("big{number}-"), 12).commit_unjudged("big");
    refused(repo, server, &["HEAD:refs/heads/big"]).says("error[file-limit]");
}

#[test]
fn a_name_longer_than_libgit2_takes() {
    let (repo, server) = pushing();
    server.git(&["update-ref", &long(), "main"]).ok();
    goes_on(&repo, &server, 1);
    server.git(&["pack-refs", "--all"]).ok();
    goes_on(&repo, &server, 2);
    server.git(&["update-ref", &long().replace("refs/heads/", "refs/notes/guard/"), "main"]).ok();
    server.git(&["update-ref", &long().replace("refs/heads/", "refs/tags/"), "main"]).ok();
    goes_on(&repo, &server, 3);
}

#[test]
fn a_branch_that_is_no_commit() {
    let (repo, server) = pushing();
    let blob = server.rev("main:a.txt");
    server.write("refs/heads/blob", format!("{blob}\n"));
    goes_on(&repo, &server, 2);
}

#[test]
fn a_symbolic_ref_that_leads_nowhere_or_in_a_circle() {
    let (repo, server) = pushing();
    server.git(&["symbolic-ref", "refs/notes/guard/ci", "refs/notes/guard/nobody"]).ok();
    server.git(&["symbolic-ref", "refs/heads/nowhere", "refs/heads/nobody"]).ok();
    server.write("refs/heads/circle", "ref: refs/heads/circle\n");
    goes_on(&repo, &server, 1);
}

#[test]
fn where_it_must_be_read_it_is_named_with_the_way_out() {
    let (repo, server) = pushing_under(&POLICY.replace("\n\n[owners]", "\nprotected = [\"main\", \"release/*\"]\n\n[owners]"));
    let blob = server.rev("main:a.txt");
    server.write("refs/heads/release/1", format!("{blob}\n"));
    repo.write("b.txt", "1\n").commit_unjudged("small");
    let run = refused(&repo, &server, &["HEAD:refs/heads/w"]);
    run.says("could not decide").says("`refs/heads/release/1`").says("git update-ref --no-deref -d refs/heads/release/1");
    server.git(&["update-ref", "--no-deref", "-d", "refs/heads/release/1"]).ok();
    goes_on(&repo, &server, 1);
}

#[test]
fn in_a_clone_as_well() {
    let (repo, _server) = pushing();
    repo.write("b.txt", "1\n").commit_unjudged("small");
    repo.git(&["update-ref", &long().replace("refs/heads/", "refs/remotes/origin/"), "HEAD~"]).ok();
    repo.git(&["update-ref", &long(), "HEAD"]).ok();
    repo.git(&["update-ref", &long().replace("refs/heads/", "refs/notes/guard/"), "HEAD"]).ok();
    repo.write(".git/refs/remotes/origin/gone", format!("{}\n", "1".repeat(40)));
    repo.guard(&["check"]).ok();
}
