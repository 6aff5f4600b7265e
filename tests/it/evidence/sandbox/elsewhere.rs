//! Other ways to what isn't tested: the repository itself, other work trees, what it borrows from, what is open, what is laid over it.

use super::*;

/// Fails for another reason than that git isn't there.
fn reads(git_dir: &str) -> String {
    format!("git --version && git --git-dir={git_dir} cat-file -p HEAD:a.txt")
}

#[test]
fn the_repository_itself() {
    let repo = Repo::new();
    dirty(&repo, &reads("@/.git"), "");
    finds_nothing(&repo);
    // Where it stands elsewhere.
    let repo = Repo::new();
    dirty(&repo, &reads("^/apart.git"), "");
    repo.git(&["init", "-q", "--separate-git-dir", "../apart.git"]).ok();
    finds_nothing(&repo);
    repo.set("GIT_DIR", repo.scratch().join("apart.git")).set("GIT_WORK_TREE", repo.path());
    finds_nothing(&repo);
}

#[test]
fn a_bare_repository_and_its_work_trees() {
    let repo = Repo::new();
    dirty(&repo, &format!("{} || cat ^/second/untracked", reads("^/server.git")), "");
    let server = repo.remote();
    finds_nothing(&server);
    server.git(&["worktree", "add", "-q", "../second", "main"]).ok();
    server.sibling("second").write("untracked", "not tested\n");
    finds_nothing(&server);
    finds_nothing(&repo.sibling("second"));
}

#[test]
fn other_work_trees_of_the_repository() {
    let repo = Repo::new();
    dirty(&repo, "cat ^/second/untracked || cat @/untracked || cat @/inside/untracked", "");
    repo.git(&["worktree", "add", "-q", "-b", "second", "../second"]).ok();
    repo.git(&["worktree", "add", "-q", "-b", "inside", "inside"]).ok();
    let (second, inside) = (repo.sibling("second"), repo.within("inside"));
    second.write("untracked", "not tested\n");
    inside.write("untracked", "not tested\n");
    for one in [&repo, &second, &inside] {
        finds_nothing(one);
    }
    // One that stands in another is where it was, and what is around it is gone.
    repo.write("policy.toml", suites(&[("s", &table(&repo, "test \"$(cat @/inside/a.txt)\" = tested && ! cat @/a.txt", ""))]));
    repo.git(&["checkout", "-q", "a.txt"]).ok();
    repo.git(&["add", "policy.toml"]).ok();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "another suite"]).ok();
    inside.git(&["reset", "-q", "--hard", "main"]).ok();
    finds_what_is_tested(&inside);
    // One that isn't there any more hinders nobody.
    std::fs::remove_dir_all(second.path()).unwrap();
    finds_what_is_tested(&inside);
}

#[test]
fn stores_of_objects_that_it_borrows_from() {
    let first = Repo::new();
    dirty(&first, &reads("^/work/.git"), "");
    first.git(&["clone", "-q", "-s", ".", "../middle"]).ok();
    first.git(&["clone", "-q", "-s", "../middle", "../last"]).ok();
    finds_nothing(&first.sibling("last"));
    // What the environment says that git borrows from.
    first.git(&["clone", "-q", ".", "../apart"]).ok();
    let apart = first.sibling("apart");
    finds_nothing(&apart.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", first.file(".git/objects")).within(""));
}

#[test]
fn what_whoever_calls_has_open() {
    let repo = Repo::new();
    dirty(&repo, "cat /proc/self/fd/9/untracked || cat /proc/$PPID/cwd/untracked || cat /proc/$PPID/root@/untracked", "");
    if finds_nothing(&repo) {
        let run = repo.run("sh", &["-c", "exec 9<. && exec guard test s --rev HEAD --again"]);
        run.rejected().says("  sandbox: tree: ");
    }
}

#[test]
fn what_lies_over_the_work_tree_stays() {
    let repo = Repo::new();
    let script = "umount @ || umount -l @; cat @/untracked || unshare -Urm sh -c \"umount @; cat @/untracked\" || \
                  unshare -Urm sh -c \"mount --bind ^ /mnt; cat /mnt/work/untracked\"";
    dirty(&repo, script, "");
    finds_nothing(&repo);
}
