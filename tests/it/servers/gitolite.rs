//! gitolite over sshd: the account is whose key it was, `GL_USER`.

use super::*;

/// sshd on a free port that lets every variable of the client's in, and gitolite with the repository `shop` and two users.
fn gitolite(repo: &Repo) -> Server {
    let (directory, guard) = place();
    let (here, port) = (directory.path().to_owned(), port());
    let home = here.join("home");
    std::fs::create_dir(&home).unwrap();
    repo.set("HOME", &home);
    repo.run("gitolite", &["setup", "-a", "admin"]).ok();
    let base = home.join(".gitolite");
    std::fs::create_dir_all(base.join("keydir")).unwrap();
    for who in ["dev", "web"] {
        std::fs::write(base.join(format!("keydir/{who}.pub")), format!("{}\n", repo.key(who).public)).unwrap();
    }
    let conf = base.join("conf/gitolite.conf");
    let shop = "\nrepo shop\n    RW+ = dev web\n";
    std::fs::write(&conf, std::fs::read_to_string(&conf).unwrap() + shop).unwrap();
    repo.run(&guard, &["-C", home.to_str().unwrap(), "install", "--server=gitolite"]).ok();
    repo.run("gitolite", &["setup"]).ok();
    let shop = home.join("repositories/shop.git");
    let at = shop.to_str().unwrap();
    for (key, value) in [("guard.identity", "gitolite"), ("guard.required", "true")] {
        repo.git(&["-C", at, "config", key, value]).ok();
    }
    repo.git(&["-C", at, "-c", "core.hooksPath=/dev/null", "fetch", "-q", repo.path().to_str().unwrap(), "main:main"]).ok();
    repo.git(&["-C", at, "symbolic-ref", "HEAD", "refs/heads/main"]).ok();
    repo.unset("HOME");
    repo.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", here.join("host").to_str().unwrap()]).ok();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {here}/host\nPidFile {here}/pid\nAuthorizedKeysFile {home}/.ssh/authorized_keys\n\
         StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nAcceptEnv *\nSetEnv HOME={home}\n",
        here = here.display(),
        home = home.display()
    );
    std::fs::write(here.join("sshd.conf"), config).unwrap();
    if is_root() {
        // sshd's own; it goes with a restart of the machine.
        std::fs::create_dir_all("/run/sshd").unwrap();
    }
    let mut command = Command::new(find("sshd").unwrap());
    command.args(["-D", "-e", "-f"]).arg(here.join("sshd.conf"));
    start(directory, port, &mut command)
}

#[test]
fn whose_key_it_was_is_who_pushes() {
    if !is_there(&["gitolite", "sshd", "ssh"]) {
        return;
    }
    let repo = Repo::with_policy(POLICY);
    let server = gitolite(&repo);
    let user = repo.run("id", &["-un"]).ok().line();
    repo.git(&["remote", "add", "origin", &format!("ssh://{user}@127.0.0.1:{}/shop", server.port)]).ok();
    each_is_who_the_server_says(&repo, "gitolite", &|repo, who| {
        let key = repo.key(who).private;
        let sent = "-o SendEnv=GL_USER -o SendEnv=GUARD_* -o SendEnv=REMOTE_USER -o SetEnv=GIT_CONFIG_COUNT=0";
        let quiet = "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes";
        repo.set("GIT_SSH_COMMAND", format!("ssh {quiet} {sent} -i {}", key.display()));
    });
    let stranger = repo.key("stranger").private;
    repo.set(
        "GIT_SSH_COMMAND",
        format!(
            "ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o IdentitiesOnly=yes -i {}",
            stranger.display()
        ),
    );
    assert_ne!(repo.git(&["push", "origin", "dev:again"]).status, 0);
    assert!(server.directory().join("home/repositories/shop.git").is_dir());
}
