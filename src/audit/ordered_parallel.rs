//! Many threads over one list, results in the list's order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use crate::error::{Error, Result};

/// Items that one thread takes at once: neighbours, which share what they read.
const CHUNK: usize = 128;
/// Finished chunks that wait to be taken.
const WAITING: usize = 16;
/// More threads than that only wait for each other.
const MOST: usize = 16;

/// Works on `items` things. `open`: what a thread needs; `work`: what becomes of some of them; `take`: gets it, in order.
///
/// # Errors
/// As `open`.
pub(super) fn over<W, T: Send>(
    items: usize,
    open: impl Fn() -> Result<W> + Sync,
    work: impl Fn(&mut W, Range<usize>) -> Vec<T> + Sync,
    take: impl FnMut(Vec<T>),
) -> Result<()> {
    let chunks = items.div_ceil(CHUNK);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST).min(chunks);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Result<(usize, Vec<T>)>>(WAITING);
        for _ in 0..threads {
            let (send, open, work, next) = (send.clone(), &open, &work, &next);
            scope.spawn(move || {
                let mut worker = match open() {
                    Ok(worker) => worker,
                    // Nobody listens any more where another thread failed first.
                    Err(error) => return drop(send.send(Err(error))),
                };
                loop {
                    let chunk = next.fetch_add(1, Ordering::Relaxed);
                    let start = chunk.saturating_mul(CHUNK);
                    if start >= items {
                        break;
                    }
                    let done = work(&mut worker, start..items.min(start.saturating_add(CHUNK)));
                    if send.send(Ok((chunk, done))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        // A thread that panicked makes the scope panic; this is for whoever changes that.
        if in_order(receive, take)? == chunks { Ok(()) } else { Err(Error::new("some commits were not looked at")) }
    })
}

/// Hands each chunk on once all before it have come; how many it has handed on.
fn in_order<T>(receive: Receiver<Result<(usize, T)>>, mut take: impl FnMut(T)) -> Result<usize> {
    let (mut early, mut awaited) = (BTreeMap::new(), 0);
    for done in receive {
        let (chunk, done) = done?;
        early.insert(chunk, done);
        while let Some(done) = early.remove(&awaited) {
            take(done);
            awaited += 1;
        }
    }
    Ok(awaited)
}

#[cfg(test)]
mod tests {
    use crate::audit::ordered_parallel::*;

    #[test]
    fn everything_comes_once_and_in_order() {
        for items in [0, 1, CHUNK, 10 * CHUNK + 1] {
            let mut all = Vec::new();
            over(items, || Ok(()), |(), range| range.collect(), |done| all.extend(done)).unwrap();
            assert!(all.iter().copied().eq(0..items), "{items}");
        }
    }

    #[test]
    fn where_no_thread_can_begin_there_is_no_answer() {
        let error = over(1000, || Err::<(), _>(Error::new("no")), |(), range| range.collect(), |_: Vec<usize>| {}).unwrap_err();
        assert_eq!(error.message, "no");
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_not_lost() {
        drop(over(1000, || Ok(()), |(), _| panic!("in a thread"), |_: Vec<usize>| {}));
    }
}
