"""A template has every entry its predictor reads and no other, and cannot be used unfilled."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

import riskbands as rb
from riskbands.predictors import by_id
from riskbands.templates import template, templates

if TYPE_CHECKING:
    from pathlib import Path

BANDS = [name for name in templates() if name not in by_id]
NUMBERED = [name for name in templates() if name in by_id]


def filled(text: str) -> str:
    """The template with a neutral number in every blank, and what a citation needs."""
    text = text.replace('title = ""', 'title = "t"').replace('source = ""', 'source = "s"')
    text = re.sub(r'^(?!#)(\w+_years = )"\?"', r'\1"10"', text, flags=re.MULTILINE)
    return re.sub(r"^(?!#)(.*)$", lambda m: m[0].replace('"?"', '"0"'), text, flags=re.MULTILINE)


def blanks(node: Any) -> int:
    if isinstance(node, dict):
        return sum(blanks(value) for value in node.values())
    if isinstance(node, list):
        return sum(blanks(value) for value in node)
    return int(node == "?")


@pytest.mark.parametrize("name", NUMBERED)
def test_a_filled_template_fits_its_predictor(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(filled(template(name)), encoding="utf-8")
    assert by_id[name].with_table(file).table.id == f"my-{name}"


@pytest.mark.parametrize("name", NUMBERED)
def test_a_template_without_one_of_its_entries_does_not_fit(name: str, tmp_path: Path) -> None:
    text = filled(template(name))
    kept = text.splitlines()
    last = max(i for i, line in enumerate(kept) if re.fullmatch(r'\S+ = "\d+"', line))
    del kept[last]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(rb.TableError, match="missing"):
        by_id[name].with_table(file)


@pytest.mark.parametrize("name", NUMBERED)
def test_an_unfilled_template_is_refused_and_every_blank_named(name: str, tmp_path: Path) -> None:
    text = template(name).replace('title = ""', 'title = "t"')
    file = tmp_path / "mine.toml"
    file.write_text(text.replace('source = ""', 'source = "s"'), encoding="utf-8")
    with pytest.raises(rb.TableError) as caught:
        rb.load_table(file)
    count = blanks(tomllib.loads(text))
    assert count
    assert str(caught.value).count("is not a number") == count


@pytest.mark.parametrize("name", NUMBERED)
def test_a_template_asks_for_its_source(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(filled(template(name)).replace('"s"', '""'), encoding="utf-8")
    with pytest.raises(rb.TableError, match="source is missing"):
        rb.load_table(file)


def test_optional_entries_fit_too(tmp_path: Path) -> None:
    text = template("osp_iic").replace(
        "# [coefficients.osp_iic.band]", "[coefficients.osp_iic.band]"
    )
    before, _, after = text.partition("[coefficients.osp_iic.band]")
    after = re.sub(r'^# (\w+ = )"\?"', r'\1"Low"', after, flags=re.MULTILINE)
    file = tmp_path / "mine.toml"
    file.write_text(filled(before) + "[coefficients.osp_iic.band]" + after, encoding="utf-8")
    case = rb.OASysAssessment(
        sex="male",
        sexual_offence_history=True,
        current_offence_sexually_motivated=False,
        contact_adult_sanctions=0,
        contact_child_sanctions=0,
        image_sanctions=2,
        non_contact_sanctions=0,
    )
    assert rb.osp_iic.with_table(file).score(case).band == "Low"


def test_ranges_follow_the_built_in_table_and_otherwise_the_domain() -> None:
    ogrs3, yogrs = (tomllib.loads(template(n))["coefficients"] for n in ("ogrs3", "yogrs"))
    assert list(ogrs3["age_male"])[:2] == ["10-11", "12-13"]
    assert list(yogrs["age_male"]) == [str(age) for age in range(10, 19)]


@pytest.mark.parametrize("name", BANDS)
def test_a_filled_band_template_is_a_band_table(name: str) -> None:
    text = template(name)
    tenth = "0." if 'unit = "probability"' in text else ""
    for place in range(text.count('interval = "?"')):
        interval = f"[{tenth}{place}, {tenth}{place + 1})"
        text = text.replace('interval = "?"', f'interval = "{interval}"', 1)
    table = rb.BandTable.from_toml(text)
    if name != "bands":
        like = rb.band_table(name)
        assert table.labels == like.labels
        assert (table.unit, table.rounding) == (like.unit, like.rounding)
        assert (table.below, table.above, table.missing) == (like.below, like.above, like.missing)
    assert table.classify(0) == table.labels[0]


@pytest.mark.parametrize("name", BANDS)
def test_an_unfilled_band_template_is_refused(name: str) -> None:
    with pytest.raises(rb.TableError, match="interval"):
        rb.BandTable.from_toml(template(name))


def test_an_unknown_template_is_refused_with_a_suggestion() -> None:
    with pytest.raises(rb.UnknownNameError, match="yogrs"):
        template("yogr")


@pytest.mark.parametrize("name", ["yogrs", "rsr", "rsr-2025", "bands"])
def test_the_command_writes_the_template(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "riskbands", "tables", "--template", name]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == template(name)
    assert done.stderr == b""


def test_the_command_suggests_a_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "riskbands", "tables", "--template", "yogr"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert b"did you mean yogrs" in done.stderr
    assert b"Traceback" not in done.stderr
