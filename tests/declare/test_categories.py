"""A category is never its position among the answers."""

from __future__ import annotations

from typing import Any

import pytest

import riskbands as rb
from riskbands.instruments.aspanel import words
from riskbands.vocabulary.expressions import Argument

FIELDS = {
    "tier": {"type": "choice", "choices": ["1", "2", "3"]},
    "n": {"type": "count", "low": 1, "high": 10},
    "yes": {"type": "yes/no"},
    "level": {"type": "level"},
}
ONE = {"link": "points", "term": [{"of": "n", "points": 1}]}
LOGISTIC = {"link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1"}


def made(**data: Any) -> rb.Predictor:
    return rb.declare.instrument(
        {"id": "x", "title": "x", "source": "x", "field": FIELDS, "score": ONE, **data}
    )


def refused(**data: Any) -> str:
    with pytest.raises(rb.TableError) as caught:
        made(**data)
    (fault,) = str(caught.value).splitlines()[1:]
    return fault


@pytest.mark.parametrize(
    "when",
    ["tier == 1", "1 == tier", "tier >= 2", "2 < tier", "tier in (1, 2)", "tier != n", "tier == 0",
     "group == 0", "group < level", "yes and not (tier == 3)"],
)  # fmt: skip
def test_a_category_is_not_compared_with_a_number(when: str) -> None:
    group = {"rule": "category", "of": "n", "groups": {"few": "1-3", "many": "4+"}}
    fault = refused(derived={"group": group}, output=[{"name": "o", "when": when}])
    name, first = ("group", "few") if "group" in when else ("tier", "1")
    assert f"output[1].when: compares the category {name} with a number: write one of its" in fault
    assert f"such as {name} == '{first}'; they are {first}, " in fault


def test_a_category_is_compared_with_its_words() -> None:
    x = made(output=[{"name": "o", "when": "tier == '2' or tier in ('3', '1') and yes"}])
    found = {t: x.score({"tier": t, "n": 1, "yes": "no"}).outputs["o"] for t in "123"}
    assert found == {"1": False, "2": True, "3": False}


def test_a_yes_no_is_0_or_1_and_a_level_is_a_number() -> None:
    x = made(output=[{"name": "o", "when": "yes == 1 and level >= 2 and yes + level == 3"}])
    assert x.score({"n": 1, "yes": "yes", "level": 2}).outputs["o"] is True


def test_minus_1_is_what_is_missing_in_a_caution() -> None:
    x = made(caution=[{"text": "not recorded", "when": "tier == -1", "who": "those without"}])
    assert len(x.score({"n": 1, "tier": "1"}).cautions) == len(x.score({"n": 1}).cautions) - 1


@pytest.mark.parametrize(
    "rule",
    [{"rule": "sum", "of": ["tier", "n"]}, {"rule": "difference", "of": ["n", "tier"]},
     {"rule": "sum", "of": ["tier", "n"], "at_least": 1, "missing_counts": 0},
     {"rule": "capped", "of": "tier", "at": 1}],
)  # fmt: skip
def test_no_derived_number_of_a_category(rule: dict[str, Any]) -> None:
    fault = refused(derived={"d": rule}, score={**ONE, "term": [{"of": "d", "points": 1}]})
    assert f"derived.d.of: tier has categories, and the rule {rule['rule']} needs a number" in fault
    assert "rule steps" in fault


@pytest.mark.parametrize(
    ("words", "kind"),
    [({"weight": "0.5"}, "per_unit"), ({"weight": ["0", "0.5", "1"]}, "levels"),
     ({"weight": ["0.1", "0.5"], "kind": "polynomial"}, "polynomial"),
     ({"weight": "0.5", "kind": "log"}, "log"),
     ({"weight": ["1"], "kind": "steps_or_polynomial"}, "steps_or_polynomial"),
     ({"weight": {"0-2": "1"}, "kind": "steps"}, "steps")],
)  # fmt: skip
def test_no_number_of_a_category_in_a_term(words: dict[str, Any], kind: str) -> None:
    fault = refused(score={**LOGISTIC, "term": [{"of": "tier", **words}]})
    assert f"score.term[1].of: tier has categories, and a term of kind {kind} needs" in fault


def test_no_category_in_a_rate_or_a_rounded_sum() -> None:
    rate = {"name": "rate", "count": "tier", "years": "n", "offset": "1", "weight": "1"}
    assert "term[1].count: tier has categories" in refused(score={**LOGISTIC, "term": [rate]})
    total = {"name": "total", "kind": "rounded_sum", "of": ["n", "tier"], "weight": "1"}
    assert "term[1].of[2]: sums tier" in refused(score={**LOGISTIC, "term": [total]})


@pytest.mark.parametrize("value", [1, "0", "1-2", "2+", "4"])
def test_when_takes_a_category_by_its_word(value: object) -> None:
    field = {**FIELDS, "tier": {"type": "choice", "choices": ["a", "b", "c"]}}
    term = {"of": "n", "points": 1, "when": {"tier": value}}
    fault = refused(field=field, score={"link": "points", "term": [term]})
    assert "when.tier: is no category of tier, which has no numbers; known: a, b, c" in fault
    term["when"] = {"tier": "b"}
    x = made(field=field, score={"link": "points", "term": [term]})
    assert [x.score({"n": 3, "tier": t}).points for t in "abc"] == [0, 3, 0]


def test_when_takes_the_word_1_and_not_the_second_answer() -> None:
    term = {"of": "n", "points": 1, "when": {"tier": "1"}}
    x = made(score={"link": "points", "term": [term]})
    assert [x.score({"n": 3, "tier": t}).points for t in "123"] == [3, 0, 0]
    term["when"] = {"tier": 1}
    assert "is no category of tier" in refused(score={"link": "points", "term": [term]})
    for value in ("1", 1, "yes"):
        term["when"] = {"yes": value}
        x = made(score={"link": "points", "term": [term]})
        assert [x.score({"n": 3, "yes": y}).points for y in ("no", "yes")] == [0, 3]


def test_limits_and_applies_of_a_category() -> None:
    assert "limits.tier: tier has categories" in refused(limits={"tier": [0, 1]})
    assert "applies: is a category" in refused(applies="sex")
    group = {"rule": "category", "of": "n", "groups": {"few": "1-3", "many": "4+"}}
    assert "applies: is a category" in refused(derived={"group": group}, applies="group")


def test_no_two_categories_are_a_yes_no_that_adds() -> None:
    score = {"link": "sum", "of": ["snsv"], "horizons": "1yr", "rounding": "hundredths"}
    score["add"] = [{"of": "sex", "probability": "0.1"}]  # type: ignore[list-item]
    assert "add[1].of: sex is no yes/no: write a condition in when" in refused(score=score)


def test_built_in_rules_are_written_with_words() -> None:
    assert words(Argument(0).equals(1), ["sex"]) == "sex == 'female'"
    assert words(Argument(0).equals(-1), ["sex"]) == "sex == -1"
    assert words(Argument(0) + 1, ["sanctions"]) == "sanctions + 1"
    text = rb.osp_dc.to_toml()
    assert "sex == 'male' and" in text
    assert "supervision_status != 'custody'" in text
    assert 'sex = "female"' in rb.ogrs4g.to_toml()
