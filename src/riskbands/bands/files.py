"""Band tables as plain data, TOML and JSON: reading, with errors that name the place.

A file either lists bands with their intervals, or the rows a document prints together with the
decisions that make a rule of them; see docs/bands/files.md.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from riskbands import _toml
from riskbands._patterns import pattern
from riskbands.bands.intervals import Interval, Rounding, RoundingMode, member
from riskbands.bands.parts import Gap, Policy, Status, Unit, as_ids
from riskbands.bands.scale import BandScale
from riskbands.errors import RiskBandsError, TableError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROW_KEYS", "TEXTS", "from_dict", "from_file", "from_json", "from_toml"]

TEXTS: Final = (
    "title",
    "score",
    "unit",
    "status",
    "dates",
    "source",
    "licence",
    "below",
    "above",
    "missing",
)
_CHOICES: Final[dict[str, type[Unit | Status | Policy]]] = {
    "unit": Unit,
    "status": Status,
    "below": Policy,
    "above": Policy,
    "missing": Policy,
}
ROW_KEYS: Final = {
    "band": ("label", "interval"),
    "gap": ("interval", "reason", "values"),
    "printed": ("label", "text"),
    "decision": ("about", "between", "choice", "reason", "where"),
}
_KEYS: Final = ("id", *TEXTS, "applies_to", "notes", "rounding", "digits", *ROW_KEYS)
_OPTIONAL: Final = frozenset({"values", "where"})

_HEADER: Final = pattern(r"\s*\[\[?\s*([\"']?)([\w-]+)\1\s*\]")
_KEY: Final = pattern(r"\s*([\"']?)([\w-]+)\1\s*=")
_TEXT_OR_COMMENT: Final = pattern(
    r"""\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*""", re.S
)

_T = TypeVar("_T")
#: What is read.
_Made = TypeVar("_Made")
#: Where in a file a value stands: ``("band", 1, "interval")``.
_Place: TypeAlias = tuple[str | int, ...]


def from_dict(data: Mapping[str, Any], make: Callable[..., _Made]) -> _Made:
    """Make a table from plain data of the form of `BandTable.to_dict`.

    Args:
        data: The data.
        make: What makes a table of its attributes: `BandTable`.

    Raises:
        TableError: Something is missing, unknown or wrong; the message names the place.
    """
    return _Reader(_dotted, make).table(data)


def from_json(text: str, make: Callable[..., _Made]) -> _Made:
    """Read a table from JSON text; errors as for `from_dict`."""
    import json

    try:
        data = json.loads(text, object_pairs_hook=_each_key_once)
    except RecursionError:
        raise TableError("not JSON: it is nested too deeply") from None
    except ValueError as error:
        raise TableError(f"not JSON: {str(error)[:200]}") from None
    except TypeError:
        raise TableError(f"not JSON: a value of type {type(text).__name__}, and no text") from None
    return from_dict(data, make)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return data


def from_toml(text: str, name: str, make: Callable[..., _Made]) -> _Made:
    """Read a table from TOML text.

    Args:
        text: The text.
        name: What to call it in errors, such as the name of its file.
        make: As for `from_dict`.

    Raises:
        TableError: As for `from_dict`; the message names the line.
    """
    data = _toml.loads(text, name)
    where = f"{name}, line "
    return _Reader(lambda path: f"{where}{_line_of(text, path)}, {_dotted(path)}", make).table(data)


def from_file(path: str | Path, make: Callable[..., _Made]) -> _Made:
    """Read a table from a file, ``.json`` or else TOML.

    Raises:
        TableError: As for `from_toml`.
        OSError: The file cannot be read.
    """
    from pathlib import Path

    path = Path(path)
    text = _toml.decoded(path.read_bytes(), path.name)
    if path.suffix == ".json":
        return from_json(text, make)
    return from_toml(text, path.name, make)


def _dotted(path: _Place) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the table"


def _line_of(text: str, path: _Place) -> int:
    """The line of a TOML text where the value at ``path``, or else its header, stands."""
    header, best = None, 1
    seen: dict[str, int] = {}
    wanted = (path[0], path[1]) if len(path) > 1 else None
    for number, line in enumerate(_without_long_texts(text).split("\n"), 1):
        if match := _HEADER.match(line):
            header = match[2]
            seen[header] = seen.get(header, -1) + 1
            if wanted == (header, seen[header]):
                best = number
            elif path == (header,):
                return number
        elif match := _KEY.match(line):
            here = (header, seen[header], match[2]) if header else (match[2],)
            if here == path[: len(here)]:
                return number
    return best


def _without_long_texts(toml: str) -> str:
    """The TOML without what stands between triple quotation marks, line for line."""

    def lines(match: re.Match[str]) -> str:
        found = match[0]
        return "\n" * found.count("\n") if found.startswith(('"""', "'''")) else found

    return _TEXT_OR_COMMENT.sub(lines, toml)


