"""CSV as it comes: kept cell by cell, or refused with the line and what to do."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from command import BAD, GOOD, HEADER, column, read, refused, run, write
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbands.cohorts.files import FileError, _csv, _text, open_input, open_output
from riskbands.cohorts.files._csv import CsvInput

SCORES = ["ogrs3_1yr", "ogrs3_2yr", "ogrs3_band", "ogrs3_issues"]


def score(path: Path, *options: str) -> list[dict[str, str]]:
    out = path.with_name("out.csv")
    done = run("score", path, "-p", "ogrs3", "-q", "-o", out, *options)
    assert (done.status, done.err) == (0, "")
    return read(out)


def test_input_columns_are_kept_and_scores_come_after_them(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER + ",note", GOOD + ",00x ", BAD + ', "a')
    (one, two) = score(source)
    assert list(one) == [*HEADER.split(","), "note", *SCORES]
    assert one["offence_code"] == "00801"
    assert one["note"] == "00x "
    assert [one[n] for n in SCORES] == ["14", "25", "Low", ""]
    assert two["note"] == ' "a'
    assert [two[n] for n in SCORES] == ["", "", "", "missing:sanctions"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(tmp_path: Path, end: str) -> None:
    source = write(tmp_path / "in.csv", HEADER, GOOD, GOOD, end=end)
    assert column(score(source), "ogrs3_2yr") == ["25", "25"]


def test_no_line_end_at_the_end(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"{HEADER}\n{GOOD}")
    assert column(score(source), "ogrs3_2yr") == ["25"]


def test_byte_order_mark_is_no_part_of_the_first_name_and_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\n{GOOD}\n".encode())
    assert score(source)[0]["ogrs3_2yr"] == "25"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfcase_id,")


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "", HEADER, "", GOOD, "", GOOD, "")
    assert column(score(source), "ogrs3_2yr") == ["25", "25"]


def test_header_alone_gives_a_header(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEADER)
    assert score(source) == []
    assert (tmp_path / "out.csv").read_text() == ",".join([HEADER, *SCORES]) + "\n"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiter_is_found_out_told_and_kept(tmp_path: Path, delimiter: str) -> None:
    lines = [line.replace(",", delimiter) for line in (HEADER, GOOD)]
    source = write(tmp_path / "in.csv", *lines)
    done = run("score", source, "-p", "ogrs3")
    assert done.out.splitlines()[1] == delimiter.join([lines[1], "14", "25", "Low", ""])
    assert "cells are separated by" in done.err


def test_delimiter_can_be_given(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER.replace(",", ":"), GOOD.replace(",", ":"))
    done = run("score", source, "-p", "ogrs3", "--delimiter", ":", "-q")
    assert done.out.splitlines()[1].endswith(":14:25:Low:")
    assert "one ASCII character" in refused("score", source, "--delimiter", "::")


def test_encoding_can_be_given_and_output_is_utf8(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    for encoding in ("cp1252", "utf-16"):
        source.write_bytes(f"{HEADER},note\n{GOOD},Zoë\n".encode(encoding))
        assert score(source, "--encoding", encoding)[0]["note"] == "Zoë"
    assert "--encoding utf-16" in refused("score", source)
    for unknown in ("latn", "base64", "rot13", "undefined"):
        assert f"no encoding named '{unknown}'" in refused("score", source, "--encoding", unknown)


def test_other_encodings_are_told_by_their_marks_and_zeros(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    text = f"{HEADER}\n{GOOD}\n"
    for encoding in ("utf-16", "utf-32"):
        source.write_bytes(text.encode(encoding))
        assert f"give --encoding {encoding}\n" in refused("score", source)
    source.write_bytes(text.encode("utf-16-le"))
    assert "give --encoding utf-16-le\n" in refused("score", source, "-p", "ogrs3")
    assert "line 1: not utf-16" in refused("score", source, "--encoding", "utf-16")
    assert score(source, "--encoding", "utf-16-le")[0]["ogrs3_2yr"] == "25"
    source.write_bytes(text.replace("A1", "\\ud800").encode())
    assert "not unicode_escape" in refused("score", source, "--encoding", "unicode_escape")


def test_a_mark_inside_a_file_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where files were joined; wherever the text is cut."""
    monkeypatch.setattr(_csv, "_LEAST", 1)
    monkeypatch.setattr(_csv, "_MOST", 1)
    rows = [["\ufeffsex", "a"]] * 3
    text = "sex,a\n" + "".join(",".join(row) + "\n" for row in rows)
    batches = CsvInput(io.BytesIO(text.encode()), "text").batches()
    assert [list(r.values()) for b in batches for r in b.to_pylist()] == rows


