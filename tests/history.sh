#!/usr/bin/env bash
# Compares what the guard counts with what git counts, commit by commit, on any repository.
#
#   tests/history.sh [--audit] REPOSITORY RANGE [GUARD]
#
# RANGE is A..B, of at most `guard.maxCommits` commits (10,000 by default); with --audit, which asks `guard audit` and not `guard check`,
# also a tip, and however many there are. GUARD is the program: by default this checkout's
# target/release/guard or target/debug/guard, else `guard` from PATH. Needs git 2.43 or later and python3 (to read the report).
#
# git's side, without any attribute: `git diff-tree -r -M100% --numstat` for a root or an ordinary commit; for a merge, the same between
# the automatic merge of its parents (`git merge-tree --write-tree`) and the merge's own tree. Merges that conflict, and octopus
# merges, which have no such tree, are counted and not compared. Nothing is written to the repository.
# Exit status: 0 all equal, 1 some differ, 2 it could not be told.
set -euo pipefail

die() {
    printf 'history.sh: %s\n' "$*" >&2
    exit 2
}

asked=check
if [ "${1:-}" = --audit ]; then
    asked=audit
    shift
fi
[ $# -eq 2 ] || [ $# -eq 3 ] || die "usage: tests/history.sh [--audit] REPOSITORY RANGE [GUARD]"
here=$(cd "$(dirname -- "$0")/.." && pwd)
range=$2
guard=${3:-}
for built in "$here/target/release/guard" "$here/target/debug/guard"; do
    if [ -z "$guard" ] && [ -x "$built" ]; then guard=$built; fi
done
guard=$(command -v -- "${guard:-guard}") || die "no guard to compare with: name one"
guard=$(cd "$(dirname -- "$guard")" && pwd)/${guard##*/}
command -v python3 >/dev/null || die "python3 is needed to read the report"
cd -- "$1" || die "no such directory"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

# No setting of this machine, no attribute, no replaced object counts; what merging writes goes to the scratch directory.
unset "${!GIT_@}"
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 GIT_NO_REPLACE_OBJECTS=1
GIT_DIR=$(git rev-parse --absolute-git-dir) || die "no repository"
GIT_ATTR_SOURCE=$(git hash-object -t tree /dev/null)
objects=$(cd "$(git rev-parse --git-path objects)" && pwd)
for file in info/attributes info/grafts; do
    [ ! -e "$(git rev-parse --git-path "$file")" ] || die "$file changes what git counts: move it away"
done
export GIT_DIR GIT_ATTR_SOURCE

quietly() {
    git -c core.attributesFile=/dev/null -c core.quotePath=true -c diff.algorithm=default -c diff.renameLimit=0 \
        -c merge.renames=true -c merge.renameLimit=0 -c merge.directoryRenames=conflict -c merge.renormalize=false "$@"
}

# On disk it goes to the scratch directory.
aside() {
    mkdir -p "$scratch/objects"
    GIT_OBJECT_DIRECTORY=$scratch/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=$objects quietly "$@"
}

numstat() {
    aside diff-tree --stdin -r --root -M100% --numstat --ignore-submodules=none --no-ext-diff --no-textconv
}

# From numstat's lines: id, files, insertions, deletions. `key` tells an id line from a file's.
# shellcheck disable=SC2016 # awk's fields, not the shell's
sums='
    function out() { if (id != "") print id, files, insertions, deletions }
    $0 !~ /\t/ { out(); id = $0; files = insertions = deletions = 0; next }
    { split($0, f, "\t"); files++; if (f[1] != "-") { insertions += f[1]; deletions += f[2] } }
    END { out() }'

ordinary() {
    git rev-list --max-parents=1 "$range" | numstat | awk "$sums"
}

# Clean merges: "<automatic tree> <merge's tree>" into pairs, the commits into clean; the others into conflicts and octopus.
merges() {
    : >"$scratch/pairs"
    : >"$scratch/clean"
    : >"$scratch/conflicts"
    git rev-list --min-parents=3 "$range" >"$scratch/octopus"
    local commit one two tree status
    git rev-list --min-parents=2 --max-parents=2 --parents "$range" | while read -r commit one two; do
        status=0
        tree=$(aside merge-tree --write-tree --allow-unrelated-histories --no-messages --name-only "$one" "$two") || status=$?
        case $status in
        0)
            printf '%s\n' "$commit" >>"$scratch/clean"
            printf '%s %s\n' "$tree" "$(git rev-parse "$commit^{tree}")" >>"$scratch/pairs"
            ;;
        1) printf '%s\n' "$commit" >>"$scratch/conflicts" ;;
        *) die "git merge-tree failed on the parents of $commit" ;;
        esac
    done
    numstat <"$scratch/pairs" | awk "$sums" | cut -d ' ' -f 3- | paste -d ' ' "$scratch/clean" -
}

