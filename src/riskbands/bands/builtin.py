"""The built-in band tables, by id: one cited file each, read when first asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from riskbands.bands.files import from_toml
from riskbands.bands.library import built_in_ids, built_in_text, schema_text
from riskbands.bands.scale import BandScale
from riskbands.bands.table import BandTable
from riskbands.errors import TableError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SCALES", "as_bands", "band_table", "band_table_schema", "band_tables"]


class _BuiltIn(Mapping[str, BandTable]):
    """Built-in tables by id, each read when first asked for."""

    def __getitem__(self, name: str) -> BandTable:
        if name not in built_in_ids():
            raise UnknownNameError("band table", name, built_in_ids())
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(built_in_ids())

    def __len__(self) -> int:
        return len(built_in_ids())

    def __contains__(self, name: object) -> bool:
        return name in built_in_ids()

    def __repr__(self) -> str:
        return f"<band tables: {', '.join(self)}>"


@functools.cache
def _load(name: str) -> BandTable:
    table = from_toml(built_in_text(name), f"{name}.toml", BandTable)
    if table.id != name:
        raise TableError(f"{name}.toml: the id of the table must be the name of its file")
    return table


#: The built-in tables, a read-only mapping from id to table.
band_tables: Final[Mapping[str, BandTable]] = _BuiltIn()


#: Levels that an instrument gives by category: they have an order and no edges.
SCALES: Final[Mapping[str, BandScale]] = MappingProxyType(
    {scale.id: scale for scale in (BandScale("osp-iic", ("Low", "Medium", "High")),)}
)


def band_table(name: str) -> BandTable:
    """The built-in table with this id.

    Raises:
        UnknownNameError: There is none; the nearest ids are suggested.
        TableError: It is a scale of levels without edges, which bands no number.

    Examples:
        >>> band_table("rsr-2025").classify(6.9)
        High [6.9, inf)
    """
    if name in SCALES:
        raise TableError(
            f"{name} has levels and no edges ({', '.join(SCALES[name].labels)}): the instrument "
            "gives its level by category, and no number is banded with it"
        )
    return band_tables[name]


def as_bands(bands: BandTable | str | Path) -> BandTable:
    """A table from a table, the id of a built-in one, or the path of a file (TOML or JSON).

    A text with a slash, or with the ending ``.toml`` or ``.json``, is a path. A table with the id
    of a built-in one and other content comes back with ``(modified)`` in its id.

    Raises:
        UnknownNameError: No built-in table has that id.
        TableError: The file is no band table, or cannot be read.
    """
    if isinstance(bands, BandTable):
        return bands.marked()
    given: object = bands
    if not isinstance(given, str) and not hasattr(given, "__fspath__"):
        kind = type(bands).__name__
        raise TableError(f"bands are a BandTable, an id or a path, not a value of type {kind}")
    text = str(bands)
    if isinstance(bands, str) and not ("/" in text or text.endswith((".toml", ".json"))):
        return band_table(text)
    try:
        return BandTable.from_file(text)
    except OSError as error:
        raise TableError(f"cannot read {text}: {error.strerror}") from error


def band_table_schema() -> dict[str, Any]:
    """The JSON Schema of a table's file, as data."""
    import json

    schema: dict[str, Any] = json.loads(schema_text())
    return schema
