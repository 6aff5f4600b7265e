//! Random merges beside git's.

use super::*;
use crate::git::scratch::Dice;

/// Changes a few of the files, each in its own way.
fn work(dice: &mut Dice, scratch: &Scratch, who: &str) {
    let files = scratch.git(&["ls-files"]);
    let files: Vec<&str> = files.lines().collect();
    for step in 0..4 {
        let file = files[dice.below(files.len())];
        let Ok(text) = std::fs::read_to_string(scratch.path().join(file)) else { continue };
        let at = dice.below(text.lines().count().max(1));
        let edited: String =
            text.lines().enumerate().map(|(i, l)| if i == at { format!("{who} {step}\n") } else { format!("{l}\n") }).collect();
        match dice.below(7) {
            0 => std::fs::remove_file(scratch.path().join(file)).unwrap(),
            1 => drop(scratch.try_git(&["mv", "-k", file, &format!("{who}{step}")])),
            2 => {
                scratch.try_git(&["mv", "-k", file, &format!("moved/{who}{step}")]);
                std::fs::remove_file(scratch.path().join(file)).ok();
                scratch.write(&format!("moved/{who}{step}"), edited);
            }
            3 => scratch.write(&format!("new/{}", dice.below(3)), lines(who, 5)),
            _ => scratch.write(file, edited),
        }
    }
    scratch.commit_all();
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
        work(&mut dice, &scratch, "theirs");
        scratch.branch("main", "main");
        work(&mut dice, &scratch, "ours");
        let slip = dice.below(2) == 0;
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
