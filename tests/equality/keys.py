"""Keys, SSH signatures and DSSE envelopes, made in process.

A key comes from its name, and ed25519 signs without randomness: two runs of the harness make the same bytes, and a cached answer stays
an answer to the same question. ssh-keygen makes another key each time, and takes a process for each signature.
"""

import base64
import hashlib
import json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _base():
    y = 4 * pow(5, P - 2, P) % P
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x & 1 else x
    return (x, y, 1, x * y % P)


def _doublings():
    point, table = _base(), []
    for _ in range(256):
        table.append(point)
        point = _add(point, point)
    return table


_TABLE = _doublings()


def _times_base(scalar):
    point, place = (0, 1, 1, 0), 0
    while scalar:
        if scalar & 1:
            point = _add(point, _TABLE[place])
        scalar >>= 1
        place += 1
    return point


def _pack(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def text(data):
    """A string of SSH's wire format."""
    return len(data).to_bytes(4, "big") + data


class Key:
    """An ed25519 key that is known by its name."""

    def __init__(self, name):
        self.name = name
        secret = hashlib.sha512(hashlib.sha256(b"guard equality " + name.encode()).digest()).digest()
        self.scalar = (int.from_bytes(secret[:32], "little") & ((1 << 254) - 8)) | 1 << 254
        self.prefix = secret[32:]
        self.public = _pack(_times_base(self.scalar))
        self.wire = text(b"ssh-ed25519") + text(self.public)
        self.line = f"ssh-ed25519 {base64.b64encode(self.wire).decode()} {name}"
        self.fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(self.wire).digest()).decode().rstrip("=")

    def raw(self, message):
        """RFC 8032."""
        r = _number(self.prefix, message) % L
        point = _pack(_times_base(r))
        s = (r + _number(point, self.public, message) * self.scalar) % L
        return point + s.to_bytes(32, "little")

    def sign(self, namespace, message):
        """The armour that `ssh-keygen -Y sign` writes."""
        space = text(namespace.encode()) + text(b"") + text(b"sha512")
        signature = self.raw(b"SSHSIG" + space + text(hashlib.sha512(message).digest()))
        blob = b"SSHSIG" + (1).to_bytes(4, "big") + text(self.wire) + space + text(text(b"ssh-ed25519") + text(signature))
        body = base64.b64encode(blob).decode()
        lines = [body[at : at + 70] for at in range(0, len(body), 70)]
        return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]).encode()


KEYS = {name: Key(name) for name in ["boss", "lead", "dev", "web", "late", "ci", "nightly", "stranger"]}
TYPE = "application/vnd.in-toto+json"


def envelope(payload, signers=(), namespace="guard-evidence", spoilt=False):
    """One line around a payload. `signers`: names of keys; `spoilt`: what is signed is not what stands there."""
    signed = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
    if spoilt:
        signed += b"!"
    seals = [
        {"keyid": KEYS[name].fingerprint, "sig": base64.b64encode(KEYS[name].sign(namespace, signed)).decode()} for name in signers
    ]
    line = {"payload": base64.b64encode(payload).decode(), "payloadType": TYPE, "signatures": seals}
    return json.dumps(line, separators=(",", ":")).encode()


def owner_writer(key):
    """The ref below refs/notes/guard/ that an owner of that key writes."""
    return "owner-" + hashlib.sha256(KEYS[key].fingerprint.encode()).hexdigest()[:12]
