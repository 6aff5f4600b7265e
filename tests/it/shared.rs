//! A repository that several accounts of one group write: what the guard writes there has the modes that git gives.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::*;

const POLICY: &str = r#"version = 1
base = "main"

[specialist."*"]

[area.app]
paths = ["app/"]
requires = ["unit"]

[suite.unit]
run = "true"

[evidence]
branch = "none"
land = "claimed"
"#;

/// Runs a command line under that umask.
fn under(repo: &Repo, mask: &str, line: &str) -> Run {
    repo.run("sh", &["-c", &format!("umask {mask}; {line}")])
}

/// All files and directories below, without the hooks, which git copies as they are.
fn below(place: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() || path.ends_with("hooks") {
            continue;
        }
        found.push(path.clone());
        if path.is_dir() {
            below(&path, found);
        }
    }
}

/// What isn't as a setting wants it: files have at least `file` of their owner's bits for the others, directories `dir`.
fn odd(place: &Path, file: u32, dir: u32) -> Vec<String> {
    let mut all = Vec::new();
    below(place, &mut all);
    assert!(all.len() > 20, "{all:?}");
    let wrong = |path: &PathBuf| {
        let mode = path.metadata().unwrap().permissions().mode() & 0o7777;
        let object = path.is_file() && mode & 0o200 == 0;
        let wanted = if path.is_dir() {
            dir
        } else if object {
            file & !0o222
        } else {
            file
        };
        (mode & wanted != wanted).then(|| format!("{mode:o} {}", path.display()))
    };
    all.iter().filter_map(wrong).collect()
}

fn server(repo: &Repo, shared: &str) -> Repo {
    let server = repo.sibling("server.git");
    let line = format!("git init -q --bare -b main --shared={shared} {}", server.path().display());
    under(repo, "022", &line).ok();
    repo.git(&["remote", "add", "origin", server.path().to_str().unwrap()]).ok();
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    under(&server, "022", "guard install --server").ok();
    server
}

#[test]
fn a_server_of_a_group_stays_the_groups() {
    for (shared, mask, file, dir) in [
        ("group", "022", 0o660, 0o2770),
        ("group", "077", 0o660, 0o2770),
        ("all", "077", 0o664, 0o2775),
        ("0640", "077", 0o640, 0o2750),
    ] {
        let repo = Repo::with_policy(POLICY);
        let server = server(&repo, shared);
        for (n, name) in ["main", "main", "work"].into_iter().enumerate() {
            repo.write("b.txt", format!("{n}\n")).commit_unjudged("more");
            under(&repo, mask, &format!("git push -q origin HEAD:{name}")).ok();
        }
        assert_eq!(server.git(&["rev-list", "--count", "refs/guard/ledger"]).ok().line(), "3");
        assert!(server.file("guard/lock").exists() && server.file("guard/reserved").is_dir());
        assert_eq!(odd(server.path(), file, dir), Vec::<String>::new(), "{shared} under {mask}");
    }
}

#[test]
fn a_reservation_can_be_read_and_replaced_by_the_next_account() {
    let repo = Repo::with_policy(POLICY);
    let server = server(&repo, "group");
    server.script("hooks/post-receive", "#!/bin/sh\nexit 0\n");
    under(&repo, "077", "git push -q origin main").ok();
    let left: Vec<PathBuf> = std::fs::read_dir(server.file("guard/reserved")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].metadata().unwrap().permissions().mode() & 0o660, 0o660, "{left:?}");
}

#[test]
fn evidence_in_a_shared_clone_is_the_groups() {
    let repo = Repo::with_policy(POLICY);
    repo.git(&["init", "-q", "--shared=group"]).ok();
    repo.guarded_remote();
    let git = repo.file(".git");
    for place in std::iter::once(git.clone()).chain({
        let mut all = Vec::new();
        below(&git, &mut all);
        all
    }) {
        let mode = place.metadata().unwrap().permissions().mode();
        let more = if place.is_dir() {
            0o2770
        } else if mode & 0o200 == 0 {
            0o440
        } else {
            0o660
        };
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode | more)).unwrap();
    }
    repo.write("app/a", "1\n").stage();
    for line in
        ["guard install", "guard test unit", "git commit -q -m app", "guard evidence", "guard test unit --again --push origin"]
    {
        under(&repo, "077", line).ok();
    }
    for place in [".git/guard/logs", ".git/guard/root", ".git/refs/notes/guard", ".git/config"] {
        assert!(repo.file(place).exists(), "{place}");
    }
    let odd = odd(&git, 0o660, 0o2770);
    // What git itself writes for whoever works here alone is git's affair.
    let odd: Vec<&String> = odd.iter().filter(|path| !["COMMIT_EDITMSG"].iter().any(|own| path.ends_with(own))).collect();
    assert_eq!(odd, Vec::<&String>::new());
}

#[test]
fn without_the_setting_the_umask_alone_counts() {
    let repo = Repo::with_policy(POLICY);
    repo.write("app/a", "1\n").stage();
    under(&repo, "077", "guard test unit").ok();
    assert_eq!(repo.file(".git/guard/logs").metadata().unwrap().permissions().mode() & 0o7777, 0o700);
    let record = repo.file(".git/refs/notes/guard");
    assert_eq!(record.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}
