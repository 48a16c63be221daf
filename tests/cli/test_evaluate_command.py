"""``riskbands evaluate``: the page of a file is that of its counts, scored before or not."""

from __future__ import annotations

import csv
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from command import COHORT, ROOT, environment, read, refused, run, write

import riskbands as rb

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("-p", "ogrs3", "--outcome", "reoffended")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled cohort with outcomes drawn from its scores."""
    people: list[dict[str, Any]] = list(read(COHORT))
    columns = {name: [row[name] for row in people] for name in people[0]}
    p = np.nan_to_num(rb.score_cohort(columns, ["ogrs3"], probabilities=True)["ogrs3_2yr_p"])
    drawn = np.random.default_rng(16).random(len(p)) < p
    path = tmp_path_factory.mktemp("evaluate") / "outcomes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*people[0], "reoffended", "simulated"])
        writer.writeheader()
        for row, y in zip(people, drawn.tolist(), strict=True):
            writer.writerow({**row, "reoffended": "yes" if y else "no", "simulated": "yes"})
    return path


def expected(path: Path, **options: Any) -> rb.Evaluation:
    people = read(path)
    columns = {name: [row[name] for row in people] for name in people[0]}
    scored = rb.score_cohort(columns, ["ogrs3"])
    scored |= columns  # keeps what the scores say of themselves
    return rb.evaluate(scored, "ogrs3", outcome="reoffended", **options)


def test_a_file_without_scores_is_scored_first(outcomes: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    by = ["sex_label", "supervision_status"]
    people = read(outcomes)
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*people[0], "sex_label"])
        writer.writeheader()
        for row in people:
            label = "male" if row["sex"] in ("male", "M") else "other"
            writer.writerow({**row, "sex_label": label})
    asked = [part for column in by for part in ("--by", column)]
    done = run("evaluate", tmp_path / "in.csv", *ASKED, *asked, "-o", target)
    assert done.status == 0, done.err
    assert done.out == ""
    found = expected(tmp_path / "in.csv", by=by)
    assert target.read_text("utf-8") == found.to_html()
    assert f"{found.overall.n} with a score and a known outcome" in done.err


def test_scores_in_the_file_are_taken_as_they_stand(outcomes: Path, tmp_path: Path) -> None:
    scored = tmp_path / "scored.csv"
    assert run("score", outcomes, "-p", "ogrs3", "-q", "-o", scored).status == 0
    done = run("evaluate", scored, *ASKED, "--quiet")
    assert done.err == ""
    assert "The scores stood in the file, which does not say what made them" in done.out
    assert "coefficients not known (the scores do not say); bands ogrs3-2yr" in done.out
    assert rb.ogrs3.table.id not in done.out
    assert rb.ogrs3.table.digest not in done.out
    ratio = f"{float(expected(outcomes).overall.observed_expected):.3f}"
    assert ratio in done.out


def test_parquet_says_what_made_its_scores(outcomes: Path, tmp_path: Path) -> None:
    table = pyarrow.csv.read_csv(
        outcomes,
        convert_options=pyarrow.csv.ConvertOptions(column_types={"offence_code": "string"}),
    )
    pq.write_table(table, tmp_path / "in.parquet")
    scored = tmp_path / "scored.parquet"
    ours = ("--table", "ogrs3=ogrs3-hmpps-2025")
    assert run("score", tmp_path / "in.parquet", "-p", "ogrs3", *ours, "-o", scored).status == 0
    done = run("evaluate", scored, *ASKED)
    assert done.status == 0, done.err
    assert "ogrs3-hmpps-2025" in done.out
    assert "The scores stood in the file" not in done.out


def test_a_table_that_is_stated_for_scores_that_do_not_say(outcomes: Path, tmp_path: Path) -> None:
    scored = tmp_path / "scored.csv"
    ours = ("--table", "ogrs3=ogrs3-hmpps-2025")
    assert run("score", outcomes, "-p", "ogrs3", *ours, "-q", "-o", scored).status == 0
    page = run("evaluate", scored, *ASKED, *ours, "-q").out
    assert "coefficients ogrs3-hmpps-2025 (as stated); bands ogrs3-2yr" in page
    assert "the user; the scores do not say" in page
    assert "not read from the file" in page
    with_bands = ("--bands", "ogrs3=pni-ogrs3-2024-12")
    page = run("evaluate", scored, *ASKED, *with_bands, "-q").out
    assert "coefficients not known (the scores do not say); bands pni-ogrs3-2024-12" in page


def test_a_table_that_is_stated_must_be_the_one_that_the_file_names(
    outcomes: Path, tmp_path: Path
) -> None:
    scored = tmp_path / "scored.parquet"
    ours = ("--table", "ogrs3=ogrs3-hmpps-2025")
    assert run("score", outcomes, "-p", "ogrs3", *ours, "-q", "-o", scored).status == 0
    plain = run("evaluate", scored, *ASKED, "-q").out
    for options in (ours, ("--bands", "ogrs3=ogrs3-2yr")):
        assert run("evaluate", scored, *ASKED, *options, "-q").out == plain
    for option, table, made in (
        ("--table", "ogrs3-2009", "ogrs3-hmpps-2025"), ("--bands", "pni-ogrs3-2024-12", "ogrs3-2yr")
    ):  # fmt: skip
        told = refused("evaluate", scored, *ASKED, option, f"ogrs3={table}")
        assert f"says that they were made with {made}: leave {option} out" in told


def test_a_table_of_a_file_that_made_the_scores_is_stated(outcomes: Path, tmp_path: Path) -> None:
    text = rb.ogrs3.table.to_toml().replace('"ogrs3-2009"', '"mine"')
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace('"2.121705678"', '"2.2"'), "utf-8")
    scored = tmp_path / "scored.parquet"
    ours = ("--table", f"ogrs3={mine}", "--bands", "ogrs3=pni-ogrs3-2024-12")
    assert run("score", outcomes, "-p", "ogrs3", *ours, "-q", "-o", scored).status == 0
    page = run("evaluate", scored, *ASKED, *ours[:2], "-q").out
    assert "coefficients mine; bands pni-ogrs3-2024-12" in page
    assert "made with coefficient table mine" in refused("evaluate", scored, *ASKED)


def test_a_least_count_and_a_follow_up_are_those_of_python(outcomes: Path) -> None:
    done = run("evaluate", outcomes, *ASKED, "--min-count", "10", "--followed-up", "24", "-q")
    assert done.status == 0, done.err
    assert done.out == expected(outcomes, followed_up=24).to_html(min_count=10)
    short = run("evaluate", outcomes, *ASKED, "--followed-up", "12")
    assert "0 with a score and a known outcome" in short.err
    assert "1,000 left out: followed up for less than the 24 months of the horizon" in short.err


def test_who_is_left_out_is_told_with_the_reason(tmp_path: Path) -> None:
    rows = ["20,yes,24", "30,no,", "40,,24", ",no,24", "50,no,23", "60,no,30"]
    path = write(tmp_path / "in.csv", "ogrs3_2yr,reoffended,months", *rows)
    told = run("evaluate", path, *ASKED, "--followed-up", "months", "-o", tmp_path / "out.html").err
    assert "2 with a score and a known outcome, 1 with the outcome" in told
    for reason in ("followed up for less", "no number of months", "no outcome in", "no score"):
        assert f"\n1 left out: {reason}" in told
    assert "the score is not for them" not in told


def test_other_bands_and_another_horizon(outcomes: Path) -> None:
    one = run("evaluate", outcomes, *ASKED, "--horizon", "1yr", "-q")
    assert one.out == expected(outcomes, horizon="1yr").to_html()
    assert "pni-rsr-2024 bands" in refused("evaluate", outcomes, *ASKED, "--bands",
                                           "ogrs3=pni-rsr-2024")  # fmt: skip
    other = run("evaluate", outcomes, *ASKED, "--bands", "ogrs3=pni-ogrs3-2024-12", "-q")
    assert "pni-ogrs3-2024-12" in other.out


def test_a_column_that_is_not_there_is_suggested_before_anything_is_scored(outcomes: Path) -> None:
    message = refused("evaluate", outcomes, "-p", "ogrs3", "--outcome", "reofended")
    assert "did you mean reoffended" in message
    assert "supervision_status" in refused("evaluate", outcomes, *ASKED, "--by", "supervision")
    assert refused("evaluate", outcomes, *ASKED, "--followed-up", "month")
    assert refused("evaluate", outcomes, "-p", "ogrs33", "--outcome", "reoffended")


def test_an_outcome_that_is_none_names_its_row_and_no_value(tmp_path: Path) -> None:
    lines = [f"{n % 90},{n % 2}" for n in range(30_000)]
    lines[29_000] = "40,Ms Secret"
    path = write(tmp_path / "in.csv", "ogrs3_2yr,y", *lines)
    target = tmp_path / "out.html"
    message = refused("evaluate", path, "-p", "ogrs3", "--outcome", "y", "-o", target)
    assert "Secret" not in message
    numbers = [int(word.strip(",)")) for word in message.split() if word.strip(",)").isdigit()]
    assert 29_000 in numbers
    assert list(tmp_path.iterdir()) == [path]
    lines[3] = lines[29_998] = "40,later"
    path = write(tmp_path / "in.csv", "ogrs3_2yr,y", *lines)
    message = refused("evaluate", path, "-p", "ogrs3", "--outcome", "y", "-o", target)
    assert "3 rows do not, the first of them row 3, counted from 0" in message


def test_the_page_replaces_a_file_whole(outcomes: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("before")
    target.chmod(0o600)
    assert run("evaluate", outcomes, *ASKED, "-o", target).status == 0
    assert target.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert run("evaluate", outcomes, *ASKED, "-o", tmp_path).status == 2


def test_the_page_takes_the_place_of_no_file_that_is_read(outcomes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    table = write(tmp_path / "in.csv", *outcomes.read_text("utf-8").splitlines())
    (tmp_path / "link.csv").symlink_to(table)
    (tmp_path / "hard.csv").hardlink_to(table)
    part = folder / "part.parquet"
    pq.write_table(pa.table({"ogrs3_2yr": [10, 60, 80], "reoffended": [0, 1, 1]}), part)
    instrument = tmp_path / "mine.toml"
    instrument.write_bytes((ROOT / "examples" / "instruments" / "pretrial.toml").read_bytes())
    before = {path: path.read_bytes() for path in (table, part, instrument)}
    spelt = folder / ".." / "in.csv"
    for inputs, target in (
        ([table], table),
        ([table], spelt),
        ([table], tmp_path / "link.csv"),
        ([tmp_path / "link.csv"], table),
        ([tmp_path / "hard.csv"], table),
        ([folder], part),
        ([folder / "*.parquet"], part),
        ([part, part], part),
    ):
        told = refused("evaluate", *inputs, *ASKED, "-o", target)
        assert "is a file that is read" in told
    assert "is a file that is read" in refused("evaluate", "in.csv", *ASKED, "-o", "./in.csv",
                                               cwd=tmp_path)  # fmt: skip
    asked = ("-p", instrument, "--outcome", "reoffended", "-o", instrument)
    assert "is a file that is read" in refused("evaluate", table, *asked)
    with table.open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "riskbands", "evaluate", "-", *ASKED, "-o", table],
            stdin=stream, capture_output=True, check=False, env=environment(),
        )  # fmt: skip
    assert done.returncode == 2
    assert {path: path.read_bytes() for path in before} == before
    assert run("evaluate", folder, *ASKED, "-o", folder / "page.html").status == 0


def test_whom_a_score_is_not_for_is_told_by_the_band(tmp_path: Path) -> None:
    rows = ["0.00,not_applicable,no", "1.50,Low,yes", "2.10,High,no", "3.00,High,yes"]
    path = write(tmp_path / "in.csv", "osp_dc_2yr,osp_dc_band,y", *rows)
    asked = ("-p", "osp_dc", "--outcome", "y", "-o", tmp_path / "out.html")
    told = run("evaluate", path, *asked).err
    assert "3 with a score and a known outcome, 2 with the outcome" in told
    assert "1 left out: the score is not for them" in told
    bare = [row.replace(row.split(",")[1] + ",", "") for row in rows]
    path = write(tmp_path / "bare.csv", "osp_dc_2yr,y", *bare)
    assert "give the column osp_dc_band or osp_dc_points" in refused("evaluate", path, *asked)


def test_an_instrument_of_a_file_is_scored_and_evaluated(tmp_path: Path) -> None:
    instrument = ROOT / "examples" / "instruments" / "pretrial.toml"
    made = rb.load_instrument(instrument)
    people = rb.simulate_cohort(300, 4, made, outcome=False)
    people["failed"] = np.random.default_rng(4).random(300) < 0.3
    del people["sex"]
    table = pa.table({name: pa.array(column.tolist()) for name, column in people.items()})
    pq.write_table(table, tmp_path / "in.parquet")
    asked = ("-p", instrument, "--outcome", "failed", "--score", "harbour_appearance", "-q")
    done = run("evaluate", tmp_path / "in.parquet", *asked)
    assert done.status == 0, done.err
    assert "Do people have the outcome as often as the score says?" in done.out
    assert "These people are simulated" in done.out
    assert f"The score is harbour_appearance of {made.name}" in done.out
    scored = {**people, **rb.score_cohort(people, [made])}
    found = rb.evaluate(scored, score="harbour_appearance", unit="points", outcome="failed")
    assert f"{float(found.overall.auc):.3f}" in done.out


def test_what_cannot_change_scores_that_are_there_is_refused(
    outcomes: Path, tmp_path: Path
) -> None:
    scored = tmp_path / "scored.csv"
    assert run("score", outcomes, "-p", "ogrs3", "-o", scored, "-q").status == 0
    told = refused("evaluate", scored, *ASKED, "--form", "brief", "-o", tmp_path / "report.html")
    assert "has the scores already" in told
    assert not (tmp_path / "report.html").exists()


def test_an_instrument_of_several_results_asks_which(tmp_path: Path) -> None:
    people = ROOT / "examples" / "instruments" / "people.csv"
    pier = ROOT / "examples" / "instruments" / "pier.toml"
    told = refused("evaluate", people, "-p", pier, "--outcome", "PendingCharge")
    assert "--score" in told
    assert "pier_appearance" in told


@pytest.mark.parametrize("command", [("evaluate", COHORT, "--outcome", "x"), ("sql",)])
def test_one_predictor_is_taken(command: tuple[str, ...]) -> None:
    assert "takes one --predictor, not 2" in refused(*command, "-p", "ogrs3", "-p", "rsr")


@pytest.mark.parametrize("command", ["page", "sql"])
def test_what_a_file_is_made_of_is_in_utf_8(tmp_path: Path, command: str) -> None:
    text = (ROOT / "examples" / "instruments" / "pier.toml").read_text("utf-8")
    title = text.replace("Pier pretrial scale (made up)", "Échelle ≥ 3")
    mine = write(tmp_path / "mine.toml", *title.splitlines())
    asked = ("-p", mine) if command == "sql" else (mine,)
    latin = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [sys.executable, "-m", "riskbands", command, *map(str, asked)],
        capture_output=True,
        check=True,
        env=environment(**latin),
    )
    assert "Échelle ≥ 3".encode() in done.stdout
