"""Two forms, sums, categories, percentages that are read, and outputs beside a score.

Expected values are worked by hand; the arithmetic stands beside them.
"""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import riskbands as rb
from riskbands.declare import instrument
from riskbands.pages import page

FOLDER = Path(__file__).parents[2] / "examples" / "instruments"
ORCHARD = rb.load_instrument(FOLDER / "two-forms.toml")
HARVEST = rb.load_instrument(FOLDER / "sum.toml")
HEAD: dict[str, Any] = {"id": "toy", "title": "made up", "source": "made up"}
FIELDS: dict[str, Any] = {
    "a": {"type": "count", "low": 0, "high": 50},
    "b": {"type": "count", "low": 0, "high": 50},
    "yes": {"type": "yes/no"},
    "born": {"type": "date"},
    "seen": {"type": "date"},
}
LOGISTIC = {"link": "logistic", "horizons": ["1yr"], "rounding": "whole"}


def logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def same_in_a_cohort(mine: rb.Predictor, cases: list[dict[str, Any]], **options: Any) -> None:
    """Each case gives what its row in a table gives, in every column."""
    names = dict.fromkeys(name for c in cases for name in c)
    table = {name: [c.get(name) for c in cases] for name in names}
    found = rb.score_cohort(table, [mine], probabilities=True, information=True, **options)
    for n, case in enumerate(cases):
        score = mine.score(case, on_issue="return", **options)
        assert found[f"{mine.id}_issues"][n] == ";".join(map(str, score.issues))
        for h in mine.horizons:
            p = found[f"{mine.id}_{h}_p"][n]
            there = score.ok and score.applies
            assert (p == score.probability[h]) if there else math.isnan(p)
        if score.ok:
            told = ";".join(map(str, score.information))
            assert found[f"{mine.id}_information"][n] == told
            if mine.has_forms:
                assert found[f"{mine.id}_type"][n] == score.form
            if mine.bands is not None:
                assert found[f"{mine.id}_band"][n] == score.band
            for name, value in score.outputs.items():
                assert found[f"{mine.id}_{name}"][n] == value


# -- two forms -----------------------------------------------------------------------------------

BRIEF = {"age": 25, "sanctions": 6}
FULL = {**BRIEF, "alcohol": 2, "temper": 1}


@pytest.mark.parametrize(
    ("case", "form", "kind", "one", "two"),
    [
        # -2 - 0.5 + 1 + 0.75 + 0.5 = -0.25; -1.5 in place of -2: 0.25
        (FULL, "auto", "extended", -0.25, 0.25),
        # -1.5 - 0.5 + 1.25 = -0.75; -1 in place of -1.5: -0.25
        (BRIEF, "auto", "brief", -0.75, -0.25),
        (FULL, "brief", "brief", -0.75, -0.25),
    ],
)
def test_the_form_is_that_of_what_is_answered(
    case: dict[str, Any], form: Any, kind: str, one: float, two: float
) -> None:
    score = ORCHARD.score(case, form=form)
    assert score.form == kind
    assert score.probability["1yr"] == pytest.approx(logistic(one), rel=1e-12)
    assert score.probability["2yr"] == pytest.approx(logistic(two), rel=1e-12)
    assert score.explain("2yr").total == pytest.approx(two, abs=1e-12)
    assert ORCHARD.dynamic_features == ("alcohol", "temper")


def test_what_is_missing_of_the_extended_form() -> None:
    found = ORCHARD.score({**BRIEF, "alcohol": 1})
    assert [str(i) for i in found.information] == ["missing:temper"]
    forced = ORCHARD.score(BRIEF, form="extended", on_issue="return")
    assert [str(i) for i in forced.issues] == ["missing:alcohol", "missing:temper"]
    unread = ORCHARD.score({**FULL, "temper": 7}, on_issue="return")
    assert [str(i) for i in unread.issues] == ["out_of_range:temper"]
    assert not ORCHARD.score({"age": 15, "sanctions": 0}).applies


