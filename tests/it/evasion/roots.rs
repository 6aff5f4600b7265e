//! What comes to a protected branch by way of another one that is behind, new, or rooted elsewhere.

use super::*;

/// `main` and `release/*` are protected; others' work of nine files lies between `old` and `main`. Logged in as `dev`.
fn behind() -> (Repo, Repo) {
    let policy =
        STRICT_POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]\nfree = [\"free/**\"]");
    let repo = Repo::with_policy(&policy);
    repo.git(&["branch", "old"]).ok();
    for part in ["a", "b", "c"] {
        repo.author("boss@example.org").write_many(part, 3).commit_unjudged(part);
    }
    repo.author("author@example.org");
    let server = repo.guarded_remote();
    repo.login("dev");
    (repo, server)
}

/// A commit of that tree on these parents, which no branch holds.
fn plumbed(repo: &Repo, tree: &str, parents: &[&str]) -> String {
    let parents = parents.iter().flat_map(|parent| ["-p", parent]);
    let args: Vec<&str> = ["commit-tree", tree, "-m", "plumbed"].into_iter().chain(parents).collect();
    repo.git(&args).ok().line()
}

/// A commit that has nothing before it.
fn orphan(repo: &Repo) -> String {
    let empty = repo.run_with("git", &["mktree"], b"").ok().line();
    plumbed(repo, &empty, &[])
}

