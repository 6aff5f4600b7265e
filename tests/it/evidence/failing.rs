//! A changed suite that fails as it now is, whatever the base's version says: half of a proof is none.

use super::*;

/// A suite of `tests/` that `mw/` needs: recorded at a commit, signed on a branch and where it lands.
fn started() -> (Repo, Repo) {
    let repo = Repo::new();
    let policy = format!(
        "version = 1\nbase = \"main\"\nprotected = [\"main\", \"release/*\"]\n[owners]\nusers = [\"boss\"]\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\nkeys = [\"{}\"]\n\
         [area.mw]\npaths = [\"mw/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"sh tests/run.sh\"\nfiles = [\"tests/\"]\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"signed\"\nland = \"signed\"\n",
        repo.key("dev").public
    );
    repo.write("policy.toml", policy).write("mw/a", "1\n").write("tests/run.sh", "test -f mw/a\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/1"]).ok();
    on_work(&repo).login("dev");
    (repo, server)
}

/// Runs both versions, signs and pushes what came of it.
fn run(repo: &Repo) -> Run {
    let key = repo.key("dev").private;
    repo.guard(&["test", "s", "--rev", "HEAD", "--sign", key.to_str().unwrap(), "--push", "origin"])
}

/// Refused at every door, though the base's version has passed.
#[track_caller]
fn refused_everywhere(repo: &Repo, server: &Repo) {
    let json = evidence(repo, &["HEAD"]);
    assert_eq!((found(&json, "s").as_str(), json["suites"][0]["base_run"].as_str()), ("none", Some("signed")), "{json:#}");
    let before = server.state_of_refs();
    for to in ["refs/heads/work", "main", "release/1", "refs/tags/v1"] {
        repo.git(&["push", "origin", &format!("HEAD:{to}")]).rejected().says("error[suite-change]");
    }
    repo.git(&["push", "origin", "HEAD:refs/heads/one", "HEAD:main"]).rejected();
    assert_eq!(server.state_of_refs(), before);
    for stage in ["branch", "land"] {
        assert_violated(&repo.json(&["check", "--stage", stage]), "landing", "suite-change");
    }
}

#[test]
fn one_that_is_broken_asks_too_much_or_is_gone() {
    for content in [Some("exit 1\n"), Some("test -f mw/a && test -f mw/b\n"), None] {
        let (repo, server) = started();
        match content {
            Some(content) => repo.write("tests/run.sh", content),
            None => repo.remove("tests/run.sh"),
        };
        repo.commit_unjudged("change");
        run(&repo).rejected().says("s: failed on tree").says("s with the base's files: passed on tree");
        refused_everywhere(&repo, &server);
    }
}

#[test]
fn beside_a_change_of_what_it_guards() {
    let (repo, server) = started();
    repo.write("tests/run.sh", "exit 1\n").write("mw/a", "2\n").commit_unjudged("both");
    run(&repo).rejected();
    refused_everywhere(&repo, &server);
    repo.git(&["push", "origin", "HEAD:main"]).rejected().says("error[guarded-area]");
}

#[test]
fn the_base_s_run_alone_is_no_proof() {
    let (repo, server) = started();
    repo.write("tests/run.sh", "exit 1\n").commit_unjudged("broken");
    let key = repo.key("dev").private;
    let args = ["test", "s", "--rev", "HEAD", "--base-suite", "--sign", key.to_str().unwrap(), "--push", "origin"];
    repo.guard(&args).ok();
    refused_everywhere(&repo, &server);
}

#[test]
fn in_two_commits_of_which_the_first_is_sound() {
    let (repo, server) = started();
    repo.write("tests/run.sh", "test -f mw/a # a remark\n").commit_unjudged("sound");
    run(&repo).ok();
    repo.write("tests/run.sh", "exit 1\n").commit_unjudged("broken");
    run(&repo).rejected();
    refused_everywhere(&repo, &server);
    // The sound one lands, and the same failure on top of it does not.
    repo.git(&["push", "-q", "origin", "HEAD~1:main", "HEAD~1:refs/heads/work"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    repo.git(&["push", "origin", "HEAD:main"]).rejected().says("error[suite-change]");
}

#[test]
fn staged_it_is_refused_as_well() {
    let (repo, _server) = started();
    repo.write("tests/run.sh", "exit 1\n").stage();
    repo.guard(&["test", "s"]).rejected();
    assert_violated(&repo.json(&["check", "--staged"]), "index", "suite-change");
    repo.install().commit("broken").rejected().says("error[suite-change]");
}
