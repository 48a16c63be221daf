"""An explanation: each factor of a score, its value, and what it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.display import TOGETHER, WIDTH, facts_html, html_table, percent_text, text_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from riskbands.scorecards.contribution import Contribution

__all__ = ["Explanation"]

_SHORT = 3


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
        results: Named results and what they come from, of an instrument from a file: the name, the
            value and what it was made of, in words.
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
    results: tuple[tuple[str, str, str], ...] = ()

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
        return self.to_text()

    def to_text(self, width: int = WIDTH) -> str:
        """The factors as a table, and below it those of each part, set in.

        Args:
            width: Columns of the terminal. Values are folded between words to fit.

        Examples:
            >>> from riskbands import ogrs3
            >>> print(ogrs3.explain({"sex": "male", "age_at_conviction": 33, "sanctions": 4,
            ...     "age_at_follow_up": 33, "offence_code": "00801", "first_sanction_age": 17},
            ...     horizon="1yr").to_text(54))
            ogrs3 1yr (log-odds)
              intercept           +1.402562  horizon 1yr
              age and sex         -1.325977  age_at_follow_up 33,
                                             sex male
              offence group       +0.000000  offence_group_ogrs3
                                             violence
              first sanction      +0.000000  sanctions 4
              repeat sanction     +0.463063  sanctions 4
              Copas rate          -2.341857  sanctions 4,
                                             career_years 16
              total               -1.802209
              probability 0.141582, reported as 14 %
        """
        if not self.applies:
            return f"{self._title()}\n  not applicable"
        rows = [(factor, amount, _unparted(text)) for factor, amount, text in self._rows()]
        cells = [(factor, amount.rjust(12).replace(" ", TOGETHER), text)
                 for factor, amount, text in rows]  # fmt: skip
        lines = [self._title()]
        if cells:
            table = text_table(("", "", ""), cells, left=(0, 2), width=width, indent="  ")
            lines += table.splitlines()
        if said := self._reported().replace(" %", f"{TOGETHER}%"):
            lines += text_table(("",), [(said,)], width=width, indent="  ").splitlines()
        for part in self.parts:
            lines += ["  " + line for line in part.to_text(width - 2).splitlines()]
        if self.results:
            made = [(name, value, _unparted(text)) for name, value, text in self.results]
            table = text_table(("", "", ""), made, left=(0, 1, 2), width=width, indent="  ")
            lines += table.splitlines()
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.applies:
            return facts_html(self._title(), [("result", "not applicable")])
        head = ("factor", "adds", "values")
        own = ""
        if rows := self._rows():
            own = html_table(head, rows, self._title(), self._reported(), left=True)
        own += "".join(part._repr_html_() for part in self.parts)
        if self.results:
            made = ("result", "value", "made of")
            own += html_table(made, self.results, f"{self.predictor}: results", "", left=True)
        return own

    def _rows(self) -> list[tuple[str, str, str]]:
        """A row for each factor that is of the person's category, for the others, and the total."""
        rows, others = [], dict[str, int]()
        for c in self.contributions:
            if c.elsewhere:
                others[c.elsewhere] = others.get(c.elsewhere, 0) + 1
            else:
                rows.append((c.factor, self._amount(c.amount), c.text))
        for feature, count in others.items():
            rows.append((f"{count} others", self._amount(0.0), f"of another {feature}"))
        # Several sums beside each other, as of a screening tool, have no total in common.
        if self.contributions or not (self.parts or self.results):
            rows.append(("total", self._amount(self.total), ""))
        return rows

    def _title(self) -> str:
        name = " ".join(filter(None, (self.predictor, self.horizon)))
        return (
            f"{name} ({self.unit})"
            if self.contributions or self.parts or not self.results
            else name
        )

    def _amount(self, amount: float) -> str:
        digits = 6 if self.unit.startswith("log") else 0
        if self.unit == "percent":  # of parts as they are reported; else of a probability
            digits = 2 if self.parts else 4
        return f"{amount:+.{digits}f}"

    def _reported(self) -> str:
        if self.probability is None or self.percent is None:
            return ""
        percent = percent_text(self.percent)
        if self.unit == "percent" and self.parts:
            return (
                f"probability {self.probability:.6f} by the unrounded parts, reported as {percent} "
                "by the rounded ones"
            )
        return f"probability {self.probability:.6f}, reported as {percent}"


def _unparted(text: str) -> str:
    """Values in words, where a short one stays on the line of its name."""
    pairs = [pair.rpartition(" ") for pair in text.split(", ")]
    return ", ".join(
        name + (TOGETHER if len(value) <= _SHORT else " ") + value if name else value
        for name, _, value in pairs
    )
