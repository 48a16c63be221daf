"""The face of a predictor: what every instrument has, whatever its arithmetic."""

from __future__ import annotations

import html
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs
import numpy as np

from riskbands._frozen import FrozenDict
from riskbands._version import __version__
from riskbands.arithmetic.truth import both, negate, some, take
from riskbands.bands.builtin import band_table
from riskbands.bands.table import NOT_APPLICABLE, BandTable, Unit
from riskbands.errors import InputErrorGroup, MissingTableError, TableError, UnknownNameError
from riskbands.scorecards.coefficients import CoefficientTable, coefficient_tables, load_table
from riskbands.vocabulary.features import feature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from riskbands.arithmetic.percent import Percent
    from riskbands.bands.scale import NotApplicable
    from riskbands.bands.table import Band, BandScale
    from riskbands.derivation.derive import Check, Derivation, Found, Truth
    from riskbands.errors import Issue
    from riskbands.instruments.caution import Caution
    from riskbands.instruments.outcome import Outcome
    from riskbands.instruments.score_features import FeatureScores
    from riskbands.scorecards.compiled import Contribution

__all__ = ["Assessment", "Explanation", "Predictor", "Score"]

FORMS = ("auto", "brief", "extended")
_NO_COMPONENTS: Mapping[str, Score] = FrozenDict()
P = TypeVar("P", bound="Predictor")


class Assessment(Protocol):
    """What a predictor needs of an assessment."""

    @property
    def derivation(self) -> Derivation:
        """Features of the case, each worked out once."""


