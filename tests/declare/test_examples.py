"""The made-up instruments of examples/instruments, with cases worked by hand.

Every expected value was worked out from the file with pencil and paper; the arithmetic stands
beside it.
"""

from __future__ import annotations

import math
import pickle
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import riskbands as rb

FOLDER = Path(__file__).parents[2] / "examples" / "instruments"
HARBOUR = rb.load_instrument(FOLDER / "pretrial.toml")
LANTERN = rb.load_instrument(FOLDER / "two-sexes.toml")
MEADOW = rb.load_instrument(FOLDER / "survival.toml")
ALL = {
    "pretrial": HARBOUR,
    "two-sexes": LANTERN,
    "survival": MEADOW,
    "two-forms": rb.load_instrument(FOLDER / "two-forms.toml"),
    "sum": rb.load_instrument(FOLDER / "sum.toml"),
}

NOTHING: dict[str, Any] = {
    "age": 40, "charge_violent": "no", "charge_pending": "no", "prior_misdemeanour": "no",
    "prior_felony": "no", "prior_violent": 0, "recent_failures": 0, "older_failure": "no",
    "prior_custody": "no",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "appearance", "new_charge", "violence"),
    [
        # no point anywhere: 0 -> 1, 0 -> 1, 0 points
        ({}, 1, 1, False),
        # 1 + 0 + 0 + 1 = 2 -> 3; pending 3 -> 3; pending 1
        ({"charge_pending": "yes", "older_failure": "yes"}, 3, 3, False),
        # 1 + 1 + 4 + 1 = 7 -> 6; 2 + 3 + 1 + 1 + 2 + 2 + 2 = 13 -> 6; 2 + 1 + 1 + 1 + 2 = 7
        (
            {
                "age": 19, "charge_violent": "yes", "charge_pending": "yes",
                "prior_misdemeanour": "yes", "prior_felony": "yes", "prior_violent": 3,
                "recent_failures": 2, "older_failure": "yes", "prior_custody": "yes",
            },
            6, 6, True,
        ),
        # felony alone is an earlier conviction: 1 -> 2; 1 + 1 (one violent) = 2 -> 2; 2+1+1 = 4
        (
            {"charge_violent": "yes", "prior_felony": "yes", "prior_violent": 2},
            2, 2, True,
        ),
        # 20 is young, 21 is not: 2 + 1 = 3 points, no flag; age 2 -> 2
        ({"age": 20, "charge_violent": "yes"}, 1, 2, False),
        # 22 has two points of age, 23 none
        ({"age": 22}, 1, 2, False),
        ({"age": 23}, 1, 1, False),
        # 3 or 4 points of appearance are the same scale: 2 + 1 = 3, 4 + 0 = 4
        ({"recent_failures": 1, "older_failure": "yes"}, 4, 2, False),
        ({"recent_failures": 9}, 4, 2, False),
    ],
)  # fmt: skip
def test_three_outputs_from_nine_factors(
    changes: dict[str, Any], appearance: int, new_charge: int, violence: bool
) -> None:
    found = HARBOUR.score(NOTHING | changes).outputs
    assert dict(found) == {
        "appearance": appearance, "new_charge": new_charge, "violence": violence,
    }  # fmt: skip


def test_what_is_missing_or_inconsistent_is_an_issue() -> None:
    score = HARBOUR.score({**NOTHING, "age": None}, on_issue="return")
    assert [str(i) for i in score.issues] == ["missing:age"]
    with pytest.raises(rb.InputErrorGroup, match="mend one of them"):
        HARBOUR.score({**NOTHING, "prior_violent": 1})
    with pytest.raises(rb.InputErrorGroup, match="age must be a whole number from 18 to 110"):
        HARBOUR.score({**NOTHING, "age": 17})


@pytest.mark.parametrize(
    ("case", "history", "conduct", "level"),
    [
        # male 30: 1, two sanctions: 1 -> 2; in work -2, two breaches 4 -> 2
        (("m", 30, 2, "yes", 2), "Medium", "Medium", "Medium"),
        # female 45: -2, none: -1 -> -3; in work -2, none 0 -> -2
        (("f", 45, 0, "yes", 0), "Low", "Low", "Low"),
        # female 45: -2, four: 3 -> 1; not in work 1, two 4 -> 5
        (("f", 45, 4, "no", 2), "Medium", "High", "High"),
        # male 24: 3, four: 3 -> 6; not in work 1, none 0 -> 1
        (("male", 24, 4, "no", 0), "High", "Low", "High"),
        # male 40: -1, one: 1 -> 0
        (("male", 40, 1, "no", 0), "Low", "Low", "Low"),
    ],
)
def test_two_sexes_negative_points_and_the_higher_of_two(
    case: tuple[Any, ...], history: str, conduct: str, level: str
) -> None:
    names = ("sex", "age", "sanctions", "in_work", "breaches")
    found = LANTERN.score(dict(zip(names, case, strict=True)))
    assert dict(found.outputs) == {"history": history, "conduct": conduct, "level": level}


