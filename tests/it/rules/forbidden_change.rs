//! Kinds of change that an area forbids, or keeps for owners.

use super::*;

const RULE: &str = "forbidden-change";

fn strict() -> String {
    with_dev(
        "[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\
         [area.database]\npaths = [\"migrations/\"]\nforbid = [\"modify\", \"delete\"]\n\
         [area.generated]\npaths = [\"gen/\"]\nlines = ['@generated']\nforbid = [\"add\"]\n\
         [area.controls]\npaths = [\".github/\", \"**/.gitattributes\"]\nowners-only = true\n",
    )
}

fn repo() -> Repo {
    let repo = Repo::with_policy(&strict());
    repo.write("migrations/1.sql", numbered("create", 5)).write("migrations/2.sql", "two\n").write("gen/old", "old\n");
    repo.write(".github/ci.yml", "run: test\n").commit_unjudged("before");
    repo
}

/// The messages of the index's violations.
#[track_caller]
fn said(repo: &Repo) -> Vec<String> {
    let json = repo.json(&["check", "--staged"]);
    messages(&json, "index", RULE)
}

#[track_caller]
fn reset(repo: &Repo) {
    repo.git(&["reset", "-q", "--hard"]).ok();
}

#[test]
fn says_what_the_area_forbids() {
    let repo = repo();
    repo.write("migrations/1.sql", "edited\n").write("migrations/2.sql", "edited\n").write("x", "x\n").stage();
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[forbidden-change]: area `database` forbids to modify: `migrations/1.sql` and 1 more\n  \
           migrations/1.sql  migrations/2.sql\n  \
           policy.toml:12  forbid = [\"modify\", \"delete\"]    {place}\n  \
           help: take these paths out of the index\n  \
           next: git restore --staged -- migrations/1.sql migrations/2.sql\n"
    );
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "area `database` forbids to modify: `migrations/1.sql` and 1 more", "scope": "commit",
        "paths": ["migrations/1.sql", "migrations/2.sql"], "measured": null, "limit": null,
        "suite": null, "demanded": null, "found": null, "policy": at(&strict(), "forbid"),
        "help": "take these paths out of the index", "next": ["git restore --staged -- migrations/1.sql migrations/2.sql"],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    paste(&repo, &expected);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn what_is_not_forbidden_passes() {
    let repo = repo();
    repo.write("migrations/3.sql", "three\n").write("gen/old", "modified\n");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["nothing forbidden is changed"]);
    repo.remove("gen/old").stage();
    assert!(said(&repo).is_empty());
    repo.write("gen/new", "new\n").stage();
    assert_eq!(said(&repo), ["area `generated` forbids to add: `gen/new`"]);
}

