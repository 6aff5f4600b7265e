//! Whoever has no mouse, no large screen or no eyes for it gets all of it.

use super::*;

#[test]
fn the_page_does_not_scroll_sideways() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.eval("look.open()");
    for width in [320, 400, 700, 1000, 1400] {
        browser.look(width, "light");
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.eval(wide), 0, "at {width}");
        let over = "[...document.querySelectorAll('main table, main .chart')].filter((node) => node.checkVisibility()).filter((node) => node.getBoundingClientRect().width > node.closest('.scroll').clientWidth + 1).filter((node) => !/auto|scroll/.test(getComputedStyle(node.closest('.scroll')).overflowX)).length";
        assert_eq!(browser.eval(over), 0, "at {width}: what is wider scrolls by itself");
    }
}

#[test]
fn the_keyboard_reaches_everything_in_order() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.eval("look.open()");
    let all = browser.eval("look.focusables().length").as_u64().unwrap();
    assert!(all > 60, "{all}");
    for place in 0..all {
        browser.press("Tab", 9, "");
        assert_eq!(
            browser.eval("look.focused()"),
            place,
            "of {all}: {}",
            browser.eval("document.activeElement.outerHTML.slice(0, 120)")
        );
        let outline = browser
            .eval("getComputedStyle(document.activeElement).outlineStyle + ' ' + document.activeElement.matches(':focus-visible')");
        assert_eq!(outline, "solid true", "the focus is seen");
    }
    browser.eval("document.querySelector('.skip').focus()");
    browser.press("Enter", 13, "\r");
    assert_eq!(browser.eval("document.activeElement.id"), "main");
}

#[test]
fn its_structure_can_be_heard() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    let levels = browser.eval("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((head) => Number(head.tagName[1]))");
    let levels: Vec<u64> = levels.as_array().unwrap().iter().map(|level| level.as_u64().unwrap()).collect();
    assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1), "{levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    for landmark in ["body > header", "body > nav[aria-label]", "body > main", "body > footer"] {
        assert_eq!(browser.eval(&format!("document.querySelectorAll('{landmark}').length")), 1, "{landmark}");
    }
    for lacking in [
        "[...document.querySelectorAll('table')].filter((table) => !table.caption?.textContent.trim())",
        "[...document.querySelectorAll('thead th:not([scope=col]), tbody th:not([scope=row])')]",
        "[...document.querySelectorAll('tbody tr')].filter((row) => !row.querySelector('th'))",
        "[...document.querySelectorAll('svg:not([aria-hidden=true])')].filter((svg) => svg.getAttribute('role') !== 'img' || !svg.querySelector(':scope > title').textContent || !svg.querySelector(':scope > desc').textContent)",
        "[...document.querySelectorAll('[aria-labelledby]')].filter((node) => node.getAttribute('aria-labelledby').split(' ').some((id) => !document.getElementById(id)))",
        "[...document.querySelectorAll('a[href]')].filter((link) => !document.querySelector(link.getAttribute('href')))",
        "[...document.querySelectorAll('[id]')].filter((node) => document.querySelectorAll(`#${node.id}`).length > 1)",
        "[...document.querySelectorAll('.scroll')].filter((region) => region.tabIndex !== 0 || region.getAttribute('role') !== 'region')",
        "[...document.querySelectorAll('button')].filter((button) => !button.textContent.trim())",
    ] {
        assert_eq!(browser.eval(&format!("{lacking}.map((node) => node.outerHTML.slice(0, 200))")), json!([]), "{lacking}");
    }
    assert_eq!(browser.eval("document.documentElement.lang"), "en");
    assert_eq!(browser.eval("getComputedStyle(document.documentElement).scrollBehavior"), "auto", "who wants no motion gets none");
}
