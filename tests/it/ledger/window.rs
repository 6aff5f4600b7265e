//! What counts in: over pushes, over branches, over their deletion; and what doesn't.

use super::*;

#[test]
fn work_that_is_spread_over_branches_and_pushes_is_one_session() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    let run = refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    run.says("counted in: 3 files pushed to `refs/heads/a`").says("within 8h counts until it lands");
    // A tag is a ref.
    refused(&repo, &["b:refs/tags/b"], "6 files changed in this session");
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write_many("b", 2).commit_unjudged("two");
    taken(&repo, &["b"]);
    assert_eq!(entries(&server).len(), 2);
    assert_eq!(left(&server), 0, "what is recorded is no longer reserved");
}

#[test]
fn what_goes_on_one_branch_and_comes_on_another_was_not_moved() {
    let repo = Repo::with_policy(POLICY);
    let text = |n: usize, last: &str| (0..40).map(|line| format!("{n} {line}\n")).collect::<String>() + last;
    for n in 0..3 {
        repo.write(format!("old{n}.txt"), text(n, "")).commit_unjudged("old");
    }
    repo.guarded_remote();
    repo.login("dev");
    let goes = |branch: &str, from: &str| {
        repo.git(&["switch", "-q", "-c", branch, from]).ok();
        repo.git(&["rm", "-q", "old0.txt", "old1.txt", "old2.txt"]).ok();
        repo.commit_unjudged("goes");
    };
    let comes = |branch: &str, from: &str| {
        repo.git(&["switch", "-q", "-c", branch, from]).ok();
        for n in 0..3 {
            repo.write(format!("new{n}.txt"), text(n, "more\n"));
        }
        repo.commit_unjudged("comes");
    };
    goes("goes", "main");
    comes("comes", "main");
    refused(&repo, &["goes", "comes"], "6 files changed in this session, 5 allowed");
    // On one branch it was, whatever else is pushed with it.
    comes("moved", "goes");
    taken(&repo, &["goes"]);
    taken(&repo, &["moved"]);
    taken(&repo, &["comes"]);
    branch(&repo, "more", 2);
    taken(&repo, &["more"]);
    branch(&repo, "most", 1);
    refused(&repo, &["most"], "6 files changed in this session, 5 allowed");
}

#[test]
fn deleting_a_branch_and_making_it_again_resets_nothing() {
    let (repo, _server) = pair(POLICY);
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    taken(&repo, &[":a"]);
    branch(&repo, "b", 3);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    refused(&repo, &["b:a"], "6 files changed in this session, 5 allowed");
    // What is the same counts once.
    taken(&repo, &["a"]);
    taken(&repo, &["a:c"]);
}

#[test]
fn rewinding_is_no_way_out_and_amending_costs_nothing() {
    let (repo, _server) = pair(POLICY);
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    refused(&repo, &["--force", "b:a"], "6 files changed in this session, 5 allowed");
    repo.git(&["switch", "-q", "a"]).ok();
    for word in ["one", "two", "three"] {
        repo.write("a1.txt", word).stage().git(&["commit", "-q", "--amend", "-m", word]).ok();
        taken(&repo, &["--force", "a"]);
    }
}

#[test]
fn what_a_commit_takes_back_is_free_again() {
    let (repo, _server) = pair(POLICY);
    branch(&repo, "a", 4);
    taken(&repo, &["a"]);
    repo.git(&["rm", "-q", "a1.txt", "a2.txt"]).ok();
    repo.commit_unjudged("take two back");
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    taken(&repo, &["b"]);
}

#[test]
fn a_branch_that_goes_on_is_counted_as_it_is() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 2);
    for n in 1..=3 {
        taken(&repo, &["a"]);
        repo.write("more.txt", format!("{n}\n")).commit_unjudged("more");
    }
    taken(&repo, &["a"]);
    branch(&repo, "b", 2);
    taken(&repo, &["b"]);
    branch(&repo, "c", 1);
    refused(&repo, &["c"], "6 files changed in this session, 5 allowed");
    assert_eq!(entries(&server).len(), 5);
}

