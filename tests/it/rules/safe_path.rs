//! No path that deceives.

mod links;
mod trees;

use super::*;

const RULE: &str = "safe-path";

fn guarded() -> String {
    with_dev(
        "[area.middleware]\npaths = [\"**/middleware/\"]\nrequires = [\"unit\"]\n[area.docs]\npaths = [\"docs/\"]\n\
         [suite.unit]\nrun = \"true\"\n[evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"none\"\n",
    )
}

/// `[paths]` with one more key.
fn with_paths(key: &str) -> String {
    format!("{}[paths]\n{key}\n", guarded())
}

/// The messages about the index as it is.
#[track_caller]
fn said(repo: &Repo) -> Vec<String> {
    let json = repo.json(&["check", "--staged"]);
    messages(&json, "index", RULE)
}

/// Stages an empty file of any name that git's index takes.
fn add(repo: &Repo, path: &[u8]) {
    use std::os::unix::ffi::OsStrExt as _;
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], b"").ok().line();
    let info = [format!("100644,{blob},").as_bytes(), path].concat();
    let info = std::ffi::OsStr::from_bytes(&info);
    let word = std::ffi::OsStr::new;
    let lax = [word("-c"), word("core.protectNTFS=false"), word("-c"), word("core.protectHFS=false")];
    repo.git(&[&lax[..], &[word("update-index"), word("--add"), word("--cacheinfo"), info]].concat()).ok();
}

fn reset(repo: &Repo) {
    repo.git(&["read-tree", "HEAD"]).ok();
}

#[test]
fn says_what_is_wrong_with_which_name() {
    let repo = Repo::with_policy(&guarded());
    repo.write("src/aux.c", "x\n").write("src/good.c", "x\n").stage();
    let expected = "error[safe-path]: `src/aux.c`: `aux.c` is a device name on Windows\n  \
           src/aux.c\n  \
           help: give it another name, or take it out of the index; `[paths]\n        portable` asks for names that every file system takes\n  \
           next: git restore --staged -- src/aux.c\n";
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "`src/aux.c`: `aux.c` is a device name on Windows", "scope": "commit", "paths": ["src/aux.c"],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": null,
        "help": "give it another name, or take it out of the index; `[paths] portable` asks for names that every file system takes", "next": ["git restore --staged -- src/aux.c"],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    paste(&repo, &expected);
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["no path deceives"]);
    assert_eq!(reasons(&json, "session", RULE), ["the commits are judged one by one"]);
}

/// Names that deceive everywhere, with what is said of them.
const DECEIVING: [(&[u8], &str); 9] = [
    (b"new\nline", "a control or invisible character in `new\\nline`"),
    (b"esc\x1b[2J", "a control or invisible character in `esc\\u{1b}[2J`"),
    ("zero\u{200b}width".as_bytes(), "a control or invisible character in `zero\\u{200b}width`"),
    ("right\u{202e}left".as_bytes(), "a control or invisible character in `right\\u{202e}left`"),
    ("a\u{a0}b".as_bytes(), "a control or invisible character in `a\\u{a0}b`"),
    (b"git~1/x", "`git~1` is `.git` to some file system"),
    (b".git /x", "`.git ` is `.git` to some file system"),
    (b".git::$INDEX_ALLOCATION/x", "`.git::$INDEX_ALLOCATION` is `.git` to some file system"),
    ("mіddleware/x".as_bytes(), "`mіddleware` looks like the guarded name `middleware`, and isn't"),
];

/// Names that deceive on some file system alone.
const NOT_PORTABLE: [(&[u8], &str); 11] = [
    (b"a\\b", "a backslash in `a\\\\b`"),
    (b"dot.", "`dot.` ends in a dot or a space, which Windows drops"),
    (b"dir /x", "`dir ` ends in a dot or a space, which Windows drops"),
    (b"a:b", "`a:b` names a stream of another file (NTFS)"),
    (b"PROGRA~1", "`PROGRA~1` may be the short name of another file (NTFS)"),
    (b"COM1.txt", "`COM1.txt` is a device name on Windows"),
    (b"nul/x", "`nul` is a device name on Windows"),
    (b"what?", "`?` in `what?`, which Windows refuses"),
    (b"bytes\xff", "`bytes\\xff` is not UTF-8"),
    (b"A.TXT", "the same as `a.txt` but for case or normalisation"),
    ("u\u{308}".as_bytes(), "the same as `\u{fc}` but for case or normalisation"),
];

/// What is said of each name, escaped as reports escape.
#[track_caller]
fn assert_said(repo: &Repo, names: &[(&[u8], &str)], rejected: bool) {
    for (name, why) in names {
        add(repo, name);
        let found = said(repo);
        assert_eq!(found.iter().any(|message| message.ends_with(why)), rejected, "{why}: {found:?}");
        if rejected {
            let json = repo.json(&["check", "--staged"]);
            let command = violations(&json, "index", RULE)[0]["next"][0].as_str().unwrap().to_owned();
            repo.run("bash", &["-c", &format!("{command} 2>/dev/null || true")]).ok();
        }
        reset(repo);
    }
}

#[test]
fn names_that_deceive_everywhere() {
    let repo = Repo::with_policy(&guarded());
    assert_said(&repo, &DECEIVING, true);
    let repo = Repo::with_policy(&with_paths("portable = false"));
    assert_said(&repo, &DECEIVING, true);
}

