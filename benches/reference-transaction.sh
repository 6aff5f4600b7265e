#!/usr/bin/env bash
# What the strict door costs where it has nothing to say: a fetch of 1,000 refs with and without it, and the hook alone.
# Usage: benches/reference-transaction.sh GUARD [REFS]. git runs the hook twice for each ref (prepared, committed).
set -euo pipefail

guard=$(cd "$(dirname -- "${1:?usage: $0 GUARD [REFS]}")" && pwd)/$(basename -- "$1")
refs=${2:-1000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=b GIT_AUTHOR_EMAIL=b@example.org GIT_COMMITTER_NAME=b GIT_COMMITTER_EMAIL=b@example.org

cd "$scratch"
git init -q --bare -b main server.git
git init -q -b main seed
git -C seed commit -q --allow-empty -m seed
git -C seed push -q ../server.git main
tip=$(git -C server.git rev-parse main)
for ((n = 0; n < refs; n++)); do echo "create refs/heads/b$n $tip"; done | git -C server.git update-ref --stdin

now() { date +%s%N; }

# fetched DIRECTORY: milliseconds of one fetch of all refs.
fetched() {
    local began
    began=$(now)
    git -C "$1" fetch -q
    echo $((($(now) - began) / 1000000))
}

for kind in without with; do
    git init -q -b main "$kind"
    git -C "$kind" remote add origin ../server.git
done
"$guard" -C with install --strict >/dev/null
without=$(fetched without)
with=$(fetched with)
echo "fetch of $refs refs: $without ms without, $with ms with the strict door, $(((with - without) * 1000 / refs)) microseconds more for each ref's transaction"

line="$tip $tip refs/remotes/origin/b1"
began=$(now)
for ((n = 0; n < 200; n++)); do with/.git/hooks/reference-transaction prepared <<<"$line"; done
echo "the hook alone, one remote-tracking ref: $((($(now) - began) / 200000)) microseconds"
for ((n = 0; n < refs; n++)); do echo "$tip $tip refs/remotes/origin/b$n"; done >lines
began=$(now)
for ((n = 0; n < 50; n++)); do (cd with && .git/hooks/reference-transaction prepared) <lines; done
echo "the hook alone, $refs remote-tracking refs in one transaction: $((($(now) - began) / 50000)) microseconds"
