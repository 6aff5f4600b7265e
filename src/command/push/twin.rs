//! Names that are a protected branch's but for case or normalisation.

use super::There;
use crate::gather::Gatherer;
use crate::policy::fold;
use crate::report::escape;

/// The protected branch that `branch` is a twin of: equal but for case or normalisation.
pub(super) fn twin(g: &Gatherer<'_>, branch: &[u8], there: &There) -> Option<String> {
    let folded = fold(branch);
    let names = there.protected.iter().filter_map(|(name, _)| short(name, g.remote));
    let written = g.policy.protected.iter().flat_map(|p| &p.patterns).map(|p| p.value.text().as_bytes());
    let base = g.policy.base.iter().map(|b| &b.value).chain(&there.policy_branch).map(|name| name.as_bytes());
    names.chain(written).chain(base).find(|name| *name != branch && fold(name) == folded).map(escape)
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
