//! Records with real signatures: who made them, and what they are worth.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::evidence::envelope::{Seal, signed_bytes};
use crate::evidence::proof::tests::{oid, policy, record, suite};
use crate::evidence::record::{Counts, Record};
use crate::evidence::trust::*;
use crate::evidence::verify::{FilesOf, examine};
use crate::evidence::{Proof, Verification, digest, proofs};
use crate::identity::signature;
use crate::identity::{Actor, Source};
use crate::policy::{Policy, Position, Runner, Suite};

/// Keys by name, made once by `ssh-keygen`.
static KEYS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    for name in ["ci", "dev", "web", "boss", "nobody"] {
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(dir.path().join(name)));
    }
    dir
});

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

pub(in crate::evidence) fn key(name: &str, options: &str) -> Cited<Key> {
    let line = std::fs::read_to_string(KEYS.path().join(format!("{name}.pub"))).unwrap();
    Cited { value: Key::parse(&format!("{options}{}", line.trim())).unwrap(), at: Position::default() }
}

pub(in crate::evidence) fn armour(name: &str, namespace: &str, message: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("message");
    std::fs::write(&file, message).unwrap();
    run(Command::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(KEYS.path().join(name)).arg(&file));
    std::fs::read_to_string(Path::new(&file).with_extension("sig")).unwrap()
}

fn signed(record: &Record, by: &[&str]) -> Vec<u8> {
    let payload = record.payload().unwrap();
    let seal = |name: &&str| Seal { key: (*name).to_owned(), armour: armour(name, signature::EVIDENCE, &signed_bytes(&payload)) };
    record.seal(&payload, &by.iter().map(seal).collect::<Vec<_>>()).unwrap().into_bytes()
}

pub(in crate::evidence) fn note(writer: &str, content: Vec<u8>) -> NoteLine {
    NoteLine { writer: writer.to_owned(), origin: Origin::Own, content: Ok(content) }
}

/// Runner `ci`, specialists `dev` and `web`, the owner's key; and the suite `s`.
pub(in crate::evidence) fn trusted() -> Policy {
    let mut policy = policy(vec![suite("s")]);
    let cited = |name: &str| Cited { value: name.to_owned(), at: Position::default() };
    policy.runners = vec![Runner { name: cited("ci"), users: Vec::new(), keys: vec![key("ci", "")] }];
    let text = "version = 1\n[specialist.dev]\n[specialist.web]\n";
    policy.specialists = crate::policy::load(text, policy.source.clone()).unwrap().specialists;
    for specialist in &mut policy.specialists {
        specialist.keys = vec![key(&specialist.name.value.clone(), "")];
    }
    policy.owners.keys = vec![key("boss", "")];
    policy
}

fn dev() -> Actor {
    let name = Some("dev".to_owned());
    Actor { name: name.clone(), entry: name, owner: false, source: Source::Email, said: Vec::new(), conflict: None }
}

/// What `s` is worth in a landing of dev's work, on a server.
fn weigh(policy: &Policy, lines: &[NoteLine]) -> Proof {
    weigh_at(policy, lines, "2026-01-02T06:00:00Z")
}

fn weigh_at(policy: &Policy, lines: &[NoteLine], now: &str) -> Proof {
    proofs(&context(policy, now, &[&dev()]), lines, &[]).unwrap().remove("s").unwrap()
}

pub(in crate::evidence) fn context<'a>(policy: &'a Policy, now: &str, workers: &'a [&'a Actor]) -> VerificationContext<'a> {
    VerificationContext {
        policy,
        tree: oid(0x11),
        is_expected_root: &|root| Ok(*root == oid(0x22)),
        changed: &|_| Ok(false),
        files: &|_, _| Ok(String::new()),
        workers,
        now: now.parse().unwrap(),
        since: None,
        on_server: true,
    }
}

#[test]
fn the_signer_makes_the_level() {
    let policy = trusted();
    for (writer, by, level, whose) in [
        ("ci", "ci", Level::Attested, "runner `ci`"),
        ("dev", "dev", Level::Signed, "specialist `dev`"),
        ("web", "web", Level::Claimed, "specialist `web`"),
    ] {
        let proof = weigh(&policy, &[note(writer, signed(&record("s"), &[by]))]);
        assert_eq!((proof.level, proof.by.as_deref(), proof.refused), (level, Some(whose), vec![]), "{by}");
    }
    let owner = note_namespace::names(&policy, &key("boss", "").value.data);
    let proof = weigh(&policy, &[note(&owner[0], signed(&record("s"), &["boss"]))]);
    assert_eq!((proof.level, proof.by.as_deref()), (Level::Signed, Some("an owner")));
    assert_eq!(proof.short, [RejectReason::NoRunner]);
    let web = weigh(&policy, &[note("web", signed(&record("s"), &["web"]))]);
    assert_eq!(web.short, [RejectReason::OthersWork("web".to_owned())]);
    let unsigned = weigh(&policy, &[note("local-x", signed(&record("s"), &[]))]);
    assert_eq!((unsigned.level, unsigned.short), (Level::Claimed, vec![RejectReason::Unsigned]));
}

