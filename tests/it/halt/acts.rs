//! What an automatic halt does about what is broken: the way back, on a branch or landed; whose repair may land; what whoever is told is told.

use serde_json::Value;

use super::*;

/// What was told, as JSON.
fn news(repo: &Repo) -> Value {
    serde_json::from_str(&std::fs::read_to_string(repo.scratch().join("told")).unwrap()).unwrap()
}

/// The commands that a halt leaves to people.
fn nexts(run: &Run) -> Vec<String> {
    run.err().lines().filter_map(|line| line.strip_prefix("next: ")).map(str::to_owned).collect()
}

const OTHERS: &str = "[specialist.other]\nusers = [\"other\"]\nemails = [\"other@example.org\"]\n";

#[test]
fn the_way_back_is_made_and_pushed_on_a_branch_of_its_own() {
    let (repo, server) = broken_under("rollback = \"branch\"\nnotify-format = \"json\"\n");
    let good = repo.rev("main~");
    let run = test(&repo, "main").rejected().says("halted: suite `works` failed");
    let run = run.says(&format!("rollback: a return to {} is made", &good[..7])).says("the branch is pushed");
    let branch = format!("guard/rollback/{}", &good[..7]);
    assert_eq!(server.rev(&format!("{branch}^{{tree}}")), repo.rev("main~^{tree}"));
    assert_eq!(server.rev(&format!("{branch}^")), repo.rev("main"));
    assert_ne!(server.rev("main^{tree}"), repo.rev("main~^{tree}"), "it has not landed");
    let news = news(&repo);
    assert_eq!(
        (&news["event"], &news["suites"], &news["branch"]),
        (&"halt".into(), &serde_json::json!(["works"]), &"origin/main".into())
    );
    let back = &news["rollback"];
    assert_eq!((&back["branch"], &back["pushed"], &back["landed"]), (&branch.into(), &true.into(), &false.into()));
    // Anybody's clone has the next step, which leads on to the resume.
    let clone = repo.clone_from_server("clone");
    clone.login("dev");
    for next in nexts(&run) {
        clone.run("sh", &["-c", &next]).ok();
    }
    assert_eq!(server.rev("main^{tree}"), repo.rev("main~^{tree}"));
    repo.git(&["fetch", "-q"]).ok();
    resume(&repo, "boss", &[]).ok().says("resumed");
}

#[test]
fn the_way_back_lands_by_the_right_of_whoever_runs_it() {
    let (repo, server) = broken_under("rollback = \"land\"\nnotify-format = \"json\"\n");
    let run = test(&repo, "main").rejected().says("it has landed on `main`");
    assert_eq!(server.rev("main^{tree}"), repo.rev("main~^{tree}"));
    assert_eq!(nexts(&run), [""; 0], "what is left is an owner's");
    let news = news(&repo);
    assert_eq!((&news["rollback"]["landed"], &news["next"]), (&true.into(), &serde_json::json!(["guard resume --sign"])));
    // Nothing else lands until an owner resumes.
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    repo.git(&["fetch", "-q"]).ok();
    resume(&repo, "boss", &[]).ok().says("resumed");
    // A second failure finds its halt made, and makes nothing.
    let (repo, _server) = broken_under("rollback = \"branch\"\n");
    test(&repo, "main").rejected();
    test(&repo, "main").rejected().says("halted already").says_not("rollback:");
}

