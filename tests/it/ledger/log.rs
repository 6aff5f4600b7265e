//! `guard log`.

use super::*;

#[test]
fn it_shows_who_pushed_what_where_newest_first() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 2);
    taken(&repo, &["a", "a:refs/tags/v1"]);
    taken(&repo, &["a:main"]);
    taken(&repo, &[":a"]);
    let text = server.guard(&["log"]).ok().out();
    let (main, a) = (&server.rev("main^")[..7], &repo.rev("a")[..7]);
    for part in [
        "#3  ".to_owned(),
        format!("  refs/heads/a  {a}..nothing, deleted  accepted"),
        "#2  ".to_owned(),
        format!("dev (env:{ACCOUNT})"),
        format!("  refs/heads/main  {main}..{a}  accepted"),
        "    dev (claim:email): 1 commit, 2 files, +2 -0".to_owned(),
        format!("  refs/tags/v1  nothing..{a}, new  accepted"),
        format!("    dev (account:env:{ACCOUNT}): 1 commit, 2 files, +2 -0"),
        "by main:policy.toml ".to_owned(),
    ] {
        assert!(text.contains(&part), "no `{part}` in\n{text}");
    }
    assert!(text.find("#3").unwrap() < text.find("#2").unwrap() && text.find("#2").unwrap() < text.find("#1").unwrap());
    assert!(text.lines().all(|line| line.chars().count() <= 72), "{text}");
    let one = server.guard(&["log", "-n", "1"]).ok().says("#3").out();
    assert!(!one.contains("#2"), "{one}");
    let json = entries(&server);
    assert_eq!(json.len(), 3);
    assert_eq!(json[2]["updates"][0]["ref"], "refs/heads/a");
    assert_eq!(json[2]["work"][0]["commits"], serde_json::json!([repo.rev("a")]));
    assert_eq!(json[2]["work"][0]["changes"][0]["path"], "a1.txt");
    assert_eq!(json[1]["updates"][0]["landed"], true);
    assert_eq!(json[0]["updates"][0]["new"], serde_json::Value::Null);
    assert_eq!(json[0]["commit"], server.rev("refs/guard/ledger"));
    // What was refused isn't there, and a clone may have it.
    repo.guard(&["log"]).ok().says("it stands where pushes go");
    repo.git(&["fetch", "-q", "origin", "refs/guard/ledger:refs/guard/ledger"]).ok();
    assert_eq!(repo.guard(&["log"]).ok().out(), text);
    server.git(&["fsck", "--full", "--strict"]).ok();
}

#[test]
fn a_waiver_that_was_used_stays_in_it() {
    let repo = Repo::new();
    let policy = POLICY.replace("users = [\"boss\"]", &format!("users = [\"boss\"]\nkeys = [\"{}\"]", repo.key("boss").public));
    repo.write("policy.toml", policy).commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("dev");
    branch(&repo, "a", 7);
    let key = repo.key("boss").private.to_str().unwrap().to_owned();
    let waive = ["waive", "file-limit", "--rev", "HEAD", "--limit", "7", "--reason", "generated\u{1b}[31m", "--expires", "1d"];
    repo.guard(&[&waive[..], &["--sign", &key, "--push", "origin"]].concat()).ok();
    taken(&repo, &["a"]).says("waived[file-limit]");
    let waived = &entries(&server)[0]["waivers"][0];
    assert_eq!((&waived["rule"], &waived["reason"]), (&"file-limit".into(), &"generated\u{1b}[31m".into()));
    assert_eq!(waived["messages"][0], "7 files changed in this session, 5 allowed");
    server.guard(&["log"]).ok().says("waived[file-limit]: owner `").says("generated\\u{1b}[31m").says_not("\u{1b}[31m");
}

#[test]
fn nothing_is_there_before_anything_was_pushed() {
    let (repo, server) = pair(POLICY);
    server.guard(&["log"]).ok().says("the ledger is empty");
    assert_eq!(entries(&server).len(), 0);
    branch(&repo, "a", 6);
    refused(&repo, &["a"], "6 files");
    assert_eq!((entries(&server).len(), left(&server)), (0, 0));
}

#[test]
fn whatever_is_done_to_the_chain_is_said() {
    let (repo, server) = pair(POLICY);
    for n in 1..=3 {
        branch(&repo, &format!("b{n}"), 1);
        taken(&repo, &[&format!("b{n}")]);
    }
    let tip = server.rev("refs/guard/ledger");
    let set = |commit: &str| server.git(&["update-ref", "refs/guard/ledger", commit]).ok();
    let tree = server.rev("refs/guard/ledger^{tree}");
    let make = |tree: &str, parents: &[&str]| {
        let parents: Vec<&str> = parents.iter().flat_map(|parent| ["-p", parent]).collect();
        server.git(&[&["commit-tree", "-m", "x", tree], &parents[..]].concat()).ok().line()
    };
    // Its beginning is cut off, an entry is left out, stands twice, or comes after two.
    for (parents, says) in [
        (&[][..], "what came before it is gone"),
        (&["refs/guard/ledger~2"], "does not follow"),
        (&["refs/guard/ledger"], "does not follow"),
        (&["refs/guard/ledger~1", "refs/guard/ledger~2"], "after two others"),
    ] {
        set(&make(&tree, parents));
        server.guard(&["log", "-n", "1"]).undecided().says("the ledger is damaged at").says(says);
        set(&tip);
    }
    // Its entry is another file than it says.
    let blob = server.rev("refs/guard/ledger~1:entry.json");
    let object = server.file(format!("objects/{}/{}", &blob[..2], &blob[2..]));
    let other = server.run_with("git", &["hash-object", "-w", "--stdin"], b"{}").ok().line();
    let other = server.file(format!("objects/{}/{}", &other[..2], &other[2..]));
    let kept = std::fs::read(&object).unwrap();
    std::fs::remove_file(&object).unwrap();
    std::fs::copy(other, &object).unwrap();
    let run = server.guard(&["log", "-n", "1", "--format", "json"]).undecided().says("is not what its id says");
    assert!(run.out().contains("\"decision\":\"undecided\""), "{}", run.out());
    // Where it can't be read, nothing is judged.
    branch(&repo, "more", 1);
    refused(&repo, &["more"], "could not decide: the ledger is damaged at");
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, kept).unwrap();
    taken(&repo, &["more"]);
    server.guard(&["log"]).ok();
}

#[test]
fn nobody_moves_it_by_a_push() {
    let (repo, server) = pair(&format!("{POLICY}\n[refs]\nallowed = [\"refs/*\"]\n"));
    // Where pushes are told of it.
    server.git(&["config", "--unset-all", "receive.hideRefs"]).ok();
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    for account in ["dev", "boss"] {
        repo.login(account);
        refused(&repo, &["--force", "a:refs/guard/ledger"], "`refs/guard/ledger` is the guard's own and can't be moved");
        refused(&repo, &[":refs/guard/ledger"], "`refs/guard/ledger` is the guard's own and can't be moved");
    }
    assert_eq!(entries(&server).len(), 1);
}
