use proptest::prelude::*;

use super::*;
use crate::policy::Position;

fn hit(pattern: &str, path: &[u8]) -> bool {
    Pattern::new(pattern).unwrap().matches(&RepoPath::new(path))
}

fn hit_folded(pattern: &str, path: &[u8]) -> bool {
    let patterns = Patterns::new(vec![Cited { value: Pattern::new(pattern).unwrap(), at: Position::default() }]);
    patterns.matches_folded(&RepoPath::new(path)).is_some()
}

#[test]
fn a_trailing_slash_means_everything_below_and_the_entry_itself() {
    for (pattern, yes, no) in [
        ("api/", vec!["api", "api/x", "api/x/y"], vec!["apix", "x/api", "api2/x"]),
        (
            "**/middleware/",
            vec!["middleware", "middleware/a", "x/middleware", "x/y/middleware/z"],
            vec!["xmiddleware", "x/middlewares/a"],
        ),
        ("src/*/db/", vec!["src/a/db", "src/a/db/x/y"], vec!["src/db", "src/a/b/db", "src/a/dbx"]),
        ("**/test*/", vec!["tests", "a/test/x", "tests/a/b"], vec!["a/tes/x"]),
        ("*/", vec!["a", "a/b", "a/b/c"], vec![]),
        ("**/", vec!["a", "a/b"], vec![]),
    ] {
        yes.iter().for_each(|path| assert!(hit(pattern, path.as_bytes()), "{pattern} {path}"));
        no.iter().for_each(|path| assert!(!hit(pattern, path.as_bytes()), "{pattern} {path}"));
    }
}

#[test]
fn a_link_is_concerned_where_a_pattern_needs_a_directory() {
    for (pattern, yes, no) in [
        ("src/middleware/**", "src src/middleware SRC/Middleware src/middleware/x", "lib src/lib src/middlewares x/src"),
        ("src/middleware/", "src src/middleware", "src/lib"),
        ("a/b/c.py", "a a/b a/b/c.py", "a/c b a/b/d.py"),
        ("**/auth/**", "auth x/auth x/y/Auth", "x authx x/authx"),
        ("**/csrf*", "csrf x/csrf.py", "x"),
        ("*/auth/x", "y/auth", "y y/z/auth auth"),
        ("**/a/**/b", "a x/a a/x x/a/y/z", "x"),
        ("src/*/auth/**", "src src/x src/x/auth", "src/x/y lib"),
        ("src/**/auth/**", "src src/x src/x/y src/x/auth", "lib"),
        ("{src/web,lib}/auth/{a,b}/x", "src src/web lib src/web/auth lib/auth/b", "web lib/auth/c src/lib"),
        ("[st]rc/x/y", "src trc src/x", "urc"),
        ("{pkg,lib,app,core}/{src,test,doc}/**/*.{js,ts,jsx,tsx,css,html}", "pkg lib/src core/doc/x", "README.md tools lib/x"),
        ("{a,b}{a,b}{a,b}/{c/{d,e},f,g,h,i,j,k}", "aaa bab aba/c", "c aaa/d"),
        (r"a\/b\{,\}/c", "a a/b{,}", "b a/b"),
    ] {
        let patterns = Patterns::new(vec![Cited { value: Pattern::new(pattern).unwrap(), at: Position::default() }]);
        let concerned = |path: &str, leads| patterns.concerned(&RepoPath::new(path), leads).is_some();
        yes.split(' ').for_each(|path| assert!(concerned(path, true), "{pattern} {path}"));
        no.split(' ').for_each(|path| assert!(!concerned(path, true), "{pattern} {path}"));
        // of anything else what matches is all
        yes.split(' ')
            .for_each(|path| assert_eq!(concerned(path, false), hit_folded(pattern, path.as_bytes()), "{pattern} {path}"));
    }
    let many = format!("{}/x", "{a,b}".repeat(10));
    let intricate = Patterns::new(vec![Cited { value: Pattern::new(&many).unwrap(), at: Position::default() }]);
    assert!(intricate.concerned(&"anything".into(), true).is_some() && intricate.concerned(&"anything".into(), false).is_none());
}

proptest! {
    /// Whatever matches, a link in place of a directory above it is concerned, unless the pattern names nothing down to there.
    #[test]
    fn whatever_matches_is_reached_through_what_is_concerned(parts in prop::collection::vec("a|b|[*]|a[*]|[?]b|[{]a,b[}]|[{]a/b,b[}]", 2..5),
        names in prop::collection::vec("a|b|ab", 2..7)) {
        let (pattern, path) = (parts.join("/"), names.join("/"));
        if hit(&pattern, path.as_bytes()) {
            let patterns = Patterns::new(vec![Cited { value: Pattern::new(&pattern).unwrap(), at: Position::default() }]);
            let named = parts.iter().position(|part| part != "*").unwrap_or(parts.len());
            for depth in named + 1..names.len() {
                let link = names.get(..depth).unwrap().join("/");
                prop_assert!(patterns.concerned(&RepoPath::new(link.as_str()), true).is_some(), "{} {}", pattern, link);
            }
        }
    }
}

