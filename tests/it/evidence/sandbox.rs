//! What a suite may reach: a suite that looks elsewhere finds what is tested, or nothing.
//!
//! Where the machine has nothing that a sandbox is made of, each of these holds the guard to saying so.

use super::*;

mod elsewhere;
mod lacking;
mod offline;

/// A suite's table. In the script, `@` is the work tree and `^` the directory that it stands in.
fn table(repo: &Repo, script: &str, more: &str) -> String {
    let (work, above) = (repo.path().to_str().unwrap(), repo.scratch().to_str().unwrap());
    format!("run = '''{}'''\n{more}", script.replace('@', work).replace('^', above))
}

/// What is tested, committed, with a suite `s` of that script; and beside it in the work tree, what isn't.
fn dirty(repo: &Repo, script: &str, more: &str) {
    repo.write("policy.toml", suites(&[("s", &table(repo, script, more))]));
    repo.write("a.txt", "tested\n").write("lib/value", "tested\n").commit_unjudged("start");
    repo.write("a.txt", "not tested\n").write("lib/value", "not tested\n").write("untracked", "not tested\n");
}

/// Runs the suite, which passes where it finds what it must not. Whether there was a sandbox, where it fails; without one it is said.
#[track_caller]
fn finds_nothing(repo: &Repo) -> bool {
    let run = repo.guard(&["test", "s", "--again", "--rev", "HEAD"]);
    if run.out().contains("no sandbox: ") {
        run.ok().says(", no sandbox), recorded").says("what the run found in the work tree need not be what is tested");
        return false;
    }
    run.rejected().says("  sandbox: tree: of this repository the tested tree alone can be read, and /tmp is its own");
    true
}

/// The same of a suite that passes where it finds what is tested, and nothing else; without a sandbox it need not.
#[track_caller]
fn finds_what_is_tested(repo: &Repo) {
    let run = repo.guard(&["test", "s", "--again", "--rev", "HEAD"]);
    if !run.out().contains("no sandbox: ") {
        run.ok().says("s: passed on tree");
    }
}

/// What the newest run's record says of its sandbox.
fn recorded(repo: &Repo) -> Value {
    evidence(repo, &["HEAD"])["records"][0]["sandbox"].clone()
}

#[test]
fn an_absolute_path_into_the_work_tree_leads_to_what_is_tested() {
    let repo = Repo::new();
    dirty(&repo, "cat @/untracked", "");
    finds_nothing(&repo);
    let repo = Repo::new();
    dirty(&repo, "test \"$(cat @/a.txt @/lib/value)\" = \"$(printf 'tested\\ntested')\" && test \"$(pwd)\" = @ && ! ls @/.git", "");
    finds_what_is_tested(&repo);
    // Wherever it is started.
    finds_what_is_tested(&repo.within("lib"));
    assert_eq!(std::fs::read_to_string(repo.file("a.txt")).unwrap(), "not tested\n", "and the work tree is as it was");
}

#[test]
fn a_link_in_the_tree_that_leads_into_the_work_tree() {
    let repo = Repo::new();
    repo.link("link", repo.file("untracked").to_str().unwrap()).link("twin", repo.file("lib").to_str().unwrap());
    dirty(&repo, "cat link", "");
    finds_nothing(&repo);
    let repo = Repo::new();
    repo.link("twin", repo.file("lib").to_str().unwrap());
    dirty(&repo, "test \"$(cat twin/value)\" = tested", "");
    finds_what_is_tested(&repo);
}

#[test]
fn a_variable_that_names_the_work_tree() {
    let repo = Repo::new();
    dirty(&repo, "cat \"$MODULES/value\" && cat \"${MORE#*:}/value\"", "env = [\"PATH\", \"MODULES\", \"MORE\"]");
    repo.write("ignored/value", "not tested\n");
    repo.set("MODULES", repo.file("lib")).set("MORE", format!("/usr:{}", repo.file("ignored").display()));
    if finds_nothing(&repo) {
        // What a variable names that is there and can't be read is said; what is tested can be.
        let run = repo.guard(&["test", "s", "--again", "--rev", "HEAD"]).rejected();
        run.says(&format!("  not in it: `{}` of MORE\n", repo.file("ignored").display())).says_not("of MODULES").says("tested\n");
    }
}

