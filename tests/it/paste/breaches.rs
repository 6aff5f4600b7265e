//! How each rule is broken.

use super::doors::Judges;
use super::scene::Case;
use crate::support::*;

/// One way to break a rule.
pub struct Breach {
    /// The rule.
    pub rule: &'static str,
    /// Which way, where there are several.
    pub way: &'static str,
    /// Changes the work tree so, after whatever commits it takes.
    pub make: fn(&Case),
    /// What is done to the commit that holds it.
    pub after: Option<fn(&Case)>,
}

impl Breach {
    /// Whether there is such a thing before what judges that.
    pub fn is_tried_at(&self, judges: Judges) -> bool {
        judges == Judges::Commits || (self.after.is_none() && self.rule != "combined-change")
    }
}

const fn by(rule: &'static str, way: &'static str, make: fn(&Case)) -> Breach {
    Breach { rule, way, make, after: None }
}

/// So many lines.
fn lines(many: usize) -> String {
    (0..many).map(|n| format!("{n}\n")).collect()
}

/// Who it is, and how much.
pub const LIMITS: &[Breach] = &[
    by("file-limit", "a commit", |case| {
        case.repo.write_many("many", 6);
    }),
    by("file-limit", "a session", |case| {
        ["one", "two"].iter().for_each(|prefix| {
            case.repo.write_many(prefix, 3).commit_unjudged(prefix);
        });
        case.repo.write_many("three", 3);
    }),
    by("line-limit", "a commit", |case| {
        case.repo.write("long.txt", lines(50));
    }),
    by("line-limit", "a session", |case| {
        case.repo.write("long.txt", lines(38)).commit_unjudged("long");
        case.repo.write("longer.txt", lines(30));
    }),
    by("byte-limit", "a commit", |case| {
        case.repo.write("wide1.txt", "x".repeat(2500)).write("wide2.txt", "y".repeat(2500));
    }),
    by("byte-limit", "a session", |case| {
        case.repo.write("wide1.txt", "x".repeat(2500)).commit_unjudged("wide");
        case.repo.write("wide2.txt", "y".repeat(2500)).commit_unjudged("wide");
        case.repo.write("wide3.txt", "z".repeat(2500));
    }),
    by("area-limit", "", |case| {
        ["one", "two", "three"].iter().for_each(|area| {
            case.repo.write(format!("{area}/a"), "2\n");
        })
    }),
    by("file-size", "", |case| {
        case.repo.write("large.txt", "x".repeat(3500));
    }),
];

/// Where, and who.
pub const PLACES: &[Breach] = &[
    by("known-specialist", "", |case| {
        case.repo.author("stranger@example.org").login("stranger").write("b.txt", "1\n");
    }),
    by("identity", "a claim", |case| {
        case.repo.write("b.txt", "1\n").git(&["config", "guard.specialist", "backnd"]).ok();
    }),
    Breach {
        rule: "identity",
        way: "a signature",
        make: |case| {
            case.repo.write("b.txt", "1\n");
        },
        after: Some(forged),
    },
    by("scope", "", |case| {
        case.repo.write("webui/a", "2\n");
    }),
    by("forbidden-change", "", |case| {
        case.repo.write("migrations/a", "2\n");
    }),
    by("forbidden-change", "for owners", |case| {
        case.repo.write("controls/a", "2\n");
    }),
    by("policy-change", "", |case| {
        let policy = std::fs::read_to_string(case.repo.file("policy.toml")).unwrap();
        case.repo.write("policy.toml", policy.replace("commit = 4", "commit = 40"));
    }),
    by("policy-change", "broken", |case| {
        let policy = std::fs::read_to_string(case.repo.file("policy.toml")).unwrap();
        case.repo.write("policy.toml", policy.replace("max-files-per-commit", "max-flies-per-commit"));
    }),
    by("safe-path", "", |case| {
        case.repo.write("aux.c", "1\n");
    }),
];

/// The commit is signed, and then changed.
fn forged(case: &Case) {
    let repo = &case.repo;
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "--no-edit", "-S"]).ok();
    let raw = repo.git(&["cat-file", "commit", "HEAD"]).ok().out().replace("work", "else");
    let other = repo.run_with("git", &["hash-object", "-t", "commit", "-w", "--stdin"], raw.as_bytes()).ok().line();
    repo.git(&["-c", "core.hooksPath=/dev/null", "reset", "-q", "--soft", &other]).ok();
}

