"""A sum of the percentages of other predictors."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from riskbands.arithmetic.percent import Percent
from riskbands.arithmetic.truth import both, some, where
from riskbands.errors import TableError
from riskbands.instruments.layout import Addition, Entry, Section
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.predictor import Predictor
from riskbands.scorecards.contribution import Contribution
from riskbands.scorecards.explanation import Explanation
from riskbands.scorecards.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.score import Score
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["Combined"]

S = TypeVar("S", bound="Combined")


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Combined(Predictor):
    """A sum of the percentages of its components, each rounded first, up to a limit.

    The first component gives the form.

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

    @property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return True

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
        return tuple(dict.fromkeys((*inner, *self.added_features)))

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features its components cannot do without."""
        inner = tuple(f for p in self.parts for f in p.needed_features)
        return tuple(dict.fromkeys((*inner, *self.added_features)))

    @cached_property
    def table(self) -> CoefficientTable:
        """The table of the first component, which gives the form."""
        return self.parts[0].table

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """The coefficient tables of the components, each once."""
        return tuple({t.id: t for p in self.parts for t in p.tables}.values())

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it and its components read of their coefficient tables."""
        own = [
            Section(
                name=a.section,
                entries=(Entry(a.key, a.about),),
                limits=self.limits,
                unit=self.unit,
                table=self.parts[a.part].table if self.has_table else None,
            )
            for a in self.additions
        ]
        return (*(s for p in self.parts for s in p.sections), *own)

    @cached_property
    def added(self) -> tuple[float, ...]:
        """The probability of each addition."""
        found = []
        for a in self.additions:
            numbers = Numbers(self.parts[a.part].table, a.section)
            found.append(numbers.probability(a.key))
            numbers.check()
        return tuple(found)

    def _accepting(self: S, table: CoefficientTable) -> S:
        parts = tuple(p._accepting(table) if p.id in table.predictor else p for p in self.parts)
        if parts == self.parts:
            raise TableError(
                f"{table.id} is a table for {', '.join(table.predictor)}; the components of "
                f"{self.id} are {', '.join(p.id for p in self.parts)}"
            )
        changed = attrs.evolve(self, parts=parts)
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
        return attrs.evolve(self, parts=parts)

    def prepare(self) -> None:
        """Compile the tables now."""
        for part in self.parts:
            part.prepare()
        self.added  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues = self._ready(derivation, self.added_features)
        inner = [p.outcome(derivation, form) for p in self.parts]
        for part in inner:
            if part.issues:
                issues = derivation.joined(issues, part.issues)
            ok = both(ok, part.ok)
        first = inner[0]
        outcome = Outcome(ok, issues, list(first.information), extended=first.extended)
        if not some(ok):
            return outcome
        # not products, which could leave the narrow dtype of a block's features
        units: Any = 0
        p: Any = 0.0
        for feature, added in zip(self.added_features, self.added, strict=True):
            holds = derivation.value(feature)[0] == 1
            units = units + where(holds, Percent.HUNDREDTHS.units(added), 0)
            p = p + where(holds, added, 0.0)
        for h in self.horizons:
            total, probability = units, p
            for part in inner:
                total = total + part.units[h]
                probability = probability + part.p[h]
            over = total > self.rule.highest
            outcome.units[h] = total - (total - self.rule.highest) * over
            outcome.p[h] = where(probability > 1.0, 1.0, probability)
        self._band(outcome)
        return outcome

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        return {name: derivation.value(name)[0] for name in self.added_features}

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """The percentage of each component, what features add, and the limit where it is met."""
        assert horizon is not None
        found = []
        over = -round(score.percent[horizon] * 100)
        for part in self.parts:
            inner = score.components[part.id]
            amount = inner.percent[horizon]
            over += round(amount * 100)
            text = "" if inner.applies else "not applicable"
            found.append(Contribution(part.id, {}, float(amount), text))
        for addition, added in zip(self.additions, self.added, strict=True):
            value = score.values[addition.feature]
            extra = Percent.HUNDREDTHS.units(added) * value
            over += extra
            text = self.vocabulary.feature(addition.feature).describe(value)
            values = {addition.feature: value}
            found.append(Contribution(addition.name, values, extra / 100, text))
        if over > 0:
            highest = self.rule.of_units(self.rule.highest)
            found.append(Contribution("limit", {}, -over / 100, f"at most {highest} is reported"))
        percent = score.percent[horizon]
        return Explanation(
            self.id,
            horizon,
            self.unit,
            tuple(found),
            float(percent),
            score.probability[horizon],
            percent,
            tuple(score.components[p.id].explain(horizon) for p in self.parts),
        )
