"""Workbooks, exports of spreadsheets, thousands, and cells that must not become formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored import GOOD, HEADER, PERSON, score, workbook, write

import riskbands as rb
from riskbands.cohorts.files import FileError, open_input
from riskbands.errors import ReadingWarning, RiskBandsError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = list(PERSON)
CELLS = list(PERSON.values())


def seen(path: Path, **options: Any) -> tuple[list[str], tuple[str, ...]]:
    """Names of the columns, and remarks."""
    with closing(open_input([str(path)], **options)) as table:
        return table.schema.names, table.remarks


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- workbooks -------------------------------------------------------------------------------------


def test_a_sheet_is_scored_like_its_csv(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS, [*CELLS[:5], None, 17])
    out = _rows(score(source, out=tmp_path / "out.csv"))
    assert [row["ogrs3_2yr"] for row in out] == ["25", ""]
    assert out[1]["ogrs3_issues"] == "missing:sanctions"
    assert out[0]["offence_code"] == "00801"
    table = pq.read_table(score(source, out=tmp_path / "out.parquet"))
    assert table["sanctions"].to_pylist() == [4, None]


def test_the_header_is_found_below_titles(tmp_path: Path) -> None:
    titles: list[list[Any]] = [
        ["Probation extract, all regions, 2023"],
        [],
        ["Printed on", dt.date(2023, 5, 2)],
    ]
    source = workbook(tmp_path / "in.xlsx", *titles, NAMES, CELLS, merge=("A1:G1",))
    names, remarks = seen(source)
    assert names == NAMES
    assert remarks == ("the header is row 4; what stands above it is not read",)
    assert seen(source, header_row=4)[0] == NAMES
    with pytest.raises(FileError, match="no row 40 in that sheet"):
        open_input([str(source)], header_row=40)


def test_a_header_that_is_merged_over_two_rows(tmp_path: Path) -> None:
    above = ["case_id", "Person", None, None, "Offence", None, None]
    source = workbook(
        tmp_path / "in.xlsx", above, [None, *NAMES[1:]], CELLS, merge=("A1:A2", "B1:D1", "E1:G1")
    )
    table = rb.read_table(source, header_row=2)
    assert seen(source)[0] == NAMES
    assert table.column_names == NAMES
    assert table["case_id"].to_pylist() == ["A1"]


def test_blank_header_cells(tmp_path: Path) -> None:
    source = workbook(
        tmp_path / "in.xlsx", [*NAMES, None, None, "note"], [*CELLS, None, "kept", "x"]
    )
    names, remarks = seen(source)
    assert names == [*NAMES, "column_9", "note"]
    assert remarks == (
        "1 blank column without a name dropped",
        "columns without a name: column_9",
    )


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", [], NAMES, [], CELLS, [None] * 7, CELLS)
    with pytest.warns(ReadingWarning, match="2 blank rows passed over"):
        assert rb.read_table(source, header_row=2).num_rows == 2
    assert seen(source)[1] == (
        "the header is row 2; what stands above it is not read",
        "2 blank rows passed over",
    )
    at_the_end = workbook(tmp_path / "end.xlsx", NAMES, CELLS, [], [None] * 7)
    assert seen(at_the_end)[1] == ()


def test_a_blank_line_of_csv_is_no_row_and_one_of_delimiters_is(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, "", GOOD, "," * HEADER.count(","), GOOD, "", "")
    out = _rows(score(source, out=tmp_path / "out.csv"))
    assert [row["ogrs3_2yr"] for row in out] == ["25", "", "25"]
    assert out[1]["ogrs3_issues"].startswith("missing:sex")


def test_cells_keep_their_types_and_mixed_ones_become_text(tmp_path: Path) -> None:
    source = workbook(
        tmp_path / "in.xlsx",
        ["sex", "sanctions", "date_of_birth", "moment", "share", "yes", "mixed"],
        ["M", 4, dt.date(1990, 5, 1), dt.datetime(1990, 5, 1, 12, 30), 0.5, True, "0012"],
        ["F", None, None, None, 1, False, 12],
        [None, 7, dt.date(1991, 5, 1), dt.datetime(1991, 5, 1), None, None, dt.date(1991, 5, 1)],
        [None, 7, None, None, None, None, 0.5],
        [None, 7, None, None, None, None, True],
    )
    with pytest.warns(ReadingWarning, match="1 column has dates in some cells"):
        table = rb.read_table(source)
    assert dict(zip(table.column_names, table.schema.types, strict=True)) == {
        "sex": pa.string(), "sanctions": pa.int64(), "date_of_birth": pa.date32(),
        "moment": pa.timestamp("s"), "share": pa.float64(), "yes": pa.bool_(),
        "mixed": pa.string(),
    }  # fmt: skip
    assert table["mixed"].to_pylist() == ["0012", "12", "1991-05-01", "0.5", "true"]
    assert table["moment"].to_pylist()[0] == dt.datetime(1990, 5, 1, 12, 30)


def test_the_sheet_is_the_first_with_content_or_the_one_named(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS, sheets=3)
    assert seen(source)[1] == ("sheet 3 of 3 is read",)
    for sheet in ("3", "Sheet2"):
        assert rb.read_table(source, sheet=sheet).num_rows == 1
    for sheet in ("4", "0", "Quentin"):
        with pytest.raises(
            FileError, match="no such sheet: give --sheet its name, or a number"
        ) as e:
            rb.read_table(source, sheet=sheet)
        assert "Quentin" not in str(e.value)
    with pytest.raises(FileError, match="is empty"):
        rb.read_table(source, sheet=1)
    plain = write(tmp_path / "in.csv", HEADER, GOOD)
    with pytest.raises(FileError, match="is no workbook"):
        rb.read_table(plain, sheet=1)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS)
    data = source.read_bytes()
    for damaged in (data[: len(data) // 2], data[:200] + b"xl/"):
        source.write_bytes(damaged)
        with pytest.raises(FileError, match=r"in\.xlsx is (not a workbook|a ZIP)"):
            open_input([str(source)])
    source.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(FileError, match="is not a workbook"):
        open_input([str(source)])


def test_workbooks_without_the_extra_name_it(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS)
    code = (
        "import sys; sys.modules['python_calamine'] = None; import riskbands as rb; "
        f"rb.read_table({str(source)!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtraError: workbooks need the [excel] extra" in done.stderr


def test_workbooks_come_through_standard_input_and_from_the_command(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", ["x"], [], NAMES, CELLS, sheets=2)
    command = [sys.executable, "-m", "riskbands", "score", "-", "-p", "ogrs3", "--sheet", "2"]
    with source.open("rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1].endswith(",14,25,Low,")
    assert "the header is row 3" in done.stderr


# -- exports of spreadsheets -----------------------------------------------------------------------


def test_blank_columns_at_the_right_are_dropped_with_a_remark(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER + ",,", GOOD + ",,", ",,,,,,,,", GOOD + ",,")
    names, remarks = seen(source)
    assert names == NAMES
    assert remarks == ("2 blank columns without a name dropped at the right",)
    out = _rows(score(source, out=tmp_path / "out.csv"))
    assert [*out[0]] == [*NAMES, "ogrs3_1yr", "ogrs3_2yr", "ogrs3_band", "ogrs3_issues"]
    assert [row["ogrs3_2yr"] for row in out] == ["25", "", "25"]


@pytest.mark.parametrize("header", [",", ',""', ",,", ',"",""'])
def test_blank_columns_are_dropped_also_when_quoted(tmp_path: Path, header: str) -> None:
    blank = ',""' * header.count(",")
    source = write(tmp_path / "in.csv", HEADER + header, GOOD + blank, GOOD + header)
    assert seen(source)[0] == NAMES
    out = score(source, out=tmp_path / "out.csv").read_text().splitlines()
    assert out[1:] == 2 * [GOOD + ",14,25,Low,"]


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", ["{d}{d}", '{d}""{d}', '{d}{d}""'])
def test_lines_are_copied_up_to_the_blank_columns(
    tmp_path: Path, delimiter: str, end: str, blank: str
) -> None:
    """However they are written below the sample, and where cells before them are blank too."""
    tail = blank.format(d=delimiter)
    header = (HEADER + ",note").replace(",", delimiter)
    good = GOOD.replace(",", delimiter)
    rows = [f'{good}{delimiter}"one{end}two"', good + delimiter, f'{good}{delimiter}""'] * 9000
    lines = [row + 2 * delimiter for row in rows] + [row + tail for row in rows[:3]]
    source = tmp_path / "in.csv"
    text = end.join([header + 2 * delimiter, *lines, ""])
    source.write_bytes(text.encode())
    out = score(source, out=tmp_path / "out.csv").read_bytes()
    scores = f"{delimiter}14{delimiter}25{delimiter}Low{delimiter}"
    expected = [row + scores for row in [*rows, *rows[:3]]]
    assert out.partition(b"\n")[2] == "\n".join([*expected, ""]).encode()


def test_a_value_in_a_column_without_a_name_is_never_dropped(tmp_path: Path) -> None:
    """Also where it stands beyond the part of the file that is looked at first."""
    source = write(tmp_path / "in.csv", HEADER + ",,", *[GOOD + ",,"] * 20_000, GOOD + ",,x")
    with pytest.raises(FileError, match="line 20002: a value in a column without a name, at the"):
        score(source, out=tmp_path / "out.csv")
    source = write(tmp_path / "in.csv", HEADER + ",,", GOOD + ",,x")
    with pytest.raises(FileError, match="line 2: a value in a column without a name, at the"):
        score(source, out=tmp_path / "out.csv")
    source = write(tmp_path / "in.csv", HEADER + ",,", GOOD)
    with pytest.raises(FileError, match="line 2: 7 cells, but the header has 9"):
        score(source, out=tmp_path / "out.csv")
    source = write(tmp_path / "in.csv", HEADER + ",", GOOD + ",x")
    assert seen(source)[0] == [*NAMES, ""]


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_a_line_that_tells_the_delimiter_is_understood(tmp_path: Path, mark: str) -> None:
    lines = [line.replace(",", mark) for line in (HEADER, GOOD, "x")]
    source = write(tmp_path / "in.csv", f"sep={mark}", *lines[:2])
    names, remarks = seen(source)
    assert names == NAMES
    assert "the line sep= before the header is not written" in remarks
    out = score(source, out=tmp_path / "out.csv").read_text().splitlines()
    assert out[1] == lines[1] + mark.join(["", "14", "25", "Low", ""])
    source = write(tmp_path / "in.csv", f"sep={mark}", *lines)
    with pytest.raises(FileError, match="line 4: 1 cell"):
        score(source, out=tmp_path / "out.csv")


@pytest.mark.parametrize(("mark", "text"), [(",", "1,204"), (".", "1.204"), (" ", "1 204")])
def test_thousands_are_read_by_option_only(tmp_path: Path, mark: str, text: str) -> None:
    rows = [[*CELLS[:5], cell, 17] for cell in (text, "4", "12" + mark + "04", "0" + mark + "004")]
    stream = io.StringIO()
    csv.writer(stream).writerows([NAMES, *rows])
    source = write(tmp_path / "in.csv", *stream.getvalue().splitlines())
    plain = _rows(score(source, out=tmp_path / "out.csv"))
    assert [r["ogrs3_issues"] for r in plain] == [
        "malformed:sanctions",
        "",
        *["malformed:sanctions"] * 2,
    ]
    read = _rows(score(source, out=tmp_path / "out.csv", thousands=mark))
    assert [r["sanctions"] for r in read] == [r["sanctions"] for r in plain]
    assert [r["ogrs3_issues"] for r in read][1:3] == ["", "malformed:sanctions"]
    assert read[0]["ogrs3_issues"] == "out_of_range:sanctions"  # 1204
    assert read[3]["ogrs3_2yr"] == read[1]["ogrs3_2yr"]  # 0,004 is 4


def test_read_table_takes_thousands_out_of_numbers_alone(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "n;note;part", "1,204;1,204;1,204", "7;see 1,204;1,2")
    table = rb.read_table(source, thousands=",")
    assert table["n"].to_pylist() == ["1204", "7"]
    assert table["note"].to_pylist() == ["1,204", "see 1,204"]
    assert table["part"].to_pylist() == ["1,204", "1,2"]
    with pytest.raises(RiskBandsError, match="thousands are separated by"):
        rb.read_table(source, thousands="x")


def test_what_is_read_is_scored_in_python(tmp_path: Path) -> None:
    a = write(tmp_path / "a.csv", HEADER, GOOD)
    b = workbook(tmp_path / "b.xlsx", NAMES, CELLS)
    for path in (a, b):
        assert rb.score_cohort(rb.read_table(path), ["ogrs3"])["ogrs3_2yr"].to_pylist() == [25]
    assert rb.read_table(a, a).num_rows == 2
    with pytest.raises(FileError, match="column age_at_conviction is int64, and string in"):
        rb.read_table(a, b)


# -- formulas --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", '=HYPERLINK("x")']
)
def test_no_cell_becomes_a_formula(tmp_path: Path, cell: str) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([[*NAMES, "note", cell], [*CELLS, cell, "x"]])
    source = write(tmp_path / "in.csv", *stream.getvalue().splitlines())
    out = tmp_path / "out.csv"
    assert _rows(score(source, out=out))[0]["note"] == cell
    (row,) = _rows(score(source, out=out, safe=True))
    assert row["note"] == "'" + cell
    assert "'" + cell in row
    assert row["ogrs3_2yr"] == "25"


@pytest.mark.parametrize("cell", ["-2", "+3.50", "", "a=b", "2023-05-01", "0012", "'=1"])
def test_other_cells_stay_as_they_are(tmp_path: Path, cell: str) -> None:
    source = write(tmp_path / "in.csv", HEADER + ",note", f"{GOOD},{cell}")
    assert _rows(score(source, out=tmp_path / "out.csv", safe=True))[0]["note"] == cell


def test_the_options_are_those_of_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "riskbands", "score", "--help"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for option in ("--sheet", "--header-row", "--thousands", "--spreadsheet-safe"):
        assert re.search(rf"{option}\b", done.stdout)


# -- dates -----------------------------------------------------------------------------------------


def _dated(path: Path, birth: str, conviction: str) -> Path:
    names = "case_id,sex,date_of_birth,conviction_date,offence_code,sanctions,first_sanction_age"
    return write(path, names, f"A1,male,{birth},{conviction},00801,4,17")


def test_dates_are_read_by_the_format_given(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    right = _rows(score(_dated(tmp_path / "a.csv", "1990-05-01", "2023-11-02"), out=out))[0]
    assert right["ogrs3_issues"] == ""
    for birth, conviction, formats in (
        ("01/05/1990", "02/11/2023", ["%d/%m/%Y"]),
        ("19900501", "2023-11-02", ["date_of_birth=%Y%m%d"]),
        ("05/01/1990", "02/11/2023", ["%d/%m/%Y", "date_of_birth=%m/%d/%Y"]),
        ("32994", "45232", ["excel"]),
    ):
        source = _dated(tmp_path / "b.csv", birth, conviction)
        row = _rows(score(source, out=out, date_formats=formats))[0]
        assert (row["ogrs3_2yr"], row["ogrs3_issues"]) == (right["ogrs3_2yr"], "")
        assert row["date_of_birth"] == birth


def test_dates_without_their_format_get_one_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _dated(tmp_path / "in.csv", "13/05/1990", "2023-11-02")
    lines = source.read_text().splitlines()
    write(source, *lines, *lines[1:] * 500)
    score(source, out=tmp_path / "out.csv", quiet=False)
    said = capsys.readouterr().err
    assert said.count("--date-format %d/%m/%Y") == 1
    assert "13/05" not in said


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("%y-%m-%d", "a date format is 'excel', or has %Y"),
        ("Quentin=%d/%m/%Y", "no such column of dates; there are: date_of_birth, conviction_date"),
    ],
)
def test_formats_that_are_none_are_refused(tmp_path: Path, given: str, advice: str) -> None:
    source = _dated(tmp_path / "in.csv", "1990-05-01", "2023-11-02")
    with pytest.raises(RiskBandsError, match=re.escape(advice)):
        score(source, out=tmp_path / "out.csv", date_formats=[given])
