"""Examples in docstrings run; no example of a page is passed over; links lead somewhere."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import riskbands
from conftest import COMPARISON, console_output, pages, run_console
from scripts.fields_page import PAGE, render

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    + [path for folder in ("docs", "examples") for path in (ROOT / folder).rglob("*.md")]
)
EXECUTED = {"python", "console"}
SHOWN = {"csv", "json", "sh", "sql", "text", "toml"}
# A `sh` block is for building and installing; what uses the library belongs in `console`.
SETUP_COMMANDS = ("python3 -m venv ", ".venv/bin/python -m ", "git clone ", "cd ", "make")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def fences(text: str) -> Iterator[tuple[int, int, str, str]]:
    """First line, last line, language and content of each fenced block."""
    opened: tuple[int, str, str] | None = None
    content: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"[ \t]*(`{3,}|~{3,})(.*)", line)
        if opened is None:
            if mark:
                opened, content = (number, mark[1], mark[2].strip()), []
        elif mark and mark[1].startswith(opened[1]) and not mark[2].strip():
            yield opened[0], number, opened[2], "\n".join(content)
            opened = None
        else:
            content.append(line)
    assert opened is None, f"the block of line {opened and opened[0]} is never closed"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_block_is_of_a_known_language(path: Path) -> None:
    for line, _, language, content in fences(path.read_text("utf-8")):
        where = f"{name_of(path)}:{line}"
        assert language in EXECUTED | SHOWN, f"{where}: give the block a language"
        if language == "sh":
            for command in filter(None, content.splitlines()):
                assert command.strip().startswith(SETUP_COMMANDS), f"{where}: use `console`"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_python_and_console_block_is_executed(path: Path) -> None:
    lines = [example.line for example in pages.parse(path).examples()]
    for first, last, language, _ in fences(path.read_text("utf-8")):
        found = any(first <= line <= last for line in lines)
        assert found == (language in EXECUTED), f"{name_of(path)}:{first}"


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs" / "quickstart.md"], ids=name_of)
def test_first_pages_have_examples_of_both_kinds(path: Path) -> None:
    languages = {language for _, _, language, _ in fences(path.read_text("utf-8"))}
    assert languages >= EXECUTED


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_relative_links_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), f"{name_of(path)}: {target}"


# ------------------------------------------------------------------------------ the console runner


def test_console_accepts_what_the_command_prints() -> None:
    assert run_console("$ echo one; echo two >&2\none\ntwo\n$ true\n") is None


def test_console_joins_continued_lines_and_allows_an_ellipsis() -> None:
    assert run_console("$ echo one \\\n    two three\none ... three\n") is None


def test_console_refuses_other_output() -> None:
    assert "it printed" in (run_console("$ echo one\ntwo\n") or "")
    assert "it printed" in (run_console("$ echo one\n") or "")


def test_console_refuses_an_exit_status_that_is_not_stated() -> None:
    assert run_console("$ exit 2\n[exit status 2]\n") is None
    assert "[exit status 2]" in (run_console("$ exit 2\n") or "")
    assert "[exit status 2]" in (run_console("$ echo one; exit 2\n...\n") or "")
    assert "it printed" in (run_console("$ true\n[exit status 2]\n") or "")


@pytest.mark.parametrize("source", ["", "\n", "riskbands tables\n"])
def test_console_refuses_a_block_without_a_command(source: str) -> None:
    assert run_console(source) is not None


# -------------------------------------------------------------------------------------- docstrings


def docstring_examples() -> Iterator[tuple[str, int, str]]:
    """Module, line and text of each docstring with examples, from the installed package.

    Every string that stands alone in the source is looked at, so nothing depends on how a name is
    bound or decorated.
    """
    installed = Path(riskbands.__file__).parent
    for path in sorted(installed.rglob("*.py")):
        parts = path.relative_to(installed.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Expr(value=ast.Constant(value=str(text)), lineno=line) if ">>>" in text:
                    yield name, line, text


DOCSTRINGS = list(docstring_examples())


@pytest.mark.parametrize(
    ("name", "line", "text"), DOCSTRINGS, ids=[f"{name}:{line}" for name, line, _ in DOCSTRINGS]
)
def test_docstring(
    name: str, line: int, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    module = importlib.import_module(name)
    names = dict(vars(module))
    example = doctest.DocTestParser().get_doctest(text, names, name, module.__file__, line - 1)
    assert example.examples
    report: list[str] = []
    doctest.DocTestRunner(optionflags=COMPARISON).run(example, out=report.append)
    assert not report, "".join(report)


def test_examples_of_docstrings_are_shown_as_code() -> None:
    """Under "Example:" the reference prints a quotation, and takes [x][y] for a link."""
    assert [f"{name}:{line}" for name, line, text in DOCSTRINGS if "Examples:\n" not in text] == []


def test_docstrings_have_examples() -> None:
    assert DOCSTRINGS


def test_the_design_page_names_files_that_are_there() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    table = page.partition("## Where to look")[2].partition("\n## ")[0]
    source = ROOT / "src" / "riskbands"
    named = [n for n in re.findall(r"`([\w./]+)`", table) if "/" in n or n.endswith(".py")]
    assert len(named) > 20
    for name in named:
        assert (source / name).exists() or any(source.glob(f"*/{name}")), name


def test_page_of_fields_is_that_of_the_vocabulary() -> None:
    assert PAGE.read_text("utf-8") == render()


@pytest.mark.parametrize(
    "command", ["score", "explain", "evaluate", "tables", "bands", "predictors"]
)
def test_page_of_the_command_line_has_every_option(command: str) -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text("utf-8")
    options = re.findall(r"--[a-z-]+", "\n".join(console_output(f"riskbands {command} --help")))
    assert "--help" in options
    assert [option for option in options if f"`{option}" not in page] == []


def test_every_public_name_is_in_the_reference() -> None:
    pages = [p.read_text("utf-8") for p in (ROOT / "docs" / "reference").glob("*.md")]
    text = "\n".join(pages)
    named = re.findall(r"`([\w.]+)`", text) + re.findall(r"^::: ([\w.]+)", text, re.MULTILINE)
    found = {name.split(".")[-1] for name in named}
    # Predictors have pages of their own; `assessments` is the module of names listed one by one.
    elsewhere = {*riskbands.predictors.by_id, "__version__", "assessments"}
    assert set(riskbands.__all__) - found - elsewhere == set()
