//! `[evidence]`.

use std::ops::Range;

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::near::nearest;
use super::super::raw::{List, RawPolicy};
use super::super::scalar::{At, Text};
use super::super::types::{EvidenceLevels, Position};
use crate::evidence::Level;

/// All levels, weakest first.
const LEVELS: [Level; 5] = [Level::None, Level::Claimed, Level::Recorded, Level::Signed, Level::Attested];

impl Checker<'_> {
    /// `[evidence]`, defaults filled in.
    pub(super) fn evidence(&mut self, raw: &RawPolicy) -> EvidenceLevels {
        let table = raw.evidence.as_ref();
        let land = table.and_then(|t| t.value.land.as_ref());
        if land.is_none() && !self.broken.contains("land") && !self.broken.contains("evidence") {
            self.land_is_said(raw);
        }
        EvidenceLevels {
            commit: self.level("commit", table.and_then(|t| t.value.commit.as_ref()), Level::Recorded),
            branch: self.level("branch", table.and_then(|t| t.value.branch.as_ref()), Level::Claimed),
            land: self.level("land", land, Level::Attested),
            each_commit: table.and_then(|t| t.value.each_commit.as_ref()).is_some_and(|flag| flag.value.0),
        }
    }

    /// The default of `land` is a level that this version doesn't enforce, so whoever demands evidence must say another.
    fn land_is_said(&mut self, raw: &RawPolicy) {
        let Some(demand) = first_demand(raw) else { return };
        let place = raw.evidence.as_ref().map_or(demand, |table| table.span.clone());
        let fault = self.fault(&place, "the default of `land` is `attested`, which is not enforced by this version");
        fault.help("add to the policy: [evidence] land = \"claimed\"");
    }

    fn level(&mut self, key: &str, text: Option<&At<Text>>, default: Level) -> (Level, Option<Position>) {
        let Some(text) = text else { return (default, None) };
        let word = text.value.0.as_str();
        let level = LEVELS.into_iter().find(|level| level.as_str() == word);
        match level {
            Some(Level::Signed | Level::Attested) => {
                let fault = self.fault(&text.span, format!("level `{word}` is not enforced by this version"));
                fault.help(if key == "commit" {
                    "write `\"recorded\"`: a record of a run on this machine"
                } else {
                    "write `\"claimed\"`: without signatures a server finds nothing stronger"
                });
            }
            Some(Level::None | Level::Claimed | Level::Recorded) => {}
            None => {
                let fault = self.fault(&text.span, format!("unknown level `{}`", shown(word)));
                fault.help("levels are none, claimed and recorded").did_you_mean(nearest(word, LEVELS.map(Level::as_str)));
            }
        }
        (level.unwrap_or(default), Some(self.position(&text.span)))
    }
}

/// The first `requires` that names a suite.
fn first_demand(raw: &RawPolicy) -> Option<Range<usize>> {
    let areas = raw.area.0.iter().map(|(_, area)| &area.value.requires);
    let specialists = raw.specialist.0.iter().map(|(_, specialist)| &specialist.value.requires);
    let combined = raw.combined.iter().map(|combined| &combined.value.requires);
    let demands = |list: &List| !list.value.is_empty();
    let all = areas.chain(specialists).chain(combined).flatten().filter(|list| demands(list));
    all.map(|list| list.span.clone()).min_by_key(|span| span.start)
}
