"""The page of the documentation, written from the saved results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, aim, number

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["render"]

_HEAD = """# Performance

Every figure stands beside its comparison, measured in one run on one machine, taking turns; the
figures are medians. Ratios carry over to other machines better than times do. Each comparison is
first checked to give the same percentages. To measure again, and to write this page from what was
measured:

```sh
make bench ARGS="--save"
```

"""
_TAIL = """
## How to read it

- **ratio** is how many times faster the library is than what stands beside it: 0.4 beside the C
  loop is two fifths of its speed. Where the unit is memory, or a limit was set, it is the figure
  the limit is for; the note says so where that is not plain.
- **goal** is what was aimed at before anything was measured.
- A comparison that is too slow for all rows is made on fewer and scaled; the note says so.
- NumPy's elementwise work has no threads; the C loop is `gcc -O3 -march=native` and splits the
  rows over threads.
"""


def render(saved: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    out = [_HEAD, "| machine | |\n|---|---|\n"]
    out += [f"| {key} | {value} |\n" for key, value in saved["machine"].items()]
    options = saved["options"]
    out.append(
        f"| rows | {options['rows']:,} of the kernel, {options['cohort_rows']:,} of raw columns |\n"
        f"| repetitions | {options['repetitions']} |\n"
    )
    heading = ""
    for line in saved["results"]:
        verdict = line["verdict"]
        r = Result(**{k: v for k, v in line.items() if k != "verdict"})
        if r.group != heading:
            heading = r.group
            out.append(f"\n## {heading}\n\n")
            out.append("| work | beside | unit | ours | theirs | ratio | goal | | note |\n")
            out.append("|---|---|---|--:|--:|--:|--:|---|---|\n")
        cells = (r.work, r.comparison, r.unit, number(r.ours), number(r.theirs), number(r.ratio))
        out.append("| " + " | ".join([*cells, aim(r), verdict, r.note]) + " |\n")
    if saved.get("scaling"):
        out.append("\n## Scaling\n\n![Million rows a second by rows](performance.svg)\n\n")
        names = list(saved["scaling"])
        out.append("| rows | " + " | ".join(f"{n}, million rows a second" for n in names) + " |\n")
        out.append("|--:|" + "--:|" * len(names) + "\n")
        by_name = {n: dict(map(tuple, points)) for n, points in saved["scaling"].items()}
        for rows in sorted({n for points in by_name.values() for n in points}):
            figures = (number(by_name[name].get(rows)) for name in names)
            out.append(f"| {rows:,} | " + " | ".join(figures) + " |\n")
    return "".join([*out, _TAIL])