@pytest.mark.parametrize("form", ["auto", "brief", "extended"])
def test_two_forms_in_a_cohort(form: Any) -> None:
    cases: list[dict[str, Any]] = [
        FULL, BRIEF, {**FULL, "temper": None}, {**FULL, "age": 15}, {**BRIEF, "age": 15},
        {**FULL, "sanctions": None}, {**FULL, "alcohol": "x"}, {**FULL, "sanctions": 0},
        {**BRIEF, "age": 12, "temper": "x"},
    ]  # fmt: skip
    same_in_a_cohort(ORCHARD, cases, form=form)


@pytest.mark.parametrize("form", ["auto", "brief", "extended"])
@pytest.mark.parametrize("gated", [True, False])
def test_two_forms_with_and_without_whom_it_is_for(form: Any, gated: bool) -> None:
    """An instrument for everyone is another kind inside, with the same results."""
    card = {"intercept": "-1", "term": [{"of": "a", "weight": "0.1"}]}
    full = {**card, "term": [*card["term"], {"of": "yes", "weight": "0.7"}]}
    score = {**LOGISTIC, "brief": card, "extended": full}
    mine = instrument({
        **HEAD, "field": FIELDS, "score": score, **({"applies": "b < 9"} if gated else {}),
    })  # fmt: skip
    cases = [{"a": n, "b": 1, "yes": y} for n in (0, 7, None) for y in ("yes", "no", None)]
    same_in_a_cohort(mine, cases, form=form)
    lacking = [str(i) for i in mine.score(cases[8], form=form, on_issue="return").issues]
    assert lacking == ["missing:a", "missing:yes"][: 1 + (form == "extended")]
    if form == "auto":
        assert mine.score(cases[3]).probability["1yr"] == pytest.approx(logistic(0.4))
        assert mine.score(cases[5]).probability["1yr"] == pytest.approx(logistic(-0.3))
        ready = {"a": np.array([7]), "yes": np.array([1])}
        ready |= {f: np.array([1]) for f in mine.features if f not in ready}
        assert mine.score_features(ready).probability["1yr"][0] == pytest.approx(logistic(0.4))


def test_two_forms_of_a_survival_model() -> None:
    card = {"baseline_survival": "0.9", "term": [{"of": "a", "weight": "0.1"}]}
    full = {**card, "centre": "0.5", "term": [*card["term"], {"of": "yes", "weight": "1"}]}
    score = {**LOGISTIC, "link": "survival", "brief": card, "extended": full}
    mine = instrument({**HEAD, "field": FIELDS, "score": score})
    assert mine.score({"a": 10}).probability["1yr"] == pytest.approx(1 - 0.9 ** math.exp(1))
    assert mine.score({"a": 10, "yes": 1}).probability["1yr"] == pytest.approx(
        1 - 0.9 ** math.exp(1.5)
    )
    same_in_a_cohort(mine, [{"a": 10}, {"a": 3, "yes": "no"}, {"a": 3, "yes": "yes"}])


def test_faults_in_a_form_and_in_a_component_have_their_lines() -> None:
    text = (FOLDER / "two-forms.toml").read_text("utf-8")
    lines = text.split("\n")
    place = max(n for n, line in enumerate(lines) if line == 'of = "temper"')
    lines[place] = 'of = "temperr"'
    lines[lines.index("[score.extended]") + 1] = 'intercept = { 1yr = "-2", 3yr = "-1.5" }'
    with pytest.raises(rb.TableError) as caught:
        rb.declare.read_instrument("\n".join(lines), "mine.toml")
    start = lines.index("[score.extended]") + 2
    assert str(caught.value).split("\n")[1:] == [
        f"- line {place + 1}, score.extended.term[4].of: reads 'temperr', which is not declared; "
        "did you mean temper?",
        f"- line {start}, score.extended.intercept.3yr: is no horizon; did you mean 2yr or 1yr?",
        f"- line {start}, score.extended.intercept: says nothing of 2yr",
    ]
    text = (FOLDER / "sum.toml").read_text("utf-8").replace('"3" = "0.125"', '"3" = 0.125')
    text = text.replace('of = "thefts"\npoints', 'of = "thefts"\npoins')
    with pytest.raises(rb.TableError) as caught:
        rb.declare.read_instrument(text, "mine.toml", folder=FOLDER)
    assert str(caught.value).split("\n")[1:] == [
        "- line 34, component.theft.score.probability.2yr.3: must be a number in quotation marks, "
        "so that no digit is lost",
        "- line 38, component.theft.score.term[1].poins: unknown entry; did you mean points?",
        "- line 36, component.theft.score.term[1]: needs points or weight, one of the two",
    ]


