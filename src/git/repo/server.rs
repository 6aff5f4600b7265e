//! Opens a repository in a server's hook, without the pusher's environment and configuration.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use git2::{Repository, RepositoryOpenFlags};

use super::{Repo, git, open_error, options};
use crate::error::{Error, Result};

impl Repo {
    /// Opens the repository that was pushed to, with the pushed objects.
    ///
    /// Receive-pack keeps those apart until its hook has agreed. Only the repository's and the machine's git configuration count.
    ///
    /// # Errors
    /// As `open`; the refs that are pushed are a namespace's.
    pub fn open_as_server() -> Result<Self> {
        if let Some(name) = variable("GIT_NAMESPACE") {
            let name = crate::text::escape(name.as_bytes());
            return Err(Error::new(format!("this push goes to the ref namespace `{name}`, which no policy speaks of"))
                .help("push without GIT_NAMESPACE"));
        }
        let inner = Self::undisturbed(&variable("GIT_DIR").unwrap_or_else(|| ".".into()))?;
        if inner.is_worktree() {
            // A namespace has a HEAD of its own, which would say where the policy stands.
            let main = crate::text::file(inner.commondir());
            return Err(Error::new(format!("this is a work tree of {main}")).help("push to the repository itself"));
        }
        let odb = inner.odb().map_err(git)?;
        for place in quarantine()? {
            let unlike_text = || Error::new("a directory of objects that git names is not UTF-8");
            odb.add_disk_alternate(place.to_str().ok_or_else(unlike_text)?).map_err(git)?;
        }
        drop(odb);
        Ok(Self { server: true, ..Self::sound(inner)? })
    }

    /// Opens the repository again, as its hook will see it.
    ///
    /// # Errors
    /// As `open`.
    pub fn as_server(&self) -> Result<Self> {
        Ok(Self { server: true, ..Self::sound(Self::undisturbed(self.git_dir().as_os_str())?)? })
    }

    fn undisturbed(directory: &OsStr) -> Result<Repository> {
        options::set_once(true);
        options::forget_users().map_err(git)?;
        let none: [&OsStr; 0] = [];
        Repository::open_ext(directory, RepositoryOpenFlags::NO_SEARCH, none).map_err(|e| open_error(&e))
    }
}

/// Further places of objects, as receive-pack tells its hook.
fn quarantine() -> Result<Vec<PathBuf>> {
    let mut places: Vec<PathBuf> = variable("GIT_OBJECT_DIRECTORY").map(PathBuf::from).into_iter().collect();
    if let Some(list) = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        places.extend(listed(list.as_bytes())?.iter().map(|place| PathBuf::from(OsStr::from_bytes(place))));
    }
    places.retain(|place| place.is_dir());
    Ok(places)
}

/// A list of paths as git writes it: between colons, in quotation marks where one holds a colon.
fn listed(list: &[u8]) -> Result<Vec<Vec<u8>>> {
    let malformed = || Error::new("`GIT_ALTERNATE_OBJECT_DIRECTORIES` is malformed");
    let (mut found, mut rest) = (Vec::new(), list);
    while !rest.is_empty() {
        let mut one = Vec::new();
        let quoted = rest.strip_prefix(b"\"");
        let mut bytes = quoted.unwrap_or(rest).iter();
        let mut closed = quoted.is_none();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' if quoted.is_some() => {
                    closed = true;
                    if !matches!(bytes.next(), None | Some(b':')) {
                        return Err(malformed());
                    }
                    break;
                }
                b'\\' if quoted.is_some() => match bytes.next() {
                    Some(escaped @ (b'"' | b'\\')) => one.push(*escaped),
                    Some(_) | None => return Err(malformed()),
                },
                b':' if quoted.is_none() => break,
                other => one.push(*other),
            }
        }
        if !closed {
            return Err(malformed());
        }
        found.push(one);
        rest = bytes.as_slice();
    }
    found.retain(|one| !one.is_empty());
    Ok(found)
}

/// An environment variable; `None` where it is unset or empty.
#[expect(
    clippy::disallowed_methods,
    reason = "where the objects of a push are set aside has to be known before the repository is opened"
)]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_list_of_paths_is_read_as_git_writes_it() {
        let text = |list: &str| -> Option<Vec<String>> {
            let found = listed(list.as_bytes()).ok()?;
            Some(found.into_iter().map(|one| String::from_utf8(one).unwrap()).collect())
        };
        let some = |paths: &[&str]| Some(paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        assert_eq!(text(""), some(&[]));
        assert_eq!(text("/a/objects"), some(&["/a/objects"]));
        assert_eq!(text("/a:/b::/c:"), some(&["/a", "/b", "/c"]));
        assert_eq!(text(r#""/a:b/\"q\"\\":/c"#), some(&["/a:b/\"q\"\\", "/c"]));
        for malformed in [r#""/a"#, r#""/a"b"#, r#""/a\101""#, r#""/a\"#] {
            assert_eq!(text(malformed), None, "{malformed}");
        }
    }
}
