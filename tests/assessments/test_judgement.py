"""A judgement: what was computed, what was decided, why, by whom; and nothing of it is lost."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import YOGRS, child

import riskbands as rb
from riskbands.assessments import ROSH, Judgement
from riskbands.bands.scale import BandScale

RSR = rb.band_table("rsr-2025")
WHY = "Two incidents since the assessment are not in the score."


def judged(**changes: Any) -> Judgement:
    given: dict[str, Any] = {
        "about": "rsr",
        "scale": RSR,
        "computed": "Low",
        "final": "High",
        "rationale": WHY,
        "by": "officer-17",
        "at": "2024-01-16",
    }
    return Judgement(**(given | changes))


@pytest.mark.parametrize("rationale", ["", "  \n", None])
def test_a_departure_without_a_rationale_is_refused(rationale: Any) -> None:
    with pytest.raises(rb.InputError, match="say why") as caught:
        judged(rationale=rationale)
    assert caught.value.code == "rationale_missing"
    assert caught.value.fields == ("rationale",)


@pytest.mark.parametrize(
    ("computed", "final", "departure"),
    [("Low", "High", 2), ("High", "Medium", -1), ("Medium", "Medium", 0), (None, "High", None)],
)
def test_departure_is_counted_in_levels(
    computed: str | None, final: str, departure: int | None
) -> None:
    assert judged(computed=computed, final=final).departure == departure


@pytest.mark.parametrize("computed", ["Medium", None, rb.NOT_APPLICABLE])
def test_no_rationale_is_needed_where_nothing_is_departed_from(computed: Any) -> None:
    assert judged(computed=computed, final="Medium", rationale="").rationale == ""


@pytest.mark.parametrize("level", ["very high", "VERY_HIGH", "Very High", ROSH.band(3)])
def test_levels_are_read_as_people_write_them(level: Any) -> None:
    found = judged(scale=ROSH, computed=None, final=level)
    assert found.final == "Very High"


def test_a_level_of_another_scale_is_refused() -> None:
    with pytest.raises(rb.UnknownNameError, match="no level of that name; known: Low, Med"):
        judged(final="Very High")
    with pytest.raises(TypeError, match="within one table"):
        judged(final=rb.band_table("csrp-2026").band("High"))
    with pytest.raises(rb.InputError, match="final must be one of Low, Medium, High"):
        judged(final=None)


@pytest.mark.parametrize("by", ["", "  ", None, 17])
def test_somebody_must_have_decided(by: Any) -> None:
    with pytest.raises(rb.InputError, match="by must say who"):
        judged(by=by)


@pytest.mark.parametrize("at", ["yesterday", "", None, 20240116, pd.NaT])
def test_it_must_be_known_when(at: Any) -> None:
    with pytest.raises(rb.InputError, match="at must say when"):
        judged(at=at)


@pytest.mark.parametrize(
    "at", ["2024-01-16", dt.date(2024, 1, 16), dt.datetime(2024, 1, 16), "2024-01-16T00:00:00"]
)
def test_a_moment_may_be_a_date(at: Any) -> None:
    assert judged(at=at).at == dt.datetime(2024, 1, 16)


@pytest.mark.parametrize("name", ["rationale", "basis", "about"])
def test_what_is_no_text_is_refused_and_not_quoted(name: str) -> None:
    with pytest.raises(rb.InputError, match=f"{name} must") as caught:
        judged(**{name: 17})
    assert caught.value.fields == (name,)
    assert "17" not in str(caught.value)


@pytest.mark.parametrize(
    "at",
    [
        pd.Timestamp("2024-01-16 10:00:00.123456789"),
        dt.datetime(2023, 10, 29, 1, 30, tzinfo=ZoneInfo("Europe/London")),  # an hour that is twice
    ],
    ids=["nanoseconds", "end of summer time"],
)
def test_any_moment_survives_json(at: Any) -> None:
    signed = judged(at=at).countersign(by="manager-2", at=at)
    again = Judgement.from_dict(json.loads(json.dumps(signed.to_dict())))
    assert (again, again.digest) == (signed, signed.digest)


def test_a_score_gives_the_computed_band_and_the_basis() -> None:
    score = YOGRS.score(child())
    found = Judgement.from_score(score, "High", by="w", at="2024-01-16", rationale=WHY)
    assert found.computed == str(score.band)
    assert found.about == "yogrs"
    assert score.table.digest in found.basis
    assert "invented-bands" in found.basis
    without = rb.yogrs.with_table(score.table).score(child())
    with pytest.raises(rb.InputError, match="with_bands"):
        Judgement.from_score(without, "High", by="w", at="2024-01-16")


# ---------------------------------------------------------------------------- countersigning


def test_somebody_else_countersigns_and_not_before() -> None:
    first = judged()
    with pytest.raises(rb.InputError, match="somebody else"):
        first.countersign(by="officer-17", at="2024-01-17")
    with pytest.raises(rb.InputError, match="must not lie before"):
        first.countersign(by="manager-2", at="2024-01-15")
    with pytest.raises(rb.InputError, match="time zone"):
        first.countersign(by="manager-2", at="2024-01-17T00:00:00+00:00")
    signed = first.countersign(by="manager-2", at="2024-01-17")
    assert signed.countersigned
    assert not first.countersigned
    with pytest.raises(rb.InputError, match=r"countersigned already.*revise"):
        signed.countersign(by="manager-3", at="2024-01-18")


@pytest.mark.parametrize(
    "change",
    [
        {"final": "Medium"},
        {"computed": "Medium"},
        {"rationale": "Other words."},
        {"by": "officer-18"},
        {"at": "2024-01-15"},
        {"basis": "another table"},
    ],
)
def test_an_edit_after_countersigning_is_refused(change: dict[str, Any]) -> None:
    signed = judged().countersign(by="manager-2", at="2024-01-17")
    with pytest.raises(rb.InputError, match="revise") as caught:
        attrs.evolve(signed, **change)
    assert caught.value.code == "changed_after_sign_off"
    tampered = signed.to_dict() | {k: str(v) for k, v in change.items()}
    with pytest.raises(rb.InputError) as caught:
        Judgement.from_dict(tampered)
    assert caught.value.code == "changed_after_sign_off"


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("covers", 3, "covers must name"),
        ("covers", [None], "covers must name"),
        ("digest", 3, "digest must be a text"),
    ],
)
def test_a_countersignature_that_cannot_be_is_refused(entry: str, value: Any, message: str) -> None:
    data = judged().countersign(by="manager-2", at="2024-01-17").to_dict()
    data["countersignature"][entry] = value
    with pytest.raises(rb.InputError, match=message):
        Judgement.from_dict(data)


def test_an_edit_of_the_history_is_found_too() -> None:
    revised = judged().revise("Medium", by="officer-17", at="2024-02-01", rationale=WHY)
    data = revised.countersign(by="manager-2", at="2024-02-02").to_dict()
    data["previous"]["rationale"] = "It was never so."
    with pytest.raises(rb.InputError, match="changed after"):
        Judgement.from_dict(data)


def test_a_revision_keeps_what_was_before_and_needs_a_new_countersignature() -> None:
    first = judged().countersign(by="manager-2", at="2024-01-17")
    second = first.revise("Medium", by="officer-18", at="2024-02-01", rationale="Calmer since.")
    third = second.revise("Low", by="officer-18", at="2024-03-01")
    assert not second.countersigned
    assert third.history == (first, second)
    assert third.history[0].countersigned
    assert third.departure == 0
    assert second.computed == first.computed
    assert first.final == "High"
    with pytest.raises(rb.InputError, match="say why"):
        first.revise("Medium", by="officer-18", at="2024-02-01")
    with pytest.raises(rb.InputError, match="must not lie before"):
        first.revise("Low", by="officer-18", at="2023-12-31")


def test_a_revision_may_have_another_computed_band() -> None:
    second = judged().revise(
        "High", by="o", at="2024-02-01", computed="High", basis="a new assessment"
    )
    assert (second.departure, second.basis) == (0, "a new assessment")


def test_a_judgement_cannot_replace_one_about_something_else() -> None:
    with pytest.raises(rb.InputError, match="about something else"):
        judged(about="ovp", previous=judged())


def test_it_cannot_be_changed_in_place() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        judged().final = RSR.band("Low")  # type: ignore[misc]


# ---------------------------------------------------------------------------- from a file


@pytest.mark.parametrize("by", ["officer-17 ", " officer-17", "OFFICER-17", "\tOfficer-17\n"])
def test_an_id_written_otherwise_is_the_same_person(by: str) -> None:
    with pytest.raises(rb.InputError, match="somebody else") as caught:
        judged().countersign(by=by, at="2024-01-17")
    assert caught.value.code == "countersigned_by_the_same"
    data = judged().countersign(by="manager-2", at="2024-01-17").to_dict()
    data["countersignature"]["by"] = by
    with pytest.raises(rb.InputError, match="somebody else"):
        Judgement.from_dict(data)
    assert judged().countersign(by="officer-170", at="2024-01-17").countersigned


@pytest.mark.parametrize("covers", [[], ["x"], ["judgement", "x"], "assessment"])
def test_a_countersignature_covers_the_judgement(covers: Any) -> None:
    data = judged().countersign(by="manager-2", at="2024-01-17").to_dict()
    data["countersignature"]["covers"] = covers
    with pytest.raises(rb.InputError, match="covers the judgement"):
        Judgement.from_dict(data)


@pytest.mark.parametrize(
    "scale",
    [
        {"id": "rsr-2025", "labels": ["Low", "Catastrophic"]},
        {"id": "rsr-2025", "labels": ["High", "Medium", "Low"]},
        {"id": "osp-iic", "labels": ["Low", "High"]},
        BandScale("rsr-2025", ("Low", "High")),
    ],
)
def test_a_scale_with_a_built_in_id_has_the_labels_of_it(scale: Any) -> None:
    with pytest.raises(rb.InputError, match="an id of its own") as caught:
        judged(scale=scale, computed="Low", final="Low")
    assert (caught.value.code, caught.value.fields) == ("contradiction", ("scale",))
    # an edited table says so in its id, and a scale of one's own has one
    edited = rb.BandTable.from_edges("rsr-2025", ["Low", "High"], [0, 50, 100]).marked()
    for own in (edited, BandScale("ours", ("Low", "High"))):
        assert judged(scale=own).scale.labels == ("Low", "High")


def test_a_basis_says_nothing_of_another_computed_level() -> None:
    first = judged(basis="ogrs3-2009 (0123456789abcdef)")
    again = {"by": "o", "at": "2024-02-01", "rationale": WHY}
    assert first.revise("High", computed="High", **again).basis == ""
    assert first.revise("High", computed="low", **again).basis == first.basis
    assert first.revise("High", **again).basis == first.basis
    assert first.revise("High", computed="High", basis="new", **again).basis == "new"


def test_a_score_with_issues_is_no_basis() -> None:
    score = YOGRS.score(child(sanctions=None), on_issue="return")
    assert score.issues
    found = Judgement.from_score(score, "High", by="w", at="2024-01-16")
    assert (found.computed, found.basis) == (None, "")


# ----------------------------------------------------------------------------- one instant

MORNING = dt.datetime(2024, 1, 16, 10, tzinfo=dt.UTC)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))


def in_utc(data: Any) -> Any:
    """What a database makes of a document that keeps moments in UTC."""
    if not isinstance(data, dict):
        return data
    found = {name: in_utc(value) for name, value in data.items()}
    if "at" in found:
        found["at"] = dt.datetime.fromisoformat(found["at"]).astimezone(dt.UTC).isoformat()
    return found


@given(offsets, offsets)
def test_one_instant_has_one_digest(one: dt.timezone, other: dt.timezone) -> None:
    ours, theirs = (judged(at=MORNING.astimezone(zone)) for zone in (one, other))
    assert ours == theirs
    assert (hash(ours), ours.digest) == (hash(theirs), theirs.digest)
    assert ours.digest != judged(at=MORNING + dt.timedelta(seconds=1)).digest
    signed = ours.countersign(by="manager-2", at=MORNING.astimezone(other))
    third = signed.revise("Low", by="o", at=MORNING.astimezone(other), rationale=WHY)
    third = third.countersign(by="manager-2", at=MORNING.astimezone(one))
    for judgement in (signed, third):
        again = Judgement.from_dict(in_utc(judgement.to_dict()))
        assert (again, again.digest) == (judgement, judgement.digest)
        case = rb.OASysAssessment(judgements=(judgement,)).sign_off(by="m", at=MORNING)
        assert case.edit(judgements=(again,)).signed_off == ("assessment",)


def test_a_moment_at_the_end_of_the_calendar_has_a_digest() -> None:
    assert judged(at="0001-01-01T00:00:00+01:00").digest != judged(at="0001-01-01").digest


# As version 0.1.0 wrote them: the digest is over the moment as written.
OF_0_1_0 = {
    "about": "rsr",
    "scale": {"id": "rsr-2025", "labels": ["Low", "Medium", "High"]},
    "final": "High",
    "by": "officer-17",
    "at": "2024-01-16T11:00:00+01:00",
    "computed": "Low",
    "rationale": WHY,
    "countersignature": {
        "by": "manager-2",
        "at": "2024-01-17T11:00:00+01:00",
        "covers": ["judgement"],
        "digest": "46a0eaf0af7764f3",
    },
}


def test_a_digest_of_the_first_version_holds() -> None:
    found = Judgement.from_dict(OF_0_1_0)
    assert found.countersigned
    assert found.countersignature is not None
    assert found.countersignature.digest != found.digest
    revised = found.revise("Low", by="o", at="2024-02-01T09:00:00+01:00", rationale=WHY)
    signed = revised.countersign(by="m", at="2024-02-01T09:00:00+01:00")
    assert Judgement.from_dict(signed.to_dict()) == signed
    with pytest.raises(rb.InputError, match="changed after"):
        Judgement.from_dict(OF_0_1_0 | {"at": "2024-01-16T11:00:00+02:00"})


def test_a_sign_off_of_the_first_version_holds() -> None:
    document = {
        "judgements": [OF_0_1_0],
        "sign_offs": [
            {
                "by": "m",
                "at": "2024-01-18T11:00:00+01:00",
                "covers": ["assessment"],
                "digest": "73774f4dc1ec44fd",
            }
        ],
    }
    case = rb.OASysAssessment.from_dict(document)
    assert case.signed_off == ("assessment",)
    assert case.sign_offs[0].digest != case.digest
    assert case.edit(sanctions=3).signed_off == ()


# ----------------------------------------------------------------------- signed and then judged


@pytest.mark.parametrize("at", ["2024-01-15", "2024-01-16T23:59:59", "2024-01-14T00:00+00:00"])
def test_no_assessment_is_signed_off_before_its_judgements(at: str) -> None:
    signed = judged().countersign(by="manager-2", at="2024-01-17")
    case = rb.OASysAssessment(judgements=(signed,))
    with pytest.raises(rb.InputError, match="before a judgement") as caught:
        case.sign_off(by="m", at=at)
    assert (caught.value.code, caught.value.fields) == ("out_of_range", ("at",))
    done = case.sign_off(by="m", at="2024-01-17")
    assert done.signed_off == ("assessment",)
    document = done.to_dict()
    document["sign_offs"][0]["at"] = at
    again = rb.OASysAssessment.from_dict(document)
    assert (again.signed_off, len(again.sign_offs)) == ((), 1)


def test_a_sign_off_with_a_time_zone_goes_with_a_judgement_of_a_day() -> None:
    case = rb.OASysAssessment(judgements=(judged(),))
    for at in ("2024-01-16T00:00+00:00", "2024-01-15T23:30-05:00"):
        assert case.sign_off(by="m", at=at).signed_off == ("assessment",)


# ------------------------------------------------------------------------------------- plain data

texts = st.text(min_size=1).filter(lambda t: t.strip() != "")
moments = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1))


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    labels = tuple(RSR.labels)
    found = judged(
        computed=draw(st.none() | st.sampled_from(labels)),
        final=draw(st.sampled_from(labels)),
        rationale=draw(texts),
        by=draw(texts),
        at=draw(moments),
        basis=draw(st.text()),
    )
    for _ in range(draw(st.integers(0, 3))):
        if draw(st.booleans()) and not found.countersigned:
            found = found.countersign(by=f"not {found.by}", at=found.at)
        later = found.at + dt.timedelta(minutes=draw(st.integers(0, 10_000)))
        found = found.revise(
            draw(st.sampled_from(labels)), by=draw(texts), at=later, rationale=draw(texts)
        )
    return found


@given(judgements())
def test_it_survives_json_with_its_history(judgement: Judgement) -> None:
    again = Judgement.from_dict(json.loads(json.dumps(judgement.to_dict())))
    assert again == judgement
    assert hash(again) == hash(judgement)
    assert again.history == judgement.history
    assert again.digest == judgement.digest


def test_unknown_and_missing_entries_are_named() -> None:
    data = judged().to_dict()
    with pytest.raises(rb.UnknownNameError, match="rationale"):
        Judgement.from_dict(data | {"rational": "x"})
    del data["at"]
    with pytest.raises(rb.InputError, match="needs at"):
        Judgement.from_dict(data)
    with pytest.raises(rb.InputError, match="mapping"):
        Judgement.from_dict([])  # type: ignore[arg-type]


def test_the_repr_shows_neither_people_nor_reasons() -> None:
    text = repr(judged().countersign(by="manager-2", at="2024-01-17"))
    assert text == "<Judgement rsr: computed Low, final High, countersigned>"
