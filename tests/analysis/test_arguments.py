"""What cannot be an argument is told in words, at every door."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Callable

DATA: dict[str, Any] = {
    "ogrs3_2yr": [10, 30, 60, 70, 80, 95] * 10,
    "ogp_2yr": [20, 10, 50, 80, 70, 90] * 10,
    "y": [0, 0, 1, 0, 1, 1] * 10,
    "g": [1, 2, 1] * 20,
    "computed": ["Low", "High"] * 30,
    "final": ["Low", "High"] * 30,
}
SCALE = rb.BandScale("demo", ("Low", "High"))


def evaluate(**more: Any) -> rb.Evaluation:
    return rb.evaluate(DATA, "ogrs3", outcome="y", **more)


def counts() -> rb.OutcomeCounts:
    return rb.outcome_counts(DATA, "ogrs3", outcome="y")


@pytest.mark.parametrize("confidence", ["0.95", None, True, [0.95], 1j, float("nan"), 95, 0])
@pytest.mark.parametrize(
    "door",
    [
        lambda c: evaluate(confidence=c),
        lambda c: rb.drift(counts(), counts(), confidence=c),
        lambda c: rb.compare_predictors(DATA, "ogrs3", "ogp", outcome="y", confidence=c),
        lambda c: rb.impact("rsr-2025", "csrp-2026", [1.0], confidence=c),
        lambda c: rb.overrides(DATA, scale=SCALE, confidence=c),
    ],
)
def test_a_confidence_that_is_none_is_refused(door: Callable[[Any], Any], confidence: Any) -> None:
    with pytest.raises(rb.InputError, match="confidence must"):
        door(confidence)


@pytest.mark.parametrize("least", ["10", True, 1.5, 10.0, [10], np.True_])
@pytest.mark.parametrize(
    "door",
    [
        lambda n: counts().suppress(n),
        lambda n: counts().suppress(round_to=n),
        lambda n: counts().suppress(10, round_to=n),
        lambda n: evaluate().to_html(min_count=n),
    ],
)
def test_a_least_count_that_is_no_whole_number_is_refused(
    door: Callable[[Any], Any], least: Any
) -> None:
    with pytest.raises(rb.InputError, match="must be a whole number"):
        door(least)


def test_whole_numbers_of_numpy_are_least_counts() -> None:
    five: Any = np.int64(5)
    assert counts().suppress(five) == counts().suppress(5)


@pytest.mark.parametrize("months", [True, float("nan"), np.array([24] * 60), [24], np.nan, b"m"])
def test_a_follow_up_that_is_no_number_is_refused(months: Any) -> None:
    for count in (rb.evaluate, rb.outcome_counts):
        with pytest.raises(rb.InputError, match="followed_up="):
            count(DATA, "ogrs3", outcome="y", followed_up=months)
    with pytest.raises(rb.InputError, match="followed_up="):
        rb.OutcomeCounts.sql("t", "ogrs3", outcome="y", followed_up=months)


def test_a_follow_up_in_numbers_of_any_kind() -> None:
    for months in (24, 24.0, np.int64(24), np.float32(24), float("inf")):
        assert evaluate(followed_up=months).overall.n == 60
    assert evaluate(followed_up=-1).left_out["follow_up_too_short"] == 60


@pytest.mark.parametrize("reference", [1, {"g": 1}, True, ["1"], 2.0])
def test_a_reference_that_is_no_text_is_refused(reference: Any) -> None:
    with pytest.raises(rb.InputError, match="labels are texts"):
        evaluate(by="g", reference=reference)
    assert evaluate(by="g", reference="1").references == {"g": "1"}
    assert evaluate(by="g", reference={"g": "2"}).references == {"g": "2"}


@pytest.mark.parametrize("intervals", ["wald", ["wald"], 3])
def test_intervals_that_are_not_by_figure_are_refused(intervals: Any) -> None:
    with pytest.raises(rb.InputError, match="methods by figure"):
        evaluate(intervals=intervals)


def test_drift_is_of_counts() -> None:
    made = counts()
    table: Any = DATA
    for pair in ((table, table), (made, table), (table, made)):
        with pytest.raises(rb.InputError, match="outcome_counts makes them"):
            rb.drift(*pair)


def test_an_unknown_column_of_groups_names_those_there_are() -> None:
    found = evaluate(by="g")
    with pytest.raises(rb.UnknownNameError, match="known: g"):
        found.group_differences["nope"]
    with pytest.raises(rb.UnknownNameError, match="form"):
        found.forms["brief"]
    assert found.group_differences.get("nope") is None
    assert "nope" not in found.group_differences
    differences = found.group_differences
    for again in (copy.copy(differences), pickle.loads(pickle.dumps(differences))):
        assert list(again) == ["g"]


@pytest.mark.parametrize("notes", ["abc", [1], ("a", None)])
def test_notes_are_a_list_of_texts(notes: Any) -> None:
    with pytest.raises(rb.InputError, match="list of texts"):
        evaluate().to_html(notes=notes)
    assert "Outcomes are from the court" in evaluate().to_html(
        notes=["Outcomes are from the court"]
    )
