"""What the two programs answer, and the comparison of it; OLD's answers can be kept in a directory."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import zlib

CHUNK = 1 << 20
PARTS = ["exit status", "standard output", "standard error", "reservations", "ledger"]


class Differs(Exception):
    """OLD and NEW gave two answers."""


class Unusable(Exception):
    """The comparison can't be made."""


def hermetic(scratch, **more):
    """An environment without anything of the user's or, as far as git allows it, of the machine's."""
    home = os.path.join(scratch, "home")
    os.makedirs(home, exist_ok=True)
    fixed = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    for who in ("AUTHOR", "COMMITTER"):
        fixed |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "dev@example.org", f"GIT_{who}_DATE": "@1735700000 +0000"}
    return fixed | more


def run(command, cwd, environment, stdin=b"", timeout=600):
    """Exit status, standard output, standard error."""
    done = subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, timeout=timeout, check=False)
    return [done.returncode, done.stdout, done.stderr]


def difference(old, new):
    """For people: two statuses, or where two texts begin to differ."""
    if isinstance(old, int):
        return f"OLD {old}, NEW {new}"
    at = next((at for at, (one, other) in enumerate(zip(old, new)) if one != other), min(len(old), len(new)))
    begin = max(0, at - 160)
    return f"byte {at} of {len(old)} and {len(new)}:\n  OLD … {old[begin:at + 160]!r}\n  NEW … {new[begin:at + 160]!r}"


def compare(what, old, new):
    """Raises `Differs` where the answers, lists of statuses and bytes, aren't the same."""
    for number, (one, other) in enumerate(zip(old, new, strict=True)):
        if one != other:
            part = PARTS[number]
            raise Differs(f"{what}: {part} differs: {difference(one, other)}")


class Programs:
    """The two of them, and where OLD's answers are kept."""

    def __init__(self, old, new, cache):
        self.old, self.new, self.cache = old, new, cache
        if cache:
            os.makedirs(cache, exist_ok=True)
            self._known()
        elif not old:
            raise Unusable("without --cache, --old is needed")

    def _known(self):
        """Kept answers are those of one OLD to the questions of one harness."""
        here = os.path.dirname(os.path.abspath(__file__))
        # What only starts and tells asks nothing itself.
        sources = sorted(name for name in os.listdir(here) if name.endswith(".py") and name != "__main__.py")
        harness = hashlib.sha256(b"".join(_bytes(os.path.join(here, name)) for name in sources)).hexdigest()
        path = os.path.join(self.cache, "of.json")
        if not os.path.exists(path):
            if not self.old:
                raise Unusable(f"{self.cache} holds no answers yet, so --old is needed")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"harness": harness, "old": hashlib.sha256(_bytes(self.old)).hexdigest()}, file)
        with open(path, encoding="utf-8") as file:
            known = json.load(file)
        if known["harness"] != harness:
            raise Unusable(f"{self.cache} holds answers to the questions of another version of this harness: remove it")
        if self.old and known["old"] != hashlib.sha256(_bytes(self.old)).hexdigest():
            raise Unusable(f"{self.cache} holds the answers of another OLD: remove it, or name another directory")

    def tape(self, name):
        """OLD's answers of one unit."""
        return Tape(self, name)

    def ask_in_files(self, what, key, arguments, cwd, environment, scratch):
        """Asks both, by way of files, for answers that may be large. Gives NEW's exit status and the file of its standard output."""
        kept = os.path.join(self.cache, "files", key + ".gz") if self.cache else None
        old, new = os.path.join(scratch, "old"), os.path.join(scratch, "new")
        if kept and os.path.exists(kept):
            with gzip.open(kept, "rb") as source, open(old, "wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
        elif not self.old:
            raise Unusable(f"{what}: no answer of OLD's is kept, so --old is needed")
        else:
            _to_file(self.old, arguments, cwd, environment, old)
            if kept:
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                with open(old, "rb") as source, gzip.open(kept + ".new", "wb", 3) as target:
                    shutil.copyfileobj(source, target, CHUNK)
                os.replace(kept + ".new", kept)
        status = _to_file(self.new, arguments, cwd, environment, new)
        _compare_files(what, old, new)
        return status, new


def _bytes(path):
    with open(path, "rb") as file:
        return file.read()


def _to_file(program, arguments, cwd, environment, path):
    """Standard output, then standard error and the exit status, so that one file is the whole answer."""
    with open(path, "wb") as out, open(path + ".err", "w+b") as err:
        command, none = [program, *arguments], subprocess.DEVNULL
        done = subprocess.run(command, cwd=cwd, env=environment, stdin=none, stdout=out, stderr=err, check=False)
        err.seek(0)
        out.write(b"\n--- standard error\n" + err.read() + f"\n--- exit status {done.returncode}\n".encode())
    return done.returncode


def _compare_files(what, old, new):
    before = 0
    with open(old, "rb") as one, open(new, "rb") as other:
        while True:
            left, right = one.read(CHUNK), other.read(CHUNK)
            if left != right:
                raise Differs(f"{what}: after {before} equal bytes, {difference(left, right)}")
            if not left:
                return
            before += len(left)


class Tape:
    """OLD's answers in the order of the questions: read from the cache where they are there, else asked and kept."""

    def __init__(self, programs, name):
        self.programs = programs
        self.path = os.path.join(programs.cache, "tapes", name + ".z") if programs.cache else None
        self.known = self._read() if self.path and os.path.exists(self.path) else None
        self.place, self.heard = 0, []
        if self.known is None and not programs.old:
            raise Unusable(f"{name}: no answers of OLD's are kept, so --old is needed")

    def _read(self):
        data, answers, at = zlib.decompress(_bytes(self.path)), [], 0
        while at < len(data):
            end = data.index(b"\n", at)
            sizes = json.loads(data[at:end])
            at, parts = end + 1, []
            for size in sizes[1:]:
                parts.append(data[at : at + size])
                at += size
            answers.append([sizes[0], *parts])
        return answers

    @property
    def kept(self):
        return self.known is not None

    def old(self, ask):
        """OLD's next answer: [status, bytes …]. `ask` asks OLD."""
        if self.known is None:
            answer = ask(self.programs.old)
            self.heard.append(answer)
            return answer
        self.place += 1
        if self.place > len(self.known):
            raise Differs("NEW led to a question that OLD was never asked")
        return self.known[self.place - 1]

    def close(self):
        """Keeps what was heard."""
        if self.path and self.known is None:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            parts = []
            for status, *texts in self.heard:
                parts += [json.dumps([status, *map(len, texts)]).encode() + b"\n", *texts]
            with open(self.path + ".new", "wb") as file:
                file.write(zlib.compress(b"".join(parts), 3))
            os.replace(self.path + ".new", self.path)
