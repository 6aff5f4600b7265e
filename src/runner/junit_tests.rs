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
    assert_eq!(counts("<testsuite failures=''><testcase name='a'><x><failure/></x></testcase></testsuite>"), (1, 1, 0));
}

#[test]
fn of_what_a_suite_declares_and_lists_the_larger_counts() {
    let case = "<testcase name='a'/>";
    assert_eq!(counts(&format!("<testsuite skipped='2'>{case}</testsuite>")), (1, 0, 2));
    assert_eq!(counts(&format!("<testsuites skipped='1' disabled='1'><testsuite>{case}</testsuite></testsuites>")), (1, 0, 2));
    // What two suites declare adds up, and their parent may declare the sum.
    let two = "<testsuite skipped='1' failures='1'/><testsuite disabled='1' errors='2'/>";
    assert_eq!(counts(&format!("<testsuites>{two}</testsuites>")), (0, 3, 2));
    assert_eq!(counts(&format!("<testsuites skipped='2' failures='1' errors='2'>{two}</testsuites>")), (0, 3, 2));
    // One suite lists what another declares: each counts.
    let listed = "<testsuite><testcase name='b'><skipped/></testcase></testsuite><testsuite skipped='1'/>";
    assert_eq!(counts(&format!("<testsuites skipped='1'>{listed}</testsuites>")), (0, 0, 2));
}

#[test]
fn what_a_case_or_a_suite_says_of_itself_is_heard() {
    for (status, seen) in [
        ("status='failed'", (0, 1, 0)),
        ("result='ERROR'", (0, 1, 0)),
        ("status='run' result='suppressed'", (0, 0, 1)),
        ("status='run' result='completed'", (1, 0, 0)),
    ] {
        assert_eq!(counts(&format!("<testsuite><testcase name='a' {status}/></testsuite>")), seen, "{status}");
    }
    assert_eq!(counts("<testsuite><skipped/><testcase name='a'><x><skipped/></x></testcase></testsuite>"), (0, 0, 2));
    assert_eq!(counts("<j:testsuite xmlns:j='urn:j'><j:testcase name='a'><j:failure/></j:testcase></j:testsuite>"), (0, 1, 0));
    let hidden = "<testsuite><testcase name='a'><![CDATA[<!--]]><failure/><![CDATA[-->]]></testcase></testsuite>";
    assert_eq!(counts(hidden), (0, 1, 0));
}

#[test]
fn a_document_that_another_reader_may_read_otherwise_is_malformed() {
    let inside = "<testsuite><testcase name='a'/></testsuite>";
    for xml in [
        "<testsuite failures='0' failures='3'/>".to_owned(),
        "<!DOCTYPE t [<!ENTITY f '<failure/>'>]><testsuite><testcase name='a'>&f;</testcase></testsuite>".to_owned(),
        "<!DOCTYPE t [<!ATTLIST testsuite failures CDATA '3'>]><testsuite/>".to_owned(),
        "<!DOCTYPE testsuite SYSTEM 'file:///dev/null'><testsuite/>".to_owned(),
        "<!DOCTYPE testsuite PUBLIC 'a' 'b'><testsuite/>".to_owned(),
        "<testsuite>&f;</testsuite>".to_owned(),
        "<testsuite>&#0;</testsuite>".to_owned(),
        "<testsuite>\u{1}</testsuite>".to_owned(),
        "<testsuite><!-- a -- b --></testsuite>".to_owned(),
        "<testsuite a='<'/>".to_owned(),
        "<testsuite a='1'b='2'/>".to_owned(),
        "<testsuite a=1/>".to_owned(),
        "<testsuite a/>".to_owned(),
        "<j:testsuite/>".to_owned(),
        "<testsuite><![CDATA[</testsuite>".to_owned(),
        "<testsuite><testcase name='a'/></testsuite".to_owned(),
        format!("text{inside}"),
        format!("{inside}text"),
        format!("{inside}<!-- open"),
        format!("{inside}{inside}"),
        format!(" <?xml version='1.0'?>{inside}"),
        format!("{inside}<!DOCTYPE testsuite>"),
        format!("<?xml version='1.0' encoding='UTF-16'?>{inside}"),
        format!("<?xml version='1.0' encoding='x-none'?>{inside}"),
    ] {
        assert!(parse(xml.as_bytes()).is_err(), "{xml:?}");
    }
    assert!(parse(&b"<testsuite name='\xff'/>"[..]).is_err(), "no UTF-8");
}

#[test]
fn a_well_formed_document_is_read_whatever_it_is_dressed_in() {
    let cases = "<testcase name='a'>&lt;&#x41;&apos;<![CDATA[&x;]]></testcase><testcase name='b'/>";
    for before in [
        "",
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE testsuite>",
        "<?xml version='1.0' encoding='us-ascii'?>",
        "<!-- c --><?x y?>\n",
    ] {
        assert_eq!(counts(&format!("{before}<testsuite>{cases}</testsuite>\n<!-- c -->\n")), (2, 0, 0), "{before}");
    }
    let utf_16: Vec<u8> = format!("\u{feff}<testsuite>{cases}</testsuite>").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(utf_16.as_slice()).unwrap().counts.passed, 2);
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
    assert_eq!(why("link.xml"), "junit file `link.xml` can't be read: it is no regular file");
    std::os::unix::fs::symlink(outside.path(), at("out")).unwrap();
    assert_eq!(why("out/report.xml"), "junit file `out/report.xml` missing");
    std::fs::create_dir(at("dir")).unwrap();
    assert_eq!(why("dir"), "junit file `dir` can't be read: it is no regular file");
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
