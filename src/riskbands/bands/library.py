"""The files of the built-in band tables, by id: text, not yet read."""

from __future__ import annotations

import functools

from riskbands import _data

__all__ = ["built_in_ids", "built_in_text", "schema_text"]


@functools.cache
def built_in_ids() -> tuple[str, ...]:
    """Ids of the built-in tables, sorted."""
    return _data.names("bands", ".toml")


def built_in_text(name: str) -> str:
    """The TOML of a built-in table; ``name`` is one of `built_in_ids`."""
    return _data.text("bands", f"{name}.toml")


def schema_text() -> str:
    """The JSON Schema of a table's file."""
    return _data.text("band-table.schema.json")
