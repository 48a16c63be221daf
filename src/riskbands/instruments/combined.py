"""A sum of the percentages of other predictors."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from riskbands.arithmetic.percent import Percent
from riskbands.arithmetic.truth import both, either, negate, some, where, wide
from riskbands.errors import TableError
from riskbands.instruments.gated import Gated, held
from riskbands.instruments.layout import Addition, Entry, Section
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.predictor import Predictor
from riskbands.scorecards.contribution import Contribution
from riskbands.scorecards.explanation import Explanation
from riskbands.scorecards.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation, Truth
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.score import Score
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["Combined"]

S = TypeVar("S", bound="Combined")


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Combined(Gated):
    """A sum of the percentages of its components, each rounded first, up to a limit.

    The first component that has two forms gives the form.

    Attributes:
        parts: The components.
        added_by: What features add to the sum.
    """

    parts: tuple[Predictor, ...]
    added_by: tuple[Addition, ...] = ()

    @property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return self.parts

    @property
    def additions(self) -> tuple[Addition, ...]:
        """What features add to the sum."""
        return self.added_by

    @property
    def shows_components(self) -> bool:
        """Whether results of the components stand beside its own."""
        return True

    @cached_property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return any(p.has_forms for p in self.parts)

    @property
    def has_table(self) -> bool:
        """Whether all its components have numbers to score with."""
        return all(p.has_table for p in self.parts)

    @cached_property
    def added_features(self) -> tuple[str, ...]:
        """Features that add to the sum."""
        return tuple(a.feature for a in self.additions)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        inner = tuple(f for p in self.parts for f in p.features)
        return tuple(dict.fromkeys((*self.gate_features, *inner, *self._own_features)))

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features its components cannot do without."""
        inner = tuple(f for p in self.parts for f in p.needed_features)
        return tuple(dict.fromkeys((*self.gate_features, *inner, *self._own_features)))

    @property
    def _needed_where_it_applies(self) -> tuple[str, ...]:
        inner = (f for p in self.parts for f in p.needed_of_all)
        return tuple(dict.fromkeys((*self.gate_features, *inner, *self._own_features)))

    @cached_property
    def _own_features(self) -> tuple[str, ...]:
        return (*self.added_features, *self.required)

    @property
    def checked_features(self) -> tuple[str, ...]:
        """Features its checks, and the rule that lowers its band, read beside its own."""
        lowering = () if self.reduction is None else self.reduction.features
        return tuple(dict.fromkeys((*super().checked_features, *lowering)))

    @cached_property
    def table(self) -> CoefficientTable:
        """Its own table if it has one, else that of the first component, which gives the form."""
        return self.parts[0].table if self._table is None else super().table

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """Its own table if it has one, and those of the components, each once."""
        own = () if self._table is None else (self.table,)
        inner = (t for p in self.parts for t in p.tables)
        return tuple({t.id: t for t in (*own, *inner)}.values())

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it and its components read of their coefficient tables."""
        own = [
            Section(
                name=a.section,
                entries=(Entry(a.key, a.about),),
                limits=self.limits,
                unit=self.unit,
                table=self._table_of(a) if self.has_table else None,
            )
            for a in self.additions
        ]
        return (*(s for p in self.parts for s in p.sections), *own)

    def _table_of(self, addition: Addition) -> CoefficientTable:
        return self.table if addition.part is None else self.parts[addition.part].table

    @cached_property
    def added(self) -> tuple[float, ...]:
        """The probability of each addition."""
        return tuple(map(float, self._added_exactly))

    @cached_property
    def _added_exactly(self) -> tuple[Fraction, ...]:
        """The same as their tables have it."""
        read: dict[tuple[int | None, str | None], Numbers] = {}
        found = []
        for a in self.additions:
            place = (a.part, a.section)
            if place not in read:
                read[place] = Numbers(self._table_of(a), a.section)
            read[place].probability(a.key)
            found.append(read[place].fraction(a.key))
        for numbers in read.values():
            numbers.check()
        return tuple(found)

    @cached_property
    def _added_units(self) -> tuple[int, ...]:
        """The percentage of each addition, in units of the last digit of the sum."""
        rule = Percent.HUNDREDTHS if self.rule.digits else Percent.WHOLE
        found = []
        for a, p in zip(self.additions, self._added_exactly, strict=True):
            own = self.exact and a.part is None
            found.append((rule.exact_units(p) if own else rule.units(float(p))) if p else 0)
        return tuple(found)

    def _accepting(self: S, table: CoefficientTable) -> S:
        if self._table is not None and self.id in table.predictor:
            return super()._accepting(table)
        parts = tuple(p._accepting(table) if p.id in table.predictor else p for p in self.parts)
        if parts == self.parts:
            raise TableError(
                f"{table.id} is a table for {', '.join(table.predictor)}; the components of "
                f"{self.id} are {', '.join(p.id for p in self.parts)}"
            )
        changed = attrs.evolve(self, parts=parts, declaration="")
        changed.prepare()
        return changed

    def with_components(self: S, *components: Predictor) -> S:
        """This predictor with other components, e.g. ``osp_c`` and ``osp_i`` for RSR.

        Args:
            components: Predictors; one with the id of a component replaces it. To change which
                instruments are summed, give all three in order.
        """
        by_id = {p.id: p for p in components}
        if set(by_id) <= {p.id for p in self.parts}:
            parts = tuple(by_id.get(p.id, p) for p in self.parts)
        elif len(components) == len(self.parts):
            parts = components
        else:
            raise TableError(f"{self.id} needs {len(self.parts)} components")
        return attrs.evolve(self, parts=parts, declaration="")

    def prepare(self) -> None:
        """Compile the tables now.

        Raises:
            TableError: A coefficient table does not fit; or a component has no percentage of a
                horizon, or one of more digits than the sum.
        """
        for part in self.parts:
            part.prepare()
            lacking = [h for h in self.horizons if h not in part.horizons]
            if lacking:
                raise TableError(f"{part.id} has no percentage of {', '.join(lacking)} to add")
            if part.rule.digits > self.rule.digits:
                raise TableError(
                    f"{part.id} has a percentage of {part.rule.text}, and the sum has "
                    f"{self.rule.text}: give the sum the rounding hundredths"
                )
        self.added  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        applies: Truth = True
        if self.gate is None:
            ok, issues = self._ready(derivation, self._own_features)
        else:
            ok, issues, applies = self._gated(derivation, self._own_features)
        inner = [p.outcome(derivation, form) for p in self.parts]
        for part in inner:
            if part.issues:
                issues = derivation.joined(issues, held(part.issues, applies))
            there = part.ok
            ok = both(ok, there if applies is True else either(negate(applies), there))
        first = next((o for o in inner if o.extended is not None), inner[0])
        outcome = Outcome(ok, issues, list(first.information), applies, extended=first.extended)
        if self.reduction is not None:
            outcome.reduced = False
        if not some(ok):
            return outcome
        if some(applies):
            self._add(derivation, inner, outcome)
        else:
            outcome.units = dict.fromkeys(self.horizons, 0)
            outcome.p = dict.fromkeys(self.horizons, 0.0)
        self._band(outcome)
        if self.reduction is not None:
            self.reduction.apply(derivation, outcome)
        outcome.mask_not_applicable()
        return outcome

    def _add(self, derivation: Derivation, inner: list[Outcome], outcome: Outcome) -> None:
        # not products, which could leave the narrow dtype of a block's features
        units: Any = 0
        p: Any = 0.0
        for feature, own, added in zip(
            self.added_features, self._added_units, self.added, strict=True
        ):
            holds = derivation.value(feature)[0] == 1
            units = units + where(holds, own, 0)
            p = p + where(holds, added, 0.0)
        for h in self.horizons:
            total, probability = units, p
            for part, found in zip(self.parts, inner, strict=True):
                given = found.units.get(h, 0)
                if part.rule.digits < self.rule.digits:
                    given = wide(given) * 100
                total = total + given
                probability = probability + found.p.get(h, 0.0)
            over = total > self.rule.highest
            total = total - (total - self.rule.highest) * over
            if self.rule.lowest:
                under = total < self.rule.lowest
                total = total + (self.rule.lowest - total) * under
            outcome.units[h] = total
            outcome.p[h] = where(probability > 1.0, 1.0, probability)

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        if outcome.applies is not True:
            return {}
        return {name: derivation.value(name)[0] for name in self.added_features}

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """The percentage of each component, what features add, and the limit where it is met."""
        assert horizon is not None
        found = []
        unit = 10**self.rule.digits
        percent = score.percent.get(horizon)
        over = -round((percent or 0) * unit)
        for part in self.parts if score.applies else ():
            inner = score.components[part.id]
            amount = inner.percent.get(horizon, 0)
            over += round(amount * unit)
            text = "" if inner.applies else "not applicable"
            found.append(Contribution(part.id, {}, float(amount), text))
        added = zip(self.additions, self._added_units, strict=True) if score.applies else ()
        for addition, units in added:
            value = score.values[addition.feature]
            over += units * value
            text = self.vocabulary.feature(addition.feature).describe(value)
            values = {addition.feature: value}
            found.append(Contribution(addition.name, values, units * value / unit, text))
        if over > 0:
            highest = self.rule.of_units(self.rule.highest)
            found.append(Contribution("limit", {}, -over / unit, f"at most {highest} is reported"))
        elif over < 0:
            lowest = self.rule.of_units(self.rule.lowest)
            found.append(Contribution("limit", {}, -over / unit, f"at least {lowest} is reported"))
        parts = [score.components[p.id] for p in self.parts]
        return Explanation(
            self.id,
            horizon,
            self.unit,
            tuple(found),
            float(percent or 0),
            score.probability.get(horizon),
            percent,
            tuple(part.explain(horizon) for part in parts if part.ok),
            applies=score.applies,
        )
