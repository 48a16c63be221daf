"""What a sheet of Excel holds besides values: errors, formulas, merged cells and titles."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pytest
from scored import PERSON, score, workbook, write

import riskbands as rb
from riskbands.cli._suggest import show_suggestions
from riskbands.cohorts.files import FileError, open_input
from riskbands.errors import ReadingWarning

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = list(PERSON)
CELLS = list(PERSON.values())
LOCAL = ["Ref", "Name", "Born on", "Prev", "Code", "First", "Remarks", "Team"]


def read(path: Path, **options: Any) -> tuple[pa.Table, tuple[str, ...]]:
    with closing(open_input([str(path)], **options)) as table:
        return pa.Table.from_batches(table.batches(), table.schema), table.remarks


def header(path: Path, *rows: Sequence[Any], merge: tuple[str, ...] = ()) -> list[str]:
    names: list[str] = read(workbook(path, *rows, merge=merge))[0].column_names
    return names


def scores(path: Path, name: str) -> list[str]:
    out = score(path, out=path.with_suffix(".out.csv"))
    with out.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def raw(path: Path, sheet: str, target: str = "worksheets/sheet1.xml", prefix: str = "") -> Path:
    """A workbook of this XML and no more than it must have."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    linked = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="b" Type="{linked}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{linked}"><sheets>'
            '<sheet name="S" sheetId="7" r:id="q"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="q" Type="{linked}/worksheet" '
            f'Target="{target}"/></Relationships>',
        )
        name = f"xmlns:{prefix.rstrip(':')}" if prefix else "xmlns"
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<{prefix}worksheet {name}="{main}"><{prefix}sheetData>{sheet}</{prefix}sheetData>'
            f"</{prefix}worksheet>",
        )
    return path


def texts(*cells: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)


# -- errors and formulas ---------------------------------------------------------------------------


def with_error(path: Path, *errors: str) -> Path:
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    for place, error in enumerate(errors, 2):
        book.active.append([*CELLS[:5], error, 17])
        book.active.cell(place, 6).data_type = "e"
    book.active.append(CELLS)
    book.save(path)
    return path


def test_an_error_is_malformed_and_comes_back(tmp_path: Path) -> None:
    source = with_error(tmp_path / "in.xlsx", "#VALUE!", "#REF!", "#DIV/0!")
    assert scores(source, "sanctions") == ["#VALUE!", "#REF!", "#DIV/0!", "4"]
    assert scores(source, "ogrs3_issues") == ["malformed:sanctions"] * 3 + [""]
    assert scores(source, "ogrs3_2yr")[-1] == "25"


def test_errors_are_told_with_their_number(tmp_path: Path) -> None:
    source = with_error(tmp_path / "in.xlsx", "#VALUE!", "#N/A", "#VALUE!")
    start = "cells with an error of Excel, which are kept as this text: "
    assert read(source)[1] == (f"{start}#N/A 1, #VALUE! 2; #N/A is read as missing",)
    assert read(with_error(tmp_path / "in.xlsx", "#NAME?"))[1] == (f"{start}#NAME? 1",)


def test_an_error_at_the_end_of_a_sheet_is_a_row(tmp_path: Path) -> None:
    sheet = f'<row>{texts("sex", "case_id")}</row><row r="3"><c r="D3" t="e"><v>#N/A</v></c></row>'
    table = read(raw(tmp_path / "in.xlsx", sheet))[0]
    assert table["column_4"].to_pylist() == ["#N/A"]


@pytest.mark.parametrize("filler", [0, 300_000])
def test_a_formula_that_was_never_worked_out_is_refused(tmp_path: Path, filler: int) -> None:
    """Also far from the beginning of a sheet."""
    rows: list[list[Any]] = [NAMES, CELLS, [*CELLS[:5], "=2+2", 17]]
    source = workbook(tmp_path / "in.xlsx", *rows, ["x" * 30_000] * (filler // 30_000))
    with pytest.raises(FileError, match=r"sheet 1: a formula that has never been .* \(F3\)") as e:
        read(source)
    assert "open the workbook in Excel and save it" in str(e.value)
    source = workbook(tmp_path / "in.xlsx", *rows, *rows[2:], [*CELLS[:6], "=17"])
    with pytest.raises(FileError, match=r"3 formulas that have .* \(the first is F3\)"):
        read(source)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><f>1+1</f><v>2</v></c>", 2),
        ('<c><f t="shared" si="0"/><v>7</v></c>', 7),
        ('<c t="str"><f>B1</f><v></v></c>', None),
        ('<c t="str"><f>B1</f><v/></c>', None),
        ('<c t="str"><f>B1</f><v>abc</v></c>', "abc"),
        ('<c t="b"><f>B1</f><v>1</v></c>', True),
        ('<c t="e"><f>B1</f><v>#REF!</v></c>', "#REF!"),
        ("<c t='e'><v>#REF!</v></c>", "#REF!"),
        ('<c t = "e" ><v>#REF!</v></c>', "#REF!"),
        ("<c/>", None),
        ("<c><v/></c>", None),
    ],
)
def test_cells_that_have_a_value_are_read(tmp_path: Path, cell: str, value: object) -> None:
    sheet = f"<row>{texts('sex', 'case_id')}</row><row>{cell}{texts('a')}</row>"
    for target in ("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"):
        table = read(raw(tmp_path / "in.xlsx", sheet, target))[0]
        assert table.to_pylist() == [{"sex": value, "case_id": "a"}]


