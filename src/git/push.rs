//! What a push says on stdin.

use crate::change::Oid;
use crate::error::Result;

/// One update of a ref. The zero id is `None`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefUpdate {
    /// Full name of the ref on the receiving side, raw bytes.
    pub name: Vec<u8>,
    /// What it held; `None`: it is new.
    pub old: Option<Oid>,
    /// What it shall hold; `None`: it goes away.
    pub new: Option<Oid>,
}

/// Reads pre-receive's lines `<old> SP <new> SP <ref> LF`. Empty input is an empty list.
///
/// # Errors
/// A malformed line, an id that isn't hexadecimal of the right width, a ref named twice, no final newline.
pub fn pre_receive(input: &[u8]) -> Result<Vec<RefUpdate>> {
    let _ = input;
    todo!()
}

/// Reads pre-push's lines `<local ref> SP <local oid> SP <remote ref> SP <remote oid> LF`.
///
/// # Errors
/// As `pre_receive`.
pub fn pre_push(input: &[u8]) -> Result<Vec<RefUpdate>> {
    let _ = input;
    todo!()
}
