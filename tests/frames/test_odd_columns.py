"""Columns as other systems leave them: each is read as a mapping's would be, or refused clearly."""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import duckdb
import narwhals.stable.v1 as narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from framecases import as_lists, expected, tidy

import riskbands as rb
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.columns import ColumnReader
from riskbands.cohorts.frames import FrameError, UnsupportedFrameError
from riskbands.cohorts.frames import _frame as open_frame
from riskbands.cohorts.frames._polars import PolarsReader
from riskbands.cohorts.seen import MALFORMED, code_of
from riskbands.engines import duckdb as engine
from riskbands.vocabulary.fields import field

LONDON = ZoneInfo("Europe/London")
#: Three quarters of an hour after midnight in London; in UTC it is the day before.
SUMMER_NIGHT = dt.datetime(2023, 7, 1, 0, 45, tzinfo=LONDON)


def scored_as(column: Any, name: str, kind: Any = pa.table, rows: int = 40) -> list[Any]:
    """The issues and scores of the tidy cohort with one column put in place of its own."""
    table = kind({**tidy(rows), name: column})
    scored = rb.score_cohort(table, ["ogrs3"])
    names = ["ogrs3_2yr", "ogrs3_issues"]
    found = as_lists(scored[names] if isinstance(scored, pd.DataFrame) else scored.select(names))
    return list(zip(found["ogrs3_2yr"], found["ogrs3_issues"], strict=True))


def wanted(values: list[Any], name: str, rows: int = 40) -> list[Any]:
    """The same by way of a mapping of Python values."""
    found = expected({**tidy(rows), name: values}, ["ogrs3"])
    return list(zip(found["ogrs3_2yr"], found["ogrs3_issues"], strict=True))


SEX = (["male", "female", None, "M", "no answer"] * 8)[:40]


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.uint16(), pa.large_string()),
        pa.run_end_encoded(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_arrow_text(kind: pa.DataType) -> None:
    if isinstance(kind, pa.RunEndEncodedType):
        column = pa.compute.run_end_encode(pa.array(SEX))
    else:
        column = pa.array(SEX).cast(kind)
    assert scored_as(column, "sex") == wanted(SEX, "sex")
    pieces = [column.slice(n, 7) for n in range(0, 40, 7)]
    assert scored_as(pa.chunked_array(pieces), "sex") == wanted(SEX, "sex")


@pytest.mark.skipif(not hasattr(pa, "string_view"), reason="this Arrow has no views")
def test_arrow_views() -> None:
    for kind in (pa.string_view(), pa.binary_view()):
        column = pa.array(SEX, kind)
        assert scored_as(column, "sex") == wanted(SEX, "sex")
        assert scored_as(column.slice(3, 0), "sex", rows=0) == []


def test_arrow_chunks_with_different_dictionaries() -> None:
    one = pa.array(SEX[:15]).dictionary_encode()
    words = pa.array(["F", "no answer", "female", "male", "M"])
    two = pa.DictionaryArray.from_arrays(
        pa.compute.index_in(pa.array(SEX[15:]), words).cast(pa.int32()), words
    )
    assert one.dictionary != two.dictionary
    assert scored_as(pa.chunked_array([one, two]), "sex") == wanted(SEX, "sex")


def test_arrow_null_inside_a_dictionary() -> None:
    indices = pa.array([0, 1, 2, None] * 10, pa.int8())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["male", None, "F"]))
    assert scored_as(column, "sex") == wanted(["male", None, "F", None] * 10, "sex")


