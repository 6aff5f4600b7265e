#!/bin/sh
# Attests a revision in CI: the suite runs in one place, and the key that signs is in another.
#
#   ci/attest.sh run  DIR REV SUITE...     runs the suites on exactly REV's tree; what they leave goes to DIR. No key is here.
#   ci/attest.sh sign DIR REV SUITE...     signs what DIR says of REV, and pushes the records. No suite runs here.
#
# A suite can forge whatever its own user can write, so `run` belongs into another job, or to another user, than `sign`.
#
# The key of `sign`: the file that GUARD_KEY_FILE names; without it, git's user.signingKey, whose private half may be an agent's. It is never
# an argument, and never printed. GUARD_REMOTE: where the records go (default: origin). GUARD: the program (default: guard).
# Exit status: 0, or that of the first suite that failed, which is recorded, too.
set -eu

guard=${GUARD:-guard}
remote=${GUARD_REMOTE:-origin}

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -ge 4 ] || usage
phase=$1 dir=$2 rev=$(git rev-parse --verify --end-of-options "$3^{commit}")
shift 3

# A clone as CIs make it may neither know which branch of the remote is the default one nor have it, and the guard doesn't guess whose policy
# it is.
knows_default() { git symbolic-ref -q "refs/remotes/$remote/HEAD" >/dev/null || git remote set-head "$remote" -a >/dev/null 2>&1; }
if ! knows_default; then
    default=$(git ls-remote --symref "$remote" HEAD | awk '$1 == "ref:" && $3 == "HEAD" { print $2 }')
    if [ -n "$default" ]; then
        git fetch --quiet "$remote" "+$default:refs/remotes/$remote/${default#refs/heads/}"
        knows_default || :
    fi
fi

# One suite's result, with the base's files of the suite (`.base`) or its own.
attest() {
    suite=$1 with=$2
    set -- attest "$suite" --rev "$rev" --log "$dir/$suite$with.log" --exit-status "$(cat "$dir/$suite$with.status")" --push "$remote"
    [ ! -e "$dir/$suite$with.xml" ] || set -- "$@" --junit "$dir/$suite$with.xml"
    [ -z "$with" ] || set -- "$@" --base-suite
    if [ -n "${GUARD_KEY_FILE:-}" ]; then set -- "$@" --sign "$GUARD_KEY_FILE"; fi
    "$guard" "$@"
}

# The first failure is what the job ends with.
first() {
    [ "$status" -ne 0 ] || status=$1
}

status=0
case $phase in
run)
    # Whoever puts both into one job all the same: the suite's user has the key then, but the suite isn't told where.
    unset GUARD_KEY_FILE SSH_AUTH_SOCK
    for suite; do
        "$guard" test "$suite" --rev "$rev" --keep "$dir" || first $?
    done
    ;;
sign)
    for suite; do
        attest "$suite" "" || first $?
        if [ -e "$dir/$suite.base.status" ]; then attest "$suite" .base || first $?; fi
    done
    ;;
*) usage ;;
esac
exit "$status"
