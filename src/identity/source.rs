//! Where a name comes from, and how much that is worth.

use serde::{Deserialize, Serialize};

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
    /// What the ledger says of a commit that was here before.
    Ledger,
    /// The signature of the push certificate, verified here.
    PushCertificate,
    /// The commit's own signature, verified here.
    Signature,
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
            Self::Ledger => "account:ledger".to_owned(),
            Self::PushCertificate => "signature:push-cert".to_owned(),
            Self::Signature => "signature:commit".to_owned(),
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
            Self::Ledger => "account by the ledger".to_owned(),
            Self::PushCertificate => "signed push".to_owned(),
            Self::Signature => "signed commit".to_owned(),
            Self::Nobody => "nobody the policy names".to_owned(),
        }
    }

    /// How much it is worth.
    pub fn strength(&self) -> Strength {
        match self {
            Self::Option | Self::Environment | Self::Config | Self::Email | Self::Branch | Self::Nobody => Strength::Claim,
            Self::Account(_) | Self::Ledger => Strength::Account,
            Self::PushCertificate | Self::Signature => Strength::Signature,
        }
    }

    /// Whether it says who pushes, and not who made a commit.
    pub(super) fn is_of_a_push(&self) -> bool {
        match self {
            Self::Account(_) | Self::Ledger | Self::PushCertificate => true,
            Self::Option | Self::Environment | Self::Config | Self::Email | Self::Branch | Self::Signature | Self::Nobody => false,
        }
    }

    /// Whether it decides even where it names nobody whom the policy knows: an account is somebody, and so is who says a name, while an
    /// e-mail or a branch may well be nobody's, and a key is nobody's until the policy says whose. No weaker claim may stand in for them.
    pub(super) fn decides(&self) -> bool {
        match self {
            Self::Account(_) | Self::Ledger | Self::Option | Self::Environment | Self::Config => true,
            Self::Email | Self::Branch | Self::PushCertificate | Self::Signature | Self::Nobody => false,
        }
    }
}

/// Whose a commit is, as the ledger keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owned {
    /// The specialist's name.
    pub specialist: Option<String>,
    /// The account that brought it.
    pub account: Option<String>,
}
