//! What may happen to refs.

use crate::facts::{Clash, Facts, Kind, Subject, UpdateFacts, UpdateKind};
use crate::model::ref_update::EVIDENCE;
use crate::policy::Policy;
use crate::text::escape;
use crate::verdict::{Measured, Outcome, Violation};

use crate::rules::quote::Aside;
use crate::rules::violation::{conclude, count, draft};
use crate::rules::{Rule, Waivable};
use crate::text::shell_quote;

/// The rule.
pub static RULE: Rule = Rule {
    id: "protected-ref",
    summary: "protected branches are neither deleted nor rewound, and no ref deceives",
    explanation: "\
Rejects deleting or rewinding a protected branch, creating one out of nothing (one that
a pattern alone protects: by anybody but an owner), or bringing a second root commit
into one; moving or deleting what `[refs] immutable` names, by anybody but an owner; a
ref outside `[refs] allowed`; a name that is a protected branch's but for case or
normalisation, `refs/heads/HEAD` and `refs/heads/refs/*`; a tag of a protected branch's
name, also below a remote's (`origin/main`), and a new protected branch whose name a
tag has; a branch beside which git could not make a protected one (`main/x`;
`release/1/x` beside `release/*`), or of a tag object; a branch or tag that reaches no
commit; a rewrite of evidence, a line in it that its writer has not signed, or anything
that is no note; more updates than allowed.

Why: a forced push takes back what others accepted, proofs and all. A ref such as
`refs/replace/*` changes what everybody reads without touching a branch, and a
branch `Main` overwrites `main` on a file system that folds case.

    error[protected-ref]: `refs/heads/main` is protected and can't be rewound

To satisfy it: put the work on top of what the branch holds (`git fetch`, `git merge`)
and push without `--force`; push to a branch of another name; push fewer refs.

A symbolic ref and what it stands for are one: protected where one of them is. Owners
may push refs outside `allowed`, block a name, merge another history with its root, and
delete what another protected branch holds too, but not move `refs/guard/*`.

Keys: `protected`, `base`, `[refs] allowed, immutable, max-per-push`.
",
    bootstrap: false,
    free: true,
    waiver: Waivable::Never,
    about_proof: false,
    whoever: false,
    check,
};

/// Where the ledger lives.
const OWN: &[u8] = b"refs/guard/";
fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    let Kind::Landing { update, .. } = &subject.kind else {
        return Outcome::NotApplicable("a push moves refs, not a commit".to_owned());
    };
    let Some(update) = update else {
        return Outcome::NotApplicable("no ref is moved".to_owned());
    };
    let violations = [
        protected(policy, subject, update),
        second_root(subject, update),
        immutable(policy, subject, update),
        outside(policy, subject, update),
        rewriting_evidence(subject, update),
        no_notes(subject, update),
        others_evidence(subject, update),
        deceiving(subject, update),
        without_commit(subject, update),
        holding_a_tag(subject, update),
        too_many(policy, case, subject, update),
    ];
    let name = escape(&update.name);
    conclude(subject, violations.into_iter().flatten().collect(), Vec::new(), format!("`{name}` may be updated like this"))
}

fn violation(subject: &Subject, update: &UpdateFacts, what: &str, help: &str) -> Violation {
    Violation { help: help.to_owned(), ..draft(subject, format!("`{}` {what}", escape(&update.name))) }
}

fn protected(policy: &Policy, subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let (what, help) = match update.kind {
        UpdateKind::Delete if update.by_owner && update.held => return None,
        UpdateKind::Delete => (
            "is protected and can't be deleted",
            "leave it where it is; an owner may delete one whose tip another protected branch holds",
        ),
        UpdateKind::Rewind => {
            ("is protected and can't be rewound", "put the work on top of what the branch holds, and push without --force")
        }
        UpdateKind::Create { unrelated: true } => {
            ("is protected and can't be created out of nothing", "start it from a commit that a protected branch holds")
        }
        UpdateKind::Create { unrelated: false } if update.by_pattern && !update.by_owner => {
            ("would be protected by a pattern, and owners alone make such a branch", "ask an owner to make it, then push to it")
        }
        UpdateKind::Create { unrelated: false } | UpdateKind::Forward => return None,
    };
    let at = policy.protected.as_ref().and_then(|p| p.patterns.first()).map(|p| p.at);
    let at = at.or_else(|| policy.base.as_ref().map(|b| b.at));
    let next = on_top(subject, update);
    update.protected.then(|| Violation { policy: at, next, ..violation(subject, update, what, help) })
}

