//! `git http-backend` behind Apache with basic authentication: the account is `REMOTE_USER`.

use super::*;

/// Apache on a free port, with `shop.git` and two users; nobody else is let in.
fn apache(repo: &Repo, open: bool) -> Server {
    let (directory, guard) = place();
    let (here, port) = (directory.path().to_owned(), port());
    let shop = here.join("root/shop.git");
    std::fs::create_dir(here.join("root")).unwrap();
    let at = shop.to_str().unwrap();
    repo.git(&["clone", "-q", "--bare", ".", at]).ok();
    for (key, value) in [("guard.identity", "http"), ("guard.required", "true"), ("http.receivepack", "true")] {
        repo.git(&["-C", at, "config", key, value]).ok();
    }
    repo.run(&guard, &["-C", at, "install", "--server"]).ok();
    for (flag, user) in [("-bc", "dev"), ("-b", "web")] {
        repo.run(find("htpasswd").unwrap(), &[flag, here.join("users").to_str().unwrap(), user, "secret"]).ok();
    }
    let backend = PathBuf::from(repo.git(&["--exec-path"]).ok().line());
    let user = if is_root() { "User www-data\nGroup www-data\n" } else { "" };
    let access = if open { "Require all granted" } else { "AuthType Basic\nAuthName git\nAuthUserFile users\nRequire valid-user" };
    let modules: String =
        ["mpm_prefork", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "cgi", "env"]
            .iter()
            .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
            .collect();
    let config = format!(
        "ServerRoot {here}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile pid\nErrorLog error.log\nMutex file:{here}\n{user}{modules}\
         SetEnv GIT_PROJECT_ROOT {here}/root\nSetEnv GIT_HTTP_EXPORT_ALL 1\nScriptAlias /git/ {backend}/git-http-backend/\n\
         <Directory {backend}>\nRequire all granted\n</Directory>\n<Location /git/>\n{access}\n</Location>\n",
        here = here.display(),
        backend = backend.display()
    );
    std::fs::write(here.join("apache.conf"), config).unwrap();
    if is_root() {
        repo.run("chown", &["-R", "www-data:www-data", here.to_str().unwrap()]).ok();
    }
    let conf = here.join("apache.conf");
    let mut command = Command::new(find("apache2").unwrap());
    command.args(["-D", "FOREGROUND", "-f"]).arg(conf).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    start(directory, port, &mut command)
}

fn url(server: &Server, who: &str) -> String {
    format!("http://{who}@127.0.0.1:{}/git/shop.git", server.port)
}

#[test]
fn who_apache_has_let_in_is_who_pushes() {
    if !is_there(&["apache2", "htpasswd"]) {
        return;
    }
    let repo = Repo::with_policy(POLICY);
    let server = apache(&repo, false);
    repo.git(&["remote", "add", "origin", &url(&server, "dev:secret")]).ok();
    for header in ["Remote-User: boss", "X-Remote-User: boss", "REMOTE_USER: boss", "X-Forwarded-User: boss"] {
        repo.git(&["config", "--add", "http.extraHeader", header]).ok();
    }
    each_is_who_the_server_says(&repo, "http", &|repo, who| {
        repo.git(&["remote", "set-url", "origin", &url(&server, &format!("{who}:secret"))]).ok();
    });
    repo.git(&["remote", "set-url", "origin", &url(&server, "dev:wrong")]).ok();
    assert_ne!(repo.git(&["push", "origin", "dev:again"]).status, 0);
}

#[test]
fn whom_nobody_has_authenticated_is_nobody() {
    if !is_there(&["apache2", "htpasswd"]) {
        return;
    }
    let repo = Repo::with_policy(POLICY);
    let server = apache(&repo, true);
    repo.git(&["remote", "add", "origin", &url(&server, "boss:secret")]).ok();
    repo.set("REMOTE_USER", "boss").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("api/a.txt", "x\n").commit_unjudged("as the author, dev's");
    let run = repo.git(&["push", "origin", "work"]).rejected();
    run.says("remote: guard: rejected for an unknown specialist").says("remote: error[known-specialist]");
}
