//! Ranges, and what can't be told.

use super::*;

#[test]
fn a_range_is_what_its_end_has_and_its_start_has_not() {
    let repo = under(POLICY);
    repo.write("b", "b\n");
    let two = repo.commit_unjudged("two");
    repo.write("b", "c\n");
    let three = repo.commit_unjudged("three");
    let ids = |args: &[&str]| -> Vec<String> {
        audit(&repo, args)["commits"].as_array().unwrap().iter().map(|row| row["commit"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["HEAD~2..HEAD"]), [two.clone(), three.clone()]);
    assert_eq!(ids(&["HEAD~1.."]), [&*three]);
    assert_eq!(ids(&["HEAD~2..HEAD~1"]), [two]);
    assert_eq!(ids(&["main"]).len(), 3);
    assert_eq!(ids(&["..HEAD"]), Vec::<String>::new());
    let report = audit(&repo, &["main..main"]);
    assert_eq!((&report["range"], &report["specialists"]), (&json!("main..main"), &json!([])));
    repo.guard(&["audit", "main..main"]).ok().says("0 commits, 0 break a rule");
}

#[test]
fn a_bad_range_can_t_be_told() {
    let repo = under(POLICY);
    repo.guard(&["audit", "nowhere"]).undecided().says("no revision `nowhere`");
    repo.guard(&["audit", "main...HEAD"]).undecided().says("`main...HEAD` is a symmetric difference");
    repo.guard(&["audit", "nowhere..main", "--format", "json"]).undecided().says("\"decision\":\"undecided\"");
    let empty = Repo::new();
    empty.guard(&["audit"]).undecided().says("HEAD has no commit yet");
    let bare = repo.remote();
    assert_eq!(audit(&bare, &[])["summary"]["commits"], 1, "a bare repository has a history, too");
}

#[test]
fn where_a_shallow_clone_ends_nothing_can_be_told_and_that_is_said() {
    let repo = under(POLICY);
    repo.write("b", "b\n");
    let two = repo.commit_unjudged("two");
    repo.write("b", "c\n");
    let three = repo.commit_unjudged("three");
    let clone = repo.sibling("shallow");
    let from = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--depth=2", &from, clone.path().to_str().unwrap()]).ok();
    let report = audit(&clone, &[]);
    assert_eq!(report["summary"]["undecided"], 1);
    let found = row(&report, &two);
    assert_eq!((&found["files"], &found["insertions"], &found["specialist"]), (&Value::Null, &Value::Null, &json!("dev")));
    assert!(found["why"].as_str().unwrap().contains("this shallow clone ends here"), "{found:#}");
    assert_eq!((&row(&report, &three)["files"], &row(&report, &three)["indeterminate"]), (&json!(1), &json!([])));
}

#[test]
fn what_is_over_a_bound_is_undecided_with_the_bound_s_name() {
    let repo = under(POLICY);
    repo.write_many("x", 5);
    let many = repo.commit_unjudged("many");
    repo.write("b", "b\n");
    let long = repo.commit_unjudged(&"long ".repeat(100));
    repo.git(&["config", "guard.maxPaths", "4"]).ok();
    repo.git(&["config", "guard.maxMessage", "100"]).ok();
    let report = audit(&repo, &[]);
    for (commit, bound) in [(&many, "guard.maxPaths"), (&long, "guard.maxMessage")] {
        assert!(row(&report, commit)["why"].as_str().unwrap().contains(bound), "{report:#}");
    }
    // A history may be as long as it likes.
    repo.git(&["config", "guard.maxCommits", "1"]).ok();
    assert_eq!(audit(&repo, &[])["summary"]["commits"], 3);
}

#[test]
fn a_missing_object_spoils_its_own_commits_alone() {
    let repo = under(POLICY);
    repo.write("b", "only here\n");
    let two = repo.commit_unjudged("two");
    repo.write("b", "not there\n");
    let three = repo.commit_unjudged("three");
    let blob = repo.rev(&format!("{two}:b"));
    std::fs::remove_file(repo.file(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let report = audit(&repo, &[]);
    for commit in [&two, &three] {
        assert!(row(&report, commit)["why"].as_str().unwrap().contains("is missing from this repository"), "{report:#}");
    }
    assert_eq!(report["summary"]["undecided"], 2);
}

#[test]
fn a_long_history_comes_in_order_whoever_was_faster() {
    let repo = under(POLICY);
    let mut stream = String::new();
    for n in 0..300 {
        stream.push_str(&format!(
            "commit refs/heads/long\ncommitter A <author@example.org> {} +0000\ndata 2\nx\n{}M 100644 inline f\ndata {}\n{n}\n",
            1_700_000_000 + n,
            if n == 0 { "from refs/heads/main\n" } else { "" },
            n.to_string().len() + 1
        ));
    }
    repo.run_with("git", &["fast-import", "--quiet"], stream.as_bytes()).ok();
    let expected = repo.git(&["rev-list", "--reverse", "long"]).ok().out();
    let report = audit(&repo, &["long"]);
    let ids: Vec<&str> = report["commits"].as_array().unwrap().iter().map(|row| row["commit"].as_str().unwrap()).collect();
    assert_eq!(ids, expected.lines().collect::<Vec<_>>());
}
