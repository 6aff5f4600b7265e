//! Values of the format that JSON has no word for.

use serde::{Serialize, Serializer};

use crate::model::Oid;

/// An object id: hexadecimal.
#[derive(Clone, Copy, Debug)]
pub struct Hex(pub Oid);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
