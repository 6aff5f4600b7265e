//! Nothing lands while the project is halted: at every door, with a halt by an owner's key. Lifecycles stand in `halt.rs`.

use crate::support::*;

const RULE: &str = "halted";

fn policy(repo: &Repo) -> String {
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nkeys = [\"{}\"]\n[specialist.dev]\nemails = [\"author@example.org\"]\n\
         [suite.works]\nrun = \"true\"\n[halt]\non-failure = [\"works\"]\n[evidence]\nland = \"claimed\"\n",
        repo.key("boss").public
    )
}

#[test]
fn the_index_and_a_branch_are_refused_while_halted_and_judged_before_and_after() {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).commit_unjudged("start");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("a", "a\n").stage();
    assert_eq!(outcome(&repo.json(&["check", "--staged"]), "index", RULE), "satisfied");
    let key = repo.key("boss").private;
    repo.guard(&["halt", "--reason", "broken", "--sign", key.to_str().unwrap()]).ok();
    let json = repo.json(&["check", "--staged"]);
    let violation = assert_violated(&json, "index", RULE);
    assert!(violation["message"].as_str().unwrap().starts_with("halted by owner `boss` since "), "{violation}");
    assert_eq!(outcome(&json, "session", RULE), "not-applicable");
    repo.commit_unjudged("a");
    assert_violated(&repo.json(&["check"]), "landing", RULE);
    repo.guard(&["resume", "--force", "--reason", "fine", "--sign", key.to_str().unwrap()]).ok();
    assert_eq!(outcome(&repo.json(&["check"]), "landing", RULE), "satisfied");
}
