"""What the scores of the built-in predictors do not say, each with its source.

The paper of 2024 is about the predictors that OASys had then. What it says is repeated for those
predictors only. Nothing is said of a validation that this library does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.instruments.caution import Caution, Concern
from riskbands.vocabulary.rules import any_of, arguments
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from riskbands.vocabulary.expressions import Expression

__all__ = ["GENERAL_2009", "MEN_ONLY", "OGRS3", "OTHER", "PROVEN", "RSR", "UNVALIDATED"]

_PAPER = "Safer Lewisham Partnership, paper of 16 January 2024"
_TABLES = "the coefficient tables of the predictor, which have numbers for males and for females"
_NONE_KNOWN = "none of the sources of this library (docs/sources.md)"

#: Groups of the current offence, by feature, that are sexual offences.
_SEXUAL_GROUPS = ("sexual_against_child", "sexual_not_against_child")
_GROUP_FEATURES = ("offence_group_ogrs3", "offence_group_actuarial_2025")
_SEXUAL_ITEMS = (
    ".sexual_offence_history",
    ".current_offence_sexually_motivated",
    ".contact_adult_sanctions",
    ".contact_child_sanctions",
    ".image_sanctions",
    ".non_contact_sanctions",
    ".last_sexual_offence_date",
    ".age_at_last_sexual_offence",
    *_GROUP_FEATURES,
)


def _sexual() -> Expression:
    """Whether the case shows a current or previous sexual offence."""
    values = arguments(len(_SEXUAL_ITEMS))
    history, answers_and_counts, times, groups = values[0], values[:6], values[6:8], values[8:]
    told = [x >= 1 for x in answers_and_counts]
    dated = history.equals(-1) & any_of(*(x >= 0 for x in times))
    grouped = [
        x.equals(built_in().feature(name).categories.index(group))
        for x, name in zip(groups, _GROUP_FEATURES, strict=True)
        for group in _SEXUAL_GROUPS
    ]
    return any_of(*told, dated, *grouped)


WOMEN = Concern("women", (".sex",), arguments(1)[0].equals(1))
SEXUAL = Concern("sexual", _SEXUAL_ITEMS, _sexual())

#: Every predictor of proven reoffending.
PROVEN = Caution(
    "proven-reoffending",
    "The score predicts proven reoffending, which undercounts offending, above all sexual "
    "offending and domestic abuse.",
    source=_PAPER,
)
#: What is said by default of differences between groups.
UNVALIDATED = Caution(
    "groups",
    "No validation by group, such as sex, ethnic group or age, is known to this library.",
    source=_NONE_KNOWN,
)

_NAMED = "RSR, OGRS3, OGP and OVP"
_GROUPS_2024 = Caution(
    "groups",
    f"A paper of January 2024 says of the predictors of its day ({_NAMED}) that the validation "
    "samples suggested no difference in accuracy for women or minority ethnic groups, and that "
    "research was continuing. This library knows no published figures for it.",
    source=_PAPER,
)
_GROUPS_RSR = Caution(
    "groups",
    _GROUPS_2024.text + " The default numbers of RSR here are those of 2025. No validation of "
    "these by group is known to this library.",
    source=_PAPER,
)

_WOMEN_2024 = Caution(
    "women",
    "The instrument takes sex into account: by its construction the scores of women as a group "
    "are lower than those of men.",
    concern=WOMEN,
    source=_PAPER,
)
_WOMEN = Caution(
    "women",
    "The instrument takes sex into account: a woman and a man with the same record are scored with "
    "different numbers.",
    concern=WOMEN,
    source=_TABLES,
)
_NOT_FOR_WOMEN = Caution(
    "women",
    "The instrument is for males with a history of sexual offending. For a woman the result is "
    "'not applicable', which does not mean a low risk.",
    concern=WOMEN,
    source="the rules of the HMPPS actuarial API of 2025 and 2026 and of the 2018 calculator",
)

_LOW = (
    "People convicted of sexual offences, above all against children, tended to score low on every "
    "measure that a paper of January 2024 looked at"
)
_HARM = " A low score does not mean a low risk of serious harm."
_SEXUAL_2024 = Caution("sexual-offences", f"{_LOW}.{_HARM}", concern=SEXUAL, source=_PAPER)
_SEXUAL_OGRS3 = Caution(
    "sexual-offences",
    f"{_LOW}: their average on two-year OGRS3 was 11 %, against about 50 % overall.{_HARM}",
    concern=SEXUAL,
    source=_PAPER,
)
_SEXUAL_OTHER = Caution(
    "sexual-offences",
    f"{_LOW}. Whether that holds for this predictor is not known to this library.{_HARM}",
    concern=SEXUAL,
    source=_PAPER,
)
_DYNAMIC = Caution(
    "dynamic",
    "OGP and OVP, which add dynamic factors, predict general and violent reoffending more "
    "accurately than OGRS3.",
    source=_PAPER,
)

#: OGRS3, which has no dynamic factor.
OGRS3 = (_SEXUAL_OGRS3, _WOMEN_2024, PROVEN, _GROUPS_2024, _DYNAMIC)
#: OGP and OVP of 2009, which the paper names.
GENERAL_2009 = (_SEXUAL_2024, _WOMEN_2024, PROVEN, _GROUPS_2024)
#: RSR, which the paper names, with later numbers.
RSR = (_SEXUAL_2024, _WOMEN_2024, PROVEN, _GROUPS_RSR)
#: Predictors for both sexes that the paper does not name.
OTHER = (_SEXUAL_OTHER, _WOMEN, PROVEN, UNVALIDATED)
#: Predictors for males alone, which the paper does not name.
MEN_ONLY = (_SEXUAL_OTHER, _NOT_FOR_WOMEN, PROVEN, UNVALIDATED)
