"""The benchmarks still run, and compare like with like; nothing here looks at a time."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    calendar,
    cohorts,
    evaluation,
    harness,
    instruments,
    kernel,
    memory,
    page,
    scaling,
    single,
    start,
    text_in,
)
from benchmarks.__main__ import QUICK, main
from benchmarks.data import compact
from benchmarks.files import write_files
from benchmarks.harness import Result, Skipped, same_percents

TINY = replace(QUICK, rows=4_000, cohort_rows=2_000, sample=200, most=20_000, repetitions=1)
DOCS = Path(__file__).parents[1] / "docs"


def test_ogrs3_comparisons_give_our_percentages() -> None:
    left_out = kernel.verify(3_000)
    assert "numpy" not in left_out
    for reason in left_out.values():
        assert reason.endswith(("is not installed", "compile here"))


def test_calendar_comparisons_give_our_years() -> None:
    calendar.verify(20_000)


def test_polars_gives_our_percentages_from_arrow() -> None:
    try:
        cohorts.verify_arrow(3_000)
    except Skipped as reason:
        pytest.skip(str(reason))


def test_polars_gives_our_percentages_from_text() -> None:
    text_in.verify_text(2_000)


def test_families_are_complete() -> None:
    cohorts.verify_families(500)


def test_a_file_gives_the_scores_of_the_built_in_instrument() -> None:
    instruments.verify_files(500)


def test_tools_give_the_same_answers_from_every_kind_of_column() -> None:
    instruments.verify_tools(300)


def test_scikit_learn_gives_our_figures_by_group() -> None:
    evaluation.verify(3_000)


def test_a_tenth_of_the_dirty_cohort_is_bad() -> None:
    cohorts.verify_dirty(5_000)


def test_lines_of_the_table() -> None:
    lines = [
        *calendar.measure(TINY),
        *evaluation.measure(TINY),
        *evaluation.measure_counts(TINY),
        *cohorts.measure_arrow(TINY),
        *cohorts.measure_dirty(TINY),
        *single.measure_bands(TINY),
        *single.measure_cases(TINY, count=5),
        *start.measure(TINY, turns=1),
        *instruments.measure_files(TINY, repetitions=1),
        *instruments.measure_tools(TINY),
    ]
    for line in lines:
        assert line.verdict in ("met", "NOT MET", "not measured") or line.goal is None, line
        # a difference of two times this short can be anything
        is_difference = "longer" in line.note or "beyond" in line.work
        assert line.ratio is None or line.ratio > 0 or is_difference, line


def test_memory_is_told() -> None:
    try:
        found = memory.beyond("features", 200_000, 2)
    except Skipped as reason:
        pytest.skip(str(reason))
    # two probabilities, two percents and a band
    assert found["output"] == 200_000 * (8 + 8 + 1 + 1 + 1)


def test_verdicts() -> None:
    line = Result("g", "w", "c", 1.0, 2.0, "ns/row", 2.0, 1.5)
    assert line.verdict == "met"
    assert replace(line, goal=3.0).verdict == "NOT MET"
    assert replace(line, at_most=True).verdict == "NOT MET"
    assert replace(line, ratio=None).verdict == "not measured"
    assert replace(line, goal=None).verdict == ""


def test_other_percentages_are_refused() -> None:
    p = np.array([0.2, 0.31499, 0.7])
    percent = np.array([20, 31, 70], np.uint8)
    same_percents(percent, np.array([20, 32, 70], np.uint8), p)
    with pytest.raises(AssertionError, match="1 of 3"):
        same_percents(percent, np.array([21, 31, 70], np.uint8), p)


def test_compact_columns_are_inside_the_domains() -> None:
    kernel.ours(compact(5_000), 1)


def test_a_run_is_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--rows", "2000", "--cohort-rows", "1000", "--most", "20000", "--repetitions", "1"]
    sizes += ["--file-rows", "10000"]
    groups = ["dates", "dirty", "scaling"]
    assert main([*groups, "--quick", *sizes, "--busy", "--save", str(tmp_path)]) == 0
    assert "goals met" in capsys.readouterr().out
    saved = json.loads((tmp_path / "performance-results.json").read_text("utf-8"))
    assert saved["options"]["rows"] == 2000
    assert (tmp_path / "performance.md").read_text("utf-8") == page.render(saved)
    ET.parse(tmp_path / "performance.svg")
    assert {name: len(points) for name, points in saved["scaling of files"].items()} == {
        "CSV": 1, "Parquet": 1, "CSV, PyArrow": 1, "Parquet, PyArrow": 1,
    }  # fmt: skip
    ET.parse(tmp_path / "performance-files.svg")


def test_an_unknown_group_is_refused() -> None:
    assert main(["speed"]) == 2


def test_picture_of_one_size() -> None:
    ET.fromstring(scaling.picture({"one": [(10_000, 3.0)]}))


def _luminance(colour: str) -> float:
    """As the Web Content Accessibility Guidelines define it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_picture_is_readable_in_light_and_in_dark() -> None:
    """Text and lines stand out 4.5 times from the page, as the guidelines ask of text."""
    names = ["one", "two", "three", "four"]
    root = ET.fromstring(scaling.picture({name: [(10_000, 3.0), (100_000, 4.0)] for name in names}))
    style = next(e.text or "" for e in root.iter() if e.tag.endswith("style"))
    light, mark, dark = style.partition("@media (prefers-color-scheme: dark)")
    assert mark
    assert not [e for e in root.iter() if {e.get("fill"), e.get("stroke")} - {None, "none"}]
    for part in (light, dark):
        colours = dict(re.findall(r"([.\w]+)\{(?:fill|stroke):(#[0-9a-f]{6})\}", part))
        page_ = _luminance(colours[".page"])
        for name in ["text", *(f".{kind}{n}" for kind in "cf" for n in range(len(names)))]:
            one, two = sorted((page_, _luminance(colours[name])))
            assert (two + 0.05) / (one + 0.05) >= 4.5, (name, colours[name])


