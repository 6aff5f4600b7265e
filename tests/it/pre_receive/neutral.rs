//! What a pusher, or a configuration that isn't the repository's own, may say changes no byte of an answer.

use super::*;

/// Everything that a hostile environment says; `evil`: a git configuration, a policy and attributes that would let anything pass.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_WORK_TREE", "/"),
    ("GIT_INDEX_FILE", "/nonexistent/index"),
    ("GIT_COMMON_DIR", "/nonexistent"),
    ("GIT_CEILING_DIRECTORIES", "/"),
    ("GIT_REPLACE_REF_BASE", "refs/heads/"),
    ("GIT_SHALLOW_FILE", "/dev/null"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_ATTR_SOURCE", "HEAD"),
    ("GIT_PREFIX", "deep/"),
    ("GIT_AUTHOR_EMAIL", "boss@example.org"),
    ("GIT_AUTHOR_DATE", "@1 +0000"),
    ("GIT_COMMITTER_DATE", "@1 +0000"),
    ("GUARD_SPECIALIST", "web"),
    ("GIT_PUSH_CERT_STATUS", "G"),
    ("GIT_PUSH_CERT_SIGNER", "boss"),
    ("GIT_EXTERNAL_DIFF", "true"),
    ("GIT_NO_REPLACE_OBJECTS", ""),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_CONFIG_COUNT", "2"),
    ("GIT_CONFIG_KEY_0", "guard.identity"),
    ("GIT_CONFIG_VALUE_0", "none"),
    ("GIT_CONFIG_KEY_1", "guard.maxPaths"),
    ("GIT_CONFIG_VALUE_1", "1"),
    ("GIT_CONFIG_PARAMETERS", "'guard.identity'='none' 'guard.maxCommits'='1'"),
    ("GL_USER", "boss"),
    ("REMOTE_USER", "boss"),
    ("LC_ALL", "tr_TR.UTF-8"),
    ("TZ", "Pacific/Apia"),
];

/// A server with a branch `work` to be judged that splits, merges with a conflict, touches middleware, and exceeds a limit.
fn scene() -> (Repo, Repo) {
    let (repo, server) = pushing();
    let objects = repo.git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]).ok().line();
    server.write("objects/info/alternates", format!("{objects}\n"));
    repo.write("a.txt", "one\nhere\nthree\n").write_many("many", 6).commit_unjudged("many");
    repo.git(&["switch", "-q", "-c", "side", "main"]).ok();
    repo.write("a.txt", "one\nthere\nthree\n").write("middleware/auth.py", "pass\n").commit_unjudged("side");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "side"]).rejected();
    repo.write("a.txt", "one\nboth\nthree\n").commit_unjudged("merge");
    server.login("dev");
    (repo, server)
}

/// What pre-receive answers, byte for byte, when `work` comes.
fn answer(repo: &Repo, server: &Repo, name: &str, new: &str) -> (i32, String, String) {
    let line = format!("{} {} {name}\n", "0".repeat(40), repo.rev(new));
    let run = server.run_with(GUARD, &["--format", "json", "hook", "pre-receive"], line.as_bytes());
    (run.status, run.out(), run.err())
}

/// A directory with git's configuration, attributes and a policy that would let anything pass.
fn evil(repo: &Repo) -> std::path::PathBuf {
    let evil = repo.scratch().join("evil");
    std::fs::create_dir_all(evil.join("git")).unwrap();
    let place = evil.display();
    let policy = "version = 1\nbase = \"main\"\n[specialist.\"*\"]\n";
    let config = format!(
        "[guard]\n\tpolicyFile = {place}/policy.toml\n\tpolicyRef = side\n\tidentity = none\n\trequired = true\n\tmaxCommits = 1\n\
         \tmaxPaths = 1\n\tmaxMessage = 1\n\tmaxParents = 1\n\tdeadline = 1ms\n\tspecialist = web\n\
         [core]\n\tattributesFile = {place}/attributes\n\tignoreCase = true\n\tprecomposeUnicode = true\n\tautocrlf = true\n\
         \tbare = false\n\tworktree = {place}\n\tquotePath = true\n\
         [merge]\n\tdefault = ours\n\trenames = false\n\tconflictStyle = diff3\n[diff]\n\trenames = copies\n\texternal = true\n"
    );
    for (name, text) in [
        ("policy.toml", policy),
        ("attributes", "* -diff -text binary merge=ours\n"),
        ("git/attributes", "* -diff -text binary merge=ours\n"),
        (".gitconfig", &config),
        ("git/config", &config),
    ] {
        std::fs::write(evil.join(name), text).unwrap();
    }
    evil
}

