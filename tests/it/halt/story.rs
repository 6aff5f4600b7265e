//! The whole story on a real server, and that the ledger and the audit tell it in order: who, why, when, and which source says so.

use serde_json::{Value, json};

use super::*;

/// CI ran the suite itself, and attests how it ended.
fn attest(repo: &Repo, rev: &str, status: &str) -> Run {
    repo.write("../log", "login: 500\n");
    let log = repo.path().join("../log");
    let args = ["attest", "works", "--rev", rev, "--log", log.to_str().unwrap(), "--exit-status", status];
    repo.guard(&[&args[..], &["--sign", &key(repo, "ci"), "--push", "origin"]].concat())
}

/// An audit of the server's main, as JSON by its published schema.
fn audit(server: &Repo, args: &[&str]) -> Value {
    let run = server.guard(&[&["audit", "main", "--format", "json"], args].concat()).ok();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../json/audit.schema.json")).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{}\n{report:#}", errors.join("\n"));
    report
}

/// That these stand in a text, one after the other.
#[track_caller]
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no `{part}` where it should be in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

/// Broken, halted, refused, returned, refused, resumed, at work again, halted once more and forced on.
fn told() -> (Repo, Repo) {
    let (repo, server) = broken();
    attest(&repo, "main", "1").rejected().says("halted: suite `works` failed on the tip of `origin/main`");
    let text = repo.git(&["push", "origin", "work"]).rejected().err();
    in_order(
        &text,
        &["remote: error[halted]: halted by runner `ci` since 20", "suite `works` failed", "what may still land", "guard rollback"],
    );
    let good = repo.rev("main~");
    repo.guard(&["last-good"]).ok().says(&format!("last good: {}", &good[..7])).says("works: attested, runner `ci`");
    let out = repo.guard(&["rollback", "--apply", "--push"]).ok().out();
    let land = out.lines().filter_map(|line| line.strip_prefix("next: ")).next_back().unwrap();
    assert_eq!(resume(&repo, "boss", &[]).says("works: needs attested").status, 1);
    repo.run("sh", &["-c", land]).ok();
    repo.git(&["fetch", "-q"]).ok();
    resume(&repo, "boss", &[]).ok().says("resumed: proven on the tip of the base");
    repo.git(&["push", "-q", "origin", "work:refs/heads/d"]).ok();
    repo.git(&["switch", "-q", "-c", "again", "origin/main"]).ok();
    repo.write("api/a", "works better\n").commit_unjudged("better");
    attest(&repo, "HEAD", "0").ok();
    repo.git(&["push", "-q", "origin", "again:main"]).ok();
    let halt = ["halt", "--reason", "the pager rings", "--sign", &key(&repo, "boss"), "--push", "origin"];
    repo.guard(&halt).ok();
    repo.git(&["push", "origin", "work:refs/heads/e"]).rejected().says("halted by owner `boss`").says("the pager rings");
    attest(&repo, "origin/main", "1").rejected().says("the project is halted already, by owner `boss`");
    assert_eq!(resume(&repo, "boss", &[]).says("works: needs attested").status, 1);
    resume(&repo, "boss", &["--force", "--reason", "a false alarm"]).ok().says("resumed without proof");
    (repo, server)
}