# -- sums ----------------------------------------------------------------------------------------

WHOLE = {**FULL, "thefts": 3, "last_theft_violent": "yes"}


def test_a_sum_of_an_instrument_beside_it_and_one_of_its_own() -> None:
    score = HARVEST.score(WHOLE)
    # 56.22 (logistic of 0.25) + 12.5 (2 + 1 points) + 2.5
    assert score.percent == {"2yr": 71.22}
    assert score.probability["2yr"] == pytest.approx(logistic(0.25) + 0.125 + 0.025)
    assert (score.form, score.band.label) == ("extended", "High")  # type: ignore[union-attr]
    assert dict(score.outputs) == {"levels": "some"}
    assert [(c.factor, c.amount) for c in score.explain()] == [
        ("orchard", 56.22), ("harvest_theft", 12.5), ("violence in the last theft", 2.5),
    ]  # fmt: skip
    assert score.components["harvest_theft"].points == 3
    assert {t.id for t in HARVEST.tables} == {"harvest-file", "harvest_theft-file", "orchard-file"}
    again = pickle.loads(pickle.dumps(HARVEST)).score(WHOLE)
    assert again.percent == score.percent
    same_in_a_cohort(HARVEST, [WHOLE, {**WHOLE, "age": 15}, {**WHOLE, "thefts": None},
                               {**WHOLE, "alcohol": None}, {**WHOLE, "thefts": 0}])  # fmt: skip


def test_a_part_that_does_not_apply_adds_nothing_and_one_with_an_issue_withholds() -> None:
    young = instrument({
        **HEAD, "field": FIELDS, "applies": "b < 9",
        "component": {
            "one": {"title": "one", "applies": "yes", "score": {
                **LOGISTIC, "intercept": "0", "term": [{"of": "a", "weight": "0"}]}},
            "two": {"title": "two", "score": {
                **LOGISTIC, "rounding": "hundredths", "intercept": "-2",
                "term": [{"of": "b", "weight": "0"}]}},
        },
        "score": {**LOGISTIC, "link": "sum", "rounding": "hundredths", "of": ["one", "two"],
                  "bands": {"Low": 0, "High": 20}, "reduction": ["a > 5", "yes"]},
    })  # fmt: skip
    # logistic(0) = 50 %, logistic(-2) = 11.92 %
    both = young.score({"a": 1, "b": 1, "yes": "yes"})
    assert (both.percent["1yr"], both.band.label, both.reduced) == (61.92, "High", False)  # type: ignore[union-attr]
    lowered = young.score({"a": 6, "b": 1, "yes": "yes"})
    assert (lowered.percent["1yr"], lowered.band.label) == (61.92, "Low")  # type: ignore[union-attr]
    assert lowered.reduced
    assert young.score({"a": 1, "b": 1, "yes": "no"}).percent["1yr"] == 11.92
    lacking = young.score({"a": 1, "b": 1}, on_issue="return")
    assert [str(i) for i in lacking.issues] == ["missing:yes"]
    nobody = young.score({"b": 9})
    assert not nobody.applies
    assert (nobody.percent, nobody.probability) == ({}, {})
    assert nobody.explain().contributions == ()
    same_in_a_cohort(young, [{"a": a, "b": b, "yes": y} for a in (1, 6, None) for b in (1, 9, None)
                             for y in ("yes", "no", None)])  # fmt: skip


