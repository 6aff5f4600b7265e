//! `guard doctor --server`: git pushes what must be refused, and each door that stands open in silence is found.

use super::*;

/// A guarded server, and everything that a canary must not change.
fn scene() -> (Repo, Repo) {
    let repo = guarded();
    let server = repo.guarded_remote();
    (repo, server)
}

fn state(server: &Repo) -> String {
    server.state_of_refs() + &server.git(&["count-objects", "-v"]).ok().out()
}

/// A finding, and nothing left behind; gives the command that mends it.
#[track_caller]
fn found(server: &Repo, words: &str) -> String {
    let before = server.state_of_refs();
    let run = server.guard(&["doctor", "--server"]).rejected().says(words);
    assert_eq!(server.state_of_refs(), before, "a canary has left a ref");
    run.out().lines().find_map(|line| line.strip_prefix("next: ")).unwrap().to_owned()
}

#[track_caller]
fn open(server: &Repo, words: &str) {
    let next = found(server, words);
    server.guard(&["doctor", "--server"]).rejected().says("no pre-receive hook refused it: what is pushed here is not judged");
    server.run("sh", &["-c", &next]).ok();
    server.guard(&["doctor", "--server"]).ok().says("refused by the guard, as it must be");
}

#[test]
fn a_sound_server_refuses_it_and_is_as_it_was() {
    let (repo, server) = scene();
    let before = state(&server);
    let run = server
        .guard(&["doctor", "--server"])
        .ok()
        .says("pre-receive           runs")
        .says("canary                refused by the guard");
    run.says("everything runs: what is pushed here is judged here");
    assert_eq!(state(&server), before);
    assert_eq!(server.guard(&["doctor", "--server", "-q"]).ok().out(), "");
    // without a policy, without any branch, halted by none of it
    for name in ["no-policy", "empty"] {
        let bare = repo.sibling(name);
        repo.git(&["init", "-q", "--bare", "-b", "main", bare.path().to_str().unwrap()]).ok();
        if name == "no-policy" {
            repo.git(&["switch", "-q", "--orphan", "orphan"]).ok();
            repo.write("a.txt", "a\n").commit_unjudged("no policy");
            repo.git(&["push", "-q", bare.path().to_str().unwrap(), "HEAD:main"]).ok();
        }
        bare.guard(&["install", "--server"]).ok();
        let before = state(&bare);
        bare.guard(&["doctor", "--server"]).ok().says("refused by the guard");
        assert_eq!(state(&bare), before, "{name}");
    }
    repo.guard(&["doctor", "--server"]).undecided().says("this repository has a work tree");
}

#[test]
fn a_hook_that_git_passes_over_in_silence_is_found_and_its_fix_works() {
    let (_repo, server) = scene();
    let hook = server.file("hooks/pre-receive");
    server.remove("hooks/pre-receive");
    open(&server, "is not installed");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    open(&server, "is not executable, so git skips it");
    server.script("hooks/pre-receive", "");
    open(&server, "is empty, so it lets everything pass");
    server.remove("hooks/pre-receive").remove("hooks/pre-receive.legacy").link("hooks/pre-receive", "/nowhere/at/all");
    open(&server, "is a link that leads nowhere, so git skips it");
    server.remove("hooks/pre-receive").remove("hooks/pre-receive.legacy").script("hooks/pre-receive", "#!/bin/sh\nexit 0\n");
    open(&server, "is not the guard's");
    let text = std::fs::read_to_string(&hook).unwrap();
    server.remove("hooks/pre-receive.legacy");
    server.script("hooks/pre-receive", text.replace("exec \"$guard\"", "exit 0; exec \"$guard\""));
    open(&server, "was changed");
}

#[test]
fn a_hooks_path_in_any_scope_is_found_with_the_command_that_unsets_it() {
    let (repo, server) = scene();
    let elsewhere = repo.scratch().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let place = elsewhere.to_str().unwrap();
    let (user, system) = (repo.scratch().join("user"), repo.scratch().join("system"));
    server.set("GIT_CONFIG_GLOBAL", &user).set("GIT_CONFIG_SYSTEM", &system).set("GIT_CONFIG_NOSYSTEM", "0");
    server.git(&["config", "extensions.worktreeConfig", "true"]).ok();
    for scope in ["local", "global", "system", "worktree"] {
        server.git(&["config", &format!("--{scope}"), "core.hooksPath", place]).ok();
        open(&server, &format!("(`core.hooksPath`, {scope}: `{place}`)"));
    }
    // within the repository, but not where the hooks are
    server.git(&["config", "core.hooksPath", "objects/info"]).ok();
    assert_eq!(found(&server, "is not installed"), "guard install --server");
}

