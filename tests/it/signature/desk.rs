//! Where signatures are made: keys and armour by `ssh-keygen`, and by hand what it would not write.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ssh_key::{PrivateKey, Signature, SigningKey};

use crate::support::Repo;

/// The namespace of everything here.
pub const NAMESPACE: &str = guard::identity::signature::EVIDENCE;

/// A key pair.
pub struct Key {
    /// The file of the private key, or of what stands for it.
    pub path: PathBuf,
    /// The line of the public key: type and base64.
    pub line: String,
}

impl Key {
    /// The private key, to sign with by hand.
    pub fn private(&self) -> PrivateKey {
        PrivateKey::from_openssh(std::fs::read(&self.path).unwrap()).unwrap()
    }

    /// The public key as it stands in a signature.
    pub fn blob(&self) -> Vec<u8> {
        STANDARD.decode(self.line.split(' ').nth(1).unwrap()).unwrap()
    }
}

/// A directory with keys and a `ssh-keygen`.
pub struct Desk {
    repo: Repo,
}

impl Desk {
    pub fn new() -> Self {
        Self { repo: Repo::new() }
    }

    /// A new key. `kind`: as `ssh-keygen -t` has it, and after a blank its bits.
    pub fn key(&self, name: &str, kind: &str) -> Key {
        let path = self.repo.scratch().join(name);
        let (kind, bits) = kind.split_once(' ').map_or((kind, vec![]), |(kind, bits)| (kind, vec!["-b", bits]));
        let path_ = path.to_str().unwrap();
        self.repo.run("ssh-keygen", &[&["-q", "-t", kind, "-N", "", "-C", "", "-f", path_], &bits[..]].concat()).ok();
        let line = std::fs::read_to_string(path.with_extension("pub")).unwrap().trim().to_owned();
        Key { path, line }
    }

    /// The certificate of a key, by that authority.
    pub fn certify(&self, key: &Key, authority: &Key) -> Key {
        let (path, authority) = (key.path.with_extension("pub"), authority.path.to_str().unwrap());
        self.repo.run("ssh-keygen", &["-q", "-s", authority, "-I", "id", "-n", "somebody", path.to_str().unwrap()]).ok();
        let path = PathBuf::from(format!("{}-cert.pub", key.path.display()));
        let line = std::fs::read_to_string(&path).unwrap().trim().to_owned();
        Key { path, line }
    }

    /// What `ssh-keygen` writes.
    pub fn sign(&self, key: &Key, namespace: &str, hash: &str, message: &[u8]) -> Vec<u8> {
        let (path, hash) = (key.path.to_str().unwrap(), format!("hashalg={hash}"));
        self.repo.run_with("ssh-keygen", &["-q", "-Y", "sign", "-f", path, "-n", namespace, "-O", &hash], message).ok().stdout
    }

    /// What `ssh-keygen -Y verify` says of a signature at a time. `allowed`: options and a key; times: `YYYYMMDDHHMMSSZ`.
    pub fn accepts(&self, armour: &[u8], allowed: &str, at: &str, message: &[u8]) -> bool {
        let (list, signature) = (self.repo.scratch().join("allowed"), self.repo.scratch().join("signature"));
        std::fs::write(&list, format!("somebody {allowed}\n")).unwrap();
        std::fs::write(&signature, armour).unwrap();
        let (list, signature, at) = (list.to_str().unwrap(), signature.to_str().unwrap(), format!("verify-time={at}"));
        let words = ["-q", "-Y", "verify", "-f", list, "-I", "somebody", "-n", NAMESPACE, "-s", signature, "-O", &at];
        self.repo.run_with("ssh-keygen", &words, message).status == 0
    }
}

/// A signature, field by field.
#[derive(Clone)]
pub struct Parts {
    pub version: u32,
    pub key: Vec<u8>,
    pub namespace: String,
    /// What stands in the reserved field, and what was signed as it.
    pub reserved: (&'static str, &'static str),
    pub hash: &'static str,
    /// The bytes of the inner signature.
    pub signature: Vec<u8>,
}

impl Parts {
    pub fn new(key: &Key) -> Self {
        let namespace = NAMESPACE.to_owned();
        Self { version: 1, key: key.blob(), namespace, reserved: ("", ""), hash: "sha512", signature: Vec::new() }
    }

    /// What an SSH key signs for a message.
    pub fn signed(&self, message: &[u8]) -> Vec<u8> {
        use sha2::Digest;
        let digest =
            if self.hash == "sha256" { sha2::Sha256::digest(message).to_vec() } else { sha2::Sha512::digest(message).to_vec() };
        let fields = [self.namespace.as_bytes(), self.reserved.1.as_bytes(), self.hash.as_bytes(), &digest];
        [b"SSHSIG".to_vec(), fields.map(string).concat()].concat()
    }

    /// With an ordinary key's signature in it.
    pub fn sign(mut self, key: &Key, message: &[u8]) -> Self {
        let signature = raw(&key.private(), &self.signed(message));
        self.signature = [string(signature.algorithm().as_str().as_bytes()), string(signature.as_bytes())].concat();
        self
    }

    pub fn blob(&self) -> Vec<u8> {
        let fields = [&self.key, self.namespace.as_bytes(), self.reserved.0.as_bytes(), self.hash.as_bytes(), &self.signature];
        [b"SSHSIG".to_vec(), self.version.to_be_bytes().to_vec(), fields.map(string).concat()].concat()
    }

    pub fn armour(&self) -> Vec<u8> {
        armour(&self.blob(), 70, "\n")
    }
}

/// A signature over exactly these bytes.
pub fn raw<K: SigningKey>(key: &K, bytes: &[u8]) -> Signature {
    key.sign(bytes)
}

/// A `string` of RFC 4251.
pub fn string(field: &[u8]) -> Vec<u8> {
    [&u32::try_from(field.len()).unwrap().to_be_bytes(), field].concat()
}

/// What is within the armour.
pub fn blob(armour: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(armour).unwrap();
    STANDARD.decode(text.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

pub fn armour(blob: &[u8], width: usize, end: &str) -> Vec<u8> {
    let body = STANDARD.encode(blob);
    let lines = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
    let all = ["-----BEGIN SSH SIGNATURE-----"].into_iter().chain(lines).chain(["-----END SSH SIGNATURE-----", ""]);
    all.collect::<Vec<_>>().join(end).into_bytes()
}
