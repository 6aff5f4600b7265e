#!/usr/bin/env python3
"""Proves that a rebuild of the guard changes no answer: two programs are asked the same, and the first other byte fails.

    python3 tests/equality --old GUARD --new GUARD [--cache DIR] [--pushes N] [--repository BARE …]

Three parts, all of which run unless --only names one (may be said several times):

  pushes   random pushes (2,000; --pushes, --seed) to many small servers with random policies: pre-receive's JSON, every second push as
           text too, the reservation that it writes, and the ledger's entry that post-receive writes. pushes.py says how.
           In the end `check`, `audit`, `log`, `evidence`, `last-good` and `rollback` are asked of each of the servers.
  audit    `guard audit --format json` over every --repository, over its newest commits (--then) under a policy without `"*"`, and by
           --policy-then over the newest 150 trees with policies put into them.
  check    `guard check --format json` of random ranges and branches of every --repository (100 each; --ranges), bare and in a clone,
           with --merge, --stage, --as and --base; and `guard check --staged` of random edits.

Exit statuses and standard error are compared as well. A repository is read only: scratch clones share its objects.

--cache DIR keeps OLD's answers, so that later runs ask NEW alone and need no --old. It knows whose answers to which questions it
holds, and says so where they don't fit.

Of what depends on the clock nothing is left in the answers: keys, records, waivers, commits and the ledger's times are fixed, windows
and ages are so long, or so short, that no day changes what lies within. The scratch directory's path is cut out of text. Nothing else
is put aside.
Exit status: 0 all equal, 1 a difference, 2 it could not be told. Python 3.10 and git alone are needed.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import answers  # noqa: E402
import histories  # noqa: E402
import pushes  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def options():
    parser = argparse.ArgumentParser(prog="tests/equality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", metavar="GUARD", type=os.path.abspath)
    parser.add_argument("--new", metavar="GUARD", type=os.path.abspath, required=True)
    parser.add_argument("--cache", metavar="DIR", type=os.path.abspath)
    parser.add_argument("--only", action="append", choices=["pushes", "audit", "check"])
    parser.add_argument("--repository", action="append", default=[], metavar="BARE", type=os.path.abspath)
    parser.add_argument("--pushes", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--yard", type=int, metavar="N", help="only this server of the random pushes")
    parser.add_argument("--ranges", type=int, default=100, metavar="N", help="per repository")
    parser.add_argument("--then", type=int, default=1000, metavar="N", help="newest commits that the second audit is of")
    parser.add_argument("--text-every", type=int, default=2, metavar="N", help="every Nth push is compared as text, too")
    parser.add_argument("--answers-only", action="store_true", help="don't compare what is written into reservations and the ledger")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--keep-going", action="store_true", help="tell every difference, not only the first")
    return parser.parse_args()


def rules():
    """The ids of all rules, as the sources have them; none where the sources aren't here."""
    try:
        with open(os.path.join(ROOT, "src", "rules", "mod.rs"), encoding="utf-8") as file:
            return [one.replace("_", "-") for one in re.findall(r"&(\w+)::RULE", file.read())]
    except OSError:
        return []


def show(said):
    """The histogram, and which rules nothing has broken."""
    shown = ["decision", "kind", "landing", "subject", "source", "violated", "waived", "indeterminate", "why undecided"]
    for about in [*shown, "looked back", "outcomes of check"]:
        rows = sorted(((many, what) for (_, kind, what), many in said.items() if kind == about), reverse=True)
        if about in ("violated", "waived"):
            rows += [(0, rule) for rule in rules() if ("", about, rule) not in said]
        print(f"{about}:" + ("" if rows else " none"))
        for many, what in rows[:40]:
            print(f"  {many:6}  {what}")


def run_jobs(function, all_jobs, chosen):
    """Runs them, one after another or several at once; what was said, and the differences."""
    said, wrong = collections.Counter(), []
    if chosen.jobs == 1:
        results = map(function, all_jobs)
        for counted, difference in results:
            said.update(counted)
            wrong += [difference] if difference else []
            if wrong and not chosen.keep_going:
                break
        return said, wrong
    with concurrent.futures.ProcessPoolExecutor(chosen.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(function, job) for job in all_jobs]):
            counted, difference = done.result()
            said.update(counted)
            wrong += [difference] if difference else []
            if wrong and not chosen.keep_going:
                pool.shutdown(cancel_futures=True)
                break
    return said, wrong


def parts(chosen, programs, scratch):
    """Each part that is asked for: its name, its function and its jobs."""
    wanted = chosen.only or ["pushes", "audit", "check"]
    if "pushes" in wanted:
        extra = {"answers-only": chosen.answers_only, "text-every": chosen.text_every}
        yield "pushes", pushes.run_yard, list(pushes.jobs(chosen.seed, chosen.pushes, programs, scratch, extra, chosen.yard))
    clones = [(one, programs, scratch, chosen.seed) for one in chosen.repository]
    if "audit" in wanted and clones:
        yield "audit", histories.audit, [(*one, chosen.then) for one in clones]
    if "check" in wanted and clones:
        yield "check", histories.check, [(*one, chosen.ranges) for one in clones]


def main():
    chosen, wrong = options(), []
    # So that whoever ends this leaves no scratch directory behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    with tempfile.TemporaryDirectory(prefix="guard-equality-", ignore_cleanup_errors=True) as scratch:
        try:
            programs = answers.Programs(chosen.old, chosen.new, chosen.cache)
            for name, function, all_jobs in parts(chosen, programs, scratch):
                began = time.monotonic()
                said, differences = run_jobs(function, all_jobs, chosen)
                print(f"== {name}: {time.monotonic() - began:.0f} s, {len(differences) or 'no'} differences", flush=True)
                if name == "pushes":
                    show(said)
                else:
                    for (_, kind, what), many in sorted(said.items()):
                        print(f"  {many:6}  {kind} {what}")
                wrong += differences
                if wrong and not chosen.keep_going:
                    break
        except (answers.Unusable, OSError, subprocess.SubprocessError) as error:
            print(f"equality: {error}", file=sys.stderr)
            return 2
        for one in wrong:
            print(f"differs: {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
