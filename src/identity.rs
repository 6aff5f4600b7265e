//! Whose a change is: sources, their strength, conflicts.

pub mod certificate;
pub mod signature;
mod signed;
mod source;

pub use signed::{Signed, signed};
pub use source::{Owned, Source, Strength};

use crate::policy::{Cited, Limits, Policy, Specialist, fold};
use crate::text::escape;

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
    /// What is wrong with what was said.
    pub conflict: Option<Conflict>,
}

/// Why nobody can be believed about who it was, as a phrase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Conflict {
    /// Two sources of one strength contradict each other, or a claim names no specialist of the policy.
    Sources(String),
    /// The commit's signature is worth nothing.
    Signature(String),
}

impl Conflict {
    /// The phrase.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sources(text) | Self::Signature(text) => text,
        }
    }
}

impl Actor {
    /// What each source said, a phrase each, escaped.
    pub fn told(&self) -> Vec<String> {
        let line =
            |(source, what): &(Source, String)| format!("{}: {}", escape(source.as_text().as_bytes()), escape(what.as_bytes()));
        self.said.iter().map(line).collect()
    }

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
    /// Claims make an owner, too: of whoever works at this machine, whom a server knows by account.
    pub claims_own: bool,
    /// The commit's own signature.
    pub signature: Option<&'a Signed>,
    /// The push certificate's.
    pub certificate: Option<&'a Signed>,
    /// What `guard.identity` names, as written, and the account; several where it names several.
    pub accounts: &'a [(String, String)],
    /// Whose the ledger says it is, and who brought it.
    pub recorded: Option<&'a Owned>,
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
struct Match<'p> {
    specialist: Option<&'p Specialist>,
    owner: bool,
}

impl Match<'_> {
    /// Whether both name the same specialist, or owners, of whom the policy tells no two apart.
    fn is_one_with(&self, other: &Self) -> bool {
        let name = |named: &Self| named.specialist.map(|found| found.name.value.clone());
        match (name(self), name(other)) {
            (Some(one), Some(two)) => one == two,
            (Some(_), None) | (None, Some(_)) | (None, None) => self.owner && other.owner,
        }
    }

    fn is_nobody(&self) -> bool {
        self.specialist.is_none() && !self.owner
    }
}

impl Actor {
    /// The strongest source that names somebody wins; the others are kept in `said`. Nobody named: `"*"` where the policy has it.
    pub fn resolve(policy: &Policy, sources: &Sources<'_>) -> Self {
        let claims = claims(sources);
        let said = claims.iter().map(|(source, said)| (source.clone(), said.shown())).collect();
        let broken = sources.signature.and_then(Signed::broken);
        let broken = broken.map(|why| Conflict::Signature(format!("the commit's signature is not believed: {why}")));
        let winner = claims.iter().find_map(|(source, said)| {
            let named = resolve(policy, source, *said);
            (named.specialist.is_some() || named.owner || source.decides()).then_some((source.clone(), named, *said))
        });
        let winner = winner.map(|(source, named, said)| (confirmed(policy, &claims, source, &named), named, said));
        let anyone = policy.specialist("*").map(|s| s.name.value.clone());
        let Some((source, named, text)) = winner else {
            return Self { name: anyone.clone(), entry: anyone, owner: false, source: Source::Nobody, said, conflict: broken };
        };
        let misnamed = || if named.is_nobody() && anyone.is_none() { misnamed(&source, text) } else { None };
        let several = contradiction(policy, sources.accounts, sources.certificate);
        let disowned = several.is_some();
        // A commit that somebody has signed is theirs, whoever pushes it.
        let contradicted = || several.filter(|_| source.is_of_a_push());
        let conflict = broken.or_else(contradicted).or_else(misnamed);
        let (name, entry) = match named.specialist {
            Some(found) => (Some(found.name.value.clone()), Some(found.name.value.clone())),
            None if named.owner => (Some(text.name()), None),
            None => (anyone.clone(), anyone),
        };
        // The word of an author makes nobody an owner where more than this machine is concerned, but it does say who it was.
        let believed = sources.claims_own || source.strength() > Strength::Claim;
        let owner = named.owner && believed && !(disowned && source.is_of_a_push());
        Self { name, entry, owner, source, said, conflict }
    }
}

