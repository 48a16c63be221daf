"""The built-in band tables, by id: one cited file each, read when first asked for."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from riskbands.bands.files import from_toml
from riskbands.bands.table import BandTable
from riskbands.errors import TableError, UnknownNameError

__all__ = ["band_table", "band_table_schema", "band_tables"]

_DATA: Final = resources.files("riskbands") / "data"


class _BuiltIn(Mapping[str, BandTable]):
    """Built-in tables by id, each read when first asked for."""

    def __getitem__(self, name: str) -> BandTable:
        if name not in self._ids():
            raise UnknownNameError("band table", name, self._ids())
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids())

    def __len__(self) -> int:
        return len(self._ids())

    def __contains__(self, name: object) -> bool:
        return name in self._ids()

    def __repr__(self) -> str:
        return f"<band tables: {', '.join(self)}>"

    @staticmethod
    @functools.cache
    def _ids() -> tuple[str, ...]:
        files = (_DATA / "bands").iterdir()
        return tuple(
            sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml"))
        )


@functools.cache
def _load(name: str) -> BandTable:
    file = _DATA / "bands" / f"{name}.toml"
    table = from_toml(file.read_text(encoding="utf-8"), file.name)
    if table.id != name:
        raise TableError(f"{file.name}: the id of the table must be the name of its file")
    return table


#: The built-in tables, a read-only mapping from id to table.
band_tables: Final[Mapping[str, BandTable]] = _BuiltIn()


def band_table(name: str) -> BandTable:
    """The built-in table with this id.

    Raises:
        UnknownNameError: There is none; the nearest ids are suggested.

    Example:
        >>> band_table("rsr-2025").classify(6.9)
        High [6.9, inf)
    """
    return band_tables[name]


def band_table_schema() -> dict[str, Any]:
    """The JSON Schema of a table's file, as data."""
    text = (_DATA / "band-table.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
