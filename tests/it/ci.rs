//! The CI recipe, as the README and the templates have it.

use crate::support::*;

mod landings;
mod templates;

/// A CI's clone of a server, with a key in a file; dev's branch `work` touches the middleware and needs `integration`, attested.
struct Ci {
    repo: Repo,
    ci: Repo,
}

fn started(run: &str) -> Ci {
    let repo = Repo::new();
    let key = repo.key("ci").public;
    let policy = format!(
        "version = 1\nbase = \"main\"\n[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\
         [runner.ci]\nusers = [\"ci-account\"]\nkeys = [\"{key}\"]\n\
         [area.middleware]\npaths = [\"middleware/\"]\nrequires = [\"integration\"]\n\
         [suite.integration]\nrun = '''{run}'''\njunit = \"report.xml\"\nmin-tests = 1\nfiles = [\"tests/\"]\n\
         [evidence]\ncommit = \"none\"\nbranch = \"none\"\n"
    );
    repo.write("policy.toml", policy).write("tests/a", "1\n").write("middleware/a", "1\n").commit_unjudged("start");
    repo.guarded_remote();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.login("dev").write("middleware/a", "2\n").commit_unjudged("touch");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let ci = repo.clone_from_server("ci");
    ci.git(&["checkout", "-q", "--detach", "origin/work"]).ok();
    Ci { repo, ci }
}

impl Ci {
    fn attest(&self, phase: &str) -> Run {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/attest.sh");
        self.ci.run(script, &[phase, "runs", "HEAD", "integration"])
    }

    fn with_key(&self) -> &Self {
        self.ci.set("GUARD", GUARD).set("GUARD_KEY_FILE", self.repo.key("ci").private);
        self
    }
}

const PASSES: &str = "echo '<testsuite><testcase name=\"login\"/></testsuite>' > report.xml";

#[test]
fn one_job_runs_and_another_signs() {
    let ci = started(PASSES);
    ci.repo.git(&["push", "origin", "work:main"]).rejected().says("needs attested, found none");
    ci.ci.set("GUARD", GUARD);
    ci.attest("run").ok();
    ci.with_key().attest("sign").ok().says("integration: passed").says("signed as `ci`").says("pushed to origin");
    ci.repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn a_failure_is_signed_too_and_fails_the_job() {
    let ci = started("echo '<testsuite><testcase name=\"login\"><failure/></testcase></testsuite>' > report.xml; exit 3");
    ci.with_key().attest("run").rejected();
    ci.attest("sign").rejected().says("does not count: the run failed");
    ci.repo.git(&["push", "origin", "work:main"]).rejected().says("does not count: the run failed");
}

#[test]
fn a_changed_suite_is_attested_twice() {
    let ci = started(PASSES);
    ci.repo.write("tests/b", "1\n").commit_unjudged("another test");
    ci.repo.git(&["push", "-q", "origin", "work"]).ok();
    ci.ci.git(&["fetch", "-q"]).ok();
    ci.ci.git(&["checkout", "-q", "--detach", "origin/work"]).ok();
    ci.with_key().attest("run").ok();
    assert!(ci.ci.file("runs/integration.base.status").exists());
    ci.attest("sign").ok();
    ci.repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn the_key_is_no_argument_and_is_not_shown() {
    let ci = started(PASSES);
    ci.with_key().attest("run").ok();
    let private = std::fs::read_to_string(ci.repo.key("ci").private).unwrap();
    let line = private.lines().nth(1).unwrap();
    ci.attest("sign").ok().says_not(line);
    ci.ci.set("GUARD_KEY_FILE", "/nowhere");
    ci.attest("sign").undecided().says("could not read the key");
    ci.attest("other").undecided().says("ci/attest.sh run");
}
