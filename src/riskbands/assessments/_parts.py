"""What the parts of an assessment share: who, when, and reading back what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, TypeAlias, TypeVar, cast

import attrs

from riskbands._redact import place_of
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.vocabulary.fields import is_missing

__all__ = [
    "JUDGED",
    "When",
    "anything",
    "as_written",
    "lies_before",
    "moment",
    "not_before",
    "one_instant",
    "opaque_id",
    "part",
    "parts",
    "plain",
    "read_back",
    "refuse",
    "text",
]

T = TypeVar("T")
#: No two clocks on Earth differ by more.
_FURTHEST: Final = dt.timedelta(hours=26)
#: How a moment is written.
When: TypeAlias = Callable[[dt.datetime], str]

#: What an AssetPlus assessment judges.
JUDGED: Final = (
    "likelihood_of_reoffending",
    "risk_of_serious_harm",
    "safety_and_wellbeing",
    "intervention_level",
)


def refuse(code: str, names: tuple[str, ...], message: str) -> InputError:
    """The error for one problem."""
    return InputError(Issue(code, names, message))


def anything(value: Any) -> Any:
    """The value unchanged, for fields that take several forms and are converted later."""
    return value


def opaque_id(value: Any) -> str:
    """An id of a person in the caller's own system: any text that is not empty.

    Raises:
        InputError: No text, or an empty one.
    """
    if not isinstance(value, str) or not value.strip():
        raise refuse("missing", ("by",), "by must say who: an id of your own system, as text")
    return value


def text(name: str) -> Any:
    """The attribute that holds a text; None is an empty one."""

    def convert(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise refuse("malformed", (name,), f"{name} must be a text")
        return value

    return attrs.field(default="", converter=convert)


def moment(value: Any) -> dt.datetime:
    """A moment from a datetime, a date (its first moment) or ISO text of either.

    Raises:
        InputError: Anything else.
    """
    if is_missing(value):  # a missing timestamp of pandas is a datetime by its type
        value = None
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, dt.datetime):
        # As it is read back: without nanoseconds, and without a zone whose hour can come twice.
        return dt.datetime.fromisoformat(value.isoformat())
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise refuse("malformed", ("at",), "at must say when: a date or a datetime, or ISO text of one")


def as_written(at: dt.datetime) -> str:
    """A moment with the offset that it was given in."""
    return at.isoformat()


def one_instant(at: dt.datetime) -> str:
    """A moment in UTC where it has a time zone, for a digest: a database may write it so."""
    if at.tzinfo is not None:
        with suppress(OverflowError):  # at the ends of the calendar there is no such moment
            at = at.astimezone(dt.UTC)
    return at.isoformat()


def not_before(later: dt.datetime, earlier: dt.datetime, what: str) -> None:
    """Refuse a moment that lies before another.

    Raises:
        InputError: It does, or only one of the two has a time zone.
    """
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        raise refuse("malformed", ("at",), "give every at with a time zone, or none with one")
    if later < earlier:
        raise refuse("out_of_range", ("at",), f"at must not lie before {what}")


def lies_before(one: dt.datetime, other: dt.datetime) -> bool:
    """Whether a moment certainly lies before another, also where only one has a time zone."""
    if (one.tzinfo is None) == (other.tzinfo is None):
        return one < other
    return other.replace(tzinfo=None) - one.replace(tzinfo=None) > _FURTHEST


def plain(part: Any, when: When) -> Any:
    """Plain JSON values of a part of an assessment."""
    if hasattr(part, "_plain"):
        return part._plain(when)
    return part.to_dict() if hasattr(part, "to_dict") else part


def read_back(cls: type[T], data: Any) -> T:
    """An attrs object made from a mapping of its fields.

    Raises:
        InputError: It is no mapping, or a field that is needed is not there.
        UnknownNameError: A key is no field; near names are suggested.
    """
    what = cls.__name__
    if not isinstance(data, Mapping):
        raise refuse("malformed", (), f"a {what} is read from a mapping of its fields")
    known = {a.name: a.default is attrs.NOTHING for a in attrs.fields(cast("Any", cls)) if a.init}
    for name in data:
        if name not in known:
            place = place_of(name, data)
            raise UnknownNameError(f"field of {what}", str(name), known, place=place)
    lacking = tuple(name for name, needed in known.items() if needed and name not in data)
    if lacking:
        raise refuse("missing", lacking, f"a {what} needs {', '.join(lacking)}")
    return cls(**data)


def part(kind: str) -> Any:
    """The attribute of an assessment that holds a part: the object itself, or its dictionary.

    Args:
        kind: A class of `riskbands.assessments`, which is loaded when a part is first given.
    """

    def convert(value: Any) -> Any:
        return None if value is None else _read(kind, value)

    return attrs.field(default=None, converter=convert)


def parts(kind: str) -> Any:
    """The attribute that holds several parts, each as for `part`."""

    def convert(values: Any) -> Any:
        if isinstance(values, tuple) and not values:
            return values
        if isinstance(values, (str, Mapping)) or not hasattr(values, "__iter__"):
            raise refuse("malformed", (), f"give a list of {kind}")
        return tuple(_read(kind, value) for value in values)

    return attrs.field(default=(), converter=convert)


def _read(kind: str, value: Any) -> Any:
    cls = getattr(import_module("riskbands.assessments"), kind)
    return value if isinstance(value, cls) else cls.from_dict(value)
