"""Counts of outcomes: the same from every table, added up exactly, with nobody lost."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import duckdb
import narwhals.stable.v1 as narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands.analysis.reading import OUTCOMES

if TYPE_CHECKING:
    from pathlib import Path

ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(1, 99)),
        st.sampled_from([0, 1, None]),
        st.sampled_from(["a", "b", "missing", None, ""]),
    ),
    max_size=60,
)
Row = tuple[int | None, int | None, str | None]


def columns(rows: list[Row]) -> dict[str, list[Any]]:
    score, outcome, group = ([row[i] for row in rows] for i in range(3))
    return {"ogrs3_2yr": score, "reoffended": outcome, "group": group}


def counted(data: Any, **more: Any) -> rb.OutcomeCounts:
    return rb.outcome_counts(data, "ogrs3", outcome="reoffended", by="group", **more)


def libraries(data: dict[str, list[Any]]) -> dict[str, Any]:
    table = pa.table({
        "ogrs3_2yr": pa.array(data["ogrs3_2yr"], pa.int64()),
        "reoffended": pa.array(data["reoffended"], pa.int64()),
        "group": pa.array(data["group"], pa.string()),
    })  # fmt: skip
    nullable = pd.DataFrame(data).astype({"ogrs3_2yr": "Int64", "reoffended": "Int64"})
    return {
        "pandas": pd.DataFrame(data),
        "pandas, nullable": nullable,
        "pandas, categories": nullable.astype({"group": "category"}),
        "polars": pl.from_arrow(table),
        "polars, categories": pl.DataFrame(pl.from_arrow(table)).with_columns(
            pl.col("group").cast(pl.Categorical)
        ),
        "arrow": table,
        "arrow, dictionary": table.set_column(2, "group", table["group"].dictionary_encode()),
        "duckdb": duckdb.from_arrow(table),
        "arrays": {
            "ogrs3_2yr": np.ma.masked_array(
                [s or 0 for s in data["ogrs3_2yr"]],
                [s is None for s in data["ogrs3_2yr"]],
                np.uint8,
            ),
            "reoffended": np.array([np.nan if y is None else y for y in data["reoffended"]]),
            "group": np.array(data["group"], dtype=object),
        },
        "series": dict(nullable.items()),
    }


@settings(deadline=None)
@given(ROWS)
def test_every_person_is_counted_once(rows: list[Row]) -> None:
    counts = counted(columns(rows))
    expected = Counter(
        (s, {0: "no", 1: "yes", None: "missing"}[y], None if g in ("", "missing") else g)
        for s, y, g in rows
    )
    frame = counts.to_frame("mapping")
    found = {
        (None if score != score else int(score), outcome, group): n
        for score, outcome, group, n in zip(
            frame["score"], frame["outcome"], frame["group"], frame["n"], strict=True
        )
    }
    assert found == expected
    assert counts.total == len(rows)
    tally = counts.tally()
    assert tally.total + sum(n or 0 for n in tally.left_out.values()) == len(rows)


@settings(deadline=None)
@given(ROWS)
def test_every_library_gives_the_same_counts(rows: list[Row]) -> None:
    data = columns(rows)
    expected = counted(data)
    for name, table in libraries(data).items():
        assert counted(table) == expected, name


@settings(deadline=None)
@given(ROWS, ROWS)
def test_counts_of_parts_add_up_to_those_of_the_whole(one: list[Row], two: list[Row]) -> None:
    whole = counted(columns(one + two))
    assert counted(columns(one)) + counted(columns(two)) == whole
    assert sum([counted(columns(one)), counted(columns(two))]) == whole
    assert counted([columns(one), columns(two)]) == whole
    assert counted(columns(part) for part in (two, one)) == whole


@settings(deadline=None)
@given(ROWS)
@example([(None, None, "a")])
def test_counts_come_back_from_every_form(rows: list[Row]) -> None:
    counts = counted(columns(rows))
    assert rb.OutcomeCounts.from_json(counts.to_json()) == counts
    for library in ("pandas", "polars", "pyarrow", "duckdb", "mapping"):
        frame = counts.to_frame(library)
        again = rb.OutcomeCounts.from_frame(frame, "ogrs3", outcome="reoffended", by="group")
        assert again == counts, library


def test_counts_come_back_from_a_parquet_file(tmp_path: Path) -> None:
    counts = counted(columns([(25, 1, "a"), (None, 0, None), (99, None, "b")]))
    counts.to_parquet(tmp_path / "counts.parquet")
    assert rb.OutcomeCounts.from_parquet(tmp_path / "counts.parquet") == counts


def test_rows_of_a_parquet_file_are_counted(tmp_path: Path) -> None:
    data = columns([(25, 1, "a"), (None, 0, None), (99, None, "b")] * 7)
    pl.DataFrame({**data, "name": ["x"] * 21}).write_parquet(tmp_path / "scored.parquet")
    assert counted(tmp_path / "scored.parquet") == counted(data)


@settings(deadline=None)
@given(ROWS)
@example([(None, None, "a")])
def test_a_warehouse_counts_alike(rows: list[Row]) -> None:
    data = columns(rows)
    connection = duckdb.connect()
    connection.register("scored", libraries(data)["arrow"])
    query = rb.OutcomeCounts.sql("scored", "ogrs3", outcome="reoffended", by="group")
    frame = connection.sql(query)
    again = rb.OutcomeCounts.from_frame(frame, "ogrs3", outcome="reoffended", by="group")
    assert again == counted(data)


@pytest.mark.parametrize("kind", ["BOOLEAN", "INTEGER", "DOUBLE", "VARCHAR"])
def test_a_warehouse_reads_outcomes_of_every_type(kind: str) -> None:
    connection = duckdb.connect()
    given = "(25, 1, 30), (25, 0, 30), (25, NULL, 30), (60, 1, 12), (60, 0, NULL)"
    connection.sql(f"CREATE TABLE t (ogrs3_2yr INTEGER, y {kind}, months INTEGER)")
    connection.sql(f"INSERT INTO t VALUES {given}")
    query = rb.OutcomeCounts.sql("t", "ogrs3", outcome="y", followed_up="months")
    again = rb.OutcomeCounts.from_frame(connection.sql(query), "ogrs3", outcome="y")
    expected = rb.outcome_counts(
        connection.sql("FROM t"), "ogrs3", outcome="y", followed_up="months"
    )
    assert again.cells.equals(expected.cells)
    assert again.left_out["follow_up_too_short"] == again.left_out["follow_up_unknown"] == 1


@pytest.mark.parametrize(
    "values",
    [
        [True, False, None], ["yes", "No", "n/k"], ["1", "0", ""], ["T", "f", "unknown"],
        [1.0, 0.0, float("nan")], [1, 0, None],
    ],
)  # fmt: skip
def test_outcomes_in_every_spelling(values: list[Any]) -> None:
    counts = rb.outcome_counts({"ogrs3_2yr": [10, 20, 30], "y": values}, "ogrs3", outcome="y")
    assert counts.tally().hits == 1
    assert counts.tally().total == 2
    assert counts.left_out["outcome_missing"] == 1


@pytest.mark.parametrize("bad", [2, "maybe", -1, 0.5, "unreadable"])
def test_what_is_neither_yes_nor_no_is_refused_by_its_row(bad: Any) -> None:
    with pytest.raises(rb.InputError, match=r"row 2, counted from 0") as caught:
        rb.outcome_counts({"ogrs3_2yr": [1, 2, 3], "y": ["0", "1", bad]}, "ogrs3", outcome="y")
    assert str(bad) not in str(caught.value).replace("0 or 1", "").replace("row 2", "")


@pytest.mark.parametrize("bad", [101, -1, 25.5, "x", float("inf")])
def test_what_the_instrument_does_not_report_is_refused_by_its_row(bad: Any) -> None:
    with pytest.raises(rb.InputError, match=r"row 1, counted from 0"):
        rb.outcome_counts({"ogrs3_2yr": [25, bad], "y": [0, 1]}, "ogrs3", outcome="y")


def test_hundredths_are_hundredths() -> None:
    given = {"arp_2yr": np.array([12.34, 0.1 + 0.2, 99.99]), "y": [0, 1, 1]}
    assert rb.outcome_counts(given, "arp", outcome="y").tally().scores.tolist() == [
        0.3, 12.34, 99.99,
    ]  # fmt: skip
    with pytest.raises(rb.InputError, match="2 decimals"):
        rb.outcome_counts({"arp_2yr": [12.345], "y": [0]}, "arp", outcome="y")


def test_who_was_not_followed_up_is_counted_and_left_out_whatever_the_outcome() -> None:
    data = {
        "ogrs3_2yr": [10, 20, 30, 40],
        "y": [0, 1, 1, 0],
        "months": [24, 23, None, 36],
    }
    counts = rb.outcome_counts(data, "ogrs3", outcome="y", followed_up="months")
    assert counts.left_out["follow_up_too_short"] == counts.left_out["follow_up_unknown"] == 1
    assert (counts.tally().total, counts.tally().hits) == (2, 0)
    assert counts.provenance["follow_up"] == "24 months or more, by column months"
    one_year = rb.outcome_counts(
        {**data, "ogrs3_1yr": data["ogrs3_2yr"]}, "ogrs3", outcome="y", horizon="1yr",
        followed_up="months",
    )  # fmt: skip
    assert one_year.left_out["follow_up_too_short"] == 0
    everybody = rb.outcome_counts(data, "ogrs3", outcome="y", followed_up=12)
    assert everybody.tally().total == 0
    assert everybody.left_out["follow_up_too_short"] == 4


def test_not_applicable_is_no_missing_score() -> None:
    scored = {
        "osp_dc_2yr": np.ma.masked_array([1.5, 0.0, 0.0], [False, True, True]),
        "osp_dc_band": ["Low", "not_applicable", None],
        "y": [0, 0, 1],
    }
    counts = rb.outcome_counts(scored, "osp_dc", outcome="y")
    assert counts.left_out["not_applicable"] == 1
    assert counts.left_out["score_missing"] == 1
    assert counts.tally().band_n.tolist() == [1, 0, 0, 0]
    assert rb.OutcomeCounts.from_frame(counts.to_frame(), "osp_dc", outcome="y") == counts


def test_groups_are_in_order_and_whole_numbers_sort_as_such() -> None:
    data = {"ogrs3_2yr": [1, 2, 3, 4], "y": [0] * 4, "g": ["10", "9", None, "missing"]}
    assert rb.outcome_counts(data, "ogrs3", outcome="y", by="g").labels("g") == ["9", "10", None]
    data["g"] = np.array([10, 9, -1, 9])
    assert rb.outcome_counts(data, "ogrs3", outcome="y", by="g").labels("g") == ["-1", "9", "10"]


def test_whole_numbers_are_the_same_groups_in_every_dtype() -> None:
    data = {"ogrs3_2yr": [1, 2, 3], "y": [0, 1, 0]}
    kinds: list[Any] = [np.int8, np.int64, np.uint16, np.float64, object]
    found = [
        rb.outcome_counts(
            {**data, "g": np.array([100, 7, 7]).astype(kind)}, "ogrs3", outcome="y", by="g"
        )
        for kind in kinds
    ]
    assert all(counts == found[0] for counts in found)
    spread = np.array([-(2**62), 7, 2**62])
    counts = rb.outcome_counts({**data, "g": spread}, "ogrs3", outcome="y", by="g")
    assert counts.labels("g") == [str(v) for v in spread]


@pytest.mark.parametrize("many", [200, 255, 256, 300])
def test_many_texts_are_as_many_groups(many: int) -> None:
    names = [f"court {i}" for i in range(many)] + [None, "NA", ""]
    data = {
        "ogrs3_2yr": np.full(len(names), 9), "y": np.zeros(len(names)),
        "g": np.array(names, dtype=object),
    }  # fmt: skip
    counts = rb.outcome_counts(data, "ogrs3", outcome="y", by="g")
    assert len(counts.labels("g")) == many + 1
    assert counts.tally({"g": None}).total == 3
    assert counts.tally({"g": f"court {many - 1}"}).total == 1


TEXTS = st.lists(
    st.one_of(st.none(), st.text("abé\N{GRINNING FACE} ", max_size=4), st.just("NA")),
    max_size=300,
)


@settings(deadline=None)
@given(TEXTS)
def test_texts_of_every_kind_of_array_are_the_same_groups(texts: list[str | None]) -> None:
    data = {"ogrs3_2yr": np.full(len(texts), 9), "y": np.zeros(len(texts))}
    fixed = np.array([t or "" for t in texts], dtype="<U4")
    shared = np.empty(len(texts), dtype=object)
    shared[:] = texts
    apart = np.array([t if t is None else "".join([*t]) for t in texts] + [None], dtype=object)[:-1]
    found = [
        rb.outcome_counts({**data, "g": g}, "ogrs3", outcome="y", by="g")
        for g in (texts, fixed, shared, apart, shared[::-1], pd.Series(texts, dtype=object))
    ]
    assert all(counts == found[0] for counts in found)


def test_truths_are_groups() -> None:
    data = {"ogrs3_2yr": [9, 9, 9], "y": [0, 1, 0]}
    for g in ([True, False, True], np.array([True, False, True]), pd.Series([True, False, True])):
        counts = rb.outcome_counts({**data, "g": g}, "ogrs3", outcome="y", by="g")
        assert counts.tally({"g": "True"}).total == 2
        assert counts.tally({"g": "False"}).hits == 1


def test_bands_that_are_nowhere_leave_the_rest() -> None:
    data = {"osp_dc_2yr": [0.5, 2.0], "band": ["x", "y"], "y": [0, 1]}
    found = rb.evaluate(data, "osp_dc", outcome="y")
    assert found.bands == ()
    assert found.overall.n == 2


def test_objects_of_other_types_are_not_taken_for_each_other() -> None:
    data = {"ogrs3_2yr": [9] * 5, "y": [0] * 5}
    mixed = np.array([1, "1", True, 1.0, None], dtype=object)
    counts = rb.outcome_counts({**data, "g": mixed}, "ogrs3", outcome="y", by="g")
    assert {label: counts.tally({"g": label}).total for label in counts.labels("g")} == {
        "1": 3, "True": 1, None: 1,
    }  # fmt: skip


def test_groups_of_two_columns_are_crossed_and_summed_by_each() -> None:
    data = {
        "ogrs3_2yr": [10, 10, 20, 30], "y": [0, 1, 1, None],
        "sex": ["m", "f", "m", "m"], "region": [1, 2, 2, 1],
    }  # fmt: skip
    counts = rb.outcome_counts(data, "ogrs3", outcome="y", by=["sex", "region"])
    assert counts.labels("sex") == ["f", "m"]
    assert counts.labels("region") == ["1", "2"]
    assert counts.tally({"sex": "m"}).total == 2
    assert counts.tally({"sex": "m", "region": "2"}).hits == 1
    with pytest.raises(rb.UnknownNameError, match="did you mean sex"):
        counts.tally({"sexx": "m"})


def test_exact_in_64_bits() -> None:
    many = 2**53 + 1
    frame = {"score": [25, 25], "outcome": ["no", "no"], "n": [many, 1]}
    counts = rb.OutcomeCounts.from_frame(frame, "ogrs3", outcome="y")
    assert counts.total == many + 1
    assert (counts + counts).total == 2 * many + 2


def test_forms_are_kept_apart() -> None:
    data = {"arp_2yr": [10.5, 10.5, 20.0], "arp_type": ["brief", "extended", None], "y": [0, 1, 0]}
    counts = rb.outcome_counts(data, "arp", outcome="y")
    assert counts.tally(form="brief").total == 1
    assert counts.tally(form="extended").hits == 1
    assert rb.OutcomeCounts.from_frame(counts.to_frame(), "arp", outcome="y") == counts


def test_what_differs_is_not_added() -> None:
    data = {"ogrs3_2yr": [10], "ogrs3_1yr": [5], "y": [0], "g": [1]}
    one = rb.outcome_counts(data, "ogrs3", outcome="y")
    with pytest.raises(rb.TableError, match="horizon"):
        one + rb.outcome_counts(data, "ogrs3", outcome="y", horizon="1yr")
    with pytest.raises(rb.TableError, match="by"):
        one + rb.outcome_counts(data, "ogrs3", outcome="y", by="g")
    with pytest.raises(rb.TableError, match="coefficient_tables"):
        one + rb.outcome_counts(data, rb.ogrs3.with_table("ogrs3-hmpps-2025"), outcome="y")


def test_provenance_says_where_scores_come_from() -> None:
    data = {"rsr_2yr": [0.53], "y": [0], "simulated": [True]}
    found = rb.outcome_counts(data, rb.rsr, outcome="y").provenance
    assert found["predictor"] == {"id": "rsr", "name": rb.rsr.name}
    assert found["coefficients_named_by"] == "the user; the scores do not say"
    assert found["coefficient_tables"] == [
        {"id": table.id, "digest": table.digest} for table in rb.rsr.tables
    ]
    assert found["band_table"]["id"] == "rsr-2025"
    assert found["simulated"] is True
    assert found["horizon"] == "2yr"
    assert found["follow_up"] == "not stated"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give a predictor, or score="),
        ({"predictor": "ogrs5"}, "did you mean"),
        ({"predictor": "ogrs3", "horizon": "3yr"}, "horizon"),
        ({"score": "value"}, "unit="),
        ({"score": "value", "unit": "odds"}, "unit of a score"),
        ({"score": "p"}, "from 0 to 1"),
        ({"predictor": "ogrs3", "by": "n"}, "cannot be a column of groups"),
        ({"predictor": "ogrs3", "by": "sex"}, "column to group by"),
        ({"predictor": "ogrs3", "by": "day"}, "cannot be used for groups"),
        ({"score": "p", "unit": "points", "followed_up": 3}, "needs horizon="),
        ({"predictor": "ogp"}, "column of scores"),
        ({"predictor": "ogrs3", "outcome": "z"}, "column of outcomes"),
    ],
)
def test_arguments_that_do_not_fit(arguments: dict[str, Any], message: str) -> None:
    data = {
        "ogrs3_2yr": [10], "y": [0], "p": [1.5], "value": [3],
        "day": np.array(["2024-01-01"], "M8[D]"),
    }  # fmt: skip
    arguments = {"outcome": "y", **arguments}
    with pytest.raises((rb.InputError, rb.UnknownNameError), match=message):
        rb.outcome_counts(data, arguments.pop("predictor", None), **arguments)


def test_columns_of_other_lengths_are_refused() -> None:
    data = {"ogrs3_2yr": [10, 20], "y": [0]}
    with pytest.raises(rb.InputError, match="y has 1 rows and the scores 2"):
        rb.outcome_counts(data, "ogrs3", outcome="y")


def test_nothing_to_count() -> None:
    with pytest.raises(rb.InputError, match="no batch"):
        counted([])
    assert counted(columns([])).total == 0


def test_a_file_that_is_none_of_ours() -> None:
    for text in ("[]", "{", '{"a": 1}'):
        with pytest.raises(rb.InputError, match="no table of outcome counts"):
            rb.OutcomeCounts.from_json(text)


def test_words_of_outcomes_are_in_the_order_of_their_codes() -> None:
    assert OUTCOMES[:2] == ("no", "yes")


# What the scores say of themselves

CASE = {
    "sex": ["male", "female"], "age_at_conviction": [33, 41], "age_at_follow_up": [33, 41],
    "offence_code": ["00801", "00801"], "sanctions": [4, 9], "first_sanction_age": [17, 20],
    "y": [0, 1],
}  # fmt: skip


def tables_of(counts: rb.OutcomeCounts) -> tuple[list[str], str]:
    p = counts.provenance
    return [table["id"] for table in p["coefficient_tables"]], p["band_table"]["id"]


def test_tables_that_nobody_names_are_not_known(tmp_path: Path) -> None:
    old = rb.score_cohort(pd.DataFrame(CASE), ["ogrs3"], tables={"ogrs3": "ogrs3-hmpps-2025"})
    old.to_csv(tmp_path / "scored.csv", index=False)
    read = pd.read_csv(tmp_path / "scored.csv")
    unknown = rb.outcome_counts(read, "ogrs3", outcome="y")
    assert unknown.provenance["coefficient_tables"] == "not known"
    assert unknown.provenance["coefficients_named_by"] == "nobody; the scores do not say"
    assert tables_of(rb.outcome_counts(old, "ogrs3", outcome="y"))[0] == ["ogrs3-hmpps-2025"]
    for text in (rb.evaluate(unknown).title, rb.evaluate(unknown).to_html()):
        assert "coefficients not known (the scores do not say); bands ogrs3-2yr" in text
        assert rb.ogrs3.table.id not in text
        assert rb.ogrs3.table.digest not in text
    stated = rb.outcome_counts(read, rb.ogrs3.with_table("ogrs3-hmpps-2025"), outcome="y")
    assert "coefficients ogrs3-hmpps-2025 (as stated)" in rb.evaluate(stated).title
    assert rb.OutcomeCounts.from_json(unknown.to_json()) == unknown
    assert (unknown + unknown).provenance["coefficient_tables"] == "not known"
    with pytest.raises(rb.TableError, match="coefficient_tables"):
        unknown + stated


def test_who_names_the_tables_is_told_also_of_a_sum() -> None:
    scored = rb.score_cohort(pd.DataFrame(CASE), ["ogrs3"])
    recorded = rb.outcome_counts(scored, "ogrs3", outcome="y")
    stated = rb.outcome_counts(CASE | dict(scored.items()), rb.ogrs3, outcome="y")
    assert recorded == stated
    assert recorded.provenance["coefficients_named_by"] == "the scores"
    assert (recorded + recorded).provenance["coefficients_named_by"] == "the scores"
    assert (recorded + stated).provenance["coefficients_named_by"].startswith("the user")


def test_bands_that_stood_in_a_column_are_not_known_either() -> None:
    data = {"osp_dc_2yr": [1.5, 2.5], "osp_dc_band": ["Low", "High"], "y": [0, 1]}
    unknown = rb.outcome_counts(data, "osp_dc", outcome="y")
    assert unknown.provenance["band_table"] == "not known"
    assert "bands not known" in rb.evaluate(unknown).title
    assert "osp-dc-points" not in rb.evaluate(unknown).to_html()
    for stated in ({"predictor": rb.osp_dc}, {"predictor": "osp_dc", "bands": "osp-dc-points"}):
        counts = rb.outcome_counts(data, stated.pop("predictor"), outcome="y", **stated)
        assert counts.provenance["band_table"]["id"] == "osp-dc-points"


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_tables_are_those_the_scores_were_made_with(library: Any) -> None:
    old = rb.score_cohort(library(CASE), ["ogrs3"], tables={"ogrs3": "ogrs3-hmpps-2025"})
    counts = rb.outcome_counts(old, "ogrs3", outcome="y")
    assert tables_of(counts) == (["ogrs3-hmpps-2025"], "ogrs3-2yr")
    with pytest.raises(rb.InputError, match="made with coefficient table ogrs3-hmpps-2025"):
        rb.outcome_counts(old, rb.ogrs3, outcome="y")
    given = rb.outcome_counts(old, rb.ogrs3.with_table("ogrs3-hmpps-2025"), outcome="y")
    assert given == counts


def test_bands_are_those_the_scores_were_made_with() -> None:
    rsr = rb.rsr.with_bands("rsr-parole-2018")
    people = {**rb.simulate_cohort(40, 1, "rsr", outcome="y")}
    scored = rb.score_cohort(pd.DataFrame(people), [rsr])
    assert tables_of(rb.outcome_counts(scored, "rsr", outcome="y"))[1] == "rsr-parole-2018"
    with pytest.raises(rb.InputError, match="band table rsr-parole-2018 and rsr has rsr-2025"):
        rb.outcome_counts(scored, rb.rsr, outcome="y")
    other = rb.band_table("rsr-2025")
    assert tables_of(rb.outcome_counts(scored, rb.rsr, outcome="y", bands=other))[1] == "rsr-2025"


def test_bands_of_another_score_are_refused() -> None:
    with pytest.raises(rb.TableError):
        rb.outcome_counts({"ogrs3_2yr": [10], "y": [0]}, "ogrs3", outcome="y", bands="rsr-2025")
    plain = rb.evaluate(
        {"percent": [10, 80], "y": [0, 1]}, score="percent", bands="ogrs3-2yr", outcome="y"
    )
    assert [band.n for band in plain.bands] == [1, 0, 1, 0]


def test_a_parquet_file_says_where_its_scores_come_from(tmp_path: Path) -> None:
    table = rb.score_cohort(pa.table(CASE), ["ogrs3"], tables={"ogrs3": "ogrs3-hmpps-2025"})
    pq.write_table(table, tmp_path / "scored.parquet")
    counts = rb.outcome_counts(tmp_path / "scored.parquet", "ogrs3", outcome="y")
    assert tables_of(counts)[0] == ["ogrs3-hmpps-2025"]


def test_a_predictor_of_no_registry() -> None:
    mine = attrs.evolve(rb.ogrs3, id="mine", name="Mine")
    data = {"mine_2yr": [10, 60], "y": [0, 1]}
    counts = rb.outcome_counts(data, mine, outcome="y")
    assert counts.provenance["predictor"] == {"id": "mine", "name": "Mine"}
    assert rb.evaluate(counts, mine).overall.n == 2
    assert rb.OutcomeCounts.from_json(counts.to_json()) == counts


@pytest.mark.parametrize("name", ["ogrs3", "osp_dc", "osp_iic", "arp", "rsr", "asset", "svrp"])
def test_scored_tables_of_every_library_give_the_same_counts(name: str) -> None:
    predictor = rb.predictors.by_id[name]
    people = rb.simulate_cohort(400, 9, predictor, outcome=False)
    people["y"] = np.arange(400) % 3 == 0
    frame = pd.DataFrame(people)
    scored: dict[str, Any] = {
        "mapping": {**people, **rb.score_cohort(people, [predictor])},
        "pandas": rb.score_cohort(frame, [predictor]),
        "polars": rb.score_cohort(pl.DataFrame(people), [predictor]),
        "arrow": rb.score_cohort(pa.Table.from_pandas(frame, preserve_index=False), [predictor]),
    }
    scored["narwhals"] = narwhals.from_native(scored["polars"])
    scored["lazy"] = scored["polars"].lazy()
    counts = {
        library: rb.outcome_counts(table, predictor, outcome="y", by="sex")
        for library, table in scored.items()
    }
    assert counts["pandas"].simulated
    for library, found in counts.items():
        assert found == counts["pandas"], library
        again = rb.OutcomeCounts.from_frame(found.to_frame(), predictor, outcome="y", by="sex")
        assert again == found, library
    if predictor.bands is not None:
        band = rb.score_cohort(people, [predictor])[f"{name}_band"]
        tally = counts["pandas"].tally()
        assert tally.band_n.tolist() == [band.counts()[label] for label in predictor.bands.labels]
        assert tally.left_out["not_applicable"] == band.counts().get("not_applicable", 0)


def test_a_file_that_is_no_parquet_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    for path in (tmp_path / "a.csv", tmp_path / "absent.parquet"):
        with pytest.raises(rb.InputError, match="is no Parquet file that can be read"):
            counted(path)


def test_outcomes_that_cannot_be_read_are_counted_to_the_last() -> None:
    def batch(*y: Any) -> dict[str, Any]:
        return {"ogrs3_2yr": [20] * len(y), "y": [*y]}

    def counted(data: Any) -> rb.OutcomeCounts:
        return rb.outcome_counts(data, "ogrs3", outcome="y")

    parts = [batch(0, 1, 0), batch(1, "x", "z"), batch(1), batch("secret", 0)]
    with pytest.raises(rb.InputError, match="3 rows do not, the first of them row 4") as told:
        counted(iter(parts))
    assert told.value.fields == ("y",)
    assert "secret" not in str(told.value)
    again = pickle.loads(pickle.dumps(told.value))
    assert str(again) == str(told.value)
    with pytest.raises(rb.InputError, match="row 1, counted from 0, does not; make it one"):
        counted(batch(0, "x"))
    many = batch(*["x"] * 1500)
    with pytest.raises(rb.InputError, match="1,500 rows do not, the first of them row 0"):
        counted(pa.table(many))


def test_bands_and_unit_that_the_counts_contradict_are_refused() -> None:
    data = {"ogrs3_2yr": [10, 60, 80, 95], "pct": [10.0, 60, 80, 95], "y": [0, 1, 0, 1]}
    mine = rb.BandTable.from_edges("mine", ["Low", "High"], [0, 40, 100])
    scale = rb.BandScale("two", ("Low", "High"))
    counts = rb.outcome_counts(data, "ogrs3", outcome="y")
    other = rb.outcome_counts(data, "ogrs3", outcome="y", bands="pni-ogrs3-2024-12")
    plain = rb.outcome_counts(data, score="pct", outcome="y", bands=mine)
    without = rb.outcome_counts(data, score="pct", outcome="y")
    banded = rb.outcome_counts(
        {"b": ["Low", "High"], "y": [0, 1]}, score="b", unit="band", bands=scale, outcome="y"
    )
    for made, again in (
        (counts, {"bands": "ogrs3-2yr"}),
        (counts, {"bands": rb.band_table("ogrs3-2yr"), "unit": "percent"}),
        (counts.suppress(1), {"bands": "ogrs3-2yr", "unit": "percent"}),
        (other, {"bands": "pni-ogrs3-2024-12"}),
        (plain, {"bands": mine, "unit": "percent", "score": "pct"}),
        (banded, {"bands": scale, "unit": "band"}),
    ):
        assert rb.evaluate(made, **again).title == rb.evaluate(made).title
    for made, wrong in (
        (counts, {"bands": "pni-ogrs3-2024-12"}),
        (other, {"bands": "ogrs3-2yr"}),
        (counts, {"bands": mine}),
        (without, {"bands": mine}),
        (banded, {"bands": rb.BandScale("two", ("Low", "Higher"))}),
        (counts, {"unit": "points"}),
        (plain, {"unit": "probability"}),
    ):
        with pytest.raises(rb.InputError, match=f"another {next(iter(wrong))}"):
            rb.evaluate(made, **wrong)


def test_months_that_are_no_number_are_unknown_in_a_warehouse_too() -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = {
        "ogrs3_2yr": [50, 60, 70, 80, 90],
        "y": [1, 0, 1, 0, 1],
        "m": [24.0, float("nan"), 12.0, None, 36.5],
    }
    connection = duckdb.connect()
    connection.execute("create table t (ogrs3_2yr int, y int, m double)")
    connection.executemany("insert into t values (?, ?, ?)", list(zip(*rows.values(), strict=True)))
    query = rb.OutcomeCounts.sql("t", "ogrs3", outcome="y", followed_up="m")
    found = rb.OutcomeCounts.from_frame(connection.sql(query), "ogrs3", outcome="y")
    expected = rb.outcome_counts(rows, "ogrs3", outcome="y", followed_up="m")
    assert found.left_out == expected.left_out
    assert found.left_out["follow_up_unknown"] == 2
    assert rb.evaluate(found).overall.n == rb.evaluate(expected).overall.n == 2


def damages() -> list[tuple[str, Any]]:
    """What a hand can do to a file of counts."""

    def put(column: str, value: Any) -> Any:
        return lambda data: data["columns"][column].__setitem__(0, value)

    found = [(f"n {n}", put("n", n)) for n in (-5, 2.5, "3", True, 1 << 60)]
    found += [(f"score {s}", put("score", s)) for s in (500, -1, 10.5, "10", float("nan"), True)]
    found += [("band", put("band", "Very High")), ("band name", put("band", "Highest"))]
    found += [("outcome", put("outcome", "perhaps")), ("group", put("g", 3))]
    found += [(f"no {k}", lambda data, k=k: data.pop(k)) for k in ("provenance", "score", "by")]
    found += [("no columns", lambda data: data.pop("columns"))]
    found += [(f"no {k}", lambda data, k=k: data["columns"].pop(k)) for k in ("n", "score", "g")]
    found += [("short", lambda data: data["columns"]["n"].pop())]
    found += [
        (f"provenance without {k}", lambda data, k=k: data["provenance"].pop(k))
        for k in ("outcome", "follow_up", "version", "horizon", "band_table")
    ]
    return found


@pytest.mark.parametrize(("what", "damage"), damages(), ids=[what for what, _ in damages()])
def test_a_file_of_counts_that_was_damaged_is_refused(what: str, damage: Any) -> None:
    rows = {"ogrs3_2yr": [10, 60, 80, 95], "y": [0, 1, 0, 1], "g": list("abab")}
    counts = rb.outcome_counts(rows, "ogrs3", outcome="y", by="g")
    data = json.loads(counts.to_json())
    damage(data)
    with pytest.raises(rb.InputError, match="outcome counts"):
        rb.OutcomeCounts.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "[" * 100_000, "{", None])
def test_what_is_no_json_of_counts_is_refused(text: Any) -> None:
    with pytest.raises(rb.InputError, match="no table of outcome counts"):
        rb.OutcomeCounts.from_json(text)
