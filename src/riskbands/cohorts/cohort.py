"""Scoring whole cohorts: columns in, scores and issues out, in the same order and length."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs
import numpy as np

from riskbands.cohorts.columns import read_columns
from riskbands.cohorts.scorecolumns import Output, ScoreColumn, output_columns
from riskbands.derivation.derive import Derivation
from riskbands.errors import InputErrorGroup, Issue, TableError, UnknownNameError
from riskbands.instruments.kinds import Combined, PointsScale, Regression
from riskbands.instruments.predictor import FORMS, Predictor, as_table
from riskbands.instruments.score_features import run_blocks
from riskbands.predictors import by_id as all_predictors
from riskbands.vocabulary.features import feature
from riskbands.vocabulary.naming import field_places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = [
    "Output",
    "Request",
    "available",
    "output_columns",
    "resolve",
    "score_cohort",
    "sufficient",
]

#: A table of any library.
FrameT = TypeVar("FrameT")


@overload
def score_cohort(
    data: Mapping[str, Any],
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    form: str = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: str = "return",
    threads: int | None = None,
    rename: Mapping[str, str] | None = None,
) -> dict[str, Any]: ...
@overload
def score_cohort(
    data: FrameT,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    form: str = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: str = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | None = None,
    overwrite: bool = False,
) -> FrameT: ...
def score_cohort(
    data: Any,
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    form: str = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: str = "return",
    threads: int | None = None,
    rename: Mapping[Any, str] | None = None,
    overwrite: bool = False,
) -> Any:
    """Score a cohort.

    Args:
        data: Field name to one-dimensional array, all of one length; or, with the
            ``[dataframe]`` extra, a pandas or Polars data frame, a Polars lazy frame, an Arrow
            table or record batch, or a DuckDB relation. Dates may be ``datetime64``,
            `datetime.date` or ISO text; numbers of any integer or float dtype; yes/no
            bool, 0/1 or text. Missing is NaN, NaT, None, masked or empty text. Columns that are
            no field are ignored.
        predictors: Predictors or their ids; by default every one whose fields are there.
        tables: Other coefficient tables, by predictor id; they hold for components too.
        form: ``"auto"``, ``"brief"`` or ``"extended"``, as for `Predictor.score`.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``, e.g. the items the extended form lacks.
        on_issue: ``"return"``, or ``"raise"`` to refuse a cohort with any issue.
        threads: Threads to use; by default one a processor.
        rename: Field by column name, for columns that have another name, e.g.
            ``{"dob": "date_of_birth"}``.
        overwrite: Of a table, replace columns that have the name of a score; otherwise they are
            refused.

    Returns:
        Of a table, a table of the same type, in the same order: its own columns and then those
        of the scores (docs/how-to/dataframes.md says in which types). Of a mapping, columns by
        name, each of the length of the cohort, in the order of its rows:

        - ``<id>_points``: masked int16;
        - ``<id>_1yr``, ``<id>_2yr``: percentage as the instrument reports it, masked: uint8 for
          whole percents, float64 for two decimals;
        - ``<id>_band``: `BandArray`;
        - ``<id>_type``: object array of ``brief``, ``extended`` or None;
        - ``<id>_reduced``: masked bool;
        - ``<id>_issues``: object array of text: ``code:field,field`` joined by ``;``, empty
          where there is a score.

    Raises:
        FrameError: Columns of a table have the names of scores, or no predictor can be scored.
        InputErrorGroup: A column cannot be used at all, or ``on_issue="raise"`` and there are
            issues.
        MissingExtraError: A table was given and the ``[dataframe]`` extra is not installed.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.

    Example:
        >>> import numpy as np
        >>> scores = score_cohort(
        ...     {
        ...         "sex": ["male", "female"],
        ...         "age_at_conviction": [33, 41],
        ...         "age_at_follow_up": [33, 41],
        ...         "offence_code": ["00801", "00801"],
        ...         "sanctions": [4, np.nan],
        ...         "first_sanction_age": [17, 20],
        ...     },
        ...     ["ogrs3"],
        ... )
        >>> scores["ogrs3_2yr"].tolist(), scores["ogrs3_issues"].tolist()
        ([25, None], ['', 'missing:sanctions'])
    """
    request = Request(predictors, tables, form, probabilities, information, on_issue, threads)
    if not isinstance(data, Mapping):
        from riskbands.cohorts.frames import score_frame

        return score_frame(data, request, rename=rename, overwrite=overwrite)
    if rename:
        labels = list(data)
        data = {name: data[labels[n]] for name, n in field_places(labels, rename).items()}
    readers, rows = read_columns(data)
    return {c.output.name: c.result() for c in request.score(readers, rows)}


def _several(
    predictors: Iterable[Predictor | str] | Predictor | str | None,
) -> tuple[Predictor | str, ...] | None:
    if predictors is None:
        return None
    return (predictors,) if isinstance(predictors, (str, Predictor)) else tuple(predictors)


@attrs.frozen
class Request:
    """What is asked of a cohort: the arguments of `score_cohort`, checked.

    Raises:
        UnknownNameError: An option is not known.
    """

    predictors: tuple[Predictor | str, ...] | None = attrs.field(default=None, converter=_several)
    tables: Mapping[str, CoefficientTable | str | Path] | None = None
    form: str = "auto"
    probabilities: bool = False
    information: bool = False
    on_issue: str = "return"
    threads: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.on_issue not in ("return", "raise"):
            raise UnknownNameError("on_issue", self.on_issue, ("return", "raise"))
        if self.form not in FORMS:
            raise UnknownNameError("form", self.form, FORMS)

    def outputs(self, provided: Collection[str]) -> list[Output]:
        """The columns data with these fields is given.

        Raises:
            UnknownNameError: A predictor or table is not known.
            MissingTableError: A predictor has no table.
            TableError: A table does not fit.
        """
        chosen = resolve(self.predictors, self.tables, provided)
        return output_columns(
            chosen, probabilities=self.probabilities, information=self.information
        )

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

        def score(start: int, stop: int) -> None:
            inputs = {name: reader.block(start, stop) for name, reader in readers.items()}
            derivation = Derivation(inputs)
            for column in columns:
                outcome = column.output.predictor.outcome(derivation, self.form)
                column.put(slice(start, stop), outcome)

        run_blocks(rows, score, self.threads)
        if self.on_issue == "raise":
            _refuse(columns)
        return columns


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


def resolve(
    predictors: Iterable[Predictor | str] | None,
    tables: Mapping[str, CoefficientTable | str | Path] | None,
    provided: Collection[str],
) -> tuple[Predictor, ...]:
    """The predictors asked for, with the tables asked for, each shared component once.

    Args:
        predictors: Predictors or ids, or None for all whose fields are provided.
        tables: Coefficient tables by predictor id.
        provided: Fields the data has.

    Raises:
        UnknownNameError: A predictor or table is not known.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit, or two predictors bring different ones for a component.
    """
    chosen: list[Predictor] = []
    if predictors is None:
        chosen = list(all_predictors.values())
    else:
        if isinstance(predictors, (str, Predictor)):
            predictors = [predictors]
        for p in predictors:
            if isinstance(p, str):
                if p not in all_predictors:
                    raise UnknownNameError("predictor", p, all_predictors)
                p = all_predictors[p]
            chosen.append(p)
    replaced: dict[str, Predictor] = {}
    for ident, table in (tables or {}).items():
        if ident not in all_predictors:
            raise UnknownNameError("predictor", ident, all_predictors)
        given = next((p for p in chosen if p.id == ident), all_predictors[ident])
        replaced[ident] = given.with_table(as_table(table))
    swapped = [_swap(p, replaced) for p in chosen]
    if predictors is None:
        swapped = [p for p in swapped if available(p, provided)]
    for p in swapped:
        p.table  # noqa: B018 - one that was asked for and has no table is an error
    unique: dict[str, Predictor] = {}
    for p in _with_components(swapped):
        if unique.setdefault(p.id, p) is not p and unique[p.id].table != p.table:
            raise TableError(
                f"two different versions of {p.id} are asked for at once "
                f"({unique[p.id].table.id} and {p.table.id}): score them one after the other"
            )
    asked = dict.fromkeys(p.id for p in swapped)
    return tuple(unique[i] if unique[i].components == () else _of(swapped, i) for i in asked)


def _of(chosen: Sequence[Predictor], ident: str) -> Predictor:
    return next(p for p in chosen if p.id == ident)


def _with_components(chosen: Iterable[Predictor]) -> Iterator[Predictor]:
    for p in chosen:
        yield p
        yield from _with_components(p.components)


def _swap(p: Predictor, replaced: Mapping[str, Predictor]) -> Predictor:
    """A predictor, or its components, replaced."""
    p = replaced.get(p.id, p)
    changed = {c.id: _swap(c, replaced) for c in p.components}
    if any(changed[c.id] is not c for c in p.components) and isinstance(p, (Combined, PointsScale)):
        return p.with_components(*changed.values())
    return p


@cache
def _derivable(name: str, provided: frozenset[str]) -> bool:
    f = feature(name)
    return not f.sources or any(
        all(
            item[1:] in provided if item[0] == "." else _derivable(item, provided)
            for item in source.inputs
        )
        for source in f.sources
    )


def available(predictor: Predictor, provided: Collection[str]) -> bool:
    """Whether data with these fields can be scored: there is a table, and they are sufficient."""
    # a sum has the tables of its components; none of those goes without
    has_table = isinstance(predictor, Combined) or predictor._table is not None
    return has_table and sufficient(predictor, provided)


def sufficient(predictor: Predictor, provided: Collection[str]) -> bool:
    """Whether the features of the brief form are derivable from these fields."""
    fields = frozenset(provided)
    if isinstance(predictor, Combined):
        inner = all(sufficient(c, fields) for c in predictor.components)
        return inner and _derivable("female_with_sexual_history", fields)
    names = predictor.forms[0].features if isinstance(predictor, Regression) else predictor.features
    return all(_derivable(name, fields) for name in names)
