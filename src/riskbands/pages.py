"""A page of an instrument in Markdown: what it is, its inputs, points, bands and an example."""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.arithmetic.units import in_decimals, in_words
from riskbands.bands.picture import number_line
from riskbands.bands.table import BandTable
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.errors import RiskBandsError
from riskbands.scorecards.formula import conditions, formula, number_at
from riskbands.scorecards.terms import Steps, parse_range
from riskbands.vocabulary.fields import Kind
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.fields import Field

__all__ = ["case_schema", "page"]

#: Tables of points are written out up to this many rows.
_MOST_ROWS: Final = 60


def page(predictor: Predictor) -> str:
    """The page of an instrument, as Markdown.

    Args:
        predictor: The instrument, built in or from a file.

    Raises:
        MissingTableError: Its numbers are not public and none were supplied.
    """
    p = predictor
    parts: list[str] = [f"# {_plain(p.name)}", _plain(p.title)]
    parts += ["## Summary", _facts(p)]
    parts += ["## Inputs", _inputs(p)]
    parts += [*_derived(p), *_points(p), *_bands(p), *_example(p), *_cautions(p)]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _plain(text: object) -> str:
    """Text that stands in Markdown and in a cell of a table as it is."""
    words = " ".join(str(text).split())
    for character in "\\|<>[]*_`#":
        words = words.replace(character, "\\" + character)
    return words


def _code(text: str) -> str:
    return f"`{text.replace('`', '')}`"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _facts(p: Predictor) -> str:
    table = p.table
    rows = [("id", _code(p.id)), ("source", _plain(table.source))]
    rows += [(k, _plain(v)) for k in ("status", "licence") if (v := getattr(table, k))]
    if p.horizons:
        rows += [("horizons", ", ".join(p.horizons)), ("percentage", _plain(p.rule.text))]
    if p.bands is not None:
        rows.append(("bands", _code(p.bands.id)))
    if p.components:
        rows.append(("made from", ", ".join(_code(c.id) for c in p.components)))
    columns = [o.name for o in output_columns([p]) if o.predictor.id == p.id]
    rows.append(("columns", ", ".join(map(_code, columns))))
    if p.gate_features:
        rows.append(("applies to", _plain(p.vocabulary.feature(p.gate_features[0]).meaning)))
    rows.append(("numbers", f"{_code(table.id)}, digest {_code(table.digest)}"))
    return _table(("", ""), rows)


def fields_of(p: Predictor) -> list[Field]:
    """The fields an instrument can read, in the order of its vocabulary."""
    read = p.needs.readable
    return [f for name, f in p.vocabulary.fields.items() if name in read]


def _inputs(p: Predictor) -> str:
    needed = set(p.needs.needed)
    rows = []
    for f in fields_of(p):
        takes = f.allowed + (f", in {f.unit}" if f.unit else "")
        need = "needed" if f.name in needed else "read where given"
        rows.append((_code(f.name), _plain(takes), need, _plain(f.meaning), _plain(f.oasys_item)))
    return _table(("field", "takes", "", "meaning", "item"), rows)


def _derived(p: Predictor) -> Iterator[str]:
    """What the file derives from the inputs, in words."""
    rows = []
    for name, entry in _declared(p).get("derived", {}).items():
        f = p.vocabulary.feature(name)
        source = f.sources[-1]
        rule = entry.get("formula") or entry.get("when")
        if rule is None and entry["rule"] == "capped":
            rule = f"{entry['of']}, at most {entry['at']}"
        elif rule is None:
            rule = source.derive.text(*(i.removeprefix(".") for i in source.inputs))
        said = rule if len(rule) <= 200 else "see the file"
        rows.append((_code(name), _plain(f.meaning), _plain(said)))
    for name, condition in _conditions(p).items():
        rows.append((_code(name), "where a term counts", _code(condition)))
    if rows:
        yield "## Worked out from them"
        yield _table(("feature", "meaning", "rule"), rows)


def _declared(p: Predictor) -> Mapping[str, Any]:
    return tomllib.loads(p.declaration) if p.declaration else {}


