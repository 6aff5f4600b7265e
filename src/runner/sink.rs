//! What a suite writes: to the log, its digest, and where it is wanted to the terminal.

use std::fs::File;
use std::io::{PipeReader, Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::screen::Screen;
use crate::error::{Error, Result};
use crate::text::hex;

/// What is kept of a log; the rest is read, so that the suite isn't blocked, and counted.
pub(super) const MAX_LOG: u64 = 64 << 20;

/// Reads a pipe on a thread of its own until it is closed, or until nobody wants to wait any longer.
pub(super) struct Sink {
    kept: Arc<Mutex<CappedLog>>,
    done: Receiver<()>,
    screen: Option<Screen>,
}

struct CappedLog {
    log: File,
    digest: Sha256,
    size: u64,
    dropped: u64,
    failed: Option<std::io::Error>,
    closed: bool,
}

impl Sink {
    /// Starts to read. `screen`: where people see it, too.
    pub fn start(mut pipe: PipeReader, log: File, screen: Option<Screen>) -> Self {
        let kept = CappedLog { log, digest: Sha256::new(), size: 0, dropped: 0, failed: None, closed: false };
        let kept = Arc::new(Mutex::new(kept));
        let (tell, done) = channel();
        let shared = Arc::clone(&kept);
        let mut shown = screen.clone();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 64 << 10];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(length) => {
                        let chunk = buffer.get(..length).unwrap_or_default();
                        if !lock(&shared).take(chunk) {
                            break;
                        }
                        // A terminal that is gone stops no suite.
                        if shown.as_mut().is_some_and(|screen| screen.show(chunk).is_err()) {
                            shown = None;
                        }
                    }
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(e) => {
                        lock(&shared).failed.get_or_insert(e);
                        break;
                    }
                }
            }
            match (shown.map(|mut screen| screen.end()), tell.send(())) {
                // Nobody may be looking, or waiting, any more.
                (None | Some(Ok(()) | Err(_)), Ok(()) | Err(_)) => {}
            }
        });
        Self { kept, done, screen }
    }

    /// Waits at most `patience` for the pipe's end, then takes what there is: the log's SHA-256 in hexadecimal and its size in bytes.
    ///
    /// # Errors
    /// The log could not be written whole.
    pub fn finish(self, patience: Duration) -> Result<(String, u64)> {
        match self.done.recv_timeout(patience) {
            // Either way what has been read by now is what counts.
            Ok(()) | Err(_) => {}
        }
        let mut kept = lock(&self.kept);
        if kept.dropped > 0 {
            let note = format!("\n[guard: {} more bytes were not kept]\n", kept.dropped);
            kept.write(note.as_bytes());
        }
        kept.closed = true;
        if let Some(e) = kept.failed.take() {
            return Err(Error::from(e).context("could not write the suite's log"));
        }
        let digest = std::mem::take(&mut kept.digest).finalize();
        Ok((hex(&digest), kept.size))
    }
}

/// However a run ends, what is said next has the screen for itself.
impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(screen) = &self.screen {
            screen.clear();
        }
    }
}

impl CappedLog {
    /// Takes a chunk, as far as there is room. False: nobody wants more.
    fn take(&mut self, chunk: &[u8]) -> bool {
        if self.closed {
            return false;
        }
        let room = usize::try_from(MAX_LOG.saturating_sub(self.size)).unwrap_or(usize::MAX);
        let (fits, over) = chunk.split_at(chunk.len().min(room));
        self.write(fits);
        self.dropped += over.len() as u64;
        true
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            match self.log.write_all(bytes) {
                Ok(()) => {
                    self.digest.update(bytes);
                    self.size += bytes.len() as u64;
                }
                Err(e) => self.failed = Some(e),
            }
        }
    }
}

/// A thread that panicked while it held the lock leaves nothing half done that matters.
fn lock(kept: &Mutex<CappedLog>) -> MutexGuard<'_, CappedLog> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
