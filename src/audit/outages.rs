//! How long what lands was broken.

use super::row::Row;
use crate::audit::summary::Outage;

/// Suites that failed on the first-parent line, until they passed there again.
pub(super) fn outages(rows: &[Row]) -> Vec<Outage> {
    let mut all: Vec<Outage> = Vec::new();
    for row in rows.iter().filter(|row| row.landing) {
        for found in &row.evidence {
            let open = all.iter_mut().find(|outage| outage.suite == found.suite && outage.returned.is_none());
            match (found.passed, open) {
                (Some(true), Some(outage)) => outage.returned = Some((row.commit, row.time)),
                (Some(false), None) => {
                    all.push(Outage { suite: found.suite, failed: row.commit, since: row.time, returned: None });
                }
                (Some(false), Some(_)) | (Some(true), None) | (None, _) => {}
            }
        }
    }
    all
}
