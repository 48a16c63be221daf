"""Run the notebook of examples/ without Jupyter, and write what its cells print into it.

``python -m scripts.notebook`` from the checkout brings the notebook up to date. A test runs it and
compares. Pictures are drawn and not kept: their pixels differ between versions of Matplotlib.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["NOTEBOOK", "outputs_of", "refreshed"]

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOK = EXAMPLES / "a-caseload-in-twenty-minutes.ipynb"


def outputs_of(notebook: dict[str, Any]) -> list[str]:
    """What each code cell prints, and its last expression; run in a copy of examples/."""
    from matplotlib import pyplot as plt

    plt.switch_backend("agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    found = []
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(EXAMPLES / "cohort.csv", folder)
        os.chdir(folder)
        try:
            for number, cell in enumerate(notebook["cells"]):
                if cell["cell_type"] == "code":
                    found.append(_run("".join(cell["source"]), names, f"<cell {number}>"))
        finally:
            os.chdir(before)
            plt.close("all")
    return found


def _run(source: str, names: dict[str, Any], where: str) -> str:
    """Run a cell as a notebook does: a last line that is an expression is shown."""
    tree = ast.parse(source, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, where, "exec"), names)  # the project's own notebook
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), where, "eval"), names)
            if value is not None:
                print(repr(value))
    return printed.getvalue()


def refreshed(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with what its cells print now."""
    outputs = iter(outputs_of(notebook))
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            text = next(outputs)
            stream = {"name": "stdout", "output_type": "stream", "text": _lines(text)}
            cell = {**cell, "execution_count": None, "outputs": [stream] if text else []}
        cells.append(cell)
    return {**notebook, "cells": cells}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    shown = refreshed(json.loads(NOTEBOOK.read_text("utf-8")))
    NOTEBOOK.write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", "utf-8")