#[test]
fn each_bad_signature_has_its_own_words() {
    let policy = trusted();
    let refused = |writer: &str, line: Vec<u8>| {
        let proof = weigh(&policy, &[note(writer, line)]);
        assert_eq!(proof.level, Level::None);
        proof.refused.iter().map(RejectReason::phrase).collect::<Vec<_>>().join("; ")
    };
    assert!(refused("nobody", signed(&record("s"), &["nobody"])).starts_with("signed by SHA256:"));
    assert_eq!(refused("web", signed(&record("s"), &["ci"])), "it stands in the notes of `web`, who did not sign it");
    assert!(refused("ci", signed(&record("s"), &["ci", "nobody"])).starts_with("signed by SHA256:"), "one bad one is enough");
    let payload = record("s").payload().unwrap();
    let other = record("s").payload().unwrap();
    let seal = |armour| vec![Seal { key: String::new(), armour }];
    let forged = record("s").seal(&payload, &seal(armour("ci", signature::EVIDENCE, &signed_bytes(&other)))).unwrap();
    assert!(refused("ci", forged.into_bytes()).contains("does not match what it stands under"));
    let gits = record("s").seal(&payload, &seal(armour("ci", signature::GIT, &signed_bytes(&payload)))).unwrap();
    assert_eq!(refused("ci", gits.into_bytes()), "its signature is not good: signed for `git`, not for `guard-evidence`");
    let bare = record("s").seal(&payload, &seal(armour("ci", signature::EVIDENCE, &payload))).unwrap();
    assert!(refused("ci", bare.into_bytes()).contains("does not match"), "the type of the payload is signed, too");
}

#[test]
fn a_key_counts_while_it_is_valid() {
    let worth = |options: &str| {
        let mut policy = trusted();
        policy.runners[0].keys = vec![key("ci", options)];
        weigh(&policy, &[note("ci", signed(&record("s"), &["ci"]))])
    };
    // the record ends at 2026-01-02T03:04:06.5Z
    assert_eq!(worth("valid-after=\"2026-01-02T03:04:06Z\",valid-before=\"2026-01-02T03:04:07Z\" ").level, Level::Attested);
    let expired = worth("valid-before=\"2026-01-02T03:04:06Z\" ");
    assert_eq!(expired.level, Level::None);
    assert!(expired.refused[0].phrase().contains("valid before 2026-01-02T03:04:06Z"), "{:?}", expired.refused);
    assert!(worth("valid-after=\"2026-01-02T03:04:07Z\" ").refused[0].phrase().contains("valid after"));
}

#[test]
fn who_judges_their_own_work_attests_nothing() {
    let mut policy = trusted();
    policy.specialists[0].keys = vec![key("ci", "")];
    let line = [note("ci", signed(&record("s"), &["ci"]))];
    let proof = weigh(&policy, &line);
    assert_eq!(proof.level, Level::Signed);
    assert!(proof.short.contains(&RejectReason::NotIndependent("dev".to_owned())), "{:?}", proof.short);
    policy.evidence.independent = false;
    assert_eq!(weigh(&policy, &line).level, Level::Attested);
    policy.evidence.independent = true;
    policy.specialists[0].keys.clear();
    policy.specialists[1].keys = vec![key("ci", "")];
    assert_eq!(weigh(&policy, &line).level, Level::Attested, "web's key, and dev's work");
}

#[test]
fn one_signer_voids_nothing_of_another_s() {
    let policy = trusted();
    let mut failed = record("s");
    failed.exit_status = Some(1);
    failed.end = "2026-01-02T05:00:00Z".parse().unwrap();
    let attested = note("ci", signed(&record("s"), &["ci"]));
    let level = |lines: &[NoteLine]| weigh(&policy, lines).level;
    assert_eq!(level(&[attested.clone(), note("dev", signed(&failed, &["dev"]))]), Level::Attested);
    assert_eq!(level(&[attested.clone(), note("local-x", signed(&failed, &[]))]), Level::Attested);
    assert_eq!(level(&[attested.clone(), note("ci", signed(&failed, &["ci"]))]), Level::None, "its own newer failure does");
    let mut passed = record("s");
    passed.end = "2026-01-02T05:30:00Z".parse().unwrap();
    assert_eq!(level(&[note("ci", signed(&failed, &["ci"])), note("ci", signed(&passed, &["ci"]))]), Level::Attested);
    assert_eq!(level(&[note("ci", signed(&failed, &["ci"])), note("dev", signed(&passed, &["dev"]))]), Level::Signed);
}

