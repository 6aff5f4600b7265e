use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::command::install::test_repo::{World, context};
use crate::output::Format;

const CLIENT: &[&str] = &["pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-push"];

#[test]
fn the_names_are_those_of_the_scripts() {
    assert_eq!(HOOKS, SCRIPTS.iter().map(|s| s.name).collect::<Vec<_>>());
}

#[test]
fn hooks_are_regular_files_that_git_runs() {
    let world = World::new(&[]);
    let done = world.install().unwrap();
    assert_eq!(done.status, 0);
    assert!(done.out.contains("  prepare-commit-msg  installed\n") && done.out.ends_with(": guard doctor\n"), "{}", done.out);
    assert_eq!(world.hooks().iter().map(|(name, _, mode)| (name.as_str(), *mode)).collect::<Vec<_>>(), {
        let mut names: Vec<_> = CLIENT.iter().map(|n| (*n, 0o755)).collect();
        names.sort();
        names
    });
    world.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    assert_eq!(
        world.log(),
        "hook pre-commit --\nhook prepare-commit-msg -- .git/COMMIT_EDITMSG message\nhook commit-msg -- .git/COMMIT_EDITMSG\n"
    );
    assert!(!world.try_git(&["commit", "-q", "--allow-empty", "-m", "two"], "1").status.success());
    assert!(!world.try_git(&["commit", "-q", "--allow-empty", "-m", "two"], "2").status.success());
}

