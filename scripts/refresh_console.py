"""Write anew what the console examples of the documentation print, where it has changed.

``python -m scripts.refresh_console docs/quickstart.md ...``; without names, every page. Read the
difference before you keep it: the tests only compare with what is written here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from conftest import console_matches, console_output, console_sessions, enter_copy, leave_copy

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def _refreshed(block: re.Match[str]) -> str:
    lines: list[str] = []
    for command, expected in console_sessions(block[0]):
        got = console_output(command)
        lines.append(f"$ {command}")
        lines += expected if console_matches(expected, got) else got
    return "\n".join([*lines, ""])


def refresh(page: Path) -> None:
    """Run the blocks of a page in order and write down what they print."""
    text = page.read_text("utf-8")
    namespace: dict[str, Any] = {}
    enter_copy(namespace)
    try:
        new = BLOCK.sub(_refreshed, text)
    finally:
        leave_copy(namespace)
    if new != text:
        page.write_text(new, encoding="utf-8")
        print(page.relative_to(ROOT))


if __name__ == "__main__":
    given = [Path(name).resolve() for name in sys.argv[1:]]
    for path in given or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        refresh(path)
