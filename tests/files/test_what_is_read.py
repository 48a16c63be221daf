"""Only the columns that a predictor can ask for are read from a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cases import untidy
from scored import parquet, score

import riskbands as rb
from riskbands.cli._plan import fields_asked
from riskbands.cohorts.mapping import read_columns
from riskbands.derivation.derive import Derivation

if TYPE_CHECKING:
    from pathlib import Path

SCORED = [p for p in rb.predictors.by_id.values() if p.has_table]


def people(number: int) -> dict[str, list[Any]]:
    """As many untidy cases, as columns."""
    cases = [untidy(seed) for seed in range(number)]
    names = dict.fromkeys(name for case in cases for name in case)
    return {name: [case.get(name) for case in cases] for name in names}


class _Asked(dict[str, Any]):
    """Inputs that remember which of them were asked for."""

    def __init__(self, inputs: dict[str, Any]) -> None:
        super().__init__(inputs)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


@pytest.mark.parametrize("predictor", SCORED, ids=lambda p: p.id)
def test_a_predictor_asks_for_no_other_field(predictor: rb.Predictor) -> None:
    """Whatever is missing or wrong in the rows."""
    columns = people(150)
    chance = np.random.default_rng(3)
    for share in (0.0, 0.2, 0.5, 1.0):
        there = {name: v for name, v in columns.items() if chance.random() >= share}
        readers, rows = read_columns(there, predictor.vocabulary.fields)
        inputs = _Asked({name: r.block(0, rows) for name, r in readers.items()})
        predictor.outcome(Derivation(inputs, predictor.vocabulary), "auto")
        assert inputs.names - fields_asked(predictor) == set()


def test_a_column_that_is_not_asked_for_may_be_anything(tmp_path: Path) -> None:
    import pyarrow as pa

    source = parquet(tmp_path / "in.parquet", weapon=pa.array([["odd"]]))
    out = score(source, out=tmp_path / "out.parquet")
    assert out.exists()
    source = parquet(tmp_path / "in.parquet", weapon=pa.array([b"\xff"]))
    score(source, out=tmp_path / "out.parquet")


def test_files_of_all_fields_score_as_columns_do(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {k: ["" if v is None else str(v) for v in c] for k, c in people(200).items()}
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table(columns), source)
    for ident in ("ogrs3", "rsr", "osp_dc", "svrp"):
        expected = rb.score_cohort(columns, [ident])[f"{ident}_issues"].tolist()
        out = score(source, out=tmp_path / "out.csv", predictors=(ident,))
        with out.open(newline="") as stream:
            assert [row[f"{ident}_issues"] for row in csv.DictReader(stream)] == expected
