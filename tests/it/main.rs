//! The guard as a person meets it: the binary, real git, and nothing of this machine's own configuration.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the harness outside of #[test] functions is test code, too: what fails there fails the test"
)]

mod support;

mod evasion;
mod everyday;
mod incident;
mod install_script;
mod policy;
mod readme;
