//! The process that becomes the suite: it gives itself namespaces, lays over the work tree what is tested, and goes on as the shell.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::sched::{CloneFlags, unshare};
use rustix::fs::{Mode, OFlags, open};
use rustix::mount::{MountPropagationFlags, mount_bind_recursive, mount_change};
use rustix::process::{Resource, Rlimit, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::init::Init;
use super::plan::Cover;
use super::start::Message;
use super::{Plan, capabilities, loopback, start};
use crate::error::{Error, Result};
use crate::text::escape;

/// Why a sandbox isn't to be had, as a phrase, escaped.
pub(super) struct Lacking(pub String);

/// That the system refuses something.
pub(super) fn lacking<E: Into<std::io::Error>>(what: &str) -> impl FnOnce(E) -> Lacking + use<E> {
    let what = what.to_owned();
    move |e| Lacking(format!("the system refuses {what}: {}", e.into()))
}

/// That this process was started by somebody else than it should.
pub(super) fn strange(why: std::io::Error) -> Error {
    Error::from(why).context("this is what `guard test` starts, which nobody else can")
}

/// Becomes the suite whose plan comes by standard input, or tells there why it can't. Comes back with its exit status where it has to stay
/// beside the suite.
///
/// # Errors
/// It isn't started by `guard test`.
pub fn enter() -> Result<u8> {
    let socket = take_socket().map_err(strange)?;
    let mut lines = BufReader::new(socket.try_clone()?);
    let mut line = Vec::new();
    lines.read_until(b'\n', &mut line).map_err(strange)?;
    let plan: Plan = serde_json::from_slice(&line).map_err(|e| strange(e.into()))?;
    match set_up(&plan, &socket, &mut lines) {
        Ok(init) => {
            drop(lines);
            become_suite(&plan, socket, init)
        }
        Err(Lacking(why)) => {
            start::send(&socket, &Message::Lacking(why)).map_err(strange)?;
            Ok(2)
        }
    }
}

/// The socket at standard input, and nothing else that is open but the outputs: what whoever called the guard had open may lead to what
/// is about to be hidden.
pub(super) fn take_socket() -> std::io::Result<UnixStream> {
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in open {
        match nix::unistd::close(number) {
            // The one by which they were listed is closed already.
            Ok(()) | Err(_) => {}
        }
    }
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    // The other side waits until this end is closed, and what comes next would keep it open.
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(socket)
}

/// All that comes before the suite.
fn set_up(plan: &Plan, socket: &UnixStream, lines: &mut impl BufRead) -> std::result::Result<Option<Init>, Lacking> {
    let mut flags = CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS;
    if plan.offline {
        flags |= CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC;
    }
    unshare(flags).map_err(lacking("namespaces of its own"))?;
    let lost = || lacking("a word with the guard");
    start::send(socket, &Message::Unshared).map_err(lost())?;
    let mut answer = String::new();
    lines.read_line(&mut answer).map_err(lost())?;
    if !matches!(serde_json::from_str(&answer), Ok(Message::Mapped)) {
        return Err(Lacking("nobody told who is who in it".to_owned()));
    }
    // What is mounted here from now on stays here.
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).map_err(lacking("mounts of its own"))?;
    lay(&plan.covers)?;
    let init = if plan.offline {
        loopback::up().map_err(lacking("a loopback"))?;
        Some(Init::start()?)
    } else {
        None
    };
    std::env::set_current_dir(&plan.directory).map_err(lacking("the directory of the tree"))?;
    capabilities::forbid_mounting().map_err(lacking("what a process may do"))?;
    Ok(init)
}

/// Lays the sources over the targets. All sources are looked up before the first is covered itself.
fn lay(covers: &[Cover]) -> std::result::Result<(), Lacking> {
    let refused = |path: &OsStr| lacking(&format!("to lay something over `{}`", escape(path.as_encoded_bytes())));
    let look_up = |cover: &Cover| {
        open(cover.source.as_os_str(), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map_err(refused(&cover.source))
    };
    let sources = covers.iter().map(look_up).collect::<std::result::Result<Vec<OwnedFd>, Lacking>>()?;
    for (cover, source) in covers.iter().zip(&sources) {
        let source = format!("/proc/self/fd/{}", source.as_raw_fd());
        mount_bind_recursive(source, cover.target.as_os_str()).map_err(refused(&cover.target))?;
    }
    Ok(())
}

/// Says that all is ready, and goes on as the shell; or beside it, where process ids of its own have to end with it.
fn become_suite(plan: &Plan, socket: UnixStream, init: Option<Init>) -> Result<u8> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(&plan.run).env_clear().envs(plan.variables.iter().map(|(name, value)| (name, value)));
    shell.stdin(Stdio::null());
    start::send(&socket, &Message::Ready)?;
    let failed = |e: std::io::Error| start::send(&socket, &Message::NoShell(e.to_string()));
    let Some(init) = init else {
        failed(shell.exec())?;
        return Ok(2);
    };
    // The suite is asked to end by the same signal, and has its time for that.
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&asked))?;
    }
    let mut running = match shell.spawn() {
        Ok(running) => running,
        Err(e) => {
            failed(e)?;
            return Ok(2);
        }
    };
    drop(socket);
    let status = running.wait()?;
    drop(init);
    end_as(status)
}

/// Ends as the suite did: by its signal, where it was one.
fn end_as(status: ExitStatus) -> Result<u8> {
    if let Some(signal) = status.signal() {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(std::io::Error::from)?;
        if signal_hook::low_level::emulate_default_handler(signal).is_err() {
            // As a shell says it.
            return Ok(u8::try_from(signal).map_or(2, |signal| signal.saturating_add(128)));
        }
    }
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2))
}