#[test]
fn stars_do_not_cross_and_double_stars_do() {
    for (pattern, yes, no) in [
        ("*.rs", vec!["a.rs", ".rs"], vec!["a/b.rs"]),
        ("**/*.rs", vec!["a.rs", "a/b.rs", "a/b/c.rs"], vec!["a.rsx"]),
        ("**/csrf*", vec!["csrf", "a/csrf.py"], vec!["a/csrf/x", "xcsrf"]),
        ("src/*.rs", vec!["src/a.rs"], vec!["src/a/b.rs", "a.rs"]),
        ("a/**/b", vec!["a/b", "a/x/b", "a/x/y/b"], vec!["ab", "a/xb"]),
        ("a/**", vec!["a/b", "a/b/c"], vec!["a", "ab"]),
        ("a?c", vec!["abc"], vec!["a/c"]),
        ("a[!x]c", vec!["abc"], vec!["a/c", "axc"]),
        ("a[b-d]", vec!["ab", "ad"], vec!["ae", "aB"]),
        ("{a,b}/c", vec!["a/c", "b/c"], vec!["c"]),
        ("[a]rea:x", vec!["area:x"], vec![]),
        (r"a\*", vec!["a*"], vec!["ab"]),
        ("CODEOWNERS", vec!["CODEOWNERS"], vec!["codeowners", "x/CODEOWNERS"]),
    ] {
        yes.iter().for_each(|path| assert!(hit(pattern, path.as_bytes()), "{pattern} {path}"));
        no.iter().for_each(|path| assert!(!hit(pattern, path.as_bytes()), "{pattern} {path}"));
    }
}

#[test]
fn any_bytes_can_be_matched() {
    for pattern in ["a/*", "a/", "a/?*", "a/[!x]*", "**/*", "**", "a/**"] {
        assert!(hit(pattern, b"a/\xff\xfe\n"), "{pattern}");
        assert!(hit_folded(pattern, b"A/\xff\xfe\n"), "{pattern}");
    }
}

#[test]
fn prohibitions_ignore_case_and_normalisation() {
    assert!(hit_folded("**/middleware/", b"X/MiddleWare/a"));
    assert!(hit_folded("b\u{fc}ro/", "BU\u{308}RO/x".as_bytes()));
    assert!(hit_folded("stra\u{df}e*", b"STRASSE.txt"));
    assert!(hit_folded("**/[A-Z]x?", b"a/qXz"));
    assert!(hit_folded("[!a]x?", b"Axz"));
    assert!(hit_folded("**/*_Middleware.py", b"A/b_MIDDLEWARE.PY"));
    assert!(!hit("**/middleware/", b"Middleware/a"));
    assert!(!hit_folded("api/", b"apix"));
}

#[test]
fn fold_is_piecewise() {
    assert_eq!(fold(b"A\xffB"), b"a\xffb");
    assert_eq!(fold("U\u{308}".as_bytes()), "\u{fc}".as_bytes());
    assert_eq!(fold("\u{212a}".as_bytes()), b"k");
}

#[test]
fn a_crossing_star_is_any_depth() {
    let pattern = Pattern::crossing("refs/heads/*").unwrap();
    assert!(pattern.matches(&"refs/heads/a/b".into()) && !pattern.matches(&"refs/tags/a".into()));
    let pattern = Pattern::crossing("refs/heads/[a-c]*").unwrap();
    assert!(pattern.matches(&"refs/heads/a/b".into()) && !pattern.matches(&"refs/heads/d".into()));
    assert!(Pattern::crossing("refs/changes/").unwrap().matches(&"refs/changes/1/2".into()));
}

#[test]
fn what_never_matches_is_refused() {
    for text in [
        "",
        "/",
        "/a",
        "a//b",
        "./a",
        "a/../b",
        "a/.",
        "a\0",
        "[a",
        "[z-a]",
        "{a",
        "a**",
        "**a",
        "***",
        "a/**b",
        "[\u{fc}]",
        "[/]",
        "[+-9]",
        "[[:name:]]",
        "[[:digit:]",
        "a[b\\]",
        "!a",
        "!**/x",
        "a\\",
        "{**/a,b}",
    ] {
        assert!(Pattern::new(text).is_err(), "{text:?}");
    }
    assert!(Pattern::new(&"a".repeat(4_097)).is_err());
    assert!(Pattern::new(&"[a-z]*".repeat(600)).is_ok());
}

