//! `area-limit` and `forbidden-change`.

use super::super::fixture::*;
use crate::facts::{Subject, Touch};
use crate::model::{Entry, EntryKind, FileChange, FileStatus, LinkTarget};
use crate::verdict::Measured;

const AREAS: &str = "\
[defaults]
max-areas-per-session = 2
[specialist.a]
[area.api]
paths = [\"api/\"]
[area.auth]
paths = [\"auth/\"]
[area.web]
paths = [\"web/\"]
";

#[test]
fn a_session_touches_no_more_areas_than_allowed() {
    let policy = policy(AREAS);
    let changes = || vec![modified("api/x"), modified("api/y"), modified("auth/x"), modified("web/x")];
    let two = session(&policy, specialist("a"), changes()).touching(touch("api", "api/x")).touching(touch("api", "api/y"));
    let two = two.touching(touch("auth", "auth/x"));
    assert_eq!(word(&say("area-limit", &policy, &two)), "satisfied");
    let three = two.clone().touching(touch("web", "web/x"));
    let [found] = violations(say("area-limit", &policy, &three)).try_into().unwrap();
    assert_eq!(found.message, "3 areas touched in this session, 2 allowed");
    assert_eq!((found.measured, found.limit, found.paths.len()), (Some(Measured::Exact(3)), Some(2), 4));
    assert_eq!(found.details, ["`api`: `api/x` and 1 more", "`auth`: `auth/x`", "`web`: `web/x`"]);
    let taken_back = two.clone().touching(touch("web", "web/gone"));
    assert_eq!(word(&say("area-limit", &policy, &taken_back)), "satisfied", "a path that equals the base's again");
    let reported = judged(&policy, &case(&policy, vec![taken_back])).judgements[0].areas.clone();
    assert_eq!(reported.into_iter().collect::<Vec<_>>(), ["api", "auth"]);
    let unsure = two.touching(Touch { unknown: Some("over 8 MiB".to_owned()), ..touch("web", "web/x") });
    assert_eq!(word(&say("area-limit", &policy, &unsure)), "indeterminate");
    assert_eq!(word(&say("area-limit", &policy, &index(&policy, specialist("a"), changes()))), "not-applicable");
}

const FORBID: &str = "\
[owners]
users = [\"alice\"]
[specialist.a]
[area.database]
paths = [\"migrations/\"]
lines = [\"CREATE TABLE\"]
forbid = [\"modify\", \"delete\"]
[area.controls]
paths = [\".github/\"]
owners-only = true
";

fn with(kind: EntryKind) -> Option<Entry> {
    Some(Entry { kind, oid: oid(9) })
}

#[test]
fn kinds_of_change() {
    let policy = policy(FORBID);
    let submodule = FileChange { old: with(EntryKind::Submodule), new: with(EntryKind::Submodule), ..modified("migrations/sub") };
    let typed = FileChange { new: with(EntryKind::Symlink), ..change(b"migrations/1", FileStatus::TypeChanged) };
    let table = [
        (added("migrations/2"), "satisfied", ""),
        (modified("migrations/1"), "violated", "area `database` forbids to modify: `migrations/1`"),
        (modified("Migrations/1"), "violated", "area `database` forbids to modify: `Migrations/1`"),
        (deleted("migrations/1"), "violated", "area `database` forbids to delete: `migrations/1`"),
        (renamed("migrations/1", "old/1"), "violated", "area `database` forbids to delete: `migrations/1`"),
        (renamed("new/1", "migrations/2"), "satisfied", ""),
        (submodule, "violated", "area `database` forbids to modify: `migrations/sub`"),
        (typed, "violated", "area `database` forbids to modify: `migrations/1`"),
        (change(b"migrations", FileStatus::TypeChanged), "violated", "area `database` forbids to modify: `migrations`"),
        (added(".github/ci.yml"), "violated", "area `controls` is for owners: `.github/ci.yml`"),
        (renamed(".github/ci.yml", "x"), "violated", "area `controls` is for owners: `.github/ci.yml`"),
        (modified("src/x"), "satisfied", ""),
    ];
    for (change, expected, message) in table {
        let outcome = say("forbidden-change", &policy, &index(&policy, specialist("a"), vec![change.clone()]));
        assert_eq!(word(&outcome), expected, "{change:?}");
        assert_eq!(messages(&outcome).concat(), message);
    }
}

#[test]
fn owners_may_what_is_kept_for_them_and_nothing_that_is_forbidden() {
    let policy = policy(FORBID);
    let by_owner = |change| index(&policy, owner(), vec![change]);
    assert_eq!(word(&say("forbidden-change", &policy, &by_owner(modified(".github/x")))), "satisfied");
    assert_eq!(word(&say("forbidden-change", &policy, &by_owner(modified("migrations/1")))), "violated");
}

#[test]
fn links_and_lines_are_changes_of_the_area() {
    let policy = policy(FORBID);
    let mut gone = link("alias", LinkTarget::Inside("migrations/1".into()));
    (gone.old, gone.new, gone.status) = (gone.new, None, FileStatus::Deleted);
    let [found] = violations(say("forbidden-change", &policy, &index(&policy, specialist("a"), vec![gone]))).try_into().unwrap();
    assert_eq!(found.message, "area `database` forbids to delete: `alias`");
    assert_eq!(found.details, ["`alias` is a symbolic link to `migrations/1`"]);
    let line = Touch { line: Some((7, b"CREATE TABLE x".to_vec())), ..touch("database", "api/x.py") };
    let subject = |change| index(&policy, specialist("a"), vec![change]).touching(line.clone());
    let [found] = violations(say("forbidden-change", &policy, &subject(modified("api/x.py")))).try_into().unwrap();
    assert_eq!(found.details, ["api/x.py:7  CREATE TABLE x"]);
    assert_eq!(word(&say("forbidden-change", &policy, &subject(added("api/x.py")))), "satisfied");
    let unsure: Subject = index(&policy, specialist("a"), vec![modified("api/x.py")])
        .touching(Touch { unknown: Some("over 8 MiB".to_owned()), ..touch("database", "api/x.py") });
    assert_eq!(word(&say("forbidden-change", &policy, &unsure)), "indeterminate");
}

#[test]
fn one_violation_for_each_kind_and_its_line_of_the_policy() {
    let policy = policy(FORBID);
    let changes = vec![modified("migrations/1"), deleted("migrations/2"), modified("migrations/3")];
    let found = violations(say("forbidden-change", &policy, &commit(&policy, specialist("a"), changes)));
    let said: Vec<&str> = found.iter().map(|v| v.message.as_str()).collect();
    assert_eq!(
        said,
        ["area `database` forbids to modify: `migrations/1` and 1 more", "area `database` forbids to delete: `migrations/2`"]
    );
    assert!(found.iter().all(|v| policy.line(v.policy.unwrap().line).starts_with("forbid")));
}

#[test]
fn what_a_session_adds_again_it_modifies() {
    let policy = policy(FORBID);
    let path = "migrations/1";
    let whole = |change| session(&policy, specialist("a"), vec![change]);
    let by = |who: &str, change| commit(&policy, specialist(who), vec![change]);
    let free = Subject { free: true, ..by("a", added(path)) };
    for (net, part, expected) in [
        (modified(path), by("a", added(path)), "violated"),
        (modified(path), by("a", renamed("x", path)), "violated"),
        (change(path.as_bytes(), FileStatus::TypeChanged), by("a", added(path)), "violated"),
        (modified(path), by("a", modified(path)), "not-applicable"),
        (modified(path), by("b", added(path)), "not-applicable"),
        (modified(path), free, "not-applicable"),
        (modified(path), by("a", added("migrations/2")), "not-applicable"),
        (modified("x"), by("a", added("x")), "satisfied"),
        (added(path), by("a", added(path)), "not-applicable"),
        (deleted(path), by("a", added(path)), "not-applicable"),
    ] {
        let outcome = ask("forbidden-change", &policy, &case(&policy, vec![whole(net.clone()), part.clone()]));
        assert_eq!(word(&outcome), expected, "{net:?} {:?}", part.changes);
    }
    let both = case(&policy, vec![whole(modified(path)), by("a", added(path))]);
    let [found] = violations(ask("forbidden-change", &policy, &both)).try_into().unwrap();
    assert_eq!(found.message, "area `database` forbids to modify: `migrations/1`");
    assert_eq!(found.details, ["deleted in one commit and added in another, with other content"]);
    let unsure = Touch { unknown: Some("over 8 MiB".to_owned()), ..touch("database", "x") };
    let unsure = case(&policy, vec![whole(modified("x")).touching(unsure), by("a", added("x"))]);
    assert_eq!(word(&ask("forbidden-change", &policy, &unsure)), "indeterminate");
}

#[test]
fn a_link_in_front_of_an_area_says_what_it_stands_for() {
    let policy = policy(
        "[owners]\nusers = [\"alice\"]\n[specialist.a]\nprohibited = [\"src/db/\"]\n[area.db]\npaths = [\"src/db/\"]\nforbid = [\"add\"]\n",
    );
    let subject = index(&policy, specialist("a"), vec![link("src", LinkTarget::Inside("lib".into()))]);
    for rule in ["forbidden-change", "scope"] {
        let [found] = violations(say(rule, &policy, &subject)).try_into().unwrap();
        assert_eq!(found.details, ["`src` is a symbolic link or a submodule where `src/db/` needs a directory"]);
    }
}
