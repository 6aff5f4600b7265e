//! The files of a work tree, by paths of any bytes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::Repo;

impl Repo {
    /// The path of a file in the work tree, from raw bytes.
    pub fn file(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.path.join(OsStr::from_bytes(path.as_ref()))
    }

    /// Writes a file of the work tree; what is missing of its directories is made.
    pub fn write(&self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &Self {
        let file = self.file(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
        self
    }

    /// Writes an executable file.
    pub fn script(&self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> &Self {
        self.write(&path, content);
        std::fs::set_permissions(self.file(path), std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// Writes `many` files `PREFIX<n>.txt` of one line each.
    pub fn write_many(&self, prefix: &str, many: usize) -> &Self {
        for n in 1..=many {
            self.write(format!("{prefix}{n}.txt"), format!("{prefix}{n}\n"));
        }
        self
    }

    /// Makes a symbolic link.
    pub fn link(&self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> &Self {
        let file = self.file(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(OsStr::from_bytes(target.as_ref()), file).unwrap();
        self
    }

    /// Removes a file.
    pub fn remove(&self, path: impl AsRef<[u8]>) -> &Self {
        std::fs::remove_file(self.file(path)).unwrap();
        self
    }
}
