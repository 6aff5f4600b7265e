//! What anybody can write decides nothing beside what a runner has signed: its counts, its result, its age.

use super::*;
use base64::Engine as _;

/// Three tests of `tests/`; a change of the suite must pass as many as the base has. A landing needs an attestation.
fn counted() -> (Repo, Repo) {
    let repo = Repo::new();
    let key = |name: &str| repo.key(name).public;
    let run = "{ echo '<testsuite>'; for t in tests/t*; do echo \"<testcase name='$t'/>\"; done; echo '</testsuite>'; } > r.xml";
    let policy = format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\n[specialist.dev]\nusers = [\"dev\"]\n\
         emails = [\"author@example.org\"]\nkeys = [\"{}\"]\n[specialist.web]\nusers = [\"web\"]\n[runner.ci]\nkeys = [\"{}\"]\n\
         [area.app]\npaths = [\"app/\"]\nrequires = [\"s\"]\n\
         [suite.s]\nrun = '''{run}'''\nfiles = [\"tests/\"]\njunit = \"r.xml\"\nmin-tests = 1\n[evidence]\nbranch = \"none\"\n",
        key("dev"),
        key("ci")
    );
    for test in ["t1", "t2", "t3"] {
        repo.write(format!("tests/{test}"), test);
    }
    repo.write("policy.toml", policy).write("app/a", "1\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    on_work(&repo).login("dev");
    (repo, server)
}

/// Two of the three tests are gone, and CI has attested both runs.
fn fewer() -> (Repo, Repo) {
    let (repo, server) = counted();
    repo.remove("tests/t2").remove("tests/t3").write("app/a", "2\n").commit_unjudged("fewer tests");
    drop(attest(&repo, "ci"));
    refused(&repo, "1 tests passed, and 3 with the suite's files as the base has them");
    (repo, server)
}

fn attest(repo: &Repo, key: &str) -> Run {
    let key = repo.key(key).private;
    repo.guard(&["test", "s", "--rev", "HEAD", "--sign", key.to_str().unwrap(), "--push", "origin"])
}

#[track_caller]
fn refused(repo: &Repo, why: &str) {
    repo.git(&["push", "origin", "HEAD:main"]).rejected().says("error[suite-change]").says("error[guarded-area]").says(why);
}

/// The lines of `from`'s note on HEAD's tree without their signatures, and what `change` makes of what they say.
fn unsigned(repo: &Repo, from: &str, change: &dyn Fn(&mut Value)) -> String {
    let base64 = base64::engine::general_purpose::STANDARD;
    let note = repo.git(&["notes", "--ref", &format!("guard/{from}"), "show", "HEAD^{tree}"]).ok().out();
    let copy = |line: &str| {
        let mut envelope: Value = serde_json::from_str(line).unwrap();
        let mut said: Value = serde_json::from_slice(&base64.decode(envelope["payload"].as_str().unwrap()).unwrap()).unwrap();
        change(&mut said);
        envelope["payload"] = base64.encode(said.to_string()).into();
        envelope["signatures"] = serde_json::json!([]);
        format!("{envelope}\n")
    };
    note.lines().filter(|line| !line.is_empty()).map(copy).collect()
}

/// Anybody pushes these lines in notes of their own.
fn anybody(repo: &Repo, writer: &str, lines: &str) {
    let name = format!("guard/{writer}");
    repo.run_with("git", &["notes", "--ref", &name, "add", "-f", "-F", "-", "HEAD^{tree}"], lines.as_bytes()).ok();
    repo.login("web").git(&["push", "-q", "-f", "origin", &format!("refs/notes/{name}")]).ok();
    repo.login("dev");
}

fn passed(many: u64) -> impl Fn(&mut Value) {
    move |said| said["predicate"]["guardRun"]["counts"]["passed"] = many.into()
}

#[test]
fn anybody_s_999_passed_beside_the_runner_s_one() {
    let (repo, _server) = fewer();
    anybody(&repo, "local-x", &unsigned(&repo, "ci", &passed(999)));
    refused(&repo, "1 tests passed, and 3");
    // Nor does it help to say that the base's passed fewer.
    anybody(&repo, "local-y", &unsigned(&repo, "ci", &passed(0)));
    refused(&repo, "1 tests passed, and 3");
    // Nor what a specialist has signed, whose level is less than a runner's.
    drop(attest(&repo, "dev"));
    refused(&repo, "1 tests passed, and 3");
}

#[test]
fn a_later_one_and_a_marker_are_no_more() {
    let (repo, _server) = fewer();
    let later = |said: &mut Value| {
        passed(999)(said);
        let time = jiff::Timestamp::now().to_string();
        for key in ["started", "finished"] {
            if said["predicate"]["guardRun"].get(key).is_some() {
                said["predicate"]["guardRun"][key] = time.clone().into();
            }
        }
    };
    anybody(&repo, "local-x", &unsigned(&repo, "ci", &later));
    refused(&repo, "1 tests passed, and 3");
    let tree = repo.rev("HEAD^{tree}");
    let message = format!("fewer\n\nIntegration-Tested: s tree={tree}\n");
    repo.git(&["commit", "-q", "--amend", "-m", &message]).ok();
    refused(&repo, "1 tests passed, and 3");
}

#[test]
fn anybody_s_failure_or_low_count_voids_no_attestation() {
    let (repo, server) = counted();
    repo.write("tests/t4", "t4").write("app/a", "2\n").commit_unjudged("more tests");
    attest(&repo, "ci").ok();
    anybody(&repo, "local-x", &unsigned(&repo, "ci", &passed(0)));
    let failed = |said: &mut Value| {
        said["predicate"]["result"] = "FAILED".into();
        passed(1)(said);
    };
    anybody(&repo, "local-y", &unsigned(&repo, "ci", &failed));
    repo.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("HEAD"));
}

#[test]
fn guard_check_says_the_same() {
    let (repo, _server) = fewer();
    let demanded = |found: &str| {
        let json = repo.json(&["check", "--stage", "land"]);
        let violation = assert_violated(&json, "landing", "suite-change");
        assert_eq!((&violation["demanded"], &violation["found"]), (&"attested".into(), &found.into()));
    };
    demanded("none");
    anybody(&repo, "local-x", &unsigned(&repo, "ci", &passed(999)));
    demanded("claimed");
    repo.guard(&["evidence", "HEAD"]).ok().says("1 tests passed, and 3");
}
