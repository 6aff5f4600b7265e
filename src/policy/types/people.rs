//! Who works here, and whose keys are known.

use ssh_key::public::KeyData;

use super::super::key::Key;
use super::super::limits::Limits;
use super::super::pattern::Patterns;
use crate::policy::Cited;
use crate::policy::types::{Policy, RefPatterns};

/// `[owners]`.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    /// Account names.
    pub users: Vec<Cited<String>>,
    /// E-mail addresses, believed at the stage `commit` only.
    pub emails: Vec<Cited<String>>,
    /// What an owner signs with.
    pub keys: Vec<Cited<Key>>,
}

impl Owners {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.emails.is_empty() && self.keys.is_empty()
    }
}

/// `[runner.NAME]`.
#[derive(Clone, Debug)]
pub struct Runner {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// Account names, which push its evidence and nothing else.
    pub users: Vec<Cited<String>>,
    /// Whose signature makes a record `attested`.
    pub keys: Vec<Cited<Key>>,
}

/// Whose key it is.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'p> {
    /// A runner's.
    Runner(&'p Runner),
    /// A specialist's.
    Specialist(&'p Specialist),
    /// An owner's.
    Owner,
}

/// `[specialist.NAME]`.
#[derive(Clone, Debug)]
pub struct Specialist {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// Account names.
    pub users: Vec<Cited<String>>,
    /// What it signs with: commits, push certificates, records.
    pub keys: Vec<Cited<Key>>,
    /// Author e-mails.
    pub emails: Vec<Cited<String>>,
    /// Branches that it works on (globs over the short branch name).
    pub branches: Option<RefPatterns>,
    /// `None`: everywhere; else nowhere else. Matched strictly (exact bytes).
    pub allowed: Option<Patterns>,
    /// Never here; matched generously (folded). The patterns of `prohibited` without the `area:` ones.
    pub prohibited: Patterns,
    /// `area:NAME` entries of `prohibited`: any touch of them, by path or by line.
    pub prohibited_areas: Vec<Cited<String>>,
    /// Suites that any change of this specialist needs.
    pub requires: Vec<Cited<String>>,
    /// Its limits, `[defaults]` already inherited key by key.
    pub limits: Limits,
}

impl Policy {
    /// Everyone whose key that is, with the line that says so: runners, specialists, owners.
    pub fn signers(&self, key: &KeyData) -> Vec<(Signer<'_>, &Cited<Key>)> {
        let runners = self.runners.iter().filter_map(|r| Some((Signer::Runner(r), find(&r.keys, key)?)));
        let specialists = self.specialists.iter().filter_map(|s| Some((Signer::Specialist(s), find(&s.keys, key)?)));
        let owners = find(&self.owners.keys, key).map(|k| (Signer::Owner, k));
        runners.chain(specialists).chain(owners).collect()
    }

    /// Whether the policy names any key at all.
    pub fn has_keys(&self) -> bool {
        let people = self.specialists.iter().map(|s| &s.keys).chain([&self.owners.keys]);
        people.chain(self.runners.iter().map(|r| &r.keys)).any(|keys| !keys.is_empty())
    }
}

fn find<'k>(keys: &'k [Cited<Key>], key: &KeyData) -> Option<&'k Cited<Key>> {
    keys.iter().find(|k| k.value.data == *key)
}
