//! Random repositories and policies, judged once by the guard and once by a slow model that shares no code with it: git counts, and
//! directories are compared as prefixes.

use std::collections::{BTreeMap, BTreeSet};

use super::support::*;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

const FOLDERS: [&str; 4] = ["api", "webui", "middleware", "docs"];

/// What the policy says, in the model's own words.
struct Rules {
    files_per_commit: u64,
    files_per_session: u64,
    lines_per_commit: u64,
    lines_per_session: u64,
    areas_per_session: u64,
    allowed: Vec<&'static str>,
    prohibited: &'static str,
    forbid_delete: &'static str,
    guarded: &'static str,
}

impl Rules {
    fn random(dice: &mut Dice) -> Self {
        let folder = |dice: &mut Dice| FOLDERS[dice.below(4) as usize];
        Self {
            files_per_commit: 1 + dice.below(4),
            files_per_session: 2 + dice.below(6),
            lines_per_commit: 5 + dice.below(30),
            lines_per_session: 10 + dice.below(60),
            areas_per_session: 1 + dice.below(3),
            allowed: FOLDERS.into_iter().filter(|_| dice.below(4) > 0).chain(["docs"]).collect(),
            prohibited: folder(dice),
            forbid_delete: folder(dice),
            guarded: folder(dice),
        }
    }

    fn policy(&self) -> String {
        let allowed: Vec<String> = self.allowed.iter().map(|f| format!("\"{f}/\"")).collect();
        let areas: String = FOLDERS
            .iter()
            .map(|f| {
                let forbid = if *f == self.forbid_delete { "forbid = [\"delete\"]\n" } else { "" };
                let requires = if *f == self.guarded { "requires = [\"suite\"]\n" } else { "" };
                format!("[area.{f}]\npaths = [\"{f}/\"]\n{forbid}{requires}\n")
            })
            .collect();
        policy(&format!(
            "[specialist.dev]\nemails = [\"author@example.org\"]\nallowed = [{}]\nprohibited = [\"{}/\"]\n\
             max-files-per-commit = {}\nmax-files-per-session = {}\nmax-lines-per-commit = {}\nmax-lines-per-session = {}\n\
             max-areas-per-session = {}\n\n{areas}[suite.suite]\nrun = \"true\"\n\n[evidence]\nland = \"claimed\"\n",
            allowed.join(", "),
            self.prohibited,
            self.files_per_commit,
            self.files_per_session,
            self.lines_per_commit,
            self.lines_per_session,
            self.areas_per_session
        ))
    }
}

/// What the rules say of every subject that they reject: ("commit <id>", "session", "landing") and the rule.
type Said = BTreeSet<(String, String)>;

/// Changes the work tree somehow: adds, edits, deletes, moves.
fn change(repo: &Repo, dice: &mut Dice, step: u64) {
    for n in 0..1 + dice.below(4) {
        let folder = FOLDERS[dice.below(4) as usize];
        let path = format!("{folder}/f{}.txt", dice.below(3));
        let there = repo.file(&path).exists();
        match dice.below(6) {
            0 if there => drop(std::fs::remove_file(repo.file(&path))),
            1 if there => {
                let to = repo.file(format!("{}/moved{step}{n}.txt", FOLDERS[dice.below(4) as usize]));
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::rename(repo.file(&path), to).unwrap();
            }
            _ => {
                let lines: String = (0..dice.below(12)).map(|l| format!("{step} {n} {l} {}\n", dice.below(5))).collect();
                repo.write(&path, lines);
            }
        }
    }
}

