//! What a push that was accepted may spend, as long as it isn't recorded: one file each, beside the repository.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::modes::UNFINISHED;
use crate::ledger::lock::failed;
use crate::ledger::receive_pack::PushProcess;
use crate::text::file as shown;

/// How a file ends.
pub const SUFFIX: &str = ".json";
/// In the repository's directory.
const RESERVED: &str = "guard/reserved";

/// What pre-receive leaves for post-receive.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// What will be recorded.
    pub entry: Entry,
    /// The push.
    pub flight: PushProcess,
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
    pub fn new(entry: Entry, flight: PushProcess, under: Under) -> Self {
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
        let flight = PushProcess::of_this_hook(None);
        Ok(all(&directory(repo.common_dir()))?.into_iter().find(|one| one.flight.is_of(&flight)))
    }
}

/// Where they stand in a repository's directory.
pub fn directory(repository: &Path) -> PathBuf {
    repository.join(RESERVED)
}

/// What stands in that directory: paths and names; nothing where it isn't there.
///
/// # Errors
/// It can't be read.
#[expect(clippy::disallowed_methods, reason = "the guard's own files have names of ASCII, and others are none of them")]
pub fn files(directory: &Path) -> Result<Vec<(PathBuf, String)>> {
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

/// Every reservation, in no order.
///
/// # Errors
/// One can't be read.
pub fn all(directory: &Path) -> Result<Vec<Reservation>> {
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
