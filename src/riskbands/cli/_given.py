"""Commands that are made when they are asked for, and options taken as they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Command", "Group", "Made"]


class Command(TyperCommand):
    """A command that does not load pydantic to find out that a text is a text.

    Later versions of typer check every option by it, and loading it takes longer than scoring a
    small file. Where typer has no such place, or an option is no text, typer does as it does.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _take_texts(self.params)

    def get_help_option(self, ctx: Any) -> Any:
        """The option ``--help``, which is no text either."""
        return _take_texts([super().get_help_option(ctx)])[0]


class Group(TyperGroup):
    """Commands, with options that are taken in the same way."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _take_texts(self.params)

    def get_help_option(self, ctx: Any) -> Any:
        """The option ``--help``."""
        return _take_texts([super().get_help_option(ctx)])[0]


class Made(Mapping[str, Any]):
    """Commands by name, each made of its function when it is asked for.

    Typer would read the options of all commands before it runs one.

    Args:
        functions: By name, in the order of the help.
    """

    def __init__(self, functions: Mapping[str, Callable[..., None]]) -> None:
        self._functions = functions
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            alone = typer.Typer(
                add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
            )
            alone.command(cls=Command)(self._functions[name])
            self._made[name] = typer.main.get_command(alone)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _take_texts(params: Any) -> Any:
    for param in params:
        if getattr(param, "_runtime_param", param) is None:
            param._runtime_param = _AsGiven()
    return params


class _AsGiven:
    """Takes texts, lists of texts and what was not given; leaves all else to typer."""

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """The value of an option."""
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        kind = param.type_descriptor.annotation
        if kind is str and isinstance(value, str):
            return value
        if kind == list[str] and isinstance(value, list | tuple) and {*map(type, value)} <= {str}:
            return list(value)
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)
