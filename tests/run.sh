#!/usr/bin/env bash
# Runs every check of this repository: a failing one fails the whole, but the later ones still run.
# What they need and isn't there is installed: shellcheck, servers and a browser by apt where that is possible, cargo-deny into
# target/tools. What can't be installed is said; under CI (CI=true) it is a failure.
# shellcheck disable=SC2317 # the steps' functions are called through "$@"
set -u
cd "$(dirname -- "$0")/.." || exit 2

tools=$PWD/target/tools
PATH=$tools/bin:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

results=()
failed=0
counts=$scratch/counts

# step NAME COMMAND...: runs it, says how long it took, remembers whether it failed.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    printf '\n== %s: %s\n' "$name" "$*"
    "$@" || status=$?
    finished "$name" "$start" "$status"
}

finished() {
    if [ "$3" -eq 0 ]; then
        results+=("ok       $1 ($((SECONDS - $2)) s)")
    else
        results+=("FAILED   $1 (exit status $3, $((SECONDS - $2)) s)")
        failed=1
    fi
}

# The same of what may not be possible here, which is exit status 3: NAME WHY COMMAND...
step_or_missing() {
    local name=$1 why=$2 start=$SECONDS status=0
    shift 2
    printf '\n== %s: %s\n' "$name" "$*"
    "$@" || status=$?
    case $status in
    3) missing "$name" "$why" ;;
    *) finished "$name" "$start" "$status" ;;
    esac
}

missing() {
    if [ "${CI:-}" = true ]; then
        results+=("FAILED   $1: $2")
        failed=1
    else
        results+=("skipped  $1: $2")
    fi
}

require() {
    local lacking=0 tool
    for tool in cargo git cc script ssh-keygen ssh-agent; do
        command -v "$tool" >/dev/null || { echo "tests/run.sh: \`$tool\` is missing" >&2; lacking=1; }
    done
    for tool in fmt clippy; do
        cargo "$tool" --version >/dev/null 2>&1 || { echo "tests/run.sh: cargo $tool is missing: rustup component add ${tool/fmt/rustfmt}" >&2; lacking=1; }
    done
    [ "$lacking" -eq 0 ] || exit 2
}

# install_packages WHAT... : by apt, where that is possible. Services that come with them are not started.
install_packages() {
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        return 1
    fi
    echo "installing $*"
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    { apt-get install -y -q --no-install-recommends "$@" ||
        { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; }; } >"$scratch/apt" 2>&1 && return
    cat "$scratch/apt"
    return 1
}

install_shellcheck() { command -v shellcheck >/dev/null || install_packages shellcheck; }

# What tests/it/servers pushes to.
install_servers() {
    local tool
    for tool in gitolite /usr/sbin/apache2 htpasswd /usr/sbin/sshd; do
        command -v "$tool" >/dev/null || { install_packages gitolite3 apache2 apache2-utils openssh-server; return; }
    done
}

# What docs/recipes calls.
install_tools() { { command -v curl && command -v jq; } >/dev/null || install_packages curl jq; }

# What tests/it/audit/html looks at pages with.
install_browser() { command -v chromium >/dev/null || install_packages chromium fonts-dejavu-core; }

# A build without optimisation: it is used once, and building it takes longer than running it.
install_cargo_deny() {
    cargo deny --version >/dev/null 2>&1 && return
    echo "installing cargo-deny into target/tools"
    CARGO_TARGET_DIR=$tools/build cargo install --locked --debug --quiet --root "$tools" cargo-deny@0.20.2 || return
    rm -rf "$tools/build"
}

# Where everything is committed the guard runs them, on exactly that tree, and records what they came to: nobody else's word is needed
# for it then. What has passed on a tree is not run on it again.
run_tests() {
    local status=0
    if [ -z "$(git status --porcelain)" ]; then
        "$guard" test tests --rev HEAD --keep "$scratch" || status=$?
        [ ! -e "$scratch/tests.log" ] || grep -aE '^test result: ' "$scratch/tests.log" >"$counts"
        "$guard" evidence HEAD || status=$?
    else
        echo "what is not committed is tested as it stands, and leaves no evidence"
        cargo test --locked --color never --no-fail-fast 2>&1 | tee "$scratch/tests.log"
        status=${PIPESTATUS[0]}
        grep -E '^test result: ' "$scratch/tests.log" >"$counts"
    fi
    return "$status"
}

# The program of tests/it, as they have just been run.
integration_tests() {
    local program
    program=$(sed -n 's/.*Running tests\/it\/main.rs (\(.*\))$/\1/p' "$scratch/tests.log" 2>/dev/null | tail -n 1)
    [ -x "$program" ] || program=$(cargo test --locked --no-run --test it 2>&1 | sed -n 's/.*tests\/it\/main.rs (\(.*\))$/\1/p')
    [ -x "$program" ] && echo "$program"
}

