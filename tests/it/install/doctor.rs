//! `guard doctor`: each hook is proven to run, by running it.

use super::*;

#[test]
fn everything_in_order() {
    let repo = guarded();
    let run = repo.install().guard(&["doctor"]).ok();
    for words in [
        "pre-commit          runs",
        "pre-push            runs",
        "main:policy.toml at ",
        "dev (claimed by author e-mail)",
        "git version ",
    ] {
        assert!(run.out().contains(words), "`{words}` is not in\n{}", run.out());
    }
    run.says("the gate is the server, since a client can switch its hooks off");
    assert_eq!(repo.guard(&["doctor", "-q"]).ok().out(), "");
}

#[test]
fn each_fault_is_found_and_a_finding_is_status_1() {
    let repo = guarded();
    repo.guard(&["doctor"]).rejected().says("pre-commit").says("is not installed").says("next: guard install");
    let hook = repo.install().file(".git/hooks/pre-commit");
    let script = std::fs::read_to_string(&hook).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    repo.guard(&["doctor"]).rejected().says("is not executable, so git skips it");
    repo.script(".git/hooks/pre-commit", "");
    repo.guard(&["doctor"]).rejected().says("is not the guard's");
    repo.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    repo.guard(&["doctor"]).rejected().says("is not the guard's");
    repo.script(".git/hooks/pre-commit", script.replace("exec \"$guard\"", "exit 0; exec \"$guard\""));
    repo.guard(&["doctor"]).rejected().says("was changed");
    repo.script(".git/hooks/pre-commit", script.replace(GUARD, "/bin/true"));
    repo.guard(&["doctor"]).rejected().says("runs another guard than this one, or none");
    repo.remove(".git/hooks/pre-commit").link(".git/hooks/pre-commit", "/nowhere/hook");
    repo.guard(&["doctor"]).rejected().says("is not the guard's");
    repo.remove(".git/hooks/pre-commit");
    repo.install().guard(&["doctor"]).ok();
}

#[test]
fn a_hook_that_would_lead_to_nothing() {
    let repo = guarded();
    let place = repo.scratch().join("gone");
    std::fs::create_dir(&place).unwrap();
    // a link, since a program that was just written may be held open by another test's child
    std::fs::hard_link(GUARD, place.join("guard"))
        .or_else(|_other_disk| std::fs::copy(GUARD, place.join("guard")).map(drop))
        .unwrap();
    repo.run(place.join("guard"), &["install"]).ok();
    std::fs::remove_dir_all(&place).unwrap();
    // there is another one in PATH, which the hook falls back on
    repo.guard(&["doctor"]).ok();
    repo.set("PATH", std::env::join_paths(["/usr/local/bin", "/usr/bin", "/bin"]).unwrap());
    repo.guard(&["doctor"]).rejected().says("runs another guard than this one, or none");
    repo.write("b.txt", "b\n").commit("b").rejected().says("there is no guard at the path that was written into this hook");
}

#[test]
fn whoever_is_unknown_is_told_so() {
    let repo = guarded();
    repo.install().author("stranger@example.org");
    repo.guard(&["doctor"]).rejected().says("every commit is rejected").says("guard explain known-specialist");
    repo.set("GUARD_SPECIALIST", "dev").guard(&["doctor"]).ok().says("dev (claimed by GUARD_SPECIALIST)");
    repo.unset("GUARD_SPECIALIST").git(&["config", "guard.specialist", "dev"]).ok();
    repo.guard(&["doctor"]).ok().says("dev (claimed by git config guard.specialist)");
}

#[test]
fn a_server_s_gate_is_proven_and_its_accounts_are_named() {
    let repo = guarded();
    let server = repo.guarded_remote();
    server.guard(&["doctor"]).ok().says("pre-receive           runs").says(&format!("from the environment variable `{ACCOUNT}`"));
    server.git(&["config", "--unset", "guard.identity"]).ok();
    server.guard(&["doctor"]).says("guard.identity");
    std::fs::set_permissions(server.file("hooks/pre-receive"), std::fs::Permissions::from_mode(0o644)).unwrap();
    server.guard(&["doctor"]).rejected().says("is not executable, so git skips it").says("next: guard install --server");
}

#[test]
fn a_legacy_hook_that_does_not_run_is_said() {
    let repo = guarded();
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    repo.install().guard(&["doctor"]).ok().says("pre-commit.legacy").says("is not executable, so it does not run");
}

#[test]
fn the_report_in_json() {
    let repo = guarded();
    let json: serde_json::Value = serde_json::from_str(&repo.guard(&["doctor", "--format", "json"]).rejected().out()).unwrap();
    let checks = json["checks"].as_array().unwrap();
    assert_eq!((&json["version"], json["findings"].as_u64().unwrap() >= 5), (&1.into(), true));
    assert_eq!(
        checks[0],
        serde_json::json!({"name": "pre-commit", "ok": false, "found": "is not installed", "next": "guard install"})
    );
}

#[test]
fn a_remote_that_came_later_brings_no_evidence_until_install_runs_again() {
    let repo = guarded();
    repo.install().guard(&["doctor"]).ok().says_not("evidence");
    repo.remote();
    let run = repo.guard(&["doctor"]).rejected().says("evidence            ").says("`git fetch origin` brings none of it");
    run.says("next: guard install").says("1 finding");
    repo.guard(&["install"]).ok().says("`git fetch` brings the evidence from origin");
    repo.guard(&["doctor"]).ok().says_not("brings none");
}

#[test]
fn a_remote_that_fetches_nothing_stays_so() {
    let repo = guarded();
    repo.git(&["config", "remote.backup.url", "../backup.git"]).ok();
    repo.guard(&["install"]).ok().says_not("brings the evidence");
    assert_eq!(repo.git(&["config", "--get-all", "remote.backup.fetch"]).out(), "");
    repo.guard(&["doctor"]).ok();
}
