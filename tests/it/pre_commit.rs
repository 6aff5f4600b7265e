//! pre-commit, as git really runs it: what is judged is what the commit would hold, and a rejection leaves everything as it was.

use crate::scene::*;
use crate::support::*;

mod amend;
mod places;

/// A rejected command changes nothing.
#[track_caller]
fn assert_refused(repo: &Repo, args: &[&str], rule: &str) -> Run {
    let before = repo.state();
    let run = repo.git(args).rejected().says(&format!("error[{rule}]"));
    assert_eq!(repo.state(), before, "`git {}` was rejected and left something behind", args.join(" "));
    run
}

#[test]
fn a_commit_within_the_limits_is_made_and_said() {
    let repo = guarded();
    repo.install().write_many("few", 5);
    let run = repo.commit("few").ok().says("guard: accepted for dev (claimed by author e-mail): 5 files");
    assert_eq!(run.out(), "", "hooks speak on standard error");
    assert_eq!(repo.rev("HEAD^"), repo.rev("main^"));
}

#[test]
fn a_rejection_says_what_why_and_what_is_still_there() {
    let repo = guarded();
    repo.install().write_many("many", 6).stage();
    let run = assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
    let text = run.err();
    for line in [
        "guard: rejected for dev (claimed by author e-mail)\n",
        "error[file-limit]: 6 files changed in this commit, 5 allowed\n",
        "policy.toml:9  max-files-per-commit = 5",
        "  next: git restore --staged",
        "why: guard explain file-limit\n",
        "nothing was committed; the index is as it was\n",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    assert!(text.contains(&format!("(main@{})", &repo.rev("main")[..7])), "{text}");
}

#[test]
fn the_next_command_works_when_pasted() {
    let repo = guarded();
    repo.install().write_many("many", 7).write("it's $(x).txt", "x\n").stage();
    let text = repo.git(&["commit", "-m", "many"]).rejected().err();
    let next = text.lines().find_map(|line| line.strip_prefix("  next: ")).unwrap().to_owned();
    repo.run("sh", &["-c", &next]).ok();
    repo.git(&["commit", "-q", "-m", "fewer"]).ok();
    let shown = repo.git(&["show", "--numstat", "--format="]).ok().out();
    assert_eq!(shown.lines().count(), 5, "{shown}");
}

fn change_six(repo: &Repo) {
    for n in 1..=6 {
        repo.write(format!("many{n}.txt"), "changed\n");
    }
}

#[test]
fn commit_all_is_judged_with_what_it_adds() {
    let repo = guarded();
    repo.write_many("many", 6).commit_unjudged("tracked");
    repo.install();
    change_six(&repo);
    assert_refused(&repo, &["commit", "-a", "-m", "all"], "file-limit");
    repo.git(&["checkout", "-q", "many6.txt"]).ok();
    repo.git(&["commit", "-q", "-a", "-m", "five"]).ok();
}

#[test]
fn commit_of_paths_is_judged_by_those_paths_alone() {
    let repo = guarded();
    repo.write_many("many", 6).commit_unjudged("tracked");
    repo.install();
    change_six(&repo);
    repo.write_many("other", 6).git(&["add", "other*"]).ok();
    assert_refused(
        &repo,
        &["commit", "-m", "six", "--", "many1.txt", "many2.txt", "many3.txt", "many4.txt", "many5.txt", "many6.txt"],
        "file-limit",
    );
    assert_refused(&repo, &["commit", "-m", "with", "-i", "many1.txt"], "file-limit");
    repo.git(&["commit", "-q", "-m", "one", "--only", "many1.txt"]).ok();
    assert_eq!(repo.git(&["diff", "--cached", "--name-only"]).ok().out().lines().count(), 6, "what was staged still is");
}

#[test]
fn an_intent_to_add_is_no_part_of_a_commit() {
    let repo = guarded();
    repo.install().write_many("later", 9).git(&["add", "-N", "."]).ok();
    repo.write("now.txt", "now\n").git(&["add", "now.txt"]).ok();
    repo.git(&["commit", "-q", "-m", "one"]).ok().says("1 file");
}

#[test]
fn an_empty_commit_passes() {
    let repo = guarded();
    repo.install().git(&["commit", "-q", "--allow-empty", "-m", "nothing"]).ok();
}

#[test]
fn the_session_so_far_counts() {
    let repo = under(&POLICY.replace("[defaults]", "[defaults]\nmax-files-per-session = 6"));
    on_work(&repo).install().write_many("one", 4).commit("one").ok();
    repo.write_many("two", 3).stage();
    let run = assert_refused(&repo, &["commit", "-m", "two"], "file-limit");
    run.says("7 files changed in this session, 6 allowed");
    repo.git(&["rm", "-q", "-f", "one1.txt"]).ok();
    repo.git(&["commit", "-q", "-m", "taking one back frees its budget"]).ok();
}

#[test]
fn a_squash_in_the_index_is_judged_whole() {
    let repo = guarded();
    on_work(&repo).write_many("one", 3).commit_unjudged("one");
    repo.write_many("two", 3).commit_unjudged("two");
    repo.install().git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--squash", "work"]).ok();
    assert_refused(&repo, &["commit", "-m", "all of it"], "file-limit");
}

#[test]
fn a_merge_stopped_before_its_commit_counts_only_the_merger_s_own() {
    let repo = guarded();
    on_work(&repo).write_many("many", 9).commit_unjudged("others accepted this");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("here.txt", "here\n").commit_unjudged("here");
    repo.install().git(&["merge", "-q", "--no-commit", "work"]).ok();
    repo.git(&["commit", "-q", "-m", "merged"]).ok().says("nothing is changed");

    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    repo.git(&["merge", "-q", "--no-commit", "work"]).ok();
    repo.write("middleware/auth.py", "pass\n").stage();
    let run = assert_refused(&repo, &["commit", "-m", "evil"], "guarded-area");
    run.says("git merge --abort");
    assert!(repo.file(".git/MERGE_HEAD").exists(), "the merge is as it was");
}

#[test]
fn a_conflict_that_was_resolved_is_the_merger_s_own_work() {
    let repo = guarded();
    on_work(&repo).write("middleware/auth.py", "check(theirs)\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/auth.py", "check(ours)\n").commit_unjudged("ours");
    repo.install().git(&["merge", "-q", "work"]).exits(1);
    repo.guard(&["check", "--staged"]).undecided().says("unmerged").says("middleware/auth.py");
    repo.write("middleware/auth.py", "check(both)\n").stage();
    assert_refused(&repo, &["commit", "-m", "merged"], "guarded-area");
    proven_change(&repo, "check(both)\n");
    repo.git(&["commit", "-q", "-m", "merged"]).ok();
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).ok().line().split(' ').count(), 3);
}

