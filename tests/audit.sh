#!/usr/bin/env bash
# Audits a real history, and holds what the guard counts against what git counts, commit by commit.
#
#   tests/audit.sh REPOSITORY RANGE [GUARD]
#
# RANGE is A..B or a tip. First the time and the memory that `guard audit` takes, and how long `git log --numstat -M` takes for the same
# range (which leaves merges out); then the comparison of tests/history.sh. POLICY=FILE names the policy; by default one with limits,
# areas by path and a suite. COMPARE=0 leaves the comparison out. Needs git 2.43 or later and python3.
# Exit status: 0 all equal and nothing undecided without a reason, 1 some differ, 2 it could not be told.
set -euo pipefail

die() {
    printf 'audit.sh: %s\n' "$*" >&2
    exit 2
}

[ $# -eq 2 ] || [ $# -eq 3 ] || die "usage: tests/audit.sh REPOSITORY RANGE [GUARD]"
here=$(cd "$(dirname -- "$0")/.." && pwd)
guard=${3:-$here/target/release/guard}
guard=$(command -v -- "$guard") || die "no guard to ask: name one"
guard=$(cd "$(dirname -- "$guard")" && pwd)/${guard##*/}
command -v python3 >/dev/null || die "python3 is needed to read the report"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

cat >"$scratch/policy.toml" <<'POLICY'
version = 1

[defaults]
max-files-per-commit = 10
max-lines-per-commit = 500
max-bytes-per-commit = "200 KiB"

[specialist."*"]

[area.tests]
paths = ["t/", "test/", "tests/", "**/testsuite/"]
requires = ["unit"]

[area.docs]
paths = ["Documentation/", "docs/", "**/*.md"]

[area.builds]
paths = ["**/Makefile", "**/Cargo.toml", "**/setup.py", ".github/"]
requires = ["unit"]

[suite.unit]
run = "true"
POLICY

python3 - "$guard" "$1" "$2" "${POLICY:-$scratch/policy.toml}" "$scratch/report.json" <<'PYTHON' || exit $?
import json, os, resource, subprocess, sys, time
guard, repository, revisions, policy, report = sys.argv[1:]

def timed(command, out):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=out)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        print("audit.sh: status", status, "of", command, file=sys.stderr)
        sys.exit(2)
    print(f"{command[0].rsplit('/', 1)[-1]:6} {seconds:7.1f} s, {used.ru_utime + used.ru_stime:7.1f} s of processor, "
          f"{used.ru_maxrss / 1024:6.0f} MB at most")
    return seconds

with open(report, "wb") as out:
    ours = timed([guard, "-C", repository, "audit", "--policy", policy, "--format", "json", revisions], out)
with open(os.devnull, "wb") as out:
    gits = timed(["git", "-C", repository, "log", "--numstat", "-M", revisions], out)
with open(report, encoding="utf-8") as file:
    audit = json.load(file)
commits, summary = audit["commits"], audit["summary"]
merges = sum(commit["parents"] > 1 for commit in commits)
print(f"{len(commits)} commits, {merges} of them merges; {ours / gits:.2f} times git's time; {os.path.getsize(report)} bytes of JSON")
print(f"{summary['violating']} break a rule, {summary['undecided']} undecided")
silent = [c["commit"] for c in commits if c["indeterminate"] and not c.get("why")]
for commit in [c for c in commits if c.get("why")][:20]:
    print("undecided:", commit["commit"], commit["why"])
if silent:
    print("undecided without a reason:", *silent)
    sys.exit(1)
PYTHON
[ "${COMPARE:-1}" = 1 ] || exit 0
exec "$here/tests/history.sh" --audit "$1" "$2" "$guard"
