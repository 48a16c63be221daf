"""Scoring whole cohorts: columns in, scores and issues out, in the same order and length."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._elementwise import both, negate, some
from riskbands.bands import BandArray
from riskbands.columns import read_columns
from riskbands.errors import InputErrorGroup, Issue, TableError, UnknownNameError
from riskbands.evaluate import Evaluation
from riskbands.features import feature
from riskbands.instruments import Combined, PointsScale, Regression
from riskbands.kernel import run_blocks
from riskbands.predictor import FORMS, Predictor, as_table
from riskbands.predictors import by_id as all_predictors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from riskbands.bands import BandScale
    from riskbands.coefficients import CoefficientTable
    from riskbands.columns import ColumnReader
    from riskbands.evaluate import Found
    from riskbands.outcome import Outcome

__all__ = ["available", "output_columns", "resolve", "score_cohort"]

_NOT_APPLICABLE = -2
_KINDS = ("brief", "extended")


def score_cohort(
    columns: Mapping[str, Any],
    predictors: Iterable[Predictor | str] | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    form: str = "auto",
    probabilities: bool = False,
    information: bool = False,
    on_issue: str = "return",
    threads: int | None = None,
) -> dict[str, Any]:
    """Score a cohort.

    Args:
        columns: Field name to one-dimensional array, all of one length. Dates may be
            ``datetime64``, :class:`datetime.date` or ISO text; numbers of any integer or float
            dtype; yes/no bool, 0/1 or text. Missing is NaN, NaT, None, masked or empty text.
            Columns that are no field are ignored.
        predictors: Predictors or their ids; by default every one whose fields are there.
        tables: Other coefficient tables, by predictor id; they hold for components too.
        form: ``"auto"``, ``"brief"`` or ``"extended"``, as for :meth:`Predictor.score`.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``, e.g. the items the extended form lacks.
        on_issue: ``"return"``, or ``"raise"`` to refuse a cohort with any issue.
        threads: Threads to use; by default one a processor.

    Returns:
        Columns by name, each of the length of the cohort, in the order of its rows:

        - ``<id>_points``: masked int16;
        - ``<id>_1yr``, ``<id>_2yr``: percentage as the instrument reports it, masked: uint8 for
          whole percents, float64 for two decimals;
        - ``<id>_band``: :class:`~riskbands.bands.BandArray`;
        - ``<id>_type``: object array of ``brief``, ``extended`` or None;
        - ``<id>_reduced``: masked bool;
        - ``<id>_issues``: object array of text: ``code:field,field`` joined by ``;``, empty
          where there is a score.

    Raises:
        InputErrorGroup: A column cannot be used at all, or ``on_issue="raise"`` and there are
            issues.
        UnknownNameError: A predictor, table or option is not known.
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
        ([35, None], ['', 'missing:sanctions'])
    """
    if on_issue not in ("return", "raise"):
        raise UnknownNameError("on_issue", on_issue, ("return", "raise"))
    if form not in FORMS:
        raise UnknownNameError("form", form, FORMS)
    readers, rows = read_columns(columns)
    chosen = resolve(predictors, tables, readers)
    outputs = output_columns(chosen, probabilities=probabilities, information=information)
    sinks = [_Sink(output, rows) for output in outputs]
    for p in chosen:
        p.prepare()

    def score(start: int, stop: int) -> None:
        _score_block(readers, (start, stop), outputs, sinks, form)

    run_blocks(rows, score, threads)
    found = {sink.output.name: sink.result() for sink in sinks}
    if on_issue == "raise":
        _refuse(found)
    return found


def _refuse(found: Mapping[str, Any]) -> None:
    """Raise for the first rows that have issues."""
    problems = []
    for name, column in found.items():
        if name.endswith("_issues"):
            for row in np.flatnonzero(column != "")[:20]:
                text = f"row {row}: {name.removesuffix('_issues')}: {column[row]}"
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
    """Whether data with these fields can be scored: the brief form's features are derivable."""
    fields = frozenset(provided)
    if isinstance(predictor, Combined):
        inner = all(available(c, fields) for c in predictor.components)
        return inner and _derivable("female_with_sexual_history", fields)
    names = predictor.forms[0].features if isinstance(predictor, Regression) else predictor.features
    if predictor._table is None:
        return False
    return all(_derivable(name, fields) for name in names)


@attrs.frozen
class Output:
    """One column of the result.

    Attributes:
        name: Column name.
        predictor: The predictor it comes from.
        kind: ``points``, ``percent``, ``p``, ``band``, ``type``, ``reduced``, ``issues`` or
            ``information``.
        horizon: For percentages and probabilities.
    """

    name: str
    predictor: Predictor
    kind: str
    horizon: str = ""


def output_columns(
    chosen: Iterable[Predictor], *, probabilities: bool = False, information: bool = False
) -> list[Output]:
    """The columns the predictors give, components of a sum after it, each once."""
    found: dict[str, Output] = {}
    for p in chosen:
        parts = (p, *p.components) if isinstance(p, Combined) else (p,)
        for part in parts:
            for output in _outputs(part, probabilities, information):
                found.setdefault(output.name, output)
    return list(found.values())


