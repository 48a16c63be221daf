"""Names of places, however few names and many rows there are; writing under a mask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.arithmetic.truth import fill
from riskbands.cohorts.namedvalues import named_values


@pytest.mark.parametrize("rows", [0, 1, 3, 255, 4_097, 70_002])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 16, 17, 40])
@pytest.mark.parametrize("rare", [0.0, 0.99, 1.0])
def test_every_row_has_the_name_of_its_place(rows: int, count: int, rare: float) -> None:
    r = np.random.default_rng(count)
    names = [*(f"name {n}" for n in range(count - 1)), None]
    places = r.integers(-1, count, rows).astype(np.int8)
    places[r.random(rows) < rare] = count // 2
    found = named_values(places, names)
    assert found.tolist() == [names[place] for place in places.tolist()]
    assert named_values(places.astype(np.int32), names).tolist() == found.tolist()


@given(
    st.sampled_from(["i1", "i2", "i4", "u1", "u2", "f8", "?"]),
    st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=20),
    st.booleans(),
)
def test_a_value_is_written_where_the_mask_says(
    dtype: str, cells: list[tuple[int, bool]], everywhere: bool
) -> None:
    array = np.array([n for n, _ in cells], dtype)
    rows = np.array([there for _, there in cells], np.bool_)
    values: dict[str, list[float]] = {"u": [255], "f": [np.nan], "?": [False, True]}
    for value in values.get(dtype[0], [-1, -2]):
        expected, found = array.copy(), array.copy()
        expected[slice(None) if everywhere else rows] = value
        fill(found, True if everywhere else rows, value)
        assert np.array_equal(found, expected, equal_nan=dtype == "f8")
        assert found.dtype == expected.dtype
