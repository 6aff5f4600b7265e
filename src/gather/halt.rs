//! Whether the project is halted.

use jiff::Timestamp;

use super::Gatherer;
use crate::change::Oid;
use crate::error::{Error, Result};
use crate::evidence::envelope;
use crate::evidence::halt::{Halted, Say, Spoken, Word, in_force, is_of_tomorrow, spoken};
use crate::git::notes::{NoteLine, Order};
use crate::report::escape;
use crate::rules::good;

impl Gatherer<'_> {
    /// The halt that is in force, asked once.
    ///
    /// # Errors
    /// The notes can't be read; the root commit, on which they stand, isn't here.
    pub fn halted(&self) -> Result<Option<&Halted>> {
        if self.halt.get().is_none() {
            let found = if self.bootstrap { None } else { self.halt_in_force()? };
            // INVARIANT: nobody else sets it, this is the one thread.
            let (Ok(()) | Err(_)) = self.halt.set(found);
        }
        Ok(self.halt.get().and_then(Option::as_ref))
    }

    fn halt_in_force(&self) -> Result<Option<Halted>> {
        let spoken = self.spoken()?;
        let ranks = self.ranks(&spoken)?;
        Ok(in_force(&spoken, &|line| ranks.get(line).copied()))
    }

    /// The halts and resumes among these lines, as far as it is known which repository this is.
    ///
    /// # Errors
    /// As `halted`.
    pub fn words_among(&self, lines: &[NoteLine]) -> Result<Vec<Spoken>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let Some(root) = self.root()? else { return Ok(Vec::new()) };
        Ok(spoken(self.policy, root, lines, Timestamp::now()))
    }

    /// Every halt and resume about this repository, those that are worth nothing, too. None are looked for where nobody who may say one has
    /// written anything.
    ///
    /// # Errors
    /// As `halted`.
    pub fn spoken(&self) -> Result<Vec<Spoken>> {
        let speakers = self.speakers();
        if speakers.is_empty() {
            return Ok(Vec::new());
        }
        let notes = self.notes()?;
        if !notes.any_writer(|writer| std::str::from_utf8(writer).is_ok_and(|name| speakers.contains(name))) {
            return Ok(Vec::new());
        }
        let Some(root) = self.root()? else { return Ok(Vec::new()) };
        let lines = notes.lines(root, Order { first: &[speakers], alone: true })?;
        if let Some((line, why)) = lines.iter().find_map(|line| Some((line, line.content.as_ref().err()?))) {
            let writer = escape(line.writer.as_bytes());
            return Err(Error::new(format!("whether the project is halted can't be told: of the notes of `{writer}`, {why}"))
                .help("an owner can restore that ref from the newest commit of it that holds only records"));
        }
        Ok(spoken(self.policy, root, &lines, Timestamp::now()))
    }

    /// Which words among these lines can't be taken as they are, each a phrase, escaped: on the base's tip as it is, or as this push makes
    /// it, every suite that makes a tree good must be proven to a resume; whoever said it must have known of the halt; and what is dated
    /// in the future would count for nothing here, though whoever said it believes that it does.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn unsound_words(&self, lines: &[Vec<u8>], tips: &[Oid]) -> Result<Vec<String>> {
        let now = Timestamp::now();
        let mut all = Vec::new();
        for line in lines {
            let Ok(opened) = envelope::open(line) else { continue };
            let Some(Ok(word)) = Word::from_payload(&opened.payload) else { continue };
            if is_of_tomorrow(&word, now) {
                let (say, created) = (word.say.as_str(), word.created);
                all.push(format!("a {say} that is dated in the future, on {created:.0}: the clock of whoever said it is wrong"));
            } else if word.say == Say::Resume {
                all.extend(self.outrun(&word)?);
                if !word.forced {
                    all.extend(self.unproven(&word, tips)?.map(|why| format!("a resume without proof: {why}")));
                }
            }
        }
        Ok(all)
    }

    /// Why a resume says nothing of the halt in force: it was said before that. Else an old one, kept back, would lift a later halt.
    fn outrun(&self, word: &Word) -> Result<Option<String>> {
        let halted = self.halted()?.filter(|halted| word.created <= halted.since);
        let older = |halted: &Halted| {
            format!("a resume of {:.0}, which is older than the halt by {} of {:.0}", word.created, halted.by, halted.since)
        };
        Ok(halted.map(older))
    }

    fn unproven(&self, word: &Word, tips: &[Oid]) -> Result<Option<String>> {
        let Some(commit) = word.commit.filter(|commit| tips.contains(commit)) else {
            return Ok(Some("it is not about the tip of the base".to_owned()));
        };
        let commit = self.repo.commit(commit)?;
        let suites = good::suites(self.policy);
        if suites.is_empty() {
            return Ok(Some("the policy demands no suite, so nothing can be proven".to_owned()));
        }
        let proofs = self.proven(&commit)?;
        let missing = good::missing(self.policy, &suites, &proofs);
        let names: Vec<String> =
            missing.iter().map(|(suite, found)| format!("`{}` ({found} found)", escape(suite.as_bytes()))).collect();
        Ok((!names.is_empty()).then(|| format!("{} on commit {}", names.join(", "), commit.oid.short())))
    }
}
