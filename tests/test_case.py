"""The fast path of one case gives what the long way finds, or leaves it to that."""

from __future__ import annotations

import datetime as dt
import pickle
import random
import traceback
from typing import TYPE_CHECKING

import pytest
from cases import PREDICTORS, untidy
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands.derivation.derive import Derivation, Input
from riskbands.derivation.written import CaseDerivation, _fast_path, _Known, source_of
from riskbands.vocabulary.fields import all_fields
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from riskbands.derivation.checks import Check

CHECKS = tuple({id(c): c for p in PREDICTORS for c in getattr(rb, p)._rules}.values())
FULL = {"sex": "male", "sanctions": 4, "weapon": "no"}
SOURCED = tuple(name for name, f in built_in().features.items() if f.sources)


def values_of(seed: int, kept: float) -> dict[str, object]:
    """Values of an untidy case that can be read, some of them left out."""
    rng = random.Random(seed)
    case = rb.OASysAssessment.from_dict(untidy(seed), on_issue="keep")
    return {
        name: value
        for name in all_fields()
        if (value := getattr(case, name, None)) is not None and rng.random() < kept
    }


def both_ways(values: dict[str, object]) -> tuple[CaseDerivation, Derivation]:
    given = CaseDerivation(values)
    return CaseDerivation(values), Derivation({n: given.field(n) for n in all_fields()})


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 5_000),
    st.sampled_from([1.0, 0.9, 0.6]),
    st.permutations(SOURCED),
)
def test_features_in_any_order(seed: int, kept: float, names: list[str]) -> None:
    short, long = both_ways(values_of(seed, kept))
    for name in names:
        value, valid = short.value(name)
        expected, there = long.value(name)
        assert valid is there, name
        if valid:
            assert value == expected, name
            assert type(value) is int, name
            assert short.read(name) == short.sure(name) == value
    for name in names:
        assert short.why_missing([name]) == long.why_missing([name]), name


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5_000), st.sampled_from([1.0, 0.9, 0.6]), st.permutations(CHECKS))
def test_checks_in_any_order(seed: int, kept: float, rules: list[Check]) -> None:
    short, long = both_ways(values_of(seed, kept))
    for rule in rules:
        assert short.broken([rule]) == long.broken([rule]), rule.code


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 5_000),
    st.sampled_from([1.0, 0.9, 0.6]),
    st.lists(st.lists(st.sampled_from(SOURCED), max_size=8), min_size=1, max_size=6),
)
def test_features_together(seed: int, kept: float, groups: list[list[str]]) -> None:
    short, long = both_ways(values_of(seed, kept))
    for names in groups:
        assert short.valid(names) is long.valid(names), names


def test_a_source_that_lacks_a_feature_does_not_hand_over_to_the_next() -> None:
    """Months since a start of follow-up that only the long way tells come before months given."""
    values = values_of(1, 1.0) | {"offence_free_months": 7}
    short, long = both_ways(values)
    assert short.value("five_years_since_follow_up") == long.value("five_years_since_follow_up")
    short, long = both_ways({"offence_free_months": 60})
    assert short.value("five_years_since_follow_up") == (1, True)
    assert long.value("five_years_since_follow_up") == (1, True)


def test_what_another_thread_found_meanwhile_is_kept() -> None:
    """A date and an agreeing age: only the long way tells, and it may be quicker elsewhere."""
    values = {
        "date_of_birth": dt.date(1980, 1, 1),
        "conviction_date": dt.date(2020, 1, 1),
        "follow_up_date": dt.date(2020, 6, 1),
        "age_at_follow_up": 40,
    }

    class Meanwhile(_Known):
        def __contains__(self, item: object) -> bool:
            there = super().__contains__(item)
            if item == "age_at_follow_up":
                self["age_at_follow_up"] = 40
            return there

    known = Meanwhile(values.get, built_in())
    assert not _fast_path(built_in(), ("age_at_follow_up",))(known)
    assert known["age_at_follow_up"] == 40


def test_what_another_thread_could_not_tell_gives_way_to_what_is_found() -> None:
    class Meanwhile(_Known):
        def __contains__(self, item: object) -> bool:
            there = super().__contains__(item)
            if item == "sanctions":
                self["sanctions"] = None
            return there

    known = Meanwhile({"sanctions": 4}.get, built_in())
    assert _fast_path(built_in(), ("sanctions",))(known)
    assert known["sanctions"] == 4


def test_a_feature_is_known_before_it_is_seen_to_be_valid() -> None:
    values = {"date_of_birth": dt.date(1980, 1, 1), "conviction_date": dt.date(2020, 1, 1)}
    case = CaseDerivation(values | {"age_at_conviction": 40})
    seen: list[object] = []

    class Watched(dict[str, tuple[object, object]]):
        def __setitem__(self, name: str, found: tuple[object, object]) -> None:
            seen.append(case.sure(name))
            super().__setitem__(name, found)

    case._features = Watched()
    assert case.value("age_at_conviction") == (40, True)
    assert seen == [40]


@pytest.mark.parametrize(("name", "value"), [("sex", 7), ("sanctions", 5000), ("weapon", 3)])
def test_codes_outside_their_range_are_an_issue_whoever_gave_them(name: str, value: int) -> None:
    """Pickled by a version with other ranges, or by an derivation of the caller's own."""
    case = rb.OASysAssessment.from_dict(FULL)
    derivation = Derivation(
        {n: Input(value if n == name else given.values, given.valid)
         for n in all_fields() if (given := case.derivation.field(n)).valid}
    )  # fmt: skip
    valid = derivation.value(name)[1]
    assert valid is False
    assert [i.code for i, _ in derivation.why_missing([name])] == ["out_of_range"]
    if name != "sex":  # an enumeration keeps its word
        old = pickle.loads(pickle.dumps(case))
        vars(old)[name] = value
        again = pickle.loads(pickle.dumps(old))
        assert again.derivation.value(name)[1] is False


def test_a_name_that_is_no_feature_is_refused() -> None:
    with pytest.raises(KeyError):
        CaseDerivation({}).value("__import__('os')")


def test_ages_given_directly_take_the_fast_path() -> None:
    values = {"age_at_follow_up": 33, "age_at_conviction": 33, "offence_free_months": 2}
    known = _Known(values.get, built_in())
    assert _fast_path(built_in(), tuple(values))(known)
    assert {name: known[name] for name in values} == values


def test_a_traceback_shows_the_source_of_the_fast_path() -> None:
    """A value that no assessment holds: the statement that met it is shown."""
    known = _Known({"date_of_birth": "1980"}.get, built_in())
    with pytest.raises(AttributeError) as raised:
        _fast_path(built_in(), (".date_of_birth",))(known)
    text = "".join(traceback.format_exception(raised.value))
    assert "given_date_of_birth.year << 9" in text
    assert "<riskbands: .date_of_birth" in text


def test_variables_are_named_after_the_features() -> None:
    source = source_of(built_in(), ("career_years",))
    assert "career_years = age_at_conviction - given_first_sanction_age" in source
