"""What is written beside the lines of a CSV file is what would be written cell by cell."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riskbands.cohorts.files import _few
from riskbands.cohorts.files._common import Lines
from riskbands.cohorts.files._csvout import CsvOutput

WORDS = ["", "Low", 'say "so"', "a,b", "one\ntwo", "é;è", "1"]


def labels(values: list[int | None]) -> pa.Array:
    """A column whose dictionary has every word, and some twice."""
    return pa.DictionaryArray.from_arrays(pa.array(values, pa.int8()), pa.array(WORDS + WORDS[:2]))


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=12, max_size=12)


COLUMNS = st.one_of(
    optional(st.integers(0, len(WORDS) + 1)).map(labels),
    optional(st.integers(0, 255)).map(lambda v: pa.array(v, pa.uint8())),
    optional(st.integers(-3, 3)).map(lambda v: pa.array(v, pa.int16())),
    optional(st.integers(-(2**63), 2**63 - 1)).map(lambda v: pa.array(v, pa.int64())),
    optional(st.booleans()).map(lambda v: pa.array(v, pa.bool_())),
    optional(st.floats()).map(lambda v: pa.array(v, pa.float64())),
    optional(st.integers(0, 9999)).map(
        lambda v: pa.array(
            [None if n is None else Decimal(n) / 100 for n in v], pa.decimal128(6, 2)
        )
    ),
    optional(st.sampled_from(WORDS)).map(lambda v: pa.array(v, pa.string())),
)


def written(batch: pa.RecordBatch, delimiter: str) -> list[bytes]:
    """Each row as it is written cell by cell, without its line end."""
    found = []
    for row in range(batch.num_rows):
        stream = io.BytesIO()
        output = CsvOutput(stream, batch.schema, delimiter)
        header = len(stream.getvalue())
        output.write(batch.slice(row, 1))
        found.append(stream.getvalue()[header:].removesuffix(b"\n"))
    return found


@pytest.mark.parametrize("most", [1, 12, _few._MOST])
@given(
    st.lists(COLUMNS, min_size=1, max_size=4),
    st.integers(0, 11),
    st.sampled_from(",;1"),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=200, deadline=None)
@example([labels([None] * 12), pa.array([7] * 12, pa.uint8())], 0, ",", "\r\n")
def test_what_comes_after_a_line_is_written_as_cell_by_cell(
    most: int, columns: list[pa.Array], start: int, delimiter: str, end: str
) -> None:
    """Whether columns are joined value by value or row by row, and for a slice of a column."""
    names = [f"c{n}" for n in range(len(columns))]
    added = pa.RecordBatch.from_arrays(columns, names).slice(start)
    texts = [f'"line\n{n}"{delimiter}x' for n in range(added.num_rows)]
    led = end == "\n"
    lines = [("\n" if led and n else "") + t + ("" if led else end) for n, t in enumerate(texts)]
    stream = io.BytesIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_few, "_MOST", most)
        output = CsvOutput(stream, pa.schema([("line", pa.string()), *added.schema]), delimiter)
        header = len(stream.getvalue())
        output.append(Lines(pa.array(lines, pa.large_string()), led), added)
    mark = delimiter.encode()
    expected = [
        t.encode() + mark + row for t, row in zip(texts, written(added, delimiter), strict=True)
    ]
    assert stream.getvalue()[header:] == b"\n".join(expected) + b"\n"
