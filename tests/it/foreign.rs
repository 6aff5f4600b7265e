//! Two repositories with one policy, the same keys and the same content: what was said about one is worth nothing in the other, whoever asks, in
//! which checkout they ask, and whatever else lies there.

use std::cell::Cell;

use serde_json::Value;

use crate::support::*;

mod halts;
mod hooks;
mod records;
mod remembered;
mod waivers;
mod written;

/// In which of the two something was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Ours,
    Theirs,
}

/// Where a command is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// A clone with all of the history.
    Clone,
    /// A copy of the server, without a work tree.
    Bare,
    /// A CI's clone: the commits that it judges are there, and the root isn't.
    Shallow,
}

/// Where it can be told which repository this is.
const WHOLE: [Place; 2] = [Place::Clone, Place::Bare];

/// What a command makes of what was said.
#[derive(PartialEq, Eq, Debug)]
enum Answer {
    /// Believed.
    Counts,
    /// Not believed, and called another repository's.
    Foreign,
    /// Not believed.
    Nothing,
    /// Not decided, and the command that mends it is named.
    Unshallow,
    /// None of these.
    Strange(String),
}

/// Reads an answer by the words that a command has for what counts, and for what doesn't.
fn answer(run: &Run, counts: &str, nothing: &str) -> Answer {
    let text = format!("{}{}", run.out(), run.err());
    if text.contains("git fetch --unshallow") {
        Answer::Unshallow
    } else if text.contains("it is of another repository") {
        Answer::Foreign
    } else if text.contains(counts) {
        Answer::Counts
    } else if text.contains(nothing) {
        Answer::Nothing
    } else {
        Answer::Strange(text)
    }
}

/// Reads what an audit of one commit says of its proof.
fn audited(run: &Run) -> Answer {
    let report: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", run.out(), run.err()));
    let row = &report["commits"][0];
    let is_in = |list: &str| row[list].as_array().unwrap().iter().any(|rule| rule == "guarded-area");
    if is_in("violations") {
        Answer::Nothing
    } else if !is_in("indeterminate") {
        Answer::Counts
    } else if row["why"].as_str().is_some_and(|why| why.contains("this clone is shallow")) {
        Answer::Unshallow
    } else {
        Answer::Strange(row.to_string())
    }
}

/// Our repository, its server, and the other repository, whose root commit lies on our server as a branch `other`.
struct Scene {
    /// In which of them everything is said from now on.
    whose: Whose,
    ours: Repo,
    theirs: Repo,
    server: Repo,
    places: Cell<u32>,
}

impl Scene {
    fn new(whose: Whose) -> Self {
        let ours = Repo::new();
        fill(&ours);
        let server = ours.guarded_remote();
        let theirs = ours.sibling("theirs");
        theirs.git(&["init", "-q", "-b", "main", theirs.path().to_str().unwrap()]).ok();
        fill(&theirs);
        assert_eq!(ours.rev("work^{tree}"), theirs.rev("work^{tree}"), "they hold the same");
        assert_ne!(ours.rev("main~2"), theirs.rev("main~2"), "and each has a root of its own");
        let scene = Self { whose, ours, theirs, server, places: Cell::new(0) };
        scene.bring(&scene.ours, "work:refs/heads/work");
        scene.bring(&scene.theirs, "main~2:refs/heads/other");
        scene
    }

    /// Fetches into the server, past its hooks: whoever may push has some way to bring every object.
    fn bring(&self, from: &Repo, what: &str) {
        let (revision, to) = what.split_once(':').unwrap();
        let revision = if revision.contains('*') { revision.to_owned() } else { from.branch_at(revision) };
        self.server.git(&["fetch", "-q", from.path().to_str().unwrap(), &format!("{revision}:{to}")]).ok();
    }

    /// Where things are said.
    fn speaker(&self) -> &Repo {
        match self.whose {
            Whose::Ours => &self.ours,
            Whose::Theirs => &self.theirs,
        }
    }

    /// What the guard is told to write there stands on our server afterwards.
    fn say(&self, args: &[&str], key: &str) -> &Self {
        let key = self.ours.key(key).private;
        self.speaker().guard(&[args, &["--sign", key.to_str().unwrap()]].concat()).ok();
        self.bring(self.speaker(), "+refs/notes/guard/*:refs/notes/guard/*");
        self
    }

    /// The runner attests the suite on the tree of a revision.
    fn attested(&self, revision: &str) -> &Self {
        self.say(&["test", "integration", "--rev", revision], "ci")
    }

    /// A new checkout of our server, on `work`, with all notes that stand there.
    fn at(&self, place: Place) -> Repo {
        self.places.set(self.places.get() + 1);
        let there = self.ours.sibling(&format!("place{}", self.places.get()));
        let (server, path) = (self.server.path().display(), there.path().to_str().unwrap().to_owned());
        let options: &[&str] = match place {
            Place::Clone => &[],
            Place::Bare => &["--mirror"],
            Place::Shallow => &["--depth", "2", "--no-single-branch"],
        };
        let url = format!("file://{server}");
        self.ours.git(&[&["clone", "-q"], options, &[&url, &path]].concat()).ok();
        match place {
            Place::Bare => {}
            Place::Clone | Place::Shallow => {
                self.hear(&there);
                there.git(&["switch", "-q", "work"]).ok();
            }
        }
        there
    }

    /// Fetches the notes of our server.
    fn hear(&self, there: &Repo) {
        there.git(&["fetch", "-q", "origin", "+refs/notes/guard/*:refs/notes/guard/remotes/origin/*"]).ok();
    }
}

impl Repo {
    /// The full name of a branch that stands at a revision.
    fn branch_at(&self, revision: &str) -> String {
        let name = format!("refs/heads/at-{}", self.rev(revision));
        self.git(&["update-ref", &name, revision]).ok();
        name
    }
}

/// Three commits on `main` and one more on `work`, each of which touches the guarded middleware.
fn fill(repo: &Repo) {
    let key = |name: &str| repo.key(name).public;
    let policy = policy(&format!(
        "[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\
         [runner.ci]\nkeys = [\"{}\"]\n\
         [area.middleware]\npaths = [\"middleware/\"]\nrequires = [\"integration\"]\n\
         [suite.integration]\nrun = \"test -e ok\"\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"none\"\nland = \"attested\"\n\
         [halt]\non-failure = [\"integration\"]\n",
        key("boss"),
        key("ci")
    ));
    repo.write("policy.toml", policy).write("ok", "").write("middleware/a", "0\n").commit_unjudged("start");
    for (branch, content) in [("main", "1\n"), ("main", "2\n"), ("work", "3\n")] {
        repo.git(&["switch", "-q", "-C", branch]).ok();
        repo.write("middleware/a", content).commit_unjudged("the middleware");
    }
}

/// What commands answer in some places, a line each, as it is and as it should be: the same everywhere.
#[track_caller]
fn holds(places: &[Place], ask: impl Fn(Place) -> Vec<(&'static str, Answer)>, expected: &[Answer]) {
    let told = |place: &Place, name: &str, answer: &Answer| format!("{place:?}, {name}: {answer:?}\n");
    let (mut is, mut should) = (String::new(), String::new());
    for place in places {
        let seen = ask(*place);
        assert_eq!(seen.len(), expected.len(), "an answer for each");
        for ((name, answer), expected) in seen.iter().zip(expected) {
            is += &told(place, name, answer);
            should += &told(place, name, expected);
        }
    }
    assert!(is == should, "--- should be\n{should}--- is\n{is}");
}
