//! Every `--help` in the words of its snapshot under tests/help; `SNAPSHOTS=overwrite cargo test` writes what is said now.

use std::path::Path;

use clap::CommandFactory as _;
use snapbox::{Assert, Data};

use super::support::*;

/// Every command with its arguments: `guard`, `guard check` … `guard policy diff`.
fn commands(command: &clap::Command, path: &[&str]) -> Vec<Vec<String>> {
    let own = path.iter().map(|word| (*word).to_owned()).collect();
    let below = command.get_subcommands().flat_map(|sub| commands(sub, &[path, &[sub.get_name()]].concat()));
    std::iter::once(own).chain(below).collect()
}

#[test]
fn every_help_is_in_the_words_of_its_snapshot() {
    let repo = Repo::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help");
    let mut files = Vec::new();
    for path in commands(&guard::command::cli::Cli::command(), &[]) {
        let args: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let name = format!("{}.txt", std::iter::once("guard").chain(path.iter().map(String::as_str)).collect::<Vec<_>>().join("-"));
        let shown = repo.guard(&args).ok().out();
        assert!(shown.lines().all(|line| line.chars().count() <= 100), "{name}\n{shown}");
        Assert::new().action_env("SNAPSHOTS").eq(shown, Data::read_from(&folder.join(&name), None).raw());
        files.push(name);
    }
    let there = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let gone: Vec<String> = there.filter(|name| !files.contains(name)).collect();
    assert_eq!(gone, Vec::<String>::new(), "snapshots of commands that are not there");
}

#[test]
fn short_and_long_help_are_one() {
    let repo = Repo::new();
    for command in ["check", "test", "install"] {
        assert_eq!(repo.guard(&[command, "-h"]).ok().out(), repo.guard(&[command, "--help"]).ok().out());
        assert_eq!(repo.guard(&["help", command]).ok().out(), repo.guard(&[command, "--help"]).ok().out());
    }
}

#[test]
fn a_wrong_use_is_undecided_and_says_how_it_is_right() {
    let repo = Repo::new();
    repo.guard(&[] as &[&str]).undecided().says("Usage: guard");
    repo.guard(&["chekc"]).undecided().says("a similar subcommand exists: 'check'");
    repo.guard(&["test"]).undecided().says("<SUITE>...");
    repo.guard(&["check", "--staged", "main"]).undecided().says("cannot be used with");
}