/// The model: git's numbers, prefixes, and the design's sentences one by one.
fn expected(repo: &Repo, rules: &Rules, base: &str, commits: &[String]) -> Said {
    let mut said = Said::new();
    let mut touched = BTreeSet::new();
    let mut guarded = false;
    for commit in commits {
        let stats = repo.numstat(&format!("{commit}^"), commit);
        let paths: Vec<String> = stats.iter().flat_map(paths_of).collect();
        let mut reject = |rule: &str| said.extend([(format!("commit {commit}"), rule.to_owned())]);
        let (files, added, deleted) = totals(&stats);
        if commits.len() > 1 && files > rules.files_per_commit && !near(repo, commit, files, rules.files_per_commit) {
            reject("file-limit");
        }
        if commits.len() > 1 && lines(repo, commit, (files, added + deleted), rules) > rules.lines_per_commit {
            reject("line-limit");
        }
        let outside = |p: &String| !rules.allowed.iter().any(|f| below(p, f)) || below(p, rules.prohibited);
        if paths.iter().any(outside) {
            reject("scope");
        }
        let gone =
            |s: &Stat| if s.from.is_some() { s.from.clone() } else { (!exists(repo, commit, &s.path)).then(|| s.path.clone()) };
        if stats.iter().filter_map(gone).any(|p| below(&text(&p), rules.forbid_delete)) {
            reject("forbidden-change");
        }
        guarded |= paths.iter().any(|p| below(p, rules.guarded));
        touched.extend(paths);
    }
    if guarded {
        said.insert(("landing".to_owned(), "guarded-area".to_owned()));
    }
    let tip = commits.last().unwrap();
    let standing: Vec<Stat> =
        repo.numstat(base, tip).into_iter().filter(|s| paths_of(s).iter().any(|p| touched.contains(p))).collect();
    let areas: BTreeSet<String> = standing.iter().flat_map(paths_of).map(|p| p.split('/').next().unwrap().to_owned()).collect();
    let mut reject = |rule: &str| said.extend([("session".to_owned(), rule.to_owned())]);
    let (files, added, deleted) = totals(&standing);
    let similar = similar(repo, base, tip);
    let within =
        |n: u64| if n > rules.files_per_session && n <= 2 * rules.files_per_session { similar } else { (n, added + deleted) };
    if within(files).0 > rules.files_per_session {
        reject("file-limit");
    }
    if within(files).1 > rules.lines_per_session {
        reject("line-limit");
    }
    if areas.len() as u64 > rules.areas_per_session {
        reject("area-limit");
    }
    said
}

fn text(path: &[u8]) -> String {
    String::from_utf8(path.to_vec()).unwrap()
}

fn paths_of(stat: &Stat) -> Vec<String> {
    std::iter::once(&stat.path).chain(&stat.from).map(|p| text(p)).collect()
}

fn below(path: &str, folder: &str) -> bool {
    path.starts_with(&format!("{folder}/"))
}

fn exists(repo: &Repo, commit: &str, path: &[u8]) -> bool {
    repo.git(&["cat-file", "-e", &format!("{commit}:{}", text(path))]).status == 0
}

/// Files and lines with git's own similarity.
fn similar(repo: &Repo, from: &str, to: &str) -> (u64, u64) {
    let out = repo.git(&["diff-tree", "-r", "-M", "--numstat", from, to]).ok().out();
    let number = |word: Option<&str>| word.unwrap().parse::<u64>().unwrap();
    let each = out.lines().map(|line| {
        let mut words = line.split('\t');
        number(words.next()) + number(words.next())
    });
    (out.lines().count() as u64, each.sum())
}

/// Whether similar pairs bring a commit back under the limit of files.
fn near(repo: &Repo, commit: &str, files: u64, limit: u64) -> bool {
    files <= 2 * limit && similar(repo, &format!("{commit}^"), commit).0 <= limit
}

fn lines(repo: &Repo, commit: &str, (files, lines): (u64, u64), rules: &Rules) -> u64 {
    let asked = files > rules.files_per_commit && files <= 2 * rules.files_per_commit;
    if asked { similar(repo, &format!("{commit}^"), commit).1 } else { lines }
}

