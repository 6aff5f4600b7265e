//! `guard.identity`: where the authenticated account comes from. The administrator names it; nothing is guessed from the environment.

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::policy::near::nearest;
use crate::text::escape;

/// One source that `guard.identity` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The variable that this server's software sets.
    Server(&'static Server),
    /// The account stands in this environment variable.
    Env(String),
    /// Whoever signed the push, verified here.
    PushCert,
}

/// A server's software, and how it says who pushes.
#[derive(Debug, PartialEq, Eq)]
pub struct Server {
    /// As `guard.identity` has it.
    pub name: &'static str,
    /// The environment variable with the account's name.
    pub variable: &'static str,
    /// A variable that names the key, where it is a repository's and no person's: the account is then not who pushes.
    pub deploy_key: Option<&'static str>,
}

/// Every server whose variable is known.
pub static SERVERS: &[Server] = &[
    Server { name: "gitolite", variable: "GL_USER", deploy_key: None },
    Server { name: "gitea", variable: "GITEA_PUSHER_NAME", deploy_key: Some("GITEA_DEPLOY_KEY_ID") },
    Server { name: "forgejo", variable: "GITEA_PUSHER_NAME", deploy_key: Some("GITEA_DEPLOY_KEY_ID") },
    Server { name: "gitlab", variable: "GL_USERNAME", deploy_key: None },
    Server { name: "github", variable: "GITHUB_USER_LOGIN", deploy_key: None },
    Server { name: "bitbucket", variable: "BB_USER_NAME", deploy_key: None },
    Server { name: "http", variable: "REMOTE_USER", deploy_key: None },
];

/// The setting's name.
pub const KEY: &str = "guard.identity";

impl Identity {
    /// What the setting names; empty: there is no account. Several values in one file are several sources.
    ///
    /// # Errors
    /// A value that this version doesn't know; `none` beside another.
    pub fn read(repo: &Repo) -> Result<Vec<Self>> {
        let values = repo.config_all(KEY)?;
        let mut named = Vec::new();
        for value in &values {
            match Self::parse(value)? {
                Some(source) if !named.contains(&source) => named.push(source),
                Some(_) => {}
                None if values.iter().all(|other| other == value) => {}
                None => {
                    return Err(Error::new(format!("`git config {KEY}` says `none` and something else as well"))
                        .help(format!("git config --replace-all {KEY} none, or whichever names the account")));
                }
            }
        }
        Ok(named)
    }

    fn parse(value: &str) -> Result<Option<Self>> {
        match value {
            "none" => return Ok(None),
            "push-cert" => return Ok(Some(Self::PushCert)),
            _ => {}
        }
        if let Some(server) = SERVERS.iter().find(|server| server.name == value) {
            return Ok(Some(Self::Server(server)));
        }
        match value.strip_prefix("env:") {
            Some(name) if !name.is_empty() && !name.contains(['=', '\0']) => Ok(Some(Self::Env(name.to_owned()))),
            Some(_) | None => Err(unknown(value)),
        }
    }

    /// As it is written.
    pub fn as_text(&self) -> String {
        match self {
            Self::Server(server) => server.name.to_owned(),
            Self::Env(name) => format!("env:{name}"),
            Self::PushCert => "push-cert".to_owned(),
        }
    }

    /// The environment variable with the account.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Server(server) => Some(server.variable),
            Self::Env(name) => Some(name),
            Self::PushCert => None,
        }
    }
}

fn unknown(value: &str) -> Error {
    let names = || SERVERS.iter().map(|server| server.name);
    let variable = SERVERS.iter().find(|server| server.variable == value).map(|server| server.name);
    let near = variable.or_else(|| nearest(value.trim(), names().chain(["push-cert", "none"])));
    let near = near.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    let all: Vec<&str> = names().collect();
    Error::new(format!("`git config {KEY}` says `{}`, which this version does not know", escape(value.as_bytes())))
        .help(format!("{near}git config {KEY} {}, env:NAME, push-cert, or none", all.join(", ")))
}
