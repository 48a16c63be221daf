"""Quotes in CSV: no row is lost to one, and what cannot be read is refused with its line."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scored import GOOD, HEADER, score, write

import riskbands as rb
from riskbands.cohorts.files import FileError, _bits, _csv, _rows, open_input
from riskbands.cohorts.files._csv import CsvInput
from riskbands.cohorts.files._rows import QuoteFault, could_be_several, find_rows

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    """All cells, as they are read."""
    table = CsvInput(io.BytesIO(text.encode()), "text", delimiter=delimiter)
    return [list(row.values()) for b in table.batches() for row in b.to_pylist()]


def test_a_stray_quote_loses_no_row(tmp_path: Path) -> None:
    """Three rows in, two rows out: so it was, with exit status 0."""
    lines = [GOOD.replace("A1", ident) for ident in ('"A1', '"A2', "A3")]
    source = write(tmp_path / "in.csv", HEADER, *lines)
    with pytest.raises(FileError, match="line 2: a cell begins with a double quote and goes on"):
        score(source, out=tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (['"a"bc,2'], 2),
        (["1,2", '"a" ,2'], 3),
        (["1,2", '1,"a"b'], 3),
        (['"x""y",2', '"a""b"c,2'], 3),
        (["1,2", '"abc,2', '3,"def'], 3),
        (['"1\n1",2', '5"pipe,"a"b'], 4),
        (['"abc,2', "3,4"], 2),
    ],
)
def test_what_cannot_be_a_quoted_cell_is_refused_with_its_line(rows: list[str], line: int) -> None:
    with pytest.raises(FileError, match=f"line {line}: "):
        read("\n".join(["a,b", *rows, ""]))


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_rows_between_two_stray_quotes_are_not_swallowed(tmp_path: Path, rows: int) -> None:
    """The second quote ends its cell, so the text could be one row; its lines say otherwise."""
    note = [GOOD + "," for _ in range(rows)]
    note[0] += '"tall'
    note[-1] = note[-1].replace(GOOD, GOOD.replace("17", 'x"').replace("A1", "A2"))
    source = write(tmp_path / "in.csv", HEADER + ",note", GOOD + ",", *note)
    with pytest.raises(FileError, match="line 3: a quoted cell swallows the rows after it"):
        score(source, out=tmp_path / "out.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("opened", range(8))
@pytest.mark.parametrize("closed", range(8))
@pytest.mark.parametrize("between", ["", "A5,,,,,,,", "A5,male,unknown,unknown,n/k,n/k,n/k,none"])
def test_no_row_is_swallowed_wherever_two_stray_quotes_are(
    end: str, opened: int, closed: int, between: str
) -> None:
    first, last = [[*GOOD.split(","), "tall"] for _ in range(2)]
    first[opened] = '"' + first[opened]
    last[closed] += '"'
    plain = GOOD + ",says little"
    rows = [plain, ",".join(first), *filter(None, [between]), ",".join(last), plain]
    with pytest.raises(FileError, match="line 3: a quoted cell swallows the rows after it"):
        read(end.join([HEADER + ",note", *rows, ""]))


@pytest.mark.parametrize("rows", [0, 300])
@pytest.mark.parametrize("style", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize(
    "note",
    [
        "Needs:\nhousing, work, money, drugs, alcohol, family, friends, health",
        "a\r\nhousing, work, money, drugs, alcohol, family, friends, health\r\n\r\n",
        "a\nhe, she, they, we, you, it, one, who\nso, on, and, on, and, on, and, on",
    ],
)
def test_prose_with_as_many_commas_as_a_row_is_one_cell(note: str, style: Any, rows: int) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=style, lineterminator="\n")
    row = [*GOOD.split(","), note]
    writer.writerows([[*HEADER.split(","), "note"], *[[*row[:-1], "x"]] * rows, row])
    table = CsvInput(io.BytesIO(text.getvalue().encode()), "text")
    found = [list(r.values()) for b in table.batches() for r in b.to_pylist()]
    assert (len(found), found[-1]) == (rows + 1, row)
    assert [remark for remark in table.remarks if "lines that could be rows" in remark]


def test_quotes_that_are_trusted_are_remarked(tmp_path: Path) -> None:
    """For notes that hold rows, which nothing but their reader tells from rows."""
    note = f"as sent:\n{GOOD},x"
    source = write(tmp_path / "in.csv", HEADER + ",note", f'{GOOD},"{note}"')
    with pytest.raises(FileError, match=r"give --trust-quotes \(trust_quotes=True\)"):
        rb.read_table(source)
    assert rb.read_table(source, trust_quotes=True)["note"].to_pylist() == [note]
    with contextlib.closing(open_input([str(source)], trust_quotes=True)) as table:
        assert sum(batch.num_rows for batch in table.batches()) == 1
        assert "line 2: a quoted cell holds lines that could be rows" in table.remarks[0]
    out = tmp_path / "out.csv"
    command = ["score", str(source), "-p", "ogrs3", "-o", str(out), "--trust-quotes"]
    done = subprocess.run(
        [sys.executable, "-m", "riskbands", *command], capture_output=True, text=True, check=True
    )
    assert "line 2: a quoted cell holds lines" in done.stderr
    assert out.read_text().endswith(f'"{note}",14,25,Low,\n')


@pytest.mark.parametrize(
    "rows",
    [
        # a note with a line end of its own in the last row that is swallowed, and in the first
        ['2,"F,4,1991-01-01,fine', '3,M",5,1992-01-01,"l1', 'l2"'],
        ['"a', 'b",F,4,"1991-01-01,fine', '3,,5,1992-01-01",x'],
        # one stray quote, and later a cell that is quoted well and begins with the delimiter
        ['2,F,4,"1991-01-01,fine', '3,M,5,1992-01-01,",b"'],
        # a line among them that would be refused without the stray quote
        ['2,"F,4,1991-01-01,fine', "subtotal", '3,M",5,1992-01-01,x'],
        ['2,"F,4,1991-01-01,fine', "3,M,5,1992-01-01,x,y", "", '4,M",5,1992-01-01,x'],
    ],
)
@pytest.mark.parametrize("before", [0, 300])
def test_rows_are_not_swallowed_beside_lines_that_are_none(rows: list[str], before: int) -> None:
    good = [f"{n},M,3,1990-01-01,ok" for n in range(before)]
    text = "\n".join(["id,sex,sanctions,date_of_birth,note", *good, *rows, ""])
    with pytest.raises(FileError, match=f"line {before + 2}: a quoted cell swallows the rows"):
        read(text)
    table = CsvInput(io.BytesIO(text.encode()), "text", trusting=True)
    assert sum(batch.num_rows for batch in table.batches()) == before + 1


@pytest.mark.parametrize("mark", ["", "\n"])
def test_a_column_name_does_not_swallow_rows(mark: str) -> None:
    text = mark + 'id,sex,note,x,"y\n1,M,ok,2,3"\n2,F,p,4,5\n'
    with pytest.raises(FileError, match=f"line {len(mark) + 1}: a quoted cell swallows the rows"):
        read(text)
    table = CsvInput(io.BytesIO(text.encode()), "text", trusting=True)
    assert [batch.num_rows for batch in table.batches()] == [1]
    assert "lines that could be rows" in table.remarks[0]
    assert read('id,"date of\nbirth","sex, M\nor F",x,y\n2,F,p,4,5\n') == [
        ["2", "F", "p", "4", "5"]
    ]


def test_every_quoted_cell_that_could_be_rows_is_counted() -> None:
    note = '"one\nhe, she, they, we, you"'
    rows = [f"{n},M,3,1990-01-01,{note if n % 10 == 0 else 'ok'}" for n in range(1, 61)]
    text = "\n".join(["id,sex,sanctions,date_of_birth,note", *rows, ""])
    for most in (1 << 8, 1 << 23):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(_csv, "_MOST", most)
            table = CsvInput(io.BytesIO(text.encode()), "text")
            assert sum(batch.num_rows for batch in table.batches()) == 60
        assert table.remarks == (
            "lines 11, 22, 33 and 3 more: quoted cells hold lines that could be rows; look whether "
            "their double quotes are meant",
        )


@pytest.mark.parametrize("after", [0, 1000])
def test_what_is_prose_does_not_depend_on_what_follows(after: int) -> None:
    """Nor on where a file is cut: the columns are judged by its beginning."""
    good = [f"{n},M,3,1990-01-01,ok" for n in range(15_000)]
    odd = ["x,M,unknown,unknown,n/k"] * after
    note = '1,M,3,1990-01-01,"one\nhe, she, they, we, you"'
    text = "\n".join(["id,sex,sanctions,date_of_birth,note", *good, note, *odd, ""])
    for most in (1 << 16, 1 << 23):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(_csv, "_MOST", most)
            assert len(read(text)) == 15_001 + after


@pytest.mark.parametrize("fault", ['"M"x,2', 'M,"a"b', '"M,2', 'M,"2', '"a\nb","c"d'])
@pytest.mark.parametrize("between", ["", "M,1\n", '"M\n",1\n'])
def test_a_line_with_other_cells_is_told_before_a_later_fault_of_quotes(
    fault: str, between: str
) -> None:
    with pytest.raises(FileError, match="line 3: 1 cell, but the header has 2"):
        read(f"sex,a\nF,1\nM\n{between}{fault}\n")


def test_rows_swallowed_below_prose_are_refused() -> None:
    note = '"Needs:\nhousing, work, money, drugs, alcohol, family, friends, health"'
    rows = [f"{GOOD},{note}", GOOD + ',"tall', GOOD + ',small"']
    with pytest.raises(FileError, match="line 4: a quoted cell swallows the rows after it"):
        read("\n".join([HEADER + ",note", *rows, ""]))


def test_where_few_columns_leave_it_open_it_is_remarked() -> None:
    table = CsvInput(io.BytesIO(b'a,b\n1,2\n3,"x\n4,y"\n5,6\n'), "text")
    assert not table.remarks
    assert sum(batch.num_rows for batch in table.batches()) == 3
    assert table.remarks == (
        "line 3: a quoted cell holds lines that could be rows; look whether its double quotes are "
        "meant",
    )


def test_a_cell_with_line_ends_is_one_cell() -> None:
    note = "one, two\nthree\n\nfour,\nfive"
    columns = "a,b,c,d,e,f"
    assert read(f'{columns}\n1,2,3,4,5,"{note}"\n6,7,8,9,0,x\n') == [
        ["1", "2", "3", "4", "5", note],
        ["6", "7", "8", "9", "0", "x"],
    ]


def test_quotes_inside_cells_that_are_not_quoted_are_text() -> None:
    rows = [['5" pipe', "x"], ['O\'Brien "Bob"', '6"'], ["y", 'a""b']]
    assert read("a,b\n" + "".join(",".join(row) + "\n" for row in rows)) == rows
    assert read('a,b\n5" pipe,"x\ny"\n"p,q",7"\n') == [['5" pipe', "x\ny"], ["p,q", '7"']]


TEXT = st.text(st.sampled_from('a,"\n\r'), max_size=24)
#: As long as several words of bits, and several blocks.
LONG = st.lists(
    st.sampled_from(["a,", "b\n", '"a",', '"\n"\n', '"a""b"', '"",', "\r\n", "a" * 31, "a" * 63]),
    max_size=60,
).map("".join)


@pytest.mark.parametrize("block", [64, 128, 1 << 17])
@given(TEXT | LONG)
@settings(max_examples=500, deadline=None)
@example('"a"bc\n')
@example('""\n""a\n')
@example('a"\n"\n')
@example('"\r\r\n"\r')
@example('a,"\n\r\n"\n')
def test_any_text_gives_the_rows_of_the_csv_module_or_is_refused(block: int, text: str) -> None:
    """Whatever the size of the blocks in which quotes are looked for."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_bits, "_BLOCK", block)
        try:
            found = read("x,y\n" + text)
        except FileError:
            return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert found == [row for row in lines if row]


