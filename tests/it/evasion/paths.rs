//! Ways around a path.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// The staged change touches the guarded area and is rejected for it.
#[track_caller]
fn assert_touches(repo: &Repo) {
    let json = repo.stage().json(&["check", "--staged"]);
    assert_violated(&json, "index", "guarded-area");
    assert_eq!(judgement(&json, "index")["areas"], serde_json::json!(["middleware"]));
}

#[test]
fn rename_out_of_a_guarded_area() {
    let repo = guarded();
    repo.git(&["mv", "middleware/auth.py", "auth.py"]).ok();
    assert_touches(&repo);
}

#[test]
fn rename_into_a_guarded_area() {
    let repo = guarded();
    repo.git(&["mv", "a.txt", "middleware/a.txt"]).ok();
    assert_touches(&repo);
}

#[test]
fn another_case_of_a_guarded_directory() {
    let repo = guarded();
    repo.write("lib/MiddleWare/x.py", "x\n");
    assert_touches(&repo);
}

#[test]
fn a_decomposed_name_is_the_same_area() {
    let repo = Repo::with_policy(&STRICT_POLICY.replace("**/middleware/", "**/zwölf/"));
    repo.write("lib/zwo\u{308}lf/x.py", "x\n");
    assert_touches(&repo);
}

#[test]
fn a_name_that_only_looks_like_a_guarded_one() {
    let repo = guarded();
    repo.write("lib/middlew\u{430}re/x.py", "x\n"); // a Cyrillic letter
    assert_violated(&repo.stage().json(&["check", "--staged"]), "index", "safe-path");
}

#[test]
fn a_symbolic_link_in_place_of_a_guarded_directory() {
    let repo = guarded();
    repo.remove("middleware/auth.py").write("elsewhere/auth.py", "pass\n");
    std::fs::remove_dir(repo.file("middleware")).ok();
    repo.link("middleware", "elsewhere");
    assert_touches(&repo);
}

#[test]
fn a_symbolic_link_into_a_guarded_directory() {
    let repo = guarded();
    repo.link("door", "middleware/auth.py").stage();
    let json = repo.json(&["check", "--staged"]);
    assert_violated(&json, "index", "guarded-area");
    assert_violated(&json, "index", "safe-path");
}

#[test]
fn a_symbolic_link_out_of_the_repository() {
    let repo = guarded();
    repo.link("door", "../../etc/passwd").stage();
    assert_violated(&repo.json(&["check", "--staged"]), "index", "safe-path");
}

#[test]
fn a_chain_of_links_out_of_the_repository() {
    let repo = guarded();
    repo.link("up", "..").link("door", "up/secret").stage();
    assert_violated(&repo.json(&["check", "--staged"]), "index", "safe-path");
}

#[test]
fn a_submodule_in_place_of_a_guarded_directory() {
    let repo = guarded();
    let head = repo.rev("HEAD");
    repo.git(&["rm", "-q", "-r", "middleware"]).ok();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},middleware")]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_violated(&json, "index", "guarded-area");
}

#[test]
fn a_change_of_mode_alone() {
    let repo = guarded();
    std::fs::set_permissions(repo.file("middleware/auth.py"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_touches(&repo);
}

#[test]
fn a_change_of_type() {
    let repo = guarded();
    repo.remove("middleware/auth.py").link("middleware/auth.py", "../a.txt");
    assert_touches(&repo);
}

#[test]
fn a_deletion() {
    let repo = guarded();
    repo.remove("middleware/auth.py");
    assert_touches(&repo);
}

#[test]
fn paths_that_break_parsers_are_counted_and_named() {
    let repo = guarded();
    for name in [&b"new\nline"[..], b"quote\"d", b"tab\there", b"inv\xff\xfelid", b"-dash", b":(glob)**", b" lead", b"mid dleware"]
    {
        repo.write(name, "x\n");
    }
    let json = repo.stage().json(&["check", "--staged"]);
    assert_eq!(judgement(&json, "index")["files"], 8);
    let files = assert_violated(&json, "index", "file-limit");
    assert!(files["paths"].as_array().unwrap().contains(&serde_json::json!({"bytes": "aW52//5saWQ="})), "{files}");
    let text = repo.guard(&["check", "--staged"]).rejected();
    assert!(!text.out().contains("new\nline"));
    text.says("new\\nline");
}

#[test]
fn the_way_out_of_the_index_works_for_odd_paths_when_pasted() {
    let repo = guarded();
    for name in [&b"-a"[..], b"b c", b"d'e", b"f\"g", b":h", b"i*"] {
        repo.write(name, "x\n");
    }
    let json = repo.stage().json(&["check", "--staged"]);
    let next = assert_violated(&json, "index", "file-limit")["next"][0].as_str().unwrap().to_owned();
    repo.run("sh", &["-c", &next]).ok();
    assert_ne!(outcome(&repo.json(&["check", "--staged"]), "index", "file-limit"), "violated");
}

#[test]
fn a_guarded_line_in_a_file_outside_of_the_area() {
    let repo = guarded();
    repo.write("app.py", "app = App()\napp.add_middleware(Csrf)\n");
    assert_touches(&repo);
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("data.bin", b"\0\0\0\napp.add_middleware(Hidden)\n");
    assert_touches(&repo);
}

#[test]
fn two_guarded_lines_swapped() {
    let repo = guarded();
    repo.write("app.py", "a.add_middleware(A)\na.add_middleware(B)\n").commit_unjudged("two");
    repo.write("app.py", "a.add_middleware(B)\na.add_middleware(A)\n");
    assert_touches(&repo);
}
