"""The numbers of the command are those of one case scored after the other."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from command import COHORT, read, run

import riskbands as rb
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from pathlib import Path

ADULT = [p for p in by_id.values() if p.id not in ("asset", "yogrs")]


@pytest.fixture(scope="module")
def people() -> list[dict[str, str]]:
    return read(COHORT)


@pytest.fixture(scope="module")
def expected(people: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What each person's scores are, one case at a time."""
    found = []
    for person in people:
        case = rb.OASysAssessment.from_dict(person, on_issue="keep")
        row: dict[str, Any] = {}
        for p in ADULT:
            score = p.score(case, on_issue="return")
            for h in p.horizons:
                row[f"{p.id}_{h}"] = score.percent.get(h)
                row[f"{p.id}_{h}_p"] = score.probability.get(h)
            row[f"{p.id}_band"] = None if score.band is None else str(score.band)
            row[f"{p.id}_points"] = score.points
            row[f"{p.id}_type"] = score.form
            row[f"{p.id}_reduced"] = score.reduced
            row[f"{p.id}_issues"] = ";".join(map(str, score.issues))
        found.append(row)
    return found


def test_csv_has_the_scores_of_every_case(
    tmp_path: Path, people: list[dict[str, str]], expected: list[dict[str, Any]]
) -> None:
    done = run("score", COHORT, "--probabilities", "-o", tmp_path / "out.csv")
    assert done.status == 0, done.err
    got = read(tmp_path / "out.csv")
    assert len(got) == len(people) == 1000
    added = [name for name in got[0] if name not in people[0]]
    assert set(added) <= set(expected[0])
    assert len(added) > 70
    for row, want in zip(got, expected, strict=True):
        for name in added:
            assert row[name] == _as_text(name, want[name]), name


def _as_text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not name.endswith("_p"):
        return f"{value:.2f}"
    if isinstance(value, float):
        return _shortest(value)
    return str(value)


def _shortest(value: float) -> str:
    """How Arrow writes a double: the shortest digits that are read back as the same."""
    text = pyarrow.scalar(value).cast("string").as_py()
    assert float(text) == value
    return str(text)


def test_parquet_has_the_same_scores_in_types_of_their_own(
    tmp_path: Path, people: list[dict[str, str]], expected: list[dict[str, Any]]
) -> None:
    typed = tmp_path / "in.parquet"
    options = pyarrow.csv.ConvertOptions(
        column_types={"offence_code": pyarrow.string(), "sex": pyarrow.string()},
        strings_can_be_null=True,
    )
    pq.write_table(pyarrow.csv.read_csv(COHORT, convert_options=options), typed)
    done = run("score", typed, "--probabilities", "-o", tmp_path / "out.parquet")
    assert done.status == 0, done.err
    table = pq.read_table(tmp_path / "out.parquet")
    names = [n for n in table.schema.names if n not in people[0]]
    for name in names:
        assert table[name].to_pylist() == [want[name] for want in expected], name
    kinds = {n: str(table.schema.field(n).type) for n in names}
    assert kinds["ogrs3_2yr"] == "uint8"
    assert kinds["rsr_2yr"] == "double"
    assert kinds["ogp_points"] == "int16"
    assert kinds["ogrs3_band"].startswith("dictionary<values=string")
    assert kinds["ogrs3_issues"] == "string"


def test_every_percentage_of_two_decimals_is_written_with_two(tmp_path: Path) -> None:
    """0.00 to 99.99 by way of a table whose only term gives every hundredth."""
    from riskbands.cohorts.files import CsvOutput

    values = [n / 100 for n in range(10_000)]
    array = pyarrow.array(values).cast(pyarrow.decimal128(5, 2), safe=False)
    batch = pyarrow.RecordBatch.from_arrays([array], ["x"])
    with (tmp_path / "x.csv").open("wb") as stream:
        CsvOutput(stream, batch.schema).write(batch)
    text = (tmp_path / "x.csv").read_text().split()
    assert text == ["x", *(f"{n // 100}.{n % 100:02d}" for n in range(10_000))]


def test_the_options_reach_the_scores(tmp_path: Path) -> None:
    (tmp_path / "edges.toml").write_text(
        run("bands", "ogrs3-2yr", "--format", "toml").out.replace('"ogrs3-2yr"', '"mine"')
    )
    done = run(
        "score", COHORT, "-p", "ogrs3", "-p", "rsr", "-q", "--information",
        "--table", "ogrs3=ogrs3-hmpps-2025", "--table", "snsv=snsv-2014",
        "--bands", f"ogrs3={tmp_path / 'edges.toml'}", "--bands", "osp_dc=osp-dc-points",
        "--form", "brief", "-o", tmp_path / "out.parquet",
    )  # fmt: skip
    assert done.status == 0, done.err
    table = pq.read_table(tmp_path / "out.parquet")
    snsv = rb.snsv.with_table("snsv-2014")
    ogrs3 = rb.ogrs3.with_table("ogrs3-hmpps-2025")
    for row, person in zip(table.to_pylist(), read(COHORT), strict=True):
        case = rb.OASysAssessment.from_dict(person, on_issue="keep")
        brief = snsv.score(case, form="brief", on_issue="return")
        assert row["snsv_2yr"] == brief.percent.get("2yr")
        assert row["rsr_type"] in ("brief", None)
        assert row["ogrs3_2yr"] == ogrs3.score(case, on_issue="return").percent.get("2yr")
    metadata = table.schema.metadata[b"riskbands"].decode()
    assert '"ogrs3": {"table": "ogrs3-hmpps-2025"' in metadata
    assert '"bands": "mine"' in metadata
    assert "snsv-2014" in metadata


def test_predictors_are_those_whose_fields_are_there(tmp_path: Path) -> None:
    wanted = ["case_id", "sex", "age_at_conviction", "age_at_follow_up", "offence_code",
              "sanctions", "first_sanction_age"]  # fmt: skip
    with COHORT.open(newline="") as source, (tmp_path / "few.csv").open("w") as target:
        writer = csv.DictWriter(target, wanted, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(csv.DictReader(source))
    done = run("score", tmp_path / "few.csv", "-q")
    assert done.out.splitlines()[0].split(",")[7:] == [
        "ogrs3_1yr", "ogrs3_2yr", "ogrs3_band", "ogrs3_issues",
    ]  # fmt: skip
