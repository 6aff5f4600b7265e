//! The policy in force as a policy file, defaults filled in.

use super::key::Key;
use super::keys::Unit;
use super::limits::Limits;
use super::pattern::Patterns;
use super::units::{show_duration, show_size};
use crate::policy::Cited;
use crate::policy::types::{Area, EvidenceLevels, Forbidden, Policy, RefPatterns, Specialist, Submodules, Suite, Symlinks};
use crate::text::escape;

/// As TOML that loads again and means the same, under a comment that says where the policy was read.
pub fn show(policy: &Policy) -> String {
    let mut out = Toml::default();
    let source = &policy.source;
    out.comment(&format!("read from {}", escape(source.name.as_bytes())));
    if let Some(commit) = source.commit {
        out.comment(&format!("commit {commit}"));
    }
    if let Some(blob) = source.blob {
        out.comment(&format!("blob {blob}"));
    }
    if !source.trusted {
        out.comment("this is not the trusted policy");
    }
    out.key("version", "1");
    match &policy.base {
        Some(base) => out.text("base", &base.value),
        None => out.comment("base: the repository's default branch"),
    }
    match &policy.protected {
        Some(protected) => out.list("protected", ref_texts(protected)),
        None => out.comment("protected: the base alone"),
    }
    out.list("free", policy.free.iter().flat_map(ref_texts));
    out.table("owners");
    out.list("users", values(&policy.owners.users));
    out.list("emails", values(&policy.owners.emails));
    out.keys(&policy.owners.keys);
    out.table("defaults");
    out.limits(&policy.defaults);
    policy.specialists.iter().for_each(|specialist| out.specialist(specialist));
    policy.areas.iter().for_each(|area| out.area(area));
    policy.suites.iter().for_each(|suite| out.suite(suite));
    for runner in &policy.runners {
        out.named("runner", &runner.name.value);
        out.keys(&runner.keys);
    }
    if let Some(combined) = &policy.combined {
        out.table("combined");
        out.list("requires", values(&combined.requires));
    }
    if !policy.halt.on_failure.is_empty() || policy.halt.notify.is_some() {
        out.table("halt");
        out.list("on-failure", values(&policy.halt.on_failure));
        policy.halt.notify.iter().for_each(|command| out.text("notify", &command.value));
    }
    out.evidence(&policy.evidence);
    out.rest(policy);
    out.0
}

/// A TOML file in the making.
#[derive(Default)]
struct Toml(String);

impl Toml {
    fn comment(&mut self, text: &str) {
        self.0.push_str(&format!("# {text}\n"));
    }

    fn table(&mut self, name: &str) {
        self.0.push_str(&format!("\n[{name}]\n"));
    }

    fn named(&mut self, kind: &str, name: &str) {
        let name = if name == "*" || name.contains('.') { quoted(name) } else { name.to_owned() };
        self.table(&format!("{kind}.{name}"));
    }

