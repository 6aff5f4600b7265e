//! Where a server looks for hooks: told by what its directories look like, or by the administrator.

use std::path::{Path, PathBuf};

use crate::command::install::ServerKind;
use crate::command::install::script::{SCRIPTS, Script};
use crate::command::install::{STRICT, shown};
use crate::error::{Error, Result};
use crate::git::Repo;

/// One hook's place.
#[derive(Debug)]
pub struct Slot {
    /// The directory; it need not exist.
    pub directory: PathBuf,
    /// The file in it.
    pub file: String,
    /// The hook.
    pub script: &'static Script,
    /// Other files of that directory run as well, whatever they are called: nothing may be kept there under another name.
    pub shared: bool,
}

impl Slot {
    /// A file of the hook's name.
    fn plain(directory: &Path, script: &'static Script) -> Self {
        Self { directory: directory.to_owned(), file: script.name.to_owned(), script, shared: false }
    }

    /// The hook's path.
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.file)
    }
}

/// Where a server's hooks stand.
#[derive(Debug)]
pub struct Site {
    /// How this server keeps its hooks; never `Auto`.
    pub kind: ServerKind,
    /// A place for each hook.
    pub slots: Vec<Slot>,
    /// Whether these hooks run for every repository of the server.
    pub for_all: bool,
}

/// In a directory of hooks that all run.
const FILE: &str = "guard";
const CUSTOM: &str = "custom_hooks";

