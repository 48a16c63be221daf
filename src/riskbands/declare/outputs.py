"""Named results of a declaration: sums, scales, flags, levels, and combinations of them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.arithmetic.units import in_decimals
from riskbands.declare.faults import nearest
from riskbands.declare.ranges import MOST_ENTRIES, parse_range, placed, spread
from riskbands.declare.terms import read_terms
from riskbands.instruments.results import Result
from riskbands.scorecards.coefficients import CoefficientTable
from riskbands.scorecards.numbers import Numbers
from riskbands.vocabulary.expressions import Argument, Constant, Flag, LookUp, Wide
from riskbands.vocabulary.feature import SAME, Feature, Source
from riskbands.vocabulary.rules import lower_of, total

if TYPE_CHECKING:
    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.expressions import Expression

__all__ = ["COMBINATIONS", "OUTPUT_KEYS", "Outputs"]

OUTPUT_KEYS: Final = (
    "name", "about", "term", "of", "combine", "when", "scale", "flag", "levels", "matrix",
)  # fmt: skip
COMBINATIONS: Final = ("sum", "product", "higher", "lower", "matrix")
_MOST_POINTS: Final = 10_000
#: Columns of results are numbers of 16 bits.
_MOST: Final = 30_000


@attrs.frozen
class _Value:
    """The value of an output before its scale: a feature's inputs, rule and range."""

    inputs: tuple[str, ...]
    rule: Expression
    low: int
    high: int
    categories: tuple[str, ...] = ()
    decimals: int = 0


