//! prepare-commit-msg: markers are written where there is a passing record, and removed where they speak of another tree.

use crate::scene::*;
use crate::support::*;

mod carried;

/// A repository with hooks, whose index holds a change that has been proven.
fn proven() -> Repo {
    let repo = guarded();
    repo.install();
    proven_change(&repo, "check(more)\n");
    repo
}

#[track_caller]
fn assert_marked(repo: &Repo, commit: &str) {
    let text = message(repo, commit);
    let marker = own_marker(repo, commit);
    assert_eq!(text.matches("Integration-Tested:").count(), 1, "{text}");
    assert!(text.contains(&marker), "{marker}\n{text}");
    let trailers = repo.git(&["log", "-1", "--format=%(trailers:key=Integration-Tested)", commit]).ok().out();
    assert_eq!(trailers.trim_end(), marker, "git sees it as a trailer");
}

#[track_caller]
fn assert_unmarked(repo: &Repo, commit: &str) {
    let text = message(repo, commit);
    assert!(!text.contains("Integration-Tested"), "{text}");
}

#[test]
fn however_the_message_comes_the_marker_is_in_it() {
    let repo = proven();
    let start = repo.rev("HEAD");
    repo.write("../message", "from a file\n\nwith a body\n");
    repo.write("../template", "from a template\n");
    repo.set("GIT_EDITOR", "echo 'from an editor' >");
    for args in [
        &["commit", "-q", "-m", "one line"][..],
        &["commit", "-q", "-m", "title", "-m", "body"],
        &["commit", "-q", "-F", "../message"],
        &["commit", "-q"],
        &["commit", "-q", "-v"],
        &["commit", "-q", "-e", "-m", "given"],
        &["commit", "-q", "-C", "HEAD"],
        &["commit", "-q", "-c", "HEAD"],
        &["commit", "-q", "-s", "-m", "signed off"],
        &["commit", "-q", "--fixup=HEAD"],
        &["commit", "-q", "--squash=HEAD", "-m", "more"],
        &["commit", "-q", "-t", "../template"],
        &["commit", "-q", "--no-verify", "-m", "not verified"],
        &["commit", "-q", "-a", "-m", "all"],
        &["commit", "-q", "--cleanup=verbatim", "-m", "verbatim"],
        &["commit", "-q", "--trailer", "Fixes: 1", "-m", "with a trailer"],
    ] {
        repo.git(args).ok();
        assert_marked(&repo, "HEAD");
        repo.git(&["reset", "-q", "--soft", &start]).ok();
    }
}

#[test]
fn other_trailers_stay_and_share_the_paragraph() {
    let repo = proven();
    repo.git(&["commit", "-q", "-s", "-m", "title\n\nbody\n\nFixes: 1\nIntegration-Tested: by hand"]).ok();
    let expected = format!(
        "title\n\nbody\n\nFixes: 1\nIntegration-Tested: by hand\nSigned-off-by: A Committer <committer@example.org>\n{}",
        own_marker(&repo, "HEAD")
    );
    assert_eq!(message(&repo, "HEAD").trim_end(), expected);
}

#[test]
fn an_empty_message_still_aborts() {
    let repo = proven();
    let before = repo.state();
    repo.set("GIT_EDITOR", "true").git(&["commit"]).exits(1).says("empty commit message");
    repo.set("GIT_EDITOR", "false").git(&["commit"]).exits(1);
    assert_eq!(repo.state(), before);
}

#[test]
fn without_evidence_nothing_is_written() {
    let repo = guarded();
    repo.install().write("b.txt", "b\n").commit("nothing to prove").ok();
    assert_unmarked(&repo, "HEAD");
}

#[test]
fn a_claim_of_one_s_own_is_not_turned_into_a_marker() {
    let repo = guarded();
    repo.install().write("b.txt", "b\n").stage();
    let tree = repo.index_tree();
    repo.git(&["commit", "-q", "-m", &format!("claimed\n\n{}", marker(&tree))]).ok();
    assert_marked(&repo, "HEAD");
    repo.write("c.txt", "c\n").stage();
    repo.git(&["commit", "-q", "-m", &format!("claimed\n\n{}", marker(&tree))]).ok();
    assert_unmarked(&repo, "HEAD");
}