/// The commands that put what was pushed on top of what the branch holds there, where HEAD isn't on it in a work tree of its own.
fn on_top(subject: &Subject, update: &UpdateFacts) -> Vec<String> {
    let rewinds = update.kind == UpdateKind::Rewind;
    let (Some(commit), Some(remote)) = (subject.commit.filter(|_| rewinds), subject.place.remote.as_deref()) else {
        return Vec::new();
    };
    let fetch = format!("fetch {} {}", shell_quote(remote.as_bytes()), shell_quote(&update.name));
    let rebase = "rebase FETCH_HEAD";
    match Aside::of(subject, commit) {
        None => vec![format!("git {fetch}"), format!("git {rebase}")],
        Some(aside) => vec![aside.made(commit), aside.git(&fetch), aside.git(rebase)],
    }
}

/// By its root it is known which repository this is: a record, a waiver or a halt of another says nothing here.
fn second_root(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    if let Some(root) = update.second_root.filter(|_| !update.by_owner && may_come_with_roots(update.kind)) {
        let what = format!("is protected and would get a second root, commit {}", root.short());
        let help = "bring the work as commits on top of what the branch holds, or ask an owner to merge the other history";
        return Some(violation(subject, update, &what, help));
    }
    let help = "make the branch's own tip the merge's first parent: its first parents lead to the root that evidence names";
    let what = "would get another root, by which it is known which repository this is";
    update.moves_root.then(|| violation(subject, update, what, help))
}

/// What is rewound, or made out of nothing, is refused for that alone.
fn may_come_with_roots(kind: UpdateKind) -> bool {
    match kind {
        UpdateKind::Forward | UpdateKind::Create { unrelated: false } => true,
        UpdateKind::Rewind | UpdateKind::Delete | UpdateKind::Create { unrelated: true } => false,
    }
}

/// What is made once, such as the tag of a release.
fn immutable(policy: &Policy, subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let changes = match update.kind {
        UpdateKind::Create { .. } => false,
        UpdateKind::Forward | UpdateKind::Rewind | UpdateKind::Delete => true,
    };
    let help = "leave it as it is, and make another one under a new name; an owner may move or delete it";
    (update.immutable && changes && !update.by_owner).then(|| Violation {
        policy: policy.refs.immutable.as_ref().and_then(|refs| refs.patterns.first()).map(|pattern| pattern.at),
        next: as_it_is_there(subject, update),
        ..violation(subject, update, "is immutable: it is made once, and moved or deleted by owners alone", help)
    })
}

/// Evidence is added to, never taken away: what it proved then must stay to be seen.
fn rewriting_evidence(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let rewrites = match update.kind {
        UpdateKind::Rewind | UpdateKind::Delete => update.name.starts_with(EVIDENCE.as_bytes()),
        UpdateKind::Create { .. } | UpdateKind::Forward => false,
    };
    let help = "fetch it, merge it with `git notes merge -s cat_sort_uniq`, and push without --force";
    rewrites.then(|| Violation {
        next: united(subject, update),
        ..violation(subject, update, "holds evidence and can't be rewritten", help)
    })
}

/// The command that makes the ref here what it is there, and touches no other.
fn as_it_is_there(subject: &Subject, update: &UpdateFacts) -> Vec<String> {
    let remote = subject.place.remote.as_deref().filter(|_| update.kind != UpdateKind::Delete);
    let refspec = shell_quote(&[b"+", update.name.as_slice(), b":", &update.name].concat());
    remote.map(|remote| format!("git fetch {} {refspec}", shell_quote(remote.as_bytes()))).into_iter().collect()
}

/// The commands that unite what the ref holds here with what it holds there.
fn united(subject: &Subject, update: &UpdateFacts) -> Vec<String> {
    let remote = subject.place.remote.as_deref().filter(|_| update.kind != UpdateKind::Delete);
    let Some(remote) = remote.map(|remote| shell_quote(remote.as_bytes())) else { return Vec::new() };
    let name = shell_quote(&update.name);
    vec![format!("git fetch {remote} {name}"), format!("git notes --ref {name} merge -s cat_sort_uniq FETCH_HEAD")]
}

/// One writer a ref: what stands in it is signed by its writer, or by nobody where nobody is named.
fn others_evidence(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    (!update.foreign.is_empty()).then(|| Violation {
        details: update.foreign.clone(),
        ..violation(
            subject,
            update,
            "would hold what is not its writer's",
            "push your own notes alone, of which there is one ref for each writer",
        )
    })
}