#[test]
fn age_and_the_future() {
    let mut policy = trusted();
    policy.evidence.max_age = Some(Cited { value: std::time::Duration::from_secs(3600), at: Position::default() });
    let line = [note("ci", signed(&record("s"), &["ci"]))];
    assert_eq!(weigh_at(&policy, &line, "2026-01-02T04:04:06Z").level, Level::Attested);
    let old = weigh_at(&policy, &line, "2026-01-02T04:04:07Z");
    assert_eq!(old.level, Level::None);
    assert_eq!(old.refused[0].phrase(), "it is too old: it ended 2026-01-02T03:04:06.5Z, at most 1h ago counts");
    policy.evidence.max_age = None;
    assert_eq!(weigh_at(&policy, &line, "2026-01-02T03:00:00Z").level, Level::Attested, "clocks differ");
    assert_eq!(
        weigh_at(&policy, &line, "2026-01-02T02:00:00Z").refused[0].phrase(),
        "it ends in the future: 2026-01-02T03:04:06.5Z"
    );
}

/// The suite `s` names files; they are `t` in the tree and `b` in the base.
fn with_files() -> (Policy, Suite) {
    let mut policy = trusted();
    let text = "version = 1\n[suite.s]\nrun = \"exit 0\"\nfiles = [\"tests/\"]\n";
    policy.suites = crate::policy::load(text, policy.source.clone()).unwrap().suites;
    let suite = policy.suites[0].clone();
    (policy, suite)
}

#[test]
fn a_changed_suite_passes_as_it_is_and_as_it_was() {
    let (policy, suite) = with_files();
    let run = |files: &str, passed: u64| {
        let record = Record {
            files: Some(files.to_owned()),
            definition: digest(&suite),
            counts: Some(Counts { passed, failed: 0, skipped: 0 }),
            ..record("s")
        };
        note("ci", signed(&record, &["ci"]))
    };
    let dev = dev();
    let workers = [&dev];
    let weigh = |changed: bool, lines: &[NoteLine]| {
        let context = VerificationContext {
            changed: &|_| Ok(changed),
            files: &|_, of| Ok(if of == FilesOf::Base && changed { "b" } else { "t" }.to_owned()),
            ..context(&policy, "2026-01-02T06:00:00Z", &workers)
        };
        let proof = proofs(&context, lines, &[]).unwrap().remove("s").unwrap();
        (proof.level, proof.base_run, proof.refused)
    };
    assert_eq!(weigh(false, &[run("t", 2)]), (Level::Attested, None, vec![]));
    assert_eq!(weigh(false, &[run("x", 2)]), (Level::None, None, vec![RejectReason::OtherFiles]));
    assert_eq!(weigh(true, &[run("t", 2)]), (Level::Attested, Some(Level::None), vec![]));
    assert_eq!(weigh(true, &[run("b", 2)]), (Level::None, Some(Level::Attested), vec![]));
    assert_eq!(weigh(true, &[run("t", 2), run("b", 2)]), (Level::Attested, Some(Level::Attested), vec![]));
    let fewer = vec![RejectReason::FewerThanBase { passed: 1, base: 2 }];
    assert_eq!(weigh(true, &[run("t", 1), run("b", 2)]), (Level::Attested, Some(Level::None), fewer));
    let silent = note("ci", signed(&Record { definition: digest(&suite), ..record("s") }, &["ci"]));
    assert_eq!(weigh(true, &[silent]).2, [RejectReason::OtherFiles]);
}

#[test]
fn everything_is_listed_with_its_worth() {
    let policy = trusted();
    let mut later = record("s");
    later.end = "2026-01-02T05:00:00Z".parse().unwrap();
    let lines =
        [note("ci", signed(&record("s"), &["ci"])), note("ci", signed(&later, &["ci"])), note("dev", signed(&later, &["dev"]))];
    let found = examine(&context(&policy, "2026-01-02T06:00:00Z", &[]), &lines).unwrap();
    assert_eq!(found[0].worth, Verification::Superseded);
    assert!(matches!(&found[1].worth, Verification::Accepted(credit) if credit.level == Level::Attested));
    assert!(
        matches!(&found[2].worth, Verification::Accepted(credit) if credit.level == Level::Claimed),
        "nobody's work is asked about"
    );
}
