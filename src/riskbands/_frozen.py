"""A dictionary that cannot be changed, shown as a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FrozenDict", "frozen"]

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """The numbers of a score by name."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a score cannot be changed; copy its values with dict()")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = pop = popitem = clear = setdefault = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


def frozen(given: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """A copy that cannot be changed."""
    return FrozenDict(given)
