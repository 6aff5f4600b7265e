//! What can't be decided is said in a sentence, with the next step, in both formats, with status 2; and nothing is lost.

use crate::scene::*;
use crate::support::*;

mod git_missing;
mod objects;
mod policies;
mod runs;

/// The command is undecided: one sentence on standard error that holds `words`, what to do about it, and in JSON the same words; nothing
/// in the repository changes.
#[track_caller]
fn assert_undecided(repo: &Repo, args: &[&str], words: &str) -> Run {
    let before = repo.state();
    let run = repo.guard(args).undecided();
    assert_eq!(run.out(), "", "an error is no report");
    let text = run.err();
    assert!(text.starts_with("guard: could not decide: ") && text.ends_with('\n'), "{text}");
    assert!(text.contains(words), "`{words}` is not in\n{text}");
    assert!(text.contains("\nhelp: ") || text.contains("\nnext: ") || text.contains("did you mean"), "no next step in\n{text}");
    assert!(!text.contains("os error") && !text.contains("Err(") && !text.contains("panicked"), "{text}");
    let json = repo.json(args);
    assert_eq!(json["decision"], "undecided", "{json:#}");
    let error = json["error"].as_str().unwrap();
    assert!(error.contains(words), "`{words}` is not in {error}");
    for key in ["version", "decision", "stage", "policy", "base", "judgements", "error", "help"] {
        assert!(json.get(key).is_some(), "no key `{key}` in {json:#}");
    }
    assert_eq!(repo.state(), before, "`guard {}`", args.join(" "));
    run
}

/// git runs a hook that could not decide: the commit isn't made, and everything is as it was.
#[track_caller]
fn assert_commit_refused(repo: &Repo, words: &str) {
    let before = repo.state();
    let run = repo.git(&["commit", "-m", "work"]).rejected().says("guard: could not decide: ").says(words);
    run.says("nothing was committed; the index is as it was\n");
    assert_eq!(repo.state(), before);
}

#[test]
fn outside_of_any_repository() {
    let repo = Repo::new();
    let outside = repo.sibling("");
    for args in [
        &["check"][..],
        &["check", "--staged"],
        &["test", "x"],
        &["evidence"],
        &["install"],
        &["uninstall"],
        &["doctor"],
        &["policy", "show"],
        &["policy", "check"],
        &["explain", "a/b"],
        &["hook", "pre-commit"],
        &["hook", "pre-receive"],
    ] {
        let run = outside.guard(args).undecided().says("not in a git repository");
        run.says("guard -C DIRECTORY");
        assert_eq!(outside.json(args)["decision"], "undecided");
    }
    outside.guard(&["explain", "file-limit"]).ok();
    outside.guard(&["explain"]).ok();
    outside.guard(&["policy", "schema"]).ok();
    outside.guard(&["completions", "bash"]).ok();
    outside.guard(&["man"]).ok();
}

#[test]
fn a_repository_of_another_format_is_named() {
    for (option, words) in [
        ("--object-format=sha256", "this repository uses SHA-256 object ids"),
        ("--ref-format=reftable", "this repository stores its refs as reftable"),
    ] {
        let repo = Repo::new().sibling("other");
        let init = repo.git(&["init", "-q", "-b", "main", option, "other"]);
        if init.status != 0 {
            // this git knows no such format
            continue;
        }
        repo.write("a.txt", "a\n").write("policy.toml", POLICY).commit_unjudged("start");
        for args in [
            &["check"][..],
            &["check", "--staged"],
            &["test", "integration"],
            &["evidence"],
            &["install"],
            &["uninstall"],
            &["doctor"],
            &["policy", "show"],
            &["explain", "a.txt"],
            &["hook", "pre-commit"],
        ] {
            assert_undecided(&repo, args, words);
        }
        repo.script(".git/hooks/pre-commit", installed_hook()).write("b.txt", "b\n").stage();
        assert_commit_refused(&repo, words);
    }
}

/// A hook, as an earlier installation or a template may have left it.
fn installed_hook() -> Vec<u8> {
    let repo = Repo::with_policy(OPEN_POLICY);
    std::fs::read(repo.install().file(".git/hooks/pre-commit")).unwrap()
}

#[test]
fn no_base() {
    let repo = under(&POLICY.replace("base = \"main\"", "base = \"trunk\""));
    let words = "no base: the policy's base branch `trunk` is neither here nor on the remote";
    for args in [&["check"][..], &["check", "--staged"], &["check", "HEAD"], &["check", "--merge"], &["hook", "pre-commit"]] {
        assert_undecided(&repo, args, words).says("next: git branch trunk main");
    }
    repo.install().write("b.txt", "b\n").stage();
    assert_commit_refused(&repo, words);
    // what names its own base needs none
    repo.guard(&["check", "--base", "HEAD"]).ok();
    repo.guard(&["check", "HEAD..HEAD"]).ok();
    repo.guard(&["test", "integration"]).rejected();
    repo.guard(&["evidence"]).ok();
    repo.git(&["branch", "trunk"]).ok();
    repo.git(&["commit", "-q", "-m", "work"]).ok();
}

