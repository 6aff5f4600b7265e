"""Random commits: who made them, what they change, how they merge."""

import store
from keys import KEYS

PLAIN = [
    *(b"src/m%d.py" % n for n in range(6)),
    *(b"api/a%d.py" % n for n in range(4)),
    *(b"webui/w%d.ts" % n for n in range(4)),
    *(b"docs/d%d.md" % n for n in range(4)),
    b"README.md",
    b"Cargo.lock",
    b"tests/unit/u.py",
    b"src/x.snap",
]
GUARDED = [
    b"middleware/csrf.py",
    b"app/middleware/session.py",
    b"app/log_middleware.py",
    b"app/auth/login.py",
    b"app/csrf_token.py",
    b"migrations/001.sql",
    b"migrations/002.sql",
    b".github/ci.yml",
    b"hooks/run",
    b"src/.gitattributes",
    b"tests/integration/t1.py",
    b"tests/integration/t2.py",
]
ODD = [
    b"Middleware/up.py",
    b"m\xc4\xb1ddleware/x.py",
    b"mi\xd0\xb4dleware/x.py",
    b"app/auth\xe2\x80\x8b/login.py",
    b"src/na\xc3\xafve.py",
    b"src/nai\xcc\x88ve.py",
    b"src/latin\xe9.py",
    b"src/with\nnewline.py",
    b"src/tab\there",
    b"src/back\\slash",
    b"src/trailing. ",
    b"src/aux.txt",
    b"src/CON",
    b"src/a:b",
    b"src/GIT~1",
    b"src/.GIT/config",
    b".git/config",
    b"src/../up.py",
    b"src/./here.py",
    b"src//twice.py",
    b"src/\xe2\x80\xaertl.py",
    b"README.MD",
    b"SRC/m0.py",
    b"src/" + b"n" * 300,
    b"deep/" * 30 + b"x",
    b"docs",
    b"middleware",
    b".gitmodules",
    b"webui/\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb.ts",
]
LINKS = [b"m0.py", b"../src/m0.py", b"../../outside", b"/etc/passwd", b"middleware", b"loop", b"", b"a\0b", b"../app/auth"]
LINKS += [b"../middleware/csrf.py"]
WORDS = [b"def handle(request):", b"    return None", b"app.add_middleware(Session)", b"import os", b"x = 1", b"# why", b"", b"value\r"]
EMAILS = {name: name.encode() + b"@example.org" for name in ["dev", "web", "db", "boss"]} | {"dev-bot": b"dev@example.org"}


