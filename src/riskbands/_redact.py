"""Which names may stand in a message: nobody's data, whoever took data for a name.

In a file without a header the first person stands in the place of the header. A record can also be
turned round by mistake, so that its values are its keys. So a message repeats a name only when it
reads like a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands._patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

__all__ = ["column_labels", "has_header", "may_show", "place_of", "shown"]

#: How similar to a known name a name must be to count as a misspelling of it.
_NEAR = 0.8
#: So many answers of one person can be known names.
_SOME = 2
_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
#: A name of one piece: letters first, and digits only as few as ``ogrs3_2yr`` or ``q11.4`` have.
_PIECE = pattern(r"[^\W\d][\w.\-]{0,63}")
_MANY_DIGITS = pattern(r"\d{3}")
#: What stands in a row and in no header: no letter, or one alone, or an answer.
_VALUE = pattern(r"(?i)[\W\d_]+|[^\W\d_]|yes|no|true|false|none|unknown|male|female")
_LIKE_DATA = pattern(r"\d{5}|\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|@")
#: Words that are common in headers, besides those of the known names.
_USUAL = frozenset(
    (
        "at",
        "count",
        "date",
        "id",
        "in",
        "months",
        "no",
        "number",
        "of",
        "on",
        "the",
        "total",
        "years",
    )
)


def may_show(name: Hashable, known: Iterable[Hashable] = ()) -> bool:
    """Whether a name that stands alone may be repeated in a message.

    It may if it is a known name, nearly one, or made of words of known names. Anything else could
    be a value: whoever passed it knows what it was.

    Args:
        name: What was given as a name.
        known: The names that are known; they must not themselves come from data.

    Examples:
        >>> may_show("ogsr3", ["ogrs3", "rsr-2025"]), may_show("Jane", ["ogrs3", "rsr-2025"])
        (True, False)
    """
    if not isinstance(name, str):
        return False
    names = [k for k in known if isinstance(k, str)]
    if name in names:
        return True
    if _LIKE_DATA.search(name) and not _LIKE_DATA.search("".join(names)):
        return False
    words = _words(name)
    if words and words <= {w for k in names for w in _words(k)} | _USUAL and not words <= _USUAL:
        return not all(w.isdigit() for w in words)
    return _is_near(name, names)


def shown(name: Hashable, known: Iterable[Hashable] = (), instead: str = "that name") -> str:
    """The name in quotes, or else ``instead``: see `may_show`.

    Examples:
        >>> shown("sexx", ["sex"]), shown("1985-02-03", ["sex"])
        ("'sexx'", 'that name')
    """
    return repr(name) if may_show(name, known) else instead


def has_header(names: Iterable[Hashable], known: Iterable[Hashable]) -> bool:
    """Whether these are the names of columns: one at least is known, or nearly so."""
    listed = [k for k in known if isinstance(k, str)]
    return any(isinstance(name, str) and _is_near(name, listed) for name in names)


def column_labels(
    names: Sequence[Hashable], known: Iterable[Hashable], *, quoted: bool = True
) -> list[str]:
    """What to call each column in a message: its name, or else ``column`` and its place from 1.

    Where few names are known there may be no header: one or two known names can be somebody's
    answers, such as ``unemployed``. Then only these are given by name. Otherwise a name is given
    that is one piece with few digits, such as ``case_id``, or is made of known words.

    Args:
        names: The names of all columns, in order.
        known: The names of the fields.
        quoted: Whether names stand in quotes.

    Examples:
        >>> fields = ["sex", "weapon", "unemployed"]
        >>> column_labels(["sex", "weapon", "Jane Smith", "team"], fields, quoted=False)
        ['sex', 'weapon', 'column 3', 'team']
        >>> column_labels(["Smith", "F", "unemployed"], fields, quoted=False)
        ['column 1', 'column 2', 'unemployed']
        >>> column_labels(["male", "Smith"], ["sex"])
        ['column 1', 'column 2']
    """
    listed = list(known)
    header = _surely_header(names, listed)

    def label(place: int, name: Hashable) -> str:
        piece = header and isinstance(name, str) and _is_piece(name)
        if not (piece or may_show(name, listed)):
            return f"column {place}"
        return repr(name) if quoted else str(name)

    return [label(place, name) for place, name in enumerate(names, 1)]


def place_of(name: Hashable, names: Iterable[Hashable], what: str = "key") -> str:
    """Where among others a name stands that may not be shown; empty where it is the only one.

    Args:
        name: The name.
        names: All that were given.
        what: What they are.

    Examples:
        >>> place_of("Smith", ["sex", "Smith", "weapon"])
        'key 2 of 3'
    """
    listed = list(names)
    return f"{what} {listed.index(name) + 1} of {len(listed)}" if len(listed) > 1 else ""


def _surely_header(names: Sequence[Hashable], known: Sequence[Hashable]) -> bool:
    """Whether these are the names of columns, and not a row in which some answers are known names.

    They are if three are known or more than half, or else two or half and nothing is like a value.
    """
    texts = [name for name in names if isinstance(name, str) and name.strip()]
    folded = {_folded(k) for k in known if isinstance(k, str)}
    listed = [k for k in known if isinstance(k, str)]
    found: set[str] = set()
    for name in texts:
        if _folded(name) in folded or _is_near(name, listed):
            found.add(_folded(name))
            if len(found) > _SOME or 2 * len(found) > len(texts):
                return True
    enough = len(found) == _SOME or 2 * len(found) == len(texts) > 0
    return enough and not any(_VALUE.fullmatch(name.strip()) for name in texts)


def _is_near(name: str, known: Sequence[str]) -> bool:
    folded = _folded(name)
    import difflib

    near = difflib.get_close_matches(folded, map(_folded, known), n=1, cutoff=_NEAR)
    return bool(near) and _digits(folded) <= _digits(near[0])


def _is_piece(name: str) -> bool:
    return bool(_PIECE.fullmatch(name)) and not _MANY_DIGITS.search(name)


def _words(name: str) -> set[str]:
    return {w.lower() for w in _WORD.findall(name)}


def _folded(name: str) -> str:
    return "".join(_WORD.findall(name)).lower()


def _digits(name: str) -> int:
    return sum(c.isdigit() for c in name)
