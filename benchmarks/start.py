"""The first second: a first score and a small file, beside importing what they stand on."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.files import processor_seconds, write_few
from benchmarks.harness import Options, Result, Skipped, library

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["START", "measure"]

START = "Start"
#: New interpreters of each kind, taking turns.
_TURNS = 21
_CASE = """
import riskbands as rb
rb.ogrs3.score({
    "sex": "male", "date_of_birth": "1990-05-01", "conviction_date": "2023-11-02",
    "follow_up_date": "2023-11-02", "offence_code": "00801", "sanctions": 4,
    "first_sanction_age": 17,
})
"""
_ASSESSMENT = """
import datetime as dt
import riskbands as rb
day = dt.date(2023, 11, 2)
rb.ogrs3.score(rb.OASysAssessment(
    sex="male", date_of_birth=dt.date(1990, 5, 1), conviction_date=day, follow_up_date=day,
    assessment_date=day, offence_code="00801", sanctions=4, first_sanction_age=17,
))
"""
_FILE = """
from riskbands.cli import main
main()
"""


def measure(o: Options, turns: int = _TURNS) -> Iterator[Result]:
    """Processor time of new interpreters whose compiled modules are all there."""
    with tempfile.TemporaryDirectory() as name:
        few = Path(name) / "few.csv"
        calls = {
            "numpy": _python("import numpy"),
            "below": _python("import numpy, attrs"),
            "case": _python(_CASE),
            "assessment": _python(_ASSESSMENT),
        }
        try:
            for needed in ("pyarrow", "typer", "rich"):
                library(needed)
        except Skipped:
            pass
        else:
            write_few(few, 20)
            calls["imports"] = _python("import numpy, pyarrow.csv, typer, rich")
            asked = ("score", str(few), "-q", "-p", "ogrs3", "-o", str(few.with_name("out.csv")))
            calls["file"] = _python(_FILE, *asked)
        processor_seconds(calls, 1)  # compiles the modules, and is not counted
        spent, _ = processor_seconds(calls, max(o.repetitions, turns))
    for kind, what in (("case", "a mapping"), ("assessment", "an assessment")):
        yield _line(
            f"import riskbands and a first score of {what}, beyond NumPy and attrs",
            "import numpy",
            (spent[kind] - spent["below"], spent["numpy"]),
            0.6,
            1,
        )
    if "file" in spent:
        yield _line(
            "riskbands score, 20 rows of CSV",
            "importing numpy, pyarrow.csv, typer, rich",
            (spent["file"], spent["imports"]),
            1.6,
            20,
        )


def _line(
    work: str, comparison: str, seconds: tuple[float, float], goal: float, rows: int
) -> Result:
    ours, theirs = (s * 1e3 for s in seconds)
    return Result(
        START, work, comparison, ours, theirs, "ms", ours / theirs, goal, True, rows,
        "processor time",
    )  # fmt: skip


def _python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]
