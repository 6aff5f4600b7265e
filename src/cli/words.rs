//! What `--help` says below the options: exit statuses and examples.

pub(super) const AFTER: &str = "\
First steps in a repository with a policy.toml:
  guard policy check     does it load, and what is legal but weak
  guard install          the hooks; `guard doctor` proves that they run
  guard check --staged   what a commit would be told now
  guard explain          the rules

Exit status:
  0  accepted
  1  rejected (`test`: the suite failed; `doctor`, `policy check`: findings)
  2  could not decide: policy, repository, usage, time, internal error

A client's hooks are advice, because a client can switch them off. The gate is
pre-receive on the server (`guard install --server`), or a required CI check.";

pub(super) const CHECK: &str = "\
Exit status: 0 accepted, 1 rejected, 2 could not decide.

Examples:
  guard check                    the current branch against its base
  guard check --staged           what a commit would be told now
  guard check feature --merge    what merging `feature` would land
  guard check main..feature --as docs-writer --format json";

pub(super) const TEST: &str = "\
The suite runs in a fresh directory that holds exactly the tree: nothing that is
untracked, ignored or unstaged helps it to pass. What happened is recorded as a
note on the tree, a failure too. Exit status 1 where a suite fails.

A suite whose own `files` are changed runs twice, as it now is and with the base's
files; both must pass. The suite never sees a key: it is signed after it has ended.

Examples:
  guard test integration                     the tree of the index
  guard test login-flow --rev HEAD --again   the last commit's, once more
  guard test integration --rev HEAD --sign --push origin";

pub(super) const ATTEST: &str = "\
The record is signed always: unsigned, it would say nothing. The key must be in the
trusted policy; a record counts as `attested` where it is a runner's. Exit status 1
where the run failed, which is recorded, too.

Examples:
  guard attest integration --rev HEAD --junit report.xml --log run.log --sign KEY --push origin
  guard attest smoke --rev HEAD --log run.log --exit-status 0 --sign";

pub(super) const WAIVE: &str = "\
A waiver is for exactly one tree, and of a limit for exactly the number that it names.
The key must be one of [owners] in the trusted policy. safe-path and protected-ref
can't be waived.

Examples:
  guard waive file-limit --rev HEAD --limit 17 --reason 'generated' --expires 7d
  guard waive suite-change --tree TREE --path 'tests/login/' --reason 'new login' --expires 2026-12-31 --sign KEY --push origin";

pub(super) const LOG: &str = "\
The ledger stands in refs/guard/ledger of the repository that is pushed to: a chain of
commits, one for each push that was taken, newest shown first. All of it is hashed
anew, however little is shown; where it is damaged, the exit status is 2.

Examples:
  guard log -n 20
  guard -C /srv/git/project.git log --format json
  git fetch origin refs/guard/ledger:refs/guard/ledger && guard log";

pub(super) const EVIDENCE: &str = "\
Examples:
  guard evidence           what the next commit would have
  guard evidence HEAD~3 --format json";

pub(super) const HALT: &str = "\
A halt is signed by an owner or a runner of the trusted policy, and carried like
evidence. `guard test` and `guard attest` halt by themselves where a suite of
`[halt] on-failure` fails on a protected branch's tip. `notify` is run, too.

Examples:
  guard halt --reason 'every request fails with 500' --push origin
  guard halt --reason 'key leaked' --sign ~/.ssh/id_ed25519 --push origin";

pub(super) const RESUME: &str = "\
An owner's, and signed. It demands proof of every suite of `[halt] on-failure` on the
base's tip; exit status 1 where that is missing.

Examples:
  guard resume --push origin
  guard resume --force --reason 'the runner is down, tested by hand' --push origin";

pub(super) const AUDIT: &str = "\
Every commit is judged by the rules as it stands there, and every landing on the
first-parent line by what it brought. Evidence counts as it stood then. Besides text
and JSON there is --format md, a page for an issue or a wiki, and --format html, one
file for a browser: charts, and tables that sort.
Exit status 0 whatever is found, 2 where it can't be told as a whole.

Examples:
  guard audit                            all that HEAD reaches
  guard audit v1.0..main --format md
  guard audit --format html >audit.html
  guard audit --policy-then -v           by the policy of each commit's time";

pub(super) const LAST_GOOD: &str = "\
A tree is good where every suite is proven on it as a landing demands. Exit status 1
where no commit of the base is.

Examples:
  guard last-good
  guard last-good --suite integration --format json";

pub(super) const ROLLBACK: &str = "\
The plan comes first: what would be undone, and whose it is. Nothing can conflict,
since the tree is restored whole. The commit is exempt from limits where its tree is
proven, whatever it calls itself. The work tree stays as it is.

Examples:
  guard rollback                      the plan
  guard rollback --apply --push       the commit, on a branch that is pushed
  guard rollback --to v1.4 --apply
  guard rollback --only 1a2b3c4 --apply";

pub(super) const EXPLAIN: &str = "\
A name that is a rule's is taken for the rule; write ./NAME for the path.

Examples:
  guard explain               the list of rules
  guard explain file-limit    what it rejects, why, and how to satisfy it
  guard explain api/csrf.py   its areas, who may touch it, what it demands";

pub(super) const INSTALL: &str = "\
In a work tree: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg and
pre-push. A hook that is there already is kept as <hook>.legacy and runs first.
Installing again brings the hooks up to date; `guard uninstall` takes them away.
What was strict stays strict until then.

On a server the kind is told by what DIR looks like: a bare repository, one of Gitea's or
Forgejo's (hooks/pre-receive.d), one of GitLab's (custom_hooks), GitLab's directory of
server hooks, or the home of gitolite's account (hooks/common).

Examples:
  guard install && guard doctor
  guard -C /srv/git/project.git install --server
  guard -C ~git install --server=gitolite";

pub(super) const DOCTOR: &str = "\
Each hook is started as git would start it, and must answer. Exit status 1 where
a hook is missing, can't run, or isn't the guard's.

With --server, git also pushes a commit that must be refused, through the hooks of the
repository. It asks for a ref that can't be made, so that it lands nowhere even where
the door is open. Run it as the user whom the server runs git as.";

pub(super) const UNINSTALL: &str = "\
Nothing else of the repository is touched: evidence that was recorded stays.";

pub(super) const POLICY: &str = "\
Examples:
  guard policy check        the work tree's policy.toml
  guard policy show         the one in force, and where it was read
  guard policy show --graph svg > policy.svg
  guard policy diff HEAD~1  what has changed since, rule by rule
  guard policy schema > policy.schema.json";

pub(super) const POLICY_CHECK: &str = "\
Exit status: 0 sound, 1 legal but weak (a warning; notices alone are 0), 2 can't
be enforced. A policy that can't be enforced whole is not enforced in part.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  guard completions bash > ~/.local/share/bash-completion/completions/guard
  guard completions fish > ~/.config/fish/completions/guard.fish";

pub(super) const MAN: &str = "\
Example:
  guard man | man -l -";