@pytest.mark.parametrize("dictionary", [False, True])
def test_very_many_chunks(dictionary: bool) -> None:
    rows = 3_000
    columns = {name: (values * 75)[:rows] for name, values in tidy().items()}
    scores = expected(columns, ["ogrs3"])
    table = pa.table(columns)
    if dictionary:
        encoded = table["sex"].combine_chunks().dictionary_encode()
        table = table.set_column(0, "sex", encoded)
    chopped = pa.Table.from_batches([table.slice(n, 1).to_batches()[0] for n in range(rows)])
    assert chopped["sex"].num_chunks == rows
    found = as_lists(rb.score_cohort(chopped, ["ogrs3"]))
    assert {name: found[name] for name in scores} == scores
    parts = [polars_of(dict(table.slice(n, 3).to_pydict())) for n in range(0, rows, 3)]
    polars = pl.concat(parts, rechunk=False)
    assert polars["sex"].n_chunks() == rows // 3
    found = as_lists(rb.score_cohort(polars, ["ogrs3"]))
    assert {name: found[name] for name in scores} == scores


@pytest.mark.parametrize("dictionary", [False, True])
def test_chunks_of_more_rows_than_32_bits_can_count(dictionary: bool) -> None:
    """One chunk again and again: the rows are there, the memory is not."""
    rows, chunks = 1 << 20, 4_200
    counts = np.arange(rows, dtype=np.int32) % 900 + 1
    chunk: pa.Array = pa.array(counts)
    chunk = chunk.dictionary_encode() if dictionary else chunk
    reader = ArrowReader(field("sanctions"), pa.chunked_array([chunk] * chunks))
    assert len(reader) == rows * chunks > 2**32
    for first in (2**31 - 7, 2**32 - 7, len(reader) - 14):
        found = reader.block(first, first + 14)
        assert found.valid is True
        expected_counts = [n % rows % 900 + 1 for n in range(first, first + 14)]
        assert found.values.tolist() == expected_counts


COUNTS = [3, None, 0, 5000, 12] * 8


@pytest.mark.parametrize(
    "kind",
    [pa.int16(), pa.uint64(), pa.float32(), pa.float64(), pa.decimal128(12, 2), pa.string()],
    ids=str,
)
def test_arrow_numbers(kind: pa.DataType) -> None:
    column = pa.array(COUNTS, pa.int32()).cast(kind)
    assert scored_as(column, "sanctions") == wanted(COUNTS, "sanctions")
    assert scored_as(column, "sanctions", kind=polars_of) == wanted(COUNTS, "sanctions")


@pytest.mark.parametrize("kind", [pa.decimal128(9, 5), pa.decimal128(38, 9), pa.decimal256(50, 11)])
def test_a_whole_decimal_is_that_whole_number(kind: pa.DataType) -> None:
    values: list[Any] = [*range(1, 38), None, 100, 25]
    column = pa.array([None if v is None else Decimal(v) for v in values], kind)
    assert scored_as(column, "sanctions") == wanted(values, "sanctions")
    beside = [Decimal("2.5"), *values[1:]]
    column = pa.array([None if v is None else Decimal(v) for v in beside], kind)
    assert scored_as(column, "sanctions") == wanted([2.5, *values[1:]], "sanctions")


@pytest.mark.parametrize("kind", [pa.decimal128(38, 2), pa.decimal256(60, 20)])
@pytest.mark.parametrize("written", ["", "%Y%m%d", "excel"])
def test_decimals_in_a_column_of_dates_are_read_as_in_a_case(
    kind: pa.DataType, written: str
) -> None:
    """Also those that are not whole, and those beyond 64 bits."""
    values = [Decimal("32994.5"), Decimal(32994), None, Decimal(19900501), Decimal(10**30)]
    f = attrs.evolve(field("date_of_birth"), date_format=written)
    column = pa.array(values, kind)
    expected = [code_of(f, value) for value in values]
    assert MALFORMED in expected
    assert ArrowReader(f, column).codes(0, 5).tolist() == expected
    assert ArrowReader(f, column.dictionary_encode()).codes(0, 5).tolist() == expected


