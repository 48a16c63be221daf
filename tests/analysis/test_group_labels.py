"""Groups by their labels: blanks around a label make no other group, capitals do and are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Callable

SPACES = "\t\n \N{NO-BREAK SPACE}\N{EM SPACE}\N{IDEOGRAPHIC SPACE}"
LABELS = [
    "White", "white ", "White\t", " White", "Asian", "Asian\N{NO-BREAK SPACE}", "", "  ", None,
    "missing ", "\N{NO-BREAK SPACE}", "White",
]  # fmt: skip
COUNTS = {"Asian": 2, "White": 4, "white": 1, None: 5}

COLUMNS: dict[str, Callable[[], Any]] = {
    "list": lambda: {"g": LABELS},
    "objects": lambda: {"g": np.array(LABELS, dtype=object)},
    "texts": lambda: {"g": np.array([label or "" for label in LABELS])},
    "bytes": lambda: {"g": [label if label is None else label.encode() for label in LABELS]},
    "pandas": lambda: pd.DataFrame({"g": LABELS}),
    "pandas categorical": lambda: pd.DataFrame({"g": pd.Categorical(LABELS)}),
    "polars": lambda: pl.DataFrame({"g": LABELS}),
    "polars categorical": lambda: pl.DataFrame({"g": pl.Series(LABELS, dtype=pl.Categorical)}),
    "arrow": lambda: pa.table({"g": pa.array(LABELS)}),
    "arrow dictionary": lambda: pa.table({"g": pa.array(LABELS).dictionary_encode()}),
    "arrow chunks": lambda: pa.table(
        {"g": pa.chunked_array([pa.array(a).dictionary_encode() for a in (LABELS[:5], LABELS[5:])])}
    ),
}


def scored(table: Any) -> Any:
    """The table with scores and outcomes."""
    more = {"ogrs3_2yr": list(range(5, 5 + 7 * len(LABELS), 7)), "y": [0, 1] * (len(LABELS) // 2)}
    if isinstance(table, pd.DataFrame):
        return table.assign(**more)
    if isinstance(table, pl.DataFrame):
        return table.with_columns(**{name: pl.Series(column) for name, column in more.items()})
    if isinstance(table, pa.Table):
        for name, column in more.items():
            table = table.append_column(name, [column])
        return table
    return {**table, **more}


def sizes(counts: rb.OutcomeCounts) -> dict[str | None, int]:
    return {label: counts.tally({"g": label}).total for label in counts.labels("g")}


@pytest.mark.parametrize("made", COLUMNS.values(), ids=COLUMNS)
def test_blanks_around_a_label_make_no_other_group(made: Callable[[], Any]) -> None:
    counts = rb.outcome_counts(scored(made()), "ogrs3", outcome="y", by="g")
    assert sizes(counts) == COUNTS
    assert counts.total == len(LABELS)
    assert len({tuple(group) for group in counts.cells.groups}) == len(counts.cells.groups)


@given(st.data())
def test_any_blanks_around_any_label(data: st.DataObject) -> None:
    blanks = st.text(SPACES, max_size=3)
    plain = data.draw(st.lists(st.sampled_from(["a", "A", "b c", "7", "é"]), min_size=1))
    around = [data.draw(blanks) + label + data.draw(blanks) for label in plain]
    table = {"ogrs3_2yr": [20] * len(plain), "y": [1] * len(plain)}
    one, two = (
        rb.outcome_counts(table | {"g": column}, "ogrs3", outcome="y", by="g")
        for column in (plain, around)
    )
    assert one == two


def test_crossed_groups_and_counts_of_a_warehouse_are_merged_too() -> None:
    table = {
        "ogrs3_2yr": [10, 10, 10], "y": [0, 0, 0], "g": ["a", "a ", "a"], "h": ["x", "x", " x"]
    }  # fmt: skip
    counts = rb.outcome_counts(table, "ogrs3", outcome="y", by=["g", "h"])
    assert counts.cells.groups == (("a", "x"),)
    assert counts.cells.n.tolist() == [3]
    frame = {"g": ["a", "a "], "score": [10, 10], "outcome": ["no", "no"], "n": [2, 3]}
    again = rb.OutcomeCounts.from_frame(frame, "ogrs3", outcome="y", by="g")
    assert sizes(again) == {"a": 5}


def test_counts_are_protected_by_the_group_as_it_is_shown() -> None:
    scores, y = np.repeat([20, 60, 80, 95], 80).tolist(), [0, 1] * 160
    table = {"ogrs3_2yr": scores, "y": y, "g": ["a", "a", "b", "b"] * 80}
    apart = table | {"g": ["a", "a", "b ", "b"] + ["a", "a", "b", "b"] * 79}
    plain, spelt = (
        rb.outcome_counts(t, "ogrs3", outcome="y", by="g").suppress(10) for t in (table, apart)
    )
    assert plain == spelt
    assert not spelt.suppressed
    page = rb.evaluate(apart, "ogrs3", outcome="y", by="g").to_html(min_count=10)
    assert page == rb.evaluate(table, "ogrs3", outcome="y", by="g").to_html(min_count=10)


def test_groups_that_differ_by_capitals_alone_are_told() -> None:
    table = scored({"g": LABELS})
    found = rb.evaluate(table, "ogrs3", outcome="y", by="g")
    told = "By g, 2 groups differ by capitals alone: White, white. They are counted apart"
    assert found.groups["White"].by == "g"
    assert any(text.startswith(told) for text in found.cautions)
    assert told in str(found)
    assert told in found.to_html()
    table["g"] = ["White" if label == "white " else label for label in LABELS]
    alike = rb.evaluate(table, "ogrs3", outcome="y", by="g")
    assert not any("capitals" in text for text in alike.cautions)


def test_no_more_than_some_groups_are_named() -> None:
    table = {"ogrs3_2yr": [20] * 20, "y": [0, 1] * 10, "g": [*"abcdefghij", *"ABCDEFGHIJ"]}
    (told,) = (
        text
        for text in rb.evaluate(table, "ogrs3", outcome="y", by="g").cautions
        if "capitals" in text
    )
    assert "By g, 20 groups differ by capitals alone: A, a, B, b, C, c, D, d and 12 more." in told


@pytest.mark.parametrize("made", COLUMNS.values(), ids=COLUMNS)
def test_overrides_count_by_the_same_groups(made: Callable[[], Any]) -> None:
    table = made()
    bands = ["Low", "High"] * (len(LABELS) // 2)
    if not isinstance(table, dict):
        columns = {"computed": bands, "final": bands}
        if isinstance(table, pd.DataFrame):
            table = table.assign(**columns)
        elif isinstance(table, pl.DataFrame):
            table = table.with_columns(**{k: pl.Series(v) for k, v in columns.items()})
        else:
            for name, column in columns.items():
                table = table.append_column(name, [column])
    else:
        table |= {"computed": bands, "final": bands}
    scale = rb.BandScale("demo", ("Low", "High"))
    found = rb.overrides(table, by="g", scale=scale)
    groups = {rate.group[1]: rate.n for rate in found.rates[1:]}
    assert groups == {label or "missing": n for label, n in COUNTS.items()}
    assert found.cautions == found.cautions[:1]
    assert "2 groups differ by capitals alone: White, white" in str(found)
    assert found.to_dict()["cautions"] == list(found.cautions)
    assert rb.overrides(table, scale=scale).cautions == ()
