//! Lines that are keys, and lines that only look so.

use super::*;

const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
const P256: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc=";

fn problem(line: &str) -> String {
    Key::parse(line).unwrap_err().0
}

fn help(line: &str) -> String {
    Key::parse(line).unwrap_err().1.unwrap_or_default()
}

/// An RSA key whose modulus has that many bits.
fn rsa(bits: usize) -> String {
    let n = ssh_key::Mpint::from_positive_bytes(&[&[1 << ((bits - 1) % 8)][..], &vec![1; (bits - 1) / 8]].concat()).unwrap();
    let e = ssh_key::Mpint::from_positive_bytes(&[1, 0, 1]).unwrap();
    PublicKey::from(KeyData::Rsa(ssh_key::public::RsaPublicKey { e, n })).to_openssh().unwrap()
}

#[test]
fn a_line_of_a_pub_file_is_a_key() {
    let key = Key::parse(&format!("  {ED25519}   Alice of  example.org \n")).unwrap();
    assert_eq!(key.text, format!("{ED25519}   Alice of  example.org"));
    assert_eq!(key.comment, "Alice of  example.org");
    assert_eq!(key.fingerprint(), "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ");
    assert_eq!((key.after, key.before), (None, None));
    assert_eq!(Key::parse(ED25519).unwrap().comment, "");
    assert_eq!(Key::parse(&ED25519.replace(' ', "   ")).unwrap().data, key.data);
    assert!(Key::parse(P256).unwrap().data.is_ecdsa());
}

#[test]
fn options_say_when_it_is_believed() {
    let key =
        Key::parse(&format!("valid-after=\"2026-01-01T00:00:00Z\",valid-before=\"2027-01-01T01:00:00.5+01:00\"  {ED25519} ci"));
    let key = key.unwrap();
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!((key.after, key.before), (Some(time("2026-01-01T00:00:00Z")), Some(time("2027-01-01T00:00:00.5Z"))));
    assert_eq!(key.comment, "ci");
    assert_eq!(key.valid_at(time("2025-12-31T23:59:59Z")).unwrap_err(), "its key is valid after 2026-01-01T00:00:00Z");
    assert_eq!(key.valid_at(time("2026-01-01T00:00:00Z")), Ok(()));
    assert_eq!(key.valid_at(time("2027-01-01T00:00:00.499Z")), Ok(()));
    assert_eq!(key.valid_at(time("2027-01-01T00:00:00.5Z")).unwrap_err(), "its key was valid before 2027-01-01T00:00:00.5Z");
}

#[test]
fn times_are_of_rfc_3339() {
    let parses = |time: &str| Key::parse(&format!("valid-before=\"{time}\" {ED25519}"));
    for time in ["2026-12-31T23:59:59Z", "2026-12-31T23:59:59.123456789Z", "2026-12-31T23:59:59-11:30", "2024-02-29T00:00:00Z"] {
        assert!(parses(time).is_ok(), "{time}");
    }
    let other = [
        "",
        "soon",
        "2026",
        "2026-12-31",
        "20261231",
        "20261231235959Z",
        "20261231T235959Z",
        "2026-12-31T23:59:59",
        "2026-12-31 23:59:59Z",
        "2026-12-31T23:59Z",
        "2026-12-31T23:59:59.Z",
        "2026-12-31T23:59:59,5Z",
        "2026-12-31T23:59:59+01",
        "2026-12-31T23:59:59Z[UTC]",
        "2026-12-31T23:59:59+00:00:01",
        "+002026-12-31T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "2026-12-31T24:00:00Z",
        " 2026-12-31T23:59:59Z",
        "2026-12-31T23:59:59\u{a0}Z",
        "٢٠٢٦-12-31T23:59:59Z",
    ];
    for time in other {
        assert_eq!(parses(time).unwrap_err().0, "`valid-before` is no time of RFC 3339", "{time}");
    }
    assert_eq!(problem(&format!("valid-before {ED25519}")), "`valid-before` is no time of RFC 3339");
    assert_eq!(help(&format!("valid-after=\"\" {ED25519}")), "such as `valid-after=\\\"2026-12-31T00:00:00Z\\\"`");
}

#[test]
fn other_options_are_refused_by_name() {
    for option in [
        "namespaces=\"git\"",
        "cert-authority",
        "no-pty",
        "Valid-Before=\"2026-12-31T00:00:00Z\"",
        "from=\"*\"",
        "alice@example.org",
    ] {
        let name = option.split('=').next().unwrap();
        assert_eq!(problem(&format!("{option} {ED25519}")), format!("option `{name}` is not known"));
        let with = format!("valid-after=\"2026-01-01T00:00:00Z\",{option} {ED25519}");
        assert_eq!(problem(&with), format!("option `{name}` is not known"));
    }
    assert!(help(&format!("cert-authority {ED25519}")).contains("each who signs"));
    assert!(help(&format!("namespaces=\"git\" {ED25519}")).contains("leave it out"));
    assert!(help(&format!("alice@example.org {ED25519}")).contains("comment"));
    assert_eq!(help(&format!("no-pty {ED25519}")), "known are valid-after and valid-before");
}

