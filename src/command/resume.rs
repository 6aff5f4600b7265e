//! `guard resume`: work goes on, by an owner's word, once the base's tip is proven.

use clap::Args;
use serde_json::json;

use super::last_good::{base, effective_policy};
use crate::command::halt_resume::{heard, reason, say, word};
use crate::command::invocation::Invocation;
use crate::command::signing::{Signing, SigningArgs};
use crate::context::Context;
use crate::error::Result;
use crate::evidence::halt::{HaltKind, HaltStatement, Halted};
use crate::gather::Side;
use crate::git::{notes, refspecs};
use crate::output::Done;
use crate::policy::Level;
use crate::report::json;
use crate::report::text::{BAD, GOOD, NEXT};
use crate::rules::known_good;
use crate::text::escape;
use crate::text::shell_quote;

const AFTER_HELP: &str = "\
An owner's, and signed. It demands proof of every suite of `[halt] on-failure` on the
base's tip; exit status 1 where that is missing.

Examples:
  guard resume --push origin
  guard resume --force --reason 'the runner is down, tested by hand' --push origin";

/// `guard resume`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ResumeArgs {
    /// Resume without proof; it stays on record
    #[arg(long, requires = "reason")]
    pub force: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who signs, and where the resume goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Writes the resume, and pushes it where that is asked. Status 1: the base's tip is not proven.
///
/// # Errors
/// There is no trusted policy or base; the key is no owner's; it can't be signed, written or pushed.
pub fn run(context: &Context, args: &ResumeArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let effective = effective_policy(&invocation)?;
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let (name, tip) = base(&invocation, &gatherer)?;
    let sealing = Signing::owners(&invocation.repo, &effective.policy, args.signing.sign.as_deref())?;
    let standing = gatherer.to_lift()?;
    let Some(halted) = standing.first().cloned() else {
        return Ok(nothing(context, &name));
    };
    let suites = known_good::suites(&effective.policy);
    let proofs = gatherer.proven(&invocation.repo.commit(tip)?)?;
    let missing = known_good::missing(&effective.policy, &suites, &proofs);
    if !args.force && (suites.is_empty() || !missing.is_empty()) {
        return Ok(refused(context, &name, &tip.to_string(), known_good::least(&effective.policy), &missing));
    }
    let reason = match &args.reason {
        Some(text) => reason(text)?,
        None => format!("proven on the tip of the base, {}", tip.short()),
    };
    let proven = suites.iter().filter(|suite| !missing.iter().any(|(name, _)| name == *suite)).map(|suite| (*suite).to_owned());
    let forced = args.force && (suites.is_empty() || !missing.is_empty());
    let lifts = standing.iter().map(|halt| halt.digest.clone()).collect();
    let said = HaltStatement { forced, lifts, ..word(&gatherer, HaltKind::Resume, reason.clone(), tip, proven.collect())? };
    let before = notes::standing(&invocation.repo, &sealing.writer)?;
    say(&invocation.repo, &sealing, &sealing.writer, &said)?;
    if let Some(remote) = &args.signing.push {
        // What the remote didn't take was not said: here it would lift a halt that stands there, and there it would be in the way of the
        // next word.
        heard(&invocation.repo, remote, &sealing.writer, before, false)
            .map_err(|e| e.context("not resumed, neither here nor there"))?;
    }
    let pushed = args.signing.push.as_deref();
    Ok(Done::printed(if context.common.format.is_json() {
        json::document(
            &json!({ "version": 1, "halted": true, "resumed": true, "forced": forced, "reason": reason, "pushed": pushed }),
        )
    } else {
        resumed(&halted, &reason, forced) + &whither(pushed, &sealing.writer)
    }))
}

/// What happened, for people.
fn resumed(halted: &Halted, reason: &str, forced: bool) -> String {
    let how = if forced { format!("{BAD}resumed without proof{BAD:#}") } else { format!("{GOOD}resumed{GOOD:#}") };
    let was = format!("it was halted by {} since {:.0}: {}\n", halted.by, halted.since, escape(halted.reason.as_bytes()));
    format!("guard: {how}: {}\n{was}", escape(reason.as_bytes()))
}

/// Which remote has it, or how one gets it from the writer's notes.
fn whither(pushed: Option<&str>, writer: &str) -> String {
    match pushed {
        Some(remote) => format!("pushed to {}\n", escape(remote.as_bytes())),
        None => format!("{NEXT}next{NEXT:#}: git push origin {0}{1}:{0}{1}\n", notes::PREFIX, writer),
    }
}

fn nothing(context: &Context, base: &str) -> Done {
    Done::printed(if context.common.format.is_json() {
        json::document(&json!({ "version": 1, "halted": false, "resumed": false }))
    } else {
        format!("guard: nothing to resume: the project is not halted, as far as this side knows\n{}", hear(base))
    })
}

/// How a clone hears of halts.
fn hear(base: &str) -> String {
    let remote = base.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')).map(|(remote, _)| remote);
    remote.map_or_else(String::new, |remote| {
        let evidence = shell_quote(refspecs::fetch(remote).as_bytes());
        format!("{NEXT}next{NEXT:#}: git fetch {} {evidence}\n", shell_quote(remote.as_bytes()))
    })
}

fn refused(context: &Context, base: &str, tip: &str, least: Level, missing: &[(&str, Level)]) -> Done {
    let names: Vec<String> = missing.iter().map(|(suite, _)| (*suite).to_owned()).collect();
    if context.common.format.is_json() {
        let document = json!({ "version": 1, "halted": true, "resumed": false, "missing": names });
        return Done { status: 1, out: json::document(&document), err: String::new() };
    }
    let base = escape(base.as_bytes());
    let mut out = format!("guard: {BAD}not resumed{BAD:#}: the tip of `{base}` is not proven\n");
    for (suite, found) in missing {
        out.push_str(&format!("  {}: needs {least}, found {found}\n", escape(suite.as_bytes())));
    }
    if missing.is_empty() {
        out.push_str("  the policy demands no suite, so nothing can be proven\n");
    } else {
        let quoted: Vec<String> = names.iter().map(|name| shell_quote(name.as_bytes())).collect();
        out.push_str(&format!(
            "help: have a runner prove it on that commit, and fetch the record\n{NEXT}next{NEXT:#}: guard test "
        ));
        out.push_str(&format!("{} --rev {tip} --sign --push origin\n", quoted.join(" ")));
    }
    out.push_str("an owner may force it: guard resume --force --reason TEXT; that stays on record\n");
    Done { status: 1, out, err: String::new() }
}
