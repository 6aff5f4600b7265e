//! `guard.pushee`: a certificate is for the repository that it names, as git writes it there from what was pushed to.

use super::push_cert::{certified, push};
use super::*;

/// `work` has a commit of api's, who signs the pushes; the server is called so.
fn called(pushees: &[&str]) -> (Repo, Repo) {
    let (repo, server) = certified("api");
    for name in pushees {
        server.git(&["config", "--add", "guard.pushee", name]).ok();
    }
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    (repo, server)
}

const OTHER: &str = "the push certificate is not believed: it was given to `";

#[test]
fn for_another_repository_it_is_not_believed_whatever_it_brings() {
    let (repo, server) = called(&["https://example.org/other.git", "/srv/other.git"]);
    let place = "refs/heads/there";
    server.git(&["update-ref", place, "refs/heads/main"]).ok();
    let before = server.state_of_refs();
    for refspec in ["work", "work:main", "main:refs/heads/new", "main:refs/tags/v1", ":there"] {
        let run = push(&repo, refspec).rejected().says("error[identity]").says(OTHER);
        run.says(&server.path().display().to_string()).says("and this repository is another (`guard.pushee`)");
    }
    // An owner's as well.
    repo.sign_with(&repo.key("boss")).sign_nothing();
    push(&repo, "main:refs/meta/x").rejected().says("error[identity]").says(OTHER);
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn it_is_what_the_client_calls_the_server() {
    let (repo, server) = called(&[]);
    let own = server.path().display().to_string();
    server.git(&["config", "guard.pushee", &own]).ok();
    push(&repo, "work").ok().says("accepted for api (signed push)");
    // By another way to the same place it is another name, which has to be named as well.
    let run = repo.git(&["push", "--signed", "../server.git", "work:refs/heads/two"]).rejected();
    run.says("error[identity]").says(&format!("{OTHER}../server.git`"));
    server.git(&["config", "--add", "guard.pushee", "../server.git"]).ok();
    repo.git(&["push", "--signed", "../server.git", "work:refs/heads/two"]).ok();
    push(&repo, "work:refs/heads/three").ok();
}

#[test]
fn a_slash_at_the_end_is_no_other_repository_and_a_part_of_the_name_is() {
    let (repo, server) = called(&[]);
    let own = server.path().display().to_string();
    server.git(&["config", "guard.pushee", &format!("{own}/")]).ok();
    push(&repo, "work:refs/heads/one").ok();
    for other in [&own[..own.len() - 5], &format!("{own}.git"), &format!("{own}/../server2.git"), "server.git", "/", "*"] {
        server.git(&["config", "--replace-all", "guard.pushee", other]).ok();
        push(&repo, "work:refs/heads/other").rejected().says("error[identity]").says(OTHER);
    }
}

#[test]
fn it_is_asked_beside_an_account_as_well() {
    let (repo, server) = called(&["/srv/other.git"]);
    server.git(&["config", "--add", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    repo.login("api-bot");
    push(&repo, "work").rejected().says("error[identity]").says(OTHER);
    // Without a certificate the account says who it is.
    repo.git(&["push", "-q", "origin", "work"]).ok();
}
