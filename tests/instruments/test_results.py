"""An instrument of one's own with named results, for one case and for a cohort of any library."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands._frozen import FrozenDict
from riskbands.instruments.panel import Panel
from riskbands.instruments.results import Result
from riskbands.scorecards.coefficients import CoefficientTable
from riskbands.vocabulary.expressions import Flag
from riskbands.vocabulary.feature import SAME, Feature, Source, or_else
from riskbands.vocabulary.fields import Field, Kind
from riskbands.vocabulary.rules import arguments, at_least, first_match, total
from riskbands.vocabulary.vocabulary import Vocabulary

ITEMS = ("late", "absent", "restless")
X, Y, Z = arguments(3)
VOCABULARY = Vocabulary(
    [Field("grown_up", Kind.BOOL), *(Field(n, Kind.LEVEL) for n in ITEMS)],
    [
        *(Feature(f"{n}_or_0", or_else(n, 0), low=0, high=2) for n in ITEMS),
        Feature("unrest", (Source(tuple(f"{n}_or_0" for n in ITEMS), total(X, Y, Z)),), 0, 6),
        Feature("late_known", (Source((".late",), at_least(X, 0)),), low=0, high=1),
    ],
)
TOY = Panel(
    id="toy",
    name="Toy",
    title="A made-up panel",
    rule=rb.ogrs3.rule,
    vocabulary=VOCABULARY,
    table=CoefficientTable("toy-1", ("toy",), "made up", "nobody", FrozenDict()),
    gate="grown_up",
    required=("late",),
    sums={"points": ("late_or_0", "absent_or_0", "restless_or_0")},
    results=(
        Result(name="points", kind="number", inputs=("unrest",), rule=SAME),
        Result(name="flag", kind="flag", inputs=("unrest",), rule=Flag(X >= 4)),
        Result(
            name="level",
            kind="category",
            inputs=("unrest",),
            rule=first_match(((X >= 4, 2), (X >= 1, 1)), otherwise=0),
            labels=("calm", "some", "much"),
        ),
        Result(name="of_restless", kind="number", inputs=("restless",), rule=SAME),
    ),
)


def test_a_case() -> None:
    score = TOY.score({"grown_up": "yes", "late": 2, "absent": 2})
    assert dict(score.outputs) == {
        "points": 4, "flag": True, "level": "much", "of_restless": None,
    }  # fmt: skip
    assert score.to_dict()["outputs"] == dict(score.outputs)
    assert [c.amount for c in score.explain()] == [2, 2, 0]
    assert "points 4" in repr(score)
    assert pickle.loads(pickle.dumps(score)).outputs == score.outputs


def test_a_case_it_does_not_apply_to_and_one_that_lacks_an_answer() -> None:
    score = TOY.score({"grown_up": "no"})
    assert set(score.outputs.values()) == {None}
    assert score.ok
    assert not score.applies
    with pytest.raises(rb.InputErrorGroup, match="late is missing"):
        TOY.score({"grown_up": "yes"})


COLUMNS = {
    "grown_up": ["yes", "no", "yes", "yes", None],
    "late": [2, 1, 0, None, 1],
    "absent": [2, 1, 0, 0, 0],
    "restless": [None, 1, 0, 2, 0],
}
EXPECTED = {
    "toy_points": [4, None, 0, None, None],
    "toy_flag": [True, None, False, None, None],
    "toy_level": ["much", None, "calm", None, None],
    "toy_of_restless": [None, None, 0, None, None],
    "toy_issues": ["", "", "", "missing:late", "missing:grown_up"],
}


def missing_is_none(values: Any) -> list[Any]:
    return [None if pd.isna(v) else v for v in values]


def test_a_cohort_of_columns() -> None:
    scored = rb.score_cohort(COLUMNS, [TOY])
    assert {name: missing_is_none(scored[name]) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_cohort_of_a_data_frame(library: Any) -> None:
    scored = rb.score_cohort(library(COLUMNS), [TOY])
    found = {
        name: missing_is_none(
            scored[name].to_pylist() if library is pa.table else scored[name].to_list()
        )
        for name in EXPECTED
    }
    assert found == EXPECTED


def test_together_with_a_built_in_one() -> None:
    columns = COLUMNS | {"sex": ["male"] * 5}
    scored = rb.score_cohort(columns, [TOY, "ogrs3"])
    assert missing_is_none(scored["toy_points"]) == EXPECTED["toy_points"]
    assert scored["ogrs3_issues"][0].startswith("missing:")


def test_a_name_that_means_something_else_is_refused() -> None:
    other = Vocabulary([Field("sex", Kind.LEVEL)])
    with pytest.raises(rb.TableError, match="sex means something else"):
        other.union(rb.ogrs3.vocabulary)


ANSWER = st.one_of(st.none(), st.integers(-1, 3))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([None, "yes", "no"]), ANSWER, ANSWER, ANSWER), min_size=1)
)
def test_a_case_and_a_cohort_agree(rows: list[tuple[Any, ...]]) -> None:
    names = ("grown_up", *ITEMS)
    scored = rb.score_cohort({n: [r[i] for r in rows] for i, n in enumerate(names)}, [TOY])
    for place, row in enumerate(rows):
        score = TOY.score(dict(zip(names, row, strict=True)), on_issue="return")
        found = {r.name: missing_is_none([scored[f"toy_{r.name}"][place]])[0] for r in TOY.results}
        assert found == (dict(score.outputs) if score.ok else dict.fromkeys(score.outputs))
        assert scored["toy_issues"][place] == ";".join(str(i) for i in score.issues)