def test_a_case_may_carry_its_identifier() -> None:
    case = HARBOUR.case({"case_id": "A1", **NOTHING})
    assert HARBOUR.score(case).outputs == HARBOUR.score(NOTHING).outputs


def test_whom_it_does_not_apply_to_has_no_result_and_no_issue() -> None:
    score = LANTERN.score({"age": 17})
    assert score.ok
    assert not score.applies
    assert set(score.outputs.values()) == {None}


def test_survival() -> None:
    # age 33 (the birthday is tomorrow): -0.66, seven: 0.7, settled: -0.3, less the centre -0.5
    case = {
        "born": "1990-06-15", "released": "2024-06-14", "convictions": 7, "stable_home": "yes",
    }  # fmt: skip
    score = MEADOW.score(case)
    ratio = math.exp(-0.66 + 0.7 - 0.3 + 0.5)
    assert score.probability["1yr"] == pytest.approx(1 - 0.95**ratio, rel=1e-14)
    assert score.probability["5yr"] == pytest.approx(1 - 0.8**ratio, rel=1e-14)
    assert score.percent == {"1yr": 6.31, "5yr": 24.7}
    assert score.band == "Medium"
    # forty convictions count as twenty: -0.66 + 2 - 0.3 + 0.5 = 1.54; 1 - 0.8 ** 4.66459
    assert MEADOW.score({**case, "convictions": 40}).percent["5yr"] == 64.69
    told = {c.factor: c.amount for c in score.explain("5yr")}
    assert told == pytest.approx(
        {"centre": 0.5, "age": -0.66, "convictions": 0.7, "settled address": -0.3}
    )
    assert "-0.660000" in str(score.explain())


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["example"]
    return found


@pytest.mark.parametrize("name", ALL)
def test_a_case_and_a_cohort_of_any_library_agree_to_the_last_bit(name: str) -> None:
    mine, case = ALL[name], example(name)
    rng = np.random.default_rng(14)
    rows = []
    for _ in range(300):
        row = dict(case)
        for key, value in case.items():
            if rng.random() < 0.05:
                row[key] = None
            elif value in ("yes", "no"):
                row[key] = str(rng.choice(["yes", "no"]))
            elif isinstance(value, int):
                row[key] = int(rng.integers(0, 60))
            elif value in ("male", "female"):
                row[key] = str(rng.choice(["male", "female"]))
        rows.append(row)
    columns = {key: [row[key] for row in rows] for key in case}
    scored = rb.score_cohort(columns, [mine], probabilities=True)
    singles = [mine.score(row, on_issue="return") for row in rows]
    assert [";".join(map(str, s.issues)) for s in singles] == list(scored[f"{mine.id}_issues"])
    for h in mine.horizons:
        one = [s.probability.get(h, np.nan) for s in singles]
        assert np.array_equal(one, scored[f"{mine.id}_{h}_p"], equal_nan=True)
    for r in mine.results:
        found = [s.outputs[r.name] for s in singles]
        many = [None if pd.isna(v) else v for v in scored[f"{mine.id}_{r.name}"]]
        assert found == many
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns, strict=False)):
        again = rb.score_cohort(frame, [mine])
        assert list(again[f"{mine.id}_issues"]) == list(scored[f"{mine.id}_issues"])


@pytest.mark.parametrize("name", ALL)
def test_it_is_a_value_that_can_be_pickled_and_written(name: str) -> None:
    mine, case = ALL[name], example(name)
    copy = pickle.loads(pickle.dumps(mine))
    again = rb.declare.read_instrument(mine.to_toml(), folder=FOLDER)
    built = rb.declare.instrument(tomllib.loads(mine.to_toml()), folder=FOLDER)
    first = mine.score(case)
    for other in (copy, again, built):
        score = other.score(case)
        assert (score.outputs, score.probability, score.band) == (
            first.outputs, first.probability, first.band,
        )  # fmt: skip
        assert score.explain() == first.explain()
        assert other.table.digest == mine.table.digest


def test_together_with_a_built_in_one() -> None:
    columns = {key: [value] for key, value in example("pretrial").items()}
    columns |= {"sex": ["male"], "sanctions": [3]}
    scored = rb.score_cohort(columns, [HARBOUR, "ogrs3"])
    assert scored["harbour_new_charge"].tolist() == [5]
    assert scored["ogrs3_issues"][0].startswith("missing:")
    with pytest.raises(rb.TableError, match="means something else"):
        rb.score_cohort(columns, [LANTERN, "ogrs3"])


def test_a_column_of_another_name_is_found() -> None:
    columns = {key: [value] for key, value in example("pretrial").items()}
    columns["violentcharge"] = columns.pop("charge_violent")
    assert rb.score_cohort(columns, [HARBOUR])["harbour_violence"].tolist() == [True]
    columns["charge_violent"] = ["no"]
    assert rb.score_cohort(columns, [HARBOUR])["harbour_violence"].tolist() == [False]
