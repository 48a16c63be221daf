"""The JSON Schema of a case forbids nothing that counts, and requires what all must have."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cases import COUNTS, FULL, complete, some_value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vectors import rows

import riskbands as rb
from riskbands.pages import case_schema
from riskbands.vocabulary.fields import Kind, all_fields
from riskbands.vocabulary.offences import all_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.vocabulary.fields import Field

FOLDER = Path(__file__).parents[2] / "examples" / "instruments"
EXAMPLES = ("pier", "pretrial", "two-sexes", "survival", "two-forms", "sum")
#: YOGRS has no public numbers.
NUMBERS = Path(__file__).parents[1] / "assessments" / "invented-yogrs.toml"
BUILT_IN = tuple(rb.predictors.by_id)


@cache
def instrument(name: str) -> rb.Predictor:
    if name in EXAMPLES:
        return rb.load_instrument(FOLDER / f"{name}.toml")
    return rb.yogrs.with_table(NUMBERS) if name == "yogrs" else rb.predictors.by_id[name]


@cache
def schema_of(name: str) -> dict[str, Any]:
    return case_schema(instrument(name))


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(name))


def valid(name: str, case: dict[str, Any]) -> bool:
    return bool(validator(name).is_valid(case))


def plain(case: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON has them; what is missing is left out."""
    return {
        k: v.isoformat() if isinstance(v, dt.date) else v for k, v in case.items() if v is not None
    }


def any_value(f: Field, rng: random.Random) -> Any:
    """Any value that a field may hold; also a number with decimals, and the highest count."""
    if f.kind is Kind.OFFENCE_GROUP:
        return rng.choice(all_groups())
    if f.kind is Kind.DECIMAL:
        assert f.low is not None
        assert f.high is not None
        return rng.randint(f.low, f.high) / 10**f.decimals
    return some_value(f, rng)


