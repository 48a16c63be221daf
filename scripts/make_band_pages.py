"""Write the pages of docs/bands that show the built-in band tables, from the tables themselves.

Run ``python -m scripts.make_band_pages`` after a change of a table; a test compares.
"""

from __future__ import annotations

import math
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.compare import compare
from riskbands.bands.intervals import Interval, plain
from riskbands.bands.printed import PrintedBands
from riskbands.bands.table import BandTable, Policy, Unit
from riskbands.errors import InputError
from scripts.number_line import number_line

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parents[1] / "docs" / "bands"

UNITS = {
    Unit.PERCENT: "percent",
    Unit.PROBABILITY: "a probability from 0 to 1",
    Unit.POINTS: "points",
}
OUTCOMES = {
    Policy.RAISE: "refused with an `InputError`",
    Policy.NONE: "no band",
    Policy.CLAMP: "the end band",
}
#: What the page of differences sets side by side.
PAIRS = (
    ("rsr-2025", "rsr-lewisham-2024"),
    ("rsr-2025", "rsr-api-2025-08"),
    ("rsr-2025", "rsr-api-2025-07"),
    ("rsr-2025", "rsr-calculator-2018"),
    ("rsr-2025", "rsr-parole-2018"),
    ("rsr-2025", "csrp-2026"),
    ("ogrs3-2yr", "arp-2026"),
    ("ovp-2yr", "vrp-2026"),
)
FAMILY = (
    *("rsr-calculator-2018", "rsr-parole-2018", "rsr-lewisham-2024", "rsr-api-2025-07"),
    *("rsr-api-2025-08", "rsr-2025", "csrp-2026"),
)
SCORES = ("0.99", "1.00", "2.99", "3.00", "3.01", "6.80", "6.85", "6.90", "6.99", "7.00")


def answer(table: BandTable, score: float | Decimal) -> str:
    """The label of a score, or what happens instead."""
    try:
        band = table.classify(score)
    except InputError as error:
        return {"in_gap": "refused: in the gap", "out_of_range": "refused: out of range"}[
            error.code
        ]
    return "no band" if band is None else band.label


def probes(table: BandTable) -> list[float]:
    """Doubles either side of every edge: the last before it, the first past it, and whole steps."""
    digits = {Unit.PERCENT: 2, Unit.PROBABILITY: 4, Unit.POINTS: 0}[table.unit]
    step = Decimal(1).scaleb(-(table.rounding.digits if table.rounding else digits))
    found: set[float] = set()
    for threshold in table.thresholds.tolist():
        if math.isfinite(threshold):
            found |= {math.nextafter(threshold, -math.inf), threshold}
    for edge in table.edges:
        if edge.is_finite():
            found |= {float(edge - step), float(edge), float(edge + step)}
    for gap in table.gaps:
        found.add(float((gap.interval.lower + gap.interval.upper) / 2))
    return sorted(x for x in found if x >= 0 or answer(table, x) in table.labels)


def rows(header: str, lines: Iterable[tuple[object, ...]]) -> str:
    """A Markdown table."""
    names = header.split("|")
    body = [names, ["---"] * len(names), *lines]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in body)


def page(table: BandTable) -> str:
    """The page of one table."""
    licence = f" (licence: {table.licence})" if table.licence else ""
    return "\n".join(
        [
            f"# {table.title}\n",
            f"`{table.id}` bands: {table.score}.\n",
            f"Status: {table.status.value}. Source: {table.source}{licence}.\n",
            *(f"{note}\n" for note in table.notes),
            *_printed(table),
            "## Bands\n",
            _bands(table),
            _rules(table),
            number_line(table),
            "## Either side of every edge\n",
            "The last double before each edge, the first past it, and a step either side, with\n"
            "the answer of the library.\n",
            rows("score|band", ((f"`{x!r}`", answer(table, x)) for x in probes(table))),
            "## In code\n",
            _example(table),
        ]
    )


def _bands(table: BandTable) -> str:
    lines = []
    for region in table.regions[1:-1]:
        name = region.band.label if region.band else "no band: a declared gap"
        stated = f"`{Interval.between(*region.stated)}`"
        given = f"`{Interval.between(region.start, region.end)}`"
        lines.append((name, stated, given) if table.rounding else (name, stated))
    header = "band|rounded score|score as given" if table.rounding else "band|score"
    return rows(header, lines)


