//! Many at once, and some killed: no budget is overspent, no push is lost, the ledger is whole.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;

const PUSHERS: usize = 8;
const REFS: usize = 4;
/// `GUARD_STRESS=200` for what is promised; as many as take a CI some ten seconds else.
const PUSHES: usize = 12;
/// Files that each account may have in work; `GUARD_STRESS_BUDGET` for more.
const BUDGET: usize = 6;

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn budget() -> usize {
    number("GUARD_STRESS_BUDGET", BUDGET)
}

fn pushes() -> usize {
    number("GUARD_STRESS", PUSHES)
}

fn policy(budget: usize) -> String {
    let entry = |n: usize| format!("[specialist.s{n}]\nusers = [\"u{n}\"]\n");
    let entries: String = (0..PUSHERS / 2).map(entry).collect();
    format!("version = 1\nbase = \"main\"\n[defaults]\nmax-files-per-session = {budget}\n{entries}")
}

/// A line for whoever asks (`--nocapture`).
#[expect(clippy::print_stderr, reason = "what was measured is worth a line")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// A server that waits long, as a busy machine takes its time.
fn server(repo: &Repo) -> Repo {
    let server = repo.guarded_remote();
    server.git(&["config", "guard.deadline", "120s"]).ok();
    server.git(&["config", "receive.autogc", "false"]).ok();
    server
}

/// One push of a file of its own on top of what the branch holds, as a script: prints `ok`, `budget`, `raced` or what else was said.
fn script(pusher: usize, pushes: usize) -> String {
    format!(
        "account=u{0}; refs={REFS}; export {ACCOUNT}=$account\n\
         n=0; while [ $n -lt {pushes} ]; do n=$((n + 1)); ref=b$((($n + {pusher}) % $refs)); tries=0\n\
           while :; do tries=$((tries + 1))\n\
             git fetch -q origin 2>/dev/null; git reset -q --hard $(git rev-parse -q --verify origin/$ref || git rev-parse origin/main)\n\
             echo {pusher} $n $tries >f{pusher}-$n; git add -A; git commit -q -m {pusher}-$n\n\
             said=$(git push origin HEAD:refs/heads/$ref 2>&1) && {{ echo ok $ref {pusher}-$n; break; }}\n\
             case $said in\n\
               *'error[file-limit]'*) echo budget $ref {pusher}-$n; break;;\n\
               *'is not what the push says'*|*'fetch first'*|*'non-fast-forward'*|*'cannot lock ref'*|*'failed to update ref'*|*'incorrect old value'*)\n\
                 [ $tries -lt 200 ] && continue; echo lost $ref {pusher}-$n; break;;\n\
               *) echo \"else $said\"; break;;\n\
             esac\n\
           done\n\
         done\n",
        pusher % (PUSHERS / 2)
    )
}

/// Two pushers share an account, each works on every ref in turn.
fn start(repo: &Repo, pushes: usize) -> Vec<Child> {
    let clones: Vec<Repo> = (0..PUSHERS).map(|n| repo.clone_from_server(&format!("clone{n}"))).collect();
    let start = |(n, clone): (usize, &Repo)| {
        let mut command: Command = clone.command("sh");
        command.args(["-c", &script(n, pushes)]).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    clones.iter().enumerate().map(start).collect()
}

/// How many files each account has on the refs that are not main: what counts, told by git alone.
fn spent(server: &Repo) -> BTreeMap<String, usize> {
    let mut spent: BTreeMap<String, usize> = BTreeMap::new();
    let mut files: Vec<String> = Vec::new();
    for n in 0..REFS {
        let names = server.git(&["diff", "--name-only", "main", &format!("b{n}")]);
        files.extend(names.out().lines().map(str::to_owned));
    }
    files.sort();
    files.dedup();
    for file in files {
        let pusher: usize = file.trim_start_matches('f').split('-').next().unwrap().parse().unwrap();
        *spent.entry(format!("u{}", pusher % (PUSHERS / 2))).or_default() += 1;
    }
    spent
}

#[test]
fn eight_pushers_on_four_refs_spend_no_budget_twice_and_lose_nothing() {
    let repo = Repo::with_policy(&policy(budget()));
    let server = server(&repo);
    let pushes = pushes();
    let (began, mut said) = (std::time::Instant::now(), String::new());
    for child in start(&repo, pushes) {
        said.push_str(&String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap());
    }
    let count = |word: &str| said.lines().filter(|line| line.starts_with(word)).count();
    let (ok, over) = (count("ok "), count("budget "));
    note(&format!("{pushes} pushes each: {ok} taken, {over} over the budget, {:.1} s", began.elapsed().as_secs_f64()));
    assert_eq!(ok + over, PUSHERS * pushes, "{said}");
    let all = entries(&server);
    assert_eq!(all.len(), ok, "every push that was taken is there, once");
    assert!(all.iter().all(|entry| entry["reconciled"] == false));
    assert_eq!(left(&server), 0);
    // Each account has spent exactly what it has: everybody asked for more.
    for (account, files) in spent(&server) {
        assert_eq!(files, budget().min(2 * pushes), "{account} has {files} files: {said}");
    }
    for line in said.lines().filter_map(|line| line.strip_prefix("ok ")) {
        let (name, file) = line.split_once(' ').unwrap();
        server.git(&["cat-file", "-e", &format!("{name}:f{file}")]).ok();
    }
    server.git(&["fsck", "--full", "--strict"]).ok();
}

/// The processes of this machine that work on that server.
fn working_on(server: &Repo) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let here = std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == server.path());
        let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        if here && (name.starts_with("git") || name.starts_with("guard")) {
            found.push(pid);
        }
    }
    found.sort_unstable();
    found
}

