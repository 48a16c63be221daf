"""The four kinds of arithmetic an instrument has, each over declared terms.

A regression (log-odds of one or two forms), a points scale, a hierarchy of categories, and a sum
of other predictors. The instruments in `riskbands.predictors` only declare.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from riskbands.arithmetic.percent import Percent
from riskbands.arithmetic.truth import both, either, negate, some, take, where
from riskbands.bands.scale import BandScale
from riskbands.derivation.derive import Check, joined
from riskbands.errors import TableError
from riskbands.instruments.outcome import Outcome
from riskbands.instruments.predictor import Explanation, Predictor
from riskbands.scorecards.coefficients import Numbers, check_sections
from riskbands.scorecards.compiled import MOST_POINTS, Contribution, compile_tables, contributions
from riskbands.vocabulary.features import feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from riskbands.derivation.derive import Derivation, Found, Truth
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.scorecards.compiled import JointTable
    from riskbands.scorecards.terms import Term

__all__ = ["Combined", "Form", "FormTables", "Hierarchy", "PointsScale", "Regression"]

S = TypeVar("S", bound="Combined")

#: Greatest sum of log-odds whose odds, and their inverse, are doubles.
_MOST_LOG_ODDS = 700.0


@attrs.frozen(kw_only=True)
class Form:
    """One scorecard: its section of the coefficient table, its terms and its joint tables.

    Attributes:
        name: ``brief``, ``extended``, or an empty text for the only form.
        section: Section of the coefficient table, or None for the whole.
        terms: The declaration.
        groups: Features of each joint table.
    """

    name: str = ""
    section: str | None = None
    terms: tuple[Term, ...]
    groups: tuple[tuple[str, ...], ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Features read, each once."""
        return tuple(dict.fromkeys(f for group in self.groups for f in group))


def _limit_checks(limits: Mapping[str, tuple[int, int]]) -> tuple[Check, ...]:
    """Checks that features keep to a domain narrower than their own."""
    found = []
    for name, (low, high) in limits.items():
        f = feature(name)
        if (f.low, f.high) == (low, high) or not f.sources:
            continue
        found.append(
            Check(
                f"{name}_out_of_range",
                (name,),
                lambda v, low=low, high=high: (v < low) | (v > high),
                f"{f.meaning or name} must be from {low} to {high} for this instrument",
            )
        )
    return tuple(found)


def _check_reach(table: CoefficientTable, log_odds: float) -> None:
    """Refuse numbers that together could give log-odds whose odds are no double."""
    if log_odds > _MOST_LOG_ODDS:
        raise TableError(
            f"{table.id}: its numbers are too large together; "
            f"log-odds could reach {log_odds:.3g}, more than {_MOST_LOG_ODDS:.0f}"
        )


