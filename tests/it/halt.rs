//! The project is halted: what is refused, what still lands, and how work goes on.

use crate::support::*;

mod acts;
mod chat;
mod cut;
mod notify;
mod resumes;
mod slow;
mod story;
mod taken;
mod tricks;
pub mod words;

/// `works` fails where a file holds "broken"; its failure on main's tip halts. `told` is what `notify` writes.
fn policy(repo: &Repo) -> String {
    let told = repo.scratch().join("told");
    format!(
        "version = 1\nbase = \"main\"\nfree = [\"wip/**\"]\n[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n\
         [defaults]\nmax-files-per-commit = 2\nmax-files-per-session = 2\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\nkeys = [\"{}\"]\n\
         [area.api]\npaths = [\"api/\"]\nrequires = [\"works\"]\n[suite.works]\nrun = \"! grep -r broken api\"\n\
         [evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"attested\"\n[runner.ci]\nkeys = [\"{}\"]\n\
         [halt]\non-failure = [\"works\"]\nnotify = \"cat >> {}\"\n",
        repo.key("boss").public,
        repo.key("dev").public,
        repo.key("ci").public,
        told.display()
    )
}

fn key(repo: &Repo, name: &str) -> String {
    repo.key(name).private.to_str().unwrap().to_owned()
}

/// A server whose main was good, and is broken; `work` is checked out with a commit to push.
fn broken() -> (Repo, Repo) {
    broken_under("")
}

/// The same, with more keys of `[halt]`, and tables after them.
fn broken_under(more: &str) -> (Repo, Repo) {
    let repo = Repo::new();
    let policy = policy(&repo) + more;
    broken_by(repo, policy)
}

/// The same, with another `notify`.
fn broken_notifying(notify: &str, more: &str) -> (Repo, Repo) {
    let repo = Repo::new();
    let policy = policy(&repo);
    let start = policy.find("notify = ").unwrap();
    let policy = format!("{}notify = {}\n{more}", &policy[..start], serde_json::json!(notify));
    broken_by(repo, policy)
}

fn broken_by(repo: Repo, policy: String) -> (Repo, Repo) {
    repo.write("policy.toml", policy).write("api/a", "works\n").write("b", "b\n").commit_unjudged("good");
    let server = repo.remote();
    test(&repo, "HEAD").ok();
    repo.write("api/a", "broken\n").write("api/b", "b\n").write("c", "c\n").commit_unjudged("Fix the login");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    server.guard(&["install", "--server"]).ok();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("d", "d\n").commit_unjudged("more");
    (repo, server)
}

/// CI runs the suite, signs and pushes.
fn test(repo: &Repo, rev: &str) -> Run {
    repo.guard(&["test", "works", "--rev", rev, "--sign", &key(repo, "ci"), "--push", "origin"])
}

fn resume(repo: &Repo, by: &str, args: &[&str]) -> Run {
    repo.guard(&[&["resume", "--sign", &key(repo, by), "--push", "origin"], args].concat())
}

