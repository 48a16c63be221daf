"""The files of the built-in band tables, by id: text, not yet read."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Final

__all__ = ["built_in_ids", "built_in_text", "schema_text"]

_DATA: Final = resources.files("riskbands") / "data"


@functools.cache
def built_in_ids() -> tuple[str, ...]:
    """Ids of the built-in tables, sorted."""
    files = (_DATA / "bands").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def built_in_text(name: str) -> str:
    """The TOML of a built-in table; ``name`` is one of `built_in_ids`."""
    return (_DATA / "bands" / f"{name}.toml").read_text(encoding="utf-8")


def schema_text() -> str:
    """The JSON Schema of a table's file."""
    return (_DATA / "band-table.schema.json").read_text(encoding="utf-8")
