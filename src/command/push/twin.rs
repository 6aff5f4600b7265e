//! Names that are a protected branch's but for case or normalisation, and tags that take one.

use super::There;
use crate::gather::Gatherer;
use crate::policy::fold;
use crate::report::escape;

/// The protected branch that `branch` is a twin of: equal but for case or normalisation.
pub(super) fn twin(g: &Gatherer<'_>, branch: &[u8], there: &There) -> Option<String> {
    let folded = fold(branch);
    names(g, there).into_iter().find(|name| *name != branch && fold(name) == folded).map(escape)
}

/// The protected branch whose name `tag` takes, as it is or below a remote's, which may be called anything: git reads `main` and
/// `origin/main` as the tag.
pub(super) fn shadowed(g: &Gatherer<'_>, tag: &[u8], there: &There) -> Option<String> {
    let folded = fold(tag);
    let takes = |name: &&[u8]| {
        let rest = folded.strip_suffix(fold(name).as_slice());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(b"/"))
    };
    names(g, there).into_iter().find(takes).map(escape)
}

/// The short names of what is protected there, of the base and of the branch that holds the policy.
fn names<'n>(g: &'n Gatherer<'_>, there: &'n There) -> Vec<&'n [u8]> {
    let names = there.protected.iter().filter_map(|(name, _)| short(name, g.remote));
    let written = g.policy.protected.iter().flat_map(|p| &p.patterns).map(|p| p.value.text().as_bytes());
    let base = g.policy.base.iter().map(|b| &b.value).chain(&there.policy_branch).map(|name| name.as_bytes());
    names.chain(written).chain(base).collect()
}

/// The short name of a local or remote-tracking branch.
fn short<'n>(name: &'n [u8], remote: Option<&str>) -> Option<&'n [u8]> {
    if let Some(local) = name.strip_prefix(b"refs/heads/") {
        return Some(local);
    }
    let tracking = name.strip_prefix(b"refs/remotes/")?;
    match remote.and_then(|remote| tracking.strip_prefix(remote.as_bytes())) {
        Some(rest) => rest.strip_prefix(b"/"),
        None => tracking.iter().position(|b| *b == b'/').and_then(|slash| tracking.get(slash + 1..)),
    }
}
