//! Whether the project is halted.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Gatherer;
use crate::error::{Error, Result};
use crate::evidence::halt::{HaltKind, HaltStatement, Halted, VerifiedStatement, in_force, is_of_tomorrow, spoken};
use crate::evidence::note::NoteLine;
use crate::facts::Unsound;
use crate::git::notes::Order;
use crate::ledger::record::standing_halts;
use crate::model::Oid;
use crate::rules::known_good;
use crate::text::escape;

impl Gatherer<'_> {
    /// The newest halt that is in force.
    ///
    /// # Errors
    /// The notes can't be read; the root commit, on which they stand, isn't here.
    pub fn halted(&self) -> Result<Option<&Halted>> {
        Ok(self.halts()?.first())
    }

    /// The halts that are in force, asked once, the newest first.
    ///
    /// # Errors
    /// As `halted`.
    pub fn halts(&self) -> Result<&[Halted]> {
        if let Some(halts) = self.halts.get() {
            return Ok(halts);
        }
        let found = if self.bootstrap { Vec::new() } else { self.standing(in_force(&self.spoken()?))? };
        Ok(self.halts.get_or_init(|| found))
    }

    /// The specialists whom every halt that is in force names: their proven change may land.
    ///
    /// # Errors
    /// As `halted`.
    pub fn repairers(&self) -> Result<Vec<String>> {
        let (Some(first), rest) = (self.halted()?, self.halts()?.get(1..).unwrap_or_default()) else { return Ok(Vec::new()) };
        let by_all = |name: &&String| rest.iter().all(|halt| halt.repair.contains(name));
        Ok(first.repair.iter().filter(by_all).cloned().collect())
    }

    /// The halts that are in force, where a ledger tells what counted when it was taken: that stays until a resume names it, whatever policy is
    /// in force since.
    fn standing(&self, mut halts: Vec<Halted>) -> Result<Vec<Halted>> {
        if !self.is_server() || self.inputs.ledger_is_damaged {
            return Ok(halts);
        }
        let taken = standing_halts(self.ledger()?)?;
        if taken.is_empty() {
            return Ok(halts);
        }
        let lifted = lifts(&self.spoken()?);
        for halt in taken {
            if !lifted.contains(&halt.digest) && !halts.iter().any(|known| known.digest == halt.digest) {
                halts.push(halt);
            }
        }
        halts.sort_by_key(|halt| Reverse(halt.since));
        Ok(halts)
    }

    /// What a resume that is said now has to name: the halts in force, and whatever else the notes hold that no resume which counts has named. A
    /// server may have taken those under a policy that knew their signers, and knows by its ledger that they stand.
    ///
    /// # Errors
    /// As `halted`.
    pub fn to_lift(&self) -> Result<Vec<Halted>> {
        let mut halts = self.halts()?.to_vec();
        let Some(root) = self.expected_root()?.filter(|_| !self.is_server()) else { return Ok(halts) };
        let lines = self.notes()?.lines(root, Order { first: &[self.speakers()], alone: false })?;
        let lifted = lifts(&self.spoken()?);
        for one in spoken(self.policy, root, &lines, self.inputs.now) {
            let known = lifted.contains(&one.digest) || halts.iter().any(|halt| halt.digest == one.digest);
            if one.word.say == HaltKind::Halt && one.word.repository == root && !known {
                let (reason, since) = (one.word.reason, one.word.created);
                halts.push(Halted { reason, by: one.by, since, digest: one.digest, repair: Vec::new() });
            }
        }
        Ok(halts)
    }

    /// The halts and resumes among these lines, as far as it is known which repository this is.
    ///
    /// # Errors
    /// As `halted`.
    pub fn words_among(&self, lines: &[NoteLine]) -> Result<Vec<VerifiedStatement>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let Some(root) = self.expected_root()? else { return Ok(Vec::new()) };
        Ok(spoken(self.policy, root, lines, self.inputs.now))
    }

    /// Every halt and resume about this repository, those that are worth nothing, too. None are looked for where nobody who may say one has
    /// written anything.
    ///
    /// # Errors
    /// As `halted`.
    pub fn spoken(&self) -> Result<Vec<VerifiedStatement>> {
        let speakers = self.speakers();
        if speakers.is_empty() {
            return Ok(Vec::new());
        }
        let notes = self.notes()?;
        if !notes.any_writer(|writer| std::str::from_utf8(writer).is_ok_and(|name| speakers.contains(name))) {
            return Ok(Vec::new());
        }
        let Some(root) = self.expected_root()? else { return Ok(Vec::new()) };
        let lines = notes.lines(root, Order { first: &[speakers], alone: true })?;
        if let Some((line, why)) = lines.iter().find_map(|line| Some((line, line.content.as_ref().err()?))) {
            let writer = escape(line.writer.as_bytes());
            return Err(Error::new(format!("whether the project is halted can't be told: of the notes of `{writer}`, {why}"))
                .help("an owner can restore that ref from the newest commit of it that holds only records"));
        }
        Ok(spoken(self.policy, root, &lines, self.inputs.now))
    }

    /// Which of these words, that a push adds to one writer's notes, can't be taken as they are: what is dated in the future would count for
    /// nothing here, though whoever said it believes that it does; a resume must name every halt that is in force, and on the base's tip as
    /// it is, or as this push makes it, every suite that makes a tree good must be proven to it.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn unsound_words(&self, words: &[VerifiedStatement], tips: &[Oid]) -> Result<Vec<Unsound>> {
        let (mut unsound, mut lifted) = (Vec::new(), BTreeSet::new());
        for one in words {
            match self.unsound(one, words, tips)? {
                Some(why) => unsound.push((one, why)),
                None if one.refused.is_none() => lifted.extend(&one.word.lifts),
                None => {}
            }
        }
        // What was refused once stays in its speaker's own notes, beside the word that they said in its place: it lifts nothing by itself.
        let harmless = |word: &HaltStatement| !word.lifts.is_empty() && word.lifts.iter().all(|halt| lifted.contains(halt));
        // Nor does what counts for nothing keep anybody from being heard: beside a word that counts it may stand.
        let heard = words.iter().any(|one| one.refused.is_none()) && unsound.iter().all(|(one, _)| one.refused.is_some());
        let passes =
            |(one, why): &(&VerifiedStatement, Unsound)| harmless(&one.word) || (heard && matches!(why, Unsound::Worthless(..)));
        Ok(unsound.into_iter().filter(|one| !passes(one)).map(|(_, why)| why).collect())
    }

    fn unsound(&self, one: &VerifiedStatement, words: &[VerifiedStatement], tips: &[Oid]) -> Result<Option<Unsound>> {
        let word = &one.word;
        if is_of_tomorrow(word, self.inputs.now) {
            return Ok(Some(Unsound::OfTomorrow(word.say, word.created)));
        }
        if let Some(why) = &one.refused {
            return Ok(Some(Unsound::Worthless(word.say, why.clone())));
        }
        if word.say == HaltKind::Halt {
            return Ok(None);
        }
        // One that its speaker says in the same push says nothing of what they knew when they resumed.
        let before = |halt: &&Halted| !word.lifts.contains(&halt.digest) && !words.iter().any(|one| one.digest == halt.digest);
        if let Some(halt) = self.halts()?.iter().find(before) {
            return Ok(Some(Unsound::Unaware(word.created, halt.by.clone(), halt.since)));
        }
        if word.forced { Ok(None) } else { Ok(self.unproven(word, tips)?.map(Unsound::Unproven)) }
    }

    fn unproven(&self, word: &HaltStatement, tips: &[Oid]) -> Result<Option<String>> {
        let Some(commit) = word.commit.filter(|commit| tips.contains(commit)) else {
            return Ok(Some("it is not about the tip of the base".to_owned()));
        };
        let commit = self.repo.commit(commit)?;
        let suites = known_good::suites(self.policy);
        if suites.is_empty() {
            return Ok(Some("the policy demands no suite, so nothing can be proven".to_owned()));
        }
        let proofs = self.proven(&commit)?;
        let missing = known_good::missing(self.policy, &suites, &proofs);
        let names: Vec<String> =
            missing.iter().map(|(suite, found)| format!("`{}` ({found} found)", escape(suite.as_bytes()))).collect();
        Ok((!names.is_empty()).then(|| format!("{} on commit {}", names.join(", "), commit.oid.short())))
    }
}

/// The halts that resumes which count name.
fn lifts(spoken: &[VerifiedStatement]) -> BTreeSet<String> {
    spoken.iter().filter(|one| one.refused.is_none()).flat_map(|one| one.word.lifts.clone()).collect()
}