#[track_caller]
fn refused(repo: &Repo, server: &Repo, commit: &str, to: &str, why: &str) {
    let before = server.state_of_refs();
    repo.git(&["push", "origin", &format!("{commit}:refs/heads/{to}")]).rejected().says(why);
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn others_work_taken_back_by_way_of_a_release_that_is_behind() {
    let (repo, server) = behind();
    let back = plumbed(&repo, "old^{tree}", &["old", "main"]);
    let ours = plumbed(&repo, "old^{tree}", &["main", "old"]);
    let squashed = plumbed(&repo, "old^{tree}", &["main"]);
    for commit in [&back, &ours, &squashed] {
        refused(&repo, &server, commit, "main", "files changed in this");
    }
    repo.login("boss").git(&["push", "-q", "origin", "old:refs/heads/release/9"]).ok();
    repo.login("dev");
    // To the release first, to both at once in either order, by a branch that is not protected or that is work space, as an octopus.
    for commit in [&back, &ours, &squashed] {
        refused(&repo, &server, commit, "release/9", "files changed in this");
        refused(&repo, &server, commit, "wip", "files changed in this");
        let (release, main) = (format!("{commit}:refs/heads/release/9"), format!("{commit}:refs/heads/main"));
        for both in [[&release, &main], [&main, &release]] {
            let before = server.state_of_refs();
            repo.git(&["push", "origin", both[0], both[1]]).rejected().says("files changed in this session, 8 allowed");
            assert_eq!(server.state_of_refs(), before);
        }
        let on_top = plumbed(&repo, "old^{tree}", &[commit, "main", "old"]);
        repo.git(&["push", "-q", "origin", &format!("+{commit}:refs/heads/free/a")]).ok();
        refused(&repo, &server, commit, "release/9", "files changed in this");
        refused(&repo, &server, &on_top, "main", "files changed in this");
    }
    // Nor does an owner make a release there, who has the same limits.
    repo.login("boss");
    refused(&repo, &server, &back, "release/10", "files changed in this");
    repo.login("dev");
    // What takes nothing back of main goes both ways.
    let clean = plumbed(&repo, "main^{tree}", &["old", "main"]);
    repo.git(&["push", "-q", "origin", &format!("{clean}:refs/heads/release/9")]).ok();
    // From there it is one commit of nine files, to either.
    let back = plumbed(&repo, "old^{tree}", &[&clean]);
    refused(&repo, &server, &back, "release/9", "9 files changed in this session, 8 allowed");
    refused(&repo, &server, &back, "main", "9 files changed in this session, 8 allowed");
    repo.git(&["push", "-q", "origin", &format!("{clean}:refs/heads/main")]).ok();
}

#[test]
fn a_second_root_by_way_of_a_new_branch_or_of_one_that_has_it() {
    let (repo, server) = behind();
    let orphan = orphan(&repo);
    let why = "is protected and would get a second root";
    for parents in [["main", orphan.as_str()], [orphan.as_str(), "main"]] {
        let merge = plumbed(&repo, "main^{tree}", &parents);
        repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/9"]).ok();
        repo.login("dev");
        for to in ["main", "release/9", "release/8"] {
            refused(&repo, &server, &merge, to, why);
        }
        // Two commits later, and under a tag or a branch that nothing protects, it is no other root.
        let later = plumbed(&repo, "main^{tree}", &[&plumbed(&repo, "main^{tree}", &[&merge])]);
        repo.git(&["push", "-q", "origin", &format!("{later}:refs/heads/wip"), &format!("{later}:refs/tags/wip")]).ok();
        refused(&repo, &server, &later, "main", why);
        refused(&repo, &server, &later, "release/8", why);
        // A release that an administrator has let it into excuses nobody elsewhere, and what starts there is an owner's to make.
        server.git(&["update-ref", "refs/heads/release/9", &later]).ok();
        refused(&repo, &server, &later, "main", why);
        refused(&repo, &server, &later, "release/8", "owners alone make such a branch");
        server.git(&["update-ref", "refs/heads/release/9", "refs/heads/main"]).ok();
        repo.git(&["push", "-q", "origin", ":refs/heads/wip", ":refs/tags/wip"]).ok();
    }
}

#[test]
fn nobody_moves_the_root_of_the_base_s_first_parents() {
    let (repo, server) = behind();
    let orphan = orphan(&repo);
    let why = "would get another root, by which it is known which repository this is";
    let moved = plumbed(&repo, "main^{tree}", &[&orphan, "main"]);
    let below = plumbed(&repo, "main^{tree}", &[&moved, "main"]);
    let two = plumbed(&repo, "main^{tree}", &[&plumbed(&repo, "main^{tree}", &[&orphan]), "main"]);
    repo.login("boss");
    for commit in [&moved, &below, &two] {
        refused(&repo, &server, commit, "main", why);
    }
    // An owner may have it on a release, from where it doesn't come to main either.
    repo.git(&["push", "-q", "origin", &format!("{moved}:refs/heads/release/9")]).ok();
    refused(&repo, &server, &moved, "main", why);
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).ok();
    refused(&repo, &server, &moved, "alias", why);
    // With main's own tip first it is a merge of another history, which is an owner's to make.
    let merged = plumbed(&repo, "main^{tree}", &["main", &orphan]);
    repo.git(&["push", "-q", "origin", &format!("{merged}:refs/heads/main")]).ok();
    assert_eq!(server.git(&["rev-list", "--first-parent", "--max-parents=0", "main"]).ok().line(), repo.rev("old"));
}

#[test]
fn a_halt_from_a_fresh_clone_is_heard_after_another_history_has_come_in() {
    let repo = Repo::new();
    let owner = format!("users = [\"boss\"]\nkeys = [\"{}\"]\n", repo.key("boss").public);
    repo.write("policy.toml", STRICT_POLICY.replace("users = [\"boss\"]\n", &owner)).commit_unjudged("start");
    repo.guarded_remote();
    let merged = plumbed(&repo, "main^{tree}", &["main", &orphan(&repo)]);
    repo.login("boss").git(&["push", "-q", "origin", &format!("{merged}:refs/heads/main")]).ok();
    let fresh = repo.clone_from_server("fresh");
    let key = repo.key("boss").private;
    fresh.guard(&["halt", "--reason", "broken", "--sign", key.to_str().unwrap(), "--push", "origin"]).ok().says("halted");
    branch_of_one(&repo);
    repo.login("dev").git(&["push", "origin", "work"]).rejected().says("error[halted]");
    repo.git(&["push", "origin", "main:refs/tags/v1"]).rejected().says("error[halted]");
}

fn branch_of_one(repo: &Repo) {
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("b");
}
