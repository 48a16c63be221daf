"""The report of an evaluation: one page that stands by itself."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from riskbands.analysis.answers import answers
from riskbands.analysis.differences import differences
from riskbands.analysis.groups import Groups
from riskbands.analysis.guard import Guard, Guarded
from riskbands.analysis.pictures import matplotlib_is_there, svg
from riskbands.analysis.plots import Plots
from riskbands.analysis.reporttables import Table, methods, tables
from riskbands.display import html_table
from riskbands.display import html_text as _text
from riskbands.errors import InputError, Issue
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from riskbands.analysis.answers import Answer
    from riskbands.analysis.differences import GroupDifferences
    from riskbands.analysis.figures import Figures

__all__ = ["Evaluated", "page"]

_SIMULATED: Final = "These people are simulated: nothing on this page is about anyone."
_PUBLIC: Final = (
    "This page shows counts of few people. Do not publish it; one that may be published is made "
    "with a least count (min_count=10, --min-count 10)."
)
_COUNTED: Final = re.compile(r"\b\d+ people(?= have a score of 0 or 100\s%)")
_UNBANDED: Final = re.compile(r"(?<=who are in no band: )[\d,]+")
#: More groups than this are told by the tables alone.
_MOST_GROUPS: Final = 30
_UNSEEN: Final = (
    "The pictures are left out: Matplotlib is not installed where this page was made (the [plot] "
    "extra). The tables hold all that they show."
)


class Evaluated(Guarded, Protocol):
    """What the report reads of an evaluation."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where scores and outcomes come from."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether people are made up."""
        ...

    @property
    def title(self) -> str:
        """What was evaluated."""
        ...

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the figures do not say."""
        ...

    @property
    def references(self) -> Mapping[str, str]:
        """The group that the others are compared with, by column."""
        ...

    @property
    def group_differences(self) -> Mapping[str, GroupDifferences]:
        """What differs between groups, by column."""
        ...


def page(found: Evaluated, *, min_count: int | None = None, notes: Sequence[str] = ()) -> str:
    """The report as an HTML document; see `riskbands.Evaluation.to_html`."""
    if isinstance(notes, str) or not all(isinstance(note, str) for note in notes):
        what = "give notes= as a list of texts, each a caution of its own"
        raise InputError(Issue("malformed", ("notes",), what))
    guard = Guard.of(found, min_count)
    parts = [*found.forms.values(), *found.groups.values()]
    shown = [f for f in parts if guard.shows(f)]
    between = _between(found, shown, guard)
    heading = _heading(found.provenance)
    level = f"{100 * found.overall.methods.confidence:g} %"
    body = [
        f'<p class="simulated">{_SIMULATED}</p>' if found.simulated else "",
        f"<h1>{_text(heading)}</h1>",
        f"<p>{_text(found.title)}.</p>",
        _answers(found, between, guard),
        _pictures(found, guard),
        _tables(
            [
                *tables(found.overall, parts, between, found.overall.left_out, guard),
                methods([f for f in (found.overall, *parts) if guard.shows(f)], between, level),
                _provenance(found.provenance, guard),
            ]
        ),
        _list("Cautions", _cautions(found, guard, notes)),
    ]
    content = "\n".join(filter(None, body))
    if guard.minimum is not None:  # reasons that say how many
        content = _UNBANDED.sub("some", _COUNTED.sub("Some people", content))
    return _DOCUMENT.format(title=_text(heading), style=_STYLE, body=content)


def _between(
    found: Evaluated, shown: Sequence[Figures], guard: Guard
) -> Mapping[str, GroupDifferences]:
    """What differs between groups that are shown: a test of the others would tell of them."""
    if guard.minimum is None:
        return found.group_differences
    confidence = found.overall.methods.confidence
    return {
        column: differences(column, [f for f in shown if f.by == column], reference, confidence)
        for column, reference in found.references.items()
    }


