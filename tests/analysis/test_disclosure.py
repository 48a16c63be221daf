"""Published counts: totals and the cells that are shown do not give away what is hidden."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import riskbands as rb
from riskbands.analysis.disclosure import hypercubes


def lines(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Each total over one axis as a row over the cells."""
    places = np.arange(int(np.prod(shape))).reshape(shape)
    rows = []
    for axis in (axis for axis, size in enumerate(shape) if size > 1):
        for line in np.moveaxis(places, axis, -1).reshape(-1, shape[axis]):
            row = np.zeros(places.size)
            row[line] = 1
            rows.append(row)
    return np.array(rows)


def attacked(
    n: np.ndarray[Any, Any], hidden: np.ndarray[Any, Any], cell: int
) -> tuple[float, float]:
    """Least and greatest value of a hidden cell, for somebody who knows every total."""
    unknown = np.flatnonzero(hidden.ravel())
    sums = lines(n.shape)
    left = sums @ np.where(hidden, 0, n).ravel()
    a, b = sums[:, unknown], sums @ n.ravel() - left
    sought = np.zeros(len(unknown))
    sought[np.flatnonzero(unknown == cell)] = 1
    found = [linprog(sign * sought, A_eq=a, b_eq=b, bounds=(0, None)) for sign in (1, -1)]
    assert all(f.success for f in found)
    return found[0].fun, -found[1].fun


def room_of_totals(n: np.ndarray[Any, Any], cell: int, minimum: int) -> float:
    """How much larger than it is a cell could be at most, with every cell hidden."""
    greatest = attacked(n, np.ones(n.shape, bool), cell)[1]
    return min(minimum - 1.0, greatest - float(n.ravel()[cell]))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 60), min_size=12, max_size=12),
    st.sampled_from([(2, 2, 3), (3, 2, 2), (6, 2), (2, 6), (3, 2, 2, 1)]),
)
def test_small_cells_withstand_an_attack_by_subtraction(
    values: list[int], shape: tuple[int, ...]
) -> None:
    minimum = 10
    n = np.array(values).reshape(shape)
    hidden = hypercubes(n, minimum)
    assert hidden[n < minimum].all()
    for cell in np.flatnonzero((n < minimum).ravel()).tolist():
        low, high = attacked(n, hidden, cell)
        true = n.ravel()[cell]
        assert low - 1e-6 <= true <= high + 1e-6
        if room_of_totals(n, cell, minimum) >= minimum - 1 - 1e-6 and _cube_exists(n, cell):
            assert high - true >= minimum - 1 - 1e-6


def _cube_exists(n: np.ndarray[Any, Any], cell: int) -> bool:
    """Whether a cube leaves the cell enough room: every corner one step away has nine or more."""
    at = np.unravel_index(cell, n.shape)
    axes = [axis for axis, size in enumerate(n.shape) if size > 1]
    for other in product(*([i for i in range(n.shape[a]) if i != at[a]] for a in axes)):
        odd = []
        for turned in product((0, 1), repeat=len(axes)):
            corner = [int(i) for i in at]
            for turn, axis, place in zip(turned, axes, other, strict=True):
                corner[axis] = place if turn else corner[axis]
            if sum(turned) % 2:
                odd.append(n[tuple(corner)])
        if min(odd) >= 9:
            return True
    return False


def cohort(**more: Any) -> rb.OutcomeCounts:
    rng = np.random.default_rng(7)
    n = 6000
    percent = rng.integers(1, 100, n)
    data = {
        "ogrs3_2yr": percent,
        "y": (rng.random(n) < percent / 100).astype(int),
        "area": rng.choice(["A", "B", "C", "D"], n, p=[0.5, 0.3, 0.19, 0.01]),
    }
    return rb.outcome_counts(data, "ogrs3", outcome="y", by="area", **more)


