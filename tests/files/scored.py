"""Scoring files with the command's own function, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from riskbands.cli import _score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PERSON = {
    "case_id": "A1", "sex": "male", "age_at_conviction": 33, "age_at_follow_up": 33,
    "offence_code": "00801", "sanctions": 4, "first_sanction_age": 17,
}  # fmt: skip
HEADER = ",".join(PERSON)
GOOD = ",".join(map(str, PERSON.values()))


def score(
    *inputs: Path, out: Path, predictors: tuple[str, ...] = ("ogrs3",), **options: Any
) -> Path:
    """Score files, without a summary."""
    usual: dict[str, Any] = {
        "kind": None, "reading": {}, "predictors": predictors, "quiet": True,
        "tables": {}, "bands": {}, "rename": {},
    }  # fmt: skip
    _score.score(list(map(str, inputs)), str(out), **{**usual, **options})
    return out


def parquet(path: Path, **columns: Any) -> Path:
    """One person of that sort, with columns changed or added."""
    rows = {name: pa.array([value]) for name, value in PERSON.items()} | columns
    pq.write_table(pa.table(rows), path)
    return path


def write(path: Path, *lines: str) -> Path:
    path.write_bytes("".join(line + "\n" for line in lines).encode())
    return path


def workbook(
    path: Path, *rows: Sequence[Any], merge: tuple[str, ...] = (), sheets: int = 1
) -> Path:
    book = openpyxl.Workbook()
    for _ in range(sheets - 1):
        book.create_sheet()
    sheet = book.worksheets[-1]
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    book.save(path)
    return path
