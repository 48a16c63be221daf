"""A panel: an instrument whose results are features, with no percentage and no band of its own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

import attrs
import numpy as np

from riskbands.arithmetic.truth import both, negate, some, where
from riskbands.derivation.layered import Layered
from riskbands.errors import TableError
from riskbands.instruments.gated import Gated, held
from riskbands.instruments.identity import rules_of
from riskbands.instruments.outcome import Outcome
from riskbands.scorecards.contribution import Contribution
from riskbands.scorecards.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands._options import Horizon
    from riskbands.derivation.derive import Derivation, Found
    from riskbands.instruments.layout import Section
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.score import Score
    from riskbands.instruments.score_features import FeatureScores
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["DOES_NOT_APPLY", "UNKNOWN", "Panel", "Reading"]


#: What stands for a predictor that could not be scored, and for one that does not apply.
UNKNOWN, DOES_NOT_APPLY = -1, -2
#: Decimals of a percentage that is read.
_DIGITS = 2
P = TypeVar("P", bound="Panel")


@attrs.frozen(kw_only=True)
class Reading:
    """What a panel reads of another predictor, as a feature.

    Attributes:
        feature: Name of the feature: a percentage in hundredths, or a place among the bands, the
            lowest 0. `UNKNOWN` where the predictor has no score, `DOES_NOT_APPLY` where it does
            not apply.
        predictor: The predictor.
        horizon: The horizon whose percentage is read, or an empty text for the band.
    """

    feature: str
    predictor: Predictor
    horizon: str = ""

    def of(self, derivation: Derivation) -> Any:
        """The value for a case or a block."""
        outcome = self.predictor.outcome(derivation)
        if not some(outcome.ok):
            return UNKNOWN
        if self.horizon:
            value = outcome.units[self.horizon]
            if isinstance(value, np.ndarray):  # 10,000 hundredths at most
                value = value.astype(np.int16)
            if self.predictor.rule.digits != _DIGITS:
                value = value * 10 ** (_DIGITS - self.predictor.rule.digits)
        else:
            value = UNKNOWN if outcome.band is None else outcome.band
        applies = where(outcome.applies, value, DOES_NOT_APPLY)
        return where(outcome.ok, applies, UNKNOWN)


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Panel(Gated):
    """Results that rules give, such as those of a screening tool.

    Declare the fields and features in a vocabulary, then each result with the features it reads.
    Its table carries the citation, and may have no numbers.

    Attributes:
        reads: What it reads of other predictors. Where one of them has no score because something
            is missing, that is no issue here: the rules say what follows. Its other issues are
            issues here too, as nobody has answered what cannot be read.
    """

    horizons: tuple[Horizon, ...] = ()
    reads: tuple[Reading, ...] = ()

    unit: ClassVar[str] = "points"

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        read = (f for r in self.results for f in r.features)
        summed = (f for names in self.sums.values() for f in names)
        return tuple(dict.fromkeys((*self.needed_features, *read, *summed)))

    @cached_property
    def _reached(self) -> tuple[str, ...]:
        """Fields that its features can come from."""
        return self.vocabulary.reach(self.features)

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features without which there is no result."""
        return tuple(dict.fromkeys((*self.gate_features, *self.required)))

    @property
    def dynamic_features(self) -> tuple[str, ...]:
        """None: there is one form."""
        return ()

    @cached_property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors it reads."""
        return tuple(dict.fromkeys(r.predictor for r in self.reads))

    def with_components(self: P, *components: Predictor) -> P:
        """This panel reading other predictors: matched by id, or all of them in their order."""
        by_id = {p.id: p for p in components}
        if set(by_id) <= {r.predictor.id for r in self.reads}:
            chosen = [by_id.get(r.predictor.id, r.predictor) for r in self.reads]
        elif len(components) == len(self.reads):
            chosen = list(components)
        else:
            raise TableError(f"{self.id} needs {len(self.reads)} components")
        pairs = zip(self.reads, chosen, strict=True)
        reads = tuple(attrs.evolve(r, predictor=p) for r, p in pairs)
        return attrs.evolve(self, reads=reads, declaration="")

    def _layer(self, derivation: Derivation) -> Derivation:
        if not self.reads:
            return derivation
        found: Derivation | None = derivation.outcomes.get((self, "layer"))
        if found is None:
            given = {r.feature: (r.of(derivation), True) for r in self.reads}
            found = derivation.outcomes[self, "layer"] = Layered(derivation, given)
        return found

    @cached_property
    def table(self) -> CoefficientTable:
        """The table that carries the citation; its digest is that of the rules."""
        own = super().table
        if own.coefficients or own.rules:
            return own
        return attrs.evolve(own, rules=rules_of(self))

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """Its table, which carries the citation, and those of the predictors it reads."""
        inner = [t for p in self.components if p.has_table for t in p.tables]
        return tuple({t.id: t for t in (self.table, *inner)}.values())

    @property
    def sections(self) -> tuple[Section, ...]:
        """No numbers of a table are read."""
        return ()

    def score_features(
        self,
        features: Mapping[str, Any],
        *,
        horizons: tuple[Horizon, ...] | None = None,
        threads: int | None = None,
        out: FeatureScores | None = None,
    ) -> NoReturn:
        """Refused: ready features are for percentages and points.

        Raises:
            TableError: Always; says what to use.
        """
        raise TableError(f"{self.id} gives named results alone: use score_cohort")

    def prepare(self) -> None:
        """Compile the tables of the predictors it reads."""
        for p in self.components:
            p.prepare()

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        ok, issues, applies = self._gated(derivation, ())
        # A result may be without a value by its rule. A field that cannot be read is an issue.
        if derivation.one or not derivation.faultless(self.features, self._reached):
            for issue, rows in derivation.why_missing(self.features, both(ok, applies)):
                if issue.code != "missing":
                    issues.append((issue, rows))
                    ok = both(ok, negate(rows))
        refused = held(self._refused(derivation), applies)
        if refused:
            issues = derivation.joined(issues, refused)
            for _, rows in refused:
                ok = both(ok, negate(rows))
        return Outcome(ok, issues, applies=applies)

    def _refused(self, derivation: Derivation) -> list[Found]:
        """Why predictors that it reads refuse what they were given."""
        if not isinstance(derivation, Layered):
            return []
        outcomes = (p.outcome(derivation.base) for p in self.components)
        return [found for o in outcomes for found in o.issues if found[0].code != "missing"]

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        if not some(outcome.applies):
            return {}
        found: dict[str, Any] = {}
        for names in self.sums.values():
            for name in (*names, *(r for n in names for r in self.factor(n)[1])):
                value, valid = derivation.value(name)
                if valid is True:
                    found[name] = value
        return found

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """What adds up to each result that is a sum."""
        parts = []
        for result, names in self.sums.items():
            found = tuple(self._contribution(n, score) for n in names if n in score.values)
            total = sum(c.amount for c in found)
            parts.append(
                Explanation(f"{self.id} {result}", "", self.unit, found, total, None, None)
            )
        if len(parts) == 1:
            return parts[0]
        total = sum(part.total for part in parts)
        return Explanation(self.id, "", self.unit, (), total, None, None, tuple(parts))

    def _contribution(self, name: str, score: Score) -> Contribution:
        factor, reads = self.factor(name)
        values = {r: score.values[r] for r in reads if r in score.values}
        text = ", ".join(self.vocabulary.feature(r).said(v) for r, v in values.items())
        return Contribution(factor, values, float(score.values[name]), text)
