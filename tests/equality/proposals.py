"""Random pushes: what somebody would have a repository take."""

import json
from dataclasses import dataclass, field

import evidence
import policies
import store
from keys import KEYS, envelope, owner_writer

ACCOUNTS = {"dev": 30, "web": 20, "db": 10, "boss": 20, "ci-account": 4, "guest": 5, "dev-bot": 4, "": 4, "Dev": 1, "stranger": 1}
NOTES = b"refs/notes/guard/"
# Of a push certificate: the time that it holds is the server's.
NONCE = "1735700000-abc"
KINDS = {
    "work": 44,
    "land": 26,
    "merge": 12,
    "squash": 7,
    "release": 6,
    "tag": 5,
    "delete": 4,
    "rewind": 4,
    "policy": 6,
    "proof": 5,
    "halt": 3,
    "bad-notes": 5,
    "odd-ref": 6,
    "several": 6,
    "many-refs": 1,
    "root": 2,
    "revert": 3,
    "wrong-old": 2,
    "nothing": 1,
}
ODD_REFS = [
    b"refs/heads/Main",
    b"refs/heads/main/x",
    b"refs/heads/release",
    b"refs/heads/release/1/x",
    b"refs/heads/HEAD",
    b"refs/heads/refs/heads/main",
    b"refs/replace/" + b"a" * 40,
    b"refs/guard/ledger",
    b"refs/guard/mine",
    b"refs/meta/config",
    b"refs/pull/1/head",
    b"refs/for/main",
    b"refs/notes/commits",
    b"refs/tags/main",
    b"refs/tags/origin/main",
    b"refs/heads/bad..name",
    b"refs/heads/\xff",
    b"refs/heads/ma\xc4\xb1n",
    b"refs/remotes/origin/main",
]
FLAWS = ["failed", "stale", "definition", "root", "writer", "spoilt", "counts", "tomorrow", "unsigned", "namespace", "old", "files"]


@dataclass
class Push:
    """Who pushes what. `halts`, `lifts`: digests of words in it. `brings`: objects that no ref needs."""

    kind: str
    account: str
    updates: list = field(default_factory=list)
    halts: list = field(default_factory=list)
    lifts: list = field(default_factory=list)
    brings: list = field(default_factory=list)
    certificate: str | None = None


