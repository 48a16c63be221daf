"""Values as the text of one SELECT: columns worked out in layers, each from those before it."""

from __future__ import annotations

import re
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.instruments.sql.expressions import DOUBLE, TRUTH, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskbands.bands.sql import Dialect

__all__ = ["Layers", "in_comment"]

#: A value that is used more than once, and longer than this, becomes a column.
_LONG = 40
#: Of a table with more entries, those that most places do not have are listed by place.
_MOST_ENTRIES = 2000
_WIDTH = 96


@attrs.frozen
class _Text:
    """Some SQL, and the layer whose columns it reads; ``atom`` needs no brackets."""

    sql: str
    layer: int = 0
    atom: bool = True

    @property
    def closed(self) -> str:
        """In brackets where another operator stands beside it."""
        return self.sql if self.atom else f"({self.sql})"


@attrs.define
class _Layer:
    columns: list[tuple[str, str]] = attrs.field(factory=list)


class Layers:
    """Writes values as columns of common table expressions.

    Args:
        write: How the database writes what it writes in its own way.
        results: All values that will be asked for: what they share becomes a column.
    """

    def __init__(self, write: Dialect, results: Iterable[Any]) -> None:
        self._write = write
        self._results = list(results)  # They are kept, so that no other value gets their identity.
        self._uses, self._wanted = _uses(self._results)
        self._known: dict[int, _Text] = {}
        self._names: dict[str, _Text] = {}
        self._taken: set[str] = set()
        self._layers: list[_Layer] = []

    # -- the parts of the SELECT -----------------------------------------------------------

    def text(self, value: Any) -> str:
        """The SQL of a value over the columns of the last layer."""
        return self._of(value).sql

    @property
    def last(self) -> str:
        """Name of the last layer."""
        return f"step_{len(self._layers)}" if self._layers else "given"

    def steps(self) -> Iterator[str]:
        """Common table expressions of the layers."""
        before = "given"
        for n, layer in enumerate(self._layers, start=1):
            lines = [f"    {sql} AS {name}" for name, sql in layer.columns]
            body = ",\n".join(["    " + before + ".*", *lines])
            fence = "\n  OFFSET 0" if self._write.fence else ""
            yield f"step_{n} AS (\n  SELECT\n{body}\n  FROM {before}{fence}\n)"
            before = f"step_{n}"

    # -- values ----------------------------------------------------------------------------

    def _of(self, value: Any) -> _Text:
        if not isinstance(value, Value):
            return _Text(self._constant(value))
        found = self._known.get(id(value))
        if found is None:
            found = getattr(self, f"_{_METHODS.get(value.op, 'operation')}")(value)
            shared = self._uses.get(id(value), 0) > 1 and len(found.sql) > _LONG
            if id(value) in self._wanted or (
                shared and value.op not in ("column", "state", "bind")
            ):
                found = self._column(found, self._wanted.get(id(value), "t"))
            self._known[id(value)] = found
        return found

    def _constant(self, x: Any) -> str:
        if isinstance(x, (bool, np.bool_)):
            return "TRUE" if x else "FALSE"
        if isinstance(x, (int, np.integer)):
            return str(int(x)) if x >= 0 else f"({int(x)})"
        if isinstance(x, str):
            return self._write.text(x)
        return self._write.number(float(x))

    def _column(self, text: _Text, name: str) -> _Text:
        """The text as a column of a layer, once."""
        if re.fullmatch(r"\w+", text.sql):
            return text
        known = self._names.get(text.sql)
        if known is None:
            while len(self._layers) <= text.layer:
                self._layers.append(_Layer())
            name = self._name(name)
            self._layers[text.layer].columns.append((name, text.sql))
            known = self._names[text.sql] = _Text(name, text.layer + 1)
        return known

    def _name(self, wanted: str) -> str:
        """A plain name, not yet taken."""
        plain = re.sub(r"[^a-z0-9_]", "_", wanted.lower())[:50]
        if plain.startswith(("given", "keep_", "step_")):  # columns and steps of the statement
            plain = f"own_{plain}"
        name, n = plain, 1
        while name in self._taken or name == "t":
            name, n = f"{plain}{n}", n + 1
        self._taken.add(name)
        return name

    def _plain(self, value: Value) -> _Text:
        return _Text(value.args[0])

    def _state(self, value: Value) -> _Text:
        name, here, every = value.args
        if 0 not in here:
            if here == every - {0}:
                return _Text(f"{name} < 0", atom=False)
            if len(here) == 1:
                return _Text(f"{name} = {min(here)}", atom=False)
            return _Text(f"{name} IN ({', '.join(map(str, sorted(here)))})", atom=False)
        if here == {0}:
            return _Text(f"{name} >= 0", atom=False)
        others = ", ".join(map(str, sorted(every - here)))
        test = f"<> {others}" if len(every - here) == 1 else f"NOT IN ({others})"
        return _Text(f"{name} {test}", atom=False)

    def _nothing(self, value: Value) -> _Text:
        kind = {DOUBLE: self._write.double, TRUTH: "BOOLEAN", "text": self._write.string}
        return _Text(f"CAST(NULL AS {kind.get(value.kind, 'INTEGER')})")

    def _bound(self, value: Value) -> _Text:
        return self._of(value.args[0])  # Its name is known.

    def _raw(self, value: Value) -> _Text:
        text, reads = value.args
        inner = [self._of(r) for r in reads]
        text = text.replace("$double", self._write.double)
        sql = text.format(*(t.closed for t in inner))
        atom = sql.startswith("LN(") and " * LN(" not in sql
        return _Text(sql, max(t.layer for t in inner), atom)

    def _floor(self, value: Value) -> _Text:
        inner, by = self._of(value.args[0]), value.args[1]
        sql = f"CAST(FLOOR(CAST({inner.sql} AS {self._write.double}) / {by}) AS INTEGER)"
        return _Text(sql, inner.layer)

    def _case(self, value: Value) -> _Text:
        cases, otherwise = value.args
        parts = [(self._of(c), self._of(r)) for c, r in cases]
        last = self._of(otherwise)
        layer = max([last.layer, *(t.layer for pair in parts for t in pair)])
        whens = [f"WHEN {c.sql} THEN {r.sql}" for c, r in parts]
        if len(whens) > 30:
            body = "\n      ".join(["CASE", *whens, f"ELSE {last.sql}"])
            return _Text(f"{body}\n    END", layer)
        return _Text(" ".join(["CASE", *whens, f"ELSE {last.sql} END"]), layer)

    def _sum(self, value: Value) -> _Text:
        texts = [(name, self._of(weight)) for name, weight in value.args]
        lines = ["0" if value.kind != DOUBLE else self._constant(0.0)]
        lines += [f"+ {t.closed}  -- {in_comment(name)}" for name, t in texts]
        body = "\n      ".join(lines)
        return _Text(f"{body}\n    ", max(t.layer for _, t in texts), atom=False)

    def _lookup(self, value: Value) -> _Text:
        place, entries = value.args
        at = self._of(place)
        if len(entries) > _MOST_ENTRIES:
            return self._listed(self._column(at, "t"), entries)
        at = self._column(at, "t")
        runs = []
        n = 0
        for entry, run in groupby(entries):
            n += len(list(run))
            runs.append((n - 1, entry))
        whens = [f"WHEN {at.sql} <= {last} THEN {self._constant(e)}" for last, e in runs[:-1]]
        if not whens:
            return _Text(self._constant(entries[0]))
        return _Text(
            " ".join(["CASE", *whens, f"ELSE {self._constant(runs[-1][1])} END"]), at.layer
        )

    def _listed(self, at: _Text, entries: tuple[Any, ...]) -> _Text:
        """A line or more for each entry, with all its places; the entry most have comes last."""
        other = max(set(entries), key=entries.count)
        places: dict[Any, list[str]] = {}
        for place, entry in enumerate(entries):
            if entry != other:
                places.setdefault(entry, []).append(str(place))
        lines = ["CASE"]
        for entry in sorted(places):
            numbers = textwrap.fill(", ".join(places[entry]), _WIDTH, subsequent_indent=" " * 8)
            lines.append(f"WHEN {at.sql} IN ({numbers}) THEN {self._constant(entry)}")
        body = "\n      ".join([*lines, f"ELSE {self._constant(other)}"])
        return _Text(f"{body}\n    END", at.layer)

    def _operation(self, value: Value) -> _Text:
        op, inner = value.op, [self._of(a) for a in value.args]
        layer = max(t.layer for t in inner)
        if op in ("AND", "OR"):
            inner = list({t.sql: t for t in inner}.values())
        if op == "NOT":
            return _Text(f"NOT {inner[0].closed}", layer, atom=False)
        if op == "IS NULL":
            return _Text(f"{inner[0].closed} IS NULL", layer, atom=False)
        if op == "||":
            return _Text("\n    || ".join(t.closed for t in inner), layer, atom=False)
        return _Text(f" {op} ".join(t.closed for t in inner), layer, atom=False)


