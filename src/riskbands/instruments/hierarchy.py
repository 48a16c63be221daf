"""A hierarchy: the first category that matches gives the probability."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic.truth import some, take
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.scale import BandScale
from riskbands.bands.table import BandTable
from riskbands.errors import TableError
from riskbands.instruments.gated import Gated
from riskbands.instruments.layout import Entry, Section
from riskbands.instruments.outcome import Outcome
from riskbands.scorecards.contribution import Contribution
from riskbands.scorecards.explanation import Explanation
from riskbands.scorecards.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.score import Score

__all__ = ["Hierarchy"]

#: How a coefficient table names the band of a category to whom the instrument does not apply.
_NOT_APPLICABLE_LABEL = "Not applicable"


@attrs.frozen(eq=False)
class _Compiled:
    """What each category stands for, by horizon, and its band where the table names one."""

    p: Mapping[str, NDArray[np.float64]]
    units: Mapping[str, NDArray[np.int64]]
    codes: NDArray[np.int8] | None


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Hierarchy(Gated):
    """The first category that matches gives the probability, and its band where it has one.

    Attributes:
        section: Section of the coefficient table, or None for the whole.
        category: The feature whose categories they are.
    """

    section: str | None = None
    category: str

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        return (*self.gate_features, self.category, *self.required)

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories, the first that is looked for first."""
        return self.vocabulary.feature(self.category).categories

    @cached_property
    def numbers(self) -> Numbers:
        """The section of the table."""
        return Numbers(self.table, self.section)

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient table."""
        about = "probability from 0 to 1, horizon {}; the first category that matches counts"
        entries = [
            Entry(f"probability_{h}", about.format(h), by=self.categories) for h in self.horizons
        ]
        bands = Entry(
            "band", "the band of each category, by name", self.categories, names=True, optional=True
        )
        section = Section(
            name=self.section,
            entries=(*entries, bands),
            limits=self.limits,
            unit=self.unit,
            table=self.table if self.has_table else None,
        )
        return (section,)

    @cached_property
    def _compiled(self) -> _Compiled:
        numbers, categories = self.numbers, self.categories
        p: dict[str, NDArray[np.float64]] = {
            h: np.array([numbers.number(f"probability_{h}/{c}") for c in categories])
            for h in self.horizons
        }
        for h, values in p.items():
            if not ((values >= 0) & (values <= 1)).all():
                raise TableError(f"{self.table.id}: probability_{h} must lie between 0 and 1")
        units: dict[str, NDArray[np.int64]] = {
            h: np.array(
                [self._units_of(numbers.fraction(f"probability_{h}/{c}")) for c in categories]
            )
            for h in self.horizons
        }
        codes = None
        named = numbers.names("band") if numbers.has("band") else {}
        # a table with edges bands the percentage; the names in the coefficients are for a scale
        if named and isinstance(self._bands, BandScale) and not isinstance(self._bands, BandTable):
            numbers.missing += [f"band.{c}" for c in categories if c not in named]
            ranks = {label: rank for rank, label in enumerate(self._bands.labels)}
            ranks[_NOT_APPLICABLE_LABEL] = NOT_APPLICABLE_CODE
            if not set(named.values()) <= set(ranks):
                raise TableError(f"{self.table.id}: band must be one of {', '.join(ranks)}")
            found = [ranks.get(named.get(c, ""), MISSING_CODE) for c in categories]
            codes = np.array(found, np.int8)
        numbers.check()
        return _Compiled(p, units, codes)

    @property
    def reports_zero(self) -> bool:
        """Whether the percentage of a category is 0."""
        return any((units == 0).any() for units in self._compiled.units.values())

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._gated(derivation, (self.category,))
        outcome = Outcome(ok, issues, applies=applies)
        if not some(ok):
            return outcome
        compiled = self._compiled
        category: Any = derivation.read(self.category) if some(applies) else 0
        for h in self.horizons:
            outcome.p[h] = take(compiled.p[h], category)
            outcome.units[h] = take(compiled.units[h], category)
        if compiled.codes is not None:
            outcome.band = take(compiled.codes, category)
        else:
            self._band(outcome)
        outcome.mask_not_applicable()
        return outcome

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        return {self.category: derivation.read(self.category)} if outcome.applies is True else {}

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """The category, in percent."""
        assert horizon is not None
        p = score.probability.get(horizon)
        found: tuple[Contribution, ...] = ()
        total = 0.0 if p is None else 100.0 * p
        if score.applies:
            text = self.vocabulary.feature(self.category).describe(score.values[self.category])
            found = (Contribution("category", dict(score.values), total, text),)
        return Explanation(
            self.id,
            horizon,
            self.unit,
            found,
            total,
            p,
            score.percent.get(horizon),
            applies=score.applies,
        )
