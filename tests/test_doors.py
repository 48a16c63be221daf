"""One value, one answer: whichever door it comes in by."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

#: A person of whom everything that OGRS3 and the brief ARP read is known; a row changes one answer.
PERSON = {
    "sex": "male",
    "date_of_birth": "1990-05-01",
    "assessment_date": "2024-01-16",
    "conviction_date": "2023-06-01",
    "follow_up_date": "2023-07-01",
    "offence_code": "00801",
    "sanctions": "4",
    "first_sanction_age": "17",
    "supervision_status": "community",
    "unemployed": "no",
    "accommodation": "0",
    "relationship_status": "1",
}
GOOD_TIMES = [
    "1990-05-01T00:00", "1990-05-01 23:59:59", "1990-05-01 23:59:59.999999999",
    "1990-05-01T10:00:00,5", "1990-05-01T23:00:00Z", "1990-05-01 23:00:00+00:00",
    "1990-05-01 00:00:00+01", "1990-05-01T00:00:00.000+0100", "1990-05-01 00:00:00-14:00",
    "1990-05-01T00:00:00+01:00[Europe/London]", "1990-05-01 10:00:00 BST", " 1990-05-01 10:00 ",
]  # fmt: skip
NO_DATES = [
    "1990-05-01 99:99", "1990-05-01 24:00", "1990-05-01 10:60", "1990-05-01 10:00:61",
    "1990-05-01 10:00 or 1990-05-02", "1990-05-01 10:00 approx", "1990-05-01 10:00 1",
    "1990-05-01T10:00:00+25:00", "1990-05-01T10:00Z?", "1990-05-01T", "1990-05-01 10",
    "1990-05-01 or 02", "1990-05", "1990", "1990-02-30", "1990-5-1", "01/05/1990", "19900501",
    "1990-05-01 10:00 PM", "1990-05-01 \N{BENGALI DIGIT ONE}0:00", "None", "none",
]  # fmt: skip
TEXTS = {
    "date_of_birth": [*GOOD_TIMES, *NO_DATES, "1799-12-31", "2201-01-01", "", "n/k", "NaT"],
    "sanctions": [
        "4", " 4 ", "4.0", "4.", "+4", "4.5", "four", "None", "none", "0", "True", "1,000", "1e1",
        "\N{BENGALI DIGIT FOUR}", "-0", "99999999999", "nan", "NULL", "004",
    ],
    "accommodation": [
        "0", "2", "2.0", "2.5", "3", "None", "none", "NONE", " None ", "some", "No problems",
        "no-problems", "True", "yes", "1e0", "-1", "<NA>",
    ],
    "unemployed": ["1", "1.0", "2.0", "0.0", "3", "yes", "T", "None", "none", "01", "y es"],
    "relationship_status": ["1", "1.0", "3.00", "01", "4", "1.5", "None", "living together"],
    "sex": ["M", "f", "Female", "1", "1.0", "None", "unknown", "m ale"],
    "offence_code": ["00801", "008/01", " 00801 ", "801", "801.0", "8.1", "None", "99999"],
    "supervision_status": ["Community", "None", "none", "remand "],
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {**PERSON, name: text} for name, texts in TEXTS.items() for text in texts
]
PREDICTORS = ["ogrs3", "arp"]
NAMES = [f"{ident}_{what}" for ident in PREDICTORS for what in ("2yr", "issues")]


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in PERSON}


def answers(rows: Iterable[Iterable[Any]]) -> list[tuple[Any, ...]]:
    """Percentages and issues; no percentage is None, whatever the library has for it."""

    def plain(value: Any) -> Any:
        if value is None or value is pd.NA or value is np.ma.masked or value != value:
            return None
        return value if isinstance(value, str) else float(value)

    return [tuple(map(plain, row)) for row in rows]


def of_case(row: Mapping[str, Any]) -> list[Any]:
    """What the predictors say of a row as one case."""
    case = rb.OASysAssessment.from_dict(row, on_issue="keep")
    found: list[Any] = []
    for ident in PREDICTORS:
        score = getattr(rb, ident).score(case, on_issue="return")
        found += [score.percent.get("2yr"), ";".join(map(str, score.issues))]
    return found


def of_mapping(columns: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    found = rb.score_cohort(columns, PREDICTORS)
    return answers(zip(*(found[name] for name in NAMES), strict=True))


def of_pandas(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    found = rb.score_cohort(frame, PREDICTORS)
    return answers(zip(*(found[name].astype(object) for name in NAMES), strict=True))


def of_polars(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return answers(rb.score_cohort(frame, PREDICTORS).select(NAMES).rows())


def of_arrow(table: Any) -> list[tuple[Any, ...]]:
    found = rb.score_cohort(table, PREDICTORS).select(NAMES).to_pydict()
    return answers(zip(*(found[name] for name in NAMES), strict=True))


def of_duckdb(table: pa.Table) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Europe/London'")
        given = connection.from_arrow(table)
        return answers(rb.score_cohort(given, PREDICTORS).project(", ".join(NAMES)).fetchall())


def of_file(source: Path) -> list[tuple[Any, ...]]:
    """What the command says of a file."""
    out = source.with_name("scored.csv")
    options = ["-p", "ogrs3", "-p", "arp", "-q", "-o", str(out)]
    subprocess.run([sys.executable, "-m", "riskbands", "score", str(source), *options], check=False)
    with out.open(encoding="utf-8", newline="") as file:
        rows = [[row[name] for name in NAMES] for row in csv.DictReader(file)]
    return answers(
        [value if n % 2 else (float(value) if value else None) for n, value in enumerate(row)]
        for row in rows
    )


def arrow(columns: Mapping[str, list[Any]], kind: pa.DataType) -> pa.Table:
    return pa.table({name: pa.array(values, kind) for name, values in columns.items()})


#: Every way for texts to come in, but files.
TEXT_DOORS: dict[str, Callable[[dict[str, list[str]]], list[tuple[Any, ...]]]] = {
    "lists": of_mapping,
    "bytes": lambda c: of_mapping({k: [v.encode() for v in vs] for k, vs in c.items()}),
    "objects": lambda c: of_mapping({k: np.array(v, object) for k, v in c.items()}),
    "fixed-width": lambda c: of_mapping({k: np.array(v, str) for k, v in c.items()}),
    "pandas-objects": lambda c: of_pandas(pd.DataFrame(c, dtype=object)),
    "pandas-string": lambda c: of_pandas(pd.DataFrame(c, dtype="string[python]")),
    "pandas-categories": lambda c: of_pandas(pd.DataFrame(c, dtype="category")),
    "pandas-arrow": lambda c: of_pandas(
        arrow(c, pa.string()).to_pandas(types_mapper=pd.ArrowDtype)
    ),
    "polars": lambda c: of_polars(pl.DataFrame(c)),
    "polars-categories": lambda c: of_polars(pl.DataFrame(c).cast(pl.Categorical)),
    "polars-enum": lambda c: of_polars(
        pl.DataFrame({k: pl.Series(v, dtype=pl.Enum(list(dict.fromkeys(v)))) for k, v in c.items()})
    ),
    "polars-objects": lambda c: of_polars(pl.DataFrame(c, schema=dict.fromkeys(c, pl.Object))),
    "arrow": lambda c: of_arrow(arrow(c, pa.string())),
    "arrow-large": lambda c: of_arrow(arrow(c, pa.large_string())),
    "arrow-binary": lambda c: of_arrow(
        arrow(c, pa.string()).cast(pa.schema([(k, pa.binary()) for k in c]))
    ),
    "arrow-dictionary": lambda c: of_arrow(
        pa.table({k: pa.array(v).dictionary_encode() for k, v in c.items()})
    ),
    "arrow-chunks": lambda c: of_arrow(
        pa.concat_tables(
            arrow({k: v[n : n + 7] for k, v in c.items()}, pa.string())
            for n in range(0, len(ROWS), 7)
        )
    ),
    "duckdb": lambda c: of_duckdb(arrow(c, pa.string())),
}


@pytest.fixture(scope="module")
def as_cases() -> list[tuple[Any, ...]]:
    return answers(map(of_case, ROWS))


def said(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> list[Any]:
    """The rows of which something else is said; invented values, so they may be shown."""
    names = [(name, text) for name, texts in TEXTS.items() for text in texts]
    assert len(found) == len(expected) == len(names)
    return [(name, a, b) for name, a, b in zip(names, found, expected, strict=True) if a != b]


@pytest.mark.parametrize("door", TEXT_DOORS)
def test_a_text_is_read_alike_by_every_door(door: str, as_cases: list[tuple[Any, ...]]) -> None:
    assert said(TEXT_DOORS[door](columns_of(ROWS)), as_cases) == []


@pytest.mark.parametrize("kind", ["csv", "parquet", "parquet-dictionary"])
def test_a_text_is_read_alike_from_files(
    kind: str, tmp_path: Path, as_cases: list[tuple[Any, ...]]
) -> None:
    if kind == "csv":
        path = tmp_path / "cohort.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(PERSON))
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        path = tmp_path / "cohort.parquet"
        table = arrow(columns_of(ROWS), pa.string())
        if kind == "parquet-dictionary":
            table = pa.table([c.dictionary_encode() for c in table.columns], table.column_names)
        pq.write_table(table, path)
    assert said(of_file(path), as_cases) == []


def test_a_dataclass_reads_what_a_record_reads() -> None:
    for row in ROWS:
        kept = rb.OASysAssessment.from_dict(row, on_issue="keep")
        if not kept.faults:
            assert rb.OASysAssessment(**row) == kept
            continue
        with pytest.raises(rb.InputErrorGroup) as caught:
            rb.OASysAssessment(**row)
        assert caught.value.issues == kept.faults


# What the answers are


def birth(text: Any) -> str | None:
    """None where a date of birth is read as 1 May 1990, or the code of the issue."""
    case = rb.OASysAssessment.from_dict({"date_of_birth": text}, on_issue="keep")
    if case.faults:
        return case.faults[0].code
    return None if case.date_of_birth == dt.date(1990, 5, 1) else "missing"


@pytest.mark.parametrize("text", GOOD_TIMES)
def test_a_time_and_a_zone_are_dropped(text: str) -> None:
    """The day that counts is the one that is written, which is that of the zone beside it."""
    assert birth(text) is None


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_or_no_time_is_refused(text: str) -> None:
    assert birth(text) == "malformed"


def test_none_with_a_capital_is_neither_an_answer_nor_missing() -> None:
    """Python writes it for what is missing; a form, for an answer."""
    for name in ("accommodation", "drug_motivation", "sanctions", "sex", "unemployed"):
        for value in (str(None), " None ", b"None", np.str_("None")):
            kept = rb.OASysAssessment.from_dict({name: value}, on_issue="keep")
            assert [str(i) for i in kept.faults] == [f"malformed:{name}"]
    assert rb.OASysAssessment.from_dict({"accommodation": "none"}).accommodation == 0
    assert rb.OASysAssessment.from_dict({"drug_motivation": "none"}).drug_motivation == 2


def test_a_whole_number_with_a_point_is_that_number() -> None:
    for value in (1, 1.0, "1", "1.0", Decimal("1.0"), np.float32(1)):
        assert rb.OASysAssessment.from_dict({"relationship_status": value}).relationship_status == (
            "living_together"
        )


# Values that are no text

LONDON = ZoneInfo("Europe/London")
MIDNIGHT = dt.datetime(1990, 5, 1, tzinfo=LONDON)  # 30 April, 23:00 in UTC


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/London", 1), ("UTC", 30), ("+01:00", 1), ("-05:00", 30)]
)
def test_a_moment_counts_on_the_day_that_its_own_zone_shows(zone: str, day: int) -> None:
    """One rule for every door: as text, as a moment of Python and in each library."""
    fixed = dt.timezone(dt.timedelta(hours=int(zone[:3]))) if zone[0] in "+-" else ZoneInfo(zone)
    moment = MIDNIGHT.astimezone(fixed)
    expected = {1: dt.date(1990, 5, 1), 30: dt.date(1990, 4, 30)}[day]
    array: pa.Array = pa.array([moment], pa.timestamp("us", tz=zone))
    rows = [{**PERSON, "date_of_birth": expected.isoformat()}]
    wanted = answers(map(of_case, rows))
    row = {**PERSON, "date_of_birth": moment}
    texts = [moment.isoformat(), str(moment), moment.isoformat(timespec="milliseconds")]
    if zone == "UTC":
        texts.append(moment.isoformat().replace("+00:00", "Z"))
    for value in (moment, *texts):
        kept = rb.OASysAssessment.from_dict({**row, "date_of_birth": value})
        assert kept.date_of_birth == expected
        assert of_mapping(columns_of([{**row, "date_of_birth": value}])) == wanted
    table = arrow(columns_of([PERSON]), pa.string())
    table = table.set_column(1, "date_of_birth", array)
    assert of_arrow(table) == wanted
    frame = pd.DataFrame(columns_of([PERSON])).assign(date_of_birth=pd.Series([moment]))
    assert of_pandas(frame) == wanted
    if zone[0] not in "+-":  # Polars knows zones by name only
        assert of_polars(pl.DataFrame(pl.from_arrow(table))) == wanted
    if zone == "Europe/London":  # DuckDB counts in the zone of the connection
        assert of_duckdb(table) == wanted


@pytest.mark.parametrize("other", [4, 4.0, np.int64(4), "4", None, np.datetime64("2020-01-01")])
@pytest.mark.parametrize("truth", [True, np.True_, False])
def test_a_truth_among_numbers_is_no_count(truth: Any, other: Any) -> None:
    """NumPy would make 1 of it."""
    rows = [{**PERSON, "sanctions": truth}, {**PERSON, "sanctions": other}]
    expected = answers(map(of_case, rows))
    assert expected[0] == (None, "malformed:sanctions", None, "malformed:sanctions")
    columns = columns_of(rows)
    assert of_mapping(columns) == expected
    assert of_mapping({**columns, "sanctions": tuple(columns["sanctions"])}) == expected
    frame = pd.DataFrame(columns, dtype=object)
    assert of_pandas(frame) == expected
    objects = pl.Series("sanctions", columns["sanctions"], pl.Object)
    assert of_polars(pl.DataFrame({**columns, "sanctions": objects})) == expected
    for name in ("accommodation", "first_sanction_age"):
        (found,) = {row[3] for row in of_mapping(columns_of([{**PERSON, name: truth}] * 2))}
        assert found == f"malformed:{name}"


@pytest.mark.parametrize("unit", ["Y", "M", "W"])
def test_a_month_is_no_day_of_birth(unit: Any) -> None:
    month = np.datetime64("1990-05", unit)
    rows = [{**PERSON, "date_of_birth": month}, {**PERSON, "date_of_birth": np.datetime64("NaT")}]
    expected = answers(map(of_case, rows))
    assert [row[1] for row in expected] == ["malformed:date_of_birth", "missing:date_of_birth"]
    columns = columns_of(rows)
    assert of_mapping(columns) == expected
    typed = {**columns, "date_of_birth": np.array([month, "NaT"], f"M8[{unit}]")}
    assert of_mapping(typed) == expected
    assert of_mapping(columns_of([rows[0], PERSON]))[0] == expected[0]
    assert of_pandas(pd.DataFrame(columns, dtype=object)) == expected
