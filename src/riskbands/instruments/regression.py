"""A logistic regression over declared terms, with one form or a brief and an extended one."""

from __future__ import annotations

import math
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np

from riskbands._frozen import FrozenDict
from riskbands.arithmetic.truth import both, negate, some, take
from riskbands.derivation.checks import Rules
from riskbands.instruments.forms import extended_rows
from riskbands.instruments.limits import check_reach, limit_checks
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.predictor import Predictor
from riskbands.scorecards.compiled import compile_tables
from riskbands.scorecards.numbers import Numbers, check_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from riskbands._options import Horizon, Link
    from riskbands.derivation.checks import Check
    from riskbands.derivation.derive import Derivation, Found, Truth
    from riskbands.errors import Issue
    from riskbands.instruments.layout import Section
    from riskbands.instruments.score import Score
    from riskbands.instruments.score_features import BlockScorer, Results
    from riskbands.scorecards.compiled import JointTable
    from riskbands.scorecards.explanation import Explanation

__all__ = ["FormTables", "Regression"]

#: Horizons whose intercept a table may have though the predictor does not report them.
_KNOWN_HORIZONS = ("1yr", "2yr")


@attrs.frozen(eq=False, repr=False)
class FormTables:
    """The tables of one form of a regression.

    Attributes:
        first: Entries of the first table times the odds against of the intercept, by horizon.
        tables: All tables.
    """

    first: Mapping[str, NDArray[np.float64]]
    tables: tuple[JointTable, ...]

    def against(self, value: Callable[[str], Any], one: bool) -> dict[str, Any]:
        """Odds against by horizon: the product of the entries, in the order of the tables.

        Args:
            value: Gives the values of a feature.
            one: Whether they are of one case.
        """
        if one:
            return self._against_one(value)
        rest: Any = None
        for table in self.tables[1:]:
            entry = table.read(value, one)
            rest = entry if rest is None else rest * entry
        index = self.tables[0].index(value)
        against = {h: take(entries, index) for h, entries in self.first.items()}
        return against if rest is None else {h: a * rest for h, a in against.items()}

    def _against_one(self, value: Callable[[str], int]) -> dict[str, float]:
        """The same product for one case, in the same order."""
        first, *others = self.tables
        rest: float | None = None
        for table in others:
            entry = table.entries.item(table.place(value))
            rest = entry if rest is None else rest * entry
        place = first.place(value)
        if rest is None:
            return {h: entries.item(place) for h, entries in self.first.items()}
        return {h: entries.item(place) * rest for h, entries in self.first.items()}


