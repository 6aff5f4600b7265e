//! What a signature stands under is what `git verify-commit` takes it to stand under.

use super::*;

/// Whether git believes HEAD's signature to be api's.
fn git_believes(repo: &Repo) -> bool {
    let file = repo.scratch().join("allowed-signers");
    std::fs::write(&file, format!("api@example.org {}\n", repo.key("api").public)).unwrap();
    let signers = format!("gpg.ssh.allowedSignersFile={}", file.display());
    repo.git(&["-c", &signers, "verify-commit", "HEAD"]).status == 0
}

/// What the guard refuses and git doesn't: anything but one signature alone, in the form that `ssh-keygen` writes, which passes over spaces
/// within the armour and over everything behind it; and a commit whose headers are in an order that no git writes.
const STRICTER: [&str; 3] = ["a space within", "text behind the signature", "twice"];

/// `payload` with a signature of api's in its headers, in ways that git might write, and in others.
fn variants(repo: &Repo, payload: &str) -> Vec<(&'static str, String)> {
    let own = header("gpgsig", &repo.key("api").sign("git", payload));
    let sha256 = header("gpgsig-sha256", &repo.key("web").sign("git", payload));
    let unknown = "gpgsigx a\n b\n";
    let all = [
        ("signed", own.clone()),
        ("another format behind", format!("{own}{sha256}")),
        ("another format before", format!("{sha256}{own}")),
        ("an unknown one behind", format!("{own}{unknown}")),
        ("an unknown one before", format!("{unknown}{own}")),
        ("text behind the signature", format!("{own} more\n")),
        ("an unsigned header", format!("{own}x y\n")),
        ("a space more", own.replacen("gpgsig ", "gpgsig  ", 1)),
        ("a space less", own.replacen("gpgsig ", "gpgsig", 1)),
        ("a space within", own.replacen("\n ", "\n  ", 1)),
        ("another format alone", sha256),
        ("twice", own.repeat(2)),
    ];
    let mut all: Vec<(&str, String)> = all.into_iter().map(|(name, headers)| (name, with_headers(payload, &headers))).collect();
    all.push(("not at the end", payload.replacen("\ncommitter", &format!("\n{own}committer"), 1)));
    all.push(("unsigned", payload.to_owned()));
    all
}

#[test]
fn git_and_the_guard_agree_about_what_is_signed() {
    let (repo, server) = signing();
    repo.write("api/a.txt", "a\n").commit_unjudged("api's\n\ngpgsig in the message\n");
    let plain = raw(&repo);
    let encoded = with_headers(&plain, "encoding ISO-8859-1\nmergetag object 1\n gpgsig x\n");
    let (empty, bare) = (format!("{}\n\n", plain.split_once("\n\n").unwrap().0), plain.trim_end().to_owned());
    let (mut believed, mut differ) = (0, std::collections::BTreeSet::new());
    for payload in [&plain, &encoded, &empty, &bare] {
        for (name, commit) in variants(&repo, payload) {
            put(&repo, &commit);
            let json = received(&repo, &server);
            let ours = json["judgements"].get(0).is_some_and(|j| j["specialist"]["source"] == "signature:commit");
            let theirs = git_believes(&repo);
            assert!(theirs || !ours, "only the guard believes `{name}`:\n{commit}");
            if ours != theirs {
                assert_ne!(json["decision"], "accepted", "{json:#}");
                differ.insert(name);
            }
            believed += u32::from(ours);
        }
    }
    assert_eq!(differ.into_iter().collect::<Vec<_>>(), STRICTER);
    assert!(believed >= 20, "{believed}");
}
