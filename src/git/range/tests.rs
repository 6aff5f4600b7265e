use super::*;
use crate::git::scratch::Scratch;

#[test]
fn commits_come_after_their_parents() {
    let scratch = Scratch::merged();
    let repo = scratch.repo();
    let found = commits(&repo, &[scratch.oid("main")], &[], 100).unwrap();
    assert_eq!(found.len(), 5);
    for (i, oid) in found.iter().enumerate() {
        for parent in repo.commit(*oid).unwrap().parents {
            assert!(found[..i].contains(&parent));
        }
    }
    assert_eq!(found, commits(&repo, &[scratch.oid("main"), scratch.oid("side")], &[], 5).unwrap());
    let main = scratch.oid("main");
    assert_eq!(commits(&repo, &[main], &[scratch.oid("main^1")], 100).unwrap(), [scratch.oid("side~1"), scratch.oid("side"), main]);
    assert_eq!(commits(&repo, &[main], &[main], 100).unwrap(), []);
    assert_eq!(commits(&repo, &[], &[main], 100).unwrap(), []);
}

#[test]
fn too_many_commits_name_the_setting() {
    let scratch = Scratch::merged();
    let error = commits(&scratch.repo(), &[scratch.oid("main")], &[], 4).unwrap_err();
    assert!(error.message.contains("`guard.maxCommits`"), "{error}");
}

#[test]
fn a_missing_commit_is_an_error() {
    let scratch = Scratch::merged();
    let repo = scratch.repo();
    let nobody = Oid::from_bytes(&[7; 20]).unwrap();
    let main = scratch.oid("main");
    assert!(commits(&repo, &[nobody], &[], 9).unwrap_err().message.contains("missing"));
    assert!(commits(&repo, &[main], &[nobody], 9).is_err());
    assert!(is_ancestor(&repo, nobody, main).is_err() && is_ancestor(&repo, main, nobody).is_err());
    assert!(is_ancestor(&repo, nobody, nobody).is_err());
    assert!(merge_bases(&repo, main, nobody).is_err() && merge_bases(&repo, nobody, main).is_err());
}

#[test]
fn a_shallow_boundary_in_the_range_is_an_error() {
    let scratch = Scratch::merged();
    scratch.commit_files(&[("a", "3\n")]);
    let url = format!("file://{}", scratch.path().display());
    let clone = scratch.home().join("clone");
    scratch.git(&["clone", "-q", "--depth", "2", &url, clone.to_str().unwrap()]);
    let repo = Repo::open_at(&clone);
    let main = scratch.oid("main");
    let error = commits(&repo, &[main], &[], 100).unwrap_err();
    assert_eq!(error.next, ["git fetch --unshallow"]);
    assert_eq!(commits(&repo, &[main], &[scratch.oid("main~1")], 100).unwrap(), [main]);
}

#[test]
fn replace_refs_change_nothing() {
    let scratch = Scratch::merged();
    let (main, before) = (scratch.oid("main"), commits(&scratch.repo(), &[scratch.oid("main")], &[], 100).unwrap());
    let tree = scratch.repo().commit(main).unwrap().tree;
    scratch.git(&["replace", "main", "side"]);
    assert_eq!(scratch.git(&["rev-list", "--count", "main"]), "3");
    let repo = scratch.repo();
    assert_eq!(commits(&repo, &[main], &[], 100).unwrap(), before);
    assert_eq!(repo.commit(main).unwrap().tree, tree);
    assert!(is_ancestor(&repo, before[0], main).unwrap());
}

#[test]
fn ancestors_and_bases() {
    let scratch = Scratch::merged();
    let repo = scratch.repo();
    let (main, side, root) = (scratch.oid("main"), scratch.oid("side"), scratch.oid("side~2"));
    assert!(is_ancestor(&repo, side, main).unwrap() && is_ancestor(&repo, main, main).unwrap());
    assert!(!is_ancestor(&repo, main, side).unwrap());
    assert_eq!(merge_bases(&repo, scratch.oid("main^1"), side).unwrap(), [root]);
    scratch.git(&["checkout", "-q", "--orphan", "other"]);
    let other = scratch.commit_all();
    assert_eq!(merge_bases(&repo, main, other).unwrap(), []);
    assert!(!is_ancestor(&repo, other, main).unwrap());
}