#[test]
fn the_ledger_and_the_audit_tell_the_story_in_order() {
    let (_repo, server) = told();
    // The ledger: newest first.
    let log = server.guard(&["log"]).ok().out();
    in_order(
        &log,
        &[
            "resume by owner `boss`, without proof",
            "a false alarm",
            "halt by owner `boss`",
            "the pager rings",
            "refs/heads/main  ",
            "refs/heads/d  nothing..",
            "resume by owner `boss`",
            "proven on the tip of the base",
            "refs/heads/main  ",
            "halt by runner `ci`",
            "suite `works` failed on the tip of",
        ],
    );
    let report = audit(&server, &[]);
    let events = report["overall"]["events"].as_array().unwrap();
    let (back, again) = (server.rev("main~"), server.rev("main"));
    let story: Vec<(&str, &str, &Value)> =
        events.iter().map(|e| (e["what"].as_str().unwrap(), e["by"].as_str().unwrap(), &e["sources"])).collect();
    let both = json!(["ledger", "notes"]);
    assert_eq!(
        story,
        [
            ("halt", "runner `ci`", &both),
            ("rollback", "dev", &json!(["ledger", "history"])),
            ("resume", "owner `boss`", &both),
            ("halt", "owner `boss`", &both),
            ("forced resume", "owner `boss`", &both),
        ],
        "{report:#}"
    );
    assert_eq!((&events[1]["commit"], &events[4]["about"]), (&json!(back), &json!("a false alarm")));
    assert!(events[0]["about"].as_str().unwrap().contains("suite `works` failed on the tip of `origin/main`"), "{report:#}");
    let entries: Vec<u64> = events.iter().map(|event| event["entry"].as_u64().unwrap()).collect();
    assert!(entries.is_sorted() && entries[0] >= 1, "{entries:?}");
    let times: Vec<jiff::Timestamp> = events.iter().map(|event| event["time"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let counts = json!({ "halts": 2, "resumes": 1, "forced_resumes": 1, "waivers": 0, "rollbacks": 1 });
    assert_eq!(report["overall"]["counts"], counts);
    let landings = report["overall"]["landings"].as_array().unwrap();
    assert_eq!(landings.len(), 2, "what main got while the ledger was kept");
    let landing = &landings[0];
    assert_eq!((&landing["account"], &landing["ref"], &landing["new"]), (&json!("dev"), &json!("refs/heads/main"), &json!(back)));
    assert_eq!(
        (&landing["verdict"], &landing["specialists"]),
        (&json!("accepted"), &json!([{ "specialist": "dev", "commits": 1 }]))
    );
    assert_eq!(report["overall"]["untold"], json!([]));
    assert_eq!(report["overall"]["outages"][0]["returned"], json!(back));
    let outage = &report["overall"]["outages"][1];
    assert_eq!((&outage["commit"], &outage["returned"], &outage["since"]), (&json!(again), &Value::Null, &landings[1]["time"]));
}

#[test]
fn text_and_markdown_tell_it_too() {
    let (_repo, server) = told();
    let text = server.guard(&["audit", "main"]).ok().out();
    in_order(
        &text,
        &[
            "2 halts, 1 resume, 1 forced resume, 0 waivers, 1 rollback",
            "`works` failed on ",
            "what happened besides",
            " halt ",
            "by runner `ci`: suite `works` failed",
            " rollback ",
            "by dev: returns to a tree that stood there before",
            " resume ",
            "by owner `boss`: proven on the tip of the base",
            " halt ",
            "by owner `boss`: the pager rings",
            " forced resume ",
            "by owner `boss`: a false alarm",
            "what landed, as the ledger has it",
            "refs/heads/main",
            "by dev",
        ],
    );
    let text = server.guard(&["audit", "main", "--format", "md"]).ok().out();
    let parts = [
        "**halt**",
        "**rollback**",
        "**resume**",
        "**halt**",
        "`the pager rings`",
        "**forced resume**",
        "`a false alarm`",
        "## What landed",
    ];
    in_order(&text, &parts);
}

#[test]
fn a_clone_without_the_ledger_tells_what_its_notes_hold_and_with_it_the_same_as_the_server() {
    let (repo, server) = told();
    let clone = repo.clone_from_server("auditor");
    clone.install().git(&["fetch", "-q"]).ok();
    let whats = |report: &Value| -> Vec<String> {
        let events = report["overall"]["events"].as_array().unwrap();
        events.iter().map(|event| format!("{} {}", event["what"].as_str().unwrap(), event["about"].as_str().unwrap())).collect()
    };
    let alone = audit(&clone, &[]);
    assert!(alone["overall"]["events"].as_array().unwrap().iter().all(|event| event["entry"].is_null()), "{alone:#}");
    assert_eq!((whats(&alone).len(), &alone["overall"]["landings"]), (5, &json!([])));
    clone.git(&["fetch", "-q", "origin", "refs/guard/ledger:refs/guard/ledger"]).ok();
    assert_eq!(audit(&clone, &[])["overall"], audit(&server, &[])["overall"]);
}

#[test]
fn where_the_notes_are_gone_the_ledger_still_tells_it_and_where_that_is_damaged_it_is_said() {
    let (_repo, server) = told();
    let whole = audit(&server, &[]);
    for name in server.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard"]).ok().out().lines() {
        server.git(&["update-ref", "-d", name]).ok();
    }
    let report = audit(&server, &[]);
    let events = report["overall"]["events"].as_array().unwrap();
    assert_eq!(events.len(), whole["overall"]["events"].as_array().unwrap().len());
    assert_eq!((&events[0]["sources"], &events[4]["about"]), (&json!(["ledger"]), &json!("a false alarm")));
    // An entry is lost: what came after it is told, and that there is more.
    let entry = server.rev("refs/guard/ledger~3:entry.json");
    std::fs::remove_file(server.file(format!("objects/{}/{}", &entry[..2], &entry[2..]))).unwrap();
    let report = audit(&server, &[]);
    let untold = report["overall"]["untold"].as_array().unwrap();
    assert!(untold[0].as_str().unwrap().starts_with("the ledger is damaged at "), "{report:#}");
    let whats: Vec<&Value> = report["overall"]["events"].as_array().unwrap().iter().map(|event| &event["what"]).collect();
    assert_eq!(whats, ["rollback", "halt", "forced resume"]);
    server.guard(&["audit", "main"]).ok().says("not told: the ledger is damaged at ");
    // All of it is.
    let tip = server.rev("refs/guard/ledger");
    std::fs::remove_file(server.file(format!("objects/{}/{}", &tip[..2], &tip[2..]))).unwrap();
    let report = audit(&server, &[]);
    assert_eq!(report["summary"]["undecided"], 0, "whose commits are follows from what is still known: {report:#}");
    assert!(!report["overall"]["untold"].as_array().unwrap().is_empty());
}

#[test]
fn a_waiver_that_let_a_landing_in_is_told_once() {
    let (repo, server) = broken();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    repo.write_many("x", 4);
    let many = repo.commit_unjudged("many");
    let by = key(&repo, "boss");
    let waive = ["waive", "file-limit", "--rev", "HEAD", "--limit", "4", "--reason", "generated", "--expires", "1d", "--sign", &by];
    repo.guard(&[&waive[..], &["--push", "origin"]].concat()).ok();
    repo.git(&["push", "origin", "main"]).ok().says("waived[file-limit]");
    let report = audit(&server, &[]);
    let events = report["overall"]["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{report:#}");
    let event = &events[0];
    assert_eq!((&event["what"], &event["about"], &event["commit"]), (&json!("waiver"), &json!("file-limit"), &json!(many)));
    assert_eq!((&event["by"], &event["reason"]), (&json!("owner `boss`"), &json!("generated")), "{event:#}");
    assert!(event["until"].as_str().unwrap().starts_with("20"), "{event:#}");
    assert_eq!((&event["sources"], &report["overall"]["counts"]["waivers"]), (&json!(["ledger", "notes"]), &json!(1)));
    // Without its note the ledger is all that there is of it.
    for name in server.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard"]).ok().out().lines() {
        server.git(&["update-ref", "-d", name]).ok();
    }
    let report = audit(&server, &[]);
    let event = &report["overall"]["events"][0];
    assert_eq!((&event["what"], &event["sources"], &event["entry"]), (&json!("waiver"), &json!(["ledger"]), &json!(2)));
    assert_eq!(event["reason"], "generated", "{event:#}");
}

#[test]
fn what_came_in_one_push_is_one_landing() {
    let (repo, server) = broken();
    repo.git(&["switch", "-q", "-c", "two", "origin/main"]).ok();
    repo.write("api/a", "works\n");
    let half = repo.commit_unjudged("half of it");
    repo.write("api/b", "better\n");
    let whole = repo.commit_unjudged("the other half");
    attest(&repo, "HEAD", "0").ok();
    repo.git(&["push", "-q", "origin", "two:main"]).ok();
    let violations = |report: &Value, commit: &str| {
        report["commits"].as_array().unwrap().iter().find(|row| row["commit"] == commit).unwrap()["violations"].clone()
    };
    let report = audit(&server, &[]);
    assert_eq!((violations(&report, &half), violations(&report, &whole)), (json!([]), json!([])), "as the server has judged it");
    assert_eq!(report["overall"]["landings"][0]["new"], json!(whole));
    // Who doesn't have the ledger takes each commit for a landing.
    repo.git(&["branch", "-q", "-f", "main", "two"]).ok();
    let report = audit(&repo, &[]);
    assert_eq!((violations(&report, &half), violations(&report, &whole)), (json!(["guarded-area"]), json!([])));
    assert_eq!(report["overall"]["landings"], json!([]));
}
