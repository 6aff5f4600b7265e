//! The page says what JSON says.

use super::*;

/// A number as the page has it.
fn grouped(value: &Value) -> String {
    let digits = value.as_u64().unwrap_or_else(|| panic!("{value} is no number")).to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn name(value: &Value) -> String {
    value.as_str().map_or_else(|| "(nobody named)".to_owned(), str::to_owned)
}

fn list(value: &Value) -> String {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_commit_and_specialist_is_as_in_json() {
    let repo = busy();
    let report = audit(&repo, &[]);
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let mut rows = browser.eval("look.table('look-table-0')").as_array().unwrap().clone();
    rows.extend(browser.eval("look.table('rest-table-0')").as_array().unwrap().iter().cloned());
    let commits = report["commits"].as_array().unwrap();
    assert_eq!(rows.len(), commits.len());
    for commit in commits {
        let id = &commit["commit"].as_str().unwrap()[..7];
        let row = rows.iter().find(|row| row[0].as_str().unwrap().starts_with(id)).unwrap_or_else(|| panic!("{id} is not shown"));
        let cell = |at: usize| row[at].as_str().unwrap();
        assert_eq!(cell(2), format!("{} {}", name(&commit["specialist"]), commit["source"].as_str().unwrap()));
        for (at, key) in [(4, "files"), (5, "insertions"), (6, "deletions"), (7, "inserted_bytes")] {
            assert_eq!(cell(at), grouped(&commit[key]), "{key} of {id}");
        }
        assert_eq!((cell(8), cell(9)), (&*list(&commit["areas"]), &*list(&commit["claims"])));
        let found = commit["evidence"].as_array().unwrap().iter().map(|one| {
            let result = one["result"].as_str().map_or_else(String::new, |result| format!(", {result}"));
            format!("{}: {}{result}", one["suite"].as_str().unwrap(), one["found"].as_str().unwrap())
        });
        assert_eq!(cell(10), found.collect::<Vec<_>>().join(" "));
        assert_eq!(cell(3).split_whitespace().collect::<Vec<_>>().join(", "), list(&commit["violations"]));
    }
    let rows = browser.eval("look.table('specialists-table')");
    for (row, sum) in rows.as_array().unwrap().iter().zip(report["specialists"].as_array().unwrap()) {
        assert_eq!(row[0], name(&sum["name"]));
        let numbers = [
            (1, "commits"),
            (2, "violating"),
            (3, "files"),
            (4, "insertions"),
            (5, "deletions"),
            (8, "guarded"),
            (9, "claims"),
            (10, "proven"),
        ];
        for (at, key) in numbers {
            assert_eq!(row[at], grouped(&sum[key]), "{key} of {}", sum["name"]);
        }
    }
    assert_eq!(rows.as_array().unwrap().len(), report["specialists"].as_array().unwrap().len());
}

#[test]
fn the_verdict_and_the_key_figures_come_first() {
    let repo = busy();
    let report = audit(&repo, &[]);
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let summary = &report["summary"];
    let numbers = browser.eval("look.texts('.figure .number')");
    let sum = |key: &str| report["specialists"].as_array().unwrap().iter().map(|one| one[key].as_u64().unwrap()).sum::<u64>();
    let (claims, proven) = (sum("claims"), sum("proven"));
    assert_eq!((claims, proven), (3, 1));
    let expected = [&summary["commits"], &summary["violating"], &summary["guarded_without_evidence"]].map(grouped);
    assert_eq!(numbers, json!([expected[0], expected[1], expected[2], "67 %", grouped(&summary["undecided"])]));
    let verdict = browser.eval("document.querySelector('header .verdict').textContent");
    let says = format!(
        "{} of {} commits break a rule, {} of them landed in a guarded area without evidence",
        expected[1], expected[0], expected[2]
    );
    assert!(verdict.as_str().unwrap().starts_with(&says), "{verdict}");
    let first = browser.eval("[...document.querySelectorAll('.figures, svg[role=img], table')][0].className");
    assert_eq!(first, "figures");
}

#[test]
fn charts_draw_the_numbers_of_json() {
    let repo = busy();
    let report = audit(&repo, &[]);
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let commits = report["commits"].as_array().unwrap();
    let breaking = commits.iter().filter(|row| row["violations"] != json!([])).count();
    for (panel, unit) in [("lines", "line"), ("files", "file")] {
        let marks = |kind: &str| {
            format!("[...document.querySelectorAll('#panel-{panel} .chart .{kind} > title')].map((title) => title.textContent)")
        };
        let (kept, broken) = (browser.eval(&marks("kept")), browser.eval(&marks("broken")));
        assert_eq!((kept.as_array().unwrap().len(), broken.as_array().unwrap().len()), (commits.len() - breaking, breaking));
        for commit in commits {
            let drawn = if commit["violations"] == json!([]) { &kept } else { &broken };
            let size = if panel == "files" {
                commit["files"].as_u64()
            } else {
                commit["insertions"].as_u64().zip(commit["deletions"].as_u64()).map(|(a, b)| a + b)
            };
            let (id, size) = (&commit["commit"].as_str().unwrap()[..7], size.unwrap());
            let ends = format!(": {size} {unit}{}", if size == 1 { "" } else { "s" });
            let mark =
                drawn.as_array().unwrap().iter().map(|said| said.as_str().unwrap()).find(|said| said.starts_with(id)).unwrap();
            assert!(mark.split(", breaks").next().unwrap().ends_with(&ends), "{mark}, not {ends}");
        }
        let limit = if panel == "lines" { "limit 20" } else { "limit 3" };
        assert_eq!(browser.eval(&format!("look.texts('#panel-{panel} .bound')")), json!([limit]));
    }
    let cells = browser.eval("[...document.querySelectorAll('#matrix rect > title')].map((title) => title.textContent)");
    for area in report["overall"]["areas"].as_array().unwrap() {
        for by in area["by"].as_array().unwrap() {
            let said = format!("{}, {}: {}", area["area"].as_str().unwrap(), name(&by["specialist"]), by["commits"]);
            assert!(cells.as_array().unwrap().contains(&json!(said)), "no {said} in {cells}");
        }
    }
    assert_eq!(browser.eval("look.texts('#matrix [class^=count]').filter((number) => number !== '0').length"), 4);
    let bars = browser.eval("[...document.querySelectorAll('#bars g > title')].map((title) => title.textContent)");
    assert_eq!(bars, json!(["dev: 1 of 3 claims proven"]));
    assert_eq!(browser.eval("look.table('claims-table')"), json!([["dev", "3", "1", "67 %"]]));
    let width = "(kind) => Number(document.querySelector(`#bars g .${kind}`).getAttribute('width'))";
    assert_eq!(browser.eval(&format!("Math.round(({width})('claimed') / ({width})('proven'))")), 3);
    let events = browser.eval("look.table('events-table').map((row) => row[1])");
    let told: Vec<&Value> = report["overall"]["events"].as_array().unwrap().iter().map(|event| &event["what"]).collect();
    assert_eq!((&events, told.len()), (&json!(told), 1));
}
