//! `guard.deadline`: how long a server may take over one push.

use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::error::{Error, Result};

/// Asked before anything is read. Measured in processor time: by the clock, a busy machine would refuse what an idle one takes.
#[derive(Debug, Default)]
pub struct Deadline(Cell<Option<Duration>>);

impl Deadline {
    /// From now on there is one, counted from the start of the process.
    pub fn set(&self, after: Duration) {
        self.0.set(Some(after));
    }

    /// # Errors
    /// It has passed.
    pub fn check(&self) -> Result<()> {
        let Some(after) = self.0.get().filter(|after| used() > *after) else { return Ok(()) };
        let seconds = after.as_secs();
        Err(Error::new(format!("judging takes more than {seconds}s of processor time (`guard.deadline`)"))
            .help(format!("push less at a time; on the server: git config guard.deadline {}s", seconds.saturating_mul(10).max(1))))
    }
}

/// Processor time of this process so far.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
