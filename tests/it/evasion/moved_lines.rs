//! Matching lines that come to another path, or leave one, though no byte of the file changes.

use crate::support::*;

/// The text of the policy, with this of the area `mw` and this of specialist `dev`.
fn policy(area: &str, dev: &str) -> String {
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\n[specialist.dev]\nemails = [\"author@example.org\"]\n{dev}\n\
         [area.mw]\nlines = ['\\.add_middleware\\s*\\(']\n{area}\n[suite.unit]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n"
    )
}

fn prepared(area: &str, dev: &str) -> Repo {
    let repo = Repo::with_policy(&policy(area, dev));
    repo.write("docs/example.py", "import x\napp.add_middleware(X)\n").write("api/main.py", "import x\n");
    repo.commit_unjudged("base");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo
}

/// Whether a landing of the branch breaks the rule.
fn lands(repo: &Repo, rule: &str) -> bool {
    let json = repo.json(&["check", "--stage", "land"]);
    let outcomes = json["judgements"].as_array().unwrap().iter().flat_map(|judged| judged["outcomes"].as_array().unwrap());
    !outcomes.filter(|outcome| outcome["rule"] == rule).any(|outcome| outcome["outcome"] == "violated")
}

#[test]
fn every_rule_about_lines_sees_them_arrive() {
    for (rule, area, dev) in [
        ("guarded-area", "requires = [\"unit\"]", ""),
        ("scope", "", "prohibited = [\"area:mw\"]"),
        ("forbidden-change", "owners-only = true", ""),
        ("forbidden-change", "forbid = [\"add\"]", ""),
        ("forbidden-change", "forbid = [\"delete\"]", ""),
    ] {
        let repo = prepared(area, dev);
        repo.git(&["mv", "api/main.py", "api/app.py"]).ok();
        repo.commit_unjudged("a file without such lines");
        assert!(lands(&repo, rule), "{rule}: nothing matches in it");
        repo.git(&["mv", "docs/example.py", "api/mw.py"]).ok();
        repo.commit_unjudged("move");
        assert!(!lands(&repo, rule), "{rule} under {area}{dev}: a move");
        repo.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
        std::fs::copy(repo.file("docs/example.py"), repo.file("api/mw.py")).unwrap();
        repo.commit_unjudged("copy");
        assert_eq!(lands(&repo, rule), area == "forbid = [\"delete\"]", "{rule} under {area}{dev}: a copy");
    }
}

#[test]
fn at_the_commit_as_well() {
    let repo = prepared("owners-only = true", "");
    repo.git(&["mv", "docs/example.py", "api/mw.py"]).ok();
    repo.guard(&["check", "--staged"]).rejected().says("error[forbidden-change]");
}
