//! What the suite sees: exactly the tree, only the variables that it lists, nothing of git.

use super::*;

#[test]
fn nothing_that_is_not_in_the_tree_helps() {
    let repo = with_suites(&[("s", "run = \"test -e ok\"")]);
    repo.write(".gitignore", "ignored\n").commit_unjudged("ignore");
    // untracked
    repo.write("ok", "");
    repo.guard(&["test", "s"]).rejected().says("1 untracked path not part of it");
    // ignored
    repo.write(".gitignore", "ok\n").stage();
    repo.guard(&["test", "s"]).rejected();
    // staged, and no longer there in the work tree
    repo.git(&["add", "-f", "ok"]).ok();
    repo.remove("ok");
    repo.guard(&["test", "s"]).ok().says("1 file with unstaged changes not part of it");
    // deleted from the index, still in the work tree
    repo.git(&["rm", "-q", "--cached", "ok"]).ok();
    repo.write("ok", "").guard(&["test", "s"]).rejected();
    // intended to be added is not added
    repo.git(&["add", "-f", "-N", "ok"]).ok();
    repo.guard(&["test", "s"]).rejected();
}

#[test]
fn an_unstaged_fix_does_not_help() {
    let repo = with_suites(&[("s", "run = \"grep -q fixed a.txt\"")]);
    repo.write("a.txt", "fixed\n");
    repo.guard(&["test", "s"]).rejected();
    repo.guard(&["test", "s", "--staged"]).rejected();
    repo.stage().guard(&["test", "s"]).ok();
    repo.guard(&["test", "s", "--rev", "HEAD"]).rejected();
}

#[test]
fn each_run_starts_afresh() {
    let repo = with_suites(&[("s", "run = \"test ! -e left-over && touch left-over && chmod a-w .\"")]);
    let tmp = repo.scratch().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    repo.set("TMPDIR", &tmp);
    repo.guard(&["test", "s"]).ok();
    repo.guard(&["test", "s", "--again"]).ok();
    assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 0, "and leaves nothing behind");
    assert!(!repo.file("left-over").exists());
}

#[test]
fn no_attribute_or_filter_changes_what_is_exported() {
    let script = "sum=$(cksum <a.txt); test -e hidden.txt && test \\\"$sum\\\" = \\\"$(printf 'one $Id$\\\\ntwo\\\\n' | cksum)\\\"";
    let repo = with_suites(&[("s", &format!("run = \"{script}\"\nenv = [\"PATH\"]"))]);
    repo.write("a.txt", "one $Id$\ntwo\n").write("hidden.txt", "x\n").commit_unjudged("content");
    repo.write(".gitattributes", "* ident text eol=crlf filter=evil\nhidden.txt export-ignore\n").commit_unjudged("attributes");
    repo.git(&["config", "filter.evil.smudge", "sed s/one/two/"]).ok();
    repo.git(&["config", "core.autocrlf", "true"]).ok();
    repo.guard(&["test", "s", "--rev", "HEAD"]).ok();
}

#[test]
fn modes_links_and_odd_names_are_as_they_are() {
    let run = "test -x run.sh && test ! -x a.txt && test -L link && test \\\"$(readlink link)\\\" = a.txt && test -e \\\"$(printf 'new\\\\nline')\\\" && test -e ./-dash";
    let repo = with_suites(&[("s", &format!("run = \"{run}\"\nenv = [\"PATH\"]"))]);
    repo.script("run.sh", "#!/bin/sh\n").link("link", "a.txt").write("new\nline", "x").write("-dash", "x").stage();
    repo.guard(&["test", "s"]).ok();
    repo.write(b"n\xffame", "x").stage();
    repo.guard(&["test", "s"]).ok();
}

#[test]
fn a_submodule_is_exported_at_its_commit() {
    let inner = Repo::with_policy(OPEN_POLICY);
    let repo = with_suites(&[("s", "run = \"grep -q one lib/a.txt\"")]);
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.path().to_str().unwrap(), "lib"]).ok();
    repo.commit_unjudged("lib");
    repo.within("lib").write("a.txt", "changed in the work tree\n");
    repo.guard(&["test", "s"]).ok();
    repo.git(&["clone", "-q", ".", "../without"]).ok();
    let without = repo.sibling("without");
    without.guard(&["test", "s"]).rejected().says("submodule `lib` is not here at its commit: left empty");
}

#[test]
fn only_listed_variables_are_passed_on() {
    let script = "env | cut -d= -f1 | sort | tr '\\\\n' ' '";
    let repo = with_suites(&[("s", &format!("run = \"{script}\"\nenv = [\"PATH\", \"WANTED\", \"ABSENT\"]"))]);
    repo.set("WANTED", "x").set("UNWANTED", "x").set("SSH_AUTH_SOCK", "/x").set("GUARD_SPECIALIST", "x");
    let said = repo.guard(&["test", "s"]).ok().err();
    let names = said.lines().find(|line| line.contains("WANTED")).unwrap();
    let names: Vec<&str> = names.split(' ').filter(|n| !["_", "SHLVL", "OLDPWD", ""].contains(n)).collect();
    assert_eq!(names, ["GUARD_TREE", "PATH", "PWD", "WANTED"]);
}

#[test]
fn nothing_of_git_reaches_the_suite() {
    let repo =
        with_suites(&[("s", "run = \"test -z \\\"$(env | grep ^GIT_)\\\" && ! git rev-parse --git-dir\"\nenv = [\"PATH\"]")]);
    // as from within a hook, where git names its repository and index
    let (git, index) = (repo.file(".git"), repo.file(".git/index"));
    repo.set("GIT_DIR", git).set("GIT_INDEX_FILE", index).set("GIT_WORK_TREE", repo.path());
    let tmp = repo.scratch().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    repo.set("TMPDIR", tmp).set("GIT_CEILING_DIRECTORIES", repo.scratch());
    repo.guard(&["test", "s"]).ok();
}

#[test]
fn an_index_that_is_named_is_the_one_that_is_tested() {
    let repo = with_suites(&[("s", "run = \"test -e ok\"")]);
    std::fs::copy(repo.file(".git/index"), repo.file(".git/other")).unwrap();
    repo.set("GIT_INDEX_FILE", repo.file(".git/other")).write("ok", "").stage();
    repo.guard(&["test", "s"]).ok();
    repo.unset("GIT_INDEX_FILE").guard(&["test", "s"]).rejected();
}

#[test]
fn what_is_left_running_is_ended() {
    let repo = Repo::new();
    let pid = repo.scratch().join("pid");
    let script = format!("run = \"sleep 600 & echo $! >{}\"", pid.display());
    repo.write("policy.toml", suites(&[("s", &script)])).commit_unjudged("start");
    repo.guard(&["test", "s"]).ok();
    let pid = std::fs::read_to_string(pid).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
}
