//! A process group: started together, ended together.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::error::{Error, Result};

/// How a suite ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// By itself.
    Exited(ExitStatus),
    /// It was killed at its timeout.
    TimedOut,
    /// It wasn't started, as the sandbox that it demands isn't to be had: why, as a phrase.
    NotStarted(Option<String>),
}

impl Ended {
    /// The exit status, where there is one.
    pub fn exit_status(&self) -> Option<i32> {
        match self {
            Self::Exited(status) => status.code(),
            Self::TimedOut | Self::NotStarted(_) => None,
        }
    }

    /// Why that is a failure.
    pub fn failure(&self, timeout: Duration) -> Option<String> {
        match self {
            Self::Exited(status) if status.success() => None,
            Self::Exited(status) => Some(match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit status {code}"),
                (None, Some(signal)) => format!("killed by signal {signal}"),
                (None, None) => "it ended in an unknown way".to_owned(),
            }),
            Self::TimedOut => Some(format!("timed out after {}", shown(timeout))),
            Self::NotStarted(lacking) => {
                let why = lacking.as_deref().unwrap_or("nobody knows why");
                Some(format!("no sandbox is to be had, and the suite demands one: {why}"))
            }
        }
    }
}

/// A duration as the policy writes it: `15m`, `90s`, `1500ms`.
fn shown(duration: Duration) -> String {
    let (seconds, millis) = (duration.as_secs(), duration.as_millis());
    match (millis % 1000, seconds % 60, seconds % 3600) {
        (0, _, 0) if seconds > 0 => format!("{}h", seconds / 3600),
        (0, 0, _) if seconds > 0 => format!("{}m", seconds / 60),
        (0, _, _) => format!("{seconds}s"),
        (_, _, _) => format!("{millis}ms"),
    }
}

/// A running suite. However this is left, no process of the group stays.
pub(super) struct Group {
    leader: Child,
    id: Pid,
    reaped: bool,
}

impl Group {
    /// Starts `command` as the leader of a group of its own.
    pub fn spawn(command: &mut Command) -> std::io::Result<Self> {
        let leader = command.process_group(0).spawn()?;
        let id = Pid::from_child(&leader);
        Ok(Self { leader, id, reaped: false })
    }

    /// The leader's id, which is the group's.
    #[cfg(target_os = "linux")]
    pub fn id(&self) -> Pid {
        self.id
    }

    /// Whether the leader has ended. It isn't reaped, so that its id, which is the group's, can't be given to another process yet.
    pub fn has_ended(&self) -> Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(self.id), options) {
            Ok(status) => Ok(status.is_some()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(e) => Err(Error::from(std::io::Error::from(e)).context("could not wait for the suite")),
        }
    }

    /// Kills what the ended leader has left behind, and takes the leader's status.
    pub fn reap(&mut self) -> Result<Ended> {
        self.signal(Signal::KILL);
        let status = self.leader.wait().map_err(|e| Error::from(e).context("could not wait for the suite"))?;
        self.reaped = true;
        Ok(Ended::Exited(status))
    }

    /// Asks the whole group to end; after `grace`, or once its leader has ended, kills what is left.
    pub fn end(&mut self, grace: Duration) -> Result<()> {
        self.signal(Signal::TERM);
        let clock = Instant::now();
        while clock.elapsed() < grace && !self.has_ended()? {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.reap().map(|_killed| ())
    }

    /// Signals every process of the group. That none is left any more is no failure, and nothing better follows any other.
    fn signal(&self, signal: Signal) {
        match kill_process_group(self.id, signal) {
            Ok(()) | Err(_) => {}
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.signal(Signal::KILL);
            drop(self.leader.wait());
        }
    }
}
