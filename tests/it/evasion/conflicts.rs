//! Guarded lines and files dropped while a conflict is settled.

use super::*;

/// Lines with `@guarded` are an owner's, and so is all below `kept/`.
fn owned() -> Repo {
    let repo = Repo::with_policy(
        "version = 1\nbase = \"main\"\n\n[owners]\nemails = [\"boss@example.org\"]\n\n\
         [specialist.dev]\nemails = [\"author@example.org\"]\nprohibited = [\"area:guarded\"]\n\n\
         [area.guarded]\npaths = [\"kept/\"]\nlines = ['@guarded']\nowners-only = true\n",
    );
    repo.write("app.py", numbers("5")).commit_unjudged("app");
    repo
}

/// Forty lines, the fifth being this.
fn numbers(fifth: &str) -> String {
    (1..=40).map(|n| if n == 5 { format!("{fifth}\n") } else { format!("{n}\n") }).collect()
}

/// A branch from `main` with one commit by somebody.
fn branch(repo: &Repo, name: &str, email: &str, work: impl FnOnce(&Repo)) {
    repo.git(&["switch", "-q", "-C", name, "main"]).ok();
    work(repo);
    repo.author(email).commit_unjudged(name);
    repo.author("author@example.org");
}

/// A merge of the branches by plumbing, as the work tree is.
fn merged(repo: &Repo, branches: &[&str]) -> String {
    let tree = repo.stage().index_tree();
    let mut args = vec!["commit-tree".to_owned(), tree, "-m".to_owned(), "merge".to_owned()];
    args.extend(branches.iter().flat_map(|name| ["-p".to_owned(), (*name).to_owned()]));
    let merge = repo.git(&args).ok().line();
    repo.git(&["reset", "-q", "--hard", &merge]).ok();
    merge
}

/// What `scope` and `forbidden-change` say of the paths of a commit.
fn accused(repo: &Repo, commit: &str) -> [Vec<String>; 2] {
    let json = repo.json(&["check"]);
    ["scope", "forbidden-change"].map(|rule| {
        let outcomes = judgements(&json, "commit").into_iter().filter(|j| j["subject"]["commit"] == commit);
        let outcomes = outcomes.flat_map(|j| j["outcomes"].as_array().unwrap()).filter(|o| o["rule"] == rule);
        let violations = outcomes.flat_map(|o| o["violations"].as_array().unwrap());
        let paths = violations.flat_map(|v| v["paths"].as_array().unwrap());
        paths.map(|path| path.as_str().unwrap().to_owned()).collect()
    })
}

const BOSS: &str = "boss@example.org";
const DEV: &str = "author@example.org";

#[test]
fn a_guarded_line_dropped_in_a_conflict_of_an_octopus() {
    for (order, dropped) in [(["one", "two", "three"], "one"), (["two", "one", "three"], "one"), (["two", "three", "one"], "5")] {
        let repo = owned();
        branch(&repo, "one", DEV, |r| {
            r.write("app.py", numbers("one"));
        });
        branch(&repo, "two", BOSS, |r| {
            r.write("app.py", numbers("5 @guarded"));
        });
        branch(&repo, "three", DEV, |r| {
            r.write("three", "three\n");
        });
        repo.git(&["switch", "-q", "-C", "work", order[0]]).ok();
        let merge = merged(repo.write("app.py", numbers(dropped)).write("three", "three\n"), &order);
        assert_eq!(accused(&repo, &merge), [["app.py"], ["app.py"]], "{order:?}");
    }
}

#[test]
fn a_guarded_line_dropped_in_a_conflict_of_an_octopus_across_a_rename() {
    for order in [["one", "two", "three"], ["two", "one", "three"]] {
        let repo = owned();
        branch(&repo, "one", DEV, |r| {
            r.git(&["mv", "app.py", "start.py"]).ok();
            r.write("start.py", numbers("one"));
        });
        branch(&repo, "two", BOSS, |r| {
            r.write("app.py", numbers("5 @guarded"));
        });
        branch(&repo, "three", DEV, |r| {
            r.write("three", "three\n");
        });
        repo.git(&["switch", "-q", "-C", "work", "one"]).ok();
        let merge = merged(repo.write("three", "three\n"), &order);
        assert_eq!(accused(&repo, &merge), [["start.py"], ["start.py"]], "{order:?}");
    }
}

