//! `[refs] immutable`: made once, and moved or deleted by owners alone.

use super::*;

/// Tags `v*` and what stands below `archive/` are for ever. `work` has a commit more; `v1` and `archive/a` are on the server.
fn for_ever() -> (Repo, Repo) {
    let policy = format!("{POLICY}\n[refs]\nimmutable = [\"refs/tags/v*\", \"refs/heads/archive/**\"]\n");
    let (repo, server) = pushing_under(&policy);
    repo.git(&["tag", "-a", "-m", "v1", "v1", "main"]).ok();
    repo.git(&["push", "-q", "origin", "v1", "main:refs/heads/archive/a"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    (repo, server)
}

const WORDS: &str = "is immutable: it is made once, and moved or deleted by owners alone";

#[track_caller]
fn kept(repo: &Repo, server: &Repo, args: &[&str]) {
    assert_refused(repo, server, args, "protected-ref").says(WORDS);
}

#[test]
fn it_is_neither_moved_nor_deleted_however_it_is_said() {
    let (repo, server) = for_ever();
    repo.git(&["tag", "-a", "-m", "the same commit, another tag", "other", "main"]).ok();
    // Forward, back, to another tag object or to the bare commit of the same, and deleted, alone or with others.
    kept(&repo, &server, &["-f", "work:refs/tags/v1"]);
    kept(&repo, &server, &["-f", "main~1:refs/tags/v1"]);
    kept(&repo, &server, &["-f", "other:refs/tags/v1"]);
    kept(&repo, &server, &["-f", "main:refs/tags/v1"]);
    kept(&repo, &server, &[":refs/tags/v1"]);
    kept(&repo, &server, &[":refs/tags/v1", "v1:refs/tags/v1.0", "work"]);
    // A branch, forward as well.
    kept(&repo, &server, &["work:archive/a"]);
    kept(&repo, &server, &["-f", "main~1:archive/a"]);
    kept(&repo, &server, &[":archive/a"]);
}

#[test]
fn in_another_case_and_by_another_name_it_is_the_same() {
    let (repo, server) = for_ever();
    for (name, target) in [("refs/tags/latest", "refs/tags/v1"), ("refs/heads/current", "refs/heads/archive/a")] {
        server.git(&["symbolic-ref", name, target]).ok();
        kept(&repo, &server, &["-f", &format!("work:{name}")]);
        kept(&repo, &server, &[&format!(":{name}")]);
    }
    // What stands for something that is free, under an immutable name.
    repo.git(&["push", "-q", "origin", "main:refs/tags/nightly"]).ok();
    server.git(&["symbolic-ref", "refs/tags/v-now", "refs/tags/nightly"]).ok();
    kept(&repo, &server, &["-f", "work:refs/tags/nightly"]);
    kept(&repo, &server, &[":refs/tags/nightly"]);
    server.git(&["symbolic-ref", "--delete", "refs/tags/v-now"]).ok();
    for name in ["refs/tags/V2", "refs/heads/Archive/B"] {
        repo.git(&["push", "-q", "origin", &format!("main:{name}")]).ok();
        kept(&repo, &server, &["-f", &format!("work:{name}")]);
        kept(&repo, &server, &[&format!(":{name}")]);
    }
}

#[test]
fn it_is_made_by_anybody_and_everything_else_moves() {
    let (repo, server) = for_ever();
    repo.git(&["push", "-q", "origin", "work:refs/tags/v2", "work:refs/heads/archive/b"]).ok();
    // The same once more is no move.
    repo.git(&["push", "-q", "-f", "origin", "v1", "work:refs/tags/v2"]).ok();
    repo.git(&["push", "-q", "origin", "main:refs/tags/nightly", "main:refs/heads/archived", "main:refs/tags/x/v1"]).ok();
    repo.git(&["push", "-q", "-f", "origin", "work:refs/tags/nightly", "work:archived", "work:refs/tags/x/v1"]).ok();
    repo.git(&["push", "-q", "origin", ":refs/tags/nightly", ":archived", ":refs/tags/x/v1"]).ok();
    repo.login("boss").git(&["push", "-q", "-f", "origin", "work:refs/tags/v1", "work:archive/a"]).ok();
    repo.git(&["push", "-q", "origin", ":refs/tags/v1", ":archive/a"]).ok();
    repo.login("dev").git(&["push", "-q", "origin", "v1"]).ok();
    assert_eq!(server.rev("v1^{commit}"), repo.rev("main"));
    kept(&repo, &server, &["-f", "work:refs/tags/v1"]);
}

#[test]
fn the_hook_before_a_push_says_the_same_and_how_to_have_it_back() {
    let (repo, _server) = for_ever();
    repo.install().git(&["tag", "-f", "-a", "-m", "stolen", "v1", "work"]).ok();
    let run = repo.git(&["push", "-f", "origin", "v1"]).rejected().says(WORDS).says_not("remote: error[");
    let nexts = run.nexts();
    assert_eq!(nexts, ["git fetch origin +refs/tags/v1:refs/tags/v1"]);
    repo.run("sh", &["-c", &nexts[0]]).ok();
    assert_eq!(repo.rev("v1^{commit}"), repo.rev("main"));
    repo.git(&["push", "origin", ":refs/tags/v1"]).rejected().says(WORDS);
}
