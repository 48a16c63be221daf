"""Which rows have the extended form: those whose every dynamic item is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.arithmetic.truth import both, negate, some

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation, Found, Truth

__all__ = ["extended_rows"]


def extended_rows(
    derivation: Derivation,
    form: str,
    dynamic: tuple[str, ...],
    rows: Truth = True,
) -> tuple[Truth, list[Found], list[Found]]:
    """Where the extended form is used, what withholds the score, and what is worth knowing.

    Args:
        derivation: The case or the block.
        form: ``auto``, ``brief`` or ``extended``.
        dynamic: Features that only the extended form reads.
        rows: Where it matters.
    """
    issues: list[Found] = []
    information: list[Found] = []
    if form == "brief":
        return False, issues, information
    there = derivation.valid(dynamic)
    lacking = both(rows, negate(there))
    if some(lacking):
        issues = derivation.why_missing(dynamic, lacking)
        if form == "auto":
            information = [found for found in issues if found[0].code == "missing"]
            issues = [found for found in issues if found[0].code != "missing"]
    return there, issues, information
