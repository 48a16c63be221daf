"""What is asked of a cohort: which predictors, with which tables and options."""

from __future__ import annotations

import warnings
from functools import reduce
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._blocks import run_blocks
from riskbands._byfields import ByFields
from riskbands._options import FORMS, ON_ISSUE
from riskbands._redact import has_header
from riskbands.arithmetic.written import date_format
from riskbands.cohorts.scorecolumns import Output, ScoreColumn, output_columns
from riskbands.derivation.derive import Derivation, Input
from riskbands.errors import (
    FrameError,
    InputErrorGroup,
    Issue,
    ReadingWarning,
    TableError,
    UnknownNameError,
)
from riskbands.predictors import BY_NAME_ONLY
from riskbands.predictors import by_id as all_predictors
from riskbands.predictors.asked import as_predictor, one_or_several
from riskbands.vocabulary.fields import Kind
from riskbands.vocabulary.vocabulary import Vocabulary, built_in

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Hashable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from pathlib import Path

    from riskbands._options import FormName, OnIssue
    from riskbands.bands.table import BandTable
    from riskbands.cohorts.columns import ColumnReader
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.fields import Field

__all__ = ["Request", "resolve", "tell", "why_nothing"]


def _several(
    predictors: Iterable[Predictor | str] | Predictor | str | None,
) -> tuple[Predictor | str, ...] | None:
    return None if predictors is None else one_or_several(predictors)


@attrs.frozen(eq=False, repr=False)
class Request(ByFields):
    """What is asked of a cohort: the arguments of `score_cohort`, checked.

    Raises:
        UnknownNameError: An option is not known.
        ValueError: A date format is none.
    """

    predictors: tuple[Predictor | str, ...] | None = attrs.field(default=None, converter=_several)
    tables: Mapping[str, CoefficientTable | str | Path] | None = None
    form: FormName = "auto"
    probabilities: bool = False
    information: bool = False
    on_issue: OnIssue = "return"
    threads: int | None = None
    bands: Mapping[str, BandTable | str | Path] | None = None
    any_score: bool = False
    date_format: str | Mapping[Any, str] | None = None

    def __attrs_post_init__(self) -> None:
        if self.on_issue not in ON_ISSUE:
            raise UnknownNameError("on_issue", self.on_issue, ON_ISSUE)
        if self.form not in FORMS:
            raise UnknownNameError("form", self.form, FORMS)
        if isinstance(self.date_format, str):
            date_format(self.date_format)

    @property
    def vocabulary(self) -> Vocabulary:
        """The fields and features that the predictors asked for may read.

        Raises:
            TableError: A name means something else in each of two instruments.
        """
        if not self.predictors:
            return built_in()
        return reduce(Vocabulary.union, [as_predictor(p).vocabulary for p in self.predictors])

    def fields(self, labels: Sequence[Hashable], places: Mapping[str, int]) -> dict[str, Field]:
        """The fields to read, with the formats of their dates.

        Args:
            labels: The names of the columns.
            places: Where among them the fields stand.

        Raises:
            UnknownNameError: A format is given for what is no column of dates.
            ValueError: A format is none.
        """
        known = self.vocabulary.fields
        found = {name: known[name] for name in places}
        asked = self.date_format
        dates = [name for name, f in found.items() if f.kind is Kind.DATE]
        if asked is None:
            return found
        if isinstance(asked, str):
            formats = dict.fromkeys(dates, asked)
        else:
            by_name = {name: name for name in dates} | {labels[places[n]]: n for n in dates}
            for label in asked:
                if label not in by_name:
                    raise UnknownNameError("column of dates", label, dates)
            formats = {by_name[label]: text for label, text in asked.items()}
        for name, text in formats.items():
            found[name] = attrs.evolve(found[name], date_format=date_format(text).text)
        return found

    def _resolved(self, provided: Collection[str]) -> tuple[Predictor, ...]:
        return resolve(self.predictors, self.tables, provided, self.bands, any_score=self.any_score)

    def outputs(self, provided: Collection[str]) -> list[Output]:
        """The columns data with these fields is given.

        Raises:
            UnknownNameError: A predictor or table is not known.
            MissingTableError: A predictor has no table.
            TableError: A table does not fit.
        """
        chosen = self._resolved(provided)
        return output_columns(
            chosen, probabilities=self.probabilities, information=self.information
        )

    def check(self, labels: Sequence[Hashable], provided: Collection[str]) -> None:
        """Refuse data that has no field of the predictors.

        Args:
            labels: The names of its columns.
            provided: The fields among them.

        Raises:
            FrameError: There is nothing to score.

        Warns:
            ReadingWarning: A predictor lacks a field, and a column is perhaps that field.
        """
        chosen = self._resolved(provided)
        nothing_asked = self.predictors is not None and not chosen
        if not (nothing_asked or any(p.needs.readable & set(provided) for p in chosen)):
            asked = None if self.predictors is None else chosen
            raise FrameError(why_nothing(labels, provided, asked, _as_rename))
        lacking = {
            field: None
            for p in chosen
            if not p.can_score(provided)
            for field in p.needs.needed
            if field not in provided
        }
        if not lacking:
            return
        from riskbands.vocabulary.suggest import likely

        hints = {label: name for label, name in likely(labels, provided).items() if name in lacking}
        if hints:
            fields = " or ".join(dict.fromkeys(hints.values()))
            text = f"no column is {fields}, so that no row has a score that needs it; perhaps "
            warnings.warn(text + _as_rename(hints), ReadingWarning, stacklevel=3)

    def score(self, readers: Mapping[str, ColumnReader], rows: int) -> list[ScoreColumn]:
        """Score rows.

        Raises:
            InputErrorGroup: There are issues, and ``on_issue`` is ``"raise"``.
            UnknownNameError: A predictor or table is not known.
            MissingTableError: A predictor has no table.
            TableError: A table does not fit.
        """
        columns = [ScoreColumn(output, rows) for output in self.outputs(readers)]
        for column in columns:
            column.output.predictor.prepare()
        vocabulary = self.vocabulary

        def score(start: int, stop: int) -> None:
            derivation = Derivation(_Block(readers, start, stop), vocabulary)
            for column in columns:
                outcome = column.output.predictor.outcome(derivation, self.form)
                column.put(slice(start, stop), outcome)

        run_blocks(rows, score, self.threads)
        if self.on_issue == "raise":
            _refuse(columns)
        return columns


