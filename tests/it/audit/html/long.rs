//! A long history stays usable.

use super::*;

/// As many commits as asked for, of which each tenth changes too many files.
fn long(commits: u32) -> Repo {
    let repo = under(POLICY);
    let mut stream = String::new();
    for n in 0..commits {
        let from = if n == 0 { "from refs/heads/main\n" } else { "" };
        let time = 1_700_000_000 + 3600 * n;
        stream.push_str(&format!("commit refs/heads/long\ncommitter A <author@example.org> {time} +0000\ndata 2\nx\n{from}"));
        for file in 0..if n % 10 == 0 { 4 } else { 1 } {
            let text = format!("{n}\n").repeat(n as usize % 40 + 1);
            stream.push_str(&format!("M 100644 inline f{file}\ndata {}\n{text}\n", text.len()));
        }
    }
    repo.run_with("git", &["fast-import", "--quiet"], stream.as_bytes()).ok();
    repo
}

#[test]
fn what_is_the_matter_is_shown_whole_and_the_rest_is_cut() {
    let repo = long(1500);
    let Some(mut browser) = shown(&repo, &["long"]) else { return };
    let report = audit(&repo, &["long"]);
    let breaking: Vec<&str> = report["commits"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .filter(|row| row["violations"] != json!([]))
        .map(|row| row["commit"].as_str().unwrap())
        .collect();
    assert_eq!(breaking.len(), 150);
    assert_eq!(browser.eval("[...document.querySelectorAll('#look tbody tr')].map((row) => row.id.slice(2))"), json!(breaking));
    assert_eq!(browser.eval("document.querySelectorAll('#rest tbody tr').length"), 500);
    let said = browser.eval("document.querySelector('#rest p').textContent");
    assert_eq!(
        said,
        "The newest 500 of 1,351; 851 older ones are left out, so that a browser can show this. All of them: guard audit long --format json"
    );
    let drawn = browser.eval("document.querySelectorAll('main svg *').length").as_u64().unwrap();
    assert!((100..2000).contains(&drawn), "{drawn}");
    let table = browser.eval("[...document.querySelectorAll('#panel-files figcaption tbody tr')].map((row) => look.cells(row).slice(1, 3).map((text) => Number(text.replaceAll(',', ''))))");
    let sums = table
        .as_array()
        .unwrap()
        .iter()
        .fold((0, 0), |sums, row| (sums.0 + row[0].as_u64().unwrap(), sums.1 + row[1].as_u64().unwrap()));
    assert_eq!(sums, (1501, 150), "the columns hold every commit");
    assert!(browser.complaints().is_empty());
}

#[test]
fn very_many_to_look_at_come_in_parts() {
    let repo = long(2500);
    repo.git(&["switch", "-q", "-f", "long"]).ok();
    let strict = repo.scratch().join("strict.toml");
    std::fs::write(&strict, POLICY.replace("max-files-per-commit = 3", "max-lines-per-commit = 1")).unwrap();
    let Some(mut browser) = shown(&repo, &["long", "--policy", strict.to_str().unwrap()]) else { return };
    let parts = browser.eval(
        "[...document.querySelectorAll('#look details')].map((part) => [part.open, part.querySelectorAll('tbody tr').length])",
    );
    assert_eq!(parts, json!([[true, 1000], [false, 1000], [false, 500]]));
    assert_eq!(
        browser.eval("document.querySelector('#look details:nth-of-type(2) summary').textContent.slice(0, 16)"),
        "1,001 to 2,000: "
    );
    assert!(browser.eval("document.querySelector('header').textContent").as_str().unwrap().contains("Not the trusted policy"));
    let rows = browser.eval("(() => { const table = document.querySelector('#look-table-1'); table.querySelectorAll('thead button')[5].click(); return look.table('look-table-1').map((row) => Number(row[5])) })()");
    assert!(rows.as_array().unwrap().windows(2).all(|pair| pair[0].as_u64() >= pair[1].as_u64()), "each sorts by itself");
}
