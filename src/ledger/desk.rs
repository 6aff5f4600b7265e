//! The desk beside a repository: one lock for everybody who judges or records, and the reservations of pushes that aren't recorded yet.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, How, Update};
use super::flight::Flight;
use super::value::Time;
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::ledger::Ledger;
use crate::report::file as shown;

/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(3);
/// How a file begins that isn't whole yet.
const UNFINISHED: &str = ".new-";
const SUFFIX: &str = ".json";
/// In the repository's directory.
const RESERVED: &str = "guard/reserved";

/// What pre-receive leaves for post-receive.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// What will be recorded.
    pub entry: Entry,
    /// The push.
    pub flight: Flight,
    /// Under what it was accepted.
    #[serde(default)]
    pub under: Under,
    /// Whether each of the entry's refs has been seen to hold what the push gave it.
    pub taken: Vec<bool>,
    /// The push has ended; the entry holds what was taken.
    pub settled: bool,
}

/// What a push was accepted under, beside the policy that its entry names. It has to be so still when git moves the refs.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Under {
    /// The policy was the trusted branch's.
    pub trusted: bool,
    /// The halts that were in force, by their digests.
    pub halts: Vec<String>,
}

impl Reservation {
    /// Whether the refs hold all of it.
    pub fn is_sure(&self) -> bool {
        self.settled || self.taken.iter().all(|taken| *taken)
    }

    /// Of a push that was just accepted.
    pub fn new(entry: Entry, flight: Flight, under: Under) -> Self {
        let taken = vec![false; entry.updates.len()];
        Self { entry, flight, under, taken, settled: false }
    }

    /// How long ago the push was judged.
    pub fn age(&self, now: Timestamp) -> Duration {
        now.duration_since(self.entry.time.0).unsigned_abs()
    }

    /// The one of the push that this hook belongs to, where there is one. Read without the desk, which may be held by whoever judges
    /// the next push: a reservation is written whole or not at all.
    ///
    /// # Errors
    /// A reservation can't be read.
    pub fn of_this_push(repo: &Repo) -> Result<Option<Self>> {
        let flight = Flight::of_this_hook(None);
        Ok(all(&directory(repo))?.into_iter().find(|one| one.flight.is_of(&flight)))
    }
}

fn directory(repo: &Repo) -> PathBuf {
    repo.common_dir().join(RESERVED)
}

/// The desk; nobody else judges or records while one is held.
pub struct Desk {
    directory: PathBuf,
    /// Released when the process ends, however it does.
    _lock: File,
}

impl Desk {
    /// Whether there is one in a repository's directory: it is a server's.
    pub fn stands_in(directory: &Path) -> bool {
        directory.join(RESERVED).is_dir()
    }

    /// Waits for the lock, at most as long as that.
    ///
    /// # Errors
    /// Others hold it too long; the repository's directory can't be written.
    pub fn open(repo: &Repo, wait: Duration) -> Result<Self> {
        let (guard, directory) = (repo.common_dir().join("guard"), directory(repo));
        make(&guard, repo.common_dir())?;
        make(&directory, repo.common_dir())?;
        let path = guard.join("lock");
        let lock = lock_file(&path, repo.common_dir()).map_err(|e| failed(e, "could not open", &path))?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(busy(wait)),
                Err(TryLockError::Error(e)) => return Err(failed(e, "could not lock", &path)),
            }
        }
        Ok(Self { directory, _lock: lock })
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
            let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.directory)?;
            file.write_all(&content)?;
            let mode = self.directory.metadata()?.permissions().mode() & 0o666;
            file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
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
        if entry.time < time {
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

fn files(directory: &Path) -> Result<Vec<(PathBuf, String)>> {
    let reading = |e| failed(e, "could not read", directory);
    let all = match std::fs::read_dir(directory) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        all => all.map_err(reading)?,
    };
    all.map(|file| {
        let path = file.map_err(reading)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((path, name))
    })
    .collect()
}

fn all(directory: &Path) -> Result<Vec<Reservation>> {
    let files = files(directory)?.into_iter().filter(|(_, name)| name.ends_with(SUFFIX) && !name.starts_with(UNFINISHED));
    files.filter_map(|(path, _)| read(&path).transpose()).collect()
}

/// `None`: it is gone.
fn read(path: &Path) -> Result<Option<Reservation>> {
    let content = match std::fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        content => content.map_err(|e| failed(e, "could not read", path))?,
    };
    let reservation: Reservation = serde_json::from_slice(&content).map_err(|e| {
        Error::new(format!("the reservation {} can't be read: {e}", shown(path)))
            .help("it says what a push has spent; on the server, once it is known what the refs hold, remove it")
    })?;
    if reservation.taken.len() == reservation.entry.updates.len() {
        Ok(Some(reservation))
    } else {
        Err(Error::new(format!("the reservation {} contradicts itself", shown(path))))
    }
}

/// A directory that whoever may write the repository may write.
fn make(path: &Path, like: &Path) -> Result<()> {
    match std::fs::create_dir(path) {
        Ok(()) => {
            let mode = like.join("objects").metadata().or_else(|_none| like.metadata()).map(|m| m.permissions().mode() & 0o7777);
            // Where it is another's already, it is as it is.
            if let Ok(mode) = mode {
                drop(std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)));
            }
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(failed(e, "could not make", path)),
    }
}

/// To lock, it need not be writable for us.
fn lock_file(path: &Path, like: &Path) -> std::io::Result<File> {
    match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
            if let Ok(metadata) = like.join("objects").metadata() {
                let mode = metadata.permissions().mode() & 0o666;
                drop(file.set_permissions(std::fs::Permissions::from_mode(mode)));
            }
            Ok(file)
        }
        opened => opened,
    }
}

fn busy(wait: Duration) -> Error {
    let seconds = wait.as_secs().max(1);
    Error::new(format!("other pushes have been judged here for {seconds}s without a break (`guard.deadline`)"))
        .help(format!("push again; on the server: git config guard.deadline {}s", seconds.saturating_mul(10)))
}

fn failed(error: std::io::Error, doing: &str, path: &Path) -> Error {
    Error::from(error).context(format!("{doing} {}", shown(path)))
}