#[test]
fn who_may_push_nothing_but_evidence_keeps_the_branch_and_says_the_command() {
    let (repo, server) = broken_under("rollback = \"land\"\n");
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", policy.replace("[runner.ci]\n", "[runner.ci]\nusers = [\"bot\"]\n")).commit_unjudged("a bot");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "main"]).ok();
    server.git(&["update-ref", "refs/heads/main", "FETCH_HEAD"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    repo.login("bot");
    let before = server.rev("main");
    let run = test(&repo, "main").rejected().says("it could not land on `main`").says("could not be pushed");
    assert_eq!(server.rev("main"), before);
    assert!(!server.state_of_refs().contains("guard/rollback"));
    let next = nexts(&run);
    assert!(next[0].starts_with("git push origin refs/heads/guard/rollback/"), "{next:?}");
    // Pasted by whoever may: here the policy goes back as well, which is an owner's.
    repo.login("dev").run("sh", &["-c", &next[0]]).rejected().says("error[policy-change]");
    repo.login("boss").run("sh", &["-c", &next[0]]).ok();
    assert_eq!(server.rev("main^{tree}"), repo.rev("main~2^{tree}"));
}

#[test]
fn without_a_good_state_the_halt_stands_and_says_that_there_is_none() {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo) + "rollback = \"land\"\n").write("api/a", "broken\n").commit_unjudged("never good");
    let server = repo.guarded_remote();
    repo.login("dev");
    let run = test(&repo, "main").rejected().says("halted: suite `works` failed");
    run.says("rollback: none was made: no commit of").says("is proven");
    repo.git(&["push", "origin", "main:refs/heads/x"]).rejected().says("error[halted]");
    assert!(!server.state_of_refs().contains("guard/rollback"));
}

#[test]
fn the_named_specialist_s_proven_change_lands_while_halted_and_nothing_else_does() {
    let (repo, server) = broken_under(&format!("repair = [\"dev\"]\n{OTHERS}"));
    test(&repo, "main").rejected().says("halted");
    repo.git(&["switch", "-q", "-c", "fix", "main"]).ok();
    repo.install().write("api/a", "works\n");
    repo.commit("Mend the login").ok();
    // So that CI can prove it.
    repo.git(&["push", "-q", "origin", "fix"]).ok();
    repo.git(&["push", "origin", "fix:main"]).rejected().says("error[halted]").says("a proven repair by `dev`");
    repo.git(&["push", "origin", "fix:refs/tags/v1"]).rejected().says("error[halted]");
    repo.git(&["push", "origin", ":fix"]).rejected().says("error[halted]");
    // Nobody else's, and none with somebody else's work in it.
    repo.login("other").author("other@example.org").git(&["switch", "-q", "-c", "others", "fix"]).ok();
    repo.write("other", "x\n").commit_unjudged("beside it");
    repo.git(&["push", "origin", "others"]).rejected().says("error[halted]");
    test(&repo, "others").ok();
    repo.login("dev").git(&["push", "origin", "others:main"]).rejected().says("error[halted]");
    repo.author("author@example.org").git(&["switch", "-q", "fix"]).ok();
    test(&repo, "fix").ok();
    repo.git(&["push", "origin", "fix:main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("fix"));
    repo.git(&["push", "origin", "work"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    resume(&repo, "boss", &[]).ok().says("resumed");
}

#[test]
fn a_halt_by_hand_names_for_the_repair_whom_its_speaker_trusts_and_every_halt_has_to() {
    let (repo, _server) = broken_under(OTHERS);
    let halt = |args: &[&str]| {
        repo.guard(&[&["halt", "--reason", "broken", "--sign", &key(&repo, "boss"), "--push", "origin"], args].concat())
    };
    halt(&["--repair", "nobody"]).undecided().says("no specialist `nobody` in the policy");
    halt(&["--repair", "dev", "--repair", "other"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.login("other").author("other@example.org").git(&["switch", "-q", "-c", "others", "main"]).ok();
    repo.write("other", "x\n").commit_unjudged("mend");
    repo.git(&["push", "-q", "origin", "others"]).ok();
    repo.login("dev");
    halt(&["--repair", "dev"]).ok();
    repo.login("other").write("other", "y\n").commit_unjudged("mend more");
    repo.git(&["push", "origin", "others"]).rejected().says("error[halted]").says("a proven repair by `dev`");
    repo.login("dev");
    halt(&[]).ok();
    repo.author("author@example.org").git(&["switch", "-q", "work"]).ok();
    repo.write("d", "more\n").commit_unjudged("more");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]").says_not("repair");
}
