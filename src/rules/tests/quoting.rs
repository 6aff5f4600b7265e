//! `next` works when pasted: every quoted word is what a shell reads.

use std::cell::OnceCell;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use super::super::fixture::*;
use crate::model::FileStatus;
use crate::text::shell_quote;
use crate::verdict::Violation;

#[test]
fn words() {
    let table: [(&[u8], &str); 13] = [
        (b"src/main.rs", "src/main.rs"),
        (b"", "''"),
        (b"a b", "'a b'"),
        (b"it's", r"'it'\''s'"),
        (b"$(touch x)", "'$(touch x)'"),
        (b"~root", "'~root'"),
        (b"!x", "'!x'"),
        ("grün".as_bytes(), "'grün'"),
        (b"a\nb", r#""$(printf 'a\012b')""#),
        (b"\xff7'\\", r#""$(printf '\3777\047\134')""#),
        (b"a\n", r"$'a\012'"),
        ("a\u{202e}b".as_bytes(), r#""$(printf 'a\342\200\256b')""#),
        (b"a=b", "'a=b'"),
    ];
    for (bytes, quoted) in table {
        assert_eq!(shell_quote(bytes), quoted);
    }
}

#[test]
fn a_shell_reads_what_was_quoted() {
    let all: Vec<u8> = (1..=255).collect();
    for bytes in [all.as_slice(), b"'\n'\\", b"-n", b"$'x'", b"a\x01\x32", "é\u{200b}7".as_bytes(), b"`id`"] {
        for shell in ["bash", "sh"] {
            let command = format!("printf %s {}", shell_quote(bytes));
            let out = Command::new(shell).arg("-c").arg(command).env("LC_ALL", "C").output().unwrap();
            if bytes != b"-n" {
                assert_eq!(out.stdout, bytes, "{shell}: {}", shell_quote(bytes));
            }
        }
    }
}

fn next(path: &[u8]) -> String {
    let policy = policy("[defaults]\nmax-files-per-commit = 1");
    let mut subject = index(&policy, owner(), vec![added("kept"), change(path, FileStatus::Added)]);
    subject.bounds.files = 2;
    subject.told.similar = OnceCell::from(subject.bounds);
    let [Violation { next, .. }] = violations(say("file-limit", &policy, &subject)).try_into().unwrap();
    next.concat()
}

#[test]
fn odd_paths_are_pathspecs_of_themselves_alone() {
    assert_eq!(next(b"-x"), "git restore --staged -- -x");
    assert_eq!(next(b":x"), "git restore --staged -- ':(top,literal):x'");
    assert_eq!(next(b"*.c"), "git restore --staged -- ':(top,literal)*.c'");
    assert_eq!(next(b"a\\b"), r"git restore --staged -- ':(top,literal)a\b'");
}

/// Real git takes exactly the path out, whatever its name.
#[test]
fn git_takes_out_what_is_named() {
    let root = tempfile::tempdir().unwrap();
    let run = |program: &str, args: &[&std::ffi::OsStr]| {
        let mut command = Command::new(program);
        command.args(args).current_dir(root.path()).env_clear().env("HOME", root.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        let path = std::env::var_os("PATH").unwrap();
        let out = command.env("PATH", path).env("LC_ALL", "C").output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    };
    let git = |args: &[&str]| run("git", &args.iter().map(std::ffi::OsStr::new).collect::<Vec<_>>());
    git(&["init", "-q"]);
    git(&["-c", "user.name=a", "-c", "user.email=a@x", "commit", "-q", "--allow-empty", "-m", "first"]);
    let names: [&[u8]; 9] = [b"-x", b":x", b"*.c", b"a\\b", b"a b", b"it's", b"a\nb", b"\xff\x01", b"[a]"];
    for name in names {
        std::fs::write(root.path().join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    }
    std::fs::write(root.path().join("other.c"), "x").unwrap();
    for name in names {
        git(&["add", "-A"]);
        run("bash", &["-c".as_ref(), next(name).as_ref()]);
        let staged = git(&["diff", "--cached", "--name-only", "-z"]);
        let staged: Vec<&[u8]> = staged.split(|b| *b == 0).filter(|p| !p.is_empty()).collect();
        assert_eq!(staged.len(), names.len(), "{}", String::from_utf8_lossy(name));
        assert!(!staged.contains(&name));
    }
}
