//! What landed: the ledger under `refs/guard/ledger`, a chain of commits with one entry each, and the reservations that stand in for
//! entries until a push has come to its end.
//!
//! pre-receive may not move refs, so it leaves a reservation beside the repository, under a lock; post-receive makes an entry of it. A
//! reservation whose push has ended counts by what the refs hold: a killed process refunds nothing, and spends nothing.

pub mod chain;
pub mod entry;
mod let_in;
pub mod lock;
mod receive_pack;
pub mod record;
pub mod reservation;
pub mod value;
pub mod window;

pub use entry::Entry;
pub use lock::LedgerLock;
pub use receive_pack::PushProcess;
