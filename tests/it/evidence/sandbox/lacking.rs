//! Where no sandbox is to be had: by default it is said, and demanded it is a failed run.

use super::*;

/// Runs the guard where nobody may make a namespace. Who can't even make that place has no namespaces anyway.
fn without_namespaces(repo: &Repo, args: &[&str]) -> Run {
    let script = "echo 0 >/proc/sys/user/max_user_namespaces && exec guard \"$@\"";
    if repo.run("unshare", &["--user", "--map-root-user", "true"]).status == 0 {
        return repo.run("unshare", &[&["--user", "--map-root-user", "sh", "-c", script, "guard"], args].concat());
    }
    repo.guard(args)
}

const TEST: [&str; 5] = ["test", "s", "--again", "--rev", "HEAD"];

#[test]
fn by_default_it_is_said_and_recorded() {
    let repo = Repo::new();
    dirty(&repo, "cat @/untracked", "");
    let run = without_namespaces(&repo, &TEST).ok();
    run.says(", no sandbox), recorded\n  no sandbox: the system refuses namespaces of its own: ")
        .says("what the run found in the work tree need not be what is tested");
    assert_eq!(recorded(&repo), "none");
    let repo = Repo::new();
    dirty(&repo, "exit 1", "");
    without_namespaces(&repo, &TEST).rejected().says("exit status 1 (").says("  no sandbox: the system refuses");
}

#[test]
fn demanded_it_is_a_failed_run() {
    for demanded in ["tree", "offline"] {
        let repo = Repo::new();
        dirty(&repo, "echo was run", &format!("sandbox = \"{demanded}\""));
        let run = without_namespaces(&repo, &TEST).rejected();
        run.says("no sandbox is to be had, and the suite demands one: the system refuses namespaces of its own: ")
            .says_not("was run");
        let json = evidence(&repo, &["HEAD"]);
        assert_eq!((found(&json, "s"), recorded(&repo)), ("none".to_owned(), "none".into()));
        let because = json["records"][0]["because"].as_str().unwrap();
        assert!(because.contains("no sandbox is to be had, and the suite demands one"), "{because}");
    }
}

#[test]
fn a_work_tree_that_can_not_be_hidden() {
    let repo = Repo::new();
    dirty(&repo, "true", "env = [\"PATH\", \"HOME\"]");
    let home = repo.path().to_owned();
    let said = format!("no sandbox: `{}` would have to be hidden, and holds `HOME`, which the suite's `env` lists", home.display());
    repo.set("HOME", &home).guard(&TEST).ok().says(&said);
    repo.set("HOME", home.join("lib")).guard(&TEST).ok().says(&said);
    repo.set("HOME", repo.scratch().join("home")).guard(&TEST).ok().says_not("HOME");
    // Nor another one of its work trees.
    repo.git(&["worktree", "add", "-q", "../second", "-b", "second"]).ok();
    let second = repo.sibling("second");
    second.set("HOME", &home).guard(&TEST).ok().says(&said);
}
