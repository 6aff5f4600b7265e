//! What the limits on a quantity share: which limit judges, what is measured, who is exempt.

use crate::facts::{Facts, Kind, Subject};
use crate::model::{Bounds, Counted, FileChange, LineCount};
use crate::policy::{Cited, Count, Limits, Policy, Scope};
use crate::verdict::{Measured, Outcome, Violation};

use crate::rules::remedy::way_out;
use crate::rules::revert_exemption::{EXEMPT, returns_to_a_proven_tree};
use crate::rules::violation::{conclude, counted_in, draft, shown};

/// What is limited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quantity {
    /// Changed files.
    Files,
    /// Inserted and deleted lines.
    Lines,
    /// Bytes of inserted lines, and of binary files.
    Bytes,
}

/// The limits of whose work it is; else why there are none.
pub(super) fn limits<'p>(policy: &'p Policy, subject: &Subject) -> Result<&'p Limits, Outcome> {
    let Some(actor) = &subject.actor else {
        return Err(Outcome::Indeterminate("it is not known whose limits apply".to_owned()));
    };
    let unknown = || Outcome::NotApplicable("the policy has no limits for somebody unknown".to_owned());
    actor.limits(policy).ok_or_else(unknown)
}

impl Quantity {
    /// The limit that judges `subject`; else why there is none.
    fn limit(self, policy: &Policy, subject: &Subject) -> Result<Cited<u64>, Outcome> {
        let no = |why: &str| Err(Outcome::NotApplicable(why.to_owned()));
        let (scope, lone) = match subject.kind {
            Kind::Landing { .. } => return no("limits judge commits and sessions"),
            Kind::Carried(_) => return no("the commits that made these edits were counted where they made them"),
            Kind::Index(_) => (Scope::Commit, false),
            Kind::Commit { lone, .. } => (Scope::Commit, lone),
            Kind::Session { .. } => (Scope::Session, false),
        };
        let limits = limits(policy, subject)?;
        // Where no session is limited, there is nothing else that would judge it.
        if lone && self.of(limits, Scope::Session).is_some() {
            return no("a landing of a single commit is judged by the session's limits");
        }
        self.of(limits, scope).map_or_else(|| no("no such limit"), Ok)
    }

    fn of(self, limits: &Limits, scope: Scope) -> Option<Cited<u64>> {
        let rule = match self {
            Self::Files => &super::file_limit::RULE,
            Self::Lines => &super::line_limit::RULE,
            Self::Bytes => &super::byte_limit::RULE,
        };
        limits.of(rule.id, scope).cloned()
    }

