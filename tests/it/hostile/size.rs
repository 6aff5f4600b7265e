//! Much of one thing: content and messages.

use super::*;

#[test]
fn a_hundred_megabytes_of_newlines() {
    let (repo, server) = hostile();
    repo.git(&["config", "core.compression", "1"]).ok();
    let (small, large) = (blob(&repo, &vec![b'\n'; 60 << 20]), blob(&repo, &vec![b'\n'; 100_000_000]));
    let root = |content: &str| {
        let listing = repo.git(&["ls-tree", "main"]).ok().out();
        let root = format!("{listing}100644 blob {content}\tnewlines\n");
        repo.run_with("git", &["mktree"], root.as_bytes()).ok().line()
    };
    let one = repo.git(&["commit-tree", &root(&small), "-p", "main", "-m", "small"]).ok().line();
    let two = repo.git(&["commit-tree", &root(&large), "-p", &one, "-m", "large"]).ok().line();
    let refspec = format!("{two}:refs/heads/newlines");
    // A file over 64 MiB can't be searched for the lines of an area.
    let run = server.push(&repo, &[&refspec]);
    let because = if run.run.err().contains("guard.deadline") { "guard.deadline (4s) passed" } else { "too large to be searched" };
    run.undecided(because);
    server.repo.write("plain.toml", OPEN_POLICY).git(&["config", "guard.policyFile", "plain.toml"]).ok();
    server.push(&repo, &[&refspec]).accepted();
}

#[test]
fn six_hundred_megabytes_in_one_file() {
    let (repo, server) = hostile();
    repo.git(&["config", "core.compression", "1"]).ok();
    server.repo.git(&["config", "core.compression", "1"]).ok();
    let script = "head -c 629145600 /dev/zero | git hash-object -w --stdin";
    let blob = repo.run("sh", &["-c", script]).ok().line();
    let listing = repo.git(&["ls-tree", "main"]).ok().out();
    let root = repo.run_with("git", &["mktree"], format!("{listing}100644 blob {blob}\tlarge\n").as_bytes()).ok().line();
    let commit = repo.git(&["commit-tree", &root, "-p", "main", "-m", "large"]).ok().line();
    let limited = OPEN.replace("[specialist", "[defaults]\nmax-file-size = \"1 MiB\"\n\n[specialist");
    server.repo.write("limited.toml", limited).git(&["config", "guard.policyFile", "limited.toml"]).ok();
    server.push(&repo, &[&format!("{commit}:refs/heads/large")]).rejected("file-size");
}

#[test]
fn a_message_of_twenty_megabytes() {
    let (repo, server) = hostile();
    repo.write("../message", vec![b'x'; 20 << 20]);
    let long = repo.git(&["commit-tree", "main^{tree}", "-p", "main", "-F", "../message"]).ok().line();
    server.push(&repo, &[&format!("{long}:refs/heads/long")]).undecided("over guard.maxMessage (1048576)").says(&long);
}
