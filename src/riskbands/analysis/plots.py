"""Pictures of an evaluation. Each is drawn on axes that are given or new, and returns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._plotting import BLUE, GREY, RED, axes_of, ink, plain
from riskbands.analysis.bandfigures import EDGE_RATES
from riskbands.analysis.consistency import consistency_band, pooled
from riskbands.errors import InputError, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from riskbands.analysis.bandfigures import EdgeFigures
    from riskbands.analysis.estimates import Estimate
    from riskbands.analysis.figures import Figures
    from riskbands.analysis.groups import Groups

__all__ = ["Plots"]

#: More different scores than this are drawn in cells of one percent each.
_POINTS: Final = 150
_BAND_CELLS: Final = 1000
_PERCENT: Final = 100.0
_RATES: Final = {
    "sensitivity": ("Sensitivity", "of people with the outcome, percent at or above"),
    "specificity": ("Specificity", "of people without the outcome, percent below"),
    "ppv": ("Positive predictive value", "of people at or above, percent with the outcome"),
    "npv": ("Negative predictive value", "of people below, percent without the outcome"),
    "fpr": ("False positive rate", "of people without the outcome, percent at or above"),
    "fnr": ("False negative rate", "of people with the outcome, percent below"),
}


@attrs.frozen
class Plots:
    """The pictures of an evaluation: ``evaluation.plot.reliability()``, and so on.

    Each method takes ``ax=`` and returns its axes. Without ``ax`` it makes a figure.

    Attributes:
        overall: The figures of everyone.
        groups: Those of the groups.
        by: The columns of the groups.
    """

    overall: Figures
    groups: Groups
    by: tuple[str, ...]

    def reliability(self, group: str | None = None, *, ax: Axes | None = None) -> Axes:
        """How often the outcome occurred at each reported percent.

        A point for each percent, its size by the people there; more than 150 different scores are
        drawn in cells of one percent. The line is the isotonic rate. The band is where that line
        would lie if the score were right.

        Args:
            group: A group; by default everyone.
            ax: Axes to draw on.

        Raises:
            InputError: The score reports no probability, or counts are not shown.
            UnknownNameError: There is no such group.
            MissingExtraError: Matplotlib is not installed.
        """
        f = self._of(group)
        t = f.tally
        if t.p is None or not len(t.p):
            raise _nothing(f, f.expected_rate)
        ax = axes_of(ax)
        level = f.methods.confidence
        p, n, events = pooled(t.p, t.n, t.events, _POINTS)
        at, people, _ = pooled(t.p, t.n, t.events, _BAND_CELLS)
        low, high = consistency_band(at, people, level)
        ax.fill_between(
            _PERCENT * at, _PERCENT * low, _PERCENT * high, color=GREY, alpha=0.3, linewidth=0,
            label=f"where the line lies {_PERCENT * level:g} times in 100 if the score is right",
        )  # fmt: skip
        ax.plot(
            [0, 100], [0, 100], color=ink(ax), linewidth=0.8, linestyle=":", label="as expected"
        )
        area = 6.0 + 90.0 * n / n.max()
        ax.scatter(
            _PERCENT * p, _PERCENT * events / n, s=area, facecolors="none", edgecolors=BLUE,
            linewidths=1.0, label="observed, larger for more people", clip_on=False, zorder=3,
        )  # fmt: skip
        ax.step(
            _PERCENT * t.p, _PERCENT * f.isotonic, where="mid", color=RED, linewidth=1.8,
            label="observed, made to rise (isotonic)",
        )  # fmt: skip
        _square(ax, "score, percent", "with the outcome, percent", f)
        ax.legend(loc="upper left", fontsize="small", frameon=False)
        return ax

    def bands(self, group: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Expected and observed share with the outcome in each band, with intervals.

        Args:
            group: A group; by default everyone.
            ax: Axes to draw on.

        Raises:
            InputError: There are no bands.
            UnknownNameError: There is no such group.
            MissingExtraError: Matplotlib is not installed.
        """
        f = self._banded(group)
        ax = axes_of(ax)
        for place, band in enumerate(f.bands):
            seen, expected = band.observed, band.expected.value
            if expected is not None:
                ax.plot(
                    [place - 0.3, place + 0.3], [_PERCENT * expected] * 2, color=RED, linewidth=2.2,
                    label="expected" if place == _first(f, "expected") else None,
                )  # fmt: skip
            if seen.value is not None:
                label = "observed, with interval" if place == _first(f, "observed") else None
                ax.errorbar(
                    [place], [_PERCENT * seen.value], yerr=_bars([seen]), fmt="o", color=BLUE,
                    capsize=4, linewidth=1.6, label=label, zorder=3, clip_on=False,
                )  # fmt: skip
        people = ["not shown" if b.n is None else f"{b.n:,}" for b in f.bands]
        names = [f"{plain(b.label)}\n{n}" for b, n in zip(f.bands, people, strict=True)]
        ax.set_xticks(range(len(names)), names)
        ax.set_xlim(-0.6, len(names) - 0.4)
        ax.set_ylim(0, 100)
        _words(ax, "band, and people in it", "with the outcome, percent", f)
        ax.legend(loc="upper left", fontsize="small", frameon=False)
        return ax

    def distribution(self, group: str | None = None, *, ax: Axes | None = None) -> Axes:
        """How many people have each score, with and without the outcome; bands are shaded.

        Args:
            group: A group; by default everyone.
            ax: Axes to draw on.

        Raises:
            InputError: There is nobody, or counts are not shown.
            UnknownNameError: There is no such group.
            MissingExtraError: Matplotlib is not installed.
        """
        f = self._of(group)
        t = f.tally
        if t.hidden or not len(t.scores):
            raise _nothing(f, f.base_rate)
        ax = axes_of(ax)
        scale = 1.0 if t.p is None or f.score.unit == "percent" else _PERCENT
        at = scale * t.scores
        edges = _cells(at)
        with_ = np.histogram(at, edges, weights=t.events)[0]
        total = np.histogram(at, edges, weights=t.n)[0]
        top = 1.12 * float(total.max())
        _shade(ax, f, scale, edges, top)
        ax.stairs(total, edges, fill=True, color=GREY, alpha=0.55, label="all people")
        ax.stairs(total, edges, color=ink(ax), linewidth=0.9)
        ax.stairs(
            with_, edges, fill=True, facecolor=BLUE, edgecolor=ink(ax), linewidth=0.4, hatch="///",
            label="with the outcome",
        )  # fmt: skip
        ax.set_xlim(edges[0], edges[-1])
        ax.set_ylim(0, top)
        unit = "percent" if t.p is not None else f.score.unit
        _words(ax, f"score, {unit}", "people", f)
        ax.legend(loc="upper right", fontsize="small", frameon=False, bbox_to_anchor=(1, 0.93))
        return ax

    def roc(self, group: str | None = None, *, ax: Axes | None = None) -> Axes:
        """The ROC curve, with the edges of the bands marked on it.

        Args:
            group: A group; by default everyone.
            ax: Axes to draw on.

        Raises:
            InputError: There is nobody with the outcome, or nobody without.
            UnknownNameError: There is no such group.
            MissingExtraError: Matplotlib is not installed.
        """
        f = self._of(group)
        if f.auc.value is None:
            raise _nothing(f, f.auc)
        ax = axes_of(ax)
        fpr, tpr = f.roc
        ax.plot([0, 100], [0, 100], color=ink(ax), linewidth=0.8, linestyle=":", label="chance")
        ax.plot(
            _PERCENT * fpr, _PERCENT * tpr, color=BLUE, linewidth=1.8,
            label=f"AUC {_three(f.auc)}",
        )  # fmt: skip
        for edge in f.edges:
            x, y = edge.fpr.value, edge.sensitivity.value
            if x is not None and y is not None:
                ax.plot([_PERCENT * x], [_PERCENT * y], "s", color=RED, markersize=7, zorder=3)
                ax.annotate(
                    _at_or_above(edge), (_PERCENT * x, _PERCENT * y), xytext=(9, -12),
                    textcoords="offset points", fontsize="small", color=ink(ax),
                )  # fmt: skip
        _square(ax, "of people without the outcome, percent at or above",
                "of people with the outcome, percent at or above", f)  # fmt: skip
        ax.legend(loc="lower right", fontsize="small", frameon=False)
        return ax

    def rates(
        self, edge: str | None = None, rate: str = "fpr", by: str | None = None,
        *, ax: Axes | None = None,
    ) -> Axes:  # fmt: skip
        """One rate at a band edge for each group, with intervals.

        Args:
            edge: The label of the band that starts at the edge; by default the highest one.
            rate: ``sensitivity``, ``specificity``, ``ppv``, ``npv``, ``fpr`` or ``fnr``.
            by: The column of the groups, where there are several; by default the first.
            ax: Axes to draw on.

        Raises:
            InputError: There are no groups or no bands.
            UnknownNameError: There is no such edge, rate or column.
            MissingExtraError: Matplotlib is not installed.
        """
        if rate not in EDGE_RATES:
            raise UnknownNameError("rate", rate, EDGE_RATES)
        if not self.by:
            raise InputError(Issue("missing", ("by",), "there are no groups: evaluate with by="))
        by = self.by[0] if by is None else by
        if by not in self.by:
            raise UnknownNameError("column of groups", by, self.by)
        labels = [e.label for e in self._banded(None).edges]
        edge = labels[-1] if edge is None else edge
        if edge not in labels:
            raise UnknownNameError("band edge", edge, labels)
        everyone = self.overall
        shown = [everyone, *(f for f in self.groups.values() if f.by == by)]
        ax = axes_of(ax, (6.4, 1.6 + 0.42 * len(shown)))
        ends = []
        for place, f in enumerate(shown):
            found: Estimate = getattr(f.edges[labels.index(edge)], rate)
            if found.value is None:
                ax.text(1, place, f"not given: {plain(found.reason)}", va="center",
                        fontsize="small", color=ink(ax))  # fmt: skip
                continue
            ends.append(found.value if found.high is None else found.high)
            ax.errorbar(
                [_PERCENT * found.value], [place], xerr=_bars([found]),
                fmt="s" if f is everyone else "o", color=RED if f is everyone else BLUE,
                capsize=4, linewidth=1.6, clip_on=False,
            )  # fmt: skip
        ax.set_yticks(range(len(shown)), [plain(f.group) for f in shown])
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.set_xlim(0, min(100.0, 10.0 * np.ceil(0.102 * _PERCENT * max(ends, default=1.0))))
        name, what = _RATES[rate]
        ax.set_xlabel(what)
        ax.set_title(f"{name} at {plain(edge)} or higher, by {plain(by)}", fontsize="medium")
        return ax

    def _of(self, group: str | None) -> Figures:
        return self.overall if group is None else self.groups[group]

    def _banded(self, group: str | None) -> Figures:
        f = self._of(group)
        if not f.bands:
            raise InputError(Issue("missing", ("bands",), "there are no bands: give bands="))
        return f


