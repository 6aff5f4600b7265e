//! Ways past a halt that somebody in a hurry, or in bad faith, would try.

use super::*;

/// The halt of CI, on the server and here.
fn halted() -> (Repo, Repo) {
    let (repo, server) = broken();
    test(&repo, "main").rejected().says("halted: suite `works` failed");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    (repo, server)
}

/// The note of a writer on the root commit.
fn words(repo: &Repo, writer: &str) -> String {
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    repo.git(&["notes", &format!("--ref=refs/notes/guard/{writer}"), "show", &root]).ok().out()
}

/// The same, replaced.
fn set_words(repo: &Repo, writer: &str, lines: &str) {
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    let args = ["notes", &format!("--ref=refs/notes/guard/{writer}"), "add", "-f", "-F", "-", &root];
    repo.run_with("git", &args, lines.as_bytes()).ok();
}

/// The name of the notes of this key's owner.
fn owners_notes(repo: &Repo) -> String {
    let names = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
    names.strip_prefix("refs/notes/guard/").unwrap().to_owned()
}

/// A word that is signed as the guard signs, by any key and with any time: what a program of one's own can make.
fn forged(repo: &Repo, kind: &str, by: &str, created: &str) -> String {
    forged_lifting(repo, kind, by, created, &[])
}

/// The same, of a resume that names these halts.
fn forged_lifting(repo: &Repo, kind: &str, by: &str, created: &str, lifts: &[String]) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    let payload = serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "gitCommit": root } }],
        "predicateType": format!("urn:guard:{kind}/v1"),
        "predicate": {
            "reason": "forged", "created": created, "commit": repo.rev("main"), "suites": [], "forced": kind == "resume",
            "lifts": lifts, "nonce": format!("{:032x}", created.len()),
        },
    });
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
fn at(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    jiff::Timestamp::from_second(i64::try_from(now.as_secs()).unwrap() + seconds).unwrap().to_string()
}

#[test]
fn work_space_another_namespace_and_a_forged_message_are_no_way_around() {
    let (repo, _server) = halted();
    for to in ["refs/heads/wip/mine", "refs/heads/elsewhere", "refs/tags/t"] {
        repo.git(&["push", "origin", &format!("work:{to}")]).rejected().says("error[halted]");
    }
    for to in ["refs/notes/guard/remotes/x", "refs/notes/commits", "refs/meta/config"] {
        repo.git(&["push", "origin", &format!("work:{to}")]).rejected().says("error[");
    }
    repo.git(&["push", "origin", "+work:refs/guard/ledger"]).rejected().says("error[protected-ref]").says("error[halted]");
    // A commit that says it is a rollback, and one that was one until it was amended.
    repo.git(&["switch", "-q", "-c", "forged", "origin/main"]).ok();
    let good = repo.rev("main~");
    repo.write("api/a", "works again\n");
    repo.commit_unjudged(&format!(
        "Roll back origin/main to {}\n\nRestores the tree {} of commit {good}.",
        &good[..7],
        repo.rev("main~^{tree}")
    ));
    repo.git(&["push", "origin", "forged:main"]).rejected().says("error[halted]");
    repo.guard(&["rollback", "--apply"]).ok();
    repo.git(&["switch", "-q", &format!("rollback/{}", &good[..7])]).ok();
    repo.write("extra", "slipped in\n").stage();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.git(&["push", "origin", "HEAD:main"]).rejected().says("error[halted]");
    // A good tree of elsewhere is none of the base's.
    repo.git(&["switch", "-q", "--orphan", "elsewhere"]).ok();
    repo.write("api/a", "works\n").commit_unjudged("a tree that the base never had");
    repo.git(&["push", "origin", "elsewhere:refs/heads/elsewhere"]).rejected().says("error[halted]");
}

