//! Keys and levels that the format has and this version doesn't enforce: refused by name, never ignored.

use super::check::Checker;
use super::raw::{RawPolicy, Refused};

impl Checker<'_> {
    /// Refuses every key that this version doesn't enforce.
    pub(super) fn refuse_unenforced(&mut self, raw: &RawPolicy) {
        let work_space = "leave it out; work on such branches is judged like any other";
        self.refuse("free", &raw.free, work_space);
        self.refuse("[runner]", &raw.runner, "leave it out, and ask for `recorded` or `claimed` in [evidence]");
        self.refuse("[halt]", &raw.halt, "leave it out; protect the branch on the server while it is broken");
        self.refuse("[session]", &raw.session, "leave it out; a session is what the branch adds to the base");
        let people = "leave it out, and name people by `users` and `emails`";
        if let Some(owners) = &raw.owners {
            self.refuse("keys", &owners.value.keys, people);
        }
        for (_, specialist) in &raw.specialist.0 {
            self.refuse("keys", &specialist.value.keys, people);
        }
        for (_, suite) in &raw.suite.0 {
            let area = "leave it out, and keep the suite's files in an [area] with `owners-only = true`";
            self.refuse("files", &suite.value.files, area);
        }
        if let Some(evidence) = &raw.evidence {
            let unsigned = "leave it out; evidence is bound to the tree, and nothing is signed yet";
            self.refuse("max-age", &evidence.value.max_age, unsigned);
            self.refuse("independent", &evidence.value.independent, unsigned);
        }
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