@pytest.mark.parametrize(
    "cell",
    [
        "<c><f>1+1</f></c>",
        "<c><f>1+1</f><v/></c>",
        "<c><f>1+1</f><v></v></c>",
        '<c t="str"><f>1+1</f></c>',
        '<c t="e"><f>1+1</f></c>',
        '<c><f t="shared" si="0"/></c>',
        '<c r="A2"><f t="shared" ref="A2:A3" si="0">1+1</f></c>',
    ],
)
def test_formulas_without_a_value_are_told_from_those_with(tmp_path: Path, cell: str) -> None:
    sheet = f"<row>{texts('sex', 'case_id')}</row><row>{cell}{texts('a')}</row>"
    with pytest.raises(FileError, match=r"\(A2\)"):
        read(raw(tmp_path / "in.xlsx", sheet))


def test_prefixes_and_cells_without_a_place(tmp_path: Path) -> None:
    sheet = (
        f'<row>{texts("sex", "weapon", "case_id")}</row><row r="4"><c r="B4"><v>1</v></c>'
        f'<c t="e"><v>#REF!</v></c></row><row><c t="e"><v>#NUM!</v></c></row>'
    )
    for prefix in ("x:", "a-b.c:"):
        named = sheet.replace("<", f"<{prefix}").replace(f"<{prefix}/", f"</{prefix}")
        table = read(raw(tmp_path / "in.xlsx", named, prefix=prefix))[0]
        assert table.to_pylist() == [
            {"sex": None, "weapon": 1, "case_id": "#REF!"},
            {"sex": "#NUM!", "weapon": None, "case_id": None},
        ]
        unvalued = named.replace(f"<{prefix}v>1<", f"<{prefix}f>1</{prefix}f><{prefix}v><")
        with pytest.raises(FileError, match=r"\(B4\)"):
            read(raw(tmp_path / "in.xlsx", unvalued, prefix=prefix))


def test_elements_of_that_name_elsewhere_are_no_formulas(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS)
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rules = b"<extLst><ext><x14:f xmlns:x14='urn:x'>1</x14:f></ext></extLst></worksheet>"
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"</worksheet>", rules)
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert scores(source, "ogrs3_2yr") == ["25"]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", "</worksheet>", "<open></worksheet>"),
        ("xl/worksheets/sheet1.xml", "<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
        ("xl/_rels/workbook.xml.rels", 'Target="', 'Target="none/'),
        ("xl/_rels/workbook.xml.rels", "Relationship ", "Relation "),
    ],
)
def test_a_sheet_that_cannot_be_looked_at_is_refused(
    tmp_path: Path, part: str, old: str, new: str
) -> None:
    source = raw(tmp_path / "in.xlsx", f'<row>{texts("sex")}</row><row><c t="e"/></row>')
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(FileError, match="is not a workbook that can be read"):
        read(source)


def test_other_kinds_of_workbooks_say_what_looks_blank_there(tmp_path: Path) -> None:
    path = tmp_path / "in.ods"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = f"<table:table-row>{''.join(map(cell.format, ('case_id', 'sex')))}</table:table-row>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{row}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    table, remarks = read(path)
    assert table.column_names == ["case_id", "sex"]
    assert [r for r in remarks if r.startswith("in this kind of workbook cells with an error")]


# -- merged cells ----------------------------------------------------------------------------------


