"""One person's score, as a value: it can be copied, pickled and explained without the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs

from riskbands._version import __version__
from riskbands.display import facts_html, facts_text, percent_text
from riskbands.errors import InputErrorGroup, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands._options import Horizon
    from riskbands.bands.scale import Band, BandScale, NotApplicable
    from riskbands.errors import Issue
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.scorecards.explanation import Explanation

__all__ = ["Explains", "Score"]


class Explains(Protocol):
    """What a score needs of its predictor."""

    @property
    def name(self) -> str:
        """Name as the field writes it."""

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """Its horizons."""

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """Each factor of a score of its own."""

    def explained_results(self, score: Score) -> tuple[tuple[str, str, str], ...]:
        """Each named result of a score of its own, and what it was made of."""


@attrs.frozen(slots=False, eq=False, repr=False)
class Score:
    """One person's score: the numbers, where they come from, and what they do not say.

    A score keeps the ages, counts and answers that it was made from, so that it can explain
    itself. It keeps no date, identifier or name: the case is not in it.

    Attributes:
        predictor: Id of the predictor.
        percent: Percentage by horizon, as the instrument reports it: whole numbers for OGRS3,
            OGP and OVP, two decimals for the others. Empty without a score.
        probability: Unrounded probability by horizon.
        band: Band of the percentage (or points), ``NOT_APPLICABLE``, or None.
        points: Points, where the instrument has them.
        form: ``brief`` or ``extended``; None for an instrument with one form.
        reduced: Whether the band was lowered a level; None where the instrument has no such rule.
        applies: Whether the instrument applies to the person; where not, its percentage
            is 0, or of an instrument from a file there is none.
        table: The coefficient table.
        bands: The band table, or None.
        issues: Why there is no score; empty when there is one.
        information: What is worth knowing though there is a score.
        cautions: Limits of the instrument that concern this case.
        components: Scores this one is made from, by predictor.
        values: What the score was made from: whole numbers by feature. Empty without a score.
        outputs: Named results by name: whole numbers, truths or words; None where there is none.
            Empty for an instrument that has none.
        version: Version of this library.
    """

    predictor: str
    percent: Mapping[str, float]
    probability: Mapping[str, float]
    band: Band | NotApplicable | None
    points: int | None
    form: str | None
    reduced: bool | None
    applies: bool
    table: CoefficientTable
    bands: BandScale | None
    issues: tuple[Issue, ...]
    information: tuple[Issue, ...]
    cautions: tuple[str, ...]
    components: Mapping[str, Score]
    values: Mapping[str, int]
    outputs: Mapping[str, int | bool | str | None]
    _instrument: Explains
    version: str = __version__

    @property
    def ok(self) -> bool:
        """Whether there is a score."""
        return not self.issues

    def __repr__(self) -> str:
        if not self.ok:
            return f"<Score {self.predictor}: none; {'; '.join(map(str, self.issues))}>"
        parts = [" ".join(filter(None, row)) for row in self._results()]
        tables = self.table.id
        if self.bands is not None and self.bands.remarked:
            tables += f", {self.bands.id}"
        return f"<Score {self.predictor}: {', '.join(parts)}; {tables}>"

    def __str__(self) -> str:
        text = facts_text(self.predictor, self._facts())
        return text if self.bands is None else f"{text}\n\n{self.bands}"

    def _repr_html_(self) -> str:
        found = facts_html(self.predictor, self._facts())
        return found if self.bands is None else found + self.bands._repr_html_()

    def _results(self) -> list[tuple[str, str]]:
        """What the score is, in short: a name and a text, either of which can be empty."""
        if not self.applies:
            return [("", "not applicable")]
        found = [(h, percent_text(v)) for h, v in self.percent.items()]
        found += [("", f"{self.points} points")] if self.points is not None else []
        found += [("", str(self.band))] if self.band is not None else []
        found += [("", self.form)] if self.form else []
        return found + [(name, _in_words(value)) for name, value in self.outputs.items()]

    def _facts(self) -> list[tuple[str, str]]:
        """The score and where it comes from, line by line."""
        rows: list[tuple[str, str]] = []
        if self.ok and not self.applies:
            rows += [("result", "not applicable")]
        elif self.ok:
            rows += [(f"percentage {h}", percent_text(v)) for h, v in self.percent.items()]
            rows += [("points", str(self.points))] if self.points is not None else []
            rows += [("band", repr(self.band))] if self.band is not None else []
            rows += [("form", self.form)] if self.form else []
            rows += [("band lowered", "one level")] if self.reduced else []
            rows += [(name, _in_words(value)) for name, value in self.outputs.items()]
        rows += [("coefficient table", self.table.id)]
        rows += [("band table", self.bands.id)] if self.bands is not None else []
        rows += [("issue", i.message or str(i)) for i in self.issues]
        rows += [("worth knowing", i.message or str(i)) for i in self.information]
        return rows + [("caution", text) for text in self.cautions]

    def explain(self, horizon: Horizon | None = None) -> Explanation:
        """Each factor, its value and what it adds.

        Args:
            horizon: ``"1yr"`` or ``"2yr"``; by default the longest the instrument has, if any.

        Raises:
            InputErrorGroup: There is no score to explain.
            UnknownNameError: The instrument has no such horizon.
        """
        known = self._instrument.horizons
        chosen = horizon or (known[-1] if known else None)
        if chosen is not None and chosen not in known:
            raise UnknownNameError("horizon", chosen, known)
        if not self.ok:
            raise InputErrorGroup.of(f"{self._instrument.name} cannot be scored", self.issues)
        found = self._instrument.explain_score(self, chosen)
        results = self._instrument.explained_results(self)
        return attrs.evolve(found, results=results) if results else found

    def to_dict(self) -> dict[str, Any]:
        """The score as plain values for JSON."""
        return {
            "predictor": self.predictor,
            "percent": dict(self.percent),
            "probability": dict(self.probability),
            "band": None if self.band is None else str(self.band),
            "points": self.points,
            "form": self.form,
            "reduced": self.reduced,
            "coefficient_table": {"id": self.table.id, "digest": self.table.digest},
            "band_table": None
            if self.bands is None
            else {"id": self.bands.id, "digest": self.bands.digest},
            "issues": [str(i) for i in self.issues],
            "information": [str(i) for i in self.information],
            "cautions": list(self.cautions),
            "outputs": dict(self.outputs),
            "components": {k: s.to_dict() for k, s in self.components.items()},
            "version": self.version,
        }


def _in_words(value: int | bool | str | None) -> str:
    """A named result as it is shown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
