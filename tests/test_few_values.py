"""Columns of few different values are read by comparing whole arrays, and mean the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.cohorts.columns import ColumnReader
from riskbands.cohorts.fewvalues import read_few
from riskbands.vocabulary.fields import FieldFault, field

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
    block = ColumnReader(field(name), column).block(0, len(column))
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
