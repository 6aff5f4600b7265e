use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::git::Kind;
use crate::git::scratch::{self, Scratch};

fn exported(scratch: &Scratch, tree: Oid) -> Result<(tempfile::TempDir, Vec<RepoPath>)> {
    let directory = tempfile::tempdir().unwrap();
    let empty = export(&scratch.repo(), tree, directory.path())?;
    Ok((directory, empty))
}

fn entry(mode: &str, name: &[u8], oid: Oid) -> Vec<u8> {
    scratch::entry(mode, name, oid.as_bytes())
}

/// Exports a tree as these raw entries make it.
fn malformed(scratch: &Scratch, entries: &[Vec<u8>]) -> Error {
    let repo = scratch.repo();
    let tree = repo.write(Kind::Tree, &entries.concat()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let error = export(&repo, tree, directory.path()).unwrap_err();
    assert!(!directory.path().parent().unwrap().join("escaped").exists());
    error
}

#[test]
fn exactly_the_tree_comes_out() {
    let scratch = Scratch::new();
    scratch.write("dir/deep/file", b"\x00\xff\n");
    scratch.write("run.sh", "#!/bin/sh\n");
    scratch.write("empty", "");
    scratch.write(".gitattributes", "* text eol=crlf\nident ident\nsecret export-ignore\n");
    scratch.write("text", "a\nb\n");
    scratch.write("ident", "$Id$\n");
    scratch.write("secret", "kept\n");
    scratch.write("-rf \"\n'", "odd\n");
    std::os::unix::fs::symlink("dir/deep", scratch.path().join("link")).unwrap();
    std::os::unix::fs::symlink("/nonexistent", scratch.path().join("dangling")).unwrap();
    std::fs::set_permissions(scratch.path().join("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let odd = scratch.path().join(OsStr::from_bytes(b"\xff\xfe"));
    std::fs::write(odd, "bytes").unwrap();
    scratch.git(&["-c", "core.safecrlf=false", "add", "-A"]);
    scratch.commit("all");
    scratch.write("untracked", "");
    scratch.write("text", "changed\n");
    let (out, empty) = exported(&scratch, scratch.oid("HEAD^{tree}")).unwrap();
    assert!(empty.is_empty());
    let at = |name: &str| out.path().join(name);
    assert_eq!(std::fs::read(at("dir/deep/file")).unwrap(), b"\x00\xff\n");
    assert_eq!(std::fs::read(at("text")).unwrap(), b"a\nb\n", "no end of line is converted");
    assert_eq!(std::fs::read(at("ident")).unwrap(), b"$Id$\n");
    assert_eq!(std::fs::read(at("secret")).unwrap(), b"kept\n");
    assert_eq!(std::fs::read(at("-rf \"\n'")).unwrap(), b"odd\n");
    assert_eq!(std::fs::read(out.path().join(OsStr::from_bytes(b"\xff\xfe"))).unwrap(), b"bytes");
    assert_eq!(std::fs::read_link(at("link")).unwrap(), Path::new("dir/deep"));
    assert_eq!(std::fs::read_link(at("dangling")).unwrap(), Path::new("/nonexistent"));
    assert_eq!(std::fs::metadata(at("run.sh")).unwrap().permissions().mode() & 0o100, 0o100);
    assert_eq!(std::fs::metadata(at("text")).unwrap().permissions().mode() & 0o111, 0);
    assert!(!at("untracked").exists() && !at(".git").exists());
}

#[test]
fn unsafe_names_are_refused() {
    let scratch = Scratch::new();
    scratch.write("a", "a");
    scratch.commit("a");
    let blob = scratch.oid("HEAD:a");
    let tree = scratch.oid("HEAD^{tree}");
    for name in [b"..".as_slice(), b".", b".git", b".GIT", b"../escaped", b"a/b"] {
        let error = malformed(&scratch, &[entry("100644", name, blob)]);
        assert!(error.message.contains("safely") || error.message.contains("read"), "{error}");
        let disk = git2::Repository::open(scratch.path()).unwrap();
        let odb = disk.odb().unwrap();
        let below = super::own(odb.write(git2::ObjectType::Tree, &entry("40000", name, tree)).unwrap()).unwrap();
        let error = malformed(&scratch, &[entry("40000", b"sub", below)]);
        assert!(error.message.contains("safely") || error.message.contains("read"), "{error}");
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let scratch = Scratch::new();
    scratch.write("escaped", "a");
    scratch.write("up", "..");
    scratch.commit("a");
    let (up, tree) = (scratch.oid("HEAD:up"), scratch.oid("HEAD^{tree}"));
    let twice = [entry("120000", b"x", up), entry("40000", b"x", tree)];
    assert!(malformed(&scratch, &twice).message.contains("could not export `x`"));
    let twice = [entry("120000", b"x", up), entry("100644", b"x", up)];
    assert!(malformed(&scratch, &twice).message.contains("could not export `x`"));
    let twice = [entry("40000", b"x", tree), entry("40000", b"x", tree)];
    assert!(malformed(&scratch, &twice).message.contains("could not export `x`"));
}

#[test]
fn unknown_modes_and_missing_objects_are_errors() {
    let scratch = Scratch::new();
    scratch.write("a", "a");
    scratch.commit("a");
    let (blob, tree) = (scratch.oid("HEAD:a"), scratch.oid("HEAD^{tree}"));
    assert!(malformed(&scratch, &[entry("100777", b"x", blob)]).message.contains("git has no mode 100777"));
    assert!(malformed(&scratch, &[entry("100644", b"x", tree)]).message.contains("is no blob"));
    assert!(malformed(&scratch, &[entry("40000", b"x", blob)]).message.contains("could not export the directory `x`"));
    assert!(malformed(&scratch, &[entry("100644", b"x", Oid::from_bytes(&[9; 20]).unwrap())]).message.contains("could not export"));
    let repo = scratch.repo();
    let old = repo.write(Kind::Tree, &entry("100664", b"x", blob)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    export(&repo, old, directory.path()).unwrap();
}

#[test]
fn submodules_come_at_their_recorded_commit_or_empty() {
    let library = Scratch::new();
    library.write("lib.rs", "one\n");
    library.commit("one");
    let inner = Scratch::new();
    inner.write("inner", "inner\n");
    inner.commit("inner");
    library.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path().to_str().unwrap(), "nested"]);
    library.commit("two");
    let scratch = Scratch::new();
    let url = library.path().to_str().unwrap();
    scratch.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "deps/lib"]);
    scratch.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive"]);
    scratch.commit("with a submodule");
    std::fs::write(scratch.path().join("deps/lib/lib.rs"), "changed in the work tree\n").unwrap();
    let tree = scratch.oid("HEAD^{tree}");
    let (out, empty) = exported(&scratch, tree).unwrap();
    assert_eq!(std::fs::read(out.path().join("deps/lib/lib.rs")).unwrap(), b"one\n");
    assert_eq!(std::fs::read(out.path().join("deps/lib/nested/inner")).unwrap(), b"inner\n");
    assert!(empty.is_empty() && !out.path().join("deps/lib/.git").exists());
    scratch.git(&["update-index", "--cacheinfo", "160000,1234567890123456789012345678901234567890,deps/lib"]);
    scratch.git(&["commit", "-qm", "moved to what isn't here"]);
    let (out, empty) = exported(&scratch, scratch.oid("HEAD^{tree}")).unwrap();
    assert_eq!(std::fs::read_dir(out.path().join("deps/lib")).unwrap().count(), 0);
    assert_eq!(empty, [RepoPath::from("deps/lib")]);
}
