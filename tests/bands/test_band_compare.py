"""Where two tables differ, and whom it moves."""

import math
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from band_strategies import scores_for, tables
from hypothesis import given
from hypothesis import strategies as st

from riskbands.analysis.impact import impact
from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.compare import compare
from riskbands.bands.table import BandTable, Rounding
from riskbands.errors import BandError, InputError, TableError


def stated(a: str, b: str) -> list[str]:
    return [str(d) for d in compare(band_table(a), band_table(b))]


def test_2026_names_three_stretches_one_level_higher() -> None:
    assert stated("rsr-2025", "csrp-2026") == [
        "[1, 3): Low -> Medium",
        "[3, 6.9): Medium -> High",
        "[6.9, 100]: High -> Very High",
    ]
    exact = [str(d.interval) for d in compare(band_table("rsr-2025"), band_table("csrp-2026"))]
    assert exact == ["[0.995, 2.995)", "[2.995, 6.895)", "[6.895, 100.005)"]


def test_the_parole_form_splits_at_7_and_does_not_round() -> None:
    assert stated("rsr-2025", "rsr-parole-2018") == [
        "(-0.005, 0): Low -> no band",
        "[2.995, 3): Medium -> Low",
        "[6.895, 7): High -> Medium",
        "(100, 100.005): High -> no band",
    ]


def test_the_old_versions_of_the_api() -> None:
    assert stated("rsr-2025", "rsr-api-2025-08") == ["[3, 3]: Medium -> Low"]
    assert "(6.8, 6.895): Medium -> no band" in stated("rsr-2025", "rsr-api-2025-07")
    assert stated("rsr-2025", "rsr-lewisham-2024") == []


def test_a_probability_is_compared_in_percent() -> None:
    assert stated("rsr-2025", "rsr-calculator-2018") == [
        "(-0.005, 0): Low -> no band",
        "[2.995, 3): Medium -> Low",
        "[6.895, 6.9): High -> Medium",
        "(100, 100.005): High -> no band",
    ]
    # exactly, an unrounded edge holds the double nearest to it: 0.03 is a little under 3 %
    middle = compare(band_table("rsr-2025"), band_table("rsr-calculator-2018"))[1].interval
    assert middle.lower == Decimal("2.995")
    assert middle.upper.scaleb(-2) == Decimal.from_float(0.03).normalize()


def test_points_are_not_compared_with_percentages() -> None:
    with pytest.raises(TableError, match="osp-dc-points is about points and rsr-2025"):
        compare(band_table("osp-dc-points"), band_table("rsr-2025"))
    with pytest.raises(TableError):
        compare(band_table("rsr-calculator-2018"), band_table("asset-2009"))
    assert compare(band_table("osp-dc-points"), band_table("asset-2009"))


@pytest.mark.parametrize("name", band_tables)
def test_a_table_does_not_differ_from_itself(name: str) -> None:
    assert not compare(band_table(name), band_table(name))
    assert len(compare(band_table(name), band_table(name).replace(title="another"))) == 0


@given(tables)
def test_no_table_differs_from_itself(table: BandTable) -> None:
    assert compare(table, table).differences == ()


def in_one_unit(a: BandTable, b: BandTable) -> tuple[BandTable, BandTable]:
    return a.replace(unit="percent"), b.replace(unit="percent")


@given(tables, tables)
def test_the_other_way_round_the_labels_change_places(a: BandTable, b: BandTable) -> None:
    a, b = in_one_unit(a, b)
    there = [(d.interval, d.first, d.second) for d in compare(a, b)]
    back = [(d.interval, d.second, d.first) for d in compare(b, a)]
    assert there == back


@given(st.data(), tables, tables)
def test_a_score_is_in_a_difference_exactly_when_its_labels_differ(
    data: st.DataObject, a: BandTable, b: BandTable
) -> None:
    a, b = in_one_unit(a, b)
    score = data.draw((scores_for(a) | scores_for(b)).filter(math.isfinite))
    labels = [band.label if band else None for band in both(a, b, score)]
    there = [d for d in compare(a, b) if score in d.interval]
    assert [[d.first, d.second] for d in there] == ([labels] if labels[0] != labels[1] else [])


def both(a: BandTable, b: BandTable, score: float):  # type: ignore[no-untyped-def]
    return a.classify(score, refused="missing"), b.classify(score, refused="missing")


