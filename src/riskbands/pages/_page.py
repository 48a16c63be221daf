"""A page of an instrument in Markdown: what it is, its inputs, points, bands and an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.bands.picture import number_line
from riskbands.bands.table import BandTable, Unit
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.errors import RiskBandsError
from riskbands.pages._declared import declared, example_of
from riskbands.pages._derived import derived
from riskbands.pages._inputs import inputs
from riskbands.pages._markdown import code, codes, itemised, plain, table
from riskbands.pages._points import numbers, results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.instruments.predictor import Predictor

__all__ = ["page"]


def page(predictor: Predictor) -> str:
    """The page of an instrument, as Markdown.

    Args:
        predictor: The instrument, built in or from a file.

    Raises:
        MissingTableError: Its numbers are not public and none were supplied.
    """
    p = predictor
    parts: list[str] = [f"# {plain(p.name)}", plain(p.title)]
    parts += ["## Summary", _facts(p)]
    parts += ["## Inputs", *inputs(p), *_refused(p)]
    parts += [*derived(p), *results(p), *numbers(p), *_bands(p)]
    parts += [*_example(p), *_cautions(p)]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _facts(p: Predictor) -> str:
    cited = p.table
    rows = [("id", code(p.id)), ("source", plain(cited.source))]
    rows += [(k, plain(v)) for k in ("status", "licence") if (v := getattr(cited, k))]
    if p.horizons:
        rows += [("horizons", ", ".join(p.horizons)), ("percentage", plain(p.rule.text))]
    if p.bands is not None:
        points = isinstance(p.bands, BandTable) and p.bands.unit is Unit.POINTS
        of = "of the points" if points or not p.horizons else f"of the percentage {p.banded}"
        rows.append(("bands", f"{code(p.bands.id)}, {of}"))
    if p.components:
        rows.append(("made from", codes(c.id for c in p.components)))
    columns = [o.name for o in output_columns([p]) if o.predictor.id == p.id]
    rows.append(("columns", codes(columns)))
    if p.gate_features:
        rows.append(("applies to", _applies(p)))
    rows.append(("numbers", f"{code(cited.id)}, digest {code(cited.digest)}"))
    return table(("", ""), rows)


def _applies(p: Predictor) -> str:
    """Whom an instrument applies to."""
    if condition := declared(p).get("applies"):
        zero = declared(p).get("not_applicable") == "zero"
        return f"those of whom {code(condition)}; others have {'0' if zero else 'no score'}"
    return plain(p.vocabulary.feature(p.gate_features[0]).meaning)


def _refused(p: Predictor) -> Iterator[str]:
    """Checks that withhold a score."""
    conditions = {c["code"]: c["refuse"] for c in declared(p).get("check", ())}
    found = []
    for check in p.checks:
        where = f" (where {code(conditions[check.code])})" if check.code in conditions else ""
        found.append(f"{plain(check.message)}{where}")
    if found:
        yield "There is no score where one of these holds:"
        yield itemised(found)


def _bands(p: Predictor) -> Iterator[str]:
    if p.bands is None:
        return
    yield "## Bands"
    if isinstance(p.bands, BandTable):
        yield from _edges(p.bands)
    else:
        yield f"Lowest first: {', '.join(map(plain, p.bands.labels))}."
    if p.reduction is not None:
        yield "The band is lowered one level, but not below the lowest, where all of these hold:"
        yield itemised(map(code, _lowers(p)))


def _lowers(p: Predictor) -> list[str]:
    """The conditions that lower the band, as the file writes them."""
    assert p.reduction is not None
    written = declared(p).get("score", {}).get("reduction", ())
    if written:
        return [written] if isinstance(written, str) else list(written)
    pairs = ((p.vocabulary.feature(name), rule) for name, rule in p.reduction.conditions)
    return [f.label if f.is_condition else rule.text(f.label) for f, rule in pairs]


def _edges(bands: BandTable) -> Iterator[str]:
    rows = [(plain(b.label), plain(b.interval)) for b in bands.bands if b.interval is not None]
    yield table(("band", bands.unit.value), rows)
    if any(edge.is_finite() for edge in bands.edges):
        yield number_line(bands)


def _example(p: Predictor) -> Iterator[str]:
    case = example_of(p)
    if case is None:
        return
    yield "## Example"
    yield table(("field", "answer"), [(code(k), plain(v)) for k, v in case.items()])
    try:
        score = p.score(case)
    except RiskBandsError as error:
        yield f"The example cannot be scored: {plain(error)}"
        return
    found = {f"{h}": f"{n} %" for h, n in score.percent.items()}
    if score.points is not None:
        found["points"] = str(score.points)
    if score.band is not None:
        found["band"] = str(getattr(score.band, "label", score.band))
    found |= {name: str(value) for name, value in score.outputs.items()}
    yield table(("result", "value"), [(code(k), plain(v)) for k, v in found.items()])
    if score.applies:
        yield f"```text\n{str(score.explain()).replace('`', ' ')}\n```"


def _cautions(p: Predictor) -> Iterator[str]:
    if p.cautions:
        yield "## What it does not say"
        yield itemised(f"{plain(c.text)} ({plain(c.about)})" for c in p.cautions)