#[test]
fn names_that_another_file_system_would_fold_trim_or_refuse() {
    for (policy, rejected) in [(guarded(), true), (with_paths("portable = true"), true), (with_paths("portable = false"), false)] {
        let repo = Repo::with_policy(&policy);
        repo.write("\u{fc}", "x\n").commit_unjudged("before");
        assert_said(&repo, &NOT_PORTABLE, rejected);
    }
}

#[test]
fn names_that_only_seem_to_deceive_pass() {
    let repo = Repo::with_policy(&guarded());
    for name in [
        ".gitignore",
        ".github/x",
        "git",
        "a..b",
        "...x",
        " lead",
        "auxiliary.c",
        "com10",
        "console",
        "a~b",
        "lib/a.txt",
        "größe",
        "日本語",
        "docѕ/x",
        "-dash",
        "~",
        "#x",
        "with space",
        "naïve.txt",
        "middlewares/x",
    ] {
        add(&repo, name.as_bytes());
    }
    assert_eq!(said(&repo), [""; 0]);
}

#[test]
fn a_name_holds_255_bytes_and_a_path_4096() {
    let repo = Repo::with_policy(&with_paths("portable = false"));
    let path = |bytes: usize| (0..bytes).map(|n| if n % 100 == 99 { b'/' } else { b'x' }).collect::<Vec<u8>>();
    let name = [b'n'; 256];
    add(&repo, &name[..255]);
    add(&repo, &path(4096));
    assert_eq!(said(&repo), [""; 0]);
    add(&repo, &name);
    assert!(said(&repo)[0].ends_with("a name of 256 bytes, 255 allowed"));
    reset(&repo);
    add(&repo, &path(4097));
    assert!(said(&repo)[0].ends_with("a path of 4097 bytes, 4096 allowed"));
}

#[test]
fn collisions_are_with_whatever_stands_there_but_a_rename_leaves_nothing() {
    let repo = Repo::with_policy(&guarded());
    repo.write("Lib/x", numbered("x", 3)).commit_unjudged("before");
    add(&repo, b"lib/y");
    assert_eq!(said(&repo), ["`lib/y`: the same as `Lib` but for case or normalisation"]);
    reset(&repo);
    add(&repo, b"new/Same");
    add(&repo, b"new/same");
    assert_eq!(said(&repo).len(), 2, "each is the other's twin: {:?}", said(&repo));
    reset(&repo);
    repo.git(&["mv", "a.txt", "A.TXT"]).ok();
    assert_eq!(said(&repo), [""; 0]);
    repo.git(&["mv", "Lib/x", "Lib/X"]).ok();
    assert_eq!(said(&repo), [""; 0]);
}

#[test]
fn what_looks_like_a_name_that_nothing_guards_passes() {
    let repo = Repo::with_policy(&guarded().replace("requires = [\"unit\"]\n[area.docs]", "[area.docs]"));
    add(&repo, "mіddleware/x".as_bytes());
    assert_eq!(said(&repo), [""; 0]);
}

#[test]
fn such_a_name_may_always_go_away() {
    let repo = Repo::with_policy(&guarded());
    repo.write("aux.c", "x\n").write("B.TXT", "1\n").write("b.txt", "2\n").commit_unjudged("before");
    repo.git(&["rm", "-q", "aux.c", "b.txt"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.git(&["mv", "aux.c", "auxiliary.c"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn the_same_fault_of_many_is_one_violation() {
    let repo = Repo::with_policy(&guarded());
    repo.write("aux/a", "a\n").write("aux/b", "b\n");
    let json = staged(&repo);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!(violation["message"], "`aux/a` and 1 more: `aux` is a device name on Windows");
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn at_every_door_and_before_the_first_policy() {
    let repo = Repo::with_policy(&guarded());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("aux.c", "x\n").commit_unjudged("aux");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/work", "", "HEAD")])] {
        assert_violated(&json, "commit", RULE);
        assert_eq!(reasons(&json, "landing", RULE), ["no two names meet that another file system takes for one"]);
    }
    let json = repo.json(&["check"]);
    repo.git(&["mv", "aux.c", "auxiliary.c"]).ok();
    repo.commit_unjudged("renamed, but the commit before is there");
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[safe-path]: `aux.c`: `aux.c` is a device name on Windows\n"));
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    paste(&repo, assert_violated(&json, "commit", RULE));
    assert_violated(&repo.json(&["check", "--staged"]), "index", RULE);
    let first = Repo::new();
    first.write("a.txt", "a\n").commit_unjudged("start");
    first.write("policy.toml", guarded()).write("aux.c", "x\n");
    assert_only_violated(&staged(&first), &[RULE]);
}

#[test]
fn two_names_that_meet_in_a_clean_merge_are_the_landing_s() {
    for (policy, word) in [(guarded(), "violated"), (with_paths("portable = false"), "not-applicable")] {
        let repo = working(&policy);
        repo.write("README", "r\n").commit_unjudged("here");
        repo.git(&["switch", "-q", "main"]).ok();
        repo.write("readme", "r\n").commit_unjudged("there");
        repo.git(&["switch", "-q", "work"]).ok();
        repo.git(&["merge", "-q", "--no-edit", "main"]).ok();
        let json = repo.json(&["check"]);
        assert_eq!(words(&json, "landing", RULE), [word]);
        if word == "violated" {
            let expected = ["`README`: the same as `readme` but for case or normalisation"];
            assert_eq!(messages(&json, "landing", RULE), expected);
        }
    }
}
