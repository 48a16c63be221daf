"""Numbers with decimals: exact by their decimal text, in whole units of the last decimal."""

from __future__ import annotations

import decimal
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.declare import instrument
from riskbands.pages import case_schema, page

HEAD: dict[str, Any] = {"id": "toy", "title": "made up", "source": "made up"}
FIELDS: dict[str, Any] = {
    "index": {"type": "decimal", "low": "10.0", "high": "60.0", "decimals": 1},
    "rate": {"type": "decimal", "low": 0, "high": "1.00", "decimals": 2, "when_missing": "0.25"},
    "age": {"type": "count", "low": 30, "high": 74},
}


def made(**rest: Any) -> rb.Predictor:
    return instrument({**HEAD, "field": FIELDS, **rest})


STEPS = made(output=[
    {"name": "level", "of": "index", "levels": {"low": "10-18.4", "usual": "18.5-24.9",
                                                "high": "25.0+"}},
    {"name": "points", "term": [
        {"of": "index", "points": {"10-20": 0, "20.1-60.0": 2}},
        {"of": "rate", "points": {"0-0.49": 0, "0.5+": 3}},
        {"name": "both", "when": "index >= 20.5 and rate == 0.75", "points": 10},
        {"name": "range", "when": {"index": "30.5+"}, "points": 100}]},
    {"name": "flag", "of": "index", "flag": "30.1-30.2"},
])  # fmt: skip


@pytest.mark.parametrize(
    ("index", "rate", "level", "points", "flag"),
    [
        ("18.4", "0.49", "low", 0, False),
        ("18.5", "0.5", "usual", 3, False),
        (20, None, "usual", 0, False),
        ("20.1", 0.75, "usual", 5, False),
        (20.5, "0.75", "usual", 15, False),
        ("30.2", 1, "high", 5, True),
        ("30.5", 0, "high", 102, False),
    ],
)
def test_steps_conditions_and_flags(
    index: Any, rate: Any, level: str, points: int, flag: bool
) -> None:
    score = STEPS.score({"index": index, "rate": rate})
    assert dict(score.outputs) == {"level": level, "points": points, "flag": flag}


READ = [
    (31.2, ""), ("31.2", ""), (" 31.20 ", ""), (31, ""), (31.0, ""), (np.float32(31.2), ""),
    (decimal.Decimal("31.2"), ""), (b"31.2", ""), ((0.1 + 0.2) * 100, "malformed"),
    ("31.25", "malformed"), ("31,2", "malformed"), ("3e1", "malformed"), (True, "malformed"),
    (math.inf, "malformed"), ("x", "malformed"), (math.nan, "missing"), (None, "missing"),
    ("60.1", "out_of_range"), (9.9, "out_of_range"), (10**40, "out_of_range"),
    (decimal.Decimal("1e999"), "out_of_range"), (decimal.Decimal("1e-999"), "malformed"),
    (decimal.Decimal("sNaN"), "malformed"), (31.200000000000003, "malformed"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "fault"), READ)
def test_what_is_read_and_what_is_binary_noise(raw: Any, fault: str) -> None:
    issues = [i.code for i in STEPS.score({"index": raw}, on_issue="return").issues]
    assert issues == ([fault] if fault else [])
    column = np.empty(2, object)
    column[:] = [raw, raw]
    found = rb.score_cohort({"index": column}, [STEPS])
    assert list(found["toy_issues"]) == [f"{fault}:index" if fault else ""] * 2


VALUES = [31.2, 31.25, 30, None, 60.1, 18.5]
LEVELS = ["high", None, "high", None, None, "usual"]


@pytest.mark.parametrize(
    "column",
    [
        VALUES,
        np.array([np.nan if v is None else v for v in VALUES]),
        np.array([np.nan if v is None else v for v in VALUES], np.float32),
        np.ma.masked_invalid(np.array([np.nan if v is None else v for v in VALUES])),
        [None if v is None else str(v) for v in VALUES],
        pd.Series(VALUES, dtype="Float64"),
        pd.Series([None if v is None else str(v) for v in VALUES], dtype="category"),
        pl.Series(VALUES, strict=False),
        pl.Series(VALUES, dtype=pl.Float32, strict=False),
        pa.array(VALUES, pa.float32()),
        pa.array(VALUES, pa.float64()),
        pa.array([None if v is None else decimal.Decimal(str(v)) for v in VALUES],
                 pa.decimal128(8, 3)),
        pa.array([None if v is None else str(v) for v in VALUES]).dictionary_encode(),
    ],
    ids=range(13),
)  # fmt: skip
def test_columns_of_every_kind(column: Any) -> None:
    data: Any = {"index": column}
    if isinstance(column, pd.Series):
        data = pd.DataFrame(data)
    elif isinstance(column, pl.Series):
        data = pl.DataFrame(data)
    elif isinstance(column, pa.Array):
        data = pa.table(data)
    found = rb.score_cohort(data, [STEPS])
    levels = found["toy_level"]
    listed = levels.to_pylist() if isinstance(levels, pa.ChunkedArray) else list(levels)
    assert [None if v is None or v != v else str(v) for v in listed] == LEVELS


