//! commit-msg: where the policy accepts a claim before a commit, the message that nobody saw before.

use crate::scene::*;
use crate::support::*;

fn claiming() -> Repo {
    let repo = under(&claims_at_commit());
    repo.install().write("middleware/auth.py", "check(more)\n").stage();
    repo
}

fn claim(repo: &Repo) -> String {
    format!("work\n\n{}\n", marker(&repo.index_tree()))
}

#[test]
fn pre_commit_leaves_it_to_commit_msg_where_that_is_installed() {
    let repo = claiming();
    let json = repo.json(&["hook", "pre-commit"]);
    assert_accepted(&json);
    repo.git(&["commit", "-m", "work"]).rejected().says_not("guard: accepted");
    repo.git(&["commit", "-m", &claim(&repo)]).ok().says("guard: accepted for dev");
    repo.git(&["reset", "-q", "--soft", "HEAD^"]).ok();
    let because = |json: &serde_json::Value| {
        let outcomes = judgement(json, "index")["outcomes"].as_array().unwrap().clone();
        outcomes.iter().find(|o| o["rule"] == "guarded-area").unwrap()["because"].as_str().unwrap().to_owned()
    };
    assert!(because(&json).contains("needs a marker"), "{json:#}");
    std::fs::remove_file(repo.file(".git/hooks/commit-msg")).unwrap();
    assert_violated(&repo.json(&["hook", "pre-commit"]), "index", "guarded-area");
}

#[test]
fn a_claim_in_the_message_is_enough() {
    let repo = claiming();
    let before = repo.state();
    let run = repo.git(&["commit", "-m", "work"]).rejected().says("error[guarded-area]").says("needs claimed, found none");
    run.says("the message is kept: git commit -eF .git/COMMIT_EDITMSG\n");
    assert_eq!(repo.state(), before);
    repo.git(&["commit", "-q", "-m", &claim(&repo)]).ok();
    assert!(message(&repo, "HEAD").contains(&own_marker(&repo, "HEAD")));
}

#[test]
fn a_claim_for_another_tree_or_in_another_form_is_none() {
    let repo = claiming();
    let tree = repo.index_tree();
    for trailer in [
        marker(&repo.rev("HEAD^{tree}")),
        "Integration-Tested: integration".to_owned(),
        format!("Integration-Tested: integration\n tree={tree}"),
        format!("Integration-Tested: unit tree={tree}"),
        format!("Integration-Tested: integration tree={}", &tree[..12]),
        format!("# {}", marker(&tree)),
        format!("{}\n\nnot at the end", marker(&tree)),
    ] {
        let before = repo.state();
        repo.git(&["commit", "-m", &format!("work\n\n{trailer}")]).rejected().says("error[guarded-area]");
        assert_eq!(repo.state(), before, "{trailer}");
    }
}

#[test]
fn without_the_hook_pre_commit_rejects() {
    let repo = claiming();
    let hook = repo.file(".git/hooks/commit-msg");
    let script = std::fs::read(&hook).unwrap();
    let refused = || {
        let before = repo.state();
        let run = repo.git(&["commit", "-m", &claim(&repo)]).rejected().says("error[guarded-area]");
        run.says("nothing was committed").says_not("the message is kept");
        assert_eq!(repo.state(), before);
    };
    repo.remove(".git/hooks/commit-msg");
    refused();
    repo.write(".git/hooks/commit-msg", &script);
    refused();
    repo.script(".git/hooks/commit-msg", "#!/bin/sh\nexit 0\n");
    refused();
    repo.script(".git/hooks/commit-msg", &script);
    repo.git(&["commit", "-q", "-m", &claim(&repo)]).ok();
}

#[test]
fn a_run_is_more_than_a_claim() {
    let repo = claiming();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    assert!(message(&repo, "HEAD").contains(&own_marker(&repo, "HEAD")));
}

