//! Git's own ways with all refs at once: the ledger stands in the way of none, and none takes it away.

use super::*;

/// A bare repository that holds all of `repo`, as it is now.
fn mirror(repo: &Repo) -> Repo {
    let mirror = repo.sibling("mirror.git");
    if !mirror.path().exists() {
        repo.git(&["clone", "-q", "--mirror", repo.path().to_str().unwrap(), mirror.path().to_str().unwrap()]).ok();
    }
    mirror.git(&["fetch", "-q"]).ok();
    mirror
}

const OPEN: &str =
    "version = 1\nbase = \"main\"\n[defaults]\nmax-files-per-commit = 5\n[specialist.\"*\"]\n[evidence]\nland = \"claimed\"\n";

#[test]
fn a_mirror_is_taken_every_night() {
    let repo = Repo::with_policy(OPEN);
    let server = repo.guarded_remote();
    repo.git(&["remote", "remove", "origin"]).ok();
    for night in 1..=3 {
        repo.write("a.txt", format!("{night}\n")).commit_unjudged("more");
        mirror(&repo).git(&["push", "-q", "--mirror", "../server.git"]).ok();
        assert_eq!(entries(&server).len(), night);
    }
    // A branch that is gone goes; a clone that prunes keeps going.
    repo.git(&["branch", "old"]).ok();
    mirror(&repo).git(&["push", "-q", "--mirror", "../server.git"]).ok();
    repo.git(&["branch", "-q", "-D", "old"]).ok();
    repo.sibling("mirror.git").git(&["fetch", "-q", "--prune"]).ok();
    mirror(&repo).git(&["push", "-q", "--mirror", "../server.git"]).ok();
    server.git(&["rev-parse", "--verify", "refs/heads/old"]).exits(128);
    repo.git(&["fetch", "-q", "../server.git", "refs/guard/ledger"]).ok();
    repo.write_many("big", 6).commit_unjudged("big");
    mirror(&repo).git(&["push", "-q", "--mirror", "../server.git"]).rejected().says("6 files changed in this commit");
}

#[test]
fn a_mirror_of_a_guarded_server_keeps_another_one_up_to_date() {
    let repo = Repo::with_policy(OPEN);
    let server = repo.guarded_remote();
    let standby = repo.sibling("standby.git");
    repo.git(&["init", "-q", "--bare", "-b", "main", "../standby.git"]).ok();
    standby.guard(&["install", "--server"]).ok();
    for night in 1..=3 {
        repo.write("a.txt", format!("{night}\n")).commit_unjudged("more");
        repo.git(&["push", "-q", "origin", "main"]).ok();
        let mirror = repo.sibling("of-server.git");
        if !mirror.path().exists() {
            repo.git(&["clone", "-q", "--mirror", server.path().to_str().unwrap(), "../of-server.git"]).ok();
        }
        mirror.git(&["fetch", "-q"]).ok();
        assert!(mirror.state_of_refs().contains("refs/guard/ledger"));
        // The ledger itself git refuses by its own words, here as in a mirror that comes back; all else goes on.
        let run = mirror.git(&["push", "--mirror", "../standby.git"]).says("deny updating a hidden ref");
        run.says_not("could not decide").says_not("pre-receive hook declined");
        mirror.git(&["push", "--mirror", "../server.git"]).says("deny updating a hidden ref");
        assert_eq!(standby.rev("main"), repo.rev("main"));
        assert_eq!(entries(&standby).len(), night);
    }
}

#[test]
fn all_branches_with_prune_are_taken() {
    let (repo, server) = pair(POLICY);
    for n in 1..=2 {
        branch(&repo, &format!("b{n}"), 1);
        taken(&repo, &["--prune", "refs/*:refs/*", "^refs/remotes/*"]);
        assert_eq!(entries(&server).len(), n);
    }
}

#[test]
fn nobody_deletes_or_moves_it() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    for args in [&[":refs/guard/ledger"][..], &["--force", "a:refs/guard/ledger"], &["a:refs/guard/other"]] {
        repo.git(&[&["push", "origin"], args].concat()).rejected();
    }
    assert_eq!(entries(&server).len(), 1);
    assert_eq!(server.git(&["for-each-ref", "--format=%(refname)", "refs/guard"]).ok().out(), "refs/guard/ledger\n");
}

#[test]
fn a_server_on_which_the_setting_is_missing_is_told() {
    let (_repo, server) = pair(POLICY);
    assert_eq!(server.git(&["config", "receive.hideRefs"]).ok().line(), "refs/guard");
    server.guard(&["install", "--server"]).ok();
    assert_eq!(server.git(&["config", "--get-all", "receive.hideRefs"]).ok().out(), "refs/guard\n");
    server.git(&["config", "receive.hideRefs", "!refs/guard"]).ok();
    server.guard(&["doctor", "--server"]).rejected().says("git config --add receive.hideRefs refs/guard");
    server.git(&["config", "--add", "receive.hideRefs", "refs/guard"]).ok();
    server.guard(&["doctor", "--server"]).says_not("hideRefs");
    // What somebody else hides stays hidden.
    server.git(&["config", "--unset-all", "receive.hideRefs"]).ok();
    server.git(&["config", "receive.hideRefs", "refs/pull"]).ok();
    server.guard(&["install", "--server"]).ok();
    assert_eq!(server.git(&["config", "--get-all", "receive.hideRefs"]).ok().out(), "refs/pull\nrefs/guard\n");
    server.guard(&["uninstall"]).ok();
    assert_eq!(server.git(&["config", "--get-all", "receive.hideRefs"]).ok().out(), "refs/pull\n");
}
