//! `git push -o guard.…`.

use super::*;

fn push(repo: &Repo, options: &[&str]) -> Run {
    let options = options.iter().flat_map(|option| ["-o", *option]);
    repo.git(&["push", "origin", "work"].into_iter().chain(options).collect::<Vec<_>>())
}

#[test]
fn json_comes_as_one_line_that_can_be_cut_out() {
    let (repo, _server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let run = push(&repo, &["guard.format=json"]).rejected();
    let document = remote(&run).into_iter().find(|line| line.starts_with('{')).unwrap();
    let json: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_sound(&json);
    assert_eq!(json["decision"], "rejected");
    assert_violated(&json, "commit", "file-limit");
    run.says_not("error[file-limit]");
}

#[test]
fn json_comes_of_what_could_not_be_decided_too() {
    let (repo, server) = pushing();
    server.git(&["config", "guard.maxPaths", "3"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    let run = push(&repo, &["guard.format=json"]).rejected();
    let document = remote(&run).into_iter().find(|line| line.starts_with('{')).unwrap();
    let json: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(json["decision"], "undecided", "{document}");
}

#[test]
fn verbose_says_every_outcome() {
    let (repo, _server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    push(&repo, &[]).rejected().says_not("safe-path         satisfied");
    push(&repo, &["guard.verbose"]).rejected().says("error[file-limit]").says("safe-path         satisfied");
}

#[test]
fn no_option_makes_less_of_the_judgement() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let plain = remote(&push(&repo, &[]).rejected());
    let before = server.state_of_refs();
    for option in [
        "guard.format=none",
        "guard.quiet",
        "guard.skip=file-limit",
        "guard.as=boss",
        "guard.specialist=boss",
        "guard.policy=other.toml",
        "guard.required=false",
        "guard.deadline=0",
        "guard.identity=none",
        "guard.verbose=false",
        "guard.",
        "guard.format=json\u{1b}[2J",
        "GUARD.FORMAT=json",
        "ci.skip",
    ] {
        let words = remote(&push(&repo, &[option]).rejected().says("error[file-limit]"));
        let known: Vec<_> =
            words.iter().filter(|line| !line.starts_with("guard: push option") && !line.starts_with("help: known")).collect();
        assert_eq!(known, plain.iter().collect::<Vec<_>>(), "{option}");
        assert_eq!(words.len() > plain.len(), option.starts_with("guard."), "{option}: {words:?}");
        assert!(!words.iter().any(|line| line.contains('\u{1b}')), "{option}");
    }
    assert_eq!(server.state_of_refs(), before);
}
