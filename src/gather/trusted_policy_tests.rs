use std::path::PathBuf;

use crate::context::Common;
use crate::gather::trusted_policy::*;
use crate::git::scratch::{Scratch, entry};
use crate::output::{ColorWhen, Format};

fn tree_with(scratch: &Scratch, mode: &str, content: &[u8]) -> Oid {
    let blob = scratch.blob(content);
    scratch.raw_tree(&entry(mode, FILE.as_bytes(), blob.as_bytes()))
}

fn unusable(scratch: &Scratch, tree: Oid) -> String {
    let PolicyFile::Unusable(why) = in_tree(&scratch.repo(), tree).unwrap() else { panic!("it is usable") };
    why
}

#[test]
fn a_file_of_text_is_read() {
    let scratch = Scratch::new();
    let largest = vec![b'#'; 1 << 20];
    for (mode, content) in [("100644", &b"version = 1\n"[..]), ("100755", b""), ("100664", "# ü".as_bytes()), ("100644", &largest)]
    {
        let blob = scratch.blob(content);
        let expected = PolicyFile::Text { text: String::from_utf8(content.to_vec()).unwrap(), blob };
        assert_eq!(in_tree(&scratch.repo(), tree_with(&scratch, mode, content)).unwrap(), expected);
    }
}

#[test]
fn nothing_else_is() {
    let scratch = Scratch::new();
    let empty = scratch.raw_tree(b"");
    assert_eq!(in_tree(&scratch.repo(), empty).unwrap(), PolicyFile::Missing);
    let elsewhere = scratch.raw_tree(&entry("100644", b"Policy.toml", &[1; 20]));
    assert_eq!(in_tree(&scratch.repo(), elsewhere).unwrap(), PolicyFile::Missing);
    assert_eq!(unusable(&scratch, tree_with(&scratch, "120000", b"other")), "is a symbolic link");
    assert_eq!(unusable(&scratch, tree_with(&scratch, "160000", b"")), "is a submodule");
    let directory = scratch.raw_tree(&entry("40000", FILE.as_bytes(), empty.as_bytes()));
    assert_eq!(unusable(&scratch, directory), "is a directory");
    let blob_that_is_a_tree = scratch.raw_tree(&entry("100644", FILE.as_bytes(), empty.as_bytes()));
    assert_eq!(unusable(&scratch, blob_that_is_a_tree), "is no blob");
    let large = tree_with(&scratch, "100644", &vec![b'#'; (1 << 20) + 1]);
    assert_eq!(unusable(&scratch, large), "has 1048577 bytes, and a policy may have 1048576");
    assert_eq!(unusable(&scratch, tree_with(&scratch, "100644", b"# \xff")), "is not UTF-8 (from byte 2 on)");
}

#[test]
fn a_missing_blob_is_an_error() {
    let scratch = Scratch::new();
    let tree = scratch.raw_tree(&entry("100644", FILE.as_bytes(), &[1; 20]));
    let error = in_tree(&scratch.repo(), tree).unwrap_err();
    assert!(error.message.starts_with("could not read `policy.toml`: object 01010101"), "{error}");
    assert!(in_tree(&scratch.repo(), Oid::from_bytes(&[1; 20]).unwrap()).is_err());
}

fn outside(policy: Option<PathBuf>) -> Context {
    let common = Common { directory: None, policy, format: Format::Text, color: ColorWhen::Auto, quiet: false, verbose: false };
    Context { specialist: None, author_email: None, author_date: None, committer_date: None, now: jiff::Timestamp::now(), common }
}

fn settings() -> Settings {
    Settings {
        specialist: None,
        identity: Vec::new(),
        pushees: Vec::new(),
        policy_file: None,
        policy_ref: None,
        required: false,
        max_commits: 10,
        max_paths: 10,
        max_message: 10,
        max_parents: 10,
        deadline: std::time::Duration::from_secs(10),
    }
}

/// What is found, as "trusted main:policy.toml", or the error's words.
fn found(scratch: &Scratch, settings: &Settings, proposed: &[Oid]) -> String {
    shown(find(&scratch.repo(), &outside(None), settings, proposed, None))
}

fn shown(found: Result<PolicyLookup>) -> String {
    let name = |kind: &str, policy: &Policy| format!("{kind} {} {}", policy.source.trusted, policy.source.name);
    match found {
        Ok(PolicyLookup::Trusted(policy)) => name("trusted", &policy),
        Ok(PolicyLookup::Bootstrap(policy)) => name("bootstrap", &policy),
        Ok(PolicyLookup::Nothing) => "nothing".to_owned(),
        Err(e) => e.message,
    }
}

const POLICY: &[u8] = b"version = 1\n";