def test_csv_that_is_streamed_is_csv() -> None:
    rows = list(csv.reader(io.StringIO(b"".join(memory.csv_parts(1_000_000)).decode())))
    assert {len(row) for row in rows} == {9}
    assert rows[1][-1] == 'line 0\nsaid "so", 0'


def test_files_are_as_their_names_say(tmp_path: Path) -> None:
    made = list(write_files(tmp_path, 10))
    found = {path.stem: path for path, *_ in made}
    assert found["excel"].read_bytes().startswith(b"\xef\xbb\xbfcase_id;sex;")
    assert found["lines"].read_text("utf-8").count('"line one\nline two, ""said"""') == 160
    assert found["narrow-r"].read_text("utf-8").startswith('"case_id","sex"')
    for path, _, _, rows, delimiter in made:
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8-sig") as stream:
                lengths = [len(row) for row in csv.reader(stream, delimiter=delimiter)]
            assert len(lengths) == rows + 1
            assert len({*lengths}) == 1


def test_a_busy_machine_saves_nothing_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(harness, "load", lambda: 0.6)
    assert main(["bands", "--quick", "--save", str(tmp_path)]) == 1
    assert "the load is 0.6" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert harness.may_save(told=True)
    for quiet in (0.5, None):
        monkeypatch.setattr(harness, "load", lambda quiet=quiet: quiet)
        assert harness.may_save(told=False)


def test_retired_goals_are_told_with_what_was_measured() -> None:
    def line(beside: str, theirs: float, goal: float | None) -> Result:
        return Result(kernel.GROUP, kernel.WORK, beside, 5.0, theirs, "ns/row", theirs / 5, goal)

    results = [
        line("fused C loop, 2 threads each", 3.0, 0.35),
        line(f"{kernel.WHEN_THEN}, 2 threads each", 20.0, None),
        line(f"{kernel.GATHER}, 2 threads each", 7.5, None),
    ]
    saved = {
        "machine": {}, "options": {"rows": 1, "cohort_rows": 1, "repetitions": 1},
        "results": [r.to_dict() for r in results],
    }  # fmt: skip
    told = " ".join(page.render(saved).partition("**Retired goals.**")[2].split())
    assert "Measured here are 4.00 and 1.50" in told
    assert "would take 0.90 and 1.00 of the speed of the C loop" in told


@pytest.mark.skipif(
    not (DOCS / "performance-results.json").exists(), reason="no results are saved yet"
)
def test_page_is_that_of_the_results() -> None:
    saved = json.loads((DOCS / "performance-results.json").read_text("utf-8"))
    assert (DOCS / "performance.md").read_text("utf-8") == page.render(saved)
    if saved["scaling"]:
        assert (DOCS / "performance.svg").read_text("utf-8") == scaling.picture(saved["scaling"])
