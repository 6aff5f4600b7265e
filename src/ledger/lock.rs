//! The desk beside a repository: one lock for everybody who judges or records, and the reservations of pushes that aren't recorded yet.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::ledger::Ledger;
use crate::git::modes::{GitModes, UNFINISHED, temporary};
use crate::ledger::entry::{Entry, How, Update};
use crate::ledger::reservation::{Reservation, SUFFIX, all, directory, files};
use crate::ledger::value::Time;
use crate::text::file as shown;

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(3);

/// The desk; nobody else judges or records while one is held.
pub struct LedgerLock {
    directory: PathBuf,
    /// Released when the process ends, however it does.
    _lock: File,
    /// What is written at the desk, others can read and replace.
    _modes: GitModes,
}

impl LedgerLock {
    /// Whether there is one in a repository's directory: it is a server's.
    pub fn stands_in(repository: &Path) -> bool {
        directory(repository).is_dir()
    }

    /// Waits for the lock, at most as long as that.
    ///
    /// # Errors
    /// Others hold it too long; the repository's directory can't be written.
    pub fn open(repo: &Repo, wait: Duration) -> Result<Self> {
        let (guard, directory) = (repo.common_dir().join("guard"), directory(repo.common_dir()));
        repo.make_directory(&directory)?;
        let path = guard.join("lock");
        let modes = repo.with_modes_of_git()?;
        let lock = lock_file(&path).map_err(|e| failed(e, "could not open", &path))?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(busy(wait)),
                Err(TryLockError::Error(e)) => return Err(failed(e, "could not lock", &path)),
            }
        }
        Ok(Self { directory, _lock: lock, _modes: modes })
    }

    /// Everything that is reserved, oldest first.
    ///
    /// # Errors
    /// A reservation can't be read.
    pub fn reservations(&self) -> Result<Vec<Reservation>> {
        for (path, name) in files(&self.directory)? {
            if name.starts_with(UNFINISHED) {
                // Whoever wrote it was killed: it would hold the lock else.
                std::fs::remove_file(&path).map_err(|e| failed(e, "could not remove", &path))?;
            }
        }
        let mut found = all(&self.directory)?;
        found.sort_by(|one, other| (one.entry.time, &one.entry.id).cmp(&(other.entry.time, &other.entry.id)));
        Ok(found)
    }

    /// Looks what has become of what was reserved: a ref that holds what a push gave it was taken; a push that has ended keeps what
    /// was taken, and what wasn't is dropped. Gives what then stands, oldest first.
    ///
    /// # Errors
    /// A ref can't be read; the directory can't be written.
    pub fn settle(&self, repo: &Repo) -> Result<Vec<Reservation>> {
        let mut standing = Vec::new();
        let reserved = self.reservations()?;
        let recorded = match reserved.first() {
            Some(oldest) => recorded_since(repo, oldest.entry.time)?,
            None => BTreeSet::new(),
        };
        for mut one in reserved {
            if recorded.contains(&one.entry.id) {
                // Whoever recorded it was killed before this.
                self.remove(&one.entry.id)?;
                continue;
            }
            if !one.settled {
                self.look(repo, &mut one)?;
            }
            if !one.entry.updates.is_empty() {
                standing.push(one);
            }
        }
        Ok(standing)
    }

    #[expect(clippy::disallowed_methods, reason = "whether a push still lasts is asked of the moment in which it is asked")]
    fn look(&self, repo: &Repo, one: &mut Reservation) -> Result<()> {
        // Asked first: once the push has ended, the refs are what it made of them.
        let lasts = one.flight.lasts(one.entry.time.0, Timestamp::now());
        let before = one.taken.clone();
        for (update, taken) in one.entry.updates.iter().zip(&mut one.taken) {
            *taken = *taken || holds(repo, update)?;
        }
        if !lasts {
            let taken: Vec<Update> =
                one.entry.updates.iter().zip(&one.taken).filter(|(_, t)| **t).map(|(u, _)| u.clone()).collect();
            one.entry.keep(|update| taken.contains(update));
            one.taken = vec![true; one.entry.updates.len()];
            one.settled = true;
        }
        if one.entry.updates.is_empty() {
            self.remove(&one.entry.id)
        } else if one.settled || one.taken != before {
            self.write(one)
        } else {
            Ok(())
        }
    }

    /// Writes a reservation, whole or not at all.
    ///
    /// # Errors
    /// The directory can't be written.
    pub fn write(&self, reservation: &Reservation) -> Result<()> {
        let path = self.path(&reservation.entry.id);
        let content = serde_json::to_vec(reservation).map_err(|e| Error::new(format!("a reservation can't be written: {e}")))?;
        let attempt = || -> std::io::Result<()> {
            let mut file = temporary().tempfile_in(&self.directory)?;
            file.write_all(&content)?;
            file.persist(&path).map(drop).map_err(|e| e.error)
        };
        attempt().map_err(|e| failed(e, "could not write", &path))
    }

    /// Removes a reservation.
    ///
    /// # Errors
    /// It can't be removed.
    pub fn remove(&self, id: &str) -> Result<()> {
        let path = self.path(id);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(failed(e, "could not remove", &path)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.directory.join(format!("{id}{SUFFIX}"))
    }
}

/// What of late the ledger has.
fn recorded_since(repo: &Repo, time: Time) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for stored in Ledger::open(repo)?.entries() {
        let entry = Entry::stored(&stored?)?;
        if entry.latest() < time {
            break;
        }
        ids.insert(entry.id);
    }
    Ok(ids)
}

/// Whether the ref is what the push made of it.
fn holds(repo: &Repo, update: &Update) -> Result<bool> {
    let Ok(name) = std::str::from_utf8(&update.name().0) else { return Ok(false) };
    let now = repo.reference(name)?;
    Ok(match update.change {
        How::Delete => now.is_none(),
        How::Create | How::Forward | How::Rewind => now == update.new.map(|id| id.0),
    })
}

/// To lock, it need not be writable for us.
fn lock_file(path: &Path) -> std::io::Result<File> {
    match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => OpenOptions::new().read(true).append(true).create(true).open(path),
        opened => opened,
    }
}

fn busy(wait: Duration) -> Error {
    let seconds = wait.as_secs().max(1);
    Error::new(format!("other pushes have been judged here for {seconds}s without a break (`guard.deadline`)"))
        .help(format!("push again; on the server: git config guard.deadline {}s", seconds.saturating_mul(10)))
}

/// An error of the file system's, with what was being done.
pub(super) fn failed(error: std::io::Error, doing: &str, path: &Path) -> Error {
    Error::from(error).context(format!("{doing} {}", shown(path)))
}
