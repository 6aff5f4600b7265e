#!/bin/sh
# Builds guard and installs it under a prefix. See ./install.sh --help.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
programs="guard git-guard"

usage() {
    cat <<'END'
usage: ./install.sh [--prefix DIR] [--static] [--profile NAME] [--demo | --uninstall | --help]

Builds guard and installs it as `guard` and `git-guard` in DIR/bin.

  --prefix DIR   where to install [default: ~/.local]
  --static       link the C library in as well: the program then needs nothing of the system, and runs in an empty chroot (Linux)
  --profile NAME what cargo builds it as: `dev` is there sooner, larger and slower [default: release]
  --demo         install, then replay the incident in a scratch directory with real git
  --uninstall    remove what was installed in DIR/bin
  --help         print this
END
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 2
}

# Whether a file is this program: another one of the same name is not ours to replace or remove.
is_guard() {
    case $("$1" --version 2>/dev/null </dev/null) in
        "guard "[0-9]*) return 0 ;;
        *) return 1 ;;
    esac
}

parse() {
    prefix='' action=install static='' profile=release
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix) [ $# -ge 2 ] || fail "--prefix wants a directory"; prefix=$2; shift ;;
            --prefix=*) prefix=${1#--prefix=} ;;
            --static) static=yes ;;
            --profile) [ $# -ge 2 ] || fail "--profile wants a name"; profile=$2; shift ;;
            --demo | --uninstall)
                [ "$action" = install ] || fail "--demo and --uninstall exclude each other"
                action=${1#--} ;;
            --help | -h) usage; exit 0 ;;
            *) usage >&2; fail "unknown option \`$1\`" ;;
        esac
        shift
    done
    if [ -z "$prefix" ]; then
        [ -n "${HOME:-}" ] || fail "HOME is not set: say where to install" "./install.sh --prefix DIR"
        prefix=$HOME/.local
    fi
    case $prefix in
        /*) ;;
        [~]/*) prefix=${HOME:-}/${prefix#??} ;; # --prefix=~/x, which not every shell expands
        *) prefix=$PWD/$prefix ;;
    esac
    bin=${prefix%/}/bin
}

require_tools() {
    if ! command -v cargo >/dev/null && [ -x "${HOME:-}/.cargo/bin/cargo" ]; then
        PATH=$PATH:$HOME/.cargo/bin
    fi
    command -v cargo >/dev/null || fail "cargo is missing: guard is built from source" "install Rust, https://rustup.rs, and run this again"
    compiler=${CC:-cc}
    command -v "${compiler%% *}" >/dev/null || fail "the C compiler \`$compiler\` is missing: libgit2 is built from source" \
        "Debian, Ubuntu: apt install build-essential" "Fedora: dnf install gcc" "macOS: xcode-select --install"
    [ -z "$static" ] || require_static
    command -v git >/dev/null || fail "git is missing: there is nothing to guard without it" "install git and run this again"
}

require_static() {
    host=$(cargo -vV | sed -n 's/^host: //p')
    case $host in
        *-linux-*) ;;
        *) fail "--static is for Linux, and this is ${host:-an unknown system}; nothing was installed" "leave it out" ;;
    esac
    case $("${compiler%% *}" -print-file-name=libc.a) in
        /*) ;;
        *) fail "the C library's static part, libc.a, is missing; nothing was installed" \
            "Debian, Ubuntu: apt install libc6-dev" "Fedora: dnf install glibc-static" ;;
    esac
}

build() {
    target=${CARGO_TARGET_DIR:-$root/target}
    case $target in /*) ;; *) target=$PWD/$target ;; esac
    echo "building guard, profile $profile"
    # The program alone is linked otherwise: what it is made of is shared with every other build.
    (cd "$root" && cargo rustc --profile "$profile" --locked --bin guard --target-dir "$target" -- ${static:+-C target-feature=+crt-static}) ||
        fail "the build failed; nothing was installed" "cargo's own words are above"
    case $profile in dev) directory=debug ;; *) directory=$profile ;; esac
    built=$target/${CARGO_BUILD_TARGET:+$CARGO_BUILD_TARGET/}$directory/guard
    [ -f "$built" ] || fail "the build left no program at $built; nothing was installed"
}

clean_up() {
    for program in $programs; do rm -f "$bin/.$program.new.$$"; done
}

# Everything is written and run beside its place first; a rename then puts it there whole or not at all.
install_programs() {
    mkdir -p "$bin" || fail "could not make $bin"
    for program in $programs; do
        [ ! -d "$bin/$program" ] || fail "$bin/$program is a directory"
        if [ -e "$bin/$program" ] && ! is_guard "$bin/$program"; then
            fail "$bin/$program is another program; nothing was installed" "move it away, or choose another --prefix"
        fi
    done
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM
    if ! { cp "$built" "$bin/.guard.new.$$" && chmod 755 "$bin/.guard.new.$$" &&
        { ln "$bin/.guard.new.$$" "$bin/.git-guard.new.$$" 2>/dev/null || cp -p "$bin/.guard.new.$$" "$bin/.git-guard.new.$$"; }; }; then
        fail "could not write in $bin; nothing was installed"
    fi
    for program in $programs; do
        is_guard "$bin/.$program.new.$$" || fail "the program that was built does not run in $bin; nothing was installed" \
            "is $bin on a file system that is mounted noexec?"
    done
    for program in $programs; do mv -f "$bin/.$program.new.$$" "$bin/$program"; done
    for program in $programs; do
        is_guard "$bin/$program" || fail "$bin/$program does not run"
    done
    echo "installed $("$bin/guard" --version) as $bin/guard and $bin/git-guard"
}

tell_path() {
    case :$PATH: in
        *":$bin:"*)
            found=$(command -v guard)
            [ "$found" = "$bin/guard" ] || printf 'note: %s comes first in PATH\n' "$found" ;;
        *) printf 'note: %s is not in PATH; add it:\n  export PATH="%s:%s"\n' "$bin" "$bin" "\$PATH" ;;
    esac
}

uninstall() {
    removed=0
    for program in $programs; do
        if [ -e "$bin/$program" ] && ! is_guard "$bin/$program"; then
            fail "$bin/$program is another program, or does not run; nothing was removed" "to remove it anyway: rm '$bin/$program'"
        fi
    done
    for program in $programs; do
        [ -e "$bin/$program" ] || [ -L "$bin/$program" ] || continue
        rm -f "$bin/$program"
        echo "removed $bin/$program"
        removed=1
    done
    if [ "$removed" -eq 0 ]; then
        echo "nothing to remove in $bin"
    else
        echo "hooks stay where they were installed, and refuse without the program: run \`guard uninstall\` in a repository first," \
            "or delete the hooks that name guard"
    fi
}

parse "$@"
if [ "$action" = uninstall ]; then
    uninstall
    exit 0
fi
require_tools
build
install_programs
tell_path
if [ "$action" = demo ]; then
    PATH=$bin:$PATH
    export PATH
    sh "$root/tests/demo/demo.sh"
fi
