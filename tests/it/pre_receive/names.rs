//! Names that get in the way of a protected branch's.

use super::*;

fn protecting(patterns: &str) -> (Repo, Repo) {
    pushing_under(&POLICY.replace("base = \"main\"", &format!("base = \"main\"\nprotected = [{patterns}]")))
}

#[test]
fn a_branch_beside_which_a_protected_one_could_not_be_made() {
    let (repo, server) = protecting(r#""main", "stable", "release/*", "*-lts", "deep/er/[0-9]""#);
    for (name, blocked) in [
        ("main/x", "main"),
        ("stable/x", "stable"),
        ("Stable/x/y", "stable"),
        ("release", "release/*"),
        ("release/1/x", "release/1"),
        ("Release/1/x", "Release/1"),
        ("deep", "deep/er/[0-9]"),
        ("deep/er", "deep/er/[0-9]"),
        ("deep/er/1/a/b", "deep/er/1"),
    ] {
        let run = assert_refused(&repo, &server, &[&format!("main:refs/heads/{name}")], "protected-ref");
        run.says(&format!("`refs/heads/{name}` would keep protected `{blocked}` from being made"));
    }
    // One that is there may move and go, and an owner may make it.
    server.git(&["branch", "release/2/x", "main~"]).ok();
    repo.git(&["push", "-q", "origin", "main:release/2/x"]).ok();
    repo.login("boss").git(&["push", "-q", "origin", ":release/2/x", "main:refs/heads/release/2"]).ok();
    repo.git(&["push", "-q", "origin", "main:refs/heads/stable/x"]).ok();
    repo.login("dev").git(&["push", "-q", "origin", ":stable/x", "main:refs/heads/stable"]).ok();
}

#[test]
fn everyday_names_beside_wide_patterns() {
    for patterns in [r#""*""#, r#""main", "*-lts", "**/stable", "v*""#, r#""release/*", "main""#] {
        let (repo, _server) = protecting(patterns);
        for name in ["feature/x", "a-lts/y", "vendor/update", "mainly/x", "releases/1/x", "x/release/1/y", "x/stable/y"] {
            repo.git(&["push", "-q", "origin", &format!("main:refs/heads/{name}")]).ok();
        }
    }
}

#[test]
fn a_tag_and_a_protected_branch_of_one_name_are_never_both_there() {
    let (repo, server) = protecting(r#""main", "release/*""#);
    for tag in ["release/1", "origin/release/1"] {
        let full = format!("refs/tags/{tag}");
        repo.git(&["push", "-q", "origin", &format!("main:{full}")]).ok();
        for account in ["dev", "boss"] {
            repo.login(account);
            let run = assert_refused(&repo, &server, &["main:refs/heads/release/1"], "protected-ref");
            run.says(&format!("would be protected, and git would read its name as `{full}`"))
                .says(&format!("next: git push origin :{full}"));
        }
        repo.git(&["push", "-q", "origin", &format!(":{full}")]).ok();
    }
    // Its going may come with the branch, whose name is its own from then on.
    repo.login("dev").git(&["push", "-q", "origin", "main:refs/tags/release/1"]).ok();
    repo.login("boss").git(&["push", "-q", "origin", ":refs/tags/release/1", "main:refs/heads/release/1"]).ok();
    let taking =
        |refs: &[&str]| assert_refused(&repo, &server, refs, "protected-ref").says("takes the name of protected `release/");
    taking(&["main:refs/tags/release/1"]);
    taking(&["main:refs/heads/release/2", "main:refs/tags/release/2"]);
    taking(&["main:refs/tags/origin/release/2", "main:refs/heads/release/2"]);
    // Of what isn't protected, and of tags that nobody's branch is called by, nothing is said.
    repo.git(&["push", "-q", "origin", "main:refs/heads/v1", "main:refs/tags/v1", "main:refs/tags/sdk/release/3"]).ok();
    repo.git(&["push", "-q", "origin", "main:refs/heads/release/3"]).ok();
}