class _Block(dict[str, Input]):
    """The fields of a block of rows, each decoded when a predictor first asks for it."""

    def __init__(self, readers: Mapping[str, ColumnReader], start: int, stop: int) -> None:
        super().__init__()
        self._readers, self._start, self._stop = readers, start, stop

    def get(self, name: str, default: Any = None) -> Any:
        """The field of that name, or the default where the data does not have it."""
        if name not in self:
            if name not in self._readers:
                return default
            self[name] = self._readers[name].block(self._start, self._stop)
        return self[name]


def tell(readers: Mapping[str, ColumnReader]) -> None:
    """Say once what is worth saying of each column that was read, as warnings."""
    for reader in readers.values():
        for remark in reader.remarks:
            warnings.warn(remark, ReadingWarning, stacklevel=3)


def _refuse(columns: Iterable[ScoreColumn]) -> None:
    """Raise for the first rows that have issues."""
    problems = []
    for column in columns:
        if column.output.kind == "issues":
            texts = column.texts
            for row in np.flatnonzero(column.data)[:20]:
                text = f"row {row}: {column.output.predictor.id}: {texts[column.data[row]]}"
                problems.append(Issue("row_has_issues", (), text))
    if problems:
        raise InputErrorGroup.of("the cohort has issues", problems[:100])


def _as_rename(hints: Mapping[Hashable, str]) -> str:
    return f"rename={dict(hints)!r}"


def why_nothing(
    labels: Sequence[Hashable],
    provided: Collection[str],
    asked: Iterable[Predictor] | None,
    rename: Callable[[Mapping[Hashable, str]], str],
) -> str:
    """Why there is nothing to score, and what to do.

    Args:
        labels: The names of the columns.
        provided: The fields among them.
        asked: Predictors that were asked for, or None for all.
        rename: Writes a hint, from columns to the fields that are perhaps meant.
    """
    from riskbands.vocabulary.suggest import likely

    alike = likely(labels, provided)
    there = {*provided, *alike.values()}
    chosen = list(all_predictors.values()) if asked is None else list(asked)
    if asked is None:
        usual = [p for p in chosen if not p.by_name_only]
        chosen = [p for p in usual if not set(p.needs.needed) <= set(provided)]
    lacking = {p.id: [f for f in p.needs.needed if f not in there] for p in chosen}
    shares = {p.id: len(lacking[p.id]) / max(len(p.needs.needed), 1) for p in chosen}
    nearest = min(shares, key=shares.__getitem__)
    if asked is None:
        text = f"no predictor has its fields here; the nearest is {nearest}, which"
    else:
        text = f"none of the columns is a field that {' or '.join(lacking)} reads; {nearest}"
    if lacking[nearest]:
        text += f" lacks {', '.join(lacking[nearest])}"
    elif alike:
        text += " has fields here under other names"
    else:  # each field of it may be missing, but not all
        read = next(p.needs.readable for p in chosen if p.id == nearest)
        text += f" reads {', '.join(sorted(read)[:4])} and others"
    if alike:
        return f"{text}; perhaps {rename(alike)}"
    if len(labels) and not has_header(labels, built_in().fields):
        text += "; no column has the name of a field: perhaps there is no line of column names"
    return text


