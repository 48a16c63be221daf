"""Risk of serious harm: the practitioner's level for each group at risk, and overall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands._byfields import ByFields
from riskbands.assessments._levels import as_level
from riskbands.assessments._parts import anything, read_back
from riskbands.bands.scale import Band, BandScale

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUPS", "ROSH", "Rosh"]

#: Levels of risk of serious harm, in OASys and in AssetPlus.
ROSH: Final = BandScale("risk-of-serious-harm", ("Low", "Medium", "High", "Very High"))
#: Groups at risk.
GROUPS: Final = ("children", "public", "known_adult", "staff", "prisoners")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Rosh(ByFields):
    """Risk of serious harm by group at risk. No level is computed: every level is a judgement.

    Levels are labels (``"very high"``) or bands of `ROSH`; None is not recorded.

    Attributes:
        children: To children.
        public: To the public.
        known_adult: To a known adult.
        staff: To staff.
        prisoners: To prisoners.
        overall: Overall, as the practitioner gave it.

    Raises:
        InputError: Neither a label nor a band.
        UnknownNameError: There is no such level.

    Examples:
        >>> rosh = Rosh(children="low", known_adult="high", overall="high")
        >>> rosh.highest == rosh.overall
        True
    """

    children: Band | None = attrs.field(default=None, converter=anything)
    public: Band | None = attrs.field(default=None, converter=anything)
    known_adult: Band | None = attrs.field(default=None, converter=anything)
    staff: Band | None = attrs.field(default=None, converter=anything)
    prisoners: Band | None = attrs.field(default=None, converter=anything)
    overall: Band | None = attrs.field(default=None, converter=anything)

    def __attrs_post_init__(self) -> None:
        for name in (*GROUPS, "overall"):
            object.__setattr__(self, name, as_level(ROSH, getattr(self, name), name))

    def by_group(self) -> dict[str, Band | None]:
        """The level of each group, overall left out."""
        return {name: getattr(self, name) for name in GROUPS}

    @property
    def highest(self) -> Band | None:
        """The highest level of any group; None where none is recorded."""
        given = [level for level in self.by_group().values() if level is not None]
        return max(given, key=lambda level: level.rank, default=None)

    def to_dict(self) -> dict[str, str]:
        """The levels that are recorded; `from_dict` reads them back."""
        levels = {**self.by_group(), "overall": self.overall}
        return {name: level.label for name, level in levels.items() if level is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rosh:
        """Levels from what `to_dict` gave."""
        return read_back(cls, data)
