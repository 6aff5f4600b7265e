//! Evidence: a record of a run, bound to what was run, by someone who may be believed.

pub mod envelope;
mod level;
pub mod record;

pub use level::{Level, Missing, Proof};

/// A message that may carry markers, and the tree that it must name.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its commit; `None`: it is about to be committed.
    pub commit: Option<crate::change::Oid>,
    /// The commit's own tree.
    pub tree: crate::change::Oid,
    /// Raw bytes.
    pub text: &'a [u8],
}

/// STUB
pub fn proofs(
    _policy: &crate::policy::Policy,
    _roots: &dyn Fn(&crate::change::Oid) -> crate::error::Result<bool>,
    _tree: crate::change::Oid,
    _lines: &[crate::git::notes::NoteLine],
    _messages: &[Message<'_>],
    _on_server: bool,
) -> crate::error::Result<crate::change::BySuite<Proof>> {
    todo!()
}
