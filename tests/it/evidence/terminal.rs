//! What a person sees on a terminal while a suite runs: a real one, by util-linux's `script`.

use super::*;

#[test]
fn a_terminal_shows_how_long_it_has_been_running_and_the_last_line() {
    let repo = with_suites(&[("slow", "run = \"echo a whole line; printf 'half a line'; sleep 1.3; echo ' is done'\"")]);
    let run = repo.set("TERM", "xterm").run("script", &["-qec", "stty cols 90 rows 24; guard test slow", "/dev/null"]).ok();
    let shown = run.out();
    let spun: Vec<&str> = shown.split(['\r', '\n']).filter(|line| line.contains("`slow`  ")).collect();
    assert!(spun.iter().any(|line| line.contains("half a line")), "{shown:?}");
    assert!(spun.iter().any(|line| line.contains(" 0s ")) && spun.iter().any(|line| line.contains(" 1s ")), "{spun:?}");
    let spinner: std::collections::BTreeSet<char> =
        spun.iter().filter_map(|line| line.split("m").last()?.trim_start().chars().next()).collect();
    assert!(spinner.len() > 1, "it turns: {spinner:?}");
    assert!(shown.contains("a whole line\r\n") && shown.contains("half a line is done\r\n"), "{shown:?}");
    // The line is wiped before what stays is said.
    let after = shown.split("\u{1b}[2K").last().unwrap();
    assert!(after.starts_with("slow: ") && after.contains(" on tree ") && !after.contains("`slow`  "), "{after:?}");
}

#[test]
fn elsewhere_there_are_plain_lines() {
    let repo = with_suites(&[("s", "run = \"echo a line; printf half\"")]);
    let run = repo.set("TERM", "xterm").guard(&["test", "s"]).ok();
    assert!(!run.err().contains('\u{1b}') && !run.err().contains('\r'), "{:?}", run.err());
    assert!(run.err().ends_with("a line\nhalf"), "{:?}", run.err());
}
