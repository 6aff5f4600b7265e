//! What halting and resuming have in common: a signed word on the repository's root commit, and whoever is told of it.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use crate::command::invocation::Invocation;
use crate::command::rollback;
use crate::command::signing::Signing;
use crate::error::{Error, Result};
use crate::evidence::envelope;
use crate::evidence::halt::{HaltKind, HaltStatement, MAX_REASON};
use crate::gather::Gatherer;
use crate::git::{Repo, notes, wait_at_most};
use crate::model::Oid;
use crate::output::Done;
use crate::output::Format;
use crate::policy::{AutoRollback, NotifyFormat, Policy};
use crate::report::json;
use crate::text::escape;
use crate::text::within;

/// How long whoever is told may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A reason as it may stand in a record.
///
/// # Errors
/// It is empty, or too long.
pub fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_REASON {
        return Err(Error::new(format!("a reason has 1 to {MAX_REASON} bytes")).help("say why: it stands in every rejection"));
    }
    Ok(text.to_owned())
}

/// Signs a word and appends it to its speaker's notes on the root commit that it is about.
///
/// # Errors
/// It can't be signed or written.
pub fn say(repo: &Repo, sealing: &Signing, writer: &str, word: &HaltStatement) -> Result<()> {
    let payload = word.payload()?;
    let line = envelope::seal(&payload, &[sealing.seal(&payload)?]).map_err(|e| Error::new(format!("not written: {e}")))?;
    notes::append(repo, word.repository, writer, &line)
}

/// Whether a push was refused, there or by a hook here, and not merely impossible.
pub fn is_refusal(error: &Error) -> bool {
    let said = |words: &str| words.contains("[remote rejected]") || words.contains("guard: rejected");
    error.details.as_deref().is_some_and(said)
}

/// Pushes a word, and takes it back here where it isn't taken: `before` is what its speaker's notes held. `keeps`: one that wasn't refused is
/// kept for another push.
///
/// # Errors
/// Those of the push.
pub fn heard(repo: &Repo, remote: &str, writer: &str, before: Option<Oid>, keeps: bool) -> Result<()> {
    let pushed = notes::push(repo, remote, writer);
    if pushed.as_ref().is_err_and(|error| !keeps || is_refusal(error)) {
        notes::put_back(repo, writer, before)?;
    }
    pushed
}

/// A word about the repository and its base's tip, said now.
///
/// A resume names what it lifts, so it need not be later than a halt that somebody's clock dated ahead: nothing is dated by another's clock.
///
/// # Errors
/// The root commit isn't here.
#[expect(clippy::disallowed_methods, reason = "what is said now says when")]
pub fn word(g: &Gatherer<'_>, say: HaltKind, reason: String, tip: Oid, suites: Vec<String>) -> Result<HaltStatement> {
    let repository = g.root_to_write(tip)?;
    let created = Timestamp::now();
    Ok(HaltStatement {
        say,
        repository,
        reason,
        created,
        commit: Some(tip),
        suites,
        forced: false,
        lifts: Vec::new(),
        repair: Vec::new(),
    })
}

/// Runs `[halt] notify` with what happened on its standard input: the reason, or as JSON all that is known. What goes wrong is told, and
/// harmless: the words to add to the answer.
pub fn notify(policy: &Policy, halted: &News) -> String {
    let Some(command) = &policy.halt.notify else { return String::new() };
    let news = match policy.halt.notify_format.unwrap_or(NotifyFormat::Text) {
        NotifyFormat::Text => format!("{}\n", halted.reason),
        NotifyFormat::Json => json::document(&halted.document()),
    };
    match told(&command.value, &news) {
        Ok(()) => "notify: done\n".to_owned(),
        Err(why) => format!("notify: `{}` failed, and the halt stands: {why}\n", escape(command.value.as_bytes())),
    }
}

/// What whoever is to be told is told of a halt.
#[derive(Clone, Debug)]
pub struct News {
    /// Why.
    pub reason: String,
    /// Whose notes it stands in.
    pub writer: String,
    /// The short name of the branch that is broken, and its tip; by hand, the base's.
    pub at: (String, Oid),
    /// The suites that failed; by hand, none.
    pub suites: Vec<String>,
    /// Whose proven change may land.
    pub repair: Vec<String>,
    /// The way back that was made; `Null`: none was.
    pub rollback: Value,
    /// What a person has to do.
    pub next: Vec<String>,
}

