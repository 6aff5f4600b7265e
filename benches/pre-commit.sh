#!/bin/sh
# Prints what pre-commit with one file staged costs, beside git, in one run: the time of 20 runs each, and instructions where valgrind is
# installed. Usage: benches/pre-commit.sh GUARD [N]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 GUARD [N]" >&2; exit 2; }
guard=$(command -v -- "$1") || { echo "$0: no program $1" >&2; exit 2; }
guard=$(cd "$(dirname -- "$guard")" && pwd)/${guard##*/}
count=${2:-100000}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$here/make-repository.sh" "$count" "$scratch/repository"
cd "$scratch/repository"
export GUARD_SPECIALIST=expert-1

measure() {
    name=$1
    shift
    "$@" >/dev/null 2>&1
    start=$(date +%s%N)
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "$@" >/dev/null 2>&1; done
    end=$(date +%s%N)
    printf '%-36s %8.2f ms' "$name" "$(awk "BEGIN { print ($end - $start) / 20e6 }")"
    if command -v valgrind >/dev/null; then
        valgrind --tool=callgrind --callgrind-out-file="$scratch/out" "$@" >/dev/null 2>"$scratch/log" || true
        awk '/Collected/ { printf " %10.2f million instructions", $NF / 1e6 }' "$scratch/log"
    fi
    echo
}

echo "$count files, one staged"
measure 'guard hook pre-commit' "$guard" hook pre-commit
measure 'git diff --cached --numstat' git diff --cached --numstat
measure 'git diff --cached --raw' git diff --cached --raw
