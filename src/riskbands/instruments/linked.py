"""A sum of weights and a link to a probability, for those to whom the instrument applies."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic.truth import both, negate, some, where
from riskbands.errors import TableError
from riskbands.instruments.forms import extended_rows
from riskbands.instruments.layout import Entry, Section, intercepts
from riskbands.instruments.limits import check_reach
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.summed import Summed
from riskbands.scorecards.compiled import compile_tables
from riskbands.scorecards.contribution import Contribution, contributions
from riskbands.scorecards.explanation import Explanation
from riskbands.scorecards.numbers import Numbers, check_sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands._options import Horizon, Link
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.score import Score
    from riskbands.scorecards.compiled import JointTable
    from riskbands.scorecards.form import Form

__all__ = ["LinkedSum"]


@attrs.frozen(eq=False)
class _Compiled:
    """Joint tables of odds against (or of hazard ratios, inverted), and constants by horizon."""

    tables: tuple[JointTable, ...]
    constants: Mapping[Horizon, float]


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class LinkedSum(Summed):
    """A sum of weights, linked to a probability; it may apply to some people only.

    Link ``logistic``: the sum and ``intercept_<horizon>`` are log-odds. Link ``survival``: the sum
    less ``centre`` is the logarithm of a hazard ratio, and the probability is
    ``1 - baseline_survival_<horizon> ** exp(sum - centre)``, as of a Cox model; this is the
    complementary log-log link. Its forms are one scorecard, or a brief and an extended one.

    Attributes:
        link: The link.
    """

    link: Link

    @property
    def unit(self) -> str:  # type: ignore[override]
        """In what the factors are counted."""
        return "log-odds" if self.link == "logistic" else "log hazard ratio"

    @cached_property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return len(self.forms) > 1

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads, dynamic ones included."""
        scored = (f for form in self.forms for f in form.features)
        return tuple(dict.fromkeys((*self.gate_features, *scored, *self.required)))

    @cached_property
    def needed_features(self) -> tuple[str, ...]:
        """Features without which it cannot score: those of the brief, or only, form."""
        own = (*self.gate_features, *self.forms[0].features, *self.required)
        return tuple(dict.fromkeys(own))

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient table."""
        if self.link == "logistic":
            entries = intercepts(self.horizons)
        else:
            entries = (
                Entry("centre", "what is taken from the sum before the link: log hazard ratio"),
                *(
                    Entry(f"baseline_survival_{h}", f"baseline survival from 0 to 1, horizon {h}")
                    for h in self.horizons
                ),
            )
        return self._sections(entries)

    @cached_property
    def numbers(self) -> tuple[Numbers, ...]:
        """The section of the table of each form."""
        return tuple(Numbers(self.table, form.section) for form in self.forms)

    def added(self, numbers: Numbers, horizon: Horizon) -> tuple[float, ...]:
        """What is added to the sum of the terms: log-odds, or the logarithm of a hazard."""
        if self.link == "logistic":
            return (numbers.number(f"intercept_{horizon}"),)
        survival = numbers.number(f"baseline_survival_{horizon}")
        return math.log(-math.log(survival)), -numbers.number("centre")

    @cached_property
    def _compiled(self) -> tuple[_Compiled, ...]:
        found = tuple(map(self._compile, self.forms, self.numbers))
        check_sections(self.table, self.numbers)
        return found

    def _compile(self, form: Form, numbers: Numbers) -> _Compiled:
        tables = compile_tables(form.terms, numbers, form.groups, self.limits, self.vocabulary)
        reach = sum(t.reach for t in tables)
        constants: dict[Horizon, float] = {}
        centre = numbers.number("centre") if self.link == "survival" else 0.0
        for h in self.horizons:
            if self.link == "logistic":
                intercept = numbers.number(f"intercept_{h}")
                check_reach(self.table, reach + abs(intercept))
                constants[h] = math.exp(-intercept)
                continue
            check_reach(self.table, reach + abs(centre))
            survival = numbers.number(f"baseline_survival_{h}")
            if not 0 < survival < 1 and f"baseline_survival_{h}" not in numbers.missing:
                raise TableError(
                    f"{self.table.id}: baseline_survival_{h} must lie between 0 and 1, without both"
                )
            constants[h] = math.log(survival) * math.exp(-centre) if survival > 0 else 0.0
        return _Compiled(tables, constants)

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._gated(derivation, self.forms[0].features, self._limits_checked)
        outcome = Outcome(ok, issues, applies=applies)
        if self.has_forms:
            dynamic = self.dynamic_features
            extended, lacking, outcome.information = extended_rows(
                derivation, form, dynamic, applies
            )
            for issue, rows in lacking:
                issues.append((issue, rows))
                outcome.ok = both(outcome.ok, negate(rows))
            outcome.extended = extended
        if self.reduction is not None:
            outcome.reduced = False
        if not some(outcome.ok):
            return outcome
        if derivation.sums is not None:
            derivation.sums.regression(self, outcome.extended, outcome)
        else:
            self._link(derivation, outcome)
        return self._finished(derivation, outcome)

    def _link(self, derivation: Derivation, outcome: Outcome) -> None:
        """Work out the probabilities and percentages."""
        against = self._against(derivation, outcome)
        for h in self.horizons:
            if self.link == "logistic":
                outcome.p[h] = 1.0 / (1.0 + against[h])
            else:
                outcome.p[h] = _one_less_exponential(against[h])
            outcome.units[h] = self.rule.units(outcome.p[h])

    def _against(self, derivation: Derivation, outcome: Outcome) -> Mapping[Horizon, Any]:
        """Odds against (of a survival, its logarithm) by horizon, of the form each row has."""
        extended = outcome.extended
        if extended is None or isinstance(extended, bool):
            return self._of_form(self._compiled[int(extended is True)], derivation, outcome)
        brief, full = (self._of_form(c, derivation, outcome) for c in self._compiled)
        return {h: where(extended, full[h], brief[h]) for h in self.horizons}

    def _of_form(
        self, compiled: _Compiled, derivation: Derivation, outcome: Outcome
    ) -> Mapping[Horizon, Any]:
        against: Any = 1.0
        if some(outcome.applies):
            for table in compiled.tables:
                against = against * table.read(derivation.sure, derivation.one)
        if self.link == "logistic":
            return {h: against * constant for h, constant in compiled.constants.items()}
        return {h: constant / against for h, constant in compiled.constants.items()}

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        if outcome.applies is not True:
            return {}
        form = self.forms[int(outcome.extended is True)]
        return {name: derivation.sure(name) for name in form.features}

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """Each term and the constant of the link."""
        assert horizon is not None
        index = int(score.form == "extended")
        numbers = self.numbers[index]
        found: tuple[Contribution, ...] = ()
        if score.applies:
            read = score.values.__getitem__
            terms = contributions(self.forms[index].terms, numbers, read, self.vocabulary)
            if self.link == "logistic":
                name, amount = "intercept", numbers.number(f"intercept_{horizon}")
            else:
                name, amount = "centre", -numbers.number("centre") + 0.0
            constant = Contribution(name, {}, amount, f"horizon {horizon}")
            found = (constant, *terms)
        return Explanation(
            self.id,
            horizon,
            self.unit,
            found,
            math.fsum(c.amount for c in found),
            score.probability.get(horizon),
            score.percent.get(horizon),
            applies=score.applies,
        )


def _one_less_exponential(x: Any) -> Any:
    """``1 - exp(x)`` of numbers at or below 0, the same for a number and in an array.

    An array is worked out number by number: NumPy does not promise the same last bit as `math`.
    """
    if isinstance(x, float):
        return -math.expm1(x) + 0.0
    return np.fromiter((-v + 0.0 for v in map(math.expm1, x.tolist())), np.float64, len(x))
