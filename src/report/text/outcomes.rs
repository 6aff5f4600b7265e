//! What rules say that isn't a violation.

use std::collections::BTreeSet;

use super::{DIM, HEAD, UNSURE, push_line, subject};
use crate::report::outcome;
use crate::text::escape_words;
use crate::verdict::{Judgement, Outcome, Verdict};

/// Why there is no answer, in one phrase: the reason where there is one, else how many there are.
pub fn doubt(verdict: &Verdict) -> String {
    if let Some(judgement) = verdict.judgements.iter().find(|j| j.outcomes.is_empty()) {
        return format!("no rule has judged {}", subject::title(judgement, true));
    }
    let reasons: BTreeSet<(&str, &str)> = verdict.judgements.iter().flat_map(doubts).collect();
    match (reasons.len(), reasons.first()) {
        (1, Some((_, why))) => escape_words(why),
        (n, _) => format!("{n} questions are open"),
    }
}

/// A line for every rule that can't tell, each reason once. Gives the rules.
pub fn push_doubts<'v>(out: &mut String, verdict: &'v Verdict) -> Vec<&'v str> {
    let mut said = BTreeSet::new();
    for (rule, why) in verdict.judgements.iter().flat_map(doubts) {
        if said.insert((rule, why)) {
            push_line(out, &format!("{UNSURE}undecided[{rule}]{UNSURE:#}: {}", escape_words(why)));
        }
    }
    said.into_iter().map(|(rule, _)| rule).collect()
}

fn doubts(judgement: &Judgement) -> impl Iterator<Item = (&str, &str)> {
    judgement.outcomes.iter().filter_map(|(rule, outcome)| match outcome {
        Outcome::Indeterminate(why) => Some((*rule, why.as_str())),
        Outcome::Satisfied(_) | Outcome::Violated(_) | Outcome::NotApplicable(_) | Outcome::Waived(..) => None,
    })
}

/// Every rule's outcome with its reason, and what every source said of who it is.
pub fn push_all(out: &mut String, verdict: &Verdict) {
    for judgement in &verdict.judgements {
        push_line(out, "");
        let tree = judgement.tree.map_or_else(String::new, |tree| format!(", tree {}", tree.short()));
        let title = subject::title(judgement, true);
        push_line(out, &format!("{HEAD}{title}{HEAD:#}{tree}: {}", subject::size(&judgement.totals)));
        for (source, said) in judgement.actor.iter().flat_map(|a| &a.said) {
            push_line(out, &format!("  {DIM}{}: {}{DIM:#}", source.as_json(), escape_words(said)));
        }
        for (rule, outcome) in &judgement.outcomes {
            let word = outcome::word(outcome).replace('-', " ");
            push_line(out, &format!("  {rule:<17} {word}: {}", escape_words(&outcome::because(outcome))));
        }
    }
}
