use super::*;
use crate::evidence::fixtures::suite;
use crate::model::Oid;

struct Bench {
    top: tempfile::TempDir,
}

impl Bench {
    /// Directories of those names, beside `scratch` with the export in it.
    fn new(names: &[&str]) -> Self {
        let bench = Self { top: tempfile::tempdir().unwrap() };
        for name in names.iter().chain(&["scratch/tree"]) {
            std::fs::create_dir_all(bench.at(name)).unwrap();
        }
        bench
    }

    fn at(&self, name: &str) -> PathBuf {
        self.top.path().canonicalize().unwrap().join(name)
    }

    fn plan(&self, work_tree: Option<PathBuf>, hidden: &[&str], home: &str) -> std::result::Result<Plan, String> {
        let (scratch, export) = (self.at("scratch"), self.at("scratch/tree"));
        let place = Place {
            export: &export,
            scratch: &scratch,
            work_tree,
            hidden: Ok(hidden.iter().map(|name| self.at(name)).collect()),
            guard: None,
            tree: Oid::from_bytes(&[0x11; 20]).unwrap(),
            commit: None,
        };
        plan(&suite("s"), &place, &[("HOME".to_owned(), self.at(home).into_os_string())], Sandbox::Tree)
    }

    /// What lies over what, by their names here; /tmp and what is kept of it left out.
    fn covers(&self, plan: &Plan) -> Vec<(String, String)> {
        let name = |path: &OsString| {
            let inside = Path::new(path).strip_prefix(self.at("")).ok()?;
            (inside != Path::new("")).then(|| inside.to_str().unwrap().to_owned())
        };
        plan.covers.iter().filter_map(|cover| Some((name(&cover.source)?, name(&cover.target)?))).collect()
    }
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(source, target)| ((*source).to_owned(), (*target).to_owned())).collect()
}

#[test]
fn the_tree_lies_over_the_work_tree_and_nothing_over_the_rest() {
    let bench = Bench::new(&["work/.git", "other/.git", "home"]);
    let plan = bench.plan(Some(bench.at("work")), &["work", "work/.git", "other"], "home").unwrap();
    assert_eq!(bench.covers(&plan), pairs(&[("scratch/hidden-0", "other"), ("scratch/tree", "work")]));
    assert_eq!(plan.directory, bench.at("work").into_os_string());
    assert_eq!(std::fs::read_dir(bench.at("scratch/hidden-0")).unwrap().count(), 0);
}

#[test]
fn a_work_tree_within_another_has_its_place_and_nothing_around_it() {
    let bench = Bench::new(&["main/.git", "main/trees/work", "main/lib", "home"]);
    let plan = bench.plan(Some(bench.at("main/trees/work")), &["main", "main/.git", "main/trees/work"], "home").unwrap();
    assert_eq!(bench.covers(&plan), pairs(&[("scratch/hidden-0", "main"), ("scratch/tree", "main/trees/work")]));
    assert!(bench.at("scratch/hidden-0/trees/work").is_dir());
    assert_eq!(std::fs::read_dir(bench.at("scratch/hidden-0")).unwrap().count(), 1);
}

#[test]
fn without_a_work_tree_the_tree_stays_where_it_is() {
    let bench = Bench::new(&["server.git", "home"]);
    let plan = bench.plan(None, &["server.git"], "home").unwrap();
    let covers = pairs(&[("scratch/hidden-0", "server.git"), ("scratch/tree", "scratch/tree")]);
    assert_eq!(bench.covers(&plan), covers);
}

#[test]
fn what_everything_needs_is_not_hidden() {
    let bench = Bench::new(&["work/home", "main/home", "home"]);
    let why = |work_tree: &str, home: &str| bench.plan(Some(work_tree.into()), &[], home).unwrap_err();
    assert_eq!(why("/", "home"), "`/` would have to be hidden, and holds `/bin`");
    for (part, needed) in [("/etc", "/etc"), ("/usr", "/usr"), ("/proc", "/proc")] {
        assert_eq!(why(part, "home"), format!("`{part}` would have to be hidden, and holds `{needed}`"));
    }
    let work = bench.at("work");
    let home = |holds: &str| format!("`{holds}` would have to be hidden, and holds `HOME`, which the suite's `env` lists");
    for inside in ["work", "work/home"] {
        assert_eq!(why(work.to_str().unwrap(), inside), home(work.to_str().unwrap()));
    }
    let other = bench.plan(Some(work), &["main"], "main/home").unwrap_err();
    assert_eq!(other, home(bench.at("main").to_str().unwrap()));
}

#[test]
fn what_is_not_known_is_not_hidden_either() {
    let bench = Bench::new(&["work", "home"]);
    let gone = bench.plan(Some(bench.at("gone")), &[], "home").unwrap_err();
    assert!(gone.contains("can't be found"), "{gone}");
}
