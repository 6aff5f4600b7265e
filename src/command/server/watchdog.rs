//! What judging one push may cost a server: time, by a thread that ends the process where the deadline is not kept, and memory, by a
//! limit of the operating system's. Neither can turn an answer into another: an answer that is there is given, and past the
//! deadline there is none.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::context::DEADLINE;
use crate::error::{Error, Result};
use crate::git::Deadline;
use crate::output::Done;

/// After the deadline, for what is being done to end in good order.
const GRACE: Duration = Duration::from_millis(250);

/// For the last sentence to reach whoever may not be reading.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// For an answer, at the least.
const READING: Duration = Duration::from_secs(1);

/// Bytes that the process may have for its own. What it maps of packs comes on top, and is bounded where libgit2 is set up.
pub const MEMORY: u64 = 384 << 20;

/// Keeps the time until it is dropped.
pub struct Watchdog(Arc<Shared>);

struct Shared {
    deadline: Deadline,
    began: Instant,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Watching,
    /// There is an answer, and it is being given.
    Answering,
    /// The answer was given, or nobody wants one.
    Done,
    /// The time is over, and there will be no answer.
    Ended,
}

impl Watchdog {
    /// From now on there is a deadline, the default one until `allow` says another. `words` says that it has passed.
    ///
    /// # Errors
    /// The operating system gives no thread, or sets no limit.
    pub fn start(words: impl FnOnce(&Error) + Send + 'static) -> Result<Self> {
        limit_memory()?;
        crate::git::bound()?;
        let deadline = Deadline::default();
        deadline.set(DEADLINE);
        let shared =
            Arc::new(Shared { deadline, began: Instant::now(), state: Mutex::new(State::Watching), changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let watch = move || {
            if let Some(error) = theirs.watch() {
                end(move || words(&error));
            }
        };
        // A sentence takes little, and address space may be scarce.
        thread::Builder::new().name("watchdog".to_owned()).stack_size(256 << 10).spawn(watch).map_err(|error| {
            Error::new(format!("there is nothing to keep the time with: {error}"))
                .help("raise the server's limit of processes (ulimit -u)")
        })?;
        Ok(Self(shared))
    }

    /// What whoever works asks.
    pub fn deadline(&self) -> Deadline {
        self.0.deadline.clone()
    }

    /// How long there is, as the administrator says.
    pub fn allow(&self, after: Duration) {
        let state = self.0.state();
        self.0.deadline.set(after);
        drop(state);
        self.0.changed.notify_all();
    }
}

impl Watchdog {
    /// Gives the answer. Whoever doesn't read it must not keep everybody else waiting, nor an accepted push until it suits them: past two
    /// and a half times the deadline by the clock, the process ends as undecided.
    pub fn answer(self, give: impl FnOnce()) {
        self.0.enter(State::Answering);
        give();
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0.enter(State::Done);
    }
}

impl Shared {
    /// There is an answer, or the error; where the process is ending it never comes back from here.
    fn enter(&self, next: State) {
        let mut state = self.state();
        if *state == State::Ended {
            drop(state);
            loop {
                thread::park();
            }
        }
        *state = next;
        drop(state);
        self.changed.notify_all();
    }

    /// Returns when an answer was given; an error: when there must not be one any more.
    fn watch(&self) -> Option<Error> {
        let mut state = self.state();
        while *state == State::Watching {
            let left = self.left();
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.deadline.pass();
        let watching = |state: &mut State| *state == State::Watching;
        state = self.changed.wait_timeout_while(state, GRACE, watching).unwrap_or_else(PoisonError::into_inner).0;
        if *state == State::Watching {
            *state = State::Ended;
            return Some(self.deadline.error());
        }
        let (left, answering) = (self.left_to_read(), |state: &mut State| *state == State::Answering);
        state = self.changed.wait_timeout_while(state, left, answering).unwrap_or_else(PoisonError::into_inner).0;
        if *state == State::Answering {
            // Nothing can be told to whoever doesn't read.
            signal_hook::low_level::exit(i32::from(Done::UNDECIDED));
        }
        None
    }

    fn left_to_read(&self) -> Duration {
        (self.deadline.after().saturating_mul(5) / 2).saturating_sub(self.began.elapsed()).max(READING)
    }

    /// Until there is nothing left: of processor time, since by the clock a busy server would refuse what an idle one takes; and of
    /// the clock, of which there is more, since what hangs takes no processor time. The default's end lies at nine seconds.
    fn left(&self) -> Duration {
        let after = self.deadline.after();
        let by_the_clock = after.saturating_mul(9) / 4;
        after.saturating_sub(used()).min(by_the_clock.saturating_sub(self.began.elapsed()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Processor time of this process so far.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Says the last words, heard or not, and ends the process as undecided; nothing that another thread does comes in between.
fn end(words: impl FnOnce() + Send + 'static) -> ! {
    let (said, heard) = mpsc::channel();
    let speak = move || {
        words();
        drop(said);
    };
    if thread::Builder::new().spawn(speak).is_ok() {
        // Nothing is ever sent: the other end goes away once the words are out.
        let never: std::result::Result<Infallible, _> = heard.recv_timeout(LAST_WORDS);
        debug_assert!(never.is_err());
    }
    signal_hook::low_level::exit(i32::from(Done::UNDECIDED))
}

/// No more than `MEMORY`, whatever is pushed: a pack of kilobytes can unpack to more than there is. libgit2 then says that it lacks
/// memory; where Rust does, the process ends, as undecided, too.
fn limit_memory() -> Result<()> {
    let now = getrlimit(Resource::Data);
    let most = now.current.map_or(MEMORY, |there| there.min(MEMORY));
    setrlimit(Resource::Data, Rlimit { current: Some(most), maximum: now.maximum })
        .map_err(std::io::Error::from)
        .and_then(|()| {
            let always = Arc::new(AtomicBool::new(true));
            let undecided = i32::from(Done::UNDECIDED);
            signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGABRT, undecided, always).map(drop)
        })
        .map_err(|error| Error::from(error).context("could not limit this process's memory"))
}
