//! Values as the ledger's JSON has them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::change::{Bounds, Entry, EntryKind, Oid};
use crate::report::json;

/// Bytes that are text almost always.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Bytes(pub Vec<u8>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Raw { bytes: String },
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::Bytes(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(Self(text.into_bytes())),
            Written::Raw { bytes } => STANDARD.decode(bytes).map(Self).map_err(de::Error::custom),
        }
    }
}

/// An object id, in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Id(pub Oid);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::Hex(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(deserializer)?;
        Oid::from_hex(&hex).map(Self).ok_or_else(|| de::Error::custom("an id is none"))
    }
}

/// A time, as RFC 3339 has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(de::Error::custom)
    }
}

/// A number, or where it isn't known its bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// It.
    Exact(u64),
    /// No less, and no more.
    Between {
        /// No less.
        at_least: u64,
        /// No more.
        at_most: u64,
    },
}

impl From<Bounds> for Number {
    fn from(bounds: Bounds) -> Self {
        let Bounds { at_least, at_most } = bounds;
        bounds.known().map_or(Self::Between { at_least, at_most }, Self::Exact)
    }
}

impl From<Number> for Bounds {
    fn from(number: Number) -> Self {
        match number {
            Number::Exact(n) => Self::exact(n),
            Number::Between { at_least, at_most } => Self { at_least, at_most },
        }
    }
}

/// What stands at a path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Side {
    mode: String,
    id: Id,
}

impl From<Entry> for Side {
    fn from(entry: Entry) -> Self {
        Self { mode: format!("{:06o}", entry.kind.mode()), id: Id(entry.oid) }
    }
}

impl Side {
    /// As the rest of the program has it; `None`: no mode of git's.
    pub fn entry(&self) -> Option<Entry> {
        let kinds = [EntryKind::File, EntryKind::Executable, EntryKind::Symlink, EntryKind::Submodule];
        let kind = kinds.into_iter().find(|kind| format!("{:06o}", kind.mode()) == self.mode)?;
        Some(Entry { kind, oid: self.id.0 })
    }
}
