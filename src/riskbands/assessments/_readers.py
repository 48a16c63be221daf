"""The fields of an assessment: what each kind may be given as, for readers and type checkers.

A type checker learns what a field accepts from the converter in its declaration, which must be a
plain function. The converter that does the work also needs the field, with its range and its words.
So a declaration names the function of its kind. When the class is made, `with_readers` puts the
reader of the field in its place.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np

from riskbands.assessments._inputs import reader
from riskbands.vocabulary.fields import Field, FieldFault, Kind

if TYPE_CHECKING:
    import attrs

__all__ = [
    "answer",
    "code",
    "count",
    "day",
    "level",
    "number_of_part",
    "text",
    "with_readers",
    "yes_no",
]

#: A date, or ISO text of one.
Day: TypeAlias = dt.date | np.datetime64 | str | None
#: Yes or no, as a truth, 1 or 0, or a word.
YesNo: TypeAlias = bool | np.bool_ | int | np.integer[Any] | str | None
#: A whole number, or text of one.
Number: TypeAlias = int | np.integer[Any] | float | str | None
#: One of several words.
Answer: TypeAlias = str | int | None
#: A text, or a number that stands for one.
Text: TypeAlias = str | int | None


_ANY_NUMBER = Field("number", Kind.INT, low=-(10**9), high=10**9)


def number_of_part(raw: Number) -> Any:
    """A whole number in a part of an assessment, taken as a field takes it; else what was given."""
    try:
        return _ANY_NUMBER.parse(raw)
    except FieldFault:
        return raw


def _unread() -> NoReturn:
    raise TypeError("the class must be made with field_transformer=with_readers")


def day(raw: Day) -> dt.date | None:
    """A date."""
    _unread()


def yes_no(raw: YesNo) -> bool | None:
    """A yes or a no."""
    _unread()


def count(raw: Number) -> int | None:
    """A whole number."""
    _unread()


def level(raw: Number) -> int | None:
    """A level of an OASys item, 0 to 2, or its word."""
    _unread()


def answer(raw: Answer) -> str | None:
    """One of the words of the field."""
    _unread()


def code(raw: Text) -> str | None:
    """An offence code."""
    _unread()


def text(raw: Text) -> str | None:
    """Any text."""
    _unread()


_KINDS: frozenset[object] = frozenset({answer, code, count, day, level, text, yes_no})


def with_readers(_: type, attributes: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """The attributes of a class, where each field has its own reader for a converter."""
    return [a.evolve(converter=reader(a.name)) if a.converter in _KINDS else a for a in attributes]
