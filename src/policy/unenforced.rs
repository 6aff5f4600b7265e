//! Keys and levels that the format has and this version doesn't enforce: refused by name, never ignored.

use super::check::Checker;
use super::raw::{RawPolicy, Refused};

impl Checker<'_> {
    /// Refuses every key that this version doesn't enforce.
    pub(super) fn refuse_unenforced(&mut self, raw: &RawPolicy) {
        let work_space = "leave it out; work on such branches is judged like any other";
        self.refuse("free", &raw.free, work_space);
        self.refuse("[session]", &raw.session, "leave it out; a session is what the branch adds to the base");
    }

    fn refuse(&mut self, key: &str, value: &Refused, instead: &str) {
        if let Some(value) = value {
            let start = self.keys.get(&value.span.start).copied().unwrap_or(value.span.start);
            // Where the value follows its key, the caret is under both; a table of tables has only its name to show.
            let span = if start < value.span.start { start..value.span.end } else { value.span.clone() };
            self.fault(&span, format!("`{key}` is not enforced by this version")).help(instead);
        }
    }
}