#[test]
fn what_has_landed_is_free_squashed_or_not() {
    let (repo, _server) = pair(POLICY);
    for (name, squash) in [("a", true), ("b", false), ("c", true)] {
        branch(&repo, name, 4);
        taken(&repo, &[name]);
        repo.git(&["switch", "-q", "main"]).ok();
        if squash {
            repo.git(&["merge", "-q", "--squash", name]).ok();
            repo.git(&["commit", "-q", "-m", "squash"]).ok();
        } else {
            repo.git(&["merge", "-q", "--no-ff", name]).ok();
        }
        // The squash on main and what it squashes are not counted twice.
        taken(&repo, &["main"]);
    }
    // Even where somebody has changed it since.
    repo.login("boss").write("c1.txt", "other\n").commit_unjudged("other");
    taken(&repo, &["main"]);
    repo.login("dev");
    branch(&repo, "d", 5);
    taken(&repo, &["d"]);
}

#[test]
fn what_a_protected_branch_is_given_is_nobody_s_and_what_is_left_counts() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    server.git(&["branch", "release/1", "main"]).ok();
    taken(&repo, &["a:release/1"]);
    branch(&repo, "b", 5);
    taken(&repo, &["b"]);
    assert_eq!(server.rev("release/1"), repo.rev("a"));
}

#[test]
fn every_account_has_its_own_and_so_has_every_specialist() {
    let (repo, _server) = pair(POLICY);
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    repo.login("other");
    taken(&repo, &["b"]);
    branch(&repo, "c", 3);
    refused(&repo, &["c"], "6 files changed in this session, 5 allowed");
    // A specialist has one, by whichever of their accounts.
    repo.login("dev-two");
    refused(&repo, &["c"], "6 files changed in this session, 5 allowed");
    // Two accounts that no entry names are not one.
    branch(&repo, "d", 3);
    repo.login("somebody");
    taken(&repo, &["d"]);
    branch(&repo, "e", 3);
    repo.login("else");
    taken(&repo, &["e"]);
    branch(&repo, "f", 3);
    refused(&repo, &["f"], "6 files changed in this session");
    // Without an account, everybody is the same nobody.
    repo.unset(ACCOUNT);
    taken(&repo, &["f"]);
    branch(&repo, "g", 3);
    refused(&repo, &["g"], "6 files changed in this session");
}

#[test]
fn the_window_is_the_policy_s_and_may_be_none() {
    let with = |window: &str| format!("{POLICY}\n[session]\nwindow = \"{window}\"\n");
    let (repo, _server) = pair(&with("0s"));
    for name in ["a", "b", "c"] {
        branch(&repo, name, 5);
        taken(&repo, &[name]);
    }
    let (repo, _server) = pair(&with("3s"));
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    refused(&repo, &["b"], "6 files changed").says("within 3s counts");
    std::thread::sleep(std::time::Duration::from_secs(4));
    taken(&repo, &["b"]);
}

#[test]
fn lines_bytes_and_areas_add_up_too() {
    let limits = "max-lines-per-session = 10\nmax-areas-per-session = 1\nmax-bytes-per-session = \"100 B\"\n";
    let areas = "[area.one]\npaths = [\"one/\"]\n[area.two]\nlines = [\"two\"]\n";
    let (repo, _server) = pair(&format!("{}{areas}", POLICY.replace("max-files-per-session = 5\n", limits)));
    let push = |name: &str, path: &str, content: &str| {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write(path, content).commit_unjudged(name);
        repo.git(&["push", "origin", name])
    };
    push("a", "one/a", "1\n2\n3\n4\n5\n6\n").ok();
    push("b", "b", "1\n2\n3\n4\n5\n").rejected().says("11 lines changed in this session, 10 allowed");
    push("c", "c", &"x".repeat(89)).rejected().says("101 bytes inserted in this session, 100 allowed");
    push("d", "d", "a two\n").rejected().says("2 areas touched in this session, 1 allowed").says("counted in: 1 file");
    push("e", "e", "1\n2\n3\n4\n").ok();
}

