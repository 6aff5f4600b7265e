//! Tables that sort: by a click and by the keyboard, both ways.

use super::*;

/// The numbers of a column of the table of specialists, as they stand.
fn column(browser: &mut Browser, at: usize) -> Vec<u64> {
    let texts = browser.eval(&format!("look.table('specialists-table').map((row) => row[{at}].replaceAll(',', ''))"));
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().parse().unwrap()).collect()
}

fn heads(browser: &mut Browser) -> Value {
    browser.eval("[...document.querySelectorAll('#specialists-table thead th')].map((head) => head.getAttribute('aria-sort')).filter((sort) => sort)")
}

#[test]
fn a_click_sorts_numbers_as_numbers_both_ways() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let click = "document.querySelectorAll('#specialists-table thead button')[4].click()";
    assert_eq!(heads(&mut browser), json!([]));
    browser.eval(click);
    let down = column(&mut browser, 4);
    assert!(down.windows(2).all(|pair| pair[0] >= pair[1]) && down[0] >= 100 && down.len() > 2, "{down:?}");
    assert_eq!(heads(&mut browser), json!(["descending"]));
    browser.eval(click);
    let up = column(&mut browser, 4);
    assert!(up.iter().eq(down.iter().rev()), "{up:?}: 9 stands before 100");
    assert_eq!(heads(&mut browser), json!(["ascending"]));
    browser.eval("document.querySelectorAll('#specialists-table thead button')[0].click()");
    let names = browser.eval("look.table('specialists-table').map((row) => row[0])");
    assert_eq!(names, json!(["(nobody named)", "boss@example.org", "dev", "web"]));
    assert_eq!(heads(&mut browser), json!(["ascending"]), "one column at a time");
}

#[test]
fn the_keyboard_sorts_too() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.eval("document.querySelectorAll('#specialists-table thead button')[1].focus()");
    browser.press("Enter", 13, "\r");
    let down = column(&mut browser, 1);
    assert_eq!(heads(&mut browser), json!(["descending"]));
    browser.press(" ", 32, " ");
    assert_eq!(heads(&mut browser), json!(["ascending"]));
    let up = column(&mut browser, 1);
    assert!(down.is_sorted_by(|a, b| a >= b) && up.is_sorted() && up != down, "{down:?} {up:?}");
    assert_eq!(browser.eval("document.activeElement.textContent"), "commits", "the focus stays");
}

#[test]
fn what_is_not_known_stands_last_whichever_way() {
    let repo = under(POLICY);
    repo.write("b", "gone\n");
    let gone = repo.commit_unjudged("gone");
    repo.write("c", "c\n".repeat(10)).commit_unjudged("ten");
    repo.write("d", "d\n".repeat(9)).write_many("x", 3).commit_unjudged("more");
    repo.write("e", "e\n").write_many("y", 4).commit_unjudged("five");
    let blob = repo.rev(&format!("{gone}:b"));
    std::fs::remove_file(repo.file(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let sorted = |browser: &mut Browser| {
        browser.eval("document.querySelectorAll('#look-table-0 thead button')[4].click()");
        browser.eval("look.table('look-table-0').map((row) => row[4])")
    };
    assert_eq!(sorted(&mut browser), json!(["5", "4", "?"]));
    assert_eq!(sorted(&mut browser), json!(["4", "5", "?"]));
}
