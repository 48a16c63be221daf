"""Offence codes: what is read as a code, and which group each scheme gives it."""

from __future__ import annotations

import contextlib
import csv
import string
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.errors import InputError, RiskBandsError, UnknownNameError
from riskbands.vocabulary.offences import (
    NEEDS_EXACT,
    NO_GROUP,
    OFFENCE_SCHEMES,
    UNKNOWN_CODE,
    UNMAPPED,
    VIOLENCE_SUBGROUPS,
    all_groups,
    describe,
    normalise,
    parse_code,
    scheme,
)

DATA = resources.files("riskbands") / "data"
FACTS = Path(__file__).parents[2] / "shared" / "facts" / "offence_codes.csv"
COLUMNS = {
    "ogrs3": "ogrs3_group",
    "actuarial-2025": "actuarial_group_2025",
    "actuarial-2026": "actuarial_group_2026",
}
MARKS = {"": NO_GROUP, "needs_exact_offence": NEEDS_EXACT, "unmapped": UNMAPPED}


def listed() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "offences.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.skipif(not FACTS.is_file(), reason="the facts files are not beside this checkout")
def test_the_list_of_codes_is_that_of_the_facts() -> None:
    assert (DATA / "offences.csv").read_text(encoding="utf-8").splitlines() == FACTS.read_text(
        encoding="utf-8"
    ).splitlines()


def test_every_code_is_listed_once_with_five_digits() -> None:
    codes = [row["code"] for row in listed()]
    assert len(codes) == len(set(codes)) == 3039
    assert all(len(code) == 5 and set(code) <= set(string.digits) for code in codes)


@pytest.mark.parametrize("name", OFFENCE_SCHEMES)
def test_the_table_has_every_listed_code_and_no_other(name: str) -> None:
    found = scheme(name)
    expected = {int(row["code"]): row[COLUMNS[name]] for row in listed()}
    assert found.table.shape == (100_000,)
    assert found.table.dtype == np.int16
    assert set(np.flatnonzero(found.table != UNKNOWN_CODE).tolist()) == set(expected)
    for code, group in expected.items():
        value = int(found.table[code])
        assert (found.groups[value] if value >= 0 else value) == MARKS.get(group, group)


@pytest.mark.parametrize("name", OFFENCE_SCHEMES)
def test_groups_are_in_a_fixed_order_and_none_is_empty(name: str) -> None:
    found = scheme(name)
    assert list(found.groups) == sorted(set(found.groups))
    used = Counter(found.table[found.table >= 0].tolist())
    assert set(used) == set(range(len(found.groups)))


def weights(file: str, *path: str) -> set[str]:
    node = tomllib.loads((DATA / "coefficients" / file).read_text(encoding="utf-8"))
    for key in ("coefficients", *path):
        node = node[key]
    return set(node)


def test_groups_are_those_the_coefficient_tables_weigh() -> None:
    for file in ("ogrs3-2009.toml", "ogrs3-hmpps-2025.toml"):
        assert set(scheme("ogrs3").groups) == weights(file, "offence_group")
    for name in ("actuarial-2025", "actuarial-2026"):
        groups = set(scheme(name).groups)
        assert set(VIOLENCE_SUBGROUPS) < groups
        for file in ("snsv-2014.toml", "snsv-hmpps-2025.toml", "arp-2026.toml", "vrp-2026.toml"):
            weighed = weights(file, "brief", "offence_group")
            assert len(weighed) == 20
            assert groups - set(VIOLENCE_SUBGROUPS) | {"violence"} == weighed
        for file in ("snsv-2014.toml", "snsv-hmpps-2025.toml", "svrp-2026.toml"):
            assert weights(file, "extended", "violence_subgroup") == set(VIOLENCE_SUBGROUPS)


def test_all_groups_has_each_group_of_each_scheme_once() -> None:
    assert list(all_groups()) == sorted({g for n in OFFENCE_SCHEMES for g in scheme(n).groups})


@pytest.mark.parametrize(
    ("code", "ogrs3", "actuarial"),
    [
        ("00100", "violence", "violence_abh_plus"),
        ("00801", "violence", "violence_abh_plus"),
        ("04600", "theft_non_motor", "theft_non_motor"),
    ],
)
def test_well_known_codes(code: str, ogrs3: str, actuarial: str) -> None:
    assert scheme("ogrs3").group(code) == ogrs3
    assert scheme("actuarial-2025").group(code) == actuarial
    assert scheme("actuarial-2026").group(code) == actuarial


