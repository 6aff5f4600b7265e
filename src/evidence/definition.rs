//! What a suite is, as one digest: so that a record made under another definition doesn't count.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::policy::Suite;
use crate::text::hex;

/// The SHA-256, in hexadecimal, of a suite's table with defaults filled in: as JSON with sorted keys, so that comments, order and
/// layout of the policy change nothing, and any change of meaning does. The order of `env` means nothing and is sorted out.
pub fn digest(suite: &Suite) -> String {
    let mut names: Vec<&String> = suite.env.iter().collect();
    names.sort();
    names.dedup();
    let mut table = json!({
        "name": suite.name.value,
        "run": suite.run,
        "timeout-ms": u64::try_from(suite.timeout.as_millis()).unwrap_or(u64::MAX),
        "junit": suite.junit.as_ref().map(|path| hex(path.as_bytes())),
        "min-tests": suite.min_tests,
        "max-skipped": suite.max_skipped,
        "env": names,
    });
    // What says nothing of it is what it was before there was such a key.
    if let (Some(sandbox), Some(table)) = (suite.sandbox, table.as_object_mut()) {
        table.insert("sandbox".to_owned(), sandbox.as_str().into());
    }
    sha256(table.to_string().as_bytes())
}

/// The SHA-256 of `data`, in hexadecimal.
pub(super) fn sha256(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::fixtures::suite;
    use crate::policy::Sandbox;

    #[test]
    fn any_change_of_meaning_is_another_definition() {
        let plain = suite("integration");
        let other = |change: fn(&mut Suite)| {
            let mut changed = suite("integration");
            change(&mut changed);
            digest(&changed)
        };
        assert_eq!(digest(&plain), other(|s| s.name.at.line = 99), "where it stands means nothing");
        assert_eq!(digest(&plain), other(|s| s.env = vec!["PATH".into(), "PATH".into()]));
        let changes: [fn(&mut Suite); 8] = [
            |s| s.run = "true".into(),
            |s| s.timeout *= 2,
            |s| s.junit = Some("report.xml".into()),
            |s| s.min_tests = Some(1),
            |s| s.max_skipped = Some(0),
            |s| s.env.push("HOME".into()),
            |s| s.sandbox = Some(Sandbox::None),
            |s| s.sandbox = Some(Sandbox::Tree),
        ];
        for change in changes {
            assert_ne!(digest(&plain), other(change));
        }
        assert_eq!(digest(&plain).len(), 64);
    }

    #[test]
    fn the_canonical_form_never_changes() {
        // A new form would void every record there is: change it only on purpose.
        assert_eq!(digest(&suite("integration")), sha256(
            br#"{"env":["PATH"],"junit":null,"max-skipped":null,"min-tests":null,"name":"integration","run":"exit 0","timeout-ms":900000}"#
        ));
    }
}
