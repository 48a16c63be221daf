"""Series of pandas and Polars: recognised without importing either, and given back alike."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from riskbands.arithmetic.masked import is_a

if TYPE_CHECKING:
    from riskbands.bands.array import BandArray

__all__ = ["Series", "SeriesT", "as_series", "is_series"]


class Series(Protocol):
    """What a Series of pandas and one of Polars have in common, and an array has not."""

    @property
    def name(self) -> Any:
        """Its name."""

    def to_list(self) -> list[Any]:
        """Its values."""


SeriesT = TypeVar("SeriesT", bound=Series)


def _kind(x: object) -> str:
    """``pandas`` or ``polars`` for a Series of one of them, else an empty text."""
    for library in ("pandas", "polars"):
        if is_a(x, library, "Series"):
            return library
    return ""


def is_series(x: object) -> bool:
    """Whether ``x`` is a Series of pandas or of Polars."""
    return bool(_kind(x))


def as_series(bands: BandArray, like: Any) -> Any:
    """The bands as a Series of the library of ``like``, with its name and index."""
    if _kind(like) == "polars":
        return bands.to_polars().alias(like.name)
    pandas = sys.modules["pandas"]
    return pandas.Series(bands.to_pandas(), index=like.index, name=like.name)
