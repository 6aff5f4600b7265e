//! The guard on a server needs nothing beside itself and the repository: no program, no configuration, no file of the system's.

use std::ffi::OsStr;
use std::path::Path;

use super::*;

/// A push of two commits, one of them a merge, whose objects are all there; and the line that git would hand to the hook.
fn pushed() -> (Repo, Server, String) {
    let (repo, server) = hostile();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("lines/a", "x\n").commit_unjudged("work");
    repo.git(&["switch", "-q", "-c", "other", "main"]).ok();
    repo.write("b", "b\n").commit_unjudged("other");
    repo.git(&["merge", "-q", "--no-edit", "work"]).ok();
    server.place(&repo);
    let line = format!("{} {} refs/heads/other\n", "0".repeat(40), repo.rev("other"));
    (repo, server, line)
}

/// Every program of git's, and the shells, that somebody could put in the way.
const PROGRAMS: [&str; 12] =
    ["git", "sh", "bash", "ssh", "ssh-keygen", "gpg", "git-upload-pack", "git-receive-pack", "guard", "env", "cat", "hostname"];

#[test]
fn no_program_is_started() {
    let (_repo, server, line) = pushed();
    let traps = server.repo.scratch().join("traps");
    std::fs::create_dir(&traps).unwrap();
    for name in PROGRAMS {
        server
            .repo
            .script(traps.join(name).as_os_str().as_encoded_bytes(), "#!/bin/sh\necho \"$0 $*\" >>\"${0%/*}/sprung\"\nexit 0\n");
    }
    for path in [traps.as_os_str(), OsStr::new("/nonexistent"), OsStr::new("")] {
        for (name, value) in [
            ("PATH", path),
            ("GIT_EXEC_PATH", traps.as_os_str()),
            ("SHELL", OsStr::new("sh")),
            ("GIT_SSH_COMMAND", OsStr::new("sh")),
        ] {
            server.repo.set(name, value);
        }
        server.repo.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).ok().says("accepted for");
        let twice = format!("{line}{line}");
        server.repo.run_with(GUARD, &["hook", "pre-receive"], twice.as_bytes()).undecided();
    }
    assert!(!traps.join("sprung").exists(), "{}", std::fs::read_to_string(traps.join("sprung")).unwrap());
}

/// The program that is tried: a static one where `GUARD_STATIC` names it (tests/run.sh), else the tested one with its libraries.
fn program() -> std::path::PathBuf {
    std::env::var_os("GUARD_STATIC").map_or_else(|| GUARD.into(), Into::into)
}

#[test]
fn an_empty_chroot_is_enough() {
    if !rustix::process::geteuid().is_root() {
        note("skipped: chroot is for root only");
        return;
    }
    let (_repo, server, line) = pushed();
    let root = server.repo.scratch().join("root");
    std::fs::create_dir(&root).unwrap();
    std::fs::copy(program(), root.join("guard")).unwrap();
    let libraries = server.repo.run("ldd", &[program()]);
    if std::env::var_os("GUARD_STATIC").is_some() {
        assert!(!libraries.out().contains("=>"), "{}", libraries.out());
    } else {
        for library in libraries.ok().out().split_whitespace().filter(|word| word.starts_with('/')) {
            let place = root.join(Path::new(library).strip_prefix("/").unwrap());
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::copy(library, place).unwrap();
        }
    }
    server.repo.run("cp", &["-R".as_ref(), server.repo.path().as_os_str(), root.join("server.git").as_os_str()]).ok();
    server.repo.set("GIT_DIR", "/server.git");
    let judge = |stdin: &str| {
        server.repo.run_with(
            "chroot",
            &[root.as_os_str(), "/guard".as_ref(), "hook".as_ref(), "pre-receive".as_ref()],
            stdin.as_bytes(),
        )
    };
    judge(&line).ok().says("accepted for");
    judge(&format!("{line}{line}")).undecided().says("named twice");
    std::fs::write(root.join("server.git/limited.toml"), OPEN.replace("[specialist.\"*\"]", "[specialist.x]\nusers = [\"x\"]"))
        .unwrap();
    let config = std::fs::read_to_string(root.join("server.git/config")).unwrap();
    std::fs::write(root.join("server.git/config"), config + "[guard]\n\tpolicyFile = limited.toml\n").unwrap();
    judge(&line).rejected().says("error[known-specialist]");
}
