"""Overrides in a cohort: where practitioners departed from the computed band, and how often.

Counts and rates, nothing more: a rate that differs between groups is a reason to look, not a
finding. A missing band is never counted as a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.analysis.bandcolumns import (
    check_order,
    codes_of,
    column_of,
    scale_of,
    spelt_labels,
    values_of,
)
from riskbands.analysis.estimates import (
    Estimate,
    check_confidence,
    proportion,
    wilson_interval,
)
from riskbands.analysis.reading import Table, check_length, outcomes_of
from riskbands.analysis.spelling import capitals_alone, group_texts
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.display import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskbands.bands.scale import BandScale
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["OverrideOutcome", "OverrideRate", "Overrides", "Rate", "overrides"]

_EVERYONE: Final = "everyone"
_CAUTIONS: Final = (
    "Supervision follows the final band. An upward override may prevent the outcome it feared, so "
    "outcomes cannot show that an override was wrong.",
    "An override for serious harm is about another outcome than the one counted here.",
)


@attrs.frozen
class Rate:
    """A share of cases.

    Attributes:
        count: How many.
        n: Of how many.
        share: Proportion from 0 to 1; None of none.
        low: Lower limit of the Wilson interval.
        high: Upper limit.
    """

    count: int
    n: int
    share: float | None
    low: float
    high: float

    def __str__(self) -> str:
        if self.share is None:
            return "-"
        return f"{100 * self.share:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f})"


@attrs.frozen
class OverrideRate:
    """Overrides in one group.

    Attributes:
        group: Name of the column and value of the group; ``("everyone", "")`` for all cases.
        n: Cases with both bands.
        upward: Share whose final band is higher than the computed one.
        downward: Share whose final band is lower.
        left_out: Cases of the group with one of the bands missing or not applicable.
    """

    group: tuple[str, str]
    n: int
    upward: Rate
    downward: Rate
    left_out: int


@attrs.frozen
class OverrideOutcome:
    """What became of the cases of one computed band, by what the practitioner did.

    Attributes:
        computed: The computed band; ``all`` for every one.
        direction: ``upward``, ``none`` or ``downward``.
        n: Cases with both bands and an outcome.
        events: Those with the outcome.
        observed: Share with the outcome, Wilson.
    """

    computed: str
    direction: str
    n: int
    events: int
    observed: Estimate


@attrs.frozen(eq=False, repr=False)
class Overrides:
    """Computed against final bands of a cohort.

    Attributes:
        scale: The bands.
        counts: int64, shape (bands, bands), read-only: computed by row, final by column.
        rates: Everyone first, then each group.
        left_out: Cases that are not counted: ``computed_missing``, ``final_missing`` (the
            computed band is there), ``not_applicable``.
        confidence: Confidence of the intervals.
        outcomes: Outcomes by computed band and direction of the override; empty where none were
            given. Read `cautions` with them.
    """

    scale: BandScale
    counts: NDArray[np.int64]
    rates: tuple[OverrideRate, ...]
    left_out: Mapping[str, int]
    confidence: float
    outcomes: tuple[OverrideOutcome, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values for JSON."""
        return {
            "scale": self.scale.id,
            "labels": list(self.scale.labels),
            "counts": self.counts.tolist(),
            "rates": [attrs.asdict(rate) for rate in self.rates],
            "left_out": dict(self.left_out),
            "confidence": self.confidence,
            "outcomes": [attrs.asdict(outcome) for outcome in self.outcomes],
            "cautions": list(self.cautions),
        }

    def __repr__(self) -> str:
        everyone = self.rates[0]
        return (
            f"<Overrides of {self.scale.id}: {everyone.n} cases, "
            f"{everyone.upward.count} upward, {everyone.downward.count} downward>"
        )

    def __str__(self) -> str:
        parts = [text_table(head, rows) for head, rows in self._tables()]
        return "\n\n".join([*parts, *(["\n".join(self.cautions)] if self.cautions else [])])

    def _repr_html_(self) -> str:
        found = "".join(html_table(head, rows) for head, rows in self._tables())
        cautions = [[text] for text in self.cautions]
        return found + (html_table(["Caution"], cautions, left=True) if cautions else "")

    @property
    def cautions(self) -> tuple[str, ...]:
        """Which groups differ by capitals alone, and what outcomes cannot say of an override."""
        groups: dict[str, list[str]] = {}
        for rate in self.rates[1:]:
            groups.setdefault(rate.group[0], []).append(rate.group[1])
        alike = [text for name, found in groups.items() for text in capitals_alone(name, found)]
        return (*alike, *(_CAUTIONS if self.outcomes else ()))

    def _tables(self) -> list[tuple[list[str], list[list[str]]]]:
        found = [self._crosstab(), self._groups()]
        if self.outcomes:
            head = ["computed", "override", "cases", "with the outcome", "observed"]
            rows = [
                [o.computed, o.direction, str(o.n), str(o.events), str(o.observed)]
                for o in self.outcomes
            ]
            found.append((head, rows))
        return found

    def _crosstab(self) -> tuple[list[str], list[list[str]]]:
        labels = self.scale.labels
        rows = [[label, *map(str, row)] for label, row in zip(labels, self.counts, strict=True)]
        return ["computed \\ final", *labels], rows

    def _groups(self) -> tuple[list[str], list[list[str]]]:
        interval = f"({100 * self.confidence:g} % interval)"
        head = ["group", "cases", f"upward {interval}", f"downward {interval}", "left out"]
        rows = [
            [
                " ".join(filter(None, r.group)),
                str(r.n),
                str(r.upward),
                str(r.downward),
                str(r.left_out),
            ]
            for r in self.rates
        ]
        return head, rows


