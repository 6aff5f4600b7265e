//! By which policy, and as whom, one is judged here.

use super::Check;
use crate::command::invocation::own_address;
use crate::context::{Context, Identity, Settings};
use crate::error::Result;
use crate::gather::trusted_policy;
use crate::gather::trusted_policy::PolicyLookup;
use crate::git::hooks::git_version;
use crate::git::{Head, Repo, range, refspecs, staged};
use crate::identity::{Actor, Sources};
use crate::policy::Policy;
use crate::text::{escape, shell_quote};

/// The policy, who one is, and git.
pub fn checks(repo: &Repo, settings: &Settings, context: &Context) -> Result<Vec<Check>> {
    let (check, policy) = match find(repo, settings, context) {
        Err(error) => (Check::bad("policy", error.message, "guard policy check"), None),
        Ok(PolicyLookup::Nothing) if settings.required => {
            (Check::bad("policy", "there is none, and `guard.required` rejects everything", "guard policy check"), None)
        }
        Ok(PolicyLookup::Nothing) => (Check::good("policy", "there is none: nothing is guarded yet"), None),
        Ok(PolicyLookup::Bootstrap(policy)) => {
            let found = format!("{}, not yet on the trusted branch: only paths and the policy itself are judged", source(&policy));
            (Check::good("policy", found), Some(policy))
        }
        Ok(PolicyLookup::Trusted(policy)) => {
            let trusted = if policy.source.trusted { "" } else { ", which is not the trusted policy" };
            (Check::good("policy", format!("{}{trusted}", source(&policy))), Some(policy))
        }
    };
    let mut checks = vec![check];
    checks.extend(head(repo, settings)?);
    if let Some(policy) = &policy {
        checks.extend(base(repo, policy)?);
    }
    if repo.is_bare() {
        checks.extend(accounts(repo, settings, policy.as_deref())?);
    } else {
        checks.push(who(repo, settings, context, policy.as_deref())?);
        checks.extend(shared_claim(repo)?);
    }
    if !repo.is_bare() {
        checks.extend(refspecs::missing(repo)?.iter().map(|remote| unfetched(remote)));
    }
    checks.push(match git_version() {
        Some(version) => Check::good("git", escape(&version)),
        None => Check::good("git", "none in PATH: commands that need the program will say so"),
    });
    Ok(checks)
}

/// A remote that was added after the hooks were installed.
fn unfetched(remote: &str) -> Check {
    Check::bad("evidence", format!("`git fetch {}` brings none of it", escape(remote.as_bytes())), "guard install")
}

/// On a server HEAD says which branch holds the policy.
fn head(repo: &Repo, settings: &Settings) -> Result<Option<Check>> {
    let Head::Unborn(name) = repo.head()? else { return Ok(None) };
    let astray = repo.is_bare() && settings.policy_ref.is_none() && !range::readable(repo, None)?.is_empty();
    let branch = escape(name.strip_prefix(b"refs/heads/").unwrap_or(&name));
    let found = format!("names `{branch}`, and there is no such branch that could hold the policy");
    Ok(astray.then(|| Check::bad("HEAD", found, "git symbolic-ref HEAD refs/heads/BRANCH")))
}

fn find(repo: &Repo, settings: &Settings, context: &Context) -> Result<PolicyLookup> {
    let proposed = if repo.is_bare() { Vec::new() } else { vec![staged::tree(repo)?] };
    trusted_policy::find(repo, context, settings, &proposed, None)
}

fn source(policy: &Policy) -> String {
    let at = policy.source.commit.map_or_else(String::new, |commit| format!(" at {}", commit.short()));
    format!("{}{at}", escape(policy.source.name.as_bytes()))
}

/// Work is measured against a branch that has to be there.
fn base(repo: &Repo, policy: &Policy) -> Result<Option<Check>> {
    let Some(error) = crate::gather::missing_base(repo, policy)? else { return Ok(None) };
    let next = error.next.first().cloned();
    Ok(Some(Check { name: "base".to_owned(), ok: false, found: error.message, next: next.or(error.help) }))
}

/// All work trees share what the repository's own configuration says: the last one who says who they are is everybody.
fn shared_claim(repo: &Repo) -> Result<Option<Check>> {
    const KEY: &str = "guard.specialist";
    let Some(name) = repo.config_of_repository(KEY)?.filter(|_| repo.has_linked_work_trees()) else { return Ok(None) };
    let name = shell_quote(name.as_bytes());
    let next = format!(
        "git config --local --unset-all {KEY} && git config extensions.worktreeConfig true && git config --worktree {KEY} {name}"
    );
    let found = format!("`git config {KEY}` is shared by all work trees: each needs its own (git config --worktree {KEY} NAME)");
    Ok(Some(Check::bad("claim", found, &next)))
}

fn accounts(repo: &Repo, settings: &Settings, policy: Option<&Policy>) -> Result<Vec<Check>> {
    if settings.identity.is_empty() {
        let found =
            "none are known, so whoever pushes is anyone else (`*`), or rejected: git config guard.identity env:NAME, or push-cert";
        return Ok(vec![Check::good("accounts", found)]);
    }
    let one = |source: &Identity| match source.variable() {
        None => certificates(repo, settings, policy),
        Some(name) => Ok(Check::good("accounts", format!("from the environment variable `{}`", escape(name.as_bytes())))),
    };
    settings.identity.iter().map(one).collect()
}

/// Without a seed git offers no certificates, and without keys nobody is known by one.
fn certificates(repo: &Repo, settings: &Settings, policy: Option<&Policy>) -> Result<Check> {
    const SEED: &str = "git config receive.certNonceSeed \"$(head -c 32 /dev/urandom | base64)\"";
    Ok(if repo.config("receive.certNonceSeed")?.is_none_or(|seed| seed.is_empty()) {
        Check::bad("accounts", "from push certificates, which git offers only where it has a seed for their nonces", SEED)
    } else if policy.is_some_and(|policy| !policy.has_keys()) {
        Check::bad("accounts", "from push certificates, but the policy names no `keys`", "guard policy show")
    } else if settings.pushees.is_empty() {
        let found = "from push certificates, whose pushee isn't asked: one for another repository may be passed on to this one";
        Check::bad("accounts", found, "git config --add guard.pushee URL")
    } else {
        Check::good("accounts", "from push certificates (`git push --signed`), verified against the policy's keys")
    })
}

fn who(repo: &Repo, settings: &Settings, context: &Context, policy: Option<&Policy>) -> Result<Check> {
    let email = own_address(context, repo)?;
    let head = repo.head()?;
    let Some(policy) = policy else {
        return Ok(Check::good("who", email.map_or_else(|| "no author e-mail is set".to_owned(), |email| escape(&email))));
    };
    let sources = Sources {
        environment: context.specialist.as_deref(),
        config: settings.specialist.as_deref(),
        email: email.as_deref(),
        branch: head.branch().and_then(|name| name.strip_prefix(b"refs/heads/")),
        claims_own: true,
        ..Sources::default()
    };
    let actor = Actor::resolve(policy, &sources);
    let how = actor.source.as_text();
    Ok(match &actor.name {
        Some(name) => Check::good("who", format!("{} ({how})", escape(name.as_bytes()))),
        None => Check::bad("who", format!("{how}: every commit is rejected"), "guard explain known-specialist"),
    })
}
