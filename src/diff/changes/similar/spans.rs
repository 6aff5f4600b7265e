//! Estimates, as git does, how much of one file stands in another.
//!
//! Both files are cut into spans: a line, or 64 bytes of one. Spans are compared by hash. The bytes of the spans that both files
//! have count as copied.

use crate::diff::lines::is_binary;

/// The score of two equal files.
pub(super) const MAX_SCORE: u64 = 60_000;

/// Bytes of a span, if its line doesn't end first.
const SPAN: u32 = 64;

/// The range of git's hash. Spans that collide in git count as equal here, too.
const HASHES: u32 = 107_927;

/// The spans of a file, sorted by hash: each hash, and the bytes of all spans that have it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Spans(Vec<(u32, u32)>);

impl Spans {
    /// Cuts a file. In text, a CR before a LF doesn't count.
    pub(super) fn of(content: &[u8]) -> Self {
        let is_text = !is_binary(content);
        let mut all = Vec::new();
        let mut span = Span::default();
        let mut bytes = content.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if is_text && byte == b'\r' && bytes.peek() == Some(&b'\n') {
                continue;
            }
            span.push(byte);
            if span.len == SPAN || byte == b'\n' {
                all.push(std::mem::take(&mut span).finish());
            }
        }
        if span.len > 0 {
            all.push(span.finish());
        }
        all.sort_unstable();
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        Self(all)
    }

    /// How many different spans there are, which is the cost of a comparison.
    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Bytes of the spans that stand in both.
    pub(super) fn copied(&self, other: &Self) -> u64 {
        let mut rest = other.0.iter().peekable();
        let mut copied = 0;
        for (hash, bytes) in &self.0 {
            while rest.next_if(|(other, _)| other < hash).is_some() {}
            if let Some((_, others)) = rest.next_if(|(other, _)| other == hash) {
                copied += u64::from(*bytes.min(others));
            }
        }
        copied
    }
}

/// A span that is being read. Its two registers of 32 bits are shifted by 7 bits as one of 64.
#[derive(Default)]
struct Span {
    registers: (u32, u32),
    len: u32,
}

impl Span {
    fn push(&mut self, byte: u8) {
        let (one, two) = self.registers;
        self.registers = (((one << 7) ^ (two >> 25)).wrapping_add(u32::from(byte)), (two << 7) ^ (one >> 25));
        self.len += 1;
    }

    fn finish(self) -> (u32, u32) {
        let (one, two) = self.registers;
        (one.wrapping_add(two.wrapping_mul(0x61)) % HASHES, self.len)
    }
}

/// The score of two files of these sizes with so many bytes copied.
pub(super) fn score(copied: u64, one: u64, two: u64) -> u64 {
    copied.saturating_mul(MAX_SCORE).checked_div(one.max(two)).unwrap_or(0)
}

/// Whether two files of these sizes can reach `minimum` at all.
pub(super) fn sizes_allow(one: u64, two: u64, minimum: u64) -> bool {
    one.max(two).saturating_mul(MAX_SCORE - minimum) >= one.abs_diff(two).saturating_mul(MAX_SCORE)
}
