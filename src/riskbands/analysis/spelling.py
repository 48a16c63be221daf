"""Groups and scales as a column has them: a known field in one spelling, categories in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.arithmetic.masked import is_a
from riskbands.vocabulary.fields import FieldFault, Kind, is_missing
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["capitals_alone", "group_text", "group_texts", "ordered_labels"]

#: Groups that are named in a remark, at most.
_MOST_NAMED: Final = 8
_SPELT = (Kind.ENUM, Kind.BOOL, Kind.LEVEL)


def group_text(text: str) -> str | None:
    """The label of a group without the blanks around it; None for one that means missing.

    Blanks are all that ``str.strip`` takes away, so a no-break space too.

    Examples:
        >>> group_text("Asian\N{NO-BREAK SPACE}"), group_text("missing ")
        ('Asian', None)
    """
    label = text.strip()
    return None if label in ("", "missing") else label


def capitals_alone(column: str, labels: Iterable[str | None]) -> tuple[str, ...]:
    """A remark on groups of a column that differ by capitals alone; none without such.

    Examples:
        >>> capitals_alone("area", ["North", "NORTH", "South"])
        ('By area, 2 groups differ by capitals alone: NORTH, North. They are counted apart; ...',)
    """
    alike: dict[str, set[str]] = {}
    for label in labels:
        if label is not None:
            alike.setdefault(label.casefold(), set()).add(label)
    found = [label for _, same in sorted(alike.items()) if len(same) > 1 for label in sorted(same)]
    if not found:
        return ()
    named = ", ".join(found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return (
        f"By {column}, {len(found)} groups differ by capitals alone: {named}{more}. They are "
        "counted apart; if they are the same, write them alike and count again.",
    )


def group_texts(name: str, values: Iterable[Any]) -> NDArray[np.object_]:
    """The group of each row as a text; ``missing`` where it is missing.

    Blanks around a text make no other group.

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

    def plain(value: Any) -> str:
        return group_text(str(value)) or "missing"

    def text(value: Any) -> str:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if value is None or is_missing(value):
            return "missing"
        if f is None or f.kind not in _SPELT:
            return plain(value)
        try:
            found = f.parse(value)
        except FieldFault:
            return plain(value)
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
