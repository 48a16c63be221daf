"""DuckDB relations in, relations with scores out, row group by row group.

`riskbands.score_cohort` takes relations too and holds their rows in memory. Here DuckDB calls the
library as one of its functions, for some thousand rows at a time, so the table may be larger than
memory.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from riskbands.errors import FrameError, missing_extra

try:
    import duckdb
    import pyarrow as pa

    from riskbands.engines.arrow import Plan, plain_column, plan, unsupported
except ImportError as error:  # pragma: no cover - run by a test in a process of its own
    raise missing_extra("DuckDB relations need", "duckdb") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from riskbands._options import FormName
    from riskbands.bands.table import BandTable
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["score_cohort"]

_TYPES = {
    pa.int16(): "SMALLINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
}


def score_cohort(
    relation: Any,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    date_format: str | Mapping[str, str] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Any:
    """Score a DuckDB relation without holding its rows in memory.

    Nothing runs until the result is read or written, and it runs again each time.

    Args:
        relation: A relation. Columns that are no field are kept.
        predictors: Predictors or their ids; by default every one whose fields are there.
        connection: The connection that the relation is of; by default DuckDB's own default
            connection, which ``duckdb.sql`` uses. The library adds one function to it.
        tables: Other coefficient tables, by predictor id.
        bands: Other band tables, likewise.
        any_score: Take band tables that are for other scores.
        form: ``"auto"``, ``"brief"`` or ``"extended"``.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``.
        date_format: How text says dates, as for `riskbands.score_cohort`.
        rename: Field by column name, for columns that have another name.

    Returns:
        A relation of the same connection: its columns, and those of
        `riskbands.engines.arrow.schema`.

    Raises:
        FrameError: A name is there twice or is that of a score, no predictor can be scored, or
            the relation is of another connection.
        InputErrorGroup: A column cannot be used at all.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: It is no relation.

    Examples:
        >>> import duckdb
        >>> connection = duckdb.connect()
        >>> people = connection.sql(
        ...     "SELECT 'male' AS sex, 33 AS age_at_conviction, 33 AS age_at_follow_up, "
        ...     "'00801' AS offence_code, 4 AS sanctions, 17 AS first_sanction_age"
        ... )
        >>> scored = score_cohort(people, ["ogrs3"], connection=connection)
        >>> scored.project("ogrs3_1yr, ogrs3_2yr, ogrs3_band, ogrs3_issues").fetchall()
        [(14, 25, 'Low', '')]
    """
    if not isinstance(relation, duckdb.DuckDBPyRelation):
        raise unsupported(relation, "DuckDB relations")
    made = plan(
        relation.limit(0).to_arrow_table().schema,
        predictors,
        tables=tables,
        bands=bands,
        any_score=any_score,
        form=form,
        probabilities=probabilities,
        information=information,
        date_format=date_format,
        threads=1,
        rename=rename,
    )
    name = f"riskbands_score_{uuid.uuid4().hex}"
    given = [relation.types[place] for place in made.places.values()]
    taken: Any = duckdb.struct_type(dict(zip(made.places, given, strict=True)))
    result: Any = duckdb.struct_type({f.name: _TYPES[f.type] for f in made.added})
    default: Any = duckdb.default_connection  # a function since DuckDB 1.2
    of: Any = connection or (default() if callable(default) else default)
    of.create_function(
        name,
        _function(made),
        [taken],
        result,
        type="arrow",
        null_handling="special",
    )
    columns = ", ".join(
        f"{_quoted(field)} := {_quoted(relation.columns[place])}"
        for field, place in made.places.items()
    )
    try:
        return relation.project(f"*, unnest({name}(struct_pack({columns})))")
    except duckdb.CatalogException as error:
        raise FrameError(
            "the relation is of another connection: give the one it was made with as connection=..."
        ) from error


def _function(made: Plan) -> Callable[[Any], pa.Array]:
    """What DuckDB calls with some rows of the fields."""
    scorer, names = made.scorer(), [f.name for f in made.added]

    def score(rows: Any) -> pa.Array:
        chunks = rows.chunks if isinstance(rows, pa.ChunkedArray) else [rows]
        columns = {
            name: pa.chunked_array([chunk.field(n) for chunk in chunks], rows.type.field(n).type)
            for n, name in enumerate(made.places)
        }
        arrays = [plain_column(c, 0, len(rows)) for c in scorer(columns, len(rows))]
        return pa.StructArray.from_arrays(arrays, names)

    return score


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