@pytest.mark.parametrize("name", ["sanctions", "accommodation", "weapon", "sex", "offence_code"])
def test_decimals_of_many_digits_are_read_as_in_a_case(name: str) -> None:
    """Through a float, a number a little above 1 would be 1."""
    values = [Decimal("1.00000000000000000001"), Decimal(1), None, Decimal(10**30), Decimal(801)]
    found = ArrowReader(field(name), pa.array(values, pa.decimal256(60, 20))).codes(0, 5)
    assert found.tolist() == [code_of(field(name), value) for value in values]


def test_a_method_that_a_reader_overrides_keeps_its_arguments() -> None:
    for reader in (ArrowReader, PolarsReader):
        for name in vars(reader).keys() & vars(ColumnReader).keys():
            ours, theirs = getattr(reader, name), getattr(ColumnReader, name)
            if name != "__init__" and inspect.isfunction(theirs):
                assert list(inspect.signature(ours).parameters) == list(
                    inspect.signature(theirs).parameters
                ), name


def polars_of(columns: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(pa.table(columns)))


def test_a_number_that_is_not_whole_is_malformed_everywhere() -> None:
    for column in (
        pa.array([2.5, 3.0] * 20),
        pa.array([Decimal("2.5"), Decimal("3.0")] * 20),
    ):
        found = scored_as(column, "sanctions")
        assert found == wanted([2.5, 3.0] * 20, "sanctions")
        assert any("malformed:sanctions" in text for _, text in found)


@pytest.mark.skipif(not hasattr(pl, "Int128"), reason="this Polars has no wide integers")
def test_polars_wide_numbers_do_not_wrap_around() -> None:
    values = [2**100, 3, None, 4] * 10
    column = pl.Series(values, dtype=pl.Int128)
    found = scored_as(column, "sanctions", pl.DataFrame)
    assert found == wanted(values, "sanctions")
    assert found[0][1] == "out_of_range:sanctions"


@pytest.mark.parametrize(
    "odd",
    ["00801", "0080a", " 0801", "+0801", "-0801", "0801", "008/1", "é080", "008/01", "", None],
)
def test_offence_codes_of_five_digits_and_others(odd: str | None) -> None:
    codes = ["00801", "00501", "03001", "99999"] * 10
    for place in (0, 17, 39):
        values = [*codes[:place], odd, *codes[place + 1 :]]
        column = pa.array(["x", *values, "y"], pa.string()).slice(1, 40)
        assert scored_as(column, "offence_code") == wanted(values, "offence_code")
        assert scored_as(column, "offence_code", polars_of) == wanted(values, "offence_code")


def test_truths_are_no_counts() -> None:
    for kind in (pa.table, pl.DataFrame, pd.DataFrame):
        found = scored_as(np.array([True, False] * 20), "sanctions", kind)
        assert all("malformed:sanctions" in text for _, text in found)


DATES = [dt.date(1980, 2, 29), None, dt.date(9999, 12, 31), dt.date(1700, 1, 1)] * 10


