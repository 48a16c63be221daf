"""A points scale: whole points that add up, and a logistic link from points to probability."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import attrs
import numpy as np

from riskbands._frozen import FrozenDict, frozen
from riskbands.arithmetic.truth import both, either, negate, some, take
from riskbands.errors import TableError
from riskbands.instruments.gated import held
from riskbands.instruments.layout import Entry, Section, intercepts
from riskbands.instruments.limits import check_reach
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.summed import OneScorecard
from riskbands.scorecards.compiled import MOST_POINTS, compile_tables
from riskbands.scorecards.contribution import contributions
from riskbands.scorecards.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation, Found, Truth
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.score import Score
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.scorecards.compiled import JointTable
    from riskbands.scorecards.contribution import Contribution

__all__ = ["PointsScale"]

P = TypeVar("P", bound="PointsScale")


@attrs.frozen(eq=False)
class _Compiled:
    """Joint tables of points, and what each number of points stands for.

    Attributes:
        tables: The joint tables.
        p: Probability of each number of points from 0, by horizon.
        units: Percentage of each number of points from 0, by horizon, in units of its last digit.
    """

    tables: tuple[JointTable, ...]
    p: Mapping[str, NDArray[np.float64]]
    units: Mapping[str, NDArray[np.int64]]


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class PointsScale(OneScorecard):
    """Whole points that add up, and a logistic link from points to probability.

    An instrument without horizons has points and no probability. Its one form is the scorecard.

    Attributes:
        reads: Other predictors' percentages used as features: ``{"ogrs3_2yr": (ogrs3, "2yr")}``.
        zero_points: Whether the table has a probability of its own for 0 points.
    """

    reads: Mapping[str, tuple[Predictor, Horizon]] = attrs.field(
        factory=FrozenDict, converter=frozen
    )
    zero_points: bool = False

    unit: ClassVar[str] = "points"

    @property
    def has_points(self) -> bool:
        """Whether the instrument has points."""
        return True

    @cached_property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return tuple(dict.fromkeys(p for p, _ in self.reads.values()))

    @cached_property
    def own_features(self) -> tuple[str, ...]:
        """Features of its scorecard that are no other predictor's percentage."""
        return tuple(f for f in self.form.features if f not in self.reads)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        inner = tuple(f for p in self.components for f in p.features)
        return tuple(
            dict.fromkeys((*self.gate_features, *inner, *self.own_features, *self.required))
        )

    @property
    def _needed_where_it_applies(self) -> tuple[str, ...]:
        inner = (f for p in self.components for f in p.needed_of_all)
        own = (*self.gate_features, *self.own_features, *self.required)
        return tuple(dict.fromkeys((*own, *inner)))

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """Its own table, and those of the predictors it reads."""
        inner = [t for p in self.components for t in p.tables]
        return tuple({t.id: t for t in (self.table, *inner)}.values())

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient table."""
        entries = [*intercepts(self.horizons)]
        if self.horizons:
            entries.append(Entry("slope", "slope: log-odds for each point"))
        if self.zero_points:
            entries.append(Entry("zero_points_probability", "probability at 0 points"))
        return self._sections(entries)

    def _accepting(self: P, table: CoefficientTable) -> P:
        if self.id in table.predictor:
            return super()._accepting(table)
        reads = {
            name: (p._accepting(table) if p.id in table.predictor else p, h)
            for name, (p, h) in self.reads.items()
        }
        if reads == self.reads:
            return super()._accepting(table)
        return attrs.evolve(self, reads=reads, declaration="")

    def with_components(self: P, *components: Predictor) -> P:
        """This predictor reading other versions of its components, matched by id."""
        by_id = {p.id: p for p in components}
        reads = {n: (by_id.get(p.id, p), h) for n, (p, h) in self.reads.items()}
        return attrs.evolve(self, reads=reads, declaration="")

    @cached_property
    def _compiled(self) -> _Compiled:
        numbers = self.numbers
        tables = compile_tables(
            self.form.terms,
            numbers,
            self.form.groups,
            self.limits,
            self.vocabulary,
            points=True,
        )
        lowest = sum(int(t.entries.min()) for t in tables)
        highest = sum(int(t.entries.max()) for t in tables)
        if lowest < 0:
            raise TableError(f"{self.table.id}: points add up to {lowest}, below 0")
        if highest > MOST_POINTS:
            raise TableError(f"{self.table.id}: points add up to {highest}, above {MOST_POINTS}")
        slope = numbers.number("slope") if self.horizons else 0.0
        p: dict[str, NDArray[np.float64]] = {}
        units: dict[str, NDArray[np.int64]] = {}
        for h in self.horizons:
            intercept = numbers.number(f"intercept_{h}")
            check_reach(self.table, abs(slope) * highest + abs(intercept))
            by_points = [
                1.0 / (1.0 + math.exp(-(slope * k + intercept))) for k in range(highest + 1)
            ]
            if self.zero_points:
                by_points[0] = numbers.probability("zero_points_probability")
            p[h] = np.array(by_points)
            units[h] = np.array([self.rule.units(v) for v in by_points], dtype=np.int64)
            if self.zero_points:
                units[h][0] = self._units_of(numbers.fraction("zero_points_probability"))
        numbers.check()
        return _Compiled(tables, p, units)

    @property
    def reach(self) -> tuple[int, int]:
        """The least and the greatest points that add up."""
        ends = [(int(t.entries.min()), int(t.entries.max())) for t in self._joint_tables]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    @property
    def _joint_tables(self) -> tuple[JointTable, ...]:
        return self._compiled.tables

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    def _value(self, derivation: Derivation) -> Callable[[str], Any]:
        """Reads values of features, and percentages of other predictors."""
        if not self.reads:
            return derivation.sure

        def value(name: str) -> Any:
            if name in self.reads:
                predictor, horizon = self.reads[name]
                return predictor.outcome(derivation).units[horizon]
            return derivation.sure(name)

        return value

    def _with_read(
        self, derivation: Derivation, ok: Truth, issues: list[Found], applies: Truth
    ) -> tuple[Truth, list[Found], Truth]:
        """The same with what withholds the percentages it reads."""
        for component in self.components:
            inner = component.outcome(derivation)
            there = inner.ok
            ok = both(ok, there if applies is True else either(negate(applies), there))
            if inner.issues:
                issues = derivation.joined(issues, held(inner.issues, applies))
        return ok, issues, applies

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._with_read(
            derivation, *self._gated(derivation, self.own_features, self._limits_checked)
        )
        outcome = Outcome(ok, issues, applies=applies)
        if self.reduction is not None:
            outcome.reduced = False
        if not some(ok):
            return outcome
        compiled = self._compiled
        value = self._value(derivation)
        points: Any = 0
        if derivation.sums is not None:
            points = derivation.sums.points(self, value)
        elif some(applies):
            for table in compiled.tables:
                points = points + table.read(value, derivation.one)
        outcome.points = points
        for h in self.horizons:
            outcome.p[h] = take(compiled.p[h], points)
            outcome.units[h] = take(compiled.units[h], points)
        return self._finished(derivation, outcome)

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        if outcome.applies is not True:
            return {}
        value = self._value(derivation)
        return {name: value(name) for name in self.form.features}

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """Each term, in points, and the explanations of the predictors it reads."""
        found: tuple[Contribution, ...] = ()
        if score.applies:
            read = score.values.__getitem__
            found = contributions(self.form.terms, self.numbers, read, self.vocabulary)
        return Explanation(
            self.id,
            horizon or "",
            self.unit,
            found,
            math.fsum(c.amount for c in found),
            score.probability.get(horizon) if horizon else None,
            score.percent.get(horizon) if horizon else None,
            tuple(score.components[p.id].explain(h) for p, h in self.reads.values()),
            applies=score.applies,
        )