_METHODS = {
    "column": "plain",
    "state": "state",
    "null": "nothing",
    "bind": "bound",
    "raw": "raw",
    "floor": "floor",
    "case": "case",
    "sum": "sum",
    "lookup": "lookup",
}


def in_comment(text: str) -> str:
    """A text that cannot end the comment it stands in."""
    return "".join(c if c.isprintable() else " " for c in text)


def _inner(value: Value) -> Iterator[Any]:
    """The values and constants a value is made of."""
    match value.op:
        case "case":
            for condition, result in value.args[0]:
                yield condition
                yield result
            yield value.args[1]
        case "sum":
            yield from (weight for _, weight in value.args)
        case "raw":
            yield from value.args[1]
        case "lookup" | "bind" | "floor":
            yield value.args[0]
        case "column" | "null" | "state":
            pass
        case _:
            yield from value.args


def _uses(results: Iterable[Any]) -> tuple[dict[int, int], dict[int, str]]:
    """How often each value is used by others, and the names that some are to have."""
    uses: dict[int, int] = {}
    wanted: dict[int, str] = {}
    waiting = [r for r in results if isinstance(r, Value)]
    while waiting:
        value = waiting.pop()
        uses[id(value)] = uses.get(id(value), 0) + 1
        if uses[id(value)] == 1:
            waiting += [v for v in _inner(value) if isinstance(v, Value)]
            if value.op == "bind":
                wanted[id(value.args[0])] = value.args[1]
    return uses, wanted