@pytest.mark.parametrize(
    "kind",
    [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us")],
    ids=str,
)
def test_arrow_dates_near_and_far(kind: pa.DataType) -> None:
    column = pa.array(DATES).cast(kind)
    found = scored_as(column, "date_of_birth")
    assert found == wanted(DATES, "date_of_birth")
    assert sum("out_of_range:date_of_birth" in text for _, text in found) == 20
    assert scored_as(column, "date_of_birth", polars_of) == found
    arrow_backed = pa.table({**tidy(), "date_of_birth": column}).to_pandas(
        types_mapper=pd.ArrowDtype
    )
    assert as_lists(rb.score_cohort(arrow_backed, ["ogrs3"]))["ogrs3_issues"] == [
        text for _, text in found
    ]


@pytest.mark.parametrize(
    "kind", [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms", "UTC")], ids=str
)
def test_dictionaries_of_dates_near_and_far(kind: pa.DataType) -> None:
    """Python's calendar ends with the year 9999; the fault is that of the row."""
    days = [3_652_058, 2_932_897, -62_092, 7_364, None] * 8  # the second is 1 January 10000
    ticks: pa.Array = pa.array(days, pa.int64())
    per_day = {"date32[day]": 1, "timestamp[s]": 86_400}.get(str(kind), 86_400_000)
    width = pa.int32() if kind == pa.date32() else pa.int64()
    column = pa.compute.multiply(ticks, per_day).cast(width).view(kind).dictionary_encode()
    texts = [text for _, text in scored_as(column, "date_of_birth")]
    expected = ["out_of_range:date_of_birth"] * 3 + ["", "missing:date_of_birth"]
    for text, issue in zip(texts, expected * 8, strict=True):
        assert (issue in text) if issue else "date_of_birth" not in text


@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary", "string_view"])
@pytest.mark.parametrize("name", ["sex", "sanctions", "offence_code", "date_of_birth"])
def test_text_that_is_not_in_utf_8_is_the_fault_of_its_row(name: str, kind: str) -> None:
    good = str(tidy()[name][7])
    raw = pa.array([good.encode()] * 38 + [b"\xff\xfe", b"5\xe9"], pa.binary())
    if kind == "dictionary":
        offsets = raw.buffers()
        texts = pa.StringArray.from_buffers(len(raw), offsets[1], offsets[2], None, 0)
        column: pa.Array = texts.dictionary_encode()
    elif kind == "string_view":
        if not hasattr(pa, "string_view"):
            pytest.skip("this Arrow has no such type")
        column = raw.cast(pa.binary_view()).view(pa.string_view())
    else:
        width = pa.binary() if kind == "string" else pa.large_binary()
        buffers = raw.cast(width).buffers()
        make = pa.StringArray if kind == "string" else pa.LargeStringArray
        column = make.from_buffers(len(raw), buffers[1], buffers[2], None, 0)
    texts = [text for _, text in scored_as(column, name)]
    assert [f"malformed:{name}" in text for text in texts] == [False] * 38 + [True] * 2


def test_days_at_the_limits_of_their_type() -> None:
    days = pa.array([-(2**31), 2**31 - 1, 0, None] * 10, pa.int32()).view(pa.date32())
    found = [text for _, text in scored_as(days, "date_of_birth")]
    assert ["out_of_range:date_of_birth" in text for text in found[:4]] == [
        True,
        True,
        False,
        False,
    ]
    ticks = pa.array([-(2**63) + 1, 2**63 - 1, 0, None] * 10, pa.int64())
    for unit in ("s", "ms", "us"):
        texts = [t for _, t in scored_as(ticks.view(pa.timestamp(unit)), "date_of_birth")]
        assert ["out_of_range:date_of_birth" in text for text in texts] == [
            "out_of_range:date_of_birth" in text for text in found
        ]


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "+05:30", "-0930"])
def test_zoned_ticks_at_the_limits_of_their_type(zone: str) -> None:
    ticks = pa.array([-(2**63) + 1, 2**63 - 1, 0, None] * 10, pa.int64())
    column = ticks.view(pa.timestamp("us", tz=zone))
    texts = [text for _, text in scored_as(column, "date_of_birth")]
    far = ["out_of_range:date_of_birth" in text for text in texts]
    assert far == [True, True, False, False] * 10


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
@pytest.mark.parametrize("unit", ["ms", "us"])
def test_zoned_ticks_at_the_limits_of_their_type_in_polars(unit: Any, zone: str) -> None:
    ticks = pl.Series("date_of_birth", [-(2**63) + 1, 2**63 - 1, 0, None] * 10, pl.Int64)
    table = pl.DataFrame(ticks.cast(pl.Datetime(unit, zone)))
    assert days_of_birth(table) == [None, None, 1, None] * 10
    frame = open_frame(table, narwhals)
    faults = frame.reader(field("date_of_birth"), 0).block(0, 40).faults
    assert {name: rows.tolist() for name, rows in faults.items()} == {
        "out_of_range": [True, True, False, False] * 10
    }


