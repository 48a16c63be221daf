"""The page of the documentation, written from the saved results."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from benchmarks.cohorts import DIRTY
from benchmarks.files import FILES
from benchmarks.harness import Result, aim, number
from benchmarks.instruments import TOOLS
from benchmarks.kernel import GROUP as KERNEL
from benchmarks.kernel import RETIRED
from benchmarks.single import CASES
from benchmarks.start import START
from benchmarks.text_in import GROUP as TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["render"]

_HEAD = """# Performance

Every figure stands beside its comparison, measured in one run on one machine, taking turns; the
figures are medians. A turn is a quarter of a second of calls that are not counted, at least one,
and then one that is: a processor that was idle, and memory that a virtual machine gave back to its
host, take a while to return. Ratios carry over to other machines better than times do. Each
comparison is first checked to give the same percentages. To measure again, and to write this page
from what was measured:

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


_LIMITS = "\n## Where a goal is not met\n"
_KERNEL = """
**Beside Polars, DuckDB and the rest.** The kernel is NumPy's own loops over blocks, a score being
some twenty calls a block, each of which reads and writes the block anew; a loop in C that does all
of it in one pass is the most that could be had without them. What a goal would take, as a share of
the speed of that loop with the same threads:

{shares}

New arrays cost the pages that they lie on, and a virtual machine may have to fetch those from its
host: runs on one machine differ by a third, those over earlier scores by less.
"""
_RETIRED = (
    "**Retired goals.** The first page aimed at {goals}. Measured here are {ratios}: the goals "
    "would take {shares} of the speed of the C loop, which only an optional compiled kernel could "
    "come near to; so they are goals no more."
)
_FILES = """
**Files.** CSV with quotes is looked at twice: by PyArrow for the cells, and before for where rows
begin and end, as lines are copied as they stand and faults named by their lines. Parsing, scoring,
writing and the disk overlap; the start of the command, which has its own line, and its end, where
the new file takes the place of the old one, do not, and the two threads wait for Python's lock.
"""
_TEXT = """
**OGRS3 from text.** Values in object arrays are objects of Python that lie anywhere in memory.
Texts are joined, and then read by arithmetic on their bytes as those of Arrow are. A date must be
asked by itself what it is and which day.
"""
_DIRTY = """
**A dirty cohort.** A value that cannot be read is looked at by itself, to say what is wrong with
it, and each row with issues has a text of its own.
"""
_SECOND = """
**A second thread** waits for the interpreter's lock whenever it starts or ends one of those calls
while the other thread holds it, and a wait costs a wake-up by the operating system. Blocks are as
long as the caches allow for that reason. Nor has a virtual machine's second processor always a core
of its own: {gain}.
"""
_CASE = """
**One fresh case** costs what Python's own calls cost; what was worked out for an assessment is
kept, so that a second predictor or a second call costs a fraction.
"""
_START = """
**Start.** `import riskbands` loads names when they are first used, and a first score loads what it
needs. The largest part of that is attrs, which writes how objects are made; then come the tables,
which are read from their files, checked and compiled.
"""
_TOOLS = """
**Screening tools and the tier rule** are measured by the row, and most of the time is spent on
reading the columns, of which OGRS3 has seven. So the notes give the time by column too. PNI also
scores five predictors, which OGRS3 does not; a line of its own has their time beside that of all
six.
"""
_OTHER = """
**{group}.** No reason is known; measure again on a quiet machine first.
"""


def _limits(results: list[Result]) -> str:
    """Why goals that were missed were missed."""
    missed = [r for r in results if r.verdict == "NOT MET"]
    kernel = [r for r in missed if r.group == KERNEL]
    said = [_LIMITS] if missed else []
    if any(r.theirs and not _own(r) for r in kernel):
        said.append(_KERNEL.format(shares=_shares(results).rstrip()))
    if any(_own(r) for r in kernel):
        said.append(_SECOND.format(gain=_gain(results)))
    known = {
        CASES: _CASE, START: _START, TOOLS: _TOOLS, FILES: _FILES, TEXT: _TEXT, DIRTY: _DIRTY,
    }  # fmt: skip
    others = dict.fromkeys(r.group for r in missed if r.group != KERNEL)
    said += [known.get(group) or _OTHER.format(group=group) for group in others]
    return "".join(said)


