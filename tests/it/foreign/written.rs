//! What is recorded in a repository is of that repository, whichever history the revision belongs to: by the root that its base has.

use super::*;

/// Asks about the one commit of theirs that lies here, once that was written about it by our keys in our repository.
fn written(scene: &Scene, place: Place, args: &[&str], key: &str, (counts, nothing): (&str, &str)) -> Answer {
    let there = scene.at(place);
    let other = scene.theirs.rev("main~2");
    scene.ours.write("../log", "fine\n");
    let log = scene.ours.path().join("../log").display().to_string();
    let args: Vec<&str> = args.iter().map(|arg| if *arg == "LOG" { &log } else { *arg }).collect();
    let key = scene.ours.key(key).private;
    let run = there.guard(&[&args[..], &["--rev", &other, "--sign", key.to_str().unwrap()]].concat());
    if run.status != 0 {
        return answer(&run, "nothing is written", "nothing is written");
    }
    answer(&there.guard(&["evidence", &other, "--format", "json"]), counts, nothing)
}

fn asked(place: Place) -> Vec<(&'static str, Answer)> {
    let scene = Scene::new(Whose::Ours);
    let (record, waiver) = (("\"found\":\"attested\"", "\"found\":\"none\""), ("\"valid\":true", "\"valid\":false"));
    let waive = ["waive", "guarded-area", "--reason", "tried by hand", "--expires", "1d"];
    vec![
        ("test", written(&scene, place, &["test", "integration"], "ci", record)),
        ("attest", written(&scene, place, &["attest", "integration", "--exit-status", "0", "--log", "LOG"], "ci", record)),
        ("waive", written(&scene, place, &waive, "boss", waiver)),
    ]
}

#[test]
fn it_counts_where_it_was_written() {
    holds(&WHOLE, asked, &[const { Answer::Counts }; 3]);
}

#[test]
fn a_shallow_clone_writes_nothing_that_nobody_could_place() {
    holds(&[Place::Shallow], asked, &[const { Answer::Unshallow }; 3]);
}
