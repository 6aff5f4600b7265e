//! Whether a push is still under way: whether the receive-pack that started the hook still runs.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};

/// Where nothing else tells it: no push takes longer between its judgement and its refs, but for a slow `update` hook.
const PATIENCE: Duration = Duration::from_secs(30);
/// With what it brings still set aside.
const LONGER: Duration = Duration::from_secs(600);
/// Between receive-pack and the hook there are a few shells.
const GENERATIONS: usize = 16;

/// What is known of a push that is under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PushProcess {
    /// Where git has set aside what the push brings (`GIT_QUARANTINE_PATH`), empty where it only deletes and brings nothing; none: no push,
    /// somebody runs the hook by hand.
    quarantine: Option<String>,
    /// The receive-pack: its process, and when that started.
    receiver: Option<(u32, u64)>,
    /// Among whose processes that number means something.
    space: Option<String>,
}

impl PushProcess {
    /// Of the hook that runs now. To be asked early, while whoever started it is sure to be there.
    #[expect(
        clippy::disallowed_methods,
        reason = "a path that is not text is not found again: the push then lasts as long as is waited for at least"
    )]
    pub fn of_this_hook(quarantine: Option<PathBuf>) -> Self {
        let (quarantine, receiver) = (quarantine.map(|path| std::path::absolute(&path).unwrap_or(path)), receiver());
        let nothing = || receiver.filter(|(pid, _)| receives(*pid)).map(|_| PathBuf::new());
        let quarantine = quarantine.or_else(nothing).map(|path| path.to_string_lossy().into_owned());
        Self { quarantine, receiver, space: space() }
    }

    /// Whether somebody still waits for what this hook says. Where its receive-pack was killed before it could be told which it is, nobody
    /// will move a ref any more.
    pub fn is_heard() -> bool {
        let stderr = std::io::stderr();
        let mut watched = [PollFd::new(&stderr, PollFlags::empty())];
        let asked = poll(&mut watched, Some(&Timespec::default()));
        asked.is_err() || watched.iter().all(|end| !end.revents().contains(PollFlags::ERR))
    }

    /// Whether both are hooks of one push.
    pub fn is_of(&self, other: &Self) -> bool {
        self.receiver.is_some() && self.receiver == other.receiver && self.space == other.space
    }

    /// Whether the push may still move refs.
    pub fn lasts(&self, since: Timestamp, now: Timestamp) -> bool {
        let Some(quarantine) = &self.quarantine else { return false };
        match self.receiver.filter(|_| self.space.is_some() && self.space == space()) {
            Some((pid, start)) => Process::read(pid).is_some_and(|process| process.start == start && process.runs),
            None => {
                let age = now.duration_since(since).unsigned_abs();
                age < PATIENCE || (age < LONGER && PathBuf::from(quarantine).exists())
            }
        }
    }
}

/// A process, as far as the system tells.
struct Process {
    name: String,
    parent: u32,
    start: u64,
    runs: bool,
}

impl Process {
    /// `None`: it is gone, or this system has no `/proc`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the kernel may cut a process's name within a character; numbers are what is read"
    )]
    fn read(pid: u32) -> Option<Self> {
        let text = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
        let text = String::from_utf8_lossy(&text);
        // The name stands in brackets, and may hold some.
        let (front, rest) = text.rsplit_once(')')?;
        let (_, name) = front.split_once('(')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        Some(Self {
            name: name.to_owned(),
            parent: fields.get(1)?.parse().ok()?,
            start: fields.get(19)?.parse().ok()?,
            runs: !matches!(fields.first().copied(), Some("Z" | "X")),
        })
    }
}

fn receiver() -> Option<(u32, u64)> {
    let mut pid = std::os::unix::process::parent_id();
    for _ in 0..GENERATIONS {
        let process = Process::read(pid)?;
        if process.name == "git" || process.name.starts_with("git-receive") {
            return Some((pid, process.start));
        }
        pid = process.parent;
    }
    None
}

/// Whether it is a receive-pack, and not any other command of git's by which somebody got to run the hook.
fn receives(pid: u32) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).any(|word| word == b"receive-pack" || word.ends_with(b"git-receive-pack"))
}

#[expect(clippy::disallowed_methods, reason = "the kernel's name of a namespace is ASCII")]
fn space() -> Option<String> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Some(format!("{} {}", link.to_string_lossy(), boot.trim()))
}

#[cfg(test)]
mod tests {
    use crate::ledger::receive_pack::*;

    #[test]
    fn a_push_lasts_as_long_as_its_receiver_runs() {
        let now = Timestamp::now();
        let me = std::process::id();
        let start = Process::read(me).unwrap().start;
        let flight = |quarantine: Option<&str>, receiver| PushProcess {
            quarantine: quarantine.map(str::to_owned),
            receiver,
            space: space(),
        };
        assert!(flight(Some("/q"), Some((me, start))).lasts(now, now));
        assert!(!flight(Some("/q"), Some((me, start + 1))).lasts(now, now), "the number was given to another process");
        assert!(!flight(None, Some((me, start))).lasts(now, now), "by hand");
        assert!(!flight(Some("/q"), Some((u32::MAX, 1))).lasts(now, now));
    }

    #[test]
    fn a_child_that_nobody_waits_for_does_not_run() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while Process::read(child.id()).unwrap().runs && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(!Process::read(child.id()).unwrap().runs);
        child.wait().unwrap();
    }

    #[test]
    fn where_it_cannot_be_told_it_lasts_a_while() {
        let now = Timestamp::now();
        let there = tempfile::tempdir().unwrap();
        let since = |seconds: i64| now - jiff::SignedDuration::from_secs(seconds);
        let of = |path: &str| PushProcess { quarantine: Some(path.to_owned()), receiver: None, space: space() };
        assert!(of("/nonexistent/q").lasts(since(5), now) && !of("/nonexistent/q").lasts(since(60), now));
        let there = there.path().to_str().unwrap();
        assert!(of(there).lasts(since(60), now) && !of(there).lasts(since(3600), now));
    }
}
