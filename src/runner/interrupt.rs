//! Signals that ask the guard to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::{Error, Result};

/// Whether somebody wants the guard to stop. A suite has a process group of its own, so a terminal's Ctrl-C reaches the guard alone.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on SIGINT, SIGTERM and SIGHUP raise this instead of ending the process.
    ///
    /// # Errors
    /// The system refuses.
    pub fn catch() -> Result<Self> {
        let flag = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag.0))
                .map_err(|e| Error::from(e).context("could not listen for signals"))?;
        }
        Ok(flag)
    }

    /// Whether one came.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error where one came.
    ///
    /// # Errors
    /// One came.
    pub fn check(&self) -> Result<()> {
        if self.is_raised() { Err(Error::new("interrupted: nothing was recorded")) } else { Ok(()) }
    }

    #[cfg(test)]
    pub(crate) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
