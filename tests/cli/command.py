"""Running the installed command, and writing the files it reads."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
COHORT = ROOT / "examples" / "cohort.csv"
SCRIPT = Path(sysconfig.get_path("scripts")) / "riskbands"

HEADER = "case_id,sex,age_at_conviction,age_at_follow_up,offence_code,sanctions,first_sanction_age"
GOOD = "A1,male,33,33,00801,4,17"
BAD = "A2,male,33,33,00801,,17"


@attrs.frozen
class Result:
    status: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    return {
        **os.environ,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error",
        **changes,
    }


def run(
    *arguments: str | Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    program: Sequence[str | Path] = (sys.executable, "-m", "riskbands"),
    env: Mapping[str, str] | None = None,
) -> Result:
    """Run the command as a user does."""
    done = subprocess.run(
        [*map(str, program), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**(env or {})),
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> str:
    """Run a command that must be refused with one message and nothing else."""
    done = run(*arguments, stdin=stdin, cwd=cwd)
    assert done.status == 2, done
    assert "Traceback" not in done.err
    assert "bug" not in done.err
    assert done.err.strip()
    return done.err


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def column(table: Iterable[Mapping[str, str]], name: str) -> list[str]:
    return [row[name] for row in table]