class _Reader(Generic[_Made]):
    """Reads a table, naming the place of whatever is wrong."""

    def __init__(self, place: Callable[[_Place], str], make: Callable[..., _Made]) -> None:
        self._place = place
        self._make = make

    def table(self, data: object) -> _Made:
        data = self._mapping(data, (), _KEYS)
        common = {name: self._text(data, (name,)) for name in TEXTS if name in data}
        for name, kind in _CHOICES.items():
            if name in common:
                self._checked((name,), partial(member, kind, common[name]))
        if common.get("missing") == Policy.CLAMP.value:
            raise self._error(("missing",), "is 'none' or 'raise'; missing is never a band")
        common["id"] = self._text(data, ("id",))
        notes = self._texts(data.get("notes", []), ("notes",))
        scores = self._texts(data.get("applies_to", []), ("applies_to",))
        scores = self._checked(("applies_to",), partial(as_ids, scores))
        rounding = self._rounding(data)
        rows = {kind: self._rows(data.get(kind, []), kind) for kind in ROW_KEYS}
        if bool(rows["band"]) == bool(rows["printed"]):
            raise self._error((), "needs rows of 'band' or of 'printed', and not of both")
        rest: dict[str, Any] = common | {"applies_to": scores, "notes": notes, "rounding": rounding}
        if rows["printed"]:
            if rows["gap"]:
                raise self._error(("gap", 0), "belongs beside 'band'; here a decision keeps a gap")
            return self._printed(rows["printed"], rows["decision"], rest)
        if rows["decision"]:
            raise self._error(("decision", 0), "belongs beside 'printed' rows only")
        gaps = [
            self._checked(("gap", number), partial(Gap, **row))
            for number, row in enumerate(rows["gap"])
        ]
        labels = [row["label"] for row in rows["band"]]
        intervals = [
            self._checked(("band", number, "interval"), partial(Interval.parse, row["interval"]))
            for number, row in enumerate(rows["band"])
        ]
        try:
            return self._make(labels=labels, intervals=intervals, gaps=gaps, **rest)
        except RiskBandsError as error:
            self._find_fault(labels, intervals, gaps, rest)
            raise self._error((), str(error)) from error

    def _find_fault(
        self,
        labels: list[str],
        intervals: list[Interval],
        gaps: list[Gap],
        rest: dict[str, Any],
    ) -> None:
        """Name the band, if there is one, that does not go with those before it."""
        self._checked(("id",), partial(BandScale, rest["id"], ("any",)))
        for number, interval in enumerate(intervals):
            make = partial(
                self._make,
                id=rest["id"],
                rounding=rest["rounding"],
                labels=labels[: number + 1],
                intervals=intervals[: number + 1],
                gaps=[gap for gap in gaps if gap.interval.start < interval.start],
            )
            self._checked(("band", number), make)

    def _printed(
        self, rows: list[dict[str, Any]], decisions: list[dict[str, Any]], rest: dict[str, Any]
    ) -> _Made:
        # loaded here: most files have no printed rows, and reading those takes many patterns
        from riskbands.bands.decisions import Choice, settle, settled
        from riskbands.bands.printedrows import PrintedGap, PrintedRows, read_rows

        texts = [(row["label"], row["text"]) for row in rows]
        try:
            printed = PrintedRows.parse(texts)
        except RiskBandsError as error:
            for number in range(len(texts)):
                self._checked(("printed", number), partial(read_rows, texts[: number + 1]))
            raise self._error(("printed", 0), str(error)) from error
        between: dict[str, dict[tuple[str, ...], Choice]] = {"overlap": {}, "gap": {}}
        ends: dict[str, Choice] = {}
        why = ""
        numbers: dict[str, int] = {}
        open_ = {
            ("gap" if isinstance(found, PrintedGap) else "overlap", found.labels): found
            for found in printed.ambiguities()
        }
        printed_labels = [row.label for row in printed.rows]
        without = {row.label for row in printed.rows if row.interval is None}
        for number, row in enumerate(decisions):
            about, labels = row["about"], tuple(row["between"])
            choice = Choice(row["choice"], row["reason"])
            for label in labels:
                if label not in printed_labels:
                    what = str(UnknownNameError("printed label", label, printed_labels))
                    raise self._error(("decision", number, "between"), what)
            if labels in between.get(about, ()) or about in ends or (about == "rounding" and why):
                raise self._error(("decision", number), "was decided before")
            if about in between:
                if (about, labels) not in open_:
                    what = f"there is no {about} between {' and '.join(labels) or 'no labels'}"
                    raise self._error(("decision", number, "between"), what)
                check = partial(settled, open_[about, labels], choice, rest["rounding"])
                self._checked(("decision", number), check)
                between[about][labels] = choice
            elif about == "rounding":
                if choice.to != str(rest["rounding"]):
                    what = f"must name the rounding of the table, {str(rest['rounding'])!r}"
                    raise self._error(("decision", number, "choice"), what)
                if not choice.reason:
                    raise self._error(("decision", number, "reason"), "must say why")
                why = choice.reason
            elif about in ("lowest", "highest"):
                ends[about], numbers[about] = choice, number
            elif about != "row" or not without.issuperset(labels):
                raise self._error(
                    ("decision", number, "about"),
                    "is 'overlap', 'gap', 'rounding', 'lowest', 'highest', or 'row' for a row "
                    "without scores",
                )

        def make(*without_end: str) -> _Made:
            chosen = {end: choice for end, choice in ends.items() if end not in without_end}
            found = settle(
                printed,
                overlap=between["overlap"],
                gap=between["gap"],
                rounding=rest["rounding"],
                rounding_reason=why,
                lowest=chosen.get("lowest"),
                highest=chosen.get("highest"),
            )
            return self._make(**{**rest, **found})

        try:
            return make()
        except RiskBandsError as error:
            place = ("decision", 0) if decisions else ("printed", 0)
            for about, number in numbers.items():
                with contextlib.suppress(RiskBandsError):
                    make(about)
                    place = ("decision", number)
            raise self._error(place, str(error)) from error

    def _rounding(self, data: Mapping[str, Any]) -> Rounding | None:
        mode = self._text(data, ("rounding",)) if "rounding" in data else "none"
        if mode == "none":
            if "digits" in data:
                raise self._error(("digits",), "has no meaning with rounding 'none'")
            return None
        if mode != RoundingMode.HALF_UP.value:
            raise self._error(("rounding",), "is 'half_up' or 'none'")
        if "digits" not in data:
            raise self._error(("rounding",), "needs digits, the decimals to keep")
        return self._checked(("digits",), partial(Rounding, data["digits"]))

    def _rows(self, value: object, kind: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise self._error((kind,), f"is rows, each under [[{kind}]]")
        rows = []
        for number, item in enumerate(value):
            row = self._mapping(item, (kind, number), ROW_KEYS[kind])
            for key in ROW_KEYS[kind]:
                path = (kind, number, key)
                if key not in row and key in _OPTIONAL:
                    continue
                if key == "between":
                    if not self._texts(row.get(key), path):
                        raise self._error(path, "must name at least one label")
                else:
                    self._text(row, path)
            rows.append(dict(row))
        return rows

    def _mapping(self, value: object, path: _Place, keys: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self._error(path, "must be a table of keys and values")
        for key in value:
            if key not in keys:
                raise self._error((*path, key), str(UnknownNameError("key", str(key), keys)))
        return value

    def _text(self, data: Mapping[str, Any], path: _Place) -> str:
        value = data.get(str(path[-1]))
        if not isinstance(value, str):
            what = "is missing" if value is None else "must be a text"
            raise self._error(path, what)
        return value

    def _texts(self, value: object, path: _Place) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(path, "must be a list of texts")
        return tuple(value)

    def _checked(self, path: _Place, make: Callable[[], _T]) -> _T:
        try:
            return make()
        except RiskBandsError as error:
            raise self._error(path, str(error)) from error

    def _error(self, path: _Place, what: str) -> TableError:
        return TableError(f"{self._place(path)}: {what}")
