"""The list of wings in docs/design.md is complete; imports only go up it, and never in a circle.

Every import counts: at the top of a module, inside a function, and for type checkers alone.
"""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import riskbands

PACKAGE = Path(riskbands.__file__).parent
PAGE = Path(__file__).parents[1] / "docs" / "design.md"
FRONT_DOOR = {"riskbands", "riskbands.__main__", "riskbands._version"}
#: Longer modules, which the design page gives a reason for.
MOST_LINES = 432


def wings() -> list[str]:
    """Wings in the order of the page, ground floor first."""
    section = PAGE.read_text("utf-8").split("## The wings")[1].split("\n## ")[0]
    return [
        name
        for cell in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    ]


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ["riskbands", *path.relative_to(PACKAGE).with_suffix("").parts]
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports() -> dict[str, set[str]]:
    """Modules of the package that each module imports, anywhere in it."""
    known = modules()
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        here: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ImportFrom(module=str(module), level=0, names=names):
                    of = {f"{module}.{n.name}" for n in names}
                    here |= {m if m in known else module for m in of}
                case ast.Import(names=names):
                    here |= {n.name for n in names}
                case ast.ImportFrom():
                    raise AssertionError(f"{name} has a relative import")
        found[name] = (here & known.keys()) - {name}
    return found


def wing_of(module: str) -> str:
    return module.split(".")[1]


def test_every_module_has_its_place_in_the_list() -> None:
    found = {wing_of(name) for name in modules() if name not in FRONT_DOOR}
    assert sorted(wings()) == sorted(found)


def test_a_wing_says_what_it_is_in_one_sentence() -> None:
    for path in PACKAGE.glob("*/__init__.py"):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert text is not None, path
        assert text.splitlines()[0].endswith("."), path


def test_modules_import_from_the_wings_above_them_only() -> None:
    place = {name: number for number, name in enumerate(wings())}
    found = {
        (one, other)
        for one, others in imports().items()
        for other in others
        if one not in FRONT_DOOR and other not in FRONT_DOOR and wing_of(one) != wing_of(other)
    }
    assert ("riskbands.cohorts.cohort", "riskbands.vocabulary.naming") in found
    assert [
        f"{one} imports {other}"
        for one, other in sorted(found)
        if place[wing_of(other)] > place[wing_of(one)]
    ] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: others - FRONT_DOOR for name, others in imports().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(reversed(error.args[1]))) from None


def test_a_module_fits_a_few_screens_or_the_page_says_why_not() -> None:
    long = {
        name: lines
        for name, path in modules().items()
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    page = PAGE.read_text("utf-8")
    assert [f"{n}: {lines} lines" for n, lines in long.items() if f"`{n}`" not in page] == []