#[test]
fn who_may_not_say_it_says_nothing_whatever_they_have_signed() {
    let (repo, server) = halted();
    repo.login("dev");
    let before = server.state_of_refs();
    let log: serde_json::Value = serde_json::from_slice(&server.guard(&["log", "--format", "json"]).ok().stdout).unwrap();
    let halt = log["entries"][0]["words"][0]["digest"].as_str().unwrap().to_owned();
    // In their own notes, in an owner's, in the runner's.
    repo.guard(&["resume", "--force", "--reason", "x", "--sign", &key(&repo, "boss")]).ok();
    let owner = owners_notes(&repo);
    for (writer, says) in [(owner.as_str(), "which is not its key"), ("ci", "which is not its key"), ("dev", "error[halted]")] {
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{writer}")]).ok();
        set_words(&repo, writer, &forged_lifting(&repo, "resume", "dev", &at(5), std::slice::from_ref(&halt)));
        let name = format!("+refs/notes/guard/{writer}");
        repo.git(&["push", "origin", &format!("{name}:refs/notes/guard/{writer}"), "work"]).rejected().says(says);
    }
    assert_eq!(server.state_of_refs(), before);
    // Alone it may come, as any record of theirs: it counts for nothing.
    repo.git(&["push", "-q", "origin", "refs/notes/guard/dev"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`");
    let entry = server.guard(&["log", "-n", "1"]).ok().out();
    assert!(entry.contains("no owner"), "{entry}");
}

#[test]
fn nobody_but_who_may_halts_a_repository() {
    let (repo, _server) = broken();
    set_words(&repo, "dev", &forged(&repo, "halt", "dev", &at(0)));
    repo.git(&["push", "-q", "origin", "refs/notes/guard/dev"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    set_words(&repo, "local", "{}\n");
    repo.guard(&["check"]).ok();
}

#[test]
fn an_old_resume_lifts_no_later_halt_however_it_is_written() {
    let (repo, _server) = halted();
    resume(&repo, "boss", &["--force", "--reason", "looked at by hand"]).ok();
    let owner = owners_notes(&repo);
    let old = words(&repo, &owner);
    repo.guard(&["halt", "--reason", "again", "--sign", &key(&repo, "ci"), "--push", "origin"]).ok();
    let refused = |why: &str| {
        repo.git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`").says(why);
    };
    refused("again");
    // The very line, and the same word in another envelope: neither is new.
    repo.git(&["push", "origin", &format!("refs/notes/guard/{owner}")]).ok();
    set_words(&repo, &owner, &format!("{old}{}", old.replace("\",\"", "\", \"")));
    let run = repo.git(&["push", "origin", &format!("refs/notes/guard/{owner}")]).rejected();
    run.says("error[halted]: a resume of 20").says("that says nothing of the halt by runner `ci` of 20");
    refused("again");
}

#[test]
fn a_resume_kept_back_since_before_the_halt_is_too_late() {
    let (repo, server) = broken();
    // An owner signs one for an earlier halt, and it never gets out.
    let sign = |args: &[&str], by: &str| repo.guard(&[args, &["--sign", &key(&repo, by)]].concat());
    sign(&["halt", "--reason", "earlier"], "boss").ok();
    sign(&["resume", "--force", "--reason", "for the earlier one"], "boss").ok();
    let owner = owners_notes(&repo);
    test(&repo, "main").rejected().says("halted: suite `works` failed");
    let before = server.state_of_refs();
    repo.git(&["push", "origin", &format!("refs/notes/guard/{owner}")])
        .rejected()
        .says("that says nothing of the halt by runner `ci`");
    assert_eq!(server.state_of_refs(), before);
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
}

#[test]
fn a_resume_that_did_not_know_of_the_halt_lifts_nothing_until_it_does() {
    let (repo, server) = broken();
    let clone = repo.clone_from_server("clone");
    clone.login("dev").install();
    let (boss, ci) = (key(&repo, "boss"), key(&repo, "ci"));
    let say = |on: &Repo, args: &[&str], by: &str| on.guard(&[args, &["--sign", by]].concat());
    say(&clone, &["halt", "--reason", "earlier", "--push", "origin"], &boss).ok();
    // Made first, and on its way: whoever resumes from the earlier one can't know of it.
    say(&repo, &["halt", "--reason", "on its way"], &ci).ok();
    let resume = ["resume", "--force", "--reason", "by hand"];
    say(&clone, &resume, &boss).ok().says("it was halted by owner `boss`");
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    let owner = format!("refs/notes/guard/{}", owners_notes(&clone));
    let before = server.state_of_refs();
    let run = clone.git(&["push", "origin", &owner]).rejected();
    run.says("error[halted]: a resume of 20").says("that says nothing of the halt by runner `ci` of 20").says("next: git fetch");
    assert_eq!(server.state_of_refs(), before);
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`").says("on its way");
    // What it says to do is enough: the word that was refused may stand beside the one that knows.
    clone.git(&["fetch", "-q"]).ok();
    say(&clone, &resume, &boss).ok().says("it was halted by runner `ci`");
    clone.git(&["push", "-q", "origin", &owner]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn one_resume_lifts_every_halt_that_it_sees() {
    let (repo, _server) = halted();
    repo.guard(&["halt", "--reason", "and another", "--sign", &key(&repo, "boss"), "--push", "origin"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("and another");
    resume(&repo, "boss", &["--force", "--reason", "looked at by hand"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn a_replayed_halt_is_no_new_one() {
    let (repo, _server) = halted();
    let old = words(&repo, "ci");
    resume(&repo, "boss", &["--force", "--reason", "looked at by hand"]).ok();
    set_words(&repo, "ci", &format!("{old}{}", old.replace("\",\"", "\", \"")));
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn clocks_that_are_wrong_are_named_and_hide_no_halt() {
    let (repo, server) = broken();
    // A halt of tomorrow would count for nothing: whoever says it hears that, and so does nobody believe in it.
    let (root, good) = (server.state_of_refs(), repo.rev("refs/notes/guard/ci"));
    set_words(&repo, "ci", &forged(&repo, "halt", "ci", &at(86_400)));
    repo.git(&["push", "origin", "refs/notes/guard/ci"])
        .rejected()
        .says("error[halted]: a halt that is dated in the future, on 20");
    assert_eq!(server.state_of_refs(), root);
    repo.git(&["update-ref", "refs/notes/guard/ci", &good]).ok();
    // One whose clock is a little ahead counts, and an owner's resume after it is after it.
    set_words(&repo, "ci", &forged(&repo, "halt", "ci", &at(200)));
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    resume(&repo, "boss", &["--force", "--reason", "looked at by hand"]).ok().says("resumed without proof");
    repo.guard(&["check"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let clone = repo.clone_from_server("clone");
    clone.install().git(&["fetch", "-q"]).ok();
    clone.write("g", "g\n");
    clone.commit("a clone, which knows the times alone").ok();
    // The next halt comes after both, though its own clock says that it doesn't.
    repo.guard(&["halt", "--reason", "again", "--sign", &key(&repo, "ci"), "--push", "origin"]).ok();
    repo.git(&["push", "origin", "work:refs/heads/more"]).rejected().says("remote: error[halted]: halted by runner `ci`");
    clone.git(&["fetch", "-q"]).ok();
    clone.write("h", "h\n");
    clone.commit("known here, too").rejected().says("error[halted]: halted by runner `ci`");
}

#[test]
fn a_resume_that_names_no_halt_lifts_none_whatever_its_date() {
    let (repo, server) = halted();
    repo.guard(&["resume", "--force", "--reason", "x", "--sign", &key(&repo, "boss")]).ok();
    let owner = owners_notes(&repo);
    for seconds in [-3_600, 60] {
        set_words(&repo, &owner, &forged(&repo, "resume", "boss", &at(seconds)));
        repo.git(&["push", "origin", &format!("refs/notes/guard/{owner}")]).rejected().says("that says nothing of the halt");
    }
    // Nor where it comes by no push.
    let from = repo.path().to_str().unwrap();
    server.git(&["fetch", "-q", from, &format!("refs/notes/guard/{owner}:refs/notes/guard/{owner}")]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
}

#[test]
fn the_halt_s_notes_are_neither_deleted_nor_rewritten_by_a_push() {
    let (repo, server) = halted();
    let before = server.rev("refs/notes/guard/ci");
    for account in ["dev", "boss"] {
        repo.login(account);
        repo.git(&["push", "origin", ":refs/notes/guard/ci"]).rejected().says("error[protected-ref]");
        set_words(&repo, "ci", &forged(&repo, "halt", "ci", &at(-86_400)));
        repo.git(&["push", "origin", "+refs/notes/guard/ci"]).rejected().says("error[protected-ref]");
        repo.git(&["push", "origin", "+work:refs/notes/guard/ci"]).rejected().says("error[protected-ref]");
        repo.git(&["push", "origin", "work:refs/heads/refs/notes/guard/ci"]).rejected().says("error[");
        assert_eq!(server.rev("refs/notes/guard/ci"), before);
    }
    repo.login("dev").git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`");
}

/// A note that is stored as it is; `git notes` would strip it.
fn set_bytes(repo: &Repo, writer: &str, bytes: &[u8]) {
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], bytes).ok().line();
    repo.git(&["notes", &format!("--ref=refs/notes/guard/{writer}"), "add", "-f", "-C", &blob, &root]).ok();
}

