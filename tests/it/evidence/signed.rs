//! Signed and attested records, from the run to the landing, on a real server.

use super::*;

/// `dev` works, `ci` attests, and the suite asks whether `ok` is there.
pub(super) fn policy(repo: &Repo, evidence: &str) -> String {
    let key = |name: &str| repo.key(name).public;
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\nkeys = [\"{}\"]\n\
         [specialist.web]\nusers = [\"web\"]\nemails = [\"web@example.org\"]\nkeys = [\"{}\"]\n\
         [specialist.ci-account]\nusers = [\"ci-account\"]\n\
         [runner.ci]\nkeys = [\"{}\"]\n\
         [area.middleware]\npaths = [\"middleware/\"]\nrequires = [\"integration\"]\n\
         [combined]\nrequires = [\"integration\"]\n\
         [suite.integration]\nrun = \"test -e ok\"\n\
         [evidence]\ncommit = \"none\"\nbranch = \"none\"\n{evidence}",
        key("dev"),
        key("web"),
        key("ci")
    )
}

/// A branch `work` of dev's that touches the middleware, and the server with `main`; a landing needs an attestation.
pub(super) fn started(evidence: &str) -> (Repo, Repo) {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo, evidence)).write("ok", "").write("middleware/a.py", "a\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.login("dev").write("middleware/a.py", "a\nb\n").commit_unjudged("touch");
    (repo, server)
}

/// `guard test` of HEAD, signed with that key, and pushed by the CI's account.
pub(super) fn attest(repo: &Repo, key: &str) {
    let key = repo.key(key).private;
    repo.login("ci-account")
        .guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap(), "--push", "origin"])
        .ok();
    repo.login("dev");
}

pub(super) fn land(repo: &Repo) -> Run {
    repo.git(&["push", "origin", "HEAD:main"])
}

#[test]
fn a_landing_is_taken_once_a_runner_has_attested_its_tree() {
    let (repo, server) = started("");
    land(&repo).rejected().says("needs attested, found none").says("only a runner of the policy attests");
    attest(&repo, "dev");
    land(&repo)
        .rejected()
        .says("needs attested, found signed (specialist `dev`)")
        .says("counts for no more: signed, but by no runner");
    attest(&repo, "ci");
    land(&repo).ok();
    assert_eq!(server.rev("main"), repo.rev("HEAD"));
    let names = server.git(&["for-each-ref", "--format=%(refname)", "refs/notes"]).ok().out();
    assert_eq!(names, "refs/notes/guard/ci\nrefs/notes/guard/dev\n");
}

#[test]
fn one_push_may_bring_the_branch_and_its_evidence() {
    let (repo, _server) = started("");
    let key = repo.key("ci").private;
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()]).ok().says("recorded and signed");
    repo.git(&["push", "--atomic", "origin", "HEAD:main", "refs/notes/guard/ci"]).ok();
}