#[test]
fn no_environment_and_no_user_s_configuration_alters_a_byte() {
    let (repo, server) = scene();
    let evil = evil(&repo);
    for (name, new, status) in [("refs/heads/work", "work", 1), ("refs/heads/fine", "main", 0), ("refs/tags/v1", "side", 1)] {
        let before = answer(&repo, &server, name, new);
        assert_eq!(before.0, status, "{before:?}");
        for (variable, value) in ENVIRONMENT {
            server.set(variable, value);
            assert_eq!(answer(&repo, &server, name, new), before, "{variable}={value}");
            server.unset(variable);
        }
        for (variable, place) in [
            ("HOME", evil.clone()),
            ("XDG_CONFIG_HOME", evil.clone()),
            ("GIT_CONFIG_GLOBAL", evil.join(".gitconfig")),
            ("GIT_CONFIG_SYSTEM", evil.join(".gitconfig")),
            ("GIT_CONFIG", evil.join(".gitconfig")),
        ] {
            server.set(variable, place).set("GIT_CONFIG_NOSYSTEM", "0");
            assert_eq!(answer(&repo, &server, name, new), before, "{variable}");
            server.unset(variable).unset("GIT_CONFIG_NOSYSTEM");
        }
        // all at once
        ENVIRONMENT.iter().for_each(|(variable, value)| assert!(server.set(variable, value).path().is_dir()));
        server.set("HOME", &evil).set("GIT_CONFIG_GLOBAL", evil.join(".gitconfig"));
        assert_eq!(answer(&repo, &server, name, new), before);
        ENVIRONMENT.iter().for_each(|(variable, _)| assert!(server.unset(variable).path().is_dir()));
        server.unset("HOME").unset("GIT_CONFIG_GLOBAL");
    }
}

#[test]
fn replaced_objects_and_attributes_alter_no_byte() {
    let (repo, server) = scene();
    let before = answer(&repo, &server, "refs/heads/work", "work");
    let attributes = "* -diff -text binary merge=ours\n*.txt merge=union\n";
    server.write("info/attributes", attributes);
    assert_eq!(answer(&repo, &server, "refs/heads/work", "work"), before);
    for (of, by) in [("work", "main"), ("side", "main"), ("work^{tree}", "main^{tree}"), ("work:a.txt", "main:a.txt")] {
        server.git(&["replace", "-f", &repo.rev(of), &repo.rev(by)]).ok();
        assert_eq!(answer(&repo, &server, "refs/heads/work", "work"), before, "{of}");
    }
    // a weaker policy in place of the trusted one, too
    repo.git(&["switch", "-q", "-c", "weak", "main"]).ok();
    repo.write("policy.toml", OPEN_POLICY).commit_unjudged("weak");
    for what in ["", "^{tree}", ":policy.toml"] {
        server.git(&["replace", "-f", &repo.rev(&format!("main{what}")), &repo.rev(&format!("weak{what}"))]).ok();
        assert_eq!(answer(&repo, &server, "refs/heads/work", "work"), before, "{what}");
    }
}

