"""The folder that type checkers read holds the quick start as written, and wrong use is marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import quickstart_types

FOLDER = Path(__file__).parent / "typing"


def test_the_quick_start_is_checked_as_written() -> None:
    page = quickstart_types.PAGE.read_text("utf-8")
    found = quickstart_types.CODE.read_text("utf-8")
    assert found == quickstart_types.code_of(page), "run python -m scripts.quickstart_types"
    assert "rb.ogrs3.score(case)" in found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_no_file_is_passed_over_because_it_cannot_be_read(path: Path) -> None:
    compile(path.read_text("utf-8"), str(path), "exec")


def test_each_error_is_expected_of_both_checkers() -> None:
    marked = [
        line
        for path in FOLDER.glob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"# (type|pyright): ignore", line)
    ]
    assert len(marked) >= 15
    for line in marked:
        assert re.search(r"# type: ignore\[[a-z-]+\]  # pyright: ignore\[[A-Za-z, ]+\]$", line)


def test_only_wrong_use_silences_a_checker() -> None:
    for name in ("quickstart.py", "right_use.py"):
        assert "ignore[" not in (FOLDER / name).read_text("utf-8")
