//! What a resume lifts: the halts that it names, and no other.

use super::words::*;
use super::*;

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
fn a_resume_that_was_refused_may_stand_beside_one_that_is_sound_and_names_as_much() {
    let (repo, server) = halted();
    repo.guard(&["resume", "--force", "--reason", "x", "--sign", &key(&repo, "boss")]).ok();
    let owner = owners_notes(&repo);
    let halt = newest_halt(&server);
    let of = |forced: bool, lifts: &[&str], seconds: i64| {
        forged_with(&repo, "resume", "boss", &at(seconds), &serde_json::json!({ "forced": forced, "lifts": lifts }))
    };
    let push = |lines: &[String]| {
        set_words(&repo, &owner, &lines.concat());
        repo.git(&["push", "origin", &format!("refs/notes/guard/{owner}")])
    };
    let unproven = of(false, &[&halt], 1);
    push(std::slice::from_ref(&unproven)).rejected().says("error[halted]: a resume without proof: `works`");
    // One that names more than its neighbour is no more sound for that.
    let elsewhere = "00".repeat(32);
    push(&[of(false, &[&halt, &elsewhere], 2), of(true, &[&halt], 3)]).rejected().says("a resume without proof");
    // Nor is a neighbour worth something that is of tomorrow.
    push(&[unproven.clone(), of(true, &[&halt], 86_400)]).rejected().says("a resume without proof").says("dated in the future");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    push(&[unproven, of(true, &[&halt], 4)]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}