impl Site {
    fn new(kind: ServerKind, for_all: bool, slot: impl Fn(&'static Script) -> Slot) -> Self {
        // GitLab has a `reference-transaction` of its own, and calls no other.
        let called = |script: &&Script| script.is_servers() && (kind != ServerKind::Gitlab || script.name != STRICT);
        Self { kind, slots: SCRIPTS.iter().filter(called).map(slot).collect(), for_all }
    }

    /// Files of a hook's name in one directory.
    fn plain(kind: ServerKind, for_all: bool, directory: &Path) -> Self {
        Self::new(kind, for_all, |script| Slot::plain(directory, script))
    }

    /// One directory for each hook, `NAME.d`, all of whose files run; but those servers leave `reference-transaction` to git.
    fn collected(kind: ServerKind, for_all: bool, directory: &Path) -> Self {
        Self::new(kind, for_all, |script| match script.name {
            STRICT => Slot::plain(directory, script),
            name => Slot { directory: directory.join(format!("{name}.d")), file: FILE.to_owned(), script, shared: true },
        })
    }

    /// Where the hooks of this repository stand.
    ///
    /// # Errors
    /// The configuration can't be read.
    pub fn of_repository(repo: &Repo, kind: ServerKind) -> Result<Self> {
        let is = |kind: ServerKind, looks: bool, wanted: ServerKind| wanted == kind || (wanted == ServerKind::Auto && looks);
        let own = repo.own_hooks();
        // A directory that nothing runs would be an open door.
        let runs_all = |content: Vec<u8>| content.windows(4).any(|found| found == b".d/*");
        let collects = own.join("pre-receive.d").is_dir() && std::fs::read(own.join("pre-receive")).is_ok_and(runs_all);
        let gitlab = repo.git_dir().join(CUSTOM).is_dir() || repo.config("gitlab.fullpath")?.is_some();
        Ok(if is(ServerKind::Gitea, collects, kind) {
            Self::collected(ServerKind::Gitea, false, &own)
        } else if kind == ServerKind::Forgejo {
            Self::collected(ServerKind::Forgejo, false, &own)
        } else if is(ServerKind::Gitlab, gitlab, kind) {
            Self::plain(ServerKind::Gitlab, false, &repo.git_dir().join(CUSTOM))
        } else {
            let gitolite = is(ServerKind::Gitolite, is_gitolite_s(&own), kind);
            let kind = if gitolite { ServerKind::Gitolite } else { ServerKind::Bare };
            Self::plain(kind, false, &repo.hooks_directory()?.path)
        })
    }

    /// Where the hooks of all repositories of a server stand, where `directory` is such a place.
    ///
    /// # Errors
    /// gitolite's settings can't be read.
    pub fn of_server(directory: &Path, kind: ServerKind) -> Result<Option<Self>> {
        let is = |this: ServerKind| kind == this || kind == ServerKind::Auto;
        if is_repository(directory) {
            return Ok(None);
        }
        if is(ServerKind::Gitolite)
            && let Some(common) = gitolite(directory)?
        {
            return Ok(Some(Self::plain(ServerKind::Gitolite, true, &common)));
        }
        let hooks = directory.join("pre-receive.d").is_dir() || directory.file_name().is_some_and(|name| name == CUSTOM);
        Ok((is(ServerKind::Gitlab) && hooks).then(|| Self::collected(ServerKind::Gitlab, true, directory)))
    }
}

/// Whether a repository is right here, and not somewhere above.
fn is_repository(directory: &Path) -> bool {
    directory.join(".git").exists() || (directory.join("HEAD").is_file() && directory.join("objects").is_dir())
}

/// Whether gitolite has put its `update` hook there.
fn is_gitolite_s(hooks: &Path) -> bool {
    std::fs::read_link(hooks.join("update")).is_ok_and(|target| target.ends_with("hooks/common/update"))
}

/// `hooks/common`: `directory` is the home of gitolite's account, its `.gitolite`, its local code, or that directory itself.
fn gitolite(directory: &Path) -> Result<Option<PathBuf>> {
    if directory.ends_with("hooks/common") {
        return Ok(Some(directory.to_owned()));
    }
    let common = |base: &Path| base.join("hooks/common");
    let base = directory.join(".gitolite");
    if !base.is_dir() {
        return Ok(common(directory).is_dir().then(|| common(directory)));
    }
    // What stands here is linked over what stands in the local code.
    let own = common(&base);
    let taken = SCRIPTS.iter().any(|script| script.is_servers() && own.join(script.name).symlink_metadata().is_ok());
    Ok(Some(match local_code(directory)? {
        Some(local) if !taken => common(&local),
        Some(_) | None => own,
    }))
}

/// `LOCAL_CODE` of `.gitolite.rc`, which is Perl: as its own comments write it, or a plain path.
#[expect(clippy::disallowed_methods, reason = "what is not text leads nowhere there, and is refused where it isn't found")]
fn local_code(home: &Path) -> Result<Option<PathBuf>> {
    let file = home.join(".gitolite.rc");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::from(e).context(format!("could not read {}", shown(&file)))),
    };
    let setting = |line: &str| {
        let value = line.trim_start().strip_prefix("LOCAL_CODE")?.trim_start().strip_prefix("=>")?.trim();
        Some(value.trim_end_matches(',').trim_end().trim_matches(['"', '\'']).to_owned())
    };
    let Some(value) = text.lines().find_map(setting) else { return Ok(None) };
    let (here, base) = (home.to_string_lossy(), home.join(".gitolite"));
    let path = value.replace("$ENV{HOME}", &here).replace("$rc{GL_ADMIN_BASE}", &base.to_string_lossy());
    if path.contains('$') || !Path::new(&path).is_absolute() {
        return Err(Error::new(format!("LOCAL_CODE in {} is more than a path", shown(&file)))
            .help("name the directory itself: guard -C LOCAL_CODE/hooks/common install --server=gitolite"));
    }
    Ok(Some(path.into()))
}

#[cfg(test)]
mod tests {
    use crate::command::install::server_layout::*;

    #[test]
    fn local_code_is_read_as_gitolite_s_own_comments_write_it() {
        let home = tempfile::tempdir().unwrap();
        let at = |line: &str| {
            std::fs::write(home.path().join(".gitolite.rc"), format!("%RC = (\n    # LOCAL_CODE => \"/no\",\n    {line}\n);\n"))
                .unwrap();
            local_code(home.path()).map_err(|error| error.message)
        };
        let inside = |name: &str| Ok(Some(home.path().join(name)));
        assert_eq!(at("UMASK => 0077,"), Ok(None));
        assert_eq!(at("LOCAL_CODE                =>  \"$ENV{HOME}/local\","), inside("local"));
        assert_eq!(at("LOCAL_CODE => \"$rc{GL_ADMIN_BASE}/local\","), inside(".gitolite/local"));
        assert_eq!(at("LOCAL_CODE => '/srv/code',"), Ok(Some("/srv/code".into())));
        assert!(at("LOCAL_CODE => join('/', @x),").is_err() && at("LOCAL_CODE => \"$ENV{X}/y\",").is_err());
    }
}
