//! The audit as a page, in a real browser.

use std::path::PathBuf;

use super::*;
use crate::browser::Browser;

mod long;
mod reach;
mod said;
mod seen;
mod sorted;
mod text;

/// Functions for the page: what is seen, and how.
const LOOK: &str = include_str!("html/look.js");

/// `POLICY` with limits of lines, and a second area.
fn limited() -> String {
    POLICY.replace("max-files-per-commit = 3", "max-files-per-commit = 3\nmax-lines-per-commit = 20")
        + "\n[area.docs]\npaths = [\"docs/\"]\n\n[suite.load]\nrun = \"false\"\n"
}

/// A history in which everything happens: claims with and without proof, limits kept and broken, two who meet, a merge, a return.
fn busy() -> Repo {
    let repo = under(&limited());
    repo.write("ok", "").write("middleware/a", "1\n").stage();
    repo.guard(&["test", "integration"]).ok();
    let proven = format!("Integration-Tested: integration tree={}", repo.index_tree());
    let good = repo.commit_unjudged(&format!("It works\n\n{proven}"));
    repo.write("middleware/a", "2\n").stage();
    let claim = |suite: &str| format!("Integration-Tested: {suite} tree={}", repo.index_tree());
    let said = format!("It works, too\n\n{}\n{}", claim("integration"), claim("load"));
    repo.commit_unjudged(&said);
    repo.write_many("x", 5).commit_unjudged("five");
    repo.author("web@example.org").write("docs/a", "text\n".repeat(300)).commit_unjudged("long");
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.write("middleware/b", "b\n").write("docs/b", "b\n").commit_unjudged("both");
    repo.author("author@example.org").git(&["switch", "-q", "main"]).ok();
    repo.write("b", "b\n").commit_unjudged("meanwhile");
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    repo.author("nobody@example.org").write("c", "c\n").commit_unjudged("by nobody");
    repo.author("author@example.org").git(&["rm", "-rq", "."]).ok();
    repo.git(&["checkout", "-q", &good, "--", "."]).ok();
    repo.commit_unjudged("return");
    repo
}

/// The page of an audit, as a file.
fn page(repo: &Repo, args: &[&str]) -> PathBuf {
    let run = repo.guard(&[&["audit", "--format", "html"], args].concat()).ok();
    assert_eq!(run.err(), "");
    let file = repo.scratch().join("audit.html");
    std::fs::write(&file, run.out()).unwrap();
    file
}

/// The page in a browser, which has the functions of `look.js`; `None` where there is no browser.
fn shown(repo: &Repo, args: &[&str]) -> Option<Browser> {
    let mut browser = Browser::open(repo)?;
    browser.look(1400, "light");
    browser.show(&page(repo, args));
    browser.eval(LOOK);
    Some(browser)
}
