//! Keys as people have them, made by the real `ssh-keygen`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Repo;

/// A pair of keys without a passphrase.
#[derive(Clone, Debug)]
pub struct Key {
    /// The private key's file; the public one's stands beside it with `.pub`.
    pub private: PathBuf,
    /// The public key as a policy has it: one line, type, key and name.
    pub public: String,
}

/// A directory of keys, each made when it is first asked for.
#[derive(Clone, Debug)]
pub struct Keys {
    dir: PathBuf,
}

impl Keys {
    /// Keys in `dir`, which is made.
    pub fn new(dir: impl AsRef<Path>) -> Self {
        std::fs::create_dir_all(dir.as_ref()).unwrap();
        Self { dir: dir.as_ref().to_owned() }
    }

    /// The ed25519 key of that name.
    pub fn key(&self, name: &str) -> Key {
        self.key_of(name, &["-t", "ed25519"])
    }

    /// A key of that name, of another type: `kind` is what `ssh-keygen` is told, as in `["-t", "rsa", "-b", "1024"]`.
    pub fn key_of(&self, name: &str, kind: &[&str]) -> Key {
        let private = self.dir.join(name);
        if !private.exists() {
            keygen(Command::new("ssh-keygen").args(["-q", "-N", "", "-C", name]).args(kind).arg("-f").arg(&private));
        }
        let public = std::fs::read_to_string(private.with_file_name(format!("{name}.pub"))).unwrap();
        Key { private, public: public.trim().to_owned() }
    }
}

impl Key {
    /// The key's armoured signature of `message` in `namespace`, as `ssh-keygen -Y sign` makes it.
    pub fn sign(&self, namespace: &str, message: impl AsRef<[u8]>) -> String {
        let work = tempfile::tempdir().unwrap();
        let file = work.path().join("message");
        std::fs::write(&file, message).unwrap();
        keygen(Command::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(&self.private).arg(&file));
        std::fs::read_to_string(work.path().join("message.sig")).unwrap()
    }
}

#[track_caller]
fn keygen(command: &mut Command) {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Repo {
    /// The key of that name; what stands beside one another (server, clones) shares its keys.
    pub fn key(&self, name: &str) -> Key {
        Keys::new(self.scratch().join("keys")).key(name)
    }

    /// Commits and certified pushes from here are signed with this key from now on.
    pub fn sign_with(&self, key: &Key) -> &Self {
        for (name, value) in [("gpg.format", "ssh"), ("commit.gpgSign", "true")] {
            self.git(&["config", name, value]).ok();
        }
        self.git(&["config", "user.signingKey", key.private.to_str().unwrap()]).ok();
        self
    }

    /// Commits from here are not signed any more.
    pub fn sign_nothing(&self) -> &Self {
        self.git(&["config", "commit.gpgSign", "false"]).ok();
        self
    }
}
