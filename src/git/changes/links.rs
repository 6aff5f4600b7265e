//! Where symbolic links point, resolved in the resulting tree and never on a disk.

use crate::change::{Entry, EntryKind, LinkTarget, Oid, RepoPath};
use crate::error::Result;

use super::super::lines::blob_size;
use super::directories::Directories;

/// A longer target is refused by the systems that would have to follow it.
const MAX_TARGET: u64 = 4096;

/// Links on the way, as Linux counts them.
const MAX_HOPS: u32 = 40;

/// Where the symbolic link at `path` points, if `entry` is one: lexically, but through those links of the resulting tree that its way
/// leads over.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn target(directories: &mut Directories<'_>, path: &RepoPath, entry: Option<Entry>) -> Result<Option<LinkTarget>> {
    match entry {
        Some(Entry { kind: EntryKind::Symlink, oid }) => resolve(directories, path, oid).map(Some),
        Some(Entry { kind: EntryKind::File | EntryKind::Executable | EntryKind::Submodule, .. }) | None => Ok(None),
    }
}

fn resolve(directories: &mut Directories<'_>, path: &RepoPath, link: Oid) -> Result<LinkTarget> {
    let written = match read(directories, link)? {
        Ok(target) => target,
        Err(why) => return Ok(LinkTarget::Unknown(why)),
    };
    let mut here: Vec<Vec<u8>> = path.components().map(<[u8]>::to_vec).collect();
    let mut way = Vec::new();
    let mut hops = 0;
    let mut next = Some(written.clone());
    loop {
        if let Some(target) = next.take() {
            if target.starts_with(b"/") {
                return Ok(LinkTarget::Outside(written));
            }
            here.pop();
            way.extend(target.rsplit(|b| *b == b'/').map(<[u8]>::to_vec));
        }
        let Some(name) = way.pop() else { return Ok(LinkTarget::Inside(RepoPath::new(here.join(&b'/')))) };
        match name.as_slice() {
            b"" | b"." => {}
            b".." if here.pop().is_none() => return Ok(LinkTarget::Outside(written)),
            b".." => {}
            _ => {
                here.push(name);
                let Some(link) = directories.symlink_at(&here)? else { continue };
                hops += 1;
                match read(directories, link)? {
                    Ok(target) if hops <= MAX_HOPS => next = Some(target),
                    Ok(_) => {
                        return Ok(LinkTarget::Unknown(format!(
                            "it leads over more than {MAX_HOPS} symbolic links, or in a circle"
                        )));
                    }
                    Err(why) => return Ok(LinkTarget::Unknown(why)),
                }
            }
        }
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
        // A system would stop reading at it, and see another target than the one that is written.
        Err("the target of a symbolic link holds a NUL byte".to_owned())
    } else {
        Ok(target)
    })
}
