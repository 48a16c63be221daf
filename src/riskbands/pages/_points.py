"""How an instrument's results and percentages come about, on its page: points, numbers, links."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.arithmetic.units import in_decimals
from riskbands.instruments.combined import Combined
from riskbands.instruments.hierarchy import Hierarchy
from riskbands.instruments.points import PointsScale
from riskbands.instruments.pointstable import PointsTable
from riskbands.pages._declared import declared
from riskbands.pages._markdown import code, codes, plain, table
from riskbands.scorecards.formula import conditions, formula, number_at
from riskbands.scorecards.terms import Steps, parse_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskbands.instruments.layout import Section
    from riskbands.instruments.predictor import Predictor

__all__ = ["numbers", "results"]

#: Tables of points are written out up to this many rows.
_MOST_ROWS: Final = 60
#: And up to this many where there are points for each unit.
_MOST_OF_EACH: Final = 10


#: Of more than two.
_HOW: Final = {"higher": "highest", "lower": "lowest"}


def _shapes(entry: Mapping[str, Any]) -> Iterator[str]:
    """How an output comes from its points or parts, as the file says it."""
    of = entry.get("of", ())
    of = [of] if isinstance(of, str) else of
    if entry.get("combine") == "matrix":
        yield f"By {code(of[0])} (rows) and {code(of[1])}."
    elif "combine" in entry and len(of) > 1:
        how = _HOW.get(entry["combine"], entry["combine"]) if len(of) > 2 else entry["combine"]
        yield f"The {plain(how)} of {codes(of)}."
    elif of:
        yield f"From {codes(of)}."
    if "when" in entry:
        yield f"Yes where {code(entry['when'])}."
    if "flag" in entry:
        yield f"Yes at {plain(entry['flag'])}{'' if of else ' points'}."
    what = codes(of) if len(of) == 1 else "points"
    for key, head in (("scale", (what, "scale")), ("levels", ("level", what))):
        if isinstance(entry.get(key), Mapping):
            yield table(head, [(plain(k), plain(v)) for k, v in entry[key].items()])
    if "matrix" in entry:
        rows = [(plain(k), _numbers(row)) for k, row in entry["matrix"].items()]
        yield table((code(of[0]), f"by {code(of[1])}"), rows)


def results(p: Predictor) -> Iterator[str]:
    """Each named result: its points, and how it comes from them or from other features."""
    sums: Mapping[str, Sequence[str]] = getattr(p, "sums", {})
    entries = {entry["name"]: entry for entry in declared(p).get("output", ())}
    for r in p.results:
        entry = entries.get(r.name, {})
        yield f"## {plain(r.name)}"
        yield plain(r.about)
        if r.labels:
            yield f"Levels, lowest first: {', '.join(map(plain, r.labels))}."
        summed = () if "of" in entry else sums.get(r.name, ())
        terms = [one for term in entry.get("term", ()) for one in _by_category(p, term)]
        rows = []
        for n, name in enumerate(summed):
            rows += _term_rows(p, name, terms[n] if len(terms) == len(summed) else {})
        if rows:
            yield "The points of all factors are added up."
            yield table(("factor", "value", "points"), rows)
        yield from _shapes(entry)
        if not entry and not summed:
            names = [n if n == "points" else p.vocabulary.feature(n).label for n in r.inputs]
            yield f"{code(r.rule.text(*names))}."


def numbers(p: Predictor) -> Iterator[str]:
    """The numbers of an instrument, and what becomes of their sum."""
    if p.sections:
        yield from _how(p)
    for section in p.sections:
        assert section.table is not None
        whose = f": {plain(section.table.title)}" if p.components else ""
        yield f"## Numbers{whose}{f' ({section.form} form)' if section.form else ''}"
        tree: Any = section.table.coefficients
        if section.name:
            tree = tree[section.name]
        rows = [
            (plain(entry.about), "", _numbers(tree.get(entry.key)))
            for entry in section.entries
            if entry.key in tree
        ]
        rows += [_term_row(p, term, tree) for term in section.terms]
        yield table(("factor", "what counts", section.unit), rows)
        yield from _limits(p, section)


def _limits(p: Predictor, section: Section) -> Iterator[str]:
    """Domains that are narrower here than the fields allow."""
    for name, ends in section.limits.items():
        f = p.vocabulary.feature(name)
        low, high = (f.describe(n) for n in ends)
        yield f"Here {code(f.label)} is from {low} to {high}; outside there is no score."


def _how(p: Predictor) -> Iterator[str]:
    """From the sum to the percentage, of an instrument and of those it is made from."""
    parts = p.components if p.shows_components else ()
    yield "## From the numbers to the score"
    for one in (*parts, p):
        text = _link(one)
        if one.gate_features and one is not p:
            text += f" Applies to: {plain(one.vocabulary.feature(one.gate_features[0]).meaning)}."
        yield f"{code(one.id)}: {text}" if parts else text


def _link(p: Predictor) -> str:
    rounded = ""
    if p.horizons:
        low, high = (p.rule.of_units(n) for n in (p.rule.lowest, p.rule.highest))
        rounded = (
            f" The percentage is {p.rule.text}, rounded half up, at least {low} and at most {high}."
        )
    match p:
        case Combined():
            names = codes(one.id for one in p.components)
            return (
                f"The percentages of {names}, each as it is reported, and what is added to them "
                f"are added up.{rounded}"
            )
        case Hierarchy():
            return f"Each category of {code(p.category)} has its probability.{rounded}"
        case PointsTable() if not p.horizons:
            return "The points that count are added up."
        case PointsTable():
            whose = f" and by {code(p.by)}" if p.by else ""
            looked_up = f"The probability is looked up by them{whose}."
            return f"The points that count are added up. {looked_up}{rounded}"
        case PointsScale() if not p.horizons:
            return "The points that count are added up."
        case PointsScale():
            zero = " That of 0 points stands by itself." if p.zero_points else ""
            return (
                "The points that count are added up: k. The probability is 1 / (1 + exp(-x)), "
                f"where x is the slope × k + the intercept.{zero}{rounded}"
            )
    if getattr(p, "link", "") == "survival":
        return (
            "The numbers that count, each times what it counts, are added up, and the centre is "
            "taken away: x. The probability is 1 - S to the power exp(x), where S is the baseline "
            f"survival of the horizon.{rounded}"
        )
    return (
        "The numbers that count, each times what it counts, and the intercept of the horizon are "
        f"added up: x. The probability is 1 / (1 + exp(-x)).{rounded}"
    )


def _term_row(p: Predictor, term: Any, tree: Mapping[str, Any]) -> tuple[str, str, str]:
    """A term: its name, what its numbers multiply and where, and the numbers."""
    units = _decimals_of_ranges(p, term)
    sexes = ("male", "female") if term.by_sex else ("",)
    found = {sex: number_at(tree, f"{term.key}_{sex}".removesuffix("_")) for sex in sexes}
    numbers = "; ".join(
        (f"{sex}: " if sex else "") + _numbers(leaf, units)
        for sex, leaf in found.items()
        if leaf is not None
    )
    what = formula(term, tree, p.vocabulary, code)
    where = conditions(term, p.vocabulary, code)
    counts = [what, f"where {where}" if where else "", "by sex" if term.by_sex else ""]
    return plain(term.name), ", ".join(filter(None, counts)) or "always", numbers


def _decimals_of_ranges(p: Predictor, term: Any) -> int:
    """How many decimals the ranges of a term have; its table counts units of the last."""
    return p.vocabulary.feature(term.feature).decimals if isinstance(term, Steps) else 0


def _numbers(leaf: Any, decimals: int = 0) -> str:
    if isinstance(leaf, Mapping):
        named = [(_in_range(str(k), decimals), _numbers(v, decimals)) for k, v in leaf.items()]
        return ", ".join(f"{plain(k)}: {v}" for k, v in named)
    return plain(", ".join(map(str, leaf)) if isinstance(leaf, tuple | list) else leaf)


def _in_range(text: str, decimals: int) -> str:
    """A range of units of the last decimal, as a file writes it."""
    low, high = parse_range(text)
    if not decimals or low > high:
        return text
    start = in_decimals(int(low), decimals)
    if math.isinf(high):
        return f"{start}+"
    return start if low == high else f"{start}-{in_decimals(int(high), decimals)}"


def _term_rows(p: Predictor, name: str, entry: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Points of one factor of a sum, values with the same points together.

    Args:
        p: The instrument.
        name: The feature that has its points.
        entry: The term as the file has it, which is written out where there are very many values.
    """
    v = p.vocabulary
    feature = v.feature(name)
    factor, reads = p.factor(name)  # type: ignore[attr-defined]
    source = feature.sources[0]
    if reads == (name,) or source.inputs != tuple(reads):
        return [(plain(factor), "as recorded", f"{feature.low} to {feature.high}")]
    *others, last = sorted(reads, key=lambda n: v.feature(n).size)
    called = {n: f"({f.label})" if (f := v.feature(n)).is_condition else f.label for n in reads}
    rows = []
    for fixed in itertools.product(*(_domain(p, n) for n in others)):
        at = dict(zip(others, fixed, strict=True))
        values = np.array(_domain(p, last), dtype=np.int64)
        given = [values if n == last else np.full(len(values), at[n]) for n in reads]
        points = np.asarray(source.derive(*given))
        words = [f"{called[n]} {v.feature(n).describe(x)}" for n, x in at.items()]
        start = 0
        for stop in range(1, len(values) + 1):
            if stop < len(values) and points[stop] == points[start]:
                continue
            first, final = (v.feature(last).describe(int(values[n])) for n in (start, stop - 1))
            span = first if start == stop - 1 else f"{first} to {final}"
            if stop - start == len(values):
                span = "any"
            text = ", ".join([*words, f"{called[last]} {span}"])
            rows.append((plain(factor), plain(text), str(int(points[start]))))
            start = stop
        number = entry.get("points")
        each = number is not None and not isinstance(number, Mapping | list)
        if number is not None and len(rows) > (_MOST_OF_EACH if each else _MOST_ROWS):
            said = f"{plain(number)} for each" if each else _numbers(number)
            return [(plain(factor), _as_written(p, entry), said)]
    return rows


