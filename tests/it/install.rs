//! `guard install` and `uninstall`: the hooks stand beside whatever was there, and go without a trace.

use std::os::unix::fs::PermissionsExt;

use crate::scene::*;
use crate::support::*;

mod canary;
mod doctor;
mod hooks_path;
mod server;

const HOOKS: [&str; 5] = ["pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-push"];

/// Every file in a directory of hooks, with its mode and content.
fn listing(repo: &Repo, directory: &str) -> Vec<(String, u32, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(repo.file(directory)) else { return Vec::new() };
    let mut all: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let content = std::fs::read(&path).unwrap_or_default();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), metadata.permissions().mode(), content)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_hooks_are_regular_files_that_run_the_guard() {
    let repo = guarded();
    let run = repo.guard(&["install"]).ok().says("guard: hooks in `").says("next: guard doctor");
    for hook in HOOKS {
        let path = repo.file(format!(".git/hooks/{hook}"));
        let metadata = path.symlink_metadata().unwrap();
        assert!(metadata.is_file() && metadata.permissions().mode() & 0o7777 == 0o755, "{hook}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("#!/bin/sh\n# guard-hook 1: ") && text.contains(&format!("guard='{GUARD}'")), "{text}");
        assert!(run.out().contains(&format!("  {hook:<19} installed\n")), "{}", run.out());
        assert_eq!(repo.run(&path, &["--doctor"]).exits(3).line(), format!("guard-doctor ok {hook} {}", env!("CARGO_PKG_VERSION")));
    }
    assert!(!repo.file(".git/hooks/pre-receive").exists());
}

#[test]
fn installing_again_changes_nothing() {
    let repo = guarded();
    let before = listing(repo.install(), ".git/hooks");
    repo.guard(&["install"]).ok().says("up to date").says_not("  pre-commit          installed");
    assert_eq!(listing(&repo, ".git/hooks"), before);
    // and puts right what was bent
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\n# guard-hook 0: an older version\nexit 0\n");
    std::fs::set_permissions(repo.file(".git/hooks/commit-msg"), std::fs::Permissions::from_mode(0o644)).unwrap();
    repo.guard(&["install"]).ok().says("updated");
    assert_eq!(listing(&repo, ".git/hooks"), before);
}

#[test]
fn uninstalling_leaves_what_was_there() {
    let repo = guarded();
    let before = listing(&repo, ".git/hooks");
    repo.install().guard(&["uninstall"]).ok().says("pre-commit` is removed");
    assert_eq!(listing(&repo, ".git/hooks"), before);
    repo.guard(&["uninstall"]).ok().says("no hooks of the guard here");
    repo.write_many("many", 6).commit("unguarded").ok();
}

#[test]
fn a_hook_that_was_there_is_kept_and_put_back() {
    let repo = guarded();
    repo.script(".git/hooks/pre-commit", "#!/bin/sh\necho mine >&2\n");
    repo.write(".git/hooks/commit-msg", "#!/bin/sh\nnot executable, so git never ran it\n");
    repo.write(".git/hooks/prepare-commit-msg.sample", "a sample\n");
    let before = listing(&repo, ".git/hooks");
    let run = repo.guard(&["install"]).ok();
    run.says("installed; yours is kept as pre-commit.legacy and runs first");
    let mine = repo.file(".git/hooks/pre-commit.legacy");
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "#!/bin/sh\necho mine >&2\n");
    repo.write("b.txt", "b\n").commit("b").ok().says("mine").says("guard: accepted");
    repo.guard(&["install"]).ok().says("up to date");
    repo.guard(&["uninstall"]).ok().says("is what it was before");
    assert_eq!(listing(&repo, ".git/hooks"), before);
}

#[test]
fn a_link_in_a_hook_s_place_is_kept_as_a_link() {
    let repo = guarded();
    repo.script("tools/hook", "#!/bin/sh\necho linked >&2\n");
    repo.link(".git/hooks/pre-commit", "../../tools/hook");
    repo.link(".git/hooks/pre-push", "/nowhere/at/all");
    repo.install();
    for hook in ["pre-commit", "pre-push"] {
        assert!(repo.file(format!(".git/hooks/{hook}")).symlink_metadata().unwrap().is_file(), "never a link");
        assert!(repo.file(format!(".git/hooks/{hook}.legacy")).is_symlink());
    }
    repo.write("b.txt", "b\n").commit("b").ok().says("linked").says("guard: accepted");
    repo.guard(&["uninstall"]).ok();
    assert_eq!(std::fs::read_link(repo.file(".git/hooks/pre-commit")).unwrap().to_str(), Some("../../tools/hook"));
}

