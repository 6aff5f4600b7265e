"""Git objects made in process, and a bare repository that is pushed to.

Whatever can be written can be pushed: trees that git would never make, names of any bytes. No process is started for it.
"""

import hashlib
import os
import subprocess
import zlib

FILE, EXECUTABLE, LINK, MODULE, DIRECTORY = b"100644", b"100755", b"120000", b"160000", b"40000"


class Commit:
    """A commit, with its tree as a flat map: path to (mode, id)."""

    __slots__ = ("oid", "tree", "files", "parents")

    def __init__(self, oid, tree, files, parents):
        self.oid, self.tree, self.files, self.parents = oid, tree, files, parents


class Store:
    """All objects that those who push to one repository have."""

    def __init__(self):
        self.objects = {}
        self.commits = {}
        self.contents = {}

    def put(self, kind, body, needs=()):
        data = kind + b" " + str(len(body)).encode() + b"\0" + body
        oid = hashlib.sha1(data).hexdigest()
        if oid not in self.objects:
            self.objects[oid] = (zlib.compress(data, 1), tuple(needs))
        return oid

    def blob(self, body):
        oid = self.put(b"blob", body)
        self.contents[oid] = body
        return oid

    def tree(self, files):
        """The tree of a flat map."""
        nested = {}
        for path, entry in files.items():
            *above, name = path.split(b"/")
            here = nested
            for part in above:
                here = here.setdefault(part, {})
            here[name] = entry
        return self._tree(nested)

    def _tree(self, nested):
        entries = []
        for name, entry in nested.items():
            if isinstance(entry, dict):
                entries.append((name + b"/", DIRECTORY, name, self._tree(entry)))
            else:
                entries.append((name, entry[0], name, entry[1]))
        entries.sort()
        body = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for _, mode, name, oid in entries)
        return self.put(b"tree", body, [oid for _, mode, _, oid in entries if mode != MODULE])

    def commit(self, files, parents, message, email, seconds, key=None, tree=None):
        """A commit. `key`: who signs it; `tree`: in place of that of `files`."""
        tree = tree or self.tree(files)
        head = [b"tree " + tree.encode(), *(b"parent " + one.encode() for one in parents)]
        date = str(seconds).encode() + b" +0000"
        head += [b"author A <" + email + b"> " + date, b"committer C <committer@example.org> " + date]
        body = b"\n".join(head) + b"\n\n" + message
        if key:
            armour = key.sign("git", body).rstrip(b"\n").replace(b"\n", b"\n ")
            body = b"\n".join(head) + b"\ngpgsig " + armour + b"\n\n" + message
        oid = self.put(b"commit", body, [tree, *parents])
        self.commits[oid] = Commit(oid, tree, dict(files), list(parents))
        return self.commits[oid]

    def tag(self, name, target, kind=b"commit"):
        body = b"object " + target.encode() + b"\ntype " + kind + b"\ntag " + name
        body += b"\ntagger C <c@example.org> 1735700000 +0000\n\nt\n"
        return self.put(b"tag", body, [target])

    def ancestors(self, oid):
        seen, queue = set(), [oid]
        while queue:
            one = queue.pop()
            if one not in seen and one in self.commits:
                seen.add(one)
                queue.extend(self.commits[one].parents)
        return seen

    def base(self, one, other):
        """A common ancestor of two commits that no other common one is a descendant of, or none."""
        common = self.ancestors(one) & self.ancestors(other)
        below = set()
        for oid in common:
            below.update(self.commits[oid].parents)
        best = sorted(common - below)
        return self.commits[best[0]] if best else None

    def merged(self, one, other):
        """The files of a merge: as git would make them, but where both sides changed one place; there the first side's."""
        base = self.base(one.oid, other.oid)
        old = base.files if base else {}
        files, mine, others = {}, dict(one.files), dict(other.files)
        for side, across in [(mine, others), (others, mine)]:
            _carry(old, side, across)
        for path in sorted({*old, *mine, *others}):
            was, ours, theirs = old.get(path), mine.get(path), others.get(path)
            if ours == theirs or theirs == was:
                found = ours
            elif ours == was:
                found = theirs
            else:
                found = self._lines(was, ours, theirs) or ours
            if found:
                place(files, path, found)
        return files

    def _lines(self, was, ours, theirs):
        """Two edits of one file that don't meet."""
        texts = [self.contents.get(entry[1]) if entry else None for entry in (was, ours, theirs)]
        if None in texts:
            return None
        base, one, other = (body.splitlines(True) for body in texts)
        (start, end), (first, last) = _region(base, one), _region(base, other)
        if end < first:
            body = one[: len(one) - (len(base) - end)] + base[end:first]
            body += other[first : len(other) - (len(base) - last)] + base[last:]
        elif last < start:
            body = other[: len(other) - (len(base) - last)] + base[last:start]
            body += one[start : len(one) - (len(base) - end)] + base[end:]
        else:
            return None
        return (ours[0], self.blob(b"".join(body)))


