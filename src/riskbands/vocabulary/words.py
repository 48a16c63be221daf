"""Words that stand for an answer, and what counts as none."""

from __future__ import annotations

import datetime as dt

__all__ = ["MISSING_WORDS", "NO_WORDS", "PROBLEM_WORDS", "YES_WORDS", "is_missing"]

#: Words for "not recorded", lower case.
MISSING_WORDS = frozenset(
    ["", "na", "n/a", "#n/a", "nan", "null", "nat", "<na>", "n/k", "nk", "not known", "unknown"]
)
#: Words for yes and for no, lower case.
YES_WORDS = frozenset(["yes", "y", "true", "t", "1"])
NO_WORDS = frozenset(["no", "n", "false", "f", "0"])
#: Words for a level of problems, the answer to most items; they stand for it where a field has no
#: words of its own.
PROBLEM_WORDS = {
    "none": "0",
    "no_problems": "0",
    "some": "1",
    "some_problems": "1",
    "significant": "2",
    "significant_problems": "2",
}


def is_missing(raw: object) -> bool:
    """Whether a raw value stands for "not recorded".

    ``None``, NaN, NaT, a masked value, an empty text and the usual words for it (``NA``, ``n/a``,
    ``null``, ``not known``, ...) are missing. ``"none"`` is not: it is an answer. ``"None"`` is
    neither: a program writes it for a missing value and a person for an answer, so no field
    takes it.
    """
    if raw is None:
        return True
    if isinstance(raw, str):
        return raw.strip().lower() in MISSING_WORDS
    if isinstance(raw, (int, dt.date)):
        return raw != raw
    if type(raw).__name__ in ("NAType", "MaskedConstant", "NaTType"):
        return True
    try:
        return bool(raw != raw)
    except (TypeError, ValueError, ArithmeticError):  # A signalling NaN cannot be compared.
        return False
