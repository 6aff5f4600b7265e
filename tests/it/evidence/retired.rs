//! Keys that are retired by `valid-before`: whoever still has one signs nothing new with it, whatever date is written.

use super::*;
use base64::Engine as _;

const GONE: &str = "2024-01-01T00:00:00Z";

/// An owner, a runner and dev, each with a key more that went at the start of 2024 (`old`, `oldci`, `olddev`). `work` touches `app/`.
fn policy(repo: &Repo) -> String {
    let keys = |now: &str, old: &str| {
        format!("keys = [\"{}\", 'valid-before=\"{GONE}\" {}']\n", repo.key(now).public, repo.key(old).public)
    };
    format!(
        "version = 1\nbase = \"main\"\nfree = [\"wip/**\"]\n[owners]\nusers = [\"boss\"]\n{}[defaults]\nmax-files-per-commit = 2\n\
         max-files-per-session = 2\n[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n{}[runner.ci]\n{}\
         [area.app]\npaths = [\"app/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nbranch = \"none\"\n",
        keys("boss", "old"),
        keys("dev", "olddev"),
        keys("ci", "oldci")
    )
}

fn started() -> (Repo, Repo) {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).write("app/a", "1\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    on_work(&repo).login("dev");
    (repo, server)
}

fn key(repo: &Repo, name: &str) -> String {
    repo.key(name).private.to_str().unwrap().to_owned()
}

/// The notes' name of an owner's key.
fn owner(repo: &Repo, name: &str) -> String {
    let print = repo.run("ssh-keygen", &["-lf", &format!("{}.pub", key(repo, name))]).ok().line();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(print.split(' ').nth(1).unwrap());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("owner-{}", hex.get(..12).unwrap())
}

/// The lines of that writer's note on an object, signed once more by `by`; `dated`: as if all that lies in the past was in 2023.
fn signed_anew(repo: &Repo, writer: &str, object: &str, by: &str, dated: bool) -> String {
    let base64 = base64::engine::general_purpose::STANDARD;
    let now = jiff::Timestamp::now();
    let back = |value: &mut Value| {
        let time = value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        if dated && time.is_some_and(|time| time <= now) {
            *value = "2023-06-01T12:00:00Z".into();
        }
    };
    let note = repo.git(&["notes", "--ref", &format!("guard/{writer}"), "show", object]).ok().out();
    let anew = |line: &str| {
        let envelope: Value = serde_json::from_str(line).unwrap();
        let mut said: Value = serde_json::from_slice(&base64.decode(envelope["payload"].as_str().unwrap()).unwrap()).unwrap();
        each(&mut said, &back);
        let (said, kind) = (said.to_string(), "application/vnd.in-toto+json");
        let armour = repo.key(by).sign("guard-evidence", format!("DSSEv1 {} {kind} {} {said}", kind.len(), said.len()));
        let signatures = serde_json::json!([{ "sig": base64.encode(armour) }]);
        format!("{}\n", serde_json::json!({ "payload": base64.encode(said), "payloadType": kind, "signatures": signatures }))
    };
    note.lines().filter(|line| !line.is_empty()).map(anew).collect()
}

