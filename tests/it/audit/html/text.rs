//! Whatever comes from the repository is text.

use super::*;

/// What each would do, if it were anything but text: the page's title would change.
const ATTACKS: [&str; 4] = [
    "<script>document.title='run'</script>",
    "\"><img src=x onerror=\"document.title='run'\">",
    "{{7*7}}{% raw %}</style></title>",
    "'-->]]><svg onload=document.title='run'>\u{202e}\u{1b}[31m",
];

const BRANCH: &str = "<img/src=x/onerror=document.title='run'>{{7-7}}";
/// git takes `<` and `>` out of addresses, and nothing else.
const EMAIL: &str = "x\"onmouseover=\"document.title='run'\"@example.org";

/// Attacks as a branch, an owner's address, messages, authors, suites, a reason, and a path that can't be read.
fn attacked() -> Repo {
    let repo = Repo::new();
    let owners = format!("emails = [\"boss@example.org\", {}]", serde_json::to_string(EMAIL).unwrap());
    let policy = crate::audit::told::keyed(&repo).replace("emails = [\"boss@example.org\"]", &owners);
    repo.author("boss@example.org").write("policy.toml", policy).commit_unjudged("start");
    repo.author(EMAIL);
    for attack in ATTACKS {
        repo.set("GIT_AUTHOR_NAME", attack).write(format!("middleware/{}", attack.replace('/', "|")), attack);
        let tree = repo.stage().index_tree();
        repo.commit_unjudged(&format!("{attack}\n\nIntegration-Tested: {} tree={tree}", attack.replace(' ', "+")));
    }
    let listed = repo.git(&["ls-files", "-s", "--", "*svg*"]).ok().line();
    let blob = listed.split(' ').nth(1).unwrap();
    std::fs::remove_file(repo.file(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let key = repo.key("boss").private;
    repo.guard(&["halt", "--reason", ATTACKS[1], "--sign", key.to_str().unwrap()]).ok();
    repo.git(&["branch", "-q", BRANCH]).ok();
    repo
}

#[test]
fn nothing_of_the_repository_s_runs_or_is_markup() {
    let repo = attacked();
    let report = audit(&repo, &[BRANCH]);
    let Some(mut browser) = shown(&repo, &[BRANCH]) else { return };
    assert_eq!(browser.eval("document.title"), format!("Audit of {BRANCH}"));
    assert_eq!(browser.eval("document.querySelector('h1').textContent"), format!("Audit of {BRANCH}"));
    assert_eq!(browser.eval("document.querySelectorAll('img, iframe, object, embed, link, base, form').length"), 0);
    assert_eq!(browser.eval("document.querySelectorAll('script').length + document.querySelectorAll('style').length"), 2);
    let handlers = "[...document.querySelectorAll('*')].flatMap((node) => node.getAttributeNames()).filter((name) => /^on|^style$/.test(name))";
    assert_eq!(browser.eval(handlers), json!([]));
    let seen = browser.eval("document.body.textContent");
    let seen = seen.as_str().unwrap();
    // The branch, the suites of messages, the reason of a halt, an owner's address, the path that can't be read.
    let suites = report["commits"].as_array().unwrap().iter().flat_map(|row| row["claims"].as_array().unwrap());
    let suites: Vec<&str> = suites.map(|suite| suite.as_str().unwrap()).collect();
    assert_eq!(suites.len(), ATTACKS.len(), "{report:#}");
    for text in
        [BRANCH, suites[0], suites[1], suites[2], ATTACKS[1], EMAIL, r"'-->]]><svg onload=document.title='run'>\u{202e}\u{1b}[31m"]
    {
        assert!(seen.contains(text), "no `{text}` in {seen}");
    }
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
}

#[test]
fn nothing_that_hides_is_in_the_file() {
    let repo = attacked();
    let text = std::fs::read_to_string(page(&repo, &[BRANCH])).unwrap();
    let hidden: Vec<char> = text
        .chars()
        .filter(|c| {
            (c.is_control() && *c != '\n') || ('\u{200b}'..='\u{200f}').contains(c) || ('\u{202a}'..='\u{202e}').contains(c)
        })
        .collect();
    assert_eq!(hidden, Vec::<char>::new());
}
