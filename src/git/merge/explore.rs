use super::*;
use std::process::Command;
fn git(repo: &str, args: &[&str]) -> (bool, String) {
    let o = Command::new("git")
        .args(["-c", "core.quotepath=false", "-c", "core.attributesFile=/dev/null", "-C", repo])
        .args(args)
        .env("GIT_ATTR_SOURCE", "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
        .output()
        .unwrap();
    (o.status.success(), String::from_utf8_lossy(&o.stdout).trim_end().to_owned())
}
#[test]
fn explore() {
    let Ok(path) = std::env::var("EXPLORE") else { return };
    let n = std::env::var("N").unwrap();
    let skip = std::env::var("SKIP").unwrap_or("0".into());
    let list = git(&path, &["rev-list", "--merges", "--max-count", &n, "--skip", &skip, "HEAD"]).1;
    let (mut equal, mut diff, mut conf, mut time) = (0, 0, 0, std::time::Duration::ZERO);
    let (mut clean_auto, mut auto_diff, mut autoconf, mut autoconf_git_clean) = (0, 0, 0, 0);
    for line in list.lines() {
        let merge = Oid::from_hex(line).unwrap();
        let repo = Repo::open_at(std::path::Path::new(&path));
        let c = repo.commit(merge).unwrap();
        let t = std::time::Instant::now();
        let walk = own(&repo, &c.parents, c.tree, 100_000);
        let spent = t.elapsed();
        time += spent;
        if spent.as_millis() > 1000 {
            println!("SLOW {line} {spent:?}");
        }
        let walk = match walk {
            Ok(w) => w,
            Err(e) => {
                println!("ERROR {line} {e}");
                continue;
            }
        };
        if c.parents.len() > 2 {
            println!("OCTOPUS {line} {} own {:?}", c.parents.len(), walk.deltas.iter().map(|d| &d.path).collect::<Vec<_>>());
            continue;
        }
        let (clean, tree) = git(
            &path,
            &["merge-tree", "--write-tree", "--allow-unrelated-histories", &c.parents[0].to_string(), &c.parents[1].to_string()],
        );
        let mine = walk
            .deltas
            .iter()
            .map(|d| {
                format!(
                    "{} {} {}",
                    d.old.map_or("0".repeat(40), |e| e.oid.to_string()),
                    d.new.map_or("0".repeat(40), |e| e.oid.to_string()),
                    String::from_utf8_lossy(d.path.as_bytes())
                )
            })
            .collect::<Vec<_>>();
        if !clean {
            conf += 1;
            if mine.is_empty() {
                println!("CONFLICT but nothing own {line}");
            }
        } else {
            let raw = git(&path, &["diff-tree", "-r", "--no-renames", "--abbrev=40", &tree, &c.tree.to_string()]).1;
            let theirs = raw
                .lines()
                .map(|l| {
                    let f: Vec<&str> = l.splitn(5, ' ').collect();
                    format!("{} {} {}", f[2], f[3], f[4].split('\t').nth(1).unwrap())
                })
                .collect::<Vec<_>>();
            if mine == theirs {
                equal += 1
            } else {
                diff += 1;
                println!("DIFF {line}\n  mine {mine:?}\n  git  {theirs:?}");
            }
        }
        if let Ok(a) = automatic(&repo, c.parents[0], c.parents[1]) {
            match (a, clean) {
                (Merged::Clean(t), true) if t.to_string() == tree => clean_auto += 1,
                (Merged::Conflicts(_), false) => autoconf += 1,
                (Merged::Conflicts(p), true) => {
                    autoconf_git_clean += 1;
                    println!("AUTOCONFLICT where git clean {line} {p:?}");
                }
                (a, c) => {
                    auto_diff += 1;
                    println!("AUTO {line} git clean {c} {tree} {a:?}");
                }
            }
        }
    }
    println!(
        "equal {equal} different {diff} conflicting {conf} time {time:?}; automatic: equal {clean_auto}, conflict too {autoconf}, conflict only here {autoconf_git_clean}, other {auto_diff}"
    );
}
