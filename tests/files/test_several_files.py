"""Several files are one table, and each is read by its own types."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored import GOOD, HEADER, PERSON, parquet, score, write

import riskbands as rb
from riskbands.cohorts.files import FileError, open_input

if TYPE_CHECKING:
    from pathlib import Path

LONDON = ZoneInfo("Europe/London")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(zone: str | None, day: dt.datetime) -> pa.Array:
    return pa.array([day], pa.timestamp("us", zone))


NAIVE = dt.datetime(1990, 5, 2)
BIRTH_UTC = _moment("UTC", dt.datetime(1990, 5, 2, tzinfo=dt.UTC))
BIRTH_LONDON = _moment("Europe/London", dt.datetime(1990, 5, 2, tzinfo=LONDON))
DATED: dict[str, Any] = {
    "age_at_conviction": pa.nulls(1),
    "age_at_follow_up": pa.nulls(1),
    "conviction_date": pa.array(["2023-05-01"]),
}


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("sanctions", pa.array([4]), pa.array(["0x10"])),
        ("sanctions", pa.array([4]), pa.array([True])),
        ("sanctions", pa.array([True]), pa.array([4])),
        ("sanctions", pa.array([4]), pa.array(["4"]).dictionary_encode()),
        ("sanctions", pa.array(["4"]), pa.array([4.5])),
        ("offence_code", pa.array([801]), pa.array(["010405"])),
        ("offence_code", pa.array([801]), pa.array(["00801"])),
        ("offence_code", pa.array(["00801"]), pa.array(["00801"]).dictionary_encode()),
        ("sex", pa.array(["M"]), pa.array([b"F"])),
        ("age_at_follow_up", pa.array([33.0]), pa.array(["33"])),
        ("age_at_follow_up", pa.array([33]), pa.array([33.5])),
        ("first_sanction_age", pa.array([17], pa.uint8()), pa.array([2**40 + 17])),
        ("first_sanction_age", pa.nulls(1), pa.array([17])),
    ],
)
def test_a_file_scores_alike_alone_and_after_another(
    tmp_path: Path, column: str, first: pa.Array, second: pa.Array
) -> None:
    a = parquet(tmp_path / "a.parquet", **{column: first})
    b = parquet(tmp_path / "b.parquet", **{column: second})
    alone = [_rows(score(path, out=tmp_path / "alone.csv"))[0] for path in (a, b)]
    assert _rows(score(a, b, out=tmp_path / "out.csv")) == alone
    assert _rows(score(b, a, out=tmp_path / "out.csv")) == alone[::-1]


@pytest.mark.parametrize(
    "first",
    [
        BIRTH_UTC,
        BIRTH_LONDON,
        _moment(None, NAIVE),
        pa.array(["1990-05-02"]),
        pa.array([dt.date(1990, 5, 2)]),
    ],
)
def test_a_birth_at_midnight_in_london_stays_on_its_day(tmp_path: Path, first: pa.Array) -> None:
    a = parquet(tmp_path / "a.parquet", **DATED, date_of_birth=first)
    b = parquet(tmp_path / "b.parquet", **DATED, date_of_birth=BIRTH_LONDON)
    rows = _rows(score(a, b, out=tmp_path / "out.csv"))
    days = [dt.date(1990, 5, 2), dt.date(1990, 5, 1)]  # 33 the day after the conviction, or on it
    person = {**PERSON, "conviction_date": "2023-05-01"}
    del person["age_at_conviction"], person["age_at_follow_up"]
    right, wrong = (
        str(
            rb.ogrs3.score(rb.OASysAssessment.from_dict({**person, "date_of_birth": day})).percent[
                "2yr"
            ]
        )
        for day in days
    )
    assert right != wrong
    assert [row["ogrs3_2yr"] for row in rows] == [right, right]


def test_nine_is_no_answer_where_the_first_file_has_truths(tmp_path: Path) -> None:
    person = {"violent_sanctions": pa.array([0]), "alcohol_use": pa.array([0])}
    a = parquet(tmp_path / "a.parquet", **person, unemployed=pa.array([True]))
    b = parquet(tmp_path / "b.parquet", **person, unemployed=pa.array([9]))
    out = score(a, b, out=tmp_path / "out.csv", predictors=("ovp",))
    rows = _rows(out)
    assert [row["unemployed"] for row in rows] == ["true", "9"]
    assert "unemployed" not in rows[0]["ovp_issues"]
    assert "malformed:unemployed" in rows[1]["ovp_issues"]


def test_text_is_no_number_because_the_first_file_has_numbers(tmp_path: Path) -> None:
    a = parquet(tmp_path / "a.parquet")
    for text, issue in {"0x10": "malformed:sanctions", "4": ""}.items():
        b = parquet(tmp_path / "b.parquet", sanctions=pa.array([text]))
        row = _rows(score(a, b, out=tmp_path / "out.csv"))[1]
        assert (row["ogrs3_issues"], row["sanctions"]) == (issue, text)
    b = parquet(tmp_path / "b.parquet", sanctions=pa.array([True]))
    assert _rows(score(a, b, out=tmp_path / "out.csv"))[1]["ogrs3_issues"] == "malformed:sanctions"


def test_a_code_of_six_digits_stays_one(tmp_path: Path) -> None:
    a = parquet(tmp_path / "a.parquet", offence_code=pa.array([10405]))
    b = parquet(tmp_path / "b.parquet", offence_code=pa.array(["010405"]))
    row = _rows(score(a, b, out=tmp_path / "out.csv"))[1]
    assert row["offence_code"] == "010405"
    assert row["ogrs3_issues"].endswith(":offence_code")


def test_identifiers_keep_their_digits(tmp_path: Path) -> None:
    for other in (pa.array([7]), pa.array([7.0])):
        a = parquet(tmp_path / "a.parquet", case_id=other)
        for ident in ("0012", "12345678901234567"):
            b = parquet(tmp_path / "b.parquet", case_id=pa.array([ident]))
            assert _rows(score(a, b, out=tmp_path / "out.csv"))[1]["case_id"] == ident
            out = tmp_path / "out.parquet"
            with pytest.raises(FileError, match=r"b\.parquet: column case_id is string, and .* in"):
                score(a, b, out=out)
            assert not out.exists()


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (["a"], pa.array(["b"]).dictionary_encode(), pa.string()),
        (pa.array(["a"], pa.large_string()), ["b"], pa.large_string()),
        (pa.array([1], pa.int8()), pa.array([2**40]), pa.int64()),
        (pa.nulls(1), pa.array([2]), pa.int64()),
    ],
)
def test_types_that_hold_the_same_are_joined_in_parquet(
    tmp_path: Path, first: Any, second: Any, joined: pa.DataType
) -> None:
    a = parquet(tmp_path / "a.parquet", note=pa.array(first))
    b = parquet(tmp_path / "b.parquet", note=pa.array(second))
    table = pq.read_table(score(a, b, out=tmp_path / "out.parquet"))
    assert table.schema.field("note").type == joined
    assert table["note"].to_pylist() == [
        *pa.array(first).to_pylist(),
        *pa.array(second).to_pylist(),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [(BIRTH_UTC, BIRTH_LONDON), (_moment(None, NAIVE), BIRTH_UTC), (pa.array([1]), pa.array([0.5])),
     (pa.array([1], pa.float32()), pa.array([0.1])), (pa.array([True]), pa.array([1])),
     (pa.array([2**63], pa.uint64()), pa.array([-1]))],
)  # fmt: skip
def test_types_that_differ_are_refused_in_parquet_and_kept_in_csv(
    tmp_path: Path, first: pa.Array, second: pa.Array
) -> None:
    a = parquet(tmp_path / "a.parquet", note=first)
    b = parquet(tmp_path / "b.parquet", note=second)
    with pytest.raises(FileError, match=r"column note is .*one Parquet file cannot hold both"):
        score(a, b, out=tmp_path / "out.parquet")
    alone = [_rows(score(p, out=tmp_path / "out.csv"))[0]["note"] for p in (a, b)]
    assert [r["note"] for r in _rows(score(a, b, out=tmp_path / "out.csv"))] == alone


def test_csv_and_parquet_together(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", HEADER, GOOD, GOOD.replace(",4,", ",0x10,"))
    b = parquet(tmp_path / "b.parquet")
    for files in ((a, b), (b, a)):
        found = [r["ogrs3_issues"] for r in _rows(score(*files, out=tmp_path / "out.csv"))]
        assert sorted(found) == ["", "", "malformed:sanctions"]
    with pytest.raises(FileError, match="column age_at_conviction is int64, and string in"):
        score(a, b, out=tmp_path / "out.parquet")


def test_csv_with_other_delimiters_encodings_and_quotes(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", HEADER, GOOD)
    b = write(tmp_path / "b.csv", HEADER.replace(",", ";"), GOOD.replace(",", ";"))
    c = write(tmp_path / "c.csv", HEADER, GOOD.replace("A1", '"A,1"'))
    rows = _rows(score(a, b, c, out=tmp_path / "out.csv"))
    assert [row["case_id"] for row in rows] == ["A1", "A1", "A,1"]
    assert [row["ogrs3_2yr"] for row in rows] == ["25"] * 3


def test_other_columns_are_named_unless_they_look_like_data(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", HEADER, GOOD)
    headless = write(tmp_path / "b.csv", GOOD.replace("A1,male,33", "Secret,male,34"))
    with pytest.raises(
        FileError, match=r"b\.csv has other columns \(column 1, column 2"
    ) as refused:
        open_input([str(a), str(headless)])
    for word in ("Secret", "male", "00801"):
        assert word not in str(refused.value)


def test_quotes_that_look_like_rows_are_remarked_with_the_name_of_their_file(
    tmp_path: Path,
) -> None:
    row = "A1,male,1990-05-02,2023-05-01,3"
    head = "case_id,sex,date_of_birth,conviction_date,sanctions,note"
    plain = write(tmp_path / "a.csv", head, f"{row},fine")
    odd = write(tmp_path / "b.csv", head, f"{row},fine", f'{row},"x\n{row},y"')
    table = open_input([str(plain), str(odd)], trust_quotes=True)
    assert sum(batch.num_rows for batch in table.batches()) == 3
    (remark,) = table.remarks
    assert remark.startswith(f"{odd}: line 3: a quoted cell holds lines that could be rows")
    table.close()


def test_several_files_keep_their_delimiter_and_their_mark(tmp_path: Path) -> None:
    text = "\ufeff" + HEADER.replace(",", ";") + "\n" + GOOD.replace(",", ";") + "\n"
    both = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in both:
        path.write_text(text, "utf-8")
    one, two = (
        score(*names, out=tmp_path / f"out{len(names)}.csv").read_text("utf-8")
        for names in (both[:1], both)
    )
    assert two == one + one.split("\n")[1] + "\n"
    both[1].write_text(f"{HEADER}\n{GOOD}\n", "utf-8")
    table = open_input([str(path) for path in both])
    assert table.remarks == (f"{both[0]}: cells are separated by a semicolon",)
    assert not table.marked
    table.close()