def _heading(provenance: Mapping[str, Any]) -> str:
    predictor, score = provenance["predictor"], provenance["score"]
    if predictor is None:
        return f"Evaluation of {score}"
    return f"Evaluation of {predictor['name']} ({score})"


def _cautions(found: Evaluated, guard: Guard, notes: Sequence[str]) -> list[str]:
    if guard.minimum is None:
        protected = [] if found.provenance.get("protected") else [_PUBLIC]
    else:
        protected = [
            f"Groups and bands with fewer than {guard.minimum} people with the outcome, or without "
            "it, are not shown, nor those that would give them away. Nothing is shown by single "
            "scores."
        ]
    return [*notes, *found.cautions, *protected]


# -- the first screen ------------------------------------------------------------------------------


def _answers(found: Evaluated, between: Mapping[str, GroupDifferences], guard: Guard) -> str:
    if not guard.shows(found.overall):
        return (
            "<p>Too few people have the outcome, or are without it, for anything to be shown.</p>"
        )
    groups = list(found.groups.values())
    given = answers(
        found.overall,
        [f for f in groups if guard.shows(f)],
        [f for f in groups if not guard.shows(f)],
        between,
        outcome=found.provenance["outcome"],
        proven=(found.provenance["predictor"] or {}).get("id") in by_id,
        banded=not guard.bands,
    )
    return f'<div class="answers">{"".join(map(_answer, given))}</div>'


def _answer(answer: Answer) -> str:
    first, *rest = answer.sentences
    more = "".join(f"<p>{_firm(sentence)}</p>" for sentence in rest)
    return (
        f"<section><h2>{_text(answer.question)}</h2>"
        f'<p class="short">{_firm(first)}</p>{more}</section>'
    )


def _firm(sentence: str) -> str:
    """A sentence in which no percent sign stands at the start of a line."""
    return _text(sentence.replace(" %", "\N{NO-BREAK SPACE}%"))


# -- pictures --------------------------------------------------------------------------------------


def _pictures(found: Evaluated, guard: Guard) -> str:
    wanted = list(_wanted(found, guard))
    if not wanted:
        return ""
    if not matplotlib_is_there():
        return f"<p>{_text(_UNSEEN)}</p>"
    drawn = [
        f"<figure>{svg(draw, f'picture{place}', words, size)}"
        f"<figcaption>{_text(words)}</figcaption></figure>"
        for place, (draw, words, size) in enumerate(wanted)
    ]
    return f'<section><h2>Pictures</h2><div class="pictures">{"".join(drawn)}</div></section>'


def _wanted(
    found: Evaluated, guard: Guard
) -> Iterator[tuple[Callable[[Axes], object], str, tuple[float, float]]]:
    """How each picture is drawn, what it shows, and its size."""
    o = found.overall
    plot = Plots(o, found.groups, found.by)
    usual = (6.0, 4.2)
    if not guard.shows(o) or not o.n:
        return
    if guard.by_score and o.tally.p is not None:
        yield (
            lambda ax: plot.reliability(ax=ax),
            "Reliability: how often the outcome occurred at each reported score.",
            (6.0, 5.6),
        )
    if o.bands and not guard.bands:
        yield (
            lambda ax: plot.bands(ax=ax),
            "Calibration by band: expected and observed share with the outcome, with intervals.",
            usual,
        )
    if guard.by_score:
        yield (
            lambda ax: plot.distribution(ax=ax),
            "Distribution: people at each score, with and without the outcome; bands are shaded.",
            usual,
        )
        if o.auc.value is not None:
            yield (
                lambda ax: plot.roc(ax=ax),
                "ROC curve: the share with the outcome and the share without it at or above each "
                "score; the edges of the bands are marked.",
                (6.0, 5.6),
            )
    for column in found.by if guard.shows_bands(o) and o.edges else ():
        shown = Plots(
            o, Groups([f for f in found.groups.values() if guard.shows_bands(f)]), (column,)
        )
        here = [f for f in shown.groups.values() if f.by == column]
        few = 0 < len(here) <= _MOST_GROUPS
        for rate, words in (("fpr", "without"), ("fnr", "with")) if few else ():
            edge = o.edges[-1 if len(o.edges) < 3 else -2].label
            name = "at or above" if rate == "fpr" else "below"
            yield (
                partial(_rates, shown, edge, rate),
                f"By {column}: of people {words} the outcome, the share {name} the edge of {edge}.",
                (6.0, 1.6 + 0.36 * (1 + len(here))),
            )


