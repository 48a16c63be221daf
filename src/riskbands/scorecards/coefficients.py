"""Coefficient tables: the numbers of a predictor, with where they come from.

One TOML file per published or deployed set, frozen: its numbers are decimal strings and never
change under its id. A copy that a caller edits is marked ``(modified)`` and has another digest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from riskbands import _data, _toml
from riskbands._digest import digest
from riskbands._patterns import pattern
from riskbands.display import facts_html, facts_text
from riskbands.errors import TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "CoefficientTable",
    "as_table",
    "coefficient_tables",
    "load_table",
]

#: A leaf is a decimal text; a sequence is a polynomial or a list of levels.
Leaf: TypeAlias = "str | tuple[str, ...]"
Tree: TypeAlias = "Mapping[str, Leaf | Tree]"

_NUMBER = pattern(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?(?P<exponent>\d+))?(?:/\d+)?", re.ASCII)
_TEXTS = ("id", "title", "source", "status", "precision", "retrieved", "licence", "rules")
_LISTS = ("predictor", "notes", "departures")
_MODIFIED = " (modified)"
#: Sub-tables whose leaves are names, not numbers.
_NAMED = frozenset(["band"])
#: A coefficient may not be larger, so that sums of products stay finite.
_GREATEST = 1e100
#: More than any number needs; exact arithmetic with longer ones could take for ever.
_LONGEST = 1000
_EXPONENT = 3


def _number_problem(text: str) -> str:
    """What is wrong with the text of a number, or an empty text."""
    if len(text) > _LONGEST:
        return f"is too long: a number has at most {_LONGEST} characters"
    if not (found := _NUMBER.fullmatch(text)):
        return "is not a number"
    value, _, divisor = text.partition("/")
    if divisor and not divisor.strip("0"):
        return "is not a number: it is divided by 0"
    if abs(float(value)) > _GREATEST:
        return f"is too large: at most {_GREATEST:.0e}"
    if not float(value) and re.search("[1-9]", re.split("[eE]", value)[0]):
        return "is too small: write 0"
    if len((found["exponent"] or "").lstrip("0")) > _EXPONENT:
        return f"has an exponent of more than {_EXPONENT} digits"
    return ""


def _freeze(node: Any, path: tuple[str, ...], problems: list[str]) -> Any:
    if isinstance(node, Mapping):
        return MappingProxyType(
            {str(k): _freeze(v, (*path, str(k)), problems) for k, v in node.items()}
        )
    if isinstance(node, (list, tuple)):
        return tuple(_freeze(v, path, problems) for v in node)
    if isinstance(node, str):
        problem = "" if len(path) > 1 and path[-2] in _NAMED else _number_problem(node)
        if problem:
            problems.append(f"{'.'.join(path)} {problem}")
        return node
    if isinstance(node, int) and not isinstance(node, bool):
        return _freeze(str(node), path, problems)
    problems.append(f"{'.'.join(path)} must be a number written as text, so that no digit is lost")
    return node


def _thaw(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {k: _thaw(v) for k, v in node.items()}
    return list(node) if isinstance(node, tuple) else node


def leaves_of(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves_of(value, (*path, key))
    else:
        yield path, node


@attrs.frozen(slots=False, eq=False, repr=False)
class CoefficientTable:
    """The numbers of one or more predictors and their citation.

    Attributes:
        id: Stable name; ends in ``(modified)`` for an edited copy.
        predictor: Ids of the predictors it serves.
        title: What it is.
        source: Citation.
        coefficients: Nested, read-only; every leaf a decimal text or a tuple of them.
        status: ``published``, ``deployed``, ``superseded`` or what a caller writes.
        precision: How the numbers are printed, where known.
        retrieved: When the source was read, where known.
        licence: Licence of the source.
        notes: Remarks.
        departures: Where the set departs from its source or from another set.
        rules: Digest of the rules of an instrument from a file, which decide a score beside the
            numbers; empty for a built-in one, whose rules belong to the version of this library.
    """

    id: str
    predictor: tuple[str, ...]
    title: str
    source: str
    coefficients: Tree
    status: str = ""
    precision: str = ""
    retrieved: str = ""
    licence: str = ""
    notes: tuple[str, ...] = ()
    departures: tuple[str, ...] = ()
    rules: str = ""

    @cached_property
    def digest(self) -> str:
        """Digest of numbers and rules, 16 hexadecimal digits: the same digest, the same scores."""
        numbers = _thaw(self.coefficients)
        return digest([numbers, self.rules] if self.rules else numbers)

    @property
    def modified(self) -> bool:
        """Whether a caller has edited the numbers."""
        return self.id.endswith(_MODIFIED)

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Every number by its dotted path, e.g. ``("brief.female", "-16.6")``."""
        for path, leaf in leaves_of(self.coefficients):
            yield ".".join(path), leaf

    def replace(self, changes: Mapping[str, str | list[str]]) -> CoefficientTable:
        """A copy with some numbers changed, its id marked ``(modified)``.

        Args:
            changes: New numbers, as text, by dotted path (see `leaves`).

        Raises:
            TableError: A path is not in the table, or a value is not a number.

        Examples:
            >>> table = coefficient_tables["ogrs3-2009"]
            >>> table.replace({"copas": "1.3"}).id
            'ogrs3-2009 (modified)'
        """
        tree = _thaw(self.coefficients)
        problems = []
        for path, value in changes.items():
            node = tree
            *parents, last = path.split(".")
            for key in parents:
                node = node.get(key, {}) if isinstance(node, dict) else {}
            if not isinstance(node, dict) or last not in node:
                problems.append(f"{path} is not in {self.id}")
                continue
            node[last] = value
        frozen = _freeze(tree, (), problems)
        if problems:
            raise TableError(f"cannot change {self.id}: " + "; ".join(problems))
        ident = self.id if self.modified else self.id + _MODIFIED
        return attrs.evolve(self, id=ident, coefficients=frozen)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CoefficientTable):
            return NotImplemented
        return self.id == other.id and self.digest == other.digest

    def __hash__(self) -> int:
        return hash((self.id, self.digest))

    def __reduce__(self) -> tuple[object, ...]:
        return CoefficientTable.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        return f"<CoefficientTable {self.id!r} for {', '.join(self.predictor)}: {self.title}>"

    def __str__(self) -> str:
        return facts_text(self.id, self._facts()) + "\n\n" + facts_text("numbers", self._numbers())

    def _repr_html_(self) -> str:
        return facts_html(self.id, self._facts()) + facts_html("numbers", self._numbers())

    def _facts(self) -> list[tuple[str, str]]:
        facts = [(k, getattr(self, k)) for k in _TEXTS if k != "id" and getattr(self, k)]
        facts += [("for", ", ".join(self.predictor)), ("digest", self.digest)]
        facts += [("departs", text) for text in self.departures]
        return facts + [("note", text) for text in self.notes]

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            (path, leaf if isinstance(leaf, str) else ", ".join(leaf))
            for path, leaf in self.leaves()
        ]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], where: str = "the table") -> CoefficientTable:
        """A table from the content of its file.

        Raises:
            TableError: Something is missing, unknown or no number; all problems are named.
        """
        given: object = data
        if not isinstance(given, Mapping):
            kind = type(data).__name__
            raise TableError(f"{where} is not a coefficient table: a value of type {kind}")
        problems: list[str] = []
        known = {*_TEXTS, *_LISTS, "coefficients"}
        problems += [f"unknown entry {k!r}" for k in data if k not in known]
        problems += [
            f"{k} is missing"
            for k in ("id", "predictor", "title", "source", "coefficients")
            if not data.get(k) and not (k == "coefficients" and k in data)
        ]
        problems += [
            f"{k} must be text" for k in _TEXTS if k in data and not isinstance(data[k], str)
        ]
        if isinstance(data.get("id"), str) and not data["id"].isprintable():
            problems.append("id must be a text that can be printed on one line")
        elif isinstance(data.get("id"), str) and data["id"] != data["id"].strip():
            problems.append("id must have no blank at its beginning or end")
        lists: dict[str, Any] = {}
        for key in _LISTS:
            value = data.get(key, ())
            if isinstance(value, str):
                value = (value,)
            if not (isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)):
                problems.append(f"{key} must be a list of texts")
                value = ()
            lists[key] = tuple(value)
        tree = data.get("coefficients", {})
        if not isinstance(tree, Mapping):
            problems.append("coefficients must be a table")
            tree = {}
        frozen = _freeze(tree, (), problems)
        if problems:
            raise TableError(f"{where} is not a coefficient table: " + "; ".join(problems))
        texts: dict[str, Any] = {k: data[k] for k in _TEXTS if k in data}
        return cls(coefficients=frozen, **texts, **lists)

    def to_dict(self) -> dict[str, Any]:
        """The content of the table's file; `from_dict` reads it back."""
        found: dict[str, Any] = {k: getattr(self, k) for k in _TEXTS if getattr(self, k)}
        found |= {k: list(getattr(self, k)) for k in _LISTS}
        return found | {"coefficients": _thaw(self.coefficients)}

    def to_toml(self) -> str:
        """The table as a TOML file that `load_table` reads back."""
        return _toml.dumps(self.to_dict())