def test_a_published_table_is_by_band_and_shows_no_small_count() -> None:
    counts = cohort()
    safe = counts.suppress(10)
    frame = safe.to_frame("pandas")
    assert list(frame.columns) == ["area", "band", "outcome", "n"]
    assert len(frame) == 4 * 4 * 2
    shown = frame["n"].dropna()
    assert shown.min() >= 10
    whole = counts.to_frame("pandas").groupby(["area", "band", "outcome"], observed=False)["n"]
    for row in frame.dropna().itertuples():
        assert row.n == whole.sum()[row.area, row.band, row.outcome]
    small = frame[(frame["area"] == "D")]
    assert small["n"].isna().all()
    # the total over areas less the areas that are shown says nothing
    lines_ = frame.groupby(["band", "outcome"])["n"].apply(lambda n: n.isna().sum())
    assert (lines_ != 1).all()


def test_figures_that_need_hidden_counts_say_so() -> None:
    found = rb.evaluate(cohort().suppress(10))
    d = found.groups["D"]
    assert d.n is d.events is None
    for estimate in d.estimates().values():
        assert estimate.value is None
        assert "not shown" in estimate.reason
    assert all(e.sensitivity.reason for e in d.edges)
    assert found.overall.base_rate.reason
    assert "Counts are protected" in found.cautions[-1]
    assert "not shown" in str(found)
    shown = [f for f in found.groups.values() if f.n is not None]
    for f in shown:
        assert f.auc.ok
        assert f.base_rate.ok
        assert f.brier.reason == "the score reports no probability"


def test_a_table_of_large_counts_is_shown_whole() -> None:
    rng = np.random.default_rng(1)
    percent = np.tile(np.arange(1, 100), 80)
    data = {"ogrs3_2yr": percent, "y": (rng.random(len(percent)) < percent / 100)}
    safe = rb.outcome_counts(data, "ogrs3", outcome="y").suppress(10)
    assert not safe.suppressed
    full = rb.evaluate(data, "ogrs3", outcome="y")
    assert [b.n for b in rb.evaluate(safe).bands] == [b.n for b in full.bands]
    assert [b.events for b in rb.evaluate(safe).bands] == [b.events for b in full.bands]


def test_rounding_is_the_simple_form() -> None:
    counts = cohort()
    frame = counts.suppress(round_to=5).to_frame("pandas")
    exact = rb.evaluate(counts)
    assert (frame["n"] % 5 == 0).all()
    low = frame[(frame["band"] == "Low") & (frame["outcome"] == "yes")]["n"].sum()
    assert abs(low - exact.bands[0].events) <= 2.5 * 4
    assert "rounded to multiples of 5" in counts.suppress(round_to=5).provenance["protected"]
    both = counts.suppress(10, round_to=5).to_frame("pandas")
    assert both["n"].isna().any()


def test_published_counts_come_back_hidden_as_they_were() -> None:
    safe = cohort().suppress(10)
    assert rb.OutcomeCounts.from_json(safe.to_json()) == safe
    with pytest.raises(rb.InputError, match="not shown"):
        safe.total  # noqa: B018
    with pytest.raises(rb.InputError, match="not shown"):
        safe + safe
    with pytest.raises(rb.InputError, match="not shown"):
        safe.suppress(5)


@pytest.mark.parametrize("arguments", [{}, {"minimum": 0}, {"round_to": 1}])
def test_protection_that_is_none_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(rb.InputError):
        cohort().suppress(**arguments)


def test_nobody_is_published_as_nobody() -> None:
    data: dict[str, list[Any]] = {"ogrs3_2yr": [], "y": [], "g": []}
    safe = rb.outcome_counts(data, "ogrs3", outcome="y", by="g").suppress(10)
    assert list(rb.evaluate(safe).groups) == []
    assert len(safe.to_frame("pandas")) == 0


def test_only_counts_by_band_are_published() -> None:
    counts = rb.outcome_counts({"p": [0.2], "y": [0]}, score="p", outcome="y")
    with pytest.raises(rb.InputError, match="by band"):
        counts.suppress(10)
