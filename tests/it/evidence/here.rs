//! What this clone itself recorded, and what others say they did: unsigned, the one is a record and the other a claim.

use super::*;

/// One person's two clones of a server, whose hook wants a record before a commit, and a third, whose owner means ill.
fn clones() -> [Repo; 3] {
    let origin = guarded();
    let server = origin.remote();
    drop(server);
    ["one", "two", "ill"].map(|name| {
        let clone = origin.clone_from_server(name);
        clone.git(&["config", "user.email", "me@example.org"]).ok();
        clone.install();
        clone
    })
}

const MINE: &str = "refs/notes/guard/local-me-example-org";

/// Records of a line of the note on the index's tree in that ref.
fn lines(repo: &Repo, name: &str) -> Vec<String> {
    repo.git(&["notes", "--ref", name, "show", &repo.index_tree()])
        .out()
        .lines()
        .map(str::to_owned)
        .filter(|l| !l.is_empty())
        .collect()
}

fn staged(repo: &Repo) -> &Repo {
    repo.write("ok", "").write("middleware/auth.py", "check(more)\n").stage()
}

#[test]
fn what_was_fetched_is_a_claim_also_from_one_s_own_other_clone() {
    let [one, two, _] = clones();
    staged(&one).guard(&["test", "integration", "--push", "origin"]).ok().says("pushed to origin");
    assert_eq!(found(&evidence(&one, &[]), "integration"), "recorded");
    staged(&two).git(&["fetch", "-q"]).ok();
    let json = evidence(&two, &[]);
    assert_eq!(found(&json, "integration"), "claimed");
    assert_eq!(json["records"][0]["short"], "nobody signed it, and this clone did not record it");
    let run = two.git(&["commit", "-m", "work"]).rejected();
    run.says("needs recorded, found claimed (an unsigned record of local-me-example-org)")
        .says("counts for no more: nobody signed it, and this clone did not record it")
        .says("next: guard test integration");
    // the same run is no reason not to run it here
    two.guard(&["test", "integration"]).ok().says_not("already passed");
    two.git(&["commit", "-q", "-m", "work"]).ok();
    assert_eq!(found(&evidence(&two, &["HEAD"]), "integration"), "recorded");
}

#[test]
fn a_push_mixes_nothing_into_what_was_recorded_here() {
    let [one, two, ill] = clones();
    staged(&one).guard(&["test", "integration", "--push", "origin"]).ok();
    // a record of somebody else's run, or of none, where everybody may write
    staged(&ill).guard(&["test", "integration"]).ok();
    ill.git(&["fetch", "-q", "origin", &format!("{MINE}:refs/theirs")]).ok();
    ill.git(&["notes", "--ref", MINE, "merge", "-q", "-s", "cat_sort_uniq", "refs/theirs"]).ok();
    ill.git(&["push", "-q", "origin", MINE]).ok();
    two.write("c.txt", "c\n").stage().guard(&["test", "integration"]).rejected();
    two.guard(&["test", "integration", "--again", "--push", "origin"]).rejected().says("pushed to origin");
    staged(&two).git(&["rm", "-q", "--cached", "c.txt"]).ok();
    assert_eq!(lines(&two, MINE).len(), 0, "what others have pushed is not in one's own ref");
    two.git(&["fetch", "-q"]).ok();
    assert_eq!(found(&evidence(&two, &[]), "integration"), "claimed");
    // and on the server there is everything, once
    let theirs = "refs/notes/guard/remotes/origin/local-me-example-org";
    assert_eq!(lines(&two, theirs).len(), 2);
    assert_eq!(two.git(&["notes", "--ref", theirs, "list"]).ok().out().lines().count(), 2);
    // again and again
    one.write("d.txt", "d\n").stage().guard(&["test", "integration", "--push", "origin"]).ok();
    two.guard(&["test", "integration", "--push", "origin"]).ok();
    assert_eq!(found(&evidence(&two, &[]), "integration"), "recorded");
}

#[test]
fn an_unsigned_line_in_another_writer_s_ref_is_a_claim() {
    let repo = guarded();
    proven_change(&repo, "check(more)\n");
    let own = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard"]).ok().line();
    for other in ["refs/notes/guard/local-other", "refs/notes/guard/ci", "refs/notes/guard/remotes/x/local"] {
        repo.git(&["update-ref", other, &own]).ok();
        assert_eq!(found(&evidence(&repo, &[]), "integration"), "recorded", "one's own counts beside {other}");
        repo.git(&["update-ref", "-d", &own]).ok();
        let json = evidence(&repo, &[]);
        assert_eq!(found(&json, "integration"), "claimed", "{other}: {json:#}");
        repo.git(&["update-ref", &own, other]).ok();
        repo.git(&["update-ref", "-d", other]).ok();
    }
}

#[test]
fn a_failure_elsewhere_voids_nothing_of_one_s_own() {
    let [one, two, _] = clones();
    one.write("middleware/auth.py", "check(more)\n").stage().guard(&["test", "integration", "--push", "origin"]).rejected();
    two.write("middleware/auth.py", "check(more)\n").stage().git(&["fetch", "-q"]).ok();
    let json = evidence(&two, &[]);
    assert_eq!((found(&json, "integration").as_str(), json["records"].as_array().unwrap().len()), ("none", 1));
    two.git(&["commit", "-m", "work"]).rejected().says("does not count: the run failed: exit status 1");
}
