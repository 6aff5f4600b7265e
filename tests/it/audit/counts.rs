//! Who, how much, which rules.

use super::*;

#[test]
fn every_commit_has_git_s_numbers_and_the_rules_that_it_breaks() {
    let repo = under(POLICY);
    let start = repo.rev("HEAD");
    repo.write("a.txt", "one\n2\nthree\nfour\n").write("b.bin", b"\0binary");
    let small = repo.commit_unjudged("small");
    repo.author("web@example.org").write_many("many", 4).git(&["mv", "a.txt", "moved.txt"]).ok();
    let large = repo.commit_unjudged("large");
    let report = audit(&repo, &[]);
    assert_eq!(report["range"], "HEAD");
    assert_eq!(report["policy"]["source"], "main:policy.toml");
    assert_eq!(report["policy"]["blob"], repo.rev("HEAD:policy.toml"));
    let order: Vec<&str> = report["commits"].as_array().unwrap().iter().map(|row| row["commit"].as_str().unwrap()).collect();
    assert_eq!(order, [&start, &small, &large], "parents before children");
    for (commit, from) in [(&start, ""), (&small, &*start), (&large, &*small)] {
        let found = row(&report, commit);
        let (files, insertions, deletions) = totals(&repo.numstat(from, commit));
        assert_eq!(
            (&found["files"], &found["insertions"], &found["deletions"]),
            (&files.into(), &insertions.into(), &deletions.into())
        );
    }
    let found = row(&report, &small);
    assert_eq!((&found["specialist"], &found["source"], &found["parents"]), (&json!("dev"), &json!("claim:email"), &json!(1)));
    assert_eq!(found["inserted_bytes"], 2 + 5 + 7, "the inserted lines and the binary file");
    assert_eq!(found["violations"], json!([]));
    let found = row(&report, &large);
    assert_eq!((&found["specialist"], &found["files"], &found["violations"]), (&json!("web"), &json!(5), &json!(["file-limit"])));
    assert_eq!(row(&report, &start)["specialist"], "boss@example.org");
    assert_eq!(row(&report, &start)["parents"], 0);
    let web = specialist(&report, &json!("web"));
    assert_eq!(
        (&web["commits"], &web["files"], &web["violating"], &web["largest"]),
        (&json!(1), &json!(5), &json!(1), &json!(large))
    );
    assert_eq!(report["summary"], json!({"commits": 3, "violating": 1, "guarded_without_evidence": 0, "undecided": 0}));
}

#[test]
fn what_the_policy_does_not_count_isn_t_counted() {
    let repo = under(&format!("{POLICY}\n[count]\nnot-files = [\"**/*.snap\"]\nnot-lines = [\"**/*.lock\", \"**/*.snap\"]\n"));
    repo.write_many("many", 3).write("x.snap", "1\n2\n").write("y.lock", "1\n2\n3\n").remove("many3.txt");
    let commit = repo.commit_unjudged("generated");
    let report = audit(&repo, &[]);
    let found = row(&report, &commit);
    assert_eq!((&found["files"], &found["insertions"], &found["inserted_bytes"]), (&json!(3), &json!(2), &json!(12)));
    assert_eq!(found["violations"], json!([]));
}

#[test]
fn a_landing_of_one_commit_is_judged_by_the_session_s_limits_as_at_the_doors() {
    let repo = under(&POLICY.replace("max-files-per-commit = 3", "max-files-per-session = 1\nmax-areas-per-session = 1"));
    repo.write_many("many", 3);
    let commit = repo.commit_unjudged("three");
    assert_eq!(row(&audit(&repo, &[]), &commit)["violations"], json!(["file-limit"]));
    let repo = under(&POLICY.replace("max-files-per-commit = 3", "max-files-per-commit = 1\nmax-files-per-session = 3"));
    repo.write_many("many", 3);
    let squash = repo.commit_unjudged("squash");
    assert_eq!(row(&audit(&repo, &[]), &squash)["violations"], json!([]));
}

#[test]
fn each_rule_of_a_commit_is_heard() {
    let limits = "prohibited = [\"secret/\"]\nmax-lines-per-commit = 5\nmax-bytes-per-commit = \"40 B\"\nmax-file-size = \"50 B\"";
    let policy = POLICY.replacen("max-files-per-commit = 3", limits, 1);
    let repo = under(&format!("{policy}\n[area.migrations]\npaths = [\"migrations/\"]\nforbid = [\"modify\"]\n"));
    repo.write("migrations/1.sql", "1\n").commit_unjudged("add a migration");
    repo.write("migrations/1.sql", "2\n").write("secret/key", "x\n").write("policy.toml", POLICY).write("C:x", "x\n");
    repo.write("large", "1234567\n".repeat(8));
    let commit = repo.commit_unjudged("all that is forbidden");
    let report = audit(&repo, &["--policy", &policy_file(&repo)]);
    let expected = ["line-limit", "byte-limit", "file-size", "scope", "forbidden-change", "policy-change", "safe-path"];
    assert_eq!(row(&report, &commit)["violations"], json!(expected));
    assert_eq!(report["policy"]["trusted"], false);
}

/// The policy of the first commit, as a file.
fn policy_file(repo: &Repo) -> String {
    let root = repo.git(&["rev-list", "--max-parents=0", "HEAD"]).ok().line();
    let file = repo.scratch().join("first.toml");
    std::fs::write(&file, repo.git(&["show", &format!("{root}:policy.toml")]).ok().stdout).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn somebody_whom_the_policy_does_not_name_is_nobody() {
    let repo = under(POLICY);
    repo.author("stranger@example.org").write("b", "b\n");
    let commit = repo.commit_unjudged("hello");
    let report = audit(&repo, &[]);
    let found = row(&report, &commit);
    assert_eq!((&found["specialist"], &found["source"]), (&Value::Null, &json!("none")));
    assert_eq!(found["violations"], json!(["known-specialist"]));
    assert_eq!(specialist(&report, &Value::Null)["commits"], 1);
}
