//! Many of something: files, commits, refs, parents.

use std::fmt::Write as _;

use super::*;

#[test]
fn twenty_thousand_files() {
    let (repo, server) = hostile();
    let mut stream = format!("blob\nmark :1\ndata 2\nx\n\n{}", commit("files", "refs/heads/main", "many"));
    for n in 0..20_000 {
        writeln!(stream, "M 100644 :1 d{}/f{n}", n % 100).unwrap();
    }
    import(&repo, stream);
    server.push(&repo, &["files"]).accepted().says("20000 files");
    // And where a policy has limits, a few of them are named.
    let limited = OPEN.replace("[specialist", "[defaults]\nmax-files-per-commit = 5\n\n[specialist");
    server.repo.write("limited.toml", limited).git(&["config", "guard.policyFile", "limited.toml"]).ok();
    let run = server.push(&repo, &["files:again"]).rejected("file-limit").says("20000 files changed in this commit, 5 allowed");
    assert!(run.err().len() < 10_000, "{} bytes", run.err().len());
}

#[test]
fn five_thousand_commits() {
    let (repo, server) = hostile();
    let mut stream = String::new();
    for n in 0..5_000 {
        let from = if n == 0 { "refs/heads/main" } else { "" };
        let text = format!("{n}\n");
        write!(stream, "{}M 100644 inline d{}/f\ndata {}\n{text}\n", commit("commits", from, "c"), n % 50, text.len()).unwrap();
    }
    import(&repo, stream);
    server.push(&repo, &["commits"]).accepted().says("50 files, 50 insertions");
    server.repo.git(&["config", "guard.maxCommits", "4999"]).ok();
    server.push(&repo, &["commits:again"]).undecided("more than 4999 commits are to be judged (`guard.maxCommits`)");
}

#[test]
fn three_thousand_refs() {
    let (repo, server) = hostile();
    let mut stream = commit("base", "refs/heads/main", "b");
    stream.push_str("M 100644 inline base\ndata 2\nx\n\n");
    for n in 0..3_000 {
        write!(stream, "{}M 100644 inline f{n}\ndata 2\nx\n\n", commit(&format!("many/{n}"), "refs/heads/base", "r")).unwrap();
    }
    import(&repo, stream);
    let run = server.push(&repo, &["refs/heads/many/*"]).rejected("protected-ref");
    run.says("3000 ref updates in this push, 50 allowed");
}

#[test]
fn an_octopus_of_five_hundred() {
    let (repo, server) = hostile();
    let mut stream = String::new();
    for n in 0..500 {
        write!(stream, "{}M 100644 inline f{n}\ndata 2\nx\n\n", commit(&format!("arm/{n}"), "refs/heads/main", "arm")).unwrap();
    }
    stream.push_str(&commit("octopus", "refs/heads/main", "octopus"));
    for n in 0..500 {
        writeln!(stream, "merge refs/heads/arm/{n}").unwrap();
    }
    import(&repo, stream);
    server.push(&repo, &["octopus"]).undecided("has 501 parents, over guard.maxParents (64)");
    // A bound that is raised is still within the others.
    server.repo.git(&["config", "guard.maxParents", "1000"]).ok();
    let run = server.push(&repo, &["octopus"]);
    assert!(matches!(run.status, 0 | 2), "{}", run.run.err());
}
