//! Resolves symbolic links in the resulting tree, and never on a disk.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::model::{Entry, EntryKind, LinkTarget, Oid, RepoPath};

use super::super::lines::blob_size;
use crate::diff::changes::directories::{Directories, LinkStep};

/// A longer target is refused by the systems that would have to follow it.
const MAX_TARGET: u64 = 4096;

/// Links that one resolution may follow, as on Linux.
const MAX_HOPS: u32 = 40;

/// Where the symbolic link at `path` points, if `entry` is one.
///
/// The target is resolved lexically, and links of the resulting tree on its way are followed. For an old side this is an
/// approximation, since its own tree isn't read.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn target(directories: &mut Directories<'_>, path: &RepoPath, entry: Option<Entry>) -> Result<Option<LinkTarget>> {
    match entry {
        Some(Entry { kind: EntryKind::Symlink, oid }) => resolve(directories, path, oid).map(Some),
        Some(Entry { kind: EntryKind::File | EntryKind::Executable | EntryKind::Submodule, .. }) | None => Ok(None),
    }
}

/// Where the link `link` at `path` leads.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn resolve(directories: &mut Directories<'_>, path: &RepoPath, link: Oid) -> Result<LinkTarget> {
    follow(directories, path, link).map(|(target, _)| target)
}

/// The same, and the other links that lead there.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn follow(directories: &mut Directories<'_>, path: &RepoPath, link: Oid) -> Result<(LinkTarget, BTreeSet<RepoPath>)> {
    let mut passed = BTreeSet::new();
    let target = lead(directories, path, link, &mut passed)?;
    Ok((target, passed))
}

fn lead(directories: &mut Directories<'_>, path: &RepoPath, link: Oid, passed: &mut BTreeSet<RepoPath>) -> Result<LinkTarget> {
    let written = match read(directories, link)? {
        Ok(target) => target,
        Err(why) => return Ok(LinkTarget::Unknown(why)),
    };
    let mut place = directory_of(directories, path)?;
    let mut way = Vec::new();
    let mut next = Some(written.clone());
    let mut hops = 0;
    loop {
        match next.take() {
            Some(target) if target.starts_with(b"/") => return Ok(LinkTarget::Outside(written)),
            Some(target) => way.extend(target.rsplit(|b| *b == b'/').map(<[u8]>::to_vec)),
            None => {}
        }
        let Some(name) = way.pop() else { return Ok(LinkTarget::Inside(place.path())) };
        match name.as_slice() {
            b"" | b"." => {}
            b".." if !place.leave() => return Ok(LinkTarget::Outside(written)),
            b".." => {}
            _ => {
                let Some(link) = place.enter(directories, &name)? else { continue };
                hops += 1;
                passed.insert(place.path().join(&name));
                match read(directories, link)? {
                    Ok(_) if hops > MAX_HOPS => {
                        return Ok(LinkTarget::Unknown(format!("it leads over {hops} symbolic links or more")));
                    }
                    Ok(target) => next = Some(target),
                    Err(why) => return Ok(LinkTarget::Unknown(why)),
                }
            }
        }
    }
}

/// Where a link stands.
fn directory_of(directories: &mut Directories<'_>, path: &RepoPath) -> Result<Place> {
    let mut place = Place::new(directories.root());
    let mut names: Vec<&[u8]> = path.components().collect();
    names.pop();
    for name in names {
        if place.enter(directories, name)?.is_some() {
            place.names.push((name.to_vec(), None)); // an old link's directory that became a link itself
        }
    }
    Ok(place)
}

/// A place in the tree: the names that lead there, each with its directory where it is one.
struct Place {
    root: Oid,
    names: Vec<(Vec<u8>, Option<Oid>)>,
}

impl Place {
    fn new(root: Oid) -> Self {
        Self { root, names: Vec::new() }
    }

    /// Goes to `name`, whether or not it exists. Before a symbolic link it stays where it is, and gives the link.
    fn enter(&mut self, directories: &mut Directories<'_>, name: &[u8]) -> Result<Option<Oid>> {
        let tree = self.names.last().map_or(Some(self.root), |(_, tree)| *tree);
        let found = tree.map_or(Ok(LinkStep::Other), |tree| directories.find(tree, name))?;
        match found {
            LinkStep::Symlink(link) => return Ok(Some(link)),
            LinkStep::Directory(tree) => self.names.push((name.to_vec(), Some(tree))),
            LinkStep::Other => self.names.push((name.to_vec(), None)),
        }
        Ok(None)
    }

    /// Goes up; false at the root.
    fn leave(&mut self) -> bool {
        self.names.pop().is_some()
    }

    fn path(&self) -> RepoPath {
        self.names.iter().fold(RepoPath::new(""), |path, (name, _)| path.join(name))
    }
}

/// The text of a link, or why it can't be followed.
fn read(directories: &Directories<'_>, link: Oid) -> Result<std::result::Result<Vec<u8>, String>> {
    let size = blob_size(directories.repo(), link)?;
    if size > MAX_TARGET {
        return Ok(Err(format!("the target of a symbolic link is {size} bytes long, over {MAX_TARGET}")));
    }
    let target = directories.repo().blob(link)?;
    Ok(if target.is_empty() {
        Err("the target of a symbolic link is empty".to_owned())
    } else if target.contains(&0) {
        // A system would stop reading at the NUL, and see another target than the one that is written.
        Err("the target of a symbolic link holds a NUL byte".to_owned())
    } else {
        Ok(target)
    })
}