#[test]
fn an_unborn_head() {
    let repo = Repo::new();
    repo.install().write("policy.toml", POLICY).write_many("many", 9).stage();
    assert_undecided(&repo, &["check", "HEAD"], "no revision `HEAD` in this repository");
    assert_undecided(&repo, &["test", "integration"], "there is no commit yet");
    repo.guard(&["evidence"]).ok();
    repo.guard(&["doctor"]).ok().says("not yet on the trusted branch");
    // the first commit brings the policy
    repo.git(&["commit", "-q", "-m", "start"]).ok().says("bootstrap: the trusted branch has no policy yet");
    repo.write_many("more", 6).stage();
    repo.git(&["commit", "-m", "more"]).rejected().says("error[file-limit]");
}

#[test]
fn an_unborn_head_with_a_policy_that_does_not_load() {
    let repo = Repo::new();
    repo.install().write("policy.toml", "version = 1\nbse = \"main\"\n").write("a.txt", "a\n").stage();
    assert_commit_refused(&repo, "the policy `index:policy.toml` can't be enforced: unknown key `bse`");
    repo.write("policy.toml", POLICY).link("out", "/etc/passwd").stage();
    let before = repo.state();
    repo.git(&["commit", "-m", "start"]).rejected().says("error[safe-path]");
    assert_eq!(repo.state(), before);
    repo.git(&["rm", "-q", "--cached", "out"]).ok();
    repo.git(&["commit", "-q", "-m", "start"]).ok();
}

#[test]
fn a_bare_repository_for_commands_of_a_work_tree() {
    let repo = guarded();
    let server = repo.remote();
    let bare = |args: &[&str], words: &str| {
        let refs = server.state_of_refs();
        server.guard(args).undecided().says(words);
        assert_eq!(server.json(args)["decision"], "undecided");
        assert_eq!(server.state_of_refs(), refs);
    };
    bare(&["check", "--staged"], "this repository is bare: it has no work tree and no index");
    bare(&["test", "integration"], "this repository is bare: it has no index to test");
    bare(&["install"], "this repository is bare: nobody commits in it, it is pushed to");
    bare(&["hook", "pre-commit"], "this repository is bare");
    bare(&["policy", "diff"], "bare");
    server.guard(&["evidence"]).ok().says("of HEAD");
    server.guard(&["test", "integration", "--rev", "main"]).rejected().says("failed on tree");
    repo.guard(&["install", "--server"]).undecided().says("this repository has a work tree");
}

#[test]
fn a_suite_that_is_not_declared() {
    let repo = guarded();
    assert_undecided(&repo, &["test", "integratoin"], "suite `integratoin` is not declared in `main:policy.toml`")
        .says("did you mean `integration`?");
    assert_undecided(&repo, &["test", "x"], "suite `x` is not declared").says("declared: `integration`");
    // nothing runs where one of them is unknown
    repo.write("ok", "").stage();
    assert_undecided(&repo, &["test", "integration", "x"], "suite `x` is not declared");
    repo.git(&["show-ref"]).ok().says_not("refs/notes");
}

#[test]
fn an_unknown_hook_and_a_hook_without_its_arguments() {
    let repo = guarded();
    assert_undecided(&repo, &["hook", "post-comit"], "no hook `post-comit`").says("the hooks are pre-commit, pre-merge-commit");
    assert_undecided(&repo, &["hook", "Pre-Commit"], "no hook `Pre-Commit`");
    assert_undecided(&repo, &["hook", "../pre-commit"], "no hook `../pre-commit`");
    repo.guard(&["hook", "x", "--doctor"]).undecided().says("no hook `x`");
    assert_undecided(&repo, &["hook", "commit-msg"], "git passed no message file to this hook");
    assert_undecided(&repo, &["hook", "prepare-commit-msg"], "git passed no message file to this hook");
    // without arguments a push goes to an unknown place, and is judged all the same
    repo.run_with(GUARD, &["hook", "pre-push"], b"").ok();
}

#[test]
fn a_revision_that_is_not_there() {
    let repo = guarded();
    for args in [
        &["check", "nowhere"][..],
        &["check", "main..nowhere"],
        &["check", "nowhere..main"],
        &["check", "--base", "nowhere"],
        &["evidence", "nowhere"],
        &["test", "integration", "--rev", "nowhere"],
    ] {
        assert_undecided(&repo, args, "no revision `nowhere` in this repository");
    }
}

#[test]
fn unmerged_paths() {
    let repo = guarded();
    on_work(&repo).write("a.txt", "theirs\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("a.txt", "ours\n").commit_unjudged("ours");
    repo.git(&["merge", "-q", "work"]).exits(1);
    for args in [&["check", "--staged"][..], &["test", "integration"], &["evidence"], &["hook", "pre-commit"]] {
        let run = repo.guard(args).undecided().says("unmerged").says("a.txt");
        assert!(run.err().starts_with("guard: could not decide: "), "{}", run.err());
    }
}
