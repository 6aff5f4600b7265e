//! Ways around the doors themselves.

use std::process::Stdio;

use super::*;

fn staged_violation() -> Repo {
    let repo = guarded();
    repo.write_many("many", 9).stage();
    repo
}

#[test]
fn no_verify_gets_past_the_local_hook_and_not_past_the_server() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.install().login("dev");
    repo.write_many("many", 9).commit("many").rejected();
    repo.git(&["commit", "-q", "--no-verify", "-m", "many"]).ok();
    repo.git(&["push", "-q", "origin", "HEAD:refs/heads/work"]).rejected().says("error[file-limit]");
    repo.git(&["push", "-q", "--no-verify", "origin", "HEAD:refs/heads/work"]).rejected().says("error[file-limit]").says("remote:");
    assert_eq!(server.git(&["for-each-ref", "refs/heads/work"]).ok().out(), "");
}

#[test]
fn a_closed_pipe_changes_no_status() {
    let repo = staged_violation();
    for format in ["text", "json"] {
        let mut child = repo
            .command(GUARD)
            .args(["check", "--staged", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(1), "{format}");
    }
}

#[test]
fn a_full_disk_changes_no_status() {
    let repo = staged_violation();
    for format in ["text", "json"] {
        let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status =
            repo.command(GUARD).args(["check", "--staged", "--format", format]).stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(1), "{format}");
        let status = repo.command(GUARD).args(["hook", "pre-commit"]).stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(1), "{format}");
    }
}

#[test]
fn no_format_changes_the_status() {
    let repo = staged_violation();
    for args in [
        &["check", "--staged"][..],
        &["check", "--staged", "-q"],
        &["check", "--staged", "-v"],
        &["check", "--staged", "--format", "json"],
    ] {
        repo.guard(args).rejected();
    }
}

#[test]
fn a_hook_s_doctor_is_no_way_past_it() {
    let repo = staged_violation();
    repo.guard(&["hook", "pre-commit", "--doctor"]).exits(3).says("guard-doctor ok pre-commit");
}

#[test]
fn a_missing_binary_fails_closed() {
    let repo = guarded();
    repo.install();
    let hook = repo.file(".git/hooks/pre-commit");
    let text = std::fs::read_to_string(&hook).unwrap();
    std::fs::write(&hook, text.replace(GUARD, "/nowhere/guard")).unwrap();
    repo.set("PATH", std::env::join_paths(["/usr/bin", "/bin", "/usr/local/bin"]).unwrap());
    repo.write("b.txt", "b\n").commit("b").rejected().says("guard");
}

#[test]
fn a_missing_object_is_undecided_and_never_empty() {
    let repo = guarded();
    repo.write("middleware/auth.py", "pass\n").stage();
    let tree = repo.rev("HEAD:middleware");
    std::fs::remove_file(repo.file(format!(".git/objects/{}/{}", &tree[..2], &tree[2..]))).unwrap();
    repo.guard(&["check", "--staged"]).undecided().says(&tree);
}

#[test]
fn a_shallow_clone_is_undecided_where_it_matters() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("one", 4).commit_unjudged("one");
    repo.write_many("two", 4).commit_unjudged("two");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", &url, "../shallow"]).ok();
    let here = repo.scratch().join("shallow");
    repo.guard(&["-C", here.to_str().unwrap(), "check"]).undecided().says("shallow");
}

#[test]
fn malformed_input_of_a_push_is_undecided() {
    let repo = guarded();
    let server = repo.guarded_remote();
    for input in [&b"nonsense\n"[..], b"0000 1111 refs/heads/x\n", b"\n", b"x"] {
        server.run_with(GUARD, &["hook", "pre-receive"], input).undecided();
    }
    server.run_with(GUARD, &["hook", "pre-receive"], b"").ok();
}

#[test]
fn control_characters_of_a_branch_s_author_and_message_never_reach_the_terminal() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("many\u{1b}[2J\u{202e}", 9);
    repo.author("evil\u{1b}]0;x\u{7}@example.org").commit_unjudged("boo\u{1b}[31m");
    for args in [&["check"][..], &["check", "-v"], &["check", "--format", "json"]] {
        let run = repo.guard(args).rejected();
        assert!(!run.out().contains('\u{1b}') && !run.out().contains('\u{202e}') && !run.err().contains('\u{1b}'), "{}", run.out());
    }
}
