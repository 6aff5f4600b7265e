#!/bin/sh
# Prints what pre-receive costs a server, beside git, in one run: one commit on top of FILES files, and COMMITS commits of three files each.
# The time of 10 runs each, the most memory, and instructions where valgrind is installed.
# Usage: benches/pre-receive.sh GUARD [FILES [COMMITS]]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 GUARD [FILES [COMMITS]]" >&2; exit 2; }
guard=$(command -v -- "$1") || { echo "$0: no program $1" >&2; exit 2; }
guard=$(cd "$(dirname -- "$guard")" && pwd)/${guard##*/}
files=${2:-57000} commits=${3:-5000}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$here/make-repository.sh" "$files" "$scratch/repository"
git clone -q --bare "$scratch/repository" "$scratch/server.git"
cd "$scratch/server.git"

# Limits that all of it stays within, so that all of it is looked at.
git show main:policy.toml | sed 's/^max-files-per-session = .*/max-files-per-session = 1000000/; s/^max-lines-per-session = .*/max-lines-per-session = 1000000/' >judge.toml
git config guard.policyFile judge.toml
git config guard.identity none

# history REF N: N commits on top of main, each with three files changed; their objects stay, the ref goes, as in a push that is judged.
history() {
    awk -v n="$2" -v ref="$1" -v files="$files" 'BEGIN {
        for (c = 1; c <= n; c++) {
            print "commit refs/heads/" ref "\nauthor Expert <expert-1@agents.example> 1700000000 +0000"
            print "committer Expert <expert-1@agents.example> 1700000000 +0000\ndata 4\nwork"
            if (c == 1) print "from refs/heads/main"
            for (f = 0; f < 3; f++) {
                i = (c * 7919 + f) % files
                text = "file " i "\nline " c "\n"
                printf "M 100644 inline src/d%03d/d%03d/f%06d.txt\ndata %d\n%s\n", int(i / 10000), int(i / 100) % 100, i, length(text), text
            }
        }
    }' | git fast-import --quiet
    printf '%040d %s refs/heads/%s\n' 0 "$(git rev-parse "refs/heads/$1")" "$1" >"$scratch/$1"
    git rev-parse "refs/heads/$1" >"$scratch/$1.tip"
    git update-ref -d "refs/heads/$1"
}

# measure NAME STDIN COMMAND…
measure() {
    name=$1 input=$2
    shift 2
    status=0
    "$@" <"$input" >/dev/null 2>"$scratch/said" || status=$?
    [ "$status" -eq 0 ] || { cat "$scratch/said" >&2; exit 1; }
    start=$(date +%s%N)
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$@" <"$input" >/dev/null 2>&1
        # No ref will ever hold what was judged: what the next push finds reserved would be looked at each time.
        rm -f guard/reserved/*
    done
    end=$(date +%s%N)
    printf '%-44s %9.2f ms' "$name" "$(awk "BEGIN { print ($end - $start) / 10e6 }")"
    if [ -x /usr/bin/time ] && /usr/bin/time -f %M true 2>/dev/null; then
        /usr/bin/time -f %M -o "$scratch/memory" "$@" <"$input" >/dev/null 2>&1
        awk '{ printf " %6.1f MB", $1 / 1024 }' "$scratch/memory"
    fi
    if command -v valgrind >/dev/null; then
        valgrind --tool=callgrind --callgrind-out-file="$scratch/out" "$@" <"$input" >/dev/null 2>"$scratch/log" || true
        awk '/Collected/ { printf " %10.2f million instructions", $NF / 1e6 }' "$scratch/log"
    fi
    echo
}

history one 1
history many "$commits"
echo "one commit on top of $files files"
measure 'guard hook pre-receive' "$scratch/one" "$guard" hook pre-receive
measure 'git log -1 --raw' /dev/null git log -1 --raw "$(cat "$scratch/one.tip")"
echo "$commits commits of three files"
measure 'guard hook pre-receive' "$scratch/many" "$guard" hook pre-receive
measure 'git log --numstat --no-renames' /dev/null git log --numstat --no-renames "main..$(cat "$scratch/many.tip")"
