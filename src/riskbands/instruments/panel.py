"""A panel: an instrument whose results are features, with no percentage and no band of its own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from riskbands._frozen import FrozenDict, frozen
from riskbands.arithmetic.truth import some
from riskbands.instruments.gated import Gated
from riskbands.instruments.outcome import Outcome
from riskbands.scorecards.compiled import Contribution
from riskbands.scorecards.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.layout import Section
    from riskbands.instruments.score import Score
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["Panel"]


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Panel(Gated):
    """Results that rules give, such as those of a screening tool.

    Declare the fields and features in a vocabulary, then each result with the features it reads.
    Its table carries the citation, and may have no numbers.

    Attributes:
        sums: By the name of a result, the features that add up to it, for explanations.
    """

    horizons: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = attrs.field(factory=FrozenDict, converter=frozen)

    unit: ClassVar[str] = "points"

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        read = (f for r in self.results for f in r.features)
        summed = (f for names in self.sums.values() for f in names)
        return tuple(dict.fromkeys((*self.needed_features, *read, *summed)))

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features without which there is no result."""
        return tuple(dict.fromkeys((*self.gate_features, *self.required)))

    @property
    def dynamic_features(self) -> tuple[str, ...]:
        """None: there is one form."""
        return ()

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """Its table, which carries the citation."""
        return (self.table,)

    @property
    def sections(self) -> tuple[Section, ...]:
        """No numbers of a table are read."""
        return ()

    def prepare(self) -> None:
        """Nothing is compiled."""

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._gated(derivation, ())
        return Outcome(ok, issues, applies=applies)

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        if not some(outcome.applies):
            return {}
        found: dict[str, Any] = {}
        for names in self.sums.values():
            for name in names:
                value, valid = derivation.value(name)
                if valid is True:
                    found[name] = value
        return found

    def explain_score(self, score: Score, horizon: str) -> Explanation:
        """What adds up to each result that is a sum."""
        parts = []
        for result, names in self.sums.items():
            found = tuple(
                Contribution(
                    name.replace("_", " "),
                    {name: score.values[name]},
                    float(score.values[name]),
                    f"{name} {self.vocabulary.feature(name).describe(score.values[name])}",
                )
                for name in names
                if name in score.values
            )
            total = sum(c.amount for c in found)
            parts.append(
                Explanation(f"{self.id} {result}", "", self.unit, found, total, None, None)
            )
        if len(parts) == 1:
            return parts[0]
        total = sum(part.total for part in parts)
        return Explanation(self.id, "", self.unit, (), total, None, None, tuple(parts))
