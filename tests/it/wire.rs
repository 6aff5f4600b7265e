//! What a pusher reads: lines that fit, more words on request and never less judgement, and nothing of the data's that acts on a reader.

use crate::scene::*;
use crate::support::*;

mod honest;
mod options;
mod words;

/// A guarded server that takes push options, logged in as `dev`, with `work` checked out.
fn pushing() -> (Repo, Repo) {
    let repo = under(POLICY);
    let server = repo.guarded_remote();
    server.git(&["config", "receive.advertisePushOptions", "true"]).ok();
    on_work(&repo).login("dev");
    (repo, server)
}

/// What came over the wire, without the prefix and the blanks that git puts behind.
fn remote(run: &Run) -> Vec<String> {
    run.err().lines().filter_map(|line| line.strip_prefix("remote: ")).map(|line| line.trim_end().to_owned()).collect()
}
