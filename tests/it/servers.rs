//! Real servers: gitolite over sshd, and `git http-backend` behind Apache. Who pushes is what they have authenticated, whatever the commits,
//! the environment or the request say.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::*;

mod gitolite;
mod http;

/// Two specialists with a directory each, and an owner.
const POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]
emails = ["boss@example.org"]

[defaults]
max-files-per-commit = 5

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]
allowed = ["api/"]

[specialist.web]
users = ["web"]
emails = ["web@example.org"]
allowed = ["web/"]

[evidence]
land = "none"
branch = "none"
"#;

/// A program that serves until this is dropped, in a directory that goes with it.
struct Server {
    child: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Where everything of it is.
    fn directory(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Apache ends its children itself when it is asked, and only then.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

/// A directory that another user's programs can read, with a copy of the guard in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let guard = directory.path().join("guard");
    std::fs::copy(GUARD, &guard).unwrap();
    (directory, guard)
}

/// A port that nothing listens on.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a server and waits until it listens.
fn start(directory: tempfile::TempDir, port: u16, command: &mut Command) -> Server {
    let log = std::fs::File::create(directory.path().join("log")).unwrap();
    // Apache ends its whole process group, which must not be that of the tests.
    command.process_group(0);
    let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let mut server = Server { child, directory, port };
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let gone = server.child.try_wait().unwrap();
        let said = std::fs::read_to_string(server.directory().join("log")).unwrap_or_default();
        assert!(gone.is_none() && Instant::now() < until, "the server does not listen: {said}");
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What every server must do, whoever `url` and what was set for `who` say that the pusher is: `become_` authenticates as a specialist.
fn each_is_who_the_server_says(repo: &Repo, name: &str, become_: &dyn Fn(&Repo, &str)) {
    let accepted = |who: &str| format!("remote: guard: accepted for {who} (account from {name})");
    // What is on the server already stays its author's; what is new is the account's.
    let rejected = |who: &str| format!(" ({who})");
    for (who, other) in [("dev", "web"), ("web", "dev")] {
        let own = if who == "dev" { "api" } else { "web" };
        become_(repo, who);
        repo.git(&["switch", "-q", "-C", who, "main"]).ok();
        repo.write(format!("{own}/{who}.txt"), "x\n").commit_unjudged("own");
        repo.git(&["push", "origin", who]).ok().says(&accepted(who));
        // Forged authors, committers and environments make nobody of it.
        let forged = [
            ("GIT_AUTHOR_EMAIL", "boss@example.org"),
            ("GIT_COMMITTER_EMAIL", "boss@example.org"),
            ("GUARD_SPECIALIST", other),
            ("GL_USER", "boss"),
            ("REMOTE_USER", "boss"),
            ("GITEA_PUSHER_NAME", "boss"),
        ];
        for (variable, value) in forged {
            repo.set(variable, value);
        }
        repo.write("policy.toml", POLICY.replace("boss", who)).commit_unjudged("a policy of one's own");
        repo.git(&["push", "origin", who])
            .rejected()
            .says(&rejected(who))
            .says("remote: error[policy-change]")
            .says("remote: error[scope]");
        repo.git(&["reset", "-q", "--hard", "HEAD~"]).ok();
        for (variable, _) in forged {
            repo.unset(variable);
        }
        // The other's directory is the other's, whoever is said to have written it.
        repo.set("GIT_AUTHOR_EMAIL", if who == "dev" { "web@example.org" } else { "author@example.org" });
        repo.write(if who == "dev" { "web/not.txt" } else { "api/not.txt" }, "x\n").commit_unjudged("the other's");
        repo.git(&["push", "origin", who]).rejected().says(&rejected(who)).says("remote: error[scope]");
        repo.unset("GIT_AUTHOR_EMAIL").git(&["reset", "-q", "--hard", "HEAD~"]).ok();
        for refspec in [":main", "+HEAD:main"] {
            let orphan = repo.git(&["commit-tree", "HEAD^{tree}", "-m", "orphan"]).ok().line();
            let refspec = refspec.replace("HEAD", &orphan);
            repo.git(&["push", "origin", &refspec]).rejected().says("remote: error[protected-ref]");
        }
    }
    become_(repo, "dev");
    repo.git(&["switch", "-q", "dev"]).ok();
    repo.git(&["push", "origin", "dev:main"]).ok().says("remote: guard: accepted for dev");
    let notes = "refs/notes/guard/local-x";
    repo.git(&["notes", "--ref", notes, "add", "-m", "no record", "HEAD^{tree}"]).ok();
    repo.git(&["push", "origin", notes]).rejected().says("remote: error[protected-ref]");
}
