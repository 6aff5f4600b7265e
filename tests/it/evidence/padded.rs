//! Notes that somebody has filled: nobody's padding delays or hides another's record, and their own counts by its newest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::signed::{attest, started};
use super::*;

/// The one record on HEAD's tree in these notes, so many times with another nonce; signed anew by `key`, or with the signature of the first.
fn padded(repo: &Repo, from: &str, many: usize, key: Option<&str>) -> String {
    let tree = repo.rev("HEAD^{tree}");
    let note = repo.git(&["notes", &format!("--ref=refs/notes/guard/{from}"), "show", &tree]).ok().out();
    let envelope: Value = serde_json::from_str(note.lines().next().unwrap()).unwrap();
    let payload = String::from_utf8(STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap()).unwrap();
    let (head, nonce) = payload.split_once("\"nonce\":\"").unwrap();
    let mut all = String::new();
    for n in 0..many {
        let payload = format!("{head}\"nonce\":\"{n:08x}{}", &nonce[8..]);
        let kind = "application/vnd.in-toto+json";
        let mut line = envelope.clone();
        line["payload"] = STANDARD.encode(&payload).into();
        if let Some(key) = key {
            let armour = repo.key(key).sign("guard-evidence", format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len()));
            line["signatures"] = serde_json::json!([{ "sig": STANDARD.encode(armour) }, { "sig": STANDARD.encode(repo.key(key).sign("guard-evidence", "x")) }]);
            line["signatures"].as_array_mut().unwrap().truncate(1);
            let again = line["signatures"][0].clone();
            line["signatures"].as_array_mut().unwrap().push(again);
        }
        all.push_str(&format!("{line}\n"));
    }
    all
}

/// Puts lines into a writer's notes on the server, by whatever way.
fn put(repo: &Repo, server: &Repo, writer: &str, lines: &str) {
    let args = ["notes", &format!("--ref=refs/notes/guard/{writer}"), "append", "-F", "-", &repo.rev("HEAD^{tree}")];
    repo.run_with("git", &args, lines.as_bytes()).ok();
    let spec = format!("+refs/notes/guard/{writer}:refs/notes/guard/{writer}");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), &spec]).ok();
}

#[test]
fn another_s_padding_is_not_even_verified() {
    let (repo, server) = started("land = \"attested\"\n");
    attest(&repo, "ci");
    // Twice the same signature, and of signatures that match nothing.
    put(&repo, &server, "web", &padded(&repo, "ci", 40, Some("web")));
    put(&repo, &server, "web", &padded(&repo, "ci", 400, None));
    repo.git(&["push", "-q", "origin", "HEAD:main"]).ok();
}

#[test]
fn of_one_s_own_the_newest_counts_and_the_rest_is_not_verified() {
    let (repo, server) = started("land = \"signed\"\n");
    let key = repo.key("dev").private;
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()]).ok();
    put(&repo, &server, "dev", &padded(&repo, "dev", 100, Some("dev")));
    repo.git(&["push", "-q", "origin", "HEAD:main"]).ok();
}

#[test]
fn a_writer_has_a_budget_of_their_own() {
    let (repo, server) = started("land = \"signed\"\n");
    let key = repo.key("dev").private;
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()]).ok();
    let bad = padded(&repo, "dev", 100, None);
    repo.git(&["update-ref", "-d", "refs/notes/guard/dev"]).ok();
    put(&repo, &server, "dev", &bad);
    let run = repo.git(&["push", "origin", "HEAD:main"]).rejected();
    run.says("error[guarded-area]").says("more signatures of `dev` on one tree than are verified");
    // Another's isn't spent by it.
    attest(&repo, "ci");
    repo.git(&["push", "-q", "origin", "HEAD:main"]).ok();
}