#[test]
fn an_amend_with_a_claim_is_judged_as_an_amend() {
    let repo = claiming();
    repo.git(&["commit", "-q", "-m", &claim(&repo)]).ok();
    // reworded without its claim, the commit has none
    repo.git(&["commit", "--amend", "-m", "other words"]).rejected().says("error[guarded-area]");
    repo.git(&["commit", "-q", "--amend", "-m", &claim(&repo)]).ok();
    repo.write("middleware/auth.py", "check(again)\n").stage();
    let before = repo.state();
    repo.git(&["commit", "--amend", "--no-edit"]).rejected().says("error[guarded-area]");
    assert_eq!(repo.state(), before);
    repo.git(&["commit", "-q", "--amend", "-m", &claim(&repo)]).ok();
}

#[test]
fn the_editor_s_comments_are_no_claims() {
    let repo = claiming();
    let marker = marker(&repo.index_tree());
    repo.set("GIT_EDITOR", format!("printf 'work\\n\\n# {marker}\\n' >"));
    repo.git(&["commit"]).rejected().says("error[guarded-area]");
    repo.set("GIT_EDITOR", format!("printf 'work\\n\\n{marker}\\n# a comment\\n' >"));
    repo.git(&["commit", "-q"]).ok();
}

#[test]
fn below_the_scissors_stands_no_claim() {
    let repo = claiming();
    repo.git(&["config", "commit.cleanup", "scissors"]).ok();
    let scissors = "# ------------------------ >8 ------------------------";
    let marker = marker(&repo.index_tree());
    repo.set("GIT_EDITOR", format!("printf 'work\\n\\n{scissors}\\n\\n{marker}\\n' >"));
    repo.git(&["commit", "-v"]).rejected().says("error[guarded-area]");
}

#[test]
fn no_verify_skips_it_and_the_server_doesn_t() {
    let repo = claiming();
    repo.git(&["stash", "-q"]).ok();
    let server = repo.guarded_remote();
    repo.git(&["stash", "pop", "-q", "--index"]).ok();
    repo.git(&["commit", "-q", "--no-verify", "-m", "work"]).ok();
    repo.login("dev");
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).rejected().says("error[guarded-area]");
    assert_eq!(server.rev("main"), repo.rev("HEAD^"));
}

#[test]
fn the_kept_message_can_be_committed_from_anywhere() {
    let repo = claiming();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    let side = repo.sibling("side");
    for place in [&repo, &side] {
        for folder in [".", "middleware"] {
            place.write("middleware/auth.py", format!("check({folder})\n")).stage();
            let said = place.git(&["-C", folder, "commit", "-m", "words of mine"]).rejected().err();
            let next = said.lines().find_map(|line| line.strip_prefix("the message is kept: ")).unwrap().to_owned();
            let editor = format!("printf '\\n%s\\n' '{}' >>", marker(&place.index_tree()));
            place.set("GIT_EDITOR", editor).run("sh", &["-c", &format!("cd {folder} && {next}")]).ok();
            assert!(message(place, "HEAD").starts_with("words of mine\n"));
        }
    }
}

#[test]
fn a_hook_that_was_there_gets_the_message_first() {
    let repo = under(&claims_at_commit());
    repo.script(".git/hooks/commit-msg", "#!/bin/sh\ntest -f \"$1\" && echo \"legacy $# $1\" >&2\ngrep -q work \"$1\"\n");
    repo.install().write("middleware/auth.py", "check(more)\n").stage();
    repo.git(&["commit", "-m", "play"]).rejected().says("legacy 1 .git/COMMIT_EDITMSG").says_not("guard:");
    repo.git(&["commit", "-m", "work"]).rejected().says("legacy 1").says("error[guarded-area]");
    repo.git(&["commit", "-q", "-m", &claim(&repo)]).ok().says("legacy 1");
}

#[test]
fn without_a_message_file_it_says_so() {
    let repo = claiming();
    repo.guard(&["hook", "commit-msg"]).undecided().says("git passed no message file to this hook");
    repo.guard(&["hook", "commit-msg", "nowhere"]).undecided().says("could not").says("message");
}