    fn key(&mut self, key: &str, value: &str) {
        self.0.push_str(&format!("{key} = {value}\n"));
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key, &quoted(text));
    }

    /// Nothing for an empty list: an empty list of patterns is an error.
    fn list<'a>(&mut self, key: &str, texts: impl IntoIterator<Item = &'a str>) {
        let texts: Vec<String> = texts.into_iter().map(quoted).collect();
        if !texts.is_empty() {
            self.key(key, &format!("[{}]", texts.join(", ")));
        }
    }

    fn keys(&mut self, keys: &[Cited<Key>]) {
        self.list("keys", keys.iter().map(|key| key.value.text.as_str()));
    }

    fn limits(&mut self, limits: &Limits) {
        for (row, unit, value) in limits.all() {
            match (value, unit) {
                (Some(bytes), Unit::Bytes) => self.text(row.name, &show_size(bytes)),
                (Some(number), Unit::Things) => self.key(row.name, &number.to_string()),
                (None, _) => {}
            }
        }
    }

    fn specialist(&mut self, specialist: &Specialist) {
        self.named("specialist", &specialist.name.value);
        self.list("users", values(&specialist.users));
        self.keys(&specialist.keys);
        self.list("emails", values(&specialist.emails));
        self.list("branches", specialist.branches.iter().flat_map(ref_texts));
        self.list("allowed", specialist.allowed.iter().flat_map(texts));
        let areas: Vec<String> = specialist.prohibited_areas.iter().map(|area| format!("area:{}", area.value)).collect();
        self.list("prohibited", texts(&specialist.prohibited).chain(areas.iter().map(String::as_str)));
        self.list("requires", values(&specialist.requires));
        self.limits(&specialist.limits);
    }

    fn area(&mut self, area: &Area) {
        self.named("area", &area.name.value);
        self.list("paths", texts(&area.paths));
        self.list("lines", area.lines.iter().map(|regex| regex.value.as_str()));
        self.list("forbid", area.forbid.iter().map(|kind| forbidden(kind.value)));
        self.key("owners-only", if area.owners_only.as_ref().is_some_and(|flag| flag.value) { "true" } else { "false" });
        self.list("requires", values(&area.requires));
        self.list("affects", values(&area.affects));
    }

    fn suite(&mut self, suite: &Suite) {
        self.named("suite", &suite.name.value);
        self.text("run", &suite.run);
        self.list("files", texts(&suite.files));
        self.text("timeout", &show_duration(suite.timeout));
        if let Some(junit) = suite.junit.as_ref().and_then(|path| path.as_str()) {
            self.text("junit", junit);
        }
        for (key, value) in [("min-tests", suite.min_tests), ("max-skipped", suite.max_skipped)] {
            if let Some(value) = value {
                self.key(key, &value.to_string());
            }
        }
        if suite.env.is_empty() {
            self.key("env", "[]");
        }
        self.list("env", suite.env.iter().map(String::as_str));
    }

    fn evidence(&mut self, evidence: &EvidenceLevels) {
        self.table("evidence");
        for (key, (level, _)) in [("commit", evidence.commit), ("branch", evidence.branch), ("land", evidence.land)] {
            self.text(key, level.as_str());
        }
        self.key("each-commit", &evidence.each_commit.to_string());
        match &evidence.max_age {
            Some(age) => self.text("max-age", &show_duration(age.value)),
            None => self.comment("max-age: none"),
        }
        self.key("independent", &evidence.independent.to_string());
    }

    /// `[count]`, `[paths]`, `[refs]`, `[session]`.
    fn rest(&mut self, policy: &Policy) {
        self.table("count");
        self.list("not-lines", texts(&policy.count.not_lines));
        self.list("not-files", texts(&policy.count.not_files));
        self.table("paths");
        self.key("portable", &policy.paths.portable.to_string());
        self.text("symlinks", symlinks(policy.paths.symlinks));
        self.text("submodules", submodules(policy.paths.submodules));
        self.table("refs");
        self.list("allowed", ref_texts(&policy.refs.allowed));
        self.key("max-per-push", &policy.refs.max_per_push.value.to_string());
        self.table("session");
        self.text("window", &show_duration(policy.session.window));
    }
}

/// A text as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What a terminal would obey or hide is written by its number.
            c if escape(c.to_string().as_bytes()) != c.to_string() => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The values of citations.
pub(super) fn values(cited: &[Cited<String>]) -> impl Iterator<Item = &str> {
    cited.iter().map(|c| c.value.as_str())
}

/// Patterns as written.
pub(super) fn texts(patterns: &Patterns) -> impl Iterator<Item = &str> {
    patterns.iter().map(|p| p.value.text())
}

/// Patterns over refs as written.
pub(super) fn ref_texts(patterns: &RefPatterns) -> impl Iterator<Item = &str> {
    patterns.patterns.iter().map(|p| p.value.text())
}

/// As the policy writes it.
pub(super) fn forbidden(kind: Forbidden) -> &'static str {
    match kind {
        Forbidden::Add => "add",
        Forbidden::Modify => "modify",
        Forbidden::Delete => "delete",
    }
}

/// As the policy writes it.
pub(super) fn symlinks(rule: Symlinks) -> &'static str {
    match rule {
        Symlinks::Inside => "inside",
        Symlinks::Deny => "deny",
        Symlinks::Allow => "allow",
    }
}

/// As the policy writes it.
pub(super) fn submodules(rule: Submodules) -> &'static str {
    match rule {
        Submodules::Allow => "allow",
        Submodules::Deny => "deny",
    }
}
