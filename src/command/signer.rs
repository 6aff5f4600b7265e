//! Signs with `ssh-keygen -Y sign`, as git does: agents, passphrases and hardware keys work, and no private key is ever read here.

use std::io::{ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ssh_key::PublicKey;
use ssh_key::public::KeyData;
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::evidence::envelope::{Seal, signed_bytes};
use crate::evidence::note_namespace;
use crate::git::Repo;
use crate::identity::signature;
use crate::policy::{self, Policy};
use crate::runner::regular;
use crate::text::escape;

/// A larger file isn't a key.
const MAX_KEY: u64 = 1 << 20;

/// A key to sign with.
pub struct Signer {
    program: String,
    file: PathBuf,
    /// The key was named by its public half: the private one is the agent's.
    agent: bool,
    public: KeyData,
    /// Holds a key that git's configuration spells out.
    _literal: Option<NamedTempFile>,
}

impl Signer {
    /// The key that `--sign KEY` names: the file of a private key, or of a public one whose private half an agent holds. Without a name,
    /// git's `user.signingKey`, which may also spell a public key out.
    ///
    /// # Errors
    /// No key is named; its file, or its public half, can't be read.
    pub fn find(repo: &Repo, option: Option<&str>) -> Result<Self> {
        let program = repo.config("gpg.ssh.program")?.unwrap_or_else(|| "ssh-keygen".to_owned());
        let named = match option {
            Some(key) => key.to_owned(),
            None => repo.config("user.signingKey")?.ok_or_else(no_key)?,
        };
        let literal = named.strip_prefix("key::").or_else(|| is_public(&named).then_some(named.as_str()));
        if let Some(literal) = literal {
            let public = public(literal)?;
            let mut file = tempfile::Builder::new().suffix(".pub").tempfile().map_err(not_kept)?;
            writeln!(file, "{literal}").map_err(not_kept)?;
            return Ok(Self { program, file: file.path().to_owned(), agent: true, public, _literal: Some(file) });
        }
        let file = home(&named);
        let text = read(&file)?;
        let agent = is_public(text.trim());
        let public = if agent { public(text.trim())? } else { public_half(&file)? };
        Ok(Self { program, file, agent, public, _literal: None })
    }

    /// The public half.
    pub fn public(&self) -> &KeyData {
        &self.public
    }

    /// Whose notes this key writes.
    ///
    /// # Errors
    /// The policy that judges doesn't have the key: nobody would believe what it signs.
    pub fn writer(&self, policy: &Policy) -> Result<String> {
        note_namespace::names(policy, &self.public).into_iter().next().ok_or_else(|| {
            let shown = escape(policy.source.name.as_bytes());
            Error::new(format!("`{shown}` does not have the key {}, so nobody would believe it", policy::fingerprint(&self.public)))
                .help("have an owner add it to `keys` of your [specialist.NAME], of a [runner.NAME], or of [owners]")
                .next("guard policy show")
        })
    }

    /// A seal over a payload, for an envelope.
    ///
    /// # Errors
    /// As `sign`.
    pub fn seal(&self, payload: &[u8]) -> Result<Seal> {
        let armour = self.sign(signature::EVIDENCE, &signed_bytes(payload))?;
        Ok(Seal { key: policy::fingerprint(&self.public), armour })
    }

    /// The armoured signature of `message`.
    ///
    /// # Errors
    /// `ssh-keygen` is missing or refuses (its own words); what it made doesn't verify.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<String> {
        let dir = tempfile::tempdir().map_err(not_kept)?;
        let file = dir.path().join("message");
        std::fs::write(&file, message).map_err(not_kept)?;
        let mut command = Command::new(&self.program);
        command.args(["-Y", "sign", "-n", namespace, "-f"]).arg(&self.file);
        if self.agent {
            command.arg("-U");
        }
        let ran = command.arg(&file).stdin(Stdio::null()).output().map_err(|e| self.not_started(&e))?;
        if !ran.status.success() {
            return Err(self.refused(&ran.stderr));
        }
        let armour = std::fs::read(file.with_extension("sig")).map_err(|_nothing_made| self.refused(&ran.stderr))?;
        let key = signature::verify(&armour, namespace, message)
            .map_err(|why| Error::new(format!("`{}` made a signature that is not good: {why}", escape(self.program.as_bytes()))))?;
        if key != self.public {
            return Err(Error::new(format!("signed with {}, not with the key that was named", policy::fingerprint(&key))));
        }
        String::from_utf8(armour).map_err(|_not_text| Error::new("a signature is no text"))
    }

    fn not_started(&self, error: &std::io::Error) -> Error {
        let program = escape(self.program.as_bytes());
        if error.kind() == ErrorKind::NotFound {
            return Error::new(format!("there is no `{program}` to sign with")).help("install OpenSSH's client, 8.2 or later");
        }
        Error::new(format!("`{program}` could not be started: {error}"))
    }

    fn refused(&self, words: &[u8]) -> Error {
        let lines: Vec<String> = words.split(|b| *b == b'\n').filter(|line| !line.is_empty()).take(3).map(escape).collect();
        let error = Error::new(format!("`{}` could not sign: {}", escape(self.program.as_bytes()), lines.join("; ")));
        if self.agent { error.help("the private half must be in an agent: ssh-add KEY") } else { error }
    }
}

fn no_key() -> Error {
    Error::new("no key is named to sign with")
        .help("name one with `--sign KEY`, or for good; `ssh-keygen -t ed25519` makes one")
        .next("git config user.signingKey ~/.ssh/id_ed25519")
}

fn not_kept(error: std::io::Error) -> Error {
    Error::from(error).context("could not write a temporary file to sign")
}

fn is_public(text: &str) -> bool {
    ["ssh-", "sk-", "ecdsa-"].iter().any(|kind| text.starts_with(kind)) && text.contains(' ')
}

fn public(line: &str) -> Result<KeyData> {
    let key = PublicKey::from_openssh(line).map_err(|e| Error::new(format!("no public key of OpenSSH: {e}")))?;
    Ok(key.key_data().clone())
}

/// Of a private key: what stands beside it, as `ssh-keygen` has made it, else what its file says openly, also of one with a passphrase.
fn public_half(file: &Path) -> Result<KeyData> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".pub");
    if let Ok(text) = read(Path::new(&beside)) {
        return public(text.trim());
    }
    let key = ssh_key::PrivateKey::read_openssh_file(file).map_err(|e| {
        let shown = escape(file.as_os_str().as_encoded_bytes());
        Error::new(format!("`{shown}` is no key of OpenSSH: {e}")).help("put its public half beside it, with `.pub` at the end")
    })?;
    Ok(key.public_key().key_data().clone())
}

/// A key's file, which may be a link: only its owner puts it there.
fn read(file: &Path) -> Result<String> {
    let shown = escape(file.as_os_str().as_encoded_bytes());
    let failed = |e: std::io::Error| Error::from(e).context(format!("could not read the key `{shown}`"));
    let real = file.canonicalize().map_err(failed)?;
    let mut text = String::new();
    regular::open(&real, MAX_KEY).and_then(|mut file| file.read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}

/// `~/` as git expands it.
fn home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(below), Some(home)) => home.join(below),
        (None, _) | (_, None) => PathBuf::from(path),
    }
}
