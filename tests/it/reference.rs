//! The reference pages are what RULES and the table of keys say; `SNAPSHOTS=overwrite cargo test` writes what they say now.

use std::path::Path;

use guard::policy::keys::{self, Kind, Table};
use guard::policy::{Effect, Scope};
use guard::rules::{RULES, Waivable};
use snapbox::{Assert, Data};

fn holds(page: &str, text: String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference").join(page);
    Assert::new().action_env("SNAPSHOTS").eq(text, Data::read_from(&path, None).raw());
}

/// An explanation's indented blocks as fenced ones, which may be wide.
fn fenced(explanation: &str) -> String {
    let (mut out, mut code) = (String::new(), false);
    for line in explanation.lines() {
        let inside = line.starts_with("    ") || (code && line.starts_with("  "));
        if inside != code {
            out.push_str(if inside { "```text\n" } else { "```\n" });
            code = inside;
        }
        out.push_str(line.strip_prefix("    ").unwrap_or(line));
        out.push('\n');
    }
    assert!(!code, "an explanation ends within a block: {explanation}");
    out
}

#[test]
fn the_page_of_rules_says_what_they_say() {
    let mut page = "# Rules\n\nGenerated from `RULES`; `guard explain RULE` prints one. In the order of reports.\n".to_owned();
    for rule in RULES {
        let waiver = match rule.waiver {
            Waivable::Never => "Nobody can waive it.",
            Waivable::Whole => "An owner can waive it on one tree.",
            Waivable::UpTo => "An owner can waive it on one tree, up to a number.",
        };
        page.push_str(&format!("\n## {}\n\nIn short: {}.\n\n{}\n{waiver}\n", rule.id, rule.summary, fenced(rule.explanation)));
    }
    holds("rules.md", page);
}

#[test]
fn the_page_of_keys_says_what_the_table_says() {
    let mut page =
        "# Keys of policy.toml\n\nGenerated from the table of keys. \"More\" is a higher number or level, or one element more.\n\
                    What the values mean in full stands in [the design](../design/policy.md).\n"
            .to_owned();
    for table in Table::ALL {
        let header = "| key | value | default | what it is for | rule | more is |\n|---|---|---|---|---|---|";
        page.push_str(&format!("\n## {}\n\n{header}\n", table.heading()));
        for row in keys::of(table) {
            let more = match row.more {
                Effect::Weaker => "weaker",
                Effect::Stricter => "stricter",
                Effect::Other => "neither",
            };
            let over = match row.kind {
                Kind::Limit(_, Scope::Session) => ", held over pushes",
                Kind::Limit(_, Scope::Commit | Scope::File) => "",
                Kind::Text
                | Kind::Texts
                | Kind::Within
                | Kind::Flag
                | Kind::Number
                | Kind::Duration
                | Kind::Level
                | Kind::Word(_) => "",
            };
            let cells = [
                &format!("`{}`", row.name),
                &format!("{}{over}", row.kind.words()),
                row.default,
                row.about,
                &format!("`{}`", row.rule),
                more,
            ];
            assert!(cells.iter().all(|cell| !cell.contains('|')), "{cells:?}");
            page.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    holds("policy.md", page);
}
