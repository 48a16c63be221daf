"""What the exactness of the SQL rests on holds, and the page says it as the script finds it."""

from __future__ import annotations

import pytest

from riskbands.instruments.sql.statement import greatest_difference_of
from riskbands.instruments.sql.sums import margin_of
from riskbands.predictors import by_id
from scripts.prove_sql import PAGE, certain, displaced, nearest, regressions

NAMES = [p.id for p in regressions()]


def test_every_regression_with_numbers_is_proved() -> None:
    assert set(NAMES) == {"ogrs3", "snsv", "ogrs4g", "ogrs4v", "arp", "vrp", "svrp"}


@pytest.mark.parametrize("name", NAMES)
def test_the_margin_is_wider_than_any_difference(name: str) -> None:
    predictor = by_id[name]
    bound = greatest_difference_of(predictor)
    # The sum less the margin, and the sum and the margin, are rounded once more.
    assert bound + displaced(predictor.rule) + 1e-14 < margin_of(bound)


def test_no_input_of_ogrs3_comes_near_a_threshold() -> None:
    """The least distance was found once outside this project, over 90,924,240 possible inputs."""
    (ogrs3,) = (p for p in regressions() if p.id == "ogrs3")
    found = nearest(ogrs3)
    assert found.inputs == 2 * 100 * 20 * 1023 * 110
    assert found.distance == pytest.approx(4.9e-9, rel=0.02)
    assert found.distance > 1000 * margin_of(greatest_difference_of(ogrs3))


def test_the_page_says_what_the_script_finds() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for predictor in regressions():
        assert f"| {' | '.join(certain(predictor))} |" in page