@pytest.mark.parametrize(
    ("name", "code", "issue", "message"),
    [
        ("ogrs3", "99999", "unknown_offence_code", "not in the list"),
        ("ogrs3", "00000", "offence_without_group", "no group in ogrs3"),
        ("ogrs3", "08800", "needs_exact_offence", "needs_exact_offence of ogrs3"),
        ("ogrs3", "95000", "unmapped_offence", "unmapped of ogrs3"),
        ("actuarial-2025", "09700", "offence_without_group", "no group in actuarial-2025"),
        ("actuarial-2026", "00001", "offence_without_group", "no group in actuarial-2026"),
    ],
)
def test_a_code_that_cannot_be_scored_says_why(
    name: str, code: str, issue: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        scheme(name).group(code)
    assert caught.value.code == issue
    assert caught.value.fields == ("offence_code",)
    assert code not in str(caught.value)


@pytest.mark.parametrize("text", ["00801", "008/01", " 00801 ", "00801\n"])
def test_leading_zeros_belong_to_a_code(text: str) -> None:
    assert parse_code(text) == 801


@pytest.mark.parametrize("number", [10_000, 99_999, np.int32(12_345)])
def test_a_number_of_five_digits_is_a_code(number: int) -> None:
    assert parse_code(number) == number
    assert type(parse_code(number)) is int


@pytest.mark.parametrize("code", ["801", "0801", "9999", "0"])
def test_lost_leading_zeros_are_not_guessed(code: str | int) -> None:
    with pytest.raises(InputError, match="leading zeros were lost"):
        parse_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "", "     ", "8.1", "0801/", "00/801", "008-01", "008.01", "008  01", "00 801", "000801",
        "0080l", "+0801", "-0801", "-00801", "0x801", "1e4", "00801.0", "1_000", "unknown",
        "٠٠٨٠١", "００８０１", "²²²²²", -1, -801, 100_000, 12_345.0, None, True, np.True_, b"00801",
    ],
)  # fmt: skip
def test_nothing_else_is_a_code(code: object) -> None:
    with pytest.raises(InputError, match="offence_code must") as caught:
        parse_code(code)  # type: ignore[arg-type]
    assert caught.value.code == "malformed"
    assert isinstance(caught.value, (ValueError, RiskBandsError))


@pytest.mark.parametrize("number", [801, np.int64(801), 3001, 9999, 2])
def test_a_whole_number_lost_nothing_but_zeros_in_front(number: int) -> None:
    assert parse_code(number) == number


def test_a_number_that_could_be_a_class_is_refused() -> None:
    """As text it is a code; as a number nobody can say."""
    codes = {int(row["code"]) for row in listed()}
    classes = {code // 100 for code in codes}
    assert {803, 805, 825} <= codes & classes
    for number in codes & classes:
        with pytest.raises(InputError, match="could be a class alone"):
            parse_code(number)
        assert parse_code(f"{number:05d}") == number


@pytest.mark.parametrize("text", ["8/1", "8/01", "008/01", "8 / 1", "008 01", " 008/1 ", "8 /01"])
def test_class_and_subclass_may_stand_apart(text: str) -> None:
    assert parse_code(text) == 801


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pl.Series, pa.array, "chunks"])
def test_a_column_of_whole_codes_is_made_text_of_five_digits(kind: Any) -> None:
    make = (lambda v: pa.chunked_array([v])) if kind == "chunks" else kind
    assert normalise(make([801, 803, 10510])).tolist() == ["00801", "00803", "10510"]
    assert normalise(make(["8/1", "00803", "8.1"])).tolist() == ["00801", "00803", "8.1"]
    assert normalise(make([801.0, float("nan")])).tolist() == ["00801", None]


def test_what_is_no_code_stays_as_it_was() -> None:
    odd = [True, -1, 100_000, 8.1, "x", None, [1], "801"]
    assert normalise(odd).tolist() == [True, -1, 100_000, 8.1, "x", None, [1], "801"]


@given(st.integers(0, 99_999))
def test_both_written_forms_read_alike(number: int) -> None:
    digits = f"{number:05d}"
    assert parse_code(digits) == parse_code(f"{digits[:3]}/{digits[3:]}") == number


@given(st.text("0123456789/ ٣x-", max_size=8) | st.text(max_size=8))
def test_what_is_read_from_a_text_is_its_five_digits(text: str) -> None:
    with contextlib.suppress(InputError):
        number = parse_code(text)
        first, _, second = text.strip().replace("/", " ").partition(" ")
        assert number == (int(first) * 100 + int(second) if second else int(text))


def test_no_message_quotes_the_code() -> None:
    for pair in (("4321", "8765"), ("x4321", "y8765"), (-4321, -8765), (803, 805)):
        messages = set()
        for code in pair:
            with pytest.raises(InputError) as caught:
                parse_code(code)
            messages.add(str(caught.value))
        assert len(messages) == 1


def test_describe_has_everything_of_a_code() -> None:
    rows = {row["code"]: row for row in listed()}
    flags = {"": None, "0": False, "1": True}
    for code in ("00100", "08800", "95012", "09700", "00001", "00878"):
        found, row = describe(code), rows[code]
        assert found.code == code
        assert found.ogrs3 == (row["ogrs3_group"] or None)
        assert found.actuarial_2025 == (row["actuarial_group_2025"] or None)
        assert found.actuarial_2026 == (row["actuarial_group_2026"] or None)
        assert found.violent_or_sexual_2025 is flags[row["violent_or_sexual_2025"]]
        assert found.violent_or_sexual_2026 is flags[row["violent_or_sexual_2026"]]
        assert found.violent_sanction_2026 is flags[row["violent_sanction_2026"]]
    with pytest.raises(InputError, match="not in the list"):
        describe("99999")


def test_an_unknown_scheme_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean ogrs3"):
        scheme("ogrs4")
    with pytest.raises(KeyError, match="actuarial-2025"):
        scheme("actuarial")


def test_schemes_are_shared_and_cannot_be_changed() -> None:
    found = scheme("ogrs3")
    assert scheme("ogrs3") is found
    with pytest.raises(ValueError, match="read-only"):
        found.table[801] = 0
    with pytest.raises(AttributeError):
        found.name = "mine"  # type: ignore[misc]


def test_importing_reads_no_file() -> None:
    code = (
        "import sys, riskbands.vocabulary.offences as o; "
        "sys.exit(o._offences.cache_info().currsize + o._schemes.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
