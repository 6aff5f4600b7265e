//! pre-push: what the remote would get, as far as this side knows the remote.

use crate::scene::*;
use crate::support::*;

mod remotes;

/// A guarded repository with hooks, an unguarded remote that has its `main`, and `work` checked out.
fn pushing() -> (Repo, Repo) {
    pushing_under(POLICY)
}

fn pushing_under(policy: &str) -> (Repo, Repo) {
    let repo = under(policy);
    let server = repo.remote();
    on_work(&repo).install();
    (repo, server)
}

/// A rejected push changes nothing on either side.
#[track_caller]
fn assert_refused(repo: &Repo, server: &Repo, args: &[&str], rule: &str) -> Run {
    let before = (repo.state(), server.state_of_refs());
    let run = repo.git(&[&["push"][..], args].concat()).rejected().says(&format!("error[{rule}]"));
    assert_eq!((repo.state(), server.state_of_refs()), before, "`git push {}`", args.join(" "));
    run
}

#[test]
fn what_may_be_pushed_is() {
    let (repo, server) = pushing();
    repo.write_many("few", 5).commit("few").ok();
    repo.git(&["push", "-q", "origin", "work"]).ok().says("guard: accepted for dev (claimed by author e-mail): 5 files");
    assert_eq!(server.rev("work"), repo.rev("work"));
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn a_rejection_says_what_is_still_there() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.write_many("few", 2).commit_unjudged("few");
    let run = assert_refused(&repo, &server, &["origin", "work"], "file-limit");
    let text = run.says("nothing was pushed; your commits are as they were").err();
    assert!(text.contains(&format!("commit {}", &repo.rev("work^")[..7])), "{text}");
    assert!(text.contains("policy.toml:9") && text.contains(&format!("(main@{})", &repo.rev("origin/main")[..7])), "{text}");
}

#[test]
fn no_verify_skips_it() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.git(&["push", "-q", "--no-verify", "origin", "work"]).ok();
    assert_eq!(server.rev("work"), repo.rev("work"));
}

#[test]
fn a_protected_branch_needs_more_proof_than_another() {
    let (repo, server) = pushing_under(&POLICY.replace("land = \"claimed\"", "land = \"recorded\""));
    repo.write("ok", "").write("middleware/auth.py", "check(more)\n").stage();
    let claim = format!("work\n\n{}", marker(&repo.index_tree()));
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", &claim]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let run = assert_refused(&repo, &server, &["origin", "work:main"], "guarded-area");
    // A server sees what is pushed, and what nobody signed is a claim there.
    let next = format!("next: guard test integration --rev {} --sign --push origin", repo.rev("work"));
    run.says("needs recorded, found claimed").says(&next);
    repo.guard(&["test", "integration", "--rev", "work"]).ok();
    assert_refused(&repo, &server, &["origin", "work:main"], "guarded-area").says("it is here, and not on the remote").says(&next);
    repo.guard(&["test", "integration", "--rev", "work", "--push", "origin"]).ok();
    assert_refused(&repo, &server, &["origin", "work:main"], "guarded-area").says(&next).says_not("it is here, and not");
}

#[test]
fn a_branch_needs_a_claim_on_the_tree_of_its_tip() {
    let (repo, server) = pushing();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.write("b.txt", "b\n").commit("more").ok();
    assert_refused(&repo, &server, &["origin", "work:other"], "guarded-area").says("needs claimed, found none");
    repo.guard(&["test", "integration", "--rev", "work"]).ok();
    assert_refused(&repo, &server, &["origin", "work:other"], "guarded-area").says("it is here, and not on the remote");
    repo.guard(&["test", "integration", "--rev", "work", "--push", "origin"]).ok();
    repo.git(&["push", "-q", "origin", "work:other"]).ok();
    // Where this clone doesn't hear of evidence, nobody can tell what is there.
    repo.write("b.txt", "c\n").commit("more").ok();
    repo.guard(&["test", "integration", "--rev", "work"]).ok();
    repo.git(&["config", "--unset-all", "remote.origin.fetch", "guard"]).ok();
    repo.git(&["push", "-q", "origin", "work:other"]).ok();
}

#[test]
fn a_lone_commit_that_lands_is_judged_by_the_session() {
    let (repo, server) = pushing_under(&POLICY.replace("[defaults]", "[defaults]\nmax-files-per-session = 8"));
    repo.write_many("many", 7).commit_unjudged("squashed");
    assert_refused(&repo, &server, &["origin", "work"], "file-limit").says("7 files changed in this commit, 5 allowed");
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
    repo.write_many("more", 9).commit_unjudged("squashed");
    assert_refused(&repo, &server, &["origin", "work:main"], "file-limit").says("9 files changed in this session, 8 allowed");
}

#[test]
fn deletions() {
    let (repo, server) = pushing();
    repo.git(&["push", "-q", "--no-verify", "origin", "work", "work:other"]).ok();
    repo.git(&["push", "-q", "origin", ":other"]).ok();
    repo.git(&["push", "-q", "--delete", "origin", "work"]).ok();
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]).ok();
    let run = assert_refused(&repo, &server, &["origin", ":main"], "protected-ref");
    run.says("`refs/heads/main` is protected and can't be deleted");
}

