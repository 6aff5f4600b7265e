use super::*;
use crate::policy::{PolicySource, load};

fn policy(text: &str) -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
    load(text, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

const CIRCLE: &str = r#"version = 1

[specialist.gateway]
allowed = ["api/"]

[specialist.web]
allowed = ["webui/"]
prohibited = ["area:auth"]

[specialist.data]
allowed = ["api/db/", "tools/"]

[specialist."*"]

[area.database]
paths = ["api/db/"]
affects = ["auth"]

[area.auth]
paths = ["**/auth/", "webui/login.ts"]
requires = ["login"]
affects = ["session"]

[area.session]
paths = ["session.py"]
affects = ["database"]

[suite.login]
run = "true"

[evidence]
land = "claimed"
"#;

#[test]
fn a_touch_reaches_what_is_affected_and_ends_in_a_circle() {
    let policy = policy(CIRCLE);
    let names = |of: &str| -> Vec<(String, Vec<String>)> {
        let name = |area: &&Area| area.name.value.clone();
        let all = reached(&policy, policy.area(of).unwrap());
        all.iter()
            .map(|r| {
                (
                    r.way.iter().map(name).collect::<Vec<_>>().join(" > "),
                    r.specialists.iter().map(|s| s.name.value.clone()).collect(),
                )
            })
            .collect()
    };
    let gateway_and_data = vec!["gateway".to_owned(), "data".to_owned()];
    assert_eq!(
        names("database"),
        [
            ("database".to_owned(), gateway_and_data.clone()),
            // `**/auth/` may lie below `tools/`; `web` is prohibited there, whatever it is allowed.
            ("database > auth".to_owned(), gateway_and_data),
            ("database > auth > session".to_owned(), Vec::new()),
        ]
    );
    assert_eq!(names("session").len(), 3);
}
