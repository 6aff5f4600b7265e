//! As much of what somebody wrote as there is room for.

/// Characters that a report has room for: whatever somebody's script, as much can be read.
const REPORT: usize = 200;
const CUT: &str = "…";

/// As much as a report has room for.
pub fn truncate(text: &str) -> String {
    text.char_indices().nth(REPORT).map_or_else(|| text.to_owned(), |(end, _)| cut(text, end))
}

/// As much as a record has room for, `most` bytes, the `…` that says that something is missing among them.
pub fn within(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most.saturating_sub(CUT.len())).rev().find(|at| text.is_char_boundary(*at));
    cut(text, end.unwrap_or(0))
}

fn cut(text: &str, end: usize) -> String {
    format!("{}{CUT}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_whole_and_what_is_cut_says_so_at_a_character() {
        for (text, most, expected) in [
            ("", 3, ""),
            ("abc", 3, "abc"),
            ("abcd", 3, "…"),
            ("abcdef", 5, "ab…"),
            ("aé€bcdef", 6, "aé…"),
            ("aé€bcdef", 8, "aé…"),
            ("aé€bcdef", 9, "aé€…"),
            ("aé€bcdef", 11, "aé€bcdef"),
        ] {
            assert_eq!(within(text, most), expected, "{text} in {most}");
        }
        let full = "é".repeat(REPORT);
        assert_eq!(truncate(&full), full);
        assert_eq!(truncate(&"é".repeat(REPORT + 1)), format!("{full}…"));
    }
}