def line_ends(text: str, *, ended: bool) -> NDArray[np.int64]:
    found = re.finditer(r"\r?\n|\r(?!\n)" if ended else r"\r?\n|\r(?=[^\n])", text)
    return np.array([match.end() - 1 for match in found], np.int64)


@pytest.mark.parametrize("block", [64, 128])
@given(TEXT | LONG, st.booleans())
@settings(max_examples=500, deadline=None)
@example('"a",' * 40 + '"' + "\n" * 70, True)
@example("a" * 63 + ',"\n"\n', True)
def test_bits_say_what_looking_at_each_quoted_cell_says(block: int, text: str, ended: bool) -> None:
    """The fast way gives what the slow one gives, or nothing."""
    data = np.frombuffer(text.encode(), np.uint8)
    ends = line_ends(text, ended=ended)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_bits, "_BLOCK", block)
        fast = _rows._quoted_ends(data, ends, b",\n\r")
    try:
        within, opened = _rows._checked_ends(text.encode(), data, ends, ",")
    except QuoteFault:
        assert fast is None
        return
    if fast is not None:
        assert fast[0].tolist() == within.tolist()
        assert fast[1] == opened


@given(TEXT | LONG)
@settings(max_examples=500, deadline=None)
@example("\r\n\r\na,b\n")
@example("\ra\n\nb\r\r\n")
def test_line_ends_are_found_in_any_block(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_bits, "_BLOCK", 64)
        for ended in (True, False):
            rows = find_rows(text.replace('"', "").encode(), ",", ended=ended)
            ends = line_ends(text.replace('"', ""), ended=ended)
            assert rows.ends.tolist() == ends.tolist()


