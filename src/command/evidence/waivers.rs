//! The waivers on a tree, as `guard evidence` shows them.

use serde_json::{Value, json};

use crate::evidence::waiver::{Granted, Waivers};
use crate::text::escape;

/// For people: a line for each.
pub(super) fn text(waivers: &Waivers) -> String {
    let unreadable = |(writer, why): &(String, String)| {
        format!("a waiver in the notes of {} does not count: it can't be read: {}\n", shown(writer), shown(why))
    };
    waivers.granted.iter().map(line).chain(waivers.unreadable.iter().map(unreadable)).collect()
}

fn line(granted: &Granted) -> String {
    let waiver = &granted.waiver;
    let limit = waiver.limit.map(|limit| format!(" up to {limit}")).unwrap_or_default();
    let paths: Vec<String> = waiver.paths.iter().map(|path| format!("`{}`", shown(path))).collect();
    let paths = if paths.is_empty() { String::new() } else { format!(" in {}", paths.join(", ")) };
    let by = granted.by.as_ref().map_or_else(|| "nobody who may".to_owned(), |by| format!("owner `{by}`"));
    let worth = granted.refused.as_ref().map_or_else(|| "counts".to_owned(), |why| format!("does not count: {why}"));
    let (rule, reason) = (shown(&waiver.rule), shown(&waiver.reason));
    format!("waiver of {rule}{limit}{paths} by {by}, until {}: {reason}: {worth}\n", waiver.expires)
}

fn shown(text: &str) -> String {
    escape(text.as_bytes())
}

/// For programs: every key is always present; of what can't be read all but `valid` and `because` are null.
pub(super) fn json(waivers: &Waivers) -> Vec<Value> {
    let granted = |Granted { waiver, by, refused }: &Granted| {
        json!({
            "rule": waiver.rule,
            "paths": waiver.paths,
            "limit": waiver.limit,
            "reason": waiver.reason,
            "created": waiver.created.to_string(),
            "expires": waiver.expires.to_string(),
            "by": by,
            "valid": refused.is_none(),
            "because": refused,
        })
    };
    let unreadable = |(_, why): &(String, String)| {
        json!({
            "rule": null, "paths": null, "limit": null, "reason": null, "created": null, "expires": null, "by": null,
            "valid": false, "because": format!("it can't be read: {}", shown(why)),
        })
    };
    waivers.granted.iter().map(granted).chain(waivers.unreadable.iter().map(unreadable)).collect()
}
