//! Halts and resumes, which stand on a root commit: on theirs, and carried over to ours.

use serde_json::json;

use super::*;
use crate::halt::words::{at, forged_with, newest_halt, owners_notes, set_words, words};

/// What halted work and what didn't is told by; our own record proves the work.
fn asked(scene: &Scene, place: Place) -> Vec<(&'static str, Answer)> {
    let key = |name: &str| scene.ours.key(name).private.to_str().unwrap().to_owned();
    scene.ours.write("../log", "login: 500\n");
    let log = scene.ours.path().join("../log");
    let attest = ["attest", "integration", "--rev", "main", "--exit-status", "1", "--log", log.to_str().unwrap(), "--sign"];
    vec![
        ("check", answer(&scene.at(place).guard(&["check", "work", "--stage", "land"]), "error[halted]", "guard: accepted")),
        ("resume", answer(&scene.at(place).guard(&["resume", "--sign", &key("boss")]), "not resumed", "nothing to resume")),
        (
            "attest",
            answer(
                &scene.at(place).guard(&[&attest[..], &[&key("ci")]].concat()),
                "the project is halted already",
                "halted: suite",
            ),
        ),
    ]
}

/// Our work is proven, and an owner has halted one of the two.
fn halted(whose: Whose) -> Scene {
    let ours = Scene::new(Whose::Ours);
    ours.attested("work");
    let scene = Scene { whose, ..ours };
    let boss = scene.ours.key("boss").private;
    let halt = ["halt", "--reason", "the pager rings", "--sign", boss.to_str().unwrap()];
    match whose {
        Whose::Ours => drop(scene.ours.login("boss").guard(&[&halt[..], &["--push", "origin"]].concat()).ok()),
        Whose::Theirs => {
            scene.theirs.guard(&halt).ok();
            scene.bring(&scene.theirs, "+refs/notes/guard/owner-*:refs/notes/guard/owner-*");
        }
    }
    scene
}

#[test]
fn their_halt_stops_nobody_here() {
    let scene = halted(Whose::Theirs);
    holds(&WHOLE, |place| asked(&scene, place), &[const { Answer::Nothing }; 3]);
}

#[test]
fn nor_does_it_when_it_is_carried_over_to_our_root() {
    let scene = halted(Whose::Theirs);
    let writer = owners_notes(&scene.server);
    set_words(&scene.server, &writer, &words(&scene.theirs, &writer));
    holds(&WHOLE, |place| asked(&scene, place), &[const { Answer::Nothing }; 3]);
}

#[test]
fn ours_stops_everybody() {
    let scene = halted(Whose::Ours);
    holds(&WHOLE, |place| asked(&scene, place), &[const { Answer::Counts }; 3]);
}

#[test]
fn in_a_shallow_clone_it_cannot_be_told() {
    for whose in [Whose::Theirs, Whose::Ours] {
        let scene = halted(whose);
        holds(&[Place::Shallow], |place| asked(&scene, place), &[const { Answer::Unshallow }; 3]);
    }
}

#[test]
fn their_resume_lifts_no_halt_of_ours_though_it_names_it() {
    let scene = halted(Whose::Ours);
    let writer = owners_notes(&scene.server);
    let (halt, lifts) = (words(&scene.server, &writer), json!({ "forced": true, "lifts": [newest_halt(&scene.server)] }));
    for (by, expected) in [(&scene.theirs, [const { Answer::Counts }; 3]), (&scene.ours, [const { Answer::Nothing }; 3])] {
        set_words(&scene.server, &writer, &format!("{halt}{}", forged_with(by, "resume", "boss", &at(0), &lifts)));
        holds(&WHOLE, |place| asked(&scene, place), &expected);
    }
}
