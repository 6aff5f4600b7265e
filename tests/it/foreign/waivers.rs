//! An owner's waiver of the proof, on the tree that lands.

use super::*;

fn asked(place: Place, whose: Whose) -> Vec<(&'static str, Answer)> {
    let scene = Scene::new(whose);
    scene.say(&["waive", "guarded-area", "--rev", "work", "--reason", "tried by hand", "--expires", "1d"], "boss");
    let ask = |args: &[&str]| scene.at(place).guard(args);
    vec![
        ("check", answer(&ask(&["check", "work", "--stage", "land"]), "guard: accepted", "error[guarded-area]")),
        ("evidence", answer(&ask(&["evidence", "work", "--format", "json"]), "\"valid\":true", "\"valid\":false")),
        ("audit", audited(&ask(&["audit", "main..work", "--format", "json"]))),
    ]
}

#[test]
fn theirs_covers_nothing() {
    holds(&WHOLE, |place| asked(place, Whose::Theirs), &[Answer::Foreign, Answer::Foreign, Answer::Nothing]);
}

#[test]
fn ours_covers() {
    holds(&WHOLE, |place| asked(place, Whose::Ours), &[const { Answer::Counts }; 3]);
}

#[test]
fn a_shallow_clone_cannot_tell_that_it_is_theirs() {
    holds(&[Place::Shallow], |place| asked(place, Whose::Theirs), &[const { Answer::Unshallow }; 3]);
}

#[test]
fn a_shallow_clone_cannot_tell_that_it_is_ours() {
    holds(&[Place::Shallow], |place| asked(place, Whose::Ours), &[const { Answer::Unshallow }; 3]);
}

#[test]
fn the_server_is_of_one_mind_with_them() {
    for (whose, expected) in [(Whose::Theirs, Answer::Foreign), (Whose::Ours, Answer::Counts)] {
        let scene = Scene::new(whose);
        scene.say(&["waive", "guarded-area", "--rev", "work", "--reason", "tried by hand", "--expires", "1d"], "boss");
        let push = scene.at(Place::Clone).login("dev").git(&["push", "--no-verify", "--porcelain", "origin", "work:main"]);
        assert_eq!(answer(&push, "Done", "error[guarded-area]"), expected);
    }
}
