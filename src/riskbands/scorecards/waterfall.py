"""The picture of an explanation: what each factor adds, from nothing to the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands._plotting import BLUE, GREY, RED, axes_of, ink, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from riskbands.scorecards.contribution import Contribution

__all__ = ["waterfall"]


def waterfall(
    contributions: Sequence[Contribution], total: float, unit: str, title: str, ax: Axes | None
) -> Axes:
    """Draw a bar for each factor, which starts where the one above it ends; then the total.

    Bars to the right are plain, bars to the left are hatched, and each has its amount.

    Args:
        contributions: Factors, from the top down.
        total: What they add up to.
        unit: What they are counted in.
        title: Of the picture.
        ax: Axes to draw on, or None for new ones.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    contributions = [c for c in contributions if not c.elsewhere]
    rows = len(contributions) + 1
    ax = axes_of(ax, (8.4, 1.3 + 0.34 * rows))
    digits = 3 if unit == "log-odds" else 2 if unit == "percent" else 0
    start = 0.0
    ends = [0.0, total]
    for row, c in enumerate(contributions):
        end = start + c.amount
        rises = c.amount >= 0.0
        ax.barh(
            row, c.amount, left=start, height=0.62, color=RED if rises else BLUE,
            hatch="" if rises else "///", edgecolor=ink(ax), linewidth=0.6,
        )  # fmt: skip
        ax.plot([end, end], [row - 0.31, row + 1.31], color=GREY, linewidth=0.8)
        _amount(ax, max(start, end), row, c.amount, digits)
        start = end
        ends.append(end)
    ax.barh(rows - 1, total, height=0.62, color=GREY, edgecolor=ink(ax), linewidth=0.6)
    _amount(ax, max(0.0, total), rows - 1, total, digits)
    names = [plain(f"{c.factor}: {c.text}" if c.text else c.factor, 56) for c in contributions]
    ax.axvline(0.0, color=ink(ax), linewidth=0.8)
    ax.set_yticks(range(rows), [*names, "total"])
    ax.set_ylim(rows - 0.4, -0.6)
    wide = max(ends) - min(ends) or 1.0
    ax.set_xlim(min(ends) - 0.05 * wide, max(ends) + 0.17 * wide)
    ax.set_xlabel(unit)
    ax.set_title(plain(title, 72), fontsize="medium")
    return ax


def _amount(ax: Axes, x: float, row: int, amount: float, digits: int) -> None:
    ax.annotate(
        f"{amount:+.{digits}f}", (x, row), xytext=(4, 0), textcoords="offset points",
        va="center", fontsize="small", color=ink(ax),
    )  # fmt: skip
