"""The notebook of examples/ runs from its first cell to its last, and prints what it shows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from scripts.notebook import NOTEBOOK, outputs_of


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    return found


def test_every_cell_prints_what_the_notebook_shows(notebook: dict[str, Any]) -> None:
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    shown = ["".join(t for o in cell["outputs"] for t in o["text"]) for cell in code]
    assert len(shown) > 10
    assert outputs_of(notebook) == shown


def test_it_is_a_notebook_that_every_reader_takes(notebook: dict[str, Any]) -> None:
    """Format 4.5: names of cells, and of code cells outputs and a count, which is empty."""
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in notebook["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)
    for cell in notebook["cells"]:
        keys = {"cell_type", "id", "metadata", "source"}
        keys |= {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == keys


def test_it_says_first_that_nobody_in_it_exists(notebook: dict[str, Any]) -> None:
    assert "Nobody in this notebook exists" in "".join(notebook["cells"][0]["source"])
