//! Random merges beside git's.

use super::*;

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// Changes a few of the files, each in its own way.
    fn work(&mut self, scratch: &Scratch, who: &str) {
        let files = scratch.git(&["ls-files"]);
        let files: Vec<&str> = files.lines().collect();
        for step in 0..4 {
            let file = files[self.roll(files.len())];
            let Ok(text) = std::fs::read_to_string(scratch.path().join(file)) else { continue };
            let at = self.roll(text.lines().count().max(1));
            let edited: String =
                text.lines().enumerate().map(|(i, l)| if i == at { format!("{who} {step}\n") } else { format!("{l}\n") }).collect();
            match self.roll(7) {
                0 => std::fs::remove_file(scratch.path().join(file)).unwrap(),
                1 => drop(scratch.try_git(&["mv", "-k", file, &format!("{who}{step}")])),
                2 => {
                    scratch.try_git(&["mv", "-k", file, &format!("moved/{who}{step}")]);
                    std::fs::remove_file(scratch.path().join(file)).ok();
                    scratch.write(&format!("moved/{who}{step}"), edited);
                }
                3 => scratch.write(&format!("new/{}", self.roll(3)), lines(who, 5)),
                _ => scratch.write(file, edited),
            }
        }
        scratch.commit_all();
    }
}

#[test]
fn random_merges_agree_with_git() {
    let mut dice = Dice(2);
    let (mut clean, mut conflicting) = (0, 0);
    for _ in 0..12 {
        let scratch = Scratch::new();
        for i in 0..8 {
            scratch.write(&format!("d{}/{i}", i % 3), lines(&format!("file {i} line"), 24));
        }
        scratch.commit_all();
        scratch.branch("side", "main");
        dice.work(&scratch, "theirs");
        scratch.branch("main", "main");
        dice.work(&scratch, "ours");
        let slip = dice.roll(2) == 0;
        let merge = scratch.merge(&["side"], |s| {
            if slip {
                s.write("d1/1", "evil\n")
            }
        });
        if oracle(&scratch, merge).is_some() {
            agrees(&scratch, merge);
            clean += 1;
        } else {
            assert!(matches!(merged(&scratch, "main^1", "main^2"), Merged::Conflicts(_)));
            assert_ne!(judged(&scratch, merge), []);
            conflicting += 1;
        }
    }
    assert!(clean >= 3 && conflicting >= 1, "{clean} clean, {conflicting} conflicting");
}
