//! Nothing is fetched, nothing complains, everything is legible, on paper and without scripts, too.

use base64::Engine as _;

use super::*;

#[test]
fn nothing_is_fetched_and_nothing_complains() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.eval("document.querySelectorAll('thead button').forEach((button) => button.click())");
    browser.eval("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))");
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
    let requests = browser.requests();
    assert!(requests.len() == 1 && requests[0].starts_with("file://") && requests[0].ends_with("/audit.html"), "{requests:?}");
    assert_eq!(browser.eval("performance.getEntriesByType('resource').length"), 0);
    let text = std::fs::read_to_string(repo.scratch().join("audit.html")).unwrap();
    for far in ["http:", "https:", "//cdn", "url(", "@import", "src=", "javascript:", "fetch(", "XMLHttpRequest"] {
        assert!(!text.contains(far), "{far}");
    }
    assert!(text.contains("content=\"default-src 'none'; style-src 'sha256-"), "no policy");
}

#[test]
fn what_the_page_did_not_bring_is_blocked() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser
        .eval("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"run\"' }))");
    browser.eval("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = `run`\">')");
    browser.eval("new Promise((done) => setTimeout(done, 200))");
    assert_eq!(browser.eval("document.title"), "Audit of HEAD");
    assert!(!browser.complaints().is_empty(), "it is said in the console");
}

#[test]
fn all_text_has_contrast_in_both_schemes() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.eval("look.open()");
    let mut backs = Vec::new();
    for scheme in ["light", "dark"] {
        browser.look(1400, scheme);
        let faint = browser.eval("look.faint()");
        assert_eq!(faint["found"], json!([]), "{scheme}");
        assert!(faint["looked"].as_u64().unwrap() > 200, "{faint}");
        backs.push(browser.eval("Math.round(255 * look.luminance(look.behind(document.body)))").as_u64().unwrap());
    }
    assert!(backs[0] > 200 && backs[1] < 20, "{backs:?}");
}

#[test]
fn without_scripts_only_sorting_is_lost() {
    let repo = busy();
    let Some(mut browser) = Browser::open(&repo) else { return };
    browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.show(&page(&repo, &[]));
    let count = |browser: &mut Browser, selector: &str| {
        let root = browser.ask("DOM.getDocument", json!({ "depth": 0 }))["root"]["nodeId"].clone();
        let all = browser.ask("DOM.querySelectorAll", json!({ "nodeId": root, "selector": selector }));
        all["nodeIds"].as_array().unwrap().len()
    };
    assert_eq!(count(&mut browser, ".commits tbody tr"), audit(&repo, &[])["commits"].as_array().unwrap().len());
    assert_eq!(count(&mut browser, "thead button"), 0, "no button that does nothing");
    assert!(count(&mut browser, "svg[role=img]") == 4 && count(&mut browser, "thead th") > 20);
}

#[test]
fn it_prints() {
    let repo = busy();
    let Some(mut browser) = shown(&repo, &[]) else { return };
    browser.look(1400, "dark");
    let printed = browser.ask("Page.printToPDF", json!({}))["data"].as_str().unwrap().to_owned();
    let printed = base64::engine::general_purpose::STANDARD.decode(printed).unwrap();
    assert!(printed.starts_with(b"%PDF-") && printed.len() > 20_000, "{} bytes", printed.len());
    browser.ask(
        "Emulation.setEmulatedMedia",
        json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    let style = |browser: &mut Browser, selector: &str, name: &str| {
        browser.eval(&format!("getComputedStyle(document.querySelector('{selector}')).{name}"))
    };
    assert_eq!(style(&mut browser, "nav", "display"), "none");
    assert_eq!(style(&mut browser, "body", "backgroundColor"), "rgb(255, 255, 255)", "ink is for text");
    assert_eq!(style(&mut browser, "thead", "display"), "table-header-group");
    assert_eq!(browser.eval("[...document.querySelectorAll('*')].filter((node) => ['sticky', 'fixed'].includes(getComputedStyle(node).position) && node.checkVisibility()).length"), 0);
    assert_eq!(browser.eval("look.faint().found"), json!([]));
    assert_eq!(
        browser.eval("document.querySelector('#claims-table td').getBoundingClientRect().height > 0"),
        true,
        "what is folded is printed"
    );
}
