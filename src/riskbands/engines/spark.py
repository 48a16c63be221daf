"""Spark data frames in, Spark data frames with scores out; the workers run this library.

The rows go from Spark to Python and back as Arrow batches (``DataFrame.mapInArrow``). No jar is
needed. It uses nothing but the interface of data frames, so that it does not need a Spark of this
process.
"""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any

from riskbands._version import __version__
from riskbands.errors import InputErrorGroup, Issue, missing_extra

try:
    import pyarrow as pa
    from pyspark.sql import types as T  # noqa: N812 - as Spark's own pages do

    from riskbands.engines.arrow import Plan, plan, unsupported
except ImportError as error:  # pragma: no cover - run by a test in a process of its own
    raise missing_extra("Spark data frames need", "spark") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from riskbands._options import FormName
    from riskbands.bands.table import BandTable
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["ddl", "schema", "score_cohort"]

_TO_SPARK = {
    pa.int16(): T.ShortType(),
    pa.float64(): T.DoubleType(),
    pa.bool_(): T.BooleanType(),
    pa.string(): T.StringType(),
}
#: Columns of other types are kept as they are, and no field can have them.
_TO_ARROW = {
    T.BooleanType: pa.bool_(),
    T.ByteType: pa.int8(),
    T.ShortType: pa.int16(),
    T.IntegerType: pa.int32(),
    T.LongType: pa.int64(),
    T.FloatType: pa.float32(),
    T.DoubleType: pa.float64(),
    T.StringType: pa.string(),
    T.VarcharType: pa.string(),
    T.CharType: pa.string(),
    T.BinaryType: pa.binary(),
    T.DateType: pa.date32(),
    T.TimestampType: pa.timestamp("us", "UTC"),
    T.TimestampNTZType: pa.timestamp("us"),
    T.NullType: pa.null(),
}


def score_cohort(
    df: Any,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    date_format: str | Mapping[str, str] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Any:
    """Score a Spark data frame.

    Nothing runs until Spark runs it. What can be refused by the columns alone is refused at once.

    Args:
        df: A data frame, of Spark Connect or not. Columns that are no field are kept. A date is a
            ``date``, a ``timestamp_ntz`` or text; a ``timestamp`` is refused, because its day
            depends on the time zone of the session that reads it.
        predictors: Predictors or their ids; by default every one whose fields are there.
        tables: Other coefficient tables, by predictor id. They are read here; the workers need
            no file.
        bands: Other band tables, likewise.
        any_score: Take band tables that are for other scores.
        form: ``"auto"``, ``"brief"`` or ``"extended"``.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``.
        date_format: How text says dates, as for `riskbands.score_cohort`.
        rename: Field by column name, for columns that have another name.

    Returns:
        A data frame: its columns, and those of `riskbands.engines.arrow.schema`.

    Raises:
        FrameError: A name is there twice or is that of a score, or no predictor can be scored.
        InputErrorGroup: A column cannot be used at all.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: It is no Spark data frame.
    """
    if not hasattr(df, "mapInArrow"):
        raise unsupported(df, "Spark data frames")
    made = _plan(
        df.schema,
        predictors,
        tables=tables,
        bands=bands,
        any_score=any_score,
        form=form,
        probabilities=probabilities,
        information=information,
        date_format=date_format,
        rename=rename,
    )
    # PySpark looks the columns up by name, and finds none with a dot or a backtick in it.
    numbered = df.toDF(*[f"c{place}" for place in range(len(df.columns))])
    with warnings.catch_warnings():
        # pandas is not used here; PySpark looks at its version all the same.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        return numbered.mapInArrow(_worker(made), _result(df.schema, made))


def schema(columns: T.StructType, predictors: Any = None, **options: Any) -> T.StructType:
    """The columns of the result.

    Args:
        columns: The columns of the data frame: ``df.schema``.
        predictors: As for `score_cohort`.
        **options: As for `score_cohort`.

    Returns:
        The columns as they are, and those of the scores. Every column may hold nulls, also one
        that Spark thought could not.

    Raises:
        Exception: The same as `score_cohort`.
    """
    return _result(columns, _plan(columns, predictors, **options))


def ddl(columns: T.StructType, predictors: Any = None, **options: Any) -> str:
    """The columns of the scores as SQL writes them, to make a table for them.

    Args:
        columns: The columns of the data frame: ``df.schema``.
        predictors: As for `score_cohort`.
        **options: As for `score_cohort`.

    Returns:
        Such as ``ogrs3_1yr SMALLINT, ogrs3_2yr SMALLINT, ogrs3_band STRING, ...``.

    Raises:
        Exception: The same as `score_cohort`.
    """
    made = _plan(columns, predictors, **options)
    return ", ".join(f"{f.name} {_TO_SPARK[f.type].simpleString().upper()}" for f in made.added)


def _plan(columns: T.StructType, predictors: Any, **options: Any) -> Plan:
    source = pa.schema([(f.name, _arrow_type(f.dataType)) for f in columns])
    made = plan(source, predictors, threads=1, **options)
    problems = []
    for name, place in made.places.items():
        if isinstance(columns[place].dataType, T.TimestampType):
            what = (
                f"column {columns[place].name} is a timestamp, and its day depends on a time "
                "zone: make it a date with to_date, after from_utc_timestamp(..., "
                "'Europe/London') where it was stored in UTC"
            )
            problems.append(Issue("unusable_column", (name,), what))
    if problems:
        raise InputErrorGroup.of("the cohort cannot be read", problems)
    return made


def _arrow_type(kind: T.DataType) -> pa.DataType:
    if isinstance(kind, T.DecimalType):
        return pa.decimal128(kind.precision, kind.scale)
    if isinstance(kind, T.UserDefinedType):
        return _arrow_type(kind.sqlType())
    return _TO_ARROW.get(type(kind), pa.struct([]))


def _result(columns: T.StructType, made: Plan) -> T.StructType:
    # Spark believes a column that is said to have no nulls, and fails late where it has one.
    kept = [T.StructField(f.name, f.dataType, True, f.metadata) for f in columns]
    added = [T.StructField(f.name, _TO_SPARK[f.type], True) for f in made.added]
    return T.StructType([*kept, *added])


def _worker(made: Plan) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What each worker does with its rows.

    The function inside refers to nothing of this library, so a worker without the library can
    receive it and say so.
    """
    packed = pickle.dumps((made.schema.names, made.places, made.request))
    version = __version__

    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pickle
        import sys
        from itertools import chain

        try:
            import pyarrow as pa

            from riskbands._version import __version__ as here
            from riskbands.engines.arrow import Plan
        except ImportError as error:
            raise RuntimeError(
                f"the Python of this worker ({sys.executable}) does not have riskbands "
                f"{version} and pyarrow ({error}): install them there, or point PYSPARK_PYTHON "
                "to a Python that has them before the session starts"
            ) from None
        if here != version:
            raise RuntimeError(
                f"the Python of this worker ({sys.executable}) has riskbands {here}, and the "
                f"driver has {version}: install one version everywhere"
            )
        names, places, request = pickle.loads(packed)  # noqa: S301 - made by the driver
        named = (pa.RecordBatch.from_arrays(batch.columns, names) for batch in batches)
        first = next(named, None)
        if first is not None:
            yield from Plan(first.schema, places, request).score(chain([first], named))

    return score
