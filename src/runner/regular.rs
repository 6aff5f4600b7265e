//! Files that somebody else has left: a regular one, or none at all.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a regular file of at most `most` bytes.
///
/// Whoever can write its directory may put anything in its place: a fifo, on which a reader waits for ever, or a link to a file that
/// they can't read themselves. Neither is followed or waited for.
///
/// # Errors
/// There is none; what stands there is something else, or too large.
pub fn open(path: &Path, most: u64) -> Result<File> {
    let other = |what: String| Error::new(ErrorKind::InvalidInput, what);
    let refuse = |there: &std::fs::Metadata| match () {
        () if !there.is_file() => Err(other("it is no regular file".to_owned())),
        () if there.len() > most => Err(other(format!("it is over {most} bytes"))),
        () => Ok(()),
    };
    refuse(&path.symlink_metadata()?)?;
    // It may be another one by now.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = std::fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    refuse(&file.metadata()?)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::fs::write(at("file"), "12345").unwrap();
        std::fs::create_dir(at("directory")).unwrap();
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("zero")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
        for name in ["directory", "link", "zero", "socket", "fifo"] {
            assert_eq!(open(&at(name), 5).unwrap_err().to_string(), "it is no regular file", "{name}");
        }
        assert_eq!(open(Path::new("/dev/zero"), 5).unwrap_err().to_string(), "it is no regular file");
        assert_eq!(open(&at("file"), 4).unwrap_err().to_string(), "it is over 4 bytes");
        assert_eq!(open(&at("none"), 4).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(open(&at("file"), 5).is_ok());
    }
}