def _nothing(f: Figures, e: Estimate) -> InputError:
    return InputError(Issue("missing", (), f"there is nothing to draw: {e.reason}"))


def _first(f: Figures, name: str) -> int:
    """The first band that has the figure; the legend names that one alone."""
    return next(i for i, b in enumerate(f.bands) if getattr(b, name).value is not None)


def _bars(estimates: Sequence[Estimate]) -> Any:
    """How far the intervals reach to both sides, in percent."""
    return _PERCENT * np.array(
        [
            [max(0.0, (e.value or 0.0) - (e.low if e.low is not None else e.value or 0.0))
             for e in estimates],
            [max(0.0, (e.high if e.high is not None else e.value or 0.0) - (e.value or 0.0))
             for e in estimates],
        ]
    )  # fmt: skip


def _three(e: Estimate) -> str:
    if e.low is None or e.high is None:
        return f"{e.value:.3f}"
    return f"{e.value:.3f} ({e.low:.3f} to {e.high:.3f})"


def _at_or_above(edge: EdgeFigures) -> str:
    score = "" if edge.score is None else f", {edge.score:g}"
    return f"{plain(edge.label)}{score}"


def _cells(at: Any) -> Any:
    """The edges of the columns of a histogram: one for each whole number, 120 at most."""
    low, high = float(np.floor(at.min())), float(np.floor(at.max())) + 1.0
    if float(at.max()) <= _PERCENT and float(at.min()) >= 0.0 and high - low > 20.0:
        low, high = 0.0, _PERCENT + 1.0
    return np.linspace(low, high, int(min(high - low, 120.0)) + 1)


def _shade(ax: Axes, f: Figures, scale: float, edges: Any, top: float) -> None:
    """Shade every other band, and name each at the top."""
    starts = [f.score.edge_of(i) for i in range(len(f.score.labels))]
    if not starts or any(s is None for s in starts):
        return
    ends = [scale * float(s) for s in starts[1:] if s is not None]
    lows, highs = [edges[0], *ends], [*ends, edges[-1]]
    for place, (low, high) in enumerate(zip(lows, highs, strict=True)):
        ax.axvspan(low, high, color=GREY, alpha=0.10 + 0.10 * (place % 2), linewidth=0)
        if high > edges[0] and low < edges[-1]:
            middle = (max(low, edges[0]) + min(high, edges[-1])) / 2.0
            ax.text(middle, 0.985 * top, plain(f.score.labels[place]), ha="center", va="top",
                    fontsize="small", color=ink(ax))  # fmt: skip


def _words(ax: Axes, x: str, y: str, f: Figures) -> None:
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_title(plain(f"{f.by} {f.group}".strip()), fontsize="medium")


def _square(ax: Axes, x: str, y: str, f: Figures) -> None:
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.set_aspect("equal")
    _words(ax, x, y, f)
