//! `install.sh`: puts the program in whole or not at all, and touches nothing that isn't its own.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::support::*;

/// A guard that says which one it is, as a stand-in: building the real one in release mode takes minutes.
fn program(version: &str) -> String {
    format!("#!/bin/sh\necho 'guard {version}'\n")
}

/// A machine with a `cargo` that "builds" whatever lies in `built`.
struct Machine {
    repo: Repo,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { repo: Repo::new() };
        let cargo = "#!/bin/sh\n[ \"$1\" != -vV ] || exec cat host\n\
            while [ \"$1\" != -- ]; do case $1 in --profile) as=$2 ;; --target-dir) to=$2 ;; esac; shift; done\n\
            shift; [ \"$as\" != dev ] || as=debug\n\
            place=$to/${CARGO_BUILD_TARGET:+$CARGO_BUILD_TARGET/}$as\nmkdir -p \"$place\" && cp built \"$place/guard\" && echo \"$*\" >flags\n";
        machine.repo.script("tools/cargo", cargo);
        // the script itself, so that `cargo build` runs where `built` lies
        let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh")).unwrap();
        machine.repo.script("install.sh", script).script("built", program("1.2.3"));
        let mut path = machine.repo.file("tools").into_os_string();
        path.push(":/usr/local/bin:/usr/bin:/bin");
        machine.repo.set("PATH", path).set("CARGO_TARGET_DIR", machine.repo.scratch().join("target"));
        machine
    }

    fn install(&self, args: &[&str]) -> Run {
        self.repo.run(self.repo.file("install.sh"), args)
    }

    fn bin(&self, name: &str) -> PathBuf {
        self.repo.scratch().join("home/.local/bin").join(name)
    }

    fn installed(&self) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(self.bin("")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn installs_both_names_under_the_default_prefix() {
    let machine = Machine::new();
    machine.install(&[]).ok().says("installed guard 1.2.3").says("is not in PATH");
    assert_eq!(machine.installed(), ["git-guard", "guard"]);
    assert_eq!(machine.repo.run(machine.bin("git-guard"), &["--version"]).ok().line(), "guard 1.2.3");
    assert_eq!(std::fs::metadata(machine.bin("guard")).unwrap().mode() & 0o777, 0o755);
}

#[test]
fn static_links_everything_in_or_says_what_is_missing() {
    let machine = Machine::new();
    let flags = || std::fs::read_to_string(machine.repo.file("flags")).unwrap();
    machine.repo.write("host", "cargo 1.90.0\nhost: x86_64-unknown-linux-gnu\n");
    machine.repo.script("tools/cc", "#!/bin/sh\necho /usr/lib/libc.a\n");
    machine.install(&["--static"]).ok().says("installed guard 1.2.3");
    assert!(flags().contains("-C target-feature=+crt-static"), "{}", flags());
    machine.install(&[]).ok();
    assert_eq!(flags(), "\n", "and nothing else is");
    // What a compiler says of a file that it doesn't find.
    machine.repo.script("tools/cc", "#!/bin/sh\necho libc.a\n");
    machine.install(&["--static"]).undecided().says("libc.a, is missing").says("nothing was installed");
    machine.repo.write("host", "host: aarch64-apple-darwin\n");
    machine.install(&["--static"]).undecided().says("--static is for Linux, and this is aarch64-apple-darwin");
}

#[test]
fn a_profile_may_be_named() {
    let machine = Machine::new();
    machine.install(&["--profile", "small"]).ok().says("building guard, profile small").says("installed guard 1.2.3");
    assert!(machine.repo.scratch().join("target/small/guard").exists());
    machine.install(&["--profile", "dev"]).ok().says("building guard, profile dev").says("installed guard 1.2.3");
    machine.install(&["--profile"]).undecided().says("--profile wants a name");
}

#[test]
fn a_prefix_may_be_relative_and_hold_a_space() {
    let machine = Machine::new();
    machine.install(&["--prefix", "some where"]).ok();
    assert_eq!(machine.repo.run(machine.repo.file("some where/bin/guard"), &["--version"]).ok().line(), "guard 1.2.3");
}

#[test]
fn replaces_an_older_one_and_can_be_run_again() {
    let machine = Machine::new();
    machine.install(&[]).ok();
    machine.repo.script("built", program("1.3.0"));
    machine.install(&[]).ok().says("installed guard 1.3.0");
    assert_eq!(machine.installed(), ["git-guard", "guard"]);
}

#[test]
fn a_build_that_does_not_run_leaves_the_older_one() {
    let machine = Machine::new();
    machine.install(&[]).ok();
    machine.repo.script("built", "#!/bin/sh\nexit 1\n");
    machine.install(&[]).undecided().says("does not run").says("nothing was installed");
    assert_eq!(machine.installed(), ["git-guard", "guard"]);
    assert_eq!(machine.repo.run(machine.bin("guard"), &["--version"]).ok().line(), "guard 1.2.3");
}

#[test]
fn another_program_of_that_name_is_left_alone() {
    let machine = Machine::new();
    let other = "#!/bin/sh\necho 'Guard version 2.18'\n";
    machine.repo.script("prefix/bin/guard", other);
    machine.install(&["--prefix", "prefix"]).undecided().says("is another program");
    machine.install(&["--prefix", "prefix", "--uninstall"]).undecided().says("is another program");
    assert_eq!(std::fs::read_to_string(machine.repo.file("prefix/bin/guard")).unwrap(), other);
}

#[test]
fn uninstall_removes_what_was_installed_and_no_more() {
    let machine = Machine::new();
    machine.install(&[]).ok();
    std::fs::write(machine.bin("other"), "mine").unwrap();
    machine.install(&["--uninstall"]).ok().says("removed").says("guard uninstall");
    assert_eq!(machine.installed(), ["other"]);
    machine.install(&["--uninstall"]).ok().says("nothing to remove");
}

#[test]
fn says_which_tool_is_missing() {
    let machine = Machine::new();
    for (missing, present) in [("cargo", &["git", "cc"][..]), ("C compiler", &["git", "cargo"]), ("git", &["cargo", "cc"])] {
        let tools = machine.repo.scratch().join(format!("without {missing}"));
        std::fs::create_dir(&tools).unwrap();
        for tool in present.iter().chain(&["dirname", "cat", "sh"]) {
            std::os::unix::fs::symlink(if *tool == "cargo" { "/bin/true" } else { "/bin/sh" }, tools.join(tool)).unwrap();
        }
        std::fs::remove_file(tools.join("dirname")).unwrap();
        std::fs::write(tools.join("dirname"), "#!/bin/sh\necho .\n").unwrap();
        std::fs::set_permissions(tools.join("dirname"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        machine.repo.set("PATH", &tools);
        machine.repo.run("/bin/sh", &["install.sh"]).undecided().says(missing).says("missing");
    }
}

#[test]
fn an_unknown_option_is_refused() {
    let machine = Machine::new();
    machine.install(&["--prefx", "x"]).undecided().says("unknown option `--prefx`");
    machine.install(&["--help"]).ok().says("--uninstall");
}