def load_table(path: str | Path) -> CoefficientTable:
    """Read a coefficient table from a TOML file.

    Args:
        path: The file.

    Raises:
        TableError: The file cannot be read as a coefficient table; says what and where.
    """
    given: object = path
    if not isinstance(given, str) and not hasattr(given, "__fspath__"):
        kind = type(path).__name__
        raise TableError(f"load_table takes the path of a TOML file, not a value of type {kind}")
    if path in coefficient_tables:
        raise TableError(
            f"load_table takes the path of a TOML file; {path} is built in: use "
            f"riskbands.coefficient_tables[{path!r}]"
        )
    table = CoefficientTable.from_dict(_toml.loads(_toml.read(path), str(path)), str(path))
    built_in = coefficient_tables.get(table.id)
    if built_in is not None and built_in.digest != table.digest:
        return attrs.evolve(table, id=table.id + _MODIFIED)
    return table


class _BuiltIn(Mapping[str, CoefficientTable]):
    """The built-in tables by id: read when first asked for, read-only."""

    def __init__(self) -> None:
        self._tables: dict[str, CoefficientTable] = {}

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return _data.names("coefficients", ".toml")

    def __getitem__(self, ident: str) -> CoefficientTable:
        if ident not in self._tables:
            if ident not in self._ids:
                raise UnknownNameError("coefficient table", ident, self._ids)
            data = tomllib.loads(_data.text("coefficients", f"{ident}.toml"))
            self._tables[ident] = CoefficientTable.from_dict(data, ident)
        return self._tables[ident]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"<coefficient tables: {', '.join(self)}>"


#: The built-in coefficient tables by id.
coefficient_tables: Mapping[str, CoefficientTable] = _BuiltIn()


def as_table(table: CoefficientTable | str | Path) -> CoefficientTable:
    """A table from a table, the id of a built-in one, or the path of a TOML file."""
    if isinstance(table, CoefficientTable):
        return table
    if isinstance(table, str) and table in coefficient_tables:
        return coefficient_tables[table]
    if isinstance(table, str) and "/" not in table and not table.endswith(".toml"):
        return coefficient_tables[table]  # The id is not known, and the error suggests others.
    return load_table(table)
