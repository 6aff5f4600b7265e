//! A judgement has one moment: the time is a fact like any other, read once, so that nothing in one answer is older than the rest of it. Shown
//! under a clock that goes an hour ahead whenever it is read.
#![cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]

use serde_json::Value;

use crate::support::*;

/// A repository, and the clock beside it.
struct Scene {
    repo: Repo,
}

impl Scene {
    /// `main` with a policy: its suite passes everywhere, `middleware/` needs it, and so does each commit that touches it. `evidence`: lines of
    /// that table.
    fn new(evidence: &str) -> Self {
        let repo = Repo::new();
        let key = |name: &str| repo.key(name).public;
        let policy = policy(&format!(
            "[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n[defaults]\nmax-files-per-commit = 1\n\
             [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n[runner.ci]\nkeys = [\"{}\"]\n\
             [area.middleware]\npaths = [\"middleware/\"]\nrequires = [\"integration\"]\n[suite.integration]\nrun = \"true\"\n\
             [evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"attested\"\neach-commit = true\n{evidence}",
            key("boss"),
            key("ci")
        ));
        repo.write("policy.toml", policy).commit_unjudged("start");
        Self { repo }
    }

    fn signed(&self, args: &[&str], key: &str) {
        let key = self.repo.key(key).private;
        self.repo.guard(&[args, &["--sign", key.to_str().unwrap()]].concat()).ok();
    }

    /// So many commits more that touch the middleware, each of them proven just now.
    fn proven(&self, many: usize) -> &Self {
        for n in 1..=many {
            self.repo.write("middleware/a", format!("{n}\n")).commit_unjudged("the middleware");
            self.attest("HEAD");
        }
        self
    }

    fn attest(&self, revision: &str) {
        self.signed(&["test", "integration", "--rev", revision], "ci");
    }

    /// On a branch `work` from now on.
    fn on_work(&self) -> &Self {
        self.repo.git(&["switch", "-q", "-c", "work"]).ok();
        self
    }

    /// Runs under the clock; how often each process of the guard read it.
    fn under_the_clock(&self, run: impl FnOnce(&Repo) -> Run) -> (Run, Vec<u64>) {
        let shim = preloaded("tests/it/moment/clock.c", self.repo.scratch().join("clock.so"));
        let reads = self.repo.scratch().join("reads");
        std::fs::write(&reads, "").unwrap();
        self.repo.set("LD_PRELOAD", &shim).set("CLOCK_READS", &reads);
        let run = run(&self.repo);
        self.repo.unset("LD_PRELOAD").unset("CLOCK_READS");
        let told = std::fs::read_to_string(reads).unwrap();
        let of_the_guard = told.lines().filter_map(|line| line.split_once(' ')).filter(|(name, _)| *name != "git");
        (run, of_the_guard.map(|(_, reads)| reads.parse().unwrap()).collect())
    }

    /// The same of the guard itself.
    fn guard(&self, args: &[&str]) -> (Run, Vec<u64>) {
        self.under_the_clock(|repo| repo.guard(args))
    }
}

#[test]
fn a_check_is_of_one_moment_however_many_trees_it_asks_about() {
    for many in [1, 5] {
        let scene = Scene::new("max-age = \"90m\"\n");
        let (run, reads) = scene.on_work().proven(many).guard(&["check", "work", "--stage", "land"]);
        run.ok().says("accepted");
        assert_eq!(reads, [1], "{many} trees");
    }
}

#[test]
fn all_waivers_of_a_check_end_by_one_moment() {
    let scene = Scene::new("");
    scene.on_work();
    for n in 1..=5 {
        scene.repo.write(format!("a{n}"), "a\n").write(format!("b{n}"), "b\n").commit_unjudged("two");
        let waive = ["waive", "file-limit", "--rev", "HEAD", "--limit", "2", "--reason", "generated", "--expires", "90m"];
        scene.signed(&waive, "boss");
    }
    let (run, reads) = scene.guard(&["check", "work", "--stage", "land"]);
    run.ok().says("waived[file-limit]");
    assert_eq!(reads, [1]);
}

#[test]
fn one_list_of_evidence_does_not_contradict_itself() {
    let scene = Scene::new("max-age = \"30m\"\n");
    scene.on_work().proven(1);
    scene.signed(&["waive", "guarded-area", "--rev", "HEAD", "--reason", "generated", "--expires", "30m"], "boss");
    let (run, reads) = scene.guard(&["evidence", "HEAD", "--format", "json"]);
    let json: Value = serde_json::from_slice(&run.ok().stdout).unwrap();
    let (record, suite, waiver) = (&json["records"][0]["level"], &json["suites"][0]["found"], &json["waivers"][0]["valid"]);
    assert_eq!((record, suite, waiver), (&"attested".into(), &"attested".into(), &true.into()), "{json:#}");
    assert_eq!(reads, [1]);
}

#[test]
fn a_good_state_is_as_good_as_it_is_far_back() {
    let scene = Scene::new("max-age = \"90m\"\n");
    scene.proven(1);
    for n in 1..=4 {
        scene.repo.write("middleware/a", format!("unproven {n}\n")).commit_unjudged("unproven");
    }
    let (run, reads) = scene.guard(&["last-good"]);
    run.ok().says("4 first parents back");
    assert_eq!(reads, [1]);
    let (run, reads) = scene.guard(&["rollback"]);
    run.ok().says("undoes 4 commits");
    assert_eq!(reads, [1]);
}

#[test]
fn an_audit_is_of_one_moment_however_long_the_history() {
    let scene = Scene::new("");
    scene.proven(5);
    let (run, reads) = scene.guard(&["audit", "--format", "json"]);
    let json: Value = serde_json::from_slice(&run.ok().stdout).unwrap();
    let of = (&json["specialists"][0]["guarded"], &json["summary"]["guarded_without_evidence"]);
    assert_eq!(of, (&5.into(), &0.into()), "{json:#}");
    assert_eq!(reads, [1]);
}

/// pre-receive reads the clock for its ledger as well, which is no part of the judgement: the first hours may be spent on that. What comes after
/// the verdict finds it hours old, and takes nothing.
#[test]
fn a_push_is_judged_by_one_moment() {
    let scene = Scene::new("max-age = \"5h\"\n");
    scene.repo.guarded_remote();
    scene.on_work().proven(8);
    scene.repo.login("dev");
    let push = ["push", "-q", "--atomic", "--no-verify", "origin", "work:main", "refs/notes/guard/ci"];
    let (run, reads) = scene.under_the_clock(|repo| repo.git(&push));
    run.says("remote: guard: accepted for dev");
    assert!(reads.iter().any(|reads| *reads > 0), "the hooks read a clock: {reads:?}");
}
