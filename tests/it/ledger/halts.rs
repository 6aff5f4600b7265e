//! What the ledger keeps of halts and resumes.

use super::*;

fn policy(repo: &Repo) -> String {
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n[specialist.\"*\"]\n[runner.ci]\nkeys = [\"{}\"]\n",
        repo.key("boss").public,
        repo.key("ci").public
    )
}

fn say(repo: &Repo, args: &[&str], by: &str) -> Run {
    let key = repo.key(by).private.to_str().unwrap().to_owned();
    repo.guard(&[args, &["--sign", &key]].concat())
}

#[test]
fn a_halt_that_was_on_its_way_holds_and_a_forced_resume_stays_on_record() {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("somebody");
    // Said first, pushed last: a halt that was on its way while an owner resumed.
    say(&repo, &["halt", "--reason", "late"], "ci").ok();
    let late = repo.rev("refs/notes/guard/ci");
    repo.git(&["update-ref", "-d", "refs/notes/guard/ci"]).ok();
    std::thread::sleep(std::time::Duration::from_millis(5));
    say(&repo, &["halt", "--reason", "first", "--push", "origin"], "boss").ok();
    let resume = ["resume", "--force", "--reason", "by hand", "--push", "origin"];
    say(&repo, &resume, "boss").ok();
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    repo.git(&["push", "-q", "origin", &format!("{late}:refs/notes/guard/ci")]).ok();
    repo.write("b", "b\n").commit_unjudged("b");
    refused(&repo, &["a"], "error[halted]: halted by runner `ci`").says("late");
    // An owner's clone that has not heard of it says how to hear.
    let again = ["resume", "--force", "--reason", "by hand, too", "--push", "origin"];
    let out = say(&repo, &again, "boss").ok().says("nothing to resume").out();
    let next = out.lines().find_map(|line| line.strip_prefix("next: ")).unwrap();
    repo.run("sh", &["-c", next]).ok();
    say(&repo, &again, "boss").ok().says("resumed without proof").says("it was halted by runner `ci`");
    taken(&repo, &["a"]);
    let words: Vec<_> = entries(&server).iter().flat_map(|entry| entry["words"].as_array().unwrap().clone()).collect();
    let said: Vec<_> = words.iter().map(|word| (word["say"].as_str().unwrap(), word["forced"].as_bool().unwrap())).collect();
    assert_eq!(said, [("resume", true), ("halt", false), ("resume", true), ("halt", false)]);
    server.guard(&["log"]).ok().says("resume by owner `boss`, without proof").says("by hand").says("halt by runner `ci`");
}
