"""What scores do not say: limits of the instruments, and the cases they concern.

Facts from the 2024 partnership paper (docs/sources.md), in our words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation

__all__ = ["DYNAMIC", "PROVEN", "STANDARD", "Caution"]

_SEXUAL_GROUPS = ("sexual_against_child", "sexual_not_against_child")
_SEXUAL_ANSWERS = ("sexual_offence_history", "current_offence_sexually_motivated")
_SEXUAL_COUNTS = (
    "contact_adult_sanctions",
    "contact_child_sanctions",
    "image_sanctions",
    "non_contact_sanctions",
)
_SEXUAL_TIMES = ("last_sexual_offence_date", "age_at_last_sexual_offence")


@attrs.frozen
class Caution:
    """A limit of an instrument.

    Attributes:
        id: Short stable name.
        text: The limit in one or two sentences.
        about: Whom it concerns: ``everyone``, ``women``, or ``sexual`` for a current or previous
            sexual offence.
    """

    id: str
    text: str
    about: str = "everyone"

    def concerns(self, derivation: Derivation) -> bool:
        """Whether the case is one that the limit concerns."""
        match self.about:
            case "women":
                return derivation.field("sex").valid is True and derivation.field("sex").values == 1
            case "sexual":
                return _sexual(derivation)
            case _:
                return True


def _sexual(derivation: Derivation) -> bool:
    """A current or previous sexual offence, as far as the case tells."""
    for name in (*_SEXUAL_ANSWERS, *_SEXUAL_COUNTS):
        given = derivation.field(name)
        if given.valid is True and given.values >= 1:
            return True
    unsaid = derivation.field("sexual_offence_history").valid is not True
    if unsaid and any(derivation.field(name).valid is True for name in _SEXUAL_TIMES):
        return True
    for name in ("offence_group_ogrs3", "offence_group_actuarial_2025"):
        value, valid = derivation.value(name)
        if (
            valid is True
            and derivation.vocabulary.feature(name).categories[value] in _SEXUAL_GROUPS
        ):
            return True
    return False


_WOMEN = Caution(
    "women",
    "The instrument takes sex into account: by its construction the scores of women as a group "
    "are lower than those of men.",
    about="women",
)
_SEXUAL = Caution(
    "sexual-offences",
    "People convicted of sexual offences, above all against children, tend to score low on every "
    "measure (on average 11 % on two-year OGRS3, against about 50 % overall). A low score does "
    "not mean a low risk of serious harm.",
    about="sexual",
)
#: Holds for every predictor of proven reoffending.
PROVEN = Caution(
    "proven-reoffending",
    "The score predicts proven reoffending, which undercounts offending, above all sexual "
    "offending and domestic abuse.",
)
_GROUPS = Caution(
    "groups",
    "The validation samples suggested no difference in accuracy for women or minority ethnic "
    "groups; research was continuing.",
)
#: Limits every adult predictor has.
STANDARD = (_SEXUAL, _WOMEN, PROVEN, _GROUPS)
#: OGRS3, which has no dynamic factor, has one more.
DYNAMIC = Caution(
    "dynamic",
    "OGP and OVP, which add dynamic factors, predict general and violent reoffending more "
    "accurately than OGRS3.",
)
