#!/bin/sh
# The incident in six phases, as it was: five specialists, no guard, claims. Then what the guard would have said at each, the halt, and the way
# back. Real git, a real server, a real login over HTTP.
# Usage: replay.sh; `guard` is taken from PATH. Exits non-zero if a step did not come out as it should.
set -eu

# shellcheck disable=SC2034 # read by steps.sh
replay=incident
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
demo=$here/../../tests/demo
# shellcheck source=tests/demo/steps.sh
. "$demo/steps.sh"

bulk_files="api/openapi.json api/profile.json api/orders.json api/search.json api/fixtures.sql
    middleware/sessions.map middleware/rates.map middleware/routes.map
    webui/hooks.js webui/forms.js webui/app.js webui/vendor.js webui/theme.css webui/icons.svg webui/locale.json webui/index.html"

# claim SPECIALIST MESSAGE [SUITE...]: commits all there is, and says that the suites passed.
claim() {
    who=$1 message=$2
    shift 2
    git add -A
    tree=$(git write-tree)
    trailers=
    for suite in "$@"; do trailers="${trailers}Integration-Tested: $suite tree=$tree
"; done
    identify "$who" "$who@agents.example"
    printf '%s\n\n%s' "$message" "$trailers" | quietly_in git commit -q -F -
}

# As quietly, with a standard input.
quietly_in() {
    show "$@"
    "$@" >"$log" 2>&1 || { cat "$log" >&2; fault "could not prepare: $*"; exit 1; }
}

# What comes of a login with the right password, and how much of the suite passes.
login() { sh tests/integration/run.sh 2>&1 | grep -E 'the login with the token is accepted|passed,' | sed 's/^/    /'; }

title "the state before: a shop whose login works, proven by CI"
cd "$scratch"
quietly git init -q --bare -b main server.git
quietly git clone -q server.git team
cp -R "$demo/shop/." team/
cp "$here/policy.toml" team/policy.toml
for key in ci owner; do quietly ssh-keygen -q -t ed25519 -N '' -C "$key@shop.example" -f "$scratch/$key"; done
{
    printf '\n[runner.ci]\nusers = ["ci-bot"]\nkeys = ["%s"]\n' "$(cat "$scratch/ci.pub")"
    printf '\n[owners]\nusers = ["maintainer"]\nemails = ["maintainer@shop.example"]\nkeys = ["%s"]\n' "$(cat "$scratch/owner.pub")"
} >>team/policy.toml
cd team
git symbolic-ref HEAD refs/heads/main
quietly git apply "$demo/fix.patch"
mkdir migrations db
echo "create table sessions (id text primary key, token text not null);" >migrations/001_sessions.sql
echo "connections 20" >db/pool.conf
cat >tests/pool.sh <<'SUITE'
#!/bin/sh
set -eu
[ "$(sed -n "s/^connections //p" db/pool.conf)" -ge 10 ] && echo "ok: ten visitors at once"
SUITE
# shellcheck disable=SC2086 # the list is split on purpose
bulk was 286372 $bulk_files
printf '/build/\n/report.xml\n' >.gitignore
identify maintainer maintainer@shop.example
quietly git add -A
quietly git commit -q -m "A shop with a login that works"
quietly git push -q origin main
quietly git remote set-head origin -a
good=$(git rev-parse HEAD)
run accepted "CI proves the state before" guard test integration connection-pool --rev "$good" --sign "$scratch/ci" --push origin

title "phase 1: visitors with an old form are answered 403, and the form is told to try again"
sed 's/the form has expired/the form has expired, please try again/' middleware/csrf.c >"$scratch/new" && cat "$scratch/new" >middleware/csrf.c
sed 's/difference == 0/difference == 1/' middleware/csrf.c >"$scratch/new" && cat "$scratch/new" >middleware/csrf.c
claim auth-security-expert "Fix the login: friendlier words for an expired form" integration
login
title "phase 2: everybody gets 403 now; the gateway's session check is loosened, which was not it"
sed 's/ || (visitor \&\& visitor->logged_in)/ || visitor/' middleware/session.c >"$scratch/new" && cat "$scratch/new" >middleware/session.c
claim backend-gateway-expert "Fix the login: sessions are recognised, all tests pass" integration
title "phase 3: the database is suspected: a migration that has run is edited, and the pool made small"
echo "create table sessions (id text primary key, token text);" >migrations/001_sessions.sql
echo "connections 2" >db/pool.conf
claim database-expert "Fix the login: tokens may be null, pool tuned" connection-pool integration
title "phase 4: the web UI leaves the token out, and takes the check out of the middleware's chain"
sed '/token/d' webui/login.html >"$scratch/new" && cat "$scratch/new" >webui/login.html
sed 's/^    add_middleware(csrf_middleware);$/    \/* not needed any more *\//' api/server.c >"$scratch/new" && cat "$scratch/new" >api/server.c
claim webui-architect "Fix the login: the form is simple again" integration
title "phase 5: the critical fix: 17 files"
# shellcheck disable=SC2086
bulk now 292899 $bulk_files
sed 's/strlen(given) != length/strlen(given) == length/' middleware/csrf.c >"$scratch/new" && cat "$scratch/new" >middleware/csrf.c
claim backend-gateway-expert "CRITICAL FIX: login works again, verified" integration
echo "    $(numstat HEAD) (files, insertions, deletions, by git)"
login
title "phase 6: the fixes are put together: both middlewares must be there, or the answer is 500; success is reported"
sed 's/^    struct visitor \*visitor = find(request->cookie);$/&\n    if (chained != 2) {\n        answer(response, 500, "incomplete");\n        return;\n    }/' api/server.c >"$scratch/new" && cat "$scratch/new" >api/server.c
echo "All five fixes are integrated. Login verified. System fully operational." >STATUS.md
claim integration-coordinator "Report: all fixes integrated, all tests pass" integration connection-pool
quietly git push -q origin main
login

title "what the guard would have said at each phase"
n=0
for phase in $(git rev-list --reverse "$good..HEAD"); do
    n=$((n + 1))
    run rejected "phase $n: $(git log -1 --format='%an' "$phase")" guard check "$phase~..$phase"
    case $n in
        1 | 2) must_say 'error[guarded-area]' 'integration' ;;
        3) must_say 'error[forbidden-change]' 'error[guarded-area]' 'connection-pool' ;;
        4) must_say 'error[scope]' 'error[guarded-area]' ;;
        5) must_say 'error[file-limit]' 'error[line-limit]' 'error[guarded-area]' '17 files' ;;
        6) must_say 'error[guarded-area]' ;;
    esac