def overrides(
    cohort: Any,
    *,
    computed: str | Any = "computed",
    final: str | Any = "final",
    by: str | Sequence[str] = (),
    scale: BandScale | str | None = None,
    confidence: float = 0.95,
    outcome: str | None = None,
    rename: Mapping[Any, str] | Suggestions | None = None,
    spellings: Mapping[str, str] | None = None,
) -> Overrides:
    """Cross-tabulate computed against final bands, with override rates by group.

    Args:
        cohort: Columns by name, all of one length; or, with the ``[dataframe]`` extra, a table as
            for `riskbands.score_cohort`.
        computed: Name of the column of computed bands, or the column itself: a
            `BandArray` (such as ``rsr_band`` of a scored cohort) or labels. A Series of pandas must
            have the index of the cohort.
        final: The same for the practitioners' bands.
        by: Columns to group by; each is taken by itself. A missing group is a group of its own.
            Blanks around a text make no other group; capitals do, and `cautions` says so.
            Where a column is a field, ``M`` and ``male`` are one group.
        scale: The bands, lowest first, or the id of a built-in band table; needed where neither
            column is a BandArray or says the order of its labels, as an ordered categorical does.
        confidence: Of the Wilson intervals.
        outcome: Column of outcomes, as for `riskbands.outcome_counts`. Then the result says what
            became of the cases by direction of the override. That cannot show an override to have
            been wrong: supervision follows the final band, and an override for serious harm is
            about another outcome.
        rename: Other names of columns, by name: ``{"Final band": "final", "Gender": "sex"}``; or
            what `riskbands.suggest_columns` suggested. A column is found by either name, and is
            reported under the new one.
        spellings: Labels of the scale by how the columns write them: ``{"V High": "Very High"}``.
            No other spelling is taken for a label.

    Returns:
        Counts and rates. A case with a missing or not applicable band is in none of them; how
        many there are is told.

    Raises:
        InputError: Columns of different lengths, a Series of pandas with another index, bands of
            two scales, no scale, or a label that is not of the scale (the message names the row).
        UnknownNameError: There is no such column, or ``spellings`` leads to no label.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.

    Examples:
        >>> from riskbands.bands.scale import BandScale
        >>> scale = BandScale("demo", ("Low", "Medium", "High"))
        >>> found = overrides(
        ...     {
        ...         "computed": ["Low", "Low", "High", None],
        ...         "final": ["Low", "High", "Medium", "Low"],
        ...     },
        ...     scale=scale,
        ... )
        >>> found
        <Overrides of demo: 3 cases, 1 upward, 1 downward>
        >>> found.left_out["computed_missing"]
        1
    """
    check_confidence(confidence)
    beside = {
        name: column
        for name, column in (("computed", computed), ("final", final))
        if not isinstance(column, str)
    }
    check_order({"the cohort": cohort, **beside})
    given = cohort
    if not isinstance(cohort, Mapping):
        from riskbands.cohorts.frames import open_frame

        cohort = open_frame(cohort)
    new_name = dict(getattr(rename, "rename", rename) or {})
    for label in new_name:
        column_of(cohort, label, "rename", {})
    old_name = {name: label for label, name in new_name.items()}
    before, after = (
        column_of(cohort, given, which, old_name)
        for given, which in ((computed, "computed"), (final, "final"))
    )
    chosen = scale_of(before, after, scale)
    spelt = spelt_labels(chosen, spellings or {})
    x, y = codes_of(before, chosen, spelt, "computed"), codes_of(after, chosen, spelt, "final")
    names = [new_name.get(n, n) for n in ((by,) if isinstance(by, str) else by)]
    groups = {
        name: group_texts(name, values_of(column_of(cohort, name, "by", old_name)))
        for name in names
    }
    for name, column in {"final": y, **groups}.items():
        check_length(name, column, len(x), "the computed bands")
    both = (x >= 0) & (y >= 0)
    size = len(chosen.labels)
    pairs = x[both].astype(np.int64) * size + y[both]
    counts = np.bincount(pairs, minlength=size * size).reshape(size, size)
    counts.flags.writeable = False
    everyone = np.ones(len(x), dtype=np.bool_)
    rates = [_rates((_EVERYONE, ""), everyone, both, x, y, confidence)]
    for name, column in groups.items():
        values, place = np.unique(column, return_inverse=True)
        rates += [
            _rates((name, str(value)), place == i, both, x, y, confidence)
            for i, value in enumerate(values)
        ]
    absent = (x == NOT_APPLICABLE_CODE) | (y == NOT_APPLICABLE_CODE)
    left_out = {
        "computed_missing": int(((x == MISSING_CODE) & ~absent).sum()),
        "final_missing": int(((y == MISSING_CODE) & (x >= 0)).sum()),
        "not_applicable": int(absent.sum()),
    }
    followed: tuple[OverrideOutcome, ...] = ()
    if outcome is not None:
        found = outcomes_of(Table(given), old_name.get(outcome, outcome))
        check_length(outcome, found, len(x), "the computed bands")
        left_out["outcome_missing"] = int((both & (found > 1)).sum())
        followed = _outcomes(chosen, x, y, found, both, confidence)
    return Overrides(chosen, counts, tuple(rates), left_out, confidence, followed)


