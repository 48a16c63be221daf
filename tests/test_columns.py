"""Columns of a cohort, in every form that data comes in: what is accepted, and what is refused."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import sys
import types
import warnings
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vectors import from_text

import riskbands as rb
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.columns import ColumnReader, DictionaryColumn
from riskbands.cohorts.frames._polars import PolarsReader
from riskbands.errors import InputErrorGroup
from riskbands.vocabulary.fields import Field, FieldFault, Kind, field, fields

INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
UNITS = ("D", "h", "m", "s", "ms", "us", "ns")
NAN = float("nan")


def read(name: str, column: Any) -> list[Any]:
    """What a column says: values, None where missing, the code of the fault elsewhere."""
    return said(field(name), ColumnReader(field(name), column))


def said(f: Field, reader: ColumnReader) -> list[Any]:
    """The same of a reader of that field."""
    n = len(reader)
    found = reader.block(0, n)
    valid = np.broadcast_to(found.valid, n)
    faults = {code: np.broadcast_to(rows, n) for code, rows in found.faults.items()}
    return [
        f.decode(int(found.values[i]))
        if valid[i]
        else next((code for code, rows in faults.items() if rows[i]), None)
        for i in range(n)
    ]


# Numbers


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_of_every_size(dtype: Any) -> None:
    assert read("sanctions", np.array([1, 7, 100], dtype)) == [1, 7, 100]
    assert read("accommodation", np.array([0, 1, 2], dtype)) == [0, 1, 2]
    assert read("weapon", np.array([0, 1], dtype)) == [False, True]
    assert read("unemployed", np.array([0, 1, 2], dtype)) == [False, True, True]
    assert read("sanctions", np.array([0], dtype)) == ["out_of_range"]
    assert read("accommodation", np.array([3, 120], dtype)) == ["out_of_range"] * 2
    assert read("weapon", np.array([2], dtype)) == ["malformed"]
    least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
    assert read("accommodation", np.array([least, most], dtype)) == [
        0 if least == 0 else "out_of_range",
        "out_of_range",
    ]


@pytest.mark.parametrize("dtype", [">i2", "<i2", ">i8", "<i8", ">u4", ">f8", "<f4"])
def test_numbers_of_either_byte_order(dtype: str) -> None:
    assert read("sanctions", np.array([1, 7, 1023], dtype)) == [1, 7, 1023]
    assert read("accommodation", np.array([0, 1, 2], dtype)) == [0, 1, 2]
    assert read("weapon", np.array([0, 1], dtype)) == [False, True]
    if "u" not in dtype:
        assert read("accommodation", np.array([-1, -2, -3, -256], dtype)) == ["out_of_range"] * 4


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats(dtype: Any) -> None:
    column = np.array([1, 2.0, NAN, 0.5, -1, np.inf, -np.inf, 60000], dtype)
    fault = ["malformed", "out_of_range", "malformed", "malformed", "out_of_range"]
    assert read("sanctions", column) == [1, 2, None, *fault]
    assert read("accommodation", column) == [1, 2, None, *fault]
    assert read("weapon", np.array([0, 1, NAN, 2, 0.5], dtype)) == [
        False, True, None, "malformed", "malformed",
    ]  # fmt: skip


def test_numbers_that_do_not_fit_a_small_integer() -> None:
    """65,537 is not 1, nor is 2**32 + 1 or 1e300."""
    assert read("sanctions", np.array([65_537, 2**32 + 1])) == ["out_of_range"] * 2
    assert read("sanctions", np.array([65_537.0, 2.0**32 + 1, 1e300])) == ["out_of_range"] * 3
    assert read("sanctions", np.array([2**64 - 1], np.uint64)) == ["out_of_range"]
    assert read("sanctions", ["65537", "4294967297", "1" * 40]) == [
        "out_of_range", "malformed", "malformed",
    ]  # fmt: skip


def test_yes_and_no_are_no_numbers() -> None:
    assert read("weapon", np.array([True, False])) == [True, False]
    assert read("sanctions", np.array([True, False])) == ["malformed"] * 2
    assert read("accommodation", [True, 1, 0]) == ["malformed", 1, 0]


@pytest.mark.parametrize("first", [True, 1, 1.0, decimal.Decimal(1)])
@pytest.mark.parametrize("second", [True, 1, 1.0, decimal.Decimal(1)])
def test_equal_values_of_two_types_are_read_apart(first: Any, second: Any) -> None:
    """Also when they meet in different blocks: no row changes how another is read."""
    column = np.array([first, second], dtype=object)
    reader = ColumnReader(field("sanctions"), column)
    read_apart = [int(reader.block(i, i + 1).values[0]) for i in range(2)]
    together = reader.block(0, 2).values.tolist()
    fresh = [
        int(ColumnReader(field("sanctions"), column[i : i + 1]).block(0, 1).values[0])
        for i in (0, 1)
    ]
    assert read_apart == together == fresh
    assert [c < 0 for c in fresh] == [first is True, second is True]


# Text and objects


@pytest.mark.parametrize("dtype", [object, str, "S"])
def test_text_of_every_kind(dtype: Any) -> None:
    words = ["4", " 12 ", "3.0", "", "NA", "n/a", "many", "-1", "1e3"]
    expected = [4, 12, 3, None, None, None, "malformed", "out_of_range", "malformed"]
    assert read("sanctions", np.array(words, dtype)) == expected
    assert read("sex", np.array(["M", "female", "F ", "", "x"], dtype)) == [
        "male", "female", "female", None, "malformed",
    ]  # fmt: skip
    assert read("weapon", np.array(["Yes", "n", "TRUE", "0", "2", "not known"], dtype)) == [
        True, False, True, False, "malformed", None,
    ]  # fmt: skip
    assert read("unemployed", np.array(["2", "0", "yes"], dtype)) == [True, False, True]
    assert read("accommodation", np.array(["no problems", "some", "2", "3"], dtype)) == [
        0, 1, 2, "out_of_range",
    ]  # fmt: skip
    assert read("offence_code", np.array(["00801", "008/01", "801", ""], dtype)) == [
        "00801", "00801", "malformed", None,
    ]  # fmt: skip


def test_objects_of_every_kind() -> None:
    column = np.empty(12, dtype=object)
    column[:] = [
        3, np.int64(3), 3.0, decimal.Decimal(3), fractions.Fraction(3), "3", b"3", None, NAN,
        [3], {"n": 3}, 3 + 0j,
    ]  # fmt: skip
    found = read("sanctions", column)
    assert found[:7] == [3] * 7
    assert found[7:9] == [None, None]
    assert found[9:11] == ["malformed"] * 2
    assert found[11] in (3, "malformed")


def test_values_that_cannot_be_hashed_or_unpacked() -> None:
    """A pair is no number, whatever it holds."""
    column = np.empty(3, dtype=object)
    column[:] = [(int, 2), (1, 2), 2]
    assert read("accommodation", column) == ["malformed", "malformed", 2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sex", "male"),
        ("sanctions", "4"),
        ("date_of_birth", "1980-02-28"),
        ("offence_code", "00801"),
    ],
)
def test_masked_and_arrays_without_a_dimension_are_values_among_objects(
    name: str, text: str
) -> None:
    objects: list[Any] = [np.ma.masked, np.array(text), np.array(text, object), None, text]
    column = np.empty(len(objects), object)
    for place, value in enumerate(objects):
        column[place] = value
    alone = [
        field(name).parse(value) if place != 0 else None for place, value in enumerate(objects)
    ]
    assert field(name).parse(np.ma.masked) is None
    assert alone[1] == alone[4]
    assert read(name, column) == read(name, objects) == read(name, [None, text, text, None, text])


def test_lists_as_columns() -> None:
    assert read("sanctions", [1, None, "2", 3.0]) == [1, None, 2, 3]
    assert read("sanctions", (1, 2)) == [1, 2]
    assert read("sanctions", range(1, 3)) == [1, 2]
    assert read("weapon", [0, True, "no"]) == [False, True, False]
    assert read("sanctions", []) == []


def test_codes_as_numbers_lost_zeros_in_front_and_are_refused_where_they_may_be_classes() -> None:
    for dtype in (np.int16, np.int64, np.float64, object):
        assert read("offence_code", np.array([801, 3001, 803], dtype)) == [
            "00801", "03001", "malformed",
        ]  # fmt: skip
    assert read("offence_code", [801, "00801", "801", 8.1]) == [
        "00801", "00801", "malformed", "malformed",
    ]  # fmt: skip
    assert read("offence_code", np.array([801.0, NAN])) == ["00801", None]


# What is said once


def told(columns: dict[str, Any], **options: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rb.score_cohort(columns, ["ogrs3"], **options)
    return [str(w.message) for w in caught if issubclass(w.category, rb.ReadingWarning)]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_column_with_the_day_first_is_told_once(kind: Any) -> None:
    days = ["01/05/1990", "31/12/1984", ""] * 500
    (text,) = told(kind({"date_of_birth": days, "sanctions": [1] * 1500}))
    assert "date_of_birth: no date is written with the year first" in text
    assert "date_format='%d/%m/%Y'" in text
    assert told(kind({"date_of_birth": [*days, "1990-05-01"]})) == []
    assert told(kind({"date_of_birth": days}), date_format="%d/%m/%Y") == []
    assert told(kind({"date_of_birth": ["rubbish"] * 5})) == []
    with pytest.warns(rb.ReadingWarning, match="day first"), pytest.raises(rb.InputErrorGroup):
        rb.score_cohort(kind({"date_of_birth": days}), ["ogrs3"], on_issue="raise")


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_zeros_put_in_front_of_codes_are_told_once(kind: Any) -> None:
    (text,) = told(kind({"offence_code": [801, 3001, 10510] * 500}))
    assert "801 as 00801" in text
    assert told(kind({"offence_code": [10510, 10511]})) == []
    assert told(kind({"offence_code": ["8/1", "00801"]})) == []


# Dates in other formats

WRITTEN = {
    "%d/%m/%Y": ("01/05/1990", "1/5/1990", " 01/05/1990 "),
    "%Y/%m/%d": ("1990/05/01",),
    "%Y%m%d": ("19900501", 19900501, 19900501.0),
    "%d-%m-%Y": ("01-05-1990", "1-5-1990"),
    "%d.%m.%Y": ("01.05.1990",),
    "%d %b %Y": ("01 May 1990", "1 may 1990"),
    "%d %B %Y %H:%M": ("01 May 1990 10:00",),
    "%m/%d/%Y": ("05/01/1990",),
    "%d/%m/%Y %H:%M:%S": ("01/05/1990 00:00:00",),
    "excel": (32994, 32994.0, 32994.75, "32994", "32994.5", decimal.Decimal(32994)),
}
WRONG = ["31/31/1990", "1990-13-01", "x", "01/05/90", "199005", 12, -1, True, 1e300, "٠١/٠٥/١٩٩٠"]


def holders(values: list[Any]) -> list[Any]:
    """Columns that hold these values in the ways they can be held."""
    found: list[Any] = [values, np.array(values, dtype=object)]
    kinds = set(map(type, values))
    if kinds == {str}:
        found += [np.array(values), np.array([v.encode("utf-8") for v in values])]
    return found


@pytest.mark.parametrize("written", WRITTEN)
def test_dates_in_the_format_of_their_column(written: str) -> None:
    day = dt.date(1990, 5, 1)
    f = attrs.evolve(field("date_of_birth"), date_format=written)
    typed = [day, dt.datetime(1990, 5, 1, 10), np.datetime64("1990-05-01"), None]
    for value in [*WRITTEN[written], *typed]:
        expected = None if value is None else day
        assert f.parse(value) == expected
        for column in holders([value] * 3):
            found = ColumnReader(f, column).block(0, 3)
            ok = np.broadcast_to(found.valid, 3)
            assert ok.tolist() == [value is not None] * 3
            assert expected is None or {f.decode(int(v)) for v in found.values} == {day}
    for value in WRONG:
        with pytest.raises(FieldFault):
            f.parse(value)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.dates(dt.date(1795, 1, 1), dt.date(2205, 12, 31)).map(dt.date.isoformat),
            st.datetimes(dt.datetime(1795, 1, 1), dt.datetime(2205, 12, 31)).map(
                lambda m: m.isoformat(" ", "seconds")
            ),
            st.text("0123456789-T:Z ", max_size=20),
            st.sampled_from(["1990-02-30", "1990-05-01T24:00:00", "1990-05-01 10:00:61", ""]),
            st.none(),
        ),
        max_size=8,
    )
)
@example(["1990-05-011", "990-05-01"])
@example(["1990-05-01 10:00:00", "1990-05-01"])
def test_dates_that_are_read_all_at_once_are_read_as_each_alone(texts: list[str | None]) -> None:
    f = field("date_of_birth")
    expected = [None if t is None else single(f, t) for t in texts]
    columns: list[Any] = [np.array([*texts, None], dtype=object)[:-1]]
    columns += [ArrowReader(f, pa.array(texts, kind)) for kind in (pa.string(), pa.large_string())]
    columns.append(ArrowReader(f, pa.array(["x", *texts, "y"], pa.string()).slice(1, len(texts))))
    columns.append(PolarsReader(f, pl.Series(texts, dtype=pl.String)))
    if None not in texts:
        columns += [np.array(texts, str), np.array([str(t).encode() for t in texts], "S")]
    for column in columns:
        reader = column if isinstance(column, ColumnReader) else ColumnReader(f, column)
        assert said(f, reader) == expected


@pytest.mark.parametrize(
    "name", ["sanctions", "accommodation", "weapon", "unemployed", "sex", "relationship_status"]
)
def test_every_text_of_one_or_two_characters_is_read_as_it_is_alone(name: str) -> None:
    """They are looked up by their bytes; a NUL is a character as any other."""
    f = field(name)
    characters = [chr(n) for n in range(128)]
    pairs = [a + b for a in "0129 \x00\tyYnNtTfFmM.+-" for b in characters]
    for texts in (characters, [c for c in characters if c != "\x00"], pairs):
        listed: list[str | None] = [*texts, "", None]
        expected = [None if t is None else single(f, t) for t in listed]
        for reader in (
            ArrowReader(f, pa.array(listed, pa.string())),
            ArrowReader(f, pa.array(listed, pa.large_string())),
            PolarsReader(f, pl.Series(listed, dtype=pl.String)),
        ):
            assert reader.block(0, 0).valid is True
            assert said(f, reader) == expected
        assert read(name, np.array([*listed, 0], dtype=object)[:-1]) == expected


SHORT = st.text("0123456789 yn\0\n", max_size=3) | st.text(max_size=6) | st.none()
CODES = st.integers(0, 99999).map("{:05}".format) | st.sampled_from(["0801", "008/01", "00801\n"])
SOME_DAYS = st.dates() | st.none()
#: Offsets of zones in which an instant is one day or the next.
ZONES = [dt.timezone(dt.timedelta(hours=hours)) for hours in (-10, 0, 1, 13)]
#: A few instants, so that equal ones meet, each in several zones.
INSTANTS = st.builds(
    lambda kind, day, zone: kind(dt.datetime(1990, 7, day, 11, 30, tzinfo=dt.UTC).astimezone(zone)),
    st.sampled_from([lambda moment: moment, pd.Timestamp]),
    st.integers(1, 2),
    st.sampled_from(ZONES),
)
TICKS = st.builds(
    lambda day, unit: np.datetime64(day).astype(f"M8[{unit}]"),
    st.sampled_from(["2024-01-01", "2024-02-01", "2201-01-01", "NaT"]),
    st.sampled_from(["Y", "M", "W", "D", "h", "s", "us", "ns"]),
)
SPANS = st.builds(
    lambda n, unit: np.timedelta64(n, unit) if unit else np.timedelta64(n),
    st.integers(0, 3),
    st.sampled_from(["", "D", "s", "ns"]),
)
FAR = st.sampled_from([10**20, 10**400, -(10**400), 10**5000, -(10**5000)])
DECIMALS = st.decimals() | st.sampled_from(
    list(map(decimal.Decimal, ("2", "2.0", "2." + "0" * 80, "801", "801.5", "1E+5000", "sNaN")))
)
MOMENTS = st.datetimes() | st.sampled_from([pd.NaT, pd.Timestamp("2024-02-29 23:59", tz="UTC")])
NUMBERS = st.integers(-6, 260) | st.integers() | st.none()


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["sanctions", "accommodation", "weapon", "sex", "offence_code", "date_of_birth"]
    ),
    st.one_of(
        *(st.lists(part, min_size=1, max_size=9) for part in (SHORT, CODES, SOME_DAYS, NUMBERS)),
        st.lists(SHORT | NUMBERS | st.booleans(), min_size=1, max_size=9),
        st.lists(SOME_DAYS | MOMENTS, min_size=1, max_size=9),
        *(st.lists(part, min_size=1, max_size=9) for part in (INSTANTS, TICKS, SPANS, DECIMALS)),
        st.lists(SOME_DAYS | INSTANTS | TICKS, min_size=1, max_size=9),
        st.lists(SHORT | NUMBERS | FAR | SPANS | DECIMALS | TICKS, min_size=1, max_size=12),
    ),
)
@example("sanctions", ["1", "2", "3", "4", "150", "\n", "1\n2"])
@example("sanctions", ["1", "2", "3", "4", "5", "6", "7", "a\0b"])
@example("sanctions", [None, 1, 256, 257, 999, 1000, -1])
@example("sanctions", [1, True])
@example("sanctions", [1, 2**63, -(2**63)])
@example("sanctions", [1, None, "2"])
@example("offence_code", ["00801", "00801", "0080\n", "\n0801"])
@example("date_of_birth", [dt.date(1990, 5, 1), dt.datetime(1990, 5, 1, 12), None])
@example("date_of_birth", [dt.date(1990, 5, 1), pd.NaT])
@example("date_of_birth", [None, dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1799, 12, 31)])
@example("date_of_birth", ["1990-05-0\n", "1990-05-01\n1"])
def test_objects_of_one_kind_are_read_as_each_alone(name: str, values: list[Any]) -> None:
    """Such arrays are read all at once, whatever stands between them."""
    expected = [single(field(name), value) for value in values]
    column = np.empty(len(values), dtype=object)
    column[:] = values
    assert read(name, column) == expected
    assert read(name, column[::-1]) == expected[::-1]
    with pytest.MonkeyPatch.context() as patched:  # which reads days where it is loaded
        patched.setitem(sys.modules, "pyarrow", None)
        assert read(name, column) == expected
    if all(value is None or isinstance(value, str) for value in values):
        for kind in (pa.string(), pa.large_string()):
            assert said(field(name), ArrowReader(field(name), pa.array(values, kind))) == expected
        series = pl.Series(values, dtype=pl.String)
        assert said(field(name), PolarsReader(field(name), series)) == expected


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_format_for_all_dates_or_by_column(kind: Any) -> None:
    theirs = {
        "DOB": ["01/05/1990"], "sex": ["male"], "conviction_date": [20231102],
        "follow_up_date": [45298], "offence_code": ["00801"], "sanctions": [4],
        "first_sanction_age": [17],
    }  # fmt: skip
    formats = {"DOB": "%d/%m/%Y", "conviction_date": "%Y%m%d", "follow_up_date": "excel"}
    found = rb.score_cohort(
        kind(theirs), ["ogrs3"], rename={"DOB": "date_of_birth"}, date_format=formats
    )
    percent = found["ogrs3_2yr"].to_pylist() if kind is pa.table else list(found["ogrs3_2yr"])
    assert percent == [25]
    one = {"date_of_birth": ["01/05/1990"], "conviction_date": ["02/11/2023"]}
    said = rb.score_cohort(one, ["ogrs3"], date_format="%d/%m/%Y")["ogrs3_issues"]
    assert "malformed" not in said[0]


@pytest.mark.parametrize("bad", ["%d/%m/%y", "%d/%m", "dd/mm/yyyy", "", "%Y-%m", "%d/%m/%Y %y"])
def test_a_format_that_does_not_say_the_day_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="a year of four digits"):
        rb.score_cohort({"date_of_birth": ["01/05/90"]}, ["ogrs3"], date_format=bad)
    with pytest.raises(ValueError, match="a year of four digits"):
        rb.score_cohort(
            {"date_of_birth": ["01/05/90"]}, ["ogrs3"], date_format={"date_of_birth": bad}
        )
    with pytest.raises(rb.UnknownNameError, match="no column of dates"):
        rb.score_cohort({"sanctions": [1]}, ["ogrs3"], date_format={"sanctions": "%d/%m/%Y"})


# Dates

DAYS = [dt.date(1988, 2, 29), dt.date(2024, 1, 16)]


@pytest.mark.parametrize("unit", UNITS)
def test_datetime64_of_every_unit(unit: str) -> None:
    column = np.array([*DAYS, "NaT"], dtype=f"datetime64[{unit}]")
    assert read("date_of_birth", column) == [*DAYS, None]
    if unit not in ("D",):
        late = column + np.timedelta64(86_399, "s").astype(f"timedelta64[{unit}]")
        assert read("date_of_birth", late) == [*DAYS, None]


@pytest.mark.parametrize("unit", ["Y", "M", "W", "2D", "7h"])
def test_a_year_a_month_and_a_week_are_no_days(unit: str) -> None:
    """The first day of each would be a guess, and the age may depend on it."""
    column = np.array(["2024-05-01", "NaT"], f"datetime64[{unit}]")
    assert read("date_of_birth", column) == ["malformed", None]
    assert read("date_of_birth", list(column)) == ["malformed", None]
    beside = [*column, np.datetime64("2024-05-02")]
    assert read("date_of_birth", beside) == ["malformed", None, dt.date(2024, 5, 2)]


def test_moments_counted_in_several_seconds_have_a_day() -> None:
    assert read("date_of_birth", np.array(["2024-05-01T23:59:59"], "datetime64[10s]")) == [
        dt.date(2024, 5, 1)
    ]


def test_dates_as_text_and_objects() -> None:
    column = np.array(
        [
            "1988-02-29", " 1988-02-29 ", "1988-02-29T23:59:59", dt.date(1988, 2, 29),
            dt.datetime(1988, 2, 29, 12), np.datetime64("1988-02-29"), None, "", "NaT",
        ],
        dtype=object,
    )  # fmt: skip
    assert read("date_of_birth", column) == [DAYS[0]] * 6 + [None] * 3
    assert (
        read("date_of_birth", ["1987-02-29", "29/02/1988", "1988-2-29", "880229", 19880229])
        == ["malformed"] * 5
    )
    assert read("date_of_birth", ["1799-12-31", "1800-01-01", "2200-12-31", "2201-01-01"]) == [
        "out_of_range", dt.date(1800, 1, 1), dt.date(2200, 12, 31), "out_of_range",
    ]  # fmt: skip
    assert (
        read("date_of_birth", np.array(["1500-01-01", "3000-01-01"], "datetime64[D]"))
        == ["out_of_range"] * 2
    )


def test_numbers_are_no_dates_and_dates_no_numbers() -> None:
    assert read("date_of_birth", np.array([20240116, 0])) == ["malformed"] * 2
    assert read("sanctions", np.array(["2024-01-16"], "datetime64[D]")) == ["malformed"]


@pytest.mark.parametrize("unit", ["Y", "M", "W", *UNITS])
def test_dates_at_the_limits_of_their_type_are_the_fault_of_their_rows(unit: str) -> None:
    """NumPy 2.5 raises where a conversion overflows."""
    least = np.iinfo(np.int64).min
    column = np.array([least + 1, 0, -least - 1, least], np.int64).view(f"datetime64[{unit}]")
    epoch = dt.date(1970, 1, 1)
    expected = ["out_of_range", epoch, "out_of_range", None]
    assert read("date_of_birth", column) == (
        expected if unit in UNITS else ["malformed"] * 3 + [None]
    )
    for name in ("sanctions", "sex", "offence_code", "weapon", "offence_group"):
        assert read(name, column) == ["malformed"] * 3 + [None]


@pytest.mark.parametrize("unit", UNITS)
def test_a_date_of_numpy_among_objects_is_a_date_and_no_number(unit: str) -> None:
    column = np.empty(4, object)
    column[:] = list(np.array([*DAYS, "1799-12-31", "NaT"], f"M8[{unit}]"))
    assert read("date_of_birth", column) == [*DAYS, "out_of_range", None]
    column[:] = [*np.array([3], f"M8[{unit}]"), *np.array([3, "NaT"], f"m8[{unit}]"), 3]
    assert read("sanctions", column) == ["malformed", "malformed", None, 3]
    assert read("date_of_birth", column[1:]) == ["malformed", None, "malformed"]
    column[:1] = list(np.array([3], "M8[ps]"))
    assert read("date_of_birth", column[:1]) == ["malformed"]


LONDON = dt.timezone(dt.timedelta(hours=1))
#: One instant, which is the first of July in London and the day before in Greenwich.
IN_LONDON = dt.datetime(1990, 7, 1, 0, 30, tzinfo=LONDON)
IN_GREENWICH = IN_LONDON.astimezone(dt.UTC)


def objects(*values: Any) -> Any:
    """An array of these objects, as they are."""
    column = np.empty(len(values), object)
    for place, value in enumerate(values):
        column[place] = value
    return column


class Word(str, enum.Enum):  # noqa: UP042
    """An answer whose `str` is another text, and whose hash is that of its name."""

    male = "male"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sex", [Word.male, Word.male]),
        ("sanctions", [b"4", b"4\0"]),
        ("sanctions", [np.str_("4"), np.str_("4\0")]),
        ("sanctions", [np.float32(4), 4, np.float16(4.5)]),
    ],
    ids=repr,
)
def test_a_list_is_read_as_each_of_its_values(name: str, values: list[Any]) -> None:
    """An array of texts has no NUL at the end, and of a member of an Enum its name."""
    assert read(name, values) == [single(field(name), value) for value in values]


@pytest.mark.parametrize("short", [np.float16, np.float32])
def test_short_floats_among_others_keep_their_digits(short: Any) -> None:
    f = Field("score", Kind.DECIMAL, low=0, high=10_000, decimals=2)
    values = [1.25, short(1.1), 3, short(0.1)]
    expected = [single(f, value) for value in values]
    assert expected == [decimal.Decimal(text) for text in ("1.25", "1.1", "3", "0.1")]
    assert said(f, ColumnReader(f, values)) == expected


@pytest.mark.parametrize("name", ["pyarrow", "pandas", "polars"])
def test_a_package_that_is_being_imported_is_not_there_yet(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    day = dt.date(2023, 11, 2)
    cohort = {
        "sex": ["male"], "date_of_birth": [dt.date(1990, 5, 1)], "conviction_date": [day],
        "follow_up_date": [day], "offence_code": ["00801"], "sanctions": [4],
        "first_sanction_age": [17],
    }  # fmt: skip
    found = rb.score_cohort(cohort, ["ogrs3"])
    assert found["ogrs3_2yr"].tolist() == [25]
    assert rb.provenance(found)
    assert rb.band_table("ogrs3-2yr").classify([25.0]).codes.tolist() == [0]


@pytest.mark.parametrize("dtype", ["U0", "S0"])
@pytest.mark.parametrize("name", ["date_of_birth", "sanctions", "sex"])
def test_texts_without_room_are_missing(dtype: str, name: str) -> None:
    empty = np.zeros(3, [("name", dtype), ("other", "i4")])["name"]
    assert read(name, empty) == [None, None, None]


EQUAL_AND_OTHER = {
    "moments": ("date_of_birth", [IN_LONDON, IN_GREENWICH]),
    "timestamps": ("date_of_birth", [pd.Timestamp(IN_LONDON), pd.Timestamp(IN_GREENWICH)]),
    "both": ("date_of_birth", [IN_LONDON, pd.Timestamp(IN_GREENWICH)]),
    "units": ("date_of_birth", [np.datetime64("2024-01-01"), np.datetime64("2024", "Y")]),
    "a date and a year": ("date_of_birth", [dt.date(2024, 1, 1), np.datetime64("2024", "Y")]),
    "seconds and a month": (
        "date_of_birth",
        [np.datetime64("2024-01-01", "s"), np.datetime64("2024-01", "M")],
    ),
    "words": ("sex", ["male", Word.male]),
}


@pytest.mark.parametrize(("name", "pair"), EQUAL_AND_OTHER.values(), ids=EQUAL_AND_OTHER)
def test_equal_values_that_say_something_else_are_read_apart(name: str, pair: list[Any]) -> None:
    """Whatever came before, also in another block."""
    f = field(name)
    for values in (pair, pair[::-1], ["x", None, *pair], [*pair[::-1], None, "x"]):
        alone = [single(f, value) for value in values]
        column = objects(*values)
        reader = ColumnReader(f, column)
        assert said(f, reader) == alone
        assert said(f, reader) == alone
        assert read(name, list(column)) == alone
        listed = DictionaryColumn(np.arange(len(values)), values)
        assert said(f, ColumnReader(f, listed)) == alone
        reader = ColumnReader(f, column)
        codes = [int(reader.block(n, n + 1).values[0]) for n in range(len(values))]
        assert codes == [
            int(ColumnReader(f, column[n : n + 1]).codes(0, 1)[0]) for n in range(len(values))
        ]
    many = objects(*[pair[n % 2] for n in range(400)], *map(str, range(20)))
    assert read(name, many)[:400] == [single(f, pair[n % 2]) for n in range(400)]


def test_a_person_born_at_one_instant_in_two_zones_has_two_days() -> None:
    n = 300_000
    born = np.empty(n, object)
    born[:] = IN_LONDON
    born[::2] = IN_GREENWICH
    columns = {
        "date_of_birth": born,
        "sex": np.full(n, "male"),
        "conviction_date": np.full(n, "2023-06-30", "M8[D]"),
        "offence_code": np.full(n, "00801"),
        "sanctions": np.full(n, 20),
        "first_sanction_age": np.full(n, 14),
    }
    one = {name: column[:2].tolist() for name, column in columns.items()}
    cases = [
        rb.ogrs3.score({name: column[place] for name, column in one.items()}).percent["2yr"]
        for place in (0, 1)
    ]
    assert cases[0] != cases[1]
    for threads in (1, 2):
        found = rb.score_cohort(columns, ["ogrs3"], threads=threads)["ogrs3_2yr"]
        assert (found[::2] == cases[0]).all()
        assert (found[1::2] == cases[1]).all()


HUGE = 10**5000
ODD = [
    np.timedelta64(4), np.timedelta64(2, "ns"), np.timedelta64("NaT"), np.datetime64(2, "ns"),
    np.void(b"2"), np.longdouble(801), np.longdouble(2), np.longdouble(2.5), 10**400, -(10**400),
    HUGE, -HUGE, fractions.Fraction(HUGE), fractions.Fraction(1, 3), decimal.Decimal("1E+5000"),
    decimal.Decimal("-1E+999999999"), decimal.Decimal("sNaN"), decimal.Decimal("NaN"),
    decimal.Decimal("Infinity"), decimal.Decimal(801), decimal.Decimal("801.5"),
    decimal.Decimal("2.000"), decimal.Decimal("2." + "0" * 80), decimal.Decimal("19900501"),
]  # fmt: skip


@pytest.mark.parametrize("written", ["", "%Y%m%d", "%d/%m/%Y", "excel"])
@pytest.mark.parametrize("kind", list(Kind))
def test_one_odd_value_is_read_or_is_the_fault_of_its_row(kind: Kind, written: str) -> None:
    """Never an error: singly, beside others, among few and among many."""
    f = next((f for f in fields().values() if f.kind is kind and f.scored), None)
    if f is None:
        f = Field("score", Kind.DECIMAL, low=0, high=9999, decimals=1)
        if kind is not Kind.DECIMAL:
            return
    if written:
        if kind is not Kind.DATE:
            return
        f = attrs.evolve(f, date_format=written)
    alone = [single(f, value) for value in ODD]
    if not written:
        assert {"malformed", "out_of_range"} & {a for a in alone if isinstance(a, str)}
    for value, expected in zip(ODD, alone, strict=True):
        for beside in ([], [None], ["x"] * 3, [*map(str, range(20))]):
            column = objects(*beside, value)
            assert said(f, ColumnReader(f, column))[-1] == expected
            listed = DictionaryColumn(np.array([0]), [value])
            assert said(f, ColumnReader(f, listed)) == [expected]
    assert said(f, ColumnReader(f, objects(*ODD))) == alone


def test_an_identifier_of_too_many_digits_is_malformed() -> None:
    with pytest.raises(rb.InputErrorGroup, match="case_id"):
        rb.OASysAssessment.from_dict({"case_id": HUGE})


@pytest.mark.parametrize("kind", [decimal.Decimal, np.longdouble, fractions.Fraction, float])
def test_a_whole_offence_code_of_any_type_of_number(kind: Any) -> None:
    f = field("offence_code")
    values = [kind(801), kind(2801), kind("801.5"), kind(100_000), kind(-1)]
    expected = ["00801", "02801", *["malformed"] * 3]
    assert [single(f, value) for value in values] == expected
    assert read("offence_code", objects(*values)) == expected
    assert read("offence_code", values) == expected


# Missing


@pytest.mark.parametrize("name", ["sanctions", "accommodation", "weapon", "unemployed"])
def test_masked_numbers_are_missing(name: str) -> None:
    data = np.array([1, 1, 99_999, 1])
    mask = [False, True, True, False]
    one = True if field(name).kind is Kind.BOOL else 1
    for dtype in (np.int64, np.float64, object):
        column = np.ma.MaskedArray(data.astype(dtype), mask=mask)
        assert read(name, column) == [one, None, None, one]
    assert read(name, np.ma.MaskedArray(data[:1])) == [one]


def test_masked_dates_and_text_are_missing() -> None:
    dates = np.ma.MaskedArray(np.array(DAYS, "datetime64[D]"), mask=[True, False])
    assert read("date_of_birth", dates) == [None, DAYS[1]]
    words = np.ma.MaskedArray(np.array(["M", "rubbish"]), mask=[False, True])
    assert read("sex", words) == ["male", None]


# What a column cannot be


@pytest.mark.parametrize(
    "column",
    [
        np.array([[1, 2]]), np.array(3), np.array([1j]), np.array([1], "timedelta64[D]"),
        np.array([(1,)], dtype=[("a", int)]), np.ma.MaskedArray([[1]], mask=[[True]]),
        [[1], [2]], "male", 5, None, {0: 1},
    ],
    ids=[
        "2-d", "0-d", "complex", "timedelta", "structured", "masked 2-d", "nested", "one text",
        "one number", "nothing", "mapping",
    ],
)  # fmt: skip
def test_unusable_columns_are_refused_all_together(column: Any) -> None:
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.score_cohort({"sanctions": column, "sex": column, "first_sanction_age": [1]}, ["ogrs3"])
    assert [i.code for i in caught.value.issues] == ["unusable_column"] * 2
    assert [i.fields for i in caught.value.issues] == [("sanctions",), ("sex",)]


@pytest.mark.parametrize("unit", ["ps", "fs", "as"])
def test_times_too_fine_for_dates_are_refused(unit: str) -> None:
    with pytest.raises(rb.InputErrorGroup, match="date_of_birth has dtype datetime64"):
        rb.score_cohort({"date_of_birth": np.array([0], f"datetime64[{unit}]")}, ["ogrs3"])


def test_a_list_in_a_row_is_the_fault_of_that_row() -> None:
    assert read("sanctions", [1, [2], 3]) == [1, "malformed", 3]
    assert read("sanctions", [[1, 2], [3]]) == ["malformed", "malformed"]


def test_a_reader_of_another_field_is_refused() -> None:
    columns = {"sex": ["male"], "sanctions": ColumnReader(field("offence_free_months"), [1200])}
    with pytest.raises(InputErrorGroup, match="column sanctions must be an array"):
        rb.score_cohort(columns, ["ogrs3"])


def test_bytes_are_their_text_in_a_case_as_in_a_cohort() -> None:
    assert read("sanctions", [b"10", b"", b"ten"]) == [10, None, "malformed"]
    assert rb.OASysAssessment.from_dict({"sanctions": b"10", "sex": b"F"}).sanctions == 10


def test_columns_of_unequal_length_are_refused() -> None:
    columns = {"sex": ["m", "f"], "sanctions": [1, 2], "first_sanction_age": [1, 2, 3]}
    with pytest.raises(rb.InputErrorGroup, match="first_sanction_age has 3") as caught:
        rb.score_cohort(columns, ["ogrs3"])
    (issue,) = caught.value.issues
    assert issue.code == "unequal_lengths"


def test_columns_that_are_no_field_are_left_alone() -> None:
    columns = {"sex": ["m"], "postcode": [["a", "b", "c"]], "case_id": [object()]}
    assert rb.score_cohort(columns, ["ogrs3"])["ogrs3_issues"].shape == (1,)


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_cohort_without_its_columns_is_refused_with_what_is_perhaps_meant(kind: Any) -> None:
    theirs = {"DOB": ["1990-05-01"], "Gender": ["M"], "Jane Smith": ["x"], "1985-02-03": ["y"]}
    with pytest.raises(rb.FrameError) as caught:
        rb.score_cohort(kind(theirs), ["ogrs3"])
    assert str(caught.value) == (
        "none of the columns is a field that ogrs3 reads; ogrs3 lacks conviction_date, "
        "offence_code, sanctions, first_sanction_age; perhaps "
        "rename={'DOB': 'date_of_birth', 'Gender': 'sex'}"
    )
    with pytest.raises(rb.FrameError, match="no predictor has its fields here; the nearest is"):
        rb.score_cohort(kind(theirs))
    with pytest.raises(rb.FrameError, match="no predictor has its fields here"):
        rb.score_cohort(kind({}))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"sex": ["m"]}, "that lds reads; lds reads learning_difficulties, literacy_and_numeracy,"),
        ({}, "that lds reads; lds reads learning_difficulties, literacy_and_numeracy,"),
        ({"Work Skills": [1]}, "lds has fields here under other names; perhaps rename="),
    ],
)
def test_a_tool_of_which_each_field_may_be_missing_says_what_it_reads(
    columns: dict[str, Any], said: str
) -> None:
    for asked in (["lds"], ["lds", "lds"]):
        with pytest.raises(rb.FrameError, match=said):
            rb.score_cohort(columns, asked)


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_suggestions_are_a_rename(kind: Any) -> None:
    theirs = kind({"DOB": ["1990-05-01"], "Gender": ["M"]})
    found = rb.score_cohort(theirs, ["ogrs3"], rename=rb.suggest_columns(theirs))
    (text,) = found["ogrs3_issues"]
    assert "missing:sanctions" in str(text)
    assert "missing:sex" not in str(text)


# A cohort accepts what a case accepts, and nothing else

SCORED = [f for f in fields().values() if f.scored]
anything = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 1200), st.integers(), st.floats(),
    st.text(max_size=6), st.dates(), st.datetimes(), st.decimals(), st.binary(max_size=4),
    st.sampled_from(["M", "yes", "2024-02-29", "00801", "008/01", "violence", "living together"]),
    st.tuples(st.integers(), st.integers()), st.lists(st.integers(), max_size=2),
    INSTANTS, TICKS, SPANS, FAR, DECIMALS,
)  # fmt: skip


def single(f: Field, raw: Any) -> Any:
    try:
        return f.parse(raw)
    except FieldFault as fault:
        return fault.code


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(SCORED), st.lists(anything, min_size=1, max_size=4))
@example(field("accommodation"), [0, False])
@example(field("accommodation"), [True, 1])
@example(field("weapon"), [1, 1.0, True, "1"])
@example(field("activities_encourage_offending"), ["0\x1f", "\x1c2"])
@example(field("offence_group"), [decimal.Decimal("sNaN")])
def test_a_column_reads_every_value_as_a_case_does(f: Field, values: list[Any]) -> None:
    column = objects(*values)
    # a case comes from Python or JSON, which has no bytes; a column of bytes is text
    plain = [v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in values]
    assert read(f.name, column) == [single(f, v) for v in plain]


# No personal value in any text

SENTINEL = "Zx9-Quill"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SCORED))
def test_no_value_is_quoted_of_a_field_that_cannot_be_read(f: Field) -> None:
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.OASysAssessment.from_dict({f.name: SENTINEL, "case_id": SENTINEL})
    assert SENTINEL.lower() not in everything_said(caught.value).lower()
    assert f.name in str(caught.value)
    kept = rb.OASysAssessment.from_dict({f.name: SENTINEL, "case_id": SENTINEL}, on_issue="keep")
    assert SENTINEL.lower() not in f"{kept!r} {kept.faults} {kept.faults[0].message}".lower()
    found = rb.score_cohort(
        {"sanctions": [1], f.name: [SENTINEL], "case_id": [SENTINEL]}, ["rsr", "csrp", "ogp"]
    )
    assert SENTINEL not in " ".join(str(v) for column in found.values() for v in list(column))
    columns = {"sanctions": [1], f.name: [SENTINEL]}
    with pytest.raises(rb.InputErrorGroup) as refused:
        rb.score_cohort(columns, ["rsr", "csrp", "ogp"], on_issue="raise")
    assert SENTINEL not in everything_said(refused.value)


def everything_said(error: BaseException) -> str:
    """The texts of an error, of those inside it and of those it came from."""
    said = [str(error), repr(error), *getattr(error, "__notes__", ())]
    if isinstance(error, BaseExceptionGroup):
        said += [everything_said(e) for e in error.exceptions]
    for cause in (error.__cause__, None if error.__suppress_context__ else error.__context__):
        if cause is not None:
            said.append(everything_said(cause))
    return "\n".join(said)


PERSONAL = {
    "case_id": "QX-77123",
    "date_of_birth": "1923-07-19",
    "last_sexual_offence_date": "1921-05-23",
    "conviction_date": "1924-11-13",
    "follow_up_date": "1924-09-17",
    "assessment_date": "1924-01-27",
    "sanctions": 347,
    "violent_sanctions": 853,
    "first_sanction_age": 97,
    "age_at_conviction": 83,
    "offence_code": "99987",
    "sexual_offence_history": "yes",
    "sex": "male",
}  # fmt: skip


def test_no_value_is_quoted_of_a_record_that_contradicts_itself() -> None:
    """Every number and date is one that no message has a reason to hold."""
    case = rb.OASysAssessment.from_dict(PERSONAL)
    secrets = [str(v) for v in PERSONAL.values() if str(v) not in ("yes", "male")]
    for name in ("ogrs3", "ogp", "ovp", "snsv", "rsr", "arp", "vrp", "svrp", "csrp", "osp_c"):
        with pytest.raises(rb.InputErrorGroup) as caught:
            getattr(rb, name).score(case)
        said = everything_said(caught.value)
        assert [s for s in secrets if s in said] == []
        found = getattr(rb, name).score(case, on_issue="return")
        assert [s for s in secrets if s in f"{found!r} {found.to_dict()['issues']}"] == []
    assert [s for s in secrets if s in repr(case)] == []


def test_issues_of_a_cohort_name_fields_and_codes_of_the_vocabulary() -> None:
    columns = {name: [value] for name, value in PERSONAL.items()}
    found = rb.score_cohort(columns)
    listed = [column[0] for name, column in found.items() if name.endswith("_issues")]
    assert any(listed)
    for text in listed:
        for code, names in from_text(text):
            assert code.replace("_", "").isalnum()
            assert set(names) <= set(fields())


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_needed_column_under_another_name_is_told_of(kind: Any) -> None:
    """Else every row would be without a score, and nothing would say why."""
    theirs = kind({"Gender": ["M"], "sanctions": [4]})
    with pytest.warns(rb.ReadingWarning) as told:
        rb.score_cohort(theirs, ["ogrs3"])
    assert [str(w.message) for w in told] == [
        "no column is sex, so that no row has a score that needs it; perhaps "
        "rename={'Gender': 'sex'}"
    ]
    rb.score_cohort(theirs, ["ogrs3"], rename={"Gender": "sex"})  # and no warning
