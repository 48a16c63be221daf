"""Regular expressions that are compiled when they are first used, not at import."""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ["pattern"]


class _Later:
    """Becomes the expression: its methods are kept here after the first one is asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(re.compile(*self._given), name)
        setattr(self, name, method)
        return method


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression, as `re.compile` gives it, that costs nothing until it is used."""
    return cast("re.Pattern[str]", _Later(text, flags))