#[test]
fn a_failure_on_the_tip_halts_a_return_lands_and_proof_resumes() {
    let (repo, server) = broken();
    let run = test(&repo, "main").rejected().says("halted: suite `works` failed on the tip of `");
    run.says("exit status 1");
    let told = std::fs::read_to_string(repo.scratch().join("told")).unwrap();
    assert!(told.contains("suite `works` failed on the tip of"), "{told}");
    let text = repo.git(&["push", "origin", "work"]).rejected().err();
    for part in [
        "error[halted]: halted by runner `ci` since ",
        "suite `works` failed",
        "a return to a known good tree",
        "guard rollback --apply",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    // Nothing else gets by: another branch, a tag, a deletion, an owner.
    for args in
        [&["push", "origin", "work:refs/tags/v1"][..], &["push", "origin", "main:refs/heads/new"], &["push", "origin", ":main"]]
    {
        repo.git(args).rejected().says("error[halted]");
    }
    repo.login("boss").git(&["push", "origin", "work"]).rejected().says("error[halted]");
    repo.login("dev");
    // The doors of this clone say the same.
    repo.guard(&["check"]).rejected().says("error[halted]");
    repo.install().write("e", "e\n");
    repo.commit("more").rejected().says("error[halted]");
    repo.git(&["reset", "-q", "--hard"]).ok();
    // Without proof, nobody resumes; the one who may not, may not.
    resume(&repo, "dev", &[]).undecided().says("is no owner's");
    let run = resume(&repo, "boss", &[]);
    assert_eq!(run.status, 1);
    run.says("not resumed").says("works: needs attested, found none");
    // The way back lands, three files where two are allowed.
    let out = repo.guard(&["rollback", "--apply", "--push"]).ok().out();
    let land = out.lines().filter_map(|line| line.strip_prefix("next: ")).next_back().unwrap();
    repo.run("sh", &["-c", land]).ok();
    assert_eq!(server.rev("main^{tree}"), repo.rev("main~^{tree}"));
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    repo.git(&["fetch", "-q"]).ok();
    resume(&repo, "boss", &[]).ok().says("resumed").says("it was halted by runner `ci`").says("pushed to origin");
    repo.git(&["push", "origin", "work:refs/heads/other"]).ok();
    resume(&repo, "boss", &[]).ok().says("nothing to resume");
}

#[test]
fn an_owner_halts_and_forces_with_a_reason_and_a_later_halt_counts_again() {
    let (repo, _server) = broken();
    let halt = |reason: &str, by: &str| repo.guard(&["halt", "--reason", reason, "--sign", &key(&repo, by), "--push", "origin"]);
    halt("no", "dev").undecided().says("neither an owner's nor a runner's");
    halt(" ", "boss").undecided().says("a reason has 1 to 1000 bytes");
    halt("every request fails\u{1b}[31m", "boss").ok().says("halted: every request fails\\u{1b}[31m");
    repo.git(&["push", "origin", "work"]).rejected().says("halted by owner `boss` since").says("every request fails\\u{1b}[31m");
    repo.guard(&["resume", "--force", "--sign", &key(&repo, "boss")]).undecided().says("--reason");
    resume(&repo, "boss", &["--force", "--reason", "tested by hand"]).ok().says("resumed without proof: tested by hand");
    repo.git(&["push", "origin", "work"]).ok();
    halt("again", "ci").ok();
    repo.git(&["push", "origin", "work:refs/heads/more"]).rejected().says("halted by runner `ci`");
}

#[test]
fn a_resume_that_proves_nothing_is_refused_by_the_server_whatever_made_it() {
    let (repo, server) = broken();
    test(&repo, "main").rejected();
    // The command in a clone whose base is another says yes; the server knows its own tip.
    let clone = repo.clone_from_server("clone");
    clone.git(&["update-ref", "refs/remotes/origin/main", "refs/remotes/origin/main~"]).ok();
    clone.git(&["fetch", "-q", "origin", "refs/notes/guard/*:refs/notes/guard/*"]).ok();
    let before = server.state_of_refs();
    let run = clone.login("boss").guard(&["resume", "--sign", &key(&repo, "boss"), "--push", "origin"]).undecided();
    run.says("a resume without proof: it is not about the tip of the base");
    assert_eq!(server.state_of_refs(), before);
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
}

#[test]
fn a_clone_learns_of_a_halt_when_it_fetches() {
    let (repo, _server) = broken();
    let clone = repo.clone_from_server("clone");
    clone.install().git(&["switch", "-q", "-c", "mine"]).ok();
    test(&repo, "main").rejected();
    clone.write("f", "f\n");
    clone.commit("before it is known").ok();
    clone.git(&["fetch", "-q"]).ok();
    clone.write("g", "g\n");
    clone.commit("after").rejected().says("error[halted]").says("halted by runner `ci`");
}

#[test]
fn who_tells_nobody_and_who_may_not_halt_says_so() {
    let (repo, _server) = broken();
    repo.guard(&["test", "works", "--rev", "main"])
        .rejected()
        .says("a halt is a runner's or an owner's, and signed")
        .says("guard halt --reason");
    repo.guard(&["check"]).says("accepted");
    // A failure elsewhere than on a protected tip halts nothing.
    repo.write("api/z", "broken\n").commit_unjudged("not landed");
    let run = test(&repo, "HEAD").rejected();
    assert!(!run.out().contains("halted"), "{}", run.out());
    // A notify that fails is told, and harmless.
    std::fs::create_dir(repo.scratch().join("told")).unwrap();
    test(&repo, "main").rejected().says("failed, and the halt stands");
}

#[test]
fn no_waiver_covers_a_halt() {
    let (repo, _server) = broken();
    let args = ["waive", "halted", "--rev", "HEAD", "--reason", "x", "--expires", "1d", "--sign", &key(&repo, "boss")];
    repo.guard(&args).undecided().says("`halted` can't be waived, by nobody");
}
