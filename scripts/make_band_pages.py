"""Write the pages of docs/bands that show the built-in band tables, from the tables themselves.

Run ``python -m scripts.make_band_pages`` after a change of a table; a test compares.
"""

from __future__ import annotations

import math
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.compare import compare
from riskbands.bands.intervals import Interval, plain
from riskbands.bands.picture import number_line
from riskbands.bands.printed import PrintedBands, PrintedGap
from riskbands.bands.table import BandTable, Policy, Status, Unit
from riskbands.errors import InputError
from riskbands.scorecards.coefficients import coefficient_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parents[1] / "docs" / "bands"

UNITS = {
    Unit.PERCENT: "percentages",
    Unit.PROBABILITY: "probabilities from 0 to 1",
    Unit.POINTS: "points",
}
WHAT = {Unit.PERCENT: "percentage", Unit.PROBABILITY: "probability"}
STATUS = {
    Status.PUBLISHED: "published",
    Status.DEPLOYED: "deployed",
    Status.SUPERSEDED: "superseded",
    Status.TEST: "public test code, not known to be in use",
}
OUTCOMES = {
    Policy.RAISE: "refused with an `InputError`",
    Policy.NONE: "no band",
    Policy.CLAMP: "the end band",
}
REFUSALS = {
    "in_gap": "refused: in the gap",
    "out_of_range": "refused: out of range",
    "not_whole": "refused: no whole number",
}
#: What the page of differences sets side by side.
PAIRS = (
    ("rsr-2025", "rsr-lewisham-2024"),
    ("rsr-2025", "rsr-api-2025-08"),
    ("rsr-2025", "rsr-api-2025-07"),
    ("rsr-2025", "rsr-calculator-2018"),
    ("rsr-2025", "rsr-parole-2018"),
    ("rsr-2025", "csrp-2026"),
    ("rsr-2025", "snsv-oasys-test-2025-11"),
    ("rsr-2025", "pni-rsr-2024"),
    ("csrp-2026", "svrp-2026"),
    ("csrp-2026", "pni-csrp-api"),
    ("csrp-2026", "tier-v3-csrp"),
    ("snsv-oasys-test-2025-10", "snsv-oasys-test-2025-11"),
    ("ogrs3-2yr", "arp-2026"),
    ("ogrs3-2yr", "pni-ogrs3-2024-12"),
    ("ogrs4g-oasys-test-2025", "arp-2026"),
    ("arp-2026", "pni-arp-2026"),
    ("arp-2026", "tier-v3-arp"),
    ("ovp-2yr", "vrp-2026"),
    ("ovp-2yr", "pni-ovp-2024-12"),
    ("ogrs4v-oasys-test-2025", "vrp-oasys-test-2025-12"),
    ("vrp-2026", "vrp-api-2026-06"),
    ("vrp-2026", "pni-vrp-2026"),
    ("osp-dc-points", "osp-dc-points-api-2025-08"),
    ("osp-dc-points", "osp-c-points-2017"),
    *(
        (f"oasys-needs-{section}", f"oasys-needs-san-{section}")
        for section in ("accommodation", "drugs", "alcohol", "thinking-and-behaviour", "attitudes")
    ),
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
        return REFUSALS[error.code]
    return "no band" if band is None else band.label


def probes(table: BandTable) -> list[float | Decimal]:
    """Scores either side of every edge.

    The last double before it, the first past it, a step either side, and the decimal of the edge
    where it gets another answer than the double nearest to it. Points are whole: a step either
    side of each edge, and one that is no whole number.
    """
    if table.wants_whole:
        edges = [edge for edge in table.edges if edge.is_finite()]
        whole = {float(edge + step) for edge in edges for step in (-1, 0, 1)}
        return [*sorted(x for x in whole if x >= 0), float(edges[1]) + 0.5]
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
    shown = [x for x in found if x >= 0 or answer(table, x) in table.labels]
    return sorted([*shown, *two_answers(table)])


def two_answers(table: BandTable) -> list[Decimal]:
    """Decimals where a band begins or ends that get another answer than their nearest double."""
    ends = [cut.value for region in table.regions for cut in (region.start, region.end)]
    finite = sorted({end for end in ends if end.is_finite() and end >= 0})
    return [end for end in finite if answer(table, end) != answer(table, float(end))]


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
            f"Status: {STATUS[table.status]}. Dates: {table.dates}.\n",
            f"Source: {table.source}{licence}.\n",
            f"For: {', '.join(f'`{name}`' for name in table.applies_to)}. "
            "Another predictor refuses this table unless it is told `any_score=True`.\n",
            *(f"{note}\n" for note in table.notes),
            *_printed(table),
            "## Bands\n",
            _bands(table),
            _rules(table),
            number_line(table),
            "## Either side of every edge\n",
            _about_probes(table),
            rows("score|band", ((_shown(x), answer(table, x)) for x in probes(table))),
            "## In code\n",
            _example(table),
        ]
    )


