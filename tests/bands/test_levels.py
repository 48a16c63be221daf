"""Bands, scales without edges, and arrays of bands."""

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.bands.array import BandArray
from riskbands.bands.builtin import band_table
from riskbands.bands.table import NOT_APPLICABLE, Band, BandScale, NotApplicable
from riskbands.errors import BandError, InputError, TableError, UnknownNameError

SCALE = BandScale("levels", ("Low", "Medium", "High"))
LOW, MEDIUM, HIGH = SCALE.bands
ORDERS = [operator.lt, operator.le, operator.gt, operator.ge]


def test_a_scale_gives_its_bands_by_label_and_by_rank() -> None:
    assert SCALE.band("Medium") is MEDIUM
    assert SCALE.band(2) is HIGH
    assert SCALE.band(0) is LOW
    assert [b.rank for b in SCALE.bands] == [0, 1, 2]
    assert {b.table_id for b in SCALE.bands} == {"levels"}
    assert MEDIUM.interval is None
    assert repr(MEDIUM) == str(MEDIUM) == "Medium"
    with pytest.raises(UnknownNameError, match="did you mean Medium"):
        SCALE.band("medium")
    wrong: Any
    for wrong in (3, -1, True):
        with pytest.raises(UnknownNameError, match="no rank in 'levels' of that name; "):
            SCALE.band(wrong)
    with pytest.raises(UnknownNameError, match="no band of 'levels'"):
        SCALE.band("Hgih")


def test_a_new_scale_names_its_bands() -> None:
    low, high = BandScale("new", ["Low", "High"]).bands
    assert (low.label, high.label) == ("Low", "High")
    assert [str(low), repr(high)] == ["Low", "High"]


def test_a_scale_needs_sound_labels() -> None:
    with pytest.raises(TableError, match="same label"):
        BandScale("x", ("a", "a"))


def test_a_table_is_a_scale() -> None:
    table = band_table("rsr-2025")
    assert isinstance(table, BandScale)
    assert table.band("Medium") is table.bands[1] is table.classify(3.0)
    assert str(table.bands[1].interval) == "[3, 6.9)"


@given(st.integers(0, 2), st.integers(0, 2))
def test_bands_of_a_scale_are_ordered_as_their_ranks(i: int, j: int) -> None:
    for order in ORDERS:
        assert order(SCALE.bands[i], SCALE.bands[j]) is order(i, j)
        assert order(SCALE.bands[i], SCALE.labels[j]) is order(i, j)
        assert order(SCALE.labels[i], SCALE.bands[j]) is order(i, j)
    assert (SCALE.bands[i] == SCALE.bands[j]) is (i == j)
    assert (SCALE.bands[i] != SCALE.bands[j]) is (i != j)


@pytest.mark.parametrize("order", ORDERS)
def test_bands_of_different_tables_are_not_ordered(order: Any) -> None:
    rsr, csrp = band_table("rsr-2025"), band_table("csrp-2026")
    with pytest.raises(BandError, match="'High' of 'csrp-2026' cannot be compared with the bands"):
        order(rsr.band("High"), csrp.band("High"))
    with pytest.raises(TypeError):
        order(rsr.band("High"), rsr.replace(id="rsr-2025", labels=["a", "b", "c"]).band("a"))
    with pytest.raises(UnknownNameError, match="did you mean High"):
        order(LOW, "Hihg")
    for other in (1, None, NOT_APPLICABLE):
        with pytest.raises(TypeError):
            order(LOW, other)


def test_bands_of_different_tables_are_never_equal() -> None:
    assert band_table("rsr-2025").band("Low") != band_table("csrp-2026").band("Low")
    assert band_table("rsr-2025").band("Low") != band_table("rsr-lewisham-2024").band("Low")
    assert BandScale("levels", ("Low", "High")).band("Low") != LOW
    moved = band_table("rsr-2025").replace(id="rsr-2025", intervals=["[0, 2)", "[2, 9)", "[9, 99)"])
    assert moved.band("Low") != band_table("rsr-2025").band("Low")
    assert SCALE.band("Low") == BandScale("levels", SCALE.labels).band("Low")