#[test]
fn a_tree_is_sought_among_first_parents() {
    let scratch = Scratch::merged();
    let repo = scratch.repo();
    let tree = |name: &str| scratch.oid(&format!("{name}^{{tree}}"));
    let main = scratch.oid("main");
    assert!(tree_in_history(&repo, tree("main"), main, 1).unwrap());
    assert!(tree_in_history(&repo, tree("main~2"), main, 3).unwrap());
    assert!(!tree_in_history(&repo, tree("main~2"), main, 2).unwrap());
    assert!(!tree_in_history(&repo, tree("side"), main, 100).unwrap());
}

fn named(repo: &Repo, branch: &str, remote: Option<&str>) -> Option<String> {
    base(repo, branch, remote).unwrap().map(|b| b.name)
}

/// The default branch where something says which one it is.
fn default_name(repo: &Repo, policy_ref: Option<&str>) -> Option<String> {
    match default_branch(repo, policy_ref, None).unwrap() {
        DefaultBranch::Named(name) => Some(name),
        DefaultBranch::Unsaid { .. } | DefaultBranch::Nothing => None,
    }
}

fn all_tips(repo: &Repo, remote: Option<&str>) -> Vec<String> {
    let tips = tips(repo, &|_| true, remote).unwrap();
    tips.into_iter().map(|(name, _)| String::from_utf8(name).unwrap()).collect()
}

fn clone(scratch: &Scratch, how: &[&str]) -> Repo {
    let to = scratch.home().join("clone");
    let mut args = vec!["clone", "-q"];
    args.extend(how);
    let from = scratch.path();
    args.extend([from.to_str().unwrap(), to.to_str().unwrap()]);
    scratch.git(&args);
    Repo::open_at(&to)
}

fn in_clone(scratch: &Scratch, args: &[&str]) {
    let clone = scratch.home().join("clone");
    let mut all = vec!["-C", clone.to_str().unwrap()];
    all.extend(args);
    scratch.git(&all);
}

#[test]
fn without_a_remote_local_branches_count() {
    let scratch = Scratch::merged();
    let repo = scratch.repo();
    assert_eq!(named(&repo, "main", None).as_deref(), Some("refs/heads/main"));
    assert_eq!(named(&repo, "nothing", None), None);
    assert_eq!(named(&repo, "../x", None), None);
    assert_eq!(default_name(&repo, None).as_deref(), Some("main"));
    assert_eq!(all_tips(&repo, None), ["refs/heads/main", "refs/heads/side"]);
    scratch.branch("work", "side");
    scratch.git(&["branch", "-D", "main"]);
    assert_eq!(default_name(&repo, None).as_deref(), Some("work"));
    assert_eq!(default_branch(&Scratch::new().repo(), None, None).unwrap(), DefaultBranch::Nothing);
}

