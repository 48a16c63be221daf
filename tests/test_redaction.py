"""Names that could be somebody's data are not repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands._redact import column_labels, has_header, may_show, shown
from riskbands.vocabulary.fields import all_fields

FIELDS = list(all_fields())


@pytest.mark.parametrize("name", ["sex", "SEX", "sexx", "dateOfBirth", "Date of Birth", "Weapon"])
def test_what_resembles_a_known_name_is_shown(name: str) -> None:
    assert shown(name, FIELDS) == repr(name)


@pytest.mark.parametrize(
    "name",
    ["Smith", "Jane Smith", "1985-02-03", "03/02/1985", "male", "M", "00801", "AB123456C", "33",
     "Sexton", "Weston", "a@b.org", "", 3, None, "Age 33"],
)  # fmt: skip
def test_what_could_be_a_value_is_not(name: object) -> None:
    assert shown(name, FIELDS, "that key") == "that key"


def test_an_id_is_shown_beside_the_ids() -> None:
    ids = ["rsr-2025", "ogrs3-2009"]
    for name, there in {"rsr": True, "ogrs3-209": True, "2025": False, "1985": False}.items():
        assert may_show(name, ids) is there


def test_a_file_without_a_header_names_no_column() -> None:
    first = ["A17", "male", "no", "Smith", "1985-02-03", "00801", "custody"]
    assert not has_header(first, FIELDS)
    labels = column_labels(first, FIELDS)
    assert labels[3:5] == ["column 4", "column 5"]
    assert not any("Smith" in label or "A17" in label for label in labels)


@pytest.mark.parametrize(
    "row",
    [
        ["Khan", "F", "unemployed"],
        ["W2", "Khan", "Khan", "1", "04600", "38", "Unemployed"],
        ["Khan", "yes", "Weapon", "Accommodation"],
        ["Khan", "Weapon", "north"],
    ],
)
def test_answers_that_are_names_of_fields_make_no_header(row: list[str]) -> None:
    assert not any("Khan" in label for label in column_labels(row, FIELDS))


@pytest.mark.parametrize(
    "row",
    [
        ["team", "sex", "date_of_birth"],
        ["team", "F", "sex", "date_of_birth", "conviction_date", "2023"],
        ["sex", "weapon", "team", ""],
        ["sex", "team"],
    ],
)
def test_names_of_several_fields_make_a_header(row: list[str]) -> None:
    assert "team" in column_labels(row, FIELDS, quoted=False)


def test_a_header_names_its_columns_but_for_those_like_data() -> None:
    names = ["sex", "case_id", "Jane Smith", "1985-02-03", "ogrs3_2yr", "X123456", "Date of Birth"]
    assert column_labels(names, FIELDS, quoted=False) == [
        "sex", "case_id", "column 3", "column 4", "ogrs3_2yr", "column 6", "Date of Birth",
    ]  # fmt: skip


@given(
    st.dates().map(str) | st.integers(100, 10**9).map(str) | st.text("0123456789/-. :", min_size=1)
)
def test_dates_and_numbers_are_never_shown(text: str) -> None:
    assert not may_show(text, FIELDS)
    assert column_labels(["sex", text], FIELDS)[1] == "column 2"