#[test]
fn what_the_last_parent_of_an_octopus_adds_to_a_file_that_the_others_dispute() {
    let repo = owned();
    let last = |line: &str| format!("{}last{line}\n", numbers("5"));
    branch(&repo, "one", DEV, |r| {
        r.write("app.py", numbers("one"));
    });
    branch(&repo, "two", DEV, |r| {
        r.write("app.py", numbers("two"));
    });
    branch(&repo, "three", BOSS, |r| {
        r.write("app.py", last(" @guarded"));
    });
    repo.git(&["switch", "-q", "-C", "work", "one"]).ok();
    let merge = merged(repo.write("app.py", numbers("one and two")), &["one", "two", "three"]);
    assert_eq!(accused(&repo, &merge), [["app.py"], ["app.py"]]);
}

#[test]
fn an_octopus_whose_conflicts_concern_no_guarded_line_is_its_merger_s() {
    let repo = owned();
    branch(&repo, "one", DEV, |r| {
        r.write("app.py", numbers("one"));
    });
    branch(&repo, "two", DEV, |r| {
        r.write("app.py", numbers("two"));
    });
    branch(&repo, "three", BOSS, |r| {
        r.write("kept/three", "@guarded\n");
    });
    repo.git(&["switch", "-q", "-C", "work", "three"]).ok();
    let merge = merged(repo.write("app.py", numbers("one and two")), &["one", "two", "three"]);
    assert_eq!(accused(&repo, &merge), [[""; 0]; 2]);
}

#[test]
fn a_file_dropped_by_an_octopus_because_another_parent_has_a_file_for_its_directory() {
    for order in [["one", "two", "three"], ["two", "one", "three"], ["one", "three", "two"]] {
        let repo = owned();
        repo.git(&["switch", "-q", "main"]).ok();
        repo.author(BOSS).write("kept", "a file\n").commit_unjudged("kept");
        branch(&repo, "one", BOSS, |r| {
            r.write("kept", "another file\n");
        });
        branch(&repo, "two", BOSS, |r| {
            r.remove("kept").write("kept/two", "two\n");
        });
        branch(&repo, "three", DEV, |r| {
            r.write("three", "three\n");
        });
        repo.git(&["switch", "-q", "-C", "work", "one"]).ok();
        let merge = merged(repo.write("three", "three\n"), &order);
        let [_, forbidden] = accused(&repo, &merge);
        assert!(forbidden.contains(&"kept/two".to_owned()), "{order:?}: {forbidden:?}");
    }
}

#[test]
fn a_guarded_line_that_all_who_dispute_a_file_have_may_stay() {
    for [order, place] in [["one two three", "one"], ["three two one", "three"]] {
        let repo = owned();
        repo.git(&["branch", "-q", "before", "main"]).ok();
        repo.git(&["switch", "-q", "main"]).ok();
        let guarded = |twentieth: &str| numbers("5 @guarded").replace("\n20\n", &format!("\n{twentieth}\n"));
        repo.author(BOSS).write("app.py", guarded("20")).commit_unjudged("guarded");
        branch(&repo, "one", DEV, |r| {
            r.write("app.py", guarded("one"));
        });
        branch(&repo, "two", DEV, |r| {
            r.write("app.py", guarded("two"));
        });
        repo.git(&["switch", "-q", "-C", "three", "before"]).ok();
        repo.author(DEV).write("three", "three\n").commit_unjudged("three");
        repo.git(&["switch", "-q", "-C", "work", place]).ok();
        let order: Vec<&str> = order.split(' ').collect();
        let merge = merged(repo.write("app.py", guarded("one and two")).write("three", "three\n"), &order);
        assert_eq!(accused(&repo, &merge), [[""; 0]; 2], "{order:?}");
    }
}

