//! Limits as written, by the table of keys: in `[defaults]`, and among the other keys of a specialist.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::{List, RawSpecialist};
use crate::policy::keys::{self, KeyRow, Table, Unit};
use crate::policy::scalar::{At, Number, SizeText};

/// The limits that a table says, by their names.
#[derive(Default)]
pub(in crate::policy) struct RawLimits(pub BTreeMap<&'static str, At<SizeText>>);

/// The keys of `[defaults]`.
static LIMITS: LazyLock<Vec<&'static str>> = LazyLock::new(|| keys::of(Table::Limits).map(|row| row.name).collect());
/// The keys of `[specialist.NAME]`: its own, then the limits.
static SPECIALIST: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| keys::of(Table::Specialist).chain(keys::of(Table::Limits)).map(|row| row.name).collect());

impl RawLimits {
    /// Reads the value of a limit.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        let value = match unit(name) {
            Some(Unit::Bytes) => map.next_value()?,
            Some(Unit::Files | Unit::Lines | Unit::Areas) | None => {
                let At { span, value: Number(number) } = map.next_value()?;
                At { span, value: SizeText::Number(number) }
            }
        };
        self.0.insert(name, value);
        Ok(())
    }
}

fn unit(name: &str) -> Option<Unit> {
    keys::limits().find(|(row, ..)| row.name == name).map(|(_, unit, _)| unit)
}

/// One of these names, or the error that lists them.
#[derive(Clone, Copy)]
struct Known(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Known {
    type Value = &'static str;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Known {
    type Value = &'static str;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<&'static str, E> {
        self.0.iter().copied().find(|name| *name == text).ok_or_else(|| E::unknown_field(text, self.0))
    }
}

impl<'de> Deserialize<'de> for RawLimits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected;
        impl<'de> Visitor<'de> for Expected {
            type Value = RawLimits;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawLimits, A::Error> {
                let mut limits = RawLimits::default();
                while let Some(name) = map.next_key_seed(Known(&LIMITS))? {
                    limits.read(name, &mut map)?;
                }
                Ok(limits)
            }
        }
        deserializer.deserialize_struct("limits", &LIMITS, Expected)
    }
}

impl<'de> Deserialize<'de> for RawSpecialist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected;
        impl<'de> Visitor<'de> for Expected {
            type Value = RawSpecialist;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawSpecialist, A::Error> {
                let mut raw = RawSpecialist::default();
                while let Some(name) = map.next_key_seed(Known(&SPECIALIST))? {
                    match raw.list(name) {
                        Some(list) => *list = Some(map.next_value()?),
                        None => raw.limits.read(name, &mut map)?,
                    }
                }
                Ok(raw)
            }
        }
        deserializer.deserialize_struct("specialist", &SPECIALIST, Expected)
    }
}

impl RawSpecialist {
    /// The list of that name; `None`: a limit.
    fn list(&mut self, name: &str) -> Option<&mut Option<List>> {
        Some(match name {
            "users" => &mut self.users,
            "keys" => &mut self.keys,
            "emails" => &mut self.emails,
            "branches" => &mut self.branches,
            "allowed" => &mut self.allowed,
            "prohibited" => &mut self.prohibited,
            "requires" => &mut self.requires,
            _ => return None,
        })
    }
}

/// The schema of a table that the derive can't see: one property for each of its keys.
fn table(generator: &mut SchemaGenerator, description: &str, rows: impl Iterator<Item = &'static KeyRow>) -> Schema {
    let properties: serde_json::Map<String, serde_json::Value> = rows
        .map(|row| {
            let schema = match unit(row.name) {
                Some(Unit::Bytes) => generator.subschema_for::<Option<SizeText>>(),
                Some(Unit::Files | Unit::Lines | Unit::Areas) => generator.subschema_for::<Option<Number>>(),
                None => generator.subschema_for::<Option<List>>(),
            };
            (row.name.to_owned(), schema.to_value())
        })
        .collect();
    json_schema!({ "type": "object", "description": description, "properties": properties, "additionalProperties": false })
}

impl JsonSchema for RawLimits {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "limits".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        table(generator, "`[defaults]`: limits; each says what still passes.", keys::of(Table::Limits))
    }
}

impl JsonSchema for RawSpecialist {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "specialist".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rows = keys::of(Table::Specialist).chain(keys::of(Table::Limits));
        table(generator, "`[specialist.NAME]`", rows)
    }
}