@given(st.integers(100, 600), st.integers(0, 100) | st.none())
def test_scalar_and_cohort_agree(index: int, rate: int | None) -> None:
    case = {"index": index / 10, "rate": None if rate is None else f"{rate / 100}"}
    found = rb.score_cohort({k: [v] for k, v in case.items()}, [STEPS])
    assert {r: found[f"toy_{r}"][0] for r in ("level", "points", "flag")} == dict(
        STEPS.score(case).outputs
    )


def test_weights_are_for_each_1_and_not_for_each_unit() -> None:
    mine = made(
        score={
            "link": "survival", "horizons": "10yr", "rounding": "hundredths",
            "baseline_survival": "0.9", "centre": "5", "term": [
                {"of": "age", "kind": "log", "weight": "1"},
                {"of": "index", "kind": "log", "weight": "0.5"},
                {"of": "rate", "weight": "0.25"},
                {"of": "both", "kind": "polynomial", "weight": ["0", "0.001"]}],
        },
        derived={"both": {"rule": "formula", "formula": "index - 2 * rate + 0.5", "low": "0.00"}},
    )  # fmt: skip
    score = mine.score({"age": 50, "index": "31.2", "rate": "0.4"})
    both = 31.2 - 0.8 + 0.5
    total = math.log(50) + 0.5 * math.log(31.2) + 0.25 * 0.4 + 0.001 * both**2 - 5
    assert score.explain().total == pytest.approx(total, abs=1e-12)
    assert score.probability["10yr"] == pytest.approx(1 - 0.9 ** math.exp(total), rel=1e-12)
    assert score.explain().contributions[2].text == "index 31.2"
    assert score.values["index"] == 312
    found = rb.score_cohort({"age": [50], "index": [31.2], "rate": [0.4]}, [mine],
                            probabilities=True)  # fmt: skip
    assert found["toy_10yr_p"][0] == score.probability["10yr"]
    assert (
        pickle.loads(pickle.dumps(mine))
        .score({"age": 50, "index": "31.2", "rate": "0.4"})
        .probability
        == score.probability
    )


def test_derived_numbers_with_decimals() -> None:
    derived = {
        "sum": {"rule": "sum", "of": ["index", "other"], "high": "90.5"},
        "less": {"rule": "difference", "of": ["index", "other"]},
        "most": {"rule": "capped", "of": "index", "at": "30.5"},
        "step": {"rule": "steps", "of": "index", "steps": {"10-25.5": 1, "25.6+": 2}},
        "group": {"rule": "category", "of": "less", "groups": {"below": ["-50--0.1"],
                                                               "above": ["0+"]}},
        "higher": {"rule": "formula", "formula": "max(index, age) - min(0.25, rate)"},
        "known": {"rule": "first_known", "way": [{"formula": "other"}, {"formula": "age"}]},
    }  # fmt: skip
    fields = {**FIELDS, "other": {**FIELDS["index"]}}
    shapes: dict[str, Any] = {"sum": "0-40.4", "less": "-50-0", "most": "30.5", "higher": "49.75",
              "known": "50+"}  # fmt: skip
    outputs = [{"name": f"{n}_out", "of": n, "flag": r} for n, r in shapes.items()]
    outputs += [{"name": "step_out", "of": "step"}, {"name": "group_out", "of": "group"}]
    mine = instrument({**HEAD, "field": fields, "derived": derived, "output": outputs})
    case = {"index": "30.6", "other": "9.9", "age": 50, "rate": 0.5}
    assert [str(i) for i in mine.score(case, on_issue="return").issues] == ["out_of_range:other"]
    # 30.6 + 10 = 40.6; 20.6; 30.5; max(30.6, 50) - 0.25 = 49.75; 10.0
    first = mine.score({**case, "other": 10}).outputs
    assert dict(first) == {"sum_out": False, "less_out": False, "most_out": True,
                           "higher_out": True, "known_out": False, "step_out": 2,
                           "group_out": "above"}  # fmt: skip
    # 60 + 30.6 = 90.6 is above 90.5
    issue = mine.score({**case, "other": "60.0"}, on_issue="return").issues[0]
    assert issue.code == "sum_out_of_range"
    assert "from 20.0 to 90.5" in issue.message