def _shown(score: float | Decimal) -> str:
    return f"`{plain(score)}` as a decimal" if isinstance(score, Decimal) else f"`{score!r}`"


def _about_probes(table: BandTable) -> str:
    if table.wants_whole:
        return (
            "The points either side of each edge, with the answer of the library; and half a\n"
            "point, which is refused.\n"
        )
    text = (
        "The last double before each edge, the first past it, and a step either side, with\n"
        "the answer of the library.\n"
    )
    found = two_answers(table)
    if found:
        edge = found[0]
        less = Decimal.from_float(float(edge)) < edge
        text += (
            f"\nA computer cannot hold {plain(edge)} as a double: the nearest one is a little\n"
            f"{'less' if less else 'more'}, so the decimal and the double get different bands.\n"
        )
    return text


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
    if table.edges[-1].is_finite():
        beyond = "one above it"
    elif table.unit.most is None:
        beyond = "there is no upper limit; infinity"
    else:
        beyond = f"one above {table.unit.most}, which is no {WHAT[table.unit]},"
    return (
        f"Scores are {UNITS[table.unit]}. {first} A score below the table is "
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
            parts.append("Both tables give every score the same band.\n")
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
        '>>> print(rb.compare("rsr-2025", "csrp-2026"))\n'
        f"{compare(band_table('rsr-2025'), band_table('csrp-2026'))}\n"
        '>>> rb.impact("rsr-2025", "csrp-2026", [0.4, 3.5, 6.9, 7.2]).moved\n'
        "3\n"
        "```\n",
        "Where both tables round alike the scores are rounded ones; else they are scores as\n"
        "given, before either table rounds. `Difference.interval` has the latter in any case.\n",
    ]
    return "\n".join(parts)


def _named(name: str, percent: str) -> str:
    table = band_table(name)
    score = Decimal(percent)
    score = score / 100 if table.unit is Unit.PROBABILITY else score
    read = answer(table, score)
    if table.origin is None:
        return read
    for found in PrintedBands.parse(table.origin.rows).ambiguities():
        if score in found.interval:
            printed = f"{' and '.join(found.labels)} as printed"
            if isinstance(found, PrintedGap):
                printed = "not printed"
            return f"{printed}; read here as {read}"
    return read


#: Categories of OSP/IIC in words, and their bands in the API from 11 August to 2 September 2025.
CATEGORIES = {
    "two_or_more_image_sanctions": ("two or more sanctions of images", "Very High"),
    "one_image_sanction": ("one sanction of images", "High"),
    "two_or_more_contact_child_sanctions": ("two or more contact sanctions, child", "Medium"),
    "one_contact_child_sanction": ("one contact sanction, child", "Low"),
    "any_other_sexual_sanction": ("any other sexual sanction", "Low"),
    "no_sexual_sanction": ("no sexual sanction", "Low"),
}


