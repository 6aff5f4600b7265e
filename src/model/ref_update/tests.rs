use crate::model::ref_update::*;

const ZERO: &str = "0000000000000000000000000000000000000000";
const ONE: &str = "1111111111111111111111111111111111111111";
const TWO: &str = "22222222222222222222222222222222222222ab";

fn update(name: &[u8], old: &str, new: &str) -> RefUpdate {
    RefUpdate { name: name.to_vec(), old: Oid::from_hex(old), new: Oid::from_hex(new) }
}

#[test]
fn nothing_is_an_empty_list() {
    assert_eq!(pre_receive(b"").unwrap(), []);
    assert_eq!(pre_push(b"").unwrap(), []);
}

#[test]
fn lines_of_pre_receive() {
    let input = format!("{ONE} {TWO} refs/heads/main\n{ZERO} {TWO} refs/heads/new\n{TWO} {ZERO} refs/tags/v1\n");
    let expected = [update(b"refs/heads/main", ONE, TWO), update(b"refs/heads/new", ZERO, TWO), update(b"refs/tags/v1", TWO, ZERO)];
    assert_eq!(pre_receive(input.as_bytes()).unwrap(), expected);
}

#[test]
fn names_are_bytes() {
    let mut input = format!("{ONE} {TWO} refs/heads/").into_bytes();
    input.extend_from_slice(b"\xff-x\n");
    assert_eq!(pre_receive(&input).unwrap(), [update(b"refs/heads/\xff-x", ONE, TWO)]);
}

#[test]
fn lines_of_pre_push() {
    let input = format!("HEAD^{{/a b}} {TWO} refs/heads/main {ONE}\n(delete) {ZERO} refs/heads/old {ONE}\n");
    assert_eq!(pre_push(input.as_bytes()).unwrap(), [update(b"refs/heads/main", ONE, TWO), update(b"refs/heads/old", ONE, ZERO)]);
}

#[test]
fn ids_may_be_wider_but_all_alike() {
    let wide = |c: &str| c.repeat(64);
    let line = format!("{} {} refs/heads/main\n", wide("0"), wide("a"));
    assert_eq!(pre_receive(line.as_bytes()).unwrap(), [update(b"refs/heads/main", &wide("0"), &wide("a"))]);
    assert!(pre_receive(format!("{line}{ONE} {TWO} refs/heads/x\n").as_bytes()).is_err());
    assert!(pre_receive(format!("{ONE} {} refs/heads/x\n", wide("a")).as_bytes()).is_err());
}

#[test]
fn what_git_never_writes_is_an_error() {
    let plus = format!("+{}", &ONE[1..]);
    for line in [
        format!("{ONE} {TWO} refs/heads/main"),
        format!("{ONE} {TWO} refs/heads/main\r\n"),
        format!("{ONE} {TWO} refs/heads/main more\n"),
        format!("{ONE} {TWO} \n"),
        format!("{ONE} {TWO}\n"),
        format!("{ONE}  {TWO} refs/heads/main\n"),
        format!(" {ONE} {TWO} refs/heads/main\n"),
        format!("{} {TWO} refs/heads/main\n", &ONE[1..]),
        format!("{ONE} {} refs/heads/main\n", TWO.to_uppercase()),
        format!("{plus} {TWO} refs/heads/main\n"),
        format!("{ONE}\t{TWO}\trefs/heads/main\n"),
        format!("{ONE} {TWO} refs/heads/a\0b\n"),
        "\n".to_owned(),
        format!("\n{ONE} {TWO} refs/heads/main\n"),
        format!("{ONE} {TWO} refs/heads/main\n\n"),
    ] {
        assert!(pre_receive(line.as_bytes()).is_err(), "{line:?}");
    }
    for line in [format!("{TWO} refs/heads/main {ONE}\n"), format!(" {TWO} refs/heads/main {ONE}\n"), format!("x {TWO}  {ONE}\n")] {
        assert!(pre_push(line.as_bytes()).is_err(), "{line:?}");
    }
}

#[test]
fn a_ref_named_twice_is_an_error() {
    let input = format!("{ONE} {TWO} refs/heads/main\n{TWO} {ONE} refs/heads/main\n");
    assert_eq!(pre_receive(input.as_bytes()).unwrap_err().message, "ref `refs/heads/main` is named twice in one push");
}

#[test]
fn a_message_can_not_deceive() {
    let message = pre_receive(b"\x1b[2K\n").unwrap_err().message;
    assert_eq!(message, "malformed line in the list of pushed refs: `\\u{1b}[2K`");
}
