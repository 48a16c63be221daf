"""Functions of Arrow by their names, without loading `pyarrow.compute`.

That module makes a Python function, with a signature and a docstring, of each of some three
hundred, which takes longer than to score a small file. Methods of arrays such as ``cast`` and
``take`` load it too, so what a small file needs is called here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

try:
    from pyarrow._compute import CastOptions, JoinOptions, TrimOptions, call_function
except ImportError:  # pragma: no cover - a PyArrow that keeps them elsewhere
    from pyarrow.compute import CastOptions, JoinOptions, TrimOptions, call_function

__all__ = [
    "call",
    "cast",
    "encoded",
    "ends",
    "glued",
    "is_missing",
    "take",
    "trimmed",
]


def call(name: str, *arrays: Any) -> Any:
    """What a function gives that needs no options."""
    return call_function(name, list(arrays))


def cast(array: pa.Array, kind: Any, *, safe: bool = True) -> pa.Array:
    """The values as another type; ``safe`` refuses what it cannot hold."""
    options = CastOptions.safe(kind) if safe else CastOptions.unsafe(kind)
    return call_function("cast", [array], options)


def take(array: pa.Array, places: pa.Array) -> pa.Array:
    """The values at these places."""
    return call("take", array, places)


def encoded(array: pa.Array) -> pa.DictionaryArray:
    """The different values, and the place of each among them."""
    return call("dictionary_encode", array)


def is_missing(array: pa.Array) -> NDArray[np.bool_]:
    """Where there is no value."""
    found = call("is_null", array)
    missing: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return missing


def ends(array: pa.Array) -> tuple[Any, Any]:
    """The least and the greatest value; None where there is none."""
    found = call("min_max", array).as_py()
    return found["min"], found["max"]


def trimmed(texts: pa.Array, characters: str) -> pa.Array:
    """Texts without these characters at their ends."""
    return call_function("ascii_rtrim", [texts], TrimOptions(characters))


def glued(parts: list[Any], between: str) -> pa.Array:
    """Columns and constants joined row by row; a missing cell is blank."""
    kind = pa.large_string()
    parts = [pa.scalar(part, kind) if isinstance(part, str) else part for part in parts]
    options = JoinOptions(null_handling="replace", null_replacement="")
    joined = [*parts, pa.scalar(between, kind)]
    return call_function("binary_join_element_wise", joined, options)
