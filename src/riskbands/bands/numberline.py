"""The picture of a band table: a number line with its bands, and which edge belongs to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands._plotting import BLUE, GREY, axes_of, ink, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from riskbands.bands.intervals import Interval

__all__ = ["number_line"]


def number_line(
    bands: Sequence[tuple[str, Interval]],
    gaps: Sequence[Interval],
    unit: str,
    title: str,
    ax: Axes | None,
) -> Axes:
    """Draw each band as a bar; a filled end belongs to the band, an open one does not.

    Where the last band has no end, an arrow says so. Bands stand one above the other, so that two
    that meet can be told apart whatever their colours.

    Args:
        bands: Label and interval, lowest first.
        gaps: Intervals without a band.
        unit: What scores are counted in.
        title: Of the picture.
        ax: Axes to draw on, or None for new ones.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    rows = [*bands, *(("no band", gap) for gap in gaps)]
    ax = axes_of(ax, (7.2, 1.2 + 0.42 * len(rows)))
    finite = sorted(
        {float(end) for _, i in rows for end in (i.lower, i.upper) if not end.is_infinite()}
    )
    low, high = (finite[0], finite[-1]) if finite else (0.0, 1.0)
    margin = 0.08 * (high - low or 1.0)
    first = low - margin if any(i.lower.is_infinite() for _, i in rows) else low
    last = high + 2 * margin if any(i.upper.is_infinite() for _, i in rows) else high
    for row, (_, interval) in enumerate(rows):
        colour = GREY if row >= len(bands) else BLUE
        start = first if interval.lower.is_infinite() else float(interval.lower)
        end = last if interval.upper.is_infinite() else float(interval.upper)
        dashed = "--" if row >= len(bands) else "-"
        ax.plot([start, end], [row, row], color=colour, linewidth=4, linestyle=dashed,
                solid_capstyle="butt")  # fmt: skip
        ends = (
            (start, interval.lower, interval.closed.lower, "<"),
            (end, interval.upper, interval.closed.upper, ">"),
        )
        for x, value, belongs, arrow in ends:
            ax.plot(
                [x], [row], marker=arrow if value.is_infinite() else "o", markersize=8,
                markerfacecolor=colour if belongs or value.is_infinite() else _page(ax),
                markeredgecolor=colour, markeredgewidth=1.6, linestyle="none", clip_on=False,
                zorder=3,
            )  # fmt: skip
        ax.annotate(
            str(interval), ((start + end) / 2, row), xytext=(0, 7), textcoords="offset points",
            ha="center", fontsize="small", color=ink(ax),
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), [plain(label) for label, _ in rows])
    ax.set_ylim(-0.5, len(rows) - 0.2)
    ax.set_xlim(first - margin / 2, last + margin / 2)
    ax.set_xlabel(f"{plain(unit)}; a filled end belongs to the band")
    ax.set_title(plain(title, 72), fontsize="medium")
    return ax


def _page(ax: Axes) -> Any:
    """The colour behind the axes; that of the figure where they have none."""
    behind: tuple[Any, ...] = (ax.get_facecolor(), ax.figure.get_facecolor())
    return next((colour for colour in behind if colour[3]), "white")
