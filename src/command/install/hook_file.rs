//! One hook's place: what stands there, what is to be done, and doing it without losing anything.

use std::io::{ErrorKind, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::command::install::manager::Manager;
use crate::command::install::script;
use crate::command::install::script::Script;
use crate::command::install::shown;
use crate::error::{Error, Result};

/// What stands at a hook's path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HookState {
    /// Nothing.
    Nothing,
    /// A regular file that the guard wrote, some version of it: its content.
    Ours(Vec<u8>),
    /// Somebody else's, links included, even dangling ones; whose, where that is known.
    Foreign(Option<Manager>),
    /// A directory, or something stranger.
    Directory,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nothing: it is there.
    Current,
    /// Write this where nothing is.
    Write(Vec<u8>),
    /// Write this over an older one of ours.
    Update(Vec<u8>),
    /// Keep what is there as `<hook>.legacy`, and write this.
    Keep(Vec<u8>),
    /// Ours was moved to `<hook>.legacy` by a program that runs it from there: write this there.
    Within(Vec<u8>, Manager),
    /// Leave it to this program.
    Managed(Manager),
}

impl Step {
    /// Who has to be told to call the guard.
    pub fn manager(&self) -> Option<Manager> {
        match self {
            Self::Managed(manager) => Some(*manager),
            Self::Current | Self::Write(_) | Self::Update(_) | Self::Keep(_) | Self::Within(..) => None,
        }
    }

    /// As JSON has it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Write(_) => "installed",
            Self::Update(_) => "updated",
            Self::Keep(_) => "installed-before-legacy",
            Self::Within(..) => "within-manager",
            Self::Managed(_) => "managed",
        }
    }

    /// As text has it.
    pub fn text(&self, hook: &str) -> String {
        match self {
            Self::Current => "up to date".to_owned(),
            Self::Write(_) => "installed".to_owned(),
            Self::Update(_) => "updated".to_owned(),
            Self::Keep(_) => format!("installed; yours is kept as {hook}.legacy and runs first"),
            Self::Within(_, manager) => format!("installed; {} runs it as {hook}.legacy", manager.name()),
            Self::Managed(manager) => format!("not installed: {} manages it", manager.name()),
        }
    }
}

/// Looks at a path, without following links.
///
/// # Errors
/// It can't be read.
pub fn look(path: &Path) -> Result<HookState> {
    let failed = |e: std::io::Error| Error::from(e).context(format!("could not look at {}", shown(path)));
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(HookState::Nothing),
        Err(e) => return Err(failed(e)),
    };
    if kind.is_symlink() {
        return Ok(HookState::Foreign(None));
    }
    if !kind.is_file() {
        return Ok(HookState::Directory);
    }
    let content = std::fs::read(path).map_err(failed)?;
    Ok(if script::is_ours(&content) { HookState::Ours(content) } else { HookState::Foreign(Manager::of_script(&content)) })
}

/// Where a hook that was there before is kept.
pub fn legacy(directory: &Path, hook: &str) -> PathBuf {
    directory.join(format!("{hook}.legacy"))
}

/// What is to be done for one hook.
///
/// # Errors
/// What is there could not be kept.
pub fn plan(directory: &Path, file: &str, script: &Script, binary: &Path) -> Result<Step> {
    if let Some(manager) = Manager::of_directory(directory) {
        return Ok(Step::Managed(manager));
    }
    let (path, kept, new) = (directory.join(file), legacy(directory, file), script.calling(binary));
    match (look(&path)?, look(&kept)?) {
        (HookState::Directory, _) => {
            Err(Error::new(format!("{} is no file", shown(&path))).help("move it away, then: guard install"))
        }
        (HookState::Nothing, _) => Ok(Step::Write(new)),
        (HookState::Ours(old), _) if old == new && mode(&path)? == MODE => Ok(Step::Current),
        (HookState::Ours(_), _) => Ok(Step::Update(new)),
        (HookState::Foreign(Some(Manager::PreCommit)), HookState::Ours(_)) => Ok(Step::Within(new, Manager::PreCommit)),
        (HookState::Foreign(Some(manager)), _) => Ok(Step::Managed(manager)),
        (HookState::Foreign(None), HookState::Nothing | HookState::Ours(_)) => {
            if is_executable(&path) && names_itself(&path)? {
                Err(would_change(&path, file))
            } else {
                Ok(Step::Keep(new))
            }
        }
        // Its own program has put it back, as `git lfs update --force` does: it is kept already.
        (HookState::Foreign(None), HookState::Foreign(None)) if same(&path, &kept)? => Ok(Step::Update(new)),
        (HookState::Foreign(None), HookState::Foreign(_) | HookState::Directory) => Err(Error::new(format!(
            "{} is not the guard's, and could not be kept: {} is there already",
            shown(&path),
            shown(&kept)
        ))
        .help("make one hook of the two, then: guard install")),
    }
}

/// By what a script asks how it was called, in the languages that hooks are written in.
const OWN_NAME: [&str; 9] =
    ["$0", "${0", "BASH_SOURCE", "argv[0]", "process.argv[1]", "__file__", "__FILE__", "PROGRAM_NAME", "__filename"];
