//! Prints what evidence costs: looking a tree up among many records, in process and as whole commands, and verifying one signature, beside
//! `ssh-keygen -Y verify` in the same run. Bars: 5 ms and 1 ms.
//!
//! `cargo bench --locked --bench evidence [-- RECORDS]` (default: 100,000). The median of 5 rounds; "cpu" is this process's processor time,
//! which other work on the machine doesn't change much.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement, started by hand: what fails ends it"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use guard::git::{Repo, notes};
use guard::identity::signature::{EVIDENCE, verify};
use guard::model::Oid;
use rustix::time::{ClockId, clock_gettime};

const GUARD: &str = env!("CARGO_BIN_EXE_guard");
const ROUNDS: usize = 5;

fn main() {
    let records = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    let scratch = tempfile::tempdir().unwrap();
    println!("look-up among {records} records of one writer, each some 1,000 bytes");
    let none = Server::new(scratch.path(), "none", 0, "");
    none.commands("no records");
    for (name, fan_out) in [("git's fan-out (ab/cd/ef…)", "//"), ("the guard's (ab/cdef…)", "/")] {
        let server = Server::new(scratch.path(), &format!("notes{}", fan_out.len()), records, fan_out);
        server.look_ups(name);
        server.commands(name);
    }
    let server = Server::new(scratch.path(), "refs", records, "/");
    server.branches(10_000);
    server.look_ups("the same, with 10,000 branches");
    println!("one signature");
    signatures(scratch.path());
}

/// A bare repository with a policy, a branch, and a writer's notes.
struct Server {
    path: PathBuf,
    /// Objects that have a record.
    known: Vec<Oid>,
}

impl Server {
    fn new(scratch: &Path, name: &str, records: u32, fan_out: &str) -> Self {
        let path = scratch.join(name);
        git(scratch, &["init", "-q", "--bare", "-b", "main", name], "");
        let policy = "version = 1\nbase = \"main\"\n[specialist.\"*\"]\n[area.all]\npaths = [\"**/src/\"]\nrequires = [\"all\"]\n\
                      [suite.all]\nrun = \"true\"\n[evidence]\nbranch = \"none\"\nland = \"claimed\"\n";
        let mut all = format!(
            "commit refs/heads/main\ncommitter Bench <bench@example.org> 1700000000 +0000\ndata 5\nbench\
             M 100644 inline policy.toml\ndata {}\n{policy}\n\
             commit refs/heads/work\ncommitter Bench <bench@example.org> 1700000000 +0000\ndata 4\nwork\
             from refs/heads/main\nM 100644 inline src/a\ndata 2\na\n\n",
            policy.len()
        );
        let mut known = Vec::new();
        if records > 0 {
            all.push_str("commit refs/notes/guard/ci\ncommitter Bench <bench@example.org> 1700000000 +0000\ndata 5\nnotes");
        }
        for n in 0..records {
            let hex = format!("{:08x}{:032x}", n.wrapping_mul(2_654_435_761), n + 1);
            let path = match fan_out {
                "//" => format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]),
                _ => format!("{}/{}", &hex[..2], &hex[2..]),
            };
            let line = format!("{{\"payload\":\"{}\"}}\n", hex.repeat(25));
            write!(all, "M 100644 inline {path}\ndata {}\n{line}\n", line.len()).unwrap();
            if n % 997 == 0 {
                known.push(Oid::from_hex(&hex).unwrap());
            }
        }
        git(&path, &["fast-import", "--quiet"], &all);
        Self { path, known }
    }

    fn branches(&self, count: u32) {
        let tip = git(&self.path, &["rev-parse", "main"], "");
        let all: String = (0..count).map(|n| format!("create refs/heads/branch-{n} {}\n", tip.trim())).collect();
        git(&self.path, &["update-ref", "--stdin"], &all);
        git(&self.path, &["pack-refs", "--all"], "");
    }

    fn look_ups(&self, name: &str) {
        let repo = self.open();
        let found = |repo: &Repo, on: Oid| notes::lines(repo, on, &[]).unwrap().len();
        let first = timed(ROUNDS, || assert_eq!(found(&self.open(), self.known[7]), 1));
        show(&format!("{name}: the first in a process"), first);
        let mut all = self.known.iter().cycle();
        let next = timed(100, || assert_eq!(found(&repo, *all.next().unwrap()), 1));
        show(&format!("{name}: one that is there"), next);
        let absent = Oid::from_bytes(&[7; 20]).unwrap();
        show(&format!("{name}: one that is not"), timed(100, || assert_eq!(found(&repo, absent), 0)));
    }

    /// As the guard opens a repository; what names it is the process's environment, which this started with.
    fn open(&self) -> Repo {
        std::env::set_current_dir(&self.path).unwrap();
        Repo::open(true).unwrap()
    }

    fn commands(&self, name: &str) {
        let of = |branch: &str| git(&self.path, &["rev-parse", branch], "").trim().to_owned();
        let update = format!("{} {} refs/heads/main\n", of("main"), of("work"));
        let time = |args: &[&str], input: &str, status: i32| {
            median((0..4 * ROUNDS).map(|_| {
                let start = Instant::now();
                assert_eq!(run(&self.path, GUARD, args, input).0, status);
                start.elapsed()
            }))
        };
        let (evidence, push) = (time(&["evidence", "work"], "", 0), time(&["hook", "pre-receive"], &update, 1));
        println!("  {:<58} {:8.2} ms", format!("{name}: `guard evidence`, whole process"), ms(evidence));
        println!("  {:<58} {:8.2} ms", format!("{name}: pre-receive, whole process"), ms(push));
    }
}

