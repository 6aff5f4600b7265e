//! `[evidence]`.

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::near::nearest;
use super::super::raw::RawPolicy;
use super::super::scalar::{At, Text};
use crate::policy::Level;
use crate::policy::Position;
use crate::policy::types::EvidenceLevels;

/// All levels, weakest first.
const LEVELS: [Level; 5] = [Level::None, Level::Claimed, Level::Recorded, Level::Signed, Level::Attested];

impl Checker<'_> {
    /// `[evidence]`, defaults filled in.
    pub(super) fn evidence(&mut self, raw: &RawPolicy) -> EvidenceLevels {
        let table = raw.evidence.as_ref();
        let max_age = table.and_then(|t| t.value.max_age.as_ref());
        EvidenceLevels {
            commit: self.level(table.and_then(|t| t.value.commit.as_ref()), Level::Recorded),
            branch: self.level(table.and_then(|t| t.value.branch.as_ref()), Level::Claimed),
            land: self.level(table.and_then(|t| t.value.land.as_ref()), Level::Attested),
            each_commit: table.and_then(|t| t.value.each_commit.as_ref()).is_some_and(|flag| flag.value.0),
            max_age: max_age.and_then(|text| {
                let age = self.duration("max-age", text, "so no record could count")?;
                Some(self.cite(&text.span, age))
            }),
            independent: table.and_then(|t| t.value.independent.as_ref()).is_none_or(|flag| flag.value.0),
        }
    }

    fn level(&mut self, text: Option<&At<Text>>, default: Level) -> (Level, Option<Position>) {
        let Some(text) = text else { return (default, None) };
        let word = text.value.0.as_str();
        let level = LEVELS.into_iter().find(|level| level.as_str() == word);
        if level.is_none() {
            let fault = self.fault(&text.span, format!("unknown level `{}`", shown(word)));
            let near = nearest(word, LEVELS.map(Level::as_str));
            fault.help("levels are none, claimed, recorded, signed and attested").did_you_mean(near);
        }
        (level.unwrap_or(default), Some(self.position(&text.span)))
    }
}
