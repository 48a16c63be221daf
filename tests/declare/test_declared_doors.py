"""An instrument from a file has the doors of a built-in one: command, SQL, page, evaluation."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import riskbands as rb
from riskbands.pages import page

FOLDER = Path(__file__).parents[2] / "examples" / "instruments"
PIER, PEOPLE = FOLDER / "pier.toml", FOLDER / "people.csv"
TEXT = PIER.read_text("utf-8")


def run(*words: object, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "riskbands", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_score() -> None:
    out = run("score", PEOPLE, "-p", PIER, "-p", "ogrs3", "-q")
    header, first, second = out.splitlines()
    assert header.startswith("case_id,age,PendingCharge,failures,pier_appearance,pier_young,")
    assert first.startswith("A,19,yes,1,3,true,,")
    assert "missing:failures" in second
    assert "pier_appearance" in run("score", PEOPLE, "-p", PIER)


def test_explain() -> None:
    out = run("explain", PEOPLE, "--case-id", "A", "-p", PIER)
    assert "failures" in out
    assert "+2  failures 1" in out


def test_predictors_page_and_schema() -> None:
    assert "appearance, young" in run("predictors", PIER)
    assert run("page", PIER) == page(rb.load_instrument(PIER))
    schema = json.loads(run("page", PIER, "--schema"))
    assert schema["required"] == list(rb.load_instrument(PIER).needs.needed)


def test_evaluate(tmp_path: Path) -> None:
    table, report = tmp_path / "in.csv", tmp_path / "out.html"
    rows = [
        f"1990-06-15,2024-06-14,{n % 20},{'yes' if n % 3 else 'no'},{int(n % 20 > 9)}"
        for n in range(120)
    ]
    table.write_text("\n".join(["born,released,convictions,stable_home,again", *rows]), "utf-8")
    mine = FOLDER / "survival.toml"
    run("evaluate", table, "-p", mine, "--outcome", "again", "-o", report)
    assert "Meadow" in report.read_text("utf-8")


def test_template() -> None:
    text = run("tables", "--template", FOLDER / "survival.toml")
    assert "baseline_survival_5yr" in text


def test_a_file_with_faults_and_one_with_the_id_of_a_built_in_one(tmp_path: Path) -> None:
    for command in (("score", PEOPLE, "-p"), ("sql", "-p"), ("page",), ("predictors",)):
        assert "3 faults" in run(*command, FOLDER / "broken.toml", status=2)
    same = tmp_path / "same.toml"
    same.write_text(PIER.read_text("utf-8").replace('id = "pier"', 'id = "ogrs3"'), "utf-8")
    text = run("score", PEOPLE, "-p", same, status=2)
    assert "id: ogrs3 is a built-in instrument, and this is another one: give another id" in text
    same.write_text(rb.ogrs3.to_toml(), "utf-8")
    assert "has the id ogrs3 of another one" in run("score", PEOPLE, "-p", same, status=2)


def test_evaluation() -> None:
    mine = rb.load_instrument(FOLDER / "survival.toml")
    rng = np.random.default_rng(3)
    rows = 400
    case = {
        "born": ["1990-06-15"] * rows, "released": ["2024-06-14"] * rows,
        "convictions": rng.integers(0, 25, rows), "stable_home": rng.integers(0, 2, rows),
    }  # fmt: skip
    scored = rb.score_cohort(case, [mine])
    outcome = (rng.random(rows) < scored["meadow_5yr"] / 100).astype(int)
    counts = rb.outcome_counts({**scored, "outcome": outcome}, mine, outcome="outcome")
    auc = rb.evaluate(counts).overall.auc
    assert auc.value is not None
    assert 0.4 < auc.value < 1


@pytest.mark.parametrize("name", ["pier", "pretrial", "two-sexes", "survival", "two-forms", "sum"])
def test_pages_have_inputs_points_and_the_example(name: str) -> None:
    mine = rb.load_instrument(FOLDER / f"{name}.toml")
    text = page(mine)
    for f in mine.needs.readable:
        assert f"| `{f}` |" in text
    assert "## Example" in text
    assert "made up" in text
    assert ("<svg" in text) == (mine.bands is not None)


def test_what_a_file_says_cannot_break_its_page() -> None:
    text = PIER.read_text("utf-8").replace("age at the first hearing", "a | b <script> `x` [y](z)")
    out = page(rb.declare.read_instrument(text))
    assert "<script>" not in out
    row = next(line for line in out.splitlines() if line.startswith("| `age` |"))
    assert row.replace("\\|", "").count("|") == 6


def test_pages_of_built_in_instruments() -> None:
    for ident in ("ogrs3", "osp_dc", "asset", "mst"):
        assert page(rb.predictors.by_id[ident]).startswith("# ")


@pytest.mark.parametrize(
    ("old", "new"),
    [("age < 21", "age < 22"), ('"5" = 4', '"5" = 3'), ("high = 110", "high = 99"),
     ('"1" = 2', '"1" = 3'), ("failures > 40", "failures > 30")],
)  # fmt: skip
def test_another_rule_has_another_digest(old: str, new: str, tmp_path: Path) -> None:
    """Numbers alone do not decide what a file gives: its conditions, scales and checks do too."""
    assert old in TEXT
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(TEXT, "utf-8")
    two.write_text(TEXT.replace(old, new), "utf-8")
    first, second = (rb.load_instrument(path) for path in (one, two))
    assert first.table.id == second.table.id
    assert first.table.digest != second.table.digest
    assert pickle.loads(pickle.dumps(first)).table.digest == first.table.digest
    assert first.with_table(first.table).table.digest == first.table.digest


def test_words_layout_and_the_door_leave_the_digest_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "same.toml"
    path.write_text("# a remark\n" + TEXT.replace("Pier pretrial", "The pier pretrial"), "utf-8")
    digests = {
        rb.load_instrument(path).table.digest,
        rb.load_instrument(PIER).table.digest,
        rb.declare.instrument(tomllib.loads(TEXT)).table.digest,
    }
    assert len(digests) == 1
