"""The command holds a band table to what it is for, and says which one banded a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from command import COHORT, refused, run

import riskbands as rb

if TYPE_CHECKING:
    from pathlib import Path


def origin(path: Path) -> dict[str, dict[str, str]]:
    metadata = pq.read_schema(path).metadata or {}
    found: dict[str, dict[str, str]] = json.loads(metadata[b"riskbands"])
    return found


def test_a_table_of_another_score_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    done = run("score", COHORT, "-p", "rsr", "--bands", "rsr=arp-2026", "-o", out)
    assert done.status == 2
    assert "arp-2026 bands arp, not rsr" in done.err
    assert "--any-score" in done.err
    assert not out.exists()


def test_with_any_score_the_summary_and_the_file_say_so(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    options = ("-p", "rsr", "--bands", "rsr=arp-2026", "--any-score")
    done = run("score", COHORT, *options, "-o", out)
    assert done.status == 0
    assert "rsr by arp-2026 (any score)" in done.err
    assert origin(out)["rsr"]["bands"] == "arp-2026 (any score)"
    shown = run("explain", COHORT, "--case-id", "SYN-0001", *options)
    assert "bands arp-2026 (any score) (" in shown.out


def test_an_edited_table_is_told_from_the_original(tmp_path: Path) -> None:
    table = rb.band_table("rsr-2025")
    text = table.to_toml().replace("[0, 3)", "[0, 5)").replace("[3, 6.9)", "[5, 6.9)")
    mine, out, plain = (tmp_path / n for n in ("mine.toml", "out.parquet", "plain.parquet"))
    mine.write_text(text, encoding="utf-8")
    done = run("score", COHORT, "-p", "rsr", "--bands", f"rsr={mine}", "-o", out)
    assert "rsr by rsr-2025 (modified)" in done.err
    run("score", COHORT, "-p", "rsr", "-o", plain)
    edited, built_in = origin(out)["rsr"], origin(plain)["rsr"]
    assert edited["bands"] == "rsr-2025 (modified)"
    assert (built_in["bands"], built_in["bands_digest"]) == ("rsr-2025", table.digest)
    assert edited["bands_digest"] == rb.BandTable.from_file(mine).digest != table.digest


def test_the_listing_says_what_a_table_is_for_and_when_it_stood() -> None:
    shown = run("bands", "rsr-api-2025-07").out
    assert "from 13 to 18 August 2025" in shown
    assert f"digest    {rb.band_table('rsr-api-2025-07').digest}" in shown
    assert "for       rsr" in shown


def test_levels_without_edges_are_looked_up() -> None:
    shown = run("bands", "osp-iic")
    assert shown.status == 0
    assert "Low < Medium < High" in shown.out
    assert "osp_iic, iic_srp" in shown.out
    assert "osp-iic" in run("bands").out
    assert '"labels"' in run("bands", "osp-iic", "--format", "json").out
    refused("bands", "osp-iic", "--format", "toml")