#[test]
fn the_default_branch_has_the_policy() {
    let scratch = Scratch::new();
    scratch.write(FILE, POLICY);
    let commit = scratch.commit_all();
    scratch.git(&["checkout", "-q", "-b", "work"]);
    scratch.write(FILE, "this is no policy");
    scratch.commit_all();
    let PolicyLookup::Trusted(policy) = find(&scratch.repo(), &outside(None), &settings(), &[], None).unwrap() else { panic!() };
    assert_eq!((policy.source.name.as_str(), policy.source.trusted), ("main:policy.toml", true));
    assert_eq!((policy.source.commit, policy.source.blob), (Some(commit), Some(scratch.oid("main:policy.toml"))));
}

#[test]
fn without_one_there_head_then_what_is_proposed() {
    let scratch = Scratch::new();
    assert_eq!(found(&scratch, &settings(), &[]), "nothing");
    let with = tree_with(&scratch, "100644", POLICY);
    let without = scratch.raw_tree(b"");
    assert_eq!(found(&scratch, &settings(), &[without, with]), "bootstrap false index:policy.toml");
    scratch.write("other", "x");
    scratch.commit_all();
    assert_eq!(found(&scratch, &settings(), &[without]), "nothing");
    scratch.git(&["checkout", "-q", "-b", "work"]);
    scratch.write(FILE, POLICY);
    scratch.commit_all();
    assert_eq!(found(&scratch, &settings(), &[without]), "bootstrap false work:policy.toml");
    scratch.write(FILE, "versoin = 1");
    scratch.commit_all();
    assert!(find(&scratch.repo(), &outside(None), &settings(), &[with], None).unwrap_err().details.is_some());
}

#[test]
fn one_that_cannot_be_read_is_an_error_and_not_a_bootstrap() {
    let scratch = Scratch::new();
    std::os::unix::fs::symlink("other", scratch.path().join(FILE)).unwrap();
    let commit = scratch.commit_all().short();
    let with = tree_with(&scratch, "100644", POLICY);
    assert_eq!(found(&scratch, &settings(), &[with]), format!("the policy `main:policy.toml` ({commit}) is a symbolic link"));
    let link = tree_with(&scratch, "120000", b"x");
    scratch.git(&["rm", "-q", FILE]);
    scratch.commit_all();
    assert_eq!(found(&scratch, &settings(), &[link, with]), "the policy `index:policy.toml` is a symbolic link");
}

#[test]
fn a_file_that_is_named_comes_first() {
    let scratch = Scratch::new();
    scratch.write(FILE, POLICY);
    scratch.commit_all();
    scratch.write("elsewhere.toml", POLICY);
    let path = scratch.path().join("elsewhere.toml");
    let given = |path: PathBuf| shown(find(&scratch.repo(), &outside(Some(path)), &settings(), &[], None));
    assert_eq!(given(path.clone()), format!("trusted false {}", path.display()));
    assert_eq!(given("/nowhere".into()), "--policy: the policy `/nowhere` can't be read: No such file or directory (os error 2)");
    let named = |name: &str| found(&scratch, &Settings { policy_file: Some(name.to_owned()), ..settings() }, &[]);
    assert!(named("elsewhere.toml").starts_with("trusted true ") && named("elsewhere.toml").ends_with("/elsewhere.toml"));
    assert!(named("/nowhere").starts_with("`git config guard.policyFile`: the policy `/nowhere` can't be read"));
    scratch.write("elsewhere.toml", b"\xff");
    assert!(named("elsewhere.toml").ends_with("elsewhere.toml` is not UTF-8 (from byte 0 on)"));
    scratch.write("elsewhere.toml", vec![b'#'; (1 << 20) + 1]);
    assert!(named("elsewhere.toml").ends_with("elsewhere.toml` has more than 1048576 bytes"));
}

#[test]
fn a_policy_ref_that_leads_nowhere_opens_nothing() {
    let scratch = Scratch::new();
    scratch.write(FILE, POLICY);
    scratch.git(&["add", "-A"]);
    let with = scratch.id(&["write-tree"]);
    scratch.git(&["config", "core.bare", "true"]);
    let named = |name: &str| found(&scratch, &Settings { policy_ref: Some(name.to_owned()), ..settings() }, &[with]);
    assert_eq!(named("main"), "bootstrap false push:policy.toml");
    let commit = scratch.id(&["commit-tree", "-m", "x", &with.to_string()]);
    scratch.git(&["update-ref", "refs/heads/main", &commit.to_string()]);
    assert_eq!(named("main"), "trusted true main:policy.toml");
    assert_eq!(named("mian"), "`git config guard.policyRef` says `mian`, and there is no such branch");
}