#[test]
fn evidence_goes_where_the_tree_goes() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    let attested = |what: &str, is: bool| {
        let found = found(&evidence(&repo, &["HEAD"]), "integration");
        assert_eq!(found == "attested", is, "{what}: {found}");
    };
    attested("tested", true);
    repo.git(&["commit", "-q", "--amend", "-m", "other words"]).ok();
    attested("reworded", true);
    repo.write("middleware/a.py", "a\nc\n").stage().git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    attested("amended with content", false);
    repo.git(&["reset", "-q", "--hard", "HEAD@{1}"]).ok();
    attested("back at the tested tree", true);
    repo.write("other.txt", "x\n").commit_unjudged("more");
    attested("more on top", false);
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    attested("reverted to the tested tree", true);
    // a base that has moved
    repo.git(&["branch", "tested"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--squash", "work"]).ok();
    repo.commit_unjudged("squashed onto the base as it was");
    attested("squashed", true);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    repo.git(&["merge", "-q", "--ff-only", "work"]).ok();
    attested("fast-forwarded", true);
    repo.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    repo.write("moved.txt", "x\n").commit_unjudged("the base moves");
    repo.git(&["cherry-pick", "tested~2"]).ok();
    attested("cherry-picked onto a moved base", false);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    repo.git(&["merge", "-q", "-m", "both", "tested"]).ok();
    attested("merged with another's change", false);
    repo.git(&["switch", "-q", "tested"]).ok();
    repo.git(&["rebase", "-q", "main~1"]).ok();
    attested("rebased onto a moved base", false);
}

#[test]
fn what_does_not_count_is_refused_in_its_own_words() {
    let (repo, server) = started("");
    let tree = repo.rev("HEAD^{tree}");
    // of another tree: the note copied
    repo.git(&["switch", "-q", "-c", "other"]).ok();
    repo.write("middleware/a.py", "other\n").commit_unjudged("other");
    attest(&repo, "ci");
    let other = repo.rev("HEAD^{tree}");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["notes", "--ref", "guard/ci", "copy", &other, &tree]).ok();
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    land(&repo).rejected().says("does not count: it is stale: it is for another tree");
    // of a failed run
    repo.git(&["rm", "-q", "ok"]).ok();
    repo.commit_unjudged("broken");
    let key = repo.key("ci").private;
    let sign = ["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap(), "--push", "origin"];
    repo.login("ci-account").guard(&sign).rejected().says("failed");
    repo.login("dev");
    land(&repo).rejected().says("does not count: the run failed: exit status 1");
    drop(server);
}

#[test]
fn a_record_under_another_policy_or_definition_does_not_count() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    repo.git(&["switch", "-q", "main"]).ok();
    let weaker = policy(&repo, "").replace("run = \"test -e ok\"", "run = \"true\"");
    repo.write("policy.toml", weaker).commit_unjudged("another suite");
    repo.login("boss").git(&["push", "-q", "origin", "main"]).ok();
    repo.login("dev").git(&["switch", "-q", "work"]).ok();
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    let json = evidence(&repo, &["HEAD"]);
    assert_eq!(found(&json, "integration"), "none");
    assert_eq!(json["suites"][0]["refused"][0], "the suite was defined otherwise when it ran");
}

#[test]
fn old_records_do_not_count() {
    let (repo, _server) = started("max-age = \"1s\"\n");
    attest(&repo, "ci");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    land(&repo).rejected().says("does not count: it is too old: it ended ").says("at most 1s ago counts");
}

#[test]
fn a_key_that_the_policy_lacks_signs_nothing() {
    let (repo, _server) = started("");
    let stranger = repo.key("stranger").private;
    let run = repo.guard(&["test", "integration", "--sign", stranger.to_str().unwrap()]).undecided();
    run.says("does not have the key SHA256:").says("next: guard policy show");
    repo.guard(&["test", "integration", "--sign"])
        .undecided()
        .says("no key is named to sign with")
        .says("git config user.signingKey");
    repo.guard(&["test", "integration", "--sign", "/nowhere"]).undecided().says("could not read the key `/nowhere`");
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).ok().out(), "", "and nothing ran");
}

#[test]
fn git_s_own_key_signs_too() {
    let (repo, _server) = started("land = \"signed\"\n");
    repo.sign_with(&repo.key("dev")).sign_nothing();
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", "--push", "origin"]).ok();
    land(&repo).ok();
}

#[test]
fn a_passing_record_is_signed_again_only_by_a_run() {
    let (repo, _server) = started("");
    let key = repo.key("ci").private;
    let sign = ["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()];
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok().says("recorded");
    repo.guard(&sign).ok().says("recorded and signed");
    repo.guard(&sign).ok().says("already passed");
    repo.guard(&[&sign[..], &["--again"]].concat()).ok().says("recorded and signed");
}

#[test]
fn a_ci_attests_what_it_ran_itself() {
    let (repo, _server) = started("");
    let key = repo.key("ci").private;
    let key = key.to_str().unwrap();
    repo.write("../run.log", "all good\n");
    let log = repo.scratch().join("run.log");
    let base = ["attest", "integration", "--rev", "HEAD", "--log", log.to_str().unwrap(), "--sign", key];
    repo.guard(&base).undecided().says("--exit-status N");
    repo.guard(&[&base[..], &["--exit-status", "1"]].concat()).rejected().says("the run failed: exit status 1");
    assert_eq!(found(&evidence(&repo, &["HEAD"]), "integration"), "none");
    repo.login("ci-account").guard(&[&base[..], &["--exit-status", "0", "--push", "origin"]].concat()).ok().says("signed as `ci`");
    repo.login("dev");
    land(&repo).ok();
    let json = evidence(&repo, &["HEAD"]);
    assert_eq!((json["suites"][0]["by"].as_str(), json["records"][1]["level"].as_str()), (Some("runner `ci`"), Some("attested")));
}

#[test]
fn the_suite_never_sees_a_key() {
    let (repo, _server) = started("");
    let text = policy(&repo, "").replace("run = \"test -e ok\"", "run = \"env >&2; test -z \\\"$SSH_AUTH_SOCK$GIT_DIR\\\"\"");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", text).commit_unjudged("policy");
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    let key = repo.key("ci").private;
    repo.set("SSH_AUTH_SOCK", "/tmp/agent.sock");
    let run = repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()]).ok();
    run.says_not("agent.sock").says_not(key.to_str().unwrap());
}

