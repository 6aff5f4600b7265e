#!/usr/bin/env bash
# Runs the tests at git's doors with several gits, not only with the one of this machine.
#
#   tests/gits.sh [RELEASE...]
#
# RELEASE is a release of Debian whose git is tried; by default those of `releases` below: the oldest that the guard promises to work with, the
# one that most servers have, and the newest that there is. Each comes by apt's own list of mirrors into target/gits/VERSION, with the C library
# and the loader that it was built for, so that it runs whatever this machine's are. Nothing is installed.
# Exit status: 0 all passed, 1 a test failed, 3 a git could not be had (and none failed).
set -u
cd "$(dirname -- "$0")/.." || exit 2

releases=(bookworm trixie unstable)
[ $# -eq 0 ] || releases=("$@")

# What git asks of the guard and the guard of git: the doors and commands where git's own ways differ from version to version, each kind of
# index, and what a hook's environment may hold.
doors=(gits:: commit_msg:: pre_commit::amend:: pre_commit::places:: pre_merge_commit:: prepare_commit_msg:: pre_receive::neutral:: strict::)
readers=(git::index git::program git::staged git::unstaged)

# What git's package needs of others, the loader among them.
packages=(git libc6 libpcre2-8-0 zlib1g)

gits=$PWD/target/gits
apt=$gits/apt

say() { printf 'gits.sh: %s\n' "$*" >&2; }

# An apt of our own, which knows the configured mirror and nothing of what is installed: the lists of the system stay as they are.
apt_of_our_own() {
    apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$apt/state" \
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::IndexTargets::deb::CNF::DefaultEnabled=false "$@"
}

# Where Debian's packages come from, by the machine's own configuration.
mirror() {
    apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | grep -m 1 '/debian/$'
}

# fetch RELEASE: its packages' files into $apt/RELEASE.
fetch() {
    local release=$1 from
    from=$(mirror) || { say "apt is not configured for a mirror of Debian"; return 1; }
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/$release" || return
    printf 'deb %s %s main\n' "$from" "$release" >"$apt/sources.list"
    (cd "$apt/$release" && apt_of_our_own update && apt_of_our_own download "${packages[@]/%//$release}") >"$apt/log" 2>&1 && return
    cat "$apt/log" >&2
    return 1
}

# Stands in the place of each program of git's, and starts it by the loader and the libraries that came with it.
wrapper() {
    cat <<'C'
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char program[4096], *name = strdup(argv[0]), **args = calloc(argc + 6, sizeof *args);
    if (!name || !args)
        return 127;
    snprintf(program, sizeof program, ROOT "/programs/%s", basename(name));
    if (access(program, X_OK))
        snprintf(program, sizeof program, ROOT "/programs/git");
    args[0] = LOADER, args[1] = "--library-path", args[2] = LIBRARIES, args[3] = "--argv0", args[4] = argv[0], args[5] = program;
    memcpy(args + 6, argv + 1, argc * sizeof *args);
    setenv("GIT_EXEC_PATH", ROOT "/usr/lib/git-core", 1);
    setenv("GIT_TEMPLATE_DIR", ROOT "/usr/share/git-core/templates", 1);
    execv(LOADER, args);
    perror(LOADER);
    return 127;
}
C
}

# unpack RELEASE: into a directory named by the version, which is printed.
unpack() {
    local release=$1 new=$gits/new.$$ package version loader file libraries
    rm -rf "$new"
    mkdir -p "$new/programs" || return
    for package in "$apt/$release"/*.deb; do dpkg -x "$package" "$new" || return; done
    version=$(dpkg-deb -f "$apt/$release"/git_*.deb Version) || return
    version=${version#*:} version=${version%%-*}
    loader=$(cd "$new" && find . -name 'ld-linux*' -type f -o -name 'ld-*.so' -type f | sed -n 's/^\.//p;1q') || return
    [ -n "$loader" ] || { say "libc6 of $release brings no loader"; return 1; }
    libraries=$(cd "$new" && find . \( -name 'libc.so.6' -o -name 'libz.so.1' -o -name 'libpcre2-8.so.0' \) -printf '%h\n' | sort -u |
        sed "s|^\.|$gits/$version|" | paste -sd :) || return
    wrapper | cc -O1 -x c -DROOT="\"$gits/$version\"" -DLOADER="\"$gits/$version$loader\"" -DLIBRARIES="\"$libraries\"" \
        -o "$new/wrapper" - || return
    # Only programs of the machine's kind need the loader; git-core has scripts, too.
    for file in "$new"/usr/bin/* "$new"/usr/lib/git-core/*; do
        if [ -f "$file" ] && [ ! -L "$file" ] && [ "$(head -c 4 "$file" | tail -c 3)" = ELF ]; then
            mv -f "$file" "$new/programs/${file##*/}" && ln "$new/wrapper" "$file" || return
        fi
    done
    rm -rf "${gits:?}/$version" && mv "$new" "$gits/$version" && echo "$gits/$version"
}

# get RELEASE: prints the directory of a git that works. What is there is not fetched again within a day.
get() {
    local release=$1 known=$gits/$1.is dir
    if [ -n "$(find "$known" -mmin -1440 2>/dev/null)" ]; then
        dir=$(cat "$known")
        if "$dir/usr/bin/git" --version >/dev/null 2>&1; then echo "$dir"; return; fi
    fi
    mkdir -p "$gits" && rm -rf "${apt:?}/$release" && fetch "$release" && dir=$(unpack "$release") || return
    "$dir/usr/bin/git" --version >&2 || return
    echo "$dir" | tee "$known"
}

# program TARGET: the tests of a target, built with the machine's own git.
program() { sed -n "s|.*$1 (\\(.*\\))\$|\\1|p" <<<"$built"; }

built=$(cargo test --locked --no-run --lib --test it 2>&1) || { echo "$built" >&2; exit 2; }
units=$(program src/lib.rs) tests=$(program tests/it/main.rs)
if [ ! -x "$units" ] || [ ! -x "$tests" ]; then say "cargo doesn't say what it has built: $built"; exit 2; fi

own=$(git version)
status=0
for release in "${releases[@]}"; do
    if ! git=$(get "$release"); then
        say "the git of $release could not be had"
        [ "$status" -ne 0 ] || status=3
        continue
    fi
    printf '\n-- git %s (%s)\n' "${git##*/}" "$release"
    if [ "git version ${git##*/}" = "$own" ]; then
        echo "it is this machine's own, with which every test runs"
        continue
    fi
    export GUARD_TEST_GIT=${git##*/}
    PATH=$git/usr/bin:$PATH "$units" --quiet "${readers[@]}" || status=1
    PATH=$git/usr/bin:$PATH "$tests" --quiet "${doors[@]}" || status=1
done
exit "$status"
