"""Errors: all problems at once, as data, under one root that is also the nearest builtin."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest

import riskbands as rb
from riskbands import errors
from riskbands.assessments.judgement import Judgement
from riskbands.tiers.case import TierFacts
from riskbands.vocabulary.fields import field

#: Four problems of one case: two fields missing, one contradiction, one impossible order.
BROKEN = {
    "date_of_birth": "1990-05-01",
    "conviction_date": "2023-11-02",
    "age_at_follow_up": 12,
    "offence_code": "99999",
    "first_sanction_age": 40,
}


def caught() -> rb.InputErrorGroup:
    with pytest.raises(rb.InputErrorGroup) as found:
        rb.ogrs3.score(rb.OASysAssessment.from_dict(BROKEN))
    return found.value


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (rb.TableError, ValueError),
        (errors.BandError, TypeError),
        (rb.MissingTableError, LookupError),
        (errors.MissingExtraError, ImportError),
        (rb.UnknownNameError, KeyError),
        (rb.InputError, ValueError),
        (rb.InputErrorGroup, ValueError),
    ],
)
def test_every_error_has_the_one_root_and_is_the_nearest_builtin(
    error: type[BaseException], builtin: type[BaseException]
) -> None:
    assert issubclass(error, rb.RiskBandsError)
    assert issubclass(error, builtin)


def test_every_problem_is_listed_with_its_code_and_fields() -> None:
    group = caught()
    assert [str(i) for i in group.issues] == [
        "missing:sex",
        "missing:sanctions",
        "contradiction:date_of_birth,follow_up_date,conviction_date,age_at_follow_up",
        "unknown_offence_code:offence_code",
        "first_sanction_after_conviction:date_of_birth,conviction_date,first_sanction_age",
    ]
    assert [(e.code, e.fields) for e in group.exceptions] == [
        (i.code, i.fields) for i in group.issues
    ]
    for issue in group.issues:
        assert issue.message in str(group)
        assert issue.message


def test_issues_are_the_same_returned_or_raised() -> None:
    case = rb.OASysAssessment.from_dict(BROKEN)
    returned = rb.ogrs3.score(case, on_issue="return")
    assert returned.issues == caught().issues
    assert [i.message for i in returned.issues] == [i.message for i in caught().issues]


def test_unreadable_values_are_all_reported_at_once() -> None:
    with pytest.raises(rb.InputErrorGroup) as found:
        rb.OASysAssessment.from_dict(
            {"sex": "x", "sanctions": 0, "weapon": "perhaps", "case_id": 1}
        )
    assert [str(i) for i in found.value.issues] == [
        "malformed:sex", "out_of_range:sanctions", "malformed:weapon",
    ]  # fmt: skip


def test_except_star_takes_problems_one_by_one() -> None:
    codes = []
    try:
        raise caught()
    except* rb.InputError as group:
        codes = [e.code for e in group.exceptions if isinstance(e, rb.InputError)]
    assert codes == [i.code for i in caught().issues]


def test_a_group_that_is_split_stays_one_of_ours() -> None:
    group = caught()
    missing, rest = group.split(lambda e: isinstance(e, rb.InputError) and e.code == "missing")
    assert isinstance(missing, rb.InputErrorGroup)
    assert isinstance(rest, rb.InputErrorGroup)
    assert [i.code for i in missing.issues] == ["missing", "missing"]
    assert len(rest.issues) == len(group.issues) - 2


def test_a_group_is_caught_as_a_value_error() -> None:
    with pytest.raises(ValueError, match="OGRS3 cannot be scored"):
        rb.ogrs3.score(rb.OASysAssessment())


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))],
    ids=["copy", "deepcopy", "pickle"],
)  # fmt: skip
def test_errors_survive_a_copy_and_another_process(again: object) -> None:
    assert callable(again)
    group = caught()
    found = again(group)
    assert type(found) is rb.InputErrorGroup
    assert (str(found), found.issues) == (str(group), group.issues)
    assert [i.message for i in found.issues] == [i.message for i in group.issues]
    assert again(group.issues) == group.issues
    (leaf, *_) = group.exceptions
    assert (again(leaf).issue, str(again(leaf))) == (leaf.issue, str(leaf))
    name = rb.UnknownNameError("predictor", "orgs3", ["ogrs3", "ovp"])
    assert str(again(name)) == str(name) == "no predictor named 'orgs3'; did you mean ogrs3?"


def test_issues_are_equal_by_code_and_fields() -> None:
    """The wording may change without breaking who compares them."""
    here, there = rb.Issue("missing", ("sex",), "this"), rb.Issue("missing", ("sex",), "that")
    assert here == there
    assert len({here, there, rb.Issue("missing", ("sanctions",))}) == 2
    assert str(here) == "missing:sex"
    assert str(rb.Issue("odd")) == "odd"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        here.code = "present"  # type: ignore[misc]


def test_unknown_choices_are_named() -> None:
    case = rb.OASysAssessment()
    with pytest.raises(rb.UnknownNameError, match="did you mean return"):
        rb.ogrs3.score(case, on_issue="retrun")  # type: ignore[arg-type]
    with pytest.raises(rb.UnknownNameError, match="known: return, raise"):
        rb.score_cohort({}, on_issue="ignore")  # type: ignore[call-overload]
    with pytest.raises(rb.UnknownNameError, match="did you mean extended"):
        rb.score_cohort({}, form="extend")  # type: ignore[call-overload]
    with pytest.raises(rb.UnknownNameError, match="known: raise, keep"):
        rb.OASysAssessment.from_dict({}, on_issue="drop")


def test_a_cohort_is_refused_as_a_whole_when_asked_to() -> None:
    columns = {"sex": ["m", "f", None], "sanctions": [1, None, 2]}
    with pytest.raises(rb.InputErrorGroup) as found:
        rb.score_cohort(columns, ["ogrs3"], on_issue="raise")
    assert "row 0: ogrs3: missing:date_of_birth" in str(found.value)
    assert {i.code for i in found.value.issues} == {"row_has_issues"}


@pytest.mark.parametrize(
    "read",
    [
        rb.ogrs3.score,
        rb.OASysAssessment.from_dict,
        rb.OASysAssessment.from_hmpps,
        Judgement.from_dict,
        TierFacts.from_dict,
    ],
)
def test_a_name_that_is_not_repeated_is_told_by_its_place(read: Any) -> None:
    with pytest.raises(rb.UnknownNameError) as found:
        read({"Smith": 1, "Weston": 2})
    assert " of that name (key 1 of 2); " in str(found.value)
    assert found.value.place == "key 1 of 2"
    assert "Smith" not in f"{found.value!r} {found.value}"
    for again in (pickle.loads(pickle.dumps(found.value)), copy.copy(found.value)):
        assert str(again) == str(found.value)
    with pytest.raises(rb.UnknownNameError) as found:
        read({"Smith": 1})
    assert " of that name; " in str(found.value)


def test_a_name_that_is_repeated_needs_no_place() -> None:
    with pytest.raises(rb.UnknownNameError) as found:
        rb.ogrs3.score({"sex": "M", "sanctionss": 2})
    assert str(found.value).startswith("no field named 'sanctionss'; did you mean sanctions")


def test_a_name_among_many_is_told_where_the_list_is() -> None:
    few = [f"level {n}" for n in range(40)]
    assert str(rb.UnknownNameError("level", "?", few)).endswith(f"known: {', '.join(few)}")
    many = [*few, "level 40"]
    assert str(rb.UnknownNameError("level", "?", many)).endswith("level 7 and 33 more")
    with pytest.raises(rb.UnknownNameError) as found:
        field("zzz")
    assert str(found.value).startswith("no field of that name; known: case_id, sex, ")
    assert str(found.value).endswith(" more; `riskbands fields` lists those of this library")
