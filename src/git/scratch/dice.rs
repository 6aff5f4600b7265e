//! Numbers that look random and are the same in every run, so that a failure repeats.

/// A small generator; its seed is not 0.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// Lines of a small alphabet, so that many are equal; sometimes with CRLF, sometimes without a last newline.
    pub fn lines(&mut self, most: usize, alphabet: usize) -> Vec<Vec<u8>> {
        let n = self.below(most + 1);
        let mut lines: Vec<Vec<u8>> = (0..n).map(|_| self.line(alphabet)).collect();
        if self.below(4) == 0
            && let Some(last) = lines.last_mut()
        {
            last.pop();
        }
        lines
    }

    pub fn line(&mut self, alphabet: usize) -> Vec<u8> {
        let mut line = format!("line {}", self.below(alphabet)).into_bytes();
        if self.below(20) == 0 {
            line.extend(b" \xff\xfe");
        }
        line.extend(if self.below(10) == 0 { &b"\r\n"[..] } else { b"\n" });
        line
    }

    /// A few edits: lines in, out, changed, moved.
    pub fn edit(&mut self, lines: &[Vec<u8>], edits: usize, alphabet: usize) -> Vec<Vec<u8>> {
        let mut lines = lines.to_vec();
        for _ in 0..self.below(edits + 1) {
            let at = self.below(lines.len() + 1);
            match self.below(4) {
                0 => lines.insert(at, self.line(alphabet)),
                1 if at < lines.len() => drop(lines.remove(at)),
                2 if at < lines.len() => lines[at] = self.line(alphabet),
                3 if at < lines.len() => {
                    let line = lines.remove(at);
                    let to = self.below(lines.len() + 1);
                    lines.insert(to, line);
                }
                _ => {}
            }
        }
        lines
    }
}
