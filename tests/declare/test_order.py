"""The order of levels is written or said; nothing takes the higher of categories without one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import riskbands as rb

COUNTS = {name: {"type": "count", "low": 0, "high": 10} for name in ("n", "m")}
CASES = {"high": "{} > 5", "moderate": "{} > 2"}


def made(**data: Any) -> rb.Predictor:
    return rb.declare.instrument(
        {"id": "x", "title": "x", "source": "x", "field": COUNTS, **data}, folder=None
    )


def refused(**data: Any) -> str:
    with pytest.raises(rb.TableError) as caught:
        made(**data)
    return str(caught.value)


def levels(name: str, of: str, **ranges: str) -> dict[str, Any]:
    return {"name": name, "of": of, "levels": ranges}


def worst_first(**more: Any) -> dict[str, Any]:
    """Two categories whose cases are written as one tries them: the worst first."""
    return {
        f"of_{name}": {
            "rule": "first_that_holds", "otherwise": "low",
            "cases": {label: when.format(name) for label, when in CASES.items()}, **more,
        }
        for name in COUNTS
    }  # fmt: skip


BOTH = {"name": "both", "of": ["of_n", "of_m"]}


@pytest.mark.parametrize("how", ["higher", "lower"])
@pytest.mark.parametrize(
    "ranges",
    [{"High": "6+", "Low": "0-5"}, {"Moderate": "3-5", "High": "6+", "Low": "0-2"}],
)
def test_levels_are_written_lowest_first(how: str, ranges: dict[str, str]) -> None:
    output = [
        levels("of_n", "n", **ranges),
        levels("of_m", "m", **ranges),
        {**BOTH, "combine": how},
    ]
    text = refused(output=output)
    assert "output[1].levels.Low: does not start above the level before it: write the" in text


def test_levels_written_lowest_first_are_combined_by_their_ranges() -> None:
    ranges = {"Low": "0-2", "Moderate": "3-5", "High": "6+"}
    both = [{**BOTH, "name": how, "combine": how} for how in ("higher", "lower")]
    x = made(output=[levels("of_n", "n", **ranges), levels("of_m", "m", **ranges), *both])
    order = list(ranges)
    for n, m in product((0, 3, 9), repeat=2):
        found = x.score({"n": n, "m": m}).outputs
        places = [order.index(str(found[name])) for name in ("of_n", "of_m")]
        assert found["higher"] == order[max(places)]
        assert found["lower"] == order[min(places)]


@pytest.mark.parametrize("how", ["higher", "lower"])
def test_cases_without_an_order_are_not_combined(how: str) -> None:
    text = refused(derived=worst_first(), output=[{**BOTH, "combine": how}])
    assert f"output[1].of[1]: takes the {how}, and of_n has no order of categories" in text
    assert "give [derived.of_n] order = [...], which lists them (high, moderate, low) the" in text
    # neither through an output that only shows it
    shown = {"name": "shown", "of": "of_n"}
    text = refused(
        derived=worst_first(), output=[shown, {**BOTH, "of": ["shown", "of_m"], "combine": how}]
    )
    assert "shown has no order of categories: give [derived.of_n] order" in text


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("other", ["of_m", "'moderate'"])
def test_cases_without_an_order_are_not_compared(op: str, other: str) -> None:
    for when in (f"of_n {op} {other}", f"{other} {op} of_n"):
        text = refused(derived=worst_first(), output=[{"name": "o", "when": when}])
        assert "and its categories have no order: give [derived.of_" in text
    same = made(derived=worst_first(), output=[{"name": "o", "when": f"of_n == {other}"}])
    assert same.score({"n": 3, "m": 4}).outputs["o"] is True


def test_cases_with_an_order_go_by_it() -> None:
    order = {"order": ["low", "moderate", "high"]}
    x = made(
        derived=worst_first(**order),
        output=[{**BOTH, "combine": "higher"}, {"name": "o", "when": "of_n > 'low'"}],
    )
    found = {n: x.score({"n": n, "m": 3}).outputs for n in (0, 4, 9)}
    assert [found[n]["both"] for n in found] == ["moderate", "moderate", "high"]
    assert [found[n]["o"] for n in found] == [False, True, True]


def test_groups_have_an_order_too() -> None:
    groups = {"high": ["6+"], "low": ["0-5"]}
    derived: dict[str, Any] = {
        f"of_{name}": {"rule": "category", "of": name, "groups": groups} for name in COUNTS
    }
    assert "takes the higher" in refused(derived=derived, output=[{**BOTH, "combine": "higher"}])
    for rule in derived.values():
        rule["order"] = ["low", "high"]
    x = made(derived=derived, output=[{**BOTH, "combine": "higher"}])
    found = [x.score({"n": n, "m": m}).outputs["both"] for n, m in ((9, 0), (0, 1))]
    assert found == ["high", "low"]
    derived["of_n"]["order"] = ["low", "hgih"]
    assert "derived.of_n.order: must list each category once; did you mean high?" in refused(
        derived=derived, output=[{"name": "o", "of": "of_n"}]
    )


def test_the_results_of_a_matrix_have_the_order_of_levels() -> None:
    ranges = {"Low": "0-2", "High": "3+"}
    matrix = {"Low": {"Low": "no action", "High": "watch"}, "High": {"Low": "watch", "High": "act"}}
    grid: dict[str, Any] = {**BOTH, "name": "grid", "combine": "matrix", "matrix": matrix}
    output = [levels("of_n", "n", **ranges), levels("of_m", "m", **ranges), grid]
    asked = {"name": "asked", "when": "grid >= 'watch'"}
    text = refused(output=[*output, asked])
    assert "give the output grid levels = [...], which lists them (no action, watch, act)" in text
    grid["levels"] = ["no action", "watch", "act"]
    x = made(output=[*output, asked])
    assert [x.score({"n": n, "m": 0}).outputs["asked"] for n in (0, 9)] == [False, True]


def test_levels_that_differ_are_named() -> None:
    one = levels("of_n", "n", Low="0-2", High="3+")
    other = levels("of_m", "m", High="0-2", Low="3+")
    text = refused(output=[one, other, {**BOTH, "combine": "higher"}])
    assert "combines levels that differ: of_n has Low, High; of_m has High, Low: give them" in text
    assert "the lowest first" in text
    text = refused(output=[one, {**BOTH, "of": ["of_n", "m"], "combine": "higher"}])
    assert "of_n has Low, High; m is a number" in text


def test_the_choices_of_a_field_are_in_the_order_of_writing() -> None:
    field = {name: {"type": "choice", "choices": ["low", "high"]} for name in ("p", "q")}
    x = made(field=field, output=[{"name": "o", "of": ["p", "q"], "combine": "higher"}])
    assert x.score({"p": "high", "q": "low"}).outputs["o"] == "high"


def test_a_level_by_a_table_is_no_range() -> None:
    output = [{"name": "o", "of": "n", "levels": {"A": {"B": "0+"}}}]
    text = refused(output=output)
    assert "output[1].levels.A: must be a range from 0 to 10" in text
    assert "{" not in text
