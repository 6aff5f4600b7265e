//! Text, markdown, JSON; hostile names; closed pipes.

use std::io::Read as _;
use std::process::Stdio;

use super::*;

/// What a person may get to see: a branch, a path that can't be read, a suite that a message names.
const HOSTILE: &str = "|`<script>alert(1)</script>\u{202e}";

/// A branch of a hostile name with a commit whose message and whose path are hostile, too, and can't be read.
fn hostile() -> Repo {
    let repo = under(POLICY);
    repo.git(&["switch", "-q", "-c", HOSTILE]).ok();
    let tree = repo.rev("HEAD^{tree}");
    repo.write(format!("\u{1b}[31m{HOSTILE}"), "gone\n").stage();
    let blob = repo.git(&["ls-files", "-s", "--", "*script*"]).ok().line().split(' ').nth(1).unwrap().to_owned();
    repo.commit_unjudged(&format!("\u{1b}[2J# heading | @somebody\n\nIntegration-Tested: {HOSTILE} tree={tree}"));
    std::fs::remove_file(repo.file(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    repo
}

#[test]
fn what_is_hostile_is_shown_as_text_in_every_form() {
    let repo = hostile();
    let report = audit(&repo, &[HOSTILE]);
    assert_eq!(report["range"], HOSTILE);
    assert_eq!(report["commits"][1]["claims"], json!([HOSTILE]));
    assert_eq!(report["summary"]["undecided"], 1);
    for form in ["text", "json", "md", "html"] {
        let out = repo.guard(&["audit", "-v", "--format", form, HOSTILE]).ok().says("<script>").out();
        let hidden: Vec<char> = out.chars().filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}').collect();
        assert_eq!(hidden, Vec::<char>::new(), "{form}: {out}");
    }
    let page = repo.guard(&["audit", "--format", "md", HOSTILE]).ok().out();
    assert!(page.starts_with("# Audit of ``\\|`<script>alert(1)</script>\\u{202e}``\n"), "{page}");
    let row = page.lines().find(|line| line.contains("| ? | ? | ? |")).unwrap();
    let why = row.split(" | ``").nth(1).unwrap_or_else(|| panic!("no code span in {row}"));
    assert!(why.contains(r"\\u{1b}[31m\|`<script>") || why.contains(r"\u{1b}[31m\|`<script>"), "{why}");
    assert!(why.ends_with("`` |"), "{why}");
}

#[test]
fn text_says_the_whole_first_and_fits_a_terminal() {
    let repo = under(POLICY);
    repo.write_many("x", 4).commit_unjudged("four");
    for n in 0..25 {
        repo.write("middleware/a", format!("{n}\n")).commit_unjudged("again");
    }
    let out = repo.guard(&["audit"]).ok().out();
    assert!(out.starts_with("guard: audit of `HEAD` by main:policy.toml ("), "{out}");
    for part in [
        "\n27 commits, 26 break a rule, 25 touched a guarded area without evidence\n",
        "\nspecialist        commits  files  +lines  -lines  largest  guarded  breaking  claims  unproven\n",
        "\ndev                    26     29      29      24        4       25        26       0         -\n",
        "\nrules broken\n  guarded-area 25  file-limit 1\n",
        "\ncommits that break a rule\n",
        "\n  … 6 more (guard audit -v)\n",
    ] {
        assert!(out.contains(part), "no `{part}` in\n{out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    let all = repo.guard(&["audit", "-v"]).ok().says("  dev  4 files +4 -0: file-limit").out();
    assert_eq!(all.lines().filter(|line| line.ends_with(": guarded-area")).count(), 25);
    let quiet = repo.guard(&["audit", "-q"]).ok().out();
    assert!(quiet.lines().all(|line| line.starts_with("  ")), "{quiet}");
    assert!(repo.guard(&["audit", "--color", "always"]).ok().out().contains('\u{1b}'));
}

#[test]
fn markdown_has_tables() {
    let repo = under(POLICY);
    repo.write_many("x", 4).commit_unjudged("four");
    let page = repo.guard(&["audit", "--format", "md"]).ok().out();
    for part in
        ["# Audit of `HEAD`\n", "| `dev` | 1 | 4 | 4 | 0 | 4 | 0 | 1 | 0 | - |\n", " | `dev` | 4 | 4 | 0 | `file-limit` |\n"]
    {
        assert!(page.contains(part), "no `{part}` in\n{page}");
    }
}

#[test]
fn forms_of_an_audit_are_no_forms_of_a_judgement() {
    let repo = under(POLICY);
    repo.guard(&["check", "--format", "md"]).undecided().says("`md` and `html` are forms of an audit alone");
}

#[test]
fn a_closed_pipe_changes_no_status() {
    let repo = under(POLICY);
    for n in 0..50 {
        repo.write("middleware/a", format!("{n}\n")).commit_unjudged("again");
    }
    for form in ["text", "json", "md", "html"] {
        let mut command = repo.command(GUARD);
        let mut child =
            command.args(["audit", "-v", "--format", form]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((status.code(), said.as_str()), (Some(0), ""), "{form}");
    }
}
