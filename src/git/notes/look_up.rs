//! Reads what all writers have recorded on an object.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use git2::{ErrorCode, ReferenceType};

use crate::error::{Error, Result};
use crate::evidence::note::NoteLine;
use crate::evidence::note::Origin;
use crate::git::Repo;
use crate::git::notes::{MAX_ALL, MAX_OTHERS, PREFIX, TRACKED, local_writer, note, split};
use crate::git::repo::{git, own};
use crate::model::Oid;
use crate::text::{escape, shell_quote, truncate};

/// All writers' refs, read once.
///
/// A look-up then reads a few trees for each writer, however many records there are.
pub struct Notes<'r> {
    repo: &'r Repo,
    writers: Writers,
}

/// Whose notes are read first, so that others can't use up the room for them.
#[derive(Clone, Copy, Debug)]
pub struct Order<'n> {
    /// Writers: those of the first set before those of the second, and so on.
    pub first: &'n [&'n BTreeSet<String>],
    /// Whether nobody else's notes are read.
    pub alone: bool,
}

impl Order<'_> {
    fn rank(&self, writer: &[u8]) -> usize {
        let has = |names: &&BTreeSet<String>| std::str::from_utf8(writer).is_ok_and(|writer| names.contains(writer));
        self.first.iter().position(has).unwrap_or(self.first.len())
    }
}

/// The refs of all writers as they were read: nearest first, and by name.
#[derive(Clone, Debug)]
pub struct Writers(Rc<BTreeSet<(Origin, Vec<u8>, Oid)>>);

impl<'r> Notes<'r> {
    /// Reads the refs.
    ///
    /// `proposed` lists the refs of a push (full name, tip). They take the place of the repository's own; refs of no notes are
    /// passed over.
    ///
    /// # Errors
    /// A ref or the configuration can't be read.
    pub fn open(repo: &'r Repo, proposed: &[(Vec<u8>, Oid)]) -> Result<Self> {
        let mut tips = tips(repo)?;
        tips.extend(proposed.iter().filter(|(name, _)| name.starts_with(PREFIX.as_bytes())).cloned());
        let own = if tips.is_empty() { Vec::new() } else { local_writer(repo)?.into_bytes() };
        let writers = tips.into_iter().map(|(name, tip)| (origin(label(&name), &own), name, tip)).collect();
        Ok(Self { repo, writers: Writers(Rc::new(writers)) })
    }

    /// The refs that were read.
    pub fn writers(&self) -> Writers {
        self.writers.clone()
    }

    /// Looks up below refs that were read before.
    pub fn of(repo: &'r Repo, writers: Writers) -> Self {
        Self { repo, writers }
    }

    /// The same as `remote` has it, as far as is known here: what was fetched from there, and what is pushed along (`proposed`, full names).
    #[must_use]
    pub fn as_on(&self, remote: &str, proposed: &[(Vec<u8>, Oid)]) -> Self {
        let tracked = format!("{TRACKED}{remote}/").into_bytes();
        let seen = |(origin, name, tip): &(Origin, Vec<u8>, Oid)| {
            let origin = if label(name).starts_with(&tracked) {
                Origin::Fetched
            } else if proposed.iter().any(|(pushed, _)| pushed == name) {
                *origin
            } else {
                Origin::Unpushed
            };
            (origin, name.clone(), *tip)
        };
        Self { repo: self.repo, writers: Writers(Rc::new(self.writers.0.iter().map(seen).collect())) }
    }

    /// Whether `is` holds for any writer's name.
    pub fn any_writer(&self, is: impl Fn(&[u8]) -> bool) -> bool {
        self.writers.0.iter().any(|(_, name, _)| is(writer(label(name))))
    }

    /// All lines on an object, of every writer, looked up by the fan-out path.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn lines(&self, on: Oid, order: Order<'_>) -> Result<Vec<NoteLine>> {
        let (mut all, mut size) = (Vec::new(), 0);
        let mut known = BTreeSet::new();
        let mut writers: Vec<_> = self.writers.0.iter().map(|one| (order.rank(writer(label(&one.1))), one)).collect();
        writers.retain(|(rank, _)| !order.alone || *rank < order.first.len());
        writers.sort_by_key(|(rank, _)| *rank);
        for (rank, (origin, name, tip)) in writers {
            let label = writer(label(name));
            let writer = std::str::from_utf8(label).map_or_else(|_not_text| escape(label), str::to_owned);
            let line = |content| NoteLine { writer: writer.clone(), origin: *origin, content };
            // Those who come first have room for all that they may write, the others each for a part: nobody's notes take another's.
            let room = if rank == 0 { MAX_ALL - size } else { (MAX_ALL - size).min(MAX_OTHERS) };
            match note(self.repo.raw(), *tip, on, room)? {
                Err(why) => all.push(line(Err(why))),
                Ok(content) => {
                    size += content.len();
                    let new = split(&content).map(|bytes| line(Ok(bytes.to_vec())));
                    // A line that was pushed from here and fetched again is one line.
                    all.extend(new.filter(|line| known.insert((line.writer.clone(), line.content.clone()))));
                }
            }
        }
        Ok(all)
    }
}

/// All lines on one object, for a caller that asks about no other.
///
/// # Errors
/// As `Notes::open` and `Notes::lines`.
pub fn lines(repo: &Repo, on: Oid, proposed: &[(Vec<u8>, Oid)]) -> Result<Vec<NoteLine>> {
    Notes::open(repo, proposed)?.lines(on, Order { first: &[], alone: false })
}

/// All refs of notes: full names and tips.
fn tips(repo: &Repo) -> Result<BTreeMap<Vec<u8>, Oid>> {
    let mut tips = BTreeMap::new();
    for reference in repo.raw().references_glob(&format!("{PREFIX}*")).map_err(git)? {
        let reference = reference.map_err(git)?;
        let name = reference.name_bytes().to_vec();
        let target = match reference.kind() {
            // libgit2 would look it up again by its name, which git may have made longer than libgit2 takes.
            Some(ReferenceType::Direct) => reference.target(),
            Some(ReferenceType::Symbolic) | None => match reference.resolve() {
                Ok(direct) => direct.target(),
                // As git has it, what leads nowhere isn't there.
                Err(e) if e.code() == ErrorCode::NotFound => None,
                Err(e) => return Err(unreadable(&name, e)),
            },
        };
        tips.extend(target.and_then(own).map(|tip| (name, tip)));
    }
    Ok(tips)
}

fn unreadable(name: &[u8], why: git2::Error) -> Error {
    git(why).context(format!("could not read `{}`, a ref of evidence", truncate(&escape(name)))).help(format!(
        "whoever administers that repository can take it away there: git update-ref --no-deref -d {}",
        shell_quote(name)
    ))
}

/// A ref's name below `PREFIX`.
fn label(name: &[u8]) -> &[u8] {
    name.get(PREFIX.len()..).unwrap_or_default()
}

fn origin(label: &[u8], own: &[u8]) -> Origin {
    if label.starts_with(TRACKED.as_bytes()) {
        Origin::Fetched
    } else if label == own {
        Origin::Own
    } else {
        Origin::Here
    }
}

/// Whose notes a ref holds, by its name below `PREFIX`: what was fetched from a remote is still its writer's.
fn writer(label: &[u8]) -> &[u8] {
    match label.strip_prefix(TRACKED.as_bytes()) {
        Some(rest) => rest.rsplit(|b| *b == b'/').next().unwrap_or(rest),
        None => label,
    }
}
