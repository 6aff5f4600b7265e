//! The JSON Schema of the policy, for editors.

use serde_json::{Value, json};

use super::keys::{KEYS, KeyRow, Table};
use super::raw::RawPolicy;

/// JSON Schema 2020-12 of the policy, as indented text that ends in a newline.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(RawPolicy).to_value();
    without_null(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("required".to_owned(), json!(["version"]));
    }
    KEYS.iter().for_each(|row| describe(&mut schema, row));
    format!("{schema:#}\n")
}

/// Says what a key is for, wherever it may stand: a limit in `[defaults]` and in every specialist's table.
fn describe(schema: &mut Value, row: &KeyRow) {
    let table = row.get.table();
    let inherited = (table == Table::Limits).then_some(Table::Specialist);
    for table in std::iter::once(table).chain(inherited) {
        let place = match table.definition() {
            "" => format!("/properties/{}", row.name),
            name => format!("/$defs/{name}/properties/{}", row.name),
        };
        if let Some(Value::Object(property)) = schema.pointer_mut(&place) {
            property.insert("description".to_owned(), json!(row.about));
        }
    }
}

/// A key that may be absent is no key that may be null: TOML has no null.
fn without_null(schema: &mut Value) {
    let null = json!({ "type": "null" });
    if let Some(object) = schema.as_object_mut() {
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
            choices.retain(|choice| *choice != null);
        }
        object.values_mut().for_each(without_null);
    } else if let Some(elements) = schema.as_array_mut() {
        elements.iter_mut().for_each(without_null);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KEYS, Table, schema};

    fn as_json(text: &str) -> serde_json::Value {
        serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
    }

    #[test]
    fn no_null_is_offered() {
        let text = schema();
        assert!(!text.contains("null") && !text.contains("Raw"), "{text}");
    }

    /// A key that is loaded and has no row, or a row that nothing loads, is found here.
    #[test]
    fn the_table_of_keys_is_whole() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        for table in Table::ALL {
            let place = match table.definition() {
                "" => "/properties".to_owned(),
                name => format!("/$defs/{name}/properties"),
            };
            let is_table = |value: &serde_json::Value| value.to_string().contains("\"$ref\"");
            let properties = schema.pointer(&place).unwrap().as_object().unwrap();
            let loaded: BTreeSet<&str> =
                properties.iter().filter(|(_, value)| !is_table(value)).map(|(name, _)| name.as_str()).collect();
            let inherited = if table == Table::Specialist { Some(Table::Limits) } else { None };
            let rows = KEYS.iter().filter(|row| row.get.table() == table || Some(row.get.table()) == inherited);
            assert_eq!(loaded, rows.map(|row| row.name).collect(), "{table:?}");
        }
    }

    #[test]
    fn good_policies_fit_and_unknown_keys_do_not() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/good");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let problem = validator.validate(&as_json(&std::fs::read_to_string(&path).unwrap())).err().map(|e| e.to_string());
            assert_eq!(problem, None, "{}", path.display());
        }
        for text in [
            "base = \"main\"",
            "version = 1\nprotect = [\"a\"]",
            "version = 1\nfree = \"a\"",
            "version = 1\n[session]\nwindow = 8",
            "version = 1\n[area.a]\npath = [\"a\"]",
            "version = 1\n[halt]\nnotfy = \"true\"",
            "version = 1\n[specialist.a]\nkeys = \"ssh-ed25519 AAAA\"",
            "version = 1\n[runner.a]\nkey = []",
            "version = 1\n[evidence]\nmax-age = 14",
            "version = 1\n[defaults]\nmax-file-size = \"1 KB\"",
            "version = 1\n[defaults]\nmax-files-per-commit = \"1\"",
        ] {
            assert!(!validator.is_valid(&as_json(text)), "{text}");
        }
    }
}
