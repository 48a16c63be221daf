"""Scores, explanations, predictors and results are values: copied, pickled, sent to a process.

And nothing of the case beyond ages, counts and answers can be read out of a score.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import multiprocessing
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cloudpickle
import joblib
import numpy as np
import pytest

import riskbands as rb
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Callable

BORN, CONVICTED, ASSESSED = dt.date(1990, 5, 1), dt.date(2023, 11, 2), dt.date(2024, 1, 16)
IDENTIFIER = "X123456-secret"
FULL: dict[str, Any] = {
    "case_id": IDENTIFIER,
    "sex": "male",
    "date_of_birth": BORN,
    "conviction_date": CONVICTED,
    "follow_up_date": CONVICTED,
    "assessment_date": ASSESSED,
    "last_sexual_offence_date": dt.date(2019, 3, 9),
    "offence_code": "00801",
    "sanctions": 4,
    "violent_sanctions": 2,
    "first_sanction_age": 17,
    "supervision_status": "community",
    "sexual_offence_history": True,
    "current_offence_sexually_motivated": False,
    "contact_adult_sanctions": 1,
    "contact_child_sanctions": 0,
    "image_sanctions": 0,
    "non_contact_sanctions": 0,
}
CASE = rb.OASysAssessment(**FULL)
SCORED = tuple(rb.score(CASE))


def values() -> dict[str, Any]:
    """One of everything that a call returns."""
    rsr = rb.rsr.score(CASE)
    cohort = {k: [v] for k, v in FULL.items()}
    return {
        "score": rsr,
        "no score": rb.ogrs3.score({"sex": "male"}, on_issue="return"),
        "explanation": rsr.explain(),
        "predictor": rb.rsr,
        "edited predictor": rb.ogrs3.with_table(
            rb.coefficient_tables["ogrs3-2009"].replace({"copas": "1.3"})
        ),
        "band": rsr.band,
        "band table": rb.band_table("rsr-2025"),
        "coefficient table": rb.coefficient_tables["arp-2026"],
        "case": CASE,
        "case of a mapping": rb.ogrs3.case({"sex": "male", "sanctions": 4}),
        "vocabulary": rb.ogrs3.vocabulary,
        "crosswalk": rb.crosswalk(cohort),
        "impact": rb.impact(
            rb.band_table("rsr-2025"), rb.band_table("rsr-parole-2018"), [1.0, 3.0, 7.0]
        ),
        "comparison": rb.compare(rb.band_table("rsr-2025"), rb.band_table("rsr-parole-2018")),
        "cohort result": rb.score_cohort(cohort, ["ogrs3", "rsr"]),
        "band array": rb.score_cohort(cohort, ["ogrs3"])["ogrs3_band"],
        "suggestions": rb.suggest_columns({"DOB": ["1990-05-01"], "Gender": ["M"]}),
        "overrides": rb.overrides(
            {"computed": ["Low", "High"], "final": ["Low", "Low"]},
            scale=rb.BandScale("two", ("Low", "High")),
        ),
    }


VALUES = values()


def through_joblib(value: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(value, file)
    file.seek(0)
    return joblib.load(file)


WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda v: pickle.loads(pickle.dumps(v)),
    "the oldest protocol": lambda v: pickle.loads(pickle.dumps(v, 2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "cloudpickle": lambda v: cloudpickle.loads(cloudpickle.dumps(v)),
    "joblib": through_joblib,
}


def shown(value: Any) -> str:
    if isinstance(value, dict):
        return str({k: np.asarray(v).tolist() for k, v in value.items()})
    if isinstance(value, rb.Score):
        return f"{value.to_dict()} {value.explain() if value.ok else value.issues}"
    return f"{value!r} {value}"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_result_is_a_value(value: Any, way: Callable[[Any], Any]) -> None:
    again = way(value)
    assert type(again) is type(value)
    assert shown(again) == shown(value)


@pytest.mark.parametrize("name", by_id)
def test_a_predictor_that_was_pickled_scores_alike(name: str) -> None:
    again = pickle.loads(pickle.dumps(by_id[name]))
    assert again.needs == by_id[name].needs
    if by_id[name].has_table:
        one, two = (p.score(CASE, on_issue="return") for p in (by_id[name], again))
        assert one.to_dict() == two.to_dict()
        if one.ok:
            assert str(one.explain()) == str(two.explain())


def explained(score: rb.Score) -> str:
    """What another process makes of a score."""
    return str(score.explain())


def test_a_score_is_explained_in_another_process() -> None:
    score = rb.rsr.score(CASE)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(explained, (score,)) == str(score.explain())


def test_a_score_is_explained_in_a_fresh_interpreter() -> None:
    code = (
        "import pickle, sys; score = pickle.load(sys.stdin.buffer); print(score.explain(), end='')"
    )
    score = rb.rsr.score(CASE)
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(score), capture_output=True, check=True
    )
    assert done.stdout.decode() == str(score.explain())


@pytest.mark.parametrize("name", SCORED)
def test_nothing_of_the_case_is_in_a_score(name: str) -> None:
    """Neither a date, packed or written, nor the identifier."""
    score = by_id[name].score(CASE)
    kept = pickle.dumps(score)
    text = f"{score!r} {score.to_dict()} {score.explain()} {score._repr_html_()}"
    for day in (BORN, CONVICTED, ASSESSED):
        packed = day.year << 9 | day.month << 5 | day.day
        assert packed not in all_values(score)
        assert day.isoformat() not in text
        assert day.isoformat().encode() not in kept
        assert pickle.dumps(day)[4:-1] not in kept
    assert IDENTIFIER.encode() not in kept
    assert IDENTIFIER not in text
    assert b"derivation" not in kept.replace(b"riskbands.derivation", b"")


def all_values(score: rb.Score) -> set[int]:
    """Whole numbers a score and its components hold."""
    found = set(score.values.values())
    for inner in score.components.values():
        found |= all_values(inner)
    return found


def test_a_predictor_explains_a_case() -> None:
    assert str(rb.rsr.explain(CASE)) == str(rb.rsr.score(CASE).explain())
    with pytest.raises(rb.InputErrorGroup, match="OGRS3 cannot be scored"):
        rb.ogrs3.explain({"sex": "male"})


def test_a_mapping_is_a_case() -> None:
    given = {k: v for k, v in FULL.items() if v is not None}
    assert rb.rsr.score(given).to_dict() == rb.rsr.score(CASE).to_dict()
    words = given | {"sex": "M", "date_of_birth": "1990-05-01", "sanctions": "4"}
    assert rb.rsr.score(words).to_dict() == rb.rsr.score(CASE).to_dict()


def test_what_is_no_case_is_told_where_it_belongs() -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match=r"riskbands.score_cohort\(data, \['ogrs3'\]\)"):
        rb.ogrs3.score(pd.DataFrame({"sex": ["male"]}))
    with pytest.raises(TypeError, match="OASysAssessment"):
        rb.ogrs3.score(3)  # type: ignore[arg-type]
    with pytest.raises(rb.UnknownNameError, match="no field"):
        rb.ogrs3.score({"sanctons": 4})
