"""That people are made up travels into everything that is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import riskbands as rb


def cohort(*, told: bool) -> dict[str, Any]:
    people = rb.simulate_cohort(300, 4, "arp")
    scored = {**people, **rb.score_cohort(people, ["arp", "ogrs3"])}
    if not told:
        scored["simulated"] = np.zeros(300, dtype=bool)
    return scored


def made(people: dict[str, Any]) -> list[Any]:
    counts = rb.outcome_counts(people, "ogrs3", outcome="reoffended")
    fields = {
        name: column for name, column in people.items() if not name.startswith(("ogrs3_", "arp_"))
    }
    walk = rb.crosswalk(fields, ["ogrs3"])
    return [
        counts,
        rb.evaluate(counts),
        rb.drift(counts, counts),
        rb.compare_predictors(people, "ogrs3", "arp", outcome="reoffended"),
        rb.impact("ogrs3-2yr", "pni-ogrs3-2024-12", counts),
        walk,
        walk["ogrs3"],
    ]


@pytest.mark.parametrize("told", [True, False])
def test_every_result_says_so_and_so_do_its_text_and_its_page(told: bool) -> None:
    for found in made(cohort(told=told)):
        assert found.simulated is told
        texts = [found._repr_html_()] if hasattr(found, "_repr_html_") else []
        if not isinstance(found, rb.OutcomeCounts):
            texts.append(str(found))
            assert str(found).startswith("simulated people: ") is told
        for text in [*texts, str(found)]:
            assert ("simulated people" in text) is told
    assert ("simulated people" in repr(made(cohort(told=told))[2])) is told


def test_one_made_up_cohort_of_two_is_enough() -> None:
    one, two = (made(cohort(told=told))[0] for told in (True, False))
    assert rb.drift(one, two).simulated
    assert rb.drift(two, one).simulated