def test_every_cell_of_a_merged_range_has_its_value(tmp_path: Path) -> None:
    other = ["A2", *CELLS[1:4], None, None, 17]
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS, other, merge=("E2:E3", "F2:F3"))
    assert scores(source, "ogrs3_2yr") == ["25", "25"]
    assert read(source)[1] == (
        "2 merged ranges have one value, which counts for each of its cells",
    )
    across = ["A1", "male", 33, None, *CELLS[4:]]
    source = workbook(tmp_path / "in.xlsx", NAMES, across, merge=("C2:D2",))
    assert read(source)[0]["age_at_follow_up"].to_pylist() == [33]


def test_merged_cells_make_no_person_of_a_blank_row_or_a_note(tmp_path: Path) -> None:
    both = [f"{letter}2:{letter}3" for letter in "ABCDEFG"]
    note = ["Printed by the team"]
    source = workbook(tmp_path / "in.xlsx", NAMES, CELLS, [], CELLS, note, merge=(*both, "A5:G6"))
    table, remarks = read(source)
    assert table.num_rows == 3
    assert table["sex"].to_pylist() == ["male", "male", None]
    assert remarks == ("1 blank row passed over",)


# -- sheets ----------------------------------------------------------------------------------------


def sheets(path: Path, *states: str) -> Path:
    book = openpyxl.Workbook()
    for place, state in enumerate(states, 1):
        sheet = book.active if place == 1 else book.create_sheet()
        sheet.sheet_state = state
        sheet.append(NAMES)
        sheet.append([f"P{place}", *CELLS[1:]])
    book.active = len(states) - 1
    book.save(path)
    return path


def test_a_hidden_sheet_is_read_only_when_asked_for(tmp_path: Path) -> None:
    source = sheets(tmp_path / "in.xlsx", "hidden", "veryHidden", "visible")
    table, remarks = read(source)
    assert table["case_id"].to_pylist() == ["P3"]
    assert remarks == ("sheet 3 of 3 is read", "2 hidden sheets are not read")
    for place, name in enumerate(["Sheet", "Sheet1", "Sheet2"], 1):
        for sheet in (str(place), name):
            assert read(source, sheet=sheet)[0]["case_id"].to_pylist() == [f"P{place}"]


def test_a_workbook_of_hidden_sheets_is_read_with_a_remark(tmp_path: Path) -> None:
    source = sheets(tmp_path / "in.xlsx", "visible", "visible")
    with zipfile.ZipFile(source) as archive:  # openpyxl writes no such workbook
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = parts["xl/workbook.xml"].replace(b'state="visible"', b'state="hidden"')
    with zipfile.ZipFile(source, "w") as archive:
        for name, content in {**parts, "xl/workbook.xml": book}.items():
            archive.writestr(name, content)
    table, remarks = read(source)
    assert table["case_id"].to_pylist() == ["P1"]
    assert remarks == ("sheet 1 of 2 is read, which is hidden", "1 hidden sheet is not read")


# -- the header ------------------------------------------------------------------------------------


DATE = dt.datetime(1990, 5, 1)
OTHERS = ["Ref", "DOB", "Gender", "Prev", "HO code", "First age", "Conv dt", "Employment"]


@pytest.mark.parametrize(
    "rows",
    [
        [["W1", DATE, "M", 4, "00801", 17, DATE, "Unemployed"]],
        [["W1", "1990-05-01", "M", "4", "00801", "17", "2023-11-02", "Weapon", "see note"]],
        [["W1", DATE, "M", 4, "00801", 17, DATE, "Weapon", "Accommodation", "Unemployed"]],
        [["W1", "x", "M", "4", "00801", "17", "y", "Weapon", "Accommodation"]],
    ],
)
def test_an_answer_that_is_a_known_name_is_no_header(tmp_path: Path, rows: Any) -> None:
    assert header(tmp_path / "in.xlsx", OTHERS, *rows)[:8] == OTHERS
    assert header(tmp_path / "in.xlsx", ["Report", "All"], [], OTHERS, *rows)[:8] == OTHERS


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ([["Report", "All", "Team", "North", "Run", "01/10/2024", "By", "MI"]], OTHERS),
        ([["Sex", "and", "conviction date", "by", "offence code"], []], NAMES),
        ([[2023, 2024, 2025, 2026]], LOCAL),
        ([["Report"], ["Filter", "All"], []], LOCAL),
        ([["Report", "Date", DATE]], LOCAL),
        ([], LOCAL),
        ([], [*NAMES, "2023"]),
    ],
)
def test_the_header_is_found_below_titles(tmp_path: Path, above: Any, names: list[str]) -> None:
    """By known names, and without any where it is not much narrower than the table."""
    person = ["W1", "Weapon", DATE, 4, "00801", 17, "Unemployed", "North"][: len(names)]
    text = ["W2", "Khan", "x", "4", "00801", "17", "Unemployed", "North"][: len(names)]
    for rows in ([person, text], [person, person]):
        assert header(tmp_path / "in.xlsx", *above, names, *rows)[: len(names)] == names


