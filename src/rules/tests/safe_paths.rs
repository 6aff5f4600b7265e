//! `safe-path`, as a whole.

use super::super::fixture::*;
use crate::model::{Entry, EntryKind, FileChange, FileStatus, LinkTarget, RepoPath, TreeProblem};
use crate::policy::{Policy, Submodules, Symlinks};
use crate::verdict::Outcome;

const POLICY: &str = "\
[evidence]
commit = \"recorded\"
branch = \"recorded\"
land = \"recorded\"
[area.middleware]
paths = [\"**/middleware/\", \"api/*_middleware.py\"]
requires = [\"integration\"]
[area.docs]
paths = [\"docs/\"]
[suite.integration]
run = \"true\"
";

fn said(policy: &Policy, change: FileChange) -> String {
    let outcome = say("safe-path", policy, &index(policy, unknown(), vec![change]));
    match outcome {
        Outcome::Violated(found) => found.into_iter().map(|v| v.message).collect::<Vec<_>>().join(" | "),
        Outcome::Satisfied(_) => String::new(),
        other @ (Outcome::NotApplicable(_) | Outcome::Indeterminate(_) | Outcome::Waived(..)) => panic!("{other:?}"),
    }
}

#[test]
fn only_what_stands_there_afterwards_is_judged() {
    let policy = policy(POLICY);
    assert_eq!(said(&policy, added("src/aux.c")), "`src/aux.c`: `aux.c` is a device name on Windows");
    assert_eq!(said(&policy, deleted("src/aux.c")), "");
    assert_eq!(said(&policy, renamed("src/aux.c", "src/auxiliary.c")), "");
    assert_ne!(said(&policy, renamed("src/auxiliary.c", "src/aux.c")), "");
}

#[test]
fn names_that_look_like_a_guarded_one() {
    let policy = policy(POLICY);
    let looks = |name: &str| said(&policy, added(&format!("api/{name}/x.py"))).contains("looks like the guarded name `middleware`");
    for name in ["mіddleware", "mıddleware", "МIDDLЕWARE", "Мiddleware", "middlewarе", "ｍiddleware", "mｉddleware"] {
        assert!(looks(name), "{name}");
    }
    for name in ["middleware", "Middleware", "MIDDLEWARE", "rniddleware", "mittelwäre", "中間件", "docѕ"] {
        assert!(!looks(name), "{name}");
    }
}

#[test]
fn a_decomposed_name_is_the_guarded_one_itself() {
    let policy = policy(&POLICY.replace("**/middleware/", "brücke/"));
    assert_eq!(said(&policy, added("bru\u{308}cke/x")), "");
    assert_eq!(said(&policy, added("BRÜCKE/x")), "");
    assert!(said(&policy, added("brüсke/x")).contains("looks like"));
}

#[test]
fn links_stay_inside_and_out_of_guarded_areas() {
    let policy = policy(POLICY);
    let inside = |path: &str| LinkTarget::Inside(path.into());
    let table = [
        (link("x", inside("src")), ""),
        (link("x", inside("docs/a")), ""),
        (link("x", inside("")), ""),
        (link("x", inside("api/middleware")), "`x`: a symbolic link into guarded area `middleware`, to `api/middleware`"),
        (link("x", inside("api/Middleware/a")), "`x`: a symbolic link into guarded area `middleware`, to `api/Middleware/a`"),
        (link("middleware/a", inside("middleware/b")), ""),
        (link("x", LinkTarget::Outside(b"/etc/\x1b".to_vec())), "`x`: a symbolic link out of the repository, to `/etc/\\u{1b}`"),
        (link("x", LinkTarget::Unknown("missing".to_owned())), "`x`: a symbolic link whose target can't be told: missing"),
        (link("d/.gitmodules", inside("src")), "`d/.gitmodules`: a symbolic link in place of a file that git reads"),
        (link(".GitAttributes", inside("src")), "`.GitAttributes`: a symbolic link in place of a file that git reads"),
    ];
    for (change, message) in table {
        assert_eq!(said(&policy, change), message);
    }
    let blind = FileChange { links: Vec::new(), ..link("x", inside("src")) };
    assert_eq!(said(&policy, blind), "`x`: a symbolic link whose target is not known");
}

#[test]
fn the_old_side_of_a_link_is_no_offence() {
    let policy = policy(POLICY);
    let outside = || LinkTarget::Outside(b"/etc".to_vec());
    let symlink = Some(Entry { kind: EntryKind::Symlink, oid: oid(8) });
    let corrected =
        FileChange { old: symlink, new: symlink, links: vec![outside(), LinkTarget::Inside("src".into())], ..modified("x") };
    assert_eq!(said(&policy, corrected.clone()), "");
    let worsened = FileChange { links: corrected.links.iter().rev().cloned().collect(), ..corrected };
    assert_ne!(said(&policy, worsened), "");
    let replaced = FileChange { old: symlink, links: vec![outside()], ..change(b"x", FileStatus::TypeChanged) };
    assert_eq!(said(&policy, replaced), "");
}

#[test]
fn what_the_policy_says_of_links_and_submodules() {
    let mut policy = policy(POLICY);
    let out = || link("x", LinkTarget::Outside(b"/etc".to_vec()));
    policy.paths.symlinks = Symlinks::Allow;
    assert_eq!(said(&policy, out()), "");
    assert_ne!(said(&policy, link(".gitmodules", LinkTarget::Inside("x".into()))), "", "git itself refuses it");
    policy.paths.symlinks = Symlinks::Deny;
    assert_eq!(said(&policy, link("x", LinkTarget::Inside("src".into()))), "`x`: a symbolic link, which the policy denies");
    let submodule = || FileChange { new: Some(Entry { kind: EntryKind::Submodule, oid: oid(8) }), ..added("sub") };
    assert_eq!(said(&policy, submodule()), "");
    policy.paths.submodules = Submodules::Deny;
    assert_eq!(said(&policy, submodule()), "`sub`: a submodule, which the policy denies");
}

#[test]
fn collisions_and_long_paths() {
    let mut policy = policy(POLICY);
    let twin = || FileChange { collisions: vec!["readme".into()], ..added("README") };
    assert_eq!(said(&policy, twin()), "`README`: the same as `readme` but for case or normalisation");
    let deep = |n: usize| {
        let path = (0..16).map(|_| "x".repeat(255)).collect::<Vec<_>>().join("/");
        change(format!("{path}{}", "/y".repeat(n)).as_bytes(), FileStatus::Added)
    };
    assert_eq!(deep(0).path.as_bytes().len(), 4095);
    assert_eq!(said(&policy, deep(0)), "");
    assert!(said(&policy, deep(1)).ends_with("a path of 4097 bytes, 4096 allowed"));
    policy.paths.portable = false;
    assert_eq!(said(&policy, twin()), "");
    assert_ne!(said(&policy, deep(1)), "");
}

#[test]
fn the_same_fault_is_one_violation() {
    let policy = policy(POLICY);
    let changes = vec![added("aux/a"), added("aux/b"), added("con"), modified("prn")];
    let found = violations(say("safe-path", &policy, &index(&policy, unknown(), changes)));
    let said: Vec<(&str, usize)> = found.iter().map(|v| (v.message.as_str(), v.paths.len())).collect();
    assert_eq!(
        said,
        [("`aux/a` and 1 more: `aux` is a device name on Windows", 2), ("`con`: `con` is a device name on Windows", 1)]
    );
    assert!(found.iter().all(|v| v.help.ends_with("; `[paths] portable` asks for names that every file system takes")));
    assert_eq!(found[0].next, ["git restore --staged -- aux/a aux/b"]);
}

#[test]
fn malformed_trees() {
    let policy = policy(POLICY);
    let mut subject = commit(&policy, unknown(), Vec::new());
    subject.tree_problems.push(TreeProblem { path: RepoPath::new(b"a\x07".to_vec()), message: "duplicate entry".to_owned() });
    assert_eq!(messages(&say("safe-path", &policy, &subject)), ["malformed tree at `a\\u{7}`: duplicate entry"]);
}

#[test]
fn a_name_is_judged_where_a_change_brings_it() {
    let policy = policy(POLICY);
    let names = ["src/aux.c", "results/run_13:27.mem", "a\u{200b}b", "x.", "PROGRA~1"];
    let said = |status: FileStatus| {
        let changes = names.map(|name| change(name.as_bytes(), status.clone())).to_vec();
        messages(&say("safe-path", &policy, &index(&policy, unknown(), changes))).len()
    };
    assert_eq!(said(FileStatus::Modified), 0);
    assert_eq!(said(FileStatus::Deleted), 0);
    assert_eq!(said(FileStatus::TypeChanged), 0);
    assert_eq!(said(FileStatus::Added), names.len());
    assert_eq!(said(FileStatus::Renamed { from: "old".into() }), names.len());
}