def _retired(results: list[Result]) -> str:
    """What is said of goals that are aimed at no more."""
    loop = _loop(results)
    found = {
        name: r
        for name in RETIRED
        for r in results
        if r.group == KERNEL and r.comparison.startswith(name) and r.ratio and r.goal is None
    }
    if loop is None or not loop.theirs or len(found) < len(RETIRED):
        return ""
    text = _RETIRED.format(
        goals=" and ".join(f"{RETIRED[name]:g} times the speed of {name}" for name in found),
        ratios=" and ".join(number(r.ratio) for r in found.values()),
        shares=" and ".join(
            f"{loop.theirs * RETIRED[name] / r.theirs:.2f}" for name, r in found.items() if r.theirs
        ),
    )
    return f"\n{textwrap.fill(text, 100)}\n"


def _own(r: Result) -> bool:
    """Whether it is the library beside itself."""
    return r.comparison.startswith("ours")


def _loop(results: list[Result]) -> Result | None:
    """The line beside a C loop with as many threads."""
    return next((r for r in results if r.comparison.startswith("fused C loop, ")), None)


def _shares(results: list[Result]) -> str:
    """What each goal that was missed would take, measured by the C loop."""
    loop = _loop(results)
    if loop is None or not loop.theirs or not loop.ratio:
        return "- the C loop was not measured\n"
    lines = [
        f"- {r.comparison.partition(',')[0]}: {r.goal:g} times would take "
        f"{loop.theirs * r.goal / r.theirs:.2f} of its speed\n"
        for r in results
        if r.group == loop.group and r.theirs and r.goal and r.verdict == "NOT MET"
        if not _own(r)
    ]
    return "".join([*lines, f"- the kernel has {loop.ratio:.2f} of its speed\n"])


def _gain(results: list[Result]) -> str:
    """What a second thread does for the C loop, which needs no lock."""
    loops = {r.comparison: r.theirs for r in results if r.comparison.startswith("fused C loop")}
    alone, shared = (
        next((t for name, t in loops.items() if word in name and t), None)
        for word in ("one thread", "threads each")
    )
    if not alone or not shared:
        return "the C loop was not measured"
    return f"in this run the C loop, which needs no lock, gained {alone / shared:.2f} times"


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
    results = [
        Result(**{k: v for k, v in line.items() if k != "verdict"}) for line in saved["results"]
    ]
    for r in results:
        if r.group != heading:
            heading = r.group
            out.append(f"\n## {heading}\n\n")
            out.append("| work | beside | unit | ours | theirs | ratio | goal | | note |\n")
            out.append("|---|---|---|--:|--:|--:|--:|---|---|\n")
        cells = (r.work, r.comparison, r.unit, number(r.ours), number(r.theirs), number(r.ratio))
        out.append("| " + " | ".join([*cells, aim(r), r.verdict, r.note]) + " |\n")
    for key, heading, picture in (
        ("scaling", "Scaling", "performance.svg"),
        ("scaling of files", "Scaling of files", "performance-files.svg"),
    ):
        if saved.get(key):
            out += _scaling(saved[key], heading, picture)
    return "".join([*out, _limits(results), _retired(results), _TAIL])


def _scaling(figure: Mapping[str, Any], heading: str, picture: str) -> Iterator[str]:
    """A picture and its numbers."""
    yield f"\n## {heading}\n\n![Million rows a second by rows]({picture})\n\n"
    names = list(figure)
    yield "| rows | " + " | ".join(f"{n}, million rows a second" for n in names) + " |\n"
    yield "|--:|" + "--:|" * len(names) + "\n"
    by_name = {n: dict(map(tuple, points)) for n, points in figure.items()}
    for rows in sorted({n for points in by_name.values() for n in points}):
        figures = (number(by_name[name].get(rows)) for name in names)
        yield f"| {rows:,} | " + " | ".join(figures) + " |\n"