def swallowed(text: str, columns: int) -> int | None:
    """As the first that `could_be_several`, by the csv module and line by line."""
    place = 0
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""))
    before = 0
    for _ in reader:
        own = lines[before : reader.line_num]
        before = reader.line_num
        if sum(columns - 1 in delimiters(line.rstrip("\n")) for line in own) > 1:
            return place
        place += len("".join(own))
    return None


def delimiters(line: str) -> set[int]:
    """All of a line, and those that are not in a cell which it opens and closes."""
    if not line:
        return set()
    outside, place, begins = 0, 0, True
    while place < len(line):
        if begins and line[place] == '"':
            stop = place + 1
            while stop < len(line) and (line[stop] != '"' or line[stop + 1 : stop + 2] == '"'):
                stop += 1 + (line[stop] == '"')
            if stop < len(line) and line[stop + 1 : stop + 2] in ("", ","):
                place = stop + 1
                begins = False
                continue
        begins = line[place] == ","
        outside += begins
        place += 1
    return {outside, line.count(",")}


@given(st.text(st.sampled_from("a\n\r"), max_size=12))
def test_lines_are_counted_as_the_csv_module_counts_them(text: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""))
    assert len([*reader]) == reader.line_num
    unended = bool(text) and text[-1] not in "\r\n"
    assert _bits.line_ends(text.encode()) + unended == reader.line_num


