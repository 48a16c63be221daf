"""Bands as intervals of a score: the rule that gives a score its label, exactly.

The score is rounded first where the instrument rounds. The rounding is worked into the edges when
the scale is made: at run time a score is only compared.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias, cast, overload

import attrs
import numpy as np

from riskbands.bands import line
from riskbands.bands.classifier import Classifier, as_number, is_row, is_whole
from riskbands.bands.codes import MISSING_CODE, REFUSED_CODE
from riskbands.bands.intervals import INFINITY, Closed, Cut, Exact, Interval, Rounding
from riskbands.bands.parts import (
    Gap,
    Policy,
    Region,
    Unit,
    as_gaps,
    as_intervals,
    as_policy,
    as_unit,
)
from riskbands.bands.scale import Band, BandScale
from riskbands.bands.series import SeriesT, as_series, is_series
from riskbands.errors import BandError, InputError, Issue, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from riskbands.bands.array import BandArray
    from riskbands.bands.sql import DialectName

__all__ = ["IntervalScale", "Number", "Refused", "Row"]

Refused: TypeAlias = Literal["raise", "missing"]
#: One score, in any form that is compared at its exact value.
Number: TypeAlias = float | Exact | np.number[Any]
#: Many scores.
Row: TypeAlias = "Sequence[Number | None] | NDArray[Any]"

_SCORES: Final = {
    Unit.PERCENT: "percentages",
    Unit.PROBABILITY: "probabilities, not percentages",
}
_CODES: Final = {Policy.RAISE: REFUSED_CODE, Policy.NONE: MISSING_CODE}


@attrs.frozen(kw_only=True, eq=False, repr=False)
class IntervalScale(BandScale):
    """A scale whose bands are intervals of a score; `BandTable` says where it comes from.

    Attributes:
        intervals: The scores of each band, after rounding; rising, without overlap, and without
            a hole that ``gaps`` does not declare.
        gaps: Holes that are known of.
        rounding: How a score is rounded before banding, or None.
        below: What a score below the first interval gets (minus infinity is always below).
        above: What a score above the last interval gets (infinity is always above; so is a
            percentage above 100 or a probability above 1, although the last interval may have no
            upper limit).
        missing: What a missing score gets: ``none`` or ``raise``, never a band.
        unit: What the score is counted in.

    Raises:
        TableError: The intervals are out of order, overlap, or leave an undeclared hole.
    """

    intervals: tuple[Interval, ...] = attrs.field(converter=as_intervals)
    gaps: tuple[Gap, ...] = attrs.field(default=(), converter=as_gaps)
    rounding: Rounding | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(Rounding))
    )
    below: Policy = attrs.field(default=Policy.RAISE, converter=as_policy)
    above: Policy = attrs.field(default=Policy.RAISE, converter=as_policy)
    missing: Policy = attrs.field(default=Policy.NONE, converter=as_policy)
    unit: Unit = attrs.field(default=Unit.PERCENT, converter=as_unit)
    _pieces: tuple[line.Piece, ...] = attrs.field(init=False, eq=False)
    _classifier: Classifier = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.missing is Policy.CLAMP:
            raise TableError(f"{self.id}: missing is 'none' or 'raise'; missing is never a band")
        pieces = line.in_order(self.id, self.labels, self.intervals, self.gaps)
        if self.unit is Unit.PROBABILITY and self.intervals[-1].lower > 1:
            raise TableError(
                f"{self.id}: {self.labels[-1]!r} {self.intervals[-1]} holds no probability, which "
                "is from 0 to 1: give unit='percent' for edges in percent"
            )
        if self.unit.most is not None:
            pieces = line.up_to(self.unit.most, pieces)
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_classifier", self._compile())

    def _check_names(self, id_: object, labels: tuple[object, ...]) -> None:
        super()._check_names(id_, labels)
        if len(self.intervals) != len(labels):
            raise TableError(
                f"{self.id}: {len(labels)} labels need as many intervals, not {len(self.intervals)}"
            )

    def _deciding(self) -> dict[str, object]:
        return {
            "labels": self.labels,
            "intervals": list(map(str, self.intervals)),
            "gaps": sorted((str(gap.interval), gap.values.value) for gap in self.gaps),
            "rounding": str(self.rounding),
            "policies": [policy.value for policy in (self.below, self.above, self.missing)],
            "unit": self.unit.value,
        }

    def _make_bands(self) -> tuple[Band, ...]:
        ranks = enumerate(zip(self.labels, self.intervals, strict=True))
        return tuple(Band(rank, label, self, interval) for rank, (label, interval) in ranks)

    def _compile(self) -> Classifier:
        ranks = iter(range(len(self.labels)))
        outcomes = (
            0 if self.below is Policy.CLAMP else _CODES[self.below],
            *(_CODES[gap.values] if gap else next(ranks) for _, gap in self._pieces),
            len(self.labels) - 1 if self.above is Policy.CLAMP else _CODES[self.above],
            _CODES[self.missing],
        )
        cuts = line.exact_cuts(self.id, self._pieces, self.rounding)
        return Classifier(cuts, outcomes, whole=self.wants_whole)

    @property
    def wants_whole(self) -> bool:
        """Whether scores must be whole numbers: points, under a table that does not round."""
        return self.unit is Unit.POINTS and self.rounding is None

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """Every end of an interval once, rising; infinite where the table is unbounded."""
        return tuple(sorted({end for i in self.intervals for end in (i.lower, i.upper)}))

    @property
    def closed(self) -> Closed | None:
        """Which side owns the edges between bands; None where they differ, or there is none."""
        sides = {i.closed.lower for i in self.intervals[1:]}
        sides |= {not i.closed.upper for i in self.intervals[:-1]}
        if len(sides) != 1:
            return None
        return Closed.LOWER if sides.pop() else Closed.UPPER

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The rounding and the closed sides as doubles, rising.

        A double ``x`` is in band or gap ``i`` (in the order of the line) exactly when
        ``thresholds[i] <= x < thresholds[i + 1]``.
        """
        return np.array(self._classifier.doubles)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The whole line, infinities included: below the table, its bands and gaps, above it."""
        lines = [
            pairwise([Cut(-INFINITY, True), *cuts, Cut(INFINITY, False)])
            for cuts in (self._classifier.cuts, line.stated_cuts(self._pieces))
        ]
        return tuple(
            Region(
                start=start,
                end=end,
                stated=stated,
                band=self.bands[code] if code >= 0 else None,
                refused=code == REFUSED_CODE,
            )
            for (start, end), stated, code in zip(
                *lines, self._classifier.outcomes[:-1], strict=True
            )
        )

    @overload
    def classify(self, x: Number | None, *, refused: Refused = ...) -> Band | None: ...
    @overload
    def classify(self, x: SeriesT, *, refused: Refused = ...) -> SeriesT: ...
    @overload
    def classify(self, x: Row, *, refused: Refused = ...) -> BandArray: ...
    def classify(self, x: Any, *, refused: Refused = "raise") -> Any:
        """The band of a score, or the bands of many.

        Args:
            x: A number (float, int, Decimal, Fraction, NumPy scalar), taken at its exact value;
                a missing value (None, NaN, a masked element, ``pandas.NA``); or a row of them: an
                array, masked array, list, tuple, or anything with ``__array__``; or a Series.
            refused: ``"raise"``, or ``"missing"`` to give no band where this table would raise.

        Returns:
            A Band, or None for a missing value; a BandArray for a row of scores; for a Series of
            pandas or Polars one of ordered labels, with its name (and index).

        Raises:
            InputError: A value has no band here (out of range, in a gap, no whole number of
                points, or missing where the
                table says ``raise``); the message names the row and the rule.
            BandError: Not a number: bool, text, date, complex.
        """
        if is_row(x):
            codes = self.codes(x, refused=refused)
            if codes.ndim != 1:
                raise BandError("classify takes one row of scores; codes takes any shape")
            from riskbands.bands.array import BandArray

            bands = BandArray(codes, self)
            return as_series(bands, x) if is_series(x) else bands
        if refused != "raise":
            _gives_missing(refused)  # a word that is neither is told at once
        number = as_number(x)
        code = self._classifier.code(number)
        if code >= 0:
            return self.bands[code]
        if code == REFUSED_CODE and refused == "raise":
            self._refuse("the score", number)
        return None

    def codes(self, values: Row | Number | None, *, refused: Refused = "raise") -> NDArray[np.int8]:
        """Ranks for an array of scores: the fast door.

        Args:
            values: Scores of any shape: an array of floats or whole numbers, or whatever
                `classify` takes as a row.
            refused: As for `classify`.

        Returns:
            int8 array of the same shape: the rank of each band, -1 where missing.

        Raises:
            InputError: As for `classify`; nothing is returned for the other rows.
            BandError: As for `classify`.
        """
        lenient = _gives_missing(refused)
        codes = self._classifier.codes(values)
        if codes.size and int(codes.min()) == REFUSED_CODE:
            bad = codes == REFUSED_CODE
            if not lenient:
                first = int(np.flatnonzero(bad)[0])
                flat: Any = values
                if not isinstance(values, list | tuple):
                    flat = np.ma.ravel(cast("NDArray[Any]", values))
                more = int(np.count_nonzero(bad)) - 1
                others = f" (and {more} more)" if more else ""
                self._refuse(f"row {first}{others}, counted from 0,", as_number(flat[first]))
            codes[bad] = MISSING_CODE
        return codes

    def _refuse(self, who: str, number: float | Exact | None) -> NoReturn:
        place = None if number is None else self._classifier.place(number)
        if place is None:
            code, why = "missing", f"is missing, which {self.id} does not allow"
        elif place == 0:
            code, why = "out_of_range", f"lies below {self.id}, which starts at {self.intervals[0]}"
        elif place > len(self._pieces):
            last, most = self.intervals[-1], self.unit.most
            code, why = "out_of_range", f"lies above {self.id}, which ends at {last}"
            if most is not None and last.lower <= most and not last.upper.is_finite():
                why = f"lies above {most}: {self.id} bands {_SCORES[self.unit]}"
        elif number is not None and self.wants_whole and not is_whole(number):
            code, why = "not_whole", f"is no whole number: {self.id} bands points"
        else:
            interval, gap = self._pieces[place - 1]
            reason = gap.reason if gap else ""
            code, why = "in_gap", f"lies in the gap {interval} of {self.id}: {reason}"
        raise InputError(
            Issue(code, (), f"{who} {why}; correct it, or pass refused='missing' for no band")
        )

    def to_sql(
        self, column: str, dialect: DialectName = "duckdb", *, refused: str | None = None
    ) -> str:
        """The table as a CASE expression; see `riskbands.bands.sql.band_case`."""
        from riskbands.bands.sql import band_case

        steps = [
            (region.end.first_double(), region.band.label if region.band else None, region.refused)
            for region in self.regions
        ]
        return band_case(steps, column, dialect, refused=refused, whole=self.wants_whole)


def _gives_missing(refused: str) -> bool:
    if refused not in ("raise", "missing"):
        raise UnknownNameError("choice for refused", str(refused), ("raise", "missing"))
    return refused == "missing"
