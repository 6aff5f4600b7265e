//! The guard's side: starts the process that becomes the suite, and tells it what it can't know.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Pid;
use serde::{Deserialize, Serialize};

use super::{Plan, Role, ids};
use crate::error::{Error, Result};
use crate::runner::group::Group;

/// How long a sandbox may take until it stands: it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is said on the socket, a line each.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// There are namespaces; who is who in them isn't told yet.
    Unshared,
    /// Who is who has been told.
    Mapped,
    /// What comes next is the suite.
    Ready,
    /// The sandbox isn't to be had: why, as a phrase, escaped.
    Lacking(String),
    /// The shell can't be started: why.
    NoShell(String),
}

/// Why there is no suite.
enum Trouble {
    /// The sandbox isn't to be had.
    Lacking(String),
    /// The shell can't be started, in a sandbox or without.
    NoShell(String),
}

/// Starts the suite of `plan` in its sandbox. `output`: gets both of its outputs. Inside: why there is no sandbox, as a phrase, escaped.
///
/// # Errors
/// `sh` can't be started.
pub(in crate::runner) fn start(
    plan: &Plan,
    guard: &Path,
    output: &std::io::PipeWriter,
) -> Result<std::result::Result<Group, String>> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new(guard);
    command.arg0("guard").args(["sandbox", Role::Suite.as_str()]).current_dir("/").env_clear();
    command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs))).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let group = match Group::spawn(&mut command) {
        Ok(group) => group,
        Err(e) => return Ok(Err(format!("the guard can't start itself: {e}"))),
    };
    // Its copy of the other end would hide that the other side is gone.
    drop(command);
    match agree(&ours, group.id(), plan) {
        Ok(()) => Ok(Ok(group)),
        Err(Trouble::Lacking(why)) => Ok(Err(why)),
        Err(Trouble::NoShell(why)) => Err(Error::new(why).context("could not start `sh`")),
    }
}

/// Until the suite runs.
fn agree(socket: &UnixStream, process: Pid, plan: &Plan) -> std::result::Result<(), Trouble> {
    let lost = |e: std::io::Error| Trouble::Lacking(format!("the process that sets it up is lost: {e}"));
    socket.set_read_timeout(Some(PATIENCE)).and_then(|()| socket.set_write_timeout(Some(PATIENCE))).map_err(lost)?;
    send(socket, plan).map_err(lost)?;
    let (mut ready, mut lines) = (false, BufReader::new(socket));
    loop {
        let mut line = String::new();
        // It ends with what becomes the suite: its end closes itself there.
        if lines.read_line(&mut line).map_err(lost)? == 0 {
            let ended = || Trouble::Lacking("the process that sets it up has ended".to_owned());
            return if ready { Ok(()) } else { Err(ended()) };
        }
        match serde_json::from_str(&line).map_err(|e| lost(e.into()))? {
            Message::Unshared => {
                ids::map(process).map_err(|e| Trouble::Lacking(format!("the system tells nobody who is who in it: {e}")))?;
                send(socket, &Message::Mapped).map_err(lost)?;
            }
            Message::Ready => ready = true,
            Message::Lacking(why) => return Err(Trouble::Lacking(why)),
            Message::NoShell(why) => return Err(Trouble::NoShell(why)),
            Message::Mapped => return Err(Trouble::Lacking("the process that sets it up is no guard".to_owned())),
        }
    }
}

/// Writes one line.
pub(super) fn send(mut socket: &UnixStream, what: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    socket.write_all(&line)
}
