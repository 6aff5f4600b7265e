//! Levels of proof: what a stage demands, what was found, and how to say that it isn't enough.

use crate::evidence::{Proof, RejectReason};
use crate::facts::{Facts, Kind, Subject, SubjectKind};
use crate::policy::Level;
use crate::policy::Stage;
use crate::policy::{Cited, Policy};
use crate::text::escape;
use crate::verdict::Violation;

use super::suite_change::changed_by_others;
use super::waive::may_change_suite;
use crate::rules::quote::Aside;
use crate::rules::violation::draft;
use crate::text::shell_quote;

/// The least level that counts at `stage`.
pub(super) fn demanded(policy: &Policy, stage: Stage) -> Level {
    match stage {
        Stage::Commit => policy.evidence.commit.0,
        Stage::Branch => policy.evidence.branch.0,
        Stage::Land => policy.evidence.land.0,
    }
}

/// What is known of `suite` on the subject's tree; a suite without an entry has no proof. Where its own files are others than the
/// base's, what it proves is worth no more than what it proves with the base's, unless it was owners alone who changed them, or an
/// owner has waived it.
pub(super) fn proof(case: &Facts<'_>, subject: &Subject, suite: &str) -> Proof {
    let mut proof = case.proof(subject, suite);
    let Some(base_run) = proof.base_run.filter(|base_run| *base_run < proof.level) else { return proof };
    let mut changers = subject.parts.iter().filter(|part| part.suites.iter().any(|(name, _)| name == suite)).peekable();
    let by_others = changers.peek().is_none() || changers.any(|part| !part.actor.owner);
    if by_others && !may_change_suite(subject, &changed_by_others(subject, suite)) {
        proof.level = base_run;
        proof.refused.push(RejectReason::BaseNotRun(base_run));
    }
    proof
}

/// A suite isn't proven: `what` was done ("area `x` touched"), `because` says how that demands it.
pub(super) fn unproven(
    policy: &Policy,
    case: &Facts<'_>,
    subject: &Subject,
    level: Level,
    suite: &Cited<String>,
    what: &str,
    because: Vec<String>,
) -> Violation {
    let proof = proof(case, subject, &suite.value);
    let mut details = because;
    details.push(needs(subject, level, &proof));
    details.extend(proof.refused.iter().map(|m| format!("does not count: {}", m.phrase())));
    if proof.level > Level::None {
        details.extend(proof.short.iter().map(|m| format!("counts for no more: {}", m.phrase())));
    }
    let (help, next) = way_out(policy, subject, level, &suite.value, &proof);
    Violation {
        details,
        suite: Some(suite.value.clone()),
        demanded: Some(level),
        found: Some(proof.level),
        policy: Some(suite.at),
        help,
        next,
        ..draft(subject, format!("{what}, suite `{}` not proven on this tree", escape(suite.value.as_bytes())))
    }
}

fn needs(subject: &Subject, level: Level, proof: &Proof) -> String {
    let tree = subject.tree.map_or_else(|| "no tree".to_owned(), |t| format!("tree {}", t.short()));
    let by = proof.by.as_ref().map_or_else(String::new, |by| format!(" ({})", escape(by.as_bytes())));
    format!("needs {level}, found {}{by} for {tree}", proof.level)
}

/// One sentence of help, and the commands that bring what is demanded to where it is asked for.
pub(super) fn way_out(policy: &Policy, subject: &Subject, level: Level, suite: &str, proof: &Proof) -> (String, Vec<String>) {
    let (mut commands, tested) = made_first(subject);
    let first = if commands.is_empty() { "" } else { "make the merge, and " };
    if level == Level::Attested {
        commands.extend(subject.place.fetch());
        let rev = subject.commit.filter(|_| commands.is_empty() || first.is_empty());
        commands.push(format!("guard evidence{}", rev.map_or_else(String::new, |commit| format!(" {commit}"))));
        let help =
            "only a runner of the policy attests: have CI run the suite on this tree, sign and push the record, and fetch it";
        return (format!("{first}{help}"), commands);
    }
    let wants = Wants::of(policy, subject, level);
    let test = format!("test {}{}{}", shell_quote(suite.as_bytes()), tested.what, wants.options());
    commands.push(tested.aside.as_ref().map_or_else(|| format!("guard {test}"), |aside| aside.guard(&test)));
    let failed = proof.refused.iter().any(|why| matches!(why, RejectReason::Failed(_)));
    let is_index = subject.kind.name() == SubjectKind::Index;
    let help = match (failed, is_index, wants.sign) {
        (true, true, _) => "the suite has failed on this tree: correct what failed, stage that, and run it again",
        (true, false, _) => {
            "the suite has failed on this tree: correct what failed in a commit of its own, or run it again where it was no fault of the tree's"
        }
        (false, _, true) => "run the suite on this tree and sign the record with your key, one that the policy has",
        // The index may have to change for other reasons, and what was proven of it by then would be lost.
        (false, true, false) => "run the suite on this tree, once nothing else is to change",
        (false, false, false) => "run the suite on this tree",
    };
    let pushed = if !wants.push.is_empty() { "; the record is pushed along, for a server sees what is pushed" } else { "" };
    (format!("{first}{help}{pushed}"), commands)
}

/// How the suite's command names what is to be tested, and where it is run.
struct Tested {
    what: String,
    aside: Option<Aside>,
}

/// What is done before the suite can run: the merge that is judged is made, where HEAD isn't on its branch in a work tree of its own.
fn made_first(subject: &Subject) -> (Vec<String>, Tested) {
    let here = |what: String| (Vec::new(), Tested { what, aside: None });
    match &subject.kind {
        Kind::Index(_) if subject.place.passing_index => {
            here(subject.tree.map_or_else(String::new, |tree| format!(" --tree {tree}")))
        }
        Kind::Index(_) => here(String::new()),
        Kind::Landing { merges: Some(with), .. } => {
            let merge = format!("merge --no-edit {}", shell_quote(with.as_bytes()));
            let what = " --rev HEAD".to_owned();
            match subject.commit.and_then(|commit| Some((commit, Aside::of(subject, commit)?))) {
                None => (vec![format!("git {merge}")], Tested { what, aside: None }),
                Some((commit, aside)) => (vec![aside.made(commit), aside.git(&merge)], Tested { what, aside: Some(aside) }),
            }
        }
        Kind::Commit { .. } | Kind::Carried(_) | Kind::Session { .. } | Kind::Landing { merges: None, .. } => {
            here(subject.commit.map_or_else(String::new, |commit| format!(" --rev {commit}")))
        }
    }
}

/// What else than the run itself is wanted: at a commit already what its push will want.
struct Wants {
    sign: bool,
    /// The option that pushes; nothing where that isn't wanted.
    push: String,
}

impl Wants {
    fn of(policy: &Policy, subject: &Subject, level: Level) -> Self {
        let place = &subject.place;
        let remote = place.remote.as_deref();
        // On a server a record that nobody signed is a claim.
        let signed = |level: Level| level == Level::Signed || (level == Level::Recorded && remote.is_some());
        match subject.stage {
            Stage::Commit => {
                // A marker in the message, which a commit gets by itself, is a claim.
                let later = policy.evidence.branch.0;
                let sign = level == Level::Signed || (signed(later) && remote.is_some() && place.signs);
                Self { sign, push: if sign { place.push() } else { String::new() } }
            }
            Stage::Branch | Stage::Land => Self { sign: signed(level), push: place.push() },
        }
    }

    fn options(&self) -> String {
        let sign = if self.sign { " --sign" } else { "" };
        format!("{sign}{}", self.push)
    }
}
