use super::*;

fn counts(xml: &str) -> (u64, u64, u64) {
    let Counts { passed, failed, skipped } = parse(xml.as_bytes()).unwrap().counts;
    (passed, failed, skipped)
}

#[test]
fn cases_are_counted_however_deep_they_stand() {
    assert_eq!(counts("<testsuite/>"), (0, 0, 0));
    assert_eq!(counts("<testsuite><testcase name='a'/></testsuite>"), (1, 0, 0));
    let nested = r#"<?xml version="1.0" encoding="utf-8"?>
        <testsuites><testsuite tests="4"><properties><property name="x" value="y"/></properties>
          <testcase classname="m.C" name="a" time="0.1"></testcase>
          <testcase classname="m.C" name="b"><failure message="no &lt;way&gt;"><![CDATA[<x>]]></failure></testcase>
          <testsuite><testcase name="c"><error/></testcase><testcase name="d"><skipped/><system-out>&amp;</system-out></testcase></testsuite>
          <testcase name="e" status="notrun"/></testsuite></testsuites>"#;
    assert_eq!(counts(nested), (1, 2, 2));
    let report = parse(nested.as_bytes()).unwrap();
    assert_eq!((report.passed, report.failed), (vec!["m.C.a".to_owned()], vec!["m.C.b".to_owned(), "c".to_owned()]));
}

#[test]
fn a_failure_outside_of_a_case_or_only_told_is_one() {
    assert_eq!(counts("<testsuite><error/><testcase name='a'/></testsuite>"), (1, 1, 0));
    assert_eq!(
        counts("<testsuites failures='2' errors='1'><testsuite failures='2'><testcase name='a'/></testsuite></testsuites>"),
        (1, 3, 0)
    );
    assert_eq!(counts("<testsuite failures=''><testcase name='a'><x><skipped/></x></testcase></testsuite>"), (1, 0, 0));
}

#[test]
fn what_is_no_junit_is_malformed() {
    for xml in [
        "",
        "passed",
        "<html/>",
        "<testsuite>",
        "<testsuite></testsuites>",
        "<testsuite/><testsuite/>",
        "<testsuite failures='x'/>",
        "<testsuite><testcase><testcase/></testcase></testsuite>",
        "<testsuite><testcase name='&undefined;'/></testsuite>",
    ] {
        assert!(parse(xml.as_bytes()).is_err(), "{xml:?}");
    }
    let deep = format!("<testsuite>{}", "<a>".repeat(100_000));
    assert!(parse(deep.as_bytes()).unwrap_err().contains("nested deeper"));
}

#[test]
fn only_a_regular_file_inside_is_read() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("report.xml"), "<testsuite/>").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let why = |name: &str| read(directory.path(), &name.into()).unwrap_err();
    assert_eq!(why("report.xml"), "junit file `report.xml` missing");
    std::os::unix::fs::symlink(outside.path().join("report.xml"), at("link.xml")).unwrap();
    assert_eq!(why("link.xml"), "junit file `link.xml` is no regular file");
    std::os::unix::fs::symlink(outside.path(), at("out")).unwrap();
    assert_eq!(why("out/report.xml"), "junit file `out/report.xml` missing");
    std::fs::create_dir(at("dir")).unwrap();
    assert_eq!(why("dir"), "junit file `dir` is no regular file");
    std::fs::write(at("ok.xml"), "<testsuite><testcase name='a'/></testsuite>").unwrap();
    assert_eq!(read(directory.path(), &"ok.xml".into()).unwrap().counts.passed, 1);
    clear(directory.path(), &"ok.xml".into()).unwrap();
    assert!(!at("ok.xml").exists());
    for kept in ["out/report.xml", "dir", "none/report.xml"] {
        clear(directory.path(), &kept.into()).unwrap();
    }
    assert!(outside.path().join("report.xml").exists(), "nothing outside is removed");
    std::fs::create_dir_all(at("a/b")).unwrap();
    std::fs::remove_dir_all(directory.path()).unwrap();
    assert_eq!(why("ok.xml"), "junit file `ok.xml` missing");
}

#[test]
fn how_long_it_took_is_the_root_s_or_its_parts_own() {
    let took = |text: &str| parse(text.as_bytes()).unwrap().took.map(|took| took.as_millis());
    assert_eq!(took("<testsuites time='2.5'><testsuite time='9'/></testsuites>"), Some(2500));
    assert_eq!(
        took("<testsuites><testsuite time='1.25'><testsuite time='9'/></testsuite><testsuite time='2'/></testsuites>"),
        Some(3250)
    );
    assert_eq!(took("<testsuite time=' 0.5 '><testcase name='a' time='9'/></testsuite>"), Some(500));
    for nonsense in ["", "soon", "-1", "nan", "inf", "1,5", "1e300"] {
        assert_eq!(took(&format!("<testsuite time='{nonsense}'/>")), None, "{nonsense}");
    }
}
