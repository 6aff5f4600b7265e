//! Past a bound it could not be decided, and that rejects, with the bound's name.

use super::*;

/// The server refuses with this bound at `value`, names it, and takes the push once it is raised.
#[track_caller]
fn bounded(repo: &Repo, server: &Repo, key: &str, value: u64, enough: u64) {
    server.git(&["config", key, &value.to_string()]).ok();
    refused(repo, server, &["work"]).says("remote: guard: could not decide").says(key);
    server.git(&["config", key, &enough.to_string()]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn commits() {
    let (repo, server) = pushing();
    for n in 0..4 {
        repo.write("b.txt", format!("{n}\n")).commit_unjudged("b");
    }
    bounded(&repo, &server, "guard.maxCommits", 3, 4);
}

#[test]
fn paths() {
    let (repo, server) = pushing();
    repo.write_many("few", 4).commit_unjudged("few");
    bounded(&repo, &server, "guard.maxPaths", 3, 4);
}

#[test]
fn paths_of_all_commits_and_refs_together() {
    let (repo, server) = pushing();
    for n in 0..3 {
        repo.write_many(&format!("few{n}-"), 3).commit_unjudged("few");
    }
    // three commits of three, a session and a ref of nine
    server.git(&["config", "guard.maxPaths", "9"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let refs: Vec<String> = (0..3).map(|n| format!("work:refs/heads/more{n}")).collect();
    repo.write("few0-1.txt", "again\n").commit_unjudged("again");
    let refs: Vec<&str> = refs.iter().map(String::as_str).collect();
    refused(&repo, &server, &refs).says("remote: guard: could not decide").says("more than 45 paths (5 times `guard.maxPaths`)");
    repo.git(&["push", "-q", "origin", refs[0]]).ok();
}

#[test]
fn messages() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit_unjudged(&"x".repeat(100));
    bounded(&repo, &server, "guard.maxMessage", 100, 101);
}

#[test]
fn parents() {
    let (repo, server) = pushing();
    for name in ["one", "two", "three"] {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write(name, "x\n").commit_unjudged(name);
    }
    repo.git(&["switch", "-q", "work"]).ok();
    repo.write("here", "x\n").commit_unjudged("here");
    repo.git(&["merge", "-q", "--no-edit", "one", "two", "three"]).ok();
    bounded(&repo, &server, "guard.maxParents", 3, 4);
}

#[test]
fn a_bound_that_is_no_number_is_undecided() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    for key in ["guard.maxCommits", "guard.maxPaths", "guard.maxMessage", "guard.maxParents", "guard.deadline"] {
        for value in ["0", "-1", "many", ""] {
            server.git(&["config", key, value]).ok();
            refused(&repo, &server, &["work"]).says("could not decide").says(key);
        }
        server.git(&["config", "--unset", key]).ok();
    }
}

#[test]
fn refs_in_one_push() {
    let (repo, server) = pushing();
    let many: Vec<String> = (0..51).map(|n| format!("main:refs/heads/b{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_refused(&repo, &server, &many, "protected-ref").says("51 ref updates in this push, 50 allowed");
    repo.git(&[&["push", "-q", "origin"][..], &many[1..]].concat()).ok();
}

#[test]
fn time() {
    let (repo, server) = pushing();
    // few bytes that unpack to many, each of which has to be looked at
    let policy = format!("{POLICY}\n[area.lines]\npaths = [\"lines/\"]\nlines = [\"^x\"]\n");
    server.write("lines.toml", policy).git(&["config", "guard.policyFile", "lines.toml"]).ok();
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], &vec![b'\n'; 16 << 20]).ok().line();
    let index: String = (0..50).map(|n| format!("100644 {blob} 0\tz/{n}\n")).collect();
    repo.run_with("git", &["update-index", "--add", "--index-info"], index.as_bytes()).ok();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "much"]).ok();
    server.git(&["config", "guard.deadline", "1s"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("remote: guard: could not decide").says("guard.deadline");
}

#[test]
fn commits_that_unpack_to_more_than_there_is_memory() {
    let (repo, server) = pushing();
    repo.write("../message", vec![b'x'; 1 << 20]);
    for _ in 0..64 {
        repo.git(&["commit", "-q", "--allow-empty", "--no-verify", "-F", "../message"]).ok();
    }
    repo.git(&["push", "origin", "work"]).rejected().says("remote: guard: could not decide").says("guard.maxMessage");
    server.git(&["config", "guard.maxMessage", "2000000"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}
