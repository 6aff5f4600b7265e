//! What counts in, by entries that were never pushed.

use super::super::entry::PolicyAt;
use super::*;
use crate::ledger::entry::VERSION;

const DEV: Whose<'_> = Whose { name: Some("dev"), account: Some("dev") };

fn id(byte: u8) -> Id {
    Id(crate::rules::fixture::oid(byte))
}

fn bytes(text: &str) -> Bytes {
    Bytes(text.as_bytes().to_vec())
}

/// dev moves `name` from `old` to `new`, and these paths differ then.
fn push(name: &str, old: u8, new: u8, change: How, paths: &[&str]) -> Counted {
    let some = |byte: u8| (byte > 0).then(|| id(byte));
    let change_of = |path: &&str| Change::from(&crate::rules::fixture::added(path));
    Counted {
        sure: true,
        entry: Entry {
            version: VERSION,
            number: 0,
            id: String::new(),
            time: Time("2026-01-02T03:04:05Z".parse().unwrap()),
            behind: None,
            account: Some("dev".to_owned()),
            identity: "env:X".to_owned(),
            stage: "branch".to_owned(),
            verdict: "accepted".to_owned(),
            policy: PolicyAt { source: "main:policy.toml".to_owned(), blob: None },
            updates: vec![Update { r#ref: bytes(name), target: None, old: some(old), new: some(new), change, landed: false }],
            work: vec![RecordedWork {
                r#ref: bytes(name),
                specialist: Some("dev".to_owned()),
                source: "account:env:X".to_owned(),
                accounts: vec!["dev".to_owned()],
                count: 1,
                commits: Vec::new(),
                changes: paths.iter().map(change_of).collect(),
            }],
            waivers: Vec::new(),
            words: Vec::new(),
            reconciled: false,
        },
    }
}

fn pushes(entries: &[Counted]) -> Vec<Pushed> {
    entries.iter().map(Pushed::from).collect()
}

/// Newest first; the paths that count.
fn counted(entries: &[Counted], whose: Whose<'_>, current: &Current) -> Vec<String> {
    let pushes = pushes(entries);
    let past = standing(&pushes, whose, current);
    let paths = past.iter().flat_map(|past| &past.changes).map(|change| String::from_utf8(change.path.0.clone()).unwrap());
    paths.collect::<BTreeSet<_>>().into_iter().collect()
}

fn all(entries: &[Counted]) -> Vec<String> {
    counted(entries, DEV, &Current::default())
}

#[test]
fn what_went_on_from_there_stands_for_what_was_there() {
    let entries = [push("a", 1, 2, How::Forward, &["x"]), push("a", 0, 1, How::Create, &["x", "y"])];
    assert_eq!(all(&entries), ["x"], "y was taken back");
    let twice = [push("a", 2, 3, How::Forward, &["z"]), entries[0].clone(), entries[1].clone()];
    assert_eq!(all(&twice), ["z"]);
}

#[test]
fn neither_deleting_nor_rewinding_takes_anything_back() {
    let made = push("a", 0, 1, How::Create, &["x", "y"]);
    assert_eq!(all(&[push("a", 1, 0, How::Delete, &[]), made.clone()]), ["x", "y"]);
    assert_eq!(all(&[push("a", 1, 3, How::Rewind, &["z"]), made.clone()]), ["x", "y", "z"]);
    let again = [push("a", 0, 4, How::Create, &["z"]), push("a", 1, 0, How::Delete, &[]), made.clone()];
    assert_eq!(all(&again), ["x", "y", "z"]);
    // The same branch made again, on which what was there is then taken back by a commit.
    let back = [push("a", 1, 5, How::Forward, &["z"]), push("a", 0, 1, How::Create, &["x", "y"]), again[1].clone(), made];
    assert_eq!(all(&back), ["z"]);
}

#[test]
fn a_path_that_is_another_now_counts_as_it_now_is() {
    let entries = [push("a", 1, 3, How::Rewind, &["x"]), push("a", 0, 1, How::Create, &["x", "y"])];
    let pushed = pushes(&entries);
    let past = standing(&pushed, DEV, &Current::default());
    assert_eq!(past.iter().map(|past| past.changes.len()).collect::<Vec<_>>(), [1, 1]);
    // On another ref it is another change.
    let elsewhere = [push("b", 0, 3, How::Create, &["x"]), push("a", 0, 1, How::Create, &["x", "y"])];
    let pushed = pushes(&elsewhere);
    assert_eq!(standing(&pushed, DEV, &Current::default()).iter().map(|past| past.changes.len()).sum::<usize>(), 3);
}

#[test]
fn what_is_pushed_now_stands_for_the_same_ref() {
    let entries = [push("a", 0, 1, How::Create, &["x", "y"])];
    let one = |key: &str| BTreeMap::from([(bytes("a"), BTreeSet::from([bytes(key)]))]);
    let onwards = Current { continued: BTreeMap::from([(bytes("a"), BTreeSet::from([id(1)]))]), paths: one("z") };
    assert_eq!(counted(&entries, DEV, &onwards), [""; 0]);
    assert_eq!(counted(&entries, DEV, &Current { paths: one("x"), ..Current::default() }), ["y"]);
}

#[test]
fn what_may_still_fail_spends_and_frees_nothing() {
    let made = push("a", 0, 1, How::Create, &["x", "y"]);
    let under_way = Counted { sure: false, ..push("a", 1, 2, How::Forward, &["z"]) };
    assert_eq!(all(&[under_way, made.clone()]), ["x", "y", "z"]);
    let mut landing = push("refs/heads/main", 8, 9, How::Forward, &["x"]);
    landing.entry.updates[0].landed = true;
    assert_eq!(landed(&pushes(&[landing.clone(), made.clone()])).len(), 1);
    landing.sure = false;
    assert_eq!(landed(&pushes(&[landing, made])).len(), 0);
}

#[test]
fn a_specialist_has_one_budget_and_everybody_else_one_by_account_without_what_landed() {
    let made = push("a", 0, 1, How::Create, &["x"]);
    let counts = |made: &Counted, whose| counted(std::slice::from_ref(made), whose, &Current::default());
    for same in [DEV, Whose { account: Some("boss"), ..DEV }, Whose { account: None, ..DEV }] {
        assert_eq!(counts(&made, same), ["x"], "{same:?}");
        assert_eq!(counts(&made, Whose { name: Some("other"), ..same }), [""; 0]);
    }
    let mut anybody = made.clone();
    anybody.entry.work[0].specialist = Some("*".to_owned());
    let any = Whose { name: Some("*"), ..DEV };
    assert_eq!(counts(&anybody, any), ["x"]);
    for other in [DEV, Whose { account: Some("boss"), ..any }, Whose { account: None, ..any }] {
        assert_eq!(counts(&anybody, other), [""; 0], "{other:?}");
    }
    let mut nobody = made.clone();
    nobody.entry.work[0].accounts.clear();
    assert_eq!(counted(&[nobody], Whose { account: None, ..DEV }, &Current::default()), ["x"]);
    let mut landing = made;
    landing.entry.updates[0].landed = true;
    assert_eq!(all(&[landing]), [""; 0]);
}

#[test]
fn an_entry_is_what_it_was_after_it_was_written() {
    let mut entry = push("a\u{fe}", 0, 1, How::Create, &["x"]).entry;
    entry.work[0].changes[0].path = Bytes(vec![b'a', 0xff]);
    entry.work[0].changes[0].insertions = Some(super::super::value::Number::Between { at_least: 1, at_most: 3 });
    entry.work[0].changes[0].lines = vec!["api".to_owned()];
    assert_eq!(Entry::read(&entry.json().unwrap()).unwrap(), entry);
    let change = crate::model::FileChange::from(&entry.work[0].changes[0]);
    assert_eq!(Change::from(&change), entry.work[0].changes[0]);
    assert!(Entry::read(br#"{"version":2}"#).is_err());
}

/// Whatever is pushed: leaving out the work that nobody asks for changes nothing.
#[test]
fn what_is_measured_anew_need_not_be_read() {
    let ways = [How::Create, How::Forward, How::Rewind, How::Delete];
    let mut dice = 1_u32;
    let mut roll = |sides: u32| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 16) % sides
    };
    let mut left_out = 0;
    for round in 0..500 {
        let entries: Vec<Counted> = (0..1 + roll(8))
            .map(|_| {
                let paths: Vec<&str> = ["x", "y", "z"].into_iter().filter(|_| roll(2) == 0).collect();
                let tip = |roll: u32| u8::try_from(roll).unwrap();
                let mut one = push(["a", "b"][roll(2) as usize], tip(roll(4)), tip(roll(4)), ways[roll(4) as usize], &paths);
                if roll(3) == 0 {
                    let other =
                        push(["b", "c"][roll(2) as usize], tip(roll(4)), tip(roll(4)), ways[roll(4) as usize], &paths).entry;
                    one.entry.updates.extend(other.updates);
                    one.entry.work.extend(other.work);
                }
                one.entry.updates[0].landed = roll(4) == 0;
                one
            })
            .collect();
        let continued = BTreeMap::from([(bytes("a"), BTreeSet::from([id(2)]))]);
        let current = Current { continued, ..Current::default() };
        let all = pushes(&entries);
        let (mut few, mut trail) = (all.clone(), Trail::new(&current.continued));
        for push in &mut few {
            if !trail.wants_work(&push.updates) {
                push.work.clear();
                left_out += 1;
            }
        }
        assert_eq!(format!("{:?}", standing(&few, DEV, &current)), format!("{:?}", standing(&all, DEV, &current)), "{round}");
        assert_eq!(landed(&few), landed(&all), "{round}");
    }
    assert!(left_out > 100, "{left_out}");
}