class Proposer:
    """Makes pushes against what a server holds."""

    def __init__(self, rng, author, server, known, root):
        self.rng, self.author, self.store, self.server = rng, author, author.store, server
        self.known, self.root, self.halts, self.minutes = known, root, [], 0
        # Somebody works here more than others, so that a window has something to hold.
        self.busiest = rng.choice(["dev", "web", "db", "guest", ""])

    # what there is

    def tip(self, name):
        return self.store.commits.get(self.server.refs.get(name))

    @property
    def main(self):
        return self.tip(b"refs/heads/main")

    def policy(self):
        entry = self.main.files.get(b"policy.toml") if self.main else None
        return self.known.get(entry[1]) if entry else None

    def suites(self):
        policy = self.policy()
        return list(policy.suites) if policy else []

    def branches(self):
        heads = [name for name in self.server.refs if name.startswith(b"refs/heads/") and name != b"refs/heads/main"]
        return sorted(name for name in heads if self.tip(name))

    def update(self, name, new):
        return (name, self.server.refs.get(name), new)

    def nonce(self):
        return "%032x" % self.rng.getrandbits(128)

    # notes

    def notes(self, lines):
        """Updates that add lines: `lines` maps a writer to pairs of an object and a line."""
        updates = []
        for writer, added in lines.items():
            name = NOTES + writer.encode()
            tip = self.tip(name)
            files = dict(tip.files) if tip else {}
            for on, line in added:
                path = on[:2].encode() + b"/" + on[2:].encode()
                before = self.store.contents.get(files[path][1], b"") if path in files else b""
                files[path] = (store.FILE, self.store.blob(before + line + b"\n"))
            self.author.clock += 60
            commit = self.store.commit(files, [tip.oid] if tip else [], b"Record a run\n", b"n@example.org", self.author.clock)
            updates.append(self.update(name, commit.oid))
        return updates

    def record(self, suite, commit, base, flaw=None, of_base=False):
        """A writer and a line: a run of a suite on a commit's tree."""
        policy, rng, self.minutes = self.policy(), self.rng, self.minutes + 3
        files = base.files if of_base else commit.files
        more = {"blob": commit.files[b"policy.toml"][1]} if b"policy.toml" in commit.files else {}
        more["files"] = {} if flaw == "files" else files
        tree, root, minutes = commit.tree, self.root.oid, self.minutes
        if flaw == "failed":
            more |= {"result": "FAILED", "status": 1}
        elif flaw == "stale":
            tree = self.root.tree if commit.tree != self.root.tree else "1" * 40
        elif flaw == "definition":
            more["definition"] = "0" * 64
        elif flaw == "root":
            root = rng.choice([self.main.oid, "2" * 40])
        elif flaw == "counts":
            more["counts"] = dict(zip(["passed", "failed", "skipped"], rng.choice([(1, 0, 0), (9, 0, 4), (3, 1, 0)])))
        elif flaw == "tomorrow":
            minutes = 60 * 24 * 365 * 70
        signer = "nightly" if flaw == "old" else rng.choices(["ci", "dev", "web", "boss"], [75, 12, 8, 5])[0]
        payload = evidence.record(policy, suite, tree, root, minutes, self.nonce(), **more)
        namespace = "git" if flaw == "namespace" else "guard-evidence"
        line = envelope(payload, [] if flaw == "unsigned" else [signer], namespace, flaw == "spoilt")
        writer = "local-dev" if flaw == "unsigned" else owner_writer(signer) if signer == "boss" else signer
        return ("ci" if signer != "ci" else "dev") if flaw == "writer" else writer, line

    def proof(self, commit, lines=None):
        """Lines for every suite on a commit's tree, most of them good."""
        lines = {} if lines is None else lines
        base = self.main or commit
        for suite in self.suites():
            if self.rng.random() < 0.07:
                continue
            flaw = self.rng.choice(FLAWS) if self.rng.random() < 0.1 else None
            runs = [self.record(suite, commit, base, flaw)]
            if "files" in self.policy().suites[suite] and self.rng.random() < 0.6:
                runs.append(self.record(suite, commit, base, None, True))
            for writer, line in runs:
                lines.setdefault(writer, []).append((commit.tree, line))
        return lines

    def waived(self, verdict, lines=None):
        """Lines by which an owner waives what a verdict found, and records of what it misses."""
        lines, rng, writer = {} if lines is None else lines, self.rng, owner_writer("boss")
        seen = set()
        for judgement in verdict["judgements"]:
            tree = judgement["subject"]["tree"]
            for outcome in judgement["outcomes"]:
                for violation in outcome["violations"] if outcome["outcome"] == "violated" and tree else []:
                    measured = violation["measured"] if violation["measured"] is not None else violation.get("at_most")
                    what = (outcome["rule"], tree, measured if violation["limit"] is not None else None)
                    if what in seen or rng.random() < 0.06:
                        continue
                    seen.add(what)
                    lines.setdefault(writer, []).append((tree, self.waiver(*what, violation)))
        return lines

    def waiver(self, rule, tree, limit, violation):
        rng, self.minutes, more = self.rng, self.minutes + 1, {}
        if limit is not None:
            more["limit"] = max(1, limit - 1) if rng.random() < 0.05 else limit
        if rng.random() < 0.05:
            more["expires"] = "2025-06-01T00:00:00Z"
        names = [path for path in violation["paths"] if isinstance(path, str)]
        if rng.random() < 0.15 and names:
            more["paths"] = names if rng.random() < 0.7 else names[:1]
        signer = "boss" if rng.random() < 0.95 else "dev"
        payload = evidence.waiver(rule, tree, self.root.oid, self.minutes, self.nonce(), **more)
        return envelope(payload, [signer])

    # pushes

    def propose(self):
        rng = self.rng
        if self.main is None:
            return self.first()
        if self.halts and rng.random() < 0.35:
            return self.resume()
        account = self.busiest if rng.random() < 0.35 else self.author.one_of(ACCOUNTS)
        kind = self.author.one_of(KINDS)
        push = getattr(self, "push_" + kind.replace("-", "_"))(Push(kind, account))
        if rng.random() < 0.03:
            push.updates += self.push_tag(Push("tag", account)).updates
        return push

    def first(self):
        """The first push to an empty repository, with a policy or without one."""
        tip = self.root if self.rng.random() < 0.8 else self.author.work("guest", self.root, [])
        return Push("first", self.rng.choice(["boss", "guest"]), [(b"refs/heads/main", None, tip.oid)])

    def start(self):
        """Where work begins: mostly at the base's tip."""
        if self.rng.random() < 0.85 or not self.main.parents:
            return self.main
        return self.store.commits[self.rng.choice(self.main.parents)]

    def with_proof(self, push, tip, chance):
        if self.suites() and self.rng.random() < chance:
            push.updates += self.notes(self.proof(tip))
        return push

    def push_work(self, push):
        rng = self.rng
        who = push.account if push.account in ("dev", "web", "db") else "x"
        name = rng.choice([b"refs/heads/agent/%s/%d", b"refs/heads/agent/%s/%d", b"refs/heads/wip/%s%d", b"refs/heads/topic-%s-%d"])
        name = name % (who.encode(), rng.randrange(3))
        tip = self.tip(name) or self.start()
        if rng.random() < 0.15 and tip.oid != self.main.oid:
            new = self.author.merge(push.account, tip, [self.main], self.suites())
        else:
            new = self.author.work(push.account, tip, self.suites())
        push.updates.append(self.update(name, new.oid))
        return self.with_proof(push, new, 0.25)

    def push_land(self, push):
        ahead = [name for name in self.branches() if self.main.oid in self.store.ancestors(self.tip(name).oid)]
        if ahead and self.rng.random() < 0.45:
            new = self.tip(self.rng.choice(ahead))
        else:
            new = self.author.work(push.account, self.main, self.suites())
        push.updates.append(self.update(b"refs/heads/main", new.oid))
        return self.with_proof(push, new, 0.75)

    def push_merge(self, push):
        names = self.branches()
        if not names:
            return self.push_work(push)
        chosen = self.rng.sample(names, min(len(names), self.author.one_of({1: 70, 2: 20, 3: 10})))
        new = self.author.merge(push.account, self.main, [self.tip(name) for name in chosen], self.suites())
        push.updates.append(self.update(b"refs/heads/main", new.oid))
        return self.with_proof(push, new, 0.75)

    def push_squash(self, push):
        names = self.branches()
        if not names:
            return self.push_work(push)
        files = self.store.merged(self.main, self.tip(self.rng.choice(names)))
        new = self.author.commit(push.account, files, [self.main], self.suites())
        push.updates.append(self.update(b"refs/heads/main", new.oid))
        return self.with_proof(push, new, 0.7)

    def push_release(self, push):
        name = b"refs/heads/release/%d" % self.rng.randrange(1, 3)
        tip = self.tip(name)
        new = self.main
        if tip or self.rng.random() < 0.5:
            new = self.author.work(push.account, tip or self.main, self.suites(), 1)
        push.updates.append(self.update(name, new.oid))
        return self.with_proof(push, new, 0.6)

    def push_tag(self, push):
        rng = self.rng
        name = b"refs/tags/v%d" % rng.randrange(4)
        target = rng.choice([self.main, self.author.work(push.account, self.main, [], 1)])
        kind = self.author.one_of({"light": 40, "annotated": 30, "nested": 5, "blob": 5, "tree": 5, "branch": 5, "delete": 10})
        oid = target.oid
        if kind in ("annotated", "nested", "branch"):
            oid = self.store.tag(b"v", oid)
        if kind == "nested":
            oid = self.store.tag(b"v", oid, b"tag")
        if kind == "blob":
            oid = self.store.blob(b"tagged\n")
        if kind == "tree":
            oid = target.tree
        if kind == "branch":
            name = b"refs/heads/tagged"
        if kind == "delete":
            if name not in self.server.refs:
                return self.push_work(push)
            oid = None
        push.updates.append(self.update(name, oid))
        return push

    def push_delete(self, push):
        names = [*self.branches(), b"refs/heads/main"] + [name for name in sorted(self.server.refs) if name.startswith(NOTES)]
        push.updates.append(self.update(self.rng.choice(names), None))
        return push

    def push_rewind(self, push):
        name = self.rng.choice([*self.branches(), b"refs/heads/main"])
        tip = self.tip(name)
        back = self.store.commits.get(tip.parents[0]) if tip.parents else tip
        new = back if self.rng.random() < 0.4 else self.author.work(push.account, back, self.suites(), 1)
        push.updates.append(self.update(name, new.oid))
        return push

    def push_policy(self, push):
        rng = self.rng
        if rng.random() < 0.75:
            push.account = "boss"
        files = dict(self.main.files)
        kind = self.author.one_of({"new": 60, "comment": 15, "broken": 10, "deleted": 4, "link": 4, "with-work": 7})
        new = policies.make(rng)
        text = new.text
        if kind == "comment" and self.policy():
            new = policies.Policy(self.policy().text + f"# {rng.randrange(1000)}\n", self.policy().suites)
            text = new.text
        if kind == "broken":
            text = policies.BROKEN
        blob = self.store.blob(text.encode())
        if kind != "broken":
            self.known[blob] = new
        files[b"policy.toml"] = (store.LINK if kind == "link" else store.FILE, blob)
        if kind == "deleted":
            del files[b"policy.toml"]
        if kind == "with-work":
            self.author.change(files)
        commit = self.author.commit(push.account, files, [self.main])
        name = b"refs/heads/main" if rng.random() < 0.8 else b"refs/heads/agent/policy"
        push.updates.append(self.update(name, commit.oid))
        return self.with_proof(push, commit, 0.4)

    def push_proof(self, push):
        """Evidence alone, of what the server has already."""
        tips = [self.main, *(self.tip(name) for name in self.branches())]
        push.account = self.rng.choice(["ci-account", push.account])
        return self.with_proof(push, self.rng.choice(tips), 1)

    def word(self, say, **more):
        self.minutes += 1
        commit, suites = self.main.oid, ["integration"]
        return evidence.word(say, self.root.oid, self.minutes, self.nonce(), commit=commit, suites=suites, **more)

    def push_halt(self, push):
        rng = self.rng
        signer = rng.choice(["boss", "ci", "ci", "dev"])
        created = "2097-01-01T00:00:00Z" if rng.random() < 0.08 else None
        payload, digest = self.word("halt", created=created)
        writer = owner_writer("boss") if signer == "boss" else signer
        push.updates += self.notes({writer: [(self.root.oid, envelope(payload, [signer]))]})
        push.halts += [digest] if signer != "dev" else []
        return push

    def resume(self):
        """Names the halts that are in force, most of the time."""
        rng = self.rng
        push = Push("resume", "boss")
        lifts = self.halts if rng.random() < 0.85 else self.halts[:-1]
        forced = rng.random() < 0.6
        signer = "boss" if rng.random() < 0.9 else rng.choice(["ci", "dev"])
        payload, _ = self.word("resume", forced=forced, lifts=lifts)
        lines = {} if forced or rng.random() < 0.3 else self.proof(self.main)
        writer = owner_writer("boss") if signer == "boss" else signer
        lines.setdefault(writer, []).append((self.root.oid, envelope(payload, [signer])))
        push.updates += self.notes(lines)
        push.lifts += lifts
        if rng.random() < 0.3:
            push.updates += self.push_land(Push("land", "boss")).updates[:1]
        return push

    def push_bad_notes(self, push):
        """What is no evidence, or isn't its writer's."""
        rng = self.rng
        kind = rng.choice(["garbage", "rewrite", "no-note", "slash", "flawed", "flawed", "unsigned"])
        tip = self.main
        if kind == "garbage":
            push.updates += self.notes({rng.choice(["ci", "dev", "local-x"]): [(tip.tree, b"garbage")]})
        elif kind == "slash":
            push.updates += self.notes({"remotes/origin/ci": [(tip.tree, b"garbage")]})
        elif kind == "rewrite":
            names = [name for name in sorted(self.server.refs) if name.startswith(NOTES)] or [NOTES + b"ci"]
            commit = self.store.commit({}, [], b"Nothing\n", b"n@example.org", self.author.clock)
            push.updates.append(self.update(rng.choice(names), commit.oid))
        elif kind == "no-note":
            files = {b"README.md": (store.FILE, self.store.blob(b"no note\n"))}
            commit = self.store.commit(files, [], b"Nothing\n", b"n@example.org", self.author.clock)
            push.updates.append(self.update(NOTES + b"local-y", commit.oid))
        elif self.suites():
            flaw = "unsigned" if kind == "unsigned" else rng.choice(FLAWS)
            writer, line = self.record(rng.choice(self.suites()), tip, tip, flaw)
            push.updates += self.notes({writer: [(tip.tree, line)]})
        return push

    def push_odd_ref(self, push):
        name = self.rng.choice(ODD_REFS)
        if self.rng.random() < 0.25:
            push.account = "boss"
        new = self.main if self.rng.random() < 0.5 else self.author.work(push.account, self.main, [], 1)
        push.updates.append(self.update(name, new.oid))
        return push

    def push_several(self, push):
        """Several of the others in one push, each ref once."""
        kinds = [kind for kind in KINDS if kind not in ("several", "halt", "nothing", "wrong-old")]
        for _ in range(self.rng.randrange(2, 5)):
            one = getattr(self, "push_" + self.rng.choice(kinds).replace("-", "_"))(Push("part", push.account))
            known = {name for name, _, _ in push.updates}
            push.updates += [update for update in one.updates if update[0] not in known]
        return push

    def push_many_refs(self, push):
        tip = self.author.work(push.account, self.main, [], 1)
        push.updates += [self.update(b"refs/heads/wip/many%d" % n, tip.oid) for n in range(self.rng.choice([5, 8, 55]))]
        return push

    def push_root(self, push):
        """Another root: by itself, or merged."""
        files = {b"src/other.py": (store.FILE, self.store.blob(self.author.lines(4)))}
        root = self.author.commit(push.account, files, [])
        if self.rng.random() < 0.3:
            push.account = "boss"
        if self.rng.random() < 0.6:
            root = self.author.commit(push.account, self.main.files | files, [self.main, root])
        name = self.rng.choice([b"refs/heads/main", b"refs/heads/release/9", b"refs/heads/agent/dev/root"])
        push.updates.append(self.update(name, root.oid))
        return self.with_proof(push, root, 0.5)

    def push_revert(self, push):
        """A tree of before, on top of what is there."""
        older = sorted(self.store.ancestors(self.main.oid) - {self.main.oid})
        files = self.store.commits[self.rng.choice(older)].files if older else self.main.files
        new = self.author.commit(push.account, files, [self.main])
        push.updates.append(self.update(b"refs/heads/main", new.oid))
        return self.with_proof(push, new, 0.6)

    def push_wrong_old(self, push):
        """What git would never hand on, or only in a race."""
        new = self.author.work(push.account, self.main, [], 1)
        kind = self.rng.choice(["old", "unknown", "gone"])
        old = self.root.oid if kind == "old" else None if kind == "gone" else self.main.oid
        push.updates.append((b"refs/heads/main", old, "f" * 40 if kind == "unknown" else new.oid))
        return push

    def push_nothing(self, push):
        return push

    def certify(self, push):
        """Signs a push; now and then for other updates, or by a wrong nonce."""
        rng = self.rng
        signer = {"dev": "dev", "web": "web", "boss": "boss"}.get(push.account, rng.choice(["dev", "stranger"]))
        signer = rng.choice(["web", "late"]) if rng.random() < 0.1 else signer
        updates = push.updates[:-1] if rng.random() < 0.05 else push.updates
        body = f"certificate version 0.1\npusher {KEYS[signer].line} 1735700000 +0000\npushee guard\nnonce {NONCE}\n\n".encode()
        body += lines_of(updates)
        signed = KEYS[signer].sign("git", body + (b"!" if rng.random() < 0.05 else b""))
        push.certificate = self.store.put(b"blob", body + signed)
        push.brings.append(push.certificate)

    def again(self, push, answer):
        """The same push, with what its rejection asked for."""
        verdict = json.loads(answer)
        lines, tips = {}, [new for name, _, new in push.updates if new in self.store.commits and not name.startswith(NOTES)]
        if self.suites():
            for tip in tips[:3]:
                self.proof(self.store.commits[tip], lines)
        lines = self.waived(verdict, lines)
        updates = [update for update in push.updates if not update[0].startswith(NOTES)] + self.notes(lines)
        return Push("again", push.account, updates)


def lines_of(updates):
    """As git tells a hook."""
    zero = "0" * 40
    return b"".join((old or zero).encode() + b" " + (new or zero).encode() + b" " + name + b"\n" for name, old, new in updates)