def _carry(old, side, across):
    """What `side` edits of a file that `across` has moved, it edits where that stands now, as git's merges do."""
    came = {entry: path for path, entry in sorted(across.items()) if path not in old}
    for path in sorted(old):
        target = came.get(old[path]) if path not in across else None
        if target and side.get(path, old[path]) != old[path] and target not in side:
            across[target] = side[target] = side[path]
            del side[path]


def _region(base, new):
    """The lines of `base` that `new` has otherwise."""
    start = 0
    while start < min(len(base), len(new)) and base[start] == new[start]:
        start += 1
    same = 0
    while same < min(len(base), len(new)) - start and base[-1 - same] == new[-1 - same]:
        same += 1
    return start, len(base) - same


def place(files, path, entry):
    """Puts an entry there, in place of whatever stands in its way."""
    parts = path.split(b"/")
    for length in range(1, len(parts)):
        files.pop(b"/".join(parts[:length]), None)
    for below in [one for one in files if one.startswith(path + b"/")]:
        del files[below]
    files[path] = entry


class Server:
    """A bare repository. Its refs are known here, too."""

    def __init__(self, path, environment, config):
        self.path, self.environment = path, environment
        for name in ["objects/pack", "objects/info", "refs/heads", "refs/tags", "hooks"]:
            os.makedirs(os.path.join(path, name))
        self.write("HEAD", b"ref: refs/heads/main\n")
        self.write("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = true\n\thooksPath = /dev/null\n" + config)
        self.refs = {}
        self.here = set()

    def write(self, name, content):
        with open(os.path.join(self.path, name), "wb") as file:
            file.write(content)

    def missing(self, store, tips):
        """What the repository lacks of what the tips need."""
        lacking, queue = [], list(tips)
        seen = set()
        while queue:
            oid = queue.pop()
            if oid in seen or oid in self.here or oid not in store.objects:
                continue
            seen.add(oid)
            lacking.append(oid)
            queue.extend(store.objects[oid][1])
        return lacking

    def bring(self, store, oids, directory):
        """Writes objects loose into a directory of objects."""
        for oid in oids:
            folder = os.path.join(directory, oid[:2])
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, oid[2:]), "wb") as file:
                file.write(store.objects[oid][0])

    def keep(self, oids, directory):
        """Moves them from there to the repository's own."""
        for oid in oids:
            folder = os.path.join(self.path, "objects", oid[:2])
            os.makedirs(folder, exist_ok=True)
            os.replace(os.path.join(directory, oid[:2], oid[2:]), os.path.join(folder, oid[2:]))
            self.here.add(oid)

    def move(self, updates):
        """Moves the refs all at once, by git; whether it did."""
        lines = []
        for name, old, new in updates:
            if new is None:
                lines.append(b"delete " + name + b" " + old.encode() + b"\n")
            else:
                lines.append(b"update " + name + b" " + new.encode() + b" " + (old or "0" * 40).encode() + b"\n")
        command = ["git", "-C", self.path, "update-ref", "--stdin"]
        done = subprocess.run(command, input=b"".join(lines), env=self.environment, capture_output=True, check=False)
        if done.returncode != 0:
            return False
        for name, _, new in updates:
            if new is None:
                self.refs.pop(name, None)
            else:
                self.refs[name] = new
        return True
