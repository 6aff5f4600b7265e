//! `guard` stands between a change and a git repository.
//!
//! ```text
//! argv, stdin, environment ─ command, context ─► Common, arguments
//! repository ─ git/* ─► change sets, evidence ─┐
//! trusted ref ─ gather/trusted_policy ─► policy/load ─► Policy
//!                                              ├─► judge(&Policy, &Facts) ─► Verdict    pure; costly facts get themselves
//! who ─ identity ─► Actor ─────────────────────┘                │
//!                            report::verdict(format, &Verdict, …) ─► Done ─► output
//!                                              exit status from the Verdict, before anything is written
//! ```
//!
//! One direction, one pass: facts are gathered, then judged, then shown. A second place that decides is a defect.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "a test may ask what it likes, and shows what it has found"))]

pub mod audit;
pub mod command;
pub mod context;
pub mod diff;
pub mod error;
pub mod evidence;
pub mod facts;
pub mod gather;
pub mod git;
pub mod identity;
pub mod ledger;
pub mod model;
pub mod output;
pub mod policy;
pub mod report;
pub mod rules;
pub mod runner;
pub mod text;
pub mod verdict;

pub use rules::judge;
