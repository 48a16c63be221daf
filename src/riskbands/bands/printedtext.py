"""Reading the text of one printed row: ``0 - 49``, ``6.9 and over``, ``under 3``, ``N/A``.

Only a text with one possible meaning is read. Everything else is an error that names the row: a
guessed band is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from riskbands._patterns import pattern
from riskbands.bands.intervals import Cut, Interval
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RowText", "decimals", "read_row"]

#: Signs printed as a dash that Unicode does not count among the dashes.
_LIKE_DASHES: Final = "−⁃˗⁓─➖"
_NOT_APPLICABLE: Final = pattern(r"-|n\s*[./]?\s*a\.?|not applicable|none", re.I)
#: No-break and thin spaces inside a number separate thousands; a plain one may be a lost dash.
_SPACED_THOUSANDS: Final = pattern(r"(?<=[0-9])[\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_NUMBER: Final = (
    r"(?:[1-9][0-9]{0,2}(?:[,'’][0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?![0-9.])|\.[0-9]+"
)
#: A phrase after a number is not one before the next number: "3 and under 6.9".
_LAST: Final = r"(?!\s*(?:-?\s*[0-9.]|than\b|to\b))"
_TOKENS: Final = pattern(
    r"\s*(?:"
    rf"(?P<number>{_NUMBER})"
    r"|(?P<unit>%|per\s?cent\b|pc\b|points?\b)"
    rf"|(?P<and_over>\+|(?:and|or|&)\s*(?:over|above|more|higher|greater|up|upwards)\b{_LAST}"
    rf"|upwards\b{_LAST}|plus\b{_LAST})"
    rf"|(?P<or_under>(?:and|or|&)\s*(?:under|below|less|lower|fewer)\b{_LAST})"
    r"|(?P<le><\s?=|=<|≤|⩽|up to and including\b|at most\b|no more than\b|not more than\b"
    r"|(?:less|lower|fewer) than or equal to\b)"
    r"|(?P<lt><|up to but not including\b|(?:less|lower|fewer) than\b|under\b|below\b)"
    r"|(?P<le_too>up to\b)"
    r"|(?P<ge>>\s?=|=>|≥|⩾|at least\b|no less than\b|not less than\b|from\b"
    r"|(?:more|greater|higher) than or equal to\b)"
    r"|(?P<gt>>|(?:more|greater|higher) than\b|over\b|above\b)"
    r"|(?P<between>between\b)"
    r"|(?P<dash>-)"
    r"|(?P<to>to\b|through\b)"
    r"|(?P<and>and\b|but\b|&)"
    r")\s*",
    re.I,
)
_LOWER: Final = {"ge": True, "gt": False, "and_over": True}
_PREFIXES: Final = ("ge", "gt", "le", "le_too", "lt")
_UPPER: Final = {"le": False, "le_too": False, "lt": True, "or_under": False}


class RowText(NamedTuple):
    """What the text of a row says.

    Attributes:
        interval: The scores; None for ``N/A``.
        digits: The most decimals printed in it.
    """

    interval: Interval | None
    digits: int


class _Bound(NamedTuple):
    number: Decimal
    digits: int
    kind: str  # a key of _LOWER or _UPPER, or "bare"


def read_row(text: str, where: str) -> RowText:
    """Read the text of a row.

    Args:
        text: As printed.
        where: Names the row in an error.

    Raises:
        TableError: The text cannot be read in one way.
    """
    try:
        return _whole_range(text) or _read(_cleaned(text))
    except TableError as error:
        raise TableError(f"{where}: {error}") from None


def _whole_range(text: str) -> RowText | None:
    """What ``0 - 49`` says, as most rows are printed, without the patterns of all others."""
    low, _, high = (part.strip() for part in text.partition("-"))
    if not (text.isascii() and low.isdigit() and high.isdigit()):
        return None
    start, end = Cut(Decimal(low), True), Cut(Decimal(high), False)
    return RowText(Interval.between(start, end), 0) if start < end else None


def _read(clean: str) -> RowText:
    if _NOT_APPLICABLE.fullmatch(clean):
        return RowText(None, 0)
    if clean.startswith(("[", "(")):
        interval = Interval.parse(clean)
        return RowText(interval, max(decimals(end) for end in (interval.lower, interval.upper)))
    bounds, joiners, between = _parse(list(_tokens(clean)))
    start, end = _cuts(bounds, joiners, between)
    if not start < end:
        raise TableError("runs downward or holds no score; write the lower end first")
    return RowText(Interval.between(start, end), max(bound.digits for bound in bounds))


def _cleaned(text: str) -> str:
    if any(unicodedata.category(c) == "No" for c in text):
        raise TableError("remove the footnote mark or fraction sign")
    text = unicodedata.normalize("NFKC", _SPACED_THOUSANDS.sub(",", text))
    if "--" in text:
        raise TableError("'--' can be a dash or a dash and a minus; write one dash")
    clean = " ".join("".join("-" if _is_dash(c) else c for c in text).split())
    if not clean:
        raise TableError("the text is empty; a band without scores is printed as 'N/A'")
    return clean


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character in _LIKE_DASHES


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None or match.lastgroup is None:
            raise TableError(
                f"cannot read {text[position:].strip()!r}; write a range such as "
                "'3 - 6.8', '6.9 and over', 'under 3' or 'N/A'"
            )
        if match.lastgroup != "unit":
            yield match.lastgroup, match[match.lastgroup]
        position = match.end()


def _parse(tokens: list[tuple[str, str]]) -> tuple[list[_Bound], list[str], bool]:
    """Bounds, the joiners between them, and whether the text says "between"."""
    between = bool(tokens) and tokens[0][0] == "between"
    bounds: list[_Bound] = []
    joiners: list[str] = []
    prefix, negative, after_number = "", False, False
    for kind, text in tokens[between:]:
        if kind == "number":
            number = Decimal(re.sub("[,'’]", "", text))
            # Arithmetic would round to the caller's decimal context.
            number = number.copy_negate() if negative else number
            bounds.append(_Bound(number, decimals(number), prefix or "bare"))
            prefix, negative, after_number = "", False, True
        elif kind == "dash" and not after_number and not negative:
            negative = True
        elif kind in ("dash", "to", "and") and bounds and not prefix and not negative:
            joiners.append(kind)
            after_number = False
        elif kind in ("and_over", "or_under") and after_number and bounds[-1].kind == "bare":
            bounds[-1] = bounds[-1]._replace(kind=kind)
        elif kind in _PREFIXES and not prefix and not negative:
            prefix, after_number = kind, False
        else:
            raise TableError(f"{text!r} makes no sense where it stands")
    if prefix or negative or not after_number:
        raise TableError("a number is missing at the end")
    return bounds, joiners, between


def _cuts(bounds: list[_Bound], joiners: list[str], between: bool) -> tuple[Cut, Cut]:
    lowest, highest = Cut(Decimal("-Infinity"), False), Cut(Decimal("Infinity"), True)
    if len(bounds) == 1 and not joiners and not between:
        bound = bounds[0]
        start = Cut(bound.number, _LOWER.get(bound.kind, True))
        end = Cut(bound.number, _UPPER.get(bound.kind, False))
        return lowest if bound.kind in _UPPER else start, highest if bound.kind in _LOWER else end
    if len(bounds) == 2:
        one, two = bounds
        if one.kind in _UPPER and two.kind in _LOWER:
            one, two = two, one
        joined = joiners == ["and"] if between else joiners in (["dash"], ["to"])
        # "over 1 500" is no range: without a word between them the second number says its side
        last = bounds[1].kind
        linked = joined or last in _PREFIXES or (joiners == ["and"] and last != "bare")
        if one.kind not in _UPPER and two.kind not in _LOWER and linked:
            start = Cut(one.number, _LOWER.get(one.kind, True))
            return start, Cut(two.number, _UPPER.get(two.kind, False))
    raise TableError("one or two ends are needed, joined by a dash or 'to'")


def decimals(number: Decimal) -> int:
    """How many decimals a number was written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
