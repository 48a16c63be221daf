"""The public face: its names, its results that cannot be changed, its use from many threads."""

from __future__ import annotations

import copy
import importlib
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import numpy as np
import pytest
from cases import PREDICTORS, untidy
from vectors import as_columns, same

import riskbands as rb

CASE = {
    "sex": "female", "date_of_birth": "1991-08-14", "conviction_date": "2021-03-02",
    "assessment_date": "2021-06-01", "offence_code": "00801", "sanctions": 5,
    "violent_sanctions": 2, "first_sanction_age": 15, "sexual_offence_history": "no",
}  # fmt: skip


def test_dir_shows_the_public_names_alone() -> None:
    assert dir(rb) == sorted(rb.__all__)
    assert len(set(rb.__all__)) == len(rb.__all__)


@pytest.mark.parametrize("name", rb.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(rb, name) is getattr(rb, name)


def test_names_that_are_not_public_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'ogrs5'"):
        rb.ogrs5  # noqa: B018


@pytest.mark.parametrize(
    "module",
    [
        "assessments",
        "predictors",
        "vocabulary.fields",
        "errors",
        "scorecards.coefficients",
        "cohorts.cohort",
    ],
)
def test_every_module_has_what_it_lists(module: str) -> None:
    found = importlib.import_module(f"riskbands.{module}")
    assert [name for name in found.__all__ if not hasattr(found, name)] == []


def test_predictors_are_listed_by_id() -> None:
    from riskbands.predictors import by_id

    assert set(PREDICTORS) < set(by_id)
    for name, predictor in by_id.items():
        assert predictor.id == name
        assert getattr(rb, name) is predictor
    with pytest.raises(TypeError):
        by_id["mine"] = rb.ogrs3  # type: ignore[index]


# What is given cannot be changed


def test_assessments_predictors_and_scores_are_frozen() -> None:
    case = rb.OASysAssessment.from_dict(CASE)
    score = rb.ogrs3.score(case)
    for thing, name in (
        (case, "sanctions"), (rb.ogrs3, "id"), (score, "band"), (score.explain(), "total"),
        (score.table, "id"),
    ):  # fmt: skip
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(thing, name, 1)


def test_compiled_numbers_cannot_be_written_to() -> None:
    rb.snsv.prepare()
    arrays = [
        value
        for form in rb.snsv._compiled
        for value in (*form.first.values(), *(table.entries for table in form.tables))
    ]
    assert arrays
    assert not any(array.flags.writeable for array in arrays)


def test_what_a_caller_does_with_a_score_does_not_reach_the_next() -> None:
    case = rb.OASysAssessment.from_dict(CASE)
    first = rb.rsr.score(case)
    before = first.to_dict()
    with pytest.raises(TypeError, match="cannot be changed"):
        first.percent["2yr"] = 0.0  # type: ignore[index]
    with pytest.raises(TypeError, match="cannot be changed"):
        first.probability.clear()  # type: ignore[attr-defined]
    first.to_dict()["issues"].append("x")
    assert rb.rsr.score(case).to_dict() == before


def test_columns_given_are_not_changed() -> None:
    columns = {k: np.array(v) for k, v in as_columns([untidy(i) for i in range(50)]).items()}
    columns["sanctions"] = np.arange(50.0) - 3
    columns["weapon"] = np.arange(50, dtype=np.int8)
    before = {k: v.copy() for k, v in columns.items()}
    for column in columns.values():
        column.setflags(write=False)
    rb.score_cohort(columns)
    for name, column in columns.items():
        assert column.tobytes() == before[name].tobytes()


def test_a_case_is_equal_to_its_copy_and_comes_back_from_its_dictionary() -> None:
    case = rb.OASysAssessment.from_dict(CASE)
    rb.ogrs3.score(case)
    for again in (
        copy.copy(case),
        copy.deepcopy(case),
        pickle.loads(pickle.dumps(case)),
        rb.OASysAssessment.from_dict(case.to_dict()),
        attrs.evolve(case),
    ):
        assert again == case
        assert rb.ogrs3.score(again).to_dict() == rb.ogrs3.score(case).to_dict()
    changed = attrs.evolve(case, sanctions=6)
    assert changed != case
    assert rb.ogrs3.score(changed).probability["2yr"] > rb.ogrs3.score(case).probability["2yr"]


@pytest.mark.parametrize("table", rb.coefficient_tables)
def test_a_table_goes_to_another_process(table: str) -> None:
    original = rb.coefficient_tables[table]
    for again in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        assert again == original
        assert again.to_dict() == original.to_dict()


# Threads


def serial(rows: list[dict[str, Any]]) -> list[Any]:
    return [everything(row) for row in rows]


def everything(row: dict[str, Any]) -> Any:
    case = rb.OASysAssessment.from_dict(row, on_issue="keep")
    return [getattr(rb, name).score(case, on_issue="return").to_dict() for name in PREDICTORS]


def test_many_threads_score_as_one_does() -> None:
    """Predictors that nobody has used before, so that the threads compile them at once."""
    rows = [untidy(seed) for seed in range(120)]
    expected = serial(rows)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(everything, rows)) == expected

        fresh = rb.snsv.with_bands("snsv-oasys-test-2025-10")
        cases = [rb.OASysAssessment.from_dict(row, on_issue="keep") for row in rows]
        found = list(pool.map(lambda c: fresh.score(c, on_issue="return").probability, cases))
    assert found == [rb.snsv.score(c, on_issue="return").probability for c in cases]


def test_one_case_is_scored_by_many_threads_at_once() -> None:
    case = rb.OASysAssessment.from_dict(CASE)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: rb.rsr.score(case).to_dict(), range(64)))
    assert all(f == found[0] for f in found)


def test_many_threads_score_cohorts_as_one_does() -> None:
    columns = as_columns([untidy(seed) for seed in range(100)])
    expected = rb.score_cohort(columns, PREDICTORS, threads=1)
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda n: rb.score_cohort(columns, PREDICTORS, threads=n), [1, 2] * 4)
        )
    for found in results:
        for name, column in expected.items():
            assert same(found[name], column)
