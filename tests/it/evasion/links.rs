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
fn what_comes_behind_a_link_below_a_wildcard_touches_the_area() {
    // A suite has its files by their own paths.
    let rules = ["forbidden-change", "guarded-area"];
    let come = |repo: &Repo, path: &str| {
        repo.git(&["reset", "-q", "--hard"]).ok();
        repo.write(path, "x\n").stage();
    };
    for (paths, links, comes, link) in [
        ("'src/**/auth/**'", &[("src/x", "../lib")][..], "lib/auth/a.py", "src/x"),
        ("'src/**/auth/'", &[("src/x", "../lib")], "lib/AUTH/a.py", "src/x"),
        ("'src/*/auth/*.py'", &[("src/x", "../lib/deep")], "lib/deep/auth/a.py", "src/x"),
        ("'src/**/*.sql'", &[("src/a/b", "../../lib")], "lib/new/1.sql", "src/a/b"),
        ("'src/{a,b}/**/auth/'", &[("src/b/x", "../../lib")], "lib/auth/a.py", "src/b/x"),
        // over another link, and over one that comes
        ("'src/**/auth/**'", &[("src/x", "../hop"), ("hop", "lib")], "lib/auth/a.py", "src/x"),
        ("'src/**/auth/**'", &[("src/x", "../hop"), ("hop/to", "../lib")], "lib/auth/a.py", "src/x"),
        // through the root
        ("'src/**/auth/**'", &[("src/x", "..")], "auth/a.py", "src/x"),
    ] {
        let repo = about(paths);
        repo.write("lib/deep/keep", "1\n");
        for (at, to) in links {
            repo.link(at, to);
        }
        repo.commit_unjudged("links");
        come(&repo, comes);
        assert_eq!(accused(&repo), rules, "{paths} {comes}");
        let json = repo.json(&["check", "--staged"]);
        assert_eq!(judgement(&json, "index")["areas"], serde_json::json!(["front"]), "{paths}");
        let run = repo.guard(&["check", "--staged"]).rejected();
        run.says(&format!("nobody changed `{link}`: `{comes}` is read through it now"));
        for who in ["area@example.org", "path@example.org"] {
            repo.author(who);
            assert!(accused(&repo).contains(&"scope".to_owned()), "{paths} {who}");
        }
        repo.author("author@example.org");
        // It stands there: more of it, and what changes in it, is what the link means already.
        repo.commit_unjudged("there");
        let more = comes.replace("a.py", "b.py").replace("1.sql", "2.sql");
        repo.write(comes, "y\n").write(&more, "x\n").stage();
        assert_eq!(accused(&repo), [""; 0], "{paths} {more}");
    }
}

#[test]
fn a_directory_in_place_of_the_file_that_a_link_led_to_is_read_through_it() {
    let repo = about("'src/**/auth/**'");
    repo.write("lib", "a file\n").link("src/x/auth", "../../lib").commit_unjudged("a link to a file");
    repo.remove("lib").write("lib/a.py", "x\n").stage();
    assert_eq!(accused(&repo), ["forbidden-change", "guarded-area"]);
}

#[test]
fn what_comes_behind_no_link_or_where_nothing_matches_touches_no_area() {
    let repo = about("'src/**/auth/**'");
    repo.write("lib/keep", "1\n").link("src/x", "../lib").link("other/y", "../lib").commit_unjudged("links");
    for path in ["lib/a.py", "lib/authentic/a.py", "elsewhere/auth/a.py", "src2/auth/a.py"] {
        repo.write(path, "x\n").stage();
        assert_eq!(accused(&repo), [""; 0], "{path}");
    }
    // Scope asks what somebody changed, and the link is none of it.
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    let more = "[specialist.lib]\nemails = [\"lib@example.org\"]\nallowed = [\"lib/\"]\n\n[area.front]";
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("policy.toml", policy.replace("[area.front]", more)).commit_unjudged("policy");
    repo.author("lib@example.org").write("lib/auth/a.py", "x\n").stage();
    assert_eq!(accused(&repo), ["forbidden-change", "guarded-area"]);
}

