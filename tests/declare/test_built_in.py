"""Built-in instruments, written to a file and loaded, give the same scores to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from cases import untidy
from vectors import as_columns

import riskbands as rb

WRITTEN = ("ogrs3", "osp_dc", "dc_srp", "osp_c")


@pytest.mark.parametrize("ident", WRITTEN)
def test_the_same_scores_bit_for_bit(ident: str) -> None:
    own = rb.predictors.by_id[ident]
    read = rb.declare.read_instrument(own.to_toml(), f"{ident}.toml")
    assert (read.id, read.horizons, read.table, read.bands) == (
        own.id, own.horizons, own.table, own.bands,
    )  # fmt: skip
    columns = as_columns(map(untidy, range(1500)))
    first = rb.score_cohort(columns, [own], probabilities=True, information=True)
    second = rb.score_cohort(columns, [read], probabilities=True, information=True)
    assert list(first) == list(second)
    for name in first:
        one, two = (getattr(c[name], "codes", c[name]) for c in (first, second))
        if name.endswith("_issues"):
            assert list(one) == list(two)
        elif one.dtype == object:
            assert one.tolist() == two.tolist()
        else:
            assert np.array_equal(one, two, equal_nan=True)
