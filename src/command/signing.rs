//! Records kept: signed where that is asked, in the notes of whoever signs.

use clap::Args;
use jiff::Timestamp;

use crate::command::signer::Signer;
use crate::error::{Error, Result};
use crate::evidence::envelope::Seal;
use crate::evidence::note_namespace;
use crate::evidence::record::Record;
use crate::git::{Repo, notes};
use crate::model::Oid;
use crate::output::Done;
use crate::output::Format;
use crate::policy::{self, Policy, Signer as Holder};
use crate::report::text;
use crate::text::escape;

/// Who signs, and where the record goes.
#[derive(Debug, Default, Args)]
pub struct SigningArgs {
    /// Sign with this key: a file, private, or public with the private half in an agent [default: git's user.signingKey]
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "")]
    pub sign: Option<String>,
    /// Push the record to this remote
    #[arg(long, value_name = "REMOTE")]
    pub push: Option<String>,
}

/// Who signs, as the policy knows them.
pub struct Signing {
    signer: Signer,
    /// Whose notes it writes.
    pub writer: String,
    runner: Option<String>,
    specialist: Option<String>,
}

impl Signing {
    /// Whoever `--sign` asks for; `None`: nobody.
    ///
    /// # Errors
    /// The policy isn't the trusted one; there is no such key, the policy doesn't have it, or it is not to be believed now.
    pub fn asked(repo: &Repo, policy: &Policy, args: &SigningArgs) -> Result<Option<Self>> {
        let Some(named) = &args.sign else { return Ok(None) };
        Self::new(repo, policy, Some(named)).map(Some)
    }

    /// Whoever holds the key. `key`: as `--sign` has it; none or empty: git's own.
    ///
    /// # Errors
    /// As `asked`.
    #[expect(clippy::disallowed_methods, reason = "whether a signature that is made now will count")]
    pub fn new(repo: &Repo, policy: &Policy, key: Option<&str>) -> Result<Self> {
        if !policy.source.trusted {
            let shown = escape(policy.source.name.as_bytes());
            return Err(Error::new(format!("`{shown}` is not the trusted policy, so nobody would believe what is signed by it"))
                .help("sign by the policy of the base: leave `--policy` out, or land the policy first"));
        }
        let signer = Signer::find(repo, key.filter(|key| !key.is_empty()))?;
        let writer = signer.writer(policy)?;
        let (mut runner, mut specialist) = (None, None);
        for (holder, line) in policy.signers(signer.public()) {
            line.value.valid_at(Timestamp::now()).map_err(|why| {
                Error::new(format!("what is signed now would not count: {why}")).help("have an owner put a new key into the policy")
            })?;
            match holder {
                Holder::Runner(of) => runner = runner.or(Some(of.name.value.clone())),
                Holder::Specialist(of) => specialist = specialist.or(Some(of.name.value.clone())),
                Holder::Owner => {}
            }
        }
        Ok(Self { signer, writer, runner, specialist })
    }

    /// An owner, who writes the notes of owners, whoever else the key is.
    ///
    /// # Errors
    /// As `asked`; the key is no owner's.
    pub fn owners(repo: &Repo, policy: &Policy, key: Option<&str>) -> Result<Self> {
        let sealing = Self::new(repo, policy, key)?;
        let owns = |(holder, _): &(Holder<'_>, _)| match holder {
            Holder::Owner => true,
            Holder::Runner(_) | Holder::Specialist(_) => false,
        };
        if !policy.signers(sealing.signer.public()).iter().any(owns) {
            let key = policy::fingerprint(sealing.signer.public());
            return Err(Error::new(format!("the key {key} is no owner's: owners alone waive, and resume"))
                .help("its line must stand in [owners] keys"));
        }
        let writer = note_namespace::of_owner(sealing.signer.public());
        Ok(Self { writer, ..sealing })
    }

    /// Whose notes a halt by this key stands in: an owner's or a runner's; `None`: nobody's who may halt.
    pub fn halting(&self, policy: &Policy) -> Option<String> {
        let key = self.signer.public();
        let holders = policy.signers(key);
        let owns = holders.iter().any(|(holder, _)| matches!(holder, Holder::Owner));
        let name = holders.iter().find_map(|(holder, _)| match holder {
            Holder::Runner(_) => note_namespace::names(policy, key).into_iter().next(),
            Holder::Owner | Holder::Specialist(_) => None,
        });
        if owns { Some(note_namespace::of_owner(key)) } else { name }
    }

    /// A seal over a payload.
    ///
    /// # Errors
    /// It can't be signed.
    pub fn seal(&self, payload: &[u8]) -> Result<Seal> {
        self.signer.seal(payload)
    }

    /// Puts who signs into a record.
    fn name(&self, record: &mut Record) {
        record.runner.clone_from(&self.runner);
        if self.runner.is_none() && self.specialist.is_some() {
            record.specialist.clone_from(&self.specialist);
        }
    }
}

/// Writes a record as a line of the note on its tree: signed, or as this machine's own.
///
/// # Errors
/// It can't be signed; the repository can't be written.
pub fn keep(repo: &Repo, tree: Oid, record: &mut Record, sealing: Option<&Signing>) -> Result<()> {
    let Some(sealing) = sealing else {
        return notes::append(repo, tree, &notes::local_writer(repo)?, &record.to_line()?);
    };
    sealing.name(record);
    let payload = record.payload()?;
    let seal = sealing.signer.seal(&payload)?;
    notes::append(repo, tree, &sealing.writer, &record.seal(&payload, &[seal])?)
}

/// Pushes what was kept, where that is asked. `done`: what is answered where that goes well; where it doesn't, a person still reads how
/// the suites ended, and the status is 2.
///
/// # Errors
/// git's, with its words, where the answer is JSON.
pub fn push(repo: &Repo, args: &SigningArgs, sealing: Option<&Signing>, done: Done, format: Format) -> Result<Done> {
    let Some(remote) = &args.push else { return Ok(done) };
    let writer = match sealing {
        Some(sealing) => sealing.writer.clone(),
        None => notes::local_writer(repo)?,
    };
    match notes::push(repo, remote, &writer) {
        Ok(()) if format.is_json() || done.out.is_empty() => Ok(done),
        Ok(()) => Ok(Done { out: format!("{}pushed to {}\n", done.out, escape(remote.as_bytes())), ..done }),
        Err(error) if format.is_json() => Err(error),
        Err(error) => Ok(Done { status: 2, err: format!("{}{}", done.err, text::error(&error)), ..done }),
    }
}
