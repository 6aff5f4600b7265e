use super::*;

fn header(author: &str, committer: &str) -> Header {
    let tree = "1".repeat(40);
    let data = format!(
        "tree {tree}\nparent {0}\nauthor {author}\ncommitter {committer}\ngpgsig x\n author y\n\nmessage\n\nmore\n",
        "2".repeat(40)
    );
    Header::read(data.as_bytes()).unwrap()
}

const GOOD: &str = "A U Thor <a@example.org> 1700000000 +0100";

#[test]
fn what_is_well_formed_is_read_as_libgit2_reads_it() {
    let header = header(GOOD, "C <c@example.org> 1700000001 -0000");
    assert_eq!(
        (header.email(), header.authored(), header.committed()),
        (b"a@example.org".as_slice(), 1_700_000_000, 1_700_000_001)
    );
    assert_eq!((header.parents.len(), header.message.as_slice(), header.fault()), (1, b"message\n\nmore\n".as_slice(), None));
}

#[test]
fn what_git_s_fsck_calls_each_fault() {
    for (ident, fault) in [
        ("x 1 +0000", "missingEmail"),
        ("<a@b> 1 +0000", "missingNameBeforeEmail"),
        ("x> 1 +0000", "badName"),
        ("x<a@b> 1 +0000", "missingSpaceBeforeEmail"),
        ("x <a@b 1 +0000", "badEmail"),
        ("x <a<b> 1 +0000", "badEmail"),
        ("x <a@b>1 +0000", "missingSpaceBeforeDate"),
        ("x <a@b> 01 +0000", "zeroPaddedDate"),
        ("x <a@b> 99999999999999999999 +0000", "badDateOverflow"),
        ("x <a@b> +0000", "badDate"),
        ("x <a@b> now +0000", "badDate"),
        ("x <a@b> 1 0000", "badTimezone"),
        ("x <a@b> 1 +00", "badTimezone"),
    ] {
        assert_eq!(header(ident, GOOD).fault(), Some(fault), "{ident}");
        assert_eq!(header(GOOD, ident).fault(), Some(fault), "{ident}");
    }
    assert_eq!(header(" <a@b> 1 +0000", GOOD).fault(), None, "git asks for a space, not for a name");
}

#[test]
fn a_commit_without_a_tree_is_none() {
    assert_eq!(Header::read(b"parent x\n\n"), None);
    assert_eq!(Header::read(b""), None);
    let cut = format!("tree {}\nparent 12\n\n", "1".repeat(40));
    assert_eq!(Header::read(cut.as_bytes()), None, "a parent that is no id");
}
