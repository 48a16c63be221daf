"""What is asked of a cohort: which predictors, with which tables and options."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import attrs
import numpy as np

from riskbands._blocks import run_blocks
from riskbands.cohorts.scorecolumns import Output, ScoreColumn, output_columns
from riskbands.derivation.derive import Derivation
from riskbands.errors import InputErrorGroup, Issue, TableError, UnknownNameError
from riskbands.instruments.kinds import Combined, PointsScale, Regression
from riskbands.instruments.predictor import FORMS, Predictor, as_table
from riskbands.predictors import by_id as all_predictors
from riskbands.vocabulary.features import feature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["Request", "available", "resolve", "sufficient"]


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
