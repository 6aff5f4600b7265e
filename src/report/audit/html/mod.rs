//! For a browser: one file, which fetches nothing and loses no more than sorting where scripts are off.
//!
//! What a reader needs first stands first; the commits come last, written row by row. Everything from the repository is escaped twice: by
//! `report::escape`, so that it can't deceive, and by the template engine, so that it is text and no markup. None of it gets into the style
//! or the script, which are the same in every page; their digests stand in its Content-Security-Policy, and nothing else runs.

mod bars;
mod commits;
mod matrix;
mod page;
mod size;
mod tables;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::audit::Report;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes the report.
///
/// # Errors
/// As the writer's.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let forms = Forms::new().map_err(io::Error::other)?;
    let head = Head::new();
    forms.put("page", &Page { head: &head, body: page::Body::of(report) }, &mut out)?;
    commits::write(report, &forms, &mut out)?;
    forms.put("end", &head, &mut out)?;
    out.flush()
}

/// The templates.
struct Forms(Environment<'static>);

impl Forms {
    fn new() -> Result<Self, minijinja::Error> {
        let mut all = Environment::empty();
        // INVARIANT: everything that is put into a template is escaped, but for the style and the script of this program.
        all.set_auto_escape_callback(|_name| AutoEscape::Html);
        all.set_undefined_behavior(UndefinedBehavior::Strict);
        all.add_template("page", include_str!("page.html"))?;
        all.add_template("commits", include_str!("commits.html"))?;
        all.add_template("row", include_str!("row.html"))?;
        all.add_template("end", include_str!("end.html"))?;
        Ok(Self(all))
    }

    /// Fills one in. A writer's error stays what it is: a closed pipe is told from a broken template.
    fn put(&self, name: &str, filling: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        let filled = self.0.get_template(name).and_then(|form| form.render(Value::from(Serde(filling))));
        out.write_all(filled.map_err(io::Error::other)?.as_bytes())
    }
}

#[derive(Serialize)]
struct Page<'a> {
    head: &'a Head,
    body: page::Body,
}

/// What is the same in every page.
#[derive(Serialize)]
struct Head {
    style: Value,
    script: Value,
    style_digest: String,
    script_digest: String,
    version: &'static str,
}

impl Head {
    fn new() -> Self {
        let digest = |text: &str| format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())));
        Self {
            style: Value::from_safe_string(STYLE.to_owned()),
            script: Value::from_safe_string(SCRIPT.to_owned()),
            style_digest: digest(STYLE),
            script_digest: digest(SCRIPT),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// A number as people read it: "292,900".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 commit", "5,531 commits".
fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number that may be known by its bounds alone.
fn bounds(number: crate::model::Bounds) -> String {
    number.known().map_or_else(|| format!("≥{}", grouped(number.at_least)), grouped)
}

/// "57 %" of a whole that is not 0: never 0 % of something, never 100 % of less than all.
fn percent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) => "–".to_owned(),
        (0, _) => "0 %".to_owned(),
        (part, whole) if part >= whole => "100 %".to_owned(),
        (part, whole) => {
            let share = u128::from(part) * 200 / u128::from(whole);
            format!("{} %", share.div_ceil(2).clamp(1, 99))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_shares_don_t_flatter() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (292_900, "292,900"), (u64::MAX, "18,446,744,073,709,551,615")]
        {
            assert_eq!(grouped(number), text);
        }
        for ((part, whole), text) in [
            ((0, 0), "–"),
            ((0, 7), "0 %"),
            ((1, 1000), "1 %"),
            ((999, 1000), "99 %"),
            ((1, 2), "50 %"),
            ((2, 3), "67 %"),
            ((7, 7), "100 %"),
        ] {
            assert_eq!(percent(part, whole), text);
        }
    }

    #[test]
    fn whatever_is_filled_in_is_text() {
        let forms = Forms::new().unwrap();
        for name in ["page", "commits", "row", "end"] {
            let form = forms.0.get_template(name).unwrap();
            assert!(!form.source().contains("safe"), "{name}");
            assert!(!form.source().contains("autoescape"), "{name}");
        }
        let mut all = Environment::empty();
        all.set_auto_escape_callback(|_name| AutoEscape::Html);
        assert_eq!(
            all.render_str("{{ x }}", minijinja::context! { x => "<b a='\"'>&" }).unwrap(),
            "&lt;b a=&#x27;&quot;&#x27;&gt;&amp;"
        );
    }
}
