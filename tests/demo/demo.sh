#!/bin/sh
# Replays the incident against real git: a bare repository as the server, a clone as the specialist's machine.
# Usage: demo.sh; `guard` is taken from PATH. Exits non-zero if any step did not come out as it should.
set -eu

replay=demo
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
files=17 insertions=292900 deletions=286373
bulk_files="api/openapi.json api/profile.json api/orders.json api/search.json api/fixtures.sql
    middleware/sessions.map middleware/rates.map middleware/routes.map
    webui/hooks.js webui/forms.js webui/app.js webui/vendor.js webui/theme.css webui/icons.svg webui/locale.json webui/index.html"

# shellcheck source=tests/demo/steps.sh
. "$here/steps.sh"

title "a server, and a shop on it: a login with CSRF middleware, an API, a web UI"
cd "$scratch"
quietly git init -q --bare -b main server.git
quietly git clone -q server.git maintainer
cp -R "$here/shop/." maintainer/
quietly ssh-keygen -q -t ed25519 -N '' -C ci@shop.example -f "$scratch/ci-key"
printf '\n[runner.ci]\nusers = ["ci-bot"]\nkeys = ["%s"]\n' "$(cat "$scratch/ci-key.pub")" >>maintainer/policy.toml
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

conclude