class Regression(Predictor):
    """A logistic regression; its forms are one scorecard, or a brief and an extended one."""

    link: ClassVar[Link] = "logistic"
    unit: ClassVar[str] = "log-odds"

    @cached_property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return len(self.forms) > 1

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads, dynamic ones included."""
        return tuple(dict.fromkeys(f for form in self.forms for f in form.features))

    @cached_property
    def _of_form(self) -> tuple[tuple[str, ...], ...]:
        """Features of each form."""
        return tuple(form.features for form in self.forms)

    @cached_property
    def needed_features(self) -> tuple[str, ...]:
        """Features of the brief, or only, form."""
        return self._of_form[0]

    @cached_property
    def dynamic_features(self) -> tuple[str, ...]:
        """Features that only the extended form reads."""
        return tuple(f for f in self.features if f not in self.needed_features)

    @cached_property
    def numbers(self) -> tuple[Numbers, ...]:
        """The section of the table of each form."""
        return tuple(Numbers(self.table, form.section) for form in self.forms)

    def added(self, numbers: Numbers, horizon: Horizon) -> tuple[float, ...]:
        """What is added to the sum of the terms: log-odds."""
        return (numbers.number(f"intercept_{horizon}"),)

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient table, a section a form."""
        from riskbands.instruments.layout import Section, intercepts

        return tuple(
            Section(
                name=form.section,
                form=form.name,
                entries=intercepts(self.horizons),
                terms=form.terms,
                limits=self.limits,
                unit=self.unit,
                table=self.table if self.has_table else None,
            )
            for form in self.forms
        )

    @cached_property
    def _compiled(self) -> tuple[FormTables, ...]:
        found = []
        for form, numbers in zip(self.forms, self.numbers, strict=True):
            tables = compile_tables(form.terms, numbers, form.groups, self.limits, self.vocabulary)
            for h in _KNOWN_HORIZONS:
                numbers.used.add(f"intercept_{h}")
            intercept = {h: numbers.number(f"intercept_{h}") for h in self.horizons}
            reach = sum(t.reach for t in tables)
            check_reach(self.table, reach + max(map(abs, intercept.values())))
            first: dict[str, NDArray[np.float64]] = {
                h: tables[0].scaled(math.exp(-i)) for h, i in intercept.items()
            }
            found.append(FormTables(first, tables))
        check_sections(self.table, self.numbers)
        return tuple(found)

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    def scorecard(self, form: str) -> FormTables:
        """The compiled tables of the brief (or only) form, or of the extended one."""
        return self._compiled[1 if form == "extended" else 0]

    @cached_property
    def _rules(self) -> tuple[Check, ...]:
        return Rules((*self.checks, *limit_checks(self.vocabulary, self.limits)))

    @contextmanager
    def block_scorer(self, form: str, rows: int) -> Iterator[BlockScorer]:
        """What scores so many rows of ready features, one block at a time."""
        from riskbands.instruments.fused import Regressor
        from riskbands.instruments.score_features import refused_by_checks

        compiled = self.scorecard(form)
        regressor = Regressor(
            compiled.first, compiled.tables, self.rule, self.banding, self.banded, rows
        )
        checks = [c for c in self.checks if c.inputs]

        def score(block: Mapping[str, Any], results: Results, here: slice) -> Iterable[Issue]:
            broken = refused_by_checks(checks, block, self.vocabulary)
            if not broken:
                regressor.score(
                    block,
                    {h: column[here] for h, column in results.probability.items()},
                    {h: column[here] for h, column in results.percent.items()},
                    None if results.codes is None else results.codes[here],
                )
            return broken

        yield score
        regressor.release()

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues = self._ready(derivation, self.needed_features)
        information: list[Found] = []
        extended: Truth = False
        if self.has_forms:
            extended, lacking, information = extended_rows(derivation, form, self.dynamic_features)
            for issue, rows in lacking:
                issues.append((issue, rows))
                ok = both(ok, negate(rows))
        outcome = Outcome(ok, issues, information)
        if self.has_forms:
            outcome.extended = extended
        if not some(ok):
            return outcome
        if derivation.sums is not None:
            derivation.sums.regression(self, extended, outcome)
        else:
            against = self._against(derivation, extended)
            for h in self.horizons:
                outcome.p[h] = 1.0 / (1.0 + against[h])
                outcome.units[h] = self.rule.units(outcome.p[h])
        self._band(outcome)
        return outcome

    def _against(self, derivation: Derivation, extended: Truth) -> Mapping[str, Any]:
        """Odds against by horizon, of the form each row has."""
        if extended is True or extended is False:
            return self._compiled[int(extended)].against(derivation.sure, derivation.one)
        brief, full = (compiled.against(derivation.read, False) for compiled in self._compiled)
        return {h: np.where(extended, full[h], brief[h]) for h in self.horizons}

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        names = self._of_form[1 if outcome.extended is True else 0]
        return FrozenDict(derivation.picked(names))

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """Each term of the form that was used, and the intercept, in log-odds."""
        from riskbands.scorecards.contribution import Contribution, contributions
        from riskbands.scorecards.explanation import Explanation

        assert horizon is not None
        index = 1 if score.form == "extended" else 0
        numbers = self.numbers[index]
        intercept = Contribution(
            "intercept", {}, numbers.number(f"intercept_{horizon}"), f"horizon {horizon}"
        )
        read = score.values.__getitem__
        terms = contributions(self.forms[index].terms, numbers, read, self.vocabulary)
        found = (intercept, *terms)
        return Explanation(
            self.id,
            horizon,
            self.unit,
            found,
            math.fsum(c.amount for c in found),
            score.probability[horizon],
            score.percent[horizon],
        )
