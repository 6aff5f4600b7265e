//! Malformed lists of updates: git never sends them, but what isn't git's is no reason to let anything through.

use super::*;

#[test]
fn every_kind_of_malformed_line() {
    let (repo, server) = hostile();
    let (main, zero) = (repo.rev("main"), "0".repeat(40));
    let name = "refs/heads/x";
    for line in [
        "\n".to_owned(),
        "x\n".to_owned(),
        format!("{zero} {main}\n"),
        format!("{zero} {main} \n"),
        format!("{zero} {main} {name}"),
        format!("{zero} {main} {name}\r\n"),
        format!("{zero}  {main} {name}\n"),
        format!(" {zero} {main} {name}\n"),
        format!("{zero}\t{main}\t{name}\n"),
        format!("{zero} {main} {name} more\n"),
        format!("{zero} {main} refs/heads/\u{7f}x\n"),
        format!("{zero} {main} refs/heads/a\0b\n"),
        format!("{zero} {} {name}\n", main.to_uppercase()),
        format!("{zero} {} {name}\n", &main[..39]),
        format!("{zero} {main}0 {name}\n"),
        format!("{zero} {} {name}\n", "g".repeat(40)),
        format!("{zero} -{} {name}\n", &main[1..]),
        format!("{} {} {name}\n", "0".repeat(64), main),
        format!("{} {} {name}\n", "0".repeat(64), "1".repeat(64)),
        format!("{zero} {main} {name}\n{} {} refs/heads/y\n", "0".repeat(64), "1".repeat(64)),
        format!("{zero} {main} {name}\n{zero} {main} {name}\n"),
        format!("{zero} {main} {name}\n\n"),
        format!("{zero} {main} {name}\ngarbage"),
        format!("{main} {main} {name}\n"),
        format!("{zero} {} {name}\n", "1".repeat(40)),
        format!("{zero} {main} HEAD\n"),
        format!("{zero} {main} ../../etc/passwd\n"),
        format!("{zero} {main} refs/heads/../../x\n"),
        format!("{zero} {main} refs/heads/x.lock\n"),
        format!("{zero} {main} -refs/heads/x\n"),
        format!("{zero} {main} refs/heads/{}\n", "x".repeat(100_000)),
    ] {
        let ended = server.receive(line.as_bytes());
        assert!(matches!(ended.status, 1 | 2), "`{}` ended {}: {}", line.escape_debug(), ended.status, ended.run.err());
        let said = ended.run.err();
        assert!(
            said.contains("guard: could not decide: ") || said.contains("guard: rejected"),
            "`{}`: {said}",
            line.escape_debug()
        );
        assert!(said.len() < 20_000 && !said.contains('\r'), "`{}`: {said}", line.escape_debug());
    }
    server.receive(b"\xff\xfe\n").undecided("malformed line");
    server.receive([format!("{zero} {main} refs/heads/").as_bytes(), b"\xff\n"].concat().as_slice()).undecided("is not UTF-8");
    assert_eq!(server.receive(format!("{zero} {main} {name}\n").as_bytes()).status, 0, "and a sound line is accepted");
}

#[test]
fn more_of_it_than_is_read() {
    let (_repo, server) = hostile();
    server.receive(&vec![b'x'; 65 << 20]).undecided("standard input is over 64 MiB");
}
