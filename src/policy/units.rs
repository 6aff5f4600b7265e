//! Sizes and durations as the policy writes them.

use std::time::Duration;

/// Bytes of "200 KiB".
///
/// # Errors
/// What is wrong, and what to write instead where that is known.
pub(super) fn size(text: &str) -> Result<u64, (String, Option<String>)> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        other => {
            let meant = match other.to_ascii_lowercase().as_str() {
                "" | "byte" | "bytes" | "b" => Some("B"),
                "k" | "kb" | "kib" => Some("KiB"),
                "m" | "mb" | "mib" => Some("MiB"),
                "g" | "gb" | "gib" => Some("GiB"),
                _ => None,
            };
            let help =
                meant.map_or_else(|| "units are B, KiB, MiB and GiB".to_owned(), |unit| format!("write `\"{number} {unit}\"`"));
            let problem = if other.is_empty() { "it has no unit" } else { "its unit is unknown" };
            return Err((problem.to_owned(), Some(help)));
        }
    };
    number.checked_mul(factor).ok_or_else(|| ("it is too large".to_owned(), None))
}

/// "15m", "8h", "2d", "90s", "0s".
///
/// # Errors
/// What is wrong, and what to write instead where that is known.
pub(crate) fn duration(text: &str) -> Result<Duration, (String, Option<String>)> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        other => {
            let problem = if other.is_empty() { "it has no unit" } else { "its unit is unknown" };
            return Err((problem.to_owned(), Some("units are s, m, h and d, as in `\"15m\"`".to_owned())));
        }
    };
    number.checked_mul(factor).map(Duration::from_secs).ok_or_else(|| ("it is too large".to_owned(), None))
}

/// The whole number in front, and what follows it.
fn split(text: &str) -> Result<(u64, &str), (String, Option<String>)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() || unit.starts_with(['.', ',', '_']) {
        return Err(("it must start with a whole number".to_owned(), None));
    }
    // INVARIANT: digits alone fail to parse only by being too many.
    let number = number.parse().map_err(|_too_many| ("it is too large".to_owned(), None))?;
    Ok((number, unit.trim_start_matches(' ')))
}

/// A size as a policy would write it.
pub(super) fn show_size(bytes: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let unit = units.into_iter().find(|(_, factor)| bytes >= *factor && bytes.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{bytes} B"), |(unit, factor)| format!("{} {unit}", bytes / factor))
}

/// A duration as a policy would write it.
pub(crate) fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60)];
    let unit = units.into_iter().find(|(_, factor)| seconds >= *factor && seconds.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{seconds}s"), |(unit, factor)| format!("{}{unit}", seconds / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [("200 KiB", 204_800), ("1 MiB", 1 << 20), ("2GiB", 2 << 30), ("7 B", 7)] {
            assert_eq!(size(text).unwrap(), bytes);
        }
        assert_eq!(size("10 KB").unwrap_err().1.unwrap(), "write `\"10 KiB\"`");
        for text in ["", "KiB", "1.5 MiB", "-1 B", "99999999999999999999 B", "99999999999 GiB", "1 parsec"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, seconds) in [("15m", 900), ("8h", 28_800), ("2d", 172_800), ("90s", 90), ("0s", 0)] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds);
        }
        for text in ["", "15", "m", "1w", "1.5h", "99999999999999999999s", "999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shown_sizes_and_durations_read_back() {
        for bytes in [1, 1_023, 1_024, 1_536, 204_800, 1 << 30] {
            assert_eq!(size(&show_size(bytes)).unwrap(), bytes);
        }
        for seconds in [0, 1, 60, 90, 900, 86_400] {
            assert_eq!(duration(&show_duration(Duration::from_secs(seconds))).unwrap().as_secs(), seconds);
        }
    }
}
