"""An explanation: each factor of a score, its value, and what it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.display import facts_html, html_table, percent_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from riskbands.scorecards.contribution import Contribution

__all__ = ["Explanation"]


@attrs.frozen(eq=False, repr=False)
class Explanation(ByFields):
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
        applies: Whether the instrument applies to the person; where not, no factor counts.
    """

    predictor: str
    horizon: str
    unit: str
    contributions: tuple[Contribution, ...]
    total: float
    probability: float | None
    percent: float | None
    parts: tuple[Explanation, ...] = ()
    applies: bool = True

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
            title += f": {percent_text(self.percent)}"
        return waterfall(self.contributions, self.total, self.unit, title, ax)

    def __repr__(self) -> str:
        result = f"{len(self)} factors" if self.applies else "not applicable"
        return f"<Explanation of {self._title()}: {result}>"

    def __str__(self) -> str:
        if not self.applies:
            return f"{self._title()}\n  not applicable"
        wide = max([len(c.factor) for c in self.contributions] + [len("total")])
        lines = [self._title()]
        lines += [
            f"  {c.factor:<{wide}}  {self._amount(c.amount):>12}  {c.text}"
            for c in self.contributions
        ]
        # Several sums beside each other, as of a screening tool, have no total in common.
        if self.contributions or not self.parts:
            lines.append(f"  {'total':<{wide}}  {self._amount(self.total):>12}")
        lines += [f"  {self._reported()}"] if self._reported() else []
        for part in self.parts:
            lines += ["  " + line for line in str(part).splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.applies:
            return facts_html(self._title(), [("result", "not applicable")])
        rows = [(c.factor, self._amount(c.amount), c.text) for c in self.contributions]
        rows.append(("total", self._amount(self.total), ""))
        head = ("factor", "adds", "values")
        own = html_table(head, rows, self._title(), self._reported(), left=True)
        return own + "".join(part._repr_html_() for part in self.parts)

    def _title(self) -> str:
        return f"{' '.join(filter(None, (self.predictor, self.horizon)))} ({self.unit})"

    def _amount(self, amount: float) -> str:
        digits = 6 if self.unit.startswith("log") else 2 if self.unit == "percent" else 0
        return f"{amount:+.{digits}f}"

    def _reported(self) -> str:
        if self.probability is None or self.percent is None:
            return ""
        return f"probability {self.probability:.6f}, reported as {percent_text(self.percent)}"