class Outputs:
    """Makes a feature and a result of each output.

    Attributes:
        results: The results, in the order of the file.
        sums: Features that add up to each output that is a sum.
        factors: Names and reasons of those, for explanations.
        numbers: The points of each output as they stand in the file.
    """

    def __init__(self, people: People, rows: list[Node]) -> None:
        self.people = people
        self.results: list[Result] = []
        self.sums: dict[str, tuple[str, ...]] = {}
        self.factors: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.numbers: dict[str, Any] = {}
        self._rows: list[tuple[str, Node]] = []
        names: set[str] = set()
        for row in rows:
            row.only(*OUTPUT_KEYS)
            name = row.text("name")
            if not row.needs("name") or not people.named(name, (*row.path, "name")):
                continue
            if name in names or name in people.makers or name in people.fields:
                row.fault(f"{name} is declared already: give it another name", "name")
                continue
            if name in ("issues", "information", "band", "type", "reduced"):
                row.fault(f"{name} is the name of another column: give it another name", "name")
                continue
            names.add(name)
            people.makers[name] = partial(self._feature, name, row)
            self._rows.append((name, row))

    def refuse(self, name: str, message: str) -> None:
        """Note a fault of the output of a name, if there is one."""
        for own, row in self._rows:
            if own == name:
                row.fault(f"{name} {message}", "name")

    def make(self) -> None:
        """Make them all, in whatever order they need each other."""
        for name, row in self._rows:
            f = self.people.feature(name, row.path)
            if f is None:
                continue
            kind: Any = "number"
            if f.categories == ("no", "yes"):
                kind = "flag"
            elif f.categories:
                kind = "category"
            labels = f.categories if kind == "category" else ()
            self.results.append(
                Result(
                    name=name,
                    kind=kind,
                    inputs=(f.name,),
                    rule=SAME,
                    labels=labels,
                    about=row.text("about"),
                )
            )

    def _feature(self, name: str, row: Node) -> str | None:
        before = len(self.people.faults)
        value = self._value(name, row)
        if value is None:
            return None
        shaped = self._shaped(name, row, value)
        if len(self.people.faults) > before or shaped is None:
            return None
        if max(-shaped.low, shaped.high) > _MOST:
            row.fault(f"can be from {shaped.low} to {shaped.high}; at most {_MOST}")
            return None
        if shaped is value and row.has("of") and not row.has("combine"):
            return value.inputs[0]
        return self.people.add(
            Feature(
                self.people.fresh(f"{self.people.ident}_{name}"),
                (Source(shaped.inputs, shaped.rule),),
                shaped.low,
                shaped.high,
                categories=shaped.categories,
                meaning=row.text("about"),
                shown=name,
            )
        )

    def _value(self, name: str, row: Node) -> _Value | None:
        given = [k for k in ("term", "of", "when") if row.has(k)]
        if len(given) != 1:
            row.fault("needs one of: [[output.term]] (points), of (what it combines), when")
            return None
        if given == ["term"]:
            return self._points(name, row)
        if given == ["when"]:
            parsed = self.people.parsed(row.text("when"), (*row.path, "when"))
            if parsed is None:
                return None
            return _Value(parsed.inputs, Flag(parsed.rule), 0, 1, ("no", "yes"))
        return self._combined(name, row)

    # -- points ------------------------------------------------------------------------------

    def _points(self, name: str, row: Node) -> _Value | None:
        own = f"{self.people.ident}_{name}"
        tree: dict[str, Any] = {}
        before = len(self.people.faults)
        terms = read_terms(self.people, row.rows("term", 300), own, tree)
        self.numbers[name] = tree
        if len(self.people.faults) > before:
            return None
        if not terms:
            if not row.data["term"]:  # else its terms read what has a fault itself
                row.fault("has no term")
            return None
        table = CoefficientTable.from_dict(
            {"id": own, "predictor": [own], "title": own, "source": own, "coefficients": tree}
        )
        parts = []
        for place, term in enumerate(terms):
            made = self._term(f"{own}_points_{place + 1}", term, table, row)
            if made is not None:
                parts.append(made)
        if len(parts) < len(terms):
            return None
        names = tuple(f.name for f in parts)
        low, high = sum(f.low or 0 for f in parts), sum(f.high or 0 for f in parts)
        if max(-low, high) > _MOST_POINTS:
            row.fault(f"adds up to as much as {max(-low, high)} points; at most {_MOST_POINTS}")
            return None
        rule = total(*(Wide(Argument(n)) for n in range(len(names))))
        self.sums[name] = names
        return _Value(names, rule, low, high)

    def _term(self, feature: str, term: Term, table: CoefficientTable, row: Node) -> Feature | None:
        """The points of one term, as a look-up in a table of all it reads."""
        reads = []
        for name in term.features:
            f = self.people.feature(name, row.path)
            if f is None:
                return None
            reads.append(f)
        size = 1
        for f in reads:
            size *= f.size
        if size > MOST_ENTRIES:
            names = ", ".join(term.features)
            row.fault(
                f"term {term.name} reads {names} together, which have {size:,} combinations; "
                f"at most {MOST_ENTRIES:,}: cap or group one of them",
                "term",
            )
            return None
        if not self.people.spend(size, row.path):
            return None
        numbers = Numbers(table, None)
        x = {}
        for axis, f in enumerate(reads):
            along = [1] * len(reads)
            along[axis] = f.size
            x[f.name] = np.arange(f.low or 0, (f.high or 0) + 1, dtype=np.int64).reshape(along)
        weights = np.broadcast_to(term.weigh(numbers, x), [f.size for f in reads]).reshape(-1)
        if numbers.missing:
            row.fault(
                f"term {term.name} lacks: {', '.join(dict.fromkeys(numbers.missing))}", "term"
            )
            return None
        if not np.array_equal(weights, np.rint(weights)) or np.abs(weights).max() > _MOST_POINTS:
            row.fault(
                f"term {term.name} gives points that are not whole, or above {_MOST_POINTS}", "term"
            )
            return None
        points = tuple(int(w) for w in weights)
        place: Expression = Constant(0)
        for n, f in enumerate(reads):
            at: Expression = Wide(Argument(n))
            at = at - (f.low or 0) if f.low else at
            place = at if n == 0 else place * f.size + at
        rule = Wide(LookUp(points, place))
        self.factors[feature] = (term.name, term.features)
        made = Feature(
            feature,
            (Source(term.features, rule),),
            min(points),
            max(points),
            meaning=f"points of {term.name}",
            shown=f"points of {term.name}",
        )
        self.people.add(made)
        return made

    # -- combinations ------------------------------------------------------------------------

    def _combined(self, name: str, row: Node) -> _Value | None:
        names = row.texts("of")
        found = [self.people.feature(n, (*row.path, "of", i)) for i, n in enumerate(names)]
        parts = [f for f in found if f is not None]
        if len(parts) < len(names) or not parts:
            return None
        how = row.choice("combine", COMBINATIONS)
        if len(parts) == 1 and not how:
            f = parts[0]
            assert f.low is not None
            assert f.high is not None
            same = Wide(Argument(0))
            return _Value((f.name,), same, f.low, f.high, f.categories, f.decimals)
        if not how:
            row.fault(f"combine is missing; known: {', '.join(COMBINATIONS)}")
            return None
        inputs = tuple(f.name for f in parts)
        if how == "matrix":
            return self._matrix(row, parts)
        if any(f.decimals for f in parts):
            row.fault("combines numbers with decimals: derive the number, then name it here", "of")
            return None
        x: list[Expression] = [Wide(Argument(n)) for n in range(len(parts))]
        lows, highs = [f.low or 0 for f in parts], [f.high or 0 for f in parts]
        if how in ("sum", "product"):
            if any(f.categories and f.categories != ("no", "yes") for f in parts):
                row.fault(f"has no {how} of categories", "of")
                return None
            if how == "sum":
                self.sums[name] = inputs
                return _Value(inputs, total(*x), sum(lows), sum(highs))
            rule, low, high = x[0], lows[0], highs[0]
            for e, a, b in zip(x[1:], lows[1:], highs[1:], strict=True):
                ends = [low * a, low * b, high * a, high * b]
                rule, low, high = rule * e, min(ends), max(ends)
                if max(-low, high) > _MOST:
                    row.fault(f"is a product that can be above {_MOST}", "of")
                    return None
            return _Value(inputs, rule, low, high)
        labels = {f.categories for f in parts}
        if len(labels) > 1:
            row.fault("combines outputs whose levels differ: give them the same levels", "of")
            return None
        rule = x[0]
        for e in x[1:]:
            lower = lower_of(rule, e)
            rule = lower if how == "lower" else rule + e - lower
        pick = max if how == "higher" else min
        return _Value(inputs, rule, pick(lows), pick(highs), labels.pop())

    def _matrix(self, row: Node, parts: list[Feature]) -> _Value | None:
        """A table with a row for each category of the first and a column for each of the second."""
        matrix = row.table("matrix")
        if len(parts) != 2 or any(not f.categories for f in parts) or matrix is None:
            row.fault("needs of with two that have categories, and [output.matrix]")
            return None
        first, second = parts
        cells: list[str] = []
        for node, known in ((matrix, first.categories),):
            for word in node.data:
                if word not in known:
                    node.fault(f"is no category of {first.name}; {nearest(word, known)}", word)
        for category in first.categories:
            inner = matrix.table(category)
            if inner is None:
                matrix.fault(f"has no row for {category}")
                return None
            for word in inner.data:
                if word not in second.categories:
                    hint = nearest(word, second.categories)
                    inner.fault(f"is no category of {second.name}; {hint}", word)
            for other in second.categories:
                if not inner.has(other):
                    inner.fault(f"says nothing of {other}")
                cells.append(inner.text(other))
        labels = row.texts("levels") or tuple(dict.fromkeys(cells))
        for cell in dict.fromkeys(cells):
            if cell not in labels:
                row.fault(f"lacks {cell[:60]!r}, which the matrix has", "levels")
                return None
        places = tuple(labels.index(c) for c in cells)
        x, y = Wide(Argument(0)), Wide(Argument(1))
        rule = Wide(LookUp(places, x * len(second.categories) + y))
        return _Value((first.name, second.name), rule, 0, len(labels) - 1, labels)

    # -- scale, flag and levels --------------------------------------------------------------

    def _shaped(self, name: str, row: Node, value: _Value) -> _Value | None:
        """The value put on its scale, made a flag, or given levels."""
        given = [k for k in ("scale", "flag", "levels") if row.has(k)]
        if not given and value.decimals:
            row.fault("has decimals, and a result is a whole number: give it a scale or levels")
            return None
        if row.has("matrix") or not given:
            return value
        if len(given) > 1:
            row.fault(f"has {' and '.join(given)}: one of them at most")
            return None
        if value.categories and value.categories != ("no", "yes"):
            row.fault("has categories already", given[0])
            return None
        match given[0]:
            case "flag":
                ends = parse_range(row.text("flag"), value.decimals)
                if ends is None or ends[0] > value.high or ends[1] < value.low:
                    low, high = (in_decimals(n, value.decimals) for n in (value.low, value.high))
                    row.fault(f"must be a range from {low} to {high}", "flag")
                    return None
                holds = (value.rule >= ends[0]) & (value.rule <= ends[1])
                return _Value(value.inputs, Flag(holds), 0, 1, ("no", "yes"))
            case "levels":
                return self._levels(row, value)
        ends = value.low, value.high
        table = spread(self.people, row, "scale", *ends, decimals=value.decimals)
        if table is None:
            return None
        entries = {}
        for at, entry in table.items():
            text = str(entry)
            if isinstance(entry, bool) or not re.fullmatch(r"-?\d{1,5}", text, re.ASCII):
                row.fault("must give whole numbers", "scale")
                return None
            entries[at] = int(text)
        rule = placed(entries, value.rule)
        return _Value(value.inputs, rule, min(entries.values()), max(entries.values()))

    def _levels(self, row: Node, value: _Value) -> _Value | None:
        """Levels by the range of values each has, the lowest first."""
        node = row.table("levels")
        if node is None:
            return None
        turned: dict[str, str] = {}
        for label in node.data:
            text = str(node.data[label])
            if text in turned:
                node.fault("has the range of another level", label)
            turned[text] = label
        inner = type(row)({"levels": turned}, row.path, row.faults)
        ends = value.low, value.high
        table = spread(self.people, inner, "levels", *ends, decimals=value.decimals)
        if table is None:
            return None
        labels = tuple(node.data)
        entries = {at: labels.index(str(label)) for at, label in table.items()}
        rule = placed(entries, value.rule)
        return _Value(value.inputs, rule, 0, len(labels) - 1, labels)
