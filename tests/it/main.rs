//! The guard as a person meets it: the binary, real git, and nothing of this machine's own configuration.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "the harness outside of #[test] functions is test code, too: what fails there fails the test"
)]

mod browser;
mod scene;
mod support;
mod wire;

mod audit;
mod check;
mod ci;
mod commit_msg;
mod docs;
mod errors;
mod evasion;
mod everyday;
mod evidence;
mod explain;
mod foreign;
mod gits;
mod halt;
mod help;
mod hostile;
mod identity_signature;
mod incident;
mod install;
mod install_script;
mod ledger;
mod model;
mod moment;
mod own_policy;
mod partial;
mod paste;
mod places;
mod policy;
mod pre_commit;
mod pre_merge_commit;
mod pre_push;
mod pre_receive;
mod prepare_commit_msg;
mod readme;
mod reference;
mod rules;
mod security;
mod server_model;
mod servers;
mod shared;
mod signature;
mod strict;
mod waiver;
mod way_back;
mod ways_out;