def test_nanoseconds_from_1677_to_2262() -> None:
    column = np.array(["1677-09-22", "2262-04-10", "1980-02-29", "NaT"] * 10, "M8[ns]")
    plain = [dt.date(1677, 9, 22), dt.date(2262, 4, 10), dt.date(1980, 2, 29), None] * 10
    for kind in (pa.table, pl.DataFrame, pd.DataFrame):
        assert scored_as(column, "date_of_birth", kind) == wanted(plain, "date_of_birth")


ZONED = [SUMMER_NIGHT, None]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/London", 1),
        ("UTC", 30),
        ("+01:00", 1),
        ("-01:30", 30),
        ("+00:14", 30),
        ("+00:15", 1),
        ("America/New_York", 30),
    ],
)
def test_a_timestamp_counts_on_the_day_of_its_own_zone(unit: str, zone: str, day: int) -> None:
    table = pa.table({"date_of_birth": pa.array(ZONED, pa.timestamp(unit, tz=zone))})
    tables = [table, table.to_pandas(), table.to_pandas(types_mapper=pd.ArrowDtype)]
    if ":" not in zone:  # Polars knows zones by name only
        tables.append(pl.from_arrow(table))
    assert [days_of_birth(t) for t in tables] == [[day, None]] * len(tables)


@pytest.mark.parametrize(("zone", "day"), [("Europe/London", 1), ("UTC", 30)])
def test_duckdb_keeps_instants_that_count_in_the_zone_of_the_connection(
    zone: str, day: int
) -> None:
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = '{zone}'")
    given = connection.sql(
        "SELECT unnest([TIMESTAMPTZ '2023-06-30 23:45:00+00', NULL]) AS date_of_birth"
    )
    assert days_of_birth(given) == [day, None]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_MS"])
@pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 (BC)", "20000-01-01"])
def test_days_that_only_duckdb_has_are_issues_of_their_rows(kind: str, day: str) -> None:
    connection = duckdb.connect()
    given = connection.sql(
        f"SELECT unnest(['{day}', '1990-05-01'])::{kind} AS date_of_birth, 'male' AS sex, "
        "DATE '2023-11-02' AS conviction_date, '00801' AS offence_code, 4 AS sanctions, "
        "17 AS first_sanction_age"
    )
    wanted = [(None, "out_of_range:date_of_birth"), (25, "")]
    for scored in (
        rb.score_cohort(given, ["ogrs3"]),
        engine.score_cohort(given, ["ogrs3"], connection=connection),
    ):
        assert scored.project("ogrs3_2yr, ogrs3_issues").fetchall() == wanted


def days_of_birth(table: Any) -> list[Any]:
    """The day of the month each date of birth is read as; None is missing."""
    frame = open_frame(table, narwhals)
    found = frame.reader(field("date_of_birth"), 0).block(0, frame.rows)
    valid = np.broadcast_to(found.valid, (frame.rows,))
    return [int(v) & 31 if ok else None for v, ok in zip(found.values, valid, strict=True)]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("sanctions", pa.array([[1]] * 40)),
        ("sex", pa.array([{"a": 1}] * 40)),
        ("date_of_birth", pa.array([dt.timedelta(1)] * 40)),
        ("follow_up_date", pa.array([dt.time(1)] * 40)),
    ],
    ids=["list", "struct", "duration", "time"],
)
def test_arrow_types_no_field_can_have(name: str, column: pa.Array) -> None:
    for kind in (pa.table, polars_of):
        with pytest.raises(rb.InputErrorGroup, match=f"column {name} holds .*, which is not"):
            scored_as(column, name, kind)


