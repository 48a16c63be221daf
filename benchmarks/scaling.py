"""The scaling figures: rows a second by rows, of columns in memory and of files, as SVG."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.data import compact
from benchmarks.files import pass_command, processor_seconds, score_command
from benchmarks.harness import Options, library, medians
from benchmarks.kernel import head, ours
from benchmarks.memory import write_parquet
from benchmarks.ogrs3_plain import plain_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Points = Sequence[tuple[int, float]]

__all__ = ["FILES_TITLE", "MEMORY_TITLE", "curves", "file_curves", "picture"]

MEMORY_TITLE = "OGRS3 from compact columns: million rows a second"
FILES_TITLE = "OGRS3 from a file into a file: million rows a second"
#: Of lines: each is told from the background, light or dark, and has its name beside it.
_COLOURS = ("#1b6ca8", "#b83245", "#5b616d", "#1f7a48")
_DARK_COLOURS = ("#6db3e8", "#f08a97", "#b3b9c4", "#6fcf97")
_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 30, 50, 60


def curves(o: Options) -> dict[str, list[tuple[int, float]]]:
    """Million rows a second by rows, for one thread, all threads, and plain NumPy."""
    found: dict[str, list[tuple[int, float]]] = {}
    everything = compact(o.most)
    rows = 10_000
    while rows <= o.most:
        x = head(everything, rows)
        calls: dict[str, Callable[[], object]] = {
            f"up to {o.threads} threads": lambda x=x: ours(x, o.threads),  # type: ignore[misc]
            "1 thread": lambda x=x: ours(x, 1),  # type: ignore[misc]
        }
        if rows <= o.rows:
            calls["plain NumPy"] = lambda x=x: plain_numpy(x)  # type: ignore[misc]
        for name, seconds in medians(calls, o.repetitions).items():
            found.setdefault(name, []).append((rows, rows / seconds / 1e6))
        rows *= 10
    return found


def file_curves(o: Options) -> dict[str, list[tuple[int, float]]]:
    """The same for the command on CSV and Parquet, beside PyArrow reading and writing the file.

    Raises:
        Skipped: PyArrow is not installed.
    """
    csv, parquet = library("pyarrow.csv"), library("pyarrow.parquet")
    found: dict[str, list[tuple[int, float]]] = {}
    rows = 10_000
    while rows <= o.file_rows:
        with tempfile.TemporaryDirectory() as name:
            source, text = Path(name) / "cohort.parquet", Path(name) / "cohort.csv"
            write_parquet(source, rows)
            file = parquet.ParquetFile(source)
            with csv.CSVWriter(text, file.schema_arrow) as writer:
                for batch in file.iter_batches(1 << 17):
                    writer.write_batch(batch)
            calls = {
                "CSV": score_command(text, Path(name) / "out.csv", "-p", "ogrs3"),
                "Parquet": score_command(source, Path(name) / "out.parquet", "-p", "ogrs3"),
                "CSV, PyArrow": pass_command(text, Path(name) / "out.csv"),
                "Parquet, PyArrow": pass_command(source, Path(name) / "out.parquet"),
            }
            _, walls = processor_seconds(calls, o.repetitions)
        for name, seconds in walls.items():
            found.setdefault(name, []).append((rows, rows / seconds / 1e6))
        rows *= 10
    return found


def _style() -> str:
    """Colours, other ones where the reader's system is dark."""
    lines = [
        ".page{fill:#ffffff}text{fill:#1f2328}.grid{stroke:#d8dce2}",
        *(f".c{n}{{stroke:{c}}}.f{n}{{fill:{c}}}" for n, c in enumerate(_COLOURS)),
        "@media (prefers-color-scheme: dark){",
        ".page{fill:#16181d}text{fill:#e6e8eb}.grid{stroke:#3a3f47}",
        *(f".c{n}{{stroke:{c}}}.f{n}{{fill:{c}}}" for n, c in enumerate(_DARK_COLOURS)),
        "}",
    ]
    return "".join(lines)


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten inside a range."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [m * 10.0**p for p in powers for m in (1, 2, 5) if low <= m * 10.0**p <= high]


def picture(found: Mapping[str, Points], title: str = MEMORY_TITLE) -> str:
    """Both axes logarithmic; each point has its figure as a tooltip."""
    sizes = sorted({n for points in found.values() for n, _ in points})
    rates = [rate for points in found.values() for _, rate in points]
    low, high = 0.8 * min(rates), 1.25 * max(rates)
    wide = max(math.log10(sizes[-1] / sizes[0]), 1e-9)

    def x(n: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(n / sizes[0]) / wide

    def y(rate: float) -> float:
        share = math.log(rate / low) / math.log(high / low)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13" role="img" aria-labelledby="title">',
        f'<title id="title">{title} by rows</title>',
        f"<style>{_style()}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>',
        f'<text x="{_LEFT}" y="24" font-size="15">{title}</text>',
    ]
    out += [
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(rate):.1f}" y2="{y(rate):.1f}" '
        f'class="grid"/><text x="{_LEFT - 8}" y="{y(rate) + 4:.1f}" '
        f'text-anchor="end">{rate:g}</text>'
        for rate in _ticks(low, high)
    ]
    out += [
        f'<text x="{x(n):.1f}" y="{_HEIGHT - _BOTTOM + 22}" text-anchor="middle">'
        f'10<tspan dy="-5" font-size="10">{round(math.log10(n))}</tspan></text>'
        for n in sizes
    ]
    out.append(
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 12}" '
        'text-anchor="middle">rows</text>'
    )
    for i, (name, points) in enumerate(found.items()):
        line = " ".join(f"{x(n):.1f},{y(rate):.1f}" for n, rate in points)
        out.append(f'<polyline points="{line}" fill="none" class="c{i}" stroke-width="2"/>')
        out += [
            f'<circle cx="{x(n):.1f}" cy="{y(rate):.1f}" r="3.5" class="f{i}">'
            f"<title>{name}, {n:,} rows: {rate:.3g} million rows a second</title></circle>"
            for n, rate in points
        ]
        out.append(f'<text x="{_LEFT + 12 + 130 * i}" y="42" class="f{i}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])
