//! Random pushes to a real server, judged once by the guard's hooks and once by a slow model that is written from the contract alone
//! and shares no code with it: an in-memory graph of commits, refs, accounts, and a ledger.
//!
//! `GUARD_MODEL=20000` makes so many pushes, `GUARD_MODEL_SEED=7` begins with that scenario.
#![cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]

mod graph;
mod judge;
mod push;
mod server;
mod session;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use crate::support::*;
use graph::{POLICY, Tree};
use push::{Dice, Maker, Push};
use server::Server;
use world::World;

/// Pushes to one server, so that its ledger has something to add up.
const PUSHES: u64 = 60;

/// So many pushes where nobody says how many.
const DEFAULT: u64 = 300;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A clock that can be set ahead.
fn clock(repo: &Repo) -> PathBuf {
    preloaded("tests/it/server_model/clock.c", repo.scratch().join("clock.so"))
}

fn started(world: &mut World, repo: &Repo, shim: &std::path::Path) -> Server {
    let policy = world.policy();
    world.graph.policy = (policy.lines().count() as u64, policy.len() as u64);
    let mut server = Server::new(repo, policy, shim);
    let tree: Tree = [(POLICY, [1, 0, 0])].into_iter().chain((0..graph::PATHS).step_by(2).map(|path| (path, [1, 2, 0]))).collect();
    let start = server.commit(&mut world.graph, Vec::new(), tree, false);
    let id = world.graph.commits[start].id.clone();
    for name in ["refs/heads/main", "refs/heads/release/1", "refs/heads/plain"] {
        server.place(name, &id);
        world.refs.insert(name.to_owned(), start);
    }
    for (alias, target) in &world.links {
        server.bare.git(&["symbolic-ref", alias, target]).ok();
    }
    server
}

/// One server and its pushes; what was accepted and rejected, by rule.
fn scenario(seed: u64, pushes: u64, seen: &mut BTreeMap<String, u64>) {
    let mut dice = Dice(seed.wrapping_mul(7919).wrapping_add(1));
    for _ in 0..8 {
        dice.below(2);
    }
    let repo = Repo::new();
    let shim = clock(&repo);
    let mut world = World::random(&mut dice);
    let mut server = started(&mut world, &repo, &shim);
    for step in 0..pushes {
        world.minutes += 10 * dice.below(6) as i64;
        let push = Maker { world: &mut world, server: &mut server, dice: &mut dice }.push();
        let model = judge::judge(&world, &push);
        let guard = server.push(&world.graph, &push, world.minutes);
        let agree = if model.rules.contains("identity") {
            guard.rules.contains("identity") && !guard.accepted
        } else {
            guard.rules == model.rules
        };
        assert!(agree, "{}", difference(seed, step, &world, &push, (&model, &guard)));
        for rule in guard.rules.iter().map(String::as_str).chain(guard.accepted.then_some("accepted")) {
            *seen.entry(rule.to_owned()).or_default() += 1;
        }
        if guard.accepted {
            session::record(&mut world, &push, &model);
        }
    }
}

fn difference(seed: u64, step: u64, world: &World, push: &Push, (model, guard): (&judge::Verdict, &server::Answer)) -> String {
    let mut text = format!(
        "seed {seed}, step {step}, minute {}: the guard says {:?}, the model {:?}\nagain: GUARD_MODEL={} GUARD_MODEL_SEED={seed}\n\
         {push:?}\nthe guard:\n{}",
        world.minutes,
        guard.rules,
        model.rules,
        step + 1,
        guard.text
    );
    for one in &model.judged {
        let parents = &world.graph.commits[one.commit].parents;
        text += &format!("  commit {} on {parents:?} by {:?}: lone {} {:?}\n", one.commit, one.whose, one.lone, one.own);
    }
    for work in &model.works {
        text += &format!("  work of {:?} on {}: {:?}\n", work.whose, model.landings[work.landing].target, work.standing);
    }
    for (name, layers) in &world.layers {
        for layer in layers {
            text += &format!("  layer of {name} at {} ({}): {:?}\n", layer.tip, layer.minutes, layer.work);
        }
    }
    text + &format!("landed {:?}\nrefs {:?}\nlinks {:?}\n{}", world.landed, world.refs, world.links, world.policy())
}

#[test]
#[expect(clippy::print_stderr, reason = "whoever makes many pushes wants to see how far they are")]
fn a_server_agrees_with_a_model_of_it() {
    let (all, first) = (number("GUARD_MODEL", DEFAULT), number("GUARD_MODEL_SEED", 1));
    let (start, mut seen, mut made) = (Instant::now(), BTreeMap::new(), 0);
    for seed in first.. {
        if made >= all {
            break;
        }
        let pushes = PUSHES.min(all - made);
        scenario(seed, pushes, &mut seen);
        made += pushes;
        if all > DEFAULT {
            eprintln!("seed {seed}: {made} pushes in {:?}, no difference; {seen:?}", start.elapsed());
        }
    }
    eprintln!("{made} pushes in {:?}, seeds from {first}: {seen:?}", start.elapsed());
    for rule in ["accepted", "file-limit", "line-limit", "protected-ref", "guarded-area", "scope", "identity"] {
        assert!(all < DEFAULT || seen.contains_key(rule), "nothing says {rule}: {seen:?}");
    }
}