#[test]
fn rewinding() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit("b").ok();
    repo.git(&["push", "-q", "origin", "work", "work:main"]).ok();
    repo.git(&["push", "-q", "--force", "origin", "work^:work"]).ok();
    assert_refused(&repo, &server, &["--force", "origin", "work^:main"], "protected-ref").says("can't be rewound");
    assert_refused(&repo, &server, &["--force-with-lease", "origin", "work^:main"], "protected-ref");
}

#[test]
fn tags_are_judged_by_what_they_reach() {
    let (repo, server) = pushing();
    repo.git(&["tag", "of-main", "main"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.git(&["tag", "light"]).ok();
    repo.git(&["tag", "-a", "-m", "annotated", "annotated"]).ok();
    repo.git(&["tag", "-a", "-m", "of a tag", "nested", "annotated"]).ok();
    for tag in ["light", "annotated", "nested"] {
        assert_refused(&repo, &server, &["origin", tag], "file-limit").says("6 files");
    }
    repo.git(&["push", "-q", "origin", "of-main"]).ok();
    repo.git(&["tag", "tree", "HEAD^{tree}"]).ok();
    assert_refused(&repo, &server, &["origin", "tree"], "protected-ref").says("reaches no commit");
}

#[test]
fn several_refs_are_one_session() {
    let (repo, server) = pushing_under(&POLICY.replace("[defaults]", "[defaults]\nmax-files-per-session = 8"));
    repo.write_many("one", 5).commit("one").ok();
    repo.git(&["switch", "-q", "-c", "more", "main"]).ok();
    repo.write_many("two", 5).commit("two").ok();
    repo.git(&["push", "-q", "--dry-run", "origin", "work"]).ok();
    repo.git(&["push", "-q", "--dry-run", "origin", "more"]).ok();
    let run = assert_refused(&repo, &server, &["origin", "work", "more"], "file-limit");
    run.says("10 files changed in this session, 8 allowed");
    assert_refused(&repo, &server, &["--all", "origin"], "file-limit");
}

#[test]
fn every_violation_of_every_ref_is_said_once() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.git(&["tag", "same"]).ok();
    let text = assert_refused(&repo, &server, &["origin", "work", "same", "work:other"], "file-limit").err();
    assert_eq!(text.matches("error[file-limit]").count(), 1, "{text}");
}

#[test]
fn an_empty_push_passes() {
    let (repo, _server) = pushing();
    repo.run_with(GUARD, &["hook", "pre-push", "origin", "url"], b"").ok().says("nothing to judge");
    repo.git(&["push", "-q", "origin", "main"]).ok();
}

#[test]
fn a_branch_that_stands_where_the_base_does_has_nothing_to_judge() {
    let (repo, _server) = pushing();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["push", "-q", "origin", "HEAD~1:refs/heads/older"]).ok();
}

#[test]
fn malformed_lines_are_undecided() {
    let (repo, _server) = pushing();
    for line in ["nonsense\n", "a b c\n", "refs/heads/x 1 refs/heads/x 2\n", "refs/heads/x 1234 refs/heads/x"] {
        repo.run_with(GUARD, &["hook", "pre-push", "origin", "url"], line.as_bytes()).undecided().says("malformed line");
    }
}

#[test]
fn a_detached_head_can_be_pushed_somewhere() {
    let (repo, server) = pushing();
    repo.git(&["switch", "-q", "--detach"]).ok();
    repo.write_many("few", 2).commit("few").ok();
    repo.git(&["push", "-q", "origin", "HEAD:refs/heads/few"]).ok().says("2 files");
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["origin", "HEAD:refs/heads/many"], "file-limit");
}

#[test]
fn evidence_goes_along() {
    let (repo, server) = pushing();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.git(&["push", "-q", "--atomic", "origin", "work", "refs/notes/guard/*"]).ok();
    assert!(server.state_of_refs().contains("refs/notes/guard/"));
}

#[test]
fn a_hook_that_was_there_gets_the_same_arguments_and_input() {
    let repo = guarded();
    let server = repo.remote();
    let legacy = "#!/bin/sh\necho \"legacy $1 $2\" >&2\ncat >.git/input\ntest ! -e .git/no\n";
    on_work(&repo).script(".git/hooks/pre-push", legacy).install();
    repo.write_many("many", 6).commit_unjudged("many");
    let said = format!("legacy origin {}", server.path().display());
    assert_refused(&repo, &server, &["origin", "work"], "file-limit").says(&said);
    let (tip, zero) = (repo.rev("work"), "0".repeat(40));
    let expected = format!("refs/heads/work {tip} refs/heads/work {zero}\n");
    assert_eq!(std::fs::read_to_string(repo.file(".git/input")).unwrap(), expected);
    repo.write(".git/no", "").git(&["push", "origin", "main:other"]).rejected().says("legacy").says_not("guard:");
}

#[test]
fn a_hook_that_was_there_need_not_read_its_input() {
    let (repo, _server) = pushing();
    repo.guard(&["uninstall"]).ok();
    repo.script(".git/hooks/pre-push", "#!/bin/sh\nexit 0\n").install();
    for n in 0..400 {
        repo.git(&["update-ref", &format!("refs/heads/bulk/{n:0200}"), "main"]).ok();
    }
    repo.git(&["push", "-q", "origin", "refs/heads/bulk/*"]).rejected().says("400 ref updates in this push, 50 allowed");
}