def test_a_band_is_its_label() -> None:
    assert MEDIUM == "Medium"
    assert "Medium" == MEDIUM  # noqa: SIM300
    assert MEDIUM != "medium"
    assert MEDIUM != 1
    assert {"Medium": 3}[MEDIUM] == 3  # type: ignore[index]
    assert {MEDIUM: 3}["Medium"] == 3  # type: ignore[index]
    assert hash(MEDIUM) == hash("Medium")
    assert f"{MEDIUM}" == "Medium"


@pytest.mark.parametrize("thing", [MEDIUM, NOT_APPLICABLE, band_table("rsr-2025").band("High")])
def test_bands_can_be_copied_and_pickled(thing: Any) -> None:
    assert copy.deepcopy(thing) == thing
    assert pickle.loads(pickle.dumps(thing)) == thing


def test_not_applicable_is_one_thing_and_no_band() -> None:
    assert str(NOT_APPLICABLE) == "not_applicable"
    assert repr(NOT_APPLICABLE) == "NOT_APPLICABLE"
    assert NOT_APPLICABLE == "not_applicable"
    assert NOT_APPLICABLE != "Low"
    assert NOT_APPLICABLE != LOW
    assert NOT_APPLICABLE != 5
    assert NotApplicable() == NOT_APPLICABLE
    assert copy.copy(NOT_APPLICABLE) is pickle.loads(pickle.dumps(NOT_APPLICABLE)) is NOT_APPLICABLE
    assert hash(NOT_APPLICABLE) == hash("not_applicable")
    for order in ORDERS:
        with pytest.raises(BandError, match="no band: it is neither above nor below"):
            order(NOT_APPLICABLE, LOW)


# -- arrays ----------------------------------------------------------------------------------------

mixed = BandArray([0, 2, -1, 1, -2, 2], SCALE)
elements = st.lists(st.sampled_from([*SCALE.labels, None, NOT_APPLICABLE]))


def test_elements_are_bands_none_and_not_applicable() -> None:
    assert len(mixed) == 6
    assert list(mixed) == [LOW, HIGH, None, MEDIUM, NOT_APPLICABLE, HIGH]
    assert [mixed[i] for i in range(-6, 6)] == [*mixed, *mixed]
    assert mixed[0] is LOW
    assert mixed[np.int64(1)] is HIGH
    with pytest.raises(IndexError):
        mixed[6]


def test_parts_of_an_array_are_arrays() -> None:
    for part in (mixed[1:4], mixed[[1, 2, 3]], mixed[np.array([1, 2, 3])]):
        assert part.equals(BandArray([2, -1, 1], SCALE))
    high: Any = mixed == "High"
    assert mixed[high].codes.tolist() == [2, 2]


def test_comparisons_leave_missing_and_not_applicable_out() -> None:
    assert (mixed == "High").tolist() == [False, True, False, False, False, True]
    turned: Any = "High" == mixed  # noqa: SIM300
    assert (mixed == HIGH).tolist() == turned.tolist()
    assert (mixed != "High").tolist() == [True, False, False, True, False, False]
    assert (mixed < "High").tolist() == [True, False, False, True, False, False]
    assert (mixed <= MEDIUM).tolist() == [True, False, False, True, False, False]
    assert (mixed > "Low").tolist() == [False, True, False, True, False, True]
    assert (mixed >= "Medium").tolist() == [False, True, False, True, False, True]
    nothing: Any
    for nothing in (NOT_APPLICABLE, "not_applicable"):
        assert (mixed == nothing).tolist() == [False, False, False, False, True, False]
        turned = nothing == mixed
        assert turned.tolist() == [False, False, False, False, True, False]


