//! docs/recipes/chat.md, against a server that listens as a chat does.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use super::*;

const PAGE: &str = include_str!("../../../docs/recipes/chat.md");

/// What the page gives as `notify`.
fn recipe() -> &'static str {
    PAGE.split("notify = '''\n").nth(1).unwrap().split("'''").next().unwrap()
}

/// Takes one message, and answers it.
fn chat() -> (String, std::thread::JoinHandle<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = Vec::new();
        loop {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).unwrap();
            all.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let size: usize = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap().parse().unwrap();
                if body.len() >= size {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
                    return serde_json::from_str(body).unwrap();
                }
            }
        }
    });
    (address, heard)
}

#[test]
fn a_chat_hears_why_and_what_is_next() {
    if !is_there(&["curl", "jq"]) {
        return;
    }
    let more = "notify-format = \"json\"\nrollback = \"branch\"\n";
    let (repo, _server) = broken_notifying(recipe(), more);
    let (address, heard) = chat();
    repo.set("CHAT_WEBHOOK", address);
    test(&repo, "main").rejected().says("notify: done");
    let message = heard.join().unwrap();
    let text = message["text"].as_str().unwrap();
    assert!(text.starts_with("halted: suite `works` failed on the tip of `origin/main`"), "{text}");
    assert!(text.contains("next:\ngit fetch origin\ngit push origin refs/remotes/origin/guard/rollback/"), "{text}");
    assert!(text.ends_with("guard resume --sign"), "{text}");
    // Nobody listens: that is said, and the halt stands.
    let (repo, _server) = broken_notifying(recipe(), more);
    repo.set("CHAT_WEBHOOK", "http://127.0.0.1:9/");
    test(&repo, "main").rejected().says("failed, and the halt stands");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
}
