use super::*;
use crate::command::install::test_repo::context;
use crate::context::Settings;
use crate::evidence::fixtures::{policy, record, suite};
use crate::gather::Inputs;
use crate::git::notes;
use crate::git::scratch::Scratch;
use crate::policy::Policy;

fn recorded(scratch: &Scratch, change: impl FnOnce(&mut crate::evidence::record::Record)) {
    let mut record = record("s");
    record.tree = scratch.oid("HEAD^{tree}");
    record.repository = scratch.oid("HEAD");
    change(&mut record);
    notes::append(&scratch.repo(), scratch.oid("HEAD^{tree}"), "local-tester-example-org", &record.to_line().unwrap()).unwrap();
}

fn gathered(repo: &Repo, policy: &Policy, of: (Oid, String, Option<Oid>)) -> Evidence {
    let (settings, context) = (Settings::read(repo).unwrap(), context(Format::Text));
    let inputs = Inputs::new(Side::of(repo), context.now, &context, &settings);
    gather(
        &Gatherer::new(repo, policy, false, inputs).unwrap(),
        &JudgedWork { commit: all(policy), landing: all(policy), ..JudgedWork::default() },
        of,
    )
    .unwrap()
}

fn all(policy: &Policy) -> Suites {
    policy.suites.iter().map(|suite| suite.name.value.clone()).collect()
}

fn shown(scratch: &Scratch) -> (String, Value) {
    let policy = policy(vec![suite("s"), suite("t")]);
    let repo = scratch.repo();
    let (tree, of, commit) = subject(&repo, Some("HEAD")).unwrap();
    let gathered = gathered(&repo, &policy, (tree, of, commit));
    (
        anstream::adapter::strip_str(&show::text(&gathered, &policy)).to_string(),
        serde_json::from_str(&show::json(&gathered, &policy)).unwrap(),
    )
}

fn started() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.git(&["add", "a"]);
    let tree = scratch.git(&["write-tree"]);
    scratch.commit(&format!("first\n\nIntegration-Tested: t tree={tree}\nIntegration-Tested: s tree={}", "1".repeat(40)));
    scratch
}

#[test]
fn everything_there_is_and_what_it_is_worth() {
    let scratch = started();
    recorded(&scratch, |_| {});
    recorded(&scratch, |r| r.end = "2026-01-02T03:04:05.1Z".parse().unwrap());
    recorded(&scratch, |r| r.definition = "00".repeat(32));
    recorded(&scratch, |r| r.suite = "gone".to_owned());
    notes::append(&scratch.repo(), scratch.oid("HEAD^{tree}"), "evil", "garbage").unwrap();
    let (text, json) = shown(&scratch);
    let short = scratch.oid("HEAD^{tree}").short();
    let commit = scratch.oid("HEAD").short();
    let expected = format!(
        "tree {short} of HEAD, by the policy main:policy.toml
s: recorded, a run on this machine
  2026-01-02 03:04:06Z passed by local-tester-example-org, 1 passed, 0 failed, 0 skipped: counts as recorded
  2026-01-02 03:04:05Z passed by local-tester-example-org, 1 passed, 0 failed, 0 skipped: does not count: there is a newer run
  2026-01-02 03:04:06Z passed by local-tester-example-org, 1 passed, 0 failed, 0 skipped: does not count: the suite was defined otherwise when it ran
  a trailer does not count: it is stale: it is for another tree, 1111111
t: claimed, trailer in {commit}
a line of evil does not count: it can't be read: no DSSE envelope: expected value at line 1 column 1
commit, where recorded is demanded: missing t (claimed)
branch, where claimed is demanded: nothing is missing
land, where recorded is demanded: missing t (claimed)
help: a server sees what is pushed: a marker in the commit's message, or the records themselves
next: git push origin 'refs/notes/guard/local*'
next: guard test t --rev HEAD
"
    );
    assert_eq!(sorted(&text), sorted(&expected));
    assert_eq!(json["version"], 1);
    assert_eq!(json["records"].as_array().unwrap().len(), 5);
    assert_eq!(json["suites"][0]["found"], "recorded");
    assert_eq!(json["suites"][1]["by"], format!("trailer in {commit}"));
    assert_eq!(json["stages"][0], json!({"stage": "commit", "demanded": "recorded", "missing": ["t"], "found": ["claimed"]}));
    let valid: Vec<&Value> = json["records"].as_array().unwrap().iter().filter(|r| r["valid"] == true).collect();
    assert_eq!(valid.len(), 1);
    assert_eq!(valid[0]["because"], Value::Null);
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn on_a_server_a_record_is_a_claim() {
    let scratch = started();
    recorded(&scratch, |_| {});
    scratch.git(&["clone", "-q", "--mirror", ".", "bare.git"]);
    let bare = Repo::open_at(&scratch.path().join("bare.git"));
    let policy = policy(vec![suite("s")]);
    let (tree, of, commit) = subject(&bare, None).unwrap();
    assert_eq!(of, "HEAD");
    let gathered = gathered(&bare, &policy, (tree, of, commit));
    assert_eq!(gathered.proofs["s"].level, Level::Claimed);
    assert_eq!(gathered.proofs["s"].by.as_deref(), Some("an unsigned record of local-tester-example-org"));
}

#[test]
fn a_trailer_of_a_commit_with_another_tree_says_nothing() {
    let scratch = started();
    let policy = policy(vec![suite("t")]);
    let repo = scratch.repo();
    let other = Oid::from_bytes(&[7; 20]).unwrap();
    let gathered = gathered(&repo, &policy, (other, "index".to_owned(), Some(scratch.oid("HEAD"))));
    assert_eq!(gathered.proofs["t"], Proof::none());
    assert!(nothing(Format::Text, other).contains("no policy"));
    assert!(nothing(Format::Json, other).contains("\"policy\":null"));
}