/// What the guard says, in the same form.
fn said(json: &serde_json::Value) -> Said {
    let mut all = Said::new();
    for judgement in json["judgements"].as_array().unwrap() {
        let kind = judgement["subject"]["kind"].as_str().unwrap();
        let place = match kind {
            "commit" => format!("commit {}", judgement["subject"]["commit"].as_str().unwrap()),
            other => other.to_owned(),
        };
        for outcome in judgement["outcomes"].as_array().unwrap() {
            assert_ne!(outcome["outcome"], "indeterminate", "{outcome}");
            if outcome["outcome"] == "violated" {
                all.insert((place.clone(), outcome["rule"].as_str().unwrap().to_owned()));
            }
        }
    }
    all
}

#[test]
fn the_guard_agrees_with_a_model_that_shares_no_code_with_it() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // GUARD_TEST_SEEDS=500 looks further.
    let seeds = std::env::var("GUARD_TEST_SEEDS").map_or(24, |n| n.parse().unwrap());
    for seed in 0..seeds {
        let mut dice = Dice(seed * 7919 + 1);
        let rules = Rules::random(&mut dice);
        let repo = Repo::with_policy(&rules.policy());
        for folder in FOLDERS {
            for n in 0..3 {
                repo.write(format!("{folder}/f{n}.txt"), format!("{folder}\n{n}\n"));
            }
        }
        let base = repo.commit_unjudged("base");
        repo.git(&["switch", "-q", "-c", "work"]).ok();
        let mut commits = Vec::new();
        for step in 0..2 + dice.below(3) {
            change(&repo, &mut dice, step);
            let before = repo.rev("HEAD^{tree}");
            commits.push(repo.commit_unjudged("step"));
            if repo.rev("HEAD^{tree}") == before {
                commits.pop();
                repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
            }
        }
        if commits.is_empty() {
            continue;
        }
        let model = expected(&repo, &rules, &base, &commits);
        let guard = said(&repo.json(&["check"]));
        assert_eq!(guard, model, "seed {seed}\n{}\n{}", rules.policy(), repo.git(&["log", "--stat", "--format=%H"]).ok().out());
        guard
            .iter()
            .for_each(|(place, rule)| *seen.entry(format!("{} {rule}", place.split(' ').next().unwrap())).or_default() += 1);
    }
    // The model says something of every rule that it knows, or it would agree about nothing.
    for rule in ["commit file-limit", "commit line-limit", "commit scope", "commit forbidden-change"] {
        assert!(seen.contains_key(rule), "{seen:?}");
    }
    for rule in ["session file-limit", "session line-limit", "session area-limit", "landing guarded-area"] {
        assert!(seen.contains_key(rule), "{seen:?}");
    }
}

#[test]
fn splitting_a_rejected_change_never_makes_it_accepted() {
    for seed in 0..8 {
        let mut dice = Dice(seed * 104_729 + 3);
        let repo = Repo::with_policy(&policy(
            "[specialist.dev]\nemails = [\"author@example.org\"]\nmax-files-per-commit = 4\nmax-files-per-session = 4\n\
             max-lines-per-session = 60\n",
        ));
        repo.git(&["switch", "-q", "-c", "whole"]).ok();
        for step in 0..4 {
            change(&repo, &mut dice, step);
        }
        repo.commit_unjudged("whole");
        let whole = repo.json(&["check", "whole"]);
        repo.git(&["switch", "-q", "-c", "split", "main"]).ok();
        let names = repo.git(&["diff", "--name-only", "--no-renames", "main", "whole"]).ok().out();
        for name in names.lines() {
            repo.git(&["checkout", "-q", "whole", "--", name]).ok();
            repo.commit_unjudged(name);
        }
        assert_eq!(repo.rev("split^{tree}"), repo.rev("whole^{tree}"));
        let split = repo.json(&["check", "split"]);
        let sessions =
            |json: &serde_json::Value| -> Said { said(json).into_iter().filter(|(place, _)| place == "session").collect() };
        assert_eq!(sessions(&split), sessions(&whole), "seed {seed}");
    }
}
