//! What git starts on a server: each hook a file.

pub mod post_receive;
pub mod pre_receive;
pub mod reference_transaction;
pub mod watchdog;
