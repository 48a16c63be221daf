"""An explanation: each factor of a score, its value, and what it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from riskbands.scorecards.compiled import Contribution

__all__ = ["Explanation"]


@attrs.frozen
class Explanation:
    """Why a score is what it is: each factor, its value, and what it adds.

    Iterating gives the contributions. ``print`` shows a table.

    Attributes:
        predictor: Id of the predictor.
        horizon: The horizon explained; empty for an instrument of points alone.
        unit: ``log-odds``, ``log hazard ratio``, ``points``, ``percent`` or ``category``.
        contributions: Factors in the order of the instrument.
        total: What the contributions add up to: the linear predictor, points or percentage.
        probability: Unrounded probability; None for an instrument of points alone.
        percent: Percentage as the instrument reports it, or None likewise.
        parts: Explanations of the components this score is made from.
    """

    predictor: str
    horizon: str
    unit: str
    contributions: tuple[Contribution, ...]
    total: float
    probability: float | None
    percent: float | None
    parts: tuple[Explanation, ...] = ()

    def __iter__(self) -> Iterator[Contribution]:
        return iter(self.contributions)

    def __len__(self) -> int:
        return len(self.contributions)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """A waterfall: what each factor adds, one after the other, and the total.

        Needs the ``[plot]`` extra. The parts of a score have pictures of their own:
        ``explanation.parts[0].plot()``.

        Args:
            ax: Axes to draw on; by default those of a new figure.

        Raises:
            MissingExtraError: Matplotlib is not installed.
        """
        from riskbands.scorecards.waterfall import waterfall

        title = " ".join(filter(None, (self.predictor, self.horizon)))
        if self.percent is not None:
            title += f": {self.percent} %"
        return waterfall(self.contributions, self.total, self.unit, title, ax)

    def __str__(self) -> str:
        wide = max([len(c.factor) for c in self.contributions] + [len("total")])
        digits = 6 if self.unit.startswith("log") else 2 if self.unit == "percent" else 0
        lines = [f"{' '.join(filter(None, (self.predictor, self.horizon)))} ({self.unit})"]
        lines += [
            f"  {c.factor:<{wide}}  {c.amount:>+12.{digits}f}  {c.text}" for c in self.contributions
        ]
        # Several sums beside each other, as of a screening tool, have no total in common.
        if self.contributions or not self.parts:
            lines.append(f"  {'total':<{wide}}  {self.total:>+12.{digits}f}")
        if self.probability is not None:
            lines.append(f"  probability {self.probability:.6f}, reported as {self.percent} %")
        for part in self.parts:
            lines += ["  " + line for line in str(part).splitlines()]
        return "\n".join(lines)
