//! What somebody in a hurry, or in bad faith, would try: each way past the guard that was ever thought of is a test.

mod counts;
mod doors;
mod landings;
mod merges;
mod paths;
mod refs;
mod trust;

use super::support::*;

/// Ten files, a hundred lines, and a guarded directory of middleware with its call sites.
const POLICY: &str = r#"version = 1
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

/// A repository under `POLICY` with a middleware directory.
fn guarded() -> Repo {
    let repo = Repo::with_policy(POLICY);
    repo.write("middleware/auth.py", "check()\n").write("app.py", "app = App()\n").commit_unjudged("middleware");
    repo
}
