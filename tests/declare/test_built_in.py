"""Built-in instruments, written to a file and loaded, give the same scores to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from cases import untidy
from vectors import as_columns

import riskbands as rb

WRITTEN = ("ogrs3", "osp_dc", "dc_srp", "osp_c")


@pytest.mark.parametrize("ident", WRITTEN)
def test_the_same_scores_bit_for_bit(ident: str) -> None:
    own = rb.predictors.by_id[ident]
    read = rb.declare.read_instrument(own.to_toml(), f"{ident}.toml")
    assert (read.id, read.horizons, read.table, read.bands) == (
        own.id, own.horizons, own.table, own.bands,
    )  # fmt: skip
    columns = as_columns(map(untidy, range(1500)))
    first = rb.score_cohort(columns, [own], probabilities=True, information=True)
    second = rb.score_cohort(columns, [read], probabilities=True, information=True)
    assert list(first) == list(second)
    for name in first:
        one, two = (getattr(c[name], "codes", c[name]) for c in (first, second))
        if name.endswith("_issues"):
            assert list(one) == list(two)
        elif one.dtype == object:
            assert one.tolist() == two.tolist()
        else:
            assert np.array_equal(one, two, equal_nan=True)


@pytest.mark.parametrize("ident", WRITTEN)
def test_the_same_case_and_explanation(ident: str) -> None:
    own = rb.predictors.by_id[ident]
    read = rb.declare.read_instrument(own.to_toml())
    explained = 0
    for seed in range(400):
        values = {k: v for k, v in untidy(seed).items() if k in read.vocabulary.fields}
        one, two = (p.score(values, on_issue="return") for p in (own, read))
        assert (one.issues, one.information, one.applies) == (
            two.issues,
            two.information,
            two.applies,
        )
        assert (one.probability, one.percent, one.points) == (
            two.probability,
            two.percent,
            two.points,
        )
        assert (one.band, one.reduced, one.cautions) == (two.band, two.reduced, two.cautions)
        if one.ok:
            assert one.explain() == two.explain()
            explained += 1
    assert explained > 20


def test_an_assessment_is_scored_by_the_one_that_was_read() -> None:
    case = rb.OASysAssessment(
        sex="male", date_of_birth="1990-05-01", conviction_date="2023-06-01",
        assessment_date="2024-01-16", offence_code="00801", sanctions=4, first_sanction_age=17,
    )  # fmt: skip
    read = rb.declare.read_instrument(rb.ogrs3.to_toml())
    assert read.score(case).percent == rb.ogrs3.score(case).percent
    assert rb.score_cohort({"sex": ["male"]}, [read])["ogrs3_issues"][0].startswith("missing:")


@pytest.mark.parametrize("ident", ["arp", "rsr", "osp_iic", "mst"])
def test_what_a_file_has_no_words_for_is_refused_plainly(ident: str) -> None:
    with pytest.raises(rb.TableError, match=f"{ident} cannot be written|no built-in coefficient"):
        rb.predictors.by_id[ident].to_toml()
