//! The configuration of one git command (`git -c`), which git hands to the hooks that it runs by the environment.

use crate::error::{Error, Result};

/// A setting of that command: key as it was written, and value; none where the key stands alone, which is true.
pub(super) type Setting = (String, Option<String>);

/// What the environment says, weakest first: `GIT_CONFIG_COUNT` and its pairs, then `GIT_CONFIG_PARAMETERS`.
///
/// # Errors
/// It is none that git would write; it isn't UTF-8.
pub(super) fn settings(variable: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> Result<Vec<Setting>> {
    let text = |name: &str| {
        let value = variable(name).map(std::ffi::OsString::into_string).transpose();
        value.map_err(|_bytes| Error::new(format!("the environment variable `{name}` is not UTF-8")))
    };
    let mut settings = Vec::new();
    if let Some(count) = text("GIT_CONFIG_COUNT")?.filter(|count| !count.is_empty()) {
        let count: u32 = count.parse().map_err(|_none| Error::new("the environment variable `GIT_CONFIG_COUNT` is no number"))?;
        for n in 0..count {
            let part = |part: &str| text(&format!("GIT_CONFIG_{part}_{n}"));
            let key =
                part("KEY")?.ok_or_else(|| Error::new(format!("the environment variable `GIT_CONFIG_KEY_{n}` is missing")))?;
            settings.push((key, part("VALUE")?));
        }
    }
    if let Some(parameters) = text("GIT_CONFIG_PARAMETERS")? {
        let malformed = || Error::new("the environment variable `GIT_CONFIG_PARAMETERS` is malformed");
        settings.extend(read(&parameters).ok_or_else(malformed)?);
    }
    Ok(settings)
}

/// `'key'='value'`, `'key'=` or, as older gits write it, `'key=value'`, with spaces in between.
fn read(mut text: &str) -> Option<Vec<Setting>> {
    let mut settings = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\n', '\t']);
        if text.is_empty() {
            return Some(settings);
        }
        let (first, rest) = unquoted(text)?;
        match rest.strip_prefix('=') {
            Some(value) if value.starts_with('\'') => {
                let (value, rest) = unquoted(value)?;
                settings.push((first, Some(value)));
                text = rest;
            }
            Some(rest) => {
                settings.push((first, None));
                text = rest;
            }
            None => {
                let (key, value) =
                    first.split_once('=').map_or((first.as_str(), None), |(key, value)| (key, Some(value.to_owned())));
                settings.push((key.to_owned(), value));
                text = rest;
            }
        }
    }
}

/// What stands between single quotes, and what follows: `\'` and `\!` outside of them stand for themselves.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        found.push_str(part);
        let escaped = ["\\'", "\\!"].into_iter().find_map(|escape| Some((escape, after.strip_prefix(escape)?.strip_prefix('\'')?)));
        let Some((escape, after)) = escaped else { return Some((found, after)) };
        found.push_str(escape.get(1..).unwrap_or_default());
        rest = after;
    }
}

/// Whether two keys are one: a section's and a variable's case means nothing, a subsection's does.
pub(super) fn is_key(one: &str, other: &str) -> bool {
    let parts = |key: &str| {
        let (section, rest) = key.split_once('.')?;
        let (subsection, variable) = rest.rsplit_once('.').map_or(("", rest), |(subsection, variable)| (subsection, variable));
        Some((section.to_ascii_lowercase(), subsection.to_owned(), variable.to_ascii_lowercase()))
    };
    parts(one).is_some_and(|one| parts(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pairs: &[(&str, &str)]) -> Result<Vec<Setting>> {
        settings(&|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn it_is_read_as_git_writes_it() {
        let some = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
        let text = r"'core.commentchar'=';' 'a.b'= 'old.style=x=y' 'alone' 'it'\''s.c'='wow'\!' so'";
        let found = told(&[("GIT_CONFIG_PARAMETERS", text)]).unwrap();
        let flag = ("a.b".to_owned(), None);
        let alone = ("alone".to_owned(), None);
        assert_eq!(found, [some("core.commentchar", ";"), flag, some("old.style", "x=y"), alone, some("it's.c", "wow! so")]);
        let counted = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "a.b"), ("GIT_CONFIG_VALUE_0", "1")];
        let both = [&counted[..], &[("GIT_CONFIG_PARAMETERS", "'a.b'='2'")]].concat();
        assert_eq!(told(&both).unwrap(), [some("a.b", "1"), some("a.b", "2")]);
        assert_eq!(told(&[]).unwrap(), []);
    }

    #[test]
    fn what_git_does_not_write_is_refused() {
        for text in ["x", "'open", "'a'='open", "'a'='b'c"] {
            let found = told(&[("GIT_CONFIG_PARAMETERS", text)]);
            assert!(found.is_err(), "{text}: {found:?}");
        }
        assert!(told(&[("GIT_CONFIG_COUNT", "1")]).is_err() && told(&[("GIT_CONFIG_COUNT", "x")]).is_err());
    }

    #[test]
    fn keys_differ_by_their_subsections_case_alone() {
        assert!(is_key("core.commentChar", "CORE.commentchar") && is_key("Remote.a.B.url", "remote.a.B.URL"));
        assert!(!is_key("remote.A.url", "remote.a.url") && !is_key("core.x", "core.y") && !is_key("core", "core"));
    }
}
