//! Trees that git's own fsck would refuse, and that plumbing makes all the same.

use super::*;

/// One entry of a tree, as git stores it: mode, name, id in hexadecimal.
fn entry(mode: &str, name: &str, id: &str) -> Vec<u8> {
    let raw = (0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16).unwrap());
    [format!("{mode} {name}\0").into_bytes(), raw.collect()].concat()
}

/// A commit on top of `parent` with these entries in `dir`, whatever they are.
fn commit(repo: &Repo, parent: &str, entries: &[Vec<u8>]) -> String {
    let args = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
    let dir = repo.run_with("git", &args, &entries.concat()).ok().line();
    let listing = repo.git(&["ls-tree", parent]).ok().out();
    let others: String = listing.lines().filter(|line| !line.ends_with("\tdir")).map(|line| format!("{line}\n")).collect();
    let tree = repo.run_with("git", &["mktree"], format!("{others}040000 tree {dir}\tdir\n").as_bytes()).ok().line();
    repo.git(&["commit-tree", &tree, "-p", parent, "-m", "by plumbing"]).ok().line()
}

fn blob(repo: &Repo) -> String {
    repo.run_with("git", &["hash-object", "-w", "--stdin"], b"x\n").ok().line()
}

/// The messages about a commit.
#[track_caller]
fn said_of(repo: &Repo, range: &str) -> Vec<String> {
    let json = repo.json(&["check", range]);
    messages(&json, "commit", RULE)
}

#[test]
fn what_fsck_refuses_is_refused() {
    let repo = Repo::with_policy(&guarded());
    let (x, null) = (blob(&repo), NULL.to_owned());
    let file = |name: &str| entry("100644", name, &x);
    for (entries, expected) in [
        (vec![entry("0100644", "f", &x)], "malformed tree at `dir/f`: mode 0100644"),
        (vec![file("f"), file("f")], "malformed tree at `dir/f`: duplicate entry"),
        (vec![file("b"), file("a")], "malformed tree at `dir/a`: entry out of order"),
        (vec![file("a/b")], "malformed tree at `dir/a/b`: name that contains `/`"),
        (vec![file("")], "malformed tree at `dir/`: empty name"),
        (vec![file(".")], "malformed tree at `dir/.`: name `.`"),
        (vec![file("..")], "malformed tree at `dir/..`: name `..`"),
        (vec![file(".GIT")], "malformed tree at `dir/.GIT`: name `.GIT`"),
        (vec![entry("100644", "f", &null)], "malformed tree at `dir/f`: null id"),
    ] {
        let found = said_of(&repo, &format!("main..{}", commit(&repo, "main", &entries)));
        assert!(found.iter().any(|message| message == expected), "{expected}: {found:?}");
    }
    let good = commit(&repo, "main", &[file("a"), file("b")]);
    assert_eq!(said_of(&repo, &format!("main..{good}")), [""; 0]);
}

#[test]
fn its_facts_and_the_server() {
    let repo = Repo::with_policy(&guarded());
    let server = server(&repo, "dev");
    let bad = commit(&repo, "main", &[entry("0100644", "f", &blob(&repo))]);
    let json = received(&repo, &server, &[("refs/heads/work", "", &bad)]);
    let expected = json!({
        "message": "malformed tree at `dir/f`: mode 0100644", "scope": "commit", "paths": ["dir/f"],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": null,
        "help": "git itself makes no such tree: make it anew with git", "next": [
            format!("git worktree add --detach ../anew-{} {}", &bad[..7], &bad[..12]),
            format!("git -C ../anew-{} reset --soft {}^", &bad[..7], &bad[..12]),
        ],
    });
    assert_eq!(*assert_violated(&json, "commit", RULE), expected);
    assert_only_violated(&json, &[RULE]);
}

#[test]
fn a_change_is_blamed_for_what_it_brings_and_not_for_what_stood_there() {
    let repo = Repo::with_policy(&guarded());
    let x = blob(&repo);
    let old = entry("0100644", "old", &x);
    let before = commit(&repo, "main", std::slice::from_ref(&old));
    repo.git(&["reset", "-q", "--hard", &before]).ok();
    let beside = commit(&repo, "main", &[entry("100644", "new", &x), old.clone()]);
    assert_accepted(&repo.json(&["check", &format!("main..{beside}")]));
    let worse = commit(&repo, "main", &[entry("0100644", "new", &x), old.clone()]);
    assert_eq!(said_of(&repo, &format!("main..{worse}")), ["malformed tree at `dir/new`: mode 0100644"]);
    let edited = commit(&repo, "main", &[entry("0100644", "old", &repo.rev("main:a.txt"))]);
    assert_eq!(said_of(&repo, &format!("main..{edited}")), ["malformed tree at `dir/old`: mode 0100644"]);
    // git itself writes the mode anew wherever it touches the directory
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("dir/beside", "x\n").commit_unjudged("by git");
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_merge_is_blamed_for_what_no_parent_has() {
    let repo = Repo::with_policy(&guarded());
    let x = blob(&repo);
    let old = entry("0100644", "old", &x);
    let main = commit(&repo, "main", std::slice::from_ref(&old));
    repo.git(&["branch", "-q", "work", "main"]).ok();
    repo.git(&["update-ref", "refs/heads/main", &main]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.write("w", "w\n").commit_unjudged("w");
    let merge = |entries: &[Vec<u8>]| {
        let tree = repo.rev(&format!("{}^{{tree}}", commit(&repo, "work", entries)));
        repo.git(&["commit-tree", &tree, "-p", "work", "-p", "main", "-m", "merge"]).ok().line()
    };
    assert_eq!(said_of(&repo, &format!("main..{}", merge(std::slice::from_ref(&old)))), [""; 0]);
    let more = merge(&[entry("0100644", "new", &x), old]);
    assert_eq!(said_of(&repo, &format!("main..{more}")), ["malformed tree at `dir/new`: mode 0100644"]);
}
