//! The project in which every rule is broken at every door, and the people who are there to help: CI, and an owner.

use std::cell::{Cell, RefCell};

use crate::support::*;

/// One project under one policy, made once; every case is a copy of it.
pub struct Project {
    repo: Repo,
    cases: Cell<usize>,
}

/// The policy: limits that are small, an area for each rule, and one level of proof at all stages.
fn policy(repo: &Repo, level: &str, least: &str) -> String {
    let key = |name: &str| repo.key(name).public;
    format!(
        r#"version = 1
base = "main"
protected = ["main", "release/*"]

[owners]
users = ["boss"]
emails = ["boss@example.org"]
keys = ["{}"]

[defaults]
max-files-per-commit = 4
max-files-per-session = 8
max-lines-per-commit = 40
max-lines-per-session = 60
max-bytes-per-commit = "4 KiB"
max-bytes-per-session = "6 KiB"
max-areas-per-session = 2
max-file-size = "3 KiB"

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]
keys = ["{}"]
prohibited = ["webui/"]

[specialist.ops]
users = ["ops"]
emails = ["ops@example.org"]
keys = ["{}"]
allowed = ["webui/", "one/"]

[runner.ci]
users = ["ci"]
keys = ["{}"]

[area.core]
paths = ["core/"]
requires = ["unit"]

[area.one]
paths = ["one/"]

[area.two]
paths = ["two/"]

[area.three]
paths = ["three/"]

[area.migrations]
paths = ["migrations/"]
forbid = ["modify"]

[area.controls]
paths = ["controls/"]
owners-only = true

[suite.unit]
run = "sh tests/run.sh"
files = ["tests/"]

[combined]
requires = ["unit"]

[refs]
immutable = ["refs/tags/v*"]
max-per-push = 3

[evidence]
commit = "{level}"
branch = "{level}"
land = "{least}"
"#,
        key("boss"),
        key("dev"),
        key("ops"),
        key("ci")
    )
}

impl Project {
    /// A server with the real hook, and a clone with all of a client's, at one level of proof.
    pub fn of(level: &str) -> Self {
        Self::made(level, level)
    }

    /// The same where only what lands is proven, by CI.
    pub fn landing() -> Self {
        Self::made("none", "attested")
    }

    fn made(level: &str, land: &str) -> Self {
        let repo = Repo::new();
        repo.write("policy.toml", policy(&repo, level, land)).write("a.txt", "a\n").write("core/a", "1\n");
        for folder in ["one", "two", "three", "migrations", "controls", "webui"] {
            repo.write(format!("{folder}/a"), "1\n");
        }
        repo.write("tests/run.sh", "! grep -rq broken core\n").commit_unjudged("start");
        repo.write("a.txt", "b\n").commit_unjudged("more");
        repo.git(&["tag", "v1", "HEAD~"]).ok();
        let server = repo.remote();
        repo.git(&["push", "-q", "origin", "v1"]).ok();
        repo.git(&["remote", "set-url", "origin", "../server.git"]).ok();
        server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
        server.guard(&["install", "--server"]).ok();
        repo.sign_with(&repo.key("dev")).sign_nothing();
        repo.install().git(&["switch", "-q", "-c", "work"]).ok();
        repo.sibling("").run("sh", &["-c", "rm -f work/.git/hooks/*.sample server.git/hooks/*.sample"]).ok();
        Self { repo, cases: Cell::new(0) }
    }

    /// A copy in which nothing has happened yet.
    pub fn case(&self) -> Case {
        let place = self.copied("work server.git");
        let repo = self.repo.sibling(&format!("{place}/work"));
        repo.login("dev");
        Case { repo, place, aside: RefCell::default() }
    }

    /// A copy of a case as it is now.
    pub fn again(&self, case: &Case) -> Case {
        let place = self.copied(&format!("{}/*", case.place));
        Case { repo: case.repo.sibling(&format!("{place}/work")), place, aside: RefCell::default() }
    }

    fn copied(&self, what: &str) -> String {
        self.cases.set(self.cases.get() + 1);
        let place = format!("cases/{}", self.cases.get());
        self.repo.sibling("").run("sh", &["-c", &format!("mkdir -p {place} && cp -a {what} {place}/")]).ok();
        place
    }
}

/// One project, in which one rule is broken at one door.
pub struct Case {
    /// The specialist's clone.
    pub repo: Repo,
    place: String,
    aside: RefCell<Option<String>>,
}

impl Case {
    /// Where the specialist works: the clone, or the work tree that an answer had them make beside it.
    pub fn here(&self) -> Repo {
        self.aside.borrow().as_ref().map_or_else(|| self.of_clone("work"), |name| self.of_clone(name))
    }

    /// Whether that is a work tree of its own.
    pub fn is_aside(&self) -> bool {
        self.aside.borrow().is_some()
    }

    /// From now on the specialist works there.
    pub fn go_aside(&self, name: &str) {
        *self.aside.borrow_mut() = Some(name.to_owned());
    }

    fn of_clone(&self, name: &str) -> Repo {
        self.repo.sibling(&format!("{}/{name}", self.place))
    }

    /// The tree that is judged, which others can see from then on.
    pub fn tree(&self, index: bool) -> String {
        let here = self.here();
        let other = here.git(&["rev-parse", "-q", "--verify", "refs/tags/work"]).status == 0;
        match (index, self.is_aside()) {
            (true, _) => here.index_tree(),
            (false, false) if other => here.rev("refs/tags/work^{tree}"),
            (false, _) => here.rev("HEAD^{tree}"),
        }
    }

    /// Somebody else at work, with their own clone and key: what the specialist has is known there by its objects alone.
    fn other(&self, name: &str, key: &str) -> Repo {
        let other = self.of_clone(name);
        if !other.path().exists() {
            self.of_clone("").git(&["clone", "-q", "--shared", "work", name]).ok();
            other.git(&["remote", "set-url", "origin", "../server.git"]).ok();
            other.git(&["fetch", "-q", "origin"]).ok();
            other.git(&["remote", "set-head", "origin", "main"]).ok();
            other.sign_with(&self.repo.key(key)).sign_nothing();
        }
        other.login(key).author(&format!("{key}@example.org")).unset("GUARD_SPECIALIST");
        other
    }

    /// An owner's clone.
    pub fn owner(&self) -> Repo {
        self.other("owner", "boss")
    }

    /// CI runs the suite on what the specialist has here, signs and pushes; it was told which tree.
    pub fn ci(&self, tree: &str) {
        let ci = self.other("ci", "ci");
        let key = self.repo.key("ci").private;
        ci.guard(&["test", "unit", "--tree", tree, "--sign", key.to_str().unwrap(), "--push", "origin"]).ok();
    }
}
