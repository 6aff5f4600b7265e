//! `[suite.NAME]`, `[combined]` and `[halt]`.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::raw::{List, RawCombined, RawHalt, RawSuite};
use super::super::scalar::{At, Number, Text};
use super::super::types::{AutoRollback, Combined, Halt, NotifyFormat, Sandbox, Suite};
use super::super::units;
use crate::model::RepoPath;

/// Where the policy doesn't say.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

impl Checker<'_> {
    /// `[suite.NAME]`.
    pub(super) fn suite(&mut self, name: &At<String>, raw: &At<RawSuite>) -> Suite {
        let suite = &raw.value;
        let run = suite.run.as_ref().map_or("", |run| run.value.0.as_str());
        match &suite.run {
            Some(text) if run.trim().is_empty() => {
                self.fault(&text.span, "`run` is empty").help("such as `run = \"make test\"`");
            }
            Some(text) if run.contains('\0') => {
                self.fault(&text.span, "`run` holds a NUL, which no command can");
            }
            None if !self.broken.contains("run") => {
                let shown = shown(&name.value);
                let fault = self.fault(&name.span, format!("suite `{shown}` has no `run`"));
                fault.help("say what is run, as in `run = \"make test\"`");
            }
            Some(_) | None => {}
        }
        Suite {
            name: self.name("suite", name),
            run: run.to_owned(),
            files: self.patterns("files", suite.files.as_ref()),
            timeout: suite.timeout.as_ref().map_or(TIMEOUT, |text| self.timeout(text)),
            junit: suite.junit.as_ref().map(|path| self.junit(path)),
            min_tests: self.needs_junit("min-tests", suite.min_tests.as_ref(), suite),
            max_skipped: self.needs_junit("max-skipped", suite.max_skipped.as_ref(), suite),
            env: self.environment(suite.env.as_ref()),
            sandbox: self.word("sandbox", suite.sandbox.as_ref(), &Sandbox::ALL.map(|sandbox| (sandbox.as_str(), sandbox))),
        }
    }

    fn timeout(&mut self, text: &At<Text>) -> Duration {
        self.duration("timeout", text, "so nothing could run").unwrap_or(TIMEOUT)
    }

    /// A duration that isn't zero. `so`: what would follow from zero.
    pub(super) fn duration(&mut self, key: &str, text: &At<Text>, so: &str) -> Option<Duration> {
        match units::duration(&text.value.0) {
            Ok(Duration::ZERO) => {
                self.fault(&text.span, format!("`{key}` is zero, {so}")).help("such as `\"15m\"`");
                None
            }
            Ok(duration) => Some(duration),
            Err((problem, help)) => {
                let shown = shown(&text.value.0);
                let fault = self.fault(&text.span, format!("`{shown}` is no duration: {problem}"));
                fault.help(help.unwrap_or_else(|| "such as `\"15m\"` or `\"90s\"`".to_owned()));
                None
            }
        }
    }

    /// A path that stays inside the export.
    fn junit(&mut self, path: &At<Text>) -> RepoPath {
        let text = path.value.0.as_str();
        if text.starts_with('/') || text.contains('\0') || text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            let shown = shown(text);
            let fault = self.fault(&path.span, format!("`{shown}` is no path of a file inside the exported tree"));
            fault.help("such as `junit = \"report.xml\"`, relative to the root");
        }
        RepoPath::from(text)
    }

    /// A count, which only a JUnit file gives.
    fn needs_junit(&mut self, key: &str, number: Option<&At<Number>>, suite: &RawSuite) -> Option<u64> {
        let number = number?;
        if suite.junit.is_none() && !self.broken.contains("junit") {
            let fault = self.fault(&number.span, format!("`{key}` needs `junit`: without it no test is counted"));
            fault.help("such as `junit = \"report.xml\"`");
        }
        self.number(key, Some(number), 0).map(|n| n.value)
    }

    /// `env`: names of variables.
    fn environment(&mut self, list: Option<&List>) -> Vec<String> {
        if list.is_none() {
            return vec!["PATH".to_owned()];
        }
        let mut names = Vec::new();
        for text in self.elements(list) {
            let name = text.value.0.as_str();
            let shown = shown(name);
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(plain) {
                self.fault(&text.span, format!("`{shown}` is no name of an environment variable"));
            } else if name.starts_with("GIT_") {
                let fault = self.fault(&text.span, format!("`{shown}` is never passed on to a suite"));
                fault.help("it would let the suite see a repository other than the exported tree");
            } else if name == "SSH_AUTH_SOCK" {
                let fault = self.fault(&text.span, format!("`{shown}` is never passed on to a suite"));
                fault.help("it would let the suite use keys that it must not see");
            }
            names.push(name.to_owned());
        }
        names
    }

    /// `[halt]`.
    pub(super) fn halt(&mut self, raw: Option<&RawHalt>, suites: &BTreeSet<&str>, specialists: &BTreeSet<&str>) -> Halt {
        let Some(raw) = raw else { return Halt::default() };
        if raw.on_failure.as_ref().is_some_and(|list| list.value.is_empty()) {
            let span = raw.on_failure.as_ref().map_or(0..0, |list| list.span.clone());
            self.fault(&span, "`on-failure` is an empty list").help("name the suites whose failure halts, or leave the key out");
        }
        if let Some(empty) = raw.notify.as_ref().filter(|command| command.value.0.trim().is_empty()) {
            self.fault(&empty.span, "`notify` is empty").help("leave it out where nobody is to be told");
        }
        Halt {
            on_failure: self.references("suite", raw.on_failure.as_ref(), suites),
            notify: raw.notify.as_ref().map(|command| self.cite(&command.span, command.value.0.clone())),
            notify_format: self.word(
                "notify-format",
                raw.notify_format.as_ref(),
                &NotifyFormat::ALL.map(|one| (one.as_str(), one)),
            ),
            rollback: self.word("rollback", raw.rollback.as_ref(), &AutoRollback::ALL.map(|one| (one.as_str(), one))),
            repair: self.references("specialist", raw.repair.as_ref(), specialists),
        }
    }

    /// `[combined]`.
    pub(super) fn combined(&mut self, raw: &At<RawCombined>, suites: &BTreeSet<&str>) -> Combined {
        if raw.value.requires.is_none() && !self.broken.contains("requires") {
            self.fault(&raw.span, "[combined] has no `requires`").help("name the suites, as in `requires = [\"integration\"]`");
        }
        Combined { requires: self.references("suite", raw.value.requires.as_ref(), suites) }
    }
}
