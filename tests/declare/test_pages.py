"""A case can be worked by hand from the page of its instrument, and its explanation says why."""

from __future__ import annotations

import itertools
import tomllib
from typing import Any

import jsonschema
import pytest

import riskbands as rb
from riskbands.pages import case_schema, page
from riskbands.templates import template

LEVELS = ["low", "moderate", "high"]
HEAD: dict[str, Any] = {"id": "mine", "title": "made up", "source": "made up"}
COUNTS: dict[str, Any] = {
    "age": {"type": "count", "low": 10, "high": 99},
    "born": {"type": "date"},
    "seen": {"type": "date"},
    "odd": {"type": "count", "low": 0, "high": 40, "when_missing": 10},
    "gender": {"type": "choice", "choices": ["male", "female"], "words": {"M": "male"}},
    "drunk": {"type": "count", "low": 0, "high": 4},
    "n": {"type": "count", "low": 0, "high": 13},
}
CARD = HEAD | {
    "field": COUNTS,
    "derived": {
        "then": {
            "rule": "first_known", "low": 0, "high": 120,
            "way": [{"formula": "completed_years(born, seen)"}, {"formula": "age"}],
        },
    },
    "score": {
        "link": "points_table", "horizons": ["7yr"], "rounding": "hundredths",
        "bands": {"I": 0, "II": 20, "III": 60}, "reduction": ["drunk == 0", "then >= 50"],
        "term": [
            {"of": "then", "points": {"0-26": 2, "27+": 0}},
            {"of": "odd", "by": "gender", "points": {
                "male": {"0-4": -3, "5+": 1}, "female": {"0-9": -2, "10+": 0}}},
            {"of": "drunk", "points": [-1, 0, 0, 1, 2], "when": {"n": "2+"}},
            {"name": "late", "points": 1, "when": "n > 5 and drunk > 1"},
        ],
        "probability": {"7yr": {"-99--1": "0.1", "0+": "0.5"}},
    },
}  # fmt: skip
CASE = {"age": 40, "gender": "male", "drunk": 0, "n": 3}
ITEMS = [f"item_{n}" for n in range(12)]
JUDGED = HEAD | {
    "field": {i: {"type": "choice", "choices": LEVELS} for i in ("h", "s", "concern")}
    | {i: {"type": "yes/no"} for i in ITEMS},
    "derived": {
        "most": {
            "rule": "first_that_holds", "otherwise": "low", "order": LEVELS,
            "cases": {"high": "yeses >= 8", "moderate": "yeses >= 4"},
        },
        "yeses": {"rule": "sum", "of": ITEMS, "at_least": 9, "missing_counts": 0},
        "all": {"rule": "how_many_yes", "of": ITEMS},
    },
    "output": [
        {"name": "history", "of": "most", "combine": "higher"},
        {"name": "overall", "of": ["most", "h", "s"], "combine": "higher"},
        {"name": "final", "of": ["overall", "concern"], "combine": "lower"},
        {"name": "both", "of": ["h", "s"], "combine": "matrix", "matrix": {
            a: {b: "act" if "high" in (a, b) else "wait" for b in LEVELS} for a in LEVELS}},
    ],
}  # fmt: skip


def made(data: dict[str, Any]) -> rb.Predictor:
    return rb.declare.instrument(data)


def test_a_page_says_every_way_condition_and_missing_answer() -> None:
    text = page(made(CARD))
    for row in (
        "the first of these of which everything is known: "
        "`completed_years(born, seen)`; `age`; least 0 and greatest 120, and no score outside |",
        "| `odd` | a whole number from 0 to 40 | counts as 10 where not recorded |",
        "| odd (male) | by range of `odd`, where `gender` is male | 0-4: -3, 5+: 1 |",
        "| drunk | by `drunk`, from 0, where `n` is 2 or more | -1, 0, 0, 1, 2 |",
        "| late | where `n > 5 and drunk > 1` | 1 |",
        "| `gender` | one of male, female; M for male | needed |",
        "One of these is needed:\n\n- `age`\n- `born`, `seen`\n",
        "where all of these hold:\n\n- `drunk == 0`\n- `then >= 50`\n",
        "The probability is looked up by them.",
    ):
        assert row in text, row
    assert "mine_" not in text.replace("mine_points", "").split("## Inputs")[1]
    mine = made(CARD)
    assert isinstance(mine.bands, rb.BandTable)
    other = page(mine.with_bands(mine.bands))  # it has no file then
    assert "| `odd` | a whole number from 0 to 40 | counts as 10 where not recorded |" in other
    assert "`completed_years(born, seen)`; `age` |" in other
    assert "mine_" not in other.replace("mine_points", "").split("## Inputs")[1]


