//! Keys: lines of OpenSSH's format, each of which names one identity of a kind, once.

use std::collections::BTreeSet;

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::key::Key;
use super::super::raw::{List, RawPolicy, RawRunner};
use super::super::scalar::At;
use crate::policy::Cited;
use crate::policy::types::Runner;
use crate::policy::{OWNER_WRITER, UNSIGNED_WRITER};

/// What begins the names of other writers than runners.
const TAKEN: [&str; 2] = [UNSIGNED_WRITER, OWNER_WRITER];

impl Checker<'_> {
    /// `[runner.NAME]`.
    pub(super) fn runner(&mut self, name: &At<String>, raw: &At<RawRunner>) -> Runner {
        if raw.value.keys.as_ref().is_none_or(|keys| keys.value.is_empty()) && !self.broken.contains("keys") {
            let place = raw.value.keys.as_ref().map_or_else(|| name.span.clone(), |keys| keys.span.clone());
            let fault = self.fault(&place, format!("runner `{}` has no `keys`", shown(&name.value)));
            fault.help("say whose signatures are its own, as in `keys = [\"ssh-ed25519 AAAA… ci\"]`");
        }
        let whose = format!("runner `{}`", shown(&name.value));
        let users = self.texts("users", raw.value.users.as_ref());
        Runner { name: self.name("runner", name), users, keys: self.public_keys("runner", &whose, raw.value.keys.as_ref()) }
    }

    /// Lines of OpenSSH's format. Of the same `kind` (runner, specialist, owner) no two may have the same key, nor one have it twice:
    /// what is signed with it would be of two, or be believed by the times of either line. `whose`: as a message says it.
    pub(super) fn public_keys(&mut self, kind: &'static str, whose: &str, list: Option<&List>) -> Vec<Cited<Key>> {
        let mut keys = Vec::new();
        for text in self.elements(list) {
            match Key::parse(&text.value.0) {
                Ok(key) => {
                    let named = (kind, key.fingerprint());
                    if let Some(other) = self.signers.insert(named, whose.to_owned()) {
                        let fault = self.fault(&text.span, format!("this key already names {other}"));
                        fault.help(format!("one key names one {kind}, once"));
                    }
                    keys.push(self.cite(&text.span, key));
                }
                Err((problem, help)) => {
                    let fault = self.fault(&text.span, format!("no key: {problem}"));
                    if let Some(help) = help {
                        fault.help(help);
                    }
                }
            }
        }
        keys
    }

    /// Refuses a runner by the name of another writer: the records of both would stand in one ref.
    pub(super) fn one_writer_each(&mut self, raw: &RawPolicy) {
        let specialists: BTreeSet<&str> = raw.specialist.0.iter().map(|(name, _)| name.value.as_str()).collect();
        for (name, _) in &raw.runner.0 {
            let text = name.value.as_str();
            if specialists.contains(text) {
                let fault = self.fault(&name.span, format!("`{}` already names a specialist", shown(text)));
                fault.help("records of both would stand in one ref; give the runner another name");
            } else if text == "remotes" || TAKEN.iter().any(|taken| text.starts_with(taken)) {
                let fault = self.fault(&name.span, format!("`{}` can't name a runner", shown(text)));
                fault.help("`remotes`, `local-…` and `owner-…` are refs of other writers; give the runner another name");
            }
        }
    }
}
