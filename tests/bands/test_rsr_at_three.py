"""An RSR of exactly 3: one number, two names, and the hole at 6.85.

In January 2024 a partnership paper printed the bands of the RSR like this:

    Low         0-3
    Medium      3 - 6.8
    High        6.9+
    Very High   N/A

Somebody with an RSR of 3.00 % stands in two rows, and somebody with 6.85 % in none.
"""

from decimal import Decimal

import pytest

from riskbands.bands.builtin import band_table
from riskbands.bands.compare import compare
from riskbands.bands.printed import PrintedBands, PrintedGap, PrintedOverlap
from riskbands.bands.table import Rounding
from riskbands.errors import InputError, TableError

PAPER = [("Low", "0-3"), ("Medium", "3 - 6.8"), ("High", "6.9+"), ("Very High", "N/A")]


@pytest.fixture
def paper() -> PrintedBands:
    return PrintedBands.parse(PAPER)


def test_the_paper_gives_3_two_names_and_6_85_none(paper: PrintedBands) -> None:
    overlap, gap = paper.ambiguities()
    assert isinstance(overlap, PrintedOverlap)
    assert overlap.value == 3
    assert overlap.labels == ("Low", "Medium")
    assert isinstance(gap, PrintedGap)
    assert str(gap.interval) == "(6.8, 6.9)"
    assert gap.labels == ("Medium", "High")
    assert Decimal("6.85") in gap.interval


def test_the_hole_is_there_only_because_scores_have_more_decimals_than_the_rows(
    paper: PrintedBands,
) -> None:
    _, gap = paper.ambiguities()
    assert isinstance(gap, PrintedGap)
    assert gap.closes_at == 1
    to_one_decimal = paper.resolve(overlap="upper", rounding=Rounding(1))
    assert to_one_decimal.classify(6.85) == "Medium"  # the double is a little under 6.85
    assert to_one_decimal.classify(Decimal("6.85")) == "High"


def test_nothing_is_guessed(paper: PrintedBands) -> None:
    with pytest.raises(TableError) as refusal:
        paper.resolve()
    assert "3 belongs to Low and Medium: pass overlap='lower' or overlap='upper'" in str(
        refusal.value
    )
    assert "nothing is printed for (6.8, 6.9), between Medium and High" in str(refusal.value)


def test_the_built_in_table_is_the_paper_resolved(paper: PrintedBands) -> None:
    table = band_table("rsr-lewisham-2024")
    assert table.origin is not None
    assert list(table.origin.rows) == PAPER
    resolved = paper.resolve(overlap="upper", gap="lower", rounding=Rounding(2))
    assert table.intervals == resolved.intervals
    assert table.labels == resolved.labels == ("Low", "Medium", "High")


def test_each_decision_is_kept_with_its_reason() -> None:
    origin = band_table("rsr-lewisham-2024").origin
    assert origin is not None
    made = {d.about: d for d in origin.decisions}
    assert (made["overlap"].where, made["overlap"].choice) == ("3", "upper")
    assert (made["gap"].where, made["gap"].choice) == ("(6.8, 6.9)", "lower")
    assert made["row"].between == ("Very High",)
    assert all(d.reason for d in origin.decisions)


def test_resolved_by_default_it_is_the_table_of_2025() -> None:
    paper, deployed = band_table("rsr-lewisham-2024"), band_table("rsr-2025")
    assert not compare(paper, deployed)
    assert (paper.labels, paper.intervals, paper.rounding) == (
        deployed.labels,
        deployed.intervals,
        deployed.rounding,
    )
    assert (paper.below, paper.above, paper.missing) == (
        deployed.below,
        deployed.above,
        deployed.missing,
    )


@pytest.mark.parametrize("name", ["rsr-lewisham-2024", "rsr-2025"])
@pytest.mark.parametrize(
    ("score", "band"),
    [
        *[(2.99, "Low"), (3.0, "Medium"), (3, "Medium"), (6.8, "Medium"), (6.85, "Medium")],
        *[(6.89, "Medium"), (6.9, "High"), (Decimal("6.9"), "High")],
    ],
)
def test_3_is_medium_and_so_is_everything_under_6_9(
    name: str, score: float | Decimal, band: str
) -> None:
    assert band_table(name).classify(score) == band


def test_one_number_four_answers_within_two_years() -> None:
    answers = {
        name: str(band_table(name).classify(3.0))
        for name in ("rsr-lewisham-2024", "rsr-api-2025-07", "rsr-api-2025-08", "rsr-2025")
    }
    assert answers == {
        "rsr-lewisham-2024": "Medium",
        "rsr-api-2025-07": "Low",
        "rsr-api-2025-08": "Low",
        "rsr-2025": "Medium",
    }
    assert band_table("csrp-2026").classify(3.0) == "High"


def test_before_18_august_2025_a_score_in_the_hole_was_an_error() -> None:
    table = band_table("rsr-api-2025-07")
    for score in (6.81, 6.85, 6.89, Decimal("6.8000001")):
        with pytest.raises(InputError, match=r"gap \(6\.8, 6\.9\) of rsr-api-2025-07") as refusal:
            table.classify(score)
        assert refusal.value.code == "in_gap"
        assert table.classify(score, refused="missing") is None
    assert table.classify(6.8) == "Medium"
    assert table.classify(6.9) == "High"


def test_the_other_reading_of_the_paper_is_the_api_of_august_2025(paper: PrintedBands) -> None:
    other = paper.resolve(overlap="lower", gap="lower", rounding=Rounding(2))
    assert not compare(other, band_table("rsr-api-2025-08"))


def test_keeping_the_hole_is_the_api_of_july_2025(paper: PrintedBands) -> None:
    other = paper.resolve(overlap="lower", gap="keep")
    assert not compare(other, band_table("rsr-api-2025-07"))