/// Whoever looks a tree up goes by its id: what stands elsewhere, or is no plain file, is there to mislead.
fn no_notes(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    (!update.no_notes.is_empty()).then(|| Violation {
        details: update.no_notes.clone(),
        ..violation(
            subject,
            update,
            "would hold what is no note",
            "a note is a plain file of lines at its tree's id, as `guard test` and `git notes` write it; push nothing else there",
        )
    })
}

/// Owners may push any ref, but for the ledger that is there, which the guard alone continues.
fn outside(policy: &Policy, subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    if update.name.starts_with(OWN) && !matches!(update.kind, UpdateKind::Create { .. }) {
        let help = "the guard alone writes there; push to a branch";
        return Some(violation(subject, update, "is the guard's own and can't be moved", help));
    }
    let allowed = update.by_owner || policy.refs.allowed.matches(&update.name);
    (!allowed).then(|| Violation {
        policy: policy.refs.allowed.patterns.first().map(|p| p.at).filter(|at| at.line > 0),
        ..violation(subject, update, "is no ref that may be pushed", "push to a branch, or ask an owner")
    })
}

/// A name that already stands, or that deceives, may always go away.
fn deceiving(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    if update.kind == UpdateKind::Delete {
        return None;
    }
    let what = match &update.clash {
        Some(clash) => return clashing(subject, update, clash),
        None if update.name == b"refs/heads/HEAD" => "is taken for HEAD".to_owned(),
        None if update.name == b"refs/heads/refs" || update.name.starts_with(b"refs/heads/refs/") => {
            "is taken for a full ref name".to_owned()
        }
        None => return None,
    };
    Some(violation(subject, update, &what, "push to a branch of another name"))
}

fn clashing(subject: &Subject, update: &UpdateFacts, clash: &Clash) -> Option<Violation> {
    let another = "push to a branch of another name";
    let (what, help, next) = match clash {
        Clash::Twin(branch) => (format!("is protected `{branch}` but for case or normalisation"), another, None),
        Clash::Takes(branch) => {
            (format!("takes the name of protected `{branch}`, which git would read as the tag"), "push a tag of another name", None)
        }
        Clash::TakenBy(tag) => (
            format!("would be protected, and git would read its name as `{tag}`"),
            "have the tag deleted first, or with the same push, or push to a branch of another name",
            Some(format!("git push origin {}", shell_quote(format!(":{tag}").as_bytes()))),
        ),
        Clash::Blocks(_) if update.by_owner => return None,
        Clash::Blocks(branch) => {
            (format!("would keep protected `{branch}` from being made, since one would be the other's directory"), another, None)
        }
    };
    Some(Violation { next: next.into_iter().collect(), ..violation(subject, update, &what, help) })
}

/// A branch holds a commit, and nothing that leads to one.
fn holding_a_tag(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let commit = update.tag_of?;
    let help = "a branch holds a commit: push the one that the tag names";
    let to = shell_quote(&[commit.to_string().as_bytes(), b":", &update.name].concat());
    let next = vec![format!("git push origin {to}")];
    Some(Violation { next, ..violation(subject, update, "would hold a tag, not its commit", help) })
}

fn without_commit(subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let concerned = [&b"refs/heads/"[..], b"refs/tags/", EVIDENCE.as_bytes()].iter().any(|prefix| update.name.starts_with(prefix));
    (concerned && update.reaches_no_commit)
        .then(|| violation(subject, update, "reaches no commit", "push a commit, or a tag of one"))
}

/// Said once for a push: at its first ref.
fn too_many(policy: &Policy, case: &Facts<'_>, subject: &Subject, update: &UpdateFacts) -> Option<Violation> {
    let first = case.subjects.iter().find_map(|s| s.kind.update());
    let limit = &policy.refs.max_per_push;
    let over = update.updates_in_push > limit.value && first.is_none_or(|f| f.name == update.name);
    over.then(|| Violation {
        measured: Some(Measured::Exact(update.updates_in_push)),
        limit: Some(limit.value),
        policy: Some(limit.at).filter(|at| at.line > 0),
        help: "push fewer refs at a time".to_owned(),
        ..draft(subject, format!("{} in this push, {} allowed", count(update.updates_in_push, "ref update"), limit.value))
    })
}
