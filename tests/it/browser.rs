//! A headless Chromium, driven through its debugging pipe: no port, no driver, nothing that it could reach.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Repo, is_there};

/// How long an answer may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// One browser with one page; it ends when this is dropped.
pub struct Browser {
    child: Child,
    sent: File,
    heard: Receiver<Value>,
    session: Option<String>,
    number: u64,
    /// What came unasked.
    pub events: VecDeque<Value>,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Browser {
    /// Starts it; `None` where there is none.
    pub fn open(repo: &Repo) -> Option<Self> {
        if !is_there(&["chromium"]) {
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        let (to, from) = (profile.path().join("to"), profile.path().join("from"));
        repo.run("mkfifo", &[&to, &from]).ok();
        // The pipe's ends are the descriptors 3 and 4.
        let start = r#"exec "$0" "$@" 3<"$TO" 4>"$FROM""#;
        let mut command = Command::new("sh");
        command.args(["-c", start, "chromium", "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"]);
        // Tests may run as root, and in a container with little shared memory; only files of the tests' own are shown.
        command.args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-extensions"]);
        command.args(["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"]);
        command.arg(format!("--user-data-dir={}", profile.path().join("profile").display())).arg("about:blank");
        command.env("TO", &to).env("FROM", &from).env("HOME", profile.path()).env("XDG_CONFIG_HOME", profile.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let sent = OpenOptions::new().write(true).open(&to).unwrap();
        let answers = BufReader::new(File::open(&from).unwrap());
        let (send, heard) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0) {
                let Ok(message) = message else { return };
                if send.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self { child, sent, heard, session: None, number: 0, events: VecDeque::new(), _profile: profile };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.ask("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let session = self.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        self.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.ask(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Asks one thing, and waits for the answer.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.sent.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let heard = self.heard.recv_timeout(PATIENCE).unwrap_or_else(|e| panic!("{method}: {e}"));
            if heard["id"] == self.number {
                assert!(heard["error"].is_null(), "{method}: {heard:#}");
                return heard["result"].clone();
            }
            self.events.push_back(heard);
        }
    }

    /// Shows a file, and waits until all of it is there.
    pub fn show(&mut self, file: &std::path::Path) {
        self.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let heard = self.heard.recv_timeout(PATIENCE).unwrap();
            self.events.push_back(heard);
        }
    }

    /// The value of an expression, in the page.
    #[track_caller]
    pub fn eval(&mut self, expression: &str) -> Value {
        let answer = self.ask("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }));
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer:#}");
        answer["result"]["value"].clone()
    }

    /// Presses a key, as a person does.
    pub fn press(&mut self, key: &str, code: u32, text: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// How wide the window is, and which colours its owner prefers.
    pub fn look(&mut self, width: u32, scheme: &str) {
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", size);
        let features =
            json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// What the console holds, what was thrown or blocked.
    pub fn complaints(&self) -> Vec<&Value> {
        let said = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"];
        self.events.iter().filter(|event| said.iter().any(|name| event["method"] == *name)).collect()
    }

    /// What was asked for, of anybody.
    pub fn requests(&self) -> Vec<&str> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| event["params"]["request"]["url"].as_str().unwrap()).collect()
    }
}