#[test]
fn rewording_keeps_the_marker() {
    let repo = proven();
    repo.git(&["commit", "-q", "-m", "first words"]).ok();
    repo.git(&["commit", "-q", "--amend", "-m", "other words"]).ok();
    assert_marked(&repo, "HEAD");
    repo.set("GIT_EDITOR", "sed -i s/other/third/").git(&["commit", "-q", "--amend"]).ok();
    assert_marked(&repo, "HEAD");
    assert!(message(&repo, "HEAD").starts_with("third words\n"));
}

#[test]
fn amending_with_content_loses_it() {
    let repo = proven();
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.write("b.txt", "b\n").stage();
    repo.git(&["commit", "--amend", "--no-edit"]).rejected().says("error[guarded-area]");
    repo.git(&["commit", "-q", "--amend", "--no-edit", "--no-verify"]).ok();
    assert_unmarked(&repo, "HEAD");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    assert_marked(&repo, "HEAD");
}

#[test]
fn going_back_to_a_proven_tree_has_it_again() {
    let repo = proven();
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.write("b.txt", "b\n").commit("more").ok();
    assert_unmarked(&repo, "HEAD");
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert_marked(&repo, "HEAD");
}

#[test]
fn a_failure_that_came_later_takes_it_away() {
    let flaky = POLICY.replace("test -e ok", "test -e \\\"$FLAG\\\"\"\nenv = [\"PATH\", \"FLAG\"]\n#");
    let repo = under(&flaky);
    repo.install().set("FLAG", "/");
    repo.write("middleware/auth.py", "check(more)\n").stage();
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    assert_marked(&repo, "HEAD");
    repo.set("FLAG", "/nowhere").guard(&["test", "integration", "--again"]).rejected();
    repo.git(&["commit", "-q", "--amend", "-m", "again"]).rejected();
    repo.git(&["commit", "-q", "--amend", "-m", "again", "--no-verify"]).ok();
    assert_unmarked(&repo, "HEAD");
}

#[test]
fn comment_characters_of_one_s_own_choice() {
    for (key, value, editor, is_known) in [
        ("core.commentChar", ";", "printf 'title\\n; a comment\\n' >", true),
        ("core.commentString", "//", "printf 'title\\n// a comment\\n' >", git_is_since(2, 45)),
    ] {
        if !is_known {
            continue;
        }
        let repo = proven();
        repo.git(&["config", key, value]).ok();
        repo.set("GIT_EDITOR", editor).git(&["commit", "-q"]).ok();
        assert_marked(&repo, "HEAD");
        assert!(!message(&repo, "HEAD").contains("comment"), "{key}");
    }
    let repo = proven();
    repo.git(&["config", "core.commentChar", "auto"]).ok();
    repo.git(&["commit", "-q", "-e", "-m", "#1 title"]).ok();
    assert_eq!(message(&repo, "HEAD").trim_end(), format!("#1 title\n\n{}", own_marker(&repo, "HEAD")));
}

#[test]
fn a_hook_that_was_there_writes_first() {
    let repo = guarded();
    repo.script(".git/hooks/prepare-commit-msg", "#!/bin/sh\necho \"legacy $# $2\" >&2\nsed -i '1s/^/[T-1] /' \"$1\"\n");
    repo.install();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok().says("legacy 2 message");
    assert_marked(&repo, "HEAD");
    assert!(message(&repo, "HEAD").starts_with("[T-1] work\n"));
}

#[test]
fn a_read_only_message_loses_nothing() {
    let repo = proven();
    repo.write("../message", "words\n");
    let file = repo.scratch().join("message");
    repo.guard(&["hook", "prepare-commit-msg", file.to_str().unwrap(), "message"]).ok();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, format!("words\n\n{}\n", marker(&repo.index_tree())));
    repo.guard(&["hook", "prepare-commit-msg", file.to_str().unwrap(), "message"]).ok();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "once is enough");
    repo.guard(&["hook", "prepare-commit-msg"]).undecided().says("git passed no message file to this hook");
}
