//! Where git looks for hooks.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use git2::{ConfigLevel, ErrorCode};

use super::Repo;
use super::repo::git;
use crate::error::{Error, Result};
use crate::text::escape;

/// The directory that git runs hooks from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HooksDirectory {
    /// The directory; it need not exist.
    pub path: PathBuf,
    /// `core.hooksPath` as written, escaped, and the scope that it comes from (`system`, `global`, `local`, `worktree`).
    pub configured: Option<(String, &'static str)>,
    /// A weaker scope sets `core.hooksPath`, too: without the one that won, that one would.
    pub contested: bool,
    /// Whether it lies, links followed, in the repository's directory or in its work tree.
    pub inside: bool,
}

impl Repo {
    /// What `git rev-parse --git-path hooks` names: `core.hooksPath`, else the directory that all worktrees share.
    ///
    /// # Errors
    /// The configuration can't be read.
    pub fn hooks_directory(&self) -> Result<HooksDirectory> {
        let config = self.raw().config().and_then(|mut c| c.snapshot()).map_err(git)?;
        let unreadable = |e| git(e).context("could not read `git config core.hooksPath`");
        let entry = match config.get_entry("core.hooksPath") {
            Ok(entry) => entry,
            Err(e) if e.code() == ErrorCode::NotFound => {
                let (inside, path) = (self.is_inside(&self.own_hooks())?, self.own_hooks());
                return Ok(HooksDirectory { path, configured: None, contested: false, inside });
            }
            Err(e) => return Err(unreadable(e)),
        };
        // Relative to where hooks run: the work tree's root, or a bare repository's directory. An empty value is git's `/`.
        let root = self.raw().workdir().unwrap_or_else(|| self.git_dir());
        let path = config.get_path("core.hooksPath").map_err(unreadable)?;
        let path = if path.as_os_str().is_empty() { PathBuf::from("/") } else { root.join(path) };
        let configured = Some((escape(entry.value_bytes()), scope(entry.level())));
        let mut contested = false;
        config
            .entries(Some("^core\\.hookspath$"))
            .and_then(|entries| entries.for_each(|other| contested |= scope(other.level()) != scope(entry.level())))
            .map_err(unreadable)?;
        Ok(HooksDirectory { inside: self.is_inside(&path)?, path, configured, contested })
    }

    /// The repository's own directory for hooks, whatever is configured.
    pub fn own_hooks(&self) -> PathBuf {
        self.common_dir().join("hooks")
    }

    fn is_inside(&self, path: &Path) -> Result<bool> {
        let Some(real) = resolve(path)? else { return Ok(false) };
        for root in [Some(self.common_dir()), Some(self.git_dir()), self.raw().workdir()].into_iter().flatten() {
            if resolve(root)?.is_some_and(|root| real.starts_with(root)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What `git --version` says, where there is a git.
pub fn git_version() -> Option<Vec<u8>> {
    let output = Command::new("git").arg("--version").stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| output.stdout.trim_ascii().to_vec())
}

/// `path` with links followed, as far as it exists; `None` where the part that doesn't exist contains `..`.
fn resolve(path: &Path) -> Result<Option<PathBuf>> {
    let mut missing = Vec::new();
    for existing in path.ancestors() {
        match existing.canonicalize() {
            Ok(real) => return Ok(Some(missing.iter().rev().fold(real, |at, name| at.join(name)))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => match existing.components().next_back() {
                // A dangling link leads somewhere else, too.
                Some(Component::Normal(name)) if !existing.is_symlink() => missing.push(name.to_owned()),
                Some(_) | None => return Ok(None),
            },
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => return Ok(None),
            Err(e) => {
                let shown = escape(path.as_os_str().as_encoded_bytes());
                return Err(Error::from(e).context(format!("could not look at `{shown}`")));
            }
        }
    }
    Ok(None)
}

/// As `git config --show-scope` names it.
fn scope(level: ConfigLevel) -> &'static str {
    match level {
        ConfigLevel::ProgramData | ConfigLevel::System => "system",
        ConfigLevel::XDG | ConfigLevel::Global => "global",
        ConfigLevel::Local => "local",
        ConfigLevel::Worktree => "worktree",
        ConfigLevel::App | ConfigLevel::Highest => "command",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn init(dir: &Path, args: &[&str]) {
        for args in [&["init", "-q", "."], args].into_iter().filter(|a| !a.is_empty()) {
            let status = Command::new("git")
                .args(args)
                .current_dir(dir)
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap())
                .env("HOME", dir)
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .status();
            assert!(status.unwrap().success());
        }
    }

    fn directory(args: &[&str]) -> (tempfile::TempDir, HooksDirectory) {
        let dir = tempfile::tempdir().unwrap();
        init(dir.path(), args);
        let found = Repo::open_at(dir.path()).hooks_directory().unwrap();
        (dir, found)
    }

    #[test]
    fn without_configuration_it_is_the_common_directory() {
        let (dir, found) = directory(&[]);
        assert_eq!(found.path, dir.path().canonicalize().unwrap().join(".git/hooks"));
        assert!(found.inside && found.configured.is_none());
    }

    #[test]
    fn a_relative_path_starts_at_the_root_of_the_work_tree() {
        let (dir, found) = directory(&["config", "core.hooksPath", ".githooks/deep"]);
        assert_eq!(found.path, dir.path().canonicalize().unwrap().join(".githooks/deep"));
        assert_eq!(found.configured, Some((".githooks/deep".to_owned(), "local")));
        assert!(found.inside);
    }

    #[test]
    fn what_leads_outside_is_outside() {
        for outside in ["/dev/null", "/nonexistent/x", "..", ".git/../../x", "missing/../../x", "", "/dev/null/x"] {
            let (_dir, found) = directory(&["config", "core.hooksPath", outside]);
            assert!(!found.inside, "{outside}: {found:?}");
        }
        let dir = tempfile::tempdir().unwrap();
        init(dir.path(), &[]);
        let hooks = dir.path().join(".git/hooks");
        std::fs::remove_dir_all(&hooks).unwrap();
        std::os::unix::fs::symlink("/nonexistent", &hooks).unwrap();
        assert!(!Repo::open_at(dir.path()).hooks_directory().unwrap().inside, "a dangling link");
    }
}