def _rules(table: BandTable) -> str:
    if table.rounding:
        first = f"The score is rounded {table.rounding} before it is banded."
    else:
        first = "The score is not rounded before it is banded."
    beyond = "one above it" if table.edges[-1].is_finite() else "there is no upper limit; infinity"
    return (
        f"It is counted in {UNITS[table.unit]}. {first} A score below the table is "
        f"{OUTCOMES[table.below]}; {beyond} is {OUTCOMES[table.above]}. A missing score gets "
        f"{OUTCOMES[table.missing]}.\n"
    )


def _printed(table: BandTable) -> list[str]:
    if table.origin is None:
        return []
    origin = table.origin
    found = PrintedBands.parse(origin.rows).ambiguities()
    return [
        "## As printed\n",
        rows("band|printed", origin.rows),
        "What the print leaves open:\n",
        "".join(f"- {escape(str(ambiguity), quote=False)}\n" for ambiguity in found),
        "How it is settled:\n",
        rows(
            "about|where|choice|why",
            (
                (f"{d.about}: {', '.join(d.between)}", f"`{d.where}`", d.choice, d.reason)
                for d in origin.decisions
            ),
        ),
    ]


def _example(table: BandTable) -> str:
    band = table.bands[1]
    assert band.interval is not None
    score = plain(band.interval.lower)
    return (
        "```python\n"
        ">>> import riskbands as rb\n"
        f'>>> rb.band_table("{table.id}").classify({score})\n'
        f"{table.classify(float(score))!r}\n"
        "```\n"
    )


def same_score() -> str:
    """The page of differences between tables."""
    parts = [
        "# Same score, other name\n",
        "One number has had several names, at one time and over time. This page is computed by\n"
        "[`compare`](../reference/bands.md), which gives the exact scores for which two tables\n"
        "differ; `impact` counts whom a change of table would move.\n",
        "## Serious reoffending: one score, seven tables\n",
        "The score in percent, for the calculator of 2018 as a probability.\n",
        rows(
            "score|" + "|".join(f"[{name}]({name}.md)" for name in FAMILY),
            ((f"{score} %", *(_named(name, score) for name in FAMILY)) for score in SCORES),
        ),
    ]
    for first, second in PAIRS:
        found = compare(band_table(first), band_table(second))
        parts.append(f"## {first} and {second}\n")
        if not found:
            parts.append("No score has another name.\n")
            continue
        parts.append(
            rows(
                f"scores|{first}|{second}",
                ((f"`{d.stated}`", d.first or "no band", d.second or "no band") for d in found),
            )
        )
    parts += [
        "## In code\n",
        "```python\n"
        ">>> import riskbands as rb\n"
        '>>> old, new = rb.band_table("rsr-2025"), rb.band_table("csrp-2026")\n'
        ">>> print(rb.compare(old, new))\n"
        f"{compare(band_table('rsr-2025'), band_table('csrp-2026'))}\n"
        ">>> rb.impact(old, new, [0.4, 3.5, 6.9, 7.2]).moved\n"
        "3\n"
        "```\n",
        "Where both tables round alike the scores are rounded ones; else they are scores as\n"
        "given, before either table rounds. `Difference.interval` has the latter in any case.\n",
    ]
    return "\n".join(parts)


def _named(name: str, percent: str) -> str:
    table = band_table(name)
    score = Decimal(percent)
    return answer(table, score / 100 if table.unit is Unit.PROBABILITY else score)


def atlas() -> str:
    """The page that lists the tables."""
    return "\n".join(
        [
            "# Edge atlas\n",
            "Every built-in table, each with its printed text, what that leaves open and how it\n"
            "is settled, its intervals, a picture, and the answers on both sides of every edge.\n"
            "The pages are written from the tables by `scripts/make_band_pages.py`, and a test\n"
            "fails when they no longer agree.\n",
            rows(
                "table|bands|status",
                (
                    (
                        f"[{name}]({name}.md)",
                        ", ".join(f"{b.label} `{b.interval}`" for b in table.bands),
                        table.status.value,
                    )
                    for name, table in band_tables.items()
                ),
            ),
            "See also [same score, other name](same-score-other-name.md).\n",
        ]
    )


def pages() -> dict[str, str]:
    """Every generated page by the name of its file."""
    made = {f"{name}.md": page(table) for name, table in band_tables.items()}
    return made | {"atlas.md": atlas(), "same-score-other-name.md": same_score()}


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