def test_the_sum_of_the_built_in_components_of_rsr() -> None:
    of = ["snsv", "osp_dc", "osp_iic"]
    score = {"link": "sum", "of": of, "horizons": "2yr", "rounding": "hundredths_below_100"}
    mine = instrument({**HEAD, "score": score})
    case = {
        "sex": "male", "date_of_birth": "1990-05-01", "conviction_date": "2023-06-01",
        "assessment_date": "2024-01-16", "offence_code": "00801", "sanctions": 4,
        "violent_sanctions": 2, "first_sanction_age": 17, "sexual_offence_history": "no",
        "supervision_status": "community",
    }  # fmt: skip
    assert mine.score(case).percent == rb.rsr.score(case).percent
    assert [t.id for t in mine.tables] == ["toy-file", *(t.id for t in rb.rsr.tables)]


def test_a_sum_with_other_numbers_of_its_own_or_of_a_part() -> None:
    own = HARVEST.with_table(HARVEST.table.replace({"added.violence_in_the_last_theft": "0.05"}))
    assert own.score(WHOLE).percent == {"2yr": 73.72}
    orchard = HARVEST.components[0]
    changed = HARVEST.with_table(orchard.table.replace({"extended.alcohol": ["0", "0", "0.5"]}))
    # logistic(0) = 50 % in place of logistic(0.25) = 56.22 %
    assert changed.score(WHOLE).percent == {"2yr": 65}
    score = {"link": "sum", "of": ["snsv"], "horizons": "2yr", "rounding": "hundredths",
             "add": [{"when": "sanctions > 3", "probability": "0.1"}]}  # fmt: skip
    mine = instrument({**HEAD, "score": score})
    for p in (own, changed, mine.with_table(mine.table.replace({"added.sanctions_3": "0.2"}))):
        with pytest.raises(rb.TableError, match="changed after it was read"):
            p.to_toml()
    assert instrument({**HEAD, "score": score}).to_toml() == mine.to_toml()


def test_a_part_in_another_file_has_its_part_in_the_digest(tmp_path: Path) -> None:
    for name in ("two-forms.toml", "sum.toml"):
        (tmp_path / name).write_text((FOLDER / name).read_text("utf-8"), "utf-8")
    assert rb.load_instrument(tmp_path / "sum.toml").table == HARVEST.table
    part = tmp_path / "two-forms.toml"
    part.write_text(part.read_text("utf-8").replace('1yr = "-1.5"', '1yr = "-1.6"'), "utf-8")
    assert rb.load_instrument(tmp_path / "sum.toml").table.digest != HARVEST.table.digest


def test_parts_with_whole_percents_in_a_sum_of_hundredths_and_the_limit() -> None:
    part = {"title": "p", "score": {**LOGISTIC, "intercept": "2", "term": [
        {"of": "a", "weight": "0"}]}}  # fmt: skip
    whole = {**HEAD, "field": FIELDS, "component": {"one": part, "two": part}}
    score = {**LOGISTIC, "link": "sum", "of": ["one", "two"]}
    # logistic(2) = 88 % each: a sum ends where its rounding does
    for rounding, most in (("whole", 100), ("whole_1_to_99", 99), ("whole_after_five", 99)):
        ended = instrument({**whole, "score": {**score, "rounding": rounding}})
        assert ended.score({"a": 1}).percent["1yr"] == most
    fine = instrument({**whole, "score": {**score, "rounding": "hundredths_below_100"}})
    found = fine.score({"a": 1})
    assert found.percent["1yr"] == 99.99
    assert [round(c.amount, 2) for c in found.explain()] == [88.0, 88.0, -76.01]
    same_in_a_cohort(fine, [{"a": n} for n in range(3)])


# -- categories, percentages that are read, ways ---------------------------------------------------

CATEGORY: dict[str, Any] = {
    "rule": "first_that_holds", "cases": {"many": "a > 5", "some": "a > 0 and yes"},
    "otherwise": "none", "order": ["none", "some", "many"],
}  # fmt: skip


