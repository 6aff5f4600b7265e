//! A clone that was theirs before it became ours, and has remembered which repository it was.

use super::*;

/// The check of work asks which repository it is, since a runner of the policy has written something; then it takes our history.
fn moved(scene: &Scene) -> Repo {
    let there = scene.theirs.clone_to("moved");
    let ci = scene.ours.key("ci").private;
    there.guard(&["test", "integration", "--rev", "HEAD~2", "--sign", ci.to_str().unwrap()]).ok();
    there.guard(&["check", "HEAD"]).rejected();
    there.git(&["remote", "set-url", "origin", scene.server.path().to_str().unwrap()]).ok();
    there.git(&["fetch", "-q", "--prune", "origin"]).ok();
    scene.hear(&there);
    there.git(&["switch", "-q", "-C", "work", "origin/work"]).ok();
    there
}

fn asked(whose: Whose) -> Answer {
    let scene = Scene::new(whose);
    scene.attested("work");
    answer(&moved(&scene).guard(&["check", "work", "--stage", "land"]), "guard: accepted", "error[guarded-area]")
}

#[test]
fn it_does_not_believe_what_was_its_own() {
    assert_eq!(asked(Whose::Theirs), Answer::Foreign);
}

#[test]
fn it_believes_ours() {
    assert_eq!(asked(Whose::Ours), Answer::Counts);
}

#[test]
fn what_is_halted_from_it_is_ours() {
    let scene = Scene::new(Whose::Ours);
    let there = moved(scene.attested("work"));
    let boss = scene.ours.key("boss").private;
    there.login("boss").guard(&["halt", "--reason", "the pager rings", "--sign", boss.to_str().unwrap(), "--push", "origin"]).ok();
    scene.at(Place::Clone).login("dev").git(&["push", "--no-verify", "origin", "work:main"]).rejected().says("error[halted]");
}