def test_a_page_writes_long_rules_as_lists() -> None:
    text = page(made(JUDGED))
    listed = "\n".join(f"- `{i}`" for i in ITEMS)
    start = "The sum of these 12, of which at least 9 must be recorded; one that is not counts as 0"
    assert f"{start}:\n\n{listed}\n" in text
    assert f"How many of these are yes:\n\n{listed}\n" in text
    assert "high where `yeses >= 8`; moderate where `yeses >= 4`; otherwise low; " in text
    assert "| `item_3` | yes or no | one of 12, at least 9 of them needed |" in text
    assert "From `most`." in text
    assert "The highest of `most`, `h`, `s`." in text
    assert "The lower of `overall`, `concern`." in text
    assert "see the file" not in text
    assert "if(" not in text


def test_the_page_of_a_term_with_very_many_values_has_what_the_file_has() -> None:
    term = {"of": "n", "by": "gender", "when": {"odd": "3+"}, "points": {
        "male": {str(n): n for n in range(60)} | {"60": 1}, "female": {"0+": 2}}}  # fmt: skip
    fields = COUNTS | {"n": {"type": "count", "low": 0, "high": 60}}
    text = page(made(HEAD | {"field": fields, "output": [{"name": "o", "term": [term]}]}))
    each = {"of": "n", "points": 2, "when": {"odd": "3+"}}
    text += page(made(HEAD | {"field": fields, "output": [{"name": "o", "term": [each]}]}))
    assert "| n | `n`, where `odd` is 3+ | 2 for each |" in text
    assert "| n (male) | by `n`, where `gender` is male, where `odd` is 3+ | 0: 0, 1: 1, " in text


def test_what_an_applies_reads_is_needed() -> None:
    data = HEAD | {
        "applies": "age >= 40 and not ill",
        "field": COUNTS | {"ill": {"type": "yes/no"}},
        "score": {"link": "points", "term": [{"of": "age", "points": {"10-50": 0, "51+": 1}}]},
    }
    mine = made(data)
    assert mine.needs.needed == ("age", "ill")
    assert "| `ill` | yes or no | needed |" in page(mine)
    # nobody of 40 years or more has a result without both, and everybody else has with one of them
    assert case_schema(mine)["required"] == []
    assert case_schema(mine)["anyOf"] == [{"required": ["age"]}, {"required": ["ill"]}]
    assert not mine.score({"age": 50}, on_issue="return").ok
    assert mine.score({"age": 30}).ok
    assert mine.can_score({"age"})


def test_what_only_lowers_a_band_or_tells_of_a_case_is_an_input_too() -> None:
    mine = made(CARD | {
        "field": COUNTS | {k: {"type": "yes/no"} for k in ("calm", "new", "hurt")},
        "score": CARD["score"] | {"reduction": ["calm"]},
        "advice": [{"code": "look", "when": "new", "message": "look again"}],
        "caution": [{"text": "Careful.", "when": "hurt"}],
    })  # fmt: skip
    case = CASE | {"calm": "yes", "new": "yes", "hurt": "yes"}
    score = mine.score(case)
    assert (score.reduced, score.cautions) == (True, ("Careful.",))
    assert [str(i) for i in score.information]
    jsonschema.validate(case, case_schema(mine))
    text = page(mine)
    assert "| `calm` | yes or no | read where a band may be lowered |" in text
    assert "| `hurt` | yes or no | read for advice and cautions alone |" in text


def test_the_schema_of_a_case_takes_the_words_and_one_of_the_ways() -> None:
    mine = made(CARD)
    schema = case_schema(mine)
    jsonschema.Draft202012Validator.check_schema(schema)
    for case in (
        CASE,
        CASE | {"gender": "M"},
        CASE | {"gender": "m"},
        {"born": "1990-01-01", "seen": "2020-01-01", "gender": "M", "drunk": 1, "n": 0},
    ):
        jsonschema.validate(case, schema)
        assert mine.score(case).ok
    for case in ({k: v for k, v in CASE.items() if k != "age"}, CASE | {"gender": "X"},
                 {"born": "1990-01-01", "gender": "M", "drunk": 1, "n": 0}):  # fmt: skip
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(case, schema)
        assert not mine.score(case, on_issue="return").ok


