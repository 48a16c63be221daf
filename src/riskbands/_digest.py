"""The digest of plain data: equal data have the same digest, however they are formatted."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["digest", "digest_of_bytes"]


def digest(content: Any) -> str:
    """First 16 hexadecimal digits of the SHA-256 of plain data.

    Args:
        content: Texts, numbers, truths, None, and lists and dictionaries of them.

    Examples:
        >>> digest({"copas": "1.25"}) == digest({"copas": "1.25"})
        True
    """
    import json

    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return digest_of_bytes(text.encode("utf-8", "surrogatepass"))


def digest_of_bytes(content: bytes) -> str:
    """First 16 hexadecimal digits of the SHA-256 of bytes."""
    digested: str = _sha256()(content).hexdigest()
    return digested[:16]


@cache
def _sha256() -> Any:
    """SHA-256 of Python's own module, as `random` takes its hash: `hashlib` loads OpenSSL."""
    for name in ("_sha2", "_sha256"):
        with suppress(ImportError):
            return import_module(name).sha256
    return import_module("hashlib").sha256
