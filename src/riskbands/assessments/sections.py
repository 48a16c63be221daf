"""The clinical sections of OASys: item scores, section scores, needs.

Sections 2 to 13; section 1, offending information, is what the fields of the assessment hold.
Eight sections have a score: the sum of the items that count, which are not all items of the
section. Item numbers, highest scores and the rule for unanswered items are those of
ministryofjustice/hmpps-assess-risks-and-needs, commit 9f5a6b6b (Section.kt); item numbers also
of ministryofjustice/oasys-cypress-test, commit 884260a3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from riskbands._byfields import ByFields
from riskbands.assessments._parts import read_back, refuse
from riskbands.assessments._readers import number_of_part
from riskbands.bands.builtin import band_table
from riskbands.errors import UnknownNameError
from riskbands.vocabulary.fields import Kind, fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.bands.scale import Band

__all__ = ["SECTIONS", "Section", "SectionScore", "Sections", "Thresholds", "Unanswered"]

#: What unanswered items do to a section score; see `SectionScore.total`.
Unanswered: TypeAlias = Literal["none", "zero"]
_UNANSWERED: Final = ("none", "zero")
#: Whose thresholds; see `Sections.needs`.
Thresholds: TypeAlias = Literal["oasys", "san"]
_THRESHOLDS: Final = ("oasys", "san")


@attrs.frozen(eq=False, repr=False)
class Section(ByFields):
    """One section of OASys.

    Attributes:
        number: Its number; items are ``number.item``.
        name: Short name.
        title: Name in full.
        needs: Id of the band table of its needs; empty where no thresholds are known.
        items: Numbers of the items that count towards the score; the others are recorded only.
    """

    number: int
    name: str
    title: str
    needs: str = ""
    items: tuple[str, ...] = ()

    @property
    def maximum(self) -> int | None:
        """The highest score: every item that counts is 0 to 2."""
        return _HIGHEST * len(self.items) if self.items else None


_HIGHEST: Final = 2


def _sections() -> Iterator[Section]:
    for number, name, title, counting in (
        (2, "offence_analysis", "offence analysis", ""),
        (3, "accommodation", "accommodation", "3.3 3.4 3.5 3.6"),
        (4, "ete", "education, training and employability", "4.2 4.3 4.4 4.5"),
        (5, "finance", "finance", ""),
        (6, "relationships", "relationships", "6.1 6.3 6.6"),
        (7, "lifestyle", "lifestyle and associates", "7.2 7.3 7.5"),
        (8, "drugs", "drug misuse", "8.4 8.5 8.6 8.8 8.9"),
        (9, "alcohol", "alcohol misuse", "9.1 9.2 9.3 9.5"),
        (10, "emotional_wellbeing", "emotional wellbeing", ""),
        (11, "thinking_and_behaviour", "thinking and behaviour", "11.5 11.6 11.7 11.9"),
        (12, "attitudes", "attitudes", "12.1 12.4 12.5 12.8"),
        (13, "health", "health", ""),
    ):
        table = f"oasys-needs-{name.replace('_', '-')}" if counting else ""
        yield Section(number, name, title, table, tuple(counting.split()))


#: The sections by name, in order.
SECTIONS: Final[Mapping[str, Section]] = MappingProxyType({s.name: s for s in _sections()})
#: Band tables of the sections whose thresholds the tier service changes in a SAN assessment.
_OF_SAN: Final = MappingProxyType(
    {
        name: f"oasys-needs-san-{name.replace('_', '-')}"
        for name in ("accommodation", "drugs", "alcohol", "thinking_and_behaviour", "attitudes")
    }
)
#: Items that are a yes or no, scored 2 or 0, and the field of the vocabulary that each answers.
_YES_OR_NO: Final = MappingProxyType({"3.3": "no_fixed_abode", "4.2": "unemployed"})
#: The section whose last score, 0, the deployed service gives where nothing at all is answered:
#: it does not notice that 8.6 is missing.
_NEVER_UNANSWERED: Final = "drugs"


@cache
def _fields_of_items() -> Mapping[str, str]:
    """Field of the vocabulary by item number, where a score of 0 to 2 is what the field holds."""
    found = {
        f.oasys_item: f.name
        for f in fields().values()
        if f.kind is Kind.LEVEL and re.fullmatch(r"\d+\.\d+", f.oasys_item)
    }
    return MappingProxyType({**found, **_YES_OR_NO})


def _items(value: Any) -> tuple[tuple[str, int | None], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    try:
        return tuple((str(item), number_of_part(score)) for item, score in pairs)
    except (TypeError, ValueError):
        message = "items must be scores by item number, such as {'3.4': 2}"
        raise refuse("malformed", ("items",), message) from None


@attrs.frozen(eq=False, repr=False)
class SectionScore(ByFields):
    """What one section holds.

    Attributes:
        section: Name of the section.
        items: Item number and score (0, 1, 2, or None where it is missing), in the order given.
            Taken from a mapping such as ``{"3.4": 2, "3.5": 0}``. Items that do not count towards
            the score may be among them.
        score: The section score; where it is not given and every item that counts is answered,
            their sum.

    Raises:
        UnknownNameError: There is no such section.
        InputError: An item is not of the section or not 0, 1 or 2; the score is above the highest
            one, or is no sum that the answered items that count can have, whatever the others are.

    Examples:
        >>> SectionScore("relationships", {"6.1": 0, "6.3": 0, "6.4": 2, "6.6": 0}).need
        no need [0, 2)
        >>> SectionScore("accommodation", {"3.4": 0}).reason()
        'items 3.3, 3.5, 3.6 are not answered'
    """

    section: str
    items: tuple[tuple[str, int | None], ...] = attrs.field(default=(), converter=_items)
    score: int | None = attrs.field(default=None, converter=number_of_part)

    def __attrs_post_init__(self) -> None:
        if self.section not in SECTIONS:
            raise UnknownNameError("OASys section", str(self.section), SECTIONS)
        for item, value in self.items:
            self._check_item(item, value)
        if len({item for item, _ in self.items}) < len(self.items):
            raise refuse("malformed", (self.section,), f"section {self.section}: an item is twice")
        counting, unanswered = SECTIONS[self.section].items, self.unanswered
        if self.score is None:
            if counting and not unanswered:
                object.__setattr__(self, "score", self._sum())
            return
        self._check_score()
        least = self._sum()
        if counting and not least <= self.score <= least + _HIGHEST * len(unanswered):
            numbers = ", ".join(counting)
            raise refuse(
                "contradiction",
                (self.section,),
                f"section {self.section}: its score is not the sum of items {numbers}; mend one"
                if not unanswered
                else f"section {self.section}: its score is no sum of items {numbers} that goes "
                f"with those that are answered; mend one",
            )

    def _check_score(self) -> None:
        highest = SECTIONS[self.section].maximum
        if not _whole(self.score) or self.score < 0:  # type: ignore[operator]
            message = f"section {self.section}: score must be a whole number from 0"
            raise refuse("malformed", (self.section,), message)
        if highest is not None and self.score > highest:  # type: ignore[operator]
            message = f"section {self.section}: score must be a whole number from 0 to {highest}"
            raise refuse("out_of_range", (self.section,), message)

    def _check_item(self, item: str, value: int | None) -> None:
        number = SECTIONS[self.section].number
        if not re.fullmatch(rf"{number}\.\d{{1,3}}", item, re.ASCII):
            raise refuse(
                "malformed",
                (self.section,),
                f"section {self.section}: its items are numbered {number}.1, {number}.2, ...",
            )
        allowed = (0, 2) if item in _YES_OR_NO else (0, 1, 2)
        if value is not None and not (_whole(value) and value in allowed):
            raise refuse(
                "out_of_range",
                (self.section,),
                f"item {item} must be one of {', '.join(map(str, allowed))}, or None",
            )

    def _sum(self) -> int:
        counting = SECTIONS[self.section].items
        return sum(value for item, value in self.items if value is not None and item in counting)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The items that count towards the score and are not answered."""
        answered = {item for item, value in self.items if value is not None}
        return tuple(item for item in SECTIONS[self.section].items if item not in answered)

    def total(self, unanswered: Unanswered = "none") -> int | None:
        """The section score.

        Args:
            unanswered: What items without an answer do where no score is given. ``"none"``: there
                is no score. ``"zero"``: they count 0, as in the deployed service; there is no
                score only where no item is answered, and the section on drug misuse has the
                score 0 even then, because the service does not notice a missing item 8.6.

        Raises:
            UnknownNameError: ``unanswered`` is neither.
        """
        if unanswered not in _UNANSWERED:
            raise UnknownNameError("unanswered", unanswered, _UNANSWERED)
        counting = SECTIONS[self.section].items
        if self.score is not None or unanswered == "none" or not counting:
            return self.score
        nothing = len(self.unanswered) == len(counting)
        return None if nothing and self.section != _NEVER_UNANSWERED else self._sum()

    @property
    def need(self) -> Band | None:
        """No need, standard need or severe need; None without a score or without thresholds."""
        return self._need("none")

    def _need(self, unanswered: Unanswered, thresholds: Thresholds = "oasys") -> Band | None:
        table, total = SECTIONS[self.section].needs, self.total(unanswered)
        if thresholds == "san":
            table = _OF_SAN.get(self.section, table)
        return None if total is None or not table else band_table(table).classify(total)

    def reason(self, unanswered: Unanswered = "none") -> str | None:
        """Why no need can be given, in words; None where it can.

        Args:
            unanswered: As for `total`.
        """
        if not SECTIONS[self.section].needs:
            return "the section has no thresholds"
        if self.total(unanswered) is not None:
            return None
        items = self.unanswered
        return f"item{'s' * (len(items) > 1)} {', '.join(items)} {_BE[len(items) > 1]} not answered"