def test_a_probability_and_a_band_for_each_category() -> None:
    score = {
        "link": "category", "of": "kind", "horizons": "2yr", "rounding": "hundredths",
        "probability": {"2yr": {"none": "0.01", "some": "0.05", "many": "0.255"}},
        "band": {"none": "Low", "some": "Low", "many": "High"}, "bands": ["Low", "High"],
    }  # fmt: skip
    mine = instrument({**HEAD, "field": FIELDS, "derived": {"kind": CATEGORY}, "score": score})
    found = [mine.score({"a": a, "yes": y}) for a, y in ((0, 1), (3, 1), (3, 0), (6, 0))]
    assert [s.percent["2yr"] for s in found] == [1, 5, 1, 25.5]
    assert [str(s.band) for s in found] == ["Low", "Low", "Low", "High"]
    same_in_a_cohort(mine, [{"a": a, "yes": y} for a in (0, 3, 6, None) for y in (0, 1, None)])
    edges = {**score, "bands": {"Low": 0, "High": 5}}
    del edges["band"]
    mine = instrument({**HEAD, "field": FIELDS, "derived": {"kind": CATEGORY}, "score": edges})
    assert str(mine.score({"a": 1, "yes": 1}).band) == "High"


@pytest.mark.parametrize("link", ["points", "points_logistic"])
def test_a_term_that_reads_the_percentage_of_another_instrument(link: str) -> None:
    linked = {} if link == "points" else {
        "horizons": "1yr", "rounding": "whole", "intercept": "-3", "slope": "0.05"}  # fmt: skip
    mine = instrument({
        **HEAD, "field": FIELDS, "applies": "b < 40",
        "reads": {"before": {"predictor": "ogrs3", "horizon": "2yr"}},
        "score": {"link": link, **linked, "term": [
            {"of": "before", "name": "OGRS3", "kind": "rounded_sum", "points": "0.1"},
            {"of": "a", "points": 1}]},
    })  # fmt: skip
    case = {
        "sex": "male", "date_of_birth": "1990-05-01", "conviction_date": "2023-06-01",
        "assessment_date": "2024-01-16", "offence_code": "00801", "sanctions": 4,
        "first_sanction_age": 17, "a": 30, "b": 1,
    }  # fmt: skip
    own = {k: v for k, v in case.items() if k not in ("a", "b")}
    percent = rb.ogrs3.score(own).percent["2yr"]
    score = mine.score(case)
    assert score.points == math.floor(percent / 10 + 0.5) + 30
    assert score.components["ogrs3"].percent["2yr"] == percent
    rows = [case, {**case, "sanctions": None}, {**case, "sanctions": None, "b": 45}]
    table: dict[str, list[Any]] = {name: [r[name] for r in rows] for name in case}
    found = rb.score_cohort(table, [mine])
    assert list(found["toy_issues"]) == ["", "missing:sanctions", ""]
    assert mine.score(rows[2]).applies is False


def test_the_first_of_several_ways_that_is_known() -> None:
    rule = {
        "rule": "first_known", "blame": 2, "high": 120,
        "way": [{"formula": "completed_years(born, seen)"}, {"formula": "a", "when": "a < 50"}],
    }  # fmt: skip
    mine = instrument({
        **HEAD, "field": FIELDS, "derived": {"age": rule, "older": {
            "rule": "first_known", "way": [{"formula": "age > 30"}, {"formula": "yes == 'yes'"}]}},
        "output": [{"name": "years", "of": "age"}, {"name": "flag", "of": "older"}],
    })  # fmt: skip
    dated = {"born": "2000-02-29", "seen": "2020-02-28"}
    assert dict(mine.score({**dated, "a": 3}).outputs) == {"years": 19, "flag": False}
    assert dict(mine.score({"a": 31}).outputs) == {"years": 31, "flag": True}
    assert [str(i) for i in mine.score({}, on_issue="return").issues][:1] == ["missing:a"]
    none = mine.score({"a": 50, "yes": 1}, on_issue="return")
    assert [str(i) for i in none.issues] == ["age_no_way:a"]
    # a date that cannot be read withholds, also by way of the age: it does not count as missing
    found = mine.score({"born": "yesterday", "seen": "2020-01-01", "a": 3, "yes": "yes"},
                       on_issue="return")  # fmt: skip
    assert "malformed:born" in [str(i) for i in found.issues]
    assert found.outputs["flag"] is None
    same_in_a_cohort(mine, [{**dated, "a": None}, {"a": 31}, {}, {"a": 50, "yes": 1},
                            {"born": "yesterday", "a": 3, "yes": "yes"}])  # fmt: skip