def test_a_header_of_known_names_may_have_a_number_in_it(tmp_path: Path) -> None:
    person = list(map(str, CELLS))
    assert header(tmp_path / "in.xlsx", [*NAMES, 2023], [*person, "x"]) == [*NAMES, "2023"]


def test_a_title_over_several_columns_names_none(tmp_path: Path) -> None:
    groups = ["Ref", "Who", None, "What", None, "More", None, "Team"]
    rows = [groups, [None, *LOCAL[1:7], None], [*"abcdefgh"]]
    merge = ("A1:A2", "B1:C1", "D1:E1", "F1:G1", "H1:H2")
    assert header(tmp_path / "in.xlsx", *rows, merge=merge) == LOCAL


def test_a_sheet_of_one_column(tmp_path: Path) -> None:
    assert header(tmp_path / "in.xlsx", ["Employment"], ["Student"], ["Unemployed"]) == [
        "Employment"
    ]


# -- what is told ----------------------------------------------------------------------------------


def test_dates_and_texts_in_one_column_are_told(tmp_path: Path) -> None:
    names = ["case_id", "date_of_birth", "conviction_date"]
    source = workbook(tmp_path / "in.xlsx", names, ["a", DATE, DATE], ["b", "28/02/1985", None])
    table, (remark,) = read(source)
    assert table["date_of_birth"].to_pylist() == ["1990-05-01", "28/02/1985"]
    assert remark.startswith("1 column has dates in some cells and something else in others")
    assert "year first" in remark


def test_reading_from_python_warns_of_what_was_chosen(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", ["Report"], NAMES, CELLS, sheets=2)
    with pytest.warns(ReadingWarning) as told:
        rb.read_table(source)
    assert [str(w.message) for w in told] == [
        "sheet 2 of 2 is read",
        "the header is row 2; what stands above it is not read",
    ]
    assert rb.read_table(source, sheet=2, header_row=2).num_rows == 1


def test_where_no_column_is_known_the_sheet_and_row_are_named(tmp_path: Path) -> None:
    source = workbook(tmp_path / "in.xlsx", ["Notes"], ["more"], sheets=1)
    with pytest.raises(rb.RiskBandsError, match="row 1 was taken for the names") as e:
        score(source, out=tmp_path / "out.csv")
    assert "perhaps --header-row is needed" in str(e.value)
    assert "--delimiter" not in str(e.value)
    source = workbook(tmp_path / "in.xlsx", ["Notes"], ["more"], sheets=2)
    with pytest.raises(rb.RiskBandsError, match="sheet 2 of 2 was read") as e:
        score(source, out=tmp_path / "out.csv")
    assert "perhaps --sheet or --header-row is needed" in str(e.value)


@pytest.mark.parametrize("title", ["Extract of October", "Extract, North"])
def test_csv_below_titles_is_told_to_begin_with_the_names(tmp_path: Path, title: str) -> None:
    source = tmp_path / "in.csv"
    row = "," * title.count(",")
    source.write_text(f"{title}\n\nsex{row}\nM{row}\n")
    with pytest.raises(rb.RiskBandsError, match="delete any lines above them"):
        score(source, out=tmp_path / "out.csv")


def test_a_row_taken_for_the_header_shows_no_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither where two of its cells are alike nor where the columns are listed."""
    row = ["W2", "Khan", "Khan", "F", "1", "04600", "38", "Unemployed"]
    source = workbook(tmp_path / "in.xlsx", LOCAL, row)
    with pytest.raises(FileError, match="columns 2, 3") as e:
        read(source, header_row=2)
    assert "Khan" not in str(e.value)
    plain = write(tmp_path / "in.csv", "Khan,F,unemployed", "Jones,M,no")
    score(plain, out=tmp_path / "out.csv", predictors=("ovp",), quiet=False)
    told = capsys.readouterr().err
    assert "columns kept and not read: column 1, column 2" in told
    assert "Khan" not in told


def test_suggestions_say_which_row_and_sheet_they_are_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = workbook(tmp_path / "in.xlsx", ["Report"], OTHERS, sheets=2)
    show_suggestions([str(source)], {})
    assert capsys.readouterr().err.splitlines() == [
        "sheet 2 of 2 is read",
        "the header is row 2; what stands above it is not read",
    ]
