//! `guard attest`: a signed record of a suite that was run elsewhere, as by a CI that runs it as another user.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::test::{declared, show, subject};
use crate::command::halt_resume;
use crate::command::halt_resume::Failure;
use crate::command::invocation::Invocation;
use crate::command::signing;
use crate::command::signing::{Signing, SigningArgs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evidence::record::{Outcome, Record};
use crate::evidence::{self, FilesOf};
use crate::gather::trusted_policy::PolicyLookup;
use crate::gather::{Gatherer, Side};
use crate::model::Oid;
use crate::output::Done;
use crate::policy::{Policy, Suite};
use crate::report::text::{BAD, GOOD};
use crate::runner::{self, Report};
use crate::text::escape;
use crate::text::hex;

/// A larger log isn't read: no reader would look through it, and whoever signs would wait.
const MAX_LOG: u64 = 1 << 30;

const AFTER_HELP: &str = "\
The record is signed always: unsigned, it would say nothing. The key must be in the
trusted policy; a record counts as `attested` where it is a runner's. Exit status 1
where the run failed, which is recorded, too.

Examples:
  guard attest integration --rev HEAD --junit report.xml --log run.log --sign KEY --push origin
  guard attest smoke --rev HEAD --log run.log --exit-status 0 --sign";

/// `guard attest`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct AttestArgs {
    /// The suite that was run
    #[arg(value_name = "SUITE")]
    pub suite: String,
    /// The revision whose tree it was run on
    #[arg(long, value_name = "REV")]
    pub rev: String,
    /// The JUnit file that it wrote
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// What it printed
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,
    /// The exit status that it had; without a JUnit file it must be said
    #[arg(long, value_name = "N")]
    pub exit_status: Option<i32>,
    /// It was run with the base's files of the suite in place of the tree's
    #[arg(long)]
    pub base_suite: bool,
    /// Who signs, and where the record goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Records what a run elsewhere has come to. Status 1: it failed, or passed with fewer tests than it must.
///
/// # Errors
/// No trusted policy, or a suite that it doesn't declare; a key that it doesn't have; files that can't be read; a record that can't be
/// written or pushed.
pub fn run(context: &Context, args: &AttestArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let repo = &invocation.repo;
    let (tree, commit) = subject(repo, Some(&args.rev))?;
    let PolicyLookup::Trusted(policy) = invocation.find_policy(&[tree], None)? else {
        return Err(Error::new("there is no trusted policy, so nothing can be attested").help("land policy.toml on the base first"));
    };
    let [suite] = declared(&policy, std::slice::from_ref(&args.suite))?[..] else {
        return Err(Error::new("one suite is attested at a time"));
    };
    let sealing = Signing::new(repo, &policy, args.signing.sign.as_deref())?;
    let gatherer = Gatherer::new(repo, &policy, false, invocation.inputs(Side::Client))?;
    let verification = gatherer.verification(tree, gatherer.base_tree_of(commit)?, &[]);
    let of = if args.base_suite { FilesOf::Base } else { FilesOf::Tree };
    let files = if suite.files.is_empty() { None } else { Some(verification.files(suite, of)?) };
    let told = ReportedRun::read(args, suite)?;
    let mut record = told.record(&policy, suite, (tree, gatherer.root_to_write(commit)?), files);
    let missing = evidence::settle(&mut record, suite);
    let half = !args.base_suite && verification.changed(suite)?;
    signing::keep(repo, tree, &mut record, Some(&sealing))?;
    let because = missing.map(|why| why.phrase());
    let out = if context.common.format.is_json() {
        let run = show::one(&suite.name.value, of, because.as_deref(), Some(&record), Some(&sealing.writer));
        show::document(tree, &policy.source, vec![run])
    } else if context.common.quiet && because.is_none() {
        String::new()
    } else {
        text(&record, of, because.as_deref(), &sealing.writer, half)
    };
    let done = Done { status: u8::from(because.is_some()), out, err: String::new() };
    let failure = because.map(|because| Failure { suite: suite.name.value.clone(), because });
    let after = halt_resume::after(&gatherer, Some(&sealing), tree, failure.as_slice())?;
    let done = after.told(done, context.common.format);
    let done = signing::push(repo, &args.signing, Some(&sealing), done, context.common.format);
    after.acted(&invocation, &gatherer, args.signing.push.as_deref(), done)
}

/// For people. `half`: the suite's own files are changed, and this is the run with the tree's.
fn text(record: &Record, of: FilesOf, because: Option<&str>, writer: &str, half: bool) -> String {
    let with = match of {
        FilesOf::Tree => "",
        FilesOf::Base => " with the base's files",
    };
    let result = because.map_or_else(|| format!("{GOOD}passed{GOOD:#}"), |why| format!("{BAD}does not count{BAD:#}: {why}"));
    let (name, writer) = (escape(record.suite.as_bytes()), escape(writer.as_bytes()));
    let mut out = format!("{name}{with}: {result} on tree {}, recorded and signed as `{writer}`\n", record.tree.short());
    if half {
        out.push_str("help: the suite's own files are changed: attest a run with the base's, too, by `--base-suite`\n");
    }
    out
}

/// What whoever ran the suite tells of it.
struct ReportedRun {
    exit_status: i32,
    report: Option<Report>,
    log: String,
    log_size: u64,
}

impl ReportedRun {
    fn read(args: &AttestArgs, suite: &Suite) -> Result<Self> {
        let report = match (&args.junit, &suite.junit) {
            (Some(path), _) => Some(runner::report(path).map_err(Error::new)?),
            (None, Some(_)) => {
                return Err(Error::new("the suite has a `junit`, and none is given: its tests would not be counted")
                    .help("name the file that the suite wrote: --junit FILE"));
            }
            (None, None) => None,
        };
        let exit_status = match (args.exit_status, &report) {
            (Some(status), _) => status,
            (None, Some(report)) => i32::from(report.failure().is_some()),
            (None, None) => {
                return Err(Error::new("without a JUnit file, nobody can tell how the run ended")
                    .help("say the exit status that the suite had: --exit-status N"));
            }
        };
        let (log, log_size) = digest(&args.log)?;
        Ok(Self { exit_status, report, log, log_size })
    }

    /// Of a tree in a repository (its root commit), with the digest of the suite's own files.
    #[expect(clippy::disallowed_methods, reason = "what is attested now says when")]
    fn record(self, policy: &Policy, suite: &Suite, (tree, repository): (Oid, Oid), files: Option<String>) -> Record {
        let counts = self.report.as_ref().map(|report| report.counts);
        let failure = self.report.as_ref().and_then(Report::failure);
        let failure = failure.or_else(|| (self.exit_status != 0).then(|| format!("exit status {}", self.exit_status)));
        let report = self.report.unwrap_or_default();
        let end = Timestamp::now();
        let start = report.took.and_then(|took| end.checked_sub(SignedDuration::try_from(took).ok()?).ok()).unwrap_or(end);
        Record {
            tree,
            suite: suite.name.value.clone(),
            result: if failure.is_some() { Outcome::Failed } else { Outcome::Passed },
            definition: evidence::digest(suite),
            files,
            policy: policy.source.blob,
            command: suite.run.clone(),
            exit_status: Some(self.exit_status),
            failure,
            start,
            end,
            seconds: end.duration_since(start).as_secs_f64(),
            counts,
            log: self.log,
            log_size: self.log_size,
            environment: Vec::new(),
            sandbox: None,
            runner: None,
            specialist: None,
            repository,
            passed: report.passed,
            failed: report.failed,
        }
    }
}

/// SHA-256, in hexadecimal, and size in bytes.
fn digest(path: &Path) -> Result<(String, u64)> {
    let shown = escape(path.as_os_str().as_encoded_bytes());
    let failed = |e: std::io::Error| Error::from(e).context(format!("could not read the log `{shown}`"));
    let mut file = runner::regular::open(path, MAX_LOG)
        .map_err(|e| failed(e).help("name the regular file into which the suite's output was written: --log FILE"))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0_u64, vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        size += read as u64;
    }
    Ok((hex(&hash.finalize()), size))
}
