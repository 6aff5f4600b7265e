//! Few bytes that unpack to more than there is.

use sha1::{Digest as _, Sha1};

use super::*;

/// The pack of one blob that is stored whole, and another of ten bytes, which is stored as a copy of the first one's beginning: to read
/// the small one, all of the large one has to be unpacked.
fn delta_pack(pack: &[u8], base: &str, base_size: u64) -> (Vec<u8>, Vec<u8>) {
    let small = vec![0; 10];
    let mut delta = Vec::new();
    for mut size in [base_size, 10] {
        while size >= 0x80 {
            delta.push(u8::try_from(size & 0x7f).unwrap() | 0x80);
            size >>= 7;
        }
        delta.push(u8::try_from(size).unwrap());
    }
    delta.extend([0x90, 10]); // copy ten bytes from the start
    let length = u8::try_from(delta.len()).unwrap();
    assert!(length < 16);
    let mut new = pack[..pack.len() - 20].to_vec();
    new[8..12].copy_from_slice(&2_u32.to_be_bytes());
    new.push(7 << 4 | length); // a delta against an object that is named
    new.extend((0..40).step_by(2).map(|i| u8::from_str_radix(&base[i..i + 2], 16).unwrap()));
    let (one, two) =
        delta.iter().fold((1_u32, 0_u32), |(a, b), byte| ((a + u32::from(*byte)) % 65_521, (b + a + u32::from(*byte)) % 65_521));
    new.extend([0x78, 0x01, 0x01, length, 0, !length, 0xff]); // zlib, one block that isn't compressed
    new.extend(&delta);
    new.extend((two << 16 | one).to_be_bytes());
    let sum = Sha1::digest(&new);
    new.extend(sum.iter());
    (new, small)
}

#[test]
fn a_small_file_that_is_stored_as_a_piece_of_a_large_one() {
    let (repo, server) = hostile();
    for side in [&repo, &server.repo] {
        side.git(&["config", "core.compression", "1"]).ok();
        side.git(&["config", "transfer.unpackLimit", "1"]).ok();
    }
    let size = 420_u64 << 20;
    let base = repo.run("sh", &["-c", &format!("head -c {size} /dev/zero | git hash-object -w --stdin")]).ok().line();
    let pack = repo.run_with("git", &["pack-objects", "-q", "--stdout"], format!("{base}\n").as_bytes()).ok().stdout;
    let (pack, small) = delta_pack(&pack, &base, size);
    repo.run_with("git", &["index-pack", "--stdin"], &pack).ok();
    let small = repo.run_with("git", &["hash-object", "--stdin"], &small).ok().line();
    repo.git(&["prune-packed", "-q"]).ok();
    let listing = repo.git(&["ls-tree", "main"]).ok().out();
    let root = format!("{listing}100644 blob {base}\tlarge\n100644 blob {small}\tsmall\n");
    let root = repo.run_with("git", &["mktree"], root.as_bytes()).ok().line();
    let commit = repo.git(&["commit-tree", &root, "-p", "main", "-m", "large"]).ok().line();
    let run = server.push(&repo, &[&format!("{commit}:refs/heads/large")]);
    run.undecided("takes more memory than there is for one push").says(&small);
}

/// Whatever little memory there is, what would be rejected is not accepted; and with enough, the answer is the same as ever.
#[test]
fn little_address_space_accepts_nothing() {
    let (repo, server) = hostile();
    let limited = OPEN.replace("[specialist", "[defaults]\nmax-files-per-commit = 2\n\n[specialist");
    server.repo.write("limited.toml", limited).git(&["config", "guard.policyFile", "limited.toml"]).ok();
    repo.write_many("many", 40).write("lines/large", "y\n".repeat(1 << 20)).commit_unjudged("many");
    server.place(&repo);
    let line = format!("{} {} refs/heads/many\n", "0".repeat(40), repo.rev("main"));
    let mut answers = Vec::new();
    for megabytes in [4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 2_000] {
        let script = format!("ulimit -v {}; exec '{GUARD}' hook pre-receive", megabytes * 1024);
        let run = server.repo.run_with("sh", &["-c", &script], line.as_bytes());
        assert_ne!(run.status, 0, "with {megabytes} MB: {}", run.err());
        answers.push(run.status);
    }
    assert_eq!(answers.last(), Some(&1), "{answers:?}");
}
