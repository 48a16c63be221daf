"""A reduction: a rule that lowers a band a level where several conditions hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands.arithmetic.truth import both, either, negate, some, where

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.outcome import Outcome
    from riskbands.vocabulary.expressions import Expression

__all__ = ["Reduction"]


@attrs.frozen
class Reduction:
    """Lower the band a level where every condition holds.

    A condition that is not known matters only where all others hold. There the band cannot be
    decided, and the missing fields are an issue.

    Attributes:
        conditions: A feature and a rule over its value, each.
    """

    conditions: tuple[tuple[str, Expression], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        return tuple(name for name, _ in self.conditions)

    def apply(self, derivation: Derivation, outcome: Outcome) -> None:
        """Lower the bands of an outcome that has bands."""
        if outcome.band is None:
            return
        candidate = both(both(outcome.ok, outcome.applies), outcome.band > 0)
        if not some(candidate):
            return
        holds, fails, settled = True, False, True
        for name, condition in self.conditions:
            value, known = derivation.value(name)
            met = condition(value)
            holds = both(holds, both(known, met))
            fails = either(fails, both(known, negate(met)))
            settled = both(settled, known)
        reduced = both(candidate, holds)
        unknown = both(candidate, both(negate(settled), negate(fails)))
        if some(unknown):
            outcome.issues += derivation.why_missing(self.features, unknown)
            outcome.ok = both(outcome.ok, negate(unknown))
        outcome.band = where(reduced, outcome.band - 1, outcome.band)
        outcome.reduced = reduced
