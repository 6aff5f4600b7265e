//! One attested record of every tree that is asked about: what each command makes of it.

use super::*;

/// A command, asked in a checkout of its own.
type Ask = fn(&Scene, Place) -> Answer;

/// The commands that believe records. `resume` has a halt and a record of its own, so it comes last.
const COMMANDS: [(&str, Ask); 7] = [
    ("check", |scene, place| answer(&scene.at(place).guard(&["check", "work", "--stage", "land"]), ACCEPTED, UNPROVEN)),
    ("evidence", |scene, place| answer(&scene.at(place).guard(&["evidence", "work", "--format", "json"]), ATTESTED, NONE)),
    ("last-good", |scene, place| answer(&scene.at(place).guard(&["last-good"]), "guard: last good: ", "guard: no good state: ")),
    ("rollback", |scene, place| answer(&scene.at(place).guard(&["rollback"]), "undoes 1 commit", "so none is good")),
    ("test", |scene, place| {
        let run = scene.at(place).guard(&["test", "integration", "--rev", "work"]);
        answer(&run, "already passed on tree", "passed on tree")
    }),
    ("audit", |scene, place| audited(&scene.at(place).guard(&["audit", "main..work", "--format", "json"]))),
    ("resume", resume),
];

const ACCEPTED: &str = "guard: accepted";
const UNPROVEN: &str = "error[guarded-area]";
const ATTESTED: &str = "\"found\":\"attested\"";
const NONE: &str = "\"found\":\"none\"";

/// Our own owner halts, and resumes on the word of the record on the base's tip.
fn resume(scene: &Scene, place: Place) -> Answer {
    let boss = scene.ours.key("boss").private;
    let boss = boss.to_str().unwrap();
    scene.attested("main");
    scene.ours.guard(&["halt", "--reason", "the pager rings", "--sign", boss]).ok();
    scene.bring(&scene.ours, "+refs/notes/guard/owner-*:refs/notes/guard/owner-*");
    answer(&scene.at(place).guard(&["resume", "--sign", boss]), "guard: resumed: ", "guard: not resumed: ")
}

fn table(place: Place, whose: Whose) -> Vec<(&'static str, Answer)> {
    let scene = Scene::new(whose);
    scene.attested("main~").attested("work");
    COMMANDS.iter().map(|(name, ask)| (*name, ask(&scene, place))).collect()
}

/// Those that list evidence say whose it is.
#[track_caller]
fn believes_none_of_theirs(place: Place) {
    use Answer::{Foreign, Nothing};
    holds(&[place], |place| table(place, Whose::Theirs), &[Foreign, Foreign, Nothing, Nothing, Nothing, Nothing, Nothing]);
}

#[track_caller]
fn believes_ours(place: Place) {
    holds(&[place], |place| table(place, Whose::Ours), &[const { Answer::Counts }; COMMANDS.len()]);
}

/// Which repository this is can't be told, so nothing is believed and nothing denied.
#[track_caller]
fn decides_nothing(place: Place, whose: Whose) {
    holds(&[place], |place| table(place, whose), &[const { Answer::Unshallow }; COMMANDS.len()]);
}

#[test]
fn a_clone_believes_none_of_theirs() {
    believes_none_of_theirs(Place::Clone);
}

#[test]
fn a_bare_repository_believes_none_of_theirs() {
    believes_none_of_theirs(Place::Bare);
}

#[test]
fn a_shallow_clone_cannot_tell_that_it_is_theirs() {
    decides_nothing(Place::Shallow, Whose::Theirs);
}

#[test]
fn a_clone_believes_ours() {
    believes_ours(Place::Clone);
}

#[test]
fn a_bare_repository_believes_ours() {
    believes_ours(Place::Bare);
}

#[test]
fn a_shallow_clone_cannot_tell_that_it_is_ours() {
    decides_nothing(Place::Shallow, Whose::Ours);
}

#[test]
fn a_shallow_clone_tells_once_it_is_whole() {
    for (whose, expected) in [(Whose::Theirs, Answer::Foreign), (Whose::Ours, Answer::Counts)] {
        let scene = Scene::new(whose);
        let there = scene.attested("work").at(Place::Shallow);
        there.git(&["fetch", "-q", "--unshallow"]).ok();
        let check = answer(&there.guard(&["check", "work", "--stage", "land"]), ACCEPTED, UNPROVEN);
        let evidence = answer(&there.guard(&["evidence", "work", "--format", "json"]), ATTESTED, NONE);
        assert_eq!((&check, &evidence), (&expected, &expected));
    }
}

#[test]
fn a_clone_of_one_commit_believes_nobody() {
    for whose in [Whose::Theirs, Whose::Ours] {
        let scene = Scene::new(whose);
        scene.attested("work");
        let there = scene.ours.sibling("one");
        let url = format!("file://{}", scene.server.path().display());
        let clone = ["clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", &url, there.path().to_str().unwrap()];
        scene.ours.git(&clone).ok();
        scene.hear(&there);
        let evidence = answer(&there.guard(&["evidence", "HEAD", "--format", "json"]), ATTESTED, NONE);
        let check = answer(&there.guard(&["check", "HEAD", "--stage", "land"]), ACCEPTED, UNPROVEN);
        assert_eq!((evidence, check), (Answer::Unshallow, Answer::Unshallow), "{whose:?}");
    }
}

#[test]
fn without_any_record_a_shallow_clone_says_what_is_missing() {
    let there = Scene::new(Whose::Ours).at(Place::Shallow);
    assert_eq!(answer(&there.guard(&["check", "work", "--stage", "land"]), ACCEPTED, UNPROVEN), Answer::Nothing);
}

#[test]
fn the_server_is_of_one_mind_with_them() {
    for (whose, expected) in [(Whose::Theirs, Answer::Foreign), (Whose::Ours, Answer::Counts)] {
        let scene = Scene::new(whose);
        let there = scene.attested("work").at(Place::Clone);
        let push = there.login("dev").git(&["push", "--no-verify", "--porcelain", "origin", "work:main"]);
        assert_eq!(answer(&push, "Done", UNPROVEN), expected);
    }
}