def test_every_unusable_column_is_named_at_once() -> None:
    table = pa.table({**tidy(), "sex": [[1]] * 40, "sanctions": [[1]] * 40})
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.score_cohort(table)
    assert {issue.fields for issue in caught.value.issues} == {("sex",), ("sanctions",)}


def test_polars_categories() -> None:
    plain = pl.Series(SEX)
    for dtype in (
        pl.Categorical,
        pl.Enum(["female", "male", "M", "no answer", "never used"]),
        pl.Object,
    ):
        column = pl.Series(SEX, dtype=dtype) if dtype is pl.Object else plain.cast(dtype)
        assert scored_as(column, "sex", pl.DataFrame) == wanted(SEX, "sex")
    nothing = pl.Series([None] * 40, dtype=pl.Categorical)
    assert scored_as(nothing, "sex", pl.DataFrame) == wanted([None] * 40, "sex")


@pytest.mark.skipif(not hasattr(pl, "Categories"), reason="in this Polars each column has its own")
def test_few_polars_rows_of_very_many_categories() -> None:
    dtype = pl.Categorical(pl.Categories.random())
    many = pl.Series([str(n) for n in range(5_000)]).cast(dtype)
    few = pl.concat([many, pl.Series(SEX).cast(dtype)]).tail(40)
    largest = few.to_physical().max()
    assert isinstance(largest, int)
    assert largest >= 5_000
    assert scored_as(few, "sex", pl.DataFrame) == wanted(SEX, "sex")


def test_pandas_categories_of_text_and_of_numbers() -> None:
    column = pd.Series(pd.Categorical(SEX))
    assert scored_as(column, "sex", pd.DataFrame) == wanted(SEX, "sex")
    numbers = pd.Series(pd.Categorical(COUNTS))
    assert scored_as(numbers, "sanctions", pd.DataFrame) == wanted(COUNTS, "sanctions")
    days = pd.Series(pd.Categorical(pd.to_datetime(["1980-02-29", None] * 20)))
    plain = [dt.date(1980, 2, 29), None] * 20
    assert scored_as(days, "date_of_birth", pd.DataFrame) == wanted(plain, "date_of_birth")


@pytest.mark.parametrize("dtype", ["string[python]", "string[pyarrow]", "object", "category"])
def test_pandas_text(dtype: str) -> None:
    column = pd.Series(SEX, dtype=dtype)
    assert scored_as(column, "sex", pd.DataFrame) == wanted(SEX, "sex")


def test_pandas_mixed_objects() -> None:
    mixed = [3, "4", 5.0, None, pd.NA, float("nan"), "many", True, Decimal(6), [7]]
    plain = [3, "4", 5.0, None, None, None, "many", True, Decimal(6), [7]]
    column = pd.Series(mixed * 4, dtype=object)
    found = scored_as(column, "sanctions", pd.DataFrame)
    assert found == wanted(plain * 4, "sanctions")
    assert "malformed:sanctions" in found[7][1]
    days = [dt.date(1980, 2, 29), pd.Timestamp("1980-02-29 13:00"), "1980-02-29", pd.NaT] * 10
    found = scored_as(pd.Series(days, dtype=object), "date_of_birth", pd.DataFrame)
    one = wanted([dt.date(1980, 2, 29)] * 40, "date_of_birth")
    none = wanted([None] * 40, "date_of_birth")
    assert found == [none[n] if n % 4 == 3 else one[n] for n in range(40)]


def test_pandas_sparse_and_zoned() -> None:
    sparse = pd.Series(pd.arrays.SparseArray([1, 0, 3, 0] * 10))
    assert scored_as(sparse, "sanctions", pd.DataFrame) == wanted([1, 0, 3, 0] * 10, "sanctions")


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.period_range("2020-01", periods=40, freq="M")),
        pd.Series(pd.interval_range(0, 40)),
        pd.Series(pd.to_timedelta(range(40), unit="D")),
        pd.Series([1j] * 40),
    ],
    ids=["period", "interval", "timedelta", "complex"],
)
def test_pandas_types_no_field_can_have(column: pd.Series[Any]) -> None:
    with pytest.raises(rb.InputErrorGroup, match=r"column date_of_birth h(as|olds) "):
        scored_as(column, "date_of_birth", pd.DataFrame)