def _shapes(entry: Mapping[str, Any]) -> Iterator[str]:
    """How an output comes from its points or parts, as the file says it."""
    if "combine" in entry:
        yield f"The {_plain(entry['combine'])} of {', '.join(map(_code, entry['of']))}."
    if "when" in entry:
        yield f"Yes where {_code(entry['when'])}."
    if "flag" in entry:
        yield f"Yes at {_plain(entry['flag'])} points."
    for key, head in (("scale", ("points", "scale")), ("levels", ("level", "points"))):
        if isinstance(entry.get(key), Mapping):
            yield _table(head, [(_plain(k), _plain(v)) for k, v in entry[key].items()])
    if "matrix" in entry:
        rows = [(_plain(k), _numbers(row)) for k, row in entry["matrix"].items()]
        yield _table((_code(entry["of"][0]), f"by {_code(entry['of'][1])}"), rows)


def _points(p: Predictor) -> Iterator[str]:
    sums = _sums(p)
    declared = {entry["name"]: entry for entry in _declared(p).get("output", ())}
    for r in p.results:
        yield f"## {_plain(r.name)}"
        yield _plain(r.about)
        if r.labels:
            yield f"Levels, lowest first: {', '.join(map(_plain, r.labels))}."
        rows = []
        for name in sums.get(r.name, ()):
            rows += _term_rows(p, name)
        if rows:
            yield _table(("factor", "value", "points"), rows)
        yield from _shapes(declared.get(r.name, {}))
    for section in p.sections:
        assert section.table is not None
        whose = f": {_plain(section.table.title)}" if p.components else ""
        yield f"## Numbers{whose}{f' ({section.form} form)' if section.form else ''}"
        tree: Any = section.table.coefficients
        if section.name:
            tree = tree[section.name]
        said_of = [
            (_plain(entry.about), "", _numbers(tree.get(entry.key)))
            for entry in section.entries
            if entry.key in tree
        ]
        said_of += [_term_row(p, term, tree) for term in section.terms]
        yield _table(("factor", "what counts", section.unit), said_of)


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
    what = formula(term, tree, p.vocabulary, _code)
    where = conditions(term, p.vocabulary, _code, _conditions(p))
    counts = [what, f"where {where}" if where else "", "by sex" if term.by_sex else ""]
    return _plain(term.name), ", ".join(filter(None, counts)) or "always", numbers


def _conditions(p: Predictor) -> dict[str, str]:
    """Conditions of terms that the file wrote out, by the name that was made up for each."""
    declared = _declared(p)
    if not declared:
        return {}
    of_sections = (term.features for section in p.sections for term in section.terms)
    of_sums = (p.factor(n)[1] for names in _sums(p).values() for n in names)  # type: ignore[attr-defined]
    read = dict.fromkeys(itertools.chain(*of_sections, *of_sums))
    named = {*declared.get("field", ()), *declared.get("derived", ()), *built_in().features}
    found = (p.vocabulary.feature(name) for name in read if name not in named)
    return {f.name: f.meaning for f in found if f.categories == ("no", "yes")}


def _sums(p: Predictor) -> Mapping[str, Sequence[str]]:
    return getattr(p, "sums", {})


def _decimals_of_ranges(p: Predictor, term: Any) -> int:
    """How many decimals the ranges of a term have; its table counts units of the last."""
    return p.vocabulary.feature(term.feature).decimals if isinstance(term, Steps) else 0


def _numbers(leaf: Any, decimals: int = 0) -> str:
    if isinstance(leaf, Mapping):
        named = [(_in_range(str(k), decimals), _numbers(v, decimals)) for k, v in leaf.items()]
        return ", ".join(f"{_plain(k)}: {v}" for k, v in named)
    return _plain(", ".join(leaf) if isinstance(leaf, tuple) else leaf)


def _in_range(text: str, decimals: int) -> str:
    """A range of units of the last decimal, as a file writes it."""
    low, high = parse_range(text)
    if not decimals or low > high:
        return text
    start = in_decimals(int(low), decimals)
    if math.isinf(high):
        return f"{start}+"
    return start if low == high else f"{start}-{in_decimals(int(high), decimals)}"