def _rates(plots: Plots, edge: str, rate: str, ax: Axes) -> None:
    plots.rates(edge, rate, ax=ax)


# -- tables ----------------------------------------------------------------------------------------


def _provenance(provenance: Mapping[str, Any], guard: Guard) -> Table:
    rows = [[name.replace("_", " "), _plainly(value)] for name, value in provenance.items()]
    if guard.minimum is not None:
        rows.append(["least count that is shown", str(guard.minimum)])
    head = ["what", "which"]
    return Table("Where it comes from", "Scores, tables and outcomes", head, rows)


def _plainly(value: Any) -> str:
    """A value of the provenance in words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{k} {v}" for k, v in value.items())
        case list() | tuple():
            return "; ".join(map(_plainly, value)) or "none"
        case _:
            return str(value)


def _tables(found: Iterable[Table]) -> str:
    by_section: dict[str, list[str]] = {}
    for full in found:
        table = full.without_empty_end()
        text = html_table(table.head, table.rows, table.caption, table.note)
        by_section.setdefault(table.section, []).append(
            f'<div class="wide" role="region" tabindex="0" aria-label="{_text(table.caption)}">'
            f"{text}</div>"
        )
    return "\n".join(
        f"<section><h2>{_text(name)}</h2>{''.join(parts)}</section>"
        for name, parts in by_section.items()
    )


def _list(heading: str, texts: Sequence[str]) -> str:
    items = "".join(f"<li>{_text(text)}</li>" for text in texts)
    return f"<section><h2>{_text(heading)}</h2><ul>{items}</ul></section>"


_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 84rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; line-height: 1.3; }
p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
main > section { margin-top: 2rem; }
.simulated { border: 2px solid; font-weight: bold; padding: .25rem .75rem; }
.answers { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
.answers section { background: var(--soft); border-top: .25rem solid #0072b2; }
.answers section { padding: .75rem 1rem; }
.answers p { font-size: .9rem; }
.answers .short { font-size: 1rem; font-weight: 600; }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); }
figure { margin: 0; }
figcaption { font-size: .9rem; }
svg { height: auto; max-width: 100%; width: 100%; }
svg * { stroke-linecap: butt; stroke-linejoin: round; }
.wide { margin-bottom: 1.5rem; overflow-x: auto; }
.wide:focus-visible { outline: 3px solid #0072b2; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { font-weight: 600; padding: .25rem 0; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left;
  vertical-align: top; }
thead th { border-bottom-width: 2px; }
tbody th { font-weight: 400; max-width: 22rem; min-width: 7rem; overflow-wrap: anywhere; }
td { max-width: 30rem; overflow-wrap: anywhere; min-width: 4.5rem; }
@media (max-width: 30rem) {
  .answers, .pictures { grid-template-columns: 1fr; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 9pt; max-width: none; padding: 0; }
  .wide { overflow: visible; }
  table { font-size: 6.5pt; }
  td, th { min-width: 0; padding: .1rem .25rem; }
  .answers { gap: .5rem; grid-template-columns: repeat(3, 1fr); }
  .answers h2, .answers .short { font-size: 9pt; }
  .answers p { font-size: 8pt; }
  .answers section { padding: .4rem .5rem; }
  .pictures { grid-template-columns: 1fr 1fr; }
  figure, .answers, tr { break-inside: avoid; }
  h2, caption { break-after: avoid; }
}
"""
_DOCUMENT: Final = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
