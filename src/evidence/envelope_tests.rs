//! Envelopes as DSSE has them.

use super::*;

#[test]
fn what_was_sealed_is_opened() {
    let line = seal(b"{\"a\":\"\xc3\xbf\"}", &[]).unwrap();
    assert!(!line.contains('\n'));
    assert_eq!(open(line.as_bytes()).unwrap().payload, b"{\"a\":\"\xc3\xbf\"}");
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["payloadType"], PAYLOAD_TYPE);
    assert_eq!(value["signatures"], serde_json::json!([]));
}

#[test]
fn anything_else_is_refused() {
    let line = seal(b"{}", &[]).unwrap();
    let refused = |line: &str| open(line.as_bytes()).unwrap_err();
    assert!(refused("").contains("no DSSE envelope"));
    assert!(refused(&format!("{line}x")).contains("trailing"));
    assert!(refused(&format!("{line}{line}")).contains("trailing"));
    assert!(refused(&line.replace("in-toto", "other")).contains("no in-toto"));
    assert!(refused(&line.replace("\"payload\":\"", "\"payload\":\"*")).contains("no base64"));
    assert!(refused(&line.replacen('{', "{\"payload\":\"e30=\",", 1)).contains("duplicate field"));
    assert!(refused(&line.replace("[]", "null")).contains("no DSSE envelope"));
    assert!(refused(&line.replace("[]", "[1]")).contains("no DSSE envelope"));
    assert!(refused(&"[".repeat(100_000)).contains("no DSSE envelope"));
    assert!(refused(&format!("{line}{}", " ".repeat(MAX_LINE))).contains("at most"));
}

#[test]
fn the_other_alphabet_and_unknown_fields_are_accepted() {
    let line = format!(
        "{{\"payloadType\":\"{PAYLOAD_TYPE}\",\"payload\":\"-_8=\",\"signatures\":[{{\"sig\":\"x\",\"new\":1}}],\"new\":2}}"
    );
    assert_eq!(open(line.as_bytes()).unwrap().payload, b"\xfb\xff");
}

/// The vector of the specification.
#[test]
fn what_is_signed_is_what_dsse_says() {
    let encoded = pre_authentication("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assert_eq!(signed_bytes(b"{}"), b"DSSEv1 28 application/vnd.in-toto+json 2 {}");
    // lengths are of bytes
    assert_eq!(signed_bytes("ÿ\n".as_bytes()), "DSSEv1 28 application/vnd.in-toto+json 3 ÿ\n".as_bytes());
}

fn with_signatures(signatures: &[&str]) -> String {
    let signatures: Vec<_> = signatures.iter().map(|sig| serde_json::json!({ "sig": sig })).collect();
    seal(b"{}", &[]).unwrap().replace("[]", &serde_json::json!(signatures).to_string())
}

#[test]
fn several_signatures_come_out_as_they_went_in_and_in_order() {
    let seals = ["one\n", "two\n"].map(|armour| Seal { key: "SHA256:x".to_owned(), armour: armour.to_owned() });
    let line = seal(b"{}", &seals).unwrap();
    let opened = open(line.as_bytes()).unwrap();
    assert_eq!(opened.signatures, [Ok(b"one\n".to_vec()), Ok(b"two\n".to_vec())]);
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["signatures"][1]["keyid"], "SHA256:x");
}

/// Who adds a broken signature doesn't take the others away.
#[test]
fn a_signature_that_is_no_base64_is_that_one_alone() {
    let opened = open(with_signatures(&["b25l", "b25l*", "b25", "b 25l", "", "dHdv"]).as_bytes()).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = opened.signatures.into_iter().partition(Result::is_ok);
    assert_eq!(good, [Ok(b"one".to_vec()), Ok(Vec::new()), Ok(b"two".to_vec())]);
    assert_eq!(bad.len(), 3);
    for problem in bad {
        assert!(problem.unwrap_err().starts_with("a signature is no base64: "));
    }
}

#[test]
fn signatures_and_bytes_are_bounded() {
    assert_eq!(open(with_signatures(&["x"; MAX_SIGNATURES]).as_bytes()).unwrap().signatures.len(), MAX_SIGNATURES);
    let many = open(with_signatures(&["x"; MAX_SIGNATURES + 1]).as_bytes()).unwrap_err();
    assert_eq!(many, "an envelope of 9 signatures, at most 8 are read");
    let line = seal(b"{}", &[]).unwrap();
    let filled = |length: usize| line.clone() + &" ".repeat(length - line.len());
    assert!(open(filled(MAX_LINE).as_bytes()).is_ok());
    assert_eq!(open(filled(MAX_LINE + 1).as_bytes()).unwrap_err(), "an envelope of 1048577 bytes, at most 1048576 are read");
}

#[test]
fn a_signature_is_one_text() {
    let line = with_signatures(&["b25l"]);
    for other in
        ["{}", "{\"sig\":null}", "{\"sig\":[\"b25l\"]}", "{\"sig\":\"b25l\",\"sig\":\"dHdv\"}", "{\"sig\":\"b25l\",\"keyid\":1}"]
    {
        let problem = open(line.replace("{\"sig\":\"b25l\"}", other).as_bytes()).unwrap_err();
        assert!(problem.starts_with("no DSSE envelope: "), "{other}: {problem}");
    }
}
