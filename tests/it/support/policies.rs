//! Policies that more than one door is tried under.

/// A policy under which anybody may do anything that no rule without a key forbids.
pub const OPEN_POLICY: &str = "version = 1\nbase = \"main\"\n\n[specialist.\"*\"]\n";

/// A policy: `OPEN_POLICY`'s head and what is added to it.
pub fn policy(rest: &str) -> String {
    format!("version = 1\nbase = \"main\"\n\n{rest}")
}

/// Five files in a commit, eight in a session, a hundred lines, a few bytes, and a guarded directory of middleware with its call
/// sites: every evasion is tried under it, and honest work passes under the same.
pub const STRICT_POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]
emails = ["boss@example.org"]

[defaults]
max-files-per-commit = 5
max-files-per-session = 8
max-lines-per-commit = 100
max-lines-per-session = 150
max-bytes-per-commit = "4 KiB"

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]

[area.middleware]
paths = ["**/middleware/"]
lines = ['\.add_middleware\s*\(']
requires = ["integration"]

[suite.integration]
run = "test -e ok"

[evidence]
commit = "recorded"
branch = "claimed"
land = "claimed"
"#;
