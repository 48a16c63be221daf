"""A band table as a picture: one line for each band over an axis of scores.

A filled end belongs to the band, a hollow one does not. Everything is drawn in ``currentColor``,
so that it can be read on a light page and on a dark one.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from riskbands.bands.intervals import Interval, plain

if TYPE_CHECKING:
    from decimal import Decimal

    from riskbands.bands.table import BandTable

WIDTH = 640
LEFT, RIGHT = 130, 600
ROW = 26
#: Ticks nearer to each other than this have their numbers on their outer sides.
CROWDED = 30


class _Axis:
    def __init__(self, table: BandTable) -> None:
        finite = [edge for edge in table.edges if edge.is_finite()]
        self.first, last = float(finite[0]), float(finite[-1])
        open_ended = not table.edges[-1].is_finite()
        self.last = last + (last - self.first) * 0.35 if open_ended else last

    def x(self, score: Decimal) -> float:
        if score.is_infinite():
            return RIGHT
        share = (float(score) - self.first) / (self.last - self.first)
        return round(LEFT + share * (RIGHT - LEFT), 1)


def number_line(table: BandTable) -> str:
    """The picture as an SVG inside a figure, to stand in a Markdown page."""
    axis = _Axis(table)
    pieces = [(band.label, band.interval) for band in table.bands]
    pieces += [("no band", gap.interval) for gap in table.gaps]
    lines = sorted(
        ((label, interval) for label, interval in pieces if interval is not None),
        key=lambda piece: piece[1].start,
    )
    bottom = ROW * len(lines) + 12
    drawn = [
        _piece(axis, label, interval, ROW * place + 16)
        for place, (label, interval) in enumerate(lines)
    ]
    said = "; ".join(f"{label} {_in_words(interval)}" for label, interval in lines)
    name = f"line-{table.id}"
    return "\n".join(
        [
            '<figure markdown="0">',
            f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
            f'viewBox="0 0 {WIDTH} {bottom + 34}" width="100%" style="max-width: {WIDTH}px" '
            'font-size="13" fill="currentColor" stroke="currentColor">',
            f'<title id="{name}-title">Number line of {escape(table.title or table.id)}</title>',
            f'<desc id="{name}-desc">{escape(said)}.</desc>',
            *drawn,
            f'<line x1="{LEFT}" y1="{bottom}" x2="{RIGHT}" y2="{bottom}" stroke-width="1"/>',
            *_ticks(axis, table, bottom),
            "</svg>",
            "<figcaption>A filled end belongs to the band, a hollow one does not; an arrow goes on."
            "</figcaption>",
            "</figure>\n",
        ]
    )


def _in_words(interval: Interval) -> str:
    lower = "from" if interval.closed.lower else "above"
    upper = "up to and including" if interval.closed.upper else "up to but not including"
    start = f"{lower} {plain(interval.lower)}"
    return start if interval.upper.is_infinite() else f"{start} {upper} {plain(interval.upper)}"


def _piece(axis: _Axis, label: str, interval: Interval, y: int) -> str:
    start, end = axis.x(interval.lower), axis.x(interval.upper)
    dashes = ' stroke-dasharray="3 3"' if label == "no band" else ""
    parts = [
        f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end" stroke="none">{escape(label)}</text>',
        f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke-width="3"{dashes}/>',
    ]
    for x, edge, closed in (
        (start, interval.lower, interval.closed.lower),
        (end, interval.upper, interval.closed.upper),
    ):
        if edge.is_infinite():
            parts.append(f'<path d="M{x} {y - 6} l10 6 l-10 6 z" stroke="none"/>')
        else:
            fill = "currentColor" if closed else "var(--md-default-bg-color, Canvas)"
            parts.append(f'<circle cx="{x}" cy="{y}" r="5" stroke-width="2" fill="{fill}"/>')
    return "\n".join(parts)


def _ticks(axis: _Axis, table: BandTable, y: int) -> list[str]:
    edges = [edge for edge in table.edges if edge.is_finite()]
    places = [axis.x(edge) for edge in edges]
    ticks = []
    for n, (edge, x) in enumerate(zip(edges, places, strict=True)):
        anchor, shift = "middle", 0
        if n + 1 < len(places) and places[n + 1] - x < CROWDED:
            anchor, shift = "end", 3
        elif n and x - places[n - 1] < CROWDED:
            anchor, shift = "start", -3
        ticks.append(
            f'<line x1="{x}" y1="{y}" x2="{x}" y2="{y + 6}" stroke-width="1"/>\n'
            f'<text x="{x + shift}" y="{y + 21}" text-anchor="{anchor}" stroke="none">'
            f"{plain(edge)}</text>"
        )
    return ticks
