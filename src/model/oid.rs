//! Ids of objects.

use std::fmt;

/// An object id. 20 bytes (SHA-1) or 32 (SHA-256); the zero id is never stored, it is `None` at the door.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

impl Oid {
    /// From raw bytes: 20 or 32 of them, not all zero; anything else is `None`.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        if !matches!(raw.len(), 20 | 32) || raw.iter().all(|b| *b == 0) {
            return None;
        }
        let mut bytes = [0; 32];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        Some(Self { bytes, len: u8::try_from(raw.len()).ok()? })
    }

    /// From 40 or 64 hexadecimal digits; anything else, and the zero id, is `None`.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
        let value = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
        let mut bytes = [0; 32];
        let raw = bytes.get_mut(..pairs.len())?;
        for (byte, [high, low]) in raw.iter_mut().zip(pairs) {
            *byte = value(*high)? << 4 | value(*low)?;
        }
        Self::from_bytes(raw)
    }

    /// The raw bytes, 20 or 32.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }

    /// The first seven hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Reports and ledgers write thousands: at once, not a byte at a time.
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        let mut text = String::with_capacity(64);
        for byte in self.as_bytes() {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