#[test]
fn a_client_knows_the_remotes_branches() {
    let scratch = Scratch::merged();
    scratch.branch("trunk", "side");
    let repo = clone(&scratch, &[]);
    assert_eq!(default_name(&repo, None).as_deref(), Some("trunk"));
    assert_eq!(named(&repo, "main", None).as_deref(), Some("refs/remotes/origin/main"));
    let tracking = ["refs/remotes/origin/main", "refs/remotes/origin/side", "refs/remotes/origin/trunk"];
    assert_eq!(all_tips(&repo, None), tracking);
    assert_eq!(all_tips(&repo, Some("https://example.org/elsewhere")), tracking);
    in_clone(&scratch, &["checkout", "-q", "-b", "mine"]);
    assert_eq!(named(&repo, "mine", None).as_deref(), Some("refs/heads/mine"));
    in_clone(&scratch, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"]);
    let unsaid = |repo: &Repo| match default_branch(repo, Some("main"), None).unwrap() {
        DefaultBranch::Unsaid { remote, branches } => (remote, branches.into_iter().map(|(name, _)| name).collect::<Vec<_>>()),
        named @ (DefaultBranch::Named(_) | DefaultBranch::Nothing) => panic!("{named:?}"),
    };
    let branches = ["main", "side", "trunk"].map(str::to_owned).to_vec();
    assert_eq!(unsaid(&repo), ("origin".to_owned(), branches.clone()));
    in_clone(&scratch, &["remote", "set-head", "origin", "-d"]);
    assert_eq!(unsaid(&repo), ("origin".to_owned(), branches));
}

#[test]
fn which_remote_counts() {
    let scratch = Scratch::merged();
    let repo = clone(&scratch, &["-o", "upstream"]);
    assert_eq!(named(&repo, "side", None).as_deref(), Some("refs/remotes/upstream/side"));
    in_clone(&scratch, &["remote", "add", "fork", "."]);
    in_clone(&scratch, &["update-ref", "refs/remotes/fork/side", "HEAD"]);
    assert_eq!(named(&repo, "side", None).as_deref(), Some("refs/remotes/upstream/side"));
    assert_eq!(named(&repo, "side", Some("fork")).as_deref(), Some("refs/remotes/fork/side"));
    in_clone(&scratch, &["checkout", "-q", "--no-track", "-b", "mine"]);
    assert_eq!(named(&repo, "side", None), None);
    in_clone(&scratch, &["remote", "add", "origin", "."]);
    in_clone(&scratch, &["update-ref", "refs/remotes/origin/side", "HEAD"]);
    assert_eq!(named(&repo, "side", None).as_deref(), Some("refs/remotes/origin/side"));
}

#[test]
fn a_server_knows_its_own_branches() {
    let scratch = Scratch::merged();
    scratch.branch("trunk", "side");
    let repo = clone(&scratch, &["--bare"]);
    assert!(repo.is_bare());
    assert_eq!(default_name(&repo, None).as_deref(), Some("trunk"));
    assert_eq!(default_name(&repo, Some("refs/heads/main")).as_deref(), Some("main"));
    assert_eq!(default_name(&repo, Some("side")).as_deref(), Some("side"));
    assert_eq!(named(&repo, "main", Some("origin")).as_deref(), Some("refs/heads/main"));
    assert_eq!(all_tips(&repo, None).len(), 3);
}

#[test]
fn names_are_bytes_and_patterns_see_the_short_name() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::merged();
    let main = scratch.oid("main");
    let odd = scratch.path().join(".git/refs/heads").join(std::ffi::OsStr::from_bytes(b"release-\xff"));
    std::fs::write(odd, format!("{main}\n")).unwrap();
    scratch.git(&["branch", "release/1.0", "side"]);
    let found = tips(&scratch.repo(), &|name| name.starts_with(b"release"), None).unwrap();
    let expected = [(b"refs/heads/release-\xff".to_vec(), main), (b"refs/heads/release/1.0".to_vec(), scratch.oid("side"))];
    assert_eq!(found, expected);
}

#[test]
fn a_branch_that_reaches_no_commit_is_an_error() {
    let scratch = Scratch::merged();
    let tree = scratch.oid("main^{tree}");
    scratch.write(".git/refs/heads/broken", format!("{tree}\n"));
    scratch.git(&["tag", "-a", "-m", "tag", "v1", "side"]);
    let tag = scratch.oid("v1");
    scratch.write(".git/refs/heads/tagged", format!("{tag}\n"));
    let repo = scratch.repo();
    assert!(base(&repo, "broken", None).unwrap_err().message.contains("`refs/heads/broken` leads to no commit"));
    assert!(tips(&repo, &|_| true, None).is_err());
    assert_eq!(tips(&repo, &|name| name == b"tagged", None).unwrap()[0].1, scratch.oid("side"));
}
