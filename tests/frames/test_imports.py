"""Each kind of table loads its own library only; what is not installed is named."""

from __future__ import annotations

import subprocess
import sys

import pytest

TIDY = """
import datetime as dt
columns = {
    "sex": ["male", None], "age_at_conviction": [33, 41], "age_at_follow_up": [33, 41],
    "offence_code": ["00801", "00801"], "sanctions": [4, 2], "first_sanction_age": [17, 20],
}
import riskbands as rb
"""
#: Makes the import of some modules fail as if they were not installed.
HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
"""


def run(code: str, hidden: tuple[str, ...] = ()) -> str:
    """What a fresh Python prints."""
    program = f"HIDDEN = {hidden!r}\n{HIDE}\n{TIDY}\n{code}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not done.returncode, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("make", "needed"),
    [
        ("import polars as pl; table = pl.DataFrame(columns)", "polars"),
        ("import polars as pl; table = pl.LazyFrame(columns)", "polars"),
        ("import pandas as pd; table = pd.DataFrame(columns)", "pandas"),
        ("import pyarrow as pa; table = pa.table(columns)", "pyarrow"),
    ],
)
def test_a_table_needs_its_own_library_only(make: str, needed: str) -> None:
    hidden = tuple({"pandas", "polars", "pyarrow", "duckdb"} - {needed})
    code = f"""
{make}
scored = rb.score_cohort(table, ["ogrs3"])
scored = scored.collect() if hasattr(scored, "collect") else scored
print(*[value for value in scored["ogrs3_issues"]], sep="|")
"""
    assert run(code, hidden) == "|missing:sex"


def test_scoring_a_polars_frame_imports_no_other_library() -> None:
    code = """
import sys
import polars as pl
before = set(sys.modules)
scored = rb.score_cohort(pl.DataFrame(columns), ["ogrs3"])
print(scored["ogrs3_2yr"].to_list())
print(sorted({"pandas", "pyarrow", "duckdb"} & set(sys.modules)))
"""
    assert run(code) == "[25, None]\n[]"


def test_a_mapping_needs_no_extra() -> None:
    code = """
import sys
print(rb.score_cohort(columns, ["ogrs3"])["ogrs3_2yr"].tolist())
unasked = {"narwhals", "pandas", "polars", "pyarrow", "riskbands.cohorts.frames"}
print(sorted(unasked & set(sys.modules)))
"""
    assert run(code) == "[25.0, nan]\n[]"
    assert run(code, ("narwhals", "pandas", "polars", "pyarrow")) == "[25.0, nan]\n[]"


def test_the_missing_extra_is_named() -> None:
    code = """
import polars as pl
try:
    rb.score_cohort(pl.DataFrame(columns))
except ImportError as error:
    print(type(error).__name__, error)
"""
    found = run(code, ("narwhals",))
    assert found.startswith("MissingExtraError")
    assert "the [dataframe] extra of riskbands-justice" in found


def test_what_is_no_table_is_said_to_be_none_without_the_extra_too() -> None:
    code = """
try:
    rb.score_cohort([1, 2])
except TypeError as error:
    print(error)
"""
    assert "not builtins.list" in run(code, ("narwhals",))


def test_duckdb_says_that_it_needs_arrow() -> None:
    code = """
import duckdb
try:
    rb.score_cohort(duckdb.sql("select 'male' as sex"))
except ImportError as error:
    print(type(error).__name__, error)
"""
    found = run(code, ("pyarrow",))
    assert found.startswith("MissingExtraError")
    assert "pip install pyarrow" in found
