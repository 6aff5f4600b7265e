//! A policy and verdicts to show: the sample of the design.

use crate::facts::SubjectKind;
use crate::identity::{Actor, Source};
use crate::model::{Bounds, Oid, RepoPath, Totals};
use crate::policy::Level;
use crate::policy::Stage;
use crate::policy::{
    Cited, Count, EvidenceLevels, Limits, Owners, PathRules, Policy, PolicySource, Position, RefPatterns, RefRules, Submodules,
    Symlinks,
};
use crate::verdict::{Judgement, Measured, Outcome, Verdict, Violation, ViolationScope};

pub fn oid(start: &str) -> Oid {
    Oid::from_hex(&format!("{start:0<40}")).unwrap()
}

pub fn policy() -> Policy {
    let mut text = "\n".repeat(13) + "max-files-per-commit  = 10\n";
    text += &("\n".repeat(16) + "  requires = [\"integration\"]\nallowed = [" + &"\"a-long-name/\", ".repeat(20) + "]\n");
    Policy {
        free: None,
        session: crate::policy::Session { window: std::time::Duration::ZERO, at: crate::policy::Position::default() },
        source: PolicySource {
            name: "main:policy.toml".to_owned(),
            commit: Some(oid("1a2b3c4d")),
            blob: Some(oid("b10b")),
            trusted: true,
        },
        text,
        base: None,
        protected: None,
        owners: Owners::default(),
        defaults: Limits::default(),
        specialists: Vec::new(),
        areas: Vec::new(),
        suites: Vec::new(),
        runners: Vec::new(),
        combined: None,
        halt: crate::policy::Halt::default(),
        evidence: EvidenceLevels {
            commit: (Level::Recorded, None),
            branch: (Level::Claimed, None),
            land: (Level::Attested, None),
            each_commit: false,
            max_age: None,
            independent: true,
        },
        count: Count::default(),
        paths: PathRules { portable: true, symlinks: Symlinks::Inside, submodules: Submodules::Allow },
        refs: RefRules {
            allowed: RefPatterns { patterns: Vec::new() },
            immutable: None,
            max_per_push: Cited { value: 50, at: Position::default() },
        },
    }
}

pub fn actor(name: &str) -> Actor {
    Actor {
        name: Some(name.to_owned()),
        entry: Some(name.to_owned()),
        owner: false,
        source: Source::Email,
        said: vec![(Source::Email, "gateway@agents.example".to_owned()), (Source::Branch, "agent/backend/x".to_owned())],
        conflict: None,
    }
}

pub fn judgement(kind: SubjectKind, by: &str, outcomes: Vec<(&'static str, Outcome)>) -> Judgement {
    Judgement {
        kind,
        commit: None,
        reference: None,
        tree: Some(oid("9f2c11e7")),
        actor: Some(actor(by)),
        totals: Totals {
            files: 17,
            insertions: Bounds::exact(292_900),
            deletions: Bounds::exact(286_373),
            inserted_bytes: Bounds::exact(9),
        },
        areas: ["middleware".to_owned(), "auth".to_owned()].into(),
        outcomes,
    }
}

pub fn violation(message: &str, paths: &[&[u8]]) -> Violation {
    Violation { paths: paths.iter().map(|p| RepoPath::new(*p)).collect(), ..Violation::of(ViolationScope::Commit, message) }
}

pub fn file_limit() -> Violation {
    let names: Vec<String> = (0..14).map(|n| format!("webui/pages/page-{n:02}.ts")).collect();
    let mut paths: Vec<&[u8]> = vec![b"api/csrf.py", b"api/profile.py", b"webui/hooks.ts"];
    paths.extend(names.iter().map(String::as_bytes));
    Violation {
        measured: Some(Measured::Exact(17)),
        limit: Some(10),
        policy: Some(Position { line: 14, column: 1 }),
        help: "take 7 out of the index".to_owned(),
        next: vec!["git restore --staged webui/hooks.ts".to_owned()],
        ..violation("17 files changed in this commit, 10 allowed", &paths)
    }
}

pub fn guarded_area() -> Violation {
    Violation {
        details: vec!["api/main.py:48  app.add_middleware(CSRFMiddleware)".to_owned()],
        suite: Some("integration".to_owned()),
        demanded: Some(Level::Recorded),
        found: Some(Level::None),
        policy: Some(Position { line: 31, column: 3 }),
        next: vec!["guard test integration".to_owned()],
        ..violation("area `middleware` touched, suite `integration` not proven on this tree", &[b"api/main.py"])
    }
}

pub fn rejected() -> Verdict {
    let name = "backend-gateway-expert";
    let index = vec![
        ("known-specialist", Outcome::Satisfied("the policy names them".to_owned())),
        ("file-limit", Outcome::Violated(vec![file_limit()])),
        ("guarded-area", Outcome::Violated(vec![guarded_area()])),
    ];
    let session = vec![("file-limit", Outcome::NotApplicable("no limit".to_owned()))];
    Verdict::of(Stage::Commit, vec![judgement(SubjectKind::Index, name, index), judgement(SubjectKind::Session, name, session)])
}