impl News {
    fn document(&self) -> Value {
        json!({
            "version": 1, "event": "halt", "reason": self.reason, "writer": self.writer, "branch": self.at.0,
            "commit": self.at.1.to_string(), "suites": self.suites, "repair": self.repair, "rollback": self.rollback, "next": self.next,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "git's own variables are kept from another program, and their values are not read")]
fn told(command: &str, news: &str) -> std::result::Result<(), String> {
    let mut shell = Command::new("sh");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_")) {
        shell.env_remove(name);
    }
    let shell = shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = shell.process_group(0).spawn().map_err(|e| e.to_string())?;
    let group = Pid::from_child(&child);
    // Whoever doesn't read the reason isn't wrong for that.
    let sent = child.stdin.take().map(|mut stdin| stdin.write_all(news.as_bytes()));
    drop(sent);
    match wait_at_most(&mut child, PATIENCE).map_err(|e| e.to_string())? {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(status.to_string()),
        None => {
            // What it has started may hang as well; that nothing is left of it is no failure.
            let (Ok(()) | Err(_)) = kill_process_group(group, Signal::KILL);
            Err(format!("it took more than {} s", PATIENCE.as_secs()))
        }
    }
}

/// On which protected branches' tips the tree stands, so that a failure on it halts the project: the full name as this side knows it, the
/// short one, and the tip.
///
/// # Errors
/// A ref or a commit can't be read.
#[expect(clippy::disallowed_methods, reason = "names for a reason that people read")]
fn broken_tips(g: &Gatherer<'_>, tree: Oid) -> Result<Vec<(String, String, Oid)>> {
    let mut broken = Vec::new();
    for (name, tip) in g.protected()? {
        if g.repo().commit(tip)?.tree == tree {
            let full = String::from_utf8_lossy(&name).into_owned();
            let short = full.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned();
            broken.push((full, short, tip));
        }
    }
    Ok(broken)
}

/// A suite that failed, and why.
pub struct Failure {
    /// Its name.
    pub suite: String,
    /// As a phrase.
    pub because: String,
}

/// What a failure came to.
#[derive(Default)]
pub struct After {
    /// Lines to add to the answer.
    pub text: String,
    /// The halt that was made now: what follows it comes once it was pushed.
    pub halted: Option<Box<Halting>>,
}

/// A halt that a failure made.
pub struct Halting {
    news: News,
    /// The full name of the ref whose tip is broken, as this side knows it.
    broken: String,
}

impl After {
    /// The answer with what a failure came to; in JSON it is said on standard error, since the document is one of a run.
    pub fn told(&self, done: Done, format: Format) -> Done {
        if format.is_json() {
            Done { err: format!("{}{}", done.err, self.text), ..done }
        } else {
            Done { out: format!("{}{}", done.out, self.text), ..done }
        }
    }

    /// Makes the way back where the policy says so, and tells whoever is to be told of the halt, whether or not it could be pushed. `remote`: where
    /// the halt went.
    ///
    /// # Errors
    /// As the push.
    pub fn acted(self, invocation: &Invocation<'_>, g: &Gatherer<'_>, remote: Option<&str>, done: Result<Done>) -> Result<Done> {
        let Some(halting) = self.halted else { return done };
        let Halting { mut news, broken } = *halting;
        let policy = g.policy();
        let mut said = String::new();
        if let Some(wanted) = policy.halt.rollback.filter(|wanted| *wanted > AutoRollback::No) {
            let remote = remote.filter(|_| done.is_ok());
            let back = rollback::automatic(invocation, g, (broken, news.at.1), (wanted, remote));
            said.push_str(&back.text);
            (news.rollback, news.next) = (back.document, back.next);
        }
        news.next.push("guard resume --sign".to_owned());
        said.push_str(&notify(policy, &news));
        done.map(|done| Done { err: format!("{}{said}", done.err), ..done })
    }
}

/// Halts where a suite of `[halt] on-failure` failed on a protected branch's tip: by the runner or owner who signs the record. Where nobody
/// signs, or somebody who may not halt, that is said.
///
/// # Errors
/// The refs or notes can't be read, or the halt can't be written.
pub fn after(g: &Gatherer<'_>, sealing: Option<&Signing>, tree: Oid, failures: &[Failure]) -> Result<After> {
    let halting = |failure: &&Failure| g.policy().halt.on_failure.iter().any(|suite| suite.value == failure.suite);
    let failures: Vec<&Failure> = failures.iter().filter(halting).collect();
    let Some(first) = failures.first() else { return Ok(After::default()) };
    let broken = broken_tips(g, tree)?;
    let Some((full, branch, tip)) = broken.into_iter().next() else { return Ok(After::default()) };
    if let Some(halted) = g.halted()? {
        let text = format!("the project is halted already, by {} since {:.0}\n", halted.by, halted.since);
        return Ok(After { text, halted: None });
    }
    let reason = format!("suite `{}` failed on the tip of `{branch}` ({}): {}", first.suite, tip.short(), first.because);
    let reason = within(&reason, MAX_REASON);
    let Some((sealing, writer)) = sealing.and_then(|sealing| Some((sealing, sealing.halting(g.policy())?))) else {
        let text = format!(
            "{}: that halts the project, but a halt is a runner's or an owner's, and signed\n\
             next: guard halt --reason {} --sign\n",
            escape(reason.as_bytes()),
            crate::text::shell_quote(reason.as_bytes())
        );
        return Ok(After { text, halted: None });
    };
    let suites: Vec<String> = failures.iter().map(|failure| failure.suite.clone()).collect();
    let repair: Vec<String> = g.policy().halt.repair.iter().map(|name| name.value.clone()).collect();
    let word = word(g, HaltKind::Halt, reason.clone(), tip, suites.clone())?;
    say(g.repo(), sealing, &writer, &HaltStatement { repair: repair.clone(), ..word })?;
    let text = format!("halted: {}\n", escape(reason.as_bytes()));
    let news = News { reason, writer, at: (branch, tip), suites, repair, rollback: Value::Null, next: Vec::new() };
    Ok(After { text, halted: Some(Box::new(Halting { news, broken: full })) })
}
