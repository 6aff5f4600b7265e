//! Waiting while others write: bounded by time, and no two processes wait equally long.
//!
//! A number of tries is no bound that holds: of so many writers who begin at once, the last needs as many tries as there are others.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What is left of it.
pub struct Patience {
    start: Instant,
    most: Duration,
    /// The longest that the next wait may be.
    next: Duration,
    /// The longest that any wait may be.
    cap: Duration,
}

impl Patience {
    /// For a ref of this repository, which others hold for a moment.
    pub fn here(most: Duration) -> Self {
        Self::new(most, Duration::from_millis(8), Duration::from_millis(250))
    }

    /// For a ref of another, to which each push takes its time.
    pub fn there(most: Duration) -> Self {
        Self::new(most, Duration::from_millis(100), Duration::from_secs(3))
    }

    fn new(most: Duration, next: Duration, cap: Duration) -> Self {
        Self { start: Instant::now(), most, next, cap }
    }

    /// Waits for a while, each time for longer; false: for so long, that it is over.
    pub fn wait(&mut self) -> bool {
        let left = self.most.saturating_sub(self.start.elapsed());
        if left.is_zero() {
            return false;
        }
        sleep(jittered(self.next, RandomState::new().hash_one(0_u8)).min(left));
        self.next = self.next.saturating_mul(2).min(self.cap);
        true
    }
}

/// Some part of `most`, but no less than a tenth: of those who met once, hardly two meet again.
fn jittered(most: Duration, random: u64) -> Duration {
    let parts = u32::try_from(random % 91).unwrap_or(0).saturating_add(10);
    most.saturating_mul(parts) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_some_part_of_the_most() {
        let most = Duration::from_secs(1);
        let all: Vec<Duration> = (0..1000).map(|random| jittered(most, random * 7919)).collect();
        assert_eq!(all.iter().min(), Some(&Duration::from_millis(100)));
        assert_eq!(all.iter().max(), Some(&most));
    }

    #[test]
    fn it_ends() {
        let mut patience = Patience::here(Duration::from_millis(60));
        let start = Instant::now();
        let mut waits = 0;
        while patience.wait() {
            waits += 1;
        }
        assert!(waits > 1, "{waits}");
        assert!(start.elapsed() >= Duration::from_millis(60) && start.elapsed() < Duration::from_secs(5));
    }
}