_BE: Final = ("is", "are")


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


@attrs.frozen(eq=False, repr=False)
class Sections(ByFields):
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

    def needs(
        self, unanswered: Unanswered = "none", *, thresholds: Thresholds = "oasys"
    ) -> dict[str, Band | None]:
        """The need of every section that has thresholds; None where there is no score.

        Args:
            unanswered: What unanswered items do to a score; see `SectionScore.total`.
            thresholds: ``"oasys"``, or ``"san"`` for those that the tier service has for the same
                sums in a strengths-based assessment; such an assessment never answers items 4.5,
                8.9, 9.3, 9.5, 11.5, 12.5 and 12.8, so that sections 4, 8, 9, 11 and 12 have a sum
                with ``unanswered="zero"`` only. For the scores of SAN itself see `SanSections`.

        Raises:
            UnknownNameError: ``unanswered`` or ``thresholds`` is no choice.
        """
        if thresholds not in _THRESHOLDS:
            raise UnknownNameError("thresholds", thresholds, _THRESHOLDS)
        recorded = {s.section: s._need(unanswered, thresholds) for s in self.scores}
        return {name: recorded.get(name) for name, section in SECTIONS.items() if section.needs}

    def reasons(self, unanswered: Unanswered = "none") -> dict[str, str]:
        """Why a section has no need, for each that has thresholds and no need.

        Args:
            unanswered: As for `needs`.
        """
        recorded = {s.section: s.reason(unanswered) for s in self.scores}
        found = {
            name: recorded.get(name, "the section is not recorded")
            for name, section in SECTIONS.items()
            if section.needs
        }
        return {name: reason for name, reason in found.items() if reason is not None}

    def levels(self) -> dict[str, int | bool]:
        """Fields of the vocabulary that the items answer, e.g. 3.4 is ``accommodation``."""
        names = _fields_of_items()
        return {
            names[item]: bool(value) if item in _YES_OR_NO else value
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
