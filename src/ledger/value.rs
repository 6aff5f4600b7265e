//! Values as the ledger's JSON has them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{Bounds, Entry, EntryKind, Oid};
use crate::text;

/// Bytes that are text almost always.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        text::Bytes(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Told apart as it comes: an entry holds thousands, and serde's untagged enums keep a copy of each first.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or bytes in base64")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes(text.as_bytes().to_vec()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Bytes, A::Error> {
        #[derive(Deserialize)]
        struct Raw {
            bytes: String,
        }
        let raw = Raw::deserialize(MapAccessDeserializer::new(map))?;
        STANDARD.decode(raw.bytes).map(Bytes).map_err(de::Error::custom)
    }
}

/// An object id, in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Id(pub Oid);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Hexadecimal)
    }
}

struct Hexadecimal;

impl Visitor<'_> for Hexadecimal {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, hex: &str) -> Result<Id, E> {
        Oid::from_hex(hex).map(Id).ok_or_else(|| E::custom("an id is none"))
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// The number is known.
    Exact(u64),
    /// No less, and no more.
    Between {
        /// No less.
        at_least: u64,
        /// No more.
        at_most: u64,
    },
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Counted)
    }
}

struct Counted;

impl<'de> Visitor<'de> for Counted {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or its bounds")
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Number, E> {
        Ok(Number::Exact(n))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Number, A::Error> {
        #[derive(Deserialize)]
        struct Between {
            at_least: u64,
            at_most: u64,
        }
        let Between { at_least, at_most } = Between::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Number::Between { at_least, at_most })
    }
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
        let mode = i32::from_str_radix(&self.mode, 8).ok().filter(|_| self.mode.len() == 6)?;
        let kind = kinds.into_iter().find(|kind| kind.mode() == mode)?;
        Some(Entry { kind, oid: self.id.0 })
    }
}
