"""Real histories: audits, ranges, branches and staged edits, each asked of both programs."""

import collections
import hashlib
import json
import os
import random
import shutil
import subprocess

import answers

POLICY = r"""version = 1
protected = ["main", "master", "stable", "*-stable", "rust-1.*"]
free = ["wip/**"]

[owners]
emails = ["mitsuhiko@example.org", "davidism@gmail.com", "parker@parkermoore.de", "alex@alexcrichton.com", "jamslam@gmail.com"]

[defaults]
max-files-per-commit = 8
max-files-per-session = 40
max-lines-per-commit = 200
max-lines-per-session = 2000
max-areas-per-session = 2
max-bytes-per-commit = "20 KiB"
max-bytes-per-session = "200 KiB"
max-file-size = "100 KiB"

[specialist.alpha]
emails = [@ALPHA@]
max-files-per-commit = 12
requires = ["tests"]

[specialist.beta]
emails = [@BETA@]
branches = ["ag/**", "feature/**", "[0-9]*"]
prohibited = ["docs/", "area:controls"]

[specialist.gamma]
emails = [@GAMMA@]
allowed = ["src/", "lib/", "tests/", "test/", "features/", "crates/", "flask/", "*"]

@ANYONE@
max-files-per-commit = 5
max-lines-per-commit = 120

[area.auth]
paths = ["**/auth/", "**/*session*", "**/*login*", "**/*password*"]
lines = ['\bunsafe\b', '(?i)secret_key', 'eval\(', '\.unwrap\(\)']
requires = ["tests"]

[area.core]
paths = ["src/", "lib/", "flask/", "crates/*/src/"]
requires = ["tests"]
affects = ["auth"]

[area.scripts]
paths = ["**/*.py", "**/*.rb", "**/*.sh"]
lines = ['^#!']
requires = ["lint"]

[area.docs]
paths = ["docs/", "site/", "doc/", "**/*.md", "**/*.rst"]
forbid = ["delete"]

[area.controls]
paths = [".github/", ".travis.yml", "ci/", "**/.gitattributes", ".gitmodules", "Makefile"]
owners-only = true

[suite.tests]
run = "make test"
files = ["tests/", "test/", "testsuite/"]
min-tests = 1
junit = "report.xml"

[suite.lint]
run = "make lint"

[combined]
requires = ["tests"]

[evidence]
commit = "recorded"
branch = "claimed"
land = "attested"

[count]
not-lines = ["Cargo.lock", "**/package-lock.json", "CHANGES*"]
not-files = ["**/*.snap"]

[halt]
on-failure = ["tests"]

[session]
window = "3650d"
"""


