"""OASys: sections and needs, risk of serious harm, judgements, sign-off, summary, JSON."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import attrs
import numpy as np
import pytest
from cases import ADULT, FULL
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.assessments import ROSH, SECTIONS, Judgement, Rosh, Sections, SectionScore
from riskbands.vocabulary.fields import Kind, fields

STATIC: dict[str, Any] = {"case_id": "c-1", **ADULT}
WITH_PARTS: dict[str, Any] = STATIC | {
    "sections": {
        "accommodation": {"items": {"3.3": 2, "3.4": 1, "3.5": None}, "score": 7},
        "ete": {"items": {"4.2": 2, "4.3": 0}},
        "drugs": {"score": 1},
        "emotional_wellbeing": {"score": 5},
    },
    "rosh": {"children": "low", "known_adult": "high", "overall": "very_high"},
}


def judgement(about: str = "ogrs3", **changes: Any) -> Judgement:
    given: dict[str, Any] = {
        "about": about,
        "scale": rb.band_table("ogrs3-2yr"),
        "computed": "Low",
        "final": "Medium",
        "rationale": "<script>alert('x')</script>",
        "by": "officer-17",
        "at": "2024-01-16",
    }
    return Judgement(**(given | changes))


# --------------------------------------------------------------------------------------- sections


def test_there_are_the_twelve_sections_after_the_offending_information() -> None:
    assert [s.number for s in SECTIONS.values()] == list(range(2, 14))


def test_every_table_of_needs_belongs_to_a_section() -> None:
    used = {s.needs for s in SECTIONS.values() if s.needs}
    listed = {name for name in rb.band_tables if name.startswith("oasys-needs-")}
    assert used == {name for name in listed if not name.startswith("oasys-needs-san-")}


# Thresholds of standard and severe need, as the source states them.
THRESHOLDS = {
    "accommodation": (2, 7),
    "ete": (3, 7),
    "relationships": (2, 5),
    "lifestyle": (2, 5),
    "drugs": (2, 8),
    "alcohol": (4, 7),
    "thinking_and_behaviour": (4, 7),
    "attitudes": (2, 7),
}


@pytest.mark.parametrize("section", THRESHOLDS)
@pytest.mark.parametrize("step", [0, 1])
def test_needs_change_at_the_thresholds(section: str, step: int) -> None:
    names = ("no need", "standard need", "severe need")
    edge = THRESHOLDS[section][step]
    below, at = (SectionScore(section, score=score).need for score in (edge - 1, edge))
    assert (str(below), str(at)) == (names[step], names[step + 1])


def test_needs_of_an_assessment() -> None:
    needs = rb.OASysAssessment.from_dict(WITH_PARTS).needs()
    assert list(needs) == list(THRESHOLDS)
    assert needs["accommodation"] == "severe need"
    assert needs["ete"] is None
    assert needs["drugs"] == "no need"
    assert needs["alcohol"] is None
    assert set(rb.OASysAssessment().needs().values()) == {None}


# Highest scores of the sections, as the source states them.
MAXIMA = {
    "accommodation": 8,
    "ete": 8,
    "relationships": 6,
    "lifestyle": 6,
    "drugs": 10,
    "alcohol": 8,
    "thinking_and_behaviour": 8,
    "attitudes": 8,
}


@pytest.mark.parametrize("section", MAXIMA)
def test_no_score_is_above_the_highest_of_its_section(section: str) -> None:
    highest = MAXIMA[section]
    assert SECTIONS[section].maximum == highest
    assert SectionScore(section, score=highest).need == "severe need"
    for score in (highest + 1, 50):
        with pytest.raises(rb.InputError, match=f"from 0 to {highest}"):
            SectionScore(section, score=score)


def test_a_section_without_counting_items_has_no_highest_score() -> None:
    assert SECTIONS["health"].maximum is None
    given = SectionScore("health", {"13.1": 2}, score=50)
    assert (given.total("zero"), given.need) == (50, None)
    assert SectionScore("health", {"13.1": 2}).total("zero") is None
    assert given.reason() == "the section has no thresholds"


@pytest.mark.parametrize(
    ("section", "items", "score", "need"),
    [
        ("relationships", {"6.1": 0, "6.3": 0, "6.4": 2, "6.6": 0}, 0, "no need"),
        (
            "thinking_and_behaviour",
            {"11.2": 2, "11.4": 2, "11.5": 0, "11.6": 0, "11.7": 0, "11.9": 0},
            0,
            "no need",
        ),
        ("relationships", {"6.1": 2, "6.3": 1, "6.4": 2, "6.6": 2}, 5, "severe need"),
        ("lifestyle", {"7.1": 2, "7.2": 0, "7.3": 1, "7.4": 2, "7.5": 0}, 1, "no need"),
        ("drugs", {"8.1": 2, "8.4": 0, "8.5": 0, "8.6": 0, "8.8": 0, "8.9": 1}, 1, "no need"),
        ("alcohol", {"9.1": 1, "9.2": 1, "9.3": 1, "9.4": 2, "9.5": 0}, 3, "no need"),
        ("attitudes", {"12.1": 0, "12.3": 2, "12.4": 1, "12.5": 0, "12.8": 0}, 1, "no need"),
        ("ete", {"4.2": 2, "4.3": 1, "4.4": 0, "4.5": 0, "4.7": 2}, 3, "standard need"),
    ],
)
def test_items_that_do_not_count_make_no_need(
    section: str, items: dict[str, int], score: int, need: str
) -> None:
    found = SectionScore(section, items)
    assert (found.score, str(found.need), found.reason()) == (score, need, None)
    assert SectionScore(section, items, score=score) == found
    assert found.total("zero") == score


def test_a_stated_score_is_checked_against_the_items_that_count() -> None:
    items = {"11.2": 2, "11.4": 2, "11.5": 0, "11.6": 1, "11.7": 0, "11.9": 0}
    assert SectionScore("thinking_and_behaviour", items, score=1).need == "no need"
    for score in (0, 5):
        with pytest.raises(rb.InputError, match=r"not the sum of items 11\.5, 11\.6, 11\.7, 11\.9"):
            SectionScore("thinking_and_behaviour", items, score=score)


def answers(section: str) -> st.SearchStrategy[dict[str, int | None]]:
    """Answers to the items of a section that count, some of them open."""
    yes_or_no = ("3.3", "4.2")
    return st.fixed_dictionaries(
        {
            item: st.sampled_from([0, 2, None] if item in yes_or_no else [0, 1, 2, None])
            for item in SECTIONS[section].items
        }
    )


@given(st.sampled_from(list(MAXIMA)), st.data())
def test_a_stated_score_goes_with_the_items_that_are_answered(
    section: str, data: st.DataObject
) -> None:
    items = data.draw(answers(section))
    least = sum(value or 0 for value in items.values())
    most = sum(2 if value is None else value for value in items.values())
    for score in range(MAXIMA[section] + 1):
        if least <= score <= most:
            assert SectionScore(section, items, score=score).score == score
        else:
            with pytest.raises(rb.InputError, match="mend one") as caught:
                SectionScore(section, items, score=score)
            assert caught.value.code == "contradiction"
    # what the deployed service gives, which counts an unanswered item 0
    deployed = SectionScore(section, items).total("zero")
    if deployed is not None:
        assert SectionScore(section, items, score=deployed).score == deployed


def test_items_that_do_not_count_say_nothing_of_a_stated_score() -> None:
    assert SectionScore("relationships", {"6.1": 0, "6.4": 2}, score=0).score == 0
    assert SectionScore("drugs", {"8.1": 0}, score=0).score == 0
    assert SectionScore("emotional_wellbeing", {"10.1": 2}, score=0).score == 0
    with pytest.raises(rb.InputErrorGroup, match="goes with those that are answered"):
        rb.OASysAssessment.from_dict(
            {"sections": {"accommodation": {"score": 8, "items": {"3.3": 0, "3.4": 0}}}}
        )


def test_a_part_of_the_answers_gives_no_need_and_says_why() -> None:
    alone = {"accommodation": {"items": {"3.4": 0}}}
    case = rb.OASysAssessment.from_dict({"sections": alone})
    assert case.needs()["accommodation"] is None
    reasons = case.needs_reasons()
    assert reasons["accommodation"] == "items 3.3, 3.5, 3.6 are not answered"
    assert reasons["drugs"] == "the section is not recorded"
    assert case.needs(unanswered="zero")["accommodation"] == "no need"
    assert "accommodation" not in case.needs_reasons(unanswered="zero")
    assert SectionScore("lifestyle", {"7.2": 0, "7.3": 1}).reason() == "item 7.5 is not answered"


def test_nothing_answered_is_no_score_but_for_drugs_in_the_deployed_rule() -> None:
    for name, section in SECTIONS.items():
        if section.items:
            found = SectionScore(name, dict.fromkeys(section.items))
            assert (found.total(), found.need) == (None, None)
            assert found.total("zero") == (0 if name == "drugs" else None)
            assert (found.reason("zero") is None) == (name == "drugs")


def test_what_unanswered_items_do_is_one_of_two_words() -> None:
    with pytest.raises(rb.UnknownNameError, match="zero"):
        rb.OASysAssessment.from_dict(WITH_PARTS).needs(unanswered="zeros")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "score"),
    [
        ({"items": {"9.1": 2, "9.2": 1, "9.3": 0, "9.5": 0}}, 3),
        ({"items": {"9.1": 2, "9.2": 1}}, None),
        ({"items": {"9.1": 2, "9.2": None}}, None),
        ({"items": {"9.1": 2, "9.2": None}, "score": 4}, 4),
        ({"items": {}}, None),
        ({"score": 0}, 0),
    ],
)
def test_a_missing_item_is_never_a_zero(given: dict[str, Any], score: int | None) -> None:
    assert Sections({"alcohol": given})["alcohol"].score == score


@pytest.mark.parametrize("form", [str, float, np.int8, "{} ".format, "{}.0".format])
def test_section_scores_and_items_are_taken_as_fields_take_numbers(form: Any) -> None:
    items = {"9.1": 2, "9.2": 1, "9.3": 0, "9.5": None}
    plain = {"alcohol": {"score": 4, "items": items}, "drugs": {"score": 0}}
    given = {
        "alcohol": {
            "score": form(4),
            "items": {item: None if n is None else form(n) for item, n in items.items()},
        },
        "drugs": {"score": form(0)},
    }
    found, expected = (
        rb.OASysAssessment.from_dict({"sections": sections, "san": {"drugs": drugs}})
        for sections, drugs in ((given, form(3)), (plain, 3))
    )
    assert found == expected
    assert json.dumps(found.to_dict()) == json.dumps(expected.to_dict())
    assert found.needs() == expected.needs()


@pytest.mark.parametrize("missing", ["", "unknown", None, float("nan")])
def test_a_section_score_can_be_missing_as_a_field_can(missing: Any) -> None:
    assert SectionScore("drugs", score=missing).score is None
    assert Sections({"drugs": {"items": {"8.4": missing}}})["drugs"].items == (("8.4", None),)


@pytest.mark.parametrize(
    ("section", "given", "message"),
    [
        ("alcohol", {"score": "some"}, "whole number"),
        ("alcohol", {"score": True}, "whole number"),
        ("alcohol", {"score": "9"}, "from 0 to 8"),
        ("alcohol", {"score": 10**400}, "from 0 to 8"),
        ("alcohol", {"items": {"9.1": "3"}}, "item 9.1 must be one of 0, 1, 2"),
        ("alcohol", {"items": {"9.1": 3}}, "item 9.1 must be one of 0, 1, 2"),
        ("alcohol", {"items": {"9.1": True}}, "item 9.1"),
        ("alcohol", {"items": {"8.1": 1}}, "numbered 9.1"),
        ("ete", {"items": {"4.2": 1}}, "item 4.2 must be one of 0, 2"),
        ("alcohol", {"items": {"9.1": 2, "9.2": 0, "9.3": 0, "9.5": 0}, "score": 1}, "not the sum"),
        ("accommodation", {"items": {"3.3": 1}}, "item 3.3 must be one of 0, 2"),
        ("accommodation", {"score": 50}, "from 0 to 8"),
        ("alcohol", {"score": -1}, "from 0"),
        ("alcohol", {"score": 2.5}, "whole number"),
        ("alcohol", {"items": [("9.1", 1), ("9.1", 1)]}, "twice"),
    ],
)
def test_a_section_that_cannot_be_is_refused(
    section: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(rb.InputError, match=message):
        Sections({section: given})


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (8, "sections must be given by name"),
        ("drugs", "sections must be given by name"),
        ([{"section": "drugs", "score": 8}], "sections must be given by name"),
        ({"drugs": 8}, "sections must be given by name"),
        ({"drugs": None}, "sections must be given by name"),
        ({"drugs": {"items": 8}}, "items must be scores by item number"),
        ({"drugs": {"items": [1, 2]}}, "items must be scores by item number"),
    ],
)
def test_sections_of_another_form_are_refused(sections: Any, message: str) -> None:
    with pytest.raises(rb.InputErrorGroup, match=message):
        rb.OASysAssessment.from_dict({"sections": sections})


@pytest.mark.parametrize("on_issue", ["raise", "keep"])
def test_faults_of_fields_and_of_parts_are_told_together(on_issue: str) -> None:
    given = {
        "sex": "x",
        "sanctions": "many",
        "sections": {"drugs": {"score": -1}},
        "judgements": {},
    }
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.OASysAssessment.from_dict(given, on_issue=on_issue)
    text = str(caught.value)
    for part in ("sex", "sanctions", "drugs", "list of Judgement"):
        assert part in text
    assert "many" not in text


def test_no_parts_in_an_array_are_told_from_none() -> None:
    given: Any = np.array([])
    assert rb.OASysAssessment(judgements=given).judgements == ()


def test_no_judgement_is_known_where_there_is_none() -> None:
    with pytest.raises(rb.UnknownNameError, match="no judgement of that name; there is none"):
        rb.OASysAssessment().judgement("x")


@pytest.mark.parametrize("kind", [rb.OASysAssessment, rb.AssetPlusAssessment, rb.AssetAssessment])
def test_what_reads_annotations_finds_the_parts(kind: type) -> None:
    """As what makes objects of plain data by the types of their attributes."""
    hints = get_type_hints(kind)
    assert hints["sign_offs"] == tuple[rb.assessments.SignOff, ...]
    assert {a.name for a in attrs.fields(attrs.resolve_types(kind))} <= hints.keys()


def test_unknown_and_double_sections_are_refused() -> None:
    with pytest.raises(rb.UnknownNameError, match="alcohol"):
        Sections({"alcohl": {"score": 1}})
    with pytest.raises(rb.UnknownNameError, match="score"):
        Sections({"alcohol": {"scor": 1}})
    with pytest.raises(rb.InputError, match="twice"):
        Sections((SectionScore("drugs", score=1), SectionScore("drugs", score=2)))
    with pytest.raises(rb.UnknownNameError):
        Sections({"drugs": {"score": 1}})["alcohol"]


def test_items_answer_the_fields_of_the_vocabulary() -> None:
    case = rb.OASysAssessment.from_dict(WITH_PARTS)
    assert case.derivation.value("accommodation") == (1, True)
    assert case.derivation.value("unemployed") == (1, True)
    assert case.accommodation is None
    assert case.derivation.value("no_fixed_abode") == (1, True)
    answered = {"accommodation": 1, "unemployed": "yes", "no_fixed_abode": "yes"}
    plain = rb.OASysAssessment.from_dict(STATIC | answered)
    for predictor in (rb.snsv, rb.ogp):
        lacking = [str(i) for i in predictor.score(case, on_issue="return").issues]
        assert lacking == [str(i) for i in predictor.score(plain, on_issue="return").issues]


def test_every_item_that_answers_a_field_is_of_a_section() -> None:
    numbers = {f.oasys_item for f in fields().values() if f.kind is Kind.LEVEL}
    exact = {n for n in numbers if not n.endswith(".x")}
    items: dict[str, Any] = {}
    for number in exact:
        name = next(s.name for s in SECTIONS.values() if s.number == int(number.split(".")[0]))
        items.setdefault(name, {"items": {}})["items"][number] = 2
    levels = Sections(items).levels()
    assert len(levels) == len(exact)
    assert set(levels.values()) == {2}


def test_an_item_and_its_field_must_agree() -> None:
    assert rb.OASysAssessment.from_dict(WITH_PARTS | {"accommodation": 1}).accommodation == 1
    with pytest.raises(rb.InputErrorGroup, match="accommodation and its item"):
        rb.OASysAssessment.from_dict(WITH_PARTS | {"accommodation": 2})
    kept = rb.OASysAssessment.from_dict(WITH_PARTS | {"accommodation": 2}, on_issue="keep")
    assert [i.code for i in kept.faults] == ["contradiction"]
    # OGRS3 does not read the item, so it scores; a predictor that reads it does not.
    assert rb.ogrs3.score(kept).ok
    forced = rb.snsv.score(kept, form="extended", on_issue="return")
    assert "contradiction:accommodation" in map(str, forced.issues)
    # either side may be mended
    assert kept.edit(accommodation=1).faults == ()
    for item, left in ((2, ()), (0, kept.faults)):
        edited = kept.edit(sections={"accommodation": {"items": {"3.4": item}}})
        assert edited.faults == left


# ------------------------------------------------------------------------------------------- rosh


def test_risk_of_serious_harm_by_group() -> None:
    rosh = Rosh(children="LOW", staff=ROSH.band("Very High"), overall="very high")
    assert rosh.children == "Low"
    assert rosh.public is None
    assert rosh.highest == "Very High"
    assert Rosh().highest is None
    assert list(rosh.by_group()) == ["children", "public", "known_adult", "staff", "prisoners"]


def test_an_unknown_level_or_group_is_refused() -> None:
    with pytest.raises(rb.UnknownNameError, match="Very High"):
        Rosh(children="extreme")
    with pytest.raises(rb.UnknownNameError, match="children"):
        Rosh.from_dict({"childrn": "low"})


@pytest.mark.parametrize("overall", ROSH.labels)
@pytest.mark.parametrize("level", ["low", "medium", "high", "very_high", "not_applicable"])
def test_the_overall_risk_of_harm_is_one(overall: str, level: str) -> None:
    both = STATIC | {"rosh": {"overall": overall}, "overall_harm_level": level}
    if overall == level.replace("_", " ").title():
        assert rb.OASysAssessment.from_dict(both).faults == ()
        return
    with pytest.raises(rb.InputErrorGroup, match="overall of rosh disagree"):
        rb.OASysAssessment.from_dict(both)
    kept = rb.OASysAssessment.from_dict(both, on_issue="keep")
    assert list(map(str, kept.faults)) == ["contradiction:overall_harm_level"]
    issues = rb.opd.score(kept, on_issue="return").issues
    assert "contradiction:overall_harm_level" in map(str, issues)
    assert rb.ogrs3.score(kept).ok
    assert rb.OASysAssessment.from_dict(kept.to_dict()) == kept
    # either side may be mended
    assert kept.edit(overall_harm_level=overall).faults == ()
    assert kept.edit(rosh={"public": overall}).faults == ()


def test_opd_reads_the_field_of_the_overall_risk_of_harm_alone() -> None:
    alone = rb.OASysAssessment.from_dict(STATIC | {"rosh": {"overall": "high"}})
    issues = map(str, rb.opd.score(alone, on_issue="return").issues)
    assert "missing:overall_harm_level" in issues
    assert rb.OASysAssessment.from_dict(STATIC | {"overall_harm_level": "high"}).rosh is None


@pytest.mark.parametrize("level", [3, 1.5, ["high"], {"level": "high"}])
@pytest.mark.parametrize("on_issue", ["raise", "keep"])
def test_a_level_that_is_neither_band_nor_label_is_an_issue(level: Any, on_issue: str) -> None:
    parts = {
        "rosh": ({"public": level}, "malformed:public"),
        "judgements": ([judgement().to_dict() | {"final": level}], "malformed:final"),
    }
    for name, (part, issue) in parts.items():
        with pytest.raises(rb.InputErrorGroup) as caught:
            rb.OASysAssessment.from_dict(STATIC | {name: part}, on_issue=on_issue)
        assert list(map(str, caught.value.issues)) == [issue]


@pytest.mark.parametrize("kind", [rb.OASysAssessment, rb.AssetPlusAssessment, rb.AssetAssessment])
@pytest.mark.parametrize("data", [None, [], "x", 1, b"{}", [("sex", "male")]])
def test_an_assessment_is_read_from_a_mapping(kind: Any, data: Any) -> None:
    with pytest.raises(rb.InputError, match="read from a mapping of its fields") as caught:
        kind.from_dict(data)
    assert caught.value.code == "malformed"


# ------------------------------------------------------------------------- judgements and sign-off


def test_a_judgement_is_replaced_only_by_one_that_remembers_it() -> None:
    first = judgement()
    case = rb.OASysAssessment.from_dict(WITH_PARTS).with_judgement(first)
    assert case.judgement("ogrs3") == first
    with pytest.raises(rb.InputError, match="revise"):
        case.with_judgement(judgement(final="High"))
    with pytest.raises(rb.InputError, match="revise"):
        case.edit(judgements=())
    second = first.revise("Low", by="officer-17", at="2024-02-01")
    assert case.with_judgement(second).judgement("ogrs3").history == (first,)
    signed = first.countersign(by="manager-2", at="2024-01-17")
    assert case.with_judgement(signed).judgement("ogrs3").countersigned
    agreed = case.with_judgement(signed)
    for lost in (first, second):  # the countersignature would be
        with pytest.raises(rb.InputError, match="revise"):
            agreed.with_judgement(lost)
    third = signed.revise("Low", by="officer-17", at="2024-02-01")
    assert agreed.with_judgement(third).judgement("ogrs3").history == (signed,)
    with pytest.raises(rb.UnknownNameError, match="ogrs3"):
        case.judgement("ogrs")
    with pytest.raises(rb.InputErrorGroup, match="two judgements"):
        rb.OASysAssessment(judgements=(first, first))


def test_an_edit_ends_the_sign_off_and_keeps_it_on_record() -> None:
    case = rb.OASysAssessment.from_dict(WITH_PARTS)
    assert case.awaiting_sign_off == ("assessment",)
    signed = case.sign_off(by="manager-2", at="2024-01-20")
    assert signed.signed_off == ("assessment",)
    edited = signed.edit(sanctions=5)
    assert edited.signed_off == ()
    assert edited.sign_offs == signed.sign_offs
    again = edited.sign_off(by="manager-2", at="2024-01-21")
    assert again.signed_off == ("assessment",)
    assert len(again.sign_offs) == 2
    # taking the edit back makes the content that was signed
    assert edited.edit(sanctions=4).signed_off == ("assessment",)


@pytest.mark.parametrize(
    "change",
    [
        {"case_id": "c-2"},
        {"date_of_birth": "1990-05-02"},
        {"rosh": None},
        {"sections": Sections({"drugs": {"score": 2}})},
        {"judgements": (judgement(),)},
        {"weapon": True},
    ],
)
def test_any_edit_ends_a_sign_off(change: dict[str, Any]) -> None:
    signed = rb.OASysAssessment.from_dict(WITH_PARTS).sign_off(by="m", at="2024-01-20")
    assert signed.edit(**change).awaiting_sign_off == ("assessment",)
    data = signed.to_dict() | {"sanctions": 9}
    assert rb.OASysAssessment.from_dict(data).signed_off == ()


def test_what_cannot_be_signed_off() -> None:
    case = rb.OASysAssessment.from_dict(STATIC)
    with pytest.raises(rb.UnknownNameError, match="assessment"):
        case.sign_off(by="m", at="2024-01-20", covers=["plan"])
    with pytest.raises(rb.InputError, match="at least one"):
        case.sign_off(by="m", at="2024-01-20", covers=[])
    signed = case.sign_off(by="m", at="2024-01-20", covers="assessment")
    with pytest.raises(rb.InputError, match="earlier sign-off"):
        signed.sign_off(by="m", at="2024-01-19")
    faulty = rb.OASysAssessment.from_dict(STATIC | {"weapon": "perhaps"}, on_issue="keep")
    with pytest.raises(rb.InputErrorGroup, match="weapon"):
        faulty.sign_off(by="m", at="2024-01-20")
    mended = faulty.edit(weapon="no")
    assert mended.faults == ()
    assert mended.sign_off(by="m", at="2024-01-20").signed_off == ("assessment",)
    with pytest.raises(rb.UnknownNameError, match="sanctions"):
        case.edit(sanction=3)


# --------------------------------------------------------------------------- JSON, scores, summary

levels = st.none() | st.sampled_from(ROSH.labels)


@st.composite
def section_scores(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section in draw(st.lists(st.sampled_from(list(SECTIONS.values())), unique=True)):
        items = draw(
            st.dictionaries(
                st.sampled_from([f"{section.number}.{n}" for n in range(1, 13)]),
                st.sampled_from([0, 2, None]),
            )
        )
        least = sum(items.get(i) or 0 for i in section.items)
        most = least + sum(2 for i in section.items if items.get(i) is None)
        score = draw(st.none() | st.integers(least, most if section.items else 6))
        found[section.name] = {"items": items} | ({} if score is None else {"score": score})
    return found


@given(
    section_scores(),
    st.fixed_dictionaries(dict.fromkeys(("children", "staff", "overall"), levels)),
    st.booleans(),
    st.booleans(),
)
def test_a_whole_assessment_survives_json(
    sections: dict[str, Any], rosh: dict[str, Any], judge: bool, sign: bool
) -> None:
    case = rb.OASysAssessment.from_dict(STATIC | {"sections": sections, "rosh": rosh})
    if judge:
        case = case.with_judgement(judgement().countersign(by="m", at="2024-01-17"))
    if sign:
        case = case.sign_off(by="m", at="2024-01-20T10:30:00+01:00")
    again = rb.OASysAssessment.from_dict(json.loads(json.dumps(case.to_dict())))
    assert again == case
    assert hash(again) == hash(case)
    assert again.signed_off == case.signed_off
    assert again.needs() == case.needs()


def test_parts_are_read_with_names_for_what_is_wrong() -> None:
    with pytest.raises(rb.UnknownNameError, match="sections"):
        rb.OASysAssessment.from_dict({"section": {}})
    with pytest.raises(rb.InputErrorGroup, match="list of Judgement"):
        rb.OASysAssessment.from_dict({"judgements": judgement().to_dict()})


def test_one_case_is_scored_by_predictors_or_their_ids() -> None:
    case = rb.OASysAssessment.from_dict(FULL)
    by_id = rb.score(case, ["ogrs3", rb.rsr])
    assert list(by_id) == ["ogrs3", "rsr"]
    assert by_id["ogrs3"].percent == rb.ogrs3.score(case).percent
    assert list(rb.score(case, "ogrs3")) == list(rb.score(case, rb.ogrs3)) == ["ogrs3"]
    for lookup in (lambda: rb.score(case, ["ogrs4"]), lambda: rb.predictors.by_id["ogrs4"]):
        with pytest.raises(rb.UnknownNameError, match="no predictor named 'ogrs4'; did you mean"):
            lookup()
    assert rb.predictors.by_id.get("ogrs4") is None


def test_scores_are_those_of_rb_score() -> None:
    case = rb.OASysAssessment.from_dict(WITH_PARTS)
    assert case.scores().keys() == rb.score(case).keys()
    assert case.scores()["ogrs3"].percent == rb.ogrs3.score(case).percent
    assert case.scores(form="brief")["ogrs3"].ok


def test_the_summary_shows_the_parts_and_escapes_every_text() -> None:
    case = rb.OASysAssessment.from_dict(WITH_PARTS)
    case = case.with_judgement(judgement()).sign_off(by="manager-2", at="2024-01-20")
    text, page = str(case.summary()), case.summary()._repr_html_()
    for word in ("severe need", "Very High", "known adult", "in force", "+1", "25 %"):
        assert word in text
        assert word in page
    assert "<script>" in text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    for private in ("1990", "c-1", "officer-17", "manager-2"):
        assert private not in text
        assert private not in page


def test_an_empty_assessment_has_a_summary_without_tables_of_nothing() -> None:
    assert [t.title for t in rb.OASysAssessment().summary().tables] == ["Sign-off"]


def test_the_repr_names_fields_and_never_values() -> None:
    text = repr(rb.OASysAssessment.from_dict(WITH_PARTS))
    assert text.startswith("<OASysAssessment with 11 fields: case_id, sex")
    assert text.endswith("sections, rosh>")
    assert "1990" not in text
