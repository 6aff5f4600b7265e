//! What most tests of the doors begin with: one specialist, a limit, a guarded directory and the suite that guards it.

use crate::support::*;

/// Five files in a commit, and no limit to a session (a test that is about one adds it); `middleware/` needs the suite `integration`,
/// which passes where a file `ok` is in the tree.
pub const POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]
emails = ["boss@example.org"]

[defaults]
max-files-per-commit = 5

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]

[area.middleware]
paths = ["**/middleware/"]
requires = ["integration"]

[suite.integration]
run = "test -e ok"

[evidence]
commit = "recorded"
branch = "claimed"
land = "claimed"
"#;

/// A repository under `POLICY` with a middleware directory.
pub fn guarded() -> Repo {
    under(POLICY)
}

/// The same under another policy.
pub fn under(policy: &str) -> Repo {
    let repo = Repo::with_policy(policy);
    repo.write("middleware/auth.py", "check()\n").write("app.py", "app = App()\n").commit_unjudged("middleware");
    repo
}

/// `POLICY` with a marker accepted before a commit.
pub fn claims_at_commit() -> String {
    POLICY.replace("commit = \"recorded\"", "commit = \"claimed\"")
}

/// A branch `work` that stands where `main` does, and is checked out.
pub fn on_work(repo: &Repo) -> &Repo {
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo
}

/// The marker of the suite `integration` on a tree.
pub fn marker(tree: &str) -> String {
    format!("Integration-Tested: integration tree={tree}")
}

/// The marker that a commit should carry: on its own tree.
pub fn own_marker(repo: &Repo, commit: &str) -> String {
    marker(&repo.rev(&format!("{commit}^{{tree}}")))
}

/// The message of a commit.
pub fn message(repo: &Repo, commit: &str) -> String {
    repo.git(&["log", "-1", "--format=%B", commit]).ok().out()
}

/// Stages a change of the middleware that passes its suite, and runs that.
pub fn proven_change(repo: &Repo, content: &str) {
    repo.write("ok", "").write("middleware/auth.py", content).stage();
    repo.guard(&["test", "integration"]).ok();
}
