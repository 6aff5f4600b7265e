//! What is wrong with a name, and what isn't.

use crate::rules::name::{deceives, is_file_of_git, is_not_portable};
use crate::text::invisible;

#[test]
fn git_s_own_directory_in_every_disguise() {
    let disguises: [&[u8]; 17] = [
        b".git",
        b".GIT",
        b".Git ",
        b".git.",
        b".git. . ",
        b".git:stream",
        b".git::$INDEX_ALLOCATION",
        b".git ::$INDEX_ALLOCATION",
        b"git~1",
        b"GIT~2",
        b"git~1.",
        ".g\u{200c}it".as_bytes(),
        "\u{feff}.git".as_bytes(),
        ".git\u{200d}".as_bytes(),
        b".git\\config",
        b"x\\.git",
        b"x\\git~1\\hooks",
    ];
    for name in disguises {
        assert!(deceives(name).iter().any(|p| p.ends_with("is `.git` to some file system")), "{}", String::from_utf8_lossy(name));
    }
    for name in [".gitignore", ".github", "git", ".git2", "x.git", "git~", "git~x", "git1"] {
        assert!(deceives(name.as_bytes()).is_empty(), "{name}");
    }
}

#[test]
fn names_that_no_repository_needs() {
    let table: [(&[u8], &str); 11] = [
        (b"", "an empty component"),
        (b".", "`.` as a name"),
        (b"..", "`..` as a name"),
        (b"..\\x", "`..` as a name"),
        (b"a\nb", "a control or invisible character in `a\\nb`"),
        (b"a\x7fb", "a control or invisible character in `a\\u{7f}b`"),
        ("a\u{85}b".as_bytes(), "a control or invisible character in `a\\u{85}b`"),
        ("a\u{202e}b".as_bytes(), "a control or invisible character in `a\\u{202e}b`"),
        ("a\u{200b}b\u{ff}".as_bytes(), "a control or invisible character in `a\\u{200b}bÿ`"),
        (b"a\xff\x01", "a control or invisible character in `a\\xff\\u{1}`"),
        (&[b'x'; 256], "a name of 256 bytes, 255 allowed"),
    ];
    for (name, problem) in table {
        assert_eq!(deceives(name), [problem]);
    }
    for name in ["x", "...", "..x", "-x", " x", "naïve", "日本語", "x".repeat(255).as_str(), "a b", "a\\b", "x:y", "nul", "\u{ff}"]
    {
        assert!(deceives(name.as_bytes()).is_empty(), "{name}");
    }
}

#[test]
fn characters_that_are_not_seen() {
    for c in
        ['\0', '\u{a0}', '\u{ad}', '\u{34f}', '\u{61c}', '\u{115f}', '\u{200b}', '\u{2028}', '\u{2066}', '\u{2800}', '\u{3000}']
    {
        assert!(invisible(c), "{c:?}");
    }
    for c in ['\u{3164}', '\u{fe0f}', '\u{feff}', '\u{ffa0}', '\u{e0041}', '\u{180e}'] {
        assert!(invisible(c), "{c:?}");
    }
    for c in [' ', 'a', '~', 'é', '\u{308}', 'ß', '中', '🙂', '\u{ffff}'] {
        assert!(!invisible(c), "{c:?}");
    }
}

#[test]
fn names_that_some_file_system_refuses() {
    let bad: [&[u8]; 34] = [
        b"con",
        b"CON",
        b"Prn.txt",
        b"aux.tar.gz",
        b"nul ",
        b"nul .txt",
        b"com1",
        b"LPT9.c",
        "com¹".as_bytes(),
        "lpt³.x".as_bytes(),
        b"CONIN$",
        b"conout$",
        b"aux:x",
        b"x.",
        b"x ",
        b"...",
        b"a\\b",
        b"a:b",
        b"a<b",
        b"a>b",
        b"a\"b",
        b"a|b",
        b"a?b",
        b"a*b",
        b"\xff",
        b"a\xc3",
        b"PROGRA~1",
        b"a~1",
        b"GI7EBA~1",
        b"ABCDE~12.TXT",
        b"x~1.c",
        b"gitmod~1",
        b"a~9",
        b"A~1.",
    ];
    for name in bad {
        assert!(!is_not_portable(name).is_empty(), "{}", String::from_utf8_lossy(name));
    }
    for name in
        ["console", "auxiliary.c", "com", "com0", "com10", "null", "lpt", ".x", "x.y", "a b", "main.c~", "foo.c.~1~", "x~y", "~1"]
    {
        assert!(is_not_portable(name.as_bytes()).is_empty(), "{name}: {:?}", is_not_portable(name.as_bytes()));
    }
    for name in ["abcdefghi~1", "v1~1.json", "a~1.b.c", "..", ".", "é"] {
        assert!(is_not_portable(name.as_bytes()).is_empty(), "{name}: {:?}", is_not_portable(name.as_bytes()));
    }
}

#[test]
fn files_that_git_reads() {
    for name in
        [".gitmodules", ".GITMODULES", ".gitattributes", ".gitignore", ".gitmodules ", ".gitmodules:x", "gitmod~1", "GITATT~4"]
    {
        assert!(is_file_of_git(name.as_bytes()), "{name}");
    }
    for name in ["gitmodules", ".gitkeep", ".gitmodules2", "gitmod~", "gitmodules~1"] {
        assert!(!is_file_of_git(name.as_bytes()), "{name}");
    }
}
