//! Whose a change is: sources, their strength, conflicts.

use crate::case::Stage;
use crate::policy::{Limits, Policy, Specialist};
use crate::report::escape;

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

    /// The limits that apply; `None` for somebody unknown. Who is named without an entry is an owner, if only by a claim that gives no
    /// right of an owner's.
    pub fn limits<'p>(&self, policy: &'p Policy) -> Option<&'p Limits> {
        match self.specialist(policy) {
            Some(specialist) => Some(&specialist.limits),
            None => self.name.is_some().then_some(&policy.defaults),
        }
    }
}

/// What is known of who did something; what isn't there said nothing.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    /// Claims are not believed (a server, for work that is new to it).
    pub only_account: bool,
    /// `guard.identity` as written, and the account.
    pub account: Option<(&'a str, &'a str)>,
    /// `--as`.
    pub option: Option<&'a str>,
    /// `GUARD_SPECIALIST`.
    pub environment: Option<&'a str>,
    /// `git config guard.specialist`.
    pub config: Option<&'a str>,
    /// The author's e-mail, raw bytes.
    pub email: Option<&'a [u8]>,
    /// The branch's short name, raw bytes.
    pub branch: Option<&'a [u8]>,
}

/// Whom one source names.
struct Named<'p> {
    specialist: Option<&'p Specialist>,
    owner: bool,
}

impl Named<'_> {
    fn is_nobody(&self) -> bool {
        self.specialist.is_none() && !self.owner
    }
}

impl Actor {
    /// The strongest source that names somebody wins; the others are kept in `said`. Nobody named: `"*"` where the policy has it.
    pub fn resolve(policy: &Policy, stage: Stage, sources: &Sources<'_>) -> Self {
        let heard = heard(sources);
        let said = heard.iter().map(|(source, text)| (source.clone(), escape(text))).collect();
        let winner = heard.iter().find_map(|(source, text)| {
            let named = names(policy, source, text);
            (named.specialist.is_some() || named.owner || source.decides()).then_some((source.clone(), named, *text))
        });
        let anyone = policy.specialist("*").map(|s| s.name.value.clone());
        let Some((source, named, text)) = winner else {
            return Self { name: anyone.clone(), entry: anyone, owner: false, source: Source::Nobody, said, conflict: None };
        };
        let conflict = if named.is_nobody() && anyone.is_none() { misnamed(&source, text) } else { None };
        let (name, entry) = match named.specialist {
            Some(found) => (Some(found.name.value.clone()), Some(found.name.value.clone())),
            None if named.owner => (Some(escape(text)), None),
            None => (anyone.clone(), anyone),
        };
        // The word of an author makes nobody an owner where more than this machine is concerned, but it does say who it was.
        let owner = named.owner && (stage == Stage::Commit || source.strength() == Strength::Account);
        Self { name, entry, owner, source, said, conflict }
    }
}

/// What is wrong with a claim to be a specialist whom the policy doesn't have. An e-mail or a branch may well be nobody's.
fn misnamed(source: &Source, text: &[u8]) -> Option<String> {
    let how = match source {
        Source::Option => "--as",
        Source::Environment => "GUARD_SPECIALIST",
        Source::Config => "git config guard.specialist",
        Source::Email | Source::Branch | Source::Account(_) | Source::Nobody => return None,
    };
    Some(format!("`{how}` names `{}`, which the policy does not have", escape(text)))
}

impl Source {
    /// Whether it decides even where it names nobody whom the policy knows: an account is somebody, and so is who says a name, while an
    /// e-mail or a branch may well be nobody's. No weaker claim may stand in for them.
    fn decides(&self) -> bool {
        match self {
            Self::Account(_) | Self::Option | Self::Environment | Self::Config => true,
            Self::Email | Self::Branch | Self::Nobody => false,
        }
    }
}

/// What each source says, strongest first.
fn heard<'a>(sources: &Sources<'a>) -> Vec<(Source, &'a [u8])> {
    let account = sources.account.map(|(how, name)| (Source::Account(how.to_owned()), name.as_bytes()));
    let claims = [
        sources.option.map(|s| (Source::Option, s.as_bytes())),
        sources.environment.map(|s| (Source::Environment, s.as_bytes())),
        sources.config.map(|s| (Source::Config, s.as_bytes())),
        sources.email.map(|s| (Source::Email, s)),
        sources.branch.map(|s| (Source::Branch, s)),
    ];
    account.into_iter().chain(claims.into_iter().flatten().filter(|_| !sources.only_account)).collect()
}

/// Whom `source` names by saying `text`.
fn names<'p>(policy: &'p Policy, source: &Source, text: &[u8]) -> Named<'p> {
    let specialist = |test: &dyn Fn(&Specialist) -> bool| policy.specialists.iter().find(|s| test(s));
    let nobody = Named { specialist: None, owner: false };
    match source {
        Source::Account(_) => Named {
            specialist: specialist(&|s| s.users.iter().any(|u| u.value.as_bytes() == text)),
            owner: policy.owners.users.iter().any(|u| u.value.as_bytes() == text),
        },
        Source::Option | Source::Environment | Source::Config => {
            Named { specialist: specialist(&|s| s.name.value.as_bytes() == text), owner: false }
        }
        Source::Email => Named {
            specialist: specialist(&|s| s.emails.iter().any(|e| e.value.as_bytes().eq_ignore_ascii_case(text))),
            owner: policy.owners.emails.iter().any(|e| e.value.as_bytes().eq_ignore_ascii_case(text)),
        },
        Source::Branch => Named { specialist: specialist(&|s| s.branches.as_ref().is_some_and(|b| b.matches(text))), owner: false },
        Source::Nobody => nobody,
    }
}
