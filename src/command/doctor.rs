//! `guard doctor`: proves that each hook runs, by running it, and says by which policy and as whom one is judged here.

mod canary;
mod hooks;
mod server;
mod setting;

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::install::{column, shown};
use crate::command::install::ServerKind;
use crate::command::install::server_layout::Site;
use crate::command::invocation::repository;
use crate::command::pasted;
use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::output::Done;
use crate::report::json;
use crate::report::text::{BAD, GOOD, NEXT};
use crate::text::Bytes;
use crate::text::escape_words;

const AFTER_HELP: &str = "\
Each hook is started as git would start it, and must answer. Exit status 1 where
a hook is missing, can't run, or isn't the guard's.

With --server, git also pushes a commit that must be refused, through the hooks of the
repository. It asks for a ref that can't be made, so that it lands nowhere even where
the door is open. Run it as the user whom the server runs git as.";

/// `guard doctor`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DoctorArgs {
    /// On a server: push a canary, too, that must be refused
    #[arg(long)]
    pub server: bool,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Check {
    /// A hook's name, `policy`, `who`, `git` …
    name: String,
    /// Whether it is as it should be.
    ok: bool,
    /// What was found, as a phrase.
    found: String,
    /// What to do about it.
    next: Option<String>,
}

impl Check {
    fn good(name: &str, found: impl Into<String>) -> Self {
        Self { name: name.to_owned(), ok: true, found: found.into(), next: None }
    }

    fn bad(name: &str, found: impl Into<String>, next: &str) -> Self {
        Self { name: name.to_owned(), ok: false, found: found.into(), next: Some(next.to_owned()) }
    }
}

/// Looks at everything. Status 1 where something isn't as it should be.
///
/// # Errors
/// The repository or its configuration can't be read.
pub fn run(context: &Context, args: &DoctorArgs) -> Result<Done> {
    let repo = repository()?;
    if !repo.is_bare() {
        if args.server {
            return Err(Error::new(
                "this repository has a work tree: a server's door is that of the bare repository which it pushes to",
            )
            .help("on the server: guard -C REPOSITORY.git doctor --server; here: guard doctor"));
        }
        let settings = Settings::read(&repo)?;
        let mut checks = hooks::checks(&repo)?;
        checks.extend(setting::checks(&repo, &settings, context)?);
        return report(context, &repo, &repo.hooks_directory()?.path, &checks);
    }
    let site = Site::of_repository(&repo, ServerKind::Auto)?;
    let mut checks = server::checks(&repo, &site)?;
    // What the hook will read, and no more.
    let judged = repo.as_server()?;
    checks.extend(setting::checks(&judged, &Settings::read(&judged)?, context)?);
    if args.server {
        checks.extend(server::stranger(&repo));
        checks.push(canary::check(&repo, &site)?);
    }
    let directory = site.slots.first().map(|slot| slot.directory.clone()).unwrap_or_default();
    report(context, &repo, &directory, &checks)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    directory: Bytes<'a>,
    findings: usize,
    checks: &'a [Check],
}

fn report(context: &Context, repo: &Repo, directory: &Path, checks: &[Check]) -> Result<Done> {
    let findings = checks.iter().filter(|c| !c.ok).count();
    let status = u8::from(findings > 0);
    if context.common.format.is_json() {
        let directory = Bytes(directory.as_os_str().as_encoded_bytes());
        let out = json::document(&Document { version: 1, directory, findings, checks });
        return Ok(Done { status, out, err: String::new() });
    }
    if context.common.quiet && findings == 0 {
        return Ok(Done::default());
    }
    let mut out = format!("guard: hooks in {}\n", shown(directory));
    let width = column(checks.iter().map(|check| check.name.as_str()));
    for check in checks {
        let mark = if check.ok { String::new() } else { format!("{BAD}✗{BAD:#} ") };
        out.push_str(&format!("  {:<width$} {mark}{}\n", check.name, escape_words(&check.found)));
    }
    let mut said = Vec::new();
    for next in checks.iter().filter_map(|c| c.next.as_deref()) {
        if !said.contains(&next) {
            said.push(next);
            out.push_str(&format!("{NEXT}next{NEXT:#}: {}\n", escape_words(&pasted(context, next))));
        }
    }
    out.push_str(&match findings {
        0 if repo.is_bare() => format!("guard: {GOOD}everything runs{GOOD:#}: what is pushed here is judged here\n"),
        0 => format!("guard: {GOOD}everything runs{GOOD:#}; the gate is the server, since a client can switch its hooks off\n"),
        1 => format!("guard: {BAD}1 finding{BAD:#}\n"),
        n => format!("guard: {BAD}{n} findings{BAD:#}\n"),
    });
    Ok(Done { status, out, err: String::new() })
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
