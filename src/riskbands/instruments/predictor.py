"""The face of a predictor: what every instrument has, whatever its arithmetic."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import attrs

from riskbands._frozen import FrozenDict, frozen
from riskbands._options import FORMS, ON_ISSUE
from riskbands._version import __version__
from riskbands.arithmetic.truth import both, negate, some
from riskbands.bands.builtin import as_bands, band_table
from riskbands.bands.codes import MISSING_CODE
from riskbands.bands.scale import NOT_APPLICABLE
from riskbands.bands.table import BandTable, Unit
from riskbands.derivation.case import Case
from riskbands.derivation.checks import Rules
from riskbands.derivation.written import CaseDerivation
from riskbands.errors import InputErrorGroup, MissingTableError, TableError, UnknownNameError
from riskbands.instruments import described
from riskbands.instruments.banding import Banding
from riskbands.instruments.caution import Cautions
from riskbands.instruments.score import Score
from riskbands.scorecards.coefficients import CoefficientTable, as_table, coefficient_tables
from riskbands.vocabulary.needs import derivable, field_needs
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from riskbands._options import FormName, Horizon, OnIssue
    from riskbands.arithmetic.percent import Percent
    from riskbands.bands.scale import Band, BandScale, NotApplicable
    from riskbands.derivation.checks import Check
    from riskbands.derivation.derive import Derivation, Found, Truth
    from riskbands.errors import Issue
    from riskbands.instruments.caution import Caution
    from riskbands.instruments.layout import Addition, Section
    from riskbands.instruments.outcome import Outcome
    from riskbands.instruments.reduction import Reduction
    from riskbands.instruments.results import Result
    from riskbands.instruments.score_features import BlockScorer, FeatureScores
    from riskbands.scorecards.explanation import Explanation
    from riskbands.scorecards.form import Form
    from riskbands.vocabulary.needs import FieldNeeds
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["Assessment", "Predictor"]

_NO_COMPONENTS: Mapping[str, Score] = FrozenDict()
_NO_VALUES: Mapping[str, Any] = FrozenDict()
P = TypeVar("P", bound="Predictor")


class Assessment(Protocol):
    """What a predictor needs of an assessment."""

    @property
    def derivation(self) -> Derivation:
        """Features of the case, each worked out once."""


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Predictor:
    """An instrument: its declaration, its numbers and its bands.

    A predictor is a value: it can be copied, pickled and passed to another process. Import the
    built-in ones (``riskbands.ogrs3``, ...). `with_table` and `with_bands` give a new predictor
    with other numbers.

    Attributes:
        id: Short name, prefix of its columns.
        name: Name as the field writes it.
        title: Name in full.
        horizons: ``"1yr"`` and/or ``"2yr"``.
        rule: How the percentage is rounded.
        banded: The horizon whose percentage is banded.
        checks: Rules its inputs must keep.
        advice: Rules whose breaking is worth knowing but no fault.
        cautions: What its scores do not say.
        successor: Id of the predictor that followed it, or an empty text.
        vocabulary: The fields and features it may read.
        forms: Its scorecards, the brief one first; empty where it has none of its own.
        limits: Domains of features that are narrower here than elsewhere, by feature.
        reduction: The rule that lowers its band a level, or None.
        results: Named results beside percentage, points and band.
        by_name_only: Whether it is scored only when it is asked for by name.
        declaration: The text of the file it was read from, or an empty text.
    """

    id: str
    name: str
    title: str
    horizons: tuple[Horizon, ...]
    rule: Percent
    banded: str = "2yr"
    checks: tuple[Check, ...] = attrs.field(default=(), converter=Rules)
    advice: tuple[Check, ...] = attrs.field(default=(), converter=Rules)
    cautions: tuple[Caution, ...] = ()
    successor: str = ""
    vocabulary: Vocabulary = attrs.field(factory=built_in)
    forms: tuple[Form, ...] = ()
    limits: Mapping[str, tuple[int, int]] = attrs.field(factory=FrozenDict, converter=frozen)
    reduction: Reduction | None = None
    results: tuple[Result, ...] = ()
    by_name_only: bool = False
    declaration: str = ""
    _table: CoefficientTable | str | None = None
    _bands: BandScale | str | None = None

    #: In what the factors are counted: ``log-odds``, ``points`` or ``percent``.
    unit: ClassVar[str] = "percent"

    def __repr__(self) -> str:
        table = self._table if isinstance(self._table, str) else getattr(self._table, "id", None)
        parts = ", ".join(c.id for c in self.components)
        return f"<Predictor {self.id!r} ({self.name}) with {table or parts or 'no table'}>"

    def __str__(self) -> str:
        return described.as_text(self)

    def _repr_html_(self) -> str:
        return described.as_html(self)

    def __init_subclass__(cls) -> None:
        """Let ``help(rb.ogrs3)`` and ``rb.ogrs3?`` describe the instrument, not its class."""
        cls.__doc__ = described.Docstring(cls.__doc__)

    def __getstate__(self) -> dict[str, Any]:
        """The declaration: compiled tables are made again where they are needed."""
        return {a.name: getattr(self, a.name) for a in attrs.fields(type(self))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    # -- tables ------------------------------------------------------------------------------

    @cached_property
    def table(self) -> CoefficientTable:
        """The coefficient table.

        Raises:
            MissingTableError: None is public for this instrument and none was supplied.
        """
        if self._table is None:
            raise MissingTableError(self.name, self.id)
        if isinstance(self._table, str):
            return coefficient_tables[self._table]
        return self._table

    @cached_property
    def bands(self) -> BandScale | None:
        """The band table, or None where none is known and none was supplied."""
        return band_table(self._bands) if isinstance(self._bands, str) else self._bands

    @property
    def has_table(self) -> bool:
        """Whether there are numbers to score with: built in, or supplied."""
        return self._table is not None

    @property
    def tables(self) -> tuple[CoefficientTable, ...]:
        """The coefficient tables its numbers come from, each once."""
        return (self.table,)

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it reads of its coefficient tables, section by section."""
        raise NotImplementedError

    @property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return ()

    @property
    def shows_components(self) -> bool:
        """Whether results of the components stand beside its own."""
        return False

    def with_components(self: P, *components: Predictor) -> P:
        """This predictor reading other versions of its components, matched by id."""
        return self

    def with_table(self: P, table: CoefficientTable | str | Path) -> P:
        """This predictor with other numbers.

        Args:
            table: A table, the id of a built-in one, or the path of a TOML file. A table of a
                component (an SNSV table for RSR) replaces the component's.

        Raises:
            TableError: The table is for another predictor, or its keys do not fit; all missing
                and unknown keys are named.
            UnknownNameError: No built-in table has that id, and there is no such file.
        """
        return self._accepting(as_table(table))

    def _accepting(self: P, table: CoefficientTable) -> P:
        if self.id not in table.predictor:
            raise TableError(
                f"{table.id} is a table for {', '.join(table.predictor)}, not for {self.id}"
            )
        changed = attrs.evolve(self, table=table, declaration="")
        changed.prepare()
        return changed

    def with_bands(self: P, bands: BandTable | str | Path, *, any_score: bool = False) -> P:
        """This predictor with another band table.

        Args:
            bands: A table, the id of a built-in one, or the path of a file.
            any_score: Take a table that is for the scores of other predictors; its id, and so
                every result, then ends in ``(any score)``.

        Raises:
            TableError: The table says that it is for other predictors; or it bands points and
                the instrument has none, or the other way round.
            UnknownNameError: No built-in table has that id.
        """
        chosen = as_bands(bands)
        if chosen.unit is Unit.POINTS and not self.has_points:
            raise TableError(f"{chosen.id} bands points, and {self.id} has none")
        if chosen.unit is not Unit.POINTS and not self.horizons:
            raise TableError(f"{chosen.id} bands a percentage, and {self.id} has points alone")
        return attrs.evolve(
            self, bands=chosen.banding(self.id, any_score=any_score), declaration=""
        )

    def prepare(self) -> None:
        """Compile the tables now rather than at the first score.

        Raises:
            TableError: The coefficient table does not fit.
        """
        raise NotImplementedError

    # -- shape of the results ----------------------------------------------------------------

    @property
    def has_points(self) -> bool:
        """Whether the instrument has points."""
        return False

    @property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return False

    @property
    def may_not_apply(self) -> bool:
        """Whether the instrument can turn out not to apply to a person."""
        return False

    @property
    def may_lack_percent(self) -> bool:
        """Whether those it does not apply to have no percentage, and not 0."""
        return False

    @property
    def reports_zero(self) -> bool:
        """Whether the percentage of a person it applies to can be 0."""
        return self.rule.lowest == 0

    def percent_there(self, outcome: Outcome) -> Truth:
        """Where there is a percentage."""
        return both(outcome.ok, outcome.applies) if self.may_lack_percent else outcome.ok

    @property
    def reducible(self) -> bool:
        """Whether its band may be lowered a level."""
        return self.reduction is not None

    @property
    def gate_features(self) -> tuple[str, ...]:
        """The feature that says to whom it applies, if there is one."""
        return ()

    @property
    def additions(self) -> tuple[Addition, ...]:
        """What features add to a sum of components."""
        return ()

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads, dynamic ones included."""
        raise NotImplementedError

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features without which it cannot score: those of the brief form."""
        return self.features

    @property
    def needed_of_all(self) -> tuple[str, ...]:
        """Features that every result needs, also "not applicable"."""
        return self.needed_features

    @property
    def dynamic_features(self) -> tuple[str, ...]:
        """Features that only the extended form reads."""
        return tuple(f for f in self.features if f not in self.needed_features)

    @property
    def checked_features(self) -> tuple[str, ...]:
        """Features its checks read beside its own."""
        own = [i for c in self.checks for i in c.inputs if i[0] != "."]
        inner = [f for p in self.components for f in p.checked_features]
        return tuple(dict.fromkeys((*own, *inner)))

    @property
    def aliases(self) -> Mapping[str, str]:
        """Features that `score_features` takes under another name, by that name."""
        found: dict[str, str] = {}
        for name in self.features:
            if alias := self.vocabulary.feature(name).alias:
                found.setdefault(alias, name)
        return found

    @property
    def offence_groups(self) -> tuple[str, ...]:
        """Names of the codes of its ``offence_group`` feature, in code order.

        Empty for an instrument that does not read the offence.
        """
        name = self.aliases.get("offence_group")
        return () if name is None else self.vocabulary.feature(name).categories

    @cached_property
    def needs(self) -> FieldNeeds:
        """The fields behind its features: needed, standing in, used where given, dynamic."""
        checked = (i for c in self.checks for i in c.inputs)
        return field_needs(self.vocabulary, self.needed_features, self.features, checked)

    def can_score(self, fields: Collection[str]) -> bool:
        """Whether there are numbers, and data with these fields gives every needed feature."""
        return self.has_table and derivable(self.vocabulary, self.needed_features, fields)

    def domain_of(self, name: str) -> tuple[int, int] | None:
        """Least and greatest value of a feature here, or None where it is not limited."""
        for component in self.components:
            if name in component.features and component.domain_of(name) is not None:
                return component.domain_of(name)
        if name in self.limits:
            return self.limits[name]
        f = self.vocabulary.feature(name)
        return None if f.low is None or f.high is None else (f.low, f.high)

    # -- scoring -----------------------------------------------------------------------------

    def score_features(
        self,
        features: Mapping[str, Any],
        *,
        horizons: tuple[Horizon, ...] | None = None,
        threads: int | None = None,
        out: FeatureScores | None = None,
    ) -> FeatureScores:
        """Score ready features: the fastest way, for simulations and large histories.

        Args:
            features: One-dimensional arrays of whole numbers (bool, or any integer dtype; the
                smaller the faster) under the names of `features`: ``sex`` 0 male, 1
                female; ages in years; ``offence_group`` as positions in
                `offence_groups`. With every feature of the extended form it is used,
                else the brief one.
            horizons: Those wanted; by default all.
            threads: At most so many; by default one a processor. One is started for each
                1,048,576 rows, for fewer are not worth one. At most 17 MB of scratch memory for
                each of at most four threads are kept for the next call.
            out: Scores of an earlier call of this predictor, for as many rows and the same
                horizons. They are written over, which spares a simulation new memory for every
                round; after an error they mean nothing.

        Returns:
            Probabilities, percentages and bands, bit for bit those of
            `riskbands.score_cohort`.

        Raises:
            InputErrorGroup: A feature is missing, not of whole numbers, of another length, or
                out of its domain; all of them together.
            UnknownNameError: A feature the predictor does not read, or a horizon it lacks.
            MissingTableError: The instrument has no table.
            ValueError: ``out`` does not fit, or ``threads`` is less than 1.

        Examples:
            >>> import numpy as np
            >>> import riskbands as rb
            >>> group = rb.ogrs3.offence_groups.index("violence")
            >>> scores = rb.ogrs3.score_features(
            ...     {
            ...         "sex": np.array([0], np.int8),
            ...         "age_at_follow_up": np.array([33], np.int8),
            ...         "offence_group": np.array([group], np.int8),
            ...         "sanctions": np.array([4], np.int16),
            ...         "career_years": np.array([16], np.int8),
            ...     }
            ... )
            >>> scores.percent["2yr"].tolist(), scores.band
            ([25], <BandArray ogrs3-2yr n=1: Low>)
        """
        from riskbands.instruments.score_features import score_features

        self.table  # noqa: B018 - without one there is no use in looking at the features
        return score_features(self, features, horizons=horizons, threads=threads, out=out)

    def block_scorer(self, form: str, rows: int) -> AbstractContextManager[BlockScorer]:
        """What scores so many rows of ready features, one block at a time.

        Args:
            form: ``brief`` (or the only form), or ``extended``.
            rows: The most rows it will be given.
        """
        from riskbands.instruments.score_features import outcome_scorer

        del rows
        return outcome_scorer(self, form)

    def case(self, values: Mapping[str, Any]) -> Case:
        """One case of the fields of this instrument, from a mapping of raw values.

        Args:
            values: Values by field, in the forms data comes in (``"M"``, ``"2024-01-16"``,
                ``"yes"``, a date, a number); None or a word for it is missing.

        Raises:
            InputErrorGroup: A value cannot be read; lists every one.
            UnknownNameError: A name is no field of the instrument's vocabulary.
        """
        return Case(values, self.vocabulary)

    def score(
        self,
        assessment: Assessment | Mapping[str, Any],
        *,
        form: FormName = "auto",
        on_issue: OnIssue = "raise",
    ) -> Score:
        """Score one case.

        Args:
            assessment: The case: an assessment, or a mapping of raw values by field.
            form: ``"auto"`` takes the extended form when every dynamic item is there, else the
                brief one and lists the missing items as information; ``"brief"`` and
                ``"extended"`` force one. Ignored by an instrument with one form.
            on_issue: ``"raise"``, or ``"return"`` for a Score without a percentage and with the
                issues.

        Raises:
            InputErrorGroup: Something is missing or inconsistent; lists everything.
            MissingTableError: The instrument has no table.
            TypeError: Neither an assessment nor a mapping.
        """
        if on_issue not in ON_ISSUE:
            raise UnknownNameError("on_issue", on_issue, ON_ISSUE)
        self.table  # noqa: B018 - without one there is no use in looking at the case
        derivation = self._derivation(assessment)
        outcome = self.outcome(derivation, form)
        if outcome.ok is not True and on_issue == "raise":
            raise InputErrorGroup.of(
                f"{self.name} cannot be scored", (i for i, _ in outcome.issues)
            )
        return self._score(derivation, outcome, form)

    def explain(
        self,
        assessment: Assessment | Mapping[str, Any],
        horizon: Horizon | None = None,
        *,
        form: FormName = "auto",
    ) -> Explanation:
        """Each factor of one case and what it adds.

        Args:
            assessment: The case, as for `score`.
            horizon: ``"1yr"`` or ``"2yr"``; by default the longest the instrument has, if any.
            form: As for `score`.

        Raises:
            InputErrorGroup: There is no score to explain.
            UnknownNameError: The instrument has no such horizon.
        """
        return self.score(assessment, form=form).explain(horizon)

    def _derivation(self, assessment: Assessment | Mapping[str, Any]) -> Derivation:
        """The features of a case, in the vocabulary of this instrument."""
        derivation = getattr(assessment, "derivation", None)
        if derivation is None:
            return self.case(_mapping(assessment, self.id)).derivation
        if derivation.vocabulary is self.vocabulary:
            return derivation  # type: ignore[no-any-return]
        if isinstance(derivation, CaseDerivation):
            return derivation.under(self.vocabulary)
        return derivation  # type: ignore[no-any-return]

    def score_of(self, derivation: Derivation, form: str) -> Score:
        """The score of one case whose features are worked out, with or without issues."""
        return self._score(derivation, self.outcome(derivation, form), form)

    def _score(self, derivation: Derivation, outcome: Outcome, form: str) -> Score:
        percent: Mapping[str, float] = _NO_VALUES
        probability: Mapping[str, float] = _NO_VALUES
        band: Any = None
        values = _NO_VALUES
        ok = outcome.ok is True
        if ok:
            if self.percent_there(outcome) is True:
                probability = FrozenDict(outcome.p)
                of_units = self.rule.of_units
                percent = FrozenDict([(h, of_units(n)) for h, n in outcome.units.items()])
            if outcome.band is not None and self.bands is not None:
                band = _band(outcome.band, self.bands)
            layer = self._layer(derivation)
            values = self._values(layer, outcome)
            if self.results and outcome.applies is True and (more := self._trace(layer, values)):
                values = {**values, **more}
            if type(values) is not FrozenDict:
                values = FrozenDict(values)
        kind = None
        if outcome.extended is not None and ok:
            kind = "extended" if outcome.extended is True else "brief"
        components = _NO_COMPONENTS
        if self.components:
            components = FrozenDict({c.id: c.score_of(derivation, form) for c in self.components})
        return Score(
            self.id,
            percent,
            probability,
            band,
            outcome.points if ok and outcome.applies is True else None,
            kind,
            outcome.reduced if ok else None,
            outcome.applies is True,
            self.table,
            self.bands,
            _issues(outcome.issues),
            _issues(outcome.information),
            self._told.texts(derivation),
            components,
            values,
            self._outputs(outcome) if self.results else _NO_VALUES,
            self,
        )

    def _outputs(self, outcome: Outcome) -> Mapping[str, Any]:
        """Named results of one case; None where there is none."""
        found = {r.name: (r, *outcome.results[r.name]) for r in self.results}
        return FrozenDict({n: r.value(v) if t is True else None for n, (r, v, t) in found.items()})

    @cached_property
    def _told(self) -> Cautions:
        return Cautions(self.cautions)

    def to_sql(
        self,
        dialect: str = "duckdb",
        *,
        source: str | Sequence[str],
        columns: Mapping[str, str] | Iterable[str] | None = None,
        keep: Sequence[str] = (),
        form: FormName = "auto",
    ) -> str:
        """The whole score as one SELECT, exact: what `riskbands.score_cohort` gives.

        Args:
            dialect: ``duckdb``, ``spark``, ``postgres`` (or ``postgresql``), ``trino`` or
                ``athena``; the last two are written but not run in this library's tests.
            source: The table: its name, or the parts of a qualified name.
            columns: Column by field, e.g. ``{"date_of_birth": "dob"}``, or the fields whose
                columns have their names. Fields that are not among them are missing. By default
                all fields the predictor can read, under their own names, but for those that
                stand in for others (ages and months in place of dates, ``offence_group``).
            keep: Columns of the table to give back beside the scores, such as a case number.
            form: ``"auto"``, ``"brief"`` or ``"extended"``, as for `score`.

        Returns:
            One statement, the same for the same predictor, table and version. A row for each
            row of the source, with the columns ``keep`` and those of `riskbands.score_cohort`:
            ``<id>_points`` (smallint), ``<id>_1yr`` and ``<id>_2yr`` (smallint, or double of two
            decimals), ``<id>_band``, ``<id>_type``, ``<id>_issues`` (text) and ``<id>_reduced``
            (boolean). See docs/how-to/sql.md for the types of the fields.

        Raises:
            InputError: A name cannot be one of a column or table.
            MissingTableError: The instrument has no table.
            TableError: The instrument has something that SQL is not written for.
            UnknownNameError: The dialect, a field or the form is not known.
        """
        from riskbands.instruments.sql.statement import statement

        if form not in FORMS:
            raise UnknownNameError("form", form, FORMS)
        self.table  # noqa: B018 - without one there is nothing to write
        return statement(
            self, dialect, source=source, columns=columns, keep=keep, form=form, version=__version__
        )

    def to_toml(self) -> str:
        """The instrument as a file that `riskbands.load_instrument` reads back.

        Of an instrument that was read from a file it is that file. Of a built-in one it names the
        fields and features of the library, its coefficient table and its band table.

        Raises:
            TableError: A file has no words for this kind of instrument.
            MissingTableError: The instrument has no table.
        """
        from riskbands.instruments.asfile import to_toml

        return self.declaration or to_toml(self)

    def outcome(self, derivation: Derivation, form: str = "auto") -> Outcome:
        """Numbers and issues of a case or a block; worked out once for each derivation."""
        key = (self, form if self.has_forms or self.components else "")
        found: Outcome | None = derivation.outcomes.get(key)
        if found is None:
            if form not in FORMS:
                raise UnknownNameError("form", form, FORMS)
            layer = self._layer(derivation)
            found = derivation.outcomes[key] = self._work_out(layer, form)
            for result in self.results:
                found.results[result.name] = result.work_out(layer, found)
            found.information += derivation.broken(self.advice)
        return found

    # -- for the instruments -----------------------------------------------------------------

    def _layer(self, derivation: Derivation) -> Derivation:
        """The derivation that the instrument reads: with what other predictors say, if any."""
        return derivation

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        raise NotImplementedError

    def _values(self, derivation: Derivation, outcome: Outcome) -> Mapping[str, int]:
        """What an explanation of the outcome of one case will read, by feature."""
        raise NotImplementedError

    def _trace(self, derivation: Derivation, known: Mapping[str, int]) -> Mapping[str, int]:
        """What an explanation will say of named results beside what is known, by feature."""
        return _NO_VALUES

    def explained_results(self, score: Score) -> tuple[tuple[str, str, str], ...]:
        """Each named result of a score, its value and what it was made of, in words."""
        return ()

    def explain_score(self, score: Score, horizon: Horizon | None) -> Explanation:
        """Each factor of a score of this predictor; see `riskbands.Score.explain`."""
        raise NotImplementedError

    @property
    def _rules(self) -> tuple[Check, ...]:
        """The checks, and those the instrument's arithmetic needs."""
        return self.checks

    def _ready(
        self, derivation: Derivation, names: Iterable[str], rows: Truth = True
    ) -> tuple[Truth, list[Found]]:
        """Where features are there and checks hold, and the issues elsewhere."""
        names, rules = tuple(names), self._rules
        if isinstance(rules, Rules) and derivation.sound(names, rules):
            return True, []
        ok = derivation.valid(names)
        issues: list[Found] = []
        if ok is not True and some(both(rows, negate(ok))):
            issues = derivation.why_missing(names, rows)
        for issue, broken in derivation.broken(rules):
            issues.append((issue, broken))
            ok = both(ok, negate(broken))
        unread = derivation.unread(rules, rows)
        for _, bad in unread:
            ok = both(ok, negate(bad))
        return ok, derivation.joined(issues, unread) if unread else issues

    @cached_property
    def banding(self) -> Banding | None:
        """Band codes of what it reports; None without a band table of intervals."""
        return Banding(self.bands, self.rule) if isinstance(self.bands, BandTable) else None

    def _band(self, outcome: Outcome) -> None:
        """Band the outcome, where there is a band table."""
        h = self.banded
        if self.banding is not None and (h in outcome.p or not self.horizons):
            units, p = outcome.units.get(h), outcome.p.get(h)
            outcome.band = self.banding.codes(units, p, outcome.points)


def _issues(found: list[Found]) -> tuple[Issue, ...]:
    return tuple([issue for issue, _ in found]) if found else ()


def _band(code: int, bands: BandScale) -> Band | NotApplicable | None:
    """The band of a code."""
    if code >= 0:
        return bands.bands[code]
    return None if code == MISSING_CODE else NOT_APPLICABLE


def _mapping(given: Any, ident: str) -> Mapping[str, Any]:
    """A mapping of one case's values.

    Raises:
        TypeError: It is not a mapping. For a data frame or a list of cases the error names the
            right function.
    """
    if isinstance(given, dict) or (hasattr(given, "keys") and not hasattr(given, "columns")):
        return given  # type: ignore[no-any-return]
    kind = type(given).__name__
    if hasattr(given, "columns") or hasattr(given, "column_names") or isinstance(given, list):
        raise TypeError(
            f"score takes one case, not a {kind}: for many cases use "
            f"riskbands.score_cohort(data, ['{ident}'])"
        )
    raise TypeError(
        f"score takes an assessment such as riskbands.OASysAssessment(...), or a mapping of "
        f"fields, not a {kind}"
    )
