"""Random policies with every kind of thing in them."""

import hashlib
import json

from keys import KEYS

# Nobody waits ten years for a window to end: what is dated 2025 lies within, what is dated 1999 doesn't, whenever this runs.
WINDOW = "3650d"


class Policy:
    """A policy's text, and what whoever makes evidence has to know of it."""

    def __init__(self, text, suites):
        self.text, self.suites = text, suites

    def definition(self, name):
        """The digest of a suite's table, as the program makes it."""
        suite = self.suites[name]
        table = {
            "name": name,
            "run": suite["run"],
            "timeout-ms": suite.get("timeout-ms", 900000),
            "junit": suite["junit"].encode().hex() if "junit" in suite else None,
            "min-tests": suite.get("min-tests"),
            "max-skipped": suite.get("max-skipped"),
            "env": sorted(set(suite.get("env", ["PATH"]))),
        }
        return hashlib.sha256(json.dumps(table, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def value(one):
    """As TOML has it."""
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, int):
        return str(one)
    if isinstance(one, list):
        return "[" + ", ".join(value(item) for item in one) + "]"
    return json.dumps(one, ensure_ascii=False)


def table(head, keys):
    lines = [f"{key} = {value(one)}" for key, one in keys.items() if one is not None]
    return ([f"[{head}]"] if head else []) + lines + [""]


def key(name, until=None):
    return (f'valid-before="{until}" ' if until else "") + KEYS[name].line


def suites(rng):
    found = {
        "integration": {"run": "test -e ok", "files": ["tests/integration/"]},
        "login": {"run": "sh login.sh", "timeout": "5m", "timeout-ms": 300000},
    }
    if rng.random() < 0.5:
        found["counted"] = {"run": "make counted", "junit": "report.xml", "min-tests": 2, "max-skipped": 1, "env": ["PATH", "HOME"]}
    return found


def limits(rng):
    tight = rng.random() < 0.6
    return {
        "max-files-per-commit": rng.choice([3, 5]) if tight else 20,
        "max-files-per-session": rng.choice([4, 6, 8]) if tight else 60,
        "max-lines-per-commit": rng.choice([40, 100]) if tight else 2000,
        "max-lines-per-session": rng.choice([120, 300]) if tight else None,
        "max-areas-per-session": rng.choice([1, 2]) if tight else 4,
        "max-bytes-per-commit": "2 KiB" if tight else "40 KiB",
        "max-bytes-per-session": "6 KiB" if tight else None,
        "max-file-size": rng.choice(["4 KiB", "16 KiB"]),
    }


def areas(rng, names):
    counted = ["counted"] if "counted" in names else []
    found = {
        "middleware": {
            "paths": ["**/middleware/", "**/*_middleware.py"],
            "lines": [r"\.add_middleware\s*\("],
            "requires": ["integration"],
            "affects": ["auth"],
        },
        "auth": {"paths": ["**/auth/", "**/csrf*"], "requires": ["login"]},
        "database": {"paths": ["migrations/"], "forbid": rng.choice([["modify", "delete"], ["delete"], ["add"]])},
        "controls": {"paths": [".github/", "hooks/", "**/.gitattributes", ".gitmodules"], "owners-only": True},
        "web": {"paths": ["webui/"], "requires": counted},
    }
    return {name: found[name] for name in found if name in ("middleware", "auth") or rng.random() < 0.85}


def specialists(rng, names, here):
    """`here`: the areas."""
    own = limits(rng)
    closed = ["webui/"] + (["area:database"] if "database" in here else [])
    found = {
        "dev": {
            "users": ["dev", "dev-bot"],
            "emails": ["dev@example.org"],
            "keys": [key("dev")],
            "branches": ["agent/dev/**"],
            "prohibited": closed if rng.random() < 0.5 else None,
        },
        "web": {
            "users": ["web"],
            "emails": ["web@example.org"],
            "keys": [key("web"), key("late", "2024-01-01T00:00:00Z")],
            "branches": ["agent/web/**"],
            "allowed": ["webui/", "src/", "docs/", "tests/", "middleware/", "*"] if rng.random() < 0.5 else None,
            "max-files-per-commit": own["max-files-per-commit"],
        },
        "db": {"users": ["db"], "emails": ["db@example.org"], "requires": ["login"] if rng.random() < 0.5 else None},
    }
    if rng.random() < 0.65:
        found['"*"'] = {"max-files-per-commit": 3, "max-lines-per-commit": 60}
    return found


def evidence(rng):
    levels = ["none", "claimed", "claimed", "recorded", "signed", "attested"]
    return {
        "commit": rng.choice(levels),
        "branch": rng.choice(["none", "none", "claimed", "signed"]),
        "land": rng.choice(["claimed", "signed", "attested", "attested"]),
        "each-commit": rng.random() < 0.15,
        "max-age": "14d" if rng.random() < 0.1 else "36500d" if rng.random() < 0.5 else None,
        "independent": rng.random() < 0.8,
    }


def make(rng):
    """A policy that loads."""
    names = suites(rng)
    here = areas(rng, names)
    protected = ["main", "release/*"] if rng.random() < 0.7 else None
    lines = table(None, {"version": 1, "base": "main", "protected": protected, "free": ["wip/**"] if rng.random() < 0.5 else None})
    keys = [key("boss")] + ([key("lead")] if rng.random() < 0.5 else [])
    lines += table("owners", {"users": ["boss"], "emails": ["boss@example.org"], "keys": keys})
    lines += table("defaults", limits(rng))
    for name, one in specialists(rng, names, here).items():
        lines += table(f"specialist.{name}", one)
    for name, one in here.items():
        lines += table(f"area.{name}", one)
    for name, one in names.items():
        lines += table(f"suite.{name}", {key: one for key, one in one.items() if key != "timeout-ms"})
    if rng.random() < 0.7:
        lines += table("combined", {"requires": ["integration"]})
    lines += table("evidence", evidence(rng))
    lines += table("runner.ci", {"keys": [key("ci")]})
    lines += table("runner.nightly", {"keys": [key("nightly", "2024-06-01T00:00:00Z")]})
    if rng.random() < 0.6:
        lines += table("halt", {"on-failure": ["integration"], "notify": "true"})
    lines += table("count", {"not-lines": ["Cargo.lock"], "not-files": ["**/*.snap"]})
    if rng.random() < 0.4:
        links, modules = rng.choice(["inside", "deny", "allow"]), rng.choice(["allow", "deny"])
        lines += table("paths", {"portable": rng.random() < 0.5, "symlinks": links, "submodules": modules})
    if rng.random() < 0.5:
        wide = ["refs/heads/*", "refs/tags/*", "refs/notes/guard/*", "refs/meta/*"]
        lines += table("refs", {"max-per-push": 6, "allowed": rng.choice([None, wide])})
    lines += table("session", {"window": rng.choice([WINDOW, WINDOW, WINDOW, "0s"])})
    return Policy("\n".join(lines), names)


BROKEN = 'version = 1\nbase = "main"\n[defaults]\nmax-files-per-comit = 3\n'
