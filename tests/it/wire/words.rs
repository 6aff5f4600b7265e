//! Lines on the wire.

use super::*;

#[test]
fn prose_is_folded_and_commands_are_not() {
    let (repo, _server) = pushing();
    let path = format!("prohibited/{}.txt", "a-long-name-of-a-file-".repeat(6));
    repo.write(&path, "x\n").write_many("many", 6).commit_unjudged("many");
    let words = remote(&repo.git(&["push", "origin", "work"]).rejected());
    assert!(words.iter().any(|line| line == "error[file-limit]: 7 files changed in this commit, 5 allowed"), "{words:#?}");
    for line in words.iter().filter(|line| !line.contains(&path) && !line.starts_with("  next: ")) {
        assert!(line.chars().count() <= 160, "{line}");
    }
    let next = words.iter().find_map(|line| line.trim_start().strip_prefix("next: ")).unwrap();
    repo.run("sh", &["-c", next]).ok();
}

#[test]
fn every_violation_of_every_ref_is_said_once() {
    let (repo, _server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let words = remote(&repo.git(&["push", "origin", "work", "work:one", "work:two"]).rejected());
    let heads: Vec<_> = words.iter().filter(|line| line.starts_with("error[")).collect();
    let mut once = heads.clone();
    once.dedup();
    assert_eq!(heads, once, "{words:#?}");
    assert_eq!(heads.iter().filter(|line| line.contains("changed in this commit")).count(), 1, "{words:#?}");
}

#[test]
fn gitlab_shows_what_was_found_in_its_pages() {
    let (repo, server) = pushing();
    server.git(&["config", "guard.identity", "gitlab"]).ok();
    repo.set("GL_USERNAME", "dev").write_many("many", 6).commit_unjudged("many");
    let words = remote(&repo.git(&["push", "origin", "work"]).rejected());
    for part in ["GL-HOOK-ERR: guard: rejected for dev (account from gitlab)", "GL-HOOK-ERR: error[file-limit]: 6 files changed"] {
        assert!(words.iter().any(|line| line.starts_with(part)), "no `{part}` in {words:#?}");
    }
    assert!(words.iter().any(|line| line.starts_with("  next: ")), "{words:#?}");
    server.git(&["config", "guard.maxPaths", "3"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("remote: GL-HOOK-ERR: guard: could not decide");
    server.git(&["config", "--unset", "guard.maxPaths"]).ok();
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    repo.git(&["push", "origin", "work"]).ok().says("remote: guard: accepted").says_not("GL-HOOK-ERR");
}
