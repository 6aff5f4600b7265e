use super::*;

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";
const HEAD: &str = "certificate version 0.1\npusher SHA256:x 1700000000 +0000\npushee /srv/x.git\nnonce 1700000100-abc\n";
const SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";

fn line() -> String {
    format!("{OLD} {NEW} refs/heads/work\n")
}

/// What is wrong with `content`, or when it was made, where the server asked for this nonce and said so.
fn told(content: &str, nonce: Option<&str>, status: Option<&str>) -> Result<i64, String> {
    let updates = ref_update::pre_receive(line().as_bytes()).unwrap();
    read(&Received { content: content.as_bytes(), nonce, status, updates: &updates, pushees: &[] })
        .map(|certificate| certificate.time)
}

fn good(content: &str) -> Result<i64, String> {
    told(content, Some("1700000100-abc"), Some("OK"))
}

#[test]
fn a_certificate_is_read_and_its_time_is_the_nonce_s() {
    let line = line();
    assert_eq!(good(&format!("{HEAD}\n{line}{SIGNATURE}")), Ok(1_700_000_100));
    assert_eq!(good(&format!("{HEAD}push-option a\npush-option b c\n\n{line}{SIGNATURE}")), Ok(1_700_000_100));
    let unnamed = HEAD.replace("pushee /srv/x.git\n", "");
    assert_eq!(good(&format!("{unnamed}\n{line}{SIGNATURE}")), Ok(1_700_000_100));
}

#[test]
fn it_is_for_the_repository_that_it_names() {
    let updates = ref_update::pre_receive(line().as_bytes()).unwrap();
    let told = |head: &str, pushees: &[&str]| {
        let content = format!("{head}\n{}{SIGNATURE}", line());
        let pushees: Vec<String> = pushees.iter().map(|name| (*name).to_owned()).collect();
        let (nonce, status) = (Some("1700000100-abc"), Some("OK"));
        read(&Received { content: content.as_bytes(), nonce, status, updates: &updates, pushees: &pushees }).map(|_| ())
    };
    assert_eq!(told(HEAD, &[]), Ok(()));
    assert_eq!(told(HEAD, &["https://example.org/x", "/srv/x.git"]), Ok(()));
    assert_eq!(told(HEAD, &["/srv/x.git/"]), Ok(()), "a slash at the end is no other repository");
    assert!(told(HEAD, &["/srv/y.git"]).unwrap_err().contains("given to `/srv/x.git`"));
    assert!(told(HEAD, &["/srv/x"]).is_err() && told(HEAD, &["/srv/X.git"]).is_err());
    let unnamed = HEAD.replace("pushee /srv/x.git\n", "");
    assert!(told(&unnamed, &["/srv/x.git"]).unwrap_err().contains("doesn't say to which"));
    assert_eq!(told(&unnamed, &[]), Ok(()));
}

#[test]
fn what_is_signed_is_everything_before_the_armour() {
    let text = format!("{HEAD}\n{}{SIGNATURE}", line());
    let (payload, signature) = cut(text.as_bytes()).unwrap();
    assert_eq!((payload, signature), (format!("{HEAD}\n{}", line()).as_bytes(), SIGNATURE.as_bytes()));
}

#[test]
fn what_git_does_not_write_is_refused() {
    let line = line();
    for (content, why) in [
        (String::new(), "it is not signed"),
        (format!("{HEAD}\n{line}"), "it is not signed"),
        (format!("{HEAD}\n{line}-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n"), "none of SSH's"),
        (SIGNATURE.to_owned(), "no certificate of version 0.1"),
        (format!("{}\n{line}{SIGNATURE}", HEAD.replace("0.1", "0.2")), "no certificate of version 0.1"),
        (format!("{}\n{line}{SIGNATURE}", HEAD.replace("pusher", "pushr")), "it names no pusher"),
        (format!("{}\n{line}{SIGNATURE}", HEAD.replace("nonce 1700000100-abc\n", "")), "it has no nonce"),
        (format!("{HEAD}nonce 2-x\n\n{line}{SIGNATURE}"), "a line that no certificate has: `nonce 2-x`"),
        (format!("{HEAD}pusher y\n\n{line}{SIGNATURE}"), "a line that no certificate has: `pusher y`"),
        (format!("{HEAD}x-\u{1b}[1m\n\n{line}{SIGNATURE}"), "a line that no certificate has: `x-\\u{1b}[1m`"),
        (format!("{HEAD}{SIGNATURE}"), "it ends before its ref updates"),
        (format!("{HEAD}\n{line}x\n{SIGNATURE}"), "malformed line in the list of pushed refs: `x`"),
        (format!("{HEAD}\n\n{line}{SIGNATURE}"), "malformed line in the list of pushed refs"),
        (format!("{HEAD}\n{line}{line}{SIGNATURE}"), "named twice"),
        (format!("{HEAD}\n{SIGNATURE}"), "other ref updates"),
        (format!("{HEAD}\n{}{SIGNATURE}", line.replace("work", "main")), "other ref updates"),
        (format!("{HEAD}\n{}{SIGNATURE}", line.replace(OLD, &"0".repeat(40))), "other ref updates"),
        (format!("{HEAD}\n{line}{OLD} {NEW} refs/heads/x\n{SIGNATURE}"), "other ref updates"),
    ] {
        let found = good(&content).expect_err(&content);
        assert!(found.contains(why), "`{found}` is not `{why}` for\n{content}");
    }
}

#[test]
fn the_nonce_is_the_one_that_was_asked_for() {
    let content = format!("{HEAD}\n{}{SIGNATURE}", line());
    for (nonce, status, why) in [
        (None, None, "asks for no nonce"),
        (None, Some("OK"), "asks for no nonce"),
        (Some("1700000100-abc"), None, "not the one that was asked for"),
        (Some("1700000100-abc"), Some("BAD"), "not the one that was asked for"),
        (Some("1700000100-abc"), Some("UNSOLICITED"), "not the one that was asked for"),
        (Some("1700000100-abc"), Some("ok"), "not the one that was asked for"),
        (Some("1700000101-abc"), Some("OK"), "not the one that was asked for"),
        (Some("1700000900-abc"), Some("SLOP"), "older than `receive.certNonceSlop` allows"),
        (Some("1700000100-abc"), Some("SLOP"), "older than `receive.certNonceSlop` allows"),
    ] {
        let found = told(&content, nonce, status).unwrap_err();
        assert!(found.contains(why), "`{found}` is not `{why}` for {nonce:?} {status:?}");
    }
    let timeless = content.replace("1700000100-abc", "abc-1700000100");
    assert!(told(&timeless, Some("abc-1700000100"), Some("OK")).unwrap_err().contains("does not say when"));
}
