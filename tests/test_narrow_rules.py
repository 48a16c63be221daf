"""Rules worked out in narrow arrays give what they give in wide ones, and for one case."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from cases import FULL, some_value, untidy
from hypothesis import example, given
from hypothesis import strategies as st
from vectors import as_columns

import riskbands as rb
from riskbands.derivation.derive import _MANY
from riskbands.predictors import by_id
from riskbands.vocabulary.expressions import (
    Argument,
    Binary,
    Call,
    Constant,
    Expression,
    Flag,
    If,
    LookUp,
    Not,
    Wide,
)
from riskbands.vocabulary.feature import Source
from riskbands.vocabulary.narrow import narrowed
from riskbands.vocabulary.vocabulary import built_in

RANGES = ((0, 1), (0, 2), (-3, 10), (0, 120))
NUMBERS = st.integers(0, len(RANGES) - 1).map(Argument) | st.integers(-40, 200).map(Constant)


def _truth(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    compared = st.builds(
        Binary, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers, numbers
    )
    return (
        compared
        | st.builds(Not, compared)
        | st.builds(Binary, st.sampled_from("&|"), compared, compared)
    )


def _more(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    truth = _truth(numbers)
    return (
        st.builds(Binary, st.sampled_from("+-*"), numbers, numbers)
        | st.builds(Flag, truth)
        | st.builds(Wide, numbers)
        | st.builds(If, truth, numbers, numbers)
        | st.builds(LookUp, st.just((3, -7, 90)), st.just(Argument(1)))
    )


RULES = st.recursive(NUMBERS, _more, max_leaves=12)


@given(rule=RULES, when=st.none() | _truth(NUMBERS), seed=st.integers(0, 99))
@example(rule=Argument(3) + Argument(3), when=None, seed=0)
@example(rule=Argument(3) * Constant(137), when=None, seed=0)
@example(rule=LookUp((3, 90), Argument(0)) + LookUp((3, 90), Argument(0)), when=None, seed=0)
@example(rule=If(Argument(2) > 3, Constant(63), Constant(-63)), when=None, seed=0)
def test_any_rule(rule: Expression, when: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = [rng.integers(low, high + 1, 50).astype(np.int64) for low, high in RANGES]
    values = [np.concatenate([v, ends]) for v, ends in zip(values, RANGES, strict=True)]
    found = narrowed(Source(("a", "b", "c", "d"), rule, when), RANGES)
    if found is None:
        return
    small = found.arrays([v.astype(np.int16) for v in values])
    assert all(v.dtype == found.dtype for v in small)
    one_by_one = [rule(*(int(v[i]) for v in values)) for i in range(len(values[0]))]
    assert np.broadcast_to(found.derive(*small), len(one_by_one)).tolist() == one_by_one
    if when is not None:
        assert found.when is not None
        expected = np.broadcast_to(when(*values), len(one_by_one)).tolist()
        assert np.broadcast_to(found.when(*small), len(one_by_one)).tolist() == expected


@pytest.mark.parametrize("ident", ["ogp", "mst", "lds", "opd", "pni", "pni_api"])
def test_every_feature_of_an_instrument(ident: str) -> None:
    vocabulary = by_id[ident].vocabulary
    rng = np.random.default_rng(5)
    narrow = 0
    for feature in vocabulary.features.values():
        for source in feature.sources:
            found = vocabulary.narrowed(source)
            if found is None or not source.inputs:
                continue
            narrow += 1
            ranges = [vocabulary.range_of(item) or (0, 0) for item in source.inputs]
            values = [rng.integers(low, high + 1, 300) for low, high in ranges]
            small = found.arrays(values)
            for ours, wide in ((found.derive, source.derive), (found.when, source.when)):
                if ours is not None and wide is not None:
                    one, other = np.broadcast_arrays(ours(*small), wide(*values))
                    assert np.array_equal(one, other), feature.name
    assert narrow > 100


def test_rows_of_a_large_cohort_are_scored_as_those_of_a_small_one() -> None:
    """Only many rows are worked out in narrow arrays."""
    rng = random.Random(11)
    rows: list[dict[str, Any]] = [untidy(seed) for seed in range(300)]
    rows += [FULL | {"sex": rng.choice(["male", "female"])} for _ in range(20)]
    tools = [name for name in by_id if name not in ("asset", "yogrs")]
    fields = {n: f for name in tools for n, f in by_id[name].vocabulary.fields.items() if f.scored}
    for row in rows:
        for name, f in fields.items():
            if name not in row and rng.random() > 0.05:
                row[name] = some_value(f, rng)
    columns = as_columns(rows)
    assert len(rows) < _MANY
    times = -(-2 * _MANY // len(rows))
    longer = {n: list(c) * times for n, c in columns.items()}
    for asked in ([n for n in tools if n != "pni_api"], ["pni_api"]):  # not both rules of PNI
        few, many = rb.score_cohort(columns, asked), rb.score_cohort(longer, asked)
        for name, column in few.items():
            for start in (0, (times - 1) * len(rows)):
                part = many[name][start : start + len(rows)]
                assert str(list(part)) == str(list(column)), name


def test_what_may_be_too_great_is_left_wide() -> None:
    x = Argument(0)
    for rule, ranges in (
        (x + x, [(0, 9_000)]),
        (x * 200, [(0, 100)]),
        (Call("lower_of", (x, Constant(3))), [(0, 9)]),
        (x.equals(20_000), [(0, 1)]),
    ):
        assert narrowed(Source(("a",), rule), ranges) is None
    for rule, ranges, dtype in (
        (x * 31, [(0, 2)], np.int8),
        (x * 32, [(0, 2)], np.int16),
        (Flag(x >= 7_500), [(-2, 10_000)], np.int16),
    ):
        found = narrowed(Source(("a",), rule), ranges)
        assert found is not None
        assert found.dtype is dtype
        assert found.derive(np.zeros(3, dtype)).dtype == (np.int16 if rule == x * 32 else np.int8)


def test_a_vocabulary_and_a_longer_one_are_the_longer_one() -> None:
    assert built_in().union(rb.mst.vocabulary) is rb.mst.vocabulary
    assert rb.mst.vocabulary.union(built_in()) is rb.mst.vocabulary
    together = rb.mst.vocabulary.union(rb.lds.vocabulary)
    assert set(together.features) == {*rb.mst.vocabulary.features, *rb.lds.vocabulary.features}
