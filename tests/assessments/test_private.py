"""Nothing that a person wrote leaves an assessment by an error, a repr or a note."""

from __future__ import annotations

import pickle
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from cases import ADULT
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.assessments import (
    ROSH,
    FutureBehaviour,
    Judgement,
    Rosh,
    Sections,
    SignOff,
    rule_table,
)
from riskbands.assessments.asset_plus import Indicative
from riskbands.bands.table import BandScale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKS = ("Zq7Jane Smyth", "zq7_marker", "1985-02-03 zq7", "ZQ7")
OWN = BandScale("zq7-scale", ("zq7 one", "zq7 two", "zq7 three"))
BEHAVIOUR = ("what", "to_whom", "when", "imminence", "likelihood", "impact")
mark = st.sampled_from(MARKS)


def leaks(text: str) -> bool:
    return "zq7" in text.casefold()


def said_by(error: BaseException) -> str:
    """All that an error and those inside and behind it print, notes included; no source."""
    lines = traceback.TracebackException(type(error), error, None, capture_locals=False)
    return "".join(lines.format(chain=True)) + repr(error) + str(error)


def written(text: str, **changes: Any) -> Judgement:
    """A judgement whose every text is a mark."""
    given_: dict[str, Any] = {
        "about": text,
        "scale": OWN,
        "computed": "zq7 one",
        "final": "zq7 two",
        "rationale": text,
        "by": text,
        "at": "2024-01-16",
        "basis": text,
    }
    return Judgement(**(given_ | changes))


def everything(text: str) -> Iterator[object]:
    """Each kind of object that can hold a text, with the mark in every place for one."""
    judgement = written(text)
    yield judgement
    yield judgement.countersign(by=text + "2", at="2024-01-17")
    yield judgement.revise("zq7 three", by=text, at="2024-01-18", rationale=text)
    yield SignOff(by=text, at="2024-01-16", covers=(text,), digest=text)
    yield FutureBehaviour.from_dict(dict.fromkeys(BEHAVIOUR, text))
    oasys = rb.OASysAssessment(case_id=text, judgements=(judgement,))
    yield oasys
    yield oasys.sign_off(by=text, at="2024-01-20")
    yield oasys.summary()
    yield from oasys.summary().tables
    behaviour = FutureBehaviour.from_dict(dict.fromkeys(BEHAVIOUR, text))
    child = rb.AssetPlusAssessment(case_id=text, future_behaviours=(behaviour,)).judge(
        "safety_and_wellbeing", "high", by=text, at="2024-01-16", rationale=text
    )
    yield child
    yield child.summary()
    yield from child.summary().tables


@given(mark)
def test_no_repr_shows_a_text(text: str) -> None:
    for thing in everything(text):
        assert not leaks(repr(thing)), type(thing)


