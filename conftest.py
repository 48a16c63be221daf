"""Every example of the documentation is a test.

A ```` ```python ```` block is run, or compared with its output when it is written with ``>>>``.
A ```` ```console ```` block is run line by line and its output compared. Both run in a copy of the
bundled examples, one for each page, so a page may write files and read them again further down.

The examples in docstrings are run by ``tests/test_documentation.py``, from the installed package.
"""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

if TYPE_CHECKING:
    from sybil import Example

# A machine that runs other work beside the tests is slow now and then; that is no failure. Where
# CI is set, the examples are the same in every run; elsewhere each run looks for new ones.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")

ROOT = Path(__file__).parent
PROMPT = "$ "
COMPARISON = doctest.ELLIPSIS


def console_environment() -> dict[str, str]:
    """The environment of a plain terminal, 100 columns wide, with this Python's scripts first."""
    scripts = sysconfig.get_path("scripts")
    return {
        **os.environ,
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)]),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error",
    }


def console_sessions(source: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines it is to print.

    Lines that start with ``$`` are commands, the lines after each its output. A command may go on
    after a backslash at the end of its line.

    Raises:
        ValueError: The block has no command, or does not start with one.
    """
    sessions: list[tuple[str, list[str]]] = []
    for line in source.splitlines():
        if line.startswith(PROMPT):
            sessions.append((line.removeprefix(PROMPT), []))
        elif sessions and sessions[-1][0].endswith("\\"):
            command, expected = sessions.pop()
            sessions.append((f"{command}\n{line}", expected))
        elif sessions:
            sessions[-1][1].append(line)
        else:
            raise ValueError(f"a console block starts with a line that starts with {PROMPT!r}")
    if not sessions:
        raise ValueError("this console block is empty")
    return sessions


def console_output(command: str) -> list[str]:
    """The lines a command prints: both streams, in the order in which they come.

    A command that fails ends with a line such as ``[exit status 2]``.
    """
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env=console_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    failed = [f"[exit status {done.returncode}]"] if done.returncode else []
    return [*(line.rstrip() for line in done.stdout.splitlines()), *failed]


def console_matches(expected: list[str], got: list[str]) -> bool:
    """Whether a command printed what it is to print; ``...`` stands for anything but a failure."""

    def status(lines: list[str]) -> str:
        return lines[-1] if lines and lines[-1].startswith("[exit status") else ""

    want_text, got_text = ("\n".join([*lines, ""]).strip("\n") for lines in (expected, got))
    matches = doctest.OutputChecker().check_output(want_text, got_text, COMPARISON)
    return status(expected) == status(got) and matches


def run_console(source: str) -> str | None:
    """Run a console session; return what is wrong with it, or None."""
    try:
        sessions = console_sessions(source)
    except ValueError as error:
        return str(error)
    for command, expected in sessions:
        got = console_output(command)
        if not console_matches(expected, got):
            return "\n".join([f"$ {command}", "expected:", *expected, "but it printed:", *got])
    return None


def check_console(example: Example) -> str | None:
    """Run the console block that sybil found."""
    return run_console(str(example.parsed))


def enter_copy(namespace: dict[str, Any]) -> None:
    """Go to a new directory that holds the bundled examples."""
    directory = Path(tempfile.mkdtemp(prefix="riskbands-docs-"))
    namespace["__directory__"] = (directory, Path.cwd())
    shutil.copytree(ROOT / "examples", directory / "examples")
    os.chdir(directory)


def leave_copy(namespace: dict[str, Any]) -> None:
    """Go back and remove the copy."""
    directory, before = namespace["__directory__"]
    os.chdir(before)
    shutil.rmtree(directory)


pages = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=COMPARISON),
        CodeBlockParser("console", check_console),
    ],
    pattern="*.md",
    setup=enter_copy,
    teardown=leave_copy,
)

if sys.platform != "win32":  # the console examples are those of a POSIX shell
    pytest_collect_file = pages.pytest()