/// An independent reference: a slow, obvious matcher over bytes.
fn reference(pattern: &[u8], path: &[u8]) -> bool {
    fn go(pattern: &[u8], path: &[u8], at_start: bool) -> bool {
        if at_start && pattern.starts_with(b"**/") {
            return go(&pattern[3..], path, true)
                || path.iter().enumerate().any(|(i, b)| *b == b'/' && go(&pattern[3..], &path[i + 1..], true));
        }
        if at_start && pattern == b"**" {
            return true;
        }
        match (pattern.first(), path.first()) {
            (None, rest) => rest.is_none(),
            (Some(b'*'), _) => {
                go(&pattern[1..], path, false) || path.first().is_some_and(|b| *b != b'/' && go(pattern, &path[1..], false))
            }
            (Some(b'?'), Some(b)) => *b != b'/' && go(&pattern[1..], &path[1..], false),
            (Some(p), Some(b)) => p == b && go(&pattern[1..], &path[1..], *p == b'/'),
            (Some(_), None) => false,
        }
    }
    match pattern.strip_suffix(b"/") {
        None => go(pattern, path, true),
        Some(entry) => go(entry, path, true) || path.iter().enumerate().any(|(i, b)| *b == b'/' && go(entry, &path[..i], true)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fast_paths_globs_and_the_reference_agree(
        components in proptest::collection::vec("\\*\\*|[aB]{0,2}[*?]?[aB]{0,2}[*]?[b]?", 1..4),
        directory: bool,
        path in "[aBb]{1,3}(/[aBb]{1,3}){0,3}",
    ) {
        let text = components.join("/") + if directory { "/" } else { "" };
        let Ok(pattern) = Pattern::new(&text) else { return Ok(()) };
        let expected = reference(text.as_bytes(), path.as_bytes());
        prop_assert_eq!(pattern.matches(&path.as_str().into()), expected, "{} {}", text, path);
        prop_assert_eq!(Glob::new(&text, false).unwrap().matches(path.as_bytes()), expected, "glob {} {}", text, path);
        let folded = reference(&fold(text.as_bytes()), &fold(path.as_bytes()));
        prop_assert_eq!(hit_folded(&text, path.as_bytes()), folded || expected, "folded {} {}", text, path);
        prop_assert_eq!(Glob::new(&text, false).unwrap().matches_folded(&fold(path.as_bytes())), folded, "glob {} {}", text, path);
    }
}

#[test]
fn patterns_overlap_where_some_path_matches_both() {
    let overlaps = |one: &str, two: &str| Pattern::new(one).unwrap().overlaps(&Pattern::new(two).unwrap());
    let together = [
        ("api/", "api/"),
        ("api/", "**/auth/"),
        ("api/", "api/csrf.py"),
        ("**/csrf*", "web/forms/"),
        ("**/*_middleware.py", "api/"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("Middleware/", "middleware/"),
        ("src/*.rs", "src/[a-c]?.rs"),
        ("{api,web}/", "web/x"),
        ("auth", "**/auth/"),
        ("*", "README.md"),
        ("**", "a/b"),
    ];
    let apart = [
        ("api/", "webui/"),
        ("api/*.py", "api/x/y.py"),
        ("**/auth", "oauth"),
        ("a?c", "abbc"),
        ("docs/*.md", "docs/*.rst"),
        ("*", "a/b"),
    ];
    for (one, two) in together {
        assert!(overlaps(one, two) && overlaps(two, one), "{one} and {two}");
    }
    for (one, two) in apart {
        assert!(!overlaps(one, two) && !overlaps(two, one), "{one} and {two}");
    }
}

#[test]
fn a_directory_is_spelt_out_by_a_first_component_without_a_glob() {
    for (text, expected) in [
        ("release/*", true),
        ("release/1", true),
        ("a/**/b", true),
        ("main", false),
        ("release/", false),
        ("*", false),
        ("*/x", false),
        ("**/x", false),
        ("v[0-9]/x", false),
        ("{a,b}/x", false),
        ("rel?/x", false),
    ] {
        assert_eq!(Pattern::new(text).unwrap().spells_out_a_directory(), expected, "{text}");
    }
}

#[test]
fn what_may_match_elsewhere_is_told_by_the_end_of_a_pattern() {
    for (text, path, expected) in [
        ("src/**/auth/**", "lib/auth/a", true),
        ("src/**/auth/", "lib/Auth/a", true),
        ("src/**/auth/", "auth/a", true),
        ("src/**/auth/", "lib/authentic/a", false),
        ("src/*/a/b/*.py", "lib/x.py", true),
        ("src/*/a/b/*.py", "lib/x.rs", false),
        ("src/**/a/**/**", "lib/b/c", false),
        // What is below its last name has none, and a link may stand there.
        ("src/**/a/*/*", "lib/b/c", true),
        ("src/*/*", "x", true),
        ("src/**", "x", true),
        // Too intricate to tell.
        ("src/**/{a,b/c}", "x", true),
        ("src/**/[ab]", "x", true),
    ] {
        assert_eq!(Pattern::new(text).unwrap().may_match_elsewhere(&RepoPath::from(path)), expected, "{text} {path}");
    }
}
