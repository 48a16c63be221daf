"""Named results of a declaration: sums, scales, flags, levels, and combinations of them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.arithmetic.units import in_decimals
from riskbands.declare.combinations import MOST, Value, combined
from riskbands.declare.ranges import MOST_ENTRIES, no_range, parse_range, placed, spread
from riskbands.declare.terms import read_terms
from riskbands.instruments.results import Result
from riskbands.scorecards.coefficients import CoefficientTable
from riskbands.scorecards.numbers import Numbers
from riskbands.vocabulary.expressions import Argument, Constant, Flag, LookUp, Wide
from riskbands.vocabulary.feature import SAME, Feature, Source
from riskbands.vocabulary.rules import total

if TYPE_CHECKING:
    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.expressions import Expression

__all__ = ["OUTPUT_KEYS", "Outputs"]

OUTPUT_KEYS: Final = (
    "name", "about", "term", "of", "combine", "when", "scale", "flag", "levels", "matrix",
)  # fmt: skip
_MOST_POINTS: Final = 10_000


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
        if max(-shaped.low, shaped.high) > MOST:
            row.fault(f"can be from {shaped.low} to {shaped.high}; at most {MOST}")
            return None
        if shaped is value and row.has("of") and not row.has("combine"):
            return value.inputs[0]
        made = self.people.add(
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
        if shaped.order:
            self.people.unordered[made] = shaped.order
        return made

    def _value(self, name: str, row: Node) -> Value | None:
        given = [k for k in ("term", "of", "when") if row.has(k)]
        if len(given) != 1:
            row.fault("needs one of: [[output.term]] (points), of (what it combines), when")
            return None
        if row.has("combine") and given != ["of"]:
            row.fault("belongs to of: it says how those are combined", "combine")
        if row.has("matrix") and row.data.get("combine") != "matrix":
            row.fault('belongs to combine = "matrix"', "matrix")
        if given == ["term"]:
            return self._points(name, row)
        if given == ["when"]:
            parsed = self.people.parsed(row.text("when"), (*row.path, "when"))
            if parsed is None:
                return None
            return Value(parsed.inputs, Flag(parsed.rule), 0, 1, ("no", "yes"))
        return combined(self.people, name, row, self.sums)

    # -- points ------------------------------------------------------------------------------

    def _points(self, name: str, row: Node) -> Value | None:
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
        return Value(names, rule, low, high)

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

    # -- scale, flag and levels --------------------------------------------------------------

    def _shaped(self, name: str, row: Node, value: Value) -> Value | None:
        """The value put on its scale, made a flag, or given levels."""
        given = [k for k in ("scale", "flag", "levels") if row.has(k)]
        if not given and value.decimals:
            row.fault("has decimals, and a result is a whole number: give it a scale or levels")
            return None
        if row.data.get("combine") == "matrix":
            for key in ("scale", "flag"):
                if row.has(key):
                    row.fault("does not belong to a matrix: its cells are the results", key)
            return value
        if not given:
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
                return Value(value.inputs, Flag(holds), 0, 1, ("no", "yes"))
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
        return Value(value.inputs, rule, min(entries.values()), max(entries.values()))

    def _levels(self, row: Node, value: Value) -> Value | None:
        """Levels by the range of values each has, the lowest first."""
        node = row.table("levels")
        if node is None:
            return None
        turned: dict[str, str] = {}
        before, below = len(row.faults), -(10**12)
        for label, text in node.data.items():
            ends = None
            if isinstance(text, str | int) and not isinstance(text, bool):
                ends = parse_range(text, value.decimals)
            if ends is None:
                node.fault(no_range(value.low, value.high, value.decimals), label)
                continue
            if ends[0] <= below:
                node.fault(
                    "does not start above the level before it: write the lowest level first, and "
                    "the ranges without overlap",
                    label,
                )
            below = ends[0]
            turned[str(text)] = label
        if len(row.faults) > before:
            return None
        inner = type(row)({"levels": turned}, row.path, row.faults)
        ends = value.low, value.high
        table = spread(self.people, inner, "levels", *ends, decimals=value.decimals)
        if table is None:
            return None
        labels = tuple(node.data)
        entries = {at: labels.index(str(label)) for at, label in table.items()}
        rule = placed(entries, value.rule)
        return Value(value.inputs, rule, 0, len(labels) - 1, labels)
