//! An entry of a specialist's that only one of two policies has: told against what judges that person by the other.
//!
//! Without `"*"` nobody works whom no entry names, so that any entry lets more pass; with it, an entry is stricter or weaker as what it says is than
//! what `"*"` says.

use super::facts::{facts, specialist_s, table_of};
use super::{Difference, Effect, Fact, Facts, Key, Value, difference, opposite};
use crate::policy::types::Policy;

/// Which of the two policies has the entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// The new one.
    Comes,
    /// The old one.
    Goes,
}

/// The entry, and what judges whom it names where it isn't.
pub(super) struct Newcomer {
    name: String,
    own: Facts,
    /// What `"*"` says there; `None`: there is none, and nobody else works.
    anyone: Option<Facts>,
}

/// The entries that `with` has and `without` doesn't.
pub(super) fn newcomers(without: &Policy, with: &Policy) -> Vec<Newcomer> {
    let (there, here) = (facts(without), facts(with));
    let anyone = without.specialist("*").map(|_| of(&there, "*"));
    let alone = with.specialists.iter().map(|one| &one.name.value).filter(|name| without.specialist(name).is_none());
    alone.map(|name| Newcomer { name: name.clone(), own: of(&here, name), anyone: anyone.clone() }).collect()
}

/// What a policy says of that specialist.
fn of(facts: &Facts, name: &str) -> Facts {
    let own = |key: &Key| specialist_s(key, name);
    facts.iter().filter(|(key, _)| own(key)).map(|(key, fact)| (key.clone(), fact.clone())).collect()
}

impl Newcomer {
    /// Whether that is told here.
    pub fn says(&self, key: &Key) -> bool {
        specialist_s(key, &self.name)
    }

    pub fn differences(&self, side: Side) -> Vec<Difference> {
        let mut found: Vec<Difference> = self.own.iter().flat_map(|(key, fact)| self.told(side, key, fact)).collect();
        // What everybody else is held to, and this entry isn't.
        let lacking = self.anyone.iter().flatten().filter(|(key, _)| !table_of(key) && self.own_key(key).is_none());
        found.extend(lacking.map(|(key, fact)| Difference {
            rule: fact.rule,
            what: format!("{} of `{}` is not limited as that of `*` is", key.2, crate::text::escape(self.name.as_bytes())),
            effect: effect(side, Some(fact), None),
        }));
        found
    }

    fn own_key(&self, anyone_s: &Key) -> Option<&Fact> {
        self.own.get(&(anyone_s.0, self.name.clone(), anyone_s.2.clone()))
    }

    /// One key, in the words of any other, to the effect that it has on whom the entry names.
    fn told(&self, side: Side, key: &Key, fact: &Fact) -> Vec<Difference> {
        let (old, new) = match side {
            Side::Comes => (None, Some(fact)),
            Side::Goes => (Some(fact), None),
        };
        let effect = match (&self.anyone, table_of(key)) {
            (None, true) => on(side, Effect::Weaker),
            (None, false) | (Some(_), true) => Effect::Other,
            (Some(anyone), false) => {
                let before = anyone.get(&(key.0, "*".to_owned(), key.2.clone()));
                effect(side, before, Some(fact))
            }
        };
        difference(&key.1, &key.2, old, new).into_iter().map(|one| Difference { effect, ..one }).collect()
    }
}

fn on(side: Side, effect: Effect) -> Effect {
    match side {
        Side::Comes => effect,
        Side::Goes => opposite(effect),
    }
}

/// What the entry does beside what is there without it.
fn effect(side: Side, anyone: Option<&Fact>, own: Option<&Fact>) -> Effect {
    // Who somebody is says nothing of how much they may.
    let names = |fact: &Fact| matches!(&fact.value, Value::List { more: Effect::Other, .. } | Value::Text(_));
    if anyone.or(own).is_none_or(names) {
        return Effect::Other;
    }
    let all = difference("", "", anyone, own);
    let one = all.first().map(|first| first.effect).filter(|effect| all.iter().all(|other| other.effect == *effect));
    on(side, one.unwrap_or(Effect::Other))
}
