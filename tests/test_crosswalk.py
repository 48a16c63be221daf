"""The crosswalk against a plain recount, and what it says of pairs, labels and missing scores."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from vectors import same

import riskbands as rb
from riskbands.analysis.crosswalk import Moves
from riskbands.analysis.successions import Succession, successors

ROOT = Path(__file__).parents[1]
PAIRS = {
    "ogrs3": "arp",
    "ogp": "arp",
    "ovp": "vrp",
    "snsv": "svrp",
    "osp_dc": "dc_srp",
    "osp_iic": "iic_srp",
    "rsr": "csrp",
}


@pytest.fixture(scope="module")
def people() -> list[dict[str, str]]:
    with (ROOT / "examples" / "cohort.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def columns(people: list[dict[str, str]]) -> dict[str, list[str]]:
    return {name: [row[name] for row in people] for name in people[0]}


@pytest.fixture(scope="module")
def walk(columns: dict[str, list[str]]) -> rb.Crosswalk:
    return rb.crosswalk(columns)


def test_pairs_are_those_of_the_2026_family(walk: rb.Crosswalk) -> None:
    assert {m.first.id: m.second.id for m in walk.values()} == PAIRS
    assert {i: successors[i].second.id for i in PAIRS} == PAIRS
    assert walk.rows == 1000
    assert len(walk) == len(PAIRS)
    assert "ogrs3" in walk
    assert "arp" not in walk


def label(score: rb.Score) -> str:
    """The label of one case's score, in the crosswalk's words."""
    if not score.ok:
        return "missing"
    return "scored" if score.bands is None else str(score.band)


def test_moves_are_those_of_a_plain_recount(
    walk: rb.Crosswalk, people: list[dict[str, str]]
) -> None:
    found: dict[str, Counter[tuple[str, str]]] = {first: Counter() for first in PAIRS}
    for row in people:
        case = rb.OASysAssessment.from_dict(row, on_issue="keep")
        scores = {
            ident: rb.predictors.by_id[ident].score(case, on_issue="return")
            for ident in {*PAIRS, *PAIRS.values()}
        }
        for first, second in PAIRS.items():
            found[first][label(scores[first]), label(scores[second])] += 1
    for first, counts in found.items():
        assert {(m.before, m.after): m.count for m in walk[first].table} == counts
        moves = walk[first]
        assert moves.total == 1000
        for (before, after), n in counts.items():
            assert moves.count(before, after) == n


def test_sums_of_a_table(walk: rb.Crosswalk) -> None:
    for moves in walk.values():
        counts = {(m.before, m.after): m.count for m in moves.table}
        outside = {"missing", "not_applicable", "scored"}
        banded = {k: n for k, n in counts.items() if not outside & set(k)}
        assert moves.banded == sum(banded.values())
        assert moves.same_label == sum(n for (a, b), n in banded.items() if a == b)
        assert moves.other_label == moves.banded - moves.same_label
        assert moves.missing_both == counts.get(("missing", "missing"), 0)
        assert moves.missing_first == sum(
            n for (a, b), n in counts.items() if a == "missing" and b != "missing"
        )
        assert moves.missing_second == sum(
            n for (a, b), n in counts.items() if b == "missing" and a != "missing"
        )
        assert moves.not_applicable == counts.get(("not_applicable", "not_applicable"), 0)
    assert walk["osp_dc"].not_applicable > 800
    assert walk["snsv"].banded == 0


def test_moves_stand_in_the_order_of_the_bands(walk: rb.Crosswalk) -> None:
    for moves in walk.values():
        rows, columns = moves.labels
        places = [(rows.index(m.before), columns.index(m.after)) for m in moves.table]
        assert places == sorted(places)
        assert all(m.count > 0 for m in moves.table)


def test_columns_are_those_of_both_generations(
    walk: rb.Crosswalk, columns: dict[str, list[str]]
) -> None:
    scored = rb.score_cohort(columns, [*PAIRS, *dict.fromkeys(PAIRS.values())])
    assert set(walk.columns) == set(scored)
    for name, column in scored.items():
        assert same(walk.columns[name], column), name
    with pytest.raises(TypeError):
        walk.columns["ogrs3_2yr"] = None  # type: ignore[index]


def test_only_pairs_with_their_fields_are_scored(columns: dict[str, list[str]]) -> None:
    few = {n: columns[n] for n in ("sex", "offence_code", "sanctions", "first_sanction_age")}
    ages = {n: np.full(1000, 30) for n in ("age_at_conviction", "age_at_follow_up")}
    none = rb.crosswalk({**few, **ages})
    assert list(none) == []
    assert (none.rows, str(none)) == (1000, "1000 people; no pair of predictors has its fields")
    assert none._repr_html_() == f"<p>{none}</p>"
    months = {"offence_free_months": np.zeros(1000, dtype=int)}
    assert list(rb.crosswalk({**few, **ages, **months})) == ["ogrs3"]


def test_a_cohort_of_nobody() -> None:
    walk = rb.crosswalk({"sex": []}, ["ogrs3"])
    assert walk["ogrs3"].total == 0
    assert walk["ogrs3"].table == ()
    assert "0 people" in str(walk)


def test_asked_pairs_tables_and_bands(columns: dict[str, list[str]]) -> None:
    printed = rb.rsr.with_bands("rsr-parole-2018")
    walk = rb.crosswalk(columns, [printed, "ogrs3", "ogrs4g"], tables={"snsv": "snsv-2014"})
    assert list(walk) == ["rsr", "ogrs3", "ogrs4g"]
    assert walk["rsr"].first.bands is printed.bands
    assert walk["rsr"].first.components[0].table.id == "snsv-2014"
    own = rb.score_cohort(columns, [printed], tables={"snsv": "snsv-2014"})
    assert walk.columns["rsr_band"].equals(own["rsr_band"])
    counted = walk["rsr"].first.bands
    assert counted is not None
    assert walk["rsr"].labels[0][:-2] == counted.labels
    assert walk["ogrs4g"].labels[0] == ("scored", "missing", "not_applicable")
    later = rb.crosswalk(columns, ["rsr", rb.csrp.with_bands("rsr-2025", any_score=True)])
    banded = later["rsr"].second.bands
    assert banded is not None
    assert banded.id == "rsr-2025 (any score)"
    assert list(rb.crosswalk(columns, rb.ovp)) == list(rb.crosswalk(columns, "ovp")) == ["ovp"]


def test_form_is_that_of_both(columns: dict[str, list[str]]) -> None:
    walk = rb.crosswalk(columns, ["rsr"], form="brief")
    assert set(walk.columns["rsr_type"]) <= {"brief", None}
    assert set(walk.columns["csrp_type"]) <= {"brief", None}


@pytest.mark.parametrize("name", ["osp_c", "ogrs5", "osp_i"])
def test_a_predictor_nothing_of_2026_follows_is_refused(name: str) -> None:
    with pytest.raises(rb.UnknownNameError):
        rb.crosswalk({}, [name])


def test_unknown_names_are_refused(walk: rb.Crosswalk) -> None:
    with pytest.raises(rb.UnknownNameError):
        walk["arp"]
    with pytest.raises(rb.UnknownNameError):
        walk["ogrs3"].count("Lowest", "Low")
    with pytest.raises(rb.UnknownNameError):
        successors["arp"]


def test_text_and_html_hold_every_count(walk: rb.Crosswalk) -> None:
    for moves in walk.values():
        for move in moves.table:
            line = next(x for x in str(moves).splitlines()[2:] if x.startswith(f"  {move.before} "))
            assert str(move.count) in line.split()
            assert f"<td>{move.count}</td>" in moves._repr_html_()
    assert str(walk).count("->") == len(PAIRS)
    assert walk._repr_html_().count("<table>") == len(PAIRS)
    assert repr(walk).startswith("<Crosswalk of 1000 people: ogrs3 -> arp")


def test_labels_are_escaped(columns: dict[str, list[str]]) -> None:
    odd = rb.BandTable.from_edges("<b>mine & yours", ["<low>", "mid", "high"], [0, 30, 60, 100])
    html = rb.crosswalk(columns, [rb.ovp.with_bands(odd)])._repr_html_()
    assert "&lt;low&gt;" in html
    assert "<low>" not in html
    assert "<b>" not in html


def test_successions_say_what_changed() -> None:
    assert rb.successors is successors
    rsr = successors["rsr"]
    assert rsr.changes["bands"] == (
        "rsr-2025 (Low, Medium, High)",
        "csrp-2026 (Low, Medium, High, Very High)",
    )
    assert "horizons" not in rsr.changes
    assert successors["ogp"].changes["coefficients"] == ("ogp-2009, ogrs3-2009", "arp-2026")
    assert successors["ogp"].changes["percentage"][0] == "a whole percent, 1 to 99"
    assert str(rsr).splitlines()[0] == "RSR -> CSRP"
    assert len(successors) == len(list(successors))
    assert "rsr -> csrp" in repr(successors)
    assert set(successors) == {p.id for p in rb.predictors.by_id.values() if p.successor}
    assert Succession(rb.rsr, rb.csrp) == rsr


def test_results_are_frozen(walk: rb.Crosswalk) -> None:
    moves = walk["rsr"]
    assert isinstance(moves, Moves)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        moves.table = ()  # type: ignore[misc]


def test_outcomes_of_each_move_are_told() -> None:
    people = rb.simulate_cohort(2000, 3, "arp", outcome="y")
    people |= rb.simulate_cohort(2000, 3, "ogrs3", outcome=False)
    moves = rb.crosswalk(people, "ogrs3", outcome="y")["ogrs3"]
    assert sum(m.count for m in moves.table) == 2000
    assert {(m.before, m.after) for m in moves.table} == set(moves.observed)
    rate = sum(m.count * float(moves.observed[m.before, m.after]) for m in moves.table) / 2000
    assert rate == pytest.approx(people["y"].mean())
    assert rb.crosswalk(people, "ogrs3")["ogrs3"].observed == {}
    with pytest.raises(rb.InputError, match="y has 3 rows"):
        rb.crosswalk({**people, "y": [0, 1, 1]}, "ogrs3", outcome="y")


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table])
def test_a_table_of_any_library_under_its_own_names(
    kind: Any, columns: dict[str, list[str]], walk: rb.Crosswalk
) -> None:
    theirs = {{"sex": "gender", "date_of_birth": "DOB"}.get(n, n): v for n, v in columns.items()}
    table = kind(theirs)
    rename = {"gender": "sex", "DOB": "date_of_birth"}
    found = rb.crosswalk(table, rename=rename)
    assert list(found) == list(walk)
    assert str(found) == str(walk)
    assert str(rb.crosswalk(table, rename=rb.suggest_columns(table))) == str(walk)
    assert str(rb.crosswalk(theirs, rename=rename)) == str(walk)
    with pytest.raises(rb.UnsupportedFrameError):
        rb.crosswalk([1, 2])
