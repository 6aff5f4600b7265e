//! Between the answer and the refs lies what whoever pushes can draw out: what was accepted then has to be right still.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// An administrator's own hook, which stands in for a client that doesn't read: git goes on once there is a file `go`.
const WAITS: &str = "#!/bin/sh\ntest \"$1\" != refs/heads/slow && exit\nwhile ! test -e go; do sleep 0.02; done\n";

fn until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < end, "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The reservations that are written to their end.
fn reserved(server: &Repo) -> Vec<std::path::PathBuf> {
    let Ok(all) = std::fs::read_dir(server.file("guard/reserved")) else { return Vec::new() };
    all.map(|one| one.unwrap().path()).filter(|path| !path.file_name().unwrap().as_encoded_bytes().starts_with(b".new-")).collect()
}

/// Pushes `args`, and comes back when they are accepted and git waits.
fn accepted(repo: &Repo, server: &Repo, args: &[&str]) -> Child {
    server.script("hooks/update", WAITS).git(&["config", "guard.deadline", "1s"]).ok();
    let mut command = repo.command("git");
    let child = command.args(["push", "origin"]).args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    until("a reservation", || !reserved(server).is_empty());
    child
}

fn goes_on(server: &Repo, child: Child) -> (bool, String) {
    server.write("go", "");
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Has a reservation say that its push was judged at another time.
fn dated(server: &Repo, time: &str) {
    let path = reserved(server).remove(0);
    let mut one: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    one["entry"]["time"] = time.into();
    std::fs::write(&path, one.to_string()).unwrap();
}

fn has(server: &Repo, name: &str) -> bool {
    server.git(&["rev-parse", "-q", "--verify", name]).status == 0
}

#[test]
fn what_was_accepted_before_a_halt_does_not_land_after_it() {
    let (repo, server) = broken();
    repo.git(&["tag", "v1"]).ok();
    let push = accepted(&repo, &server, &["work:refs/heads/slow", "v1"]);
    test(&repo, "main").rejected().says("halted: suite `works` failed");
    let (landed, text) = goes_on(&server, push);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["before git moved this ref, things have changed: the project is halted by runner `ci`", "help: push again"] {
        assert!(words.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!landed && !has(&server, "refs/heads/slow") && !has(&server, "refs/tags/v1"), "{text}");
    assert!(reserved(&server).len() <= 1);
    repo.git(&["push", "origin", "work:refs/heads/slow"]).rejected().says("error[halted]");
}

#[test]
fn where_nothing_has_changed_it_lands() {
    let (repo, server) = broken();
    let push = accepted(&repo, &server, &["work:refs/heads/slow"]);
    let (landed, text) = goes_on(&server, push);
    assert!(landed && has(&server, "refs/heads/slow"), "{text}");
    server.guard(&["log"]).ok().says("refs/heads/slow");
}

#[test]
fn what_was_accepted_by_another_policy_does_not_land() {
    let (repo, server) = broken();
    let push = accepted(&repo, &server, &["work:refs/heads/slow"]);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.login("boss").write("policy.toml", policy(&repo) + "# stricter\n").commit_unjudged("policy");
    repo.git(&["push", "origin", "main"]).ok();
    let (landed, text) = goes_on(&server, push);
    assert!(!landed && !has(&server, "refs/heads/slow"), "{text}");
    assert!(text.replace("\n  ", " ").contains("things have changed: the policy has changed"), "{text}");
}

#[test]
fn a_push_that_brings_the_policy_itself_lands_whole() {
    let (repo, server) = broken();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.login("boss").write("policy.toml", policy(&repo) + "# stricter\n").commit_unjudged("policy");
    repo.git(&["push", "origin", "main", "main:refs/heads/zz"]).ok();
    assert!(has(&server, "refs/heads/zz"));
}

#[test]
fn a_first_push_of_several_refs_lands_whole() {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).commit_unjudged("start");
    let server = repo.sibling("bare.git");
    repo.git(&["init", "-q", "--bare", "-b", "main", server.path().to_str().unwrap()]).ok();
    server.guard(&["install", "--server"]).ok();
    repo.git(&["push", server.path().to_str().unwrap(), "main:refs/heads/a", "main", "main:refs/heads/z"]).ok();
    assert!(has(&server, "refs/heads/a") && has(&server, "main") && has(&server, "refs/heads/z"));
}

#[test]
fn a_return_that_was_accepted_in_a_halt_lands_in_it() {
    let (repo, server) = broken();
    test(&repo, "main").rejected();
    server.script("hooks/update", "#!/bin/sh\nsleep 0.2\n");
    let out = repo.guard(&["rollback", "--apply", "--push"]).ok().out();
    let land = out.lines().filter_map(|line| line.strip_prefix("next: ")).next_back().unwrap();
    repo.run("sh", &["-c", land]).ok();
    assert_eq!(server.rev("main^{tree}"), repo.rev("main~^{tree}"));
}

#[test]
fn a_resume_and_what_it_lets_through_land_in_one_push_whichever_moves_first() {
    let (repo, server) = broken();
    repo.guard(&["halt", "--reason", "no", "--sign", &key(&repo, "boss"), "--push", "origin"]).ok();
    repo.guard(&["resume", "--force", "--reason", "yes", "--sign", &key(&repo, "boss")]).ok();
    let notes = "refs/notes/guard/owner-*:refs/notes/guard/owner-*";
    repo.git(&["push", "origin", "work", notes]).ok();
    assert!(has(&server, "refs/heads/work"));
}

#[test]
fn an_answer_does_not_hold_for_ever() {
    let (repo, server) = broken();
    let push = accepted(&repo, &server, &["work:refs/heads/slow"]);
    dated(&server, "2020-01-01T00:00:00Z");
    let (landed, text) = goes_on(&server, push);
    assert!(!landed && text.replace("\n  ", " ").contains("more than ten minutes ago"), "{text}");
}

#[test]
fn one_that_takes_its_time_is_not_waited_for_again() {
    let (repo, server) = broken();
    let push = accepted(&repo, &server, &["work:refs/heads/slow"]);
    // Waited for by each, this would take three quarters of that.
    server.git(&["config", "guard.deadline", "200s"]).ok();
    dated(&server, &(jiff::Timestamp::now() - jiff::SignedDuration::from_secs(160)).to_string());
    let start = Instant::now();
    repo.git(&["push", "origin", "main:refs/heads/quick"]).ok();
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    goes_on(&server, push);
}

#[test]
fn notes_that_the_push_brings_hide_no_halt_that_comes_meanwhile() {
    // Whoever pushes may put an empty commit on anybody's notes, since it adds no line.
    for there in [true, false] {
        let (repo, server) = broken();
        let notes = if there {
            "refs/notes/guard/ci".to_owned()
        } else {
            repo.guard(&["halt", "--reason", "never sent", "--sign", &key(&repo, "boss")]).ok();
            let notes = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
            repo.git(&["update-ref", "-d", &notes]).ok();
            notes
        };
        let (by, parent) = if there { ("ci", vec!["-p", "refs/notes/guard/ci"]) } else { ("boss", Vec::new()) };
        let tree = if there { "refs/notes/guard/ci^{tree}".to_owned() } else { repo.run_with("git", &["mktree"], b"").ok().line() };
        let empty = repo.git(&[&["commit-tree", &tree, "-m", "x"][..], &parent].concat()).ok().line();
        let push = accepted(&repo, &server, &["work:refs/heads/slow", &format!("{empty}:{notes}")]);
        if there {
            until("the notes", || server.git(&["rev-parse", &notes]).out().trim() == empty);
            repo.git(&["update-ref", &notes, &empty]).ok();
        }
        repo.guard(&["halt", "--reason", "no", "--sign", &key(&repo, by), "--push", "origin"]).ok();
        let (landed, text) = goes_on(&server, push);
        assert!(!landed && !has(&server, "refs/heads/slow"), "{there}: {text}");
        assert!(text.replace("\n  ", " ").contains("things have changed: the project is halted"), "{there}: {text}");
    }
}

#[test]
fn a_push_that_only_deletes_is_asked_again_too() {
    let (repo, server) = broken();
    repo.git(&["push", "-q", "origin", "main:refs/heads/slow"]).ok();
    let push = accepted(&repo, &server, &[":refs/heads/slow"]);
    repo.git(&["switch", "-q", "main"]).ok();
    let stricter = policy(&repo).replacen("base = \"main\"\n", "base = \"main\"\nprotected = [\"main\", \"slow\"]\n", 1);
    repo.login("boss").write("policy.toml", stricter).commit_unjudged("policy");
    repo.git(&["push", "origin", "main"]).ok();
    let (landed, text) = goes_on(&server, push);
    assert!(!landed && has(&server, "refs/heads/slow"), "{text}");
    assert!(text.replace("\n  ", " ").contains("things have changed: the policy has changed"), "{text}");
}

#[test]
fn nothing_is_pushed_into_a_work_tree_of_the_server() {
    let (repo, server) = broken();
    server.git(&["worktree", "add", "-q", "-b", "beside", "../beside", "main"]).ok();
    let before = server.state_of_refs();
    repo.git(&["push", "../beside", "work:refs/heads/slow"])
        .rejected()
        .says("a work tree of")
        .says("push to the repository itself");
    assert_eq!(server.state_of_refs(), before);
    repo.git(&["push", "origin", "work:refs/heads/slow"]).ok();
}

#[test]
fn an_administrator_moves_refs_without_being_asked() {
    let (repo, server) = broken();
    test(&repo, "main").rejected();
    let main = server.rev("main");
    server.git(&["update-ref", "refs/heads/by-hand", &main]).ok();
    server.git(&["worktree", "add", "-q", "../beside", "by-hand"]).ok();
    let beside = server.sibling("beside");
    beside.write("x", "x\n").git(&["add", "x"]).ok();
    beside.git(&["commit", "-q", "--no-verify", "-m", "x"]).ok();
}

/// What `git push` would send, without reading anything.
fn sent(repo: &Repo, server: &Repo, name: &str, option: &str) -> Child {
    let packet = |text: String| format!("{:04x}{text}", text.len() + 4);
    let (tip, zero) = (repo.rev("HEAD"), "0".repeat(40));
    let command = packet(format!("{zero} {tip} {name}\0report-status side-band-64k push-options agent=slow\n"));
    let pack =
        repo.run_with("git", &["pack-objects", "-q", "--revs", "--stdout"], format!("{tip}\n^{}\n", server.rev("main")).as_bytes());
    let mut child = server
        .command("git")
        .args(["receive-pack", "."])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(format!("{command}0000{}0000", packet(option.to_owned())).as_bytes()).unwrap();
    input.write_all(&pack.stdout).unwrap();
    child
}

#[test]
fn whoever_does_not_read_the_answer_is_refused_in_time() {
    let repo = Repo::with_policy("version = 1\nbase = \"main\"\n[specialist.\"*\"]\n");
    let server = repo.guarded_remote();
    server.git(&["config", "receive.advertisePushOptions", "true"]).ok();
    server.git(&["config", "guard.deadline", "1s"]).ok();
    repo.login("somebody").git(&["switch", "-q", "-c", "work"]).ok();
    let (mut stream, tip) = (String::new(), repo.rev("HEAD"));
    for n in 0..700 {
        let from = if n == 0 { format!("from {tip}\n") } else { String::new() };
        stream += &format!(
            "commit refs/heads/work\ncommitter a <author@example.org> {n} +0000\ndata 1\nx\n{from}M 644 inline f\ndata 4\n{n:04}\n"
        );
    }
    repo.run_with("git", &["fast-import", "--quiet", "--force"], stream.as_bytes()).ok();
    let mut child = sent(&repo, &server, "refs/heads/slow", "guard.format=json");
    until("a reservation", || !reserved(&server).is_empty());
    // The guard must not hang in its own words: other pushes go on, and this one is given up.
    std::thread::sleep(Duration::from_secs(4));
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    child.wait().unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("ng refs/heads/slow pre-receive hook declined"), "{}", &said[said.len().saturating_sub(400)..]);
    assert!(!has(&server, "refs/heads/slow"));
    repo.git(&["push", "-o", "guard.format=json", "origin", "work:refs/heads/read"]).ok();
}