# -- outputs beside a score ----------------------------------------------------------------------

OUTPUTS = [
    {"name": "cut", "when": "a > 3"},
    {"name": "sum", "term": [{"of": "b", "points": {"0-9": 0, "10+": 2}}]},
]


@pytest.mark.parametrize("link", ["points", "logistic", "survival", "points_table"])
def test_named_results_beside_a_score(link: str) -> None:
    term: list[dict[str, Any]] = [{"of": "a", "points": 1}] if link.startswith("points") else [
        {"of": "a", "weight": "0.1"}]  # fmt: skip
    numbers: dict[str, dict[str, Any]] = {
        "points": {}, "logistic": {"intercept": 0}, "survival": {"baseline_survival": "0.5"},
        "points_table": {"probability": {"1yr": {"0-3": "0.1", "4-50": "0.2"}}},
    }  # fmt: skip
    more = numbers[link]
    if link != "points":
        more |= {"horizons": "1yr", "rounding": "whole"}
    mine = instrument({
        **HEAD, "field": FIELDS, "score": {"link": link, "term": term, **more}, "output": OUTPUTS,
    })  # fmt: skip
    assert dict(mine.score({"a": 4, "b": 10}).outputs) == {"cut": True, "sum": 2}
    # an answer that any of them needs is needed for the whole
    lacking = mine.score({"a": 4}, on_issue="return")
    assert [str(i) for i in lacking.issues] == ["missing:b"]
    same_in_a_cohort(mine, [{"a": a, "b": b} for a in (3, 4, None) for b in (9, 10, None)])
    text = page(mine)
    assert "## cut" in text
    assert "## Numbers" in text
    if link == "points":
        assert mine.score({"a": 4, "b": 10}).points == 4
        assert "toy_cut" in mine.to_sql(source="cases")


# -- faults --------------------------------------------------------------------------------------

