#!/usr/bin/env bash
# Runs the tests that need nothing but the library: no process, no git, no key of ssh-keygen's, no network. They take seconds, and tell
# whether what judges judges.
#
#   tests/pure.sh [FILTER...]
#
# What starts processes is left out by name, so that a new test is in; and since nothing is in PATH, one that starts a program fails here.
set -u
cd "$(dirname -- "$0")/.." || exit 2

rooms=(command:: diff:: gather::charge:: gather::trusted_policy:: git:: runner:: signer::)
signed=(evidence::halt:: evidence::trust:: evidence::waiver::)
single=(rules::tests::quoting:: git_agrees_on as_git_reads_them a_child_that_nobody_waits_for)

built=$(cargo test --locked --no-run --lib 2>&1) || { echo "$built" >&2; exit 2; }
units=$(sed -n 's|.*src/lib.rs (\(.*\))$|\1|p' <<<"$built")
[ -x "$units" ] || { echo "tests/pure.sh: cargo doesn't say what it has built: $built" >&2; exit 2; }

skipped=()
for name in "${rooms[@]}" "${signed[@]}" "${single[@]}"; do skipped+=(--skip "$name"); done
PATH=/nonexistent "$units" --quiet "${skipped[@]}" "$@" && exit
echo "tests/pure.sh: a test that has to start a program is named in this script" >&2
exit 1
