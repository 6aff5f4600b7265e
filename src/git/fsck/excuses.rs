//! What an administrator has excused of git's own fsck: `receive.fsck.<id>`, `receive.fsck.skipList`, `fsck.skipList`.
//!
//! The settings are git's, and so is their meaning. A list names objects, so it lets a history in that is there already, and no new work.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::model::Oid;
use crate::text::escape;

const LISTS: [&str; 2] = ["receive.fsck.skipList", "fsck.skipList"];
/// Bytes of a list that is read: a million ids.
const MAX_LIST: u64 = 64 << 20;

/// What is excused.
#[derive(Debug, Default)]
pub struct Excuses {
    objects: HashSet<Oid>,
}

impl Repo {
    /// Whether a fault of an object, by the name that git's fsck has for it, is excused here.
    ///
    /// # Errors
    /// The configuration or a list can't be read.
    pub fn excuses(&self, oid: Oid, fault: &str) -> Result<bool> {
        if let Some(said) = self.config(&format!("receive.fsck.{fault}"))?
            && ["warn", "ignore", "info"].iter().any(|mild| said.eq_ignore_ascii_case(mild))
        {
            return Ok(true);
        }
        if let Some(known) = self.excused.get() {
            return Ok(known.objects.contains(&oid));
        }
        let read = Excuses::read(self)?;
        Ok(self.excused.get_or_init(|| read).objects.contains(&oid))
    }
}

impl Excuses {
    fn read(repo: &Repo) -> Result<Self> {
        let mut objects = HashSet::new();
        for key in LISTS {
            for name in repo.config_all(key)? {
                // Git reads it where it stands, which is the repository's directory on a server.
                list(&repo.git_dir().join(&name), &mut objects)
                    .map_err(|e| e.context(format!("could not read `{}`, the list of `{key}`", escape(name.as_bytes()))))?;
            }
        }
        Ok(Self { objects })
    }
}

/// One id a line; what follows a `#` is a remark.
fn list(path: &Path, objects: &mut HashSet<Oid>) -> Result<()> {
    if path.metadata()?.len() > MAX_LIST {
        return Err(Error::new(format!("it has more than {MAX_LIST} bytes")));
    }
    for line in std::fs::read(path)?.split(|b| *b == b'\n') {
        let id = line.split(|b| *b == b'#').next().unwrap_or_default().trim_ascii();
        if !id.is_empty() {
            let oid = std::str::from_utf8(id).ok().and_then(Oid::from_hex);
            objects.insert(oid.ok_or_else(|| Error::new(format!("`{}` is no object id", escape(id))))?);
        }
    }
    Ok(())
}
