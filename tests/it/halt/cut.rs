//! The network is cut between a halt and a clone. The cut is real: a `git daemon` that serves the bare repository, and is stopped.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::*;

/// A `git daemon`, until it is cut.
struct Daemon {
    child: Child,
    port: u16,
}

impl Daemon {
    fn start(server: &Repo, port: u16) -> Self {
        let program = Path::new(&server.git(&["--exec-path"]).ok().line()).join("git-daemon");
        let base = format!("--base-path={}", server.scratch().display());
        let args = ["--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1", &base, &format!("--port={port}")];
        let mut command = server.command(program);
        let child = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut tries = 0;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            tries += 1;
            assert!(tries < 500, "no git daemon on port {port}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, port }
    }

    /// A clone's way to it; its pushes arrive as whom the daemon was started as.
    fn serve(&self, repo: &Repo) {
        repo.git(&["remote", "set-url", "origin", &format!("git://127.0.0.1:{}/server.git", self.port)]).ok();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A port that nobody listens on.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A broken main, its server behind a daemon, and a colleague's clone with the guard installed and a commit to push.
fn scene() -> (Repo, Repo, Repo, Daemon) {
    let (repo, server) = broken();
    let daemon = Daemon::start(server.login("dev"), port());
    let clone = repo.clone_from_server("clone");
    clone.git(&["switch", "-q", "-c", "mine"]).ok();
    for one in [&repo, &clone] {
        daemon.serve(one);
        one.install();
    }
    clone.write("f", "f\n");
    clone.commit("before the halt").ok();
    (repo, clone, server, daemon)
}

#[test]
fn a_clone_that_did_not_hear_of_a_halt_works_on_and_its_push_is_refused_with_the_halt_s_words() {
    let (repo, clone, server, daemon) = scene();
    let port = daemon.port;
    test(&repo, "main").rejected().says("halted: suite `works` failed");
    drop(daemon);
    assert_ne!(clone.git(&["fetch", "-q"]).status, 0, "the network is cut");
    clone.write("g", "g\n");
    clone.commit("cut off").ok();
    clone.guard(&["check"]).ok().says("accepted");
    let run = clone.git(&["push", "origin", "mine"]);
    assert_ne!(run.status, 0);
    run.says_not("halted");
    let daemon = Daemon::start(&server, port);
    let before = server.state_of_refs();
    let text = clone.git(&["push", "origin", "mine"]).rejected().err();
    for part in [
        "remote: error[halted]: halted by runner `ci` since ",
        "suite `works` failed on the tip of",
        "wait until an owner resumes, and fetch that",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert_eq!(server.state_of_refs(), before, "nothing of it was taken");
    // Once it has fetched, all of its own doors say the same.
    clone.git(&["fetch", "-q"]).ok();
    clone.write("h", "h\n");
    clone.commit("after").rejected().says("error[halted]: halted by runner `ci` since 20");
    clone.git(&["reset", "-q", "--hard"]).ok();
    clone.guard(&["check"]).rejected().says("error[halted]");
    clone.git(&["push", "origin", "mine"]).rejected().says("error[halted]").says_not("remote: ");
    drop(daemon);
}

#[test]
fn a_halt_while_the_server_is_out_of_reach_holds_here_and_gets_there_by_the_command_that_it_names() {
    let (repo, clone, server, daemon) = scene();
    let port = daemon.port;
    drop(daemon);
    let key = key(&repo, "boss");
    let run = repo.guard(&["halt", "--reason", "every request fails", "--sign", &key, "--push", "origin"]).undecided();
    let text = run.says("the project is halted here, but not there").says("the records are kept here").err();
    let told = std::fs::read_to_string(repo.scratch().join("told")).unwrap();
    assert_eq!(told, "every request fails\n", "whoever is to know knows, network or not");
    repo.write("e", "e\n");
    repo.commit("here").rejected().says("error[halted]: halted by owner `boss`").says("every request fails");
    repo.git(&["reset", "-q", "--hard"]).ok();
    // The others are back first: nobody there has heard of it.
    let daemon = Daemon::start(&server, port);
    clone.git(&["push", "-q", "origin", "mine"]).ok();
    let next =
        text.lines().find_map(|line| line.trim_start().strip_prefix("next: ")).unwrap_or_else(|| panic!("no next in\n{text}"));
    assert!(next.starts_with("git push origin refs/notes/guard/owner-"), "{next}");
    repo.run("sh", &["-c", next]).ok();
    clone.git(&["push", "origin", "mine:refs/heads/more"]).rejected().says("remote: error[halted]: halted by owner `boss`");
    server.guard(&["log", "-n", "1"]).ok().says("halt by owner `boss`").says("every request fails");
    drop(daemon);
}

#[test]
fn a_clone_that_did_not_hear_of_a_resume_stays_halted_until_it_fetches() {
    let (repo, clone, server, daemon) = scene();
    let port = daemon.port;
    test(&repo, "main").rejected();
    clone.git(&["fetch", "-q"]).ok();
    drop(daemon);
    // Halted, and cut off: what it knows counts, and it says how to hear more.
    let daemon = Daemon::start(&server, self::port());
    daemon.serve(&repo);
    resume(&repo, "boss", &["--force", "--reason", "looked at by hand"]).ok().says("resumed without proof");
    assert_ne!(clone.git(&["fetch", "-q"]).status, 0, "the network is cut");
    clone.write("h", "h\n");
    clone.commit("too early").rejected().says("error[halted]: halted by runner `ci`").says("git fetch");
    drop(daemon);
    let daemon = Daemon::start(&server, port);
    clone.git(&["fetch", "-q"]).ok();
    clone.commit("now").ok();
    clone.git(&["push", "-q", "origin", "mine"]).ok();
    drop(daemon);
}