def made(name: str, person: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A case of an instrument about a person: now and then ages for dates, and answers missing."""
    fields = instrument(name).vocabulary.fields
    case = {k: v for k, v in person.items() if k in fields}
    beside = [f for n, f in fields.items() if n not in all_fields() or all_fields()[n] != f]
    screened = [f for n, f in fields.items() if f.scored and n not in person and n not in DIRECT]
    for f in (*screened, *beside):
        if rng.random() < 0.8 and f.name not in ("offence_group", "order_end_date"):
            case[f.name] = any_value(f, rng)
    if rng.random() < 0.3 and "date_of_birth" in case and "conviction_date" in case:
        years = case["conviction_date"].year - case["date_of_birth"].year
        case |= {"age_at_conviction": years, "age_at_follow_up": years + 1,
                 "age_at_last_sexual_offence": years, "offence_free_months": rng.randrange(90),
                 "months_since_last_sanction": 3, "first_sanction_age": min(years, 15)}  # fmt: skip
        for date in ("date_of_birth", "follow_up_date", "conviction_date"):
            if rng.random() < 0.9:
                del case[date]
    if rng.random() < 0.3 and "offence_code" in case:
        case["offence_group"] = rng.choice(all_groups())
        if rng.random() < 0.5:
            del case["offence_code"]
    names = list(case)
    for changed in rng.sample(names, rng.choice([0, 0, min(2, len(names))])):
        case[changed] = any_value(fields[changed], rng)
    for lost in rng.sample(names, rng.choice([0, 0, 1, 3, 9, 20, 40]) * len(names) // 60):
        del case[lost]
    return plain(case)


DIRECT = rb.ogrs3.vocabulary.direct_fields
#: People one answer of whom can matter: all of it is known, or hardly any, or what else decides.
PEOPLE: tuple[dict[str, Any], ...] = (
    {},
    {"supervision_status": "community"},
    FULL,
    FULL | {"sexual_offence_history": "no"} | dict.fromkeys(COUNTS, 0),
    {k: v for k, v in FULL.items() if k != "follow_up_date"},
    {k: v for k, v in FULL.items() if k not in ("conviction_date", "follow_up_date")}
    | {"age_at_follow_up": 28, "age_at_conviction": 28},
    {"supervision_status": "community", "sex": "male"},
    FULL | {"uses_other_drugs": "no", "date_of_birth": "2003-10-10", "first_sanction_age": 10},
    *(
        {"sex": sex, "overall_harm_level": "high", "offence_code": "00801", "domestic_abuse": "no",
         "custodial_sentence": "yes", "mappa_eligible": "yes", **more}
        for sex in ("male", "female")
        for more in ({"obsessive_behaviour": "yes"}, {})
    ),
)  # fmt: skip


def said(p: rb.Predictor, case: dict[str, Any]) -> dict[str, Any]:
    score = p.score(case, on_issue="return")
    return score.to_dict() | {"cautions": score.cautions, "information": score.information}


def within(name: str, case: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in case.items() if k in schema_of(name)["properties"]}


def check(name: str, case: dict[str, Any]) -> bool:
    """Whether a case has a score; it is checked what the schema says of it."""
    p = instrument(name)
    # A number that stands for dates may say, without those dates, which of the two is asked for.
    case = {k: v for k, v in case.items() if k not in DIRECT or k in schema_of(name)["properties"]}
    kept = within(name, case)
    assert said(p, kept) == said(p, case)
    if p.case(kept).faults or not p.score(kept, on_issue="return").ok:
        return False
    assert valid(name, kept), [e.message for e in validator(name).iter_errors(kept)]
    for field in schema_of(name)["required"]:
        less = {k: v for k, v in kept.items() if k != field}
        assert not valid(name, less)
        issues = p.score(less, on_issue="return").issues
        assert field in {f for i in issues if i.code == "missing" for f in i.fields}
    return True


def golden() -> Iterator[tuple[str, dict[str, Any]]]:
    for row in (*rows("hmpps_2025")[::20], *rows("hmpps_2026")[::20]):
        for name in row.expect:
            yield name, plain(row.input)


def test_golden_cases_that_are_scored_are_valid() -> None:
    scored: dict[str, int] = {}
    for name, case in golden():
        scored[name] = scored.get(name, 0) + check(name, case)
    assert len(scored) > 12
    assert min(scored.values()) > 10, scored


@pytest.mark.parametrize("name", [*BUILT_IN, *EXAMPLES])
@given(person=complete(), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_case_that_is_scored_is_valid(name: str, person: dict[str, Any], seed: int) -> None:
    check(name, made(name, person, random.Random(seed)))


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_field_of_the_schema_can_change_what_is_said(name: str) -> None:
    """Of somebody of whom all is known, or of whom nothing is."""
    p = instrument(name)
    people = [within(name, plain(one)) for one in PEOPLE]
    idle = []
    for field in schema_of(name)["properties"]:
        f = p.vocabulary.field(field)
        values = {any_value(f, random.Random(n)) for n in range(30)}
        if not any(
            said(p, plain(one | {field: value}))
            != said(p, {k: v for k, v in one.items() if k != field})
            for one in people
            for value in values
        ):
            idle.append(field)
    assert not idle


def test_a_case_that_lacks_what_nobody_can_do_without_is_invalid() -> None:
    few = {"sex": "male", "sanctions": 1, "violent_sanctions": 0, "first_sanction_age": 20}
    for name in ("ogrs3", "snsv", "arp", "vrp", "svrp", "ogrs4g", "ogrs4v", "rsr", "csrp"):
        assert not valid(name, within(name, few))
    ways = few | {"age_at_conviction": 30, "age_at_follow_up": 30, "offence_free_months": 2,
                  "offence_code": "00801"}  # fmt: skip
    assert valid("snsv", ways)
    for name in ("age_at_conviction", "age_at_follow_up", "offence_free_months", "offence_code"):
        assert not valid("snsv", {k: v for k, v in ways.items() if k != name})


def test_those_to_whom_it_does_not_apply_need_no_more_than_shows_that() -> None:
    for name in ("osp_dc", "osp_iic", "osp_c", "osp_i", "dc_srp", "iic_srp"):
        assert valid(name, {"sex": "female"})
        assert valid(name, {"sex": "male", "sexual_offence_history": "no"})
    for name in ("two-forms", "two-sexes"):
        assert instrument(name).score({"age": 17}).applies is False
        assert valid(name, {"age": 17})


def test_an_instrument_for_those_its_own_field_lets_in_is_for_everybody() -> None:
    """Pier applies from 18 years on, and no age below 18 can be given."""
    assert set(schema_of("pier")["required"]) == set(schema_of("pier")["properties"])


def test_an_offence_is_a_code_or_a_group_that_counts() -> None:
    code = schema_of("rsr")["properties"]["offence_code"]
    for text, good in (("00801", 1), ("008/01", 1), ("8/1", 1), ("801", 0), ("assault", 0)):
        assert jsonschema.Draft202012Validator(code).is_valid(text) == bool(good)
    groups = schema_of("ogrs3")["properties"]["offence_group"]["enum"]
    assert set(groups) == set(rb.ogrs3.offence_groups)
    assert set(schema_of("osp_dc")["properties"]["offence_group"]["enum"]) == set(all_groups())
