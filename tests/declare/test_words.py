"""Each word of a file, on the smallest instrument that uses it; expected values worked by hand."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import riskbands as rb
from riskbands.declare import instrument, read_instrument

FIELDS: dict[str, Any] = {
    "a": {"type": "count", "low": 0, "high": 200},
    "b": {"type": "count", "low": 0, "high": 200},
    "yes": {"type": "yes/no"},
    "no": {"type": "yes/no", "when_missing": "no"},
    "item": {"type": "level"},
    "kind": {"type": "choice", "choices": ["red", "green", "blue"], "words": {"R": "red"}},
    "start": {"type": "date"},
    "end": {"type": "date"},
}
HEAD: dict[str, Any] = {"id": "toy", "title": "made up", "source": "made up", "field": FIELDS}


def derived(**rule: Any) -> rb.Predictor:
    return instrument({**HEAD, "derived": {"x": rule}, "output": [{"name": "x_out", "of": "x"}]})


def both_ways(mine: rb.Predictor, case: dict[str, Any]) -> Any:
    """The only result of a case, which a cohort must have as well."""
    (name,) = (r.name for r in mine.results)
    one = mine.score(case).outputs[name]
    many = rb.score_cohort({k: [v, v] for k, v in case.items()}, [mine])[f"{mine.id}_{name}"]
    assert list(many) == [one, one]
    return one


@pytest.mark.parametrize(
    ("rule", "case", "expected"),
    [
        ({"rule": "completed_years", "from": "start", "to": "end"},
         {"start": "2000-02-29", "end": "2018-02-28"}, 17),
        ({"rule": "completed_months", "from": "start", "to": "end"},
         {"start": "2020-01-15", "end": "2021-03-14"}, 13),
        ({"rule": "sum", "of": ["a", "b"]}, {"a": 200, "b": 100}, 300),
        ({"rule": "difference", "of": ["a", "b"]}, {"a": 1, "b": 200}, -199),
        ({"rule": "capped", "of": "a", "at": 5}, {"a": 9}, 5),
        ({"rule": "steps", "of": "a", "steps": {"0-2": -3, "3+": 300}}, {"a": 3}, 300),
        ({"rule": "steps", "of": "a", "steps": {"0-2": -3, "3+": 300}}, {"a": 2}, -3),
        ({"rule": "how_many_yes", "of": ["yes", "no"]}, {"yes": "y"}, 1),
        ({"rule": "category", "of": "a", "groups": {"few": ["0-2", "9"], "many": ["3-8", "10+"]}},
         {"a": 9}, "few"),
        ({"rule": "category", "of": "kind", "groups": {"warm": "red", "cold": ["green", "blue"]}},
         {"kind": "blue"}, "cold"),
        ({"rule": "condition", "when": "a > 100 and not (kind in ('green', 'blue'))"},
         {"a": 101, "kind": "R"}, True),
        ({"rule": "condition", "when": "0 < a <= 2 or yes"}, {"a": 3, "yes": False}, False),
        ({"rule": "condition", "when": "start < end"},
         {"start": "2020-01-02", "end": "2020-01-02"}, False),
        ({"rule": "formula", "formula": "50 * a - max(a, b) + min(2, b)"},
         {"a": 200, "b": 1}, 9_801),
        ({"rule": "formula", "formula": "-a + (kind == 'red') * 3"}, {"a": 4, "kind": "red"}, -1),
        ({"rule": "sum", "of": ["a", "b", "item"], "at_least": 2, "missing_counts": 1},
         {"a": 7, "item": 2}, 10),
    ],
)  # fmt: skip
def test_named_rules(rule: dict[str, Any], case: dict[str, Any], expected: Any) -> None:
    assert both_ways(derived(**rule), case) == expected


def test_too_few_answers_are_an_issue_that_names_the_fields() -> None:
    rule = {"rule": "sum", "of": ["a", "b", "item"], "at_least": 2, "missing_counts": 0}
    mine = derived(**rule)
    score = mine.score({"a": 1}, on_issue="return")
    assert [str(i) for i in score.issues] == ["x_not_enough_answers:a,b,item"]
    found = rb.score_cohort({"a": [1, 2], "b": [None, 3]}, [mine])
    assert list(found["toy_issues"]) == ["x_not_enough_answers:a,b,item", ""]


TERMS = [
    {"of": "a", "points": {"0-4": -2, "5+": 3}},
    {"of": "kind", "points": {"red": 1, "green": 0, "blue": -4}},
    {"of": "item", "points": [0, 2, 5]},
    {"name": "both", "when": "yes and b > 1", "points": 2},
    {"name": "many", "when": {"b": "10+", "kind": "red"}, "points": 7},
]
CASE = {"a": 4, "b": 12, "kind": "red", "item": 2, "yes": "yes"}


def test_points_below_0_and_their_bands() -> None:
    score = {"link": "points", "term": TERMS, "bands": {"Low": "-6", "Middle": 0, "High": 8}}
    mine = instrument({**HEAD, "score": score})
    # -2 + 1 + 5 + 2 + 7 = 13; -2 - 4 + 0 + 0 + 0 = -6; 3 + 0 + 0 + 0 + 0 = 3
    cases = [CASE, {**CASE, "kind": "blue", "item": 0, "yes": "no"},
             {**CASE, "a": 5, "kind": "green", "item": 0, "yes": "no"}]  # fmt: skip
    found = [mine.score(c) for c in cases]
    assert [(s.points, s.band.label) for s in found] == [(13, "High"), (-6, "Low"), (3, "Middle")]  # type: ignore[union-attr]
    columns = {k: [c[k] for c in cases] for k in CASE}
    scored = rb.score_cohort(columns, [mine])
    assert scored["toy_points"].tolist() == [13, -6, 3]
    assert [str(b) for b in scored["toy_band"]] == [str(s.band) for s in found]
    assert sum(c.amount for c in found[0].explain()) == 13


def test_a_probability_for_each_number_of_points_by_category() -> None:
    score = {
        "link": "points_table", "horizons": ["2yr"], "rounding": "hundredths", "by": "kind",
        "term": [{"of": "a", "points": {"0-9": -1, "10+": 1}}],
        "probability": {"2yr": {
            "red": {"-1": "0.1", "0-1": "0.25"}, "green": {"-1": "0.2", "0-1": "0.3"},
            "blue": {"-1-1": "0.5"},
        }},
    }  # fmt: skip
    mine = instrument({**HEAD, "score": score})
    cases = [(0, "red", 10.0), (10, "red", 25.0), (0, "green", 20.0), (99, "blue", 50.0)]
    for a, kind, percent in cases:
        assert mine.score({"a": a, "kind": kind}).percent["2yr"] == percent
    columns = {"a": [c[0] for c in cases], "kind": [c[1] for c in cases]}
    assert rb.score_cohort(columns, [mine])["toy_2yr"].tolist() == [c[2] for c in cases]


def logistic(**more: Any) -> dict[str, Any]:
    terms = [
        {"of": "a", "kind": "polynomial", "weight": ["0.1", "-0.001"]},
        {"of": "b", "by": "kind", "weight": {"red": "0.5", "green": "0", "blue": "-0.25"}},
        {"name": "rate", "count": "a", "years": "b", "offset": "1.5", "weight": "0.75"},
    ]
    score = {
        "link": "logistic", "horizons": ["1yr", "2yr"], "rounding": "hundredths",
        "intercept": {"1yr": "-1.5", "2yr": "-1"}, "term": terms,
    }  # fmt: skip
    return {**HEAD, "score": score, **more}


def test_a_logistic_link_with_and_without_applicability() -> None:
    case = {"a": 3, "b": 2, "kind": "blue", "yes": "yes"}
    log_odds = -1 + 0.3 - 0.009 - 0.5 + 0.75 * math.log(3 / 3.5)
    plain, gated = instrument(logistic()), instrument(logistic(applies="yes and a > 0"))
    for mine in (plain, gated):
        p = mine.score(case).probability["2yr"]
        assert p == pytest.approx(1 / (1 + math.exp(-log_odds)), rel=1e-12)
        columns = {k: [v] * 3 for k, v in case.items()}
        assert rb.score_cohort(columns, [mine], probabilities=True)["toy_2yr_p"].tolist() == [p] * 3
    elsewhere = gated.score({"yes": "no"})
    assert elsewhere.ok
    assert not elsewhere.applies
    columns = {"a": [3, 0, 3, None], "b": [2, 2, 2, 2], "kind": ["blue"] * 4, "yes": [1, 1, 0, 0]}
    scored = rb.score_cohort(columns, [gated])
    assert list(scored["toy_issues"]) == [""] * 4
    assert scored["toy_2yr"][0] == gated.score(case).percent["2yr"]


def test_points_with_a_logistic_link_and_a_reduction() -> None:
    score = {
        "link": "points_logistic", "horizons": ["2yr"], "rounding": "hundredths",
        "intercept": "-2", "slope": "0.1", "term": [{"of": "a", "points": 1}],
        "bands": {"Low": 0, "High": 50}, "reduction": ["yes", "b > 3"],
    }  # fmt: skip
    mine = instrument({**HEAD, "score": score})
    high = {"a": 30, "yes": "no", "b": 9}  # -2 + 3 = 1: 73.11 %
    assert (mine.score(high).percent["2yr"], str(mine.score(high).band)) == (73.11, "High")
    assert str(mine.score({**high, "yes": "yes"}).band) == "Low"
    assert str(mine.score({**high, "a": 10, "yes": "yes"}).band) == "Low"


def test_points_are_banded_beside_a_probability() -> None:
    score = {
        "link": "points_table", "horizons": "1yr", "rounding": "whole", "banded": "points",
        "term": [{"of": "yes", "points": {"no": -2, "yes": 5}}],
        "probability": {"1yr": {"-2-0": "0.02", "1-5": "0.4"}}, "bands": {"Low": -2, "High": 5},
    }  # fmt: skip
    mine = instrument({**HEAD, "score": score})
    found = mine.score({"yes": "yes"})
    assert (found.points, found.percent["1yr"], str(found.band)) == (5, 40, "High")
    assert str(mine.score({"yes": "no"}).band) == "Low"


def test_sums_products_higher_lower_and_matrix_of_outputs() -> None:
    levels = {"Low": "0-4", "High": "5+"}
    mine = instrument({
        **HEAD,
        "output": [
            {"name": "p", "term": [{"of": "a", "points": {"0-9": 2, "10+": 6}}], "levels": levels},
            {"name": "q", "term": [{"of": "b", "points": {"0-9": 3, "10+": 5}}], "levels": levels},
            {"name": "top", "of": ["p", "q"], "combine": "higher"},
            {"name": "least", "of": ["p", "q"], "combine": "lower"},
            {"name": "grid", "of": ["p", "q"], "combine": "matrix",
             "levels": ["one", "two", "three"],
             "matrix": {"Low": {"Low": "one", "High": "two"},
                        "High": {"Low": "two", "High": "three"}}},
            {"name": "both", "of": ["a", "b"], "combine": "sum"},
            {"name": "times", "of": ["item", "b"], "combine": "product", "flag": "5+"},
        ],
    })  # fmt: skip
    found = mine.score({"a": 10, "b": 2, "item": 2}).outputs
    assert dict(found) == {
        "p": "High", "q": "Low", "top": "High", "least": "Low", "grid": "two", "both": 12,
        "times": False,
    }  # fmt: skip
    assert mine.score({"a": 10, "b": 10, "item": 1}).outputs["grid"] == "three"


def test_whom_a_caution_concerns() -> None:
    mine = instrument({
        **HEAD, "score": {"link": "points", "term": [{"of": "a", "points": 1}]},
        "caution": [{"text": "For all."}, {"text": "For red.", "when": "kind == 'red'"},
                    {"text": "Undated.", "when": "start == -1"}],
    })  # fmt: skip
    assert mine.score({"a": 1, "kind": "red"}).cautions == ("For all.", "For red.", "Undated.")
    assert mine.score({"a": 1, "start": "2020-01-01"}).cautions == ("For all.",)


def test_the_tutorial_has_the_file_of_the_examples() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "tutorial-your-own-instrument.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    head, rest = blocks[0].split("\n\n", 1)
    text = "\n".join([head, blocks[2], rest, blocks[1], blocks[3]])
    built = read_instrument(text)
    file = rb.load_instrument(root / "examples" / "instruments" / "pier.toml")
    case = {"age": 19, "pending_charge": "yes", "failures": 1}
    assert built.score(case).outputs == file.score(case).outputs
    assert built.table.digest == file.table.digest
    lines = [n for n in text.split("\n") if n]
    own = (root / "examples" / "instruments" / "pier.toml").read_text("utf-8").split("\n")
    assert lines == [n for n in own if n and not n.startswith("#")]


def test_features_of_a_cohort_in_narrow_columns_do_not_overflow() -> None:
    mine = derived(rule="formula", formula="a + a + b + b")
    columns = {"a": np.array([100, 120], np.int8), "b": np.array([200, 100], np.uint8)}
    assert rb.score_cohort(columns, [mine])["toy_x_out"].tolist() == [600, 440]


def test_other_numbers_by_a_table_and_other_bands() -> None:
    mine = instrument(logistic())
    other = mine.with_table(mine.table.replace({"intercept_2yr": "0"}))
    assert other.table.modified
    assert other.declaration == ""
    with pytest.raises(rb.TableError, match="changed after it was read"):
        other.to_toml()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"tittle": "x"}, "tittle: unknown entry; did you mean title"),
        ({"id": "Toy 1"}, "id: must be a word"),
        ({"field": {"a": {"type": "yesno"}}}, "field.a.type: is not known; did you mean yes/no"),
        ({"field": {"a": {"type": "count", "low": 3, "high": 1}}}, "low 3 is above high 1"),
        ({"output": [{"name": "o", "when": "a >"}]}, "when: cannot be read as a condition"),
        ({"output": [{"name": "o", "when": "aa > 1"}]}, "reads 'aa', which is not declared"),
        ({"output": [{"name": "o", "when": "kind == 'rde'"}]}, "did you mean red"),
        ({"output": [{"name": "o", "when": "__import__('os')"}]}, "no condition may"),
        ({"output": [{"name": "o", "when": "a.real > 1"}]}, "holds a dot"),
        ({"output": [{"name": "o", "when": "a ** 9 > 1"}]}, "only +, - and * are known"),
        ({"output": [{"name": "o", "term": [{"of": "a", "points": {"0-5": 1}}]}]},
         "exactly one range for each of 6 to 200"),
        ({"output": [{"name": "o", "term": [{"of": "a", "points": 0.5}]}]}, "in quotation marks"),
        ({"output": [{"name": "o", "term": [{"of": "a", "points": "0.5"}]}]}, "not whole"),
        ({"output": [{"name": "o", "of": "o"}]}, "comes from itself"),
        ({"output": [{"name": "o", "term": [
            {"name": "t", "kind": "rounded_sum", "of": ["a", "b", "c", "d"], "points": 1}]}]},
         "which is not declared"),
        ({"output": None}, "needs [score] (one score), [[output]] (named results) or both"),
        ({"output": None, "score": {"link": "points", "term": [{"of": "a", "points": 1}],
                                    "bands": {"Low": 1}}}, "0 points can be reached and are in no"),
        ({"output": None, "score": {"link": "points", "term": [{"of": "a", "points": 1}],
                                    "bands": "ogrs3-2yr"}},
         "bands percent, and there are none here"),
        ({"output": None, "score": {"link": "points", "term": [{"of": "a", "points": 1}],
                                    "bands": "osp-dc-points"}}, "osp-dc-points"),
        ({"applies": "a"}, "applies: is a number, not a condition"),
    ],
)  # fmt: skip
def test_faults_are_named_with_their_place(change: dict[str, Any], expected: str) -> None:
    start = {**HEAD, "output": [{"name": "o", "of": "a"}]}
    with pytest.raises(rb.TableError, match=re.escape(expected)):
        instrument({k: v for k, v in {**start, **change}.items() if v is not None})


def test_all_faults_come_at_once_with_their_lines() -> None:
    text = (
        'id = "toy"\ntitle = "t"\nsource = """s\n[x]\ny"""\n\n[field.a]\ntype = "cuont"\n\n'
        '[field."b"]\ntype = "yes/no"\nmeening = ""\n\n[[output]]\nname = "o"\nof = "b"\n\n'
        '[[output]]\nname = "p"\n[[output.term]]\nof = "b"\npoints = 1\n[[output.term]]\nof = "c"\n'
        "points = 1\n"
    )
    with pytest.raises(rb.TableError) as caught:
        read_instrument(text, "mine.toml")
    assert str(caught.value).split("\n") == [
        "mine.toml is not an instrument; 3 faults:",
        "- line 8, field.a.type: is not known; did you mean count?",
        "- line 12, field.b.meening: unknown entry; did you mean meaning?",
        "- line 24, output[2].term[2].of: reads 'c', which is not declared; "
        + str(caught.value).split("not declared; ")[1],
    ]


@pytest.mark.parametrize(
    "words",
    [
        {"Y": "yes", "y": "no"}, {"a b": "yes", "a_b": "no"}, {" j ": "yes", "j": "no"},
        {"1": "yes", "1.0": "no"}, {"01": "no", "1": "yes"}, {"true": "no", "1": "yes"},
    ],
)  # fmt: skip
def test_one_word_has_one_answer(words: dict[str, str]) -> None:
    """Which of the two counted depended on the door."""

    def declared(words: dict[str, str]) -> rb.Predictor:
        field = {"type": "choice", "choices": ["yes", "no"], "words": words}
        term = {"of": "k", "points": {"yes": 1, "no": 0}}
        score = {"link": "points", "bands": {"Low": 0}, "term": [term]}
        return rb.declare.instrument(
            {"id": "toy", "title": "t", "source": "s", "field": {"k": field}, "score": score}
        )

    with pytest.raises(rb.TableError, match="is an answer of k already, and cannot be another"):
        declared(words)
    alike = declared(dict.fromkeys(words, "yes"))
    assert all(alike.score({"k": word}).points == 1 for word in words)
