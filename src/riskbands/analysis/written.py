"""Counts and estimates as short texts, the same in every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskbands.analysis.estimates import Estimate

__all__ = ["NONE", "NOT_SHOWN", "made_up", "number", "people", "percent", "rate"]

#: In place of a figure that cannot be given, and of a count that is not shown.
NONE, NOT_SHOWN = "-", "not shown"


def made_up(simulated: bool) -> str:
    """What every title begins with where people are simulated."""
    return "simulated people: " if simulated else ""


def people(n: int | None) -> str:
    """A count of people."""
    return NOT_SHOWN if n is None else f"{n:,}"


def number(estimate: Estimate) -> str:
    """A figure with its interval."""
    if estimate.value is None:
        return NONE
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def rate(estimate: Estimate) -> str:
    """A proportion as a percentage with its interval."""
    if estimate.value is None:
        return NONE
    if estimate.low is None or estimate.high is None:
        return percent(estimate.value)
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{percent(estimate.value)} ({low:.1f} to {high:.1f})"


def percent(share: float) -> str:
    """A proportion as a percentage."""
    return f"{100 * share:.1f} %"