#[test]
fn two_hooks_of_others_are_not_made_into_one() {
    let repo = guarded();
    repo.script(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n").script(".git/hooks/pre-push.legacy", "#!/bin/sh\nexit 1\n");
    let before = listing(&repo, ".git/hooks");
    repo.guard(&["install"]).undecided().says("could not be kept").says("pre-push.legacy").says("make one hook of the two");
    assert_eq!(listing(&repo, ".git/hooks"), before, "not even the others were written");
    let repo = guarded();
    std::fs::create_dir_all(repo.file(".git/hooks/commit-msg")).unwrap();
    repo.guard(&["install"]).undecided().says("commit-msg` is no file");
}

#[test]
fn a_server_gets_pre_receive_alone() {
    let repo = guarded();
    let server = repo.remote();
    server.guard(&["install", "--server"]).ok().says("pre-receive           installed");
    assert!(server.file("hooks/pre-receive").exists() && !server.file("hooks/pre-commit").exists());
    server.guard(&["install", "--server"]).ok().says("up to date");
    server.guard(&["uninstall"]).ok();
    assert!(!server.file("hooks/pre-receive").exists());
}

#[test]
fn a_missing_directory_is_made() {
    let repo = guarded();
    std::fs::remove_dir_all(repo.file(".git/hooks")).unwrap();
    repo.install().write_many("many", 6);
    repo.commit("many").rejected();
}

#[test]
fn managers_of_hooks_are_told_what_to_add() {
    for (file, content, hook, words) in [
        ("lefthook.yml", "", "#!/bin/sh\ncall_lefthook run \"pre-commit\" \"$@\"\n", "lefthook"),
        (
            ".pre-commit-config.yaml",
            "",
            "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n",
            "pre-commit",
        ),
    ] {
        let repo = guarded();
        repo.write(file, content).script(".git/hooks/pre-commit", hook);
        let before = std::fs::read(repo.file(".git/hooks/pre-commit")).unwrap();
        let run = repo.guard(&["install"]).rejected().says(&format!("not installed: {words} manages it"));
        run.says("guard hook pre-commit").says("let it call the guard:");
        assert_eq!(std::fs::read(repo.file(".git/hooks/pre-commit")).unwrap(), before);
    }
}

#[test]
fn the_report_in_json() {
    let repo = guarded();
    repo.script(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n");
    let json = |args: &[&str]| -> serde_json::Value { serde_json::from_str(&repo.guard(args).ok().out()).unwrap() };
    let installed = json(&["install", "--format", "json"]);
    assert_eq!(installed["version"], 1);
    let states: Vec<(&str, &str)> = installed["hooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hook| (hook["name"].as_str().unwrap(), hook["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states[0], ("pre-commit", "installed"));
    assert_eq!(states[4], ("pre-push", "installed-before-legacy"));
    assert_eq!(json(&["install", "--format", "json"])["hooks"][0]["state"], "current");
    assert_eq!(json(&["uninstall", "--format", "json"])["hooks"].as_array().unwrap().len(), 5);
    assert_eq!(repo.guard(&["install", "-q"]).ok().out(), "");
}

#[test]
fn a_path_of_the_binary_that_no_shell_would_like() {
    let repo = guarded();
    let place = repo.scratch().join("it's a $(place)");
    std::fs::create_dir(&place).unwrap();
    // a link, since a program that was just written may be held open by another test's child
    std::fs::hard_link(GUARD, place.join("guard"))
        .or_else(|_other_disk| std::fs::copy(GUARD, place.join("guard")).map(drop))
        .unwrap();
    repo.run(place.join("guard"), &["install"]).ok();
    repo.run(place.join("guard"), &["doctor"]).ok();
    repo.write_many("many", 6).commit("many").rejected().says("error[file-limit]");
}