def hierarchy() -> str:
    """The page of OSP/IIC, whose bands come from categories."""
    tables = [coefficient_tables[name] for name in ("osp-dc-iic-2025", "osp-dc-iic-2026")]
    sections: list[Any] = [
        next(section for name, section in table.coefficients.items() if "iic" in name)
        for table in tables
    ]
    lines = []
    for category, (words, before) in CATEGORIES.items():
        now = [section["band"][category] for section in sections]
        percent = [
            f"{Decimal(section['probability_2yr'][category]) * 100:.2f} %" for section in sections
        ]
        lines.append((words, before, *now, *percent))
    return "\n".join(
        [
            "# OSP/IIC\n",
            "`osp-iic` has no edges: the first category that matches gives the band, and the\n"
            "percentage beside it. IIC-SRP, which followed OSP/IIC, has the same bands, except\n"
            "for a man without a sexual sanction.\n",
            "Status: deployed. Dates: in public code from 2 September 2025, last seen 4 August\n"
            "2026.\n",
            "Source: ministryofjustice/hmpps-arns-risk-actuarial-api, OSPIICHierarchyBand.kt at\n"
            "f134c2f2; since 25 June 2026 (8539c1f0)\n"
            "ImagesAndIndirectContactSexualReoffendingPredictorTransformationHelper.kt. The test\n"
            "calculator of OASys has the same bands from 1 October 2025 on.\n",
            "## Bands\n",
            "In the order of the hierarchy. The third and fourth columns are read from the\n"
            "coefficient tables.\n",
            rows(
                "category|API, 11 August to 2 September 2025|OSP/IIC|IIC-SRP|OSP/IIC percentage"
                "|IIC-SRP percentage",
                lines,
            ),
            "The earlier bands (1a069c03) are not shipped. They were one level higher for images\n"
            "and for two or more contact sanctions against a child.\n",
            "Women are not applicable; in the API they were Low until 4 September 2025 (ec3d60c).\n"
            "The test calculator calls a man without a sexual sanction not applicable.\n",
            "## In code\n",
            "```python\n"
            ">>> import riskbands as rb\n"
            ">>> print(rb.osp_iic.bands)\n"
            "osp-iic: Low < Medium < High\n"
            "```\n",
        ]
    )


def atlas() -> str:
    """The page that lists the tables."""
    return "\n".join(
        [
            "# Edge atlas\n",
            "Every built-in table, each with its printed text, what that leaves open and how it\n"
            "is settled, its intervals, a picture, and the answers on both sides of every edge.\n"
            "The pages are written from the tables by `scripts/make_band_pages.py`, and a test\n"
            "fails when they no longer agree. The [glossary](../glossary.md#predictors) says what\n"
            "a status means.\n",
            rows(
                "table|bands|status|dates",
                (
                    (
                        f"[{name}]({name}.md)",
                        ", ".join(f"{b.label} `{b.interval}`" for b in table.bands),
                        STATUS[table.status],
                        table.dates,
                    )
                    for name, table in band_tables.items()
                ),
            ),
            "Dates are of commits in public code, or of print. When a table went live in a\n"
            "service "
            "is not public. Public code has further tables that are not shipped: drawings of a\n"
            "scale, tables with a fault, and tables of other scores. The\n"
            "[sources](../sources.md#band-tables-that-are-not-shipped) name them.\n",
            "OSP/IIC and IIC-SRP are banded without a score: see [OSP/IIC](osp-iic.md). See also\n"
            "[same score, other name](same-score-other-name.md).\n",
        ]
    )


def pages() -> dict[str, str]:
    """Every generated page by the name of its file."""
    made = {f"{name}.md": page(table) for name, table in band_tables.items()}
    made["osp-iic.md"] = hierarchy()
    return made | {"atlas.md": atlas(), "same-score-other-name.md": same_score()}


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
