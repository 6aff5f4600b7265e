//! Work of somebody whose entry was renamed or taken out while their branch was open.

use super::*;

/// `web`'s and `api`'s branches are on the server, each with one commit.
fn open() -> (Repo, Repo) {
    let one = |name: &str| format!("[specialist.{name}]\nusers = [\"{name}-bot\"]\nemails = [\"{name}@example.org\"]\n");
    let text = format!("version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\n{}{}", one("web"), one("api"));
    let (repo, server) = pushing_under(&text);
    for name in ["web", "api"] {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.login(&format!("{name}-bot")).author(&format!("{name}@example.org")).write(name, "1\n").commit_unjudged(name);
        repo.git(&["push", "-q", "origin", name]).ok();
    }
    (repo, server)
}

/// An owner changes the policy like that.
fn policy(repo: &Repo, change: impl FnOnce(&str) -> String) {
    repo.git(&["switch", "-q", "main"]).ok();
    let text = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    repo.login("boss").author("boss@example.org").write("policy.toml", change(&text)).commit_unjudged("policy");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["fetch", "-q"]).ok();
}

fn without_web(repo: &Repo) {
    policy(repo, |text| {
        let (before, rest) = text.split_once("[specialist.web]").unwrap();
        format!("{before}{}", &rest[rest.find("[specialist.api]").unwrap()..])
    });
}

/// Brings main into the branch, which is checked out then.
fn brought_up(repo: &Repo, name: &str) {
    repo.git(&["switch", "-q", name]).ok();
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", "main", "main"]).ok();
}

#[test]
fn an_owner_lands_the_branch_and_nobody_else_does() {
    let (repo, server) = open();
    without_web(&repo);
    brought_up(&repo, "web");
    for account in ["web-bot", "stranger", "", "api-bot"] {
        repo.login(account);
        assert_refused(&repo, &server, &["web:main"], "known-specialist");
    }
    repo.login("web-bot");
    assert_refused(&repo, &server, &["web:refs/heads/mine"], "known-specialist");
    assert_refused(&repo, &server, &[":web"], "known-specialist");
    repo.login("boss").git(&["push", "-q", "origin", "web:main"]).ok();
    assert_eq!(server.git(&["show", "main:web"]).ok().out(), "1\n");
}

#[test]
fn as_it_stands_on_the_server_squashed_picked_and_beside_another_s() {
    for way in ["as it is", "squashed", "picked", "with api's"] {
        let (repo, server) = open();
        without_web(&repo);
        repo.git(&["switch", "-q", "-c", "landing", "origin/main"]).ok();
        match way {
            "as it is" => drop(repo.git(&["merge", "-q", "--no-ff", "-m", "land", "origin/web"]).ok()),
            "squashed" => {
                repo.git(&["merge", "-q", "--squash", "origin/web"]).ok();
                repo.commit_unjudged("squashed");
            }
            "picked" => drop(repo.author("web@example.org").git(&["cherry-pick", "origin/web"]).ok()),
            _ => drop(repo.git(&["merge", "-q", "-m", "all", "origin/web", "origin/api"]).ok()),
        }
        repo.login("boss").git(&["push", "-q", "origin", "landing:main"]).ok();
        assert_eq!(server.git(&["show", "main:web"]).ok().out(), "1\n", "{way}");
    }
}

#[test]
fn the_owner_who_lands_it_is_held_to_the_owner_s_limits() {
    let (repo, server) = open();
    repo.git(&["switch", "-q", "web"]).ok();
    repo.login("web-bot").author("web@example.org").write_many("many", 6).commit_unjudged("many");
    repo.git(&["push", "-q", "origin", "web"]).ok();
    without_web(&repo);
    policy(&repo, |text| format!("{text}[defaults]\nmax-files-per-session = 5\n"));
    brought_up(&repo, "web");
    repo.login("boss");
    assert_refused(&repo, &server, &["web:main"], "file-limit").says("7 files changed in this session, 5 allowed");
}

#[test]
fn a_renamed_entry_s_branch_is_landed_by_its_accounts() {
    let (repo, server) = open();
    policy(&repo, |text| text.replace("[specialist.web]", "[specialist.gateway]"));
    brought_up(&repo, "web");
    repo.login("stranger");
    assert_refused(&repo, &server, &["web:main"], "known-specialist");
    repo.login("web-bot").git(&["push", "-q", "origin", "web"]).ok();
    repo.git(&["push", "-q", "origin", "web:main"]).ok();
    assert_eq!(server.git(&["show", "main:web"]).ok().out(), "1\n");
}
