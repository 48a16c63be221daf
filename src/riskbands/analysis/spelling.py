"""Groups and scales as a column has them: a known field in one spelling, categories in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.arithmetic.masked import is_a
from riskbands.vocabulary.fields import FieldFault, Kind, is_missing
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["group_texts", "ordered_labels"]

_SPELT = (Kind.ENUM, Kind.BOOL, Kind.LEVEL)


def group_texts(name: str, values: Iterable[Any]) -> NDArray[np.object_]:
    """The group of each row as a text; ``missing`` where it is missing.

    Args:
        name: What the column is called. Where it is a field, values that mean the same are one
            group, however they are written: ``M`` and ``male``.
        values: The values.

    Examples:
        >>> group_texts("sex", ["M", "male", "F", None, "x"]).tolist()
        ['male', 'male', 'female', 'missing', 'x']
        >>> group_texts("team", ["a", "A"]).tolist()
        ['a', 'A']
    """
    f = built_in().fields.get(name)
    known: dict[tuple[type, Any], str] = {}

    def text(value: Any) -> str:
        if value is None or is_missing(value):
            return "missing"
        if f is None or f.kind not in _SPELT:
            return str(value)
        try:
            found = f.parse(value)
        except FieldFault:
            return str(value)
        if f.kind is Kind.BOOL:
            return "yes" if found else "no"
        return str(found)

    listed = []
    for value in values:
        try:
            key = type(value), value
            listed.append(known[key] if key in known else known.setdefault(key, text(value)))
        except TypeError:  # it cannot be hashed
            listed.append(text(value))
    return np.array(listed, dtype=object)


def ordered_labels(column: Any) -> tuple[str, ...]:
    """The labels of a column that says their order, the lowest first; none where it says none.

    Such are an ordered categorical of pandas, an Enum of Polars and an ordered dictionary of Arrow.

    Examples:
        >>> import polars as pl
        >>> ordered_labels(pl.Series(["Low"], dtype=pl.Enum(["Low", "High"])))
        ('Low', 'High')
    """
    dtype = getattr(column, "dtype", None)
    if getattr(dtype, "ordered", False):
        return tuple(map(str, getattr(dtype, "categories", ())))
    if type(dtype).__module__.startswith("polars") and type(dtype).__name__ == "Enum":
        return tuple(getattr(dtype, "categories", ()))
    kind: Any = getattr(column, "type", None)
    if is_a(kind, "pyarrow", "DictionaryType") and kind.ordered:
        whole = column.combine_chunks() if hasattr(column, "combine_chunks") else column
        chunks = whole.chunks if hasattr(whole, "chunks") else [whole]
        return tuple(map(str, chunks[0].dictionary.to_pylist())) if chunks else ()
    return ()