done
run rejected "all of it, as one landing" guard check "$good..HEAD"
must_say 'error[combined-change]'

title "an administrator installs the guard over main as it is; CI runs the suite on it, and the project is halted"
(cd ../server.git && quietly guard install --server && quietly git config guard.identity env:SHOP_ACCOUNT)
SHOP_ACCOUNT=ci-bot
export SHOP_ACCOUNT
run rejected "CI's run on main halts" guard test integration --rev origin/main --sign "$scratch/ci" --push origin
must_say 'halted'
SHOP_ACCOUNT=backend-bot
identify backend-gateway-expert backend-gateway-expert@agents.example
quietly git switch -q -c one-more-fix
echo "/* surely now */" >>middleware/session.c
quietly git commit -q -a -m "Fix the login once more"
run rejected "one more fix, while halted" git push origin one-more-fix
must_say 'error[halted]' "runner \`ci\`" 'a return to a known good tree'
quietly git switch -q main

title "the way back"
run accepted "the last good state" guard last-good
must_say "$(git rev-parse --short=7 "$good")"
run accepted "the plan" guard rollback
must_say 'integration-coordinator' 'database-expert'
SHOP_ACCOUNT=maintainer
identify maintainer maintainer@shop.example
run accepted "the return, on a branch of its own" guard rollback --apply
land=$(sed -n 's/^next: //p' "$log" | tail -n 1)
run rejected "it edits a migration, which nobody may" sh -c "$land"
must_say 'error[forbidden-change]'
must_not_say 'error[halted]' 'error[file-limit]' 'error[line-limit]' 'error[guarded-area]'
run accepted "so an owner waives that, for this tree and a day" guard waive forbidden-change --rev "$(git for-each-ref --format="%(refname:short)" refs/heads/rollback/)" --reason "the edited migration has not run" --expires 1d --sign "$scratch/owner" --push origin
run rejected "a resume before the return has landed" guard resume --sign "$scratch/owner" --push origin
must_say 'not resumed'
run accepted "the return lands: over every limit, and its tree is proven" sh -c "$land"
quietly git fetch -q origin
[ "$(git rev-parse 'origin/main^{tree}')" = "$(git rev-parse "$good^{tree}")" ] || fault "main is not the state before"
run accepted "a resume, with the proof there is" guard resume --sign "$scratch/owner" --push origin
must_say 'resumed'
quietly git switch -q -c ui origin/main
SHOP_ACCOUNT=webui-bot
identify webui-architect webui-architect@agents.example
echo "<!-- clearer -->" >>webui/login.html
quietly git commit -q -a -m "A clearer form"
run accepted "work goes on" git push origin ui
login

title "what the ledger on the server has kept, newest first"
run accepted "the ledger" guard -C ../server.git log
must_say 'resume by owner' 'proven on the tip of the base' 'waived[forbidden-change]' 'the edited migration has not run' "halt by runner \`ci\`"

title "the audit: what was claimed, and what of it is proven"
run accepted "the audit" guard -C ../server.git audit main
must_say '1 halt, 1 resume, 0 forced resumes, 1 waiver, 1 rollback' "\`integration\` failed on $(git rev-parse --short=7 origin/main~)" \
    "passed again on $(git rev-parse --short=7 origin/main)" 'what landed, as the ledger has it'
for who in auth-security-expert backend-gateway-expert database-expert webui-architect integration-coordinator; do
    must_match "^$who .* \(100 %\)\$"
done

conclude
