//! Ways past a halt that somebody in a hurry, or in bad faith, would try.

use super::words::*;
use super::*;

#[test]
fn work_space_another_namespace_and_a_forged_message_are_no_way_around() {
    let (repo, server) = halted();
    server.git(&["config", "--unset-all", "receive.hideRefs"]).ok();
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
    let more = serde_json::json!({ "forced": true, "lifts": [newest_halt(&server)] });
    // In their own notes, in an owner's, in the runner's.
    repo.guard(&["resume", "--force", "--reason", "x", "--sign", &key(&repo, "boss")]).ok();
    let owner = owners_notes(&repo);
    for (writer, says) in [(owner.as_str(), "which is not its key"), ("ci", "which is not its key"), ("dev", "error[halted]")] {
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{writer}")]).ok();
        set_words(&repo, writer, &forged_with(&repo, "resume", "dev", &at(5), &more));
        let name = format!("+refs/notes/guard/{writer}");
        repo.git(&["push", "origin", &format!("{name}:refs/notes/guard/{writer}"), "work"]).rejected().says(says);
    }
    assert_eq!(server.state_of_refs(), before);
    // Nor may it come alone, since nobody would hear it.
    let run = repo.git(&["push", "origin", "refs/notes/guard/dev"]).rejected();
    run.says("error[halted]: a resume that counts for nothing").says("no owner");
    assert_eq!(server.state_of_refs(), before);
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`");
}

#[test]
fn nobody_but_who_may_halts_a_repository() {
    let (repo, _server) = broken();
    set_words(&repo, "dev", &forged(&repo, "halt", "dev", &at(0)));
    repo.git(&["push", "origin", "refs/notes/guard/dev"]).rejected().says("a halt that counts for nothing");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    set_words(&repo, "local", "{}\n");
    repo.guard(&["check"]).ok();
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
    let many: String = (0..30).map(|n| forged(&repo, "resume", "ci", &at(-n))).collect();
    let kept = words(&repo, "ci");
    set_bytes(&repo, "ci", format!("{kept}{many}").as_bytes());
    repo.git(&["push", "origin", "refs/notes/guard/ci"]).rejected().says("a resume that counts for nothing");
    // Beside a word that counts they may stand.
    set_bytes(&repo, "ci", format!("{kept}{many}{}", forged(&repo, "halt", "ci", &at(0))).as_bytes());
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    let json: serde_json::Value = serde_json::from_slice(&server.guard(&["log", "--format", "json"]).ok().stdout).unwrap();
    let words = json["entries"][0]["words"].as_array().unwrap();
    assert_eq!(words.len(), 9, "{json:#}");
}