def git(where, environment, *words, stdin=b""):
    """Standard output of a git command that has to succeed."""
    done = subprocess.run(["git", "-C", where, *words], env=environment, input=stdin, capture_output=True, check=False)
    if done.returncode != 0:
        raise answers.Unusable(f"git {' '.join(words)} in {where}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


class History:
    """A repository, a bare scratch clone and one with a work tree; both share its objects."""

    def __init__(self, source, programs, scratch, seed):
        parts = [part for part in source.split(os.sep) if part]
        self.name = parts[-2] if parts[-1] in ("repo", ".git") else parts[-1]
        self.programs, self.scratch = programs, os.path.join(scratch, self.name)
        os.makedirs(self.scratch, exist_ok=True)
        self.environment = answers.hermetic(scratch, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
        self.rng = random.Random(f"{seed} {self.name}")
        self.bare, self.work = os.path.join(self.scratch, "bare.git"), os.path.join(self.scratch, "work")
        self._clone(source)
        self.tip = git(self.bare, self.environment, "rev-parse", "HEAD").decode().strip()
        refs = git(self.bare, self.environment, "for-each-ref", "--format=%(refname) %(objectname)")
        self.state = hashlib.sha256(refs).hexdigest()[:16]
        self.said = collections.Counter()
        self._policies()

    def _clone(self, source):
        for path, more in [(self.bare, ["--bare"]), (self.work, [])]:
            shutil.rmtree(path, ignore_errors=True)
            git(self.scratch, self.environment, "clone", "-q", "-s", "--no-tags", *more, source, path)

    def _policies(self):
        """Two policies: one with `"*"`, one without, each with the most frequent authors as specialists."""
        log = git(self.bare, self.environment, "log", "--format=%ae", "HEAD").decode(errors="replace").splitlines()
        often = [mail for mail, _ in collections.Counter(log).most_common(60) if mail.isascii() and "@" in mail and '"' not in mail]
        emails, seen = [], set()
        for mail in often:
            if mail.lower() not in seen and "\\" not in mail:
                seen.add(mail.lower())
                emails.append(mail)
        base = git(self.bare, self.environment, "symbolic-ref", "--short", "HEAD").decode().strip()
        text = POLICY.replace("version = 1\n", f"version = 1\nbase = {json.dumps(base)}\n", 1)
        for place, name in enumerate(["@ALPHA@", "@BETA@", "@GAMMA@"]):
            text = text.replace(name, json.dumps(emails[place:24:3])[1:-1] or '"nobody@example.org"')
        self.policies = {"open": text.replace("@ANYONE@", '[specialist."*"]'), "closed": text.replace("@ANYONE@", "[specialist.delta]")}
        for name, content in self.policies.items():
            for where in (self.bare, os.path.join(self.work, ".git")):
                with open(os.path.join(where, f"{name}.toml"), "w", encoding="utf-8") as file:
                    file.write(content)
        git(self.work, self.environment, "config", "core.hooksPath", "/dev/null")
        git(self.bare, self.environment, "config", "guard.maxCommits", "100000")
        git(self.work, self.environment, "config", "guard.maxCommits", "100000")

    def policy(self, bare, name="open"):
        return ["--policy", f"{name}.toml" if bare else f".git/{name}.toml"]

    def resolve(self, rev):
        return git(self.bare, self.environment, "rev-parse", rev).decode().strip()


def audit(job):
    """Audits of a history, by files: they may be large."""
    *one, then = job
    try:
        history = History(*one)
        _audits(history, then)
        return history.said, None
    except answers.Differs as error:
        return collections.Counter(), str(error)


def _audits(history, then):
    asked = [("open", [*history.policy(True), "audit", "HEAD"])]
    start = git(history.bare, history.environment, "rev-list", "-n1", f"--skip={then}", "HEAD").decode().strip()
    recent = f"{start}..HEAD" if start else "HEAD"
    asked.append(("closed", [*history.policy(True, "closed"), "audit", recent]))
    _with_policies(history, min(then, 150))
    asked.append(("then", ["audit", "then-start..then", "--policy-then"]))
    for name, words in asked:
        key = f"audit-{history.name}-{history.state}-{name}-{then}"
        what, words = f"{history.name}: guard {' '.join(words)}", ["--format", "json", *words]
        status, path = history.programs.ask_in_files(what, key, words, history.bare, history.environment, history.scratch)
        history.said["", f"{history.name} audit {name}", f"exit {status}, {os.path.getsize(path)} bytes"] += 1
        with open(path, "rb") as file:
            document = file.read().split(b"\n--- standard error\n")[0]
        if status == 0:
            for commit in json.loads(document)["commits"]:
                history.said.update(("", f"{history.name} audit {name} violated", rule) for rule in commit["violations"])


def _with_policies(history, many):
    """The newest first-parent trees anew, with a policy that changes now and then: refs `then-start` and `then`."""
    words = ["log", "--first-parent", "--reverse", f"-n{many}", "--format=%T %ae", "HEAD"]
    log = git(history.bare, history.environment, *words).decode(errors="replace")
    texts = [*history.policies.values(), "version = 2\n"]
    write = ["hash-object", "-w", "--stdin"]
    blobs = [git(history.bare, history.environment, *write, stdin=text.encode()).decode().strip() for text in texts]
    parent, first = None, None
    index = os.path.join(history.scratch, "index")
    for number, line in enumerate(log.splitlines()):
        tree, _, mail = line.partition(" ")
        blob = blobs[2] if number % 29 == 28 else blobs[number // 20 % 2]
        date = f"@{1735700000 + number * 60} +0000"
        environment = history.environment | {"GIT_INDEX_FILE": index, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_DATE": date}
        git(history.bare, environment, "read-tree", tree)
        if number % 37 != 36:
            git(history.bare, environment, "update-index", "--add", "--cacheinfo", f"100644,{blob},policy.toml")
        tree = git(history.bare, environment, "write-tree").decode().strip()
        above = ["-p", parent] if parent else []
        parent = git(history.bare, environment, "commit-tree", *above, "-m", f"then {number}", tree).decode().strip()
        first = first or parent
    git(history.bare, history.environment, "update-ref", "refs/then-start", first)
    git(history.bare, history.environment, "update-ref", "refs/then", parent)


def check(job):
    """Ranges, branches and staged edits of a history."""
    *one, many = job
    try:
        history = History(*one)
        tape = history.programs.tape(f"check-{history.name}-{history.state}-{one[-1]}-{many}")
        _ranges(history, tape, many)
        _staged(history, tape, max(1, many // 4))
        tape.close()
        return history.said, None
    except answers.Differs as error:
        return collections.Counter(), str(error)


def _ask(history, tape, words, where):
    def ask(program):
        return answers.run([program, "--format", "json", *words], where, history.environment)

    what = f"{history.name}{' (bare)' if where == history.bare else ''}: guard {' '.join(words)}"
    old = tape.old(ask)
    new = ask(history.programs.new)
    answers.compare(what, old, new)
    verdict = json.loads(new[1]) if new[1] else {"decision": "nothing", "judgements": []}
    history.said["", f"{history.name} check", verdict["decision"]] += 1
    broken = {outcome["rule"] for one in verdict["judgements"] for outcome in one["outcomes"] if outcome["outcome"] == "violated"}
    history.said.update(("", f"{history.name} check violated", rule) for rule in broken)


def _ranges(history, tape, many):
    rng = history.rng
    commits = git(history.bare, history.environment, "rev-list", "--topo-order", "HEAD").decode().split()
    merges = git(history.bare, history.environment, "rev-list", "--merges", "HEAD").decode().split()
    words = ["for-each-ref", "--format=%(refname:short)", "refs/heads"]
    branches = sorted(git(history.bare, history.environment, *words).decode().split())
    for _ in range(many):
        bare = rng.random() < 0.5
        where = history.bare if bare else history.work
        words = history.policy(bare, rng.choice(["open", "open", "closed"])) + ["check"]
        kind = rng.choices(["range", "merge", "commit", "branch", "ends"], [45, 20, 15, 15, 5])[0]
        if kind == "merge" and merges:
            chosen = rng.choice(merges)
            words.append(f"{chosen}^1..{chosen}")
        elif kind == "branch":
            words.append(rng.choice(branches) if bare else "origin/" + rng.choice(branches))
            if rng.random() < 0.5:
                words += ["--base", rng.choice(commits[:200])]
        elif kind == "ends":
            # Two commits of which neither need be an ancestor of the other.
            first, second = rng.sample(commits[: min(400, len(commits))], 2)
            words.append(f"{first}..{second}")
        else:
            start = rng.randrange(len(commits) - 1)
            back = 1 if kind == "commit" else rng.choice([2, 5, 12, 40])
            words.append(f"{commits[min(start + back, len(commits) - 1)]}..{commits[start]}")
        if rng.random() < 0.3:
            words.append("--merge")
        if rng.random() < 0.4:
            words += ["--stage", rng.choice(["commit", "branch", "land"])]
        if rng.random() < 0.3:
            words += ["--as", rng.choice(["alpha", "beta", "gamma", "nobody"])]
        _ask(history, tape, words, where)


def _staged(history, tape, many):
    """Edits of the index alone, made without the work tree's files."""
    rng, environment = history.rng, history.environment
    lines = git(history.work, environment, "ls-files", "-s", "-z").split(b"\0")
    files = [line for line in lines if line]
    for _ in range(many):
        git(history.work, environment, "read-tree", "HEAD")
        changes = []
        for line in rng.sample(files, min(len(files), rng.choice([1, 2, 4, 9, 30]))):
            head, path = line.split(b"\t", 1)
            mode, oid, _ = head.split(b" ")
            kind = rng.choice(["edit", "edit", "edit", "delete", "move", "mode", "binary"])
            if kind in ("edit", "binary") and mode != b"160000":
                body = git(history.work, environment, "cat-file", "blob", oid.decode())
                text = b"unsafe eval(1)\n" * rng.randrange(3) + body[: len(body) // 2] + b"changed %d\n" % rng.randrange(99)
                body = b"\0" + body if kind == "binary" else text
                oid = git(history.work, environment, "hash-object", "-w", "--stdin", stdin=body).strip()
            elif kind == "delete":
                changes.append(b"0 " + b"0" * 40 + b"\t" + path)
                continue
            elif kind == "move":
                changes.append(b"0 " + b"0" * 40 + b"\t" + path)
                path = b"lib/moved-%d/" % rng.randrange(9) + path
            elif kind == "mode" and mode == b"100644":
                mode = b"100755"
            changes.append(mode + b" " + oid + b"\t" + path)
        git(history.work, environment, "update-index", "-z", "--index-info", stdin=b"\0".join(changes) + b"\0")
        words = history.policy(False, rng.choice(["open", "closed"])) + ["check", "--staged"]
        if rng.random() < 0.3:
            words += ["--stage", rng.choice(["commit", "branch"])]
        if rng.random() < 0.4:
            words += ["--as", rng.choice(["alpha", "beta", "gamma"])]
        _ask(history, tape, words, history.work)
    git(history.work, environment, "read-tree", "HEAD")
