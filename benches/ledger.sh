#!/bin/sh
# Prints what a push costs a server whose ledger has grown: pre-receive of one commit after 0, and after PUSHES recorded pushes to REFS
# branches by the same account, all within the window of a session, so that all of them are read.
# Usage: benches/ledger.sh GUARD [PUSHES [REFS]]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 GUARD [PUSHES [REFS]]" >&2; exit 2; }
guard=$(command -v -- "$1") || { echo "$0: no program $1" >&2; exit 2; }
guard=$(cd "$(dirname -- "$guard")" && pwd)/${guard##*/}
pushes=${2:-1000} refs=${3:-10}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
for who in AUTHOR COMMITTER; do export "GIT_${who}_NAME=b" "GIT_${who}_EMAIL=b@example.org"; done
export PUSHER=dev

cd "$scratch"
git init -q --bare -b main server.git
git init -q -b main clone
cat >clone/policy.toml <<'END'
version = 1
base = "main"

[defaults]
max-files-per-session = 1000000
max-lines-per-session = 1000000

[specialist.dev]
users = ["dev"]

[session]
window = "24h"
END
git -C clone add policy.toml
git -C clone commit -q -m start
git -C clone push -q ../server.git main
git -C server.git config guard.identity env:PUSHER
"$guard" -C server.git install --server >/dev/null

# ready NAME: a commit that is judged as a new branch's; its objects are on the server, the ref isn't.
ready() {
    git -C clone switch -q -C judged main
    echo "$1" >"clone/$1"
    git -C clone add "$1"
    git -C clone commit -q -m "$1"
    tip=$(git -C clone rev-parse judged)
    cp -R clone/.git/objects/?? server.git/objects/
    printf '%040d %s refs/heads/judged\n' 0 "$tip" >"$scratch/$1"
}

# judged NAME WHAT: the time of 20 runs. Each leaves a reservation of a push that never comes, which the next one has to look at: it is taken away.
judged() {
    took=0
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        start=$(date +%s%N)
        (cd server.git && GIT_DIR=. "$guard" hook pre-receive) <"$scratch/$1" >/dev/null 2>"$scratch/said" || { cat "$scratch/said" >&2; exit 1; }
        took=$((took + $(date +%s%N) - start))
        rm -f server.git/guard/reserved/*
    done
    awk -v what="$2" -v took="$took" 'BEGIN { printf "%-40s %8.2f ms\n", what, took / 20e6 }'
}

ready before
judged before 'pre-receive, an empty ledger'
start=$(date +%s%N)
n=0
while [ "$n" -lt "$pushes" ]; do
    ref=work-$((n % refs))
    git -C clone switch -q "$ref" 2>/dev/null || git -C clone switch -q -c "$ref" main
    echo "$n" >"clone/file-$n"
    git -C clone add "file-$n"
    git -C clone commit -q -m "$n"
    git -C clone push -q ../server.git "$ref" 2>"$scratch/said" || { cat "$scratch/said" >&2; exit 1; }
    n=$((n + 1))
done
awk -v n="$pushes" -v took="$(($(date +%s%N) - start))" 'BEGIN { printf "%-40s %8.2f ms\n", "commit and push, each of " n, took / n / 1e6 }'
ready after
judged after "pre-receive, $pushes pushes in the window"
start=$(date +%s%N)
"$guard" -C server.git log >/dev/null
awk -v took="$(($(date +%s%N) - start))" 'BEGIN { printf "%-40s %8.2f ms\n", "guard log, all hashed anew", took / 1e6 }'
