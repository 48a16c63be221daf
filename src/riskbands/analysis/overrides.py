"""Overrides in a cohort: where practitioners departed from the computed band, and how often.

Counts and rates, nothing more: a rate that differs between groups is a reason to look, not a
finding. A missing band is never counted as a band.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs
import numpy as np

from riskbands.bands.array import BandArray
from riskbands.bands.builtin import as_bands
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.scale import NOT_APPLICABLE, Band, BandScale
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.vocabulary.fields import is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskbands.cohorts.frames import Frame

__all__ = ["OverrideRate", "Overrides", "Rate", "overrides", "wilson_interval"]

_EVERYONE: Final = "everyone"


def wilson_interval(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of Wilson (1927) for a proportion.

    Args:
        count: How many of ``n``.
        n: How many altogether; with 0 nothing is known, and the interval is 0 to 1.
        confidence: Between 0 and 1.

    Returns:
        Lower and upper limit, proportions from 0 to 1.

    Raises:
        InputError: ``count`` is not from 0 to ``n``, or the confidence not between 0 and 1.

    Example:
        >>> low, high = wilson_interval(10, 100)
        >>> round(low, 4), round(high, 4)
        (0.0552, 0.1744)
    """
    if not 0.0 < confidence < 1.0:
        raise InputError(Issue("out_of_range", (), "confidence must lie between 0 and 1"))
    if not 0 <= count <= n:
        raise InputError(Issue("out_of_range", (), "count must be from 0 to n"))
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    share = count / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    low = 0.0 if count == 0 else (centre - spread) / below
    high = 1.0 if count == n else (centre + spread) / below
    return low, high


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
    """

    scale: BandScale
    counts: NDArray[np.int64]
    rates: tuple[OverrideRate, ...]
    left_out: Mapping[str, int]
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values for JSON."""
        return {
            "scale": self.scale.id,
            "labels": list(self.scale.labels),
            "counts": self.counts.tolist(),
            "rates": [attrs.asdict(rate) for rate in self.rates],
            "left_out": dict(self.left_out),
            "confidence": self.confidence,
        }

    def __repr__(self) -> str:
        everyone = self.rates[0]
        return (
            f"<Overrides of {self.scale.id}: {everyone.n} cases, "
            f"{everyone.upward.count} upward, {everyone.downward.count} downward>"
        )

    def __str__(self) -> str:
        return "\n\n".join(
            "\n".join(_aligned([head, *rows])) for head, rows in (self._crosstab(), self._groups())
        )

    def _repr_html_(self) -> str:
        return "".join(_html(head, rows) for head, rows in (self._crosstab(), self._groups()))

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
) -> Overrides:
    """Cross-tabulate computed against final bands, with override rates by group.

    Args:
        cohort: Columns by name, all of one length; or, with the ``[dataframe]`` extra, a table as
            for `riskbands.score_cohort`.
        computed: Name of the column of computed bands, or the column itself: a
            `BandArray` (such as ``rsr_band`` of a scored cohort) or labels.
        final: The same for the practitioners' bands.
        by: Columns to group by; each is taken by itself. A missing group is a group of its own.
        scale: The bands, lowest first, or the id of a built-in band table; needed where neither
            column is a BandArray.
        confidence: Of the Wilson intervals.

    Returns:
        Counts and rates. A case with a missing or not applicable band is in none of them; how
        many there are is told.

    Raises:
        InputError: Columns of different lengths, bands of two scales, no scale, or a label that
            is not of the scale (the message names the row).
        UnknownNameError: There is no such column.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.

    Example:
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
    if not isinstance(cohort, Mapping):
        from riskbands.cohorts.frames import open_frame

        cohort = open_frame(cohort)
    before, after = (
        _column(cohort, given, which) for given, which in ((computed, "computed"), (final, "final"))
    )
    chosen = _scale(before, after, scale)
    x, y = _codes(before, chosen, "computed"), _codes(after, chosen, "final")
    names = (by,) if isinstance(by, str) else tuple(by)
    groups = {name: _texts(_column(cohort, name, "by")) for name in names}
    for name, column in {"final": y, **groups}.items():
        if len(column) != len(x):
            raise InputError(
                Issue(
                    "unequal_lengths",
                    (name,),
                    f"column {name} has {len(column)} rows and the computed bands {len(x)}",
                )
            )
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
    return Overrides(chosen, counts, tuple(rates), left_out, confidence)


def _column(cohort: Mapping[str, Any] | Frame, given: Any, which: str) -> Any:
    if not isinstance(given, str):
        return given
    if isinstance(cohort, Mapping):
        names, column = [*map(str, cohort)], cohort.get(given)
    else:
        place = cohort.place_of(given)
        names, column = [*map(str, cohort.labels)], None if place is None else cohort.column(place)
    if column is None:
        raise UnknownNameError(f"column for {which}", given, names)
    return column


def _scale(before: Any, after: Any, scale: BandScale | str | None) -> BandScale:
    """The one scale that the columns and the argument agree on."""
    known = [c.scale for c in (before, after) if isinstance(c, BandArray)]
    if scale is not None:
        known.append(as_bands(scale) if isinstance(scale, str) else scale)
    if not known:
        raise InputError(
            Issue("missing", ("scale",), "give scale: the bands, lowest first, of these labels")
        )
    if not all(s.same_bands(known[0]) for s in known):
        _refuse_scales(*(s.id for s in known))
    return BandScale(known[0].id, known[0].labels)


def _refuse_scales(*names: str) -> NoReturn:
    raise InputError(
        Issue(
            "contradiction",
            ("scale",),
            f"computed and final bands are of different scales ({', '.join(dict.fromkeys(names))});"
            " the same name can mean other scores",
        )
    )


def _codes(column: Any, scale: BandScale, which: str) -> NDArray[np.int8]:
    if isinstance(column, BandArray):
        return column.codes
    known = {label: rank for rank, label in enumerate(scale.labels)}
    known[str(NOT_APPLICABLE)] = NOT_APPLICABLE_CODE
    values = _values(column)
    codes = np.full(len(values), MISSING_CODE, dtype=np.int8)
    for row, value in enumerate(values):
        if isinstance(value, Band) and value.table_id != scale.id:
            _refuse_scales(scale.id, value.table_id)
        code = None if value is None else known.get(str(value))
        if code is not None:
            codes[row] = code
        elif not is_missing(value):
            raise InputError(
                Issue(
                    "malformed",
                    (which,),
                    f"row {row}, counted from 0: {which} must be one of {', '.join(known)}, or "
                    "missing",
                )
            )
    return codes


def _values(column: Any) -> list[Any]:
    """The values of a column, None where one is masked."""
    if isinstance(column, np.ma.MaskedArray):
        return list(column.tolist())
    if hasattr(column, "to_pylist"):
        return list(column.to_pylist())
    return list(column.tolist() if hasattr(column, "tolist") else column)


def _texts(column: Any) -> NDArray[np.object_]:
    """The groups of a column as texts."""
    listed = ["missing" if v is None or is_missing(v) else str(v) for v in _values(column)]
    return np.array(listed, dtype=object)


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


def _aligned(rows: list[list[str]]) -> list[str]:
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text.ljust(w) for text, w in zip(row, wide, strict=True)).rstrip() for row in rows
    ]


def _html(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{html.escape(text)}</th>" for text in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
