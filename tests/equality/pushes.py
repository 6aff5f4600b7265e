"""Random pushes to many small repositories, each judged by both programs.

Both judge on one repository. What pre-receive writes there (a reservation) is taken back between the two, and so is what post-receive
writes (an entry of the ledger); so both see the very same refs, objects, reservations and ledger, and no difference can come of two
copies. What NEW wrote stays, once it was found to be what OLD wrote. One thing is made fixed in it: a reservation's time and id come of
the clock, and later reports name the time, so both are set to a time of the push's number before post-receive makes an entry of it.
"""

import collections
import json
import os
import random
import re
import shutil

import answers
import policies
import proposals
import store
from author import PLAIN, GUARDED, Author

ACCOUNT = "GUARD_EQUALITY_ACCOUNT"
LEDGER = "refs/guard/ledger"
PER_YARD = 40
# The clock's and the process's part of a reservation: its id, its time, the process that pushes.
CLOCKED = re.compile(rb'"id":"[^"]*"|"time":"[^"]*"|"flight":\{[^}]*\}')


class Yard:
    """One server, and everybody who pushes to it."""

    def __init__(self, seed, number, programs, scratch, options):
        self.rng = random.Random(f"{seed} {number}")
        self.number, self.options = number, options
        form = "-".join(str(options[key]) for key in ("pushes", "text-every", "answers-only"))
        self.tape = programs.tape(f"pushes-{seed}-{number}-{form}")
        self.new = programs.new
        self.path = os.path.join(scratch, f"yard-{number}.git")
        shutil.rmtree(self.path, ignore_errors=True)
        self.environment = answers.hermetic(scratch)
        self.said = collections.Counter()
        self._found()

    def _found(self):
        rng = self.rng
        self.certified = rng.random() < 0.25
        config = b"[guard]\n\tidentity = env:" + ACCOUNT.encode() + b"\n" + (b"\tidentity = push-cert\n" if self.certified else b"")
        config += b"\tdeadline = 120s\n" + (b"\trequired = true\n" if rng.random() < 0.2 else b"")
        if rng.random() < 0.05:
            config += b"\tmaxCommits = 2\n\tmaxPaths = 6\n"
        self.store = store.Store()
        self.server = store.Server(self.path, self.environment, config)
        author, policy, files = Author(rng, self.store), policies.make(rng), {}
        for path in PLAIN + GUARDED:
            if rng.random() < 0.7:
                store.place(files, path, (store.FILE, self.store.blob(author.lines(rng.randrange(3, 12)))))
        blob = self.store.blob(policy.text.encode())
        if self.number % 17 != 16:
            files[b"policy.toml"] = (store.FILE, blob)
        root = author.commit("boss", files, [])
        self.proposer = proposals.Proposer(rng, author, self.server, {blob: policy}, root)
        if self.number % 9 != 8:
            oids = self.server.missing(self.store, [root.oid])
            self.server.bring(self.store, oids, os.path.join(self.path, "objects"))
            self.server.here.update(oids)
            if not self.server.move([(b"refs/heads/main", None, root.oid)]):
                raise answers.Unusable("the first commit can't be put onto a new repository's branch")

    # what the programs may alter

    def _reserved(self):
        folder, found = os.path.join(self.path, "guard", "reserved"), {}
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = file.read()
        return found

    def _reserve(self, reserved):
        """Puts the reservations back that were there."""
        folder = os.path.join(self.path, "guard", "reserved")
        now = self._reserved()
        for name in now.keys() - reserved.keys():
            os.unlink(os.path.join(folder, name))
        for name, content in reserved.items():
            if now.get(name) != content:
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)

    def _ledger(self):
        path = os.path.join(self.path, LEDGER)
        if not os.path.exists(path):
            return b""
        with open(path, "rb") as file:
            return file.read()

    def _put_ledger(self, content):
        path = os.path.join(self.path, LEDGER)
        if content:
            with open(path, "wb") as file:
                file.write(content)
        elif os.path.exists(path):
            os.unlink(path)

    # one push

    def _hook(self, program, name, push, quarantine, words, reserved):
        """What a hook says, and what it wrote of reservations; they are then as they were."""
        environment = self.environment | {ACCOUNT: push.account, "GIT_DIR": "."}
        environment |= {"GIT_PUSH_OPTION_COUNT": "1", "GIT_PUSH_OPTION_0": words}
        if quarantine:
            environment |= {"GIT_OBJECT_DIRECTORY": quarantine, "GIT_QUARANTINE_PATH": quarantine}
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.path.join(self.path, "objects")
        if push.certificate:
            environment |= {"GIT_PUSH_CERT": push.certificate, "GIT_PUSH_CERT_NONCE_STATUS": "OK"}
            environment["GIT_PUSH_CERT_NONCE"] = proposals.NONCE
        status, out, err = answers.run([program, "hook", name], self.path, environment, proposals.lines_of(push.updates))
        written = self._reserved()
        self._reserve(reserved)
        state = b"" if self.options["answers-only"] else b"\n".join(sorted(CLOCKED.sub(b"", one) for one in written.values()))
        return [status, self._plain(out), self._plain(err), state], written

    def _plain(self, text):
        """Without the place of the scratch directory."""
        return text.replace(os.path.dirname(self.path).encode(), b"/scratch")

    def judge(self, number, push):
        """Both judge; the verdict, and the reservations that NEW left."""
        what = f"yard {self.number}, push {number} ({push.kind} by {push.account or 'nobody'})"
        oids = self.server.missing(self.store, [new for _, _, new in push.updates if new] + push.brings)
        quarantine = os.path.join(self.path, "objects", "incoming") if oids else None
        if quarantine:
            self.server.bring(self.store, oids, quarantine)
        reserved = self._reserved()
        forms = ["guard.format=json"] + (["guard.verbose"] if number % self.options["text-every"] == 0 else [])
        answer, written = None, None
        for words in reversed(forms):
            old = self.tape.old(lambda program, words=words: self._hook(program, "pre-receive", push, quarantine, words, reserved)[0])
            answer, written = self._hook(self.new, "pre-receive", push, quarantine, words, reserved)
            answers.compare(f"{what}, {words}", old, answer)
        if answer[0] == 0:
            if quarantine:
                self.server.keep(oids, quarantine)
            self._reserve(self._dated(number, written, reserved))
        if quarantine:
            shutil.rmtree(quarantine)
        self.count(push, answer)
        return answer

    def _dated(self, number, written, before):
        """Reservations, the new one at a fixed time; of the first pushes to some, out of any window."""
        old = self.number % 5 == 0 and number < 7
        time, kept = f"{1999 if old else 2025}-06-01T{number // 60:02}:{number % 60:02}:00Z", {}
        for name, content in written.items():
            if name in before:
                kept[name] = content
                continue
            one = json.loads(content)
            one["entry"] |= {"id": f"{number}-1", "time": time}
            # Whoever started this harness is no receive-pack that somebody would wait for.
            one["flight"] = dict.fromkeys(one["flight"])
            kept[f"{number}-1.json"] = json.dumps(one, separators=(",", ":")).encode()
        return kept

    def land(self, number, push):
        """The refs move, as git would have it, and post-receive records it: both write the very same ledger."""
        updates = push.updates
        if len(updates) > 1 and self.rng.random() < 0.05:
            updates = updates[:-1]
        if not updates or not self.server.move(updates):
            self.said["", "landing", "not moved"] += 1
            return
        self.proposer.halts = [one for one in self.proposer.halts + push.halts if one not in push.lifts]
        if self.rng.random() < 0.06:
            self.said["", "landing", "post-receive killed"] += 1
            return
        taken = proposals.Push(push.kind, push.account, updates)
        reserved, ledger = self._reserved(), self._ledger()

        def record(program):
            said, written = self._hook(program, "post-receive", taken, None, "guard.verbose", reserved)
            entry = self._ledger()
            self._put_ledger(ledger)
            return [*said, b"" if self.options["answers-only"] else entry], written, entry

        old = self.tape.old(lambda program: record(program)[0])
        answer, written, entry = record(self.new)
        answers.compare(f"yard {self.number}, push {number}, post-receive", old, answer)
        self._put_ledger(entry)
        self._reserve(written)
        self.said["", "landing", "recorded" if entry != ledger else "nothing recorded"] += 1

    def run(self):
        """All pushes of this yard; what was said of them."""
        many, again = self.options["pushes"], None
        for number in range(many):
            push = again or self.proposer.propose()
            if self.certified and self.rng.random() < 0.5:
                self.proposer.certify(push)
            answer = self.judge(number, push)
            if answer[0] == 0:
                self.land(number, push)
            wants = answer[0] == 1 and self.proposer.main and self.rng.random() < (0.5 if push.kind != "again" else 0.3)
            again = self.proposer.again(push, answer[1]) if wants else None
        self.look_back()
        self.tape.close()
        shutil.rmtree(self.path)
        return self.said

    def look_back(self):
        """What other commands say of a repository with evidence, waivers, halts and a ledger in it."""
        asked = [["log"], ["audit"], ["audit", "--policy-then"], ["evidence", "HEAD"], ["last-good"], ["rollback"], ["policy", "show"]]
        for name in self.proposer.branches()[:6]:
            branch = name.removeprefix(b"refs/heads/").decode(errors="replace")
            asked.append(["check", branch, *self.rng.choice([[], ["--stage", "branch"], ["--merge"], ["--as", "dev"]])])
        for words in asked:

            def ask(program, words=words):
                status, out, err = answers.run([program, "--format", "json", *words], self.path, self.environment)
                return [status, self._plain(out), self._plain(err)]

            answers.compare(f"yard {self.number}: guard {' '.join(words)}", self.tape.old(ask), answer := ask(self.new))
            self.said["", "looked back", f"{words[0]} {answer[0]}"] += 1
            if words[0] == "check" and answer[1]:
                for judgement in json.loads(answer[1])["judgements"]:
                    self.said.update(("", "outcomes of check", outcome["outcome"]) for outcome in judgement["outcomes"])

    def count(self, push, answer):
        verdict, of = json.loads(answer[1]), set()
        self.said["", "decision", verdict["decision"]] += 1
        self.said["", "kind", f"{push.kind} {verdict['decision']}"] += 1
        if verdict["decision"] == "undecided":
            self.said["", "why undecided", re.sub(r"[0-9a-f]{7,}|`[^`]*`", "…", verdict["error"])[:90]] += 1
        files = {"session": 0, "landing": 0}
        for judgement in verdict["judgements"]:
            kind = judgement["subject"]["kind"]
            files[kind] = max(files.get(kind, 0), judgement["files"])
            of.add(("subject", judgement["subject"]["kind"]))
            of.add(("source", (judgement["specialist"] or {"source": "nobody"})["source"]))
            of.update((outcome["outcome"], outcome["rule"]) for outcome in judgement["outcomes"])
        if files["session"] > files["landing"]:
            of.add(("subject", "session that holds more than the push brings"))
        self.said.update(("", *one) for one in of)


def run_yard(job):
    """One yard. What was said of its pushes, or how the programs differ."""
    seed, number, programs, scratch, options = job
    try:
        return Yard(seed, number, programs, scratch, options).run(), None
    except answers.Differs as error:
        return collections.Counter(), f"{error}\n  to see it again: --only pushes --seed {seed} --yard {number}"


def jobs(seed, many, programs, scratch, options, only=None):
    """The yards that `many` pushes need."""
    for number in range((many + PER_YARD - 1) // PER_YARD):
        if only is None or number == only:
            pushes = min(PER_YARD, many - number * PER_YARD)
            yield seed, number, programs, scratch, options | {"pushes": pushes}
