//! "Did you mean".

/// The candidate that is nearest to `word`, where one is near: case and `_` for `-` don't count, a few slips of the finger do.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Nobody's slip is this long, and the cost grows with the square.
    if word.len() > 100 {
        return None;
    }
    let word = plain(word);
    let ratio = |candidate: &str| similar::TextDiff::from_chars(word.as_str(), plain(candidate).as_str()).ratio();
    let rated = candidates.into_iter().filter(|c| c.len() <= 100).map(|c| (ratio(c), c));
    rated.filter(|(ratio, _)| *ratio >= 0.7).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, candidate)| candidate)
}

fn plain(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let keys = ["max-files-per-commit", "max-files-per-session", "requires", "users"];
        assert_eq!(nearest("max_files_per_comit", keys), Some("max-files-per-commit"));
        assert_eq!(nearest("require", keys), Some("requires"));
        assert_eq!(nearest("Users", keys), Some("users"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest(&"u".repeat(101), keys), None);
    }
}
