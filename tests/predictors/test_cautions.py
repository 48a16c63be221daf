"""What is said of a predictor's limits holds for that predictor, and says who says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import riskbands as rb

if TYPE_CHECKING:
    from riskbands.instruments.caution import Caution

#: The predictors that the paper of 16 January 2024 names.
NAMED_IN_2024 = {"ogrs3", "ogp", "ovp", "rsr"}
MALES_ALONE = {"osp_dc", "osp_iic", "osp_c", "osp_i", "dc_srp", "iic_srp"}
BUILT_IN = tuple(rb.predictors.by_id.values())


def caution(p: rb.Predictor, ident: str) -> Caution:
    (found,) = [c for c in p.cautions if c.id == ident]
    return found


@pytest.mark.parametrize("p", BUILT_IN, ids=lambda p: p.id)
def test_every_caution_names_its_source(p: rb.Predictor) -> None:
    assert p.cautions
    assert all(c.source for c in p.cautions)


@pytest.mark.parametrize("p", BUILT_IN, ids=lambda p: p.id)
def test_a_validation_by_group_is_claimed_of_the_predictors_of_2024_only(p: rb.Predictor) -> None:
    text = caution(p, "groups").text
    assert ("validation samples" in text) == (p.id in NAMED_IN_2024)
    if p.id not in NAMED_IN_2024:
        assert text.startswith("No validation by group")


@pytest.mark.parametrize("p", BUILT_IN, ids=lambda p: p.id)
def test_figures_stand_where_they_were_measured_only(p: rb.Predictor) -> None:
    figures = [c for c in p.cautions if re.search(r"\d+ %", c.text)]
    assert bool(figures) == (p.id == "ogrs3")
    assert all("paper of 16 January 2024" in c.source for c in figures)


@pytest.mark.parametrize("p", BUILT_IN, ids=lambda p: p.id)
def test_scores_of_women_are_not_spoken_of_where_women_have_none(p: rb.Predictor) -> None:
    texts = [c.text for c in p.cautions if c.about == "women"]
    if p.id in MALES_ALONE:
        assert len(texts) == 1
        assert "not applicable" in texts[0]
    else:
        assert not any("not applicable" in text for text in texts)


def test_a_case_gets_the_cautions_that_concern_it() -> None:
    facts = {
        "date_of_birth": "1990-05-01", "conviction_date": "2023-11-02", "sanctions": 4,
        "first_sanction_age": 17, "offence_code": "00801",
    }  # fmt: skip
    man, woman = (
        rb.ogrs3.score(rb.OASysAssessment.from_dict(facts | {"sex": sex})).cautions
        for sex in ("male", "female")
    )
    about_women = caution(rb.ogrs3, "women").text
    assert about_women in woman
    assert about_women not in man
    assert caution(rb.ogrs3, "sexual-offences").text not in woman
