//! Objects that are missing or damaged: never taken for empty.

use super::*;

/// Where a loose object lies.
fn loose(repo: &Repo, revision: &str) -> std::path::PathBuf {
    let oid = repo.rev(revision);
    repo.file(format!(".git/objects/{}/{}", &oid[..2], &oid[2..]))
}

#[test]
fn a_missing_object_is_named() {
    let repo = guarded();
    on_work(&repo).install().write("middleware/auth.py", "check(more)\n").commit_unjudged("work");
    repo.write("middleware/auth.py", "check(again)\n").stage();
    for (object, commands) in [
        ("HEAD:middleware/auth.py", &[&["check", "--staged", "-v"][..], &["check"], &["test", "integration", "--rev", "HEAD"]][..]),
        ("HEAD:middleware", &[&["check", "--staged"], &["check"], &["test", "integration", "--rev", "HEAD"]]),
        ("HEAD^{tree}", &[&["check", "--staged"], &["check"], &["test", "integration", "--rev", "HEAD"]]),
        ("main:policy.toml", &[&["check", "--staged"], &["check"], &["policy", "show"], &["evidence"]]),
        ("main^{tree}", &[&["check", "--staged"], &["check"], &["evidence"], &["explain", "a.txt"]]),
        ("main", &[&["check"]]),
    ] {
        let oid = repo.rev(object);
        let (place, saved) = (loose(&repo, object), repo.scratch().join("saved"));
        for args in commands {
            let before = repo.state();
            std::fs::rename(&place, &saved).unwrap();
            let run = repo.guard(args).undecided().says(&oid).says("missing");
            let json = repo.json(args);
            std::fs::rename(&saved, &place).unwrap();
            let text = run.err();
            assert!(text.contains("guard: could not decide: ") && text.contains("git fetch --refetch\n"), "{object} {text}");
            assert!(json["error"].as_str().unwrap().contains(&oid), "{json:#}");
            assert_eq!(repo.state(), before);
        }
    }
}

#[test]
fn a_damaged_object_is_named() {
    let repo = guarded();
    repo.write("middleware/auth.py", "check(more)\n").stage();
    let place = loose(&repo, "HEAD:middleware");
    std::fs::remove_file(&place).unwrap();
    std::fs::write(&place, "garbage").unwrap();
    let run = repo.guard(&["check", "--staged"]).undecided().says(&repo.rev("HEAD:middleware")).says("can't be read");
    run.says("next: git fsck");
}

#[test]
fn a_commit_whose_object_is_missing_is_not_made() {
    let repo = guarded();
    repo.install().write("middleware/auth.py", "check(more)\n").write("b.txt", "b\n").stage();
    let place = loose(&repo, "HEAD:middleware/auth.py");
    let index = repo.git(&["ls-files", "-s"]).ok().out();
    let saved = std::fs::read(&place).unwrap();
    std::fs::remove_file(&place).unwrap();
    repo.git(&["commit", "-m", "work"]).rejected().says("is missing from this repository").says("nothing was committed");
    std::fs::write(&place, saved).unwrap();
    assert_eq!(repo.git(&["ls-files", "-s"]).ok().out(), index);
}

#[test]
fn a_damaged_index_is_said() {
    let repo = guarded();
    for content in [&b"garbage"[..], b"DIRC\0\0\0\x09\0\0\0\0aaaaaaaaaaaaaaaaaaaaaaaa", b""] {
        let index = std::fs::read(repo.file(".git/index")).unwrap();
        repo.write(".git/index", content);
        let run = repo.guard(&["check", "--staged"]).undecided();
        assert!(run.err().contains("the index"), "{}", run.err());
        assert_eq!(std::fs::read(repo.file(".git/index")).unwrap(), content, "it is as it was");
        repo.write(".git/index", index);
    }
}

#[test]
fn a_shallow_clone_says_where_it_ends() {
    let repo = guarded();
    on_work(&repo).write("b.txt", "b\n").commit_unjudged("b");
    repo.write("c.txt", "c\n").commit_unjudged("c");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", &url, "../shallow"]).ok();
    let shallow = repo.sibling("shallow");
    assert_undecided(&shallow, &["check"], "shallow clone").says("next: git fetch --unshallow");
    assert_undecided(&shallow, &["test", "integration"], "shallow").says("next: git fetch --unshallow");
    shallow.git(&["fetch", "-q", "--unshallow"]).ok();
    shallow.guard(&["check"]).ok();
}

#[test]
fn a_partial_clone_is_asked_for_what_it_lacks() {
    let repo = guarded();
    on_work(&repo).write("middleware/auth.py", "check(more)\n").commit_unjudged("work");
    repo.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", "-b", "work", &url, "../partial"]).ok();
    let partial = repo.sibling("partial");
    partial.guard(&["check"]).rejected().says("error[guarded-area]");
    repo.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", "-b", "work", &url, "../alone"]).ok();
    let alone = repo.sibling("alone");
    alone.git(&["remote", "set-url", "origin", "file:///nowhere"]).ok();
    alone.guard(&["check"]).undecided();
}
