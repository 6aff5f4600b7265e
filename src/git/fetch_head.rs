//! What the newest fetch found at a remote, by FETCH_HEAD: git writes it before it moves any ref.

use std::collections::BTreeSet;

use git2::ErrorCode;

use crate::error::Result;
use crate::git::Repo;
use crate::git::repo::{git, own};
use crate::model::Oid;

/// What the newest fetch found at a remote that this clone has; what came from elsewhere isn't among it.
///
/// # Errors
/// FETCH_HEAD, or the configuration of the remotes, can't be read.
pub fn fetched(repo: &Repo) -> Result<Vec<Oid>> {
    let mut found: Vec<(Vec<u8>, Oid)> = Vec::new();
    let each = |_name: &str, url: &[u8], oid: &git2::Oid, _merges: bool| {
        found.extend(own(*oid).map(|oid| (url.to_vec(), oid)));
        true
    };
    match repo.raw().fetchhead_foreach(each) {
        Ok(()) => {}
        Err(e) if e.code() == ErrorCode::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(git(e).context("could not read FETCH_HEAD")),
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let known = remotes(repo)?;
    Ok(found.into_iter().filter(|(url, _)| known.contains(&shown(url))).map(|(_, oid)| oid).collect())
}

/// The addresses of the remotes, as FETCH_HEAD has them.
fn remotes(repo: &Repo) -> Result<BTreeSet<Vec<u8>>> {
    let mut known = BTreeSet::new();
    for name in repo.raw().remotes().map_err(git)?.iter() {
        let Some(name) = name.map_err(git)? else { continue };
        let remote = repo.raw().find_remote(name).map_err(git)?;
        known.insert(shown(remote.url_bytes()));
    }
    Ok(known)
}

/// An address as git writes it there: without who logs in, and without what may be left out at its end.
fn shown(url: &[u8]) -> Vec<u8> {
    let url = without_user(url);
    let end = url.iter().rposition(|b| *b != b'/').map_or(0, |last| last + 1);
    let url = url.get(..end).unwrap_or_default();
    url.strip_suffix(b".git").unwrap_or(url).to_vec()
}

fn without_user(url: &[u8]) -> Vec<u8> {
    let scheme = url.windows(3).position(|window| window == b"://").map(|at| at + 3);
    let Some((scheme, rest)) = scheme.and_then(|at| url.split_at_checked(at)) else { return url.to_vec() };
    let host = rest.iter().position(|b| *b == b'/').unwrap_or(rest.len());
    let user = rest.iter().take(host).rposition(|b| *b == b'@').map_or(0, |at| at + 1);
    [scheme, rest.get(user..).unwrap_or_default()].concat()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn addresses_are_compared_as_git_writes_them() {
        for (url, written) in [
            ("/srv/o.git", "/srv/o"),
            ("/srv/o/", "/srv/o"),
            ("https://me:secret@example.org/o.git/", "https://example.org/o"),
            ("ssh://git@example.org:22/a@b/o", "ssh://example.org:22/a@b/o"),
            ("git@example.org:o.git", "git@example.org:o"),
        ] {
            assert_eq!(shown(url.as_bytes()), written.as_bytes());
        }
    }
}
