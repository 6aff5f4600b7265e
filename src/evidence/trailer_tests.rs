use std::io::Write;
use std::process::{Command, Stdio};

use crate::evidence::trailer::*;

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";

fn written(message: &str, suites: &[&str]) -> String {
    let suites: Vec<String> = suites.iter().map(|s| (*s).to_owned()).collect();
    String::from_utf8(rewrite(message.as_bytes(), Oid::from_hex(NEW).unwrap(), &suites, b"#")).unwrap()
}

fn found(message: &str) -> Vec<String> {
    parse(message.as_bytes()).into_iter().map(|m| format!("{} {}", m.suite, m.tree.short())).collect()
}

/// What git takes for trailers.
fn git_trailers(message: &str) -> Vec<String> {
    let mut child = Command::new("git")
        .args(["interpret-trailers", "--parse", "--no-divider"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", "/nonexistent")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    out.lines()
        .filter_map(|line| line.strip_prefix("Integration-Tested: "))
        .map(|value| value.replace("tree=", "").chars().take(value.find(' ').unwrap_or(0) + 8).collect())
        .collect()
}

#[test]
fn git_agrees_on_where_trailers_stand() {
    let marker = format!("Integration-Tested: s tree={NEW}");
    let messages = [
        format!("fix\n\n{marker}\n"),
        format!("fix\n\n{marker}"),
        format!("{marker}\n"),
        format!("fix\n{marker}\n"),
        format!("\n\nfix\n\n{marker}\n"),
        format!("fix\n\n{marker}\n\nand more\n"),
        format!("fix\n\ntext\n{marker}\n"),
        format!("fix\n\ntext\n{marker}\nSigned-off-by: a <a@b>\n"),
        format!("fix\n\na\nb\nc\nd\ne\nf\ng\n{marker}\nSigned-off-by: a <a@b>\n"),
        format!("fix\n\n{marker}\nCloses: #1\n\n\n"),
        format!("fix\n\nAcked-by : x\n{marker}\n"),
        format!("fix\n\n{marker}\n\n# Please enter\n#\n"),
        format!("fix\n\n{marker}\n# comment\nFoo: bar\n"),
        format!("fix\n\n# ------------------------ >8 ------------------------\n\n{marker}\n"),
        format!("fix\n\n{marker}\n# ------------------------ >8 ------------------------\ndiff\n\nx: y\n"),
        format!("fix\n\n{marker}\n\nConflicts:\n\ta\n\tb\n"),
        format!("fix\n\n{marker}\n(cherry picked from commit {OLD})\n"),
        format!("fix\n \n{marker}\n"),
        format!("fix\n\n  {marker}\n"),
        format!("# c\nfix\n\n{marker}\n"),
    ];
    for message in messages {
        assert_eq!(found(&message), git_trailers(&message), "{message:?}");
    }
}

#[test]
fn what_is_no_marker() {
    for line in [
        "Integration-Tested: s".to_owned(),
        "Integration-Tested: s tree=".to_owned(),
        format!("Integration-Tested: s tree={}", &NEW[1..]),
        format!("Integration-Tested: s tree=+{}", &NEW[1..]),
        format!("Integration-Tested: tree={NEW}"),
        format!("Integration-Tested: s s tree={NEW}"),
        format!("Integration-Tested: s\n tree={NEW}"),
        format!("Integration-Tested: s tree={NEW}\n and more"),
        format!("Integration-Tested-By: s tree={NEW}"),
        format!("Integration-Tested: s tree={}", "0".repeat(40)),
    ] {
        assert_eq!(found(&format!("fix\n\n{line}\n")), Vec::<String>::new(), "{line:?}");
    }
    assert_eq!(found(&format!("fix\n\nINTEGRATION-tested:  s  tree={NEW} \r\n")), ["s 2222222"]);
    assert!(parse(b"fix\n\nIntegration-Tested: \xff tree=2222222222222222222222222222222222222222\n").is_empty());
}

#[test]
fn markers_are_put_where_trailers_stand() {
    let new = format!("Integration-Tested: s tree={NEW}\n");
    let old = format!("Integration-Tested: s tree={OLD}\n");
    for (before, after) in [
        ("fix\n".to_owned(), format!("fix\n\n{new}")),
        ("fix".to_owned(), format!("fix\n\n{new}")),
        ("fix: a\n".to_owned(), format!("fix: a\n\n{new}")),
        ("fix\n\nwhy\n".to_owned(), format!("fix\n\nwhy\n\n{new}")),
        ("fix\n\nSigned-off-by: a <a@b>\n".to_owned(), format!("fix\n\nSigned-off-by: a <a@b>\n{new}")),
        ("fix\n\nSigned-off-by: a <a@b>".to_owned(), format!("fix\n\nSigned-off-by: a <a@b>\n{new}")),
        ("fix\n\n# Please\n#\n".to_owned(), format!("fix\n\n{new}\n# Please\n#\n")),
        ("fix\n# Please\n#\n".to_owned(), format!("fix\n\n{new}# Please\n#\n")),
        (format!("fix\n\n{old}"), format!("fix\n\n{new}")),
        (format!("fix\n\n{new}"), format!("fix\n\n{new}")),
        (format!("fix\n\n{old}Foo: bar\n{new}\n\n# c\n"), format!("fix\n\nFoo: bar\n{new}\n\n# c\n")),
        (
            "fix\n\n# ------------------------ >8 ------------------------\ndiff --git\n".to_owned(),
            format!("fix\n\n{new}\n# ------------------------ >8 ------------------------\ndiff --git\n"),
        ),
        (format!("fix\n\nsee {old}"), format!("fix\n\nsee {old}\n{new}")),
    ] {
        assert_eq!(written(&before, &["s"]), after, "{before:?}");
        assert_eq!(written(&after, &["s"]), after, "twice is once");
        assert_eq!(found(&after), ["s 2222222"]);
    }
}

#[test]
fn stale_markers_go_and_nothing_else() {
    let old = format!("Integration-Tested: s tree={OLD}\n");
    for (before, after) in [
        (format!("fix\n\n{old}"), "fix\n".to_owned()),
        (format!("fix\n\nwhy\n\n{old}{old}"), "fix\n\nwhy\n".to_owned()),
        (format!("fix\n\n{old}\n# c\n"), "fix\n\n# c\n".to_owned()),
        (format!("fix\n\nFoo: bar\n{old}"), "fix\n\nFoo: bar\n".to_owned()),
        (format!("fix\n\n{old}  folded\n"), format!("fix\n\n{old}  folded\n")),
        (format!("fix\n\nIntegration-Tested: other tree={NEW}\n"), format!("fix\n\nIntegration-Tested: other tree={NEW}\n")),
        ("fix\n\nIntegration-Tested: yes\n".to_owned(), "fix\n\nIntegration-Tested: yes\n".to_owned()),
    ] {
        assert_eq!(written(&before, &[]), after, "{before:?}");
    }
}

#[test]
fn an_empty_message_stays_empty() {
    for message in ["", "\n", "\n# Please enter\n#\n", "# ------------------------ >8 ------------------------\ndiff\n", "  \n\n"] {
        assert_eq!(written(message, &["s"]), message);
    }
}

#[test]
fn bytes_that_are_not_utf8_stay() {
    let out = rewrite(b"fix \xff\n\nwhy \xfe\r\n", Oid::from_hex(NEW).unwrap(), &["s".to_owned(), "no word".to_owned()], b"#");
    assert_eq!(out, [b"fix \xff\n\nwhy \xfe\r\n\n".as_slice(), format!("Integration-Tested: s tree={NEW}\n").as_bytes()].concat());
}

#[test]
fn another_comment_character() {
    assert_eq!(comment_prefix(None, b""), b"#");
    assert_eq!(comment_prefix(Some(";"), b""), b";");
    assert_eq!(comment_prefix(Some("auto"), b"#1 fix\n\n; Please\n;\n\n"), b";");
    assert_eq!(comment_prefix(Some("auto"), b"fix\n"), b"#");
    assert_eq!(without_comments(b"; a\n#1 fix\n\n; b\nx: y\n; c\n", b";"), b"#1 fix\n\nx: y\n");
    let out = rewrite(b"#1 fix\n\n; Please\n", Oid::from_hex(NEW).unwrap(), &["s".to_owned()], b";");
    assert_eq!(String::from_utf8(out).unwrap(), format!("#1 fix\n\nIntegration-Tested: s tree={NEW}\n\n; Please\n"));
}

#[test]
fn the_file_is_replaced_whole_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("COMMIT_EDITMSG");
    std::fs::write(&path, "fix\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    rewrite_message_file(&path, Oid::from_hex(NEW).unwrap(), &["s".to_owned()], b"#").unwrap();
    assert_eq!(found(&std::fs::read_to_string(&path).unwrap()), ["s 2222222"]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    let error = rewrite_message_file(&dir.path().join("none"), Oid::from_hex(NEW).unwrap(), &[], b"#").unwrap_err();
    assert!(error.message.contains("could not write markers"));
}