/// What has to be proven.
pub const PROOF: &[Breach] = &[
    by("guarded-area", "", |case| {
        case.repo.write("core/a", "2\n");
    }),
    by("suite-change", "", |case| {
        case.repo.write("tests/more.sh", "true\n");
    }),
    by("combined-change", "", |case| {
        let repo = &case.repo;
        repo.write("one/a", "2\n").stage();
        let key = format!("user.signingKey={}", repo.key("ops").private.display());
        let signed =
            ["-c", "core.hooksPath=/dev/null", "-c", &key, "commit", "-q", "-S", "-m", "ops", "--author=Ops <ops@example.org>"];
        repo.git(&signed).ok();
        repo.write("two/a", "2\n");
    }),
];

/// The project is halted: by an owner, with the base's tip proven, and everybody has heard of it.
pub const HALTED: &[Breach] = &[by("halted", "", |case| {
    let owner = case.owner();
    case.ci(&owner.rev("origin/main^{tree}"));
    owner.guard(&["halt", "--reason", "the pager rings", "--sign", "--push", "origin"]).ok();
    case.repo.write("b.txt", "1\n").git(&["fetch", "-q"]).ok();
})];

/// How a push moves what it may not: what is done before, and the arguments of `git push`.
pub struct Push {
    /// Which way.
    pub way: &'static str,
    /// What is done before.
    pub make: fn(&Repo),
    /// What is pushed.
    pub args: &'static [&'static str],
}

const fn pushed(way: &'static str, make: fn(&Repo), args: &'static [&'static str]) -> Push {
    Push { way, make, args }
}

fn nothing(_repo: &Repo) {}

/// All of `protected-ref`.
pub const PUSHES: &[Push] = &[
    pushed(
        "rewound",
        |repo| {
            repo.git(&["reset", "-q", "--hard", "HEAD~"]).ok();
        },
        &["--force", "HEAD:main"],
    ),
    pushed(
        "rewound, with work",
        |repo| {
            repo.git(&["reset", "-q", "--hard", "HEAD~"]).ok();
            repo.write("b.txt", "1\n").commit_unjudged("work");
        },
        &["--force", "HEAD:main"],
    ),
    pushed("deleted", nothing, &[":main"]),
    pushed("made of nothing", orphan, &["HEAD:refs/heads/release/1"]),
    pushed("made by a pattern", nothing, &["HEAD:refs/heads/release/1"]),
    pushed(
        "a second root",
        |repo| {
            orphan(repo);
            repo.git(&["switch", "-q", "work"]).ok();
            repo.git(&["-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-edit", "--allow-unrelated-histories", "orphan"]).ok();
        },
        &["HEAD:main"],
    ),
    pushed(
        "another root",
        |repo| {
            orphan(repo);
            let merge = ["-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-edit", "--allow-unrelated-histories", "main"];
            repo.git(&merge).ok();
        },
        &["HEAD:main"],
    ),
    pushed(
        "a moved tag",
        |repo| {
            repo.git(&["tag", "-f", "v1", "HEAD"]).ok();
        },
        &["--force", "v1"],
    ),
    pushed("a deleted tag", nothing, &[":refs/tags/v1"]),
    pushed("a ref of its own", nothing, &["HEAD:refs/own/x"]),
    pushed("a name taken for HEAD", nothing, &["HEAD:refs/heads/HEAD"]),
    pushed("a twin", nothing, &["HEAD:refs/heads/Main"]),
    pushed("a tag named as it", nothing, &["HEAD:refs/tags/main"]),
    pushed(
        "a tag in a branch",
        |repo| {
            repo.git(&["tag", "-a", "-m", "t", "t"]).ok();
            let tag = repo.rev("t");
            repo.git(&["update-ref", "refs/own/t", &tag]).ok();
        },
        &["t:refs/heads/t"],
    ),
    pushed("no commit", nothing, &["HEAD^{tree}:refs/tags/t"]),
    pushed("too many", nothing, &["HEAD:refs/heads/a", "HEAD:refs/heads/b", "HEAD:refs/heads/c", "HEAD:refs/heads/d"]),
    pushed(
        "evidence taken back",
        |repo| {
            repo.write("core/a", "2\n").stage().guard(&["test", "unit", "--sign", "--push", "origin"]).ok();
            repo.write("core/a", "3\n").stage().guard(&["test", "unit", "--sign", "--push", "origin"]).ok();
            repo.git(&["reset", "-q", "--hard"]).ok();
            repo.git(&["update-ref", "refs/notes/guard/dev", "refs/notes/guard/dev~"]).ok();
        },
        &["--force", "refs/notes/guard/dev"],
    ),
    pushed(
        "no note",
        |repo| {
            repo.git(&["update-ref", "refs/notes/guard/unsigned", "HEAD"]).ok();
        },
        &["refs/notes/guard/unsigned"],
    ),
];

fn orphan(repo: &Repo) {
    repo.git(&["switch", "-q", "--orphan", "orphan"]).ok();
    repo.write("b.txt", "1\n").commit_unjudged("orphan");
}