@attrs.frozen
class Explanation:
    """Why a score is what it is: each factor, its value, and what it adds.

    Iterating gives the contributions. ``print`` shows a table.

    Attributes:
        predictor: Id of the predictor.
        horizon: The horizon explained; empty for an instrument of points alone.
        unit: ``log-odds``, ``points``, ``percent`` or ``category``.
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

    def __str__(self) -> str:
        wide = max([len(c.factor) for c in self.contributions] + [len("total")])
        digits = 6 if self.unit == "log-odds" else 2 if self.unit == "percent" else 0
        lines = [f"{' '.join(filter(None, (self.predictor, self.horizon)))} ({self.unit})"]
        lines += [
            f"  {c.factor:<{wide}}  {c.amount:>+12.{digits}f}  {c.text}" for c in self.contributions
        ]
        lines.append(f"  {'total':<{wide}}  {self.total:>+12.{digits}f}")
        if self.probability is not None:
            lines.append(f"  probability {self.probability:.6f}, reported as {self.percent} %")
        for part in self.parts:
            lines += ["  " + line for line in str(part).splitlines()]
        return "\n".join(lines)


@attrs.frozen(eq=False, repr=False)
class Score:
    """One person's score: the numbers, where they come from, and what they do not say.

    Attributes:
        predictor: Id of the predictor.
        percent: Percentage by horizon, as the instrument reports it: whole numbers for OGRS3,
            OGP and OVP, two decimals for the others. Empty without a score.
        probability: Unrounded probability by horizon.
        band: Band of the percentage (or points), ``NOT_APPLICABLE``, or None.
        points: Points, where the instrument has them.
        form: ``brief`` or ``extended``; None for an instrument with one form.
        reduced: Whether the band was lowered a level; None where the instrument has no such rule.
        table: The coefficient table.
        bands: The band table, or None.
        issues: Why there is no score; empty when there is one.
        information: What is worth knowing though there is a score.
        components: Scores this one is made from, by predictor.
        version: Version of this library.
    """

    predictor: str
    percent: Mapping[str, float]
    probability: Mapping[str, float]
    band: Band | NotApplicable | None
    points: int | None
    form: str | None
    reduced: bool | None
    table: CoefficientTable
    bands: BandScale | None
    issues: tuple[Issue, ...]
    information: tuple[Issue, ...]
    components: Mapping[str, Score]
    _source: tuple[Predictor, Derivation, str]
    version: str = __version__

    @property
    def ok(self) -> bool:
        """Whether there is a score."""
        return not self.issues

    def __repr__(self) -> str:
        if not self.ok:
            return f"<Score {self.predictor}: none; {'; '.join(map(str, self.issues))}>"
        parts = [f"{h} {value} %" for h, value in self.percent.items()]
        parts += [f"{self.points} points"] if self.points is not None else []
        parts += [str(self.band)] if self.band is not None else []
        parts += [self.form] if self.form else []
        return f"<Score {self.predictor}: {', '.join(parts)}; {self.table.id}>"

    def _repr_html_(self) -> str:
        rows = [("percentage " + h, f"{v} %") for h, v in self.percent.items()]
        rows += [("points", str(self.points))] if self.points is not None else []
        rows += [("band", str(self.band))] if self.band is not None else []
        rows += [("form", self.form)] if self.form else []
        rows += [("coefficient table", self.table.id)]
        rows += [("issue", i.message or str(i)) for i in self.issues]
        rows += [("caution", text) for text in self.cautions]
        cells = "".join(
            f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in rows
        )
        return f"<table><caption>{html.escape(self.predictor)}</caption>{cells}</table>"

    @property
    def cautions(self) -> tuple[str, ...]:
        """Limits of the instrument that concern this case."""
        predictor, derivation, _ = self._source
        return tuple(c.text for c in predictor.cautions if c.concerns(derivation))

    def explain(self, horizon: str | None = None) -> Explanation:
        """Each factor, its value and what it adds.

        Args:
            horizon: ``"1yr"`` or ``"2yr"``; by default the longest the instrument has, if any.

        Raises:
            InputErrorGroup: There is no score to explain.
            UnknownNameError: The instrument has no such horizon.
        """
        predictor, derivation, form = self._source
        return predictor.explain(derivation, horizon, form)

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
            "band_table": None if self.bands is None else self.bands.id,
            "issues": [str(i) for i in self.issues],
            "information": [str(i) for i in self.information],
            "cautions": list(self.cautions),
            "components": {k: s.to_dict() for k, s in self.components.items()},
            "version": self.version,
        }


@attrs.frozen(slots=False, eq=False, repr=False, kw_only=True)
class Predictor:
    """An instrument: its declaration, its numbers and its bands.

    Do not make one by hand: import the instruments (``riskbands.ogrs3``, ...) and, for other
    numbers, use `with_table` and `with_bands`, which give a new predictor.

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
    """

    id: str
    name: str
    title: str
    horizons: tuple[str, ...]
    rule: Percent
    banded: str = "2yr"
    checks: tuple[Check, ...] = ()
    advice: tuple[Check, ...] = ()
    cautions: tuple[Caution, ...] = ()
    successor: str = ""
    _table: CoefficientTable | str | None = None
    _bands: BandScale | str | None = None

    def __repr__(self) -> str:
        table = self._table if isinstance(self._table, str) else getattr(self._table, "id", None)
        parts = ", ".join(c.id for c in self.components)
        return f"<Predictor {self.id!r} ({self.name}) with {table or parts or 'no table'}>"

    # -- tables ------------------------------------------------------------------------------

    @cached_property
    def table(self) -> CoefficientTable:
        """The coefficient table.

        Raises:
            MissingTableError: None is public for this instrument and none was supplied.
        """
        if self._table is None:
            raise MissingTableError(
                f"{self.name} has no public coefficients and none are built in: supply those you "
                f"hold as a TOML file with riskbands.{self.id}.with_table('my-{self.id}.toml'); "
                f"`riskbands tables --template {self.id}` (in Python "
                f"riskbands.templates.template('{self.id}')) writes the layout of the file, "
                "every entry explained"
            )
        if isinstance(self._table, str):
            return coefficient_tables[self._table]
        return self._table

    @cached_property
    def bands(self) -> BandScale | None:
        """The band table, or None where none is known and none was supplied."""
        return band_table(self._bands) if isinstance(self._bands, str) else self._bands

    @property
    def components(self) -> tuple[Predictor, ...]:
        """Predictors this one is made from."""
        return ()

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
        changed = attrs.evolve(self, table=table)
        changed.prepare()
        return changed

    def with_bands(self: P, bands: BandTable | str) -> P:
        """This predictor with another band table (a table or the id of a built-in one).

        Raises:
            TableError: The table bands points and the instrument has none, or the other way round.
        """
        chosen = band_table(bands) if isinstance(bands, str) else bands
        if isinstance(chosen, BandTable) and chosen.unit is Unit.POINTS and not self.has_points:
            raise TableError(f"{chosen.id} bands points, and {self.id} has none")
        if isinstance(chosen, BandTable) and chosen.unit is not Unit.POINTS and not self.horizons:
            raise TableError(f"{chosen.id} bands a percentage, and {self.id} has points alone")
        return attrs.evolve(self, bands=chosen)

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
    def shown(self) -> tuple[Predictor, ...]:
        """The predictors whose columns a cohort is given: itself, and the parts of a sum."""
        return (self,)

    @property
    def has_forms(self) -> bool:
        """Whether it has a brief and an extended form."""
        return False

    @property
    def reducible(self) -> bool:
        """Whether its band may be lowered a level."""
        return False

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features it reads, dynamic ones included."""
        raise NotImplementedError

    @property
    def needed_features(self) -> tuple[str, ...]:
        """Features without which it cannot score: those of the brief form."""
        return self.features

    @property
    def checked_features(self) -> tuple[str, ...]:
        """Features its checks read beside its own."""
        own = [i for c in self.checks for i in c.inputs if i[0] != "."]
        inner = [f for p in self.components for f in p.checked_features]
        return tuple(dict.fromkeys((*own, *inner)))

    @property
    def offence_groups(self) -> tuple[str, ...]:
        """Names of the codes of its ``offence_group`` feature, in code order.

        Empty for an instrument that does not read the offence.
        """
        names = (f for f in self.features if f.startswith("offence_group"))
        return next((feature(f).categories for f in names), ())

    def domain_of(self, name: str) -> tuple[int, int] | None:
        """Least and greatest value of a feature here, or None where it is not limited."""
        for component in self.components:
            if name in component.features and component.domain_of(name) is not None:
                return component.domain_of(name)
        f = feature(name)
        limits: Mapping[str, tuple[int, int]] = getattr(self, "limits", {})
        if name in limits:
            return limits[name]
        return None if f.low is None or f.high is None else (f.low, f.high)

    # -- scoring -----------------------------------------------------------------------------

    def score_features(
        self,
        features: Mapping[str, Any],
        *,
        horizons: tuple[str, ...] | None = None,
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

        Example:
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

    def score(
        self, assessment: Assessment, *, form: str = "auto", on_issue: str = "raise"
    ) -> Score:
        """Score one case.

        Args:
            assessment: The case.
            form: ``"auto"`` takes the extended form when every dynamic item is there, else the
                brief one and lists the missing items as information; ``"brief"`` and
                ``"extended"`` force one. Ignored by an instrument with one form.
            on_issue: ``"raise"``, or ``"return"`` for a Score without a percentage and with the
                issues.

        Raises:
            InputErrorGroup: Something is missing or inconsistent; lists everything.
            MissingTableError: The instrument has no table.
        """
        if on_issue not in ("raise", "return"):
            raise UnknownNameError("on_issue", on_issue, ("raise", "return"))
        self.table  # noqa: B018 - without one there is no use in looking at the case
        derivation = assessment.derivation
        outcome = self.outcome(derivation, form)
        if outcome.ok is not True and on_issue == "raise":
            raise self._error(outcome)
        return self._score(outcome, derivation, form)

    def _error(self, outcome: Outcome) -> InputErrorGroup:
        return InputErrorGroup.of(f"{self.name} cannot be scored", (i for i, _ in outcome.issues))

    def _score(self, outcome: Outcome, derivation: Derivation, form: str) -> Score:
        percent: dict[str, float] = {}
        probability: dict[str, float] = {}
        band: Any = None
        ok = outcome.ok is True
        if ok:
            probability = dict(outcome.p)
            percent = {h: self.rule.of_units(n) for h, n in outcome.units.items()}
            if outcome.band is not None and self.bands is not None:
                band = _band(outcome.band, self.bands)
        kind = None
        if outcome.extended is not None and ok:
            kind = "extended" if outcome.extended is True else "brief"
        return Score(
            self.id,
            FrozenDict(percent),
            FrozenDict(probability),
            band,
            outcome.points if ok and outcome.applies is True else None,
            kind,
            outcome.reduced if ok else None,
            self.table,
            self.bands,
            _issues(outcome.issues),
            _issues(outcome.information),
            _components(self.components, derivation, form),
            (self, derivation, form),
        )

    def to_sql(
        self,
        dialect: str = "duckdb",
        *,
        source: str | Sequence[str],
        columns: Mapping[str, str] | Iterable[str] | None = None,
        keep: Sequence[str] = (),
        form: str = "auto",
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
        from riskbands.scoresql.statement import statement

        if form not in FORMS:
            raise UnknownNameError("form", form, FORMS)
        self.table  # noqa: B018 - without one there is nothing to write
        return statement(
            self, dialect, source=source, columns=columns, keep=keep, form=form, version=__version__
        )

    def outcome(self, derivation: Derivation, form: str = "auto") -> Outcome:
        """Numbers and issues of a case or a block; worked out once for each derivation."""
        key = (self, form if self.has_forms or self.components else "")
        found: Outcome | None = derivation.outcomes.get(key)
        if found is None:
            if form not in FORMS:
                raise UnknownNameError("form", form, FORMS)
            found = derivation.outcomes[key] = self._work_out(derivation, form)
            found.information += derivation.broken(self.advice)
        return found

    def _work_out(self, derivation: Derivation, form: str) -> Outcome:
        raise NotImplementedError

    def explain(
        self, derivation: Derivation, horizon: str | None = None, form: str = "auto"
    ) -> Explanation:
        """Each factor of one case and what it adds; see `Score.explain`."""
        horizon = horizon or (self.horizons[-1] if self.horizons else "")
        if horizon and horizon not in self.horizons:
            raise UnknownNameError("horizon", horizon, self.horizons)
        outcome = self.outcome(derivation, form)
        if outcome.ok is not True:
            raise self._error(outcome)
        return self._explain(derivation, outcome, horizon, form)

    def _explain(
        self, derivation: Derivation, outcome: Outcome, horizon: str, form: str
    ) -> Explanation:
        raise NotImplementedError

    # -- for the instruments -----------------------------------------------------------------

    @property
    def _rules(self) -> tuple[Check, ...]:
        """The checks, and those the instrument's arithmetic needs."""
        return self.checks

    def _ready(
        self, derivation: Derivation, names: Iterable[str], rows: Truth = True
    ) -> tuple[Truth, list[Found]]:
        """Where features are there and checks hold, and the issues elsewhere."""
        names = tuple(names)
        ok = derivation.valid(names)
        issues: list[Found] = []
        if ok is not True and some(both(rows, negate(ok))):
            issues = derivation.why_missing(names, rows)
        for issue, broken in derivation.broken(self._rules):
            issues.append((issue, broken))
            ok = both(ok, negate(broken))
        return ok, issues

    @cached_property
    def _steps_of_units(self) -> _Steps:
        """Band of every percentage the instrument can report."""
        assert isinstance(self.bands, BandTable)
        percents = np.arange(self.rule.highest + 1) / 10**self.rule.digits
        return _Steps(self.bands.codes(percents, refused="missing"))

    @cached_property
    def _steps_of_points(self) -> _Steps:
        """Band of every number of points."""
        assert isinstance(self.bands, BandTable)
        return _Steps(self.bands.codes(np.arange(1000), refused="missing"))

    def band_codes(self, units: Any, p: Any, points: Any = None) -> Any:
        """Band codes by percentage, points or probability, as the band table says.

        Args:
            units: Percentages of the banded horizon, in units of their last digit.
            p: Its probabilities.
            points: Points, where the instrument has them.
        """
        assert isinstance(self.bands, BandTable)
        if self.bands.unit is Unit.POINTS:
            return self._steps_of_points(points)
        if self.bands.unit is Unit.PROBABILITY:
            codes = self.bands.codes(np.atleast_1d(p), refused="missing")
            return int(codes[0]) if isinstance(p, float) else codes
        return self._steps_of_units(units)

    def write_band_codes(
        self,
        units: NDArray[Any],
        p: NDArray[np.float64],
        out: NDArray[np.int8],
        room: NDArray[np.bool_],
    ) -> None:
        """Write what `band_codes` gives; ``room`` for as many truths."""
        if isinstance(self.bands, BandTable) and self.bands.unit is Unit.PERCENT:
            self._steps_of_units.write(units, out, room)
        else:
            out[:] = self.band_codes(units, p)

    def _band(self, outcome: Outcome) -> None:
        """Band the outcome, where there is a band table."""
        h = self.banded
        if isinstance(self.bands, BandTable) and (h in outcome.p or not self.horizons):
            units, p = outcome.units.get(h), outcome.p.get(h)
            outcome.band = self.band_codes(units, p, outcome.points)


class _Steps:
    """Band codes of small whole numbers: a few comparisons where they only rise by one."""

    def __init__(self, codes: NDArray[np.int8]) -> None:
        self._codes = codes
        self._of_case: list[int] = codes.tolist()
        rises = np.diff(codes)
        self._edges: list[int] | None = None
        if codes[0] == 0 and bool(((rises == 0) | (rises == 1)).all()):
            self._edges = [int(e) for e in np.flatnonzero(rises) + 1]

    def __call__(self, n: Any) -> Any:
        if isinstance(n, int):
            return self._of_case[n]
        if not isinstance(n, np.ndarray):
            return take(self._codes, n)
        codes = np.empty(len(n), dtype=np.int8)
        self.write(n, codes, np.empty(len(n), dtype=np.bool_))
        return codes

    def write(self, n: NDArray[Any], out: NDArray[np.int8], room: NDArray[np.bool_]) -> None:
        """Write the codes of whole numbers; ``room`` for as many truths."""
        if self._edges is None:
            out[:] = take(self._codes, n)
            return
        if not self._edges:
            out.fill(0)
            return
        np.greater_equal(n, self._edges[0], out=out.view(np.bool_))
        for edge in self._edges[1:]:
            np.add(out, np.greater_equal(n, edge, out=room).view(np.int8), out=out)


def _issues(found: list[Found]) -> tuple[Issue, ...]:
    return tuple([issue for issue, _ in found]) if found else ()


def _components(
    components: tuple[Predictor, ...], derivation: Derivation, form: str
) -> Mapping[str, Score]:
    if not components:
        return _NO_COMPONENTS
    return FrozenDict(
        {c.id: c._score(c.outcome(derivation, form), derivation, form) for c in components}
    )


def _band(code: int, bands: BandScale) -> Band | NotApplicable | None:
    """The band of a code."""
    if code >= 0:
        return bands.bands[code]
    return None if code == -1 else NOT_APPLICABLE


def as_table(table: CoefficientTable | str | Path) -> CoefficientTable:
    """A table from a table, the id of a built-in one, or the path of a TOML file."""
    if isinstance(table, CoefficientTable):
        return table
    if isinstance(table, str) and table in coefficient_tables:
        return coefficient_tables[table]
    if isinstance(table, str) and "/" not in table and not table.endswith(".toml"):
        return coefficient_tables[table]  # unknown: the error suggests
    return load_table(table)
