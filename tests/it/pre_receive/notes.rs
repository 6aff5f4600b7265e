//! Refs of evidence that hold something else.

use super::*;

const REF: &str = "refs/notes/guard/local-x";

/// Makes `REF` a commit of a tree with these lines of `git mktree`.
fn made(repo: &Repo, entries: &str) {
    let tree = repo.run_with("git", &["mktree", "--missing"], entries.as_bytes()).ok().line();
    let parent = repo.git(&["rev-parse", "-q", "--verify", REF]).line();
    let onto: &[&str] = if parent.is_empty() { &[] } else { &["-p", &parent] };
    let commit = repo.git(&[&["commit-tree", &tree, "-m", "notes"], onto].concat()).ok().line();
    repo.git(&["update-ref", REF, &commit]).ok();
}

#[test]
fn what_is_no_note_is_refused_by_name_wherever_it_comes() {
    let (repo, server) = pushing();
    let line = "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[]}\n";
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], line.as_bytes()).ok().line();
    let id = "0123456789".repeat(4);
    let note = format!("100644 blob {blob}\t{id}\n");
    let head = repo.rev("main");
    let odd = [
        (format!("100644 blob {blob}\tREADME\n"), "`README`, which is the place of no note"),
        (format!("100755 blob {blob}\t{}1\n", &id[1..]), "is executable, and no note"),
        (format!("120000 blob {blob}\t{}1\n", &id[1..]), "is a symbolic link, and no note"),
        (format!("160000 commit {head}\t{}1\n", &id[1..]), "is a submodule, and no note"),
        (format!("040000 tree {}\tzz\n", repo.rev("main^{tree}")), "`zz`, which is the place of no note"),
    ];
    for (entry, why) in &odd {
        made(&repo, &format!("{note}{entry}"));
        assert_refused(&repo, &server, &[REF], "protected-ref").says("would hold what is no note").says(why);
        repo.git(&["update-ref", "-d", REF]).ok();
    }
    made(&repo, &note);
    repo.git(&["push", "-q", "origin", REF]).ok();
    for (entry, why) in &odd {
        made(&repo, &format!("{note}{entry}"));
        assert_refused(&repo, &server, &[REF], "protected-ref").says("would hold what is no note").says(why);
        repo.git(&["update-ref", REF, &format!("{REF}~")]).ok();
    }
}

#[test]
fn a_tree_that_git_would_not_write_is_refused() {
    let (repo, server) = pushing();
    let line = "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[]}\n";
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], line.as_bytes()).ok().line();
    let raw: Vec<u8> = (0..40).step_by(2).map(|at| u8::from_str_radix(&blob[at..at + 2], 16).unwrap()).collect();
    let entry = |name: &str| [format!("100644 {name}\0").into_bytes(), raw.clone()].concat();
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    for (names, why) in [([&one, &one], "malformed: duplicate entry"), ([&two, &one], "malformed: entry out of order")] {
        let bytes = names.map(|name| entry(name)).concat();
        let tree = repo.run_with("git", &["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], &bytes).ok().line();
        let commit = repo.git(&["commit-tree", &tree, "-m", "notes"]).ok().line();
        repo.git(&["update-ref", REF, &commit]).ok();
        assert_refused(&repo, &server, &[REF], "protected-ref").says("would hold what is no note").says(why);
    }
}

#[test]
fn the_lines_of_a_push_are_counted_over_all_its_refs() {
    let (repo, server) = pushing();
    let half = |from: u32| -> String {
        let payload = |n: u32| {
            format!("{{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[],\"n\":{n}}}\n")
        };
        (from..from + 10_001).map(payload).collect()
    };
    for (name, from) in [("guard/local-a", 0), ("guard/local-b", 20_000)] {
        repo.write("../lines", half(from));
        repo.git(&["notes", "--ref", name, "add", "-F", "../lines", "main"]).ok();
    }
    let run = refused(&repo, &server, &["refs/notes/guard/local-a", "refs/notes/guard/local-b"]);
    run.says("more than 20000 lines of evidence are added in one push, which is the")
        .says("push an older commit of these notes first");
    repo.git(&["push", "-q", "origin", "refs/notes/guard/local-a"]).ok();
    repo.git(&["push", "-q", "origin", "refs/notes/guard/local-b"]).ok();
}
