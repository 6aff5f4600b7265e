"""What stands in notes: records of runs, waivers, halts and resumes. Every date in them is fixed."""

import datetime
import hashlib
import json

STATEMENT = "https://in-toto.io/Statement/v1"


def when(minutes):
    """Minutes after the beginning of 2025, as RFC 3339."""
    start = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    return (start + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _payload(subject, kind, predicate):
    statement = {"_type": STATEMENT, "subject": [{"digest": subject}], "predicateType": kind, "predicate": predicate}
    return json.dumps(statement, separators=(",", ":")).encode()


def concerned(path, patterns):
    """Whether a suite whose `files` are plain directories is made of this."""
    folded = path.lower()
    return any(folded.startswith(one.encode()) or folded == one.rstrip("/").encode() for one in patterns)


def files_digest(files, patterns):
    """The digest of a suite's own files."""
    found = hashlib.sha256()
    for path in sorted(path for path in files if concerned(path, patterns)):
        mode, oid = files[path]
        found.update(f"{int(mode, 8):o} {oid} ".encode() + path + b"\0")
    return found.hexdigest()


def record(policy, suite, tree, root, minutes, nonce, *, files, result="PASSED", status=0, counts=None, definition=None, blob=None):
    """The payload of a run. `files`: those of which the suite's own are named by their digest."""
    table = policy.suites[suite]
    configuration = [{"name": f"suite.{suite}", "digest": {"sha256": definition or policy.definition(suite)}}]
    if "files" in table:
        configuration.append({"name": "files", "digest": {"sha256": files_digest(files, table["files"])}})
    if blob:
        configuration.append({"name": "policy.toml", "digest": {"gitBlob": blob}})
    counts = {"passed": 5, "failed": 0, "skipped": 0} if counts is None and "junit" in table else counts
    run = {
        "command": table["run"],
        "exitStatus": status,
        "failure": None if status == 0 else f"exit status {status}",
        "start": when(minutes),
        "end": when(minutes + 1),
        "durationSeconds": 60.0,
        "counts": counts,
        "log": {"digest": {"sha256": "0" * 64}, "size": 0},
        "environment": ["PATH"],
        "os": "linux",
        "arch": "x86_64",
        "runner": "ci",
        "specialist": None,
        "repository": root,
        "nonce": nonce,
    }
    names = {"passedTests": [], "warnedTests": [], "failedTests": []}
    predicate = {"result": result, "configuration": configuration, **names, "guardRun": run}
    return _payload({"gitTree": tree}, "https://in-toto.io/attestation/test-result/v0.1", predicate)


def waiver(rule, tree, root, minutes, nonce, *, limit=None, paths=(), expires="2099-01-01T00:00:00Z"):
    """The payload of a waiver."""
    predicate = {
        "rule": rule,
        "paths": list(paths),
        "limit": limit,
        "reason": f"{rule} is fine here",
        "created": when(minutes),
        "expires": expires,
        "repository": root,
        "nonce": nonce,
    }
    return _payload({"gitTree": tree}, "urn:guard:waiver/v1", predicate)


def word(say, root, minutes, nonce, *, commit=None, suites=(), forced=False, lifts=(), created=None):
    """The payload of a `halt` or a `resume`, and the digest by which a resume names it."""
    predicate = {
        "reason": f"{say} at {minutes}",
        "created": created or when(minutes),
        "commit": commit,
        "suites": list(suites),
        "forced": forced,
        "nonce": nonce,
    }
    if lifts:
        predicate["lifts"] = list(lifts)
    payload = _payload({"gitCommit": root}, f"urn:guard:{say}/v1", predicate)
    return payload, hashlib.sha256(payload).hexdigest()