/// What a server says of this line in that writer's notes.
fn pushed(repo: &Repo, writer: &str, line: &str) -> Run {
    let name = format!("guard/{writer}");
    repo.write("../line", format!("{line}\n"));
    repo.git(&["notes", "--ref", &name, "add", "-f", "-F", "../line", "HEAD^{tree}"]).ok();
    repo.git(&["push", "--no-verify", "origin", &format!("refs/notes/{name}")])
}

/// The one line of that writer's note on HEAD's tree.
fn line_of(repo: &Repo, writer: &str) -> String {
    repo.git(&["notes", "--ref", &format!("guard/{writer}"), "show", "HEAD^{tree}"]).ok().line()
}

#[test]
fn notes_hold_what_their_writer_signed_and_nothing_else() {
    let (repo, server) = started("");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    let mine = repo.git(&["for-each-ref", "--format=%(refname:lstrip=3)", "refs/notes/guard"]).ok().line();
    let unsigned = line_of(&repo, &mine);
    let dev = repo.key("dev").private;
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", dev.to_str().unwrap()]).ok();
    let signed = line_of(&repo, "dev");
    let refused = |writer: &str, line: &str, why: &str| {
        let run = pushed(&repo, writer, line).rejected();
        run.says(&format!("error[protected-ref]: `refs/notes/guard/{writer}` would hold what is not its writer's")).says(why);
    };
    refused("ci", &unsigned, "a record that nobody signed");
    refused("ci", &signed, "a record signed by SHA256:");
    refused("web", &signed, "which is not its key");
    refused("ci", "garbage", "a line can't be read: no DSSE envelope");
    refused("remotes/origin/ci", &signed, "notes of nobody: a writer's name has no `/`");
    let forged = signed.replacen("\"sig\":\"", "\"sig\":\"AAAA", 1);
    refused("dev", &forged, "a record whose signature is not good");
    repo.git(&["update-ref", "-d", "refs/notes/guard/dev"]).ok();
    pushed(&repo, "dev", &signed).ok();
    pushed(&repo, "local-anybody", &unsigned).ok();
    assert_eq!(server.git(&["for-each-ref", "refs/notes"]).ok().out().lines().count(), 2);
}

#[test]
fn a_fetch_brings_the_evidence_and_overwrites_none_of_one_s_own() {
    let (repo, _server) = started("");
    repo.guard(&["install"]).ok().says("`git fetch` brings the evidence from origin");
    repo.guard(&["install"]).ok().says_not("`git fetch` brings");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let ci = repo.clone_from_server("ci");
    ci.git(&["checkout", "-q", "--detach", "origin/work"]).ok();
    attest(&ci, "ci");
    land(&repo).rejected().says("next: git fetch origin '+refs/notes/guard/*:refs/notes/guard/remotes/origin/*'");
    let dev = repo.key("dev").private;
    repo.guard(&["test", "integration", "--rev", "HEAD", "--sign", dev.to_str().unwrap()]).ok();
    repo.git(&["fetch", "-q"]).ok();
    assert_eq!(found(&evidence(&repo, &["HEAD"]), "integration"), "attested");
    assert_eq!(evidence(&repo, &["HEAD"])["records"].as_array().unwrap().len(), 2);
    // one's own, pushed and fetched again, is one record
    repo.git(&["push", "-q", "origin", "refs/notes/guard/dev"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    assert_eq!(evidence(&repo, &["HEAD"])["records"].as_array().unwrap().len(), 2);
    land(&repo).ok();
    repo.guard(&["uninstall"]).ok();
    assert_eq!(repo.git(&["config", "--get-all", "remote.origin.fetch"]).ok().out(), "+refs/heads/*:refs/remotes/origin/*\n");
}