#[test]
fn what_the_record_says_of_it() {
    let repo = Repo::new();
    dirty(&repo, "cat @/untracked; true", "");
    repo.guard(&["test", "s", "--rev", "HEAD"]).ok();
    let default = recorded(&repo);
    assert!(default == "tree" || default == "none", "{default}");
    let repo = Repo::new();
    dirty(&repo, "cat @/untracked", "sandbox = \"none\"");
    let run = repo.guard(&["test", "s", "--rev", "HEAD"]).ok();
    assert!(!run.out().contains("sandbox"), "who wants none isn't told of it: {}", run.out());
    assert_eq!(recorded(&repo), "none");
}

#[test]
fn the_suite_is_told_what_is_tested() {
    let repo = Repo::new();
    // What the caller has by these names is nobody's word.
    repo.set("GUARD_COMMIT", "mine").set("GUARD_TREE", "mine");
    dirty(&repo, "echo \"<$GUARD_TREE $GUARD_COMMIT>\"", "env = [\"PATH\", \"GUARD_COMMIT\", \"GUARD_TREE\"]");
    let (tree, commit) = (repo.rev("HEAD^{tree}"), repo.rev("HEAD"));
    repo.guard(&["test", "s", "--rev", "HEAD"]).ok().says(&format!("<{tree} {commit}>"));
    repo.stage().guard(&["test", "s"]).ok().says(&format!("<{} >", repo.index_tree()));
    repo.guard(&["test", "s", "--tree", &tree, "--again"]).ok().says(&format!("<{tree} >"));
}

#[test]
fn tmp_is_the_run_s_own_but_for_what_is_needed() {
    let here = tempfile::Builder::new().prefix("guard-test-").tempdir_in("/tmp").unwrap();
    let (name, mine) = (here.path().to_str().unwrap(), format!("/tmp/guard-test-left-{}", std::process::id()));
    std::fs::write(here.path().join("there"), "").unwrap();
    let repo = Repo::new();
    dirty(&repo, &format!("touch {mine} && cat {name}/there"), "");
    assert_eq!(finds_nothing(&repo), !std::path::Path::new(&mine).exists());
    drop(std::fs::remove_file(&mine));
    // What a listed variable names is passed on as it is: with what belongs to it.
    let repo = Repo::new();
    dirty(&repo, &format!("test -e {name}/there"), "env = [\"PATH\", \"CACHE\"]");
    repo.set("CACHE", here.path().join("deep/in/it")).guard(&["test", "s", "--rev", "HEAD"]).ok();
}

#[test]
fn what_it_writes_is_gone_and_its_report_is_read() {
    let repo = Repo::new();
    let report = "<testsuite><testcase name=\"one\"/></testsuite>";
    dirty(&repo, &format!("echo '{report}' >r.xml && echo more >>a.txt && mkdir -p build && chmod 500 build"), "junit = \"r.xml\"");
    let json = tested(&repo, &["s", "--rev", "HEAD"], 0);
    if json["runs"][0]["sandbox"] == "tree" {
        assert_eq!(json["runs"][0]["counts"]["passed"], 1);
        assert!(!repo.file("r.xml").exists() && !repo.file("build").exists());
        assert_eq!(std::fs::read_to_string(repo.file("a.txt")).unwrap(), "not tested\n");
    }
}

#[test]
fn what_a_sandbox_begins_with_is_no_command_of_anybody_s() {
    let repo = Repo::new();
    for role in ["suite", "init"] {
        let run = repo.guard(&["sandbox", role]).undecided();
        run.says("could not decide: this is what `guard test` starts, which nobody else can");
    }
    repo.guard(&["sandbox"]).undecided();
    repo.guard(&["help"]).ok().says_not("sandbox");
}