def test_arrays_of_one_scale_are_compared_place_by_place() -> None:
    other = BandArray([0, 0, 0, -1, -2, 2], SCALE)
    assert (mixed == other).tolist() == [True, False, False, False, False, True]
    assert (mixed > other).tolist() == [False, True, False, False, False, False]
    with pytest.raises(BandError, match="6 bands cannot be compared with 1"):
        mixed == BandArray([1], SCALE)  # noqa: B015
    with pytest.raises(BandError, match="cannot be compared with bands of 'other'"):
        mixed == BandArray([1] * 6, BandScale("other", SCALE.labels))  # noqa: B015


@pytest.mark.parametrize("wrong", [1, None, np.array(["Low"]), ["Low"]])
def test_other_things_are_not_compared_with_an_array(wrong: Any) -> None:
    with pytest.raises(BandError, match="compares with its bands and labels, not with a value of"):
        wrong == mixed  # noqa: B015
    with pytest.raises(BandError):
        wrong == mixed  # noqa: B015


def test_a_misspelt_label_is_an_error_and_not_a_row_of_false() -> None:
    with pytest.raises(UnknownNameError, match="did you mean High"):
        mixed == "Hihg"  # noqa: B015
    with pytest.raises(UnknownNameError):
        mixed < "not_applicable"  # noqa: B015


def test_arrays_are_equal_as_a_whole_by_equals() -> None:
    assert mixed.equals(BandArray(mixed.codes, SCALE))
    assert not mixed.equals(mixed[:5])
    assert not mixed.equals(BandArray(mixed.codes, BandScale("other", SCALE.labels)))
    assert not mixed.equals(mixed.codes)


def test_counts_are_in_order_and_name_what_is_no_band() -> None:
    assert list(mixed.counts().items()) == [
        ("Low", 1),
        ("Medium", 1),
        ("High", 2),
        ("missing", 1),
        ("not_applicable", 1),
    ]
    assert BandArray([], SCALE).counts() == {"Low": 0, "Medium": 0, "High": 0}


@given(elements)
def test_labels_come_back(labels: list[Any]) -> None:
    array = BandArray.from_labels(labels, SCALE)
    assert list(array) == labels
    assert BandArray.from_labels(array, SCALE).equals(array)
    assert BandArray.from_labels(array.to_numpy(), SCALE).equals(array)
    assert sum(array.counts().values()) == len(labels)


def test_labels_that_are_not_of_the_scale_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean Medium"):
        BandArray.from_labels(["Low", "Mediun"], SCALE)
    with pytest.raises(BandError):
        BandArray.from_labels([band_table("rsr-2025").band("Low")], SCALE)


def test_numpy_and_pandas_take_the_labels() -> None:
    labels = ["Low", "High", None, "Medium", "not_applicable", "High"]
    assert list(mixed.to_numpy()) == labels
    assert np.asarray(mixed).dtype == object
    assert np.asarray(mixed, dtype="U6").tolist()[:2] == ["Low", "High"]
    assert pd.Series(mixed.to_numpy()).equals(pd.Series(labels))
    assert mixed.__array__("U6").dtype == np.dtype("U6")
    with pytest.raises(ValueError, match="always a new array"):
        mixed.__array__(copy=False)
    categories = pd.Categorical.from_codes(mixed[:4].codes, mixed.categories, ordered=True)
    assert categories.max() == "High"


def test_codes_are_small_and_cannot_be_changed() -> None:
    assert mixed.codes.dtype == np.int8
    for array in (mixed, pickle.loads(pickle.dumps(mixed)), copy.deepcopy(mixed), mixed[1:]):
        with pytest.raises(ValueError, match="read-only"):
            array.codes[0] = 1
    mine = np.array([0, 1], dtype=np.int8)
    BandArray(mine, SCALE)
    mine[0] = 1  # still writeable for its owner
    with pytest.raises(TypeError):
        hash(mixed)


