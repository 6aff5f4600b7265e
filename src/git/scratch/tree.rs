//! Trees, without a work tree: of files, or of raw bytes.

use super::Scratch;
use crate::model::Oid;

/// What stands at a path: mode and content (of a submodule, its id in hexadecimal).
pub type File = (Vec<u8>, &'static str, Vec<u8>);

/// A file of a tree.
pub fn file(path: impl AsRef<[u8]>, mode: &'static str, content: impl AsRef<[u8]>) -> File {
    (path.as_ref().to_vec(), mode, content.as_ref().to_vec())
}

/// One raw entry of a tree.
pub fn entry(mode: &str, name: &[u8], id: &[u8]) -> Vec<u8> {
    [mode.as_bytes(), b" ", name, b"\0", id].concat()
}

impl Scratch {
    /// Writes a blob.
    pub fn blob(&self, content: impl AsRef<[u8]>) -> Oid {
        Oid::from_hex(&self.git_with(&["hash-object", "-w", "--stdin"], content)).unwrap()
    }

    /// Writes a tree of these raw bytes, whatever they are.
    pub fn raw_tree(&self, bytes: &[u8]) -> Oid {
        Oid::from_hex(&self.git_with(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], bytes)).unwrap()
    }

    /// Writes a tree of these files.
    pub fn tree(&self, files: &[File]) -> Oid {
        let mut stream = b"commit refs/heads/scratch\ncommitter C <c@example.org> 1700000000 +0000\ndata 0\n\ndeleteall\n".to_vec();
        for (path, mode, content) in files {
            let quoted: String = path.iter().map(|b| format!("\\{b:03o}")).collect();
            if *mode == "160000" {
                stream.extend(format!("M {mode} {} \"{quoted}\"\n", String::from_utf8_lossy(content)).bytes());
            } else {
                stream.extend(format!("M {mode} inline \"{quoted}\"\ndata {}\n", content.len()).bytes());
                stream.extend(content);
                stream.push(b'\n');
            }
        }
        self.git_with(&["fast-import", "--quiet", "--force"], stream);
        self.oid("refs/heads/scratch^{tree}")
    }
}
