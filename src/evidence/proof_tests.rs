use std::time::Duration;

use super::*;
use crate::evidence::digest;
use crate::evidence::note::Origin;
use crate::evidence::record::Counts;
use crate::evidence::record::{Outcome, Record};
use crate::policy::{
    Cited, Count, EvidenceLevels, Limits, Owners, PathRules, Patterns, Policy, PolicySource, Position, RefPatterns, RefRules,
    Sandbox, Submodules, Suite, Symlinks,
};

pub(crate) fn oid(byte: u8) -> Oid {
    Oid::from_bytes(&[byte; 20]).unwrap()
}

pub(crate) fn suite(name: &str) -> Suite {
    Suite {
        name: Cited { value: name.to_owned(), at: Position::default() },
        run: "exit 0".to_owned(),
        files: Patterns::default(),
        timeout: Duration::from_secs(900),
        junit: None,
        min_tests: None,
        max_skipped: None,
        env: vec!["PATH".to_owned()],
        sandbox: None,
    }
}

pub(crate) fn policy(suites: Vec<Suite>) -> Policy {
    Policy {
        free: None,
        session: crate::policy::Session { window: std::time::Duration::ZERO, at: crate::policy::Position::default() },
        source: PolicySource { name: "main:policy.toml".to_owned(), commit: Some(oid(0x44)), blob: Some(oid(0x33)), trusted: true },
        text: String::new(),
        base: None,
        protected: None,
        owners: Owners::default(),
        defaults: Limits::default(),
        specialists: Vec::new(),
        areas: Vec::new(),
        suites,
        runners: Vec::new(),
        combined: None,
        halt: crate::policy::Halt::default(),
        evidence: EvidenceLevels {
            commit: (Level::Recorded, None),
            branch: (Level::Claimed, None),
            land: (Level::Recorded, None),
            each_commit: false,
            max_age: None,
            independent: true,
        },
        count: Count::default(),
        paths: PathRules { portable: true, symlinks: Symlinks::Inside, submodules: Submodules::Allow },
        refs: RefRules {
            allowed: RefPatterns { patterns: Vec::new() },
            immutable: None,
            max_per_push: Cited { value: 50, at: Position::default() },
        },
    }
}

/// A passing record of `suite(name)` on tree 11…, in repository 22….
pub(crate) fn record(name: &str) -> Record {
    Record {
        tree: oid(0x11),
        suite: name.to_owned(),
        result: Outcome::Passed,
        definition: digest(&suite(name)),
        files: None,
        policy: Some(oid(0x33)),
        command: "exit 0".to_owned(),
        exit_status: Some(0),
        failure: None,
        start: "2026-01-02T03:04:05Z".parse().unwrap(),
        end: "2026-01-02T03:04:06.5Z".parse().unwrap(),
        seconds: 1.5,
        counts: Some(Counts { passed: 1, failed: 0, skipped: 0 }),
        log: "00".repeat(32),
        log_size: 0,
        environment: vec!["PATH".to_owned()],
        sandbox: None,
        runner: None,
        specialist: None,
        repository: oid(0x22),
        passed: vec!["a.b".to_owned()],
        failed: Vec::new(),
    }
}

pub(crate) fn line(record: &Record) -> NoteLine {
    NoteLine { writer: "local".to_owned(), origin: Origin::Own, content: Ok(record.to_line().unwrap().into_bytes()) }
}

/// Of tree 11… in repository 22…, an hour after its records were made.
fn context(policy: &Policy, on_server: bool) -> VerificationContext<'_> {
    VerificationContext {
        policy,
        tree: oid(0x11),
        is_expected_root: &|root| Ok(*root == oid(0x22)),
        changed: &|_| Ok(false),
        files: &|_, _| Ok(String::new()),
        workers: &[],
        now: "2026-01-02T06:00:00Z".parse().unwrap(),
        since: None,
        on_server,
    }
}

fn weigh(suite: Suite, lines: &[NoteLine], marked: &[MarkedCommit], on_server: bool) -> Proof {
    let name = suite.name.value.clone();
    let policy = policy(vec![suite]);
    let mut all = proofs(&context(&policy, on_server), lines, marked).unwrap();
    all.remove(&name).unwrap()
}

