//! `guard halt`: nothing lands any more, by an owner's or a runner's word.

use clap::Args;
use serde_json::{Value, json};

use super::last_good::{base, effective_policy};
use crate::command::halt_resume::{News, heard, is_refusal, notify, reason, say, word};
use crate::command::invocation::Invocation;
use crate::command::signing::{Signing, SigningArgs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evidence::halt::{HaltKind, HaltStatement};
use crate::gather::Side;
use crate::git::notes;
use crate::output::Done;
use crate::policy;
use crate::report::json;
use crate::report::text::{BAD, NEXT};
use crate::text::escape;

const AFTER_HELP: &str = "\
A halt is signed by an owner or a runner of the trusted policy, and carried like
evidence. `guard test` and `guard attest` halt by themselves where a suite of
`[halt] on-failure` fails on a protected branch's tip. `notify` is run, too.

Examples:
  guard halt --reason 'every request fails with 500' --push origin
  guard halt --reason 'key leaked' --sign ~/.ssh/id_ed25519 --push origin";

/// `guard halt`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct HaltArgs {
    /// Why: it stands in every rejection
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// A specialist whose proven change may land all the same; may be repeated
    #[arg(long, value_name = "SPECIALIST")]
    pub repair: Vec<String>,
    /// Who signs, and where the halt goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Writes the halt, pushes it where that is asked, and tells whoever `notify` tells.
///
/// # Errors
/// There is no trusted policy or base; the key is neither an owner's nor a runner's; it can't be signed, written or pushed.
pub fn run(context: &Context, args: &HaltArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let effective = effective_policy(&invocation)?;
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let (name, tip) = base(&invocation, &gatherer)?;
    let reason = reason(&args.reason)?;
    if let Some(unknown) = args.repair.iter().find(|name| effective.policy.specialist(name).is_none()) {
        return Err(Error::new(format!("no specialist `{}` in the policy", escape(unknown.as_bytes()))));
    }
    let sealing = Signing::new(&invocation.repo, &effective.policy, args.signing.sign.as_deref())?;
    let Some(writer) = sealing.halting(&effective.policy) else {
        return Err(Error::new("the key is neither an owner's nor a runner's, who alone halt")
            .help("its line must stand in [owners] keys, or in those of a [runner.NAME]"));
    };
    let before = notes::standing(&invocation.repo, &writer)?;
    let word = word(&gatherer, HaltKind::Halt, reason.clone(), tip, Vec::new())?;
    say(&invocation.repo, &sealing, &writer, &HaltStatement { repair: args.repair.clone(), ..word })?;
    let pushed = args.signing.push.as_ref().map(|remote| heard(&invocation.repo, remote, &writer, before, true));
    // Even where the remote can't be reached: who is to know is told.
    let news = News {
        reason: reason.clone(),
        writer: writer.clone(),
        at: (name.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned(), tip),
        suites: Vec::new(),
        repair: args.repair.clone(),
        rollback: Value::Null,
        next: vec!["guard resume --sign".to_owned()],
    };
    let told = notify(&effective.policy, &news);
    if let Some(Err(error)) = pushed {
        let what = if is_refusal(&error) { "not halted: it was refused" } else { "the project is halted here, but not there" };
        return Err(error.context(what));
    }
    Ok(Done::printed(if context.common.format.is_json() {
        let document = json!({
            "version": 1, "halted": true, "reason": reason, "writer": writer, "pushed": args.signing.push,
            "notify": policy_notify(&effective.policy), "notified": told.ends_with("done\n"),
        });
        json::document(&document)
    } else {
        let shown = escape(reason.as_bytes());
        let to = match &args.signing.push {
            Some(remote) => format!("pushed to {}\n", escape(remote.as_bytes())),
            None => format!("{NEXT}next{NEXT:#}: git push origin {0}{writer}:{0}{writer}\n", notes::PREFIX),
        };
        format!("guard: {BAD}halted{BAD:#}: {shown}\n{told}{to}")
    }))
}

fn policy_notify(policy: &policy::Policy) -> Option<&str> {
    policy.halt.notify.as_ref().map(|command| command.value.as_str())
}
