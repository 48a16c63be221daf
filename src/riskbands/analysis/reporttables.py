"""The tables of a report: every figure that may be shown, with how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from riskbands.analysis.bandfigures import BAND_RATES, EDGE_RATES
from riskbands.analysis.written import NONE, NOT_SHOWN, number, people, rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskbands.analysis.differences import GroupDifferences
    from riskbands.analysis.estimates import Estimate, SignificanceTest
    from riskbands.analysis.figures import Figures
    from riskbands.analysis.guard import Guard

__all__ = ["Table", "methods", "tables"]

#: Each figure in words, and whether it is a proportion.
_WORDS: Final = {
    "base_rate": ("observed: share with the outcome", True),
    "expected_rate": ("expected: mean of the scores", True),
    "observed_expected": ("observed / expected", False),
    "calibration_in_the_large": ("calibration in the large (log-odds; 0 is right)", False),
    "calibration_slope": ("calibration slope (1 is right)", False),
    "joint_intercept": ("intercept fitted with the slope", False),
    "auc": ("AUC: how well people are ranked (0.5 is chance)", False),
    "brier": ("Brier score (0 is best)", False),
    "scaled_brier": ("scaled Brier score (1 is best)", False),
    "log_loss": ("log loss (0 is best)", False),
    "miscalibration": ("Brier score: miscalibration", False),
    "discrimination": ("Brier score: discrimination", False),
    "uncertainty": ("Brier score: uncertainty", False),
}
_TESTS: Final = {
    "weak": "calibration in the large and slope together",
    "in_the_large": "calibration in the large",
    "slope": "calibration slope",
}
_BY_GROUP: Final = (
    "base_rate", "expected_rate", "observed_expected", "calibration_in_the_large",
    "calibration_slope", "auc", "brier",
)  # fmt: skip
_SHORT: Final = (
    "observed",
    "expected",
    "observed / expected",
    "in the large",
    "slope",
    "AUC",
    "Brier",
)
_EDGE_WORDS: Final = {
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "positive predictive value",
    "npv": "negative predictive value",
    "fpr": "false positive rate",
    "fnr": "false negative rate",
}


@attrs.frozen
class Table:
    """A table of a page.

    Attributes:
        section: The heading it stands under.
        caption: What it holds.
        head: Headings of its columns.
        rows: Its cells as texts.
        note: What a reader should know, under it.
    """

    section: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def without_empty_end(self) -> Table:
        """The table without its last column, where that is empty."""
        if any(row[-1] for row in self.rows):
            return self
        return attrs.evolve(self, head=self.head[:-1], rows=[row[:-1] for row in self.rows])


def tables(
    overall: Figures,
    parts: Sequence[Figures],
    differences: Mapping[str, GroupDifferences],
    left_out: Mapping[str, int | None],
    guard: Guard,
) -> Iterator[Table]:
    """The tables, in the order of the page.

    Args:
        overall: The figures of everyone.
        parts: Those of forms and groups.
        differences: What differs between groups, by column.
        left_out: People in no figure, by reason.
        guard: What may be shown.
    """
    level = f"{100 * overall.methods.confidence:g} % intervals"
    yield _everyone(overall, guard, level)
    if parts:
        yield _groups([overall, *parts], guard, level)
    yield from _differences(differences, parts, guard, level)
    if overall.bands:
        yield _bands(overall, guard, level)
        yield _edges([overall, *parts], guard, level)
    yield _left_out(left_out, guard)


def _everyone(o: Figures, guard: Guard, level: str) -> Table:
    shown = guard.shows(o)
    rows = [["people with a score and an outcome", people(o.n if shown else None), ""]]
    rows.append(["of them with the outcome", people(o.events if shown else None), ""])
    for name, e in o.estimates().items() if shown else ():
        words, share = _WORDS[name]
        rows.append([words, (rate if share else number)(e), _how(e)])
    for name, words in _TESTS.items() if shown else ():
        test = getattr(o.calibration_tests, name)
        rows.append([f"test: {words}", _p(test), test.reason or f"{test.method}, df {test.df}"])
    head = ["figure", "value and interval", "how, or why there is none"]
    return Table("Everyone", f"Figures of everyone, {level}", head, rows)


def _groups(every: Sequence[Figures], guard: Guard, level: str) -> Table:
    rows = []
    for f in every:
        if not guard.shows(f):
            rows.append([_name(f), *[NOT_SHOWN] * 2, *[NONE] * len(_BY_GROUP), _SMALL])
            continue
        found = {name: getattr(f, name) for name in _BY_GROUP}
        cells = [(rate if _WORDS[name][1] else number)(e) for name, e in found.items()]
        why = dict.fromkeys(e.reason for e in found.values() if e.reason)
        rows.append([_name(f), people(f.n), people(f.events), *cells, "; ".join(why)])
    head = ["group", "people", "with the outcome", *_SHORT, "why some are missing"]
    return Table("Groups", f"Figures by group, {level}", head, rows)


_SMALL: Final = "counts are small, or would give away small ones"


def _differences(
    found: Mapping[str, GroupDifferences], parts: Sequence[Figures], guard: Guard, level: str
) -> Iterator[Table]:
    for column, d in found.items():
        labels = [f.group for f in parts if f.by == column]
        shown = {f.group for f in parts if f.by == column and guard.shows(f)}
        rows = []
        for label in labels:
            x = d.groups.get(label)
            if label == d.reference:
                continue
            if x is not None and {label, d.reference} <= shown:
                cells = [number(x.auc), _p(x.auc_test), number(x.calibration_in_the_large)]
                why = (x.auc.reason, x.calibration_in_the_large.reason)
                reasons = "; ".join(dict.fromkeys(filter(None, why)))
                rows.append([label, *cells, number(x.calibration_slope), reasons])
            else:
                rows.append([label, *[NONE] * 4, _SMALL])
        out = "".join(
            f" Not in the tests: {k} ({why})." for k, why in d.left_out.items() if k in shown
        )
        note = (
            f"Reference: {d.reference}. One intercept for all groups: {_test(d.intercept)}. One "
            f"slope for all groups: {_test(d.slope)}. Both are likelihood-ratio tests"
            f"{'' if len(shown) == len(labels) else ' between the groups that are shown'}.{out}"
        )
        head = ["group", "AUC", "test of it", "in the large", "slope", "why some are missing"]
        caption = f"Each group of {column} less {d.reference}, {level}"
        yield Table("Groups", caption, head, rows, note)


def _bands(o: Figures, guard: Guard, level: str) -> Table:
    rows = []
    for place, b in enumerate(o.bands):
        if not guard.shows(o) or place in guard.bands:
            rows.append([b.label, *[NOT_SHOWN] * 2, *[NONE] * len(BAND_RATES), _SMALL])
            continue
        found = [getattr(b, name) for name in BAND_RATES]
        why = "; ".join(dict.fromkeys(e.reason for e in found if e.reason))
        rows.append([b.label, people(b.n), people(b.events), *map(rate, found), why])
    head = ["band", "people", "with the outcome", "share of people", "expected", "observed",
            "share of the outcomes", "why some are missing"]  # fmt: skip
    return Table("Bands", f"Bands, everyone, {level}", head, rows)


def _edges(every: Sequence[Figures], guard: Guard, level: str) -> Table:
    rows = []
    for f in every:
        if guard.shows_bands(f):
            for edge in f.edges:
                found = [getattr(edge, name) for name in EDGE_RATES]
                why = "; ".join(dict.fromkeys(e.reason for e in found if e.reason))
                rows.append([_name(f), edge.label, *map(rate, found), why])
        else:
            rows.append([_name(f), NOT_SHOWN, *[NONE] * len(EDGE_RATES), _SMALL])
    head = ["group", "at or above", *_EDGE_WORDS.values(), "why some are missing"]
    note = (
        "Each edge is read as a decision: this band or a higher one, or not. Where groups have the "
        "outcome at different rates, these rates cannot all be equal between them."
    )
    return Table("Bands", f"At every band edge, {level}", head, rows, note)


def _left_out(left_out: Mapping[str, int | None], guard: Guard) -> Table:
    rows = [
        [reason.replace("_", " "), NOT_SHOWN if reason in guard.left_out else people(n)]
        for reason, n in left_out.items()
    ]
    note = "Each person is counted under the first reason that holds, and is in no figure."
    return Table("Who is left out", "People in no figure", ["reason", "people"], rows, note)


def methods(
    shown: Sequence[Figures], differences: Mapping[str, GroupDifferences], level: str
) -> Table:
    """How the interval of each figure that is shown was made."""
    used: dict[str, dict[str, None]] = {}
    for f in shown:
        for name, e in f.estimates().items():
            _use(used, _WORDS[name][0], e)
        for band in f.bands:
            for name in BAND_RATES:
                _use(used, f"band: {name.replace('_', ' ')}", getattr(band, name))
        for edge in f.edges:
            for name, words in _EDGE_WORDS.items():
                _use(used, f"edge: {words}", getattr(edge, name))
    for d in differences.values():
        for x in d.groups.values():
            _use(used, "difference in AUC", x.auc)
            _use(used, "difference in calibration in the large", x.calibration_in_the_large)
            _use(used, "difference in calibration slope", x.calibration_slope)
    rows = [[name, ", ".join(found) or "no interval"] for name, found in used.items()]
    return Table("Methods", f"How each {level} interval was made", ["figure", "method"], rows)


def _use(used: dict[str, dict[str, None]], name: str, e: Estimate) -> None:
    found = used.setdefault(name, {})
    if e.method and e.low is not None:
        found[e.method] = None


def _name(f: Figures) -> str:
    return f"{f.by} {f.group}".strip()


def _how(e: Estimate) -> str:
    return "; ".join(filter(None, (e.method, e.reason)))


def _test(test: SignificanceTest) -> str:
    if test.statistic is None:
        return f"not given ({test.reason})"
    return f"{test.statistic:.2f}, df {test.df:g}, {_p(test)}"


def _p(test: SignificanceTest) -> str:
    if test.p_value is None:
        return NONE
    return "p < 0.001" if test.p_value < 0.001 else f"p {test.p_value:.3f}"