#[test]
fn what_would_rewrite_history_is_refused_by_name() {
    let (repo, server) = scene();
    server.write("info/grafts", format!("{}\n", repo.rev("work")));
    let (status, _, words) = answer(&repo, &server, "refs/heads/work", "work");
    assert!(status == 2 && words.contains("`info/grafts` rewrites the history"), "{status} {words}");
    refused(&repo, &server, &["work"]).says("could not decide").says("info/grafts");
    server.remove("info/grafts").write("shallow", format!("{}\n", repo.rev("side")));
    let (status, _, words) = answer(&repo, &server, "refs/heads/work", "work");
    assert!(status == 2 && words.contains("is where this shallow clone ends"), "{status} {words}");
    server.write("shallow", "nonsense\n");
    assert_eq!(answer(&repo, &server, "refs/heads/work", "work").0, 2);
}

#[test]
fn a_namespace_is_no_way_round() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    repo.set("GIT_NAMESPACE", "elsewhere");
    refused(&repo, &server, &["work"]).says("could not decide").says("ref namespace `elsewhere`");
    repo.unset("GIT_NAMESPACE").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn no_program_of_any_path_is_run() {
    let (repo, server) = scene();
    let (bin, betrayed) = (repo.scratch().join("traps"), repo.scratch().join("betrayed"));
    std::fs::create_dir(&bin).unwrap();
    for name in ["git", "guard", "cat", "ssh-keygen", "gpg", "env", "sh", "printf", "test"] {
        repo.script(bin.join(name).to_str().unwrap(), format!("#!/bin/sh\necho {name} \"$@\" >> '{}'\n", betrayed.display()));
    }
    let lines = |new: &str| format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev(new));
    let (hook, after) = (server.file("hooks/pre-receive"), server.file("hooks/post-receive"));
    for legacy in [false, true] {
        if legacy {
            for name in ["pre-receive", "post-receive"] {
                server.script(format!("hooks/{name}.legacy"), "#!/bin/sh\nwhile read -r line; do :; done\n");
            }
        }
        for path in [bin.to_str().unwrap(), "", "/nonexistent"] {
            let push = |new: &str| {
                let lines = lines(new);
                server.set("PATH", path);
                let run = server.run_with(&hook, &[] as &[&str], lines.as_bytes());
                server.unset("PATH");
                run
            };
            push("work").rejected().says("error[file-limit]");
            push("main").ok();
            server.set("PATH", path);
            server.run_with(&after, &[] as &[&str], lines("main").as_bytes()).ok();
            server.unset("PATH");
        }
    }
    assert!(!betrayed.exists(), "{}", std::fs::read_to_string(&betrayed).unwrap());
}

#[test]
fn the_repository_s_own_configuration_is_the_administrator_s() {
    let (repo, server) = scene();
    server.git(&["config", "guard.maxCommits", "1"]).ok();
    let (status, _, words) = answer(&repo, &server, "refs/heads/work", "work");
    assert!(status == 2 && words.contains("guard.maxCommits"), "{words}");
}

#[test]
fn a_pushed_name_is_never_read_as_a_revision() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let (main, short) = (repo.rev("main"), &repo.rev("main")[..10]);
    repo.git(&["tag", "main", "work"]).ok();
    for name in [
        &main,
        short,
        "HEAD/x",
        "-x",
        "--all",
        "FETCH_HEAD",
        "origin/main",
        "heads/main",
        "refs",
        "a{b}",
        "$(touch${IFS}pwn)",
        ";id",
    ] {
        let refspec = format!("work:refs/heads/{name}");
        let text = refused(&repo, &server, &[&refspec]).err();
        assert!(text.contains("error[file-limit]: 6 files changed in this commit, 5 allowed"), "{name}: {text}");
    }
    assert_refused(&repo, &server, &["refs/tags/main:refs/tags/main"], "file-limit");
    assert_refused(&repo, &server, &["work:refs/heads/HEAD"], "file-limit").says("error[protected-ref]");
    assert!(!server.file("pwn").exists() && !repo.file("pwn").exists());
    // what is fine stays so under any of these names
    for name in [&main, short, "--all", "$(touch${IFS}pwn)"] {
        repo.git(&["push", "-q", "origin", &format!("{main}:refs/heads/{name}")]).ok();
    }
    assert_refused(&repo, &server, &["work"], "file-limit");
}
