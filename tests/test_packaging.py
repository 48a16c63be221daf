"""The wheel and the source archive: what is in them, and what the wheel can do on its own."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import riskbands
from riskbands._version import DISTRIBUTION

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "riskbands"

# A row of a public test suite: a man of 20, first sanction, violence. See tests/data.
PUBLISHED_CASE = """
import json
import riskbands as rb

case = rb.OASysAssessment(
    sex="male", age_at_conviction=20, age_at_follow_up=20, first_sanction_age=20,
    sanctions=1, offence_group="violence",
)
score = rb.ogrs3.score(case)
print(json.dumps({"percent": dict(score.percent), "probability": dict(score.probability),
                  "band": score.band.label, "file": rb.__file__}))
"""


def run(*command: str | Path, cwd: Path = ROOT, status: int = 0) -> str:
    """Run a command; return its standard output, or fail with all it printed."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


def package_files() -> dict[str, bytes]:
    """Every file of the package in the checkout, by its name in the wheel."""
    return {
        path.relative_to(SOURCE.parent).as_posix(): path.read_bytes()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source archive of this checkout."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", directory)
    return directory


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def bare_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel and the packages it requires, and no others.

    The required packages are linked from this environment, so no network is needed.
    """
    # The space in the name is meant.
    directory = tmp_path_factory.mktemp("bare env")
    venv.create(directory, with_pip=False, symlinks=True)
    python = directory / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)

    (site_packages,) = directory.glob("lib/python*/site-packages")
    (information,) = site_packages.glob("riskbands_justice-*.dist-info")
    requires = importlib.metadata.PathDistribution(information).requires or []
    for requirement in map(Requirement, requires):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        distribution = importlib.metadata.distribution(requirement.name)
        top = {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}
        for name in top - {"__pycache__"}:
            (site_packages / name).symlink_to(Path(str(distribution.locate_file(name))).resolve())
    run(*pip, "check")
    return python


def test_the_tests_run_on_the_package_of_this_checkout() -> None:
    installed = Path(riskbands.__file__).parent
    found = {
        path.relative_to(installed.parent).as_posix(): path.read_bytes()
        for path in installed.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found == package_files()


def test_wheel_holds_the_whole_package_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    information = f"riskbands_justice-{riskbands.__version__}.dist-info/"
    assert {k: v for k, v in found.items() if not k.startswith(information)} == package_files()
    assert found[information + "licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_package_holds_its_type_marker_and_its_tables() -> None:
    names = set(package_files())
    assert "riskbands/py.typed" in names
    assert "riskbands/data/offences.csv" in names
    assert "riskbands/data/coefficients/ogrs3-2009.toml" in names
    assert any(re.fullmatch(r"riskbands/data/bands/.+\.toml", name) for name in names)


def test_core_requires_only_numpy_and_attrs() -> None:
    requires = [Requirement(text) for text in importlib.metadata.requires(DISTRIBUTION) or []]
    assert {r.name for r in requires if r.marker is None} == {"numpy", "attrs"}
    assert all("extra" in str(r.marker) for r in requires if r.marker is not None)


def test_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert (unpacked / "tests" / Path(__file__).name).is_file()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=unpacked)
    (rebuilt,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(rebuilt) as ours, zipfile.ZipFile(wheel) as theirs:
        assert {n: ours.read(n) for n in ours.namelist()} == {
            n: theirs.read(n) for n in theirs.namelist()
        }


def test_wheel_scores_a_case_with_nothing_but_what_it_requires(bare_python: Path) -> None:
    got: dict[str, Any] = json.loads(run(bare_python, "-c", PUBLISHED_CASE))
    assert Path(got["file"]).is_relative_to(bare_python.parents[1])
    assert got["percent"] == {"1yr": 12, "2yr": 22}
    assert got["probability"]["2yr"] == pytest.approx(0.22130521140511314, abs=5e-5)
    assert got["band"] == "Low"


def test_command_without_its_extra_names_the_extra(bare_python: Path) -> None:
    message = run(bare_python, "-m", "riskbands", "tables", status=2)
    assert "[cli] extra of riskbands-justice" in message
    assert "Traceback" not in message


def test_reading_a_file_without_the_extra_names_the_extra(bare_python: Path) -> None:
    code = (
        "from riskbands import *; import riskbands as rb\n"
        "try: rb.read_table('x.csv')\n"
        "except rb.MissingExtraError as error: print(error)"
    )
    assert "[cli] extra of riskbands-justice" in run(bare_python, "-c", code)


def modules_loaded_by(code: str) -> set[str]:
    """Names of the installed packages that a piece of code loads."""
    program = f"""
import sys
before = set(sys.modules)
{code}
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(new - sys.stdlib_module_names), sep="\\n")
"""
    loaded = set(run(sys.executable, "-W", "error", "-c", program).splitlines())
    return {name for name in loaded if "cython" not in name}  # inner modules of NumPy 1


def test_import_loads_no_installed_package() -> None:
    assert modules_loaded_by("import riskbands") == {"riskbands"}


def test_everything_public_loads_numpy_and_attrs_and_nothing_else_that_is_installed() -> None:
    code = "import riskbands\nfor name in riskbands.__all__: getattr(riskbands, name)"
    assert modules_loaded_by(code) == {"attr", "attrs", "numpy", "riskbands"}


def test_scoring_loads_nothing_more() -> None:
    code = PUBLISHED_CASE + 'rb.score_cohort({"sex": ["F"], "sanctions": [1]}, ["ogrs3"])'
    loaded = modules_loaded_by(code)
    assert loaded >= {"numpy", "riskbands"}
    assert not loaded & {"duckdb", "narwhals", "pandas", "polars", "pyarrow", "rich", "typer"}


def test_no_page_and_no_message_installs_the_other_package_of_this_name() -> None:
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *SOURCE.rglob("*.py")]
    advice = re.compile(r"(?:pip|uv|pipx)\s[^`\n]*\binstall\b[^`\n]*[\s'\"]riskbands(?!-justice)\b")
    assert advice.search('pip install "riskbands[cli]"')
    assert not advice.search("pip install riskbands-justice")
    found = [path.name for path in texts if advice.search(path.read_text("utf-8"))]
    assert found == []


def test_version_is_the_same_everywhere() -> None:
    version = riskbands.__version__
    assert importlib.metadata.version(DISTRIBUTION) == version
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[?(\d[^\]\s]*)", changelog, re.MULTILINE)[0] == version
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [version]


def test_changelog_names_every_built_in_table() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9-]+)`", changelog))
    assert {*riskbands.coefficient_tables, *riskbands.band_tables} <= named
