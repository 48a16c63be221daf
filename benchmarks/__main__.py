"""Measure, print, and on request save: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import (
    calendar,
    cohorts,
    evaluation,
    files,
    instruments,
    kernel,
    memory,
    page,
    scaling,
    single,
    start,
    text_in,
)
from benchmarks.harness import Options, Result, Skipped, machine, may_save, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

GROUPS: dict[str, tuple[Callable[[Options], Iterator[Result]], ...]] = {
    "kernel": (kernel.measure,),
    "dates": (calendar.measure,),
    "arrow": (cohorts.measure_arrow,),
    "text": (text_in.measure_text, text_in.measure_wide),
    "families": (cohorts.measure_families,),
    "dirty": (cohorts.measure_dirty,),
    "bands": (single.measure_bands,),
    "cases": (single.measure_cases,),
    "files": (files.measure_files,),
    "start": (start.measure,),
    "instruments": (instruments.measure_files, instruments.measure_tools),
    "evaluation": (evaluation.measure, evaluation.measure_counts),
    "memory": (memory.measure_memory,),
    "stream": (memory.measure_stream, memory.measure_csv_stream),
}
QUICK = Options(
    rows=1_000_000,
    cohort_rows=100_000,
    sample=5_000,
    most=1_000_000,
    stream_rows=500_000,
    csv_bytes=100_000_000,
    file_rows=100_000,
)


def options() -> argparse.ArgumentParser:
    """The command line."""
    full = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join([*GROUPS, "scaling"]))
    parser.add_argument("--quick", action="store_true", help="a million rows at most")
    for name, help_ in (
        ("rows", "rows of the kernel's comparisons"),
        ("cohort-rows", "rows of raw columns"),
        ("most", "greatest size of the scaling figure"),
        ("stream-rows", "rows of the Parquet file; 0 leaves it out"),
        (
            "csv-bytes",
            "bytes of CSV through standard input, such as 10_000_000_000; 0 leaves it out",
        ),
        ("file-rows", "greatest size of the scaling figure for files; 0 leaves it out"),
        ("repetitions", "measurements of each; the median counts"),
    ):
        default = getattr(full, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}", type=int, metavar="N", help=f"{help_} (by default {default:_})"
        )
    parser.add_argument(
        "--save",
        nargs="?",
        const="docs",
        metavar="FOLDER",
        help="write performance-results.json, performance.md and its pictures (into docs)",
    )
    parser.add_argument(
        "--busy", action="store_true", help="save even though the machine has other work"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the groups asked for; the status is 0 whether or not goals are met.

    It is 1, and nothing is measured, where the figures could not be saved, and 2 where the words
    are not understood.
    """
    given = options().parse_args(arguments)
    base = asdict(QUICK if given.quick else Options())
    asked = {k: v for k, v in vars(given).items() if k in base and v is not None}
    o = Options(**(base | asked))
    unknown = sorted(set(given.groups) - {*GROUPS, "scaling"})
    if unknown or o.repetitions < 1:
        print(f"no such group: {', '.join(unknown)}", file=sys.stderr)
        return 2
    if given.save and not may_save(given.busy):
        return 1
    chosen = given.groups or [*GROUPS, "scaling"]

    about = machine()
    print("\n".join(f"{key:<11}  {value}" for key, value in about.items()))
    print(f"{'rows':<11}  {o.rows:,}; raw columns {o.cohort_rows:,}")
    print(f"{'medians':<11}  of {o.repetitions}, taking turns\n", flush=True)
    results: list[Result] = []
    for name in (n for n in GROUPS if n in chosen):
        for measure in GROUPS[name]:
            found = list(measure(o))
            results += found
            print(table(found).partition("\n\n")[2], end="\n\n", flush=True)
    figure: dict[str, Any] = {}
    of_files: dict[str, Any] = {}
    if "scaling" in chosen:
        figure = scaling.curves(o)
        _print_curves("SCALING, million rows a second", figure)
        with contextlib.suppress(Skipped):
            of_files = scaling.file_curves(o)
        _print_curves("SCALING OF FILES, million rows a second", of_files)
    missed = [r for r in results if r.verdict == "NOT MET"]
    left_out = [r for r in results if r.verdict == "not measured"]
    print(f"{sum(r.verdict == 'met' for r in results)} goals met, {len(missed)} not met, ", end="")
    print(f"{len(left_out)} not measured")
    if given.save:
        saved = {
            "machine": about,
            "options": asdict(o),
            "results": [r.to_dict() for r in results],
            "scaling": figure,
            "scaling of files": of_files,
        }
        folder = Path(given.save)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(saved, indent=1) + "\n"
        (folder / "performance-results.json").write_text(text, "utf-8")
        (folder / "performance.md").write_text(page.render(json.loads(text)), "utf-8")
        if figure:
            (folder / "performance.svg").write_text(scaling.picture(figure), "utf-8")
        if of_files:
            drawn = scaling.picture(of_files, scaling.FILES_TITLE)
            (folder / "performance-files.svg").write_text(drawn, "utf-8")
    return 0


def _print_curves(heading: str, found: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    if found:
        print(heading)
        for name, points in found.items():
            print(f"{name:<16}", "  ".join(f"{n:,}: {rate:.3g}" for n, rate in points))
        print()


if __name__ == "__main__":
    sys.exit(main())
