//! Pastes what an answer says, as whom it is said to, until the door opens or the answer says who else must act.

use std::collections::BTreeSet;

use super::doors::Judges;
use super::scene::Case;
use crate::support::*;

/// How it ended: so many commands, and where to.
pub struct End {
    /// The commands that were pasted.
    pub pasted: usize,
    /// How it ended.
    pub how: String,
}

/// More answers than this lead nowhere.
const MOST: usize = 8;

/// Knocks at a door until it opens. `None`: it is open from the start.
///
/// # Errors
/// In words, why what is told leads nowhere.
pub fn walk(case: &Case, judges: Judges, knock: &dyn Fn(&Case) -> Run, rule: &str) -> Result<Option<End>, String> {
    let mut way = Way { case, followed: Vec::new(), log: String::new(), helped: BTreeSet::new(), pasted: 0, pushed: false };
    for answer in 0..MOST {
        let run = knock(case);
        if run.status == 0 {
            return Ok((answer > 0).then(|| way.end("accepted")));
        }
        let text = run.out() + &run.err();
        let said = || format!("{}\n{text}", way.told());
        if !text.contains("guard: ") || !["rejected", "could not decide"].iter().any(|word| text.contains(word)) {
            return Err(format!("no sentence of the guard's:\n{}", said()));
        }
        if answer == 0 && !text.contains(&format!("error[{rule}]")) {
            return Err(format!("refused for something else than {rule}:\n{}", said()));
        }
        let (nexts, others) = (distinct(&run.nexts()), others(&text));
        if let Some(bad) = nexts.iter().find(|next| is_a_form(next)) {
            return Err(format!("`{bad}` can't be pasted:\n{}", said()));
        }
        if !nexts.is_empty() && nexts.iter().all(|next| way.followed.contains(next)) {
            return Err(format!("a circle:\n{}", said()));
        }
        let requests: Vec<String> = requests(&text).into_iter().filter(|request| !way.followed.contains(request)).collect();
        if nexts.is_empty() && requests.is_empty() {
            return if text.contains("help: ") {
                Ok(Some(way.end(&others.join(", "))))
            } else {
                Err(format!("no word of help:\n{}", said()))
            };
        }
        way.follow(&nexts, &requests, &others, judges)?;
        if way.pushed {
            return Ok(Some(way.end("accepted")));
        }
    }
    Err(format!("no end:\n{}", way.told()))
}

struct Way<'c> {
    case: &'c Case,
    followed: Vec<String>,
    log: String,
    helped: BTreeSet<&'static str>,
    pasted: usize,
    pushed: bool,
}

impl Way<'_> {
    fn end(&self, how: &str) -> End {
        let how = if how.is_empty() { "in words" } else { how };
        let with: Vec<&str> = self.helped.iter().copied().collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
        End { pasted: self.pasted, how: format!("{how}{with}") }
    }

    fn told(&self) -> &str {
        &self.log
    }

    /// Does all that one answer says, in its order: whoever else is named acts before what they did is fetched.
    fn follow(&mut self, nexts: &[String], requests: &[String], others: &[&str], judges: Judges) -> Result<(), String> {
        let mut asked = false;
        for next in nexts {
            if next.starts_with("git fetch") && !asked {
                self.ask(requests, others, judges)?;
                asked = true;
            }
            self.paste(&self.case.here(), next)?;
            if let Some(rest) = next.strip_prefix("git worktree add --detach ../") {
                self.case.go_aside(rest.split(' ').next().unwrap());
            }
        }
        if !asked {
            self.ask(requests, others, judges)?;
        }
        if judges == Judges::Commits { self.commit_again() } else { Ok(()) }
    }

    /// CI, or an owner, does what the answer says that they must.
    fn ask(&mut self, requests: &[String], others: &[&str], judges: Judges) -> Result<(), String> {
        if !requests.is_empty() {
            // What is refused isn't pushed: they look at it where it is.
            self.case.tree(judges == Judges::Index);
            for request in requests {
                self.paste(&self.case.owner(), request)?;
            }
            self.helped.insert("an owner");
        } else if others.contains(&"CI") {
            self.case.ci(&self.case.tree(judges == Judges::Index));
            self.helped.insert("CI");
        }
        Ok(())
    }

    fn paste(&mut self, at: &Repo, command: &str) -> Result<(), String> {
        let run = at.run("sh", &["-c", command]);
        let said = run.out() + &run.err();
        self.followed.push(command.to_owned());
        let last = said.lines().last().unwrap_or_default();
        self.log.push_str(&format!("  told: {command}\n    ended with {}: {last}\n", run.status));
        self.pasted += 1;
        // What is pushed otherwise than it was has come through the door.
        self.pushed |= run.status == 0 && command.starts_with("git push ") && !command.contains(" :");
        let misused = run.status == 127 || run.status == 129 || said.contains("Usage:") || said.contains("usage:");
        if misused || said.contains("panicked") || (run.status == 2 && !said.contains("guard: ") && command.starts_with("guard")) {
            return Err(format!("{}`{command}` ends with {}:\n{said}", self.told(), run.status));
        }
        Ok(())
    }

    /// What was taken back lies in the index: it is committed anew, by what the hooks say about it.
    fn commit_again(&mut self) -> Result<(), String> {
        let here = self.case.here();
        if here.git(&["diff", "--cached", "--quiet"]).status == 0 {
            return Ok(());
        }
        let mut seen: Vec<String> = Vec::new();
        loop {
            let run = here.git(&["commit", "-q", "-m", "anew"]);
            let nothing_left = here.git(&["diff", "--cached", "--quiet"]).status == 0;
            if run.status == 0 || nothing_left {
                return Ok(());
            }
            let nexts = distinct(&run.nexts());
            if nexts.iter().all(|next| seen.contains(next)) {
                return Err(format!("{}committed anew, a circle:\n{}{}", self.told(), run.out(), run.err()));
            }
            for next in nexts {
                self.paste(&here, &next)?;
                seen.push(next);
            }
        }
    }
}

fn distinct(nexts: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    nexts.iter().filter(|next| seen.insert(*next)).cloned().collect()
}

/// Whether a command holds a word to be filled in.
fn is_a_form(command: &str) -> bool {
    let bare = |word: &&str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase()) && *word != "HEAD";
    command.contains('…') || command.contains('<') || command.split([' ', '/', '=']).any(|word| bare(&word))
}

/// What an owner is asked for, ready to be forwarded.
fn requests(text: &str) -> Vec<String> {
    distinct(&plain(text).filter_map(|line| line.trim().strip_prefix("ask an owner: ").map(str::to_owned)).collect::<Vec<_>>())
}

fn plain(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.strip_prefix("remote: ").unwrap_or(line).trim_end())
}

/// Who else must act, by the sentences of help and by what is said of whose a path is.
fn others(text: &str) -> Vec<&'static str> {
    let mut words = String::new();
    let mut helping = false;
    for line in plain(text) {
        let bare = line.trim_start();
        helping = bare.starts_with("help: ") || (helping && line.len() - bare.len() >= 6);
        if helping || bare.starts_with("it is for `") {
            words.push_str(bare);
            words.push(' ');
        }
    }
    let named = |(_, signs): &(&str, &[&str])| signs.iter().any(|sign| words.contains(sign));
    let all: [(&str, &[&str]); 4] = [
        ("an owner", &["an owner", "owners"]),
        ("CI", &["a runner", "have CI"]),
        ("an administrator", &["an administrator", "the administrator"]),
        ("a specialist", &["it is for `"]),
    ];
    all.iter().filter(|one| named(one)).map(|(who, _)| *who).collect()
}