#[test]
fn a_merge_of_what_is_there_on_a_moved_base_is_not_counted_twice() {
    let (repo, _server) = pair(&POLICY.replace("max-files-per-session = 5", "max-lines-per-session = 8"));
    repo.git(&["switch", "-q", "-c", "a"]).ok();
    repo.write("a.txt", "one\ntwo\nthree\n4\n5\n6\n7\n8\n").commit_unjudged("a");
    taken(&repo, &["a"]);
    repo.login("boss").git(&["switch", "-q", "main"]).ok();
    repo.write("a.txt", "0\none\ntwo\nthree\n").commit_unjudged("moved");
    taken(&repo, &["main"]);
    repo.login("dev").git(&["merge", "-q", "a"]).ok();
    taken(&repo, &["main"]);
}

#[test]
fn no_merge_makes_room() {
    let (repo, _server) = pair(POLICY);
    for name in ["a", "b", "c"] {
        branch(&repo, name, 2);
    }
    taken(&repo, &["a", "b"]);
    // An octopus of all, a criss-cross, `-s ours`, no common ancestor: whatever it is, it holds more than is left.
    for (name, merge) in [
        ("octopus", &["merge", "-q", "b", "c"][..]),
        ("foxtrot", &["merge", "-q", "--no-ff", "c"]),
        ("ours", &["merge", "-q", "-s", "ours", "c"]),
    ] {
        repo.git(&["switch", "-q", "-C", name, "a"]).ok();
        repo.git(merge).ok();
        let run = repo.git(&["push", "origin", name]);
        // What `-s ours` drops is no file; the merge itself is clean of it.
        assert_eq!(run.status, i32::from(name != "ours"), "{name}: {}", run.err());
    }
    repo.git(&["switch", "-q", "-C", "one", "a"]).ok();
    repo.git(&["merge", "-q", "b"]).ok();
    repo.git(&["switch", "-q", "-C", "two", "b"]).ok();
    repo.git(&["merge", "-q", "a"]).ok();
    taken(&repo, &["one", "two"]);
    repo.git(&["merge", "-q", "one"]).ok();
    repo.write("x1.txt", "x\n").commit_unjudged("criss-cross");
    taken(&repo, &["two"]);
    repo.git(&["switch", "-q", "--orphan", "orphan"]).ok();
    repo.write_many("orphan", 1).commit_unjudged("orphan");
    refused(&repo, &["orphan"], "files changed in this session, 5 allowed");
}

#[test]
fn what_others_push_of_somebody_spends_nobodys_budget_and_takes_none_back() {
    let (repo, _server) = pair(&POLICY.replace("[owners]", "free = [\"wip/**\"]\n\n[owners]"));
    branch(&repo, "a", 5);
    taken(&repo, &["a:refs/heads/wip/a"]);
    repo.login("other");
    taken(&repo, &["a"]);
    repo.login("dev");
    branch(&repo, "b", 3);
    taken(&repo, &["b"]);
    // Another goes on from what dev has pushed: it is dev's all the same, and still counts in.
    repo.login("other");
    repo.write("others", "o\n").commit_unjudged("others");
    taken(&repo, &["b"]);
    repo.login("dev-two");
    branch(&repo, "c", 3);
    refused(&repo, &["c"], "6 files changed in this session, 5 allowed");
    // Who pushed it on has all of their own left.
    repo.login("other");
    branch(&repo, "d", 4);
    taken(&repo, &["d"]);
}

/// A file of forty lines on main, and room for so many changed lines in a session.
fn of_lines(most: usize) -> (Repo, Repo) {
    let repo = Repo::with_policy(&POLICY.replace("max-files-per-session = 5", &format!("max-lines-per-session = {most}")));
    let lines: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    repo.write("f", lines).commit_unjudged("forty lines");
    let server = repo.guarded_remote();
    repo.login("dev");
    (repo, server)
}

fn read(repo: &Repo) -> String {
    std::fs::read_to_string(repo.file("f")).unwrap()
}

/// Edits these lines of the file, two changed lines each.
fn edit(repo: &Repo, lines: std::ops::RangeInclusive<usize>, word: &str) {
    let edited = |(n, line): (usize, &str)| if lines.contains(&(n + 1)) { format!("{word} {n}\n") } else { format!("{line}\n") };
    let edited: String = read(repo).lines().enumerate().map(edited).collect();
    repo.write("f", edited).commit_unjudged(word);
}

