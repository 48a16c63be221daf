"""What a predictor reads of a coefficient table: for templates, pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.scorecards.terms import Term

__all__ = ["Addition", "Entry", "Section", "intercepts"]


@attrs.frozen(eq=False, repr=False)
class Entry(ByFields):
    """A number of a section that belongs to no term.

    Attributes:
        key: Where it stands in the section.
        about: What it is, with its unit.
        by: Keys of a sub-table of such numbers; empty for one number.
        names: Whether the sub-table has names (of bands) in place of numbers.
        optional: Whether it may be left out.
        ranges: What the numbers are looked up by, where the entry (or each of ``by``) is a table of
            ranges; else an empty text.
    """

    key: str
    about: str
    by: tuple[str, ...] = ()
    names: bool = False
    optional: bool = False
    ranges: str = ""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Section(ByFields):
    """One section of a coefficient table, as one predictor reads it.

    Attributes:
        name: Section of the table, or None for the whole.
        form: ``brief``, ``extended``, or an empty text.
        entries: Numbers beside the terms: intercepts, slopes, probabilities.
        terms: The terms whose numbers stand there.
        limits: Domains that are narrower than the features' own.
        unit: ``log-odds``, ``points`` or ``percent``.
        table: The table that is read now, or None where there is none.
    """

    name: str | None
    form: str = ""
    entries: tuple[Entry, ...] = ()
    terms: tuple[Term, ...] = ()
    limits: Mapping[str, tuple[int, int]]
    unit: str
    table: CoefficientTable | None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Addition(ByFields):
    """A probability that a 0/1 feature adds to a sum.

    Attributes:
        feature: The feature; the probability is added where it is 1.
        name: The factor, as explanations call it.
        about: What the number is, for templates.
        part: Place of the component whose coefficient table holds the number, or None where it
            stands in the table of the sum itself.
        section: Section of that table, or None for the whole.
        key: Where it stands in the section.
    """

    feature: str
    name: str
    about: str
    part: int | None
    section: str | None
    key: str


def intercepts(horizons: tuple[str, ...]) -> tuple[Entry, ...]:
    """The intercept of each horizon."""
    return tuple(Entry(f"intercept_{h}", f"intercept, horizon {h}: log-odds") for h in horizons)
