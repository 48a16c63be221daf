"""Every engine gives the library's scores and issues, bit for bit, on thousands of untidy rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from messy import as_text, as_types, differences, local, odd_batches, rows_of

from riskbands.engines import arrow
from riskbands.engines import duckdb as in_duckdb
from riskbands.engines import spark as in_spark

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS: dict[str, Any] = {"probabilities": True, "information": True}


@pytest.fixture(scope="module", params=["text", "types"])
def table(request: pytest.FixtureRequest, rows: int) -> pa.Table:
    columns = rows_of(rows)
    return as_text(columns) if request.param == "text" else as_types(columns)


@pytest.fixture(scope="module")
def expected(table: pa.Table) -> dict[str, list[Any]]:
    found = local(table, **OPTIONS)
    scored = sum(v is not None for v in found["ogrs3_2yr"])
    assert 0.02 < scored / table.num_rows < 0.98
    return found


@pytest.fixture
def frame(spark: Any, table: pa.Table) -> Iterator[Any]:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "3001")
    yield spark.createDataFrame(table)
    spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


def test_arrow_batches_of_odd_sizes(table: pa.Table, expected: dict[str, list[Any]]) -> None:
    scored = arrow.score_batches(odd_batches(table), **OPTIONS)
    whole = pa.Table.from_batches(scored, arrow.schema(table.schema, **OPTIONS))
    assert differences(whole, table, expected) == []


def test_duckdb(table: pa.Table, expected: dict[str, list[Any]]) -> None:
    with duckdb.connect() as connection:
        relation = connection.from_arrow(table)
        scored = in_duckdb.score_cohort(relation, connection=connection, **OPTIONS)
        assert differences(scored.to_arrow_table(), table, expected) == []


def test_spark(frame: Any, table: pa.Table, expected: dict[str, list[Any]]) -> None:
    scored = in_spark.score_cohort(frame, **OPTIONS).toArrow()
    assert differences(scored, table, expected) == []