#[test]
fn a_stash_is_nobody_s_commit() {
    let repo = guarded();
    repo.install().write_many("many", 9).stage();
    repo.git(&["stash", "-q"]).ok();
    repo.git(&["stash", "pop", "-q", "--index"]).ok();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
}

#[test]
fn a_hook_that_was_there_runs_first_and_keeps_its_word() {
    let repo = guarded();
    repo.script(".git/hooks/pre-commit", "#!/bin/sh\necho \"legacy $# <$GIT_INDEX_FILE>\" >&2\ntest ! -e no\n");
    repo.install().write("b.txt", "b\n").commit("b").ok().says("legacy 0 <.git/index>").says("guard: accepted");
    repo.write("no", "").write("c.txt", "c\n").stage();
    let before = repo.state();
    repo.git(&["commit", "-m", "c"]).rejected().says("legacy 0").says_not("guard:");
    assert_eq!(repo.state(), before);
    repo.remove("no").write_many("many", 6).stage();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit").says("legacy 0");
}

#[test]
fn what_a_legacy_hook_stages_is_judged() {
    let repo = guarded();
    repo.script(".git/hooks/pre-commit", "#!/bin/sh\ngit add .\n");
    repo.install().write_many("many", 9).git(&["add", "many1.txt"]).ok();
    repo.git(&["commit", "-m", "one"]).rejected().says("9 files");
}

#[test]
fn what_is_staged_right_after_pre_commit_is_judged() {
    let repo = guarded();
    let wait = |file: &str| format!("for _ in $(seq 500); do test -e .git/{file} && break; sleep 0.01; done");
    let behind = format!("#!/bin/sh\n({}; git add .; touch .git/added) >.git/log 2>&1 &\n", wait("guard/commit"));
    repo.script(".git/hooks/pre-commit", behind);
    repo.script(".git/hooks/prepare-commit-msg", format!("#!/bin/sh\n{}\n", wait("added")));
    repo.install().write_many("many", 9).git(&["add", "many1.txt"]).ok();
    repo.git(&["commit", "-m", "one"]).rejected().says("9 files");
}

#[test]
fn where_no_policy_is_everything_passes_in_one_line() {
    let repo = Repo::new();
    repo.write("a.txt", "a\n").commit_unjudged("start");
    repo.install().write_many("many", 20);
    repo.commit("many").ok().says("guard: no policy.toml on the trusted branch: nothing to guard\n");
    repo.git(&["config", "guard.required", "true"]).ok();
    repo.write_many("more", 2).stage();
    let before = repo.state();
    repo.git(&["commit", "-m", "more"])
        .rejected()
        .says("there is no policy.toml on the trusted branch, and `guard.required` is set");
    assert_eq!(repo.state(), before);
}
