"""Columns of groups as small codes, whatever they come in: numbers, texts, categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.analysis.reading import MISSING, OUTCOMES, Table, is_series, plain
from riskbands.analysis.texts import few_texts
from riskbands.bands.array import BandArray
from riskbands.errors import InputError, Issue
from riskbands.vocabulary.fields import Field, Kind, is_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["labels_of"]

_BLOCK: Final = 1 << 20


@attrs.frozen(eq=False)
class _Labels(Field):
    """A field whose answers are whatever texts there are; each gets the next code."""

    known: dict[str, int] = attrs.field(factory=dict)

    def parse(self, raw: Any) -> Any:
        if isinstance(raw, bytes):
            raw = raw.decode("utf-8", "replace")
        if is_missing(raw):
            return None
        if hasattr(raw, "item") and getattr(raw, "ndim", None) == 0:
            raw = raw.item()
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        text = str(raw)
        return None if text == OUTCOMES[MISSING] else text

    def encode(self, value: Any) -> int:
        return self.known.setdefault(value, len(self.known))


def labels_of(table: Table, name: str, what: str) -> tuple[NDArray[Any], list[str | None]]:
    """A column of groups as codes, and the label of each code; the last is None, for missing.

    Whole numbers are taken as codes of themselves, texts and categories by their text.

    Raises:
        InputError: The column holds dates or the like.
        UnknownNameError: There is no such column.
    """
    column = table.column(name, what)
    for read in (_small_whole, _categories, _texts):
        found = read(column)
        if found is not None:
            return found
    field = _Labels(name, Kind.TEXT)
    reader = table.reader(field, name)
    rows = len(reader)
    codes = np.empty(rows, dtype=np.int32)
    for start in range(0, rows, _BLOCK):
        stop = min(start + _BLOCK, rows)
        block = reader.block(start, stop)
        if block.faults:
            raise InputError(
                Issue(
                    "unusable_column",
                    (name,),
                    f"column {name} cannot be used for groups: it must hold texts, categories, "
                    "truths or whole numbers",
                )
            )
        codes[start:stop] = block.values
        if block.valid is not True:
            codes[start:stop][~np.asarray(block.valid)] = -1
    labels: list[str | None] = [*field.known, None]
    codes[codes < 0] = len(labels) - 1
    return codes.astype(np.min_scalar_type(len(labels)), copy=False), labels


def _small_whole(column: Any) -> tuple[NDArray[Any], list[str | None]] | None:
    """Codes of whole numbers that lie near each other; None for anything else."""
    if isinstance(column, BandArray) or not _holds_integers(column):
        return None
    values, mask = plain(column)
    if values.dtype.kind == "b" and mask is None:
        return values.view(np.uint8), ["False", "True", None]
    if values.dtype.kind not in "iu":
        return None
    if not len(values):
        return values.astype(np.uint8), [None]
    low, high = int(values.min()), int(values.max())
    if high - low >= 4096:
        return None
    labels: list[str | None] = [*map(str, range(low, high + 1)), None]
    codes = values if low == 0 else values.astype(np.int64) - low
    codes = codes.astype(np.min_scalar_type(len(labels)), copy=False)
    if mask is not None:
        codes = np.where(mask, codes.dtype.type(len(labels) - 1), codes)
    return codes, labels


def _holds_integers(column: Any) -> bool:
    if isinstance(column, np.ndarray):
        return column.dtype.kind in "biu"
    if not is_series(column):
        return False
    import narwhals.stable.v1 as nw

    if type(column).__module__.startswith("pyarrow") and not hasattr(column, "chunks"):
        return str(column.type).startswith(("int", "uint"))
    return bool(nw.from_native(column, series_only=True).dtype.is_integer())


def _label(raw: Any) -> str | None:
    """What a value is called; None for a missing one."""
    label: str | None = _Labels("group", Kind.TEXT).parse(raw)
    return label


def _categories(column: Any) -> tuple[NDArray[Any], list[str | None]] | None:
    """The codes of categories as they are; None where a column has no one list of them."""
    library = type(column).__module__.partition(".")[0] if is_series(column) else ""
    if library == "pandas" and hasattr(column, "cat"):
        values, indices = column.cat.categories.tolist(), column.cat.codes.to_numpy()
    elif library == "pyarrow" and hasattr(column.type, "index_type"):
        chunks = [c for c in getattr(column, "chunks", [column]) if len(c)]
        if not chunks or any(c.indices.null_count for c in chunks):
            return None
        if not all(c.dictionary.equals(chunks[0].dictionary) for c in chunks[1:]):
            return None
        values = chunks[0].dictionary.to_pylist()
        parts = [c.indices.to_numpy() for c in chunks]
        indices = parts[0] if len(parts) == 1 else np.concatenate(parts)
    else:
        return None
    if not all(v is None or isinstance(v, str) for v in values):
        return None
    labels = [*map(_label, values), None]
    if len(indices) and int(indices.min()) < 0:
        indices = np.where(indices < 0, indices.dtype.type(len(values)), indices)
    return indices, labels


def _texts(column: Any) -> tuple[NDArray[Any], list[str | None]] | None:
    """Codes of an array of few different texts; None for anything else."""
    found = few_texts(column)
    if found is None:
        return None
    codes, values = found
    # a value of another type may equal one that means something else
    if not all(value is None or type(value) is str for value in values):
        return None
    return codes, [*map(_label, values), None]
