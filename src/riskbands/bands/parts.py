"""What a band table is made of, besides its bands: gaps, policies, and where it comes from."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import attrs

from riskbands._byfields import ByFields
from riskbands.bands.intervals import Interval, member
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.bands.intervals import Cut
    from riskbands.bands.scale import Band

__all__ = [
    "Decision",
    "Gap",
    "Policy",
    "PrintedOrigin",
    "Region",
    "Status",
    "Unit",
    "as_gaps",
    "as_ids",
    "as_interval",
    "as_intervals",
    "as_policy",
    "as_status",
    "as_texts",
    "as_unit",
    "check_text",
    "is_text",
]


class Policy(enum.Enum):
    """What a table does with a value it has no interval for."""

    RAISE = "raise"
    """Refuse it with an `InputError`."""
    NONE = "none"
    """Give no band: the result is missing."""
    CLAMP = "clamp"
    """Give the end band. Only for values below the first or above the last interval."""


class Status(enum.Enum):
    """Where a table comes from."""

    PUBLISHED = "published"
    """Printed in a document."""
    DEPLOYED = "deployed"
    """In use in a service."""
    SUPERSEDED = "superseded"
    """Was in use and has been replaced."""
    TEST = "test"
    """In public test code of a service."""
    CUSTOM = "custom"
    """Supplied by a caller."""


class Unit(enum.Enum):
    """What the score of a table is counted in."""

    PERCENT = "percent"
    PROBABILITY = "probability"
    POINTS = "points"

    @property
    def most(self) -> int | None:
        """The highest score that there can be: 100 percent, a probability of 1; None of points."""
        return _MOST.get(self)


_MOST: Final = {Unit.PERCENT: 100, Unit.PROBABILITY: 1}


def as_policy(value: Policy | str) -> Policy:
    """A policy, or the one with this value."""
    return member(Policy, value)


def as_unit(value: Unit | str) -> Unit:
    """A unit, or the one with this value."""
    return member(Unit, value)


def as_status(value: Status | str) -> Status:
    """A status, or the one with this value."""
    return member(Status, value)


def as_interval(value: Interval | str) -> Interval:
    """An interval, or the one written so."""
    return value if isinstance(value, Interval) else Interval.parse(value)


def as_intervals(values: Iterable[Interval | str]) -> tuple[Interval, ...]:
    """Several intervals."""
    if isinstance(values, str):
        raise TableError("intervals must be one for each label, not one text")
    return tuple(as_interval(value) for value in values)


def as_gaps(values: Iterable[Gap]) -> tuple[Gap, ...]:
    """Several gaps."""
    gaps = tuple(values)
    if not all(isinstance(gap, Gap) for gap in gaps):
        raise TableError("gaps must be Gap objects, each with its interval and reason")
    return gaps


def as_texts(values: Iterable[str]) -> tuple[str, ...]:
    """Several texts."""
    texts = () if isinstance(values, str) else tuple(values)
    if isinstance(values, str) or not all(isinstance(text, str) for text in texts):
        raise TableError("notes must be several texts, not one")
    for text in texts:
        check_text(text, "a note")
    return texts


def as_ids(values: str | Iterable[str]) -> tuple[str, ...]:
    """Several ids of scores, or one."""
    ids = (values,) if isinstance(values, str) else tuple(values)
    for id_ in ids:
        if not isinstance(id_, str) or not id_.strip() or not id_.isprintable():
            raise TableError("applies_to holds ids of scores, such as 'rsr': short printable texts")
    if len(set(ids)) < len(ids):
        raise TableError("applies_to names a score twice")
    return ids


def is_text(instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    """Validator of a field that holds a text, one that a file can hold.

    Raises:
        TableError: It is no text, or has half of a surrogate pair, which UTF-8 cannot hold.
    """
    check_text(value, attribute.name)


def check_text(value: object, name: str) -> None:
    """The same check as `is_text`, for a value called ``name``."""
    if not isinstance(value, str):
        raise TableError(f"{name} must be a text, not a value of type {type(value).__name__}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise TableError(f"{name} has half of a surrogate pair, which no file can hold; remove it")


@attrs.frozen(eq=False, repr=False)
class Gap(ByFields):
    """A hole in a table that is known of and stays open.

    Attributes:
        interval: The scores no band covers.
        reason: Why the hole is there.
        values: ``raise`` or ``none``: what a score in it gets.
    """

    interval: Interval = attrs.field(converter=as_interval)
    reason: str = attrs.field()
    values: Policy = attrs.field(default=Policy.RAISE, converter=as_policy)

    @reason.validator
    def _check_reason(self, attribute: object, reason: object) -> None:
        if not isinstance(reason, str) or not reason.strip():
            raise TableError(f"a gap {self.interval} needs its reason, a text")
        check_text(reason, "the reason of a gap")

    @values.validator
    def _check_values(self, attribute: object, value: Policy) -> None:
        if value is Policy.CLAMP:
            raise TableError(f"a gap {self.interval} has no end band: values is 'raise' or 'none'")


@attrs.frozen(eq=False, repr=False)
class Region(ByFields):
    """A stretch of scores as given, before rounding, that get the same answer.

    Attributes:
        start: Where it begins, exactly.
        end: Where it ends, exactly.
        stated: The same two places on the rounded score, as the table states them.
        band: Its band; None where there is none.
        refused: Whether a score in it is refused.
    """

    start: Cut
    end: Cut
    stated: tuple[Cut, Cut]
    band: Band | None
    refused: bool


@attrs.frozen(eq=False, repr=False)
class Decision(ByFields):
    """How one thing a printed table leaves open was settled.

    Attributes:
        about: ``overlap``, ``gap``, ``row``, ``rounding``, ``lowest`` or ``highest``.
        between: Labels concerned, lowest first.
        choice: What was chosen, e.g. ``upper``.
        reason: Why.
        where: The scores concerned, in interval notation; for a row its text.
    """

    about: str
    between: tuple[str, ...]
    choice: str
    reason: str
    where: str = ""


@attrs.frozen(eq=False, repr=False)
class PrintedOrigin(ByFields):
    """The printed text a table was built from, and what was decided on the way.

    Attributes:
        rows: Label and text of each row, as printed.
        decisions: Every decision, in the order of the table.
    """

    rows: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]