#[test]
fn what_a_merge_brings_together_behind_a_link_is_the_merge_s() {
    let repo = about("'src/**/auth/**'");
    repo.write("lib/keep", "1\n").commit_unjudged("lib");
    repo.git(&["switch", "-q", "-c", "links"]).ok();
    repo.link("src/x", "../lib").commit_unjudged("link");
    repo.guard(&["check"]).ok();
    repo.git(&["switch", "-q", "-c", "adds", "main"]).ok();
    repo.write("lib/auth/a.py", "x\n").commit_unjudged("auth");
    repo.guard(&["check"]).ok();
    repo.git(&["switch", "-q", "-c", "third", "main"]).ok();
    repo.write("third", "x\n").commit_unjudged("third");
    for (first, others) in
        [("links", &["adds"][..]), ("adds", &["links"]), ("links", &["third", "adds"]), ("third", &["adds", "links"])]
    {
        repo.git(&["switch", "-q", "-C", "merged", first]).ok();
        repo.git(&[&["merge", "-q", "--no-edit"], others].concat()).ok();
        let run = repo.guard(&["check"]).rejected().says("error[guarded-area]");
        run.says("nobody changed `src/x`: both sides of the merge meet behind it");
        repo.git(&["switch", "-q", "-C", "later", "merged"]).ok();
        repo.write("later", "1\n").commit_unjudged("later");
        repo.guard(&["check", "merged..later"]).ok();
    }
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

/// A project of links: `e` leads over a directory to a file, `f` over it to nothing, `chain` over `e`.
fn of_links() -> Repo {
    let policy = "version = 1\nbase = \"main\"\n\n[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\nprohibited = [\"app/\"]\n\n\
                  [owners]\nemails = [\"boss@example.org\"]\n\n[area.auth]\npaths = [\"auth/\"]\nrequires = [\"unit\"]\n\n[suite.unit]\nrun = \"true\"\n\n\
                  [evidence]\ncommit = \"recorded\"\nbranch = \"recorded\"\nland = \"recorded\"\n";
    let repo = Repo::with_policy(policy);
    repo.write("app/a", "1\n").write("d/q/k", "1\n").write("d/x", "1\n").write("other/deep/k", "1\n");
    repo.link("e", "d/q/../../x").link("f", "d/q/app").link("chain", "e").commit_unjudged("links");
    repo
}

/// Puts a link in the place of the directory that the others lead over.
fn aim(repo: &Repo) -> &Repo {
    repo.git(&["rm", "-rq", "d/q"]).ok();
    repo.link("d/q", "..").stage()
}

#[test]
fn a_link_that_nobody_changed_is_judged_by_where_it_leads_since_at_every_door() {
    let repo = of_links();
    repo.guarded_remote();
    repo.login("dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    aim(&repo);
    let says = |run: Run| {
        let run = run.rejected();
        let run = run.says("error[safe-path]").says("error[scope]").says("nobody changed `e`: `d/q` on its way is another now");
        run.says("`f`: in `app/`, which `dev` may not touch");
    };
    says(repo.guard(&["check", "--staged"]));
    repo.install();
    says(repo.git(&["commit", "-q", "-m", "aim"]));
    repo.git(&["commit", "-q", "--no-verify", "-m", "aim"]).ok();
    says(repo.guard(&["check"]));
    says(repo.git(&["push", "--no-verify", "origin", "work"]));
    // What it says of the index is the way out.
    repo.git(&["reset", "-q", "--soft", "HEAD^"]).ok();
    repo.git(&["restore", "--staged", "--", "d/q"]).ok();
    repo.guard(&["check", "--staged"]).ok();
    // An audit of what landed says the same.
    repo.stage().git(&["commit", "-q", "--no-verify", "-m", "aim"]).ok();
    let audit: serde_json::Value = serde_json::from_str(&repo.guard(&["audit", "--format", "json", "main..work"]).out()).unwrap();
    assert!(audit.to_string().contains("safe-path"), "{audit:#}");
}

#[test]
fn links_are_re_aimed_by_what_comes_what_goes_and_what_is_moved() {
    for (name, change) in [
        (
            "a link that goes",
            &(|repo: &Repo| {
                repo.remove("hop").write("hop/k", "1\n");
            }) as &dyn Fn(&Repo),
        ),
        ("one that leads elsewhere", &|repo: &Repo| {
            repo.remove("hop").link("hop", "other");
        }),
        ("one that is moved", &|repo: &Repo| {
            repo.git(&["mv", "hop", "hop2"]).ok();
        }),
    ] {
        let repo = of_links();
        // Over `hop`, which leads two levels down, `up` ends inside; over a directory of one level it ends outside.
        repo.link("hop", "other/deep").link("up", "hop/../../d").commit_unjudged("hop");
        change(&repo);
        repo.stage();
        let run = repo.guard(&["check", "--staged"]).rejected();
        let run =
            run.says("`up`: a symbolic link out of the repository").says("nobody changed `up`: `hop` on its way is another now");
        assert!(!run.out().contains("`e`"), "{name}: {}", run.out());
    }
    // What leads to the same place is no matter, nor is a change beside links.
    let repo = of_links();
    repo.write("d/q/k", "2\n").write("e2", "x\n").link("d/elsewhere", "q").stage();
    repo.guard(&["check", "--staged"]).ok();
}

#[test]
fn a_link_in_front_of_an_area_that_is_re_aimed_touches_it() {
    let repo = of_links();
    repo.link("step", "other").link("auth", "step/deep").commit_unjudged("in front");
    repo.remove("step").link("step", "d").stage();
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(judgement(&json, "index")["areas"], serde_json::json!(["auth"]), "{json:#}");
    assert_only_violated(&json, &["guarded-area"]);
    repo.guard(&["test", "unit"]).ok();
    repo.guard(&["check", "--staged"]).ok();
}

#[test]
fn what_a_clean_merge_re_aims_is_the_merge_s() {
    let repo = of_links();
    repo.git(&["rm", "-q", "e", "f", "chain"]).ok();
    repo.commit_unjudged("none");
    repo.git(&["switch", "-q", "-c", "one"]).ok();
    aim(&repo).commit_unjudged("aim");
    repo.guard(&["check"]).ok();
    repo.git(&["switch", "-q", "-c", "two", "main"]).ok();
    repo.link("g", "d/q/../../x").write("two", "2\n").commit_unjudged("link");
    repo.guard(&["check"]).ok();
    repo.git(&["switch", "-q", "-c", "three", "main"]).ok();
    repo.write("three", "3\n").commit_unjudged("three");
    for others in [&["one"][..], &["one", "three"]] {
        repo.git(&["switch", "-q", "-C", "merged", "two"]).ok();
        repo.git(&[&["merge", "-q", "--no-edit"], others].concat()).ok();
        let run = repo.guard(&["check"]).rejected();
        let run = run.says("`g`: a symbolic link out of the repository").says("links of both sides of the merge meet on its way");
        run.says("neither side of the merge is wrong alone").says_not("next:");
    }
    // What both sides have already is nobody's.
    repo.git(&["switch", "-q", "-C", "left", "merged"]).ok();
    repo.write("left", "1\n").commit_unjudged("left");
    repo.git(&["switch", "-q", "-C", "right", "merged"]).ok();
    repo.write("right", "1\n").commit_unjudged("right");
    repo.git(&["merge", "-q", "--no-edit", "left"]).ok();
    repo.guard(&["check", "merged..right"]).ok();
}
