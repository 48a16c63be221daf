"""Data frames in, data frames of the same library out.

Needs the ``[dataframe]`` extra, and of pandas, Polars, PyArrow and DuckDB only the one the table
comes from (DuckDB needs PyArrow too).
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from riskbands.arithmetic.masked import is_a
from riskbands.cohorts.frames._common import Frame, FrameError, UnsupportedFrameError
from riskbands.cohorts.provenance import keep
from riskbands.cohorts.request import tell
from riskbands.errors import InputError, InputErrorGroup, missing_extra
from riskbands.vocabulary.naming import field_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.cohorts.request import Request
    from riskbands.cohorts.scorecolumns import Output
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["Frame", "FrameError", "UnsupportedFrameError", "labels_of", "open_frame", "score_frame"]


def score_frame(
    data: Any,
    request: Request,
    *,
    rename: Mapping[Any, str] | Suggestions | None = None,
    overwrite: bool = False,
) -> Any:
    """Score a table; see `riskbands.score_cohort`.

    Args:
        data: A pandas or Polars data frame, a Polars lazy frame, an Arrow table or record batch,
            a DuckDB relation, or a Narwhals frame around one of these.
        request: What is asked.
        rename: Field by column label, for columns that have another name.
        overwrite: Replace columns that have the name of a score.

    Returns:
        A table of the same type: its columns as they were, and those of the scores.

    Raises:
        FrameError: No predictor can be scored from these columns, or a name is there already.
        InputErrorGroup: A column cannot be used at all.
        MissingExtraError: Narwhals is not installed.
        UnsupportedFrameError: It is no table, or one of a library that is not supported.
    """
    nw = _narwhals(data)
    wrapper = _wrapper(data)
    if wrapper is not None:
        native = score_frame(data.to_native(), request, rename=rename, overwrite=overwrite)
        return wrapper.from_native(native)
    if nw.dependencies.is_polars_lazyframe(data):
        return _score_lazily(data, request, rename, overwrite)
    frame = _frame(data, nw)
    readers, _ = _prepared(frame, request, rename, overwrite)
    try:
        columns = request.score(readers, frame.rows)
    finally:  # also where the issues are refused
        tell(readers)
    return frame.with_scores(columns)


def open_frame(data: Any) -> Frame:
    """A table of a library that is known, in memory: a lazy one is collected.

    Raises:
        FrameError: Its columns cannot be told apart.
        MissingExtraError: Narwhals is not installed.
        UnsupportedFrameError: It is no such table.
    """
    nw = _narwhals(data)
    if _wrapper(data) is not None:
        data = data.to_native()
    return _frame(data.collect() if nw.dependencies.is_polars_lazyframe(data) else data, nw)


def labels_of(data: Any) -> list[Any]:
    """The column labels of a table of a library that is known.

    Raises:
        MissingExtraError: Narwhals is not installed.
        UnsupportedFrameError: It is no such table.
    """
    nw = _narwhals(data)
    if _wrapper(data) is not None:
        data = data.to_native()
    if nw.dependencies.is_polars_lazyframe(data):
        return list(data.collect_schema().names())
    if nw.dependencies.is_duckdb_relation(data):
        return list(data.columns)
    return list(_frame(data, nw).labels)


def _narwhals(data: Any) -> Any:
    try:
        import narwhals.stable.v1 as nw
    except ImportError as error:
        if not hasattr(data, "columns") and not hasattr(data, "schema"):
            raise _unsupported(data) from None
        raise missing_extra("data frames need", "dataframe") from error
    return nw


def _wrapper(data: Any) -> Any:
    """The Narwhals interface whose frame this is, or None."""
    kind = type(data)
    module = re.match(r"narwhals(?:\.stable\.v\d+)?(?=\.|$)", kind.__module__)
    if module is None or kind.__name__ not in ("DataFrame", "LazyFrame"):
        return None
    return import_module(module.group())


def _unsupported(data: Any) -> UnsupportedFrameError:
    kind = type(data)
    return UnsupportedFrameError(
        f"a cohort is a mapping of columns, a pandas or Polars data frame, an Arrow table or "
        f"record batch, or a DuckDB relation, not {kind.__module__}.{kind.__qualname__}"
    )


def _frame(data: Any, nw: Any) -> Frame:
    """The table behind one interface; its module is loaded when it is first needed."""
    kinds = nw.dependencies
    if kinds.is_polars_dataframe(data):
        from riskbands.cohorts.frames._polars import PolarsFrame

        return PolarsFrame(data)
    if kinds.is_pandas_dataframe(data):
        from riskbands.cohorts.frames._pandas import PandasFrame

        return PandasFrame(data)
    if kinds.is_pyarrow_table(data) or is_a(data, "pyarrow", "RecordBatch"):
        from riskbands.cohorts.frames._arrow import ArrowFrame

        return ArrowFrame(data)
    if kinds.is_duckdb_relation(data):
        from riskbands.cohorts.frames._duckdb import DuckFrame

        return DuckFrame(data)
    raise _unsupported(data)


def _prepared(
    frame: Frame, request: Request, rename: Mapping[Any, str] | Suggestions | None, overwrite: bool
) -> tuple[dict[str, ColumnReader], list[Output]]:
    """Readers of the fields, and the columns to add. Whatever cannot be scored is refused here."""
    vocabulary = request.vocabulary
    readers: dict[str, ColumnReader] = {}
    problems = []
    places = field_places(frame.labels, rename, vocabulary)
    request.check(frame.labels, places)
    for name, f in request.fields(frame.labels, places).items():
        try:
            readers[name] = frame.reader(f, places[name])
        except InputError as error:
            problems.append(error.issue)
    if problems:
        raise InputErrorGroup.of("the cohort cannot be read", problems)
    outputs = request.outputs(readers)
    taken = frame.clashes([output.name for output in outputs])
    if taken and not overwrite:
        text = (
            f"the table has columns with the names of scores ({', '.join(taken)}): rename or drop "
            "them, or say overwrite=True"
        )
        read = [name for name in taken if name in readers]
        if read:  # dropped it would not be read, and overwritten what was asked would be lost
            text += (
                f"; {', '.join(read)} is a field too, so give its column another name and say so, "
                f"as in rename={ {f'{name}_asked': name for name in read}!r}"
            )
        raise FrameError(text)
    return readers, outputs


def _score_lazily(
    data: Any, request: Request, rename: Mapping[Any, str] | Suggestions | None, overwrite: bool
) -> Any:
    """A lazy frame that scores when it is collected. Faults of its types are reported at once."""
    import polars as pl

    from riskbands.cohorts.frames._polars import PolarsFrame, polars_type

    schema = data.collect_schema()
    empty = PolarsFrame(pl.DataFrame(schema=schema))
    _, outputs = _prepared(empty, request, rename, overwrite)

    def score(part: pl.DataFrame) -> pl.DataFrame:
        frame = PolarsFrame(part)
        readers, _ = _prepared(frame, request, rename, overwrite)
        try:
            columns = request.score(readers, frame.rows)
        finally:
            tell(readers)
        return frame.with_scores(columns)

    lazy = data.map_batches(
        score,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=True,
        schema={**schema, **{output.name: polars_type(output) for output in outputs}},
        streamable=True,
    )
    return keep(lazy, outputs, data)