/// Where the ledger only confirms what somebody claimed, that is what the report calls it.
fn confirmed(policy: &Policy, claims: &[(Source, Claim<'_>)], source: Source, named: &Match<'_>) -> Source {
    let name = |named: &Match<'_>| named.specialist.map(|specialist| specialist.name.value.clone());
    let same = |(claim, said): &&(Source, Claim<'_>)| {
        claim.strength() == Strength::Claim && named.specialist.is_some() && name(&resolve(policy, claim, *said)) == name(named)
    };
    match source {
        Source::Ledger => claims.iter().find(same).map_or(Source::Ledger, |(claim, _)| claim.clone()),
        Source::Option
        | Source::Environment
        | Source::Config
        | Source::Email
        | Source::Branch
        | Source::Account(_)
        | Source::PushCertificate
        | Source::Signature
        | Source::Nobody => source,
    }
}

/// What is wrong with what says who pushes: accounts and a certificate that are not one person's, an account that is somebody's but for
/// its spelling.
pub(crate) fn contradiction(policy: &Policy, accounts: &[(String, String)], certificate: Option<&Signed>) -> Option<Conflict> {
    if let Some(misspelt) = accounts.iter().find_map(|(how, account)| misspelt(policy, how, account)) {
        return Some(misspelt);
    }
    let (first, rest) = accounts.split_first()?;
    let whose = |(how, account): &(String, String)| resolve(policy, &Source::Account(how.clone()), Claim::Text(account.as_bytes()));
    let says = |(how, account): &(String, String)| format!("`{}` by {}", escape(account.as_bytes()), escape(how.as_bytes()));
    let one = |other: &&(String, String)| other.1 == first.1 || whose(other).is_one_with(&whose(first));
    if let Some(other) = rest.iter().find(|other| !one(other)) {
        let text = "the accounts that `guard.identity` names contradict each other";
        return Some(Conflict::Sources(format!("{text}: {}, {}", says(first), says(other))));
    }
    let signed = certificate.filter(|signed| matches!(signed, Signed::By { .. }))?;
    let by = resolve(policy, &Source::PushCertificate, Claim::Signed(signed));
    let text = "the account and the push certificate are of different people";
    (!by.is_one_with(&whose(first)))
        .then(|| Conflict::Sources(format!("{text}: {}, the certificate by {}", says(first), Claim::Signed(signed).name())))
}

/// Whether two accounts are one but for case or blanks, as a server may take them that asks for neither.
pub fn spelt_alike(one: &str, other: &str) -> bool {
    let bare = |name: &str| fold(name.split_whitespace().collect::<String>().as_bytes());
    one == other || bare(one) == bare(other)
}

/// An account that the policy doesn't name, and would but for case or blanks: it is nobody else's, and whose it is can't be told.
fn misspelt(policy: &Policy, how: &str, account: &str) -> Option<Conflict> {
    let specialists = policy.specialists.iter().map(|s| &s.users);
    let users = specialists.chain([&policy.owners.users]).chain(policy.runners.iter().map(|r| &r.users)).flatten();
    let like = |user: &&Cited<String>| spelt_alike(&user.value, account);
    if users.clone().any(|user| user.value == account) {
        return None;
    }
    let named = users.clone().find(like)?;
    let (account, how) = (escape(account.as_bytes()), escape(how.as_bytes()));
    Some(Conflict::Sources(format!(
        "the account `{account}` by {how} is `{}` but for case or blanks",
        escape(named.value.as_bytes())
    )))
}

/// What is wrong with a claim to be a specialist whom the policy doesn't have. An e-mail or a branch may well be nobody's.
fn misnamed(source: &Source, said: Claim<'_>) -> Option<Conflict> {
    let how = match source {
        Source::Option => "--as",
        Source::Environment => "GUARD_SPECIALIST",
        Source::Config => "git config guard.specialist",
        Source::Email
        | Source::Branch
        | Source::Account(_)
        | Source::Ledger
        | Source::PushCertificate
        | Source::Signature
        | Source::Nobody => {
            return None;
        }
    };
    Some(Conflict::Sources(format!("`{how}` names `{}`, which the policy does not have", said.shown())))
}

/// What one source says.
#[derive(Clone, Copy)]
enum Claim<'a> {
    /// A name, an address, a branch.
    Text(&'a [u8]),
    /// A signature.
    Signed(&'a Signed),
    /// An entry of the ledger.
    Owned(&'a Owned),
}

impl Claim<'_> {
    /// For the report.
    fn shown(self) -> String {
        match self {
            Self::Text(text) => escape(text),
            Self::Signed(signed) => signed.shown(),
            Self::Owned(owned) => {
                escape(owned.account.as_ref().or(owned.specialist.as_ref()).map_or("", String::as_str).as_bytes())
            }
        }
    }

    /// What an owner without an entry is called.
    fn name(self) -> String {
        match self {
            Self::Text(text) => escape(text),
            Self::Signed(Signed::By { name, .. }) => escape(name.as_bytes()),
            Self::Signed(signed @ (Signed::Runner { .. } | Signed::Nobody(_) | Signed::Broken(_))) => signed.shown(),
            Self::Owned(_) => self.shown(),
        }
    }
}

/// What each source says, strongest first.
fn claims<'a>(sources: &Sources<'a>) -> Vec<(Source, Claim<'a>)> {
    let signature = sources.signature.map(|signed| (Source::Signature, Claim::Signed(signed)));
    let certificate = sources.certificate.map(|signed| (Source::PushCertificate, Claim::Signed(signed)));
    let accounts = sources.accounts.iter().map(|(how, name)| (Source::Account(how.clone()), Claim::Text(name.as_bytes())));
    let recorded = sources.recorded.map(|owned| (Source::Ledger, Claim::Owned(owned)));
    let claims = [
        sources.option.map(|s| (Source::Option, s.as_bytes())),
        sources.environment.map(|s| (Source::Environment, s.as_bytes())),
        sources.config.map(|s| (Source::Config, s.as_bytes())),
        sources.email.map(|s| (Source::Email, s)),
        sources.branch.map(|s| (Source::Branch, s)),
    ];
    let claims = claims.into_iter().flatten().map(|(source, text)| (source, Claim::Text(text)));
    let proven = signature.into_iter().chain(certificate).chain(accounts).chain(recorded);
    proven.chain(claims.filter(|_| !sources.only_account)).collect()
}

/// Whom `source` names by what it says.
fn resolve<'p>(policy: &'p Policy, source: &Source, said: Claim<'_>) -> Match<'p> {
    let specialist = |test: &dyn Fn(&Specialist) -> bool| policy.specialists.iter().find(|s| test(s));
    let text = match said {
        Claim::Text(text) => text,
        Claim::Signed(Signed::By { specialist, owner, .. }) => {
            return Match { specialist: specialist.as_deref().and_then(|name| policy.specialist(name)), owner: *owner };
        }
        Claim::Signed(Signed::Runner { .. } | Signed::Nobody(_) | Signed::Broken(_)) => {
            return Match { specialist: None, owner: false };
        }
        Claim::Owned(owned) => return recorded(policy, owned),
    };
    match source {
        Source::Account(_) => Match {
            specialist: specialist(&|s| s.users.iter().any(|u| u.value.as_bytes() == text)),
            owner: policy.owners.users.iter().any(|u| u.value.as_bytes() == text),
        },
        Source::Option | Source::Environment | Source::Config => {
            let named = specialist(&|s| s.name.value.as_bytes() == text);
            Match { specialist: named, owner: named.is_some_and(|named| is_owners(policy, named)) }
        }
        Source::Email => Match {
            specialist: specialist(&|s| s.emails.iter().any(|e| e.value.as_bytes().eq_ignore_ascii_case(text))),
            owner: policy.owners.emails.iter().any(|e| e.value.as_bytes().eq_ignore_ascii_case(text)),
        },
        Source::Branch => Match { specialist: specialist(&|s| s.branches.as_ref().is_some_and(|b| b.matches(text))), owner: false },
        Source::Ledger | Source::PushCertificate | Source::Signature | Source::Nobody => Match { specialist: None, owner: false },
    }
}

/// Whether a specialist is an owner as well, by an account or an address that both name.
fn is_owners(policy: &Policy, specialist: &Specialist) -> bool {
    let owners = &policy.owners;
    let account = |user: &Cited<String>| owners.users.iter().any(|known| known.value == user.value);
    let address = |email: &Cited<String>| owners.emails.iter().any(|known| known.value.eq_ignore_ascii_case(&email.value));
    specialist.users.iter().any(account) || specialist.emails.iter().any(address)
}

/// Whose the ledger says it is: the specialist where the policy still has them, else whoever now has the account that brought it.
fn recorded<'p>(policy: &'p Policy, owned: &Owned) -> Match<'p> {
    let named = owned.specialist.as_deref().filter(|name| *name != "*").and_then(|name| policy.specialist(name));
    let account = owned.account.as_deref();
    let brought = policy.specialists.iter().find(|s| s.users.iter().any(|user| Some(user.value.as_str()) == account));
    let owner = named.is_none() && policy.owners.users.iter().any(|user| Some(user.value.as_str()) == account);
    Match { specialist: named.or(brought), owner }
}
