//! The first process of a suite's own process ids: it takes over what the suite leaves behind, and what is left ends with it.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::mount::{MountFlags, mount};
use rustix::process::{WaitOptions, wait};

use super::enter::{Lacking, lacking, strange, take_socket};
use super::start::Message;
use super::{Role, capabilities, start};
use crate::error::Result;

/// How often it looks for processes that have ended.
const PACE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A running one; it ends when this is dropped, and so does every process of its ids.
pub(super) struct Init {
    process: Child,
    socket: Option<UnixStream>,
}

impl Init {
    /// Starts it, as the first process after its ids were made, and waits until it has put up the `/proc` that shows them.
    pub fn start() -> std::result::Result<Self, Lacking> {
        let (ours, theirs) = UnixStream::pair().map_err(lacking("a socket"))?;
        capabilities::hand_on_mounting().map_err(lacking("what a process may do"))?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0("guard").args(["sandbox", Role::Init.as_str()]).env_clear();
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs))).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().map_err(lacking("process ids"))?;
        drop(command);
        let mut line = Vec::new();
        let mut byte = [0];
        while (&ours).read(&mut byte).map_err(lacking("process ids"))? == 1 && byte != *b"\n" {
            line.extend(byte);
        }
        let running = Self { process, socket: Some(ours) };
        match serde_json::from_slice(&line) {
            Ok(Message::Ready) => Ok(running),
            Ok(Message::Lacking(why)) => Err(Lacking(why)),
            Ok(Message::Unshared | Message::Mapped | Message::NoShell(_)) | Err(_) => {
                Err(Lacking("the first of its processes has ended".to_owned()))
            }
        }
    }
}

impl Drop for Init {
    fn drop(&mut self) {
        drop(self.socket.take());
        drop(self.process.wait());
    }
}

/// Is that process, until the other end of its standard input is closed.
///
/// # Errors
/// It isn't started by who starts a sandbox.
pub fn init() -> Result<u8> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let socket = take_socket().map_err(strange)?;
    // Anywhere else it would be everybody's `/proc`.
    if std::process::id() != 1 || socket.peer_addr().is_err() {
        return Err(strange(std::io::Error::other("nobody waits for it")));
    }
    let mounted = mount("proc", "/proc", "proc", flags, None).map_err(lacking("a `/proc` of its own"));
    let given_up = mounted.and_then(|()| capabilities::give_up_all().map_err(lacking("what a process may do")));
    let message = given_up.map_or_else(|Lacking(why)| Message::Lacking(why), |()| Message::Ready);
    start::send(&socket, &message).map_err(strange)?;
    loop {
        let mut watched = [PollFd::new(&socket, PollFlags::IN)];
        if poll(&mut watched, Some(&PACE)).is_ok_and(|ready| ready > 0) {
            return Ok(0);
        }
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
    }
}
