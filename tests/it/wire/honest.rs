//! Names, messages and words that act on whoever reads them: escape sequences, marks that turn the text around, new lines, what a CI's log
//! takes for a command. They come in every way that data comes, and leave by every way out.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::*;

/// What does it: a name, and bytes that no output may have. Names that git takes for a path.
const HOSTILE: [(&str, &[u8], &str); 9] = [
    ("escape", b"a\x1b[31m\x1b]0;title\x07b", "\u{1b}"),
    ("newline", b"a\nremote: guard: accepted for boss", "\nremote: guard: accepted for boss"),
    ("return", b"a\rguard: accepted", "\r"),
    ("turned", "a\u{202e}txt.exe\u{2066}".as_bytes(), "\u{202e}"),
    ("invisible", "a\u{200b}\u{feff}\u{2028}b".as_bytes(), "\u{200b}"),
    ("delete", b"a\x7fb", "\u{7f}"),
    ("eight-bit", "a\u{9b}31mb".as_bytes(), "\u{9b}"),
    ("command", b"a\n::error::pwned", "\n::error::"),
    ("logging", b"x##[add-path]/tmp", "x##[add-path]"),
];

/// No byte of an answer acts: but for new lines there is no control character, and what was forbidden isn't there.
#[track_caller]
fn assert_honest(what: &str, name: &str, run: &Run, forbidden: &str) {
    for text in [run.out(), run.err()] {
        // git itself ends its lines with blanks, and a progress line with a return.
        let ours: String = text
            .lines()
            .filter(|line| !line.starts_with("To ") && !line.starts_with(" ! ") && !line.starts_with("error: "))
            .fold(String::new(), |mut all, line| {
                all.push_str(line);
                all.push('\n');
                all
            });
        assert!(!ours.chars().any(|c| c.is_control() && c != '\n'), "{what}, {name}: {ours:?}");
        assert!(!ours.contains(forbidden), "{what}, {name}: {ours:?}");
        assert!(!ours.lines().any(|line| line.trim_start().starts_with("::")), "{what}, {name}: {ours:?}");
    }
}

/// Every command that shows what is in a repository, in both forms.
fn look(repo: &Repo, what: &str, name: &str, forbidden: &str) {
    for args in [
        &["check"][..],
        &["check", "-v"],
        &["check", "--staged", "-v"],
        &["check", "main..work", "-v"],
        &["evidence"],
        &["last-good"],
        &["rollback"],
        &["doctor"],
        &["policy", "show"],
        &["policy", "diff"],
        &["policy", "check"],
        &["policy", "show", "--graph"],
        &["audit"],
        &["explain", "policy.toml"],
    ] {
        for format in ["text", "json"] {
            let run = repo.guard(&[args, &["--format", format]].concat());
            assert!(run.status <= 2, "{what}, {name}: {args:?}");
            assert_honest(&format!("{what}: {args:?} {format}"), name, &run, forbidden);
        }
    }
}

#[test]
fn in_paths() {
    for (name, bytes, forbidden) in HOSTILE {
        let (repo, _server) = pushing();
        repo.write([b"prohibited/", bytes].concat(), "x\n").write_many("many", 6).commit_unjudged("hostile");
        look(&repo, "path", name, forbidden);
        let path = [b"prohibited/", bytes].concat();
        assert_honest("explain", name, &repo.guard(&[OsStr::new("explain"), OsStr::from_bytes(&path)]), forbidden);
        for options in [&[][..], &["-o", "guard.verbose"], &["-o", "guard.format=json"]] {
            let run = repo.git(&[&["push", "origin", "work"][..], options].concat()).rejected();
            assert_honest("push", name, &run, forbidden);
        }
    }
}

#[test]
fn in_messages_and_identities() {
    for (name, bytes, forbidden) in HOSTILE {
        let (repo, _server) = pushing();
        let text = String::from_utf8_lossy(bytes).into_owned();
        repo.write_many("many", 6).stage();
        let tree = repo.index_tree();
        let message = format!("{text}\n\nIntegration-Tested: {text} tree={tree}\n");
        let person = text.replace('\n', " ");
        repo.set("GIT_AUTHOR_NAME", &person).author(&format!("{person}@example.org"));
        let commit = repo.run_with("git", &["commit-tree", &tree, "-p", "main"], message.as_bytes()).ok().line();
        repo.git(&["update-ref", "refs/heads/work", &commit]).ok();
        look(&repo, "message", name, forbidden);
        for options in [&[][..], &["-o", "guard.verbose"], &["-o", "guard.format=json"]] {
            let run = repo.git(&[&["push", "origin", "work"][..], options].concat()).rejected();
            assert_honest("push", name, &run, forbidden);
        }
    }
}

#[test]
fn in_names_of_branches_accounts_and_options() {
    for (name, bytes, forbidden) in HOSTILE {
        let (repo, _server) = pushing();
        let text = String::from_utf8_lossy(bytes).into_owned();
        repo.write_many("many", 6).commit_unjudged("many");
        repo.login(&text);
        assert_honest("account", name, &repo.git(&["push", "origin", "work"]).rejected(), forbidden);
        repo.login("dev");
        let option = format!("guard.{}", text.replace('\n', " "));
        assert_honest("option", name, &repo.git(&["push", "-o", &option, "origin", "work"]).rejected(), forbidden);
        for args in [&["explain", &text][..], &["check", &text], &["check", "--as", &text], &["hook", &text], &["evidence", &text]]
        {
            assert_honest(&format!("{args:?}"), name, &repo.guard(args), forbidden);
        }
        // git takes some of them for no name of a branch.
        let branch = format!("refs/heads/{}", text.replace(['\n', '\r', '\u{1b}', '\u{7}', '[', ':'], "~").replace('~', ""));
        if repo.git(&["update-ref", &branch, "work"]).status == 0 {
            assert_honest("branch", name, &repo.git(&["push", "origin", &branch]).rejected(), forbidden);
        }
    }
}

#[test]
fn in_reasons() {
    let (repo, _server) = pushing();
    for (name, bytes, forbidden) in HOSTILE {
        let text = String::from_utf8_lossy(bytes).into_owned();
        for args in [
            &["halt", "--reason", &text][..],
            &["resume", "--force", "--reason", &text],
            &["waive", "file-limit", "--limit", "6", "--rev", "work", "--expires", "1d", "--reason", &text],
            &["rollback", "--to", &text],
            &["test", &text],
            &["install", &text],
        ] {
            assert_honest(&format!("{args:?}"), name, &repo.guard(args), forbidden);
        }
    }
}

/// Who ran a suite is on record by their own word, and another's program prints it.
#[test]
fn in_records_for_programs() {
    for (name, bytes, forbidden) in HOSTILE {
        let text = String::from_utf8_lossy(bytes).replace('\n', " ");
        let repo = under(POLICY);
        repo.set("GUARD_SPECIALIST", &text);
        let suite = "version = 1\nbase = \"main\"\n[specialist.\"*\"]\nrequires = [\"t\"]\n[suite.t]\nrun = \"true\"\n";
        repo.write("policy.toml", suite).commit_unjudged("a suite");
        assert_honest("test", name, &repo.guard(&["test", "t", "--format", "json"]), forbidden);
        look(&repo, "record", name, forbidden);
    }
}
