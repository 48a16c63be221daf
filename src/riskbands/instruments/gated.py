"""An instrument that applies to some people only; for others "not applicable" is its result."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from riskbands._frozen import FrozenDict, frozen
from riskbands.arithmetic.truth import both, either, negate, some
from riskbands.instruments.predictor import Predictor
from riskbands.instruments.told import told, traced

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from riskbands.derivation.checks import Check
    from riskbands.derivation.derive import Derivation, Found, Truth
    from riskbands.instruments.score import Score

__all__ = ["Gated", "held"]


def held(issues: list[Found], rows: Truth) -> list[Found]:
    """Issues where rows are such, without those that are nowhere."""
    if rows is True:
        return issues
    found = [(issue, both(rows, here)) for issue, here in issues]
    return [(issue, here) for issue, here in found if some(here)]


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Gated(Predictor):
    """An instrument that applies only where a 0/1 feature is 1.

    Attributes:
        gate: The feature, or None where the instrument applies to everyone.
        zero_elsewhere: Whether the percentage of those it does not apply to is 0, as those in
            public use report it; else they have none, and add nothing to a sum.
        exact: Whether probabilities that stand in its table are rounded as they are written, and
            not as the doubles nearest to them, which is how those in public use are.
        required: Features that must be there though no term reads them.
        sums: By the name of a result, the features that add up to it, for explanations.
        factors: For explanations, by feature of ``sums``: the name of the factor, and the features
            whose values tell why it counts so.
        tells: Whether an explanation says of each result what it was made of.
    """

    gate: str | None = None
    zero_elsewhere: bool = True
    exact: bool = False
    required: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = attrs.field(factory=FrozenDict, converter=frozen)
    factors: Mapping[str, tuple[str, tuple[str, ...]]] = attrs.field(
        factory=FrozenDict, converter=frozen
    )
    tells: bool = False

    @cached_property
    def _traced(self) -> tuple[str, ...]:
        return traced(self.vocabulary, self.results) if self.tells else ()

    def _trace(self, derivation: Derivation, known: Mapping[str, int]) -> Mapping[str, int]:
        found = {name: derivation.value(name) for name in self._traced if name not in known}
        return {name: value for name, (value, there) in found.items() if there is True}

    def explained_results(self, score: Score) -> tuple[tuple[str, str, str], ...]:
        """Each named result of a score, its value and what it was made of, in words."""
        if not self.tells or not score.applies:
            return ()
        return told(self, score)

    @property
    def may_not_apply(self) -> bool:
        """Whether the instrument can turn out not to apply to a person."""
        return self.gate is not None

    @property
    def gate_features(self) -> tuple[str, ...]:
        """The feature that says to whom it applies, if there is one."""
        return () if self.gate is None else (self.gate,)

    @property
    def needed_of_all(self) -> tuple[str, ...]:
        """Features that every result needs, also "not applicable"."""
        if self.gate is not None and self.vocabulary.may_be_other(self.gate, 1):
            return self.gate_features
        return self._needed_where_it_applies

    @property
    def _needed_where_it_applies(self) -> tuple[str, ...]:
        """Features that each result needs of those it applies to, whatever its parts say."""
        return self.needed_features

    @property
    def may_lack_percent(self) -> bool:
        """Whether those it does not apply to have no percentage, and not 0."""
        return self.may_not_apply and not self.zero_elsewhere

    def _units_of(self, p: Fraction) -> int:
        """The percentage of a probability of its table, in units of the last digit."""
        return self.rule.exact_units(p) if self.exact else self.rule.units(float(p))

    def factor(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Name of the factor of a feature that is summed, and the features that tell why."""
        return self.factors.get(name, (name.replace("_", " "), (name,)))

    def _gated(
        self, derivation: Derivation, names: tuple[str, ...], extra: tuple[Check, ...] = ()
    ) -> tuple[Truth, list[Found], Truth]:
        """Where there is a result, the issues elsewhere, and where the instrument applies."""
        issues: list[Found] = []
        applies: Truth = True
        known: Truth = True
        if self.gate is not None:
            value, known = derivation.value(self.gate)
            applies = both(known, value == 1)
            if some(negate(known)):
                issues += derivation.why_missing((self.gate,))
        ready, found = self._ready(derivation, (*names, *self.required), applies)
        for issue, broken in derivation.broken(extra):
            rows = both(applies, broken)
            if some(rows):
                found.append((issue, rows))
                ready = both(ready, negate(rows))
        # A check that breaks where the instrument does not apply (a history of "no" beside
        # sexual sanctions) still withholds the result.
        clean: Truth = True
        for issue, rows in found:
            issues.append((issue, rows))
            clean = both(clean, negate(rows))
        return both(both(known, clean), either(negate(applies), ready)), issues, applies