#[test]
fn installing_twice_changes_nothing_and_mends_what_is_broken() {
    let world = World::new(&[]);
    world.install().unwrap();
    let before = world.hooks();
    let done = world.install().unwrap();
    assert!(done.out.contains("  pre-commit          up to date\n"), "{}", done.out);
    assert_eq!(world.hooks(), before);
    std::fs::set_permissions(world.hook("pre-commit"), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(world.hook("pre-push"), "#!/bin/sh\n# guard-hook 0: old\nexit 0\n").unwrap();
    assert!(world.install().unwrap().out.contains("  pre-push            updated\n"));
    assert_eq!(world.hooks(), before);
}

#[test]
fn a_foreign_hook_is_kept_runs_first_and_comes_back() {
    let world = World::new(&[]);
    world.script("repo/.git/hooks/pre-commit", "echo \"theirs $*\" >> \"$LOG\"; exit \"${THEIRS:-0}\"");
    world.script("repo/.git/hooks/pre-push", "echo theirs \"$1\" >> \"$LOG\"; cat >> \"$LOG\"");
    let before = world.hooks();
    let done = world.install().unwrap();
    assert!(
        done.out.contains("  pre-commit          installed; yours is kept as pre-commit.legacy and runs first\n"),
        "{}",
        done.out
    );
    world.install().unwrap();
    world.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    assert!(world.log().starts_with("theirs \nhook pre-commit --\n"), "{}", world.log());
    std::fs::remove_file(world.path("log")).unwrap();
    let theirs = world.command("git").args(["commit", "-q", "--allow-empty", "-m", "two"]).env("THEIRS", "7").output().unwrap();
    assert!(!theirs.status.success());
    assert_eq!(world.log(), "theirs \n");
    std::fs::remove_file(world.path("log")).unwrap();
    world.git(&["init", "-q", "--bare", "../there.git"]);
    world.git(&["push", "-q", "../there.git", "main"]);
    let tip = String::from_utf8(world.try_git(&["rev-parse", "main"], "0").stdout).unwrap();
    let line = format!("refs/heads/main {} refs/heads/main {}\n", tip.trim(), "0".repeat(40));
    assert_eq!(world.log(), format!("theirs ../there.git\n{line}hook pre-push -- ../there.git ../there.git\n{line}"));
    assert!(!world.try_git(&["push", "-q", "../there.git", "main:other"], "1").status.success());
    let done = world.uninstall();
    assert!(
        done.out.contains("pre-commit` is what it was before\n") && done.out.contains("commit-msg` is removed\n"),
        "{}",
        done.out
    );
    assert_eq!(world.hooks(), before);
    assert_eq!(world.uninstall().out, "guard: no hooks of the guard here\n");
}

#[test]
fn links_even_dangling_ones_are_kept_and_come_back() {
    let world = World::new(&[]);
    symlink("/nonexistent/hook", world.hook("commit-msg")).unwrap();
    symlink("../../theirs", world.hook("pre-commit")).unwrap();
    world.script("repo/theirs", "echo linked >> \"$LOG\"");
    let before = world.hooks();
    world.install().unwrap();
    assert!(!world.hook("commit-msg").is_symlink());
    world.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    assert!(world.log().starts_with("linked\nhook pre-commit --\n"), "{}", world.log());
    world.uninstall();
    assert_eq!(world.hooks(), before);
}

#[test]
fn two_foreign_hooks_are_refused_before_anything_is_written() {
    let world = World::new(&[]);
    world.script("repo/.git/hooks/pre-push", "exit 0");
    world.script("repo/.git/hooks/pre-push.legacy", "exit 1");
    let before = world.hooks();
    let error = world.install().unwrap_err();
    assert!(error.message.contains("pre-push.legacy` is there already"), "{error}");
    assert_eq!(world.hooks(), before);
    std::fs::remove_file(world.hook("pre-push")).unwrap();
    std::fs::create_dir(world.hook("pre-push")).unwrap();
    assert!(world.install().unwrap_err().message.contains("is no file"));
}

#[test]
fn a_path_outside_of_the_repository_is_refused_by_scope() {
    let world = World::new(&[]);
    std::fs::create_dir(world.path("shared")).unwrap();
    world.git(&["config", "core.hooksPath", world.path("shared").to_str().unwrap()]);
    let error = world.install().unwrap_err();
    assert!(error.message.starts_with("`core.hooksPath` (local) is `/"), "{error}");
    assert!(error.next.concat().starts_with("git config --local --unset-all core.hooksPath "), "{:?}", error.next);
    assert!(std::fs::read_dir(world.path("shared")).unwrap().next().is_none());
    assert!(!is_live(&world.repo(), "commit-msg").unwrap());
}

#[test]
fn a_path_inside_of_the_repository_is_used() {
    let world = World::new(&[]);
    world.git(&["config", "core.hooksPath", ".githooks"]);
    let done = world.install().unwrap();
    assert!(done.out.contains("note: this directory is part of the work tree"), "{}", done.out);
    assert!(world.path("repo/.githooks/pre-commit").is_file() && !world.hook("pre-commit").exists());
    world.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    assert!(world.log().starts_with("hook pre-commit --\n"));
    world.uninstall();
    assert!(!world.path("repo/.githooks/pre-commit").exists());
}

#[test]
fn worktrees_share_their_hooks() {
    let world = World::new(&[]);
    world.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    world.git(&["worktree", "add", "-q", "../other"]);
    let other = Repo::open_at(&world.path("other"));
    install(&context(Format::Text), &other, &InstallArgs { server: None, strict: false }, &world.path("guard it's")).unwrap();
    assert!(world.hook("pre-commit").is_file());
    assert!(is_live(&world.repo(), "pre-commit").unwrap() && is_live(&other, "pre-commit").unwrap());
    world.git(&["-C", "../other", "commit", "-q", "--allow-empty", "-m", "two"]);
    assert!(world.log().starts_with("hook pre-commit --\n"));
}

#[test]
fn a_bare_repository_takes_pre_receive_alone() {
    let world = World::new(&["--bare"]);
    assert_eq!(world.install().unwrap_err().next, ["guard install --server"]);
    let server = InstallArgs { server: Some(crate::command::install::ServerKind::Auto), strict: false };
    install(&context(Format::Text), &world.repo(), &server, &world.path("guard it's")).unwrap();
    assert!(world.path("repo/hooks/pre-receive").is_file() && !world.path("repo/hooks/pre-commit").exists());
    let other = World::new(&[]);
    assert!(install(&context(Format::Text), &other.repo(), &server, &other.path("guard it's")).is_err());
}

#[test]
fn a_hook_is_live_only_as_it_was_written() {
    let world = World::new(&[]);
    let live = || is_live(&world.repo(), "commit-msg").unwrap();
    assert!(!live());
    world.install().unwrap();
    assert!(live() && !is_live(&world.repo(), "pre-receive").unwrap() && !is_live(&world.repo(), "nonsense").unwrap());
    let text = std::fs::read_to_string(world.hook("commit-msg")).unwrap();
    std::fs::write(world.hook("commit-msg"), text.replace("exec ", "exit 0; exec ")).unwrap();
    assert!(!live());
    std::fs::write(world.hook("commit-msg"), &text).unwrap();
    assert!(live());
    std::fs::set_permissions(world.hook("commit-msg"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(!live());
    world.install().unwrap();
    assert!(live());
    std::fs::remove_file(world.path("guard it's")).unwrap();
    assert_eq!(live(), hook_file::in_path("guard"));
    world.git(&["config", "core.hooksPath", "/dev/null"]);
    assert!(!live());
}

#[test]
fn a_hook_without_any_guard_fails_and_says_so() {
    let world = World::new(&[]);
    world.install().unwrap();
    std::fs::remove_file(world.path("guard it's")).unwrap();
    for hook in CLIENT {
        let output = world.command(world.hook(hook)).env("PATH", "/nonexistent").output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{hook}");
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("guard: could not decide: there is no guard at"));
    }
}

#[test]
fn managers_keep_their_hooks_and_get_lines_to_add() {
    let world = World::new(&[]);
    world.script("repo/.git/hooks/pre-commit", "# File generated by pre-commit: https://pre-commit.com");
    world.script("repo/.git/hooks/pre-push", "call_lefthook run \"pre-push\" \"$@\"");
    let done = world.install().unwrap();
    assert_eq!(done.status, 1);
    assert!(done.out.contains("  pre-commit          not installed: pre-commit manages it\n"), "{}", done.out);
    assert!(done.out.contains("entry: guard hook pre-commit\n") && done.out.contains("run: guard hook pre-push -- {0}\n"));
    assert!(world.hook("commit-msg").is_file() && !world.hook("pre-commit.legacy").exists());
    let json =
        install(&context(Format::Json), &world.repo(), &InstallArgs { server: None, strict: false }, &world.path("guard it's"))
            .unwrap();
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["hooks"][0], serde_json::json!({"name": "pre-commit", "state": "managed"}));
}

#[test]
fn a_guard_that_pre_commit_moved_aside_is_kept_there() {
    let world = World::new(&[]);
    world.install().unwrap();
    std::fs::rename(world.hook("pre-commit"), world.hook("pre-commit.legacy")).unwrap();
    world.script("repo/.git/hooks/pre-commit", "# File generated by pre-commit: https://pre-commit.com");
    let done = world.install().unwrap();
    assert_eq!(done.status, 0, "{}", done.out);
    assert!(done.out.contains("installed; pre-commit runs it as pre-commit.legacy\n"), "{}", done.out);
    world.uninstall();
    assert!(world.hook("pre-commit").is_file() && !world.hook("pre-commit.legacy").exists());
}

#[test]
fn husky_is_told_instead() {
    let world = World::new(&[]);
    world.git(&["config", "core.hooksPath", ".husky/_"]);
    let done = world.install().unwrap();
    assert_eq!(done.status, 1);
    assert!(done.out.contains("husky manages hooks here") && done.out.contains(">> .husky/pre-push"), "{}", done.out);
    assert!(!world.path("repo/.husky/_/pre-commit").exists());
}

#[test]
fn a_hook_that_goes_by_its_own_name_is_left_in_force() {
    for body in [
        "for h in \"$(basename \"$0\").d\"/*; do \"$h\"; done",
        "name=${0##*/}; exec \"/srv/$name\"",
        "here=$(dirname \"$0\"); exec \"$0.d/gate\"",
        "import sys, os; os.execv('/srv/' + os.path.basename(sys.argv[0]), sys.argv)",
        "source \"${BASH_SOURCE[0]}.conf\"",
    ] {
        let world = World::new(&[]);
        world.script("repo/.git/hooks/pre-commit", body);
        let before = world.hooks();
        let error = world.install().unwrap_err();
        assert!(error.message.contains("may go by its own name"), "{body}: {error}");
        assert!(error.help.unwrap().contains("exec DIRECTORY/pre-commit"));
        assert_eq!(world.hooks(), before);
    }
    // What is no script tells nobody.
    let world = World::new(&[]);
    std::fs::copy("/bin/true", world.hook("pre-push")).unwrap();
    assert!(world.install().unwrap_err().message.contains("may go by its own name"));
}

#[test]
fn a_hook_that_asks_for_its_directory_alone_is_kept() {
    let world = World::new(&[]);
    for (hook, body) in [
        ("pre-commit", ". \"$(dirname \"$0\")/lib.sh\""),
        ("pre-push", "cd \"${0%/*}\"; git lfs pre-push \"$@\""),
        ("commit-msg", "exec python3 \"$(dirname -- \"$0\")/words.py\" \"$1\""),
    ] {
        world.script(&format!("repo/.git/hooks/{hook}"), body);
    }
    world.install().unwrap();
    assert!(["pre-commit", "pre-push", "commit-msg"].iter().all(|hook| world.hook(&format!("{hook}.legacy")).is_file()));
}

#[test]
fn a_kept_hook_that_its_program_has_put_back_is_no_second_one() {
    let world = World::new(&[]);
    world.script("repo/.git/hooks/pre-push", "git lfs pre-push \"$@\"");
    world.install().unwrap();
    let installed = world.hooks();
    std::fs::copy(world.hook("pre-push.legacy"), world.hook("pre-push")).unwrap();
    world.install().unwrap();
    assert_eq!(world.hooks(), installed);
    world.script("repo/.git/hooks/pre-push", "git lfs pre-push \"$@\"; true");
    assert!(world.install().unwrap_err().message.contains("pre-push.legacy` is there already"));
}
