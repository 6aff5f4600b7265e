//! Every kind of key, and everything that can be wrong with a signature.

use super::desk::{Desk, Key, NAMESPACE, Parts, armour, blob, string};
use super::security_key::{SecurityKey, TOUCHED};
use super::{Case, DIFFERENCES, MESSAGE};

#[test]
fn the_guard_and_ssh_keygen_differ_where_the_table_says_so_and_nowhere_else() {
    let desk = Desk::new();
    let key = desk.key("ed25519", "ed25519");
    let mut cases = kinds(&desk);
    cases.extend(stored());
    cases.extend(armours(&desk, &key));
    cases.extend(fields(&key));
    cases.extend(statements(&desk, &key));
    cases.extend(times(&desk, &key));
    cases.extend(security_keys(&desk, &key));
    let mut wrong = Vec::new();
    for case in &cases {
        let (ours, theirs) = (case.ours(), case.theirs(&desk));
        let listed = DIFFERENCES.iter().any(|(name, _)| *name == case.name);
        let expected = if listed { (false, true) } else { (case.good, case.good) };
        if (ours.is_ok(), theirs) != expected {
            wrong.push(format!("{}: the guard {ours:?}, ssh-keygen {theirs}, expected {expected:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (name, _) in DIFFERENCES {
        assert_eq!(cases.iter().filter(|case| case.name == name).count(), 1, "{name}");
    }
}

/// What `ssh-keygen` signs with each kind of key.
fn kinds(desk: &Desk) -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in ["ed25519", "ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 2048", "rsa 3072", "rsa 4096", "rsa 1024"] {
        let key = desk.key(&format!("kind {kind}"), kind);
        let good = kind != "rsa 1024";
        cases.push(Case::new(kind, good, desk.sign(&key, NAMESPACE, "sha512", MESSAGE), &key.line));
        if good {
            cases.push(Case::new(format!("{kind}, sha256"), true, desk.sign(&key, NAMESPACE, "sha256", MESSAGE), &key.line));
            let mut other = Case::new(format!("{kind}, altered"), false, cases.last().unwrap().armour.clone(), &key.line);
            other.message.push(b' ');
            cases.push(other);
        }
        if kind == "rsa 2048" {
            // SHA-1's name over a signature with SHA-2: the name alone must be enough
            let inner = blob(&desk.sign(&key, NAMESPACE, "sha512", MESSAGE));
            let proper = &inner[inner.len() - 2048 / 8..];
            let sha1 = Parts { signature: [string(b"ssh-rsa"), string(proper)].concat(), ..Parts::new(&key) };
            cases.push(Case::new("rsa with ssh-rsa", false, sha1.armour(), &key.line));
        }
    }
    cases
}

/// What is rare or slow to make, made once: over `message 41` and a newline.
fn stored() -> Vec<Case> {
    let case = |name: &str, armour: &str, line: &str| Case {
        message: b"message 41\n".to_vec(),
        ..Case::new(name, false, armour, line.trim())
    };
    vec![
        case(
            "rsa, its zeros left out",
            include_str!("../../signatures/short-rsa.sig"),
            include_str!("../../signatures/short-rsa.pub"),
        ),
        case("rsa 8192", include_str!("../../signatures/rsa-8192.sig"), include_str!("../../signatures/rsa-8192.pub")),
    ]
}

/// What stands in and around the armour.
fn armours(desk: &Desk, key: &Key) -> Vec<Case> {
    let text = String::from_utf8(desk.sign(key, NAMESPACE, "sha512", MESSAGE)).unwrap();
    let inner = blob(text.as_bytes());
    let (first, rest) = text.split_once('\n').unwrap();
    let case = |name: &str, good, armour: Vec<u8>| Case::new(name, good, armour, &key.line);
    let label = |name: &str| text.replace("SSH SIGNATURE", name).into_bytes();
    vec![
        case("no newline at the end", true, text.trim_end().into()),
        case("lines that end in CRLF", false, armour(&inner, 70, "\r\n")),
        case("lines of 64", true, armour(&inner, 64, "\n")),
        case("lines of 76", true, armour(&inner, 76, "\n")),
        case("one line", true, armour(&inner, 4096, "\n")),
        case("nothing", false, Vec::new()),
        case("labels alone", false, armour(b"", 70, "\n")),
        case("binary", false, inner.clone()),
        case("base64 alone", false, text.lines().filter(|l| !l.starts_with('-')).collect::<String>().into()),
        case("label of a key", false, label("OPENSSH PRIVATE KEY")),
        case("label of PGP", false, label("PGP SIGNATURE")),
        case("label of SSH2", false, label("SSH2 SIGNATURE")),
        case("label in lower case", false, label("ssh signature")),
        case("other label at the end", false, text.replace("END SSH", "END PGP").into()),
        case("blank line in front", false, format!("\n{text}").into()),
        case("text in front", false, format!("x\n{text}").into()),
        case("byte order mark", false, format!("\u{feff}{text}").into()),
        case("text behind", false, format!("{text}x\n").into()),
        case("two blocks", false, text.repeat(2).into()),
        case("blank lines behind", false, format!("{text}\n\n").into()),
        case("a blank line within", false, format!("{first}\n\n{rest}").into()),
        case("spaces within", false, format!("{first}\n  {rest}").into()),
        case("base64 behind the label", false, format!("{first}{rest}").into()),
        case("spaces behind the last label", false, format!("{}  \n", text.trim_end()).into()),
        case("lines that end in CR", false, text.replace('\n', "\r").into()),
        case("a header", false, format!("{first}\nVersion: 1\n\n{rest}").into()),
        case("URL's alphabet", false, text.replace('/', "_").replace('+', "-").replace(first, "x").replacen('x', first, 1).into()),
        case("trailing bytes", false, armour(&[&inner[..], b"\0"].concat(), 70, "\n")),
        case("twice in one", false, armour(&[&inner[..], &inner].concat(), 70, "\n")),
    ]
}

/// What stands in the fields.
fn fields(key: &Key) -> Vec<Case> {
    let plain = Parts::new(key);
    let case = |name: &str, good, parts: Parts| Case::new(name, good, parts.armour(), &key.line);
    let with = |alter: &dyn Fn(&mut Parts)| {
        let mut parts = plain.clone();
        alter(&mut parts);
        parts.sign(key, MESSAGE)
    };
    let after = |alter: &dyn Fn(&mut Parts)| {
        let mut parts = plain.clone().sign(key, MESSAGE);
        alter(&mut parts);
        parts
    };
    vec![
        case("by hand", true, with(&|_| ())),
        case("by hand, sha256", true, with(&|p| p.hash = "sha256")),
        case("version 0", false, with(&|p| p.version = 0)),
        case("version 2", false, with(&|p| p.version = 2)),
        case("reserved, unsigned", false, with(&|p| p.reserved = ("x", ""))),
        case("reserved, signed", false, with(&|p| p.reserved = ("x", "x"))),
        case("hash sha1", false, with(&|p| p.hash = "sha1")),
        case("hash sha384", false, with(&|p| p.hash = "sha384")),
        case("hash in capitals", false, with(&|p| p.hash = "SHA512")),
        case("the other hash's name", false, after(&|p| p.hash = "sha256")),
        case("no namespace", false, with(&|p| p.namespace.clear())),
        case("namespace git", false, with(&|p| p.namespace = "git".to_owned())),
        case("namespace with more", false, with(&|p| p.namespace.push('s'))),
        case("namespace with a zero byte", false, with(&|p| p.namespace.push('\0'))),
        case("namespace of 4000 bytes", false, with(&|p| p.namespace = "n".repeat(4000))),
        case("namespace altered", false, after(&|p| p.namespace = "file".to_owned())),
        case("more behind the key", false, after(&|p| p.key.push(0))),
        case("more behind the signature", false, after(&|p| p.signature.push(0))),
        case("no signature", false, after(&|p| p.signature.clear())),
        case("another algorithm", false, after(&|p| p.signature[4..15].copy_from_slice(b"ssh-ed25518"))),
    ]
}

/// Whose, over what, for what.
fn statements(desk: &Desk, key: &Key) -> Vec<Case> {
    let (other, authority) = (desk.key("other", "ed25519"), desk.key("authority", "ed25519"));
    let signed = desk.sign(key, NAMESPACE, "sha512", MESSAGE);
    let certificate = desk.certify(key, &authority);
    let certified = Parts { key: certificate.blob(), ..Parts::new(key) }.sign(key, MESSAGE).armour();
    let stolen = Parts { key: other.blob(), ..Parts::new(key).sign(key, MESSAGE) }.armour();
    let mut empty = Case::new("of nothing", true, desk.sign(key, NAMESPACE, "sha512", b""), &key.line);
    empty.message.clear();
    let mut altered = Case::new("another message", false, signed.clone(), &key.line);
    altered.message.clear();
    vec![
        empty,
        altered,
        Case::new("another's key", false, signed.clone(), &other.line),
        Case::new("another's key in it", false, stolen, &other.line),
        Case::new("of another namespace", false, desk.sign(key, "git", "sha512", MESSAGE), &key.line),
        Case::new("an authority's own", false, signed.clone(), &format!("cert-authority {}", key.line)),
        Case::new("a certificate's key", false, certified.clone(), &key.line),
        Case::new("a certificate", false, certified, &format!("cert-authority {}", authority.line)),
        Case::new("option namespaces", false, signed.clone(), &format!("namespaces=\"{NAMESPACE}\" {}", key.line)),
        Case::new("option namespaces, another", false, signed.clone(), &format!("namespaces=\"git\" {}", key.line)),
        Case::new("option of a login", false, signed, &format!("no-pty {}", key.line)),
    ]
}

/// When a key is believed. The signatures are of `NOW`.
fn times(desk: &Desk, key: &Key) -> Vec<Case> {
    let signed = desk.sign(key, NAMESPACE, "sha512", MESSAGE);
    let (now, past, future) = (super::NOW, "2026-06-15T11:59:59Z", "2026-06-15T12:00:01Z");
    let case = |name: &str, good, options: String| Case::new(name, good, signed.clone(), &format!("{options} {}", key.line));
    vec![
        case("before valid-before", true, format!("valid-before=\"{future}\"")),
        case("at valid-before", false, format!("valid-before=\"{now}\"")),
        case("after valid-before", false, format!("valid-before=\"{past}\"")),
        case("before valid-after", false, format!("valid-after=\"{future}\"")),
        case("at valid-after", true, format!("valid-after=\"{now}\"")),
        case("after valid-after", true, format!("valid-after=\"{past}\"")),
        case("between them", true, format!("valid-after=\"{past}\",valid-before=\"{future}\"")),
        case("between them, the other way round", true, format!("valid-before=\"{future}\",valid-after=\"{past}\"")),
        case("never valid", false, format!("valid-after=\"{future}\",valid-before=\"{past}\"")),
        case("option twice", false, format!("valid-after=\"{past}\",valid-after=\"{past}\"")),
        case("no time", false, "valid-after=\"soon\"".to_owned()),
        case("option in capitals", false, format!("Valid-After=\"{past}\"")),
    ]
}

/// Keys of hardware.
fn security_keys(desk: &Desk, ed25519: &Key) -> Vec<Case> {
    let p256 = desk.key("p256", "ecdsa 256");
    let mut cases = Vec::new();
    for secret in [ed25519, &p256] {
        let key = SecurityKey::new(secret, "ssh:");
        let kind = key.key.line.split('@').next().unwrap().to_owned();
        let case = |what: &str, good, parts: Parts| Case::new(format!("{kind}: {what}"), good, parts.armour(), &key.key.line);
        cases.push(case("touched", true, key.sign(TOUCHED, 7, b"", MESSAGE)));
        cases.push(case("verified", true, key.sign(TOUCHED | 4, u32::MAX, b"", MESSAGE)));
        cases.push(case("not touched", true, key.sign(0, 0, b"", MESSAGE)));
        cases.push(case("another message", false, key.sign(TOUCHED, 7, b"", b"another")));
        cases.push(case("more behind it", false, key.sign(TOUCHED, 7, b"\0", MESSAGE)));
        let elsewhere = SecurityKey::new(secret, "ssh:elsewhere");
        let parts = Parts { key: key.key.blob(), ..elsewhere.sign(TOUCHED, 7, b"", MESSAGE) };
        cases.push(case("made for another application", false, parts));
        let line = &elsewhere.key.line;
        cases.push(Case::new(format!("{kind}: for an application"), true, elsewhere.sign(TOUCHED, 7, b"", MESSAGE).armour(), line));
        let mut claimed = key.sign(0, 7, b"", MESSAGE);
        let flags = claimed.signature.len() - 5;
        claimed.signature[flags] = TOUCHED;
        cases.push(case("a touch that never was", false, claimed));
        cases.push(case("signed as an ordinary key", false, Parts::new(&key.key).sign(secret, MESSAGE)));
        let mut named = key.sign(TOUCHED, 7, b"", MESSAGE);
        named.signature[4] = b'x';
        cases.push(case("another algorithm", false, named));
    }
    let browser = SecurityKey::new(&p256, "ssh:");
    cases.push(Case::new("a browser's", false, browser.sign_in_browser(MESSAGE).armour(), &browser.key.line));
    cases
}