def _term_rows(p: Predictor, name: str) -> list[tuple[str, str, str]]:
    """Points of one factor of a sum, values with the same points together."""
    v = p.vocabulary
    feature = v.feature(name)
    factor, reads = p.factor(name)  # type: ignore[attr-defined]
    source = feature.sources[0]
    if reads == (name,) or source.inputs != tuple(reads):
        return [(_plain(factor), "as recorded", f"{feature.low} to {feature.high}")]
    *others, last = sorted(reads, key=lambda n: v.feature(n).size)
    called = {n: f"({text})" for n, text in _conditions(p).items()}
    rows = []
    for fixed in itertools.product(*(_domain(p, n) for n in others)):
        at = dict(zip(others, fixed, strict=True))
        values = np.array(_domain(p, last), dtype=np.int64)
        given = [values if n == last else np.full(len(values), at[n]) for n in reads]
        points = np.asarray(source.derive(*given))
        words = [f"{called.get(n, n)} {v.feature(n).describe(x)}" for n, x in at.items()]
        start = 0
        for stop in range(1, len(values) + 1):
            if stop < len(values) and points[stop] == points[start]:
                continue
            first, final = (v.feature(last).describe(int(values[n])) for n in (start, stop - 1))
            span = first if start == stop - 1 else f"{first} to {final}"
            if stop - start == len(values):
                span = "any"
            text = ", ".join([*words, f"{called.get(last, last)} {span}"])
            rows.append((_plain(factor), _plain(text), str(int(points[start]))))
            start = stop
        if len(rows) > _MOST_ROWS:
            return [(_plain(factor), "see the file", f"{feature.low} to {feature.high}")]
    return rows


def _domain(p: Predictor, name: str) -> list[int]:
    f = p.vocabulary.feature(name)
    assert f.low is not None
    assert f.high is not None
    return list(range(f.low, f.high + 1))


def _bands(p: Predictor) -> Iterator[str]:
    if not isinstance(p.bands, BandTable):
        return
    yield "## Bands"
    rows = [(_plain(b.label), _plain(b.interval)) for b in p.bands.bands if b.interval is not None]
    yield _table(("band", p.bands.unit.value), rows)
    if any(edge.is_finite() for edge in p.bands.edges):
        yield number_line(p.bands)


def example_of(p: Predictor) -> Mapping[str, Any] | None:
    """The example of the file an instrument was read from, or None."""
    found: Mapping[str, Any] | None = _declared(p).get("example")
    return found


def _example(p: Predictor) -> Iterator[str]:
    case = example_of(p)
    if case is None:
        return
    yield "## Example"
    yield _table(("field", "answer"), [(_code(k), _plain(v)) for k, v in case.items()])
    try:
        score = p.score(case)
    except RiskBandsError as error:
        yield f"The example cannot be scored: {_plain(error)}"
        return
    found = {f"{h}": f"{n} %" for h, n in score.percent.items()}
    if score.points is not None:
        found["points"] = str(score.points)
    if score.band is not None:
        found["band"] = str(getattr(score.band, "label", score.band))
    found |= {name: str(value) for name, value in score.outputs.items()}
    yield _table(("result", "value"), [(_code(k), _plain(v)) for k, v in found.items()])
    if score.applies:
        yield f"```text\n{str(score.explain()).replace('`', ' ')}\n```"


def _cautions(p: Predictor) -> Iterator[str]:
    if p.cautions:
        yield "## What it does not say"
        yield "\n".join(f"- {_plain(c.text)} ({_plain(c.about)})" for c in p.cautions)


def case_schema(predictor: Predictor) -> dict[str, Any]:
    """The JSON Schema of a case of an instrument: what `Predictor.score` takes as a mapping.

    It describes the plain form of each value. `Predictor.case` takes further ones, such as ``"y"``
    for yes.

    Args:
        predictor: The instrument, built in or from a file.

    Examples:
        >>> from riskbands import ogrs3
        >>> case_schema(ogrs3)["properties"]["sanctions"]["minimum"]
        1
    """
    p = predictor
    properties = {}
    for f in fields_of(p):
        kind: dict[str, Any] = {}
        match f.kind:
            case Kind.BOOL:
                kind = {"enum": ["yes", "no", True, False]}
            case Kind.INT:
                kind = {"type": "integer", "minimum": f.low, "maximum": f.high}
            case Kind.DECIMAL:
                low, high = (float(in_decimals(n or 0, f.decimals)) for n in (f.low, f.high))
                # Not multipleOf: of 0.1 many validators, which divide doubles, refuse 0.3.
                kind = {"type": "number", "minimum": low, "maximum": high}
            case Kind.LEVEL:
                kind = {"enum": [0, 1, 2]}
            case Kind.ENUM:
                kind = {"enum": list(f.values)}
            case Kind.DATE:
                kind = {"type": "string", "format": "date"}
            case _:
                kind = {"type": "string"}
        places = f"at most {in_words(f.decimals)}" if f.decimals else ""
        if said := "; ".join(filter(None, (f.meaning, places))):
            kind["description"] = said
        properties[f.name] = kind
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A case of {p.name}",
        "type": "object",
        "properties": properties,
        "required": [] if p.needs.instead else list(p.needs.needed),
        "additionalProperties": False,
    }
