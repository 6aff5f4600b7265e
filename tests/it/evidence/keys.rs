//! What `--sign` takes for a key, and what it says where there is none that signs.

use std::process::{Child, Command, Stdio};

use super::*;

/// A repository where `dev`'s record is signed.
fn started() -> Repo {
    let repo = Repo::new();
    let dev = repo.key("dev").public;
    let specialist = format!("\n[specialist.dev]\nemails = [\"author@example.org\"]\nkeys = [\"{dev}\"]\n");
    repo.write("policy.toml", suites(&[("s", "run = \"true\"")]).replace("[specialist.\"*\"]", "[specialist.other]") + &specialist);
    repo.commit_unjudged("start");
    repo
}

/// An agent, gone with this.
struct Agent(Child);

impl Agent {
    fn start(repo: &Repo) -> Self {
        let socket = repo.scratch().join("agent");
        let child = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn().unwrap();
        while !socket.exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        repo.set("SSH_AUTH_SOCK", socket);
        Self(child)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A signed run, with this key, or git's.
fn sign(repo: &Repo, key: Option<&str>) -> Run {
    repo.guard(&[&["test", "s", "--again", "--sign"], key.as_slice()].concat())
}

#[track_caller]
fn assert_signed(repo: &Repo) {
    let json = evidence(repo, &[]);
    let suite = &json["suites"][0];
    assert_eq!((&suite["by"], &suite["found"]), (&"specialist `dev`".into(), &"signed".into()), "whose own work it is");
}

#[test]
fn the_private_half_may_be_an_agent_s() {
    let repo = started();
    let key = repo.key("dev");
    let public = key.private.with_extension("pub");
    let moved = repo.scratch().join("elsewhere");
    std::fs::rename(&key.private, &moved).unwrap();
    sign(&repo, public.to_str()).undecided().says("`ssh-keygen` could not sign: ").says("ssh-add KEY");
    let _agent = Agent::start(&repo);
    sign(&repo, public.to_str()).undecided().says("`ssh-keygen` could not sign: ");
    repo.run("ssh-add", &["-q", moved.to_str().unwrap()]).ok();
    sign(&repo, public.to_str()).ok().says("recorded and signed");
    assert_signed(&repo);
    for configured in [format!("key::{}", key.public), key.public.clone(), public.to_str().unwrap().to_owned()] {
        repo.git(&["config", "user.signingKey", &configured]).ok();
        sign(&repo, None).ok().says("recorded and signed");
    }
}

#[test]
fn a_passphrase_is_asked_for_by_ssh_keygen_alone() {
    let repo = started();
    let key = repo.key("dev").private;
    let key = key.to_str().unwrap();
    repo.run("ssh-keygen", &["-q", "-p", "-P", "", "-N", "open sesame", "-f", key]).ok();
    let asks = |answer: &str| {
        repo.script("../ask", format!("#!/bin/sh\necho '{answer}'\n"));
        repo.set("SSH_ASKPASS", repo.scratch().join("ask")).set("SSH_ASKPASS_REQUIRE", "force").set("DISPLAY", ":0");
    };
    asks("open sesame");
    sign(&repo, Some(key)).ok();
    assert_signed(&repo);
    asks("open barley");
    sign(&repo, Some(key)).undecided().says("could not sign: ").says("incorrect passphrase").says_not("open barley");
    // without its public half beside it, what its file says openly will do
    std::fs::remove_file(repo.key("dev").private.with_extension("pub")).unwrap();
    asks("open sesame");
    sign(&repo, Some(key)).ok();
}

#[test]
fn what_can_t_sign_is_said_in_a_sentence() {
    let repo = started();
    let dev = repo.key("dev").private;
    repo.write("../junk", "no key\n").write("../junk.pub", "ssh-ed25519 AAAA\n");
    sign(&repo, Some("../junk")).undecided().says("no public key of OpenSSH");
    repo.remove("../junk.pub");
    sign(&repo, Some("../junk")).undecided().says("`../junk` is no key of OpenSSH").says("with `.pub` at the end");
    repo.git(&["config", "gpg.ssh.program", "/nowhere/ssh-keygen"]).ok();
    sign(&repo, dev.to_str()).undecided().says("there is no `/nowhere/ssh-keygen` to sign with").says("install OpenSSH");
    repo.script("../liar", "#!/bin/sh\nexit 0\n");
    repo.git(&["config", "gpg.ssh.program", repo.scratch().join("liar").to_str().unwrap()]).ok();
    sign(&repo, dev.to_str()).undecided().says("could not sign");
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).ok().out(), "", "nothing is recorded as signed that isn't");
}

#[test]
fn a_public_half_that_belongs_to_another_key_signs_nothing() {
    let repo = started();
    let other = repo.key("other").private;
    std::fs::write(other.with_extension("pub"), repo.key("dev").public).unwrap();
    // ssh-keygen may refuse it, or sign with the key that is there
    sign(&repo, other.to_str()).undecided();
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).ok().out(), "");
}

#[test]
fn an_expired_key_is_refused_before_anything_runs() {
    let repo = Repo::new();
    let dev = repo.key("dev");
    let keys = format!("keys = ['valid-before=\"2020-01-01T00:00:00Z\" {}']", dev.public);
    let tally = repo.scratch().join("tally");
    let table = format!("run = \"touch {}\"", tally.display());
    repo.write("policy.toml", suites(&[("s", &table)]) + &format!("\n[runner.ci]\n{keys}\n")).commit_unjudged("start");
    sign(&repo, dev.private.to_str()).undecided().says("what is signed now would not count").says("valid before 2020-01-01");
    assert!(!tally.exists());
}

#[test]
fn an_unsigned_line_in_a_signer_s_notes_is_no_signed_run() {
    let repo = started();
    repo.guard(&["test", "s"]).ok();
    let mine = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard"]).ok().line();
    repo.git(&["update-ref", "refs/notes/guard/dev", &mine]).ok();
    let key = repo.key("dev").private;
    repo.guard(&["test", "s", "--sign", key.to_str().unwrap()]).ok().says("recorded and signed").says_not("already passed");
    assert_signed(&repo);
}
