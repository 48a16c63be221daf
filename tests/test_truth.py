"""Choosing between numbers in arrays is what `numpy.where` does, whatever their type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.arithmetic.truth import where

ENDS = {np.int8: 127, np.int16: 32_767, np.int32: 2**31 - 1, np.uint8: 127, np.float64: 10**6}


@pytest.mark.parametrize("one", ENDS)
@pytest.mark.parametrize("other", [*ENDS, int])
@given(seed=st.integers(0, 2**32 - 1), number=st.integers(-200, 40_000))
def test_where_is_that_of_numpy(one: Any, other: Any, seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    condition = rng.random(20) < 0.5

    def array(dtype: Any) -> Any:
        low = 0 if dtype is np.uint8 else -ENDS[dtype] - 1
        return rng.integers(low, ENDS[dtype], 20, endpoint=True).astype(dtype)

    a = array(one)
    b: Any = number if other is int else array(other)
    if other is int and one is not np.float64 and not np.iinfo(one).min <= b <= np.iinfo(one).max:
        return
    for first, second in ((a, b), (b, a)):
        found, expected = where(condition, first, second), np.where(condition, first, second)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()
    view = where(condition[::2], a[::-2], b if other is int else b[::2])
    assert (
        view.tolist() == np.where(condition[::2], a[::-2], b if other is int else b[::2]).tolist()
    )