/// Every value that holds no others.
fn each(value: &mut Value, change: &dyn Fn(&mut Value)) {
    match value {
        Value::Object(all) => all.values_mut().for_each(|one| each(one, change)),
        Value::Array(all) => all.iter_mut().for_each(|one| each(one, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => change(value),
    }
}

/// Pushes these lines as that writer's note on an object, which the server may take or not.
fn push_note(repo: &Repo, writer: &str, object: &str, lines: &str) {
    let name = format!("guard/{writer}");
    repo.run_with("git", &["notes", "--ref", &name, "add", "-f", "-F", "-", object], lines.as_bytes()).ok();
    drop(repo.git(&["push", "-q", "origin", &format!("refs/notes/{name}")]));
}

#[track_caller]
fn refused(repo: &Repo, server: &Repo, args: &[&str], rule: &str) {
    let branches = || server.git(&["for-each-ref", "refs/heads"]).ok().out();
    let before = branches();
    repo.git(&[&["push", "--no-verify", "origin"][..], args].concat()).rejected().says(&format!("error[{rule}]"));
    assert_eq!(branches(), before);
}

#[test]
fn a_record_of_today_s_tree() {
    let (repo, server) = started();
    repo.write("app/a", "2\n").commit_unjudged("touch");
    for (now, old) in [("ci", "oldci"), ("dev", "olddev")] {
        repo.guard(&["test", "s", "--rev", "HEAD", "--sign", &key(&repo, now)]).ok();
        for dated in [true, false] {
            let lines = signed_anew(&repo, now, "HEAD^{tree}", old, dated);
            repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{now}")]).ok();
            push_note(&repo, now, "HEAD^{tree}", &lines);
            refused(&repo, &server, &["work:main"], "guarded-area");
            // Nor in the same push, nor in notes that are anybody's.
            refused(&repo, &server, &["work:main", &format!("refs/notes/guard/{now}")], "protected-ref");
            push_note(&repo, "local-x", "HEAD^{tree}", &lines);
            refused(&repo, &server, &["work:main"], "guarded-area");
            repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{now}")]).ok();
            repo.guard(&["test", "s", "--rev", "HEAD", "--sign", &key(&repo, now)]).ok();
        }
    }
    repo.git(&["push", "-q", "origin", "work:main", "refs/notes/guard/ci"]).ok();
}

#[test]
fn a_waiver_that_still_holds() {
    let (repo, server) = started();
    repo.write_many("many", 3).commit_unjudged("many");
    refused(&repo, &server, &["work"], "file-limit");
    let waive = ["waive", "file-limit", "--rev", "HEAD", "--limit", "3", "--reason", "r", "--expires", "7d", "--sign"];
    let (now, old) = (owner(&repo, "boss"), owner(&repo, "old"));
    for dated in [true, false] {
        repo.guard(&[&waive[..], &[&key(&repo, "boss")]].concat()).ok();
        let lines = signed_anew(&repo, &now, "HEAD^{tree}", "old", dated);
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{now}")]).ok();
        push_note(&repo, &old, "HEAD^{tree}", &lines);
        for to in ["work", "work:main", "work:refs/tags/v1"] {
            refused(&repo, &server, &[to], "file-limit");
        }
        refused(&repo, &server, &["work", &format!("refs/notes/guard/{old}")], "protected-ref");
        push_note(&repo, "local-x", "HEAD^{tree}", &lines);
        push_note(&repo, &now, "HEAD^{tree}", &lines);
        refused(&repo, &server, &["work"], "file-limit");
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{now}")]).ok();
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{old}")]).ok();
    }
    repo.guard(&[&waive[..], &[&key(&repo, "boss")]].concat()).ok();
    repo.git(&["push", "-q", "origin", "work", &format!("refs/notes/guard/{now}")]).ok();
}

#[test]
fn a_resume_of_today_s_halt() {
    let (repo, server) = started();
    repo.write("b", "b\n").commit_unjudged("b");
    repo.guard(&["halt", "--reason", "stop", "--sign", &key(&repo, "boss"), "--push", "origin"]).ok();
    let (now, old) = (owner(&repo, "boss"), owner(&repo, "old"));
    let notes = format!("refs/notes/guard/{now}");
    let (taken, root) = (repo.rev(&notes), repo.rev("main"));
    for dated in [true, false] {
        repo.guard(&["resume", "--force", "--reason", "go", "--sign", &key(&repo, "boss")]).ok();
        let lines = signed_anew(&repo, &now, &root, "old", dated);
        let resume: String = lines.lines().filter(|line| !is_halt(line)).map(|line| format!("{line}\n")).collect();
        assert!(!resume.is_empty());
        repo.git(&["update-ref", &notes, &taken]).ok();
        push_note(&repo, &old, &root, &resume);
        refused(&repo, &server, &["work"], "halted");
        refused(&repo, &server, &["work", &format!("refs/notes/guard/{old}")], "protected-ref");
        push_note(&repo, "local-x", &root, &resume);
        refused(&repo, &server, &["work"], "halted");
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{old}")]).ok();
    }
    repo.guard(&["resume", "--force", "--reason", "go", "--sign", &key(&repo, "boss"), "--push", "origin"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

fn is_halt(line: &str) -> bool {
    let envelope: Value = serde_json::from_str(line).unwrap();
    let said = base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    String::from_utf8(said).unwrap().contains("urn:guard:halt/")
}

#[test]
fn a_signed_commit_that_changes_the_policy_or_is_an_owner_s() {
    let (repo, server) = started();
    let weaker = policy(&repo).replace("max-files-per-commit = 2", "max-files-per-commit = 200");
    repo.sign_with(&repo.key("old"));
    for date in ["@1685620800 +0000", "@1704067199 +0000", ""] {
        if !date.is_empty() {
            repo.set("GIT_COMMITTER_DATE", date).set("GIT_AUTHOR_DATE", date);
        }
        repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
        repo.write("policy.toml", &weaker).commit_unjudged("weaker");
        refused(&repo, &server, &["work:main"], "policy-change");
        refused(&repo, &server, &["work:refs/heads/new"], "policy-change");
        // Nor where work space has taken it before, as it takes it from anybody; in the same push, or gone since.
        refused(&repo, &server, &["work:refs/heads/wip/a", "work:main"], "policy-change");
        repo.git(&["push", "-q", "-f", "origin", "work:refs/heads/wip/a"]).ok();
        refused(&repo, &server, &["work:main"], "policy-change");
        refused(&repo, &server, &["work:refs/heads/new"], "policy-change");
        repo.git(&["push", "-q", "origin", ":wip/a"]).ok();
        refused(&repo, &server, &["work:main"], "policy-change");
        // Nor in the history of notes.
        let empty = repo.run_with("git", &["mktree"], b"").ok().line();
        let notes = repo.git(&["commit-tree", &empty, "-p", "work", "-m", "notes"]).ok().line();
        repo.git(&["push", "-q", "-f", "origin", &format!("{notes}:refs/notes/guard/local-{}", repo.rev("work"))]).ok();
        refused(&repo, &server, &["work:main"], "policy-change");
        // Nor below a sound commit of one's own.
        repo.sign_nothing().write("b", "b\n").commit_unjudged("on top");
        refused(&repo, &server, &["work:main"], "policy-change");
        repo.git(&["config", "commit.gpgSign", "true"]).ok();
        repo.unset("GIT_COMMITTER_DATE").unset("GIT_AUTHOR_DATE");
    }
    repo.sign_with(&repo.key("boss"));
    repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
    repo.write("policy.toml", &weaker).commit_unjudged("by the key that is valid");
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

/// The policy in which that key is valid until then.
fn until(repo: &Repo, name: &str, end: &str) -> String {
    let public = repo.key(name).public;
    policy(repo).replace(&format!("'valid-before=\"{GONE}\" {public}'"), &format!("'valid-before=\"{end}\" {public}'"))
}

#[test]
fn what_was_taken_while_the_key_was_valid_stays() {
    let repo = Repo::new();
    repo.write("policy.toml", until(&repo, "oldci", "2099-01-01T00:00:00Z")).write("app/a", "1\n").commit_unjudged("start");
    repo.guarded_remote();
    on_work(&repo).login("dev").write("app/a", "2\n").commit_unjudged("touch");
    repo.guard(&["test", "s", "--rev", "HEAD", "--sign", &key(&repo, "oldci"), "--push", "origin"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    goes(&repo, "oldci");
    repo.login("dev").git(&["push", "-q", "origin", "work:refs/heads/again"]).ok();
    let json = evidence(&repo, &["work"]);
    assert_eq!(found(&json, "s"), "attested", "{json:#}");
}

/// An owner retires that key as of now.
fn goes(repo: &Repo, name: &str) {
    std::thread::sleep(std::time::Duration::from_secs(2));
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    repo.login("boss").git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", until(repo, name, &now)).commit_unjudged("the key goes");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["fetch", "-q"]).ok();
}

#[test]
fn a_commit_that_was_taken_as_its_signer_s_stays_theirs() {
    let repo = Repo::new();
    repo.write("policy.toml", until(&repo, "olddev", "2099-01-01T00:00:00Z")).write("app/a", "1\n").commit_unjudged("start");
    repo.guarded_remote();
    let now = format!("@{} +0000", jiff::Timestamp::now().as_second());
    repo.set("GIT_COMMITTER_DATE", &now).sign_with(&repo.key("olddev"));
    on_work(&repo).login("boss").write("b", "b\n").commit_unjudged("dev's");
    // The account that brings it is another's, to work space as well.
    for to in ["work", "wip/a"] {
        let run = repo.git(&["push", "origin", &format!("work:refs/heads/{to}")]).ok();
        run.says_not("error[");
    }
    repo.unset("GIT_COMMITTER_DATE").sign_nothing();
    goes(&repo, "olddev");
    repo.git(&["push", "origin", "work:refs/heads/again"]).ok().says("accepted for dev (signed commit)");
}
