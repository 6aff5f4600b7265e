#!/bin/sh
# Replays the incident against real git: a bare repository as the server, a clone as the specialist's machine.
# Usage: demo.sh; `guard` is taken from PATH. Exits non-zero if any step did not come out as it should.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
files=17 insertions=292900 deletions=286373
bulk_files="api/openapi.json api/profile.json api/orders.json api/search.json api/fixtures.sql
    middleware/sessions.map middleware/rates.map middleware/routes.map
    webui/hooks.js webui/forms.js webui/app.js webui/vendor.js webui/theme.css webui/icons.svg webui/locale.json webui/index.html"

for tool in guard git cc awk; do
    command -v "$tool" >/dev/null || { echo "demo: \`$tool\` is not in PATH" >&2; exit 2; }
done

scratch=$(mktemp -d "${TMPDIR:-/tmp}/guard-demo.XXXXXX")
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
        echo "demo: the repositories are left in $scratch" >&2
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

title "a server, and a shop on it: a login with CSRF middleware, an API, a web UI"
cd "$scratch"
quietly git init -q --bare -b main server.git
quietly git clone -q server.git maintainer
cp -R "$here/shop/." maintainer/
quietly ssh-keygen -q -t ed25519 -N '' -C ci@shop.example -f "$scratch/ci-key"
printf '\n[runner.ci]\nkeys = ["%s"]\n' "$(cat "$scratch/ci-key.pub")" >>maintainer/policy.toml
cd maintainer
git symbolic-ref HEAD refs/heads/main
# shellcheck disable=SC2086 # the list is split on purpose
bulk was $((deletions - 1)) $bulk_files
identify maintainer maintainer@shop.example
quietly git add -A
quietly git commit -q -m "A shop with a login"
quietly git push -q origin main
cd ..
quietly git clone -q server.git specialist
(cd server.git && quietly guard install --server && quietly git config guard.identity env:SHOP_ACCOUNT)
cd specialist
identify backend-gateway-expert backend-gateway-expert@agents.example
SHOP_ACCOUNT=backend-bot # as the server's own authentication would set it
export SHOP_ACCOUNT
quietly guard install

title "the incident: a \"critical fix\" in $files files of API, middleware and web UI"
# shellcheck disable=SC2086
bulk now $((insertions - 1)) $bulk_files
sed 's/strlen(given)) == 0/strlen(given)) != 0/' middleware/csrf.c >"$scratch/csrf.c"
cat "$scratch/csrf.c" >middleware/csrf.c
quietly git add -A
run rejected "the incident, at the commit" git commit -m "CRITICAL FIX: login works again"
must_say 'error[file-limit]' 'error[line-limit]' 'error[guarded-area]' "$files files"
run rejected "the incident, by hand" guard check --staged --format json
must_match "\"files\": ?$files," "\"insertions\": ?$insertions," "\"deletions\": ?$deletions,"
run rejected "its suite, which nobody had run" guard test integration
suite_must_say 'FAILED: the login with the token is accepted'

title "the incident again, past the local hooks"
run accepted "the local hooks stepped over" git commit -q --no-verify -m "CRITICAL FIX: login works again"
run accepted "git's own count" git show --numstat --format= HEAD
counted=$(numstat HEAD)
echo "    $counted (files, insertions, deletions)"
[ "$counted" = "$files $insertions $deletions" ] || fault "git counts $counted, not $files $insertions $deletions"
run rejected "the incident, at the server" git push --no-verify origin main
must_say 'remote: ' 'error[file-limit]' 'error[line-limit]' 'error[guarded-area]' "$files files"
[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse origin/main)" ] || fault "the server's main has moved"

title "the same fix within the limits, not tested"
quietly git reset -q --hard origin/main
quietly git apply "$here/fix.patch"
quietly git add -A
run rejected "the small fix, untested" git commit -m "Compare the whole CSRF token"
must_say 'error[guarded-area]' 'guard test integration'
must_not_say 'error[file-limit]' 'error[line-limit]'

title "what the answer says to do: the suite, which starts the server and logs in through it"
run accepted "its suite" guard test integration
suite_must_say 'listens on 127.0.0.1:' 'ok: the login with the token is accepted' '9 passed'

title "the same commit again, and the push"
run accepted "the small fix, tested" git commit -m "Compare the whole CSRF token"
run accepted "its marker is in the message" git log -1 --format=%B
must_say "Integration-Tested: integration tree=$(git rev-parse 'HEAD^{tree}')"
run rejected "the small fix, as a landing that only its author vouches for" git push origin main
must_say 'needs attested'
run accepted "the small fix, on a branch" git push origin main:fix-login

title "CI, in a clone of its own and with a key of its own, runs the suite on exactly that tree"
(cd "$scratch" && quietly git clone -q server.git ci)
cd ../ci
identify ci ci@shop.example
SHOP_ACCOUNT=ci-bot
run accepted "attested by CI" guard test integration --rev origin/fix-login --sign "$scratch/ci-key" --push origin
must_say 'recorded and signed'
cd ../specialist
SHOP_ACCOUNT=backend-bot

title "the same push again, once the evidence is here"
quietly git fetch origin
run accepted "the small fix, attested, at the server" git push origin main
run accepted "what proves it" git -C ../server.git --no-pager log -1 --format=%s refs/notes/guard/ci
[ "$(git -C ../server.git rev-parse main)" = "$(git rev-parse HEAD)" ] || fault "the server's main is not the fix"

title "summary"
cat "$summary"
if [ "$unexpected" -ne 0 ]; then
    echo "demo: $unexpected things were not as they should be"
    exit 1
fi
echo "demo: every step came out as it should"
