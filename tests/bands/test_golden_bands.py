"""Bands that others published or computed. ``golden_bands.json`` says who produced each."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from riskbands.arithmetic.rounding import half_up
from riskbands.bands.builtin import band_tables

GOLDEN = json.loads((Path(__file__).parent / "golden_bands.json").read_text())


@pytest.mark.parametrize(
    ("table", "value", "band"),
    [(row["table"], row["value"], row["band"]) for row in GOLDEN["published"]],
)
def test_published_edge(table: str, value: float, band: str) -> None:
    assert band_tables[table].classify(value) == band


@pytest.mark.parametrize(
    "rows", GOLDEN["answered"], ids=lambda rows: f"{rows['table']}-{rows['source'][31:44]}"
)
def test_answers_of_the_deployed_service(rows: dict[str, dict[str, list[float]]]) -> None:
    table = band_tables[str(rows["table"])]
    for band, values in rows["values"].items():
        assert (table.classify(np.array(values)) == band).all()
        assert all(table.classify(value) == band for value in values)


@pytest.mark.parametrize("row", GOLDEN["edges"], ids=lambda row: row["table"])
def test_edges_of_public_code(row: dict[str, Any]) -> None:
    """Each row: a label, the first score in it, and the first score past it.

    ``step`` is how far scores lie from each other, a hundredth where it is not said.
    """
    table = band_tables[row["table"]]
    step = Decimal(row.get("step", "0.01"))
    assert [label for label, _, _ in row["bands"]] == list(table.labels)
    for label, start, end in row["bands"]:
        first = Decimal(start)
        for score in (first, float(first)):
            assert table.classify(score) == label
        if end is not None:
            last = Decimal(end) - step
            for score in (last, float(last)):
                assert table.classify(score) == label


# The limits as each source states them, either side: the last score under and the first over.
@pytest.mark.parametrize(
    ("table", "score", "band"),
    [
        # whole percentages, rounded half up first
        ("ogrs3-2yr", 49.49, "Low"),
        ("ogrs3-2yr", 49.5, "Medium"),
        ("ogrs3-2yr", 49.999, "Medium"),
        ("ogrs3-2yr", 74.499, "Medium"),
        ("ogrs3-2yr", 89.5, "Very High"),
        ("ogrs3-2yr", 99.7, "Very High"),
        ("ogrs3-2yr", 0.2, "Low"),
        ("ogp-2yr", 33.49, "Low"),
        ("ogp-2yr", 33.5, "Medium"),
        ("ovp-2yr", 29.499, "Low"),
        ("ovp-2yr", 79.5, "Very High"),
        # the API of 18 August to 11 September 2025: 3.0 was Low
        ("rsr-api-2025-08", 3.0, "Low"),
        ("rsr-api-2025-08", 3.004, "Low"),
        ("rsr-api-2025-08", 3.01, "Medium"),
        ("rsr-api-2025-08", 6.89, "Medium"),
        ("rsr-api-2025-08", 6.9, "High"),
        # before that
        ("rsr-api-2025-07", 3.0, "Low"),
        ("rsr-api-2025-07", 6.8, "Medium"),
        ("rsr-api-2025-07", 6.9, "High"),
        # the calculator of 2018 tests the unrounded probability, in doubles
        ("rsr-calculator-2018", 0.02999, "Low"),
        ("rsr-calculator-2018", 0.03, "Medium"),
        ("rsr-calculator-2018", 0.06899, "Medium"),
        ("rsr-calculator-2018", 0.069, "High"),
        # parole reports split at 7
        ("rsr-parole-2018", 6.99, "Medium"),
        ("rsr-parole-2018", 7, "High"),
        # 2026
        ("csrp-2026", 0.99, "Low"),
        ("csrp-2026", 1, "Medium"),
        ("csrp-2026", 2.99, "Medium"),
        ("csrp-2026", 3, "High"),
        ("csrp-2026", 3.5, "High"),
        ("csrp-2026", 6.89, "High"),
        ("csrp-2026", 6.9, "Very High"),
        ("arp-2026", 49.99, "Low"),
        ("arp-2026", 50, "Medium"),
        ("arp-2026", 89.99, "High"),
        ("arp-2026", 99.99, "Very High"),
        ("vrp-2026", 79.99, "High"),
        ("vrp-2026", 80, "Very High"),
        # points
        ("osp-dc-points", 0, "Low"),
        ("osp-dc-points", 64, "Very High"),
        ("asset-2009", 14, "Low"),
        ("asset-2009", 15, "Medium"),
        ("asset-2009", 32, "Medium"),
        ("asset-2009", 33, "High"),
        ("asset-2009", 64, "High"),
        ("oasys-needs-accommodation", 1, "no need"),
        ("oasys-needs-accommodation", 2, "standard need"),
        ("oasys-needs-accommodation", 7, "severe need"),
        ("oasys-needs-ete", 2, "no need"),
        ("oasys-needs-ete", 3, "standard need"),
        ("oasys-needs-relationships", 5, "severe need"),
        ("oasys-needs-lifestyle", 4, "standard need"),
        ("oasys-needs-drugs", 7, "standard need"),
        ("oasys-needs-drugs", 8, "severe need"),
        ("oasys-needs-alcohol", 3, "no need"),
        ("oasys-needs-thinking-and-behaviour", 4, "standard need"),
        ("oasys-needs-attitudes", 7, "severe need"),
    ],
)
def test_stated_limit(table: str, score: float, band: str) -> None:
    assert band_tables[table].classify(score) == band


def test_every_label_is_spelt_as_the_instruments_spell_it() -> None:
    labels = {
        label
        for name, t in band_tables.items()
        if not {"needs", "tier"} & {*name.split("-")}
        for label in t.labels
    }
    assert labels == {"Low", "Medium", "High", "Very High"}


def test_every_table_cites_its_source() -> None:
    for table in band_tables.values():
        assert table.source
        assert table.score
        assert table.title


@pytest.mark.parametrize("table", ["ogrs3-2yr", "ogp-2yr", "ovp-2yr"])
def test_the_notes_speak_of_the_gaps_of_their_own_table(table: str) -> None:
    (note,) = band_tables[table].notes
    said = re.findall(r"([\d.]+) is (\d+) and (\w+)", note)
    assert [label for _, _, label in said] == ["Low", "Medium"]
    assert f"gaps such as {said[0][1]} to {said[1][1]}." in note
    for score, rounded, label in said:
        assert half_up(float(score)) == float(rounded)
        assert band_tables[table].classify(float(score)) == label
