"""What results show: in a terminal, in a notebook, and when asked with ``?``."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

import pytest

import riskbands as rb
from riskbands.instruments import described
from riskbands.scorecards.contribution import Contribution
from riskbands.scorecards.explanation import Explanation
from riskbands.tiers.reading import NAMES

CASE: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": dt.date(1990, 5, 1),
    "conviction_date": dt.date(2023, 11, 2),
    "offence_code": "00801",
    "sanctions": 4,
    "first_sanction_age": 17,
}
NO_HISTORY = {"sex": "male", "sexual_offence_history": False}


def test_a_score_shows_its_numbers_tables_and_bands() -> None:
    score = rb.ogrs3.score(CASE)
    assert repr(score) == "<Score ogrs3: 1yr 14 %, 2yr 25 %, Low; ogrs3-2009>"
    for text in (str(score), score._repr_html_()):
        for part in (
            "25 %",
            "Low [0, 50)",
            "ogrs3-2009",
            "ogrs3-2yr",
            "Very High",
            *score.cautions,
        ):
            assert " ".join(part.split()) in " ".join(text.split())


def test_percentages_have_the_decimals_of_their_instrument() -> None:
    case = {**CASE, "age_at_follow_up": 33, "offence_free_months": 0}
    for p in rb.predictors:
        if not p.has_table:
            continue
        score = p.score(case, on_issue="return")
        for horizon in p.horizons if score.ok and score.applies else ():
            percent = score.percent[horizon]
            text = f"{percent:.2f} %" if p.rule.digits else f"{percent} %"
            assert f"{horizon} {text}" in repr(score)
            assert text in str(score.explain(horizon))
            assert text in score._repr_html_()


@pytest.mark.parametrize("name", ["osp_dc", "osp_iic", "dc_srp", "iic_srp"])
def test_what_does_not_apply_has_no_percentage(name: str) -> None:
    score = rb.predictors[name].score(NO_HISTORY)
    why = score.explain()
    assert not why.applies
    for shown in (score, why):
        for text in (repr(shown), str(shown), shown._repr_html_()):
            assert "not applicable" in text
            assert " 0 %" not in text
            assert "0.0" not in text


def test_what_an_explanation_shows_adds_up() -> None:
    """The parts of RSR are added as they are reported, so the sum of probabilities is another."""
    why = Explanation(
        "rsr", "2yr", "percent",
        (Contribution("snsv", {}, 0.13, ""), Contribution("osp_dc", {}, 0.6, "")),
        0.73, 0.007249, 0.73, (rb.ogrs3.score(CASE).explain(),),
    )  # fmt: skip
    for shown in ("+0.13", "+0.60", "+0.73",
                  "probability 0.007249 by the unrounded parts, reported as 0.73 %"):  # fmt: skip
        assert shown in str(why)
        assert shown in why._repr_html_()
    # A category is a probability, which can have a half behind its second decimal.
    category = Contribution("category", {}, 0.125, "one sanction")
    half = Explanation("own", "2yr", "percent", (category,), 0.125, 0.00125, 0.13)
    assert str(half).count("+0.1250") == 2
    assert "probability 0.001250, reported as 0.13 %" in str(half)


def test_an_explanation_is_folded_to_the_terminal() -> None:
    why = rb.ogrs3.score(CASE).explain()
    assert max(map(len, str(why).splitlines())) <= 80
    lines = why.to_text(54).splitlines()
    assert max(map(len, lines)) <= 54
    assert [line.split() for line in lines if "sex" in line] == [
        ["age", "and", "sex", "-1.325977", "age_at_follow_up", "33,"], ["sex", "male"],
    ]  # fmt: skip
    assert " ".join(why.to_text(54).split()) == " ".join(str(why).split())


def test_an_explanation_has_a_page_for_notebooks() -> None:
    why = rb.ogrs3.score(CASE).explain()
    page = why._repr_html_()
    assert "Copas rate" in page
    assert "-2.341857" in page
    assert "reported as 25 %" in page
    assert repr(why) == "<Explanation of ogrs3 2yr (log-odds): 6 factors>"


def test_predictors_are_gone_through() -> None:
    assert [p.id for p in rb.predictors] == list(rb.predictors.by_id)
    assert len(rb.predictors) == len(rb.predictors.by_id)
    assert "ogrs3" in rb.predictors
    assert rb.ogrs3 in rb.predictors
    assert "ogrs9" not in rb.predictors
    assert rb.predictors["rsr"] is rb.rsr
    with pytest.raises(rb.UnknownNameError, match="did you mean ogrs3"):
        rb.predictors["ogrs33"]


@pytest.mark.parametrize("p", list(rb.predictors), ids=lambda p: p.id)
def test_a_predictor_says_what_the_command_says(p: rb.Predictor) -> None:
    text = " ".join(str(inspect.getdoc(p)).split())
    page = p._repr_html_()
    for name, fact in described.facts_of(p):
        assert f"{name} {fact}" in text
        assert name in page
    assert str(p).split() == str(inspect.getdoc(p)).split()
    assert "Attributes" not in text
    assert inspect.getdoc(type(p)) != inspect.getdoc(p)


def test_a_table_of_coefficients_shows_its_numbers() -> None:
    table = rb.coefficient_tables["ogrs3-2009"]
    for text in (str(table), table._repr_html_()):
        assert table.digest in text
        assert "-2.44983716" in text


def test_a_case_shows_its_fields_and_no_value() -> None:
    page = rb.OASysAssessment(sex="male", date_of_birth=dt.date(1990, 5, 1))._repr_html_()
    assert "date_of_birth" in page
    assert "1990" not in page
    assert "male" not in page


def test_tiers_show_themselves() -> None:
    facts = {
        "today": "2026-07-15",
        "has_active_event": True,
        "arp": "62.10",
        "arp_type": "extended",
        "csrp": "1.20",
        "csrp_type": "extended",
        "rosh": "medium",
    }
    found = rb.tier(facts)
    assert found.tier is not None
    for text in (str(found), found._repr_html_()):
        assert found.tier.label in text
        assert found.rule.id in text
    many = rb.tier_cohort({name: [facts.get(name)] * 2 for name in NAMES})
    for text in (str(many), many._repr_html_()):
        assert found.tier.label in text
    rule = rb.tier_rule()
    assert rule.digest in str(rule)
    assert rule.digest in rule._repr_html_()


def test_levels_without_edges_are_said_to_be_so() -> None:
    for ask in (
        lambda: rb.band_table("osp-iic"),
        lambda: rb.rsr.with_bands("osp-iic"),
        lambda: rb.compare("rsr-2025", "osp-iic"),
    ):
        with pytest.raises(
            rb.TableError, match=r"osp-iic has levels and no edges \(Low, Medium, High"
        ):
            ask()
    with pytest.raises(rb.TableError, match="not a value of type int"):
        rb.compare("rsr-2025", 3)  # type: ignore[arg-type]
