"""Options that are text are taken as they were given."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["Command", "Group"]


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
