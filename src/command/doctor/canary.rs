//! The proof: a push that must be refused, and is refused by the guard.

use super::Check;
use super::server::{INSTALL, called_by_the_server};
use crate::command::install::server_layout::Site;
use crate::error::Result;
use crate::git::Repo;
use crate::git::canary::{self, Canary};
use crate::text::escape;

const NAME: &str = "canary";

/// Pushes it, and says what became of it.
pub fn check(repo: &Repo, site: &Site) -> Result<Check> {
    let hooks = called_by_the_server(site)?;
    Ok(match canary::push(repo, hooks.as_ref().map(tempfile::TempDir::path)) {
        Ok(canary) => verdict(&canary),
        Err(error) => Check::bad(NAME, format!("could not be pushed: {}", error.message), "guard doctor --server"),
    })
}

fn verdict(canary: &Canary) -> Check {
    let says = |words: &str| canary.remote.iter().any(|line| line.starts_with(words));
    if canary.declined && says("error[safe-path]") {
        return Check::good(NAME, "refused by the guard, as it must be");
    }
    if canary.declined && says("guard: could not decide") {
        let why = canary.remote.iter().find_map(|line| line.strip_prefix("guard: could not decide: ")).unwrap_or_default();
        let found = format!("refused, as every push is, since the guard could not decide: {}", escape(why.as_bytes()));
        return Check::bad(NAME, found, "guard policy check");
    }
    if canary.declined {
        let first = canary.remote.first().map_or_else(String::new, |line| format!(": `{}`", escape(line.as_bytes())));
        return Check::bad(NAME, format!("refused by a hook, but not in the guard's words{first}"), INSTALL);
    }
    if let Some(name) = &canary.landed {
        let found = format!(
            "landed: nothing refused it, and what is pushed here is not judged (`{}` is taken away again)",
            escape(name.as_bytes())
        );
        return Check::bad(NAME, found, INSTALL);
    }
    let reached = ["failed to update ref", "cannot lock ref", "failed to lock", "hook declined", "failed to push some refs"];
    if canary.remote.iter().chain([&canary.last]).any(|line| reached.iter().any(|words| line.contains(words))) {
        return Check::bad(NAME, "no pre-receive hook refused it: what is pushed here is not judged", INSTALL);
    }
    Check::bad(NAME, format!("could not be pushed: {}", escape(canary.last.as_bytes())), "guard doctor --server")
}
