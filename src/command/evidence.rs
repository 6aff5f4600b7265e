//! `guard evidence`: what there is for a tree, and what each stage still misses.

mod show;
mod waivers;

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};

use crate::command::hook;
use crate::command::invocation::Invocation;
use crate::context::Context;
use crate::error::Result;
use crate::evidence::waiver::Waivers;
use crate::evidence::{MarkedCommit, Proof, VerifiedRecord};
use crate::facts::{Subject, SubjectKind};
use crate::gather::trusted_policy::PolicyLookup;
use crate::gather::{Gatherer, IndexParents, Landing, Side, base_tree, index_facts, landing_facts};
use crate::git::{Repo, staged};
use crate::identity::Actor;
use crate::model::{BySuite, Oid};
use crate::output::Done;
use crate::output::Format;
use crate::policy::Level;
use crate::policy::PolicySource;
use crate::policy::Stage;
use crate::report::json;
use crate::rules::asked;

const AFTER_HELP: &str = "\
Examples:
  guard evidence           what the next commit would have
  guard evidence HEAD~3 --format json";

/// `guard evidence`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct EvidenceArgs {
    /// The revision [default: the index, or HEAD in a bare repository]
    #[arg(value_name = "REV")]
    pub rev: Option<String>,
}

/// What is shown where no revision was named. No revision has a space in its name.
const INDEX: &str = "the index";

/// What is shown.
struct Evidence {
    /// The tree that it is about.
    tree: Oid,
    /// What names the tree: `INDEX`, or the revision as given.
    of: String,
    /// Notes, line by line.
    found: Vec<VerifiedRecord>,
    /// Waivers, those that are worth nothing too.
    waivers: Waivers,
    /// All suites of the policy.
    proofs: BySuite<Proof>,
    /// Of each stage.
    stages: Vec<Demand>,
    /// The command that brings what others have recorded; `None`: there is no remote.
    fetch: Option<String>,
}

/// What a stage demands.
struct Demand {
    stage: Stage,
    demanded: Level,
    /// The suites that are below it, with what would count of them.
    missing: Vec<(String, Level)>,
}

/// Lists the evidence of a revision's tree (default: the index's, in a bare repository HEAD's). Status 0, whatever there is.
///
/// # Errors
/// No such revision; no work tree; the policy or the notes can't be read.
pub fn run(context: &Context, args: &EvidenceArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let (tree, of, commit) = subject(&invocation.repo, args.rev.as_deref())?;
    let policy = match invocation.find_policy(&[tree], None)? {
        PolicyLookup::Trusted(policy) | PolicyLookup::Bootstrap(policy) => policy,
        PolicyLookup::Nothing => {
            return Ok(Done { status: 0, out: nothing(context.common.format, tree), err: String::new() });
        }
    };
    let work = work(&Gatherer::new(&invocation.repo, &policy, false, invocation.inputs(Side::Client))?, (&of, commit))?;
    // Whose the work is was asked as anybody would; what is proven is asked as pre-receive does.
    let gatherer = Gatherer::new(&invocation.repo, &policy, false, invocation.inputs(Side::of(&invocation.repo)))?;
    let gathered = gather(&gatherer, &work, (tree, of, commit))?;
    let json = context.common.format.is_json();
    let out = if json { show::json(&gathered, &policy) } else { show::text(&gathered, &policy) };
    Ok(Done { status: 0, out, err: String::new() })
}

/// The tree, what to call it, and the commit whose message may carry markers for it.
fn subject(repo: &Repo, rev: Option<&str>) -> Result<(Oid, String, Option<Oid>)> {
    let rev = rev.or_else(|| repo.is_bare().then_some("HEAD"));
    if let Some(rev) = rev {
        let commit = repo.commit(repo.resolve(rev)?)?;
        return Ok((commit.tree, rev.to_owned(), Some(commit.oid)));
    }
    Ok((staged::tree(repo)?, INDEX.to_owned(), repo.head()?.commit()))
}

fn gather(g: &Gatherer<'_>, work: &JudgedWork, (tree, of, commit): (Oid, String, Option<Oid>)) -> Result<Evidence> {
    let commit = commit.map(|commit| g.repo().commit(commit)).transpose()?;
    let marked: Vec<MarkedCommit> = commit
        .into_iter()
        .filter(|commit| commit.tree == tree)
        .map(|commit| MarkedCommit { commit: Some(commit.oid), tree, message: commit.message })
        .collect();
    let workers: Vec<&Actor> = work.actors.iter().collect();
    let (found, proofs, waivers) = g.evidence(tree, work.base, &workers, &marked)?;
    let demands = &g.policy().evidence;
    let stages = [(Stage::Commit, demands.commit.0), (Stage::Branch, demands.branch.0), (Stage::Land, demands.land.0)];
    let below = |stage: Stage, level: Level| {
        let asked = proofs.iter().filter(|(suite, _)| work.asked(stage, suite));
        asked.map(|(suite, proof)| (suite.clone(), work.worth(proof))).filter(|(_, found)| *found < level).collect()
    };
    let stages = stages.into_iter().map(|(stage, demanded)| Demand { stage, demanded, missing: below(stage, demanded) }).collect();
    Ok(Evidence { tree, of, found, waivers, proofs, stages, fetch: g.place().fetch() })
}