git rev-list "$range" >"$scratch/commits" || die "no range \`$range\` in this repository"
total=$(wc -l <"$scratch/commits")
[ "$total" -gt 0 ] || die "no commits in $range"

cat >"$scratch/policy.toml" <<'POLICY'
version = 1

[specialist."*"]
POLICY
printf 'guard: %s\nrange: %s, %d commits\n' "$guard" "$range" "$total"
started=$SECONDS
status=0
"$guard" "$asked" --format json --policy "$scratch/policy.toml" "$range" >"$scratch/report.json" 2>"$scratch/errors" || status=$?
printf 'guard took %d s (exit status %d)\n' "$((SECONDS - started))" "$status"
[ "$status" -le 2 ] || die "the guard ended with status $status: $(head -c 2000 "$scratch/errors")"

python3 - "$scratch/report.json" >"$scratch/guard" <<'PYTHON' || die "no usable report: $(head -c 2000 "$scratch/errors")"
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
commits = [dict(judgement, commit=judgement["subject"]["commit"]) for judgement in report.get("judgements", [])
           if judgement["subject"]["kind"] == "commit"]
for commit in report.get("commits", commits):
    numbers = [commit[key] for key in ("files", "insertions", "deletions")]
    print(commit["commit"], *("inexact" if n is None else n for n in numbers))
    if commit.get("indeterminate") and not commit.get("why"):
        sys.exit("undecided without a reason: " + commit["commit"])
    if commit.get("why"):
        print("undecided:", commit["commit"], commit["why"], file=sys.stderr)
if report.get("decision") == "undecided":
    print("undecided:", report.get("error"), file=sys.stderr)
    if not report["judgements"]:
        sys.exit(1)
PYTHON

started=$SECONDS
ordinary >"$scratch/ordinary"
merges >"$scratch/merges"
printf 'git took %d s\n' "$((SECONDS - started))"

awk -v total="$total" '
    FILENAME ~ /commits$/ { all[$1] = 1; next }
    FILENAME ~ /conflicts$/ { left_out[$1] = 1; conflicts++; next }
    FILENAME ~ /octopus$/ { left_out[$1] = 1; octopus++; next }
    FILENAME ~ /guard$/ { here[$1] = $2 " " $3 " " $4; next }
    { there[$1] = $2 " " $3 " " $4; if (FILENAME ~ /merges$/) merge[$1] = 1 }
    END {
        for (c in all) {
            if (c in left_out) continue
            # git says nothing of a commit that changes nothing
            expected = (c in there) ? there[c] : "0 0 0"
            if (!(c in here)) {
                missing++
                print "missing    " c "  the guard did not count it; git: " expected
            } else if (here[c] == expected) {
                equal++
                if (c in merge) clean++
            } else if (here[c] ~ /inexact/ && substr(here[c], 1, index(here[c], " ")) == substr(expected, 1, index(expected, " "))) {
                inexact++
                print "inexact    " c "  guard: " here[c] "  git: " expected "  (a file over the size cap)"
            } else {
                different++
                print "different  " c "  guard: " here[c] "  git: " expected "  (files, insertions, deletions)"
            }
        }
        printf "%d commits: %d equal (%d of them merges), %d different, %d missing, %d without exact lines\n", \
            total, equal, clean, different, missing, inexact
        printf "not compared: %d merges that conflict, %d octopus merges\n", conflicts, octopus
        exit (different + missing > 0)
    }
' "$scratch/commits" "$scratch/conflicts" "$scratch/octopus" "$scratch/guard" "$scratch/ordinary" "$scratch/merges"