fn weigh_one(record: &Record) -> Proof {
    weigh(suite("s"), &[line(record)], &[], false)
}

fn marked(tree: Oid, message: &str) -> MarkedCommit {
    MarkedCommit { commit: Some(oid(0x55)), tree, message: message.as_bytes().to_vec() }
}

#[test]
fn a_matching_record_counts() {
    let proof = weigh_one(&record("s"));
    assert_eq!((proof.level, proof.by.as_deref()), (Level::Recorded, Some("a run on this machine")));
    assert!(proof.refused.is_empty());
    assert_eq!(weigh(suite("s"), &[line(&record("s"))], &[], true).level, Level::Claimed, "on a server it is a claim");
    assert_eq!(weigh(suite("other"), &[line(&record("s"))], &[], false), Proof::none());
}

#[test]
fn what_does_not_match_is_refused_by_name() {
    let refused = |change: fn(&mut Record)| {
        let mut record = record("s");
        change(&mut record);
        let proof = weigh_one(&record);
        assert_eq!(proof.level, Level::None);
        proof.refused
    };
    assert_eq!(refused(|r| r.tree = oid(9)), [RejectReason::Stale { tree: oid(9).to_string() }]);
    assert_eq!(refused(|r| r.repository = oid(9)), [RejectReason::OtherRepository]);
    assert_eq!(refused(|r| r.definition = "00".repeat(32)), [RejectReason::OtherDefinition]);
    assert_eq!(refused(|r| r.result = Outcome::Failed), [RejectReason::Failed("exit status 0".into())]);
    assert_eq!(refused(|r| r.result = Outcome::Warned), [RejectReason::Failed("it passed with warnings".into())]);
    assert_eq!(refused(|r| r.exit_status = Some(1)), [RejectReason::Failed("exit status 1".into())]);
    assert_eq!(refused(|r| r.exit_status = None), [RejectReason::Failed("it was killed".into())]);
    assert_eq!(
        refused(|r| r.counts = Some(Counts { passed: 5, failed: 2, skipped: 0 })),
        [RejectReason::Failed("2 tests failed".into())]
    );
}

#[test]
fn a_long_story_is_cut() {
    let mut record = record("s");
    record.exit_status = Some(1);
    record.failure = Some("ü".repeat(100_000));
    let [RejectReason::Failed(why)] = &weigh_one(&record).refused[..] else { panic!("one reason") };
    assert_eq!(why.chars().count(), 201);
}

#[test]
fn a_policy_with_another_blob_changes_nothing() {
    let mut record = record("s");
    record.policy = Some(oid(9));
    assert_eq!(weigh_one(&record).level, Level::Recorded);
}

#[test]
fn too_few_and_too_many() {
    let mut counted = suite("s");
    counted.junit = Some("report.xml".into());
    counted.min_tests = Some(2);
    counted.max_skipped = Some(0);
    let weigh = |counts: Option<Counts>| {
        let mut record = record("s");
        record.definition = digest(&counted);
        record.counts = counts;
        weigh(counted.clone(), &[line(&record)], &[], false)
    };
    assert_eq!(weigh(Some(Counts { passed: 2, failed: 0, skipped: 0 })).level, Level::Recorded);
    let few = weigh(Some(Counts { passed: 1, failed: 0, skipped: 0 }));
    assert_eq!(few.refused, [RejectReason::TooFewTests { passed: 1, demanded: 2 }]);
    let skipped = weigh(Some(Counts { passed: 2, failed: 0, skipped: 3 }));
    assert_eq!(skipped.refused, [RejectReason::TooManySkipped { skipped: 3, allowed: 0 }]);
    assert!(matches!(weigh(None).refused.as_slice(), [RejectReason::Malformed(_)]));
}

