//! Where git looks for hooks is not always `.git/hooks`.

use std::path::Path;

use super::*;

#[test]
fn a_directory_of_the_work_tree_is_used() {
    let repo = guarded();
    repo.git(&["config", "core.hooksPath", ".githooks"]).ok();
    repo.guard(&["install"]).ok().says(".githooks").says("note: this directory is part of the work tree");
    assert!(repo.file(".githooks/pre-commit").exists() && !repo.file(".git/hooks/pre-commit").exists());
    repo.write_many("many", 6).stage();
    repo.git(&["rm", "-rq", "--cached", ".githooks"]).ok();
    repo.git(&["commit", "-m", "many"]).rejected().says("error[file-limit]");
    repo.guard(&["uninstall"]).ok();
    assert!(!repo.file(".githooks/pre-commit").exists());
}

#[test]
fn a_directory_outside_is_refused_with_its_scope_and_the_ways_out() {
    let repo = guarded();
    let shared = repo.scratch().join("shared hooks");
    std::fs::create_dir(&shared).unwrap();
    repo.git(&["config", "core.hooksPath", shared.to_str().unwrap()]).ok();
    let run = repo.guard(&["install"]).undecided().says("`core.hooksPath` (local) is `").says("outside of this repository");
    run.says("guard hook NAME").says("next: git config --local --unset-all core.hooksPath && guard install");
    assert_eq!(std::fs::read_dir(&shared).unwrap().count(), 0);
    repo.guard(&["doctor"]).rejected().says("git looks for hooks outside of this repository");
    // what a person says for one command is a scope, too
    repo.git(&["config", "--unset", "core.hooksPath"]).ok();
    repo.write("../home/.gitconfig", format!("[core]\n\thooksPath = {}\n", shared.display()));
    repo.set("GIT_CONFIG_GLOBAL", repo.scratch().join("home/.gitconfig"));
    repo.guard(&["install"]).undecided().says("`core.hooksPath` (global)");
}

#[test]
fn the_way_out_that_is_named_works() {
    let repo = guarded();
    repo.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    let said = repo.guard(&["install"]).undecided().err();
    let command = said.lines().find_map(|line| line.strip_prefix("next: ")).unwrap();
    repo.run("sh", &["-c", command]).ok();
    repo.write_many("many", 6).commit("many").rejected().says("error[file-limit]");
}

/// Pastes every `next` of doctor, and gives what it says then.
fn mended(repo: &Repo) -> Run {
    let said = repo.guard(&["doctor"]).rejected().out();
    for command in said.lines().filter_map(|line| line.strip_prefix("next: ")) {
        repo.run("sh", &["-c", &format!("PATH='{}':$PATH; {command}", Path::new(GUARD).parent().unwrap().display())]).ok();
    }
    repo.guard(&["doctor"])
}

#[test]
fn doctor_finds_what_another_work_tree_lacks_and_its_way_out_works_from_both() {
    let repo = guarded();
    repo.guard(&["install"]).ok();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../the side"]).ok();
    repo.git(&["config", "extensions.worktreeConfig", "true"]).ok();
    let side = repo.sibling("the side");
    for (broken, from) in [(&side, &repo), (&repo, &side), (&side, &side), (&repo, &repo)] {
        broken.git(&["config", "--worktree", "core.hooksPath", "/dev/null"]).ok();
        from.guard(&["doctor"]).rejected().says("(`core.hooksPath`, worktree: `/dev/null`)");
        mended(from).ok();
        assert_eq!(broken.git(&["config", "--get-all", "core.hooksPath"]).status, 1, "nothing is left of it");
        broken.write_many("many", 6).commit("many").rejected().says("error[file-limit]");
        broken.git(&["reset", "-q", "--hard"]).ok();
    }
    // A directory of its own that lacks hooks is told hook by hook.
    side.git(&["config", "--worktree", "core.hooksPath", "hooks-of-side"]).ok();
    let run = repo.guard(&["doctor"]).rejected();
    assert_eq!(run.out().matches("is not installed (work tree").count(), 5, "{}", run.out());
    mended(&repo).ok();
    assert!(side.file("hooks-of-side/pre-commit").exists());
}

#[test]
fn a_value_that_another_scope_would_replace_is_not_just_taken_out() {
    let repo = guarded();
    repo.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    repo.git(&["config", "--add", "core.hooksPath", "/nowhere"]).ok();
    repo.write("../home/.gitconfig", "[core]\n\thooksPath = /somewhere\n");
    repo.set("GIT_CONFIG_GLOBAL", repo.scratch().join("home/.gitconfig"));
    mended(&repo).ok();
    repo.write_many("many", 6).commit("many").rejected().says("error[file-limit]");
}

#[test]
fn a_linked_worktree_shares_the_hooks_of_its_repository() {
    let repo = guarded();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    let side = repo.sibling("side");
    side.guard(&["install"]).ok();
    assert!(repo.file(".git/hooks/pre-commit").exists());
    repo.guard(&["doctor"]).ok();
    side.guard(&["uninstall"]).ok();
    assert!(!repo.file(".git/hooks/pre-commit").exists());
}

#[test]
fn a_worktree_s_own_setting_is_its_own() {
    let repo = guarded();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    repo.git(&["config", "extensions.worktreeConfig", "true"]).ok();
    let side = repo.sibling("side");
    side.git(&["config", "--worktree", "core.hooksPath", "hooks-of-side"]).ok();
    side.guard(&["install"]).ok().says("hooks-of-side");
    assert!(side.file("hooks-of-side/pre-commit").exists() && !repo.file(".git/hooks/pre-commit").exists());
    side.write_many("many", 6).git(&["add", "many*"]).ok();
    side.git(&["commit", "-m", "many"]).rejected().says("error[file-limit]");
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let inner = guarded();
    let outer = Repo::with_policy(OPEN_POLICY);
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.path().to_str().unwrap(), "lib"]).ok();
    let lib = outer.within("lib");
    lib.install();
    assert!(outer.file(".git/modules/lib/hooks/pre-commit").exists() && !outer.file(".git/hooks/pre-commit").exists());
    lib.guard(&["doctor"]).ok();
}

#[test]
fn husky_is_told_what_to_add() {
    let repo = guarded();
    repo.script(".husky/_/pre-commit", "#!/bin/sh\n. \"$(dirname \"$0\")/h\"\n");
    repo.script(
        ".husky/_/h",
        "#!/bin/sh\nhook=$(dirname \"$0\")/../$(basename \"$0\")\n[ ! -f \"$hook\" ] || sh -e \"$hook\" \"$@\"\n",
    );
    repo.git(&["config", "core.hooksPath", ".husky/_"]).ok();
    let run = repo.guard(&["install"]).rejected().says("not installed: husky manages it").says("husky manages hooks here");
    let lines: Vec<String> =
        run.out().lines().filter_map(|line| line.strip_prefix("    echo ")).map(|l| format!("echo {l}")).collect();
    assert_eq!(lines.len(), 5, "{}", run.out());
    lines.iter().for_each(|line| drop(repo.run("sh", &["-c", line]).ok()));
    repo.guard(&["doctor"]).ok().says("left to husky");
    repo.write_many("many", 6).git(&["add", "many*"]).ok();
    repo.git(&["commit", "-m", "many"]).rejected().says("error[file-limit]");
}