#: Ways to an error, each with the mark in the places that it looks at.
ERRORS: dict[str, Callable[[str], object]] = {
    "no rationale": lambda t: written(t, rationale=" "),
    "no level": lambda t: written(t, final=None),
    "a level of another name": lambda t: written(t, scale=ROSH, computed=None, final=t),
    "a level that the scale of marks has not": lambda t: written(t, final=t + " four"),
    "a level of harm": lambda t: Rosh(children=t),
    "a level of harm that is no text": lambda t: Rosh(children=[t]),
    "a level that is no text": lambda t: written(t, final=[t]),
    "a scale with a built-in id": lambda t: written(
        t, scale={"id": "rsr-2025", "labels": [t, "b"]}
    ),
    "a case that is a text": lambda t: rb.OASysAssessment.from_dict(t),  # type: ignore[arg-type]
    "a sentence of a fault": lambda t: rb.OASysAssessment.from_dict(
        {"faults": [{"code": "malformed", "fields": ["sex"], "message": t}]}
    ).sign_off(by=t, at="2024-01-16"),
    "a code of a fault": lambda t: rb.OASysAssessment.from_dict(
        {"faults": [{"code": t, "fields": ["sex"], "message": t}]}
    ),
    "a field of a fault": lambda t: rb.OASysAssessment.from_dict(
        {"faults": [{"code": "malformed", "fields": [t]}]}
    ),
    "a sign-off before a judgement": lambda t: rb.OASysAssessment(
        judgements=(written(t),)
    ).sign_off(by=t, at="2024-01-15"),
    "a countersignature of something else": lambda t: written(
        t,
        countersignature=SignOff(
            by=t + "2", at="2024-01-17", covers=(t,), digest=written(t).digest
        ),
    ),
    "a key that is a text": lambda t: rb.OASysAssessment.from_dict({t: t}),
    "a key of a part": lambda t: FutureBehaviour.from_dict(dict.fromkeys(BEHAVIOUR, t) | {t: t}),
    "a key of a judgement": lambda t: Judgement.from_dict(written(t).to_dict() | {t: t}),
    "a key of its scale": lambda t: written(t, scale={t: t}),
    "a key of a request": lambda t: rb.OASysAssessment.from_hmpps({t: t}),
    "a section of that name": lambda t: rb.OASysAssessment.from_dict({"sections": {t: {}}}),
    "a section that is not recorded": lambda t: Sections({"drugs": {"score": 1}})[t],
    "an edit of that name": lambda t: rb.OASysAssessment().edit(**{t: t}),
    "a subject of that name": lambda t: rb.AssetPlusAssessment().judge(t, t, by=t, at="2024-01-16"),
    "a part to sign of that name": lambda t: rb.OASysAssessment().sign_off(
        by=t, at="2024-01-16", covers=[t]
    ),
    "a rule of that name": rule_table,
    "a level of another scale": lambda t: written(t, final=ROSH.bands[0]),
    "a level of a scale with marks": lambda t: written(t, scale=ROSH, final=OWN.bands[0]),
    "a scale of one label twice": lambda t: written(t, scale={"id": t, "labels": [t, t]}),
    "a scale that is a text": lambda t: written(t, scale=t),
    "who": lambda t: written(t, by=3),
    "when": lambda t: written(t, at=t),
    "a zone on one side": lambda t: written(t, previous=written(t, at="2024-01-01T10:00+01:00")),
    "earlier than what it replaces": lambda t: written(t, previous=written(t, at="2025-01-01")),
    "another subject": lambda t: written(t, previous=written("other " + t)),
    "countersigned by the same": lambda t: written(t).countersign(by=t, at="2024-01-17"),
    "countersigned twice": lambda t: (
        written(t).countersign(by=t + "2", at="2024-01-17").countersign(by=t + "3", at="2024-01-17")
    ),
    "edited after it": lambda t: Judgement.from_dict(
        written(t).countersign(by=t + "2", at="2024-01-17").to_dict() | {"rationale": t + "!"}
    ),
    "a judgement lost": lambda t: rb.OASysAssessment(judgements=(written(t),)).edit(judgements=()),
    "two about one thing": lambda t: rb.OASysAssessment(judgements=(written(t), written(t))),
    "a judgement that is not there": lambda t: rb.OASysAssessment(
        judgements=(written(t),)
    ).judgement("ogrs3"),
    "a judgement in the wrong place": lambda t: rb.AssetPlusAssessment(
        risk_of_serious_harm=written(t)
    ),
    "an indication of something else": lambda t: rb.AssetPlusAssessment().judge(
        "intervention_level",
        "standard",
        by=t,
        at="2024-01-16",
        indicative=Indicative(t, None, t),
    ),
    "a behaviour half told": lambda t: FutureBehaviour.from_dict(
        dict.fromkeys(BEHAVIOUR, t) | {"impact": " "}
    ),
    "values that cannot be read": lambda t: rb.OASysAssessment.from_dict(
        {"sex": t, "sanctions": t, "date_of_birth": t, "offence_code": t, "overall_harm_level": t}
    ),
    "sections that are a text": lambda t: rb.OASysAssessment.from_dict({"sections": t}),
    "items that are a text": lambda t: rb.OASysAssessment.from_dict(
        {"sections": {"drugs": {"items": {t: t}}}}
    ),
    "a score that is a text": lambda t: rb.OASysAssessment.from_dict(
        {"sections": {"drugs": {"score": t}}}
    ),
    "words of a request": lambda t: rb.OASysAssessment.from_hmpps(
        {"gender": t, "previousConvictions": [t], "saraRiskToPartner": t}
    ),
    "a mappa number": lambda t: rb.AssetPlusAssessment(mappa_category=t),
    "a digest that is none": lambda t: SignOff(by=t, at="2024-01-16", covers=t, digest=3),
}


@pytest.mark.parametrize("way", ERRORS)
@pytest.mark.parametrize("text", MARKS)
def test_no_error_repeats_a_text(way: str, text: str) -> None:
    with pytest.raises(rb.RiskBandsError) as caught:
        ERRORS[way](text)
    assert not leaks(said_by(caught.value)), said_by(caught.value)
    # an error travels to other processes and into logs
    assert not leaks(repr(pickle.dumps(caught.value)))


@given(mark)
def test_a_score_holds_no_text_of_its_assessment(text: str) -> None:
    given_ = {"case_id": text, **ADULT}
    case = rb.OASysAssessment.from_dict(given_).with_judgement(written(text))
    score = rb.ogrs3.score(case)
    for thing in (score, score.explain()):
        assert not leaks(repr(thing))
        assert not leaks(repr(pickle.dumps(thing)))
    faulty = rb.OASysAssessment.from_dict({"sex": text, "case_id": text}, on_issue="keep")
    assert not leaks(repr(faulty.faults))
    assert not leaks(repr(pickle.dumps(rb.ogrs3.score(faulty, on_issue="return"))))
    assert not leaks(repr(pickle.dumps(faulty.faults)))


def test_a_known_subject_and_usual_levels_are_named() -> None:
    judgement = Judgement(about="rsr", scale=ROSH, final="High", by="w", at="2024-01-16")
    assert repr(judgement) == "<Judgement rsr: computed none, final High, not countersigned>"
    own = written("zq7")
    assert repr(own) == (
        "<Judgement about a text: computed level 1 of 3, final level 2 of 3, not countersigned>"
    )
