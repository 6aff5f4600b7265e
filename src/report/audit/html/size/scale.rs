//! From times and sizes to places.

use serde::Serialize;

use super::super::grouped;
use crate::report::audit::words;

/// Sizes that a linear axis still shows well.
const LINEAR: u64 = 60;
/// Intervals of the axis of time.
const INTERVALS: i64 = 3;

/// Where the panel's parts are, in its own units.
#[derive(Serialize)]
pub(super) struct Frame {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    pub const ALL: Self = Self { width: 560.0, height: 290.0, left: 62.0, right: 546.0, top: 22.0, bottom: 252.0 };
}

/// A place on an axis.
#[derive(Serialize)]
pub(super) struct Tick {
    at: f64,
    text: String,
}

pub(super) struct Scale {
    pub is_log: bool,
    pub first: i64,
    pub last: i64,
    most: u64,
}

impl Scale {
    pub fn new((first, last): (i64, i64), most: u64) -> Self {
        Self { is_log: most > LINEAR, first, last, most: most.max(1) }
    }

    /// A time's place; everything at one time stands in the middle.
    pub fn x(&self, time: i64) -> f64 {
        let Frame { left, right, .. } = Frame::ALL;
        let span = self.last.saturating_sub(self.first);
        let share = if span == 0 { 0.5 } else { time.saturating_sub(self.first) as f64 / span as f64 };
        tenth(left + 8.0 + share * (right - left - 16.0))
    }

    /// A size's place. 0 has one on a logarithmic axis, too: what is drawn is the logarithm of one more.
    pub fn y(&self, size: u64) -> f64 {
        let Frame { top, bottom, .. } = Frame::ALL;
        let drawn = |n: u64| if self.is_log { (n as f64).ln_1p() } else { n as f64 };
        tenth(bottom - drawn(size) / drawn(self.most) * (bottom - top))
    }

    pub fn sizes(&self) -> Vec<Tick> {
        let tick = |n: u64| Tick { at: self.y(n), text: grouped(n) };
        if self.is_log {
            let tens = std::iter::successors(Some(1_u64), |n| n.checked_mul(10)).take_while(|n| *n <= self.most);
            // 1 and 0 are as near to each other as 10 and 4.
            let mut all: Vec<u64> = std::iter::once(0).chain(tens.skip(1)).collect();
            // INVARIANT: 0 is in it.
            if all.last().is_some_and(|last| self.y(*last) - self.y(self.most) > 14.0) {
                all.push(self.most);
            }
            return all.into_iter().map(tick).collect();
        }
        let step = [1, 2, 5, 10, 20].into_iter().find(|step| self.most / step <= 6).unwrap_or(self.most);
        (0..=self.most / step).map(|n| tick(n * step)).collect()
    }

    pub fn times(&self) -> Vec<Tick> {
        let span = self.last.saturating_sub(self.first);
        let text = |time: i64| match span {
            0..600 => words::time(time).get(11..19).map_or_else(|| words::day(time), str::to_owned),
            600..172_800 => words::minute(time).get(5..).map_or_else(|| words::day(time), str::to_owned),
            _ => words::day(time),
        };
        if span < INTERVALS {
            return vec![Tick { at: self.x(self.first), text: words::minute(self.first) }];
        }
        let at = |n: i64| {
            self.first.saturating_add(i64::try_from(i128::from(span) * i128::from(n) / i128::from(INTERVALS)).unwrap_or(span))
        };
        (0..=INTERVALS).map(|n| Tick { at: self.x(at(n)), text: text(at(n)) }).collect()
    }
}

fn tenth(place: f64) -> f64 {
    (place * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_within_the_frame() {
        let Frame { left, right, top, bottom, .. } = Frame::ALL;
        for most in [0, 1, 7, 60, 61, 579_273, u64::MAX] {
            for ends in [(0, 0), (0, 1), (1_700_000_000, 1_800_000_000), (i64::MIN, i64::MAX)] {
                let scale = Scale::new(ends, most);
                for time in [ends.0, ends.1] {
                    assert!((left..=right).contains(&scale.x(time)), "{time} of {ends:?}");
                }
                for size in [0, most / 2, most] {
                    assert!((top..=bottom).contains(&scale.y(size)), "{size} of {most}");
                }
                let (sizes, times) = (scale.sizes(), scale.times());
                assert!((1..=21).contains(&sizes.len()) && (1..=4).contains(&times.len()));
                assert!(sizes.iter().all(|tick| (top..=bottom).contains(&tick.at)), "{most}");
                assert!(sizes.windows(2).all(|pair| pair[0].at > pair[1].at), "{most}");
            }
        }
    }
}
