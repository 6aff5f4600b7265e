//! Whose a commit is that was here before: whose the ledger says.

use super::*;

#[test]
fn a_commit_that_is_not_new_belongs_to_whom_the_ledger_names() {
    let (repo, server) = pair(POLICY);
    // The author's claim names another than the account that pushes.
    repo.author("other@example.org");
    branch(&repo, "a", 3);
    taken(&repo, &["a"]).says("accepted for dev (account from env:");
    let run = repo.login("boss").git(&["push", "origin", "a:main"]).ok();
    run.says("accepted for dev (account by the ledger)");
    let entry = &entries(&server)[0];
    assert_eq!((&entry["account"], &entry["work"][0]["specialist"]), (&"boss".into(), &"dev".into()));
    assert_eq!(
        (&entry["work"][0]["accounts"], &entry["work"][0]["commits"]),
        (&serde_json::json!(["dev"]), &serde_json::json!([]))
    );
}

#[test]
fn nor_does_it_change_hands_when_its_branch_was_deleted() {
    let (repo, _server) = pair(&POLICY.replace("[specialist.other]\n", "[specialist.other]\nmax-files-per-session = 1\n"));
    repo.author("nobody@example.org");
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    taken(&repo, &[":a"]);
    // `other` could not have made it; it is dev's still.
    repo.login("other");
    taken(&repo, &["a:b"]).says("accepted for dev (account by the ledger)");
}

#[test]
fn where_the_ledger_names_nobody_the_author_s_claim_does() {
    let repo = Repo::with_policy(POLICY);
    repo.author("other@example.org");
    branch(&repo, "a", 3);
    let server = repo.guarded_remote();
    server.git(&["-c", "core.hooksPath=/dev/null", "fetch", "-q", repo.path().to_str().unwrap(), "a:a"]).ok();
    repo.login("dev").git(&["push", "origin", "a:b"]).ok().says("accepted for other (claimed by author e-mail)");
}

#[test]
fn an_account_without_an_entry_keeps_its_own() {
    let (repo, _server) = pair(&POLICY.replace("[specialist.\"*\"]\n", ""));
    branch(&repo, "a", 3);
    repo.login("boss");
    taken(&repo, &["a"]).says("accepted for boss");
    repo.login("dev");
    taken(&repo, &["a:b"]).says("accepted for boss (account by the ledger)");
}

#[test]
fn another_spelling_of_an_account_that_nobody_named_is_no_other_budget() {
    let (repo, _server) = pair(POLICY);
    branch(&repo, "a", 3);
    repo.login("carol");
    taken(&repo, &["a"]);
    for (n, account) in ["Carol", "CAROL", "carol ", "car ol", "caro\u{4c}"].iter().enumerate() {
        repo.login(account);
        branch(&repo, &format!("b{n}"), 3);
        refused(&repo, &[&format!("b{n}")], "6 files changed in this session, 5 allowed");
    }
    // Whichever came first.
    repo.login("Zo\u{eb}");
    branch(&repo, "c", 3);
    taken(&repo, &["c"]);
    branch(&repo, "d", 3);
    repo.login("zoe\u{308}");
    refused(&repo, &["d"], "6 files changed in this session, 5 allowed");
    repo.login("carola");
    taken(&repo, &["d"]);
}
