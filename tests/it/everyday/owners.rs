//! An owner at their own clone: whom the server will know by account, the clone's hooks know by what they say.

use super::*;

const POLICY: &str = "version = 1\nbase = \"main\"\nprotected = [\"main\", \"release/*\"]\n\n[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\n\
                      [specialist.boss]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\n\
                      [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\n\
                      [refs]\nimmutable = [\"refs/tags/v*\"]\n\n[evidence]\nland = \"claimed\"\n";

/// The owner's clone with hooks, whose server goes by accounts.
fn owners() -> (Repo, Repo) {
    let repo = Repo::with_policy(POLICY);
    let server = repo.guarded_remote();
    repo.login("boss").author("boss@example.org").install();
    repo.git(&["config", "user.email", "boss@example.org"]).ok();
    (repo, server)
}

fn change_policy(repo: &Repo) {
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    repo.write("policy.toml", policy + "\n[specialist.new]\nusers = [\"new\"]\n");
}

#[test]
fn what_the_server_takes_from_them_pre_push_lets_go() {
    let (repo, server) = owners();
    change_policy(&repo);
    repo.commit("a new specialist").ok();
    repo.git(&["push", "origin", "main"]).ok();
    repo.git(&["push", "origin", "main:refs/heads/release/1", "main:refs/tags/v1"]).ok();
    repo.git(&["commit", "-q", "--allow-empty", "-m", "more"]).ok();
    repo.git(&["push", "-f", "origin", "main", "main:refs/tags/v1"]).ok();
    repo.git(&["push", "origin", ":release/1"]).ok();
    assert_eq!(server.rev("v1"), repo.rev("main"));
    // Who has left the policy: their last branch is an owner's to land.
    repo.git(&["switch", "-q", "-c", "last"]).ok();
    repo.author("gone@example.org").write("last", "x\n").commit_unjudged("the last of somebody who is gone");
    repo.author("boss@example.org").git(&["push", "origin", "last:main"]).ok();
}

#[test]
fn who_has_said_who_they_are_is_an_owner_still() {
    let (repo, _server) = owners();
    for (name, accepted) in [("boss", true), ("dev", false)] {
        repo.git(&["config", "guard.specialist", name]).ok();
        change_policy(&repo);
        let run = repo.stage().guard(&["check", "--staged"]);
        assert_eq!(run.status == 0, accepted, "{name}: {}", run.out());
        repo.git(&["reset", "-q", "--hard"]).ok();
    }
    repo.unset("GUARD_SPECIALIST").git(&["config", "guard.specialist", "boss"]).ok();
    repo.git(&["push", "origin", "main:refs/heads/release/2"]).ok();
}

#[test]
fn nobody_else_is_one_for_that_here_or_there() {
    let (repo, server) = owners();
    repo.login("dev").author("author@example.org");
    repo.git(&["config", "user.email", "author@example.org"]).ok();
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "main:refs/heads/release/1"]).rejected().says("error[protected-ref]");
    change_policy(&repo);
    repo.commit_unjudged("mine");
    repo.git(&["push", "origin", "main"]).rejected().says("error[policy-change]");
    // Another's address in a commit makes nobody an owner who pushes it, and at a gate nobody at all.
    repo.git(&[
        "-c",
        "user.email=boss@example.org",
        "commit",
        "-q",
        "--no-verify",
        "--amend",
        "--author",
        "B <boss@example.org>",
        "-m",
        "forged",
    ])
    .ok();
    repo.git(&["push", "origin", "main"]).rejected().says("error[policy-change]");
    repo.guard(&["check"]).rejected().says("error[policy-change]");
    repo.git(&["push", "--no-verify", "origin", "main"]).rejected().says("error[policy-change]");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn the_request_that_a_refusal_prints_is_an_owner_s_to_paste_in_a_clone_without_that_work() {
    let repo = Repo::new();
    let policy = POLICY
        .replace(
            "emails = [\"boss@example.org\"]\n\n[specialist.boss]",
            &format!("keys = [\"{}\"]\n\n[specialist.boss]", repo.key("boss").public),
        )
        .replace("emails = [\"author@example.org\"]\n", "emails = [\"author@example.org\"]\nmax-files-per-session = 3\n");
    repo.write("policy.toml", policy).commit_unjudged("start");
    let _server = repo.guarded_remote();
    let boss = repo.clone_from_server("boss");
    boss.login("boss").git(&["config", "user.signingKey", repo.key("boss").private.to_str().unwrap()]).ok();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("many", 4).commit_unjudged("many");
    let refused = repo.git(&["push", "origin", "work"]).rejected().says("error[file-limit]");
    let request = refused
        .err()
        .lines()
        .find_map(|line| line.trim_start_matches("remote: ").trim().strip_prefix("ask an owner: ").map(str::to_owned))
        .unwrap();
    boss.run("sh", &["-c", &request]).ok().says("waived on tree");
    repo.git(&["push", "origin", "work"]).ok();
    boss.guard(&["waive", "file-limit", "--tree", "12ab", "--limit", "4", "--reason", "r", "--expires", "1d", "--sign"])
        .undecided()
        .says("no full id");
}
