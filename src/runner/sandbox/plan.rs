//! What is laid over what, before a suite runs.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Place, Variables, named};
use crate::policy::{Sandbox, Suite};
use crate::text::escape;

/// Without these nothing runs.
const SYSTEM: [&str; 12] = ["/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var"];

/// What the process needs to know that becomes the suite.
#[derive(Serialize, Deserialize, Debug)]
pub(in crate::runner) struct Plan {
    /// Given to `sh -c`.
    pub run: String,
    /// The suite's variables, and no others.
    pub variables: Vec<(String, OsString)>,
    /// Where the suite begins.
    pub directory: OsString,
    /// What is laid over what, in this order.
    pub covers: Vec<Cover>,
    /// Whether it has neither network nor the process ids of others.
    pub offline: bool,
    /// What the variables name that can't be read, each as a phrase, escaped.
    pub unseen: Vec<String>,
}

/// One directory, or file, that stands where another one does.
#[derive(Serialize, Deserialize, Debug)]
pub(in crate::runner) struct Cover {
    /// What can be read.
    pub source: OsString,
    /// And where.
    pub target: OsString,
}

/// Makes the directories that a sandbox needs, and tells what stands where in it.
///
/// # Errors
/// Why it can't be had, as a phrase, escaped.
pub(in crate::runner) fn plan(
    suite: &Suite,
    place: &Place<'_>,
    variables: &Variables,
    sandbox: Sandbox,
) -> std::result::Result<Plan, String> {
    let stand = match &place.work_tree {
        Some(root) => root.canonicalize().map_err(|e| format!("`{}` can't be found: {e}", shown(root)))?,
        None => place.export.to_path_buf(),
    };
    let hidden = place.hidden.as_ref().map_err(Clone::clone)?;
    // What lies in the work tree is gone with it.
    let hidden: Vec<&Path> = outermost(hidden.iter().map(PathBuf::as_path).filter(|path| !path.starts_with(&stand)));
    for path in hidden.iter().copied().chain([stand.as_path()]) {
        coverable(path, variables)?;
    }
    let paths = named::paths(variables);
    let mut layout = Layout { scratch: place.scratch, stand: &stand, covers: Vec::new() };
    let failed = |e: std::io::Error| format!("its directories can't be made: {e}");
    layout.temporary(place.work_tree.is_some(), &paths, &hidden).map_err(failed)?;
    layout.cover(place.export, &stand);
    let unseen = unseen(&paths, &stand, place.export, &hidden);
    Ok(Plan {
        run: suite.run.clone(),
        variables: variables.to_vec(),
        directory: stand.clone().into_os_string(),
        covers: layout.covers,
        offline: sandbox == Sandbox::Offline,
        unseen,
    })
}

/// Those that lie in no other one. `paths`: sorted.
fn outermost<'p>(paths: impl Iterator<Item = &'p Path>) -> Vec<&'p Path> {
    let mut outer: Vec<&Path> = Vec::new();
    for path in paths {
        if !outer.iter().any(|above| path.starts_with(above)) {
            outer.push(path);
        }
    }
    outer
}

/// Whether a suite can run where `path` isn't what it is; why not, as a phrase, escaped.
fn coverable(path: &Path, variables: &Variables) -> std::result::Result<(), String> {
    if let Some(needed) = SYSTEM.iter().find(|needed| Path::new(needed).starts_with(path)) {
        return Err(format!("`{}` would have to be hidden, and holds `{needed}`", shown(path)));
    }
    let home = variables.iter().find(|(name, _)| name == "HOME").and_then(|(_, value)| Path::new(value).canonicalize().ok());
    match home {
        Some(home) if home.starts_with(path) => {
            Err(format!("`{}` would have to be hidden, and holds `HOME`, which the suite's `env` lists", shown(path)))
        }
        Some(_) | None => Ok(()),
    }
}

/// What the variables name that is there now and isn't in the sandbox.
fn unseen(paths: &BTreeSet<(&str, &Path)>, stand: &Path, export: &Path, hidden: &[&Path]) -> Vec<String> {
    let gone = |path: &&(&str, &Path)| {
        path.1.canonicalize().is_ok_and(|real| match real.strip_prefix(stand) {
            Ok(inside) => !export.join(inside).exists(),
            Err(_) => hidden.iter().any(|hidden| real.starts_with(hidden)),
        })
    };
    paths.iter().filter(gone).map(|(name, path)| format!("`{}` of {}", shown(path), escape(name.as_bytes()))).collect()
}

struct Layout<'a> {
    scratch: &'a Path,
    stand: &'a Path,
    covers: Vec<Cover>,
}

impl Layout<'_> {
    fn cover(&mut self, source: &Path, target: &Path) {
        self.covers.push(Cover { source: source.as_os_str().to_owned(), target: target.as_os_str().to_owned() });
    }

    /// A /tmp of its own, in which there is what the variables name and what the work tree stands in; then what is hidden.
    fn temporary(&mut self, has_work_tree: bool, paths: &BTreeSet<(&str, &Path)>, hidden: &[&Path]) -> std::io::Result<()> {
        let real = Path::new("/tmp").canonicalize()?;
        let own = self.scratch.join("tmp");
        directory(&own, 0o1777)?;
        self.cover(&own, &real);
        let mut kept = named::entries(&real, paths);
        kept.extend(has_work_tree.then(|| named::entry(&real, self.stand)).flatten());
        kept.retain(|entry| entry != self.stand && entry.symlink_metadata().is_ok());
        for entry in &kept {
            self.keep(entry, &own)?;
        }
        let gone = |path: &Path| path.starts_with(&real) && !kept.iter().any(|entry| path.starts_with(entry));
        if gone(self.stand) {
            stand_in(&own, &real, self.stand)?;
        }
        for (number, path) in hidden.iter().enumerate().filter(|(_, path)| !gone(path)) {
            self.hide(path, number)?;
        }
        Ok(())
    }

    /// Brings an entry of the real /tmp into the own one.
    fn keep(&mut self, entry: &Path, own: &Path) -> std::io::Result<()> {
        let Some(name) = entry.file_name() else { return Ok(()) };
        let (kind, at) = (entry.symlink_metadata()?.file_type(), own.join(name));
        if kind.is_symlink() {
            return symlink(std::fs::read_link(entry)?, at);
        }
        if kind.is_dir() {
            std::fs::create_dir(&at)?;
        } else {
            std::fs::File::create_new(&at)?;
        }
        self.cover(entry, entry);
        Ok(())
    }

    /// Lays an empty directory over `path`; where the tree stands below, with room for it.
    fn hide(&mut self, path: &Path, number: usize) -> std::io::Result<()> {
        let empty = self.scratch.join(format!("hidden-{number}"));
        directory(&empty, 0o755)?;
        if self.stand.starts_with(path) {
            stand_in(&empty, path, self.stand)?;
        }
        std::fs::set_permissions(&empty, Permissions::from_mode(0o555))?;
        self.cover(&empty, path);
        Ok(())
    }
}

/// Makes the directory in `over` that stands where `path` does once `over` lies on `under`.
fn stand_in(over: &Path, under: &Path, path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(over.join(path.strip_prefix(under).map_err(std::io::Error::other)?))
}

/// Makes a directory with exactly that mode.
fn directory(path: &Path, mode: u32) -> std::io::Result<()> {
    std::fs::create_dir(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

fn shown(path: &Path) -> String {
    escape(path.as_os_str().as_bytes())
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
