//! Branches, tags and symbolic refs: judged by what they reach, and by what they would move.

use super::*;

#[test]
fn a_new_branch_is_measured_against_the_base() {
    let (repo, server) = pushing();
    repo.git(&["push", "-q", "origin", "work", "main~1:refs/heads/older"]).ok();
    repo.write_many("few", 5).commit_unjudged("few");
    repo.git(&["push", "-q", "origin", "work:fresh"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["work:fresher"], "file-limit");
}

#[test]
fn deleting() {
    let (repo, server) = pushing();
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["push", "-q", "origin", ":work"]).ok().says("nothing to judge");
    assert_refused(&repo, &server, &[":main"], "protected-ref").says("can't be deleted");
    repo.login("boss");
    assert_refused(&repo, &server, &[":main"], "protected-ref");
}

#[test]
fn deleting_one_and_pushing_another_is_one_push() {
    let (repo, server) = pushing();
    repo.git(&["push", "-q", "origin", "work:old"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &[":old", "work"], "file-limit");
    repo.git(&["push", "-q", "origin", ":old", "work^:refs/heads/new"]).ok();
}

#[test]
fn a_deletion_resets_nothing() {
    let (repo, server) = pushing_under(&POLICY.replace("[defaults]", "[defaults]\nmax-files-per-session = 8"));
    repo.write_many("one", 5).commit_unjudged("one");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.write_many("two", 5).commit_unjudged("two");
    assert_refused(&repo, &server, &["work"], "file-limit").says("10 files changed in this session");
    repo.git(&["push", "-q", "origin", ":work"]).ok();
    assert_refused(&repo, &server, &["work"], "file-limit").says("10 files changed in this session");
    assert_refused(&repo, &server, &["work:main"], "file-limit").says("10 files changed in this session");
}

#[test]
fn tags_of_every_kind() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.git(&["tag", "light"]).ok();
    repo.git(&["tag", "-a", "-m", "annotated", "annotated"]).ok();
    repo.git(&["tag", "-a", "-m", "of a tag", "nested", "annotated"]).ok();
    for tag in ["light", "annotated", "nested"] {
        assert_refused(&repo, &server, &[tag], "file-limit").says("6 files");
    }
    repo.git(&["tag", "-a", "-m", "of a tree", "tree", "HEAD^{tree}"]).ok();
    repo.git(&["tag", "-a", "-m", "of a blob", "blob", "HEAD:a.txt"]).ok();
    repo.git(&["tag", "bare-tree", "HEAD^{tree}"]).ok();
    repo.git(&["tag", "bare-blob", "HEAD:a.txt"]).ok();
    for tag in ["tree", "blob", "bare-tree", "bare-blob"] {
        assert_refused(&repo, &server, &[tag], "protected-ref").says(&format!("`refs/tags/{tag}` reaches no commit"));
    }
    repo.git(&["tag", "-a", "-m", "fine", "fine", "main"]).ok();
    repo.git(&["push", "-q", "origin", "fine"]).ok();
    repo.git(&["push", "-q", "origin", ":fine"]).ok();
    assert_refused(&repo, &server, &["HEAD^{tree}:refs/heads/tree"], "protected-ref");
}

#[test]
fn a_tag_may_move() {
    let (repo, _server) = pushing();
    repo.git(&["push", "-q", "origin", "main:refs/tags/moving"]).ok();
    repo.git(&["push", "-q", "--force", "origin", "main~1:refs/tags/moving"]).ok();
}

#[test]
fn a_symbolic_ref_stands_for_its_target() {
    let (repo, server) = pushing();
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).ok();
    server.git(&["symbolic-ref", "refs/heads/twice", "refs/heads/alias"]).ok();
    for name in ["alias", "twice"] {
        assert_refused(&repo, &server, &["--force", &format!("main~1:{name}")], "protected-ref").says("can't be rewound");
        assert_refused(&repo, &server, &[&format!(":{name}")], "protected-ref").says("can't be deleted");
    }
    repo.write_many("many", 6).commit_unjudged("two");
    repo.write("b.txt", "b\n").commit_unjudged("commits");
    assert_refused(&repo, &server, &["work:alias"], "file-limit");
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    repo.git(&["push", "-q", "origin", "work:alias"]).ok();
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn a_symbolic_ref_that_leads_nowhere_is_undecided() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    server.git(&["symbolic-ref", "refs/heads/loop", "refs/heads/pool"]).ok();
    server.git(&["symbolic-ref", "refs/heads/pool", "refs/heads/loop"]).ok();
    let line = format!("{} {} refs/heads/loop\n", "0".repeat(40), server.rev("main"));
    server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).undecided();
}

#[test]
fn protected_patterns_and_their_new_branches() {
    let (repo, server) =
        pushing_under(&POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]"));
    let by_owners = "would be protected by a pattern, and owners alone make such a branch";
    assert_refused(&repo, &server, &["main:refs/heads/release/1"], "protected-ref").says(by_owners);
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/1"]).ok();
    repo.login("dev");
    assert_refused(&repo, &server, &["--force", "main~1:release/1"], "protected-ref");
    assert_refused(&repo, &server, &[":release/1"], "protected-ref");
    assert_refused(&repo, &server, &["main:Release/1"], "protected-ref").says("is protected `release/1` but for case");
    repo.git(&["switch", "-q", "--orphan", "other"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("out of nothing");
    assert_refused(&repo, &server, &["other:release/2"], "protected-ref").says("can't be created out of nothing");
    repo.git(&["push", "-q", "origin", "other"]).ok();
    assert_refused(&repo, &server, &["--force", "other:main"], "protected-ref").says("can't be rewound");
}

#[test]
fn refs_outside_of_what_may_be_pushed() {
    let (repo, server) = pushing();
    server.git(&["config", "--unset-all", "receive.hideRefs"]).ok();
    for name in ["refs/replace/1234", "refs/meta/config", "refs/pull/1/head", "refs/notes/commits", "refs/guard/ledger", "refs/x"] {
        assert_refused(&repo, &server, &[&format!("main:{name}")], "protected-ref").says("is no ref that may be pushed");
    }
    assert_refused(&repo, &server, &["main:refs/heads/HEAD"], "protected-ref");
    assert_refused(&repo, &server, &["main:refs/heads/refs/heads/main"], "protected-ref");
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/meta/config"]).ok();
}

#[test]
fn names_that_nobody_would_paste() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    for name in ["refs/heads/$(touch${IFS}pwn)", "refs/heads/`x`;y", "refs/heads/-f", "refs/heads/caf\u{e9}\u{202e}x"] {
        let text = assert_refused(&repo, &server, &[&format!("HEAD:{name}")], "file-limit").err();
        assert!(!text.contains('\u{202e}') || text.matches('\u{202e}').count() <= 2, "git itself repeats the name: {text}");
    }
    assert!(!server.file("pwn").exists());
}

#[test]
fn several_refs_are_one_session() {
    let (repo, server) = pushing_under(&POLICY.replace("[defaults]", "[defaults]\nmax-files-per-session = 8"));
    repo.write_many("one", 5).commit_unjudged("one");
    repo.git(&["switch", "-q", "-c", "more", "main"]).ok();
    repo.write_many("two", 5).commit_unjudged("two");
    assert_refused(&repo, &server, &["work", "more"], "file-limit").says("10 files changed in this session, 8 allowed");
    assert_refused(&repo, &server, &["work", "more:refs/tags/more"], "file-limit");
}