#[test]
fn a_rename_is_a_delete_and_an_add() {
    let repo = repo();
    repo.git(&["mv", "migrations/1.sql", "migrations/9.sql"]).ok();
    assert_eq!(said(&repo), ["area `database` forbids to delete: `migrations/1.sql`"]);
    reset(&repo);
    repo.git(&["mv", "migrations/1.sql", "gen/1.sql"]).ok();
    let expected = ["area `database` forbids to delete: `migrations/1.sql`", "area `generated` forbids to add: `gen/1.sql`"];
    assert_eq!(said(&repo), expected);
    let json = repo.json(&["check", "--staged"]);
    paste(&repo, assert_violated(&json, "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
    reset(&repo);
    repo.git(&["mv", "a.txt", "migrations/a.sql"]).ok();
    assert!(said(&repo).is_empty());
}

#[test]
fn a_change_of_mode_type_or_submodule_pointer_is_a_modify() {
    let repo = repo();
    let modify = ["area `database` forbids to modify: `migrations/1.sql`"];
    repo.git(&["update-index", "--chmod=+x", "migrations/1.sql"]).ok();
    assert_eq!(said(&repo), modify);
    reset(&repo);
    repo.remove("migrations/1.sql").link("migrations/1.sql", "2.sql").stage();
    assert_eq!(said(&repo)[0], modify[0]);
    reset(&repo);
    let pointer = |oid: &str| format!("160000,{oid},migrations/module");
    repo.git(&["update-index", "--add", "--cacheinfo", &pointer(&repo.rev("HEAD"))]).ok();
    assert!(said(&repo).is_empty());
    repo.git(&["commit", "-q", "-m", "module"]).ok();
    repo.git(&["update-index", "--cacheinfo", &pointer(&repo.rev("HEAD"))]).ok();
    assert_eq!(said(&repo), ["area `database` forbids to modify: `migrations/module`"]);
}

#[test]
fn it_is_read_generously() {
    let repo = repo();
    for (path, area) in [("GEN/x", "`generated` forbids to add"), ("lib/.GitAttributes", "`controls` is for owners")] {
        repo.write(path, "x\n").stage();
        assert_eq!(said(&repo), [format!("area {area}: `{path}`")]);
        repo.git(&["rm", "-q", "-f", path]).ok();
    }
}

#[test]
fn a_link_is_looked_at_where_it_points_too() {
    let repo = repo();
    repo.link("door", "gen/old").stage();
    assert_eq!(said(&repo), ["area `generated` forbids to add: `door`"]);
    repo.guard(&["check", "--staged"]).rejected().says("`door` is a symbolic link to `gen/old`");
}

#[test]
fn a_line_is_of_the_kind_that_befell_its_file() {
    let repo = repo();
    repo.write("new.py", "# @generated\n").write("a.txt", "@generated in a file that was there\n").stage();
    assert_eq!(said(&repo), ["area `generated` forbids to add: `new.py`"]);
    repo.guard(&["check", "--staged"]).rejected().says("new.py:1  # @generated");
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn what_is_for_owners_is_for_nobody_else_whatever_is_done_to_it() {
    let repo = repo();
    let kept = ["area `controls` is for owners: `.github/ci.yml`"];
    repo.write(".github/ci.yml", "run: true\n").stage();
    assert_eq!(said(&repo), kept);
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "index", RULE)["policy"], at(&strict(), "owners-only"));
    reset(&repo);
    repo.git(&["mv", ".github/ci.yml", "ci.yml"]).ok();
    assert_eq!(said(&repo), kept);
    repo.author("boss@example.org");
    assert_eq!(words(&repo.json(&["check", "--staged"]), "index", RULE), ["satisfied"]);
    repo.author("stranger@example.org");
    assert_eq!(said(&repo), kept);
}

#[test]
fn what_is_forbidden_binds_owners_too() {
    let repo = repo();
    repo.author("boss@example.org").write("migrations/1.sql", "edited\n").stage();
    assert_eq!(said(&repo), ["area `database` forbids to modify: `migrations/1.sql`"]);
}

#[test]
fn an_owner_is_who_the_server_says_and_an_e_mail_before_a_commit_only() {
    let repo = repo();
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.author("boss@example.org").write(".github/ci.yml", "run: true\n").commit_unjudged("ci");
    let update = [("refs/heads/work", "", "HEAD")];
    assert_violated(&received(&repo, &server, &update), "commit", RULE);
    assert_violated(&repo.json(&["check"]), "commit", RULE);
    server.login("boss");
    assert_accepted(&received(&repo, &server, &update));
    repo.git(&["push", "-q", "origin", "work"]).rejected().says("area `controls` is for owners");
    repo.login("boss").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn where_nothing_is_forbidden_it_does_not_apply() {
    let no_area = Repo::with_policy(&with_dev("[area.a]\npaths = [\"a\"]\n"));
    no_area.write("x", "x\n");
    let json = staged(&no_area);
    assert_eq!(
        (words(&json, "index", RULE), reasons(&json, "index", RULE)),
        (vec!["not-applicable"], vec!["no area forbids anything here"])
    );
    let policy = with_dev(
        "[owners]\nemails = [\"boss@example.org\"]\n[area.a]\npaths = [\"a\"]\nowners-only = true\n[area.b]\npaths = [\"b\"]\nowners-only = false\n",
    );
    let kept = Repo::with_policy(&policy);
    kept.write("b", "b\n");
    assert_eq!(words(&staged(&kept), "index", RULE), ["satisfied"]);
    kept.author("boss@example.org");
    let json = staged(&kept);
    assert_eq!(words(&json, "index", RULE), ["not-applicable"]);
    assert_eq!(reasons(&json, "session", RULE), ["the commits are judged one by one"]);
}

#[test]
fn at_every_door_and_although_it_was_taken_back() {
    let repo = repo();
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("migrations/1.sql", "edited\n").commit_unjudged("edit");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/work", "", "HEAD")])] {
        assert_violated(&json, "commit", RULE);
        assert_eq!(words(&json, "session", RULE), ["not-applicable"]);
    }
    let json = repo.json(&["check"]);
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    assert!(
        block(&push.err(), RULE).starts_with("error[forbidden-change]: area `database` forbids to modify: `migrations/1.sql`\n")
    );
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    paste(&repo, assert_violated(&json, "commit", RULE));
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn what_cannot_be_told_leaves_it_undecided() {
    let repo = Repo::with_policy(&format!("{}[paths]\nsymlinks = \"allow\"\n", strict()));
    std::fs::File::create(repo.file("dump")).unwrap().set_len((64 << 20) + 1).unwrap();
    let json = staged(&repo);
    assert_eq!(json["decision"], "undecided");
    let because = "whether `dump` touches area `generated` can't be told: it is over 64 MiB, too large to be searched for lines";
    assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["indeterminate"], vec![because]));
    repo.git(&["rm", "-q", "-f", "dump"]).ok();
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], b"gen\0/old").ok().line();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{blob},door")]).ok();
    let json = repo.json(&["check", "--staged"]);
    let because = "where the symbolic link `door` points can't be told: the target of a symbolic link holds a NUL byte";
    assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["indeterminate"], vec![because]));
}
