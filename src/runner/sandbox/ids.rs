//! Who is who in a user namespace: everybody who they are outside, as far as that may be said.

use std::path::PathBuf;

use rustix::process::{Pid, getegid, geteuid};

/// Tells the kernel who is who in the user namespace of `process`, a child that has just made it: all users and groups where we may say so,
/// as root may; else the own user and group alone, and all others look like nobody's.
pub(super) fn map(process: Pid) -> std::io::Result<()> {
    let of = |file: &str| PathBuf::from(format!("/proc/{}/{file}", process.as_raw_nonzero()));
    if all("uid_map").and_then(|users| std::fs::write(of("uid_map"), users)).is_err() {
        std::fs::write(of("uid_map"), format!("{0} {0} 1", geteuid().as_raw()))?;
    }
    if all("gid_map").and_then(|groups| std::fs::write(of("gid_map"), groups)).is_err() {
        // Who could leave a group could read what is kept from that group.
        std::fs::write(of("setgroups"), "deny")?;
        std::fs::write(of("gid_map"), format!("{0} {0} 1", getegid().as_raw()))?;
    }
    Ok(())
}

/// Everybody that there is here, as themselves.
fn all(file: &str) -> std::io::Result<String> {
    let here = std::fs::read_to_string(format!("/proc/self/{file}"))?;
    let same = |line: &str| {
        let mut numbers = line.split_ascii_whitespace();
        let (first, _outside, count) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some(format!("{first} {first} {count}\n"))
    };
    Ok(here.lines().filter_map(same).collect())
}