# -- refused ---------------------------------------------------------------------------------------


def test_empty_file(tmp_path: Path) -> None:
    for content in ("", "\n\n"):
        source = tmp_path / "in.csv"
        source.write_text(content)
        assert "in.csv is empty" in refused("score", source)


@pytest.mark.parametrize("row", ["Secret,1", GOOD + ",Secret"])
def test_row_of_another_length_names_the_line_and_no_cell(tmp_path: Path, row: str) -> None:
    quoted = GOOD.replace("A1", '"A\n1"')
    source = write(tmp_path / "in.csv", HEADER, quoted, "", GOOD, row, GOOD)
    for error in (
        refused("score", source, "-o", tmp_path / "out.csv"),
        refused("score", "-", stdin=source.read_bytes()).splitlines()[-1],
    ):
        assert "line 6: " in error
        assert "the header has 7" in error
        assert "Secret" not in error
    assert not (tmp_path / "out.csv").exists()


def test_ragged_row_far_down_names_its_line(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, *[GOOD] * 400_000, "x", *[GOOD] * 10)
    assert "line 400002: 1 cell, " in refused("score", source, "-o", tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == [source]


def test_quote_that_is_never_closed_names_the_line(tmp_path: Path) -> None:
    quoted = GOOD.replace("A1", '"A\n1"')
    source = write(tmp_path / "in.csv", HEADER, quoted, GOOD + "", '"' + GOOD, GOOD)
    assert "line 5: a quoted cell is opened and never closed" in refused("score", source)


def test_bytes_that_are_not_utf8_name_the_line(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(f"{HEADER}\n{GOOD}\nZo\xeb,".encode("latin-1"))
    error = refused("score", source)
    assert "line 3: not UTF-8" in error
    assert "--encoding" in error


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xe2\x82", b"\xc3\n"])
@pytest.mark.parametrize("rows", [0, 10, 40_000])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_bytes_that_are_not_utf8_name_the_line_however_far_down(
    bad: bytes, rows: int, end: str
) -> None:
    """In the first block or another, also where the text ends inside a character."""
    data = f"a,b{end}".encode() + f"é,x{end}".encode() * rows + b"1," + bad
    with pytest.raises(FileError, match=f"line {rows + 2}: not UTF-8"):
        list(CsvInput(io.BytesIO(data), "text", delimiter=",").batches())


@pytest.mark.parametrize("rows", [0, 3, 70_000])
@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_lines_of_another_encoding_are_those_of_its_text(order: str, rows: int) -> None:
    """Not of its bytes, of which those of a letter may be what ends a line elsewhere."""
    mark, row = (text.encode(order) for text in ("\ufeff", "10405,\u010a\u0d0d\n"))
    data = mark + "offence_code,note\n".encode(order) + row * rows
    stream = io.BytesIO(data + "1,".encode(order) + "\udc00".encode(order, "surrogatepass") * 2)
    with pytest.raises(FileError, match=f"line {rows + 2}: not utf-16"):
        list(CsvInput(stream, "text", encoding="utf-16", delimiter=",").batches())


@pytest.mark.parametrize(
    ("encoding", "data", "hint"),
    [
        ("utf-16-le", b"a,b\n1\0\0\xdc", "such as utf-16-be"),
        ("cp1252", b"a,b\n1,\x81\n", "such as utf-8"),
        ("utf-16", "\ufeffa,b\n1,2\n".encode("utf-16-le") + b"1", "ends inside a character"),
        (None, b"a,b\n1,\xff\n", "such as cp1252 \\(Windows\\)"),
    ],
)
def test_the_encoding_that_failed_is_not_advised(
    encoding: str | None, data: bytes, hint: str
) -> None:
    with pytest.raises(FileError, match=hint):
        list(CsvInput(io.BytesIO(data), "text", encoding=encoding).batches())


@pytest.mark.parametrize("rows", [0, 10, 300_000])
def test_a_half_of_a_character_in_another_encoding_names_the_line(rows: int) -> None:
    data = "\ufeffa,b\r\n".encode("utf-16-le") + "é,x\r\n".encode("utf-16-le") * rows
    stream = io.BytesIO(data + b"1\0,\0\0\xd8\n\0")
    with pytest.raises(FileError, match=f"line {rows + 2}: not utf-16"):
        list(CsvInput(stream, "text", encoding="utf-16", delimiter=",").batches())


def test_name_twice(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER + ",sex", GOOD + ",male")
    assert "'sex' (columns 2, 8)" in refused("score", source)


@pytest.mark.parametrize(
    ("head", "word"),
    [(b"PK\x03\x04", "ZIP archive"), (b"\x1f\x8b\x08", "compressed"), (b"ARROW1", "Arrow")],
)
def test_files_of_other_kinds(tmp_path: Path, head: bytes, word: str) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(head + bytes(100))
    assert word in refused("score", source)


# -- reading and writing, without the command ------------------------------------------------------

CELLS = st.text(st.sampled_from('ab0 ,;"\n\r\té'), max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    names = draw(st.lists(st.text('abc," ', min_size=1), min_size=2, max_size=4, unique=True))
    row = st.lists(CELLS, min_size=len(names), max_size=len(names))
    return names, draw(st.lists(row, max_size=8))


# Python leaves a carriage return without quotes where lines end in a line feed alone.
@given(tables(), st.sampled_from([(csv.QUOTE_ALL, "\n"), (csv.QUOTE_MINIMAL, "\r\n")]))
@settings(max_examples=300, deadline=None)
def test_cells_come_back_as_they_were(
    table: tuple[list[str], list[list[str]]], style: tuple[int, str]
) -> None:
    names, cells = table
    quoting, end = style
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([names, *cells])
    source = CsvInput(io.BytesIO(text.getvalue().encode()), "text", delimiter=",")
    batches = list(source.batches())
    assert [list(r.values()) for b in batches for r in b.to_pylist()] == cells
    assert source.names == names
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        with open_output(str(path), "csv", source.schema) as target:
            for batch in batches:
                target.write(batch)
        with path.open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [names, *cells]


@pytest.mark.parametrize("encoding", [None, "cp1252", "utf-16-le"])
@pytest.mark.parametrize("size", [7, 64, 1000])
def test_rows_are_the_same_wherever_the_text_is_cut(
    size: int, encoding: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that gives few bytes at a time, with line ends and quotes in quoted cells."""
    monkeypatch.setattr(_csv, "_SAMPLE", size)
    monkeypatch.setattr(_text, "_PART", size // 2)
    monkeypatch.setattr(_csv, "_MOST", 10 * size)
    rows = [[str(n), 'say "\n,\r\n"' if n % 3 else f'{n}"', "é" * (n % 5)] for n in range(6000)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    data = text.getvalue().encode(encoding or "utf-8")

    class Slow(io.BytesIO):
        def readinto(self, room: Any) -> int:
            return super().readinto(room[:size])

    batches = list(CsvInput(Slow(data), "slow", None, encoding, ",").batches())
    assert len(batches) > 10
    assert [list(r.values()) for b in batches for r in b.to_pylist()] == rows


def test_every_type_parquet_has_is_written_as_text_or_refused(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "n": pa.array([1, None]),
            "x": pa.array([0.5, None]),
            "yes": pa.array([True, None]),
            "day": pa.array([19000, None], pa.date32()),
            "word": pa.array(["a,b", None]).dictionary_encode(),
        }
    )
    path = tmp_path / "out.csv"
    with open_output(str(path), "csv", batch.schema) as target:
        target.write(batch)
    assert path.read_text() == 'n,x,yes,day,word\n1,0.5,true,2022-01-08,"a,b"\n,,,,\n'
    lists = pa.schema([("sex", pa.string()), ("many", pa.list_(pa.int8()))])
    with (
        pytest.raises(ValueError, match=r"many holds a list, which CSV cannot"),
        open_output(str(path), "csv", lists),
    ):
        pass
    assert path.read_text().startswith("n,x")


def test_open_input_knows_parquet_by_its_content(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "named.csv"
    pq.write_table(pa.table({"sex": ["M"]}), path)
    table = open_input([str(path)])
    assert (table.format, table.schema.names) == ("parquet", ["sex"])
    table.close()
