//! Halts and resumes as somebody in bad faith would write them, and a project that is halted.

use super::*;

/// The halt of CI, on the server and here.
pub fn halted() -> (Repo, Repo) {
    let (repo, server) = broken();
    test(&repo, "main").rejected().says("halted: suite `works` failed");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    (repo, server)
}

/// The note of a writer on the root commit.
pub fn words(repo: &Repo, writer: &str) -> String {
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    repo.git(&["notes", &format!("--ref=refs/notes/guard/{writer}"), "show", &root]).ok().out()
}

/// The same, replaced.
pub fn set_words(repo: &Repo, writer: &str, lines: &str) {
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    let args = ["notes", &format!("--ref=refs/notes/guard/{writer}"), "add", "-f", "-F", "-", &root];
    repo.run_with("git", &args, lines.as_bytes()).ok();
}

/// The name of the notes of this key's owner.
pub fn owners_notes(repo: &Repo) -> String {
    let names = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
    names.strip_prefix("refs/notes/guard/").unwrap().to_owned()
}

/// A word that is signed as the guard signs, by any key and with any time: what a program of one's own can make.
pub fn forged(repo: &Repo, kind: &str, by: &str, created: &str) -> String {
    forged_with(repo, kind, by, created, &serde_json::json!({ "forced": kind == "resume" }))
}

/// The same, and what else it says.
pub fn forged_with(repo: &Repo, kind: &str, by: &str, created: &str, more: &serde_json::Value) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    let mut payload = serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "gitCommit": root } }],
        "predicateType": format!("urn:guard:{kind}/v1"),
        "predicate": {
            "reason": "forged", "created": created, "commit": repo.rev("main"), "suites": [],
            "nonce": format!("{:032x}", created.len()),
        },
    });
    payload["predicate"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let payload = payload.to_string();
    let kind = "application/vnd.in-toto+json";
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let armour = repo.key(by).sign("guard-evidence", signed);
    let envelope = serde_json::json!({
        "payload": encode(payload.as_bytes()), "payloadType": kind, "signatures": [{ "sig": encode(armour.as_bytes()) }],
    });
    format!("{envelope}\n")
}

/// A time so many seconds from now.
pub fn at(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    jiff::Timestamp::from_second(i64::try_from(now.as_secs()).unwrap() + seconds).unwrap().to_string()
}

/// By what a resume names the newest halt of a server.
pub fn newest_halt(server: &Repo) -> String {
    let log: serde_json::Value = serde_json::from_slice(&server.guard(&["log", "--format", "json"]).ok().stdout).unwrap();
    let mut words = log["entries"].as_array().unwrap().iter().flat_map(|entry| entry["words"].as_array().unwrap());
    words.find(|word| word["say"] == "halt").unwrap()["digest"].as_str().unwrap().to_owned()
}