@pytest.mark.parametrize("ident", ["ogrs3", "rsr", "osp_c", "mst", "pni"])
def test_needs_of_built_in_instruments_have_a_schema(ident: str) -> None:
    schema = case_schema(rb.predictors.by_id[ident])
    jsonschema.Draft202012Validator.check_schema(schema)
    known = set(schema["properties"])
    assert set(schema["required"]) <= known
    for one in schema.get("allOf", ()):
        assert all(set(way["required"]) <= known for way in one["anyOf"])


def test_every_way_of_ogrs3_is_one() -> None:
    schema = case_schema(rb.ogrs3)
    choices = [[set(way["required"]) for way in one["anyOf"]] for one in schema["allOf"]]
    ways = [set().union(*chosen) for chosen in itertools.product(*choices)]
    ways = [way for way in ways if not any(other < way for other in ways)]
    assert {"date_of_birth", "conviction_date", "offence_code"} in ways
    assert {"age_at_conviction", "age_at_follow_up", "offence_group"} in ways
    for way in ways:
        given = way | set(schema["required"])
        assert rb.ogrs3.can_score(given)
        assert not any(rb.ogrs3.can_score(given - {name}) for name in way)


def test_an_explanation_has_no_name_that_was_made_up() -> None:
    text = str(made(CARD).score(CASE).explain())
    assert "mine_" not in text
    assert "n > 5 and drunk > 1 no" in text
    assert "odd 10, gender male" in text


def test_an_explanation_leaves_out_terms_of_other_categories() -> None:
    why = made(CARD).score(CASE).explain()
    assert [c.factor for c in why if c.elsewhere] == ["odd (female)"]
    lines = str(why).splitlines()
    assert not any("odd (female)" in line for line in lines)
    (line,) = (line for line in lines if "others" in line)
    assert line.split() == ["1", "others", "+0", "of", "another", "gender"]
    assert "odd (female)" not in why._repr_html_()
    assert sum(c.amount for c in why) == why.total


def test_an_explanation_says_what_results_are_made_of() -> None:
    yes = dict.fromkeys(ITEMS[:5], "yes") | dict.fromkeys(ITEMS[5:], "no")
    score = made(JUDGED).score(yes | {"h": "high", "s": "low", "concern": "moderate"})
    why = score.explain()
    rows = {name: (value, made_of) for name, value, made_of in why.results}
    assert rows["overall"] == ("high", "most moderate, h high, s low")
    assert rows["final"] == ("moderate", "overall high, concern moderate")
    assert rows["both"] == ("act", "h high, s low")
    assert rows["most"] == ("moderate", "yeses 5")
    assert rows["yeses"][1].startswith("item_0 1, item_1 1, ")
    text = str(why)
    assert text.splitlines()[0] == "mine"
    assert "total" not in text
    assert "mine_" not in text
    assert "overall high, concern moderate" in why._repr_html_()


def test_an_explanation_beside_a_score_says_what_its_results_are_made_of() -> None:
    mine = made(CARD | {"output": [{"name": "o", "when": "drunk == 0 and n > 2"}]})
    assert mine.score(CASE).explain().results == (("o", "yes", "drunk 0, n 3"),)


def test_a_template_asks_for_ranges_and_says_how_it_is_used() -> None:
    text = template(made(CARD))
    assert "riskbands.load_instrument('mine.toml').with_table('my-mine.toml')" in text
    assert '[coefficients.probability_7yr]\n-99--1 = "?"\n"0+" = "?"' in text
    assert "mine_odd" not in text
    by = {"by": "gender", "probability": {"7yr": {
        "male": {"-99+": "0.1"}, "female": {"-99-99": "0.2"}}}}  # fmt: skip
    mine = made(CARD | {"score": CARD["score"] | by})
    text = template(mine)
    assert '[coefficients.probability_7yr.female]\n-99-99 = "?"' in text
    filled = text.replace('title = ""', 'title = "t"').replace('source = ""', 'source = "s"')
    body = filled.split("\n\n", 1)[1].replace('"?"', '"1"')
    table = rb.CoefficientTable.from_dict(tomllib.loads(body))
    assert mine.with_table(table).score(CASE).percent == {"7yr": 100.0}


def test_pages_are_there_after_one_import() -> None:
    assert rb.pages.page is page
