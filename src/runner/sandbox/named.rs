//! Paths that a suite's variables name: what they name is passed as it is, as far as it can be.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Variables;

/// Every absolute path in the values, with the variable's name: of lists as `PATH` is one, and in options as `RUSTFLAGS` has them.
pub(super) fn paths(variables: &Variables) -> BTreeSet<(&str, &Path)> {
    let mut paths = BTreeSet::new();
    for (name, value) in variables {
        let value = value.as_bytes();
        let listed = value.split(|byte| *byte == b':');
        let words = value.split(|byte| b":;,= \t\n\"'".contains(byte));
        let absolute = listed.chain(words).filter(|piece| piece.starts_with(b"/"));
        paths.extend(absolute.map(|piece| (name.as_str(), Path::new(OsStr::from_bytes(piece)))));
    }
    paths
}

/// The entries of `directory` below which one of these paths leads, as written or in truth.
pub(super) fn entries(directory: &Path, paths: &BTreeSet<(&str, &Path)>) -> BTreeSet<PathBuf> {
    let real = |path: &Path| path.canonicalize().ok();
    let both = paths.iter().flat_map(|(_, path)| [Some(path.to_path_buf()), real(path)]).flatten();
    both.filter_map(|path| entry(directory, &path)).collect()
}

/// The entry of `directory` that leads to `path`, if one does.
pub(super) fn entry(directory: &Path, path: &Path) -> Option<PathBuf> {
    let std::path::Component::Normal(first) = path.strip_prefix(directory).ok()?.components().next()? else { return None };
    Some(directory.join(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_options_name_paths() {
        let variables = [("PATH", "/a/b:c:/tmp/x y/bin"), ("FLAGS", "-L /l --at=/m,n")].map(|(n, v)| (n.to_owned(), v.into()));
        let found: Vec<(&str, &str)> = paths(&variables).iter().map(|(n, p)| (*n, p.to_str().unwrap())).collect();
        let flags = [("FLAGS", "/l"), ("FLAGS", "/m")];
        assert_eq!(found, [&flags[..], &[("PATH", "/a/b"), ("PATH", "/tmp/x"), ("PATH", "/tmp/x y/bin")]].concat());
    }

    #[test]
    fn an_entry_is_a_directory_s_own() {
        let entry = |path: &str| entry(Path::new("/tmp"), Path::new(path));
        assert_eq!(entry("/tmp/a/b"), Some(PathBuf::from("/tmp/a")));
        assert_eq!([entry("/tmp"), entry("/tmpx/a"), entry("/tmp/../etc")], [None, None, None]);
    }
}
