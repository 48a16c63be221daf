"""The digest of plain data: equal data have the same digest, however they are formatted."""

from __future__ import annotations

from typing import Any

__all__ = ["digest"]


def digest(content: Any) -> str:
    """First 16 hexadecimal digits of the SHA-256 of plain data.

    Args:
        content: Texts, numbers, truths, None, and lists and dictionaries of them.

    Examples:
        >>> digest({"copas": "1.25"}) == digest({"copas": "1.25"})
        True
    """
    import hashlib
    import json

    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
