//! Histories: branches and merges, with whatever a merger slips in.

use super::Scratch;
use crate::model::Oid;

impl Scratch {
    /// With a first commit of these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        scratch.commit_files(files);
        scratch
    }

    /// Writes files: path and content.
    pub fn files(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    /// Writes files, and commits what is in the work tree.
    pub fn commit_files(&self, files: &[(&str, &str)]) -> Oid {
        self.files(files);
        self.commit_all()
    }

    /// A branch at HEAD's commit or another's, checked out.
    pub fn branch(&self, name: &str, at: &str) {
        self.git(&["checkout", "-q", "-f", "-B", name, at]);
    }

    /// A root, a branch `side` of two, one more on `main`, the merge.
    pub fn merged() -> Self {
        let scratch = Self::with(&[("a", "1\n")]);
        scratch.branch("side", "main");
        scratch.commit_files(&[("b", "1\n")]);
        scratch.commit_files(&[("b", "2\n")]);
        scratch.branch("main", "main");
        scratch.commit_files(&[("a", "2\n")]);
        scratch.merge(&["side"], |_| {});
        scratch
    }

    /// The merge of branches into `main`, as it stands in the work tree after `edit`; a conflict is the editor's to settle.
    pub fn merge(&self, branches: &[&str], edit: impl FnOnce(&Self)) -> Oid {
        self.git(&["checkout", "-q", "-f", "main"]);
        let mut args = vec!["merge", "-q", "--no-commit", "--no-ff", "--allow-unrelated-histories"];
        args.extend(branches);
        self.try_git(&args);
        edit(self);
        self.conclude(branches)
    }

    /// Makes the last merge of two branches again, with other content.
    pub fn merge_again(&self, edit: impl FnOnce(&Self)) -> Oid {
        self.git(&["branch", "-f", "again", "main^2"]);
        self.git(&["reset", "-q", "--soft", "main^1"]);
        edit(self);
        self.conclude(&["again"])
    }

    fn conclude(&self, branches: &[&str]) -> Oid {
        self.git(&["add", "-A"]);
        let tree = self.git(&["write-tree"]);
        let mut args = vec!["commit-tree", "-m", "merge", &tree];
        for parent in ["main"].iter().chain(branches) {
            args.extend(["-p", parent]);
        }
        let commit = self.git(&args);
        self.git(&["reset", "-q", "--hard", &commit]);
        Oid::from_hex(&commit).unwrap()
    }
}

/// Lines `name 1` to `name n`.
pub fn lines(name: &str, n: usize) -> String {
    (1..=n).map(|i| format!("{name} {i}\n")).collect()
}