#[test]
fn neither_blank_lines_nor_strangers_notes_hide_it() {
    let (repo, server) = halted();
    // Behind the halt itself, whatever nobody has to sign.
    repo.git(&["fetch", "-q", "origin", "+refs/notes/guard/ci:refs/notes/guard/ci"]).ok();
    for padding in ["\n".repeat(15 << 20), words(&repo, "ci").repeat(100)] {
        set_bytes(&repo, "ci", (words(&repo, "ci") + &padding).as_bytes());
        repo.git(&["push", "origin", "refs/notes/guard/ci"]).rejected().says("mostly blank or repeated lines");
    }
    // Before it, as much as is ever read of all notes together.
    let junk = [&vec![b'x'; 15 << 20][..], b"\n"].concat();
    for name in ["a", "b", "c", "d", "e"] {
        set_bytes(&repo, &format!("local-{name}"), &junk);
        server
            .git(&[
                "fetch",
                "-q",
                repo.path().to_str().unwrap(),
                &format!("+refs/notes/guard/local-{name}:refs/notes/guard/local-{name}"),
            ])
            .ok();
    }
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    // And where its own writer's notes can't be read, nobody can tell.
    set_bytes(&repo, "ci", &vec![b'\n'; 17 << 20]);
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "+refs/notes/guard/ci:refs/notes/guard/ci"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("whether the project is halted can't be told");
}

#[test]
fn words_that_are_worth_nothing_fill_no_ledger() {
    let (repo, server) = halted();
    let many: String = (0..30).map(|n| forged(&repo, "halt", "dev", &at(-n))).collect();
    set_bytes(&repo, "dev", many.as_bytes());
    repo.git(&["push", "origin", "refs/notes/guard/dev"]).ok();
    let json: serde_json::Value = serde_json::from_slice(&server.guard(&["log", "--format", "json"]).ok().stdout).unwrap();
    let words = json["entries"][0]["words"].as_array().unwrap();
    assert_eq!(words.len(), 8, "{json:#}");
}
