//! The git that the tests are run with.

use crate::support::*;

/// `tests/gits.sh` says which one it has put in front; the machine's own may be any that the guard works with.
#[test]
fn the_git_that_is_asked_for_is_the_one_that_runs() {
    let repo = Repo::new();
    let said = repo.git(&["version"]).ok().line();
    let version = said.strip_prefix("git version ").unwrap();
    // Whatever git starts has to find it, too.
    repo.script(".git/hooks/pre-commit", "#!/bin/sh\ngit version\nexit 1\n");
    repo.write("a", "1\n").commit("through a hook").rejected().says(&said);
    match std::env::var("GUARD_TEST_GIT") {
        Ok(asked) => assert_eq!(version, asked),
        Err(_) => assert!(version.starts_with("2."), "{version}"),
    }
}