class Author:
    """Makes commits in one store."""

    def __init__(self, rng, objects):
        self.rng, self.store, self.clock = rng, objects, 1735700000

    def one_of(self, weights):
        """A name of a map from names to weights."""
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def lines(self, many):
        return b"".join(self.rng.choice(WORDS) + b" %d\n" % self.rng.randrange(1000) for _ in range(many))

    def content(self):
        kind = self.one_of({"few": 70, "many": 5, "wide": 3, "binary": 5, "huge": 2, "open": 5, "empty": 3})
        if kind == "many":
            return self.lines(self.rng.randrange(30, 160))
        if kind == "wide":
            return b"x" * self.rng.randrange(1000, 3500) + b"\n"
        if kind == "binary":
            return b"\0\1" + self.rng.randbytes(self.rng.randrange(600))
        if kind == "huge":
            return self.lines(2) + b"%d" % self.rng.randrange(1000) + b"h" * 18000
        if kind == "empty":
            return b""
        text = self.lines(self.rng.randrange(1, 12))
        return text if kind == "few" else text.rstrip(b"\n")

    def edited(self, body):
        """An edit at the front, the end or in between."""
        lines = body.splitlines(True)
        place = self.rng.choice([0, len(lines), len(lines) // 2])
        cut = self.rng.choice([0, 0, 1, 2])
        return b"".join(lines[:place]) + self.lines(self.rng.randrange(0, 4)) + b"".join(lines[place + cut :])

    def path(self, owner):
        pools = {"plain": 72, "guarded": 40 if owner else 12, "odd": 4, "new": 10}
        pool = self.one_of(pools)
        if pool == "new":
            return self.rng.choice([b"src", b"api", b"webui", b"docs"]) + b"/n%d.txt" % self.rng.randrange(40)
        return self.rng.choice({"plain": PLAIN, "guarded": GUARDED, "odd": ODD}[pool])

    def change(self, files, owner=False):
        """Changes a flat map of files."""
        many = self.one_of({1: 50, 2: 25, 3: 10, 5: 6, 9: 5, 0: 2})
        for _ in range(many):
            self.one_change(files, owner)

    def one_change(self, files, owner):
        rng, path = self.rng, self.path(owner)
        present = sorted(one for one in files if one != b"policy.toml")
        kind = self.one_of({"edit": 70, "delete": 7, "move": 11, "move-edited": 4, "mode": 4, "link": 4, "module": 2, "copy": 3})
        if kind == "edit" or not present:
            known = self.store.contents.get(files[path][1]) if path in files else None
            body = self.content() if known is None or rng.random() < 0.2 else self.edited(known)
            mode = files[path][0] if path in files and files[path][0] in (store.FILE, store.EXECUTABLE) else store.FILE
            store.place(files, path, (mode, self.store.blob(body)))
            return
        chosen = path if path in files and rng.random() < 0.5 else rng.choice(present)
        entry = files[chosen]
        if kind == "link":
            store.place(files, path, (store.LINK, self.store.blob(rng.choice(LINKS))))
        elif kind == "module":
            store.place(files, path, (store.MODULE, "%040x" % rng.randrange(1, 1 << 60)))
        elif kind == "mode":
            modes = [store.EXECUTABLE] * 3 + [store.FILE, b"100664", b"100600"]
            files[chosen] = (rng.choice(modes), entry[1])
        elif kind == "copy":
            store.place(files, path, entry)
        else:
            del files[chosen]
            if kind == "delete":
                return
            body = self.store.contents.get(entry[1])
            if kind == "move-edited" and body is not None:
                entry = (entry[0], self.store.blob(self.edited(body)))
            store.place(files, path, entry)

    def message(self, tree, suites):
        text = b"Change %d\n" % self.rng.randrange(10000)
        if suites and self.rng.random() < 0.35:
            text += b"\n"
            for suite in suites if self.rng.random() < 0.6 else [self.rng.choice(suites)]:
                claimed = tree if self.rng.random() < 0.85 else "%040x" % self.rng.randrange(1 << 60)
                text += b"Integration-Tested: " + suite.encode() + b" tree=" + claimed.encode() + b"\n"
        return text

    def commit(self, account, files, parents, suites=()):
        """A commit of what an account works on; now and then by another's e-mail, or signed."""
        rng = self.rng
        self.clock += 60
        email = EMAILS.get(account, b"guest@example.org")
        if rng.random() < 0.12:
            email = rng.choice([*EMAILS.values(), b"DEV@Example.org", b"", b"nobody@example.org"])
        key = None
        if rng.random() < 0.14:
            own = {"dev": "dev", "web": "web", "boss": "boss"}.get(account)
            key = own if own and rng.random() < 0.7 else rng.choice(["dev", "web", "boss", "late", "stranger", "ci"])
        tree = self.store.tree(files)
        message = self.message(tree, list(suites))
        signer = _Spoilt(KEYS[key]) if key and rng.random() < 0.06 else KEYS[key] if key else None
        return self.store.commit(files, [one.oid for one in parents], message, email, self.clock, signer, tree)

    def work(self, account, start, suites, many=None):
        """Some commits on top of one."""
        owner, tip = account == "boss", start
        for _ in range(many or self.one_of({1: 65, 2: 22, 3: 10, 6: 3})):
            files = dict(tip.files)
            if self.rng.random() < 0.04 and self.store.commits.get(tip.parents[0] if tip.parents else None):
                files = dict(self.store.commits[tip.parents[0]].files)
            else:
                self.change(files, owner)
            tip = self.commit(account, files, [tip], suites)
        return tip

    def merge(self, account, one, others, suites):
        """A merge: clean, evil, of one side alone, an octopus."""
        files = dict(one.files)
        kind = self.one_of({"clean": 70, "evil": 12, "ours": 6, "theirs": 6, "dropped": 6})
        for other in others:
            onto = store.Commit(one.oid, one.tree, files, one.parents)
            files = self.store.merged(onto, other)
        if kind == "evil":
            self.change(files, account == "boss")
        elif kind == "ours":
            files = dict(one.files)
        elif kind == "theirs":
            files = dict(others[0].files)
        elif kind == "dropped":
            gone = [path for path in files if path not in one.files]
            if gone:
                del files[self.rng.choice(sorted(gone))]
        return self.commit(account, files, [one, *others], suites)


class _Spoilt:
    """A key whose signature is of something else."""

    def __init__(self, key):
        self.key = key

    def sign(self, namespace, message):
        return self.key.sign(namespace, message + b"!")
