"""The first second: what is loaded, read and compiled when a program starts, and what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import riskbands as rb
from riskbands import _data
from riskbands._patterns import pattern
from riskbands.predictors import BY_NAME_ONLY, by_id
from riskbands.vocabulary.features import declared_features
from riskbands.vocabulary.fields import all_fields
from riskbands.vocabulary.vocabulary import Vocabulary, built_in

lean_libraries = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.0.0",
    reason="the NumPy, PyArrow and Typer of that time load more by themselves",
)

CASE = """
import datetime as dt
import sys
import riskbands as rb
day = dt.date(2023, 11, 2)
case = rb.OASysAssessment(
    sex="male", date_of_birth=dt.date(1990, 5, 1), conviction_date=day, follow_up_date=day,
    assessment_date=day, offence_code="00801", sanctions=4, first_sanction_age=17,
)
rb.ogrs3.score(case)
"""
ROWS = (
    "sex,date_of_birth,conviction_date,follow_up_date,assessment_date,offence_code,sanctions,"
    "first_sanction_age\n" + "male,1990-05-01,2023-11-02,2023-11-02,2024-01-16,00801,4,17\n" * 20
)


def told_by(code: str) -> str:
    """What a fresh Python writes to standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert not done.returncode, done.stderr
    return done.stderr


def loaded(code: str) -> set[str]:
    """Modules that a fresh Python has after some code."""
    told = told_by(f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)")
    return set(told.splitlines()[-1].split())


def test_the_front_door_loads_neither_numpy_nor_a_predictor() -> None:
    found = loaded("import riskbands")
    assert "riskbands" in found
    assert not found & {"numpy", "attrs", "riskbands.predictors"}


@lean_libraries
def test_one_case_loads_its_own_predictor_and_assessment_only() -> None:
    found = loaded(CASE)
    assert {"riskbands.predictors._ogrs3", "riskbands.assessments.oasys"} <= found
    others = {"_ogp", "_osp", "_mst", "_lds", "_opd", "_pni", "_asset", "_reoffending_2026"}
    assert not found & {f"riskbands.predictors.{name}" for name in others}
    assert not found & {"riskbands.assessments.asset_plus", "riskbands.cohorts", "numpy.ma"}
    assert not found & {"importlib.resources", "pandas", "polars", "duckdb", "pyarrow"}


@lean_libraries
def test_a_small_file_is_scored_without_other_libraries(tmp_path: Path) -> None:
    pytest.importorskip("typer")
    pytest.importorskip("pyarrow")
    source = tmp_path / "in.csv"
    source.write_text(ROWS, "utf-8")
    target = tmp_path / "out.csv"
    code = f"""
import sys
from riskbands.cli import main
sys.argv = ["riskbands", "score", {str(source)!r}, "-p", "ogrs3", "-o", {str(target)!r}, "-q"]
try:
    main()
except SystemExit as end:
    assert not end.code
"""
    found = loaded(code)
    assert len(target.read_text("utf-8").splitlines()) == 21
    assert not found & {"pandas", "polars", "duckdb", "pydantic", "numpy.ma", "riskbands.declare"}
    assert not found & {"pyarrow.compute", "pyarrow.parquet", "pyarrow.dataset", "rich.console"}
    assert not found & {"random", "glob", "dateutil", "riskbands.vocabulary.suggest"}


MADE = """
import attr._make
made = []
build = attr._make._ClassBuilder.build_class
def noted(self):
    made.append(self._cls.__module__)
    return build(self)
attr._make._ClassBuilder.build_class = noted
"""
SHOWN = """
own = [m for m in made if m.startswith("riskbands")]
print(len(own), len([m for m in sys.modules if m.startswith("riskbands")]), file=sys.stderr)
"""


@lean_libraries
def test_one_case_makes_the_classes_that_it_needs() -> None:
    """Each class that attrs makes, and each module, takes a part of a millisecond."""
    mapping = "rb.ogrs3.score(dict(sex='male', age_at_conviction=30, sanctions=4))"
    code = f"import sys, attrs, riskbands as rb\n{MADE}\ntry: {mapping}\nexcept ValueError: pass"
    classes, modules = map(int, told_by(f"{code}\n{SHOWN}").split())
    assert 0 < classes <= 54
    assert 0 < modules <= 68


@lean_libraries
def test_one_case_loads_no_digest_and_no_picture_of_itself() -> None:
    found = loaded(CASE)
    assert "riskbands.instruments.regression" in found
    assert not found & {"hashlib", "json", "numpy.typing", "riskbands.bands.sql"}
    assert not found & {"riskbands.bands.array", "riskbands.scorecards.explanation"}
    assert not found & {"riskbands.instruments.layout", "riskbands.instruments.score_features"}


def test_predictors_are_listed_without_loading_them() -> None:
    code = "from riskbands.predictors import by_id; assert len(by_id) == len(list(by_id))"
    assert "riskbands.instruments.predictor" not in loaded(f"{code}; assert 'rsr' in by_id")


def test_those_scored_by_name_only_are_known_without_loading_them() -> None:
    assert {ident for ident, p in by_id.items() if p.by_name_only} == BY_NAME_ONLY


def test_a_predictor_is_the_same_by_name_and_by_id() -> None:
    assert all(getattr(rb.predictors, name) is by_id[name] for name in by_id)
    assert [p.id for p in by_id.values()] == list(by_id)
    with pytest.raises(KeyError):
        by_id["cautions"]
    with pytest.raises(AttributeError):
        rb.predictors.cautions_of_nobody  # noqa: B018 - the look-up is the test


def test_the_built_in_vocabulary_is_sound() -> None:
    checked = Vocabulary(all_fields().values(), declared_features())
    assert checked.means_the_same(built_in())
    assert checked.features == built_in().features


def test_an_unsound_vocabulary_is_refused() -> None:
    twice = [*all_fields().values(), all_fields()["sex"]]
    with pytest.raises(rb.TableError, match="field sex is declared twice"):
        Vocabulary(twice, declared_features())


def test_files_of_the_package_are_read_as_they_are() -> None:
    folder = Path(rb.__file__).parent / "data"
    for name in _data.names("bands", ".toml"):
        file = folder / "bands" / f"{name}.toml"
        assert _data.text("bands", file.name) == file.read_text("utf-8")
    assert len(_data.names("bands", ".toml")) == len(list((folder / "bands").glob("*.toml")))
    with pytest.raises(OSError, match="nothing"):
        _data.text("nothing.toml")


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    unsound = pattern("(")
    with pytest.raises(Exception, match="unterminated"):
        unsound.fullmatch("")
    found = pattern(r"(\d)(\d)").fullmatch("12")
    assert found is not None
    assert found.groups() == ("1", "2")