@given(tables, tables)
def test_differences_rise_and_neighbours_are_told_apart(a: BandTable, b: BandTable) -> None:
    a, b = in_one_unit(a, b)
    found = compare(a, b)
    for one, two in pairwise(found):
        assert one.interval.end <= two.interval.start
        if one.interval.end == two.interval.start:
            assert (one.first, one.second) != (two.first, two.second)


@given(tables, tables, st.integers(0, 3))
def test_tables_that_round_alike_are_compared_on_the_rounded_score(
    a: BandTable, b: BandTable, digits: int
) -> None:
    try:
        a, b = (t.replace(unit="percent", rounding=Rounding(digits)) for t in (a, b))
    except TableError:
        return
    for difference in compare(a, b):
        for end in (difference.stated.lower, difference.stated.upper):
            assert end in (*a.edges, *b.edges, 100, Decimal("inf"), Decimal("-inf"))


def test_a_comparison_is_a_sequence_with_a_title() -> None:
    found = compare(band_table("rsr-2025"), band_table("csrp-2026"))
    assert found
    assert len(found) == 3
    assert found[0] == found.differences[0]
    assert found[1:] == found.differences[1:]
    assert str(found).splitlines()[:2] == ["rsr-2025 -> csrp-2026", "  [1, 3): Low -> Medium"]
    assert str(compare(band_table("rsr-2025"), band_table("rsr-2025"))).endswith("  no difference")


# -- impact ----------------------------------------------------------------------------------------


def test_impact_counts_who_moves_from_where_to_where() -> None:
    scores = [0.5, 1.0, 2.99, 3.0, 6.9, 7.2, None, -5]
    found = impact(band_table("rsr-2025"), band_table("csrp-2026"), scores)
    assert found.moves == {
        ("Low", "Medium"): 2,
        ("Medium", "High"): 1,
        ("High", "Very High"): 2,
    }
    assert (found.moved, found.stayed, found.without, found.total) == (5, 1, 2, 8)
    assert str(found).splitlines() == [
        "rsr-2025 -> csrp-2026: 5 of 8 move",
        "  Low -> Medium: 2",
        "  Medium -> High: 1",
        "  High -> Very High: 2",
    ]


def test_impact_counts_who_loses_or_gets_a_band() -> None:
    now, old = band_table("rsr-2025"), band_table("rsr-api-2025-07")
    assert impact(now, old, np.array([6.85, 6.85, 3.0])).moves == {
        ("Medium", None): 2,
        ("Medium", "Low"): 1,
    }
    assert impact(old, now, np.array([6.85])).moves == {(None, "Medium"): 1}


@given(st.data(), tables, tables)
def test_impact_is_counting_one_by_one(data: st.DataObject, a: BandTable, b: BandTable) -> None:
    a, b = in_one_unit(a, b)
    scores = data.draw(st.lists(scores_for(a) | scores_for(b) | st.just(math.nan), max_size=20))
    found = impact(a, b, np.array(scores, dtype=np.float64))
    pairs = [tuple(band.label if band else None for band in both(a, b, x)) for x in scores]
    assert found.moves == {p: pairs.count(p) for p in pairs if p[0] != p[1]}
    assert found.without == pairs.count((None, None))
    assert found.total == len(scores)


def test_impact_wants_one_unit_and_numbers() -> None:
    with pytest.raises(TableError, match="rsr-2025 is in percent and rsr-calculator-2018 in prob"):
        impact(band_table("rsr-2025"), band_table("rsr-calculator-2018"), [0.1])
    with pytest.raises(BandError):
        impact(band_table("rsr-2025"), band_table("csrp-2026"), ["3"])
    strict = band_table("rsr-2025").replace(missing="raise")
    assert impact(strict, strict, [None]).without == 1
    with pytest.raises(InputError):
        strict.codes([None])


def test_differences_are_stated_alike_both_ways_round() -> None:
    # both tables split where a score rounds to 30
    one = BandTable.from_edges("one", ["a", "b"], ["0", "30", "60"], rounding=Rounding(0))
    two = BandTable.from_edges("two", ["c", "d"], ["0", "29.3", "60"], rounding=Rounding(0))
    there, back = compare(one, two), compare(two, one)
    assert [str(d.stated) for d in there] == [str(d.stated) for d in back]
    assert str(there[0].stated) == "[0, 29.3)"
