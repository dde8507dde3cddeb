"""Reproducible choices: a draw depends on nothing but its arguments."""

import hashlib


def fingerprint(*parts: object) -> str:
    """Return 24 hexadecimal digits that stand for the parts."""
    return hashlib.blake2b(_joined(parts), digest_size=12).hexdigest()


def draw(*parts: object) -> float:
    """Return a number in [0, 1) that is uniform over the parts."""
    digest = hashlib.blake2b(_joined(parts), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def _joined(parts: tuple[object, ...]) -> bytes:
    return "\0".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
