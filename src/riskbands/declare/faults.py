"""Reading a declaration: every fault is kept with its place, and all are raised together."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from riskbands.arithmetic.units import in_words
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Faults", "Node", "Path", "nearest"]

#: Where a value stands: ``("score", "term", 2, "of")``.
Path: TypeAlias = "tuple[str | int, ...]"

_LONGEST: Final = 4000
_MOST_FAULTS: Final = 50
#: A coefficient is no larger.
_GREATEST: Final = 1e100
#: Fields, or derived features, of one file.
_MOST_TABLES: Final = 1000
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


#: Words of other tools and of statistics, and what a file calls them.
_OTHERWISE: Final = {
    "integer": "count", "int": "count", "number": "count or decimal", "numeric": "count or decimal",
    "whole": "count",
    "boolean": "yes/no", "bool": "yes/no", "binary": "yes/no", "flag": "yes/no", "yesno": "yes/no",
    "float": "decimal", "real": "decimal", "double": "decimal", "categorical": "choice",
    "category": "choice", "enum": "choice", "text": "choice", "string": "choice",
    "ordinal": "level", "cox": "survival", "cloglog": "survival", "hazard": "survival",
    "logit": "logistic", "score": "points", "additive": "points", "total": "points",
    "hierarchy": "category", "combined": "sum", "ln": "log", "linear": "per_unit",
    "spline": "steps", "bins": "steps", "static": "brief", "dynamic": "extended",
    "max": "higher", "maximum": "higher", "highest": "higher", "worst": "higher",
    "min": "lower", "minimum": "lower", "lowest": "lower", "best": "lower", "add": "sum",
    "multiply": "product", "times": "product", "grid": "matrix",
}  # fmt: skip
#: Words that look like one of a file and mean something else.
_UNLIKE: Final = frozenset({"probit"})
_AT_LEAST: Final = 'rule = "sum" with at_least (how many must be answered) and missing_counts'
_NO_DIVISION: Final = (
    "nothing is divided: sum the answers and write ranges of the sum; with some missing, "
    + _AT_LEAST
)
#: What to write for rules and entries of other tools that are none here.
_ADVICE: Final = {
    "max": 'write rule = "formula", formula = "max(a, b)"',
    "min": 'write rule = "formula", formula = "min(a, b)"',
    "product": 'write rule = "formula", formula = "a * b"',
    "mean": _NO_DIVISION, "average": _NO_DIVISION, "ratio": _NO_DIVISION,
    "prorated": _NO_DIVISION, "prorate": _NO_DIVISION, "proportion": _NO_DIVISION,
    "max_missing": f"write {_AT_LEAST}", "count_yes": "did you mean how_many_yes?",
    "count": "did you mean how_many_yes?", "if": "did you mean first_that_holds?",
    "log": 'a logarithm is a term with kind = "log"',
}  # fmt: skip
#: Texts that nothing follows from.
_TELLING: Final = frozenset(["meaning", "item", "unit", "about", "successor", "asked_by"])
#: Entries that stand above every table of a file.
_ON_TOP: Final = ("applies", "not_applicable", "limits")


def nearest(word: object, known: Iterable[str]) -> str:
    """A hint: the nearest known words, or all of them where there are few."""
    known = list(known)
    said = str(word)[:100].lower()
    same = _OTHERWISE.get(said)
    if same is not None and set(same.split(" or ")) <= set(known):
        return f"did you mean {same}?"
    if said in _ADVICE and ("formula" in known or said == "max_missing"):
        return _ADVICE[said]
    near = difflib.get_close_matches(said, known, n=2, cutoff=0.6)
    if near and said not in _UNLIKE:
        return f"did you mean {' or '.join(near)}?"
    if not known:
        return "there are none"
    listed = ", ".join(known[:12])
    return f"known: {listed}{', ...' if len(known) > 12 else ''}"


class Faults:
    """The faults of one declaration.

    Args:
        name: What to call it: the name of its file.
        line: Gives the line of a place, or None where there are no lines.
    """

    def __init__(self, name: str, line: Callable[[Path], int] | None = None) -> None:
        self._name, self._line = name, line
        self._found: dict[str, None] = {}
        self._more = 0

    def add(self, path: Path, message: str) -> None:
        """Note a fault at a place; those after many are only counted."""
        if len(self._found) >= _MOST_FAULTS:
            self._more += 1
            return
        place = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in path)
        place = _CONTROL.sub("?", place.removeprefix(".").replace("\n", "?"))[:200] or "the file"
        line = f"line {self._line(path)}, " if self._line else ""
        self._found[f"{line}{place}: {_CONTROL.sub('?', message)}"] = None

    def __len__(self) -> int:
        return len(self._found) + self._more

    def check(self) -> None:
        """Raise if there is any fault.

        Raises:
            TableError: Lists every fault with its place.
        """
        if not self._found:
            return
        found = list(self._found)
        listed = "\n".join(f"- {text}" for text in found)
        rest = f"\n- and {self._more} more" if self._more else ""
        count = "1 fault" if len(self) == 1 else f"{len(self)} faults"
        raise TableError(f"{self._name} is not an instrument; {count}:\n{listed}{rest}")


class Node:
    """A table of a declaration and where it stands."""

    def __init__(self, data: Mapping[str, Any], path: Path, faults: Faults) -> None:
        self.data, self.path, self.faults = data, path, faults

    def fault(self, message: str, *keys: str | int) -> None:
        """Note a fault here, or at a key below."""
        self.faults.add((*self.path, *keys), message)

    def only(self, *known: str) -> None:
        """Note keys that are not known."""
        unknown = [key for key in self.data if key not in known]
        for key in unknown[:_MOST_FAULTS]:
            if key in _ON_TOP and self.path:
                text = "stands at the top of the file: write it above the first line in [brackets]"
                self.fault(text, key)
            else:
                self.fault(f"unknown entry; {nearest(key, known)}", key)

    def exactly(self, known: Iterable[str]) -> None:
        """Note keys that are not known, and those that are lacking."""
        known = list(known)
        self.only(*known)
        lacking = [key for key in known if key not in self.data]
        if lacking:
            rest = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
            self.fault(f"says nothing of {', '.join(lacking[:5])}{rest}")

    def has(self, key: str) -> bool:
        """Whether there is a key."""
        return key in self.data

    def needs(self, *keys: str) -> bool:
        """Whether all keys are there; those that are not are noted."""
        lacking = [key for key in keys if key not in self.data]
        for key in lacking:
            self.fault(f"{key} is missing")
        return not lacking

    def text(self, key: str, default: str = "", *, empty: bool = False) -> str:
        """A text; one that is there has something in it, unless it only tells or may be empty."""
        value = self.data.get(key, default)
        must = key in self.data and not empty and key not in _TELLING
        if must and isinstance(value, str) and not value.strip():
            self.fault("is empty", key)
        return self._text(value, key) or default

    def _text(self, value: Any, *keys: str | int) -> str:
        if not isinstance(value, str):
            self.fault("must be a text", *keys)
        elif len(value) > _LONGEST:
            self.fault(f"is longer than {_LONGEST} characters", *keys)
        elif _CONTROL.search(value):
            self.fault("holds a control character", *keys)
        else:
            return value
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text is a list of one."""
        value = self.data.get(key, ())
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple):
            self.fault("must be a list of texts", key)
            return ()
        if len(value) > 1000:
            self.fault("has more than 1000 entries", key)
            return ()
        if key == "of" and key in self.data and not value:
            self.fault("is empty", key)
        return tuple(self._text(v, key, n) for n, v in enumerate(value))

    def choice(self, key: str, known: Iterable[str], default: str = "") -> str:
        """One of some words."""
        word = self.text(key, default)
        if self.data.get(key) == "":
            self.fault("is empty", key)
        known = list(known)
        if word and word not in known:
            self.fault(f"is not known; {nearest(word, known)}", key)
            return default
        return word

    def whole(
        self, key: str, default: int | None = None, low: int = -10_000, high: int = 100_000
    ) -> int | None:
        """A whole number."""
        value = self.data.get(key, default)
        if value is None and key not in self.data:
            return None
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault("must be a whole number", key)
            return default
        if not low <= value <= high:
            self.fault(f"must be from {low} to {high}", key)
            return default
        return value

    def truth(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fault("must be true or false", key)
            return default
        return value

    def decimal(self, value: Any, *keys: str | int) -> str:
        """A number as text; a whole number may stand without quotation marks."""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 10**9:
            return str(value)
        if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            text = value.strip().removeprefix("+")
            if abs(float(text)) > _GREATEST:
                self.fault(f"is too large: at most {_GREATEST:.0e}", *keys)
            elif float(text) == 0 and Decimal(text) != 0:
                self.fault("is too small to be told from 0: write 0", *keys)
            else:
                return text
            return "0"
        if isinstance(value, int) and not isinstance(value, bool):
            self.fault("is beyond 1000000000: write it in quotation marks", *keys)
            return "0"
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            text = (
                "is too long: at most 40 digits before the point, 40 after it, and 3 of an exponent"
            )
            self.fault(text, *keys)
            return "0"
        hint = " in quotation marks, so that no digit is lost" if isinstance(value, float) else ""
        self.fault(f"must be a number{hint}", *keys)
        return "0"

    def units(self, key: str, decimals: int, low: int, high: int) -> int | None:
        """A number of so many decimals, as a count of units of the last; None for a fault."""
        if not decimals:
            return self.whole(key, None, low, high)
        before = len(self.faults)
        number = Decimal(self.decimal(self.data[key], key)).scaleb(decimals)
        if len(self.faults) > before:
            return None
        if number != number.to_integral_value():
            self.fault(f"has more than {in_words(decimals)}", key)
            return None
        if not low <= number <= high:
            unit = Decimal(1).scaleb(-decimals)
            self.fault(f"must be from {low * unit:f} to {high * unit:f}", key)
            return None
        return int(number)

    def table(self, key: str) -> Node | None:
        """A table below, or None."""
        if key not in self.data:
            return None
        value = self.data[key]
        if not hasattr(value, "items"):
            self.fault("must be a table", key)
            return None
        return Node(value, (*self.path, key), self.faults)

    def tables(self, key: str) -> list[tuple[str, Node]]:
        """The tables of a table, by name."""
        node = self.table(key)
        if node is None:
            return []
        if len(node.data) > _MOST_TABLES:
            node.fault(f"has more than {_MOST_TABLES} entries")
            return []
        found = [(name, node.table(name)) for name in node.data]
        return [(name, inner) for name, inner in found if inner is not None]

    def rows(self, key: str, most: int = 1000) -> list[Node]:
        """An array of tables."""
        value = self.data.get(key, [])
        if not isinstance(value, list | tuple):
            name = ".".join(str(p) for p in (*self.path, key) if not isinstance(p, int))
            self.fault(f"must be written as [[{name}]]", key)
            return []
        if len(value) > most:
            self.fault(f"has more than {most} entries", key)
            return []
        found = []
        for n, row in enumerate(value):
            if hasattr(row, "items"):
                found.append(Node(row, (*self.path, key, n), self.faults))
            else:
                self.fault("must be a table", key, n)
        return found
