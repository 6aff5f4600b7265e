//! SECURITY.md says what is promised and which tests show it; and what of that fits nowhere else.

use std::path::{Path, PathBuf};

use super::support::*;

const SECURITY: &str = include_str!("../../SECURITY.md");

/// The cells of the table's row of a promise.
fn row(promise: usize) -> Vec<&'static str> {
    let start = format!("| {promise} | ");
    let mut rows = SECURITY.lines().filter(|line| line.starts_with(&start));
    let row = rows.next().unwrap_or_else(|| panic!("no promise {promise}"));
    assert_eq!(rows.next(), None, "promise {promise} twice");
    row.trim_matches('|').split(" | ").map(str::trim).collect()
}

/// The file that holds a module, of this binary or of the library; a module within a file is that file's, and its tests may stand beside it.
fn file_of(modules: &[&str]) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    (1..=modules.len()).rev().map(|many| modules[..many].join("/")).find_map(|module| {
        let places = [format!("tests/it/{module}.rs"), format!("src/{module}.rs"), format!("src/{module}/mod.rs")];
        let beside = module.strip_suffix("/tests").map(|of| format!("src/{of}_tests.rs"));
        places.into_iter().chain(beside).map(|place| root.join(place)).find(|place| place.exists())
    })
}

fn is_a_test(name: &str) -> bool {
    let mut modules: Vec<&str> = name.split("::").collect();
    let function = modules.pop().unwrap();
    let Some(file) = file_of(&modules) else { return false };
    let text = std::fs::read_to_string(file).unwrap();
    let Some(before) = text.split(&format!("fn {function}(")).next().filter(|before| before.len() < text.len()) else {
        return false;
    };
    before.trim_end().lines().rev().take_while(|line| line.trim_start().starts_with("#[")).any(|line| line.trim() == "#[test]")
}

#[test]
fn every_promise_names_tests_that_are_there_and_what_it_does_not_cover() {
    for promise in 1..=15 {
        let cells = row(promise);
        let [_, said, tests, uncovered] = cells[..] else { panic!("promise {promise} has {} cells", cells.len()) };
        assert!(said.starts_with("**"), "{said}");
        assert!(!uncovered.is_empty(), "promise {promise} covers everything");
        let names: Vec<&str> = tests.split_whitespace().map(|name| name.trim_matches('`')).collect();
        assert!(names.len() > 1, "promise {promise}: {names:?}");
        for name in names {
            assert!(is_a_test(name), "promise {promise}: no test `{name}`");
        }
    }
    assert!(!SECURITY.contains("| 16 |"));
    assert!(!is_a_test("security::row") && !is_a_test("hostile::trees::hostile") && !is_a_test("nowhere::nothing"));
}

/// A repository with a small commit on `work`, and its server, where that would land.
fn small() -> (Repo, Repo) {
    let repo = Repo::with_policy(STRICT_POLICY);
    let server = repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("a", "a\n").commit_unjudged("small");
    (repo, server)
}

#[test]
fn few_files_may_be_opened_and_nothing_is_accepted_for_that() {
    let (repo, server) = small();
    repo.write("middleware/auth.py", "pass\n").commit_unjudged("past every test");
    let pushed = |files: usize| {
        server.script("hooks/pre-receive", format!("#!/bin/sh\nulimit -n {files} && exec '{GUARD}' hook pre-receive\n"));
        repo.git(&["push", "-q", "origin", "work:main"]).rejected().says("pre-receive hook declined")
    };
    let answers: Vec<String> = (3..=20).map(|files| pushed(files).err()).collect();
    assert!(answers.iter().any(|answer| answer.contains("could not decide: ")), "{answers:#?}");
    pushed(64).says("error[guarded-area]");
}

#[test]
fn a_hook_that_is_killed_lets_nothing_pass() {
    let (repo, server) = small();
    let whole = std::fs::read(server.file("hooks/pre-receive")).unwrap();
    for signal in ["HUP", "TERM", "KILL", "SEGV", "ABRT"] {
        // Nothing to read until it is dead, so that it can't be done before.
        let hook = format!(
            "#!/bin/sh\nrm -f in; mkfifo in\n'{GUARD}' hook pre-receive <in &\nexec 3>in\nkill -{signal} $!\nwait $!\nexit $?\n"
        );
        server.script("hooks/pre-receive", hook);
        repo.git(&["push", "-q", "origin", "work"]).rejected().says("pre-receive hook declined");
        server.git(&["rev-parse", "-q", "--verify", "refs/heads/work"]).rejected();
    }
    server.script("hooks/pre-receive", whole);
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn an_older_policy_put_back_is_a_change_like_any_other() {
    let repo = Repo::with_policy(&STRICT_POLICY.replace("max-files-per-commit = ", "max-files-per-commit = 1"));
    let weak = repo.rev("HEAD");
    repo.write("policy.toml", STRICT_POLICY).commit_unjudged("tighten");
    let server = repo.guarded_remote();
    repo.login("dev");
    for back in [&["revert", "--no-edit", "HEAD"][..], &["checkout", "-q", &weak, "--", "policy.toml"]] {
        repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
        repo.git(back).ok();
        repo.commit_unjudged("as it was");
        let before = server.state_of_refs();
        repo.git(&["push", "-q", "origin", "work:main"]).rejected().says("error[policy-change]");
        assert_eq!(server.state_of_refs(), before);
    }
}