    /// How much there is of it: exactly where bounds leave a limit open, and of files and lines after git's similarity where that may
    /// bring the files under theirs.
    fn measured(self, policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Bounds {
        let limited = limits(policy, subject).ok().zip(subject.kind.limited_over());
        let mut totals = subject.totals();
        if limited.is_some_and(|(limits, scope)| limits.want_exact(scope, &totals)) {
            totals = case.exact(subject);
        }
        let similar = match limited {
            Some((limits, scope)) if limits.want_similarity(scope, &totals) => case.similar(subject),
            Some(_) | None => totals,
        };
        match self {
            Self::Files => Bounds::exact(similar.files),
            Self::Lines => similar.lines(),
            Self::Bytes => totals.inserted_bytes,
        }
    }

    /// What one file adds to the number; `None` where `[count]` leaves it out: of a rename, only if it does so for both paths.
    fn weight(self, count: &Count, (change, counted): (&FileChange, Counted)) -> Option<Bounds> {
        match self {
            Self::Files => change.paths().any(|path| !count.leaves_out_file(path)).then_some(Bounds::exact(1)),
            Self::Lines | Self::Bytes if change.paths().all(|path| count.leaves_out_lines(path)) => None,
            Self::Lines => Some(match counted.lines {
                LineCount::Text { added, deleted } => added + deleted,
                LineCount::Binary => Bounds::exact(0),
            }),
            Self::Bytes => Some(counted.inserted_bytes),
        }
    }

    /// "17 files changed in this commit, 10 allowed".
    fn phrase(self, number: &str, one: bool, subject: &Subject, limit: u64) -> String {
        let (unit, done) = match self {
            Self::Files => ("file", "changed"),
            Self::Lines => ("line", "changed"),
            Self::Bytes => ("byte", "inserted"),
        };
        let plural = if one { "" } else { "s" };
        let whole = match subject.kind {
            Kind::Session { .. } => "session",
            Kind::Index(_) | Kind::Commit { .. } | Kind::Carried(_) | Kind::Landing { .. } => "commit",
        };
        format!("{number} {unit}{plural} {done} in this {whole}, {limit} allowed")
    }
}

/// Whether a subject is over a limit on an amount, and was let in since its tree is a proven one of the base's history.
pub(crate) fn is_exempt(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> bool {
    !exceeded(policy, case, subject).is_empty() && returns_to_a_proven_tree(policy, case, subject)
}

/// A quantity of which a change set has too much.
pub(super) struct Exceeded<'a> {
    /// Which.
    pub quantity: Quantity,
    /// The changes that count, and what each adds.
    pub counted: Vec<(&'a FileChange, Bounds)>,
    /// How much is allowed.
    pub limit: u64,
}

/// Every quantity of which a change set has too much.
pub(super) fn exceeded<'a>(policy: &Policy, case: &Facts<'_>, subject: &'a Subject) -> Vec<Exceeded<'a>> {
    let all = [Quantity::Bytes, Quantity::Lines, Quantity::Files].into_iter();
    let over = all.filter_map(|quantity| {
        let limit = quantity.limit(policy, subject).ok()?.value;
        let counted = subject.counted().filter_map(|one| Some((one.0, quantity.weight(&policy.count, one)?))).collect();
        (quantity.measured(policy, case, subject).at_most > limit).then_some(Exceeded { quantity, counted, limit })
    });
    over.collect()
}

/// What a limit says of one subject.
pub(super) fn check(quantity: Quantity, policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    let limit = match quantity.limit(policy, subject) {
        Ok(limit) => limit,
        Err(outcome) => return outcome,
    };
    let bounds = quantity.measured(policy, case, subject);
    let number = match bounds.known() {
        Some(n) => n.to_string(),
        None if bounds.at_least > limit.value => format!("at least {}", bounds.at_least),
        None => format!("between {} and {}", bounds.at_least, bounds.at_most),
    };
    let phrase = quantity.phrase(&number, bounds == Bounds::exact(1), subject, limit.value);
    if bounds.at_most <= limit.value {
        return conclude(subject, Vec::new(), Vec::new(), phrase);
    }
    if returns_to_a_proven_tree(policy, case, subject) {
        return conclude(subject, Vec::new(), Vec::new(), format!("{phrase}, and {EXEMPT}"));
    }
    if bounds.at_least <= limit.value {
        return conclude(subject, Vec::new(), vec![format!("{phrase}: {}", why_inexact(quantity, policy, subject))], "");
    }
    Outcome::Violated(vec![violation(quantity, policy, case, subject, &limit, phrase)])
}

fn why_inexact(quantity: Quantity, policy: &Policy, subject: &Subject) -> String {
    let inexact = |one: &(&FileChange, Counted)| quantity.weight(&policy.count, *one).is_some_and(|b| b.known().is_none());
    match subject.counted().find(inexact) {
        Some((change, _)) => format!("{} is too large to be counted exactly (over 8 MiB a side)", shown(&change.path)),
        None => "it could not be counted exactly".to_owned(),
    }
}

fn violation(
    quantity: Quantity,
    policy: &Policy,
    case: &Facts<'_>,
    subject: &Subject,
    limit: &Cited<u64>,
    message: String,
) -> Violation {
    let Bounds { at_least, at_most } = quantity.measured(policy, case, subject);
    let counted: Vec<(&FileChange, Bounds)> =
        subject.counted().filter_map(|one| Some((one.0, quantity.weight(&policy.count, one)?))).collect();
    let (help, next) = way_out(quantity, policy, case, subject, (&counted, limit.value));
    Violation {
        paths: counted.iter().map(|(c, _)| c.path.clone()).collect(),
        measured: Some(if at_least == at_most { Measured::Exact(at_least) } else { Measured::Between { at_least, at_most } }),
        limit: Some(limit.value),
        policy: Some(limit.at),
        details: counted_in(policy, subject),
        help,
        next,
        ..draft(subject, message)
    }
}
