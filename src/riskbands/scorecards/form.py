"""A form: one scorecard, its section of the coefficient table, its terms and its joint tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields

if TYPE_CHECKING:
    from riskbands.scorecards.terms import Term

__all__ = ["Form"]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Form(ByFields):
    """One scorecard.

    Attributes:
        name: ``brief``, ``extended``, or an empty text for the only form.
        section: Section of the coefficient table, or None for the whole.
        terms: The declaration.
        groups: Features of each joint table.
    """

    name: str = ""
    section: str | None = None
    terms: tuple[Term, ...]
    groups: tuple[tuple[str, ...], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Features read, each once."""
        return tuple(dict.fromkeys(f for group in self.groups for f in group))
