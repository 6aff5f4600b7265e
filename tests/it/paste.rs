//! Every rule, broken at every door, at every level of proof: whoever pastes each `next` in the order printed ends accepted, or is told in
//! words who else must act. No answer has nothing to say but what was just done.

mod breaches;
mod doors;
mod scene;
mod walk;

use std::path::Path;

use snapbox::{Assert, Data};

use breaches::*;
use doors::*;
use scene::*;
use walk::*;

/// Rows of breaches, columns of doors; what leads nowhere.
#[derive(Default)]
struct Table {
    lines: Vec<String>,
    faults: Vec<String>,
}

impl Table {
    fn cell(&mut self, (row, column): (&str, &str), end: Result<Option<End>, String>) {
        match end {
            Ok(None) => {}
            Ok(Some(End { pasted, how })) => self.lines.push(format!("| {row} | {column} | {pasted} | {how} |\n")),
            Err(why) => self.faults.push(format!("{row}, {column}: {why}")),
        }
    }

    fn walk(&mut self, project: &Project, breaches: &[Breach], all: &[Doors]) {
        for breach in breaches {
            let row = [breach.rule, breach.way].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
            for Doors { judges, bring, doors } in all.iter().filter(|doors| breach.is_tried_at(doors.judges)) {
                let brought = project.case();
                bring(&brought, breach);
                for door in *doors {
                    let case = project.again(&brought);
                    (door.then)(&case);
                    self.cell((&row, door.name), walk(&case, *judges, &door.knock, breach.rule));
                }
            }
        }
    }

    /// Compares with the page of that name.
    #[expect(clippy::print_stdout, reason = "the table is what the test is for")]
    #[track_caller]
    fn holds(self, page: &str) {
        let pasted: usize = self.lines.iter().map(|line| line.split(" | ").nth(2).unwrap().parse::<usize>().unwrap()).sum();
        let text = format!(
            "# What is pasted: {page}\n\n{} refusals, {pasted} commands pasted. Written by `SNAPSHOTS=overwrite cargo test --test it paste::`.\n\n\
             | rule | door | commands | ends |\n|---|---|---|---|\n{}",
            self.lines.len(),
            self.lines.concat()
        );
        println!("{text}");
        assert!(self.faults.is_empty(), "{} of these lead nowhere:\n\n{}", self.faults.len(), self.faults.join("\n\n"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/paste/{page}.md"));
        Assert::new().action_env("SNAPSHOTS").eq(text, Data::read_from(&path, None).raw());
    }
}

/// One page.
fn walked(page: &str, project: &Project, breaches: &[Breach], doors: &[&[Doors]]) {
    let mut table = Table::default();
    doors.iter().for_each(|doors| table.walk(project, breaches, doors));
    table.holds(page);
}

#[test]
fn limits_at_the_index() {
    walked("limits-index", &Project::of("none"), LIMITS, &[OF_THE_INDEX]);
}

#[test]
fn limits_of_commits() {
    walked("limits-commits", &Project::of("none"), LIMITS, &[OF_COMMITS]);
}

#[test]
fn places_and_people_at_the_index() {
    walked("places-index", &Project::of("none"), PLACES, &[OF_THE_INDEX]);
}

#[test]
fn places_and_people_of_commits() {
    walked("places-commits", &Project::of("none"), PLACES, &[OF_COMMITS]);
}

#[test]
fn halted() {
    walked("halted", &Project::landing(), HALTED, &[OF_THE_INDEX, OF_COMMITS]);
}

#[test]
fn claimed() {
    proof("claimed");
}

#[test]
fn recorded() {
    proof("recorded");
}

#[test]
fn signed() {
    proof("signed");
}

#[test]
fn attested() {
    proof("attested");
}

fn proof(level: &str) {
    walked(level, &Project::of(level), PROOF, &[OF_THE_INDEX, OF_COMMITS]);
}

#[test]
fn refs() {
    let project = Project::of("none");
    let mut table = Table::default();
    for push in PUSHES {
        for (door, options) in [("pre-push", &[][..]), ("server", &["--no-verify"])] {
            let case = project.case();
            (push.make)(&case.repo);
            let knock = |case: &Case| case.here().git(&[&["push", "-q"], options, &["origin"], push.args].concat());
            let end = walk(&case, Judges::Commits, &knock, "protected-ref");
            table.cell((&format!("protected-ref, {}", push.way), door), end);
        }
    }
    table.holds("refs");
}
