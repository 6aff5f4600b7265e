//! What a difference between trees means: changed files, lines, renames, and what is a merge's own. Git is asked through `git/` alone.

pub mod changes;
#[cfg(test)]
mod fixture;
pub mod lines;
pub mod merge;
pub mod suite_files;
