//! Without a git program: only what needs it says so.

use super::*;

/// A directory with a shell and nothing of git.
fn without_git(repo: &Repo) {
    let bin = repo.scratch().join("bare-bin");
    std::fs::create_dir(&bin).unwrap();
    for program in ["sh", "test", "true", "sleep"] {
        let found = repo.run("sh", &["-c", &format!("command -v {program}")]).ok().line();
        let target = if found.starts_with('/') { found } else { format!("/bin/{program}") };
        std::os::unix::fs::symlink(target, bin.join(program)).unwrap();
    }
    repo.set("PATH", &bin);
}

#[test]
fn most_commands_do_not_need_it() {
    let repo = guarded();
    repo.install().write("ok", "").write("middleware/auth.py", "check(more)\n").stage();
    without_git(&repo);
    assert_violated(&repo.json(&["check", "--staged"]), "index", "guarded-area");
    repo.guard(&["test", "integration"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.guard(&["check", "HEAD~1..HEAD"]).rejected().says("error[guarded-area]");
    repo.guard(&["evidence"]).ok().says("integration: recorded");
    repo.guard(&["install"]).ok();
    repo.guard(&["explain", "middleware/auth.py"]).ok();
    repo.guard(&["policy", "show"]).ok();
    repo.guard(&["hook", "pre-commit"]).ok();
    repo.guard(&["uninstall"]).ok();
}

#[test]
fn the_doctor_says_that_there_is_none() {
    let repo = guarded();
    repo.install();
    without_git(&repo);
    repo.guard(&["doctor"]).ok().says("none in PATH");
}

#[test]
fn an_index_that_only_git_can_read_needs_it() {
    let repo = guarded();
    repo.git(&["update-index", "--split-index"]).ok();
    repo.write("b.txt", "b\n").stage();
    repo.guard(&["check", "--staged"]).ok();
    let index = std::fs::read(repo.file(".git/index")).unwrap();
    without_git(&repo);
    let run = repo.guard(&["check", "--staged"]).undecided().says("the index is split (core.splitIndex)");
    run.says("there is no `git` in PATH").says("\nhelp: ");
    assert_eq!(repo.json(&["check", "--staged"])["decision"], "undecided");
    assert_eq!(std::fs::read(repo.file(".git/index")).unwrap(), index);
    repo.guard(&["check", "HEAD~1..HEAD"]).rejected().says("error[guarded-area]");
}

#[test]
fn a_suite_without_a_shell_could_not_be_started() {
    let repo = guarded();
    let before = repo.state_of_refs();
    repo.set("PATH", repo.scratch().join("home"));
    let run = repo.guard(&["test", "integration"]).undecided().says("could not start `sh`");
    assert!(run.err().starts_with("guard: running `integration`") || run.err().contains("could not decide"), "{}", run.err());
    repo.unset("PATH");
    assert_eq!(repo.state_of_refs(), before);
}