def _outputs(p: Predictor, probabilities: bool, information: bool) -> Iterator[Output]:
    if p.has_points:
        yield Output(f"{p.id}_points", p, "points")
    for h in p.horizons:
        yield Output(f"{p.id}_{h}", p, "percent", h)
        if probabilities:
            yield Output(f"{p.id}_{h}_p", p, "p", h)
    if p.bands is not None:
        yield Output(f"{p.id}_band", p, "band")
    if p.has_forms:
        yield Output(f"{p.id}_type", p, "type")
    if p.reducible:
        yield Output(f"{p.id}_reduced", p, "reduced")
    yield Output(f"{p.id}_issues", p, "issues")
    if information:
        yield Output(f"{p.id}_information", p, "information")


class _Sink:
    """Where the rows of one output column are collected."""

    def __init__(self, output: Output, rows: int) -> None:
        self.output = output
        whole = output.kind == "percent" and output.predictor.rule.digits == 0
        self._fill: Any
        dtype: Any
        match output.kind:
            case "points":
                dtype, self._fill = np.int16, -1
            case "percent" if whole:
                dtype, self._fill = np.uint8, 255
            case "percent" | "p":
                dtype, self._fill = np.float64, np.nan
            case "band" | "type":
                dtype, self._fill = np.int8, -1
            case "reduced":
                dtype, self._fill = np.bool_, False
            case _:
                dtype, self._fill = object, ""
        self.data: NDArray[Any] = np.full(rows, self._fill, dtype=dtype)
        self.mask: NDArray[np.bool_] | None = None
        if output.kind in ("points", "percent", "p", "reduced"):
            self.mask = np.zeros(rows, dtype=np.bool_)

    def put(self, rows: slice, outcome: Outcome, texts: Any) -> None:
        """Take the rows of a block."""
        kind, rule = self.output.kind, self.output.predictor.rule
        if kind in ("issues", "information"):
            if texts is not None:
                self.data[rows] = texts
            return
        if not some(outcome.ok):
            if self.mask is not None:
                self.mask[rows] = True
            return
        value: Any
        there = outcome.ok
        match kind:
            case "points":
                value, there = outcome.points, both(there, outcome.applies)
            case "percent":
                value = outcome.units[self.output.horizon]
                if rule.digits:
                    value = value / 10**rule.digits
            case "p":
                value = outcome.p[self.output.horizon]
            case "band":
                value = -1 if outcome.band is None else outcome.band
            case "type":
                value = np.asarray(outcome.extended, dtype=np.int8)
            case _:
                value = outcome.reduced
        self.data[rows] = value
        gone = negate(there)
        if some(gone):
            self.data[rows][gone] = self._fill
            if self.mask is not None:
                self.mask[rows] = gone

    def result(self) -> Any:
        """The finished column."""
        match self.output.kind:
            case "band":
                bands: BandScale | None = self.output.predictor.bands
                assert bands is not None
                return BandArray(self.data, bands)
            case "type":
                return np.array([*_KINDS, None], dtype=object)[self.data]
            case "issues" | "information":
                return self.data
            case _:
                assert self.mask is not None
                return np.ma.MaskedArray(self.data, mask=self.mask)


def _score_block(
    readers: Mapping[str, ColumnReader],
    span: tuple[int, int],
    outputs: Sequence[Output],
    sinks: Sequence[_Sink],
    form: str,
) -> None:
    start, stop = span
    inputs = {name: reader.block(start, stop) for name, reader in readers.items()}
    evaluation = Evaluation(inputs)
    rows = slice(start, stop)
    for output, sink in zip(outputs, sinks, strict=True):
        outcome = output.predictor.outcome(evaluation, form)
        texts = None
        if output.kind == "issues":
            texts = _texts(outcome.issues, stop - start, negate(outcome.ok))
        elif output.kind == "information":
            texts = _texts(outcome.information, stop - start, outcome.ok)
        sink.put(rows, outcome, texts)


def _texts(found: Sequence[Found], rows: int, where: Any) -> NDArray[np.object_] | None:
    """The text of each row's issues: every combination is written once."""
    if not found or not some(where):
        return None
    texts = np.full(rows, "", dtype=object)
    concerned = np.flatnonzero(np.broadcast_to(where, (rows,)))
    group = np.zeros(len(concerned), dtype=np.int64)
    names = [""]
    for issue, truth in found:
        here = np.broadcast_to(truth, (rows,))[concerned]
        if not here.any():
            continue
        joined = [f"{n};{issue}" if n else str(issue) for n in names]
        group = np.where(here, group + len(names), group)
        used, group = np.unique(group, return_inverse=True)
        both_names = names + joined
        names = [both_names[u] for u in used]
    texts[concerned] = np.array(names, dtype=object)[group]
    return texts
