//! Links and submodules put in front of an area, where its patterns have a directory and there is none yet.

use super::*;

/// One area of these paths, which every rule that looks at areas is about.
fn about(paths: &str) -> Repo {
    let policy = format!(
        "version = 1\nbase = \"main\"\n\n[owners]\nemails = [\"boss@example.org\"]\n\n[defaults]\nmax-areas-per-session = 1\n\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\n\
         [specialist.area]\nemails = [\"area@example.org\"]\nprohibited = [\"area:front\"]\n\n\
         [specialist.path]\nemails = [\"path@example.org\"]\nprohibited = [{paths}]\n\n\
         [area.front]\npaths = [{paths}]\nforbid = [\"add\"]\nowners-only = true\nrequires = [\"front\"]\n\n\
         [suite.front]\nrun = \"true\"\nfiles = [{paths}]\n\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"recorded\"\nland = \"recorded\"\n"
    );
    let repo = Repo::with_policy(&policy);
    repo.write("elsewhere/x.py", "pass\n").commit_unjudged("elsewhere");
    repo
}

/// Stages a symbolic link, or a submodule, at a path.
fn stage(repo: &Repo, path: &str, submodule: bool) {
    repo.git(&["reset", "-q", "--hard"]).ok();
    if submodule {
        let pointer = format!("160000,{},{path}", repo.rev("HEAD"));
        repo.git(&["update-index", "--add", "--cacheinfo", &pointer]).ok();
    } else {
        let up = "../".repeat(path.matches('/').count());
        repo.link(path, format!("{up}elsewhere")).stage();
    }
}

fn accused(repo: &Repo) -> Vec<String> {
    let json = repo.json(&["check", "--staged"]);
    rule_ids().into_iter().filter(|rule| !violations(&json, "index", rule).is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_link_or_a_submodule_in_front_of_an_area_touches_it_for_every_rule() {
    for (paths, at) in [
        ("'src/middleware/**'", "src/middleware"),
        ("'src/middleware/**'", "src"),
        ("'src/middleware/'", "src"),
        ("'src/middleware/**'", "SRC/Middleware"),
        ("'src/middleware/auth.py'", "src/middleware"),
        ("'**/auth/**'", "lib/auth"),
        ("'**/auth/*.py'", "auth"),
        ("'src/{middleware/web,auth}/**'", "src/middleware"),
    ] {
        let repo = about(paths);
        for submodule in [false, true] {
            stage(&repo, at, submodule);
            let rules = ["forbidden-change", "guarded-area", "suite-change"];
            assert_eq!(accused(&repo), rules, "{paths} {at} {submodule}");
            let json = repo.json(&["check", "--staged"]);
            assert_eq!(judgement(&json, "index")["areas"], serde_json::json!(["front"]), "{paths} {at}");
            for who in ["area@example.org", "path@example.org"] {
                repo.author(who);
                assert!(accused(&repo).contains(&"scope".to_owned()), "{paths} {at} {who}");
            }
            repo.author("author@example.org");
        }
    }
}

#[test]
fn below_a_wildcard_a_link_is_what_is_read_through_it_and_a_submodule_is_one_that_comes() {
    for (pattern, at) in [("packages/*/auth/**", "packages/one"), ("packages/**/auth/", "packages/a/one"), ("**/auth/*.py", "one")]
    {
        let repo = about(&format!("'{pattern}'"));
        let link = |target: &str| {
            repo.git(&["reset", "-q", "--hard"]).ok();
            repo.link(at, format!("{}{target}", "../".repeat(at.matches('/').count()))).stage();
            !accused(&repo).is_empty()
        };
        let spelled = at.contains('/');
        assert!(!link("elsewhere"), "{pattern}: nothing there is an auth/");
        assert!(!link("elsewhere/x.py"), "{pattern}: a file leads to nothing");
        assert_eq!(link("nowhere"), spelled, "{pattern}: nobody can tell what will be there");
        repo.git(&["reset", "-q", "--hard"]).ok();
        repo.write("holds/deep/er", "x\n").write("holds/auth/y.py", "y\n").link("chain", "holds").link("second/first", "../chain");
        repo.write("case/AUTH/y.py", "y\n").link("round/a", "../round").link("round/b", "../round").commit_unjudged("holds");
        for target in ["holds", "chain", "case"] {
            assert!(link(target), "{pattern} {target}");
        }
        // What lies a level deeper is read a level deeper: below `**` that is an auth/, too.
        assert_eq!(link("second"), pattern.contains("**/auth"), "{pattern}: through a link of the directory");
        assert!(!link("round"), "{pattern}: links in a circle end");
        // A submodule that comes may hold anything; its pointer moves within it.
        if spelled {
            stage(&repo, at, true);
            assert!(!accused(&repo).is_empty(), "{pattern}");
            repo.git(&["commit", "-q", "--no-verify", "-m", "a submodule"]).ok();
            stage(&repo, at, true);
            assert_eq!(accused(&repo), [""; 0], "{pattern}");
        }
    }
}

#[test]
fn a_link_elsewhere_touches_no_area() {
    for (paths, at) in [
        ("'src/middleware/**'", "src/other"),
        ("'src/middleware/**'", "lib/src"),
        ("'**/auth/**'", "lib"),
        ("'**/auth/**', '**/*.sql'", "lib/auth.d"),
        ("'*/middleware/**'", "lib"),
    ] {
        let repo = about(paths);
        for submodule in [false, true] {
            stage(&repo, at, submodule);
            assert_eq!(accused(&repo), [""; 0], "{paths} {at} {submodule}");
        }
    }
    // a file is no way to anything below it
    let repo = about("'src/middleware/**'");
    repo.write("src/middleware", "a file\n").stage();
    assert_eq!(accused(&repo), [""; 0]);
}

#[test]
fn a_link_in_front_of_an_area_is_watched_until_it_is_gone() {
    let repo = about("'src/middleware/**'");
    repo.link("src", "elsewhere").commit_unjudged("link");
    repo.remove("src").stage();
    assert_eq!(accused(&repo), ["forbidden-change", "guarded-area", "suite-change"]);
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.git(&["mv", "src", "other"]).ok();
    assert_eq!(accused(&repo), ["forbidden-change", "guarded-area", "suite-change"]);
}

#[test]
fn a_link_in_front_of_a_suite_s_files_is_a_change_of_the_suite() {
    let repo = about("'src/middleware/**'");
    repo.write("src/middleware/test.py", "pass\n").commit_unjudged("test");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["rm", "-q", "-r", "src"]).ok();
    repo.write("elsewhere/middleware/test.py", "nothing\n").link("src", "elsewhere").stage();
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(violations(&json, "index", "suite-change")[0]["paths"], serde_json::json!(["src", "src/middleware/test.py"]));
    // the base's files can be put where the link is, and are
    repo.guard(&["test", "front"]).ok();
    assert_eq!(accused(&repo), ["forbidden-change"]);
}
