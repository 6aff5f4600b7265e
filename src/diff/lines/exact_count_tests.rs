//! Numbered lines, held against the texts themselves.

use crate::diff::lines::exact_count::*;
use crate::git::scratch::Dice;

/// The diff of the texts as they are.
fn whole(old: &[u8], new: &[u8]) -> Counted {
    let found = line_diff(old, new).unwrap();
    let lengths: Vec<usize> = lines(new).map(<[u8]>::len).collect();
    counted(found.added, found.deleted, found.inserted.into_iter().map(|line| lengths[line]).sum())
}

/// Long texts, few edits, and lines that are so common that git passes over them.
#[test]
fn numbers_are_diffed_as_the_lines_that_they_stand_for() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for round in 0..600 {
        let n = 20 + dice.below(900);
        let alphabet = [3, 30, 3000][round % 3];
        let line = |dice: &mut Dice| match dice.below(4) {
            0 => b"\n".to_vec(),
            1 => b"        }\n".to_vec(),
            _ => format!("    some line {}\n", dice.below(alphabet)).into_bytes(),
        };
        let mut old: Vec<Vec<u8>> = (0..n).map(|_| line(&mut dice)).collect();
        let mut new = old.clone();
        let at = dice.below(n);
        for _ in 0..=dice.below(12) {
            let place = (at + dice.below(60)).min(new.len());
            let end = (place + dice.below(4)).min(new.len());
            let put: Vec<Vec<u8>> = (0..dice.below(9)).map(|_| line(&mut dice)).collect();
            new.splice(place..end, put);
        }
        if round % 7 == 0 {
            old.push(b"the end".to_vec());
            new.push(b"the end".to_vec());
        }
        let (old, new) = (old.concat(), new.concat());
        if old != new {
            assert_eq!(diff(&old, &new).unwrap(), whole(&old, &new), "{round}");
        }
    }
}

#[test]
fn a_last_line_without_its_end_is_another_line() {
    for (old, new) in [("a\nb", "a\nb\n"), ("a\nb\nx", "b\nx\ny"), ("x\nb\nx", "b\nb\nx"), ("a", "b\na"), ("b\na\n", "a")] {
        assert_eq!(diff(old.as_bytes(), new.as_bytes()).unwrap(), whole(old.as_bytes(), new.as_bytes()), "{old:?} {new:?}");
    }
}

#[test]
fn lines_are_all_of_the_text() {
    for text in [&b""[..], b"\n", b"a", b"a\n", b"\n\na", b"a\nb\n\n"] {
        assert_eq!(lines(text).collect::<Vec<_>>().concat(), text);
        assert_eq!(lines(text).count() as u64, crate::diff::lines::count_lines(text));
    }
}

#[test]
fn every_number_is_a_line_of_its_own() {
    let spelt = |number: u32| {
        let mut text = Vec::new();
        spell(number, &mut text);
        text
    };
    let mut all: Vec<Vec<u8>> = (0..40_000).chain([2_000_000, 2_000_001]).map(spelt).collect();
    assert!(all.iter().all(|text| text.iter().filter(|b| **b == b'\n').count() == 1 && text.ends_with(b"\n")));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40_002);
}
