//! What the rules that measure an amount have in common, asked of each of them in the same way.

use super::*;

/// What is measured of the index, which is over the limit.
#[track_caller]
pub fn measured(repo: &Repo, rule: &str) -> Value {
    assert_violated(&staged(repo), "index", rule)["measured"].clone()
}

/// What is said of an index that passes.
#[track_caller]
pub fn passes(repo: &Repo, rule: &str, said: &str) {
    let json = staged(repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", rule), [said]);
}

/// An index that is over the limit of a commit, and nothing else.
pub struct Excess<'a> {
    pub rule: &'a str,
    /// The policy, and the line of it that is cited: its seventh.
    pub policy: &'a str,
    pub line: &'a str,
    /// What is said, how much there is, and how much is allowed.
    pub message: &'a str,
    pub measured: u64,
    pub limit: u64,
    /// What is staged, and what of it is to be taken out.
    pub paths: &'a [&'a str],
    pub out: &'a [&'a str],
}

impl Excess<'_> {
    /// Both reports say so, to the letter; taking out what they name is enough.
    #[track_caller]
    pub fn is_said_of(&self, repo: &Repo) {
        let (rule, message) = (self.rule, self.message);
        let help = format!("take {} out of the index", self.out.len());
        let next = format!("git restore --staged -- {}", self.out.join(" "));
        let place = format!("(main@{})", &repo.rev("main")[..7]);
        let (paths, line) = (self.paths.join("  "), self.line);
        let expected = format!(
            "error[{rule}]: {message}\n  \
               {paths}\n  \
               policy.toml:7  {line:<32} {place}\n  \
               help: {help}\n  \
               next: {next}\n"
        );
        assert_eq!(block(&repo.stage().guard(&["check", "--staged"]).rejected().out(), rule), expected);
        let json = staged(repo);
        let key = line.split(' ').next().unwrap();
        let expected = json!({
            "message": message, "scope": "commit", "paths": self.paths, "measured": self.measured, "limit": self.limit,
            "suite": null, "demanded": null, "found": null, "policy": at(self.policy, key), "help": help, "next": [next],
        });
        assert_eq!(*assert_violated(&json, "index", rule), expected);
        assert_only_violated(&json, &[rule]);
        paste(repo, &expected);
        assert_accepted(&repo.json(&["check", "--staged"]));
    }
}

/// Two commits, the first of which is over the limit of a commit, and both over that of a session: every door says so, and the
/// way out leads out.
#[track_caller]
pub fn assert_at_every_door(rule: &str, policy: &str, contents: [String; 2], commit: &str, session: &str) {
    let repo = Repo::with_policy(policy);
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    let [much, little] = contents;
    repo.write("b.txt", much).commit_unjudged("too much");
    repo.write("c.txt", little).commit_unjudged("little");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/work", "", "HEAD")])] {
        assert_eq!(words(&json, "commit", rule), ["violated", "satisfied"]);
        let found = assert_violated(&json, "session", rule);
        assert_eq!((&found["message"], &found["scope"]), (&session.into(), &"session".into()));
        assert_eq!(found["measured"].to_string(), session.split(' ').next().unwrap());
        assert_eq!(words(&json, "landing", rule), ["not-applicable"]);
    }
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    assert!(block(&push.err(), rule).starts_with(&format!("error[{rule}]: {commit}\n")), "{}", push.err());
    paste(&repo, assert_violated(&repo.json(&["check"]), "commit", rule));
    paste(&repo, assert_violated(&staged(&repo), "index", rule));
    assert_accepted(&repo.json(&["check", "--staged"]));
}
