//! `scope`.

use super::super::fixture::*;
use crate::facts::Touch;
use crate::model::LinkTarget;

const POLICY: &str = "\
[owners]
users = [\"alice\"]
[specialist.a]
allowed = [\"api/\", \"tests/api/\"]
prohibited = [\"api/secret/\", \"**/*.lock\", \"area:database\"]
[specialist.free]
[specialist.web]
prohibited = [\"api/\"]
[area.database]
paths = [\"**/db/\"]
lines = [\"CREATE TABLE\"]
";

#[test]
fn inside_and_outside() {
    let policy = policy(POLICY);
    let inside = |target: &str| LinkTarget::Inside(target.into());
    let table = [
        ("a", added("api/x.py"), ""),
        ("a", added("docs/x"), "`docs/x`: outside what `a` may touch"),
        ("a", added("API/x.py"), "`API/x.py`: outside what `a` may touch"),
        ("a", renamed("docs/x", "api/x"), "`docs/x`: outside what `a` may touch"),
        ("a", renamed("api/x", "docs/x"), "`docs/x`: outside what `a` may touch"),
        ("a", deleted("docs/x"), "`docs/x`: outside what `a` may touch"),
        ("a", added("api/secret/key"), "`api/secret/key`: in `api/secret/`, which `a` may not touch"),
        ("a", added("api/Secret"), "`api/Secret`: in `api/secret/`, which `a` may not touch"),
        ("a", link("api/l", inside("tests/api/x")), ""),
        ("a", link("api/l", inside("docs/x")), "`api/l`: outside what `a` may touch"),
        ("a", link("api/l", inside("")), "`api/l`: outside what `a` may touch"),
        ("a", link("api/l", inside("api/Secret/key")), "`api/l`: in `api/secret/`, which `a` may not touch"),
        ("free", added("anything"), ""),
        ("web", added("web/x"), ""),
        ("web", renamed("api/x", "web/x"), "`api/x`: in `api/`, which `web` may not touch"),
        ("web", link("web/l", inside("api/x")), "`web/l`: in `api/`, which `web` may not touch"),
    ];
    for (who, change, message) in table {
        let outcome = say("scope", &policy, &index(&policy, specialist(who), vec![change.clone()]));
        assert_eq!(messages(&outcome).concat(), message, "{who} {change:?}");
    }
}

#[test]
fn each_pattern_is_cited_by_its_line_with_all_its_paths() {
    let policy = policy(POLICY);
    let changes = vec![added("docs/1"), added("docs/2"), added("api/a.lock"), added("api/b.lock"), added("api/secret/x")];
    let found = violations(say("scope", &policy, &index(&policy, specialist("a"), changes)));
    let said: Vec<(&str, usize)> = found.iter().map(|v| (v.message.as_str(), v.paths.len())).collect();
    assert_eq!(
        said,
        [
            ("`docs/1` and 1 more: outside what `a` may touch", 2),
            ("`api/secret/x`: in `api/secret/`, which `a` may not touch", 1),
            ("`api/a.lock` and 1 more: in `**/*.lock`, which `a` may not touch", 2),
        ]
    );
    assert!(policy.line(found[0].policy.unwrap().line).starts_with("allowed"));
    assert!(policy.line(found[1].policy.unwrap().line).starts_with("prohibited"));
    assert_eq!(found[0].next, ["git restore --staged -- docs/1 docs/2"]);
}

#[test]
fn a_prohibited_area_is_touched_by_path_and_by_line() {
    let policy = policy(POLICY);
    let subject = || index(&policy, specialist("a"), vec![modified("api/x.py")]);
    let line = Touch { line: Some((3, b"CREATE TABLE t".to_vec())), ..touch("database", "api/x.py") };
    let [found] = violations(say("scope", &policy, &subject().touching(line.clone()))).try_into().unwrap();
    assert_eq!(found.message, "area `database` touched, which `a` may not touch");
    assert_eq!(found.details, ["api/x.py:3  CREATE TABLE t"]);
    let unsure = Touch { unknown: Some("over 8 MiB".to_owned()), line: None, ..line };
    assert_eq!(word(&say("scope", &policy, &subject().touching(unsure))), "indeterminate");
    assert_eq!(word(&say("scope", &policy, &subject().touching(touch("other", "api/x.py")))), "satisfied");
}

#[test]
fn whose_scope() {
    let policy = policy(POLICY);
    let said = |actor| word(&say("scope", &policy, &index(&policy, actor, vec![added("x")])));
    assert_eq!((said(owner()), said(unknown()), said(specialist("free"))), ("not-applicable", "not-applicable", "not-applicable"));
    let unknown_target = link("api/l", LinkTarget::Unknown("target of 5000 bytes".to_owned()));
    assert_eq!(word(&say("scope", &policy, &index(&policy, specialist("a"), vec![unknown_target]))), "indeterminate");
    assert_eq!(word(&say("scope", &policy, &session(&policy, specialist("a"), vec![added("x")]))), "not-applicable");
}
