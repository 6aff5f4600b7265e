use super::*;

const HEAD: &str = "tree 1\nparent 2\nauthor A <a> 1 +0000\ncommitter C <c> 1 +0000\n";

/// Signature and payload of a commit with these headers after the committer and this message.
fn parts(headers: &str, message: &str) -> Option<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    cut(format!("{HEAD}{headers}\n{message}").as_bytes(), "gpgsig").map(|(signature, payload)| (text(signature), text(payload)))
}

#[test]
fn the_signature_and_what_it_stands_under() {
    let (signature, payload) = parts("gpgsig one\n two\n \n three\nencoding x\n y\n", "message\n\ngpgsig no\n no\n").unwrap();
    assert_eq!(signature, "one\ntwo\n\nthree\n");
    assert_eq!(payload, format!("{HEAD}encoding x\n y\n\nmessage\n\ngpgsig no\n no\n"));
}

#[test]
fn what_is_not_signed() {
    for headers in
        ["", "gpgsigx one\n", "gpgsig-sha256 one\n two\n", "mergetag object 1\n gpgsig one\n", " gpgsig one\n", "gpgsig\n"]
    {
        assert_eq!(parts(headers, "message\n"), None, "{headers}");
    }
    assert_eq!(parts("", "gpgsig one\n"), None);
}

#[test]
fn headers_of_other_signatures_are_not_signed_either() {
    let (signature, payload) = parts("gpgsig-sha256 a\n b\ngpgsig one\n two\ngpgsigx c\n d\nencoding x\n y\n", "m\n").unwrap();
    assert_eq!((signature.as_str(), payload), ("one\ntwo\n", format!("{HEAD}encoding x\n y\n\nm\n")));
}

#[test]
fn several_headers_are_one_signature() {
    let (signature, payload) = parts("gpgsig one\nencoding x\ngpgsig two\n", "m").unwrap();
    assert_eq!((signature.as_str(), payload), ("one\ntwo\n", format!("{HEAD}encoding x\n\nm")));
}