CARD = {"intercept": "0", "term": [{"of": "a", "weight": "1"}]}
PART = {"title": "p", "score": {**LOGISTIC, **CARD}}
TERM = [{"of": "a", "points": 1}]
SUM = {**LOGISTIC, "link": "sum"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"score": {**LOGISTIC, "brief": CARD}},
         "score.brief: stands alone: write [score.brief] and [score.extended]"),
        ({"score": {**LOGISTIC, "brief": CARD, "extended": CARD, "term": TERM}},
         "score.term: belongs to [score.brief] and [score.extended]"),
        ({"score": {**LOGISTIC, "brief": CARD, "extended": {"term": CARD["term"]}}},
         "score.extended: intercept is missing"),
        ({"score": {**LOGISTIC, "brief": CARD, "extended": {**CARD, "trem": []}}},
         "score.extended.trem: unknown entry; did you mean term or centre?"),
        ({"score": {"link": "points", "brief": CARD, "extended": CARD}},
         "score.brief: belongs to the link logistic or survival"),
        ({"score": {**LOGISTIC, **CARD, "section": "x"}}, "it stands beside table"),
        ({"score": {**SUM, "of": ["two", "snsw"]}},
         "score.of[2]: is no instrument: name one of [component], a built-in one or a file; "
         "did you mean snsv"),
        ({"score": {**SUM, "of": ["yogrs"]}}, "score.of[1]: yogrs has no public numbers"),
        ({"score": {**SUM, "of": ["two", "asset"]}}, "asset has no percentage that could be added"),
        ({"score": {**SUM, "of": ["two", "csrp"]}},
         "score.of[2]: csrp has no percentage of 1yr; it has 2yr"),
        ({"score": {**SUM, "of": ["two", "two"]}}, "is the id of another instrument of this sum"),
        ({"score": {**SUM, "of": ["two", "ogrs4g"]}}, "give the sum the rounding hundredths"),
        ({"score": {**SUM, "of": []}}, "score.of: names no instrument"),
        ({"output": [{"name": "o", "of": "points"}]}, "an [[output]] with terms of its own"),
        ({"score": {"link": "points", "term": [{"of": ["a", "b"], "points": 1}]}},
         "score.term[1].of: reads one field or feature: write a term for each"),
        ({"score": {**LOGISTIC, "link": "cox", **CARD}}, "score.link: is not known; did you mean "
         "survival?"),
        ({"example": {"c": 1}}, "example.c: is no field that the instrument reads"),
        ({"score": {"link": "points", "term": [{"of": "a", "kind": "log", "points": 1}]}},
         "a can be 0 or less, which has no logarithm"),
        ({"applies": "yes = a"}, "equality is =="),
        ({"score": {**SUM, "of": ["two"], "term": TERM}}, "score.term: belongs to the link points"),
        ({"score": {**SUM, "of": ["two"], "add": [{"of": "a", "probability": "0.1"}]}},
         "score.add[1].of: a is no yes/no: write a condition in when"),
        ({"score": {**SUM, "of": ["two"], "add": [{"when": "a > 1", "probability": "1.5"}]}},
         "must lie between 0 and 1"),
        ({"score": {**SUM, "of": ["other.toml"]}}, "there is no folder to look in: give folder="),
        ({"score": {**SUM, "of": ["two"]}, "component": {"two": PART, "three": PART}},
         "component.three: is a part of no sum: name it in [score] of"),
        ({"score": {**SUM, "of": ["two"]}, "component": {"two": {"title": "p", "score": SUM}}},
         "component.two.score.link: is a sum of its own: write it in a file of its own"),
        ({"score": {**SUM, "of": ["two"]}, "component": {"two": {**PART, "field": {}}}},
         "component.two.field: unknown entry"),
        ({"score": {**LOGISTIC, "link": "category", "of": "yes",
                    "probability": {"1yr": {"no": "0.1", "maybe": "0.2"}}}},
         "score.probability.1yr.maybe: unknown entry; known: no, yes"),
        ({"score": {**LOGISTIC, "link": "category", "of": "yes", "bands": ["Low", "High"],
                    "probability": {"1yr": {"no": "0.1", "yes": "0.2"}}}},
         "score: band is missing: the band of each category, by name"),
        ({"score": {**LOGISTIC, **CARD, "bands": ["Low", "High"]}},
         "score.bands: has names and no edges, which belongs to the link category"),
        ({"reads": {"x": {"predictor": "ogrs3", "horizon": "3yr"}}},
         "reads.x.horizon: is not known; did you mean 2yr or 1yr?"),
        ({"reads": {"x": {"predictor": "ogrs3", "horizon": "2yr"}}}, "belongs to a link of points"),
        ({"reads": {"x": {"predictor": "ogrs3", "horizon": "2yr"}}, "derived": {
            "y": {"rule": "capped", "of": "x", "at": 3}}},
         "derived.y.of[1]: reads x, the percentage of another instrument: only a term of a score"),
        ({"score": {"link": "points", "term": [{"of": "ogrs3_2yr", "points": 1}]}},
         "declare it in [reads.ogrs3_2yr]"),
        ({"output": [{"name": "1yr", "of": "a"}, {"name": "points", "of": "a"}]},
         "output[2].name: points is a column of the score beside it"),
        ({"derived": {"y": {"rule": "first_known", "way": [{"formula": "a", "wen": "b"}]}}},
         "derived.y.way[1].wen: unknown entry; did you mean when?"),
        ({"derived": {"y": {"rule": "first_that_holds", "cases": {"x": "a > 1"},
                            "otherwise": "z", "order": ["z", "v"]}}},
         "derived.y.order: must list each category once"),
        ({"score": {"link": "points", "term": [{"name": "t", "points": 1,
            "when": "completed_years(a, born) > 3"}]}},
         "has completed_years of something else than two dates"),
    ],
)  # fmt: skip
def test_faults_say_what_to_write(change: dict[str, Any], expected: str) -> None:
    start = {**HEAD, "field": FIELDS, "score": {**LOGISTIC, **CARD}}
    if "component" not in change and change.get("score", {}).get("link") == "sum":
        start["component"] = {"two": PART}
    with pytest.raises(rb.TableError) as caught:
        instrument({**start, **change})
    assert expected in str(caught.value)
