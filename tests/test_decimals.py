"""Numbers as text: whole arrays of them are read as Python reads each."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands.analysis.numbercolumn import NumberColumn
from riskbands.arithmetic.decimals import decimals
from riskbands.tiers.reading import as_percent

WRITTEN = st.from_regex(r"[0-9]{0,9}\.?[0-9]{0,9}", fullmatch=True)
TEXTS = st.none() | WRITTEN | st.text("0123456789.eE+- _,naifx１", max_size=20)
KINDS: dict[str, Any] = {
    "objects": lambda v: np.array([*v, None], dtype=object)[:-1],
    "list": list,
    "Arrow": lambda v: pa.array(v, pa.string()),
    "large Arrow": lambda v: pa.array(v, pa.large_string()),
    "Arrow chunks": lambda v: pa.chunked_array(
        [pa.array(v[:1], pa.string()), pa.array(v[1:], pa.string())]
    ),
    "Polars": lambda v: pl.Series(v, dtype=pl.String),
}

if hasattr(pa, "string_view"):
    KINDS["Arrow view"] = lambda v: pa.array(v, pa.string_view())


@given(st.lists(WRITTEN, max_size=30))
@example(["9007199254740993", "0.1", "123456789012.345", ".", "1.2.3", "", "5.", ".5"])
def test_what_is_read_at_once_is_what_float_gives(texts: list[str]) -> None:
    lengths = np.array([len(t) for t in texts], np.int64)
    found, odd = decimals(lengths, np.frombuffer("".join(texts).encode(), np.uint8))
    for text, number, left in zip(texts, found.tolist(), odd.tolist(), strict=True):
        if left:
            assert text.count(".") > 1 or text == "." or len(text.replace(".", "")) > 15
        elif text:
            assert number == float(text)
        else:
            assert np.isnan(number)


@pytest.mark.parametrize("kind", KINDS)
@given(texts=st.lists(TEXTS, max_size=12), first=st.integers(0, 3))
@example(texts=["nan", "inf", "-0", " 1 ", "1_0", "1e2", "", None, "-nan", "n/k"], first=1)
def test_a_column_of_any_library_is_read_as_each_value_is(
    kind: str, texts: list[str | None], first: int
) -> None:
    expected, wrong = [], []
    for text in texts:
        try:
            number = as_percent(text)
        except ValueError:
            number = None
            wrong.append(True)
        else:
            wrong.append(False)
        expected.append(np.nan if number is None else number)
    column = NumberColumn(KINDS[kind](texts), as_percent)
    assert len(column) == len(texts)
    first = min(first, len(texts))
    found, bad = column.block(first, len(texts))
    assert np.array_equal(found, np.array(expected[first:], float), equal_nan=True)
    assert (np.zeros(len(found), bool) if bad is None else bad).tolist() == wrong[first:]


def test_numbers_of_a_masked_array_and_values_of_several_kinds() -> None:
    masked = np.ma.masked_array([1.5, 2.5, 3.5], [False, True, False])
    found, bad = NumberColumn(masked, as_percent).block(0, 3)
    assert (found[0], np.isnan(found[1]), found[2], bad) == (1.5, True, 3.5, None)
    several = np.array([1, "2.5", None, True, float("nan")], dtype=object)
    found, bad = NumberColumn(several, as_percent).block(0, 5)
    assert found[:2].tolist() == [1.0, 2.5]
    assert bad is not None
    assert bad.tolist() == [False, False, False, True, False]
