# Steps of a replay, shown with their answers, each held to how it should come out. Sourced by a script that has set `replay` to its name.
# shellcheck shell=sh
# shellcheck disable=SC2154 # $replay is the caller's

for tool in guard git cc awk; do
    command -v "$tool" >/dev/null || { echo "$replay: \`$tool\` is not in PATH" >&2; exit 2; }
done

scratch=$(mktemp -d "${TMPDIR:-/tmp}/guard-$replay.XXXXXX")
scratch=$(CDPATH='' cd -- "$scratch" && pwd -P)
log=$scratch/log
summary=$scratch/summary
unexpected=0
: >"$summary"

leave() {
    status=$?
    trap - EXIT
    if [ "$status" -eq 0 ]; then
        rm -rf "$scratch"
    else
        echo "$replay: the repositories are left in $scratch" >&2
    fi
    exit "$status"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

# Nobody's own configuration takes part.
for name in $(env | sed -n 's/^\(GIT_[A-Z0-9_]*\)=.*/\1/p; s/^\(GUARD_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
mkdir "$scratch/home"
HOME=$scratch/home GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C GIT_TERMINAL_PROMPT=0
export HOME GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM LC_ALL GIT_TERMINAL_PROMPT

title() { printf '\n== %s\n' "$*"; }

show() {
    printf '$'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:=@%^{}+-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
}

fault() {
    unexpected=$((unexpected + 1))
    echo "!! $*"
    echo "!! $*" >>"$summary"
}

# run accepted|rejected WHAT COMMAND...: shows the command, its output and its outcome; the output stays in $log.
run() {
    expected=$1 what=$2
    shift 2
    show "$@"
    if "$@" >"$log" 2>&1 </dev/null; then status=0 outcome=accepted; else status=$? outcome=rejected; fi
    awk '{ print "    " (length($0) > 700 ? substr($0, 1, 700) " ..." : $0) }' "$log" # one JSON document is one long line
    # 1 says no; anything else (2: could not decide, 127: no such program, a signal) is not an answer
    if [ "$outcome" = rejected ] && [ "$status" -ne 1 ]; then outcome="in error"; fi
    printf -- '-> %s (exit status %s)\n' "$outcome" "$status"
    if [ "$outcome" = "$expected" ]; then
        printf '   %-9s %s\n' "$outcome" "$what" >>"$summary"
    else
        fault "$what: $outcome, should have been $expected"
    fi
}

quietly() {
    show "$@"
    "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; fault "could not prepare: $*"; exit 1; }
}

must_say() { for text in "$@"; do grep -qF -- "$text" "$log" || fault "the answer does not say \`$text\`"; done; }
must_match() { for text in "$@"; do grep -Eq -- "$text" "$log" || fault "the answer has nothing like \`$text\`"; done; }
# What the suite wrote: shown by `guard test`, and kept in its log.
suite_must_say() { for text in "$@"; do grep -rqF -- "$text" "$log" .git/guard/logs || fault "the suite did not say \`$text\`"; done; }
must_not_say() { for text in "$@"; do if grep -qF -- "$text" "$log"; then fault "the answer says \`$text\`"; fi; done; }

# bulk WORD LINES FILE...: fills the files with so many lines in all, no two of them alike.
bulk() {
    word=$1 lines=$2
    shift 2
    awk -v word="$word" -v lines="$lines" 'BEGIN {
        many = ARGC - 1
        for (f = 1; f <= many; f++) {
            n = int(lines / many) + (f <= lines % many ? 1 : 0)
            for (i = 1; i <= n; i++) print word, ARGV[f], i > (ARGV[f])
            close(ARGV[f])
        }
    }' "$@"
}

# What git says that a commit changed: files, insertions, deletions.
numstat() { git show --numstat --format= "$1" | awk '{ files++; added += $1; deleted += $2 } END { print files + 0, added + 0, deleted + 0 }'; }

identify() {
    git config user.name "$1"
    git config user.email "$2"
}

# The last step: exits 1 where something did not come out as it should.
conclude() {
    title "summary"
    cat "$summary"
    if [ "$unexpected" -ne 0 ]; then
        echo "$replay: $unexpected things were not as they should be"
        exit 1
    fi
    echo "$replay: every step came out as it should"
}
