//! What every command that judges does: open, find the effective policy, gather, judge, report.

use jiff::Timestamp;

use crate::context::{Context, Settings};
use crate::error::Result;
use crate::facts::Facts;
use crate::gather::trusted_policy;
use crate::gather::trusted_policy::EffectivePolicy;
use crate::gather::trusted_policy::PolicyLookup;
use crate::gather::{Gatherer, Inputs, Side};
use crate::git::Repo;
use crate::model::Oid;
use crate::policy::Stage;
use crate::report::{self, Basis, View};
use crate::verdict::{Decision, Verdict};

use crate::output::Done;

/// A repository, and what its configuration says.
pub struct Invocation<'a> {
    /// Environment and common options.
    pub context: &'a Context,
    /// The repository.
    pub repo: Repo,
    /// git config.
    pub settings: Settings,
    /// The report goes to standard error, as in hooks.
    pub hook: bool,
}

/// How the report ends.
pub struct Ending<'e> {
    /// What is still there after a rejection.
    pub rejected: &'e [&'e str],
    /// The command that shows more.
    pub more: &'e str,
    /// As what it was judged, where that is one of several ways; empty where there is one.
    pub judged: &'e str,
}

/// The repository alone, for commands that need none of its settings, or not yet.
///
/// # Errors
/// As `Repo::open`.
pub fn repository() -> Result<Repo> {
    Repo::open(false)
}

impl<'a> Invocation<'a> {
    /// Opens the repository. `hook`: git started this process, and has agreed to the repository's owner.
    ///
    /// # Errors
    /// As `Repo::open` and `Settings::read`.
    pub fn open(context: &'a Context, hook: bool) -> Result<Self> {
        Self::around(context, Repo::open(hook)?, hook)
    }

    /// Opens the repository that is pushed to, in a server's hook: nothing of the pusher's own configuration counts.
    ///
    /// # Errors
    /// As `Repo::open_as_server` and `Settings::read`.
    pub fn open_as_server(context: &'a Context) -> Result<Self> {
        Self::around(context, Repo::open_as_server()?, true)
    }

    /// Around a repository that is open, for commands that judge nothing before they know more.
    ///
    /// # Errors
    /// As `Settings::read`.
    pub fn by_hand(context: &'a Context, repo: Repo) -> Result<Self> {
        Self::around(context, repo, false)
    }

    fn around(context: &'a Context, repo: Repo, hook: bool) -> Result<Self> {
        let settings = Settings::read(&repo)?;
        Ok(Self { context, repo, settings, hook })
    }

    /// The policy that judges; without one, what to answer.
    ///
    /// # Errors
    /// It can't be enforced.
    pub fn effective_policy(&self, proposed: &[Oid], remote: Option<&str>) -> Result<std::result::Result<EffectivePolicy, Done>> {
        match self.find_policy(proposed, remote)? {
            PolicyLookup::Trusted(policy) => Ok(Ok(EffectivePolicy { policy, bootstrap: false })),
            PolicyLookup::Bootstrap(policy) => Ok(Ok(EffectivePolicy { policy, bootstrap: true })),
            PolicyLookup::Nothing => Ok(Err(self.no_policy())),
        }
    }

    /// The policy that judges, trusted or a bootstrap. `proposed`, `remote`: as `trusted_policy::find` has them.
    ///
    /// # Errors
    /// It can't be enforced.
    pub fn find_policy(&self, proposed: &[Oid], remote: Option<&str>) -> Result<PolicyLookup> {
        trusted_policy::find(&self.repo, self.context, &self.settings, proposed, remote)
    }

    /// What a judgement on that side is told that begins with this process.
    pub fn inputs<'i>(&'i self, side: Side<'i>) -> Inputs<'i> {
        self.inputs_at(side, self.context.now)
    }

    /// What a judgement on that side is told that begins then: what comes after a suite's run begins later than this process did.
    pub fn inputs_at<'i>(&'i self, side: Side<'i>, now: Timestamp) -> Inputs<'i> {
        let shown = report::is_exact(self.context.common.format) || self.context.common.verbose;
        Inputs::new(side, now, self.context, &self.settings).showing_numbers(shown)
    }

    /// Gathers facts under that policy.
    ///
    /// # Errors
    /// As `Gatherer::new`.
    pub fn gatherer<'g>(&'g self, effective: &'g EffectivePolicy, inputs: Inputs<'g>) -> Result<Gatherer<'g>> {
        Gatherer::new(&self.repo, &effective.policy, effective.bootstrap, inputs)
    }

    /// The base's tip. An unborn repository and a bootstrap have none; elsewhere it has to be there.
    ///
    /// # Errors
    /// The branch that the policy names isn't there.
    pub fn base(&self, gatherer: &Gatherer<'_>) -> Result<Option<(String, Oid)>> {
        if let Some(base) = gatherer.base()? {
            return Ok(Some((base.name, base.commit)));
        }
        gatherer.missing_base()?.map_or(Ok(None), Err)
    }

    /// Judges, and says so.
    ///
    /// # Errors
    /// As `judge`.
    pub fn answer(
        &self,
        effective: &EffectivePolicy,
        facts: &Facts<'_>,
        base: Option<&(String, Oid)>,
        ending: &Ending<'_>,
    ) -> Result<Done> {
        let verdict = crate::judge(&effective.policy, facts)?;
        Ok(self.report(effective, &verdict, base, ending))
    }

    /// The report of a verdict.
    pub fn report(
        &self,
        effective: &EffectivePolicy,
        verdict: &Verdict,
        base: Option<&(String, Oid)>,
        ending: &Ending<'_>,
    ) -> Done {
        self.show(
            effective,
            verdict,
            base,
            &View { footer: ending.rejected, more: ending.more, judged: ending.judged, ..self.view() },
        )
    }

    /// The report of an acceptance that a later hook has still to confirm: programs read it, and people wait for the other.
    pub fn report_for_now(&self, effective: &EffectivePolicy, verdict: &Verdict, base: Option<&(String, Oid)>) -> Done {
        self.show(effective, verdict, base, &View { quiet: true, ..self.view() })
    }

    /// An answer without any judgement: accepted, in one line.
    pub fn nothing(&self, effective: &EffectivePolicy, stage: Stage, base: Option<&(String, Oid)>, line: &str) -> Done {
        self.show(effective, &Verdict::of(stage, Vec::new()), base, &View { summary: Some(line), ..self.view() })
    }

    fn no_policy(&self) -> Done {
        let decision = if self.settings.required { Decision::Rejected } else { Decision::Accepted };
        report::no_policy(self.context.common.format, decision, &self.view())
    }

    fn show(&self, effective: &EffectivePolicy, verdict: &Verdict, base: Option<&(String, Oid)>, view: &View<'_>) -> Done {
        let base = base.map(|(name, oid)| (name.as_str(), oid));
        let basis = Basis { policy: &effective.policy, bootstrap: effective.bootstrap, base };
        report::verdict(self.context.common.format, verdict, &basis, view)
    }

    fn view(&self) -> View<'_> {
        View { verbose: self.context.common.verbose, quiet: self.context.common.quiet, hook: self.hook, ..View::default() }
    }
}

/// The e-mail address of whoever works here, raw bytes: as git would write it into a commit, where it is set.
///
/// # Errors
/// The configuration can't be read.
pub fn own_address(context: &Context, repo: &Repo) -> Result<Option<Vec<u8>>> {
    match &context.author_email {
        Some(email) => Ok(Some(email.clone())),
        None => Ok(repo.config("user.email")?.map(String::into_bytes)),
    }
}