/// `ours` and `theirs` merged into what stands on `ours` once `settle` was done; who is accused of dropping what the boss guards on theirs.
fn settled(ours: impl FnOnce(&Repo), theirs: impl FnOnce(&Repo), settle: impl FnOnce(&Repo)) -> [Vec<String>; 2] {
    let repo = owned();
    branch(&repo, "theirs", BOSS, theirs);
    branch(&repo, "ours", DEV, ours);
    repo.git(&["merge", "-q", "--no-commit", "theirs"]).exits(1);
    repo.git(&["read-tree", "--reset", "-u", "ours"]).ok();
    settle(&repo);
    let merge = merged(&repo, &["ours", "theirs"]);
    accused(&repo, &merge)
}

fn moved<'a>(to: &'a str, fifth: &'a str) -> impl Fn(&Repo) + 'a {
    move |repo| {
        repo.git(&["mv", "app.py", to]).ok();
        repo.write(to, numbers(fifth));
    }
}

#[test]
fn a_guarded_line_dropped_in_a_conflict_of_two_renames() {
    let as_it_is = |_: &Repo| {};
    let [scope, forbidden] = settled(moved("ours.py", "5"), moved("theirs.py", "5 @guarded"), as_it_is);
    assert!(!scope.is_empty() && scope == forbidden, "{scope:?} {forbidden:?}");
    // under the name that they gave it, without the line
    let renamed = |r: &Repo| {
        r.git(&["mv", "ours.py", "theirs.py"]).ok();
    };
    let [scope, forbidden] = settled(moved("ours.py", "5"), moved("theirs.py", "5 @guarded"), renamed);
    assert!(scope.contains(&"theirs.py".to_owned()) && scope == forbidden, "{scope:?} {forbidden:?}");
    // and under a third name
    let elsewhere = |r: &Repo| {
        r.git(&["mv", "ours.py", "third.py"]).ok();
    };
    let [scope, forbidden] = settled(moved("ours.py", "5"), moved("theirs.py", "5 @guarded"), elsewhere);
    assert!(!scope.is_empty() && scope == forbidden, "{scope:?} {forbidden:?}");
}

#[test]
fn a_guarded_line_dropped_in_a_conflict_of_a_rename_and_a_deletion() {
    let as_it_is = |_: &Repo| {};
    let deleted = |r: &Repo| {
        r.remove("app.py");
    };
    // ours deleted what they renamed and guarded
    assert_eq!(settled(deleted, moved("theirs.py", "5 @guarded"), as_it_is), [["theirs.py"], ["theirs.py"]]);
    let without = |r: &Repo| {
        r.write("theirs.py", numbers("5"));
    };
    assert_eq!(settled(deleted, moved("theirs.py", "5 @guarded"), without), [["theirs.py"], ["theirs.py"]]);
}

#[test]
fn a_guarded_line_dropped_in_a_conflict_of_a_rename_and_an_addition() {
    let as_it_is = |_: &Repo| {};
    let added = |r: &Repo| {
        r.write("theirs.py", "ours\n");
    };
    assert_eq!(settled(added, moved("theirs.py", "5 @guarded"), as_it_is), [["theirs.py"], ["theirs.py"]]);
    let both = |r: &Repo| {
        r.write("theirs.py", format!("ours\n{}", numbers("5")));
    };
    assert_eq!(settled(added, moved("theirs.py", "5 @guarded"), both), [["theirs.py"], ["theirs.py"]]);
    // the file that they edited under the old name is renamed to where they added another
    let theirs = |r: &Repo| {
        r.write("app.py", numbers("5 @guarded")).write("ours.py", "theirs\n");
    };
    assert_eq!(settled(moved("ours.py", "five"), theirs, as_it_is), [["ours.py"], ["ours.py"]]);
}
