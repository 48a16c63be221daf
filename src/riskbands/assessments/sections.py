"""The clinical sections of OASys: item scores, section scores, needs.

Sections 2 to 13; section 1, offending information, is what the fields of the assessment hold.
Which items a section has is not part of this library, so a section's score is given, or is the
sum of the items that are given when none of them is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands.assessments._parts import read_back, refuse
from riskbands.bands.builtin import band_table
from riskbands.errors import UnknownNameError
from riskbands.vocabulary.fields import Kind, fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.bands.scale import Band

__all__ = ["SECTIONS", "Section", "SectionScore", "Sections"]


@attrs.frozen
class Section:
    """One section of OASys.

    Attributes:
        number: Its number; items are ``number.item``.
        name: Short name.
        title: Name in full.
        needs: Id of the band table of its needs; empty where no thresholds are known.
    """

    number: int
    name: str
    title: str
    needs: str = ""


def _sections() -> Iterator[Section]:
    for number, name, title, scored in (
        (2, "offence_analysis", "offence analysis", False),
        (3, "accommodation", "accommodation", True),
        (4, "ete", "education, training and employability", True),
        (5, "finance", "finance", False),
        (6, "relationships", "relationships", True),
        (7, "lifestyle", "lifestyle and associates", True),
        (8, "drugs", "drug misuse", True),
        (9, "alcohol", "alcohol misuse", True),
        (10, "emotional_wellbeing", "emotional wellbeing", False),
        (11, "thinking_and_behaviour", "thinking and behaviour", True),
        (12, "attitudes", "attitudes", True),
        (13, "health", "health", False),
    ):
        yield Section(
            number, name, title, f"oasys-needs-{name.replace('_', '-')}" if scored else ""
        )


#: The sections by name, in order.
SECTIONS: Final[Mapping[str, Section]] = MappingProxyType({s.name: s for s in _sections()})
#: Item 4.2, unemployed, is scored 0 or 2 and is a yes or no in the vocabulary.
_UNEMPLOYED: Final = "4.2"


@cache
def _fields_of_items() -> Mapping[str, str]:
    """Field of the vocabulary by item number, where a score of 0 to 2 is what the field holds."""
    found = {
        f.oasys_item: f.name
        for f in fields().values()
        if f.kind is Kind.LEVEL and re.fullmatch(r"\d+\.\d+", f.oasys_item)
    }
    return MappingProxyType({**found, _UNEMPLOYED: "unemployed"})


def _items(value: Any) -> tuple[tuple[str, int | None], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    try:
        return tuple((str(item), score) for item, score in pairs)
    except (TypeError, ValueError):
        message = "items must be scores by item number, such as {'3.4': 2}"
        raise refuse("malformed", ("items",), message) from None


@attrs.frozen
class SectionScore:
    """What one section holds.

    Attributes:
        section: Name of the section.
        items: Item number and score (0, 1, 2, or None where it is missing), in the order given.
            Taken from a mapping such as ``{"3.4": 2, "3.5": 0}``.
        score: The section score; where it is not given and no item is missing, their sum.

    Raises:
        UnknownNameError: There is no such section.
        InputError: An item is not of the section or not 0, 1 or 2; the items add up to more than
            the score.
    """

    section: str
    items: tuple[tuple[str, int | None], ...] = attrs.field(default=(), converter=_items)
    score: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.section not in SECTIONS:
            raise UnknownNameError("OASys section", str(self.section), SECTIONS)
        for item, value in self.items:
            self._check_item(item, value)
        if len({item for item, _ in self.items}) < len(self.items):
            raise refuse("malformed", (self.section,), f"section {self.section}: an item is twice")
        given = [value for _, value in self.items if value is not None]
        if self.score is None:
            if self.items and len(given) == len(self.items):
                object.__setattr__(self, "score", sum(given))
            return
        if not _whole(self.score) or self.score < 0:
            raise refuse(
                "malformed",
                (self.section,),
                f"section {self.section}: score must be a whole number from 0",
            )
        if sum(given) > self.score:
            raise refuse(
                "contradiction",
                (self.section,),
                f"section {self.section}: its items add up to more than its score; mend one",
            )

    def _check_item(self, item: str, value: int | None) -> None:
        number = SECTIONS[self.section].number
        if not re.fullmatch(rf"{number}\.\d+", item, re.ASCII):
            raise refuse(
                "malformed",
                (self.section,),
                f"section {self.section}: its items are numbered {number}.1, {number}.2, ...",
            )
        allowed = (0, 2) if item == _UNEMPLOYED else (0, 1, 2)
        if value is not None and not (_whole(value) and value in allowed):
            raise refuse(
                "out_of_range",
                (self.section,),
                f"item {item} must be one of {', '.join(map(str, allowed))}, or None",
            )

    @property
    def need(self) -> Band | None:
        """No need, standard need or severe need; None without a score or without thresholds."""
        table = SECTIONS[self.section].needs
        if self.score is None or not table:
            return None
        return band_table(table).classify(self.score)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _scores(value: Any) -> tuple[SectionScore, ...]:
    """Section scores in the order of the sections."""
    if isinstance(value, Mapping):
        found = [_score(name, given) for name, given in value.items()]
    else:
        found = list(value) if hasattr(value, "__iter__") else [None]
    if not all(isinstance(score, SectionScore) for score in found):
        message = "sections must be given by name, such as {'drugs': {'score': 8}}"
        raise refuse("malformed", ("sections",), message)
    return tuple(sorted(found, key=lambda s: SECTIONS[s.section].number))


def _score(section: str, given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    return read_back(SectionScore, {"section": section, **given})


@attrs.frozen
class Sections:
    """The sections of one assessment.

    Attributes:
        scores: The sections that are recorded, in order. Taken from a mapping such as
            ``{"accommodation": {"items": {"3.4": 2}}, "drugs": {"score": 8}}`` too.

    Raises:
        InputError: As for `SectionScore`; or a section is there twice.
    """

    scores: tuple[SectionScore, ...] = attrs.field(converter=_scores)

    def __attrs_post_init__(self) -> None:
        if len({s.section for s in self.scores}) < len(self.scores):
            raise refuse("malformed", ("sections",), "a section is there twice")

    def __getitem__(self, section: str) -> SectionScore:
        """A recorded section by name.

        Raises:
            UnknownNameError: There is no such section, or it is not recorded.
        """
        for score in self.scores:
            if score.section == section:
                return score
        raise UnknownNameError("recorded section", section, [s.section for s in self.scores])

    def needs(self) -> dict[str, Band | None]:
        """The need of every section that has thresholds; None where no score is recorded."""
        recorded = {s.section: s.need for s in self.scores}
        return {name: recorded.get(name) for name, section in SECTIONS.items() if section.needs}

    def levels(self) -> dict[str, int | bool]:
        """Fields of the vocabulary that the items answer, e.g. 3.4 is ``accommodation``."""
        names = _fields_of_items()
        return {
            names[item]: bool(value) if item == _UNEMPLOYED else value
            for score in self.scores
            for item, value in score.items
            if item in names and value is not None
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        return {
            s.section: {
                **({"items": dict(s.items)} if s.items else {}),
                **({"score": s.score} if s.score is not None else {}),
            }
            for s in self.scores
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Sections:
        """Sections from what `to_dict` gave."""
        return cls(data)