/// Kills one of them, if there is one; `seed` chooses.
fn kill_one(server: &Repo, seed: usize) -> bool {
    let found = working_on(server);
    let Some(pid) = found.get(seed % found.len().max(1)) else { return false };
    Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn killed_at_any_instant_the_next_push_is_judged_rightly_and_the_ledger_is_whole() {
    let repo = Repo::with_policy(&policy(BUDGET));
    let server = server(&repo);
    repo.login("u0");
    let (mut killed, mut seed) = (0, 1_usize);
    let (rounds, mut stood) = (2 * pushes(), 0);
    for round in 0..rounds {
        branch(&repo, &format!("r{round}"), BUDGET - 2);
        let name = format!("r{round}");
        let mut push = repo.command("git").args(["push", "-q", "origin", &name]).stderr(Stdio::null()).spawn().unwrap();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // From when the server has begun, at any instant until it has ended.
        while push.try_wait().unwrap().is_none() && working_on(&server).is_empty() {}
        std::thread::sleep(Duration::from_millis((seed >> 33) as u64 % 160));
        killed += usize::from(kill_one(&server, seed >> 20));
        push.wait().unwrap();
        settled(&server);
        let taken = server.git(&["rev-parse", "-q", "--verify", &name]).status == 0;
        stood += usize::from(taken);
        // What stands is spent, what doesn't isn't: the next push is judged by exactly that.
        branch(&repo, &format!("n{round}"), 3);
        let next = repo.git(&["push", "origin", &format!("n{round}")]);
        assert_eq!(next.status, i32::from(taken), "round {round}, taken: {taken}\n{}", next.err());
        // Everything lands, so that the next round begins anew.
        repo.git(&["switch", "-q", "main"]).ok();
        repo.git(&["merge", "-q", "--no-ff", "-m", "land", if taken { name.as_str() } else { "main" }]).ok();
        if !taken {
            repo.git(&["merge", "-q", "--no-ff", "-m", "land", &format!("n{round}")]).ok();
        }
        repo.git(&["push", "-q", "origin", "main"]).ok();
    }
    note(&format!("{rounds} rounds, {killed} killed, {stood} of these pushes stood"));
    assert!(killed > rounds / 8, "{killed} of {rounds}");
    assert_eq!(left(&server), 0);
    let recorded: Vec<String> = entries(&server)
        .iter()
        .flat_map(|entry| entry["updates"].as_array().unwrap().clone())
        .map(|u| u["ref"].to_string())
        .collect();
    for name in server.git(&["for-each-ref", "--format=%(refname)", "refs/heads/r*", "refs/heads/n*"]).ok().out().lines() {
        assert_eq!(recorded.iter().filter(|one| **one == format!("\"{name}\"")).count(), 1, "{name}");
    }
}

/// Waits until nobody works on the server any more: what was killed may leave children that end by themselves.
fn settled(server: &Repo) {
    let place = server.path().to_str().unwrap().to_owned();
    let busy = || {
        std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let here = std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.to_str() == Some(&place));
            let state = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            here && !state.contains(") Z ")
        })
    };
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while busy() && std::time::Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    // A push that was killed may have left git's own lock on its branch.
    for lock in walk(&server.file("refs/heads")) {
        if lock.extension().is_some_and(|end| end == "lock") {
            std::fs::remove_file(lock).unwrap();
        }
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect()
}