fn signatures(scratch: &Path) {
    const MESSAGE: &[u8] = b"DSSEv1 28 application/vnd.in-toto+json 2 {}";
    for (kind, bits) in
        [("ed25519", ""), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "2048"), ("rsa", "3072"), ("rsa", "4096")]
    {
        let name = format!("{kind} {bits}");
        let file = format!("key-{kind}{bits}");
        let bits = if bits.is_empty() { "256" } else { bits };
        run_ok(scratch, "ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", &file], b"");
        let armour = run_ok(scratch, "ssh-keygen", &["-q", "-Y", "sign", "-n", EVIDENCE, "-f", &file], MESSAGE);
        let public = std::fs::read_to_string(scratch.join(format!("{file}.pub"))).unwrap();
        std::fs::write(scratch.join("allowed"), format!("somebody {public}")).unwrap();
        std::fs::write(scratch.join("signature"), &armour).unwrap();
        show(&name, timed(100, || drop(black_box(verify(black_box(&armour), EVIDENCE, MESSAGE).unwrap()))));
        let words = ["-q", "-Y", "verify", "-f", "allowed", "-I", "somebody", "-n", EVIDENCE, "-s", "signature"];
        let theirs = median((0..4 * ROUNDS).map(|_| {
            let start = Instant::now();
            run_ok(scratch, "ssh-keygen", &words, MESSAGE);
            start.elapsed()
        }));
        println!("  {:<58} {:8.3} ms", "  ssh-keygen -Y verify", ms(theirs));
    }
}

/// Median of the rounds: what one call takes by the clock, and of processor time.
fn timed(calls: usize, mut call: impl FnMut()) -> (Duration, Duration) {
    let calls_of_a_round = u32::try_from(calls / ROUNDS).unwrap();
    let cpu = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
    };
    let rounds: Vec<(Duration, Duration)> = (0..ROUNDS)
        .map(|_| {
            let (clock, used) = (Instant::now(), cpu());
            (0..calls_of_a_round).for_each(|_| call());
            (clock.elapsed() / calls_of_a_round, (cpu() - used) / calls_of_a_round)
        })
        .collect();
    (median(rounds.iter().map(|round| round.0)), median(rounds.iter().map(|round| round.1)))
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn show(name: &str, (clock, cpu): (Duration, Duration)) {
    println!("  {name:<58} {:8.3} ms, cpu {:.3} ms", ms(clock), ms(cpu));
}

fn git(at: &Path, args: &[&str], input: &str) -> String {
    String::from_utf8(run_ok(at, "git", args, input.as_bytes())).unwrap()
}

fn run_ok(at: &Path, program: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let (status, out) = run(at, program, args, std::str::from_utf8(input).unwrap());
    assert_eq!(status, 0, "{program} {args:?}");
    out
}

fn run(at: &Path, program: &str, args: &[&str], input: &str) -> (i32, Vec<u8>) {
    let mut child = Command::new(program)
        .args(args)
        .current_dir(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), output.stdout)
}