#[test]
fn a_squash_over_others_edits_counts_once_and_frees_its_branch() {
    let (repo, _server) = of_lines(10);
    repo.git(&["switch", "-q", "-c", "w"]).ok();
    edit(&repo, 1..=2, "one");
    edit(&repo, 3..=4, "two");
    taken(&repo, &["w"]);
    repo.login("boss").git(&["switch", "-q", "main"]).ok();
    edit(&repo, 30..=30, "others");
    taken(&repo, &["main"]);
    repo.login("dev").git(&["merge", "-q", "--squash", "w"]).ok();
    repo.git(&["commit", "-q", "-m", "squash"]).ok();
    taken(&repo, &["main"]);
    // The branch goes on: what has landed of it is free, what is new counts.
    repo.git(&["switch", "-q", "w"]).ok();
    edit(&repo, 10..=14, "three");
    taken(&repo, &["w"]);
    edit(&repo, 20..=20, "four");
    refused(&repo, &["w"], "12 lines changed in this session, 10 allowed");
}

#[test]
fn what_landed_once_is_free_once() {
    let (repo, _server) = of_lines(10);
    let add = |n: usize| {
        repo.git(&["switch", "-q", "-C", &format!("again{n}"), "main"]).ok();
        repo.write("f", format!("{}same\nsame\nsame\nsame\n", read(&repo))).commit_unjudged("again");
    };
    add(0);
    taken(&repo, &["again0"]);
    taken(&repo, &["again0:main"]);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "again0"]).ok();
    // The same edit again, on top of the one that landed, is another one.
    add(1);
    for _ in 0..3 {
        repo.write("f", format!("{}same\nsame\nsame\nsame\n", read(&repo))).commit_unjudged("once more");
    }
    refused(&repo, &["again1"], "16 lines changed in this session, 10 allowed");
}

#[test]
fn whom_no_entry_names_are_as_many_budgets_as_accounts() {
    let (repo, server) = pair(POLICY);
    repo.login("somebody");
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    // Another one's goes on from it: what they add is theirs alone.
    repo.login("else").write_many("else", 4).commit_unjudged("else");
    taken(&repo, &["a"]);
    let spent = |entry: &serde_json::Value| -> Vec<(String, usize)> {
        let works = entry["work"].as_array().unwrap().iter();
        works.map(|work| (work["accounts"][0].as_str().unwrap().to_owned(), work["changes"].as_array().unwrap().len())).collect()
    };
    assert_eq!(spent(&entries(&server)[0]), [("somebody".to_owned(), 3), ("else".to_owned(), 4)]);
    repo.login("somebody");
    branch(&repo, "b", 2);
    taken(&repo, &["b"]);
    // What an owner lands of both are two sessions.
    repo.login("boss");
    taken(&repo, &["a:main"]);
}

#[test]
fn what_has_landed_over_others_edits_is_free_on_the_branch_that_goes_on() {
    let (repo, _server) = pair(POLICY);
    let text = |first: &str, last: &str| format!("{first}\ntwo\nthree\nfour\nfive\n{last}\n");
    repo.login("boss").write("shared", text("one", "six")).commit_unjudged("shared");
    taken(&repo, &["main"]);
    repo.login("dev").git(&["switch", "-q", "-c", "a"]).ok();
    repo.write("shared", text("dev", "six")).write_many("a", 3).commit_unjudged("dev's");
    taken(&repo, &["a"]);
    // It is squashed over what another did to the same file since.
    repo.git(&["switch", "-q", "main"]).ok();
    repo.login("boss").write("shared", text("one", "boss")).commit_unjudged("boss'");
    taken(&repo, &["main"]);
    repo.login("dev").git(&["merge", "-q", "--squash", "a"]).ok();
    repo.commit_unjudged("squash");
    taken(&repo, &["main"]);
    // The branch goes on without a merge: five files more are all that counts.
    repo.git(&["switch", "-q", "a"]).ok();
    repo.write_many("more", 5).commit_unjudged("more");
    taken(&repo, &["a"]);
}
