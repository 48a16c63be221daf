"""Figures by the name of a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from riskbands.analysis.figures import Figures
from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MISSING_GROUP", "Groups", "Named"]

T = TypeVar("T")

#: What the group of people without a label is called.
MISSING_GROUP: Final = "missing"


class Named(dict[str, T]):
    """Figures by name, where an unknown name is told with those there are."""

    def __init__(self, what: str, figures: Mapping[str, T]) -> None:
        super().__init__(figures)
        self._what = what

    def __missing__(self, key: object) -> T:
        raise UnknownNameError(self._what, str(key), self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._what, dict(self))


class Groups(Mapping[str, Figures]):
    """Figures by group.

    With one column of groups the key is the label; with several it is ``column=label``, and the
    label alone is understood where one column has it. ``missing`` stands for no label.
    """

    def __init__(self, figures: Sequence[Figures]) -> None:
        self._figures = tuple(figures)
        several = len({f.by for f in figures}) > 1
        self._by_key = {f"{f.by}={f.group}" if several else f.group: f for f in figures}

    def __getitem__(self, key: str) -> Figures:
        if key in self._by_key:
            return self._by_key[key]
        named = [f for f in self._figures if key in (f"{f.by}={f.group}", f.group)]
        if len(named) != 1:
            raise UnknownNameError("group", str(key), self._by_key)
        return named[0]

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except UnknownNameError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __repr__(self) -> str:
        return f"<Groups: {', '.join(self)}>"
