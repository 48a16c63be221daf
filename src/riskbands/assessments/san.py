"""The sections of a strengths-based assessment (SAN): scores as OASys gives them, and needs.

How a SAN section score comes from the answers is not public, so a score is taken as given and never
summed from items. Highest scores and limits are those of the sentence plan
(ministryofjustice/hmpps-arns-assessment-platform-ui, commit 7fb97b50, constants.ts and
assessmentUtils.ts).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands._byfields import ByFields
from riskbands.assessments._parts import read_back, refuse
from riskbands.assessments._readers import number_of_part
from riskbands.bands.builtin import band_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.bands.scale import Band

__all__ = ["SAN_SECTIONS", "SanSection", "SanSections"]


@attrs.frozen(eq=False, repr=False)
class SanSection(ByFields):
    """One scored section of a strengths-based assessment.

    Attributes:
        name: Short name.
        title: Name in full.
        maximum: The highest score.
        needs: Id of the band table of its needs.
    """

    name: str
    title: str
    maximum: int
    needs: str


#: The seven sections that have a score, by name. Finance, and health and wellbeing, have none.
SAN_SECTIONS: Final[Mapping[str, SanSection]] = MappingProxyType(
    {
        name: SanSection(name, title, maximum, f"san-needs-{name.replace('_', '-')}")
        for name, title, maximum in (
            ("accommodation", "accommodation", 6),
            ("ete", "employment and education", 4),
            ("relationships", "personal relationships and community", 6),
            ("lifestyle", "lifestyle and associates", 6),
            ("drugs", "drug use", 8),
            ("alcohol", "alcohol use", 4),
            ("thinking_and_behaviour", "thinking, behaviours and attitudes", 10),
        )
    }
)
#: Lifestyle is a part of the section on thinking: either one makes that section high-scoring.
_THINKING: Final = "thinking_and_behaviour"
_LIFESTYLE: Final = "lifestyle"


def _score(instance: object, attribute: attrs.Attribute[int | None], value: object) -> None:
    section = SAN_SECTIONS[attribute.name]
    if value is None:
        return
    if type(value) is not int or not 0 <= value <= section.maximum:
        message = f"SAN section {section.name}: score must be a whole number from 0 to "
        raise refuse("out_of_range", (section.name,), f"{message}{section.maximum}, or None")


def _field() -> Any:
    return attrs.field(default=None, converter=number_of_part, validator=_score)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SanSections(ByFields):
    """Section scores of a strengths-based assessment, as OASys delivers them; None is missing.

    Attributes:
        accommodation: Accommodation, 0 to 6.
        ete: Employment and education, 0 to 4.
        relationships: Personal relationships and community, 0 to 6.
        lifestyle: Lifestyle and associates, 0 to 6; a part of thinking, behaviours and attitudes.
        drugs: Drug use, 0 to 8.
        alcohol: Alcohol use, 0 to 4.
        thinking_and_behaviour: Thinking, behaviours and attitudes, 0 to 10.

    Raises:
        InputError: A score is not a whole number of its range. The sentence plan takes a score
            above the highest for the highest; here it is refused.

    Examples:
        >>> san = SanSections(drugs=1, alcohol=1, lifestyle=2, thinking_and_behaviour=0)
        >>> needs = san.needs()
        >>> str(needs["drugs"]), str(needs["alcohol"]), str(needs["thinking_and_behaviour"])
        ('high-scoring', 'not high-scoring', 'high-scoring')
    """

    accommodation: int | None = _field()
    ete: int | None = _field()
    relationships: int | None = _field()
    lifestyle: int | None = _field()
    drugs: int | None = _field()
    alcohol: int | None = _field()
    thinking_and_behaviour: int | None = _field()

    def needs(self) -> dict[str, Band | None]:
        """Whether each section is high-scoring; None where that cannot be said.

        Thinking, behaviours and attitudes is high-scoring if its own score or that of lifestyle
        and associates is. Where neither is and one is missing, it cannot be said.
        """
        found = {
            name: None if (score := getattr(self, name)) is None else _banded(section, score)
            for name, section in SAN_SECTIONS.items()
        }
        own, part = found[_THINKING], found[_LIFESTYLE]
        if part is None:
            found[_THINKING] = own if own is not None and own.rank else None
        elif part.rank:
            found[_THINKING] = band_table(SAN_SECTIONS[_THINKING].needs).bands[part.rank]
        return found

    def to_dict(self) -> dict[str, int]:
        """The scores that are recorded; `from_dict` reads them back."""
        return {n: score for n in SAN_SECTIONS if (score := getattr(self, n)) is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SanSections:
        """Scores from what `to_dict` gave."""
        return read_back(cls, data)


def _banded(section: SanSection, score: int) -> Band | None:
    return band_table(section.needs).classify(score)