/// By what it asks in which directory it is, which stays the same.
const OWN_DIRECTORY: [&str; 11] = [
    "dirname \"$0\"",
    "dirname -- \"$0\"",
    "dirname $0",
    "dirname \"${0}\"",
    "${0%/*}",
    "dirname \"${BASH_SOURCE[0]}\"",
    "dirname(__file__)",
    "dirname(os.path.abspath(__file__))",
    "dirname(os.path.realpath(__file__))",
    "Path(__file__).parent",
    "dirname(__FILE__)",
];

/// Whether a hook may be another one under another name: a script that asks how it was called, and whatever is no script.
///
/// # Errors
/// It can't be read.
pub fn names_itself(path: &Path) -> Result<bool> {
    let content = std::fs::read(path).map_err(|e| Error::from(e).context(format!("could not read {}", shown(path))))?;
    let count = |word: &&str| content.windows(word.len()).filter(|window| *window == word.as_bytes()).count();
    let (names, directories): (usize, usize) = (OWN_NAME.iter().map(&count).sum(), OWN_DIRECTORY.iter().map(count).sum());
    // An empty one asks nothing.
    Ok(!content.is_empty() && (!content.starts_with(b"#!") || names > directories))
}

/// Kept under another name a dispatcher finds none of its gates, and says yes.
fn would_change(path: &Path, hook: &str) -> Error {
    Error::new(format!("{} may go by its own name, so kept as {hook}.legacy it would be another hook", shown(path))).help(format!(
        "move it, with what lies beside it, into a directory of its own, and put two lines in its place: `#!/bin/sh` and \
         `exec DIRECTORY/{hook} \"$@\"`; then install again"
    ))
}

/// Whether two files are one and the same program.
fn same(one: &Path, two: &Path) -> Result<bool> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| Error::from(e).context(format!("could not read {}", shown(path))));
    Ok(is_executable(one) == is_executable(two) && read(one)? == read(two)?)
}

/// Does it.
///
/// # Errors
/// A file can't be written; what was there is still there, under its own name or as `.legacy`.
pub fn take(directory: &Path, hook: &str, step: &Step) -> Result<()> {
    let path = directory.join(hook);
    match step {
        Step::Current | Step::Managed(_) => Ok(()),
        Step::Write(new) | Step::Update(new) => write(&path, new),
        Step::Within(new, _) => write(&legacy(directory, hook), new),
        Step::Keep(new) => {
            let kept = legacy(directory, hook);
            if matches!(look(&kept)?, HookState::Ours(_)) {
                std::fs::remove_file(&kept).map_err(|e| Error::from(e).context(format!("could not remove {}", shown(&kept))))?;
            }
            keep(&path, &kept)?;
            write(&path, new)
        }
    }
}

/// Gives a hook its second name: a link never replaces what is there already, and leaves no moment without any hook. A file system
/// without links has to do with a rename.
fn keep(path: &Path, kept: &Path) -> Result<()> {
    let result = match std::fs::hard_link(path, kept) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists && kept.symlink_metadata().is_err() => std::fs::rename(path, kept),
        other => other,
    };
    result.map_err(|e| Error::from(e).context(format!("could not keep {} as {}", shown(path), shown(kept))))
}

const MODE: u32 = 0o755;

/// Whole or not at all.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    let attempt = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".guard-").tempfile_in(path.parent().unwrap_or(path))?;
        file.write_all(content)?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(MODE))?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|e| e.error)
    };
    attempt().map_err(|e| Error::from(e).context(format!("could not write {}", shown(path))))
}

fn mode(path: &Path) -> Result<u32> {
    let metadata = path.metadata().map_err(|e| Error::from(e).context(format!("could not look at {}", shown(path))))?;
    Ok(metadata.permissions().mode() & 0o7777)
}

/// A regular file, links followed, that somebody may execute.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The mount point of the file system that holds `path`, where it is mounted so that nothing on it can be run.
///
/// # Errors
/// It can't be looked at.
pub fn noexec(path: &Path) -> std::io::Result<Option<PathBuf>> {
    use std::os::unix::fs::MetadataExt as _;
    if !rustix::fs::statvfs(path)?.f_flag.contains(rustix::fs::StatVfsMountFlags::NOEXEC) {
        return Ok(None);
    }
    let path = path.canonicalize()?;
    let device = path.metadata()?.dev();
    let same = |place: &&Path| place.metadata().is_ok_and(|metadata| metadata.dev() == device);
    Ok(path.ancestors().take_while(same).last().map(Path::to_owned))
}

/// Whether a shell would find the program.
#[expect(clippy::disallowed_methods, reason = "asks what a shell would find, and decides about words alone")]
pub fn in_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| is_executable(&dir.join(program))))
}

/// A path from bytes.
pub fn path_of(bytes: Vec<u8>) -> PathBuf {
    std::ffi::OsString::from_vec(bytes).into()
}