#[test]
fn options_are_quoted_separated_and_said_once() {
    let time = "2026-01-01T00:00:00Z";
    assert_eq!(problem(&format!("valid-after={time} {ED25519}")), "the value of `valid-after` has no quotes");
    assert_eq!(problem(&format!("valid-after='{time}' {ED25519}")), "the value of `valid-after` has no quotes");
    assert_eq!(problem(&format!("valid-after=\"{time} {ED25519}")), "the value of `valid-after` has no end");
    assert_eq!(problem(&format!("valid-after=\"{time}\"{ED25519}")), "there is no space behind the value of `valid-after`");
    assert_eq!(problem(&format!("valid-after=\"{time}\", {ED25519}")), "there is an option without a name");
    assert_eq!(problem(&format!(",{ED25519}")), "there is an option without a name");
    assert_eq!(problem(&format!("valid-after=\"{time}\"")), "there is no key");
    assert_eq!(problem(&format!("valid-after=\"{time}\",valid-after=\"{time}\" {ED25519}")), "`valid-after` is said twice");
    let never = |after, before| problem(&format!("valid-after=\"{after}\",valid-before=\"{before}\" {ED25519}"));
    assert_eq!(never(time, time), "it is never valid: `valid-after` is not before `valid-before`");
    assert_eq!(never("2026-01-02T00:00:00Z", time), "it is never valid: `valid-after` is not before `valid-before`");
    // behind a key there are no options
    let key = Key::parse(&format!("{ED25519} valid-before=\"{time}\"")).unwrap();
    assert_eq!((key.before, key.comment), (None, format!("valid-before=\"{time}\"")));
}

#[test]
fn a_line_is_one_line_and_one_key() {
    for c in ['\n', '\r', '\t', '\0', '\u{1b}', '\u{7f}', '\u{85}'] {
        assert_eq!(problem(&format!("{ED25519} a{c}b")), "it holds a control character, such as a tab or a newline", "{c:?}");
    }
    assert!(problem(&format!("{ED25519} one\n{P256} two")).contains("control character"));
    assert!(help(&ED25519.replace(' ', "\t")).contains("separated by spaces"));
}

#[test]
fn what_is_no_key_is_refused() {
    assert_eq!(problem(""), "there is no key");
    assert_eq!(problem("ssh-ed25519"), "it is no public key of OpenSSH: it has one part alone");
    for line in ["ssh-ed25519 AAAA", "ssh-ed25519 ****", "ssh-rsa ", "nothing at all", &ED25519.replace("ssh-ed25519", "ssh-rsa")] {
        assert!(problem(line).starts_with("it is no public key of OpenSSH: "), "{line}: {}", problem(line));
    }
    for line in [format!("{}x", ED25519), format!("{}=", ED25519), format!("{}AAAA", ED25519), ED25519.replace("ti", "tj=")] {
        assert!(problem(&line).starts_with("it is no public key of OpenSSH: "), "{line}: {}", problem(&line));
    }
    assert_eq!(problem(&ED25519.replace("ssh-ed25519 ", "ssh-ed25519-cert-v01@openssh.com ")), "it is a certificate");
    let dsa = ssh_key::Mpint::from_positive_bytes(&[1]).unwrap();
    let dsa = ssh_key::public::DsaPublicKey { p: dsa.clone(), q: dsa.clone(), g: dsa.clone(), y: dsa };
    let dsa = PublicKey::from(KeyData::Dsa(dsa)).to_openssh().unwrap();
    assert_eq!(problem(&dsa), "keys of type ssh-dss are not believed");
}

#[test]
fn rsa_keys_are_neither_weak_nor_beyond_what_is_verified() {
    assert_eq!(problem(&rsa(1024)), "an RSA key of 1024 bits, at least 2048 are needed");
    assert_eq!(problem(&rsa(2047)), "an RSA key of 2047 bits, at least 2048 are needed");
    for bits in [2048, 3072, 4096] {
        assert!(Key::parse(&rsa(bits)).is_ok(), "{bits}");
    }
    assert_eq!(problem(&rsa(4097)), "an RSA key of 4097 bits, at most 4096 are believed");
}

/// What is wrong is printed, in a CI's log, too.
#[test]
fn nothing_of_a_private_key_is_repeated() {
    let secret = "c2VjcmV0c2VjcmV0";
    let forms = [
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA{secret}\n-----END OPENSSH PRIVATE KEY-----"),
        format!("-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEA{secret} -----END OPENSSH PRIVATE KEY-----"),
        format!("-----BEGIN RSA PRIVATE KEY-----\nMIIE{secret}\n-----END RSA PRIVATE KEY-----"),
        format!("-----BEGIN ENCRYPTED PRIVATE KEY----- {secret}"),
        format!("PuTTY-User-Key-File-3: ssh-ed25519 {secret}"),
        format!("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- {secret}"),
        format!("b3BlbnNzaC1rZXktdjEA{secret}"),
        format!("ssh-ed25519 b3BlbnNzaC1rZXktdjEA{secret}"),
        format!("valid-before=\"2026-01-01T00:00:00Z\" b3BlbnNzaC1rZXktdjEA{secret}"),
    ];
    for form in forms {
        let (problem, help) = Key::parse(&form).unwrap_err();
        assert_eq!(problem, "it is a private key, which stands in no policy");
        assert!(help.unwrap().contains(".pub"));
    }
    // a body without what tells it
    for line in [format!("MIIE{secret}"), format!("ssh-ed25519 MIIE{secret}"), format!("ssh-rsa {secret} {secret}")] {
        let (problem, help) = Key::parse(&line).unwrap_err();
        assert!(!format!("{problem}{help:?}").contains(secret), "{problem}");
    }
}
