//! Whose a change is: sources, their strength, conflicts.

use crate::policy::{Limits, Policy, Specialist};

/// How much a source is worth; the stronger wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Strength {
    /// Said by whoever acts.
    Claim,
    /// Authenticated by the server.
    Account,
    /// Verified here.
    Signature,
}

impl Strength {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Account => "account",
            Self::Signature => "signature",
        }
    }
}

/// Where a name came from, in the order of belief within one strength.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Source {
    /// `--as`.
    Option,
    /// `GUARD_SPECIALIST`.
    Environment,
    /// `git config guard.specialist`.
    Config,
    /// The author's e-mail.
    Email,
    /// The branch that it works on.
    Branch,
    /// The account that the server authenticated, by `guard.identity` as written (`env:NAME`).
    Account(String),
    /// Nobody said anything that the policy knows, or nothing that may be believed here.
    Nobody,
}

impl Source {
    /// As JSON has it: `claim:email`, `account:env:NAME`, `none` …
    pub fn as_json(&self) -> String {
        match self {
            Self::Option => "claim:as".to_owned(),
            Self::Environment => "claim:env".to_owned(),
            Self::Config => "claim:config".to_owned(),
            Self::Email => "claim:email".to_owned(),
            Self::Branch => "claim:branch".to_owned(),
            Self::Account(how) => format!("account:{how}"),
            Self::Nobody => "none".to_owned(),
        }
    }

    /// As text has it: "claimed by author e-mail".
    pub fn as_text(&self) -> String {
        match self {
            Self::Option => "claimed by --as".to_owned(),
            Self::Environment => "claimed by GUARD_SPECIALIST".to_owned(),
            Self::Config => "claimed by git config guard.specialist".to_owned(),
            Self::Email => "claimed by author e-mail".to_owned(),
            Self::Branch => "claimed by branch".to_owned(),
            Self::Account(how) => format!("account from {how}"),
            Self::Nobody => "nobody the policy names".to_owned(),
        }
    }

    /// How much it is worth.
    pub fn strength(&self) -> Strength {
        match self {
            Self::Option | Self::Environment | Self::Config | Self::Email | Self::Branch | Self::Nobody => Strength::Claim,
            Self::Account(_) => Strength::Account,
        }
    }
}

/// Who acts, as far as the policy knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// What reports call them: the specialist's name, an owner's account or e-mail, or `None` for somebody unknown where
    /// there is no `"*"`.
    pub name: Option<String>,
    /// The entry that judges them: a specialist's name, or `"*"`; `None` for an owner without an entry (`[defaults]`) and for
    /// somebody unknown.
    pub entry: Option<String>,
    /// Whether they are an owner, by a source that may be believed at this stage.
    pub owner: bool,
    /// Where the name came from.
    pub source: Source,
    /// What the sources said, for the report: (source as text, what it says). Weaker ones are shown.
    pub said: Vec<(Source, String)>,
    /// Two sources of one strength that contradict each other (not claims), or a claim that names no specialist of the policy:
    /// what is wrong, as a phrase.
    pub conflict: Option<String>,
}

impl Actor {
    /// The specialist's entry in `policy`.
    pub fn specialist<'p>(&self, policy: &'p Policy) -> Option<&'p Specialist> {
        policy.specialist(self.entry.as_deref()?)
    }

    /// The limits that apply; `None` for somebody unknown.
    pub fn limits<'p>(&self, policy: &'p Policy) -> Option<&'p Limits> {
        match self.specialist(policy) {
            Some(specialist) => Some(&specialist.limits),
            None => self.owner.then_some(&policy.defaults),
        }
    }
}