ROW, RANK = "band codes are a row of whole numbers", "a band code is a rank, -1 or -2"
PAST = "a code is past the last band of 'levels'"


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        *[([3], PAST), ([60], PAST), ([-3], RANK), ([61], RANK), ([200], RANK)],
        *[([[0]], ROW), ([0.5], ROW), (["Low"], ROW), ([True], ROW), (5, ROW)],
    ],
)
def test_codes_that_mean_nothing_are_refused(codes: Any, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        BandArray(codes, SCALE)
    assert str(refusal.value) == message
    assert refusal.value.code == "band_codes"
    assert refusal.value.fields == ()


def test_codes_of_every_width_are_taken_and_small_ones_are_not_copied() -> None:
    for kind in (np.int64, np.uint8, np.int8):
        assert BandArray(np.array([0, 2], dtype=kind), SCALE).counts()["High"] == 1
    mine = np.array([0, 2], dtype=np.int8)
    assert np.shares_memory(BandArray(mine, SCALE).codes, mine)


def test_messages_are_whole_sentences() -> None:
    with pytest.raises(BandError) as refusal:
        NOT_APPLICABLE < LOW  # noqa: B015
    assert str(refusal.value) == (
        "NOT_APPLICABLE is no band: it is neither above nor below anything"
    )
    with pytest.raises(BandError) as refusal:
        LOW < 3  # type: ignore[operator]  # noqa: B015
    assert str(refusal.value) == (
        "a band of 'levels' compares with its bands and labels, not with a value of type int"
    )
    with pytest.raises(
        ValueError, match=r"^a BandArray holds codes: its labels are always a new a"
    ):
        mixed.__array__(copy=False)


def test_long_arrays_are_shown_short() -> None:
    assert repr(mixed) == (
        "<BandArray levels n=6: Low, High, missing, Medium, not_applicable, High>"
    )
    long = BandArray(np.zeros(1_000_000, dtype=np.int8), SCALE)
    assert repr(long) == "<BandArray levels n=1000000: Low, Low, Low, ..., Low, Low>"
    assert repr(BandArray([0, 1, 2, 0, 1, 2, 0], SCALE)) == (
        "<BandArray levels n=7: Low, Medium, High, ..., High, Low>"
    )
    assert repr(BandArray([0, 0, 0, 0, 0, -1, -2], SCALE)).endswith("..., missing, not_applicable>")
    assert repr(BandArray([], SCALE)) == "<BandArray levels n=0: >"


def test_band_is_exported_with_its_type() -> None:
    assert isinstance(LOW, Band)


@pytest.mark.parametrize("order", ORDERS)
def test_a_band_before_an_array_is_compared_with_each(order: Any) -> None:
    swapped = {operator.lt: operator.gt, operator.le: operator.ge}
    swapped |= {there: back for back, there in swapped.items()}
    assert order(MEDIUM, mixed).tolist() == swapped[order](mixed, MEDIUM).tolist()
    with pytest.raises(BandError):
        order(band_table("rsr-2025").band("Low"), mixed)


@pytest.mark.parametrize("kind", ["i1", "u1", "i8", "u8"])
def test_a_masked_code_is_missing(kind: str) -> None:
    masked: Any = np.ma.array([0, 99, 2], mask=[False, True, False], dtype=kind)
    assert BandArray(masked, SCALE).codes.tolist() == [0, -1, 2]
    assert BandArray(np.ma.array([0, 2], dtype=kind), SCALE).codes.tolist() == [0, 2]


def test_a_band_is_found_by_label_or_rank_only() -> None:
    assert SCALE.band(1) is SCALE.band("Medium") is MEDIUM
    rank: Any = np.int64(1)
    assert SCALE.band(rank) is MEDIUM
    wrong: Any
    for wrong in (1.0, None, ["Low"], MEDIUM):
        with pytest.raises(BandError, match="found by its label or rank, not by a value of type"):
            SCALE.band(wrong)