def _outcomes(
    scale: BandScale,
    x: NDArray[np.int8],
    y: NDArray[np.int8],
    outcomes: NDArray[np.int8],
    both: NDArray[np.bool_],
    confidence: float,
) -> tuple[OverrideOutcome, ...]:
    """Outcomes by computed band and direction, then of all bands together."""
    known = both & (outcomes <= 1)
    rank, moved, hit = x[known].astype(np.int64), np.sign(y[known] - x[known]), outcomes[known]
    size = len(scale.labels)
    cells = np.bincount((rank * 3 + moved + 1) * 2 + hit, minlength=size * 6).reshape(size, 3, 2)
    return tuple(
        OverrideOutcome(
            label, direction, int(c.sum()), int(c[1]),
            proportion(int(c[1]), int(c.sum()), confidence, nobody="no such case"),
        )
        for label, by_direction in [*zip(scale.labels, cells, strict=True), ("all", cells.sum(0))]
        for direction, c in zip(("downward", "none", "upward"), by_direction, strict=True)
    )  # fmt: skip


def _rates(
    group: tuple[str, str],
    inside: NDArray[np.bool_],
    both: NDArray[np.bool_],
    x: NDArray[np.int8],
    y: NDArray[np.int8],
    confidence: float,
) -> OverrideRate:
    counted = inside & both
    n = int(counted.sum())
    return OverrideRate(
        group,
        n,
        _rate(int((counted & (y > x)).sum()), n, confidence),
        _rate(int((counted & (y < x)).sum()), n, confidence),
        int(inside.sum()) - n,
    )


def _rate(count: int, n: int, confidence: float) -> Rate:
    low, high = wilson_interval(count, n, confidence)
    return Rate(count, n, count / n if n else None, low, high)
