"""Columns of few different values are read by comparing whole arrays, and mean the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.columns import ColumnReader, DictionaryColumn
from riskbands.cohorts.fewvalues import read_few
from riskbands.cohorts.frames._polars import PolarsReader
from riskbands.vocabulary.fields import Field, FieldFault, Kind, field

FIELDS = ("sex", "accommodation", "unemployed", "supervision_status", "relationship_status")
FAULTS = {"malformed": -2, "out_of_range": -3}
VALUES: list[Any] = [
    "male", "Female", "M", "custody", "remand ", "yes", "NO", "2", "1.0", "0", "none", "None", "",
    "n/k", None, True, False, 0, 1, 2, 3, 1.0, np.nan, np.int64(1), np.True_,
    "some_problems", "x", b"yes",
]  # fmt: skip


def one_by_one(name: str, listed: list[Any]) -> list[int]:
    found = []
    for raw in listed:
        try:
            value = field(name).parse(raw)
        except FieldFault as fault:
            found.append(FAULTS[fault.code])
            continue
        found.append(-1 if value is None else field(name).encode(value))
    return found


def codes(name: str, column: Any) -> list[int]:
    return codes_of(ColumnReader(field(name), column))


def codes_of(reader: ColumnReader) -> list[int]:
    block = reader.block(0, len(reader))
    found = np.where(block.valid, block.values, -1).astype(int)
    for code, rows in block.faults.items():
        found[rows] = FAULTS[code]
    return [int(n) for n in found]


def as_objects(listed: list[Any]) -> Any:
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


@given(st.sampled_from(FIELDS), st.lists(st.sampled_from(VALUES), max_size=40))
def test_objects_mean_what_each_of_them_means(name: str, listed: list[Any]) -> None:
    assert codes(name, as_objects(listed)) == one_by_one(name, listed)


@given(st.sampled_from(FIELDS), st.lists(st.sampled_from(VALUES[:14]), min_size=1, max_size=40))
def test_texts_mean_what_each_of_them_means(name: str, listed: list[Any]) -> None:
    assert codes(name, np.array(listed, dtype="U")) == one_by_one(name, listed)


TEXTS = [*(v for v in VALUES if isinstance(v, str)), "living_together", "living_together ",
         "living_tagether", "not_living_together", "some_problems\0", "male\0", None]  # fmt: skip


@given(st.sampled_from(FIELDS), st.lists(st.sampled_from(TEXTS), max_size=40))
@example("relationship_status", ["living_together", "living_tagether"] * 20)
@example("sex", [f"word {n}" for n in range(20)])
def test_texts_of_arrow_and_polars_mean_what_each_of_them_means(
    name: str, listed: list[Any]
) -> None:
    expected = one_by_one(name, listed)
    assert codes_of(ArrowReader(field(name), pa.array(listed, pa.string()))) == expected
    assert codes_of(PolarsReader(field(name), pl.Series(listed, dtype=pl.String))) == expected


def test_a_polars_column_may_have_more_words_later_on() -> None:
    words = [f"word {n}" for n in range(7)]
    column = pl.Series(["male", "female", *words, "male", None])
    reader = PolarsReader(field("sex"), column)
    assert reader.block(0, 2).values.tolist() == [0, 1]
    for _ in range(2):
        found = reader.block(1, len(column))
        assert found.faults["malformed"].tolist() == [False, *([True] * 7), False, False]
        assert found.values[[0, 8, 9]].tolist() == [1, 0, -1]


@pytest.mark.parametrize("rows", [slice(0, 200), slice(140, 145)])
def test_a_field_may_have_more_words_than_fit_into_a_byte(rows: slice) -> None:
    f = Field("x", Kind.ENUM, values=tuple(f"v{n}" for n in range(200)))
    listed, expected = list(f.values)[rows], list(range(200))[rows]
    places = DictionaryColumn(np.arange(len(listed)), listed)
    dictionary = pa.array(listed).dictionary_encode()
    for column in (as_objects(listed), np.array(listed), places):
        assert codes_of(ColumnReader(f, column)) == expected
    for array in (pa.array(listed), dictionary):
        assert codes_of(ArrowReader(f, array)) == expected
    for series in (pl.Series(listed), pl.Series(listed).cast(pl.Categorical)):
        assert codes_of(PolarsReader(f, series)) == expected
    numbers = Field("x", Kind.ENUM, values=tuple(str(n) for n in range(200)))
    assert codes_of(ColumnReader(numbers, np.array(expected, np.uint8))) == expected


@pytest.mark.parametrize("step", [1, 2, -1])
def test_a_view_of_an_array_is_read_where_it_lies(step: int) -> None:
    whole = as_objects(["male", "female", None, "x"] * 50)
    view = whole[::step]
    assert codes("sex", view) == one_by_one("sex", view.tolist())


def test_many_different_values_are_left_to_the_other_way() -> None:
    words = as_objects([f"word {n}" for n in range(300)])
    assert read_few(words, lambda _: 1) is None
    late = as_objects(["a"] * 200 + [f"word {n}" for n in range(20)])
    assert read_few(late, lambda _: 1) is None
    assert codes("sex", late) == [-2] * 220


def test_nothing_is_read_of_no_rows() -> None:
    assert read_few(as_objects([]), lambda _: 1).tolist() == []  # type: ignore[union-attr]
