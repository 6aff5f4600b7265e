//! For tests: somebody's repository, with real git.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::command::install::InstallArgs;
use crate::command::install::install;
use crate::command::uninstall::uninstall;
use crate::context::Common;
use crate::context::Context;
use crate::error::Result;
use crate::git::Repo;
use crate::output::Done;
use crate::output::{ColorWhen, Format};

/// A repository with real git, and a guard that writes down how it was called.
pub struct World {
    dir: tempfile::TempDir,
}

pub fn context(format: Format) -> Context {
    Context {
        specialist: None,
        author_email: None,
        author_date: None,
        committer_date: None,
        now: jiff::Timestamp::now(),
        common: Common { directory: None, policy: None, format, color: ColorWhen::Never, quiet: false, verbose: false },
    }
}

impl World {
    pub fn new(kind: &[&str]) -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(world.path("repo")).unwrap();
        world.git(&[&["init", "-q", "-b", "main"], kind].concat());
        world.script("guard it's", "echo \"$@\" >> \"$LOG\"; [ \"$2\" != pre-push ] || cat >> \"$LOG\"; exit \"${GUARD_SAYS:-0}\"");
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    pub fn hook(&self, name: &str) -> PathBuf {
        self.path("repo/.git/hooks").join(name)
    }

    pub fn script(&self, name: &str, body: &str) {
        std::fs::write(self.path(name), format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path("repo")).env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.dir.path()).env("GIT_CONFIG_NOSYSTEM", "1").env("LOG", self.path("log"));
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "a").env(format!("GIT_{role}_EMAIL"), "a@example.org");
        }
        command
    }

    pub fn try_git(&self, args: &[&str], says: &str) -> Output {
        self.command("git").args(args).env("GUARD_SAYS", says).output().unwrap()
    }

    pub fn git(&self, args: &[&str]) {
        let output = self.try_git(args, "0");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn repo(&self) -> Repo {
        Repo::open_at(&self.path("repo"))
    }

    pub fn install(&self) -> Result<Done> {
        install(&context(Format::Text), &self.repo(), &InstallArgs { server: None, strict: false }, &self.path("guard it's"))
    }

    pub fn uninstall(&self) -> Done {
        uninstall(&context(Format::Text), &self.repo()).unwrap()
    }

    /// Name, kind and content of everything in the hooks directory.
    pub fn hooks(&self) -> Vec<(String, String, u32)> {
        let mut all: Vec<_> = std::fs::read_dir(self.path("repo/.git/hooks"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_none_or(|e| e != "sample"))
            .map(|p| {
                let name = p.file_name().unwrap().to_str().unwrap().to_owned();
                match std::fs::read_link(&p) {
                    Ok(target) => (name, format!("-> {}", target.display()), 0),
                    Err(_) => (name, std::fs::read_to_string(&p).unwrap(), p.metadata().unwrap().permissions().mode() & 0o7777),
                }
            })
            .collect();
        all.sort();
        all
    }
}
