"""What instruments that add up terms have in common, whatever they make of the sum."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from riskbands.derivation.checks import Rules
from riskbands.instruments.gated import Gated
from riskbands.instruments.layout import Section
from riskbands.instruments.limits import limit_checks
from riskbands.scorecards.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.derivation.checks import Check
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.layout import Entry
    from riskbands.instruments.outcome import Outcome
    from riskbands.scorecards.form import Form

__all__ = ["OneScorecard", "Summed"]


class Summed(Gated):
    """An instrument that adds up terms, and whose band a rule may lower."""

    @property
    def checked_features(self) -> tuple[str, ...]:
        """Features its checks, and the rule that lowers its band, read beside its own."""
        lowering = () if self.reduction is None else self.reduction.features
        return tuple(dict.fromkeys((*super().checked_features, *lowering)))

    @cached_property
    def _limits_checked(self) -> tuple[Check, ...]:
        return Rules(limit_checks(self.vocabulary, self.limits))

    def _sections(self, entries: Iterable[Entry]) -> tuple[Section, ...]:
        """What it reads of its coefficient table, by form: entries, and those of its terms."""
        entries = tuple(entries)
        return tuple(
            Section(
                name=form.section,
                form=form.name,
                entries=entries,
                terms=form.terms,
                limits=self.limits,
                unit=self.unit,
                table=self.table if self.has_table else None,
            )
            for form in self.forms
        )

    def _finished(self, derivation: Derivation, outcome: Outcome) -> Outcome:
        """The outcome with its band, lowered where the rule says so."""
        self._band(outcome)
        if self.reduction is not None:
            self.reduction.apply(derivation, outcome)
        outcome.mask_not_applicable()
        return outcome


class OneScorecard(Summed):
    """An instrument of one scorecard."""

    @property
    def form(self) -> Form:
        """The scorecard."""
        return self.forms[0]

    @cached_property
    def numbers(self) -> Numbers:
        """The section of the table."""
        return Numbers(self.table, self.form.section)
