"""Write tests/typing/quickstart.py, the code of the quick start, for type checkers to read.

Run ``python -m scripts.quickstart_types`` after a change of the page; a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "quickstart.md"
CODE = ROOT / "tests" / "typing" / "quickstart.py"
HEAD = '"""The code of docs/quickstart.md, as written; see `scripts.quickstart_types`."""\n\n'


def code_of(page: str) -> str:
    """The lines after the prompts, of each block of Python on a page."""
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return HEAD + "\n".join(
        "".join(
            line[4:] + "\n"
            for line in block.splitlines()
            if line[:4] in (">>> ", "... ", ">>>", "...")
        )
        for block in blocks
    )


if __name__ == "__main__":
    CODE.write_text(code_of(PAGE.read_text("utf-8")), encoding="utf-8")