FAULTS = {
    "short": b"x,y,z",
    "stray": b'x,"a"b',
    "unclosed": b'x,"open',
    "coding": b"x,\xff",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("inner", ["", "\n", "\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("rows", [3, 60_000])
def test_a_fault_is_on_the_line_that_the_csv_module_counts(
    fault: str, inner: str, end: str, rows: int
) -> None:
    """One rule for every fault, whatever ends the lines, also of blank ones and inside cells."""
    row = f'x,"a{inner}b"{end}' if inner else f"x,a{end}"
    before = f"{end}a,b{end}{end}" + row * rows + end
    source = io.BytesIO(before.encode() + FAULTS[fault] + end.encode() + row.encode())
    reader = csv.reader(io.StringIO(before, newline=""))
    assert len([*reader]) >= rows
    with pytest.raises(FileError, match=f"line {reader.line_num + 1}: "):
        list(CsvInput(source, "text", delimiter=",").batches())


CELL = st.sampled_from(["", "a", '"a"', '"b,c"', '"d\ne"', '"f,\n,g"', '"h""\n"', '",\n\n,i"'])


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12))
@settings(max_examples=500, deadline=None)
@example([["a", "b", '",\n,,"'], ["a", '"\n,,"', ""]])
def test_rows_that_could_be_several_are_found(rows: list[list[str]]) -> None:
    text = "".join(",".join(row) + "\n" for row in rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_bits, "_BLOCK", 64)
        found = find_rows(text.encode(), ",", ended=True)
        first = next(could_be_several(text.encode(), found, ",", 3), (None, b""))
        assert first[0] == swallowed(text, 3)


ROW = st.lists(st.text(st.sampled_from('a,"\n\r'), max_size=3), min_size=2, max_size=2)


@given(st.lists(ROW, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=500, deadline=None)
@example([["", '"\n']], "\n")
@example([["", ""], [",", ","]], "\n")
def test_cells_that_are_all_quoted_come_back(rows: list[list[str]], end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([["x", "y"], *rows])
    assert read(text.getvalue()) == rows


@given(TEXT, st.integers(0, 24))
@settings(max_examples=300, deadline=None)
def test_rows_that_are_whole_stay_whole_when_more_comes(text: str, cut: int) -> None:
    data = text.encode()
    try:
        whole = find_rows(data, ",", ended=True)
    except QuoteFault:
        return
    part = find_rows(data[:cut], ",", ended=False)
    assert part.stop <= whole.stop
    starts = whole.starts.tolist()
    assert part.starts.tolist() == [s for s in starts if s < part.stop]


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_styles_of_r_and_excel_come_back_byte_for_byte(
    tmp_path: Path, quoting: int, end: str
) -> None:
    rows = [[*GOOD.split(",")[:5], 4, 17, note] for note in ('say ""', "a,b", "one\ntwo", "", "é")]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([[*HEADER.split(","), "note"], *rows])
    source = tmp_path / "in.csv"
    source.write_bytes(text.getvalue().encode())
    out = score(source, out=tmp_path / "out.csv").read_bytes()
    for line in re.split(f"{end}(?!two)", text.getvalue())[1:-1]:
        assert f"{line},14,25,Low,\n".encode() in out
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row[:8] for row in csv.reader(file)][1:] == [list(map(str, row)) for row in rows]


def test_a_header_of_any_length_is_read_whole() -> None:
    names = [f"column_{n}" for n in range(60_000)]
    text = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    assert len(text) > 1 << 19
    table = CsvInput(io.BytesIO(text.encode()), "text")
    assert table.names == names
    assert sum(batch.num_rows for batch in table.batches()) == 1
    quoted = 'a,"' + "b\n" * 200_000 + '"\n1,2\n'
    assert CsvInput(io.BytesIO(quoted.encode()), "text").names == ["a", "b\n" * 200_000]


@pytest.mark.parametrize("cell", ["x" * (60 << 20), '"' + '""' * (25 << 20) + '"'])
def test_a_row_that_is_too_long_is_called_so(cell: str) -> None:
    with pytest.raises(FileError, match="line 3: a row is longer than 16 MB"):
        read(f"a,b\n1,2\n{cell},3\n")


def test_a_quoted_cell_without_end_takes_bounded_memory() -> None:
    """Sixty megabytes or any number: it is refused long before they are in memory."""

    class Endless(io.BytesIO):
        def readinto(self, room: Any) -> int:
            found = super().readinto(room)
            if not found:
                room[:] = b"x" * len(room)
            return found or len(room)

    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="line 2: a row is longer than 16 MB"):
            list(CsvInput(Endless(b'a,b\n1,"'), "endless", delimiter=",").batches())
        assert tracemalloc.get_traced_memory()[1] < 160e6
    finally:
        tracemalloc.stop()


def test_an_unclosed_header_is_called_so() -> None:
    with pytest.raises(FileError, match="line 2: a quoted cell is opened and never closed"):
        read('\n"a,b\n1,2\n')


def test_an_unclosed_cell_is_named_by_the_line_it_begins_on() -> None:
    with pytest.raises(FileError, match="line 3: a quoted cell is opened and never closed"):
        read('a,b\n1,2\n3,"one\ntwo ""three""\nfour\n')


@pytest.mark.parametrize("note", ["5'10\" tall", 'said "no" to it', '6"', 'a""b', '"" and', '"'])
def test_a_quote_inside_a_cell_costs_no_look_at_each_quoted_cell(
    note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a thousand rows; the ones that are quoted are found all at once as before."""
    rows = [
        [f'"{n}"', f'"a ""b""\n{n}"', f"x{note}" if n % 1000 == 9 else "y"] for n in range(20_000)
    ]
    text = "a,b,c\n" + "".join(",".join(row) + "\n" for row in rows)
    monkeypatch.setattr(_rows, "_by_pattern", None)  # it would be called, and fail
    assert read(text) == [[str(n), f'a "b"\n{n}', row[2]] for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    "swallowed",
    [
        'B2,"Leeds, North",1980-01-01,3,"Leeds\nC3,Hull,1985-01-01,3,Y\nD4,Ripon,1985-01-01,3,H"',
        'B2,Leeds,1980-01-01,3,"Leeds\nC3,Hull,1985-01-01,3,Y\nD4,Ripon",1985-01-01,3,"H, E"',
    ],
)
def test_rows_are_found_swallowed_beside_cells_that_are_quoted_well(
    tmp_path: Path, swallowed: str
) -> None:
    rows = ["case_id,office,date_of_birth,sanctions,area", "A1,York,1980-01-01,3,Leeds", swallowed]
    source = write(tmp_path / "in.csv", *rows, "E5,Selby,1985-01-01,3,Leeds")
    with pytest.raises(FileError, match="line 3: a quoted cell swallows the rows after it"):
        rb.read_table(source)


def test_a_note_with_a_quoted_cell_beside_it_is_read(tmp_path: Path) -> None:
    rows = [
        "case_id,office,date_of_birth,sanctions,note",
        'A1,"York, A",1980-01-01,3,"one, two,\nthree"',
    ]
    source = write(tmp_path / "in.csv", *rows)
    assert rb.read_table(source)["note"].to_pylist() == ["one, two,\nthree"]


@pytest.mark.parametrize("above", [0, 600_000])
@pytest.mark.parametrize("size", [17, 25])
def test_a_row_that_is_too_long_is_refused_wherever_it_stands(size: int, above: int) -> None:
    before = csv.field_size_limit()
    head = b"case_id,sex,note,sanctions\n" + b"P1,M,x,1\n" * (above // 9)
    text = head + b'P2,M,"' + b"x" * (size << 20) + b'",1\nP3,M,10405\n'
    line = head.count(b"\n") + 1
    with pytest.raises(FileError, match=f"line {line}: a row is longer than 16 MB"):
        list(CsvInput(io.BytesIO(text), "text").batches())
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_blank_line_of_one_column_is_a_row(end: str) -> None:
    text = end.join(["offence_code", "", "", "10405", "", "04801", ""])
    table = CsvInput(io.BytesIO(text.encode()), "text")
    found = [c for batch in table.batches() for c in batch.column(0).to_pylist()]
    assert found == ["", "", "10405", "", "04801"]
