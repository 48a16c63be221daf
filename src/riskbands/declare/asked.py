"""The fields of a declaration: what may be asked of a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from riskbands._frozen import FrozenDict
from riskbands.declare.faults import nearest
from riskbands.vocabulary.fields import Field, Kind
from riskbands.vocabulary.words import MISSING_WORDS, NO_WORDS, YES_WORDS

if TYPE_CHECKING:
    from riskbands.declare.faults import Node

__all__ = ["FIELD_KEYS", "TYPES", "read_field"]

#: Types of a field, as a file writes them.
TYPES: Final = {
    "yes/no": Kind.BOOL,
    "count": Kind.INT,
    "decimal": Kind.DECIMAL,
    "level": Kind.LEVEL,
    "choice": Kind.ENUM,
    "date": Kind.DATE,
}
FIELD_KEYS: Final = (
    "type", "low", "high", "decimals", "choices", "words", "columns", "meaning", "item", "unit",
    "asked_by", "when_missing",
)  # fmt: skip
_CHOICE: Final = re.compile(r"[a-z0-9][a-z0-9_.+<>=/]{0,59}", re.ASCII)
#: The greatest value of a field that counts, in units of its last decimal.
_MOST: Final = 30_000
_MOST_DECIMALS: Final = 3
#: Types that some words belong to.
_BELONGS: Final = {
    "low": (Kind.INT, Kind.DECIMAL),
    "high": (Kind.INT, Kind.DECIMAL),
    "choices": (Kind.ENUM,),
}
_MISSING: Final = (
    'is read as "nothing recorded" wherever it stands in data: give the answer another word, such '
    "as not_recorded"
)


def read_field(name: str, node: Node) -> Field | None:
    """The field of a name, or None where it has a fault that leaves none."""
    if not node.needs("type"):
        return None
    kind = TYPES.get(node.choice("type", TYPES))
    if kind is None:
        return None
    low = high = None
    decimals = 0
    values: tuple[str, ...] = ()
    if node.has("decimals") and kind is not Kind.DECIMAL:
        node.fault("belongs to the type decimal", "decimals")
    for key, kinds in _BELONGS.items():
        if node.has(key) and kind not in kinds:
            named = " and ".join(t for t, k in TYPES.items() if k in kinds)
            node.fault(f"does not belong to the type {node.text('type')}: only to {named}", key)
    if kind is Kind.INT:
        if not node.needs("low", "high"):
            return None
        low, high = node.whole("low", 0, 0, _MOST), node.whole("high", 0, 0, _MOST)
        assert low is not None
        assert high is not None
        if low > high:
            node.fault(f"low {low} is above high {high}", "low")
            high = low
    elif kind is Kind.DECIMAL:
        ends = _decimal(node)
        if ends is None:
            return None
        low, high, decimals = ends
    elif kind is Kind.ENUM:
        values = _choices(node)
        if not values:
            return None
    aliases: dict[str, str] = {}
    meant: dict[str, str] = {}
    for word, answer in (node.data.get("words") or {}).items() if node.table("words") else ():
        text = str(answer).lower() if isinstance(answer, bool | int) else answer
        known = {Kind.BOOL: ("yes", "no"), Kind.LEVEL: ("0", "1", "2")}.get(kind, values)
        if text not in known:
            node.fault(f"is no answer of {name}; {nearest(text, known)}", "words", word)
            continue
        written = re.sub(r"[\s-]+", "_", str(word).strip().lower())
        if _means_missing(written):
            node.fault(_MISSING, "words", word)
        elif {_answer(written, kind, values), meant.get(_as_number(written))} - {None, text}:
            node.fault(f"is an answer of {name} already, and cannot be another", "words", word)
        else:
            aliases[written] = meant[_as_number(written)] = text
    return Field(
        name, kind, low, high, values, FrozenDict(aliases), node.text("item"),
        meaning=node.text("meaning"), unit=node.text("unit"),
        asked_by=node.text("asked_by"), columns=node.texts("columns"), decimals=decimals,
    )  # fmt: skip


def _as_number(word: str) -> str:
    """A word, as the whole number it is where it is one: data have ``1.0`` for 1, and ``true``."""
    number = re.fullmatch(r"0*(\d+)(?:\.0*)?", word)
    return number[1] if number else {"true": "1", "false": "0"}.get(word, word)


def _means_missing(word: str) -> bool:
    """Whether data that has a word, or a spelling of it, says that nothing is recorded."""
    return word in MISSING_WORDS or word.replace("_", " ") in MISSING_WORDS


def _answer(word: str, kind: Kind, values: tuple[str, ...]) -> str | None:
    """The answer that a word is by itself, or None. Of a yes/no 1 and 0 may be coded anew."""
    if kind is Kind.BOOL and not word.isdigit():
        return "yes" if word in YES_WORDS else "no" if word in NO_WORDS else None
    known = {Kind.LEVEL: ("0", "1", "2")}.get(kind, values)
    return word if word in known else None


def _decimal(node: Node) -> tuple[int, int, int] | None:
    """Least and greatest value in units of the last decimal, and how many decimals."""
    if not node.needs("low", "high", "decimals"):
        return None
    decimals = node.whole("decimals", 0, 1, _MOST_DECIMALS)
    if not decimals:
        return None
    low, high = (node.units(key, decimals, 0, 10**9) for key in ("low", "high"))
    if low is None or high is None:
        return None
    if low > high:
        node.fault("low is above high", "low")
        return None
    if high > _MOST:
        node.fault(
            f"counts {high:,} steps of the last decimal from 0; at most {_MOST:,}: give fewer "
            "decimals",
            "high",
        )
        return None
    return low, high, decimals


def _choices(node: Node) -> tuple[str, ...]:
    values = node.texts("choices")
    if not values:
        node.fault("choices is missing: list the answers")
    if len(values) > 100:
        node.fault("has more than 100 answers", "choices")
    for n, v in enumerate(values):
        if not _CHOICE.fullmatch(v):
            node.fault("must be lower-case letters and digits joined by _", "choices", n)
        elif _means_missing(v):
            node.fault(_MISSING, "choices", n)
    if len(set(values)) < len(values):
        node.fault("lists an answer twice", "choices")
    return values if all(map(_CHOICE.fullmatch, values)) else ()
