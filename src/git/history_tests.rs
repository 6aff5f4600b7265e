use super::*;
use crate::git::scratch::Scratch;

/// A root, a branch of two, one more on main, the merge, and a return to main's second tree.
fn merged() -> Scratch {
    let scratch = Scratch::merged();
    std::fs::remove_file(scratch.path().join("b")).unwrap();
    scratch.commit_all();
    scratch
}

fn told(scratch: &Scratch, tip: &str, hidden: &[&str], below: u64) -> Vec<(String, String, bool)> {
    let hidden: Vec<Oid> = hidden.iter().map(|name| scratch.oid(name)).collect();
    let steps = history(&scratch.repo(), scratch.oid(tip), &hidden, below).unwrap().steps;
    let name = |oid: Oid| {
        let names = ["main", "main~1", "main~2", "main~3", "side", "side~1"];
        (*names.iter().find(|name| scratch.oid(name) == oid).unwrap()).to_owned()
    };
    steps.iter().map(|step| (name(step.oid), name(steps[step.landing].oid), step.returns)).collect()
}

#[test]
fn what_a_merge_brings_comes_with_it_and_a_return_is_seen() {
    let scratch = merged();
    let mut all = told(&scratch, "main", &[], 0);
    assert_eq!(all.first().unwrap().0, "main~3", "parents first");
    all.sort();
    let landed = |name: &str, by: &str, returns: bool| (name.to_owned(), by.to_owned(), returns);
    assert_eq!(
        all,
        [
            landed("main", "main", true),
            landed("main~1", "main~1", false),
            landed("main~2", "main~2", false),
            landed("main~3", "main~3", false),
            landed("side", "main~1", false),
            landed("side~1", "main~1", false),
        ]
    );
}

#[test]
fn a_range_looks_at_what_lies_before_it_for_returns_alone() {
    let scratch = merged();
    assert_eq!(told(&scratch, "main", &["main~1"], 10), [("main".to_owned(), "main".to_owned(), true)]);
    assert_eq!(told(&scratch, "main", &["main~1"], 1), [("main".to_owned(), "main".to_owned(), false)]);
    assert_eq!(told(&scratch, "main", &["main"], 10), []);
}

#[test]
fn an_empty_commit_returns_to_nothing() {
    let scratch = Scratch::with(&[("a", "1\n")]);
    scratch.commit_all();
    assert!(history(&scratch.repo(), scratch.oid("main"), &[], 10).unwrap().steps.iter().all(|step| !step.returns));
}

#[test]
fn where_a_shallow_clone_ends_is_said() {
    let scratch = merged();
    let clone = scratch.home().join("shallow");
    let from = format!("file://{}", scratch.path().display());
    scratch.git(&["clone", "-q", "--depth=1", &from, clone.to_str().unwrap()]);
    let steps = history(&Repo::open_at(&clone), scratch.oid("main"), &[], 10).unwrap().steps;
    assert_eq!(steps.iter().map(|step| step.cut).collect::<Vec<_>>(), [true]);
}

#[test]
fn what_is_known_of_a_history_gives_the_same_bases() {
    let scratch = merged();
    let (known, asked) = (scratch.repo(), scratch.repo());
    known.know(&history(&known, scratch.oid("main"), &[], 10).unwrap());
    for (one, two) in [("main~2", "side"), ("main", "side~1"), ("side", "side"), ("main~3", "main")] {
        let bases = |repo| crate::git::range::merge_bases(repo, scratch.oid(one), scratch.oid(two)).unwrap();
        assert_eq!(bases(&known), bases(&asked), "{one} {two}");
    }
}

#[test]
fn what_a_ledger_says_landed_together_is_one_landing() {
    let scratch = merged();
    let at = |name: &str| scratch.oid(name);
    let landed = |landings: &[(&str, &str)], hidden: &[&str]| {
        let hidden: Vec<Oid> = hidden.iter().map(|name| at(name)).collect();
        let mut history = history(&scratch.repo(), at("main"), &hidden, 0).unwrap();
        history.land(&scratch.repo(), landings.iter().map(|(old, new)| (at(old), at(new)))).unwrap();
        let with = |name: &str| {
            let place = history.steps.iter().position(|step| step.oid == at(name)).unwrap();
            let landing = history.steps[place].landing;
            (history.steps[landing].oid, history.steps[history.begins(landing)].oid)
        };
        ["main~2", "side", "main~1", "main"]
            .iter()
            .filter(|name| !hidden.contains(&at(name)))
            .map(|name| with(name))
            .collect::<Vec<_>>()
    };
    let alone = [("main~2", "main~2"), ("main~1", "main~1"), ("main~1", "main~1"), ("main", "main")];
    let ids = |pairs: &[(&str, &str)]| pairs.iter().map(|(one, other)| (at(one), at(other))).collect::<Vec<_>>();
    assert_eq!(landed(&[], &[]), ids(&alone));
    assert_eq!(landed(&[("main~2", "main~1"), ("main~1", "main")], &[]), ids(&alone));
    let together = [("main~1", "main~2"), ("main~1", "main~2"), ("main~1", "main~2"), ("main", "main")];
    assert_eq!(landed(&[("main~3", "main~1")], &[]), ids(&together), "with all that the merge brings");
    // What is somebody's already is not another's.
    assert_eq!(landed(&[("main~3", "main~1"), ("main~2", "main")], &[]), ids(&together));
    // The branch stood at `side`, and was taken into the work that then became the line.
    let all = ("main", "main~2");
    assert_eq!(landed(&[("side", "main")], &[]), ids(&[all, all, all, all]));
    // From before the range.
    assert_eq!(
        landed(&[("main~3", "main")], &["main~3", "side"]),
        ids(&[("main", "main~2"), ("main", "main~2"), ("main", "main~2")])
    );
}
