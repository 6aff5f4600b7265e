//! Symbolic links and submodules.

use super::*;

/// What is said of a link.
#[track_caller]
fn link(policy: &str, path: &str, target: &str) -> Vec<String> {
    let repo = Repo::with_policy(policy);
    repo.write("middleware/m", "m\n").write("docs/d", "d\n").link("up", "docs/..").commit_unjudged("before");
    repo.link(path, target).stage();
    said(&repo)
}

#[test]
fn a_link_stays_inside_and_out_of_guarded_areas() {
    let guarded = guarded();
    for (path, target, expected) in [
        ("x", "a.txt", ""),
        ("x", "docs", ""),
        ("x", "./docs/../docs/d", ""),
        ("sub/x", "../a.txt", ""),
        ("x", "not/there", ""),
        ("x", ".", ""),
        ("middleware/x", "m", ""),
        ("middleware/deep/x", "../../middleware/m", ""),
        ("x", "/etc/passwd", "a symbolic link out of the repository, to `/etc/passwd`"),
        ("x", "..", "a symbolic link out of the repository, to `..`"),
        ("sub/x", "../../a.txt", "a symbolic link out of the repository, to `../../a.txt`"),
        ("x", "docs/../../y", "a symbolic link out of the repository, to `docs/../../y`"),
        ("x", "up/../y", "a symbolic link out of the repository, to `up/../y`"),
        ("x", "middleware", "a symbolic link into guarded area `middleware`, to `middleware`"),
        ("x", "lib/MiddleWare/new", "a symbolic link into guarded area `middleware`, to `lib/MiddleWare/new`"),
        ("x", "up/middleware/m", "a symbolic link into guarded area `middleware`, to `middleware/m`"),
    ] {
        let found = link(&guarded, path, target);
        let expected: Vec<String> = if expected.is_empty() { Vec::new() } else { vec![format!("`{path}`: {expected}")] };
        assert_eq!(found, expected, "{path} -> {target}");
    }
}

#[test]
fn a_link_whose_way_cannot_be_followed() {
    assert!(link(&guarded(), "loop", "loop")[0].starts_with("`loop`: a symbolic link whose target can't be told: it leads over "));
    let repo = Repo::with_policy(&guarded());
    for (target, why) in [(&b""[..], "is empty"), (b"a\0b", "holds a NUL byte"), (&[b'x'; 4097], "is 4097 bytes long, over 4096")] {
        let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], target).ok().line();
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{blob},x")]).ok();
        assert_eq!(said(&repo), [format!("`x`: a symbolic link whose target can't be told: the target of a symbolic link {why}")]);
    }
}

#[test]
fn none_at_all_or_any_but_in_place_of_git_s_own_files() {
    let (deny, allow) = (with_paths("symlinks = \"deny\""), with_paths("symlinks = \"allow\""));
    assert_eq!(link(&deny, "x", "a.txt"), ["`x`: a symbolic link, which the policy denies"]);
    assert_eq!(link(&allow, "x", "/etc/passwd"), [""; 0]);
    assert_eq!(link(&allow, "x", "middleware/m"), [""; 0]);
    for policy in [allow, deny, guarded()] {
        for path in [".gitignore", "docs/.gitattributes"] {
            assert_eq!(link(&policy, path, "a.txt"), [format!("`{path}`: a symbolic link in place of a file that git reads")]);
        }
    }
}

#[test]
fn a_link_that_is_made_safe_or_goes_away_passes() {
    let repo = Repo::with_policy(&guarded());
    repo.link("x", "/etc/passwd").link("y", "/etc/shadow").commit_unjudged("before");
    repo.remove("x").link("x", "a.txt").remove("y").stage();
    assert_eq!(said(&repo), [""; 0]);
}

#[test]
fn a_rejected_link_is_taken_out() {
    let repo = Repo::with_policy(&guarded());
    repo.link("door", "middleware/m").stage();
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn submodules_are_allowed_or_denied() {
    for (policy, expected) in [
        (guarded(), &[][..]),
        (with_paths("submodules = \"allow\""), &[]),
        (with_paths("submodules = \"deny\""), &["`module`: a submodule, which the policy denies"]),
    ] {
        let repo = Repo::with_policy(&policy);
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},module", repo.rev("HEAD"))]).ok();
        assert_eq!(said(&repo), expected);
    }
}