def resolve(
    predictors: Iterable[Predictor | str] | None,
    tables: Mapping[str, CoefficientTable | str | Path] | None,
    provided: Collection[str],
    bands: Mapping[str, BandTable | str | Path] | None = None,
    *,
    any_score: bool = False,
) -> tuple[Predictor, ...]:
    """The predictors asked for, with the tables asked for, each shared component once.

    Args:
        predictors: Predictors or ids, or None for all whose fields are provided.
        tables: Coefficient tables by id of a predictor, or of one that it is made from.
        provided: Fields the data has.
        bands: Band tables, likewise.
        any_score: Take band tables that are for other scores; see `Predictor.with_bands`.

    Raises:
        UnknownNameError: A predictor or table is not known, or a table is for a predictor that is
            neither asked for nor part of one that is.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit, or two predictors bring different ones for a component.
    """
    if predictors is not None:
        asked_for: Iterable[Predictor | str] = one_or_several(predictors)
    elif tables or bands:
        asked_for = tuple(all_predictors)
    else:
        asked_for = [ident for ident in all_predictors if ident not in BY_NAME_ONLY]
    chosen = [as_predictor(p) for p in asked_for]
    changed = _Changes(tables or {}, bands or {}, any_score)
    found = [changed.of(p) for p in chosen]
    changed.check(p.id for p in _with_components(chosen))
    if predictors is None:
        found = [p for p in found if not p.by_name_only and p.can_score(provided)]
    for p in found:
        p.table  # noqa: B018 - one that was asked for and has no table is an error
    unique: dict[str, Predictor] = {}
    for p in _with_components(found):
        other = unique.setdefault(p.id, p)
        if other is p:
            continue
        for kind, one, two, instead in (
            ("coefficient", other.table, p.table, "score them one after the other"),
            (
                "band",
                other.bands,
                p.bands,
                "score it once, and band its percentages or points with the other table "
                "(table.classify); or score them one after the other",
            ),
        ):
            if one != two:
                raise TableError(
                    f"two versions of {p.id} are asked for at once, with the {kind} tables "
                    f"{_id(one)} and {_id(two)}; their columns would have the same names: {instead}"
                )
    asked = dict.fromkeys(p.id for p in found)
    return tuple(
        unique[i] if unique[i].components == () else next(p for p in found if p.id == i)
        for i in asked
    )


def _id(table: object) -> str:
    return str(getattr(table, "id", "none"))


def _with_components(chosen: Iterable[Predictor]) -> Iterator[Predictor]:
    for p in chosen:
        yield p
        yield from _with_components(p.components)


class _Changes:
    """Predictors with other tables; one that is shared is changed once and stays shared."""

    def __init__(
        self,
        tables: Mapping[str, CoefficientTable | str | Path],
        bands: Mapping[str, BandTable | str | Path],
        any_score: bool,
    ) -> None:
        self._tables, self._bands, self._any_score = tables, bands, any_score
        self._made: dict[Predictor, Predictor] = {}

    def of(self, p: Predictor) -> Predictor:
        """The predictor, and those it is made from, with the tables asked for."""
        if p not in self._made:
            changed = p
            parts = tuple(self.of(part) for part in p.components)
            if parts != p.components:
                changed = p.with_components(*parts)
            if p.id in self._tables:
                changed = changed.with_table(self._tables[p.id])
            if p.id in self._bands:
                changed = changed.with_bands(self._bands[p.id], any_score=self._any_score)
            self._made[p] = changed
        return self._made[p]

    def check(self, there: Iterable[str]) -> None:
        """Refuse a table for a predictor that is not there."""
        known = tuple(dict.fromkeys(there))
        for ident in (*self._tables, *self._bands):
            if ident not in known:
                raise UnknownNameError("predictor to be scored", ident, known)
