//! The policy: who may change what, how much, and what must be proven first. Valid by construction: a `Policy` exists only
//! when every key was understood and every reference resolves.
//!
//! # The file
//!
//! `policy.toml` stands at the root of the repository. It is read from the base branch (or from the file that the server's
//! administrator names), never from the change that is judged. Every key but `version` may be left out; what is absent isn't
//! demanded. `guard policy check` says what is wrong (status 2, with line and caret) or weak (status 1; a mere notice, such as a
//! limit that nobody set, is 0), `guard policy show` prints the policy in force with its defaults, `guard policy diff` what an edit
//! means rule by rule, `guard policy schema` a JSON Schema for editors.
//!
//! ```toml
//! version = 1
//! base = "main"                       # default: the repository's default branch
//! protected = ["main", "release/*"]   # can't be deleted or rewound; default: base
//!
//! [owners]                            # who may change this file
//! users = ["alice"]                   # accounts, as the server authenticates them
//! emails = ["alice@example.org"]      # believed before a commit only
//! keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOk3Bi2MdF8ld7BvFGImL/1RllTT8FBYuwmonStAHWdj alice"]
//!
//! [defaults]                          # limits, inherited key by key; each says what still passes
//! max-files-per-commit = 10
//! max-files-per-session = 10
//! max-lines-per-commit = 500          # insertions + deletions
//! max-areas-per-session = 2
//! max-bytes-per-commit = "200 KiB"    # B, KiB, MiB, GiB, or a plain number of bytes
//! max-file-size = "1 MiB"
//!
//! [specialist.backend]
//! users = ["backend-bot"]
//! keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0eqRlhpLQQzE0o+m1mfTF9p6DJRO/2OQxUm8BoLvB7 backend"]
//! emails = ["backend@agents.example"]
//! branches = ["agent/backend/**"]
//! allowed = ["api/", "tests/api/"]    # absent: everywhere
//! prohibited = ["webui/", "area:auth"]
//!
//! [specialist."*"]                    # whom no other entry names; without it they are rejected
//! max-files-per-commit = 3
//!
//! [area.auth]
//! paths = ["**/auth/", "**/csrf*"]
//! lines = ['\.login\s*\(']            # a change in the matching lines of any file touches the area, too
//! forbid = ["delete"]                 # add, modify, delete
//! requires = ["login-flow"]           # suites that must have passed on the very tree
//! affects = []                        # areas whose demands a touch here adds
//!
//! [suite.login-flow]
//! run = "pytest -q tests/login --junitxml=report.xml"
//! files = ["tests/login/", "**/conftest.py"] # what it is made of; a change of them must pass with the base's, too
//! timeout = "15m"                     # s, m, h, d; default 15m
//! junit = "report.xml"
//! min-tests = 1                       # these two need `junit`
//! max-skipped = 0
//! env = ["PATH"]                      # the default
//! sandbox = "tree"                    # nothing else of the work tree can be read; "offline": no network either; "none"
//!
//! [evidence]                          # the least level that counts: none, claimed, recorded, signed, attested
//! commit = "recorded"                 # before a commit; this and the next five are the defaults, but for `max-age`
//! branch = "claimed"                  # in a push to a branch that isn't protected
//! land = "attested"                   # in a push to a protected branch
//! each-commit = false                 # every commit of a push, not only its tip
//! max-age = "14d"                     # older records don't count; default: none is too old
//! independent = true                  # with a key of the change's own specialist nothing is attested
//!
//! [halt]
//! on-failure = ["login-flow"]         # a failed run of these on a protected branch's tip halts the project
//! notify = "mail -s halted ops@example.org" # run by the program that halts, the reason on its standard input
//! notify-format = "json"              # that is a document there; default: "text"
//! rollback = "branch"                 # an automatic halt makes the way back; "land": and pushes it to what is broken; default: "no"
//! repair = ["backend"]                # whose proven change may land in an automatic halt; default: nobody's
//!
//! [runner.ci]                         # whose signature makes a record `attested`
//! keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhkq//00CQxZgZRrGTlNDSmts/BtKxS1BekHqhb1TDI ci"]
//! ```
//!
//! Patterns are globs over the whole path from the root, over bytes: `*`, `?` and `[…]` don't cross `/`, `**` (a whole component)
//! does, `{a,b}` is either, `\` takes the next character as it is. A trailing `/` means everything below and the entry itself.
//! `paths` and `prohibited` ignore case and Unicode normalisation; `allowed`, `not-lines` and `not-files` match exact bytes. In
//! `[refs] allowed`, `*` is any depth.
//!
//! A key is a line of a `.pub` file. In front of it may stand `valid-after="…"`, `valid-before="…"` (RFC 3339, a comma between): what was
//! signed at another time doesn't count. Taking the line out revokes it. One key names one specialist, and one runner; an owner may have
//! a specialist's. A runner and a specialist can't have one name, as the notes of each stand in a ref of that name.

mod check;
mod cited;
mod diagnostic;
mod diff;
mod error;
pub mod graph;
mod impact;
mod key;
pub mod keys;
mod level;
mod limits;
mod load;
pub(crate) mod near;
mod parse;
mod pattern;
mod raw;
mod scalar;
mod schema;
mod show;
mod stage;
mod types;
mod units;
mod weak;

pub use cited::{Cited, Position};
pub use diagnostic::Severity;
pub use diff::{Difference, Effect, differences};
pub use error::{Fault, PolicyError};
pub use impact::{Reached, reached};
pub use key::{Key, MAX_RSA_BITS, bits, fingerprint, strong};
pub use level::Level;
pub use limits::{Limits, Scope};
pub use load::load;
pub use pattern::{Pattern, Patterns, Place, fold};
pub use schema::schema;
pub use show::show;
pub use stage::Stage;
pub use types::{
    Area, AutoRollback, Combined, Count, EvidenceLevels, Forbidden, Halt, NotifyFormat, Owners, PathRules, Policy, PolicySource,
    RefPatterns, RefRules, Runner, Sandbox, Session, Signer, Specialist, Submodules, Suite, Symlinks,
};
pub(crate) use units::{duration, show_duration};
pub use weak::{Finding, Here, findings};

/// The policy's file, at the root of the tree.
pub const FILE: &str = "policy.toml";
/// The name of the writer of unsigned notes begins with this.
pub const UNSIGNED_WRITER: &str = "local-";
/// The name of an owner's notes begins with this. A specialist's may, too: the name makes nobody an owner.
pub const OWNER_WRITER: &str = "owner-";