@attrs.frozen(eq=False)
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
        rest: Any = None
        for table in self.tables[1:]:
            entry = table.read(value, one)
            rest = entry if rest is None else rest * entry
        first = self.tables[0]
        index = first.place(value) if one else first.index(value)
        against = {h: take(entries, index) for h, entries in self.first.items()}
        return against if rest is None else {h: a * rest for h, a in against.items()}


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Regression(Predictor):
    """A logistic regression, with one form or a brief and an extended one."""

    forms: tuple[Form, ...]
    limits: Mapping[str, tuple[int, int]] = attrs.field(factory=dict)

    @property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return len(self.forms) > 1

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads, dynamic ones included."""
        return tuple(dict.fromkeys(f for form in self.forms for f in form.features))

    @cached_property
    def needed_features(self) -> tuple[str, ...]:
        """Features of the brief, or only, form."""
        return self.forms[0].features

    @cached_property
    def dynamic(self) -> tuple[str, ...]:
        """Features only the extended form reads."""
        return tuple(f for f in self.features if f not in self.forms[0].features)

    @cached_property
    def numbers(self) -> tuple[Numbers, ...]:
        """The section of the table of each form."""
        return tuple(Numbers(self.table, form.section) for form in self.forms)

    @cached_property
    def _compiled(self) -> tuple[FormTables, ...]:
        found = []
        for form, numbers in zip(self.forms, self.numbers, strict=True):
            tables = compile_tables(form.terms, numbers, form.groups, self.limits)
            for h in ("1yr", "2yr"):
                numbers.used.add(f"intercept_{h}")
            intercepts = {h: numbers.number(f"intercept_{h}") for h in self.horizons}
            reach = sum(float(np.abs(np.log(t.entries)).max()) for t in tables)
            reach += max(map(abs, intercepts.values()))
            _check_reach(self.table, reach)
            first = {h: tables[0].scaled(math.exp(-i)) for h, i in intercepts.items()}
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
        return (*self.checks, *_limit_checks(self.limits))

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues = self._ready(derivation, self.needed_features)
        information: list[Found] = []
        extended: Truth = False
        if self.has_forms and form != "brief":
            there = derivation.valid(self.dynamic)
            if some(negate(there)):
                lacking = derivation.why_missing(self.dynamic, negate(there))
                for issue, rows in lacking:
                    if form == "auto" and issue.code == "missing":
                        information.append((issue, rows))
                    else:
                        issues.append((issue, rows))
                        ok = both(ok, negate(rows))
            extended = there
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

    def _explain(
        self, derivation: Derivation, outcome: Outcome, horizon: str, form: str
    ) -> Explanation:
        index = 1 if outcome.extended is True else 0
        numbers = self.numbers[index]
        intercept = Contribution(
            "intercept", {}, numbers.number(f"intercept_{horizon}"), f"horizon {horizon}"
        )
        found = (
            intercept,
            *contributions(self.forms[index].terms, numbers, derivation.read),
        )
        return Explanation(
            self.id,
            horizon,
            "log-odds",
            found,
            math.fsum(c.amount for c in found),
            outcome.p[horizon],
            self.rule.of_units(outcome.units[horizon]),
        )


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class _Gated(Predictor):
    """An instrument that applies only where a 0/1 feature is 1; elsewhere it is not applicable."""

    gate: str | None = None
    #: Features that must be there though no term reads them.
    required: tuple[str, ...] = ()

    def _gated(
        self, derivation: Derivation, names: tuple[str, ...], extra: tuple[Check, ...] = ()
    ) -> tuple[Truth, list[Found], Truth]:
        """Where there is a result, the issues elsewhere, and where the instrument applies."""
        issues: list[Found] = []
        applies: Truth = True
        known: Truth = True
        if self.gate is not None:
            value, known = derivation.value(self.gate)
            applies = both(known, value == 1)
            if some(negate(known)):
                issues += derivation.why_missing((self.gate,))
        ready, found = self._ready(derivation, (*names, *self.required), applies)
        for issue, broken in derivation.broken(extra):
            rows = both(applies, broken)
            if some(rows):
                found.append((issue, rows))
                ready = both(ready, negate(rows))
        # A check that breaks where the instrument does not apply (a history of "no" beside
        # sexual sanctions) still withholds the result.
        clean: Truth = True
        for issue, rows in found:
            issues.append((issue, rows))
            clean = both(clean, negate(rows))
        return both(both(known, clean), either(negate(applies), ready)), issues, applies


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class PointsScale(_Gated):
    """Whole points that add up, and a logistic link from points to probability.

    An instrument without horizons has points and no probability.

    Attributes:
        form: The scorecard, in points.
        limits: Domains narrower than the features' own.
        reads: Other predictors' percentages used as features: ``{"ogrs3_2yr": (ogrs3, "2yr")}``.
        lowers: Whether the band drops a level under the OSP rule of five quiet years.
        zero_points: Whether the table has a probability of its own for 0 points.
    """

    form: Form
    limits: Mapping[str, tuple[int, int]] = attrs.field(factory=dict)
    reads: Mapping[str, tuple[Predictor, str]] = attrs.field(factory=dict)
    lowers: bool = False
    zero_points: bool = False

    @property
    def has_points(self) -> bool:
        """Whether the instrument has points."""
        return True

    @property
    def reducible(self) -> bool:
        """Whether its band may be lowered a level."""
        return self.lowers

    @cached_property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return tuple(dict.fromkeys(p for p, _ in self.reads.values()))

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        gate = (self.gate,) if self.gate else ()
        inner = tuple(f for p in self.components for f in p.features)
        own = tuple(f for f in self.form.features if f not in self.reads)
        return tuple(dict.fromkeys((*gate, *inner, *own, *self.required)))

    @property
    def checked_features(self) -> tuple[str, ...]:
        """Features its checks, and the rule that lowers its band, read beside its own."""
        lowering = ("supervision_status", *QUIET) if self.lowers else ()
        return tuple(dict.fromkeys((*super().checked_features, *lowering)))

    def _accepting(self: Any, table: CoefficientTable) -> Any:
        if self.id in table.predictor:
            return super()._accepting(table)
        reads = {
            name: (p._accepting(table) if p.id in table.predictor else p, h)
            for name, (p, h) in self.reads.items()
        }
        if reads == self.reads:
            return super()._accepting(table)
        return attrs.evolve(self, reads=reads)

    def with_components(self, *components: Predictor) -> PointsScale:
        """This predictor reading other versions of its components, matched by id."""
        by_id = {p.id: p for p in components}
        reads = {n: (by_id.get(p.id, p), h) for n, (p, h) in self.reads.items()}
        return attrs.evolve(self, reads=reads)

    @cached_property
    def numbers(self) -> Numbers:
        """The section of the table."""
        return Numbers(self.table, self.form.section)

    @cached_property
    def _compiled(
        self,
    ) -> tuple[tuple[JointTable, ...], Mapping[str, NDArray[Any]], Mapping[str, NDArray[Any]]]:
        numbers = self.numbers
        tables = compile_tables(
            self.form.terms, numbers, self.form.groups, self.limits, points=True
        )
        lowest = sum(int(t.entries.min()) for t in tables)
        highest = sum(int(t.entries.max()) for t in tables)
        if lowest < 0:
            raise TableError(f"{self.table.id}: points add up to {lowest}, below 0")
        if highest > MOST_POINTS:
            raise TableError(f"{self.table.id}: points add up to {highest}, above {MOST_POINTS}")
        slope = numbers.number("slope") if self.horizons else 0.0
        p, n = {}, {}
        for h in self.horizons:
            intercept = numbers.number(f"intercept_{h}")
            _check_reach(self.table, abs(slope) * highest + abs(intercept))
            by_points = [
                1.0 / (1.0 + math.exp(-(slope * k + intercept))) for k in range(highest + 1)
            ]
            if self.zero_points:
                by_points[0] = numbers.probability("zero_points_probability")
            p[h] = np.array(by_points)
            n[h] = np.array([self.rule.units(v) for v in by_points], dtype=np.int64)
        numbers.check()
        return tables, p, n

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    @cached_property
    def _limits_checked(self) -> tuple[Check, ...]:
        return _limit_checks(self.limits)

    def _value(self, derivation: Derivation) -> Callable[[str], Any]:
        if not self.reads:
            return derivation.sure

        def value(name: str) -> Any:
            if name in self.reads:
                predictor, horizon = self.reads[name]
                return predictor.outcome(derivation).units[horizon]
            return derivation.sure(name)

        return value

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        own = tuple(f for f in self.form.features if f not in self.reads)
        ok, issues, applies = self._gated(derivation, own, self._limits_checked)
        for component in self.components:
            inner = component.outcome(derivation)
            ok = both(ok, inner.ok)
            if inner.issues:
                issues = joined(issues, inner.issues)
        outcome = Outcome(ok, issues, applies=applies)
        if self.lowers:
            outcome.reduced = False
        if not some(ok):
            return outcome
        tables, p, n = self._compiled
        value = self._value(derivation)
        points: Any = 0
        if derivation.sums is not None:
            points = derivation.sums.points(self, value)
        elif some(applies):
            for table in tables:
                points = points + table.read(value, derivation.one)
        outcome.points = points
        for h in self.horizons:
            outcome.p[h] = take(p[h], points)
            outcome.units[h] = take(n[h], points)
        self._band(outcome)
        if self.lowers:
            self._lower(derivation, outcome)
        outcome.mask_not_applicable()
        return outcome

    def _lower(self, derivation: Derivation, outcome: Outcome) -> None:
        """Lower the band a level after five quiet years outside custody.

        A condition that is not known matters only where all others hold; there the band cannot
        be told, and the missing fields are an issue.
        """
        if outcome.band is None:
            return
        candidate = both(both(outcome.ok, outcome.applies), outcome.band > 0)
        if not some(candidate):
            return
        custody, known = derivation.value("supervision_status")
        holds = both(known, custody != 0)
        fails = both(known, custody == 0)
        settled = known
        for name in QUIET:
            quiet, there = derivation.value(name)
            holds = both(holds, both(there, quiet == 1))
            fails = either(fails, both(there, quiet == 0))
            settled = both(settled, there)
        reduced = both(candidate, holds)
        unknown = both(candidate, both(negate(settled), negate(fails)))
        if some(unknown):
            names = ("supervision_status", *QUIET)
            outcome.issues += derivation.why_missing(names, unknown)
            outcome.ok = both(outcome.ok, negate(unknown))
        outcome.band = where(reduced, outcome.band - 1, outcome.band)
        outcome.reduced = reduced

    def _explain(
        self, derivation: Derivation, outcome: Outcome, horizon: str, form: str
    ) -> Explanation:
        found: tuple[Contribution, ...] = ()
        if outcome.applies is True:
            found = contributions(self.form.terms, self.numbers, self._value(derivation))
        return Explanation(
            self.id,
            horizon,
            "points",
            found,
            math.fsum(c.amount for c in found),
            outcome.p[horizon] if horizon else None,
            self.rule.of_units(outcome.units[horizon]) if horizon else None,
            tuple(p.explain(derivation, h) for p, h in self.reads.values()),
        )


#: Conditions of the lower band besides custody.
QUIET = (
    "five_years_since_last_offence",
    "five_years_since_last_sexual_offence",
    "five_years_since_follow_up",
)


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Hierarchy(_Gated):
    """The first category that matches gives the probability, and its band where it has one."""

    section: str
    feature_name: str = "image_hierarchy"

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        return (*((self.gate,) if self.gate else ()), self.feature_name, *self.required)

    @cached_property
    def numbers(self) -> Numbers:
        """The section of the table."""
        return Numbers(self.table, self.section)

    @cached_property
    def _compiled(self) -> tuple[Mapping[str, Any], Mapping[str, Any], Any]:
        numbers = self.numbers
        categories = feature(self.feature_name).categories
        p = {
            h: np.array([numbers.number(f"probability_{h}/{c}") for c in categories])
            for h in self.horizons
        }
        for h, values in p.items():
            if not ((values >= 0) & (values <= 1)).all():
                raise TableError(f"{self.table.id}: probability_{h} must lie between 0 and 1")
        units = {h: np.array([self.rule.units(float(v)) for v in p[h]]) for h in self.horizons}
        codes = None
        if isinstance(self._bands, BandScale) and numbers.has("band"):
            named = numbers.names("band")
            numbers.missing += [f"band.{c}" for c in categories if c not in named]
            ranks = {label: rank for rank, label in enumerate(self._bands.labels)}
            ranks["Not applicable"] = -2
            if not set(named.values()) <= set(ranks):
                raise TableError(f"{self.table.id}: band must be one of {', '.join(ranks)}")
            codes = np.array([ranks.get(named.get(c, ""), -1) for c in categories], np.int8)
        numbers.check()
        return p, units, codes

    def prepare(self) -> None:
        """Compile the tables now."""
        self._compiled  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._gated(derivation, (self.feature_name,))
        outcome = Outcome(ok, issues, applies=applies)
        if not some(ok):
            return outcome
        p, units, codes = self._compiled
        category = derivation.read(self.feature_name) if some(applies) else 0
        for h in self.horizons:
            outcome.p[h] = take(p[h], category)
            outcome.units[h] = take(units[h], category)
        if codes is not None:
            outcome.band = take(codes, category)
        else:
            self._band(outcome)
        outcome.mask_not_applicable()
        return outcome

    def _explain(
        self, derivation: Derivation, outcome: Outcome, horizon: str, form: str
    ) -> Explanation:
        p = outcome.p[horizon]
        found: tuple[Contribution, ...] = ()
        if outcome.applies is True:
            category = derivation.value(self.feature_name)[0]
            text = feature(self.feature_name).describe(category)
            found = (Contribution("category", {self.feature_name: category}, 100.0 * p, text),)
        percent = self.rule.of_units(outcome.units[horizon])
        return Explanation(self.id, horizon, "percent", found, 100.0 * p, p, percent)


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Combined(Predictor):
    """A sum of the percentages of its components, each rounded first, at most 99.99.

    Attributes:
        parts: The components: serious violence, contact, images.
        female_key: Where the contact component's table has the probability for a female with a
            sexual-offence history.
        section: Section of that table.
    """

    parts: tuple[Predictor, ...]
    section: str
    female_key: str = "female_with_sexual_history_2yr"

    @property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return self.parts

    @property
    def shown(self) -> tuple[Predictor, ...]:
        """The sum, and what it adds up."""
        return (self, *self.parts)

    @property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return True

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        inner = tuple(f for p in self.parts for f in p.features)
        return tuple(dict.fromkeys((*inner, "female_with_sexual_history")))

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features its components cannot do without."""
        inner = tuple(f for p in self.parts for f in p.needed_features)
        return tuple(dict.fromkeys((*inner, "female_with_sexual_history")))

    @cached_property
    def table(self) -> CoefficientTable:
        """The table of the first component, which gives the form."""
        return self.parts[0].table

    @cached_property
    def female(self) -> float:
        """Probability added for a female with a sexual-offence history."""
        table = self.parts[1].table
        numbers = Numbers(table, self.section)
        value = numbers.probability(self.female_key)
        numbers.check()
        return value

    def _accepting(self: S, table: CoefficientTable) -> S:
        parts = tuple(p._accepting(table) if p.id in table.predictor else p for p in self.parts)
        if parts == self.parts:
            raise TableError(
                f"{table.id} is a table for {', '.join(table.predictor)}; the components of "
                f"{self.id} are {', '.join(p.id for p in self.parts)}"
            )
        changed = attrs.evolve(self, parts=parts)
        changed.prepare()
        return changed

    def with_components(self: S, *components: Predictor) -> S:
        """This predictor with other components, e.g. ``osp_c`` and ``osp_i`` for RSR.

        Args:
            components: Predictors; one with the id of a component replaces it. To change which
                instruments are summed, give all three in order.
        """
        by_id = {p.id: p for p in components}
        if set(by_id) <= {p.id for p in self.parts}:
            parts = tuple(by_id.get(p.id, p) for p in self.parts)
        elif len(components) == len(self.parts):
            parts = components
        else:
            raise TableError(f"{self.id} needs {len(self.parts)} components")
        return attrs.evolve(self, parts=parts)

    def prepare(self) -> None:
        """Compile the tables now."""
        for part in self.parts:
            part.prepare()
        self.female  # noqa: B018 - a cached property

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        woman = derivation.value("female_with_sexual_history")[0]
        ok, issues = self._ready(derivation, ("female_with_sexual_history",))
        inner = [p.outcome(derivation, form) for p in self.parts]
        for part in inner:
            if part.issues:
                issues = joined(issues, part.issues)
            ok = both(ok, part.ok)
        first = inner[0]
        outcome = Outcome(ok, issues, list(first.information), extended=first.extended)
        if not some(ok):
            return outcome
        # not products, which could leave the narrow dtype of a block's features
        extra_units = where(woman == 1, Percent.HUNDREDTHS.units(self.female), 0)
        extra = where(woman == 1, self.female, 0.0)
        for h in self.horizons:
            total, p = extra_units, extra
            for part in inner:
                total = total + part.units[h]
                p = p + part.p[h]
            over = total > self.rule.highest
            outcome.units[h] = total - (total - self.rule.highest) * over
            outcome.p[h] = where(p > 1.0, 1.0, p)
        self._band(outcome)
        return outcome

    def _explain(
        self, derivation: Derivation, outcome: Outcome, horizon: str, form: str
    ) -> Explanation:
        found = []
        over = -outcome.units[horizon]
        for part in self.parts:
            inner = part.outcome(derivation, form)
            over += inner.units[horizon]
            amount = part.rule.of_units(inner.units[horizon])
            text = "" if inner.applies is True else "not applicable"
            found.append(Contribution(part.id, {}, float(amount), text))
        woman = derivation.value("female_with_sexual_history")[0]
        extra = Percent.HUNDREDTHS.units(self.female) * woman
        over += extra
        found.append(
            Contribution(
                "female with sexual-offence history",
                {"female_with_sexual_history": woman},
                extra / 100,
                "yes" if woman else "no",
            )
        )
        if over > 0:
            highest = self.rule.of_units(self.rule.highest)
            found.append(Contribution("limit", {}, -over / 100, f"at most {highest} is reported"))
        percent = self.rule.of_units(outcome.units[horizon])
        return Explanation(
            self.id,
            horizon,
            "percent",
            tuple(found),
            float(percent),
            outcome.p[horizon],
            percent,
            tuple(p.explain(derivation, horizon, form) for p in self.parts),
        )