#[test]
fn a_file_system_that_runs_nothing_is_found() {
    let (repo, server) = scene();
    if !repo.run("unshare", &["-m", "mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", server.path().to_str().unwrap()]).status.eq(&0)
    {
        return;
    }
    let mount = "cp -a hooks kept && mount -t tmpfs -o noexec tmpfs hooks && cp -a kept/. hooks && rm -r kept";
    let run = |then: &str| server.run("unshare", &["-m", "sh", "-c", &format!("{mount} && {then}")]);
    let said = run(&format!("{GUARD} doctor --server")).rejected().says("is mounted noexec").says("no pre-receive hook refused it");
    let next = said.out().lines().find_map(|line| line.strip_prefix("next: ")).unwrap().to_owned();
    assert_eq!(next, format!("mount -o remount,exec {}", server.file("hooks").canonicalize().unwrap().display()));
    run(&format!("{next} && {GUARD} doctor --server")).ok();
}

#[test]
fn an_open_door_of_an_empty_repository_keeps_nothing() {
    let repo = guarded();
    let empty = repo.sibling("empty.git");
    repo.git(&["init", "-q", "--bare", empty.path().to_str().unwrap()]).ok();
    let next = found(&empty, "landed: nothing refused it");
    assert_eq!((empty.state_of_refs().as_str(), next.as_str()), ("", "guard install --server"));
    empty.guard(&["install", "--server"]).ok();
    empty.guard(&["doctor", "--server"]).ok();
}

#[test]
fn what_somebody_else_refuses_and_what_is_refused_always_is_no_proof() {
    let (repo, server) = scene();
    server.script("hooks/pre-receive", "#!/bin/sh\necho closed on sundays\nexit 1\n");
    found(&server, "refused by a hook, but not in the guard's words: `closed on sundays`");
    server.remove("hooks/pre-receive").guard(&["install", "--server"]).ok();
    server.git(&["config", "guard.maxCommits", "none"]).ok();
    server.guard(&["doctor", "--server"]).undecided().says("guard.maxCommits");
    server.git(&["config", "--unset", "guard.maxCommits"]).ok();
    repo.write("policy.toml", "version = 2\n").commit_unjudged("broken");
    server.git(&["-c", "core.hooksPath=/dev/null", "fetch", "-q", repo.path().to_str().unwrap(), "+main:main"]).ok();
    found(&server, "refused, as every push is, since the guard could not decide");
}

#[test]
fn settings_that_the_hook_does_not_read_are_found() {
    let (repo, server) = scene();
    server.git(&["config", "--unset", "guard.identity"]).ok();
    let user = repo.scratch().join("user");
    server.set("GIT_CONFIG_GLOBAL", &user).git(&["config", "--global", "guard.identity", "gitolite"]).ok();
    let next = found(&server, "`guard.identity` in a user's configuration");
    assert_eq!(next, "git config guard.identity gitolite");
    server.guard(&["doctor"]).rejected().says("accounts              none are known");
    server.run("sh", &["-c", &next]).ok();
    server.git(&["config", "--global", "--unset", "guard.identity"]).ok();
    server.guard(&["doctor", "--server"]).ok().says("from the environment variable `GL_USER`");
}

#[test]
fn without_git_there_is_no_proof() {
    let (_repo, server) = scene();
    server
        .set("PATH", "/nonexistent")
        .guard(&["doctor", "--server"])
        .rejected()
        .says("could not be pushed: there is no `git` in PATH");
}

#[test]
fn another_user_than_the_server_s_is_told_to_run_it_as_that_one() {
    let (repo, server) = scene();
    // only who may give files away can prove it
    if repo.run("chown", &["-R", "54321", server.path().to_str().unwrap()]).status != 0 {
        return;
    }
    server.guard(&["doctor", "--server"]).undecided().says("belongs to another user");
    let user = repo.scratch().join("user");
    std::fs::write(&user, "[safe]\n\tdirectory = *\n").unwrap();
    server.set("GIT_CONFIG_GLOBAL", &user);
    let next = found(&server, "the repository belongs to another user (54321), and the server runs git as that one");
    assert_eq!(next, "sudo -u '#54321' guard doctor --server");
}
