//! Objects that are missing, damaged, or something else than they are taken for.

use std::path::PathBuf;

use super::*;

/// Where a loose object of the server's lies.
fn loose(server: &Server, oid: &str) -> PathBuf {
    server.repo.file(format!("objects/{}/{}", &oid[..2], &oid[2..]))
}

/// A change of two directories, whose objects are all at the server.
fn brought() -> (Repo, Server, String, Vec<String>) {
    let (repo, server) = hostile();
    repo.write("d/e/f", "x\n").commit_unjudged("deep");
    let new = repo.rev("HEAD");
    server.place(&repo);
    let objects = ["HEAD", "HEAD^{tree}", "HEAD:d", "HEAD:d/e", "HEAD:d/e/f"].map(|name| repo.rev(name)).to_vec();
    (repo, server, format!("{} {new} refs/heads/work\n", "0".repeat(40)), objects)
}

#[test]
fn a_missing_object_is_never_taken_for_an_empty_one() {
    let (_repo, server, line, objects) = brought();
    for oid in &objects {
        let saved = std::fs::read(loose(&server, oid)).unwrap();
        std::fs::remove_file(loose(&server, oid)).unwrap();
        server.receive(line.as_bytes()).undecided("is missing from this repository").says(oid);
        std::fs::write(loose(&server, oid), saved).unwrap();
    }
    assert_eq!(server.receive(line.as_bytes()).status, 0);
}

#[test]
fn a_damaged_object_is_never_taken_for_a_sound_one() {
    let (repo, server, line, objects) = brought();
    // libgit2 reads half an object for ever.
    server.repo.git(&["config", "guard.deadline", "1s"]).ok();
    let other = std::fs::read(loose(&server, &repo.rev("main:a.txt"))).unwrap();
    for oid in &objects {
        let place = loose(&server, oid);
        let saved = std::fs::read(&place).unwrap();
        let mut flipped = saved.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x55;
        for damaged in [&b""[..], b"garbage", &saved[..saved.len() / 2], &flipped] {
            std::fs::remove_file(&place).unwrap();
            std::fs::write(&place, damaged).unwrap();
            let ended = server.receive(line.as_bytes());
            // Content that still unpacks to something is that something: what receive-pack took it has hashed before.
            assert_ne!(ended.status, 0, "{oid}: {}", ended.run.err());
        }
        // A blob in place of a commit or a tree.
        if *oid != objects[4] {
            std::fs::write(&place, &other).unwrap();
            assert_ne!(server.receive(line.as_bytes()).status, 0, "{oid}");
        }
        std::fs::remove_file(&place).unwrap();
        std::fs::write(&place, saved).unwrap();
    }
}

#[test]
fn a_ref_to_something_else_than_a_commit() {
    let (repo, server) = hostile();
    let (blob, tree) = (blob(&repo, b"alone\n"), repo.rev("main^{tree}"));
    repo.git(&["tag", "-a", "-m", "t", "one", &blob]).ok();
    for object in [&blob, &tree, &repo.rev("refs/tags/one")] {
        server.place(&repo);
        let line = format!("{} {object} refs/heads/odd\n", "0".repeat(40));
        server.receive(line.as_bytes()).rejected("protected-ref");
    }
}