/// Whose work it is that the evidence is for, and the tree whose files of a suite judge it.
#[derive(Default)]
struct JudgedWork {
    actors: Vec<Actor>,
    base: Option<Oid>,
    /// The suites that the commit itself demands.
    commit: BTreeSet<String>,
    /// Those that all of the work demands, where it lands.
    landing: BTreeSet<String>,
}

impl JudgedWork {
    fn asked(&self, stage: Stage, suite: &str) -> bool {
        match stage {
            Stage::Commit => self.commit.contains(suite),
            Stage::Branch | Stage::Land => self.landing.contains(suite),
        }
    }

    /// What a landing would count: of a suite whose own files are changed, no more than what it proves with the base's, unless it is
    /// owners' work alone.
    fn worth(&self, proof: &Proof) -> Level {
        let owners = !self.actors.is_empty() && self.actors.iter().all(|actor| actor.owner);
        proof.base_run.filter(|_| !owners).map_or(proof.level, |base_run| base_run.min(proof.level))
    }
}

/// Whoever has made the commits that `tip` has and the base doesn't; of the index, whoever would commit it as well. Where that is nobody,
/// whoever would push.
fn work(gatherer: &Gatherer<'_>, (of, tip): (&str, Option<Oid>)) -> Result<JudgedWork> {
    let base = gatherer.base()?.map(|base| base.commit);
    // Where it can't be told (a shallow clone), all of them.
    let all = || gatherer.policy().suites.iter().map(|suite| suite.name.value.clone()).collect::<Suites>();
    let (commit, landing) = demanded(gatherer, of == INDEX, (base, tip)).unwrap_or_else(|_untold| (all(), all()));
    let mut actors = Vec::new();
    if let (Some(base), Some(tip)) = (base, tip) {
        actors.extend(gatherer.authors(&[tip], &[base])?);
    }
    if of == INDEX {
        let head = gatherer.repo().head()?;
        let branch = head.branch().and_then(|name| name.strip_prefix(b"refs/heads/"));
        actors.push(gatherer.committer(Stage::Commit, branch)?);
    } else if actors.is_empty() {
        actors.push(gatherer.pusher());
    }
    Ok(JudgedWork { actors, base: base_tree(gatherer.repo(), base, tip)?, commit, landing })
}

type Suites = BTreeSet<String>;

/// The suites that the doors would ask for: of the commit (or the index) alone, and of all that would land with it. Of a commit that the
/// base holds nothing lands any more: what it itself demands is what it is asked about.
fn demanded(g: &Gatherer<'_>, index: bool, (base, tip): (Option<Oid>, Option<Oid>)) -> Result<(Suites, Suites)> {
    let of = |subjects: &[Subject], kind: SubjectKind, commit: Option<Oid>| -> Suites {
        let subjects = subjects.iter().filter(|s| s.kind.name() == kind && (commit.is_none() || s.commit == commit));
        let suites = |subject: &Subject| {
            let changed = subject.parts.iter().flat_map(|part| &part.suites).map(|(suite, _)| suite.clone());
            asked(g.policy(), subject).into_iter().map(str::to_owned).chain(changed).collect::<Vec<String>>()
        };
        subjects.flat_map(suites).collect()
    };
    let landed = |hidden: Option<Oid>| -> Result<Vec<Subject>> {
        let hidden = hidden.into_iter().chain(g.protected()?.into_iter().map(|(_, oid)| oid).filter(|_| hidden == base)).collect();
        Ok(landing_facts(g, &[Landing { tip, hidden, base, stage: Stage::Land, ..Landing::default() }])?.subjects)
    };
    let mut landing = if tip.is_some() { of(&landed(base)?, SubjectKind::Landing, None) } else { Suites::new() };
    if index {
        let parents = IndexParents::Head { merged: hook::merged_in(g.repo())? };
        let facts = index_facts(g, Stage::Commit, &parents, base, None)?;
        let commit = of(&facts.subjects, SubjectKind::Index, None);
        landing.extend(commit.iter().cloned());
        return Ok((commit, landing));
    }
    let Some(tip) = tip else { return Ok((Suites::new(), landing)) };
    let parent = g.repo().commit(tip)?.parents.first().copied();
    let own = of(&landed(parent)?, SubjectKind::Commit, Some(tip));
    if landing.is_empty() {
        landing.clone_from(&own);
    }
    Ok((own, landing))
}

/// Where there is no policy, nothing is demanded.
fn nothing(format: Format, tree: Oid) -> String {
    if !format.is_json() {
        return "no policy anywhere: nothing to prove\n".to_owned();
    }
    let document = json!({
        "version": 1, "tree": tree.to_string(), "policy": null, "records": [], "waivers": [], "suites": [], "stages": [],
    });
    json::document(&document)
}

/// A policy's source, as all reports have it.
pub(super) fn source_json(source: &PolicySource) -> Value {
    json!({
        "source": source.name,
        "commit": source.commit.map(|oid| oid.to_string()),
        "blob": source.blob.map(|oid| oid.to_string()),
        "trusted": source.trusted,
    })
}

#[cfg(test)]
#[path = "evidence/tests.rs"]
mod tests;
