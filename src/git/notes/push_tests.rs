use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;
use crate::git::notes::{append, lines};
use crate::git::scratch::Scratch;

const NAME: &str = "refs/notes/guard/w";

/// A repository with a bare `origin` inside of its directory.
fn started() -> (Scratch, Oid) {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit("a");
    scratch.git(&["init", "-q", "--bare", "server"]);
    scratch.git(&["remote", "add", "origin", &scratch.path().join("server").display().to_string()]);
    scratch.git(&["push", "-q", "origin", "main"]);
    let tree = scratch.oid("HEAD^{tree}");
    (scratch, tree)
}

/// Another clone of the server.
fn clone(scratch: &Scratch, name: &str) -> PathBuf {
    scratch.git(&["clone", "-q", "server", name]);
    scratch.git(&["-C", name, "config", "user.name", name]);
    scratch.git(&["-C", name, "config", "user.email", "a@example.org"]);
    scratch.path().join(name)
}

fn on_server(scratch: &Scratch, on: Oid) -> BTreeSet<String> {
    let found = lines(&Repo::open_at(&scratch.path().join("server")), on, &[]).unwrap();
    found.into_iter().map(|line| String::from_utf8(line.content.unwrap()).unwrap()).collect()
}

fn texts(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn what_others_pushed_is_kept() {
    let (scratch, tree) = started();
    let one = scratch.repo();
    append(&one, tree, "w", "one").unwrap();
    push(&one, "origin", "w").unwrap();
    push(&one, "origin", "w").unwrap();
    let two = Repo::open_at(&clone(&scratch, "two"));
    append(&two, tree, "w", "two").unwrap();
    push(&two, "origin", "w").unwrap();
    assert_eq!(on_server(&scratch, tree), texts(&["one", "two"]));
    append(&one, tree, "w", "three").unwrap();
    push(&one, "origin", "w").unwrap();
    assert_eq!(on_server(&scratch, tree), texts(&["one", "two", "three"]));
    assert_eq!(scratch.git(&["-C", "two", "for-each-ref", "refs/guard"]), "", "what was fetched for it is gone");
    assert_eq!(scratch.git(&["-C", "server", "rev-parse", NAME]), scratch.git(&["rev-parse", NAME]));
}

#[test]
fn several_at_once_lose_nothing() {
    let (scratch, tree) = started();
    let pushing = |name: &'static str| {
        let path = clone(&scratch, name);
        std::thread::spawn(move || {
            let repo = Repo::open_at(&path);
            append(&repo, tree, "w", name).unwrap();
            push(&repo, "origin", "w").unwrap();
        })
    };
    let all = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
    let threads: Vec<_> = all.into_iter().map(pushing).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(on_server(&scratch, tree), texts(&all));
}

#[test]
fn a_refusal_has_git_s_own_words() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    assert!(push(&repo, "origin", "w").unwrap_err().message.contains("there is no `refs/notes/guard/w` to push"));
    append(&repo, tree, "w", "one").unwrap();
    let error = push(&repo, "nowhere", "w").unwrap_err();
    assert_eq!(error.message, "git could not push `refs/notes/guard/w` to `nowhere`");
    assert!(error.details.unwrap().contains("'nowhere' does not appear to be a git repository"));
    let error = push(&repo, "--exec=x", "w").unwrap_err();
    assert!(error.details.unwrap().contains("--exec=x"), "it is a remote's name, no option");
    let hook = |place: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt;
        scratch.write(place, format!("#!/bin/sh\n{text}\n"));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(scratch.path().join(place), mode).unwrap();
    };
    hook("server/hooks/pre-receive", "printf 'not \\033[31mthis\\n' >&2; exit 1");
    let error = push(&repo, "origin", "w").unwrap_err();
    let words = error.details.unwrap();
    assert!(words.contains("not \\u{1b}[31mthis") && words.contains("pre-receive hook declined"), "{words}");
    hook(".git/hooks/pre-push", "echo local >&2; pwd >&2; exit 1");
    let words = push(&repo, "origin", "w").unwrap_err().details.unwrap();
    let root = scratch.path().canonicalize().unwrap();
    assert!(words.starts_with("local\n") && words.contains(root.to_str().unwrap()), "{words}");
}

#[test]
fn which_words_mean_that_others_were_faster() {
    for (words, expected) in [
        ("! [rejected] x -> x (fetch first)", Race::Behind),
        ("! [remote rejected] x -> x (cannot lock ref 'x': is at 1 but expected 2)", Race::Held),
        ("! [remote rejected] x -> x (reference already exists)", Race::Held),
        ("remote: guard: could not decide: `x` is not what the push says it was", Race::Held),
        ("remote: guard: could not decide: other pushes have been judged here for 4s without a break", Race::Held),
        ("! [remote rejected] x -> x (pre-receive hook declined)", Race::None),
    ] {
        assert_eq!(race(words.as_bytes()), expected, "{words}");
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    use std::os::unix::fs::PermissionsExt;
    let (scratch, tree) = started();
    let repo = scratch.repo();
    append(&repo, tree, "w", "one").unwrap();
    // Six times in a row somebody else was faster.
    let hook = "#!/bin/sh\necho x >>tries; [ $(wc -l <tries) -gt 6 ] || { echo 'guard: `w` is not what the push says it was' >&2; exit 1; }\n";
    scratch.write("server/hooks/pre-receive", hook);
    let hook = scratch.path().join("server/hooks/pre-receive");
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    push(&repo, "origin", "w").unwrap();
    assert_eq!(on_server(&scratch, tree), texts(&["one"]));
}
