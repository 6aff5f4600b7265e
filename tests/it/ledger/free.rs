//! Work space: few rules judge a push there.

use super::*;

fn free() -> (Repo, Repo) {
    let (repo, server) = pair(&POLICY.replace("[owners]", "free = [\"wip/**\", \"main\"]\n\n[owners]").replace(
        "[specialist.dev]\n",
        "[specialist.dev]\nprohibited = [\"secret/\"]\nmax-file-size = \"100 B\"\nmax-files-per-commit = 5\n",
    ));
    (repo, server)
}

#[test]
fn only_four_rules_judge_it() {
    let (repo, _server) = free();
    branch(&repo, "wip/a", 9);
    repo.write("secret/x", "x\n").write("policy.toml", OPEN_POLICY).commit_unjudged("secret");
    taken(&repo, &["wip/a"]);
    // Not by what it is, but where it goes.
    refused(&repo, &["wip/a:refs/heads/a"], "error[scope]").says("error[file-limit]").says("error[policy-change]");
    refused(&repo, &["wip/a:refs/heads/wip/b", "wip/a:refs/heads/c"], "error[scope]");
    repo.write("large", "x".repeat(200)).commit_unjudged("large");
    refused(&repo, &["wip/a"], "error[file-size]").says_not("error[scope]");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    repo.write("con.txt", "x\n").commit_unjudged("name");
    refused(&repo, &["wip/a"], "error[safe-path]");
    refused(&repo, &["wip/a^:refs/heads/HEAD"], "error[protected-ref]");
}

#[test]
fn it_spends_nothing_and_what_is_protected_is_not_free() {
    let (repo, _server) = free();
    branch(&repo, "wip/a", 9);
    taken(&repo, &["wip/a"]);
    branch(&repo, "b", 5);
    taken(&repo, &["b"]);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write_many("m", 6).commit_unjudged("main");
    refused(&repo, &["main"], "11 files changed in this session");
}

#[test]
fn pre_push_and_check_say_the_same() {
    let (repo, _server) = free();
    repo.install();
    branch(&repo, "wip/a", 9);
    repo.git(&["push", "origin", "wip/a:refs/heads/a"]).rejected().says("error[file-limit]");
    taken(&repo, &["wip/a"]);
    repo.guard(&["check", "wip/a", "--stage", "branch"]).ok();
    repo.guard(&["check", "wip/a"]).rejected().says("error[file-limit]");
}

#[test]
fn an_account_that_is_misspelt_may_nothing_there_either() {
    for policy in [POLICY.to_owned(), POLICY.replace("[specialist.\"*\"]\n", "")] {
        let (repo, server) = pair(&policy.replace("[owners]", "free = [\"wip/**\"]\n\n[owners]"));
        branch(&repo, "wip/a", 1);
        taken(&repo, &["wip/a"]);
        repo.login("Dev");
        for push in [&["wip/a:refs/heads/wip/b"][..], &[":wip/a"], &["--force", "main:refs/heads/wip/a"]] {
            refused(&repo, push, "error[identity]");
        }
        assert_eq!(server.rev("wip/a"), repo.rev("wip/a"));
    }
}
