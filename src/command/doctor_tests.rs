use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::command::install::script::SCRIPTS;

fn repository(kind: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let mut git = Command::new("git");
    git.args([&["init", "-q"], kind].concat()).current_dir(&root).env_clear().env("PATH", path).env("HOME", &root);
    assert!(git.env("GIT_CONFIG_NOSYSTEM", "1").status().unwrap().success());
    // As `install --server` leaves it.
    crate::git::hide_refs::hide(&Repo::open_at(&root)).unwrap();
    (dir, root)
}

fn executable(path: &Path, text: &[u8]) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Hooks that call a guard which answers with `says` and `status`.
fn install(root: &Path, hooks: &Path, says: &str, status: u8) {
    executable(
        &root.join("guard"),
        format!("#!/bin/sh\n[ \"$4\" = --doctor ] || exit 9\necho \"{says}\"\nexit {status}\n").as_bytes(),
    );
    for script in SCRIPTS {
        executable(&hooks.join(script.name), &script.calling(&root.join("guard")));
    }
}

fn faults(root: &Path) -> Vec<(String, String)> {
    let repo = Repo::open_at(root);
    let site = || Site::of_repository(&repo, ServerKind::Auto).unwrap();
    let checks = if repo.is_bare() { server::checks(&repo, &site()) } else { hooks::checks(&repo) }.unwrap();
    checks.into_iter().filter(|c| !c.ok).map(|c| (c.name, c.found)).collect()
}

const ANSWER: &str = concat!("guard-doctor ok $2 ", env!("CARGO_PKG_VERSION"));

#[test]
fn hooks_that_answer_are_sound() {
    let (_dir, root) = repository(&[]);
    assert_eq!(faults(&root).len(), 5);
    install(&root, &root.join(".git/hooks"), ANSWER, 3);
    assert_eq!(faults(&root), []);
    let (_dir, root) = repository(&["--bare"]);
    assert_eq!(
        faults(&root),
        ["pre-receive", "post-receive", "reference-transaction"].map(|hook| (hook.to_owned(), "is not installed".to_owned()))
    );
    install(&root, &root.join("hooks"), ANSWER, 3);
    assert_eq!(faults(&root), []);
}

#[test]
fn a_wrong_answer_is_a_finding() {
    let (_dir, root) = repository(&[]);
    for (says, status) in
        [(ANSWER, 0), (ANSWER, 1), ("guard-doctor ok $2 0.0.0", 3), ("guard-doctor ok commit-msg 0.1.0 ", 3), ("", 3)]
    {
        install(&root, &root.join(".git/hooks"), says, status);
        // The strict one, too: it is there.
        assert_eq!(faults(&root).len(), 6, "{says} {status}");
    }
}

#[test]
fn every_way_of_being_silently_skipped_is_found() {
    let (_dir, root) = repository(&[]);
    let hooks = root.join(".git/hooks");
    let ours = || install(&root, &hooks, ANSWER, 3);
    let only = |expected: &str| {
        let found = faults(&root);
        assert!(found.len() == 1 && found[0].0 == "pre-commit" && found[0].1.contains(expected), "{expected}: {found:?}");
    };
    let path = hooks.join("pre-commit");
    ours();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    only("is not executable");
    ours();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("exec ", "exit 0; exec ")).unwrap();
    only("was changed");
    std::fs::write(&path, "").unwrap();
    only("is not the guard's");
    std::fs::remove_file(&path).unwrap();
    symlink("/nonexistent", &path).unwrap();
    only("is not the guard's");
    std::fs::remove_file(&path).unwrap();
    symlink("commit-msg", &path).unwrap();
    only("is not the guard's");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    only("is no file");
}

#[test]
fn a_path_elsewhere_and_a_dead_legacy_are_said() {
    let (_dir, root) = repository(&[]);
    install(&root, &root.join(".git/hooks"), ANSWER, 3);
    std::fs::write(root.join(".git/hooks/pre-push.legacy"), "#!/bin/sh\n").unwrap();
    let checks = hooks::checks(&Repo::open_at(&root)).unwrap();
    assert!(checks.iter().any(|c| c.ok && c.name == "pre-push.legacy" && c.found.contains("does not run")));
    std::fs::write(root.join(".git/config"), "[core]\n\trepositoryformatversion = 0\n\thooksPath = /dev/null\n").unwrap();
    let found = faults(&root);
    assert_eq!(found.len(), 6);
    assert_eq!(found[0].1, "git looks for hooks outside of this repository (`core.hooksPath`, local: `/dev/null`)");
}

#[test]
fn a_manager_that_calls_the_guard_is_believed_and_said_to_be() {
    let (_dir, root) = repository(&[]);
    install(&root, &root.join(".git/hooks"), ANSWER, 3);
    executable(&root.join(".git/hooks/pre-push"), b"#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n");
    assert_eq!(faults(&root), [("pre-push".to_owned(), "is left to lefthook, which does not call the guard".to_owned())]);
    std::fs::write(root.join("lefthook.yml"), "pre-push:\n  commands:\n    guard:\n      run: guard hook pre-push -- {0}\n")
        .unwrap();
    assert_eq!(faults(&root), []);
}
