"""What equal values have in common: they are compared, hashed and shown by their fields.

attrs would write these methods anew for each class. Python compiles what it writes, and of the time
that making a class takes that is the larger part: for the hundred classes that a first score
needs, a third of all it takes. Here they are written once. How an object is made stays with attrs.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs

__all__ = ["ByFields"]


class ByFields:
    """A base of classes of attrs that are made with ``eq=False, repr=False``.

    Two are equal when they are of the same class and their fields are equal; a field that is
    declared with ``eq=False`` does not count, and one with ``repr=False`` is not shown.

    Examples:
        >>> @attrs.frozen(eq=False, repr=False)
        ... class Edge(ByFields):
        ...     at: int
        ...     why: str = attrs.field(default="", eq=False)
        >>> Edge(3, "a") == Edge(3, "b"), Edge(3, "a")
        (True, Edge(at=3, why='a'))
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        kind: Any = type(self)
        return all(getattr(self, name) == getattr(other, name) for name in _compared(kind))

    def __hash__(self) -> int:
        kind: Any = type(self)
        return hash((kind, *(getattr(self, name) for name in _hashed(kind))))

    def __repr__(self) -> str:
        kind: Any = type(self)
        shown = (f"{name}={getattr(self, name)!r}" for name in _shown(kind))
        return f"{kind.__qualname__}({', '.join(shown)})"


@cache
def _compared(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(kind) if a.eq)


@cache
def _hashed(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(kind) if (a.eq if a.hash is None else a.hash))


@cache
def _shown(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(kind) if a.repr)
