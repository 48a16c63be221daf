"""The list of modules in docs/design.md is complete, and imports only go up it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import riskbands

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(riskbands.__file__).parent
FRONT_DOOR = {"__init__", "__main__", "_version"}


def rooms() -> list[str]:
    """Modules in the order of the page, ground floor first."""
    page = (Path(__file__).parents[1] / "docs" / "design.md").read_text("utf-8")
    section = page.split("## Rooms")[1].split("\n## ")[0]
    return [
        name
        for cell in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    ]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_at_once(body: list[ast.stmt]) -> Iterator[str]:
    """Rooms that a module imports as soon as it is loaded."""
    for node in body:
        match node:
            case ast.ImportFrom(module="riskbands", names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)) if module.startswith("riskbands."):
                yield module.split(".")[1]
            case ast.Import(names=names):
                for name in names:
                    if name.name.startswith("riskbands."):
                        yield name.name.split(".")[1]
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.If() | ast.Try() | ast.With() | ast.ClassDef():
                yield from imported_at_once(node.body)


def test_every_module_has_its_place_in_the_list() -> None:
    modules = {room_of(path) for path in PACKAGE.rglob("*.py")} - FRONT_DOOR
    assert sorted(rooms()) == sorted(modules)


def test_modules_import_from_those_above_them_only() -> None:
    place = {name: number for number, name in enumerate(rooms())}
    imports = {
        (room_of(path), other)
        for path in PACKAGE.rglob("*.py")
        if room_of(path) not in FRONT_DOOR
        for other in imported_at_once(ast.parse(path.read_text("utf-8")).body)
        if other not in FRONT_DOOR
    }
    assert ("cohort", "columns") in imports
    assert [f"{a} imports {b}" for a, b in imports if a != b and place[b] >= place[a]] == []
