//! The hooks of a clone say what its commands and the server say.

use super::*;

/// A checkout with its hooks, in which the very tree is staged that the record is about.
fn staged(scene: &Scene, place: Place, install: &[&str]) -> Repo {
    let there = scene.attested("work").at(place);
    there.guard(install).ok();
    there.git(&["switch", "-q", "-c", "again", "origin/main"]).ok();
    there.write("middleware/a", "3\n").stage();
    assert_eq!(there.index_tree(), scene.ours.rev("work^{tree}"));
    there
}

#[test]
fn before_a_commit_theirs_is_no_proof() {
    let commit = ["commit", "-q", "-m", "again"];
    let there = staged(&Scene::new(Whose::Theirs), Place::Clone, &["install"]);
    let run = there.guard(&["check", "--staged"]).rejected();
    run.says("error[guarded-area]").says("it is of another repository");
    there.git(&commit).rejected().says("error[guarded-area]").says("it is of another repository");
    let there = staged(&Scene::new(Whose::Ours), Place::Clone, &["install"]);
    there.guard(&["check", "--staged"]).ok();
    there.git(&commit).ok();
}

#[test]
fn after_it_the_strict_door_believes_ours_alone() {
    let commit = ["commit", "-q", "--no-verify", "-m", "again"];
    let there = staged(&Scene::new(Whose::Theirs), Place::Clone, &["install", "--strict"]);
    let before = there.rev("HEAD");
    let run = there.git(&commit);
    assert_ne!(run.status, 0, "{}", run.err());
    run.says("error[guarded-area]").says("it is of another repository");
    assert_eq!(there.rev("HEAD"), before);
    staged(&Scene::new(Whose::Ours), Place::Clone, &["install", "--strict"]).git(&commit).ok();
}

#[test]
fn no_message_is_marked_by_theirs() {
    for (whose, marked) in [(Whose::Theirs, false), (Whose::Ours, true)] {
        let there = staged(&Scene::new(whose), Place::Clone, &["install"]);
        there.git(&["commit", "-q", "--no-verify", "-m", "again"]).ok();
        let message = there.git(&["log", "-1", "--format=%B"]).ok().out();
        assert_eq!(message.contains("Integration-Tested: integration tree="), marked, "{whose:?}: {message}");
    }
}

#[test]
fn before_a_push_theirs_is_no_proof() {
    let scene = Scene::new(Whose::Theirs);
    let there = scene.attested("work").at(Place::Clone);
    let push = there.install().login("dev").git(&["push", "origin", "work:main"]).rejected();
    let here: String = push.err().lines().filter(|line| !line.starts_with("remote:")).collect();
    assert!(here.contains("it is of another repository"), "the server alone says it:\n{}", push.err());
    let scene = Scene::new(Whose::Ours);
    scene.attested("work").at(Place::Clone).install().login("dev").git(&["push", "origin", "work:main"]).ok();
}

#[test]
fn in_a_shallow_clone_it_cannot_be_told() {
    for whose in [Whose::Theirs, Whose::Ours] {
        let there = staged(&Scene::new(whose), Place::Shallow, &["install"]);
        let run = there.git(&["commit", "-q", "-m", "again"]);
        assert_eq!((run.status, answer(&run, "accepted", "error[")), (1, Answer::Unshallow), "{whose:?}");
    }
}
