"""Cells of a workbook that look blank and are not: errors, and formulas never worked out.

The reader of workbooks gives both as blank, and a blank cell is missing, so that a row would be
scored without what stands in it. So the sheet itself is looked at.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Hidden", "hidden_cells", "is_xml", "place_of"]

_CHUNK = 1 << 18
_BOOK = "xl/workbook.xml"
#: What a sheet must have in it if any cell has a formula or an error.
_LOOK = re.compile(rb"""<(?:[^\s<>/:!?]+:)?f[\s/>]|\bt\s*=\s*["']e["']""")
#: How far back the next chunk must begin: no tag is longer.
_LONGEST_TAG = 1 << 12
#: Types whose formulas may have a blank text for value.
_TEXTS = ("str", "s", "inlineStr")
_Place = tuple[int, int]


@attrs.define
class Hidden:
    """What a sheet has besides values.

    Attributes:
        errors: The text of each error, such as ``#VALUE!``, by row and column from 0.
        first: The first cell with a formula and no value.
        count: How many there are.
    """

    errors: dict[_Place, str] = attrs.Factory(dict)
    first: _Place | None = None
    count: int = 0


def is_xml(data: bytes) -> bool:
    """Whether a workbook is one of those whose sheets are XML with formulas and errors."""
    if not data.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _BOOK in _parts(archive)


def hidden_cells(data: bytes, sheet: int) -> Hidden:
    """Look at a sheet.

    Args:
        data: The bytes of a workbook that `is_xml`.
        sheet: Its place in the workbook, from 0.

    Raises:
        Exception: Some part is missing or damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = _parts(archive)
        part = parts[_part(archive, parts, sheet)]
        if not _may_have_any(archive, part):
            return Hidden()
        return _looked_at(archive, part)


def place_of(cell: _Place) -> str:
    """A cell as Excel calls it.

    Examples:
        >>> place_of((2, 4)), place_of((0, 27))
        ('E3', 'AB1')
    """
    row, column = cell
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names in the archive by what they are in lower case: writers differ."""
    return {name.replace("\\", "/").lower(): name for name in archive.namelist()}


def _part(archive: zipfile.ZipFile, parts: dict[str, str], sheet: int) -> str:
    """The part of a sheet, in lower case."""
    idents: list[str] = []
    targets: dict[str, str] = {}

    def in_book(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            idents.extend(v for k, v in attributes.items() if ":" in k and _local(k) == "id")

    def in_links(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _parse(archive, parts[_BOOK], in_book)
    _parse(archive, parts["xl/_rels/workbook.xml.rels"], in_links)
    target = targets[idents[sheet]].replace("\\", "/").lower()
    inner = posixpath.normpath(posixpath.join("/xl", target))[1:]
    return inner if inner in parts else target  # some writers begin all names with xl/


def _may_have_any(archive: zipfile.ZipFile, part: str) -> bool:
    before = b""
    for chunk in _chunks(archive, part):
        if not before and b"\0" in chunk[:4]:
            return True  # of two bytes a character: look properly
        if _LOOK.search(before + chunk):
            return True
        before = chunk[-_LONGEST_TAG:]
    return False


def _looked_at(archive: zipfile.ZipFile, part: str) -> Hidden:
    """The cells, counted as python-calamine counts those that do not say where they are."""
    found = Hidden()
    rows = inside = formula = False
    row = column = 0
    cell: _Place | None = None
    kind: str | None = None
    value: list[str] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal rows, row, column, cell, kind, value, formula, inside
        match _local(name):
            case "c" if rows:
                cell = _cell(attributes["r"]) if "r" in attributes else (row, column)
                kind, value, formula = attributes.get("t"), None, False
            case "f" if cell:
                formula = True
            case "v" | "is" if cell:
                value, inside = [], True
            case "row" if rows and "r" in attributes:
                row = int(attributes["r"]) - 1
            case "sheetData":
                rows = True

    def end(name: str) -> None:
        nonlocal rows, row, column, cell, inside
        match _local(name):
            case "c" if cell:
                text = "".join(value or ())
                if formula and (value is None or not (text or kind in _TEXTS)):
                    found.first = found.first or cell
                    found.count += 1
                elif kind == "e" and text:
                    found.errors[cell] = text
                column, cell = cell[1] + 1, None
            case "v" | "is":
                inside = False
            case "row" if rows:
                row, column = row + 1, 0
            case "sheetData":
                rows = False

    def characters(text: str) -> None:
        if inside and value is not None:
            value.append(text)

    _parse(archive, part, start, end, characters)
    return found


def _cell(text: str) -> _Place:
    letters = text.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(text[len(letters) :]) - 1, column - 1


def _parse(
    archive: zipfile.ZipFile, part: str, start: Any, end: Any = None, text: Any = None
) -> None:
    """Call for every element of a part.

    Raises:
        ValueError: It declares entities, which no workbook does, and which can make much of little.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    for chunk in _chunks(archive, part):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: Any) -> None:
    raise ValueError("a workbook declares no entities")


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _local(name: str) -> str:
    """A name without its prefix, of which there can be any."""
    return name.rpartition(":")[2]
