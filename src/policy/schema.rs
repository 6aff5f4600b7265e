//! The JSON Schema of the policy, for editors.

use super::raw::RawPolicy;

/// JSON Schema 2020-12 of the keys that this version enforces, as indented text that ends in a newline.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(RawPolicy);
    schema.insert("required".to_owned(), serde_json::json!(["version"]));
    format!("{:#}\n", schema.to_value())
}

#[cfg(test)]
mod tests {
    use super::schema;

    fn as_json(text: &str) -> serde_json::Value {
        serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
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
            "version = 1\nfree = [\"a\"]",
            "version = 1\n[area.a]\npath = [\"a\"]",
            "version = 1\n[specialist.a]\nkeys = []",
            "version = 1\n[defaults]\nmax-file-size = \"1 KB\"",
            "version = 1\n[defaults]\nmax-files-per-commit = \"1\"",
        ] {
            assert!(!validator.is_valid(&as_json(text)), "{text}");
        }
    }
}
