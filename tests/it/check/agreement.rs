//! One answer: whichever door a change comes to, under the same policy and at the same stage it is judged the same.

use serde_json::{Value, json};

use super::*;

const RICH: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]
emails = ["boss@example.org"]

[defaults]
max-files-per-commit = 4
max-files-per-session = 6
max-lines-per-commit = 40
max-lines-per-session = 60
max-bytes-per-commit = "2 KiB"
max-areas-per-session = 1
max-file-size = "4 KiB"

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]
prohibited = ["secret/"]

[area.middleware]
paths = ["**/middleware/"]
lines = ['\.add_middleware\s*\(']
requires = ["integration"]

[area.database]
paths = ["migrations/"]
forbid = ["modify", "delete"]

[area.controls]
paths = [".github/"]
owners-only = true

[suite.integration]
run = "test -e ok"

[evidence]
commit = "claimed"
branch = "claimed"
land = "claimed"
"#;

type Edit = (&'static str, fn(&Repo));

const EDITS: [Edit; 20] = [
    ("a small change", |r| {
        r.write("a.txt", "other\n");
    }),
    ("many files", |r| {
        r.write_many("many", 5);
    }),
    ("many lines", |r| {
        r.write("long.txt", "x\n".repeat(50));
    }),
    ("one endless line", |r| {
        r.write("wide.txt", "x".repeat(3000));
    }),
    ("a large file", |r| {
        r.write("large.bin", [0; 5000]);
    }),
    ("middleware by path", |r| {
        r.write("middleware/auth.py", "pass\n");
    }),
    ("middleware by line", |r| {
        r.write("app.py", "app = App()\napp.add_middleware(X)\n");
    }),
    ("out of middleware", |r| {
        r.git(&["mv", "middleware/auth.py", "auth.py"]).ok();
    }),
    ("a case variant", |r| {
        r.write("Middleware/b.py", "b\n");
    }),
    ("a migration changed", |r| {
        r.write("migrations/1.sql", "other\n");
    }),
    ("a migration added", |r| {
        r.write("migrations/2.sql", "two\n");
    }),
    ("a migration deleted", |r| {
        r.remove("migrations/1.sql");
    }),
    ("what is prohibited", |r| {
        r.write("secret/key", "x\n");
    }),
    ("what is the owners'", |r| {
        r.write(".github/ci.yml", "x\n");
    }),
    ("the policy", |r| {
        r.write("policy.toml", OPEN_POLICY);
    }),
    ("the policy, broken", |r| {
        r.write("policy.toml", "version = 7\n");
    }),
    ("a link that leaves", |r| {
        r.link("out", "../../x");
    }),
    ("a name that is no text", |r| {
        r.write(b"n\xffame\n", "x\n");
    }),
    ("a mode", |r| {
        r.script("a.txt", "one\ntwo\nthree\n");
    }),
    ("an empty directory's worth", |r| {
        r.write("ok", "");
    }),
];

struct World {
    repo: Repo,
    server: Repo,
}

/// A repository with hooks and a server whose hook leaves its answer in a file.
fn world() -> World {
    let repo = under(RICH);
    repo.write("migrations/1.sql", "one\n").commit_unjudged("migration");
    let server = repo.guarded_remote();
    server.script("hooks/pre-receive", format!("#!/bin/sh\nexec '{GUARD}' --format json hook pre-receive >answer.json\n"));
    on_work(&repo).login("dev");
    World { repo, server }
}

impl World {
    fn run(&self, args: &[&str], stdin: &str) -> Value {
        let run = self.repo.run_with(GUARD, args, stdin.as_bytes());
        let json: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}\n{}\n{}", run.out(), run.err()));
        assert_eq!(run.status, if json["decision"] == "accepted" { 0 } else { 1 }, "{json:#}");
        json
    }

    /// The index at its doors.
    fn assert_index(&self, what: &str) -> Value {
        let json = self.run(&["check", "--staged", "--format", "json"], "");
        assert_sound(&json);
        assert_eq!(self.run(&["hook", "pre-commit", "--format", "json"], ""), json, "{what}: pre-commit and check");
        json
    }

    /// `work` at its doors, on its way to `target` at `stage`.
    fn assert_push(&self, what: &str, target: &str, stage: &str) {
        let check = self.run(&["check", "work", "--stage", stage, "--format", "json"], "");
        let (old, new) = (self.server.git(&["rev-parse", "-q", "--verify", target]).line(), self.repo.rev("work"));
        let zero = "0".repeat(40);
        let old = if old.is_empty() { zero } else { old };
        let line = format!("refs/heads/work {new} refs/heads/{target} {old}\n");
        let pre_push = self.run(&["--format", "json", "hook", "pre-push", "origin", "url"], &line);
        let push = self.repo.git(&["push", "-q", "origin", &format!("work:{target}")]);
        let answer = std::fs::read(self.server.file("answer.json")).unwrap();
        let pre_receive: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(push.status, i32::from(pre_receive["decision"] != "accepted"), "{what}");
        assert_eq!(gist(&pre_push), gist(&check), "{what}: pre-push and check of {target}");
        assert_eq!(gist(&pre_receive), gist(&check), "{what}: pre-receive and check of {target}");
        if push.status == 0 {
            self.server.git(&["update-ref", &format!("refs/heads/{target}"), &old]).ok();
            self.repo.git(&["fetch", "-q", "origin"]).ok();
        }
    }
}