#[test]
fn the_newest_record_decides() {
    let mut failed = record("s");
    failed.result = Outcome::Failed;
    failed.exit_status = Some(1);
    let mut later = record("s");
    later.end = "2026-01-02T04:00:00Z".parse().unwrap();
    let mut failed_later = failed.clone();
    failed_later.end = "2026-01-02T05:00:00Z".parse().unwrap();
    let level = |records: &[&Record]| {
        let lines: Vec<NoteLine> = records.iter().map(|r| line(r)).collect();
        weigh(suite("s"), &lines, &[], false).level
    };
    assert_eq!(level(&[&failed, &later]), Level::Recorded);
    assert_eq!(level(&[&later, &failed]), Level::Recorded);
    assert_eq!(level(&[&later, &failed_later]), Level::None);
    assert_eq!(level(&[&failed_later, &later]), Level::None);
    assert_eq!(level(&[&record("s"), &failed]), Level::None, "of one end, the failure");
    assert_eq!(level(&[&failed, &record("s")]), Level::None);
    let mut elsewhere = failed_later.clone();
    elsewhere.repository = oid(9);
    assert_eq!(level(&[&later, &elsewhere]), Level::Recorded, "what doesn't match voids nothing");
}

#[test]
fn a_malformed_line_is_told_and_stops_nothing() {
    let bad = |content| NoteLine { writer: "x".to_owned(), origin: Origin::Own, content };
    let lines = [bad(Ok(b"\xff\x00".to_vec())), bad(Err("a note of 2 GiB".to_owned())), line(&record("s"))];
    let proof = weigh(suite("s"), &lines, &[], false);
    assert_eq!(proof.level, Level::Recorded);
    assert!(matches!(proof.refused.as_slice(), [RejectReason::Malformed(_), RejectReason::Malformed(_)]));
    let many: Vec<NoteLine> = (0..100).map(|n| bad(Err(n.to_string()))).collect();
    assert_eq!(weigh(suite("s"), &many, &[], false).refused.len(), 16);
}

#[test]
fn a_marker_is_a_claim_bound_to_its_own_tree() {
    let text = |tree: Oid| format!("fix\n\nIntegration-Tested: s tree={tree}\n");
    let proof = weigh(suite("s"), &[], &[marked(oid(0x11), &text(oid(0x11)))], false);
    assert_eq!((proof.level, proof.by.as_deref()), (Level::Claimed, Some("trailer in 5555555")));
    let stale = weigh(suite("s"), &[], &[marked(oid(0x11), &text(oid(9)))], false);
    assert_eq!((stale.level, stale.refused), (Level::None, vec![RejectReason::Stale { tree: oid(9).to_string() }]));
    let foreign = weigh(suite("s"), &[], &[marked(oid(9), &text(oid(0x11)))], false);
    assert_eq!(foreign, Proof::none(), "a commit of another tree says nothing of this one");
    let both = weigh(suite("s"), &[line(&record("s"))], &[marked(oid(0x11), &text(oid(0x11)))], false);
    assert_eq!(both.level, Level::Recorded);
    let all = [("a".to_owned(), both), ("b".to_owned(), proof)].into_iter().collect();
    assert_eq!(passing_suites(&all), ["a"], "a claim isn't copied on");
}

#[test]
fn roots_that_cannot_be_told_are_an_error() {
    let roots = |_: &Oid| Err(crate::error::Error::new("no idea"));
    let policy = policy(vec![suite("s")]);
    assert!(
        proofs(&VerificationContext { is_expected_root: &roots, ..context(&policy, false) }, &[line(&record("s"))], &[]).is_err()
    );
}

#[test]
fn a_run_that_could_reach_more_than_the_suite_lets_it_is_none() {
    let why = |demanded: Option<Sandbox>, had: Option<Sandbox>| {
        let suite = Suite { sandbox: demanded, ..suite("s") };
        super::super::verify::shortfall(&Record { sandbox: had, ..record("s") }, &suite).map(|why| why.phrase())
    };
    use Sandbox::{None as Free, Offline, Tree};
    for (demanded, had) in [(Some(Tree), Free), (Some(Offline), Free), (Some(Offline), Tree)] {
        let demand = demanded.unwrap().as_str();
        let said = format!("the run failed: its sandbox was `{}`, and `{demand}` is demanded", had.as_str());
        assert_eq!(why(demanded, Some(had)), Some(said));
    }
    for (demanded, had) in [(None, Free), (Some(Free), Free), (Some(Tree), Tree), (Some(Tree), Offline)] {
        assert_eq!(why(demanded, Some(had)), None);
    }
    // A run that was made elsewhere doesn't tell.
    assert_eq!(why(Some(Offline), None), None);
}