def test_two_columns_of_one_name() -> None:
    frame = pd.DataFrame(tidy())
    twice = pd.concat([frame, frame[["sex"]]], axis=1)
    with pytest.raises(rb.InputErrorGroup, match="two columns are sex"):
        rb.score_cohort(twice)
    other = pd.concat([frame.assign(note=1), pd.DataFrame({"note": [2] * 40})], axis=1)
    scored = rb.score_cohort(other)
    assert list(scored.columns[:9]) == [*frame.columns, "note", "note"]
    assert scored.iloc[:, 8].tolist() == [2] * 40
    table = pa.table([[1], ["male"], ["female"]], names=["sanctions", "sex", "sex"])
    with pytest.raises(rb.InputErrorGroup, match="two columns are sex"):
        rb.score_cohort(table)


def test_two_columns_of_the_name_of_a_score() -> None:
    frame = pd.DataFrame(tidy())
    twice = pd.concat([frame, pd.DataFrame([[1, 2]] * 40, columns=["ogrs3_2yr"] * 2)], axis=1)
    with pytest.raises(FrameError, match="2 columns named ogrs3_2yr"):
        rb.score_cohort(twice, overwrite=True)


def test_a_relation_with_names_that_differ_in_capitals() -> None:
    table = pa.table({"Sex": ["male"], "sex": ["male"]})
    try:
        given = duckdb.connect().from_arrow(table)
    except duckdb.Error:
        return
    if [name.lower() for name in given.columns] == ["sex", "sex"]:
        with pytest.raises(FrameError, match="two columns named sex"):
            rb.score_cohort(given)


def test_columns_that_are_not_named_by_text() -> None:
    frame = pd.DataFrame(tidy())
    numbered = frame.set_axis(range(7), axis=1)
    with pytest.raises(FrameError, match="no predictor has its fields here"):
        rb.score_cohort(numbered)
    scored = rb.score_cohort(numbered, rename=dict(enumerate(frame.columns)))
    assert list(scored.columns[:7]) == list(range(7))
    assert scored["ogrs3_2yr"].tolist() == rb.score_cohort(frame)["ogrs3_2yr"].tolist()
    mixed = pd.concat([frame, pd.DataFrame({7: range(40), dt.date(2020, 1, 1): range(40)})], axis=1)
    assert rb.score_cohort(mixed)["ogrs3_issues"].tolist() == scored["ogrs3_issues"].tolist()


def test_columns_of_several_levels() -> None:
    frame = pd.concat({"case": pd.DataFrame(tidy())}, axis=1)
    with pytest.raises(FrameError, match="columns have 2 levels"):
        rb.score_cohort(frame)


@pytest.mark.parametrize(
    "what",
    [
        [1, 2],
        None,
        "cohort.csv",
        np.zeros(3, dtype=[("sex", "U6")]),
        pd.Series([1]),
        pl.Series([1]),
        pa.array([1]),
        pa.table({"sex": ["male"]}).to_reader(),
    ],
    ids=lambda what: type(what).__name__,
)
def test_what_is_no_table(what: Any) -> None:
    with pytest.raises(UnsupportedFrameError, match="a cohort is a mapping of columns, a pandas"):
        rb.score_cohort(what)


def test_no_message_holds_a_value() -> None:
    secret = "1999-13-77"
    table = pa.table({**tidy(), "date_of_birth": [secret] * 40})
    with pytest.raises(rb.InputErrorGroup) as caught:
        rb.score_cohort(table, on_issue="raise")
    assert secret not in str(caught.value)
    assert "malformed:date_of_birth" in str(caught.value)
