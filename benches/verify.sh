#!/bin/sh
# Prints what it costs to verify one signature, by kind of key: in process, and beside it `ssh-keygen -Y verify` as a process. In process it
# should be 1 ms at most. Builds the tests for release. Usage: benches/verify.sh
set -eu
[ $# -eq 0 ] || { echo "usage: $0" >&2; exit 2; }
command -v ssh-keygen >/dev/null || { echo "$0: no program ssh-keygen" >&2; exit 2; }
cd "$(dirname "$0")/.."
cargo test --quiet --locked --release --test it -- --ignored --exact --nocapture signature::speed::one_verification