def _by_category(p: Predictor, entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A term of a file as the terms it stands for: one for each category, or itself."""
    by = entry.get("by")
    if by is None or by == "sex":
        return [entry]
    rest = {k: v for k, v in entry.items() if k != "by"}
    return [
        {**rest, "points": entry["points"][c], "at": f"where {code(by)} is {plain(c)}"}
        for c in p.vocabulary.feature(by).categories
    ]


def _as_written(p: Predictor, entry: Mapping[str, Any]) -> str:
    """What the points of a term of a file are multiplied with or looked up by, and where."""
    parts = []
    if isinstance(of := entry.get("of"), str):
        f = p.vocabulary.features.get(of)
        yes_no = f is not None and f.categories == ("no", "yes")
        looked_up = isinstance(entry["points"], Mapping | list)
        parts.append(f"where {code(of)} is yes" if yes_no else f"{'by ' * looked_up}{code(of)}")
    rest = {k: v for k, v in entry.items() if k not in ("name", "of", "points", "when", "at")}
    parts += [f"{key} {plain(_numbers(value))}" for key, value in rest.items()]
    parts += [entry["at"]] if "at" in entry else []
    when = entry.get("when")
    if isinstance(when, str):
        parts.append(f"where {code(when)}")
    elif when:
        parts.append("where " + " and ".join(f"{code(k)} is {plain(v)}" for k, v in when.items()))
    return ", ".join(parts)


def _domain(p: Predictor, name: str) -> list[int]:
    f = p.vocabulary.feature(name)
    assert f.low is not None
    assert f.high is not None
    return list(range(f.low, f.high + 1))
