//! Trees that are too much, and trees that git would never make.

use super::*;

/// Ten times the same in each of ten directories, ten deep: ten thousand million entries in eleven trees.
fn bomb(repo: &Repo, innermost: &str, kind: &str) -> String {
    let mut inner = (kind.to_owned(), innermost.to_owned());
    for _ in 0..10 {
        let mode = if inner.0 == "blob" { "100644" } else { "040000" };
        let entries: String = (0..10).map(|n| format!("{mode} {} {}\tn{n}\n", inner.0, inner.1)).collect();
        inner = ("tree".to_owned(), repo.run_with("git", &["mktree"], entries.as_bytes()).ok().line());
    }
    commit_tree(repo, "bomb", &inner.1)
}

#[test]
fn ten_thousand_million_files_in_eleven_trees() {
    let (repo, server) = hostile();
    let bomb = bomb(&repo, &blob(&repo, b"x\n"), "blob");
    let refspec = format!("{bomb}:refs/heads/bomb");
    server.push(&repo, &[&refspec]).undecided("more than 100000 paths differ (`guard.maxPaths`)").says(&bomb[..7]);
    // A bound that is set too high for the machine still ends in time, and in words.
    server.repo.git(&["config", "guard.maxPaths", "1000000000"]).ok();
    let run = server.push(&repo, &[&refspec]);
    assert_eq!(run.status, 2, "{}", run.run.err());
    assert!(
        ["entries of trees", "MiB of differing paths", "guard.deadline (4s)"].iter().any(|bound| run.run.err().contains(bound))
    );
}

#[test]
fn ten_thousand_million_directories_that_hold_nothing() {
    let (repo, server) = hostile();
    let empty = repo.run_with("git", &["mktree"], b"").ok().line();
    let bomb = bomb(&repo, &empty, "tree");
    let run = server.push(&repo, &[&format!("{bomb}:refs/heads/bomb")]);
    // Where no path differs, entries are what is counted, or on a slow machine, time.
    let bound = if run.run.err().contains("guard.deadline") {
        "guard.deadline (4s) passed"
    } else {
        "takes more than 4000000 entries of trees"
    };
    run.undecided(bound).says(&bomb[..7]);
}

#[test]
fn three_thousand_levels() {
    let (repo, server) = hostile();
    // Later versions of git have a bound of their own, below this.
    for side in [&repo, &server.repo] {
        side.git(&["config", "core.maxTreeDepth", "5000"]).ok();
    }
    let path = format!("{}f", "d/".repeat(3_000));
    import(&repo, format!("{}M 100644 inline {path}\ndata 2\nx\n", commit("deep", "refs/heads/main", "deep")));
    server.push(&repo, &["deep"]).undecided("goes more than 1024 directories deep, which is the bound");
}

#[test]
fn what_git_s_own_fsck_refuses() {
    let (repo, server) = hostile();
    let (x, empty, null) = (blob(&repo, b"x\n"), repo.run_with("git", &["mktree"], b"").ok().line(), "0".repeat(40));
    let file = |name: &str| entry("100644", name, &x);
    for (number, (entries, said)) in [
        (vec![entry("140000", "f", &x)], "mode 140000"),
        (vec![entry("000000", "f", &x)], "mode 000000"),
        (vec![entry("0100644", "f", &x)], "mode 0100644"),
        (vec![entry("040000", "d", &empty)], "mode 040000"),
        (vec![file("f"), file("f")], "duplicate entry"),
        (vec![file("f"), file("f.x"), entry("40000", "f", &empty)], "duplicate entry"),
        (vec![file("b"), file("a")], "entry out of order"),
        (vec![file("a/b")], "name that contains `/`"),
        (vec![file("")], "empty name"),
        (vec![file(".")], "name `.`"),
        (vec![file("..")], "name `..`"),
        (vec![file(".git")], "name `.git`"),
        (vec![file(".GiT")], "name `.GiT`"),
        (vec![file("git~1")], "`git~1` is `.git` to some file system"),
        (vec![file(".git ")], "`.git ` is `.git` to some file system"),
        (vec![file(".git.")], "`.git.` is `.git` to some file system"),
        (vec![file(".git::$INDEX_ALLOCATION")], "`.git::$INDEX_ALLOCATION`"),
        (vec![file(".g\u{200c}it")], "is `.git` to some file system"),
        (vec![entry("40000", ".git", &empty)], "name `.git`"),
        (vec![entry("100644", "f", &null)], "null id"),
    ]
    .into_iter()
    .enumerate()
    {
        let bad = commit_tree(&repo, "dir", &tree(&repo, &entries.concat()));
        // git itself would not send what it can't read, nor take it: only the guard's own answer is asked for.
        let name = format!("refs/heads/bad{number}");
        let run = server.hand_over(&repo, &bad, &name).rejected("safe-path");
        assert!(run.err().contains(said), "{said}: {}", run.err());
    }
}

#[test]
fn trees_that_a_push_carries_although_fsck_would_refuse_them() {
    let (repo, server) = hostile();
    let x = blob(&repo, b"x\n");
    for (name, entries) in [
        ("mode", vec![entry("0100644", "f", &x)]),
        ("order", vec![entry("100644", "b", &x), entry("100644", "a", &x)]),
        ("twice", vec![entry("100644", "f", &x), entry("100644", "f", &x)]),
        ("git", vec![entry("100644", ".git", &x)]),
    ] {
        let bad = commit_tree(&repo, "dir", &tree(&repo, &entries.concat()));
        server.push(&repo, &[&format!("{bad}:refs/heads/{name}")]).rejected("safe-path").says("remote: ").says("malformed tree at");
    }
}

#[test]
fn an_old_history_comes_in_and_counts_as_what_git_reads() {
    let (repo, server) = hostile();
    let x = blob(&repo, b"x\n");
    // Mode 100664, which git wrote in 2005: a file like any other.
    let old = commit_tree(&repo, "old", &tree(&repo, &entry("100664", "f", &x)));
    server.push(&repo, &[&format!("{old}:refs/heads/old")]).accepted();
    let limited = OPEN.replace("[specialist", "[defaults]\nmax-files-per-commit = 5\n\n[specialist");
    server.repo.write("limited.toml", limited).git(&["config", "guard.policyFile", "limited.toml"]).ok();
    let many: Vec<u8> = (100..130).flat_map(|n| entry("100775", &format!("f{n}"), &x)).collect();
    let many = commit_tree(&repo, "many", &tree(&repo, &many));
    server.push(&repo, &[&format!("{many}:refs/heads/many")]).rejected("file-limit");
    // What fsck refuses comes in where the administrator has named it, and nothing else does.
    let (listed, new) = (tree(&repo, &entry("0100644", "f", &x)), tree(&repo, &entry("0100644", "g", &x)));
    server.repo.write("import", format!("{listed}\n")).git(&["config", "receive.fsck.skipList", "import"]).ok();
    let (listed, new) = (commit_tree(&repo, "listed", &listed), commit_tree(&repo, "new", &new));
    server.push(&repo, &[&format!("{listed}:refs/heads/listed")]).accepted();
    server.push(&repo, &[&format!("{new}:refs/heads/new")]).rejected("safe-path").says("mode 0100644");
}
