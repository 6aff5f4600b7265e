//! A history that somebody else made.

use super::*;
use crate::git::scratch::{Stat, assert_numstat, deltas, numstat, run};

/// Every commit of a repository that `GUARD_TEST_REPOSITORY` names (merges aside), on demand.
#[test]
#[ignore = "needs a repository: GUARD_TEST_REPOSITORY=<path> cargo test -- --ignored real_history"]
fn real_history_counts_as_in_git() {
    let dir = std::path::PathBuf::from(std::env::var_os("GUARD_TEST_REPOSITORY").unwrap());
    let most = std::env::var("GUARD_TEST_COMMITS").unwrap_or("500".to_owned());
    let list = run(&dir, &["rev-list", "--no-merges", "--parents", "-n", &most, "--all"]);
    let repo = Repo::open_at(&dir);
    let nothing = policy(&[]);
    let (mut commits, mut similar) = (0, 0);
    for line in String::from_utf8(list).unwrap().lines() {
        let Some((commit, parent)) = line.split_once(' ') else { continue };
        let tree = repo.commit(Oid::from_hex(commit).unwrap()).unwrap().tree;
        let mut found = match file_changes(&repo, deltas(&dir, parent, commit), tree, &nothing) {
            Ok(found) => found,
            Err(e) if e.message.contains("is missing") => continue, // a partial clone, and git can't count it either
            Err(e) => panic!("{commit}: {e}"),
        };
        count_exactly(&repo, &mut found).unwrap();
        assert_numstat(&found, &theirs(&dir, "-M100%", parent, commit, &found), commit);
        let joined = join_similar(&repo, &found, &[(0..found.len()).collect()]).unwrap();
        similar += usize::from(joined.len() != found.len());
        assert_numstat(&joined, &theirs(&dir, "-M", parent, commit, &joined), commit);
        commits += 1;
    }
    assert!(commits > 0 && similar > 0, "{commits} commits, {similar} with similar files");
}

/// git calls an unchanged file binary where it is; we don't look, since it has no lines either way.
fn theirs(dir: &std::path::Path, how: &str, old: &str, new: &str, ours: &[FileChange]) -> Vec<Stat> {
    let mut theirs = numstat(dir, how, old, new);
    for (stat, change) in theirs.iter_mut().zip(ours) {
        if change.old.map(|e| e.oid) == change.new.map(|e| e.oid) {
            stat.0 = stat.0.or(Some((0, 0)));
        }
    }
    theirs
}