def test_whom_a_caution_concerns() -> None:
    mine = made(
        output=[{"name": "o", "when": "age > 40"}],
        caution=[{"text": "Not told.", "when": "index == -1"},
                 {"text": "High.", "when": "index >= 30.5"}],
    )  # fmt: skip
    assert mine.score({"age": 50}).cautions == ("Not told.",)
    assert mine.score({"age": 50, "index": "30.5"}).cautions == ("High.",)
    assert mine.score({"age": 50, "index": "30.4"}).cautions == ()


def test_what_people_read() -> None:
    text = page(STEPS)
    assert "a number from 10.0 to 60.0 with at most 1 decimal" in text
    assert "index 20.1 to 60.0" in text
    assert case_schema(STEPS)["properties"]["rate"] == {
        "type": "number", "minimum": 0.0, "maximum": 1.0, "description": "at most 2 decimals",
    }  # fmt: skip
    with pytest.raises(rb.TableError, match="index has decimals, for which SQL is not written"):
        STEPS.to_sql(source="cases")


def test_a_page_has_the_ranges_and_limits_of_the_file() -> None:
    text = page(rb.declare.read_instrument("""
        id = "toy"
        title = "made up"
        source = "made up"
        [field.d]
        type = "decimal"
        low = 0
        high = 40
        decimals = 1
        [field.s]
        type = "yes/no"
        [derived.most]
        rule = "capped"
        of = "d"
        at = "30.5"
        [score]
        link = "points"
        [[score.term]]
        of = "d"
        points = { "0-4.0" = -5, "4.1" = 0, "4.2+" = 3 }
        [[score.term]]
        of = "most"
        by = "s"
        points = { no = { "0-30.4" = 1, "30.5" = 2 }, yes = { "0+" = 3 } }
    """))  # fmt: skip
    assert "| d | by range of `d` | 0.0-4.0: -5, 4.1: 0, 4.2+: 3 |" in text
    assert "| `most` |  | `d`, at most 30.5 |" in text
    assert "| by range of `most`, where `s` is no | 0.0-30.4: 1, 30.5: 2 |" in text
    assert "| by range of `most`, where `s` is yes | 0.0+: 3 |" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"field": {"x": {"type": "decimal", "low": 0, "high": 1}}}, "decimals is missing"),
        ({"field": {"x": {"type": "float", "low": 0, "high": 1}}}, "did you mean decimal?"),
        ({"field": {"x": {"type": "count", "low": 0, "high": 1, "decimals": 1}}},
         "field.x.decimals: belongs to the type decimal"),
        ({"field": {"x": {"type": "decimal", "low": 0, "high": 31, "decimals": 3}}},
         "counts 31,000 steps of the last decimal from 0; at most 30,000: give fewer decimals"),
        ({"field": {"x": {"type": "decimal", "low": 0, "high": "1.25", "decimals": 1}}},
         "field.x.high: has more than 1 decimal"),
        ({"field": {"x": {"type": "decimal", "low": 0, "high": 1.5, "decimals": 1}}},
         "must be a number in quotation marks"),
        ({"field": {"x": {"type": "decimal", "low": "-1", "high": 1, "decimals": 1}}},
         "field.x.low: must be from 0.0"),
        ({"field": {"x": {"type": "decimal", "low": 0, "high": 1, "decimals": 9}}},
         "field.x.decimals: must be from 1 to 3"),
        ({"output": [{"name": "o", "of": "index"}]},
         "output[1]: has decimals, and a result is a whole number: give it a scale or levels"),
        ({"output": [{"name": "o", "of": ["index", "age"], "combine": "sum"}]},
         "combines numbers with decimals"),
        ({"derived": {"x": {"rule": "sum", "of": ["index", "age"]}}},
         "mixes numbers of different decimals: write a formula"),
        ({"output": [{"name": "o", "term": [{"of": "index", "points": {"10-20.05": 0}}]}]},
         'must be a range from 10.0 to 60.0 with at most 1 decimal, such as "1.5-3.0"'),
        ({"output": [{"name": "o", "term": [{"of": "index", "points": {"10-20": 0, "20.2+": 1}}]}]},
         "needs exactly one range for each of 20.1"),
        ({"output": [{"name": "o", "term": [{"of": "index", "points": 1}]}]}, "not whole"),
        ({"output": [{"name": "o", "when": "index > 1e300"}]}, "too large"),
        ({"output": [{"name": "o", "when": "index > 0.1234567"}]}, "more than 6 decimals"),
    ],
)  # fmt: skip
def test_faults(change: dict[str, Any], expected: str) -> None:
    start = {**HEAD, "field": FIELDS, "output": [{"name": "o", "when": "age > 40"}]}
    change = {k: {**FIELDS, **v} if k == "field" else v for k, v in change.items()}
    with pytest.raises(rb.TableError) as caught:
        instrument({**start, **change})
    assert expected in str(caught.value)
