"""Scores are added to Parquet, and the columns that were there stay byte for byte."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored import PERSON, score

import riskbands as rb
from riskbands.cohorts.files import FileError
from riskbands.cohorts.files import _thrift as thrift

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 1000
#: The statistics of a chunk, and where it is, are compared apart.
KEPT = (
    "physical_type", "num_values", "path_in_schema", "compression", "encodings",
    "has_dictionary_page", "total_compressed_size", "total_uncompressed_size", "is_stats_set",
)  # fmt: skip


def people(rows: int = ROWS) -> pa.Table:
    columns: dict[str, Any] = {name: pa.array([value] * rows) for name, value in PERSON.items()}
    columns["sanctions"] = pa.array([None if n % 11 == 0 else 1 + n % 40 for n in range(rows)])
    columns["case_id"] = pa.array([f"A{n}" for n in range(rows)])
    columns["note"] = pa.array([f"n{n % 7}" for n in range(rows)]).dictionary_encode()
    columns["when"] = pa.array(
        [n * 10**9 for n in range(rows)], pa.timestamp("ns", "Europe/London")
    )
    columns["many"] = pa.array([[n, None] if n % 3 else None for n in range(rows)])
    columns["pair"] = pa.array([{"x": n, "y": [str(n)]} for n in range(rows)])
    table = pa.table(columns)
    field = table.schema.field("note").with_metadata({"unit": "none"})
    schema = table.schema.set(table.schema.get_field_index("note"), field)
    return table.cast(schema).replace_schema_metadata({"made by": "these tests"})


STYLES: dict[str, dict[str, Any]] = {
    "usual": {},
    "row groups": {"row_group_size": 130},
    "one row each": {"row_group_size": 1},
    "second pages": {"data_page_version": "2.0", "compression": "zstd", "row_group_size": 400},
    "no compression": {"compression": "none", "use_dictionary": False},
    "gzip": {"compression": {"case_id": "gzip", "sex": "snappy"}},
    "checksums": {"write_page_checksum": True, "data_page_size": 500},
    "page index": {"write_page_index": True, "row_group_size": 300, "data_page_size": 400},
    "no statistics": {"write_statistics": False},
    "encodings": {"use_dictionary": False, "column_encoding": {
        "case_id": "DELTA_BYTE_ARRAY", "sanctions": "DELTA_BINARY_PACKED"}},
    "no schema of Arrow": {"store_schema": False},
    "sorted": {"sorting_columns": [pq.SortingColumn(0)]},
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_columns_row_groups_and_metadata_are_kept(tmp_path: Path, style: str) -> None:
    source = tmp_path / "in.parquet"
    table = people(20 if style == "one row each" else ROWS)
    pq.write_table(table, source, **STYLES[style])
    out = score(source, out=tmp_path / "out.parquet")
    before, after = pq.ParquetFile(source), pq.ParquetFile(out, page_checksum_verification=True)
    names = before.schema_arrow.names
    assert after.read(names).equals(before.read(), check_metadata=False)
    assert [after.schema_arrow.field(n) for n in names] == [*before.schema_arrow]
    assert after.schema_arrow.field("note").metadata == before.schema_arrow.field("note").metadata
    metadata = after.schema_arrow.metadata
    assert set(metadata) == {*(before.schema_arrow.metadata or {}), b"riskbands"}
    one, two = before.metadata, after.metadata
    assert (two.num_rows, two.created_by) == (one.num_rows, one.created_by)
    assert two.num_row_groups == one.num_row_groups
    for group in range(one.num_row_groups):
        a, b = one.row_group(group), two.row_group(group)
        assert (a.num_rows, a.sorting_columns) == (b.num_rows, b.sorting_columns)
        for place in range(a.num_columns):
            mine, theirs = b.column(place), a.column(place)
            assert [getattr(mine, n) for n in KEPT] == [getattr(theirs, n) for n in KEPT]
            assert mine.statistics == theirs.statistics
            assert mine.has_column_index == theirs.has_column_index
            assert mine.has_offset_index == theirs.has_offset_index
        chunks = [b.column(n) for n in range(b.num_columns)]
        assert b.total_byte_size == sum(c.total_uncompressed_size for c in chunks)


@pytest.mark.parametrize("style", ["usual", "row groups", "second pages"])
def test_the_scores_are_those_of_csv_and_of_python(tmp_path: Path, style: str) -> None:
    source = tmp_path / "in.parquet"
    table = people().drop(["many", "pair"])
    pq.write_table(table, source, **STYLES[style])
    found = pq.read_table(score(source, out=tmp_path / "out.parquet", predictors=("ogrs3", "snsv")))
    expected = rb.score_cohort(table, ["ogrs3", "snsv"])
    assert found.schema.names == expected.schema.names
    for name in expected.schema.names[len(table.schema) :]:
        assert found[name].to_pylist() == expected[name].to_pylist(), name
        assert _kind(found[name].type) == _kind(expected[name].type)


def _kind(kind: pa.DataType) -> Any:
    """A type; of a dictionary without that of its indices, which old PyArrow reads as int32."""
    return (kind.value_type, kind.ordered) if pa.types.is_dictionary(kind) else kind


def test_other_readers_read_it(tmp_path: Path) -> None:
    import duckdb
    import polars as pl

    source = tmp_path / "in.parquet"
    for options in ({}, {"write_page_index": True, "row_group_size": 300, "data_page_size": 400}):
        pq.write_table(people(), source, **options)
        out = score(source, out=tmp_path / "out.parquet")
        wanted = pq.read_table(out)["ogrs3_2yr"].to_pylist()
        assert pl.read_parquet(out)["ogrs3_2yr"].to_list() == wanted
        found = duckdb.sql(f"select ogrs3_2yr from '{out}' where case_id = 'A700'")
        assert found is not None
        assert found.fetchall() == [(wanted[700],)]


def test_files_of_other_writers_are_kept(tmp_path: Path) -> None:
    import duckdb
    import polars as pl

    plain = people().drop(["many", "pair", "note"])
    source = tmp_path / "in.parquet"
    frame = pl.from_arrow(plain)
    assert isinstance(frame, pl.DataFrame)
    frame.write_parquet(source, row_group_size=300)
    for _ in range(2):
        before = pq.read_table(source)
        after = pq.read_table(score(source, out=tmp_path / "out.parquet"))
        assert after.select(before.schema.names).equals(before)
        assert after["ogrs3_issues"].to_pylist()[:2] == ["missing:sanctions", ""]
        duckdb.sql(f"copy (select * from '{source}') to '{source}' (row_group_size 300)")


def test_a_file_without_rows(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(people(5).slice(0, 0), source)
    found = pq.read_table(score(source, out=tmp_path / "out.parquet"))
    assert found.num_rows == 0
    assert found.schema.names[-1] == "ogrs3_issues"


def test_standard_streams_and_the_file_itself(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(people(), source, row_group_size=100)
    before = pq.read_table(source)
    score(source, out=source)
    assert pq.read_table(source).select(before.schema.names).equals(before)
    again = score(source, out=source, overwrite=True)
    assert pq.ParquetFile(again).metadata.num_columns == pq.ParquetFile(source).metadata.num_columns


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", "brotli", "lz4"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_damage_in_a_column_that_is_only_copied_is_found(
    tmp_path: Path, compression: str, version: str
) -> None:
    """By the checksum of a page where there is one, or else by its compression."""
    for checksums in (True, False):
        stream = io.BytesIO()
        pq.write_table(
            people().drop(["many", "pair"]), stream, compression=compression,
            data_page_version=version, write_page_checksum=checksums, use_dictionary=False,
        )  # fmt: skip
        data = bytearray(stream.getvalue())
        chunk = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
        start = chunk.data_page_offset + chunk.total_compressed_size - 200
        data[start : start + 100] = bytes(range(100, 200))
        source = tmp_path / "in.parquet"
        source.write_bytes(data)
        with pytest.raises(FileError, match="is damaged or was cut short"):
            score(source, out=tmp_path / "out.parquet")
        assert not (tmp_path / "out.parquet").exists()


NUMBERS = st.integers(-(2**63), 2**63 - 1)
ITEMS: st.SearchStrategy[thrift.Item] = st.deferred(
    lambda: st.one_of(
        st.booleans().map(lambda v: thrift.Item(1 if v else 2, v)),
        st.sampled_from([thrift.I16, thrift.I32, thrift.I64]).flatmap(
            lambda kind: NUMBERS.map(lambda v: thrift.Item(kind, v))
        ),
        st.binary(max_size=20).map(lambda v: thrift.Item(thrift.BINARY, v)),
        st.lists(NUMBERS, max_size=20).map(
            lambda v: thrift.Item(thrift.LIST, thrift.Items(thrift.I64, v))
        ),
        STRUCTS.map(lambda v: thrift.Item(thrift.STRUCT, v)),
        st.lists(STRUCTS, max_size=3).map(
            lambda v: thrift.Item(thrift.LIST, thrift.Items(thrift.STRUCT, v))
        ),
    )
)
STRUCTS: st.SearchStrategy[thrift.Struct] = st.dictionaries(st.integers(1, 200), ITEMS, max_size=4)


@given(STRUCTS)
def test_metadata_is_read_back_as_it_was_written(found: thrift.Struct) -> None:
    data = thrift.encode(found)
    assert thrift.decode(data) == (found, len(data))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_metadata_are_refused(data: bytes) -> None:
    try:
        found, stop = thrift.decode(data)
    except ValueError:
        return
    assert stop <= len(data)
    assert isinstance(found, dict)
