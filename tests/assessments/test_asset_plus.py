"""AssetPlus: who is a child, judgements, indicative levels by a rule, sign-off, JSON."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import BANDS, CHILD, TABLE, YOGRS, child

import riskbands as rb
from riskbands.assessments import (
    INTERVENTION,
    LIKELIHOOD,
    ROSH,
    FutureBehaviour,
    Judgement,
    RuleTable,
    rule_table,
)
from riskbands.assessments.asset_plus import JUDGEMENTS

if TYPE_CHECKING:
    from pathlib import Path

BEHAVIOUR = {
    "what": "<b>a fight</b>",
    "to_whom": "peers",
    "when": "after school",
    "imminence": "within weeks",
    "likelihood": "likely",
    "impact": "injury",
}
BUILT_IN = (resources.files("riskbands") / "data/rules/scaled-approach.toml").read_text("utf-8")


def judged(**levels: str) -> rb.AssetPlusAssessment:
    case = child()
    for about, level in levels.items():
        case = case.judge(about, level, by="worker-4", at="2024-01-16")
    return case


# -------------------------------------------------------------------------------- who is a child


@pytest.mark.parametrize(
    ("born", "end", "taken"),
    [
        ("2014-01-17", None, False),  # 9, and 10 tomorrow
        ("2014-01-16", None, True),  # 10 today
        ("2013-01-16", None, True),  # 11
        ("2006-01-17", None, True),  # 17, and 18 tomorrow
        ("2006-01-16", None, False),  # 18 today
        ("2006-01-16", "2024-01-15", False),
        ("2006-01-16", "2024-01-16", True),
        ("2005-01-17", "2024-06-01", True),
        ("2005-01-16", "2024-06-01", False),  # 19
    ],
)
def test_children_are_ten_to_seventeen_and_eighteen_while_an_order_runs(
    born: str, end: str | None, taken: bool
) -> None:
    data = {"date_of_birth": born, "assessment_date": "2024-01-16", "order_end_date": end}
    if taken:
        assert rb.AssetPlusAssessment.from_dict(data).faults == ()
        return
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.AssetPlusAssessment.from_dict(data)
    (issue,) = caught.value.issues
    assert issue.code == "age_at_assessment_out_of_range"
    assert issue.fields == ("date_of_birth", "assessment_date", "order_end_date")
    assert born not in str(caught.value)
    kept = rb.AssetPlusAssessment.from_dict(data, on_issue="keep")
    assert kept.faults == (issue,)
    assert kept.date_of_birth is not None
    assert issue in YOGRS.score(kept, on_issue="return").issues


@pytest.mark.parametrize("missing", ["date_of_birth", "assessment_date"])
def test_without_both_dates_nothing_is_said_of_the_age(missing: str) -> None:
    assert getattr(child(**{missing: None}), missing) is None


def test_values_are_read_like_those_of_an_adult() -> None:
    assert child(sex="F").sex == "female"
    with pytest.raises(rb.InputErrorGroup) as caught:
        child(sex="x", sanctions="many", first_sanction_age=300)
    assert [i.fields[0] for i in caught.value.issues] == ["sex", "sanctions", "first_sanction_age"]
    kept = rb.AssetPlusAssessment.from_dict(CHILD | {"sanctions": "many"}, on_issue="keep")
    assert [str(i) for i in YOGRS.score(kept, on_issue="return").issues] == ["malformed:sanctions"]
    with pytest.raises(rb.UnknownNameError, match="sanctions"):
        child(sanction=3)


def test_a_fault_that_is_mended_is_gone() -> None:
    data = CHILD | {"date_of_birth": "2005-12-31"}
    kept = rb.AssetPlusAssessment.from_dict(data, on_issue="keep")
    assert kept.edit(order_end_date="2024-02-01").faults == ()
    with pytest.raises(rb.InputErrorGroup, match="from 10 to 17"):
        kept.edit(assessment_date="2024-01-15")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    data = CHILD | {"sanctions": 0, "date_of_birth": "2000-01-01", "mappa_level": 9}
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.AssetPlusAssessment.from_dict(data)
    codes = [issue.code for issue in caught.value.issues]
    assert codes == ["out_of_range", "age_at_assessment_out_of_range", "out_of_range"]
    # at 18 nobody knows whether the order runs whose end cannot be read
    data = CHILD | {"date_of_birth": "2006-01-01", "order_end_date": "soon"}
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.AssetPlusAssessment.from_dict(data)
    assert [str(issue) for issue in caught.value.issues] == ["malformed:order_end_date"]


# ------------------------------------------------------------------------------------- judgements


MAPPA = {"mappa_category": 4, "mappa_level": 3}


@pytest.mark.parametrize("name", MAPPA)
def test_mappa_has_four_categories_and_three_levels(name: str) -> None:
    for number in (*range(1, MAPPA[name] + 1), None):
        forms = (
            (number,) if number is None else (number, str(number), 1.0 * number, np.int8(number))
        )
        for form in forms:
            found = getattr(child(**{name: form}), name)
            assert (found, type(found)) == (number, type(number))
    assert getattr(child(**{name: " 2.0 "}), name) == 2


@pytest.mark.parametrize("name", MAPPA)
@pytest.mark.parametrize("value", [0, -1, 5, "+1", True, "9", "two", 1.5])
def test_a_mappa_number_that_is_none_is_refused(name: str, value: Any) -> None:
    given = MAPPA[name] + 1 if value == "+1" else value
    for on_issue in ("raise", "keep"):
        with pytest.raises(rb.InputErrorGroup, match=f"{name} must be a whole number from 1 to"):
            rb.AssetPlusAssessment.from_dict(CHILD | {name: given}, on_issue=on_issue)


def test_each_judgement_has_its_own_levels() -> None:
    for about, scale in JUDGEMENTS.items():
        case = child().judge(about, scale.labels[-1], by="w", at="2024-01-16")
        assert getattr(case, about).final == scale.labels[-1]
    with pytest.raises(rb.UnknownNameError, match="High"):
        child().judge("likelihood_of_reoffending", "very high", by="w", at="2024-01-16")
    with pytest.raises(rb.UnknownNameError, match="safety_and_wellbeing"):
        child().judge("safety", "low", by="w", at="2024-01-16")


def test_a_judgement_must_be_about_what_it_stands_for() -> None:
    other = Judgement(about="rsr", scale=ROSH, final="Low", by="w", at="2024-01-16")
    with pytest.raises(rb.InputErrorGroup, match="needs a judgement about it"):
        child(risk_of_serious_harm=other)
    scale = Judgement(
        about="risk_of_serious_harm", scale=LIKELIHOOD, final="Low", by="w", at="2024-01-16"
    )
    with pytest.raises(rb.InputErrorGroup, match="one of Low, Medium, High, Very High"):
        child(risk_of_serious_harm=scale)


@pytest.mark.parametrize("about", ["risk_of_serious_harm", "safety_and_wellbeing"])
def test_two_judgements_are_the_practitioners_alone(about: str) -> None:
    computed = Judgement(
        about=about, scale=JUDGEMENTS[about], computed="Low", final="Low", by="w", at="2024-01-16"
    )
    with pytest.raises(rb.InputErrorGroup, match="no computed level"):
        child(**{about: computed})


def test_judging_again_keeps_the_earlier_judgement() -> None:
    first = judged(risk_of_serious_harm="High")
    second = first.judge("risk_of_serious_harm", "Low", by="worker-5", at="2024-02-01")
    assert second.risk_of_serious_harm is not None
    assert second.risk_of_serious_harm.history == (first.risk_of_serious_harm,)
    assert first.judgements[0].final == "High"
    with pytest.raises(rb.InputError, match="revise"):
        first.edit(risk_of_serious_harm=None)


@pytest.mark.parametrize("missing", list(BEHAVIOUR))
@pytest.mark.parametrize("text", ["", "  ", None])
def test_a_future_behaviour_says_all_six_things(missing: str, text: Any) -> None:
    with pytest.raises(rb.InputError, match=f"{missing} must be said"):
        FutureBehaviour.from_dict(BEHAVIOUR | {missing: text})


# ------------------------------------------------------------------------------ indicative levels


def test_the_indicative_likelihood_is_the_band_of_the_score() -> None:
    case = child()
    found = case.indicative_likelihood(YOGRS)
    assert found.level is not None
    assert found.level.label == str(YOGRS.score(case).band)
    for part in ("invented-for-tests", YOGRS.table.digest, "invented-bands", "scaled-approach"):
        assert part in found.basis


def test_the_indicative_likelihood_needs_table_bands_and_inputs() -> None:
    with pytest.raises(rb.MissingTableError, match="--template yogrs"):
        child().indicative_likelihood(rb.yogrs)
    with pytest.raises(rb.InputError, match=r"with_bands.*--template bands"):
        child().indicative_likelihood(rb.yogrs.with_table(TABLE))
    with pytest.raises(rb.InputError, match="not from OGRS3"):
        child().indicative_likelihood(rb.ogrs3)
    with pytest.raises(rb.InputErrorGroup, match="sanctions"):
        child(sanctions=None).indicative_likelihood(YOGRS)
    other = YOGRS.with_bands(BANDS.replace(labels=["One", "Two", "Three"]))
    with pytest.raises(rb.TableError, match="it knows Low, Medium, High"):
        child().indicative_likelihood(other)


# The rule as it is written down among the facts.
RULE = [
    ("Low", "Low", "Standard"),
    ("Low", "Medium", "Enhanced"),
    ("Low", "High", "Intensive"),
    ("Low", "Very High", "Intensive"),
    ("Medium", "Low", "Enhanced"),
    ("Medium", "Medium", "Enhanced"),
    ("Medium", "High", "Intensive"),
    ("Medium", "Very High", "Intensive"),
    ("High", "Low", "Intensive"),
    ("High", "Medium", "Intensive"),
    ("High", "High", "Intensive"),
    ("High", "Very High", "Intensive"),
]


def test_the_rule_answers_every_pair_of_judgements() -> None:
    assert len(RULE) == len(LIKELIHOOD.labels) * len(ROSH.labels)


@pytest.mark.parametrize(("likelihood", "harm", "level"), RULE)
def test_the_intervention_level_is_the_higher_of_the_two(
    likelihood: str, harm: str, level: str
) -> None:
    case = judged(likelihood_of_reoffending=likelihood, risk_of_serious_harm=harm)
    found = case.indicative_intervention()
    assert found.level == level
    assert found.basis == "scaled-approach"


@pytest.mark.parametrize("band", [None, rb.NOT_APPLICABLE])
def test_without_a_band_there_is_no_indicative_likelihood(band: Any) -> None:
    assert rule_table().indicative_likelihood(band) is None


@pytest.mark.parametrize("only", ["likelihood_of_reoffending", "risk_of_serious_harm"])
def test_a_missing_judgement_is_no_low_one(only: str) -> None:
    assert judged(**{only: "High"}).indicative_intervention().level is None


def test_a_final_level_that_departs_needs_a_rationale() -> None:
    case = judged(likelihood_of_reoffending="Low", risk_of_serious_harm="Medium")
    indicative = case.indicative_intervention()
    with pytest.raises(rb.InputError, match=r"intervention_level.*say why"):
        case.judge(
            "intervention_level", "Intensive", by="w", at="2024-01-17", indicative=indicative
        )
    done = case.judge(
        "intervention_level",
        "Intensive",
        by="w",
        at="2024-01-17",
        indicative=indicative,
        rationale="Two moves of home are ahead.",
    )
    assert done.intervention_level is not None
    assert done.intervention_level.departure == 1
    assert done.intervention_level.basis == "scaled-approach"
    with pytest.raises(rb.InputError, match="is about something else"):
        case.judge(
            "likelihood_of_reoffending", "Low", by="w", at="2024-01-17", indicative=indicative
        )


def test_judged_again_the_level_departs_from_what_is_indicated_now() -> None:
    case = judged(likelihood_of_reoffending="Medium", risk_of_serious_harm="Low")
    again: dict[str, Any] = {"by": "w", "at": "2024-01-17"}
    case = case.judge(
        "intervention_level", "Enhanced", indicative=case.indicative_intervention(), **again
    )
    same = case.judge("intervention_level", "Enhanced", **again)
    assert same.intervention_level is not None
    assert same.intervention_level.departure == 0
    graver = case.judge("risk_of_serious_harm", "Very High", **again)
    with pytest.raises(rb.InputError, match=r"intervention_level.*say why"):
        graver.judge("intervention_level", "Enhanced", **again)
    done = graver.judge("intervention_level", "Enhanced", rationale="Placed abroad.", **again)
    assert done.intervention_level is not None
    assert (done.intervention_level.departure, done.intervention_level.basis) == (
        -1,
        "scaled-approach",
    )
    assert done.intervention_level.previous == case.intervention_level


def test_a_level_that_cannot_be_worked_out_here_is_kept_with_its_basis() -> None:
    ours = RuleTable.from_toml(BUILT_IN.replace('id = "scaled-approach"', 'id = "ours"'))
    case = judged(likelihood_of_reoffending="Medium", risk_of_serious_harm="Low")
    again: dict[str, Any] = {"by": "w", "at": "2024-01-17"}
    indicative = case.indicative_intervention(ours)
    case = case.judge("intervention_level", "Enhanced", indicative=indicative, **again)
    case = case.judge("risk_of_serious_harm", "Very High", **again)
    kept = case.judge("intervention_level", "Enhanced", **again).intervention_level
    assert kept is not None
    assert kept.computed == "Enhanced"
    assert kept.basis == "ours"
    # an indication of no level takes the place of the earlier one, as any does
    nothing = attrs.evolve(indicative, level=None, basis="no score")
    none = case.judge("intervention_level", "Enhanced", indicative=nothing, **again)
    assert none.intervention_level is not None
    assert (none.intervention_level.computed, none.intervention_level.basis) == (None, "no score")


def test_a_first_judgement_departs_only_from_an_indicative_level_that_is_given() -> None:
    case = judged(likelihood_of_reoffending="High", risk_of_serious_harm="High")
    first = case.judge("intervention_level", "Standard", by="w", at="2024-01-17").intervention_level
    assert first is not None
    assert (first.computed, first.departure, first.basis) == (None, None, "")


def test_the_rule_says_that_it_is_not_confirmed() -> None:
    rule = rule_table()
    assert rule.status == "not confirmed in a primary source"
    assert rule.source
    assert "not confirmed" in repr(rule)
    with pytest.raises(rb.UnknownNameError, match="scaled-approach"):
        rule_table("scaled")


def test_a_caller_may_bring_another_rule(tmp_path: Path) -> None:
    text = BUILT_IN.replace('id = "scaled-approach"', 'id = "ours"').replace(
        '"Medium" = "Enhanced"', '"Medium" = "Standard"'
    )
    file = tmp_path / "ours.toml"
    file.write_text(text, encoding="utf-8")
    case = judged(likelihood_of_reoffending="Medium", risk_of_serious_harm="Medium")
    found = case.indicative_intervention(RuleTable.from_file(file))
    assert found.level == "Standard"
    assert found.basis == "ours"
    assert INTERVENTION.labels == ("Standard", "Enhanced", "Intensive")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Very High" = "Intensive"\n', "", "risk_of_serious_harm.Very High is missing"),
        ('"Very High" = "Intensive"', '"Huge" = "Intensive"', "Huge is unknown"),
        ('"Low" = "Standard"', '"Low" = "Basic"', "Low must be one of Standard, Enhanced"),
        ('"High" = "High"', '"High" = "Top"', "likelihood_of_reoffending.High must be one of"),
        ("[intervention_level.risk_of_serious_harm]", "[intervention_level.harm]", "harm"),
        ('status = "not confirmed in a primary source"', "", "status must be a text"),
        ("notes = [", "remarks = [", "unknown entry 'remarks'"),
        ("[likelihood_of_reoffending]", "[likelihood]", "must be a table of levels"),
        ("id = ", "id ", "not TOML"),
    ],
)
def test_a_rule_with_a_hole_is_refused(old: str, new: str, message: str) -> None:
    assert old in BUILT_IN
    with pytest.raises(rb.TableError, match=message):
        RuleTable.from_toml(BUILT_IN.replace(old, new))


def test_a_rule_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(rb.TableError, match=r"none\.toml"):
        RuleTable.from_file(tmp_path / "none.toml")
    with pytest.raises(rb.TableError, match="notes must be a list"):
        RuleTable.from_toml(BUILT_IN.partition("notes")[0] + 'notes = "x"')


# --------------------------------------------------------------------------------------- sign-off


def test_the_two_parts_are_signed_together_or_one_by_one() -> None:
    case = judged(safety_and_wellbeing="Low")
    both = ("explanations_and_conclusions", "pathways_and_planning")
    assert case.awaiting_sign_off == both
    assert case.sign_off(by="m", at="2024-01-20").signed_off == both
    one = case.sign_off(by="m", at="2024-01-20", covers="pathways_and_planning")
    assert one.awaiting_sign_off == both[:1]
    two = one.sign_off(by="m", at="2024-01-21", covers=["explanations_and_conclusions"])
    assert two.awaiting_sign_off == ()
    assert len(two.sign_offs) == 2
    assert repr(one.sign_offs[0]) == "<SignOff of pathways_and_planning at 2024-01-20T00:00:00>"


@pytest.mark.parametrize(
    "change", [{"sanctions": 4}, {"mappa_level": 2}, {"future_behaviours": [BEHAVIOUR]}]
)
def test_an_edit_ends_every_sign_off(change: dict[str, Any]) -> None:
    signed = child().sign_off(by="m", at="2024-01-20")
    assert signed.edit(**change).signed_off == ()
    judged_after = signed.judge("safety_and_wellbeing", "High", by="w", at="2024-01-21")
    assert judged_after.signed_off == ()
    assert judged_after.sign_off(by="m", at="2024-01-22").awaiting_sign_off == ()
    assert signed.awaiting_sign_off == ()


# ------------------------------------------------------------------------------------------- JSON


@given(
    st.fixed_dictionaries(
        {about: st.none() | st.sampled_from(scale.labels) for about, scale in JUDGEMENTS.items()}
    ),
    st.none() | st.integers(1, 3),
    st.lists(st.fixed_dictionaries(dict.fromkeys(BEHAVIOUR, st.text("ab<", min_size=1)))),
    st.booleans(),
)
def test_a_whole_assessment_survives_json(
    levels: dict[str, str | None], mappa: int | None, behaviours: list[Any], sign: bool
) -> None:
    case = child(mappa_category=mappa, mappa_level=mappa, future_behaviours=behaviours)
    for about, level in levels.items():
        if level is not None:
            case = case.judge(about, level, by="w", at="2024-01-16")
    if sign:
        case = case.sign_off(by="m", at="2024-01-20", covers="pathways_and_planning")
    again = rb.AssetPlusAssessment.from_dict(json.loads(json.dumps(case.to_dict())))
    assert again == case
    assert hash(again) == hash(case)
    assert again.signed_off == case.signed_off
    assert YOGRS.score(again).percent == YOGRS.score(case).percent


def test_the_summary_escapes_every_text_and_shows_nobody() -> None:
    case = judged(safety_and_wellbeing="Very High").edit(
        future_behaviours=[BEHAVIOUR], mappa_category=2, case_id="c-9"
    )
    text, page = str(case.summary()), case.summary()._repr_html_()
    for word in ("safety and wellbeing", "Very High", "within weeks", "needed", "MAPPA"):
        assert word in text
        assert word in page
    assert "<b>" in text
    assert "<b>" not in page
    for private in ("2009", "c-9", "worker-4"):
        assert private not in text + page
    assert "fight" not in repr(case) + repr(case.future_behaviours)