# What a newer compiler than Cargo.toml promises would let pass: the lints know which version of the standard library has what, and no
# dependency may ask for more than we do. Syntax is not looked at.
check_rust_version() {
    local own asked host
    host=$(rustc -vV | sed -n 's/^host: //p')
    own=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    asked=$(cargo metadata --locked --format-version 1 --filter-platform "$host" | grep -o '"rust_version":"[^"]*"' | cut -d '"' -f 4 |
        sed 's/^\([0-9]*\.[0-9]*\)\.0$/\1/' | sort -V | tail -n 1) || return
    echo "rust-version $own; the newest that anything here asks for is $asked"
    [ -n "$own" ] && [ "$asked" = "$own" ]
}

check_docs() { RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps; }

# All that git knows to be a shell script, by its first line, untracked files included; and with -x what those source.
check_scripts() {
    local file first scripts=()
    while IFS= read -r -d '' file; do
        if [ ! -f "$file" ] || [ -L "$file" ]; then continue; fi
        IFS= read -r first <"$file" || true
        case $first in '#!/bin/sh'* | '#!/usr/bin/env bash'* | '#!/bin/bash'*) scripts+=("$file") ;; esac
    done < <(git ls-files -z --cached --others --exclude-standard)
    printf '%s\n' "${scripts[@]}"
    shellcheck -x -- "${scripts[@]}"
}

# Of what the tests have built. Without libraries on Linux: so the same build shows that an empty chroot is enough for it.
run_demo() {
    local static=''
    [ "$(uname -s)" != Linux ] || static=--static
    # shellcheck disable=SC2086 # no argument where there is none
    ./install.sh $static --profile dev --prefix "$scratch/prefix" --demo || return
    if [ -n "$static" ]; then
        local tests
        tests=$(integration_tests) && GUARD_STATIC=$scratch/prefix/bin/guard "$tests" hostile::alone || return
    fi
    ./install.sh --prefix "$scratch/prefix" --uninstall
}

# The incident in six phases, with the halt and the way back.
run_example() { PATH="$(cd "$(dirname -- "$guard")" && pwd):$PATH" examples/incident/replay.sh; }

# As the tests build it: without a bench along, its dependencies would have other features, and be built twice. A copy, since running the
# tests builds the program once more.
build_guard() { cargo build --locked --bin guard --bench evidence && cp "${CARGO_TARGET_DIR:-target}/debug/guard" "$guard"; }
guard=$scratch/guard

# What the guard counts in this repository's own history, commit by commit, against git's numbers.
own_history() { tests/history.sh . "$(git rev-list --max-parents=0 HEAD | tail -n 1)..HEAD" "$guard"; }

can_compare_history() {
    command -v python3 >/dev/null && [ "$(git rev-parse --is-shallow-repository)" = false ] &&
        git merge-tree --write-tree HEAD HEAD >/dev/null 2>&1
}

require
install_servers || missing "servers" "gitolite and Apache are missing, and can't be installed here: apt install gitolite3 apache2 apache2-utils openssh-server, as root"
install_tools || missing "recipes" "curl or jq is missing, and can't be installed here: apt install curl jq, as root"
install_browser || missing "browser" "chromium is missing, and can't be installed here: apt install chromium, as root"
step "build" build_guard
step "format" cargo fmt --all --check
step "lints" cargo clippy --locked --all-targets -- -D warnings
step "rust-version" check_rust_version
step "pure tests" tests/pure.sh
step "tests" run_tests
step_or_missing "other gits" "apt can't reach Debian's packages" tests/gits.sh
step "documentation" check_docs
step "own policy" "$guard" policy check
if can_compare_history; then
    step "own history" own_history
else
    results+=("skipped  own history: it needs the whole history, python3 and git 2.43")
fi
if install_cargo_deny; then
    step "dependencies" cargo deny --locked check bans licenses sources
else
    missing "dependencies" "cargo-deny could not be installed: cargo install --locked cargo-deny"
fi
if install_shellcheck; then
    step "scripts" check_scripts
else
    missing "scripts" "shellcheck is missing, and can't be installed here: apt install shellcheck, as root"
fi
step "example" run_example
step "demo" run_demo

printf '\n== summary\n'
printf '%s\n' "${results[@]}"
[ "$failed" -eq 0 ] || echo "tests/run.sh: not everything passed"
echo
if [ -s "$counts" ]; then cat "$counts"; else echo "no test was run"; fi
exit "$failed"