/// What must be the same: decision, subjects, numbers, areas, and of each rule the outcome and the facts of its violations. Not the same
/// are whose word it is, and what only a ref has.
fn gist(json: &Value) -> Value {
    let judgements = json["judgements"].as_array().unwrap().iter().map(|j| {
        let outcomes = j["outcomes"].as_array().unwrap().iter().filter(|o| o["rule"] != "protected-ref");
        let outcomes: Vec<Value> = outcomes.map(|o| json!([o["rule"], o["outcome"], facts(o)])).collect();
        json!([
            j["subject"]["kind"],
            j["subject"]["commit"],
            j["subject"]["tree"],
            j["specialist"]["name"],
            j["files"],
            j["insertions"],
            j["deletions"],
            j["areas"],
            outcomes
        ])
    });
    json!([json["decision"], json["stage"], judgements.collect::<Vec<_>>()])
}

fn facts(outcome: &Value) -> Vec<Value> {
    let violations = outcome["violations"].as_array().unwrap().iter();
    violations
        .map(|v| json!([v["scope"], v["paths"], v["measured"], v["limit"], v["suite"], v["demanded"], v["found"], v["policy"]]))
        .collect()
}

/// The outcomes of one subject but for those that only some kinds of subjects have.
fn of_change_set(json: &Value, kind: &str) -> Value {
    let judgement = judgement(json, kind);
    let outcomes = judgement["outcomes"].as_array().unwrap().iter();
    let outcomes: Vec<Value> = outcomes.map(|o| json!([o["rule"], o["outcome"], facts(o)])).collect();
    json!([judgement["files"], judgement["insertions"], judgement["deletions"], judgement["areas"], outcomes])
}

fn agree(world: &World, what: &str) -> bool {
    let repo = &world.repo;
    let index = world.assert_index(what);
    repo.commit_unjudged(what);
    let commit = world.run(&["check", "HEAD", "--base", "HEAD^", "--stage", "commit", "--format", "json"], "");
    assert_eq!(of_change_set(&commit, "commit"), of_change_set(&index, "index"), "{what}: the index and the commit");
    world.assert_push(what, "work", "branch");
    world.assert_push(what, "main", "land");
    index["decision"] == "accepted"
}

#[test]
fn on_every_kind_of_change() {
    let world = world();
    let mut accepted = Vec::new();
    for (what, edit) in EDITS {
        world.repo.git(&["reset", "-q", "--hard", "main"]).ok();
        world.repo.git(&["clean", "-q", "-fdx"]).ok();
        edit(&world.repo);
        world.repo.stage();
        if agree(&world, what) {
            accepted.push(what);
        }
    }
    let expected = ["a small change", "a migration added", "a mode", "an empty directory's worth"];
    assert_eq!(accepted, expected);
}

#[test]
fn on_several_changes_in_several_commits() {
    let world = world();
    let mut seed: u64 = 7;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..8 {
        world.repo.git(&["reset", "-q", "--hard", "main"]).ok();
        world.repo.git(&["clean", "-q", "-fdx"]).ok();
        let mut said = format!("round {round}");
        for _ in 0..=next(3) {
            for _ in 0..=next(2) {
                let (what, edit) = EDITS[next(EDITS.len())];
                if what == "out of middleware" || (what == "a migration deleted" && !world.repo.file("migrations/1.sql").exists()) {
                    continue;
                }
                if !(what == "a link that leaves" && world.repo.file("out").is_symlink()) {
                    edit(&world.repo);
                }
                said = format!("{said}, {what}");
            }
            world.repo.stage();
            world.assert_index(&said);
            world.repo.commit_unjudged(&said);
        }
        world.assert_push(&said, "work", "branch");
        world.assert_push(&said, "main", "land");
    }
}

#[test]
fn on_merges() {
    let world = world();
    let repo = &world.repo;
    repo.git(&["switch", "-q", "-c", "side", "main"]).ok();
    repo.write_many("side", 3).commit_unjudged("side");
    for (what, strategy, slipped) in [
        ("clean", "ort", None),
        ("ours", "ours", None),
        ("evil", "ort", Some("middleware/auth.py")),
        ("harmless", "ort", Some("b.txt")),
    ] {
        repo.git(&["switch", "-q", "work"]).ok();
        repo.git(&["reset", "-q", "--hard", "main"]).ok();
        repo.write("here.txt", "here\n").commit_unjudged("here");
        repo.git(&["merge", "-q", "--no-commit", "-s", strategy, "side"]).ok();
        if let Some(path) = slipped {
            repo.write(path, "slipped in\n").stage();
        }
        let index = world.assert_index(what);
        repo.commit_unjudged(what);
        let commit = world.run(&["check", "HEAD", "--base", "HEAD^1", "--stage", "commit", "--format", "json"], "");
        let merges: Vec<&Value> =
            judgements(&commit, "commit").into_iter().filter(|j| j["subject"]["commit"] == repo.rev("HEAD")).collect();
        assert_eq!((merges.len(), &merges[0]["files"]), (1, &judgement(&index, "index")["files"]), "{what}");
        world.assert_push(what, "work", "branch");
        world.assert_push(what, "main", "land");
    }
}
