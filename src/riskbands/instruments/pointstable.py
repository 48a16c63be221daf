"""Points that may be negative, and a table that says what each number of points stands for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic.truth import some, take, wide
from riskbands.bands.table import BandTable
from riskbands.errors import TableError
from riskbands.instruments.banding import Banding
from riskbands.instruments.layout import Entry, Section
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.points import PointsScale
from riskbands.scorecards.compiled import MOST_POINTS, compile_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation
    from riskbands.scorecards.compiled import JointTable

__all__ = ["PointsTable"]

#: Probabilities of one horizon at most.
_MOST_ENTRIES = 500_000


@attrs.frozen(eq=False)
class _Compiled:
    """Joint tables of points, the least points there are, and what each number stands for."""

    tables: tuple[JointTable, ...]
    lowest: int
    p: Mapping[Horizon, NDArray[np.float64]]
    units: Mapping[Horizon, NDArray[np.int64]]


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class PointsTable(PointsScale):
    """Points that add up, negative ones too, and a probability for each number of points.

    The table of an instrument with horizons has ``probability_<horizon>`` with ranges of points,
    as a `riskbands.scorecards.terms.Steps` has. Every number of points that can be reached must
    be in one of them. With ``by`` there is one for each category: ``probability_<horizon>/<name>``.

    Attributes:
        by: A feature whose categories have probabilities of their own, or None.
    """

    by: str | None = None

    @cached_property
    def own_features(self) -> tuple[str, ...]:
        """Features of its scorecard, and the one whose categories have probabilities."""
        own = () if self.by is None else (self.by,)
        scored = (f for f in self.form.features if f not in self.reads)
        return tuple(dict.fromkeys((*scored, *own)))

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient table."""
        by = () if self.by is None else self.vocabulary.feature(self.by).categories
        entries = tuple(
            Entry(
                f"probability_{h}",
                f"probability by range of points, horizon {h}",
                by=by,
                ranges="points",
            )
            for h in self.horizons
        )
        return self._sections(entries)

    @cached_property
    def banding(self) -> Banding | None:
        """Band codes of the points or of the percentage."""
        if not isinstance(self.bands, BandTable):
            return None
        return Banding(self.bands, self.rule, self._looked_up.lowest)

    @cached_property
    def _looked_up(self) -> _Compiled:
        numbers = self.numbers
        tables = compile_tables(
            self.form.terms, numbers, self.form.groups, self.limits, self.vocabulary, points=True
        )
        lowest = sum(int(t.entries.min()) for t in tables)
        highest = sum(int(t.entries.max()) for t in tables)
        if max(-lowest, highest) > MOST_POINTS:
            raise TableError(
                f"{self.table.id}: points add up to {lowest} or {highest}; at most {MOST_POINTS}"
            )
        categories = 1 if self.by is None else len(self.vocabulary.feature(self.by).categories)
        if categories * (highest - lowest + 1) > _MOST_ENTRIES:
            raise TableError(
                f"{self.table.id}: points from {lowest} to {highest} have too many probabilities "
                f"for each of {categories} categories"
            )
        p: dict[Horizon, NDArray[np.float64]] = {}
        units: dict[Horizon, NDArray[np.int64]] = {}
        for h in self.horizons:
            key = f"probability_{h}"
            keys = [key]
            if self.by is not None:
                keys = [f"{key}/{c}" for c in self.vocabulary.feature(self.by).categories]
            found = [self._by_points(k, lowest, highest) for k in keys]
            p[h] = np.concatenate([doubles for doubles, _ in found])
            units[h] = np.concatenate([of_each for _, of_each in found])
        numbers.check()
        return _Compiled(tables, lowest, p, units)

    def _by_points(
        self, key: str, lowest: int, highest: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The probability and the percentage of each number of points."""
        from riskbands.scorecards.terms import Steps, parse_range

        numbers, points = self.numbers, np.arange(lowest, highest + 1, dtype=np.int64)
        units = np.zeros(len(points), dtype=np.int64)
        for text in numbers.mapping(key):
            low, high = parse_range(text)
            if low <= high and (low > highest or high < lowest):
                raise TableError(
                    f"{self.table.id}: {key.replace('/', '.')} has the points {text}, which nobody "
                    f"can have: they add up to {lowest} at least and {highest} at most"
                )
            inside = (points >= low) & (points <= high)
            units[inside] = self._units_of(numbers.fraction(f"{key}/{text}"))
        x = {"points": points}
        found = Steps(name="probability", key=key, feature="points").weigh(numbers, x)
        if not ((found >= 0) & (found <= 1)).all():
            raise TableError(f"{self.table.id}: {key.replace('/', '.')} must lie between 0 and 1")
        return found, units

    @property
    def _joint_tables(self) -> tuple[JointTable, ...]:
        return self._looked_up.tables

    def prepare(self) -> None:
        """Compile the tables now."""
        self._looked_up  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._with_read(
            derivation, *self._gated(derivation, self.own_features, self._limits_checked)
        )
        outcome = Outcome(ok, issues, applies=applies)
        if self.reduction is not None:
            outcome.reduced = False
        if not some(ok):
            return outcome
        compiled = self._looked_up
        points: Any = compiled.lowest
        if derivation.sums is not None:
            points = derivation.sums.points(self, self._value(derivation))
        elif some(applies):
            points, value = 0, self._value(derivation)
            for table in compiled.tables:
                points = points + table.read(value, derivation.one)
        outcome.points = points
        place = points - compiled.lowest
        if self.by is not None and self.horizons and some(applies):
            count = len(self.vocabulary.feature(self.by).categories)
            step = len(compiled.p[self.horizons[0]]) // count
            place = place + wide(derivation.sure(self.by)) * step
        for h in self.horizons:
            outcome.p[h] = take(compiled.p[h], place)
            outcome.units[h] = take(compiled.units[h], place)
        return self._finished(derivation, outcome)
