use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::policy::{PolicySource, load};

const POLICY: &str = r#"version = 1

[specialist.gateway]
allowed = ["api/"]
[specialist.web]
allowed = ["webui/"]
[specialist."*"]

[area.database]
paths = ["api/db/", "x<b>&\"c"]
requires = ["pool"]
affects = ["auth"]

[area.auth]
paths = ["api/auth/"]
lines = ['login']
requires = ["login-flow"]
affects = ["session"]

[area.session]
paths = ["webui/session.ts"]
requires = ["pool"]

[suite.pool]
run = "true"
[suite.login-flow]
run = "true"

[evidence]
land = "claimed"
"#;

fn policy() -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: true };
    load(POLICY, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

#[test]
fn as_text_every_area_says_what_it_reaches() {
    assert_data_eq!(
        text(&policy()),
        str![[r#"
database
  touched by   api/db/, x<b>&"c
  demands      pool
  affects      auth: adds login-flow
  affects      session by way of auth: adds pool
  worked in by gateway

auth
  touched by   api/auth/, lines of any file
  demands      login-flow
  affects      session: adds pool
  worked in by gateway

session
  touched by   webui/session.ts
  demands      pool
  worked in by web

"#]]
        .raw()
    );
}

#[test]
fn as_svg_it_is_sound_and_names_are_text() {
    let svg = svg(&policy());
    let events: Vec<_> = xml::EventReader::from_str(&svg).into_iter().map(Result::unwrap).collect();
    let elements = events.iter().filter(|event| matches!(event, xml::reader::XmlEvent::StartElement { .. })).count();
    assert!(elements > 20, "{svg}");
    assert_eq!(svg.matches("class=\"affects\"").count(), 2, "database to auth, auth to session");
    assert!(svg.contains("x&lt;b&gt;&amp;&quot;c") && !svg.contains("x<b>"), "{svg}");
    assert!(!svg.contains("href") && !svg.contains("<script"), "nothing is fetched, nothing runs");
}
