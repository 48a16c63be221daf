"""The static terms that SNSV, OGRS4 and the 2026 family share; only their numbers differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.derivation.checks import Check
from riskbands.scorecards.terms import Between, Indicator, LogRate, Lookup, PerUnit, Polynomial
from riskbands.vocabulary.features import VIOLENCE
from riskbands.vocabulary.offences import VIOLENCE_SUBGROUPS
from riskbands.vocabulary.rules import arguments
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from riskbands.scorecards.terms import Term

__all__ = [
    "FOLLOW_UP_BEFORE_CONVICTION",
    "FROM_TEN",
    "VIOLENT_ABOVE_ALL",
    "YOUNG_FIRST_SANCTION",
    "static_groups",
    "static_terms",
    "subgroup_check",
]

#: Ages that the instruments before 2026 score, at conviction and at start of follow-up.
FROM_TEN = {"age_at_conviction": (10, 109), "age_at_follow_up": (10, 109)}
_X, _Y = arguments(2)
_FEMALE = (Between("sex", 1, 1),)


def _first(n: int) -> tuple[Between, ...]:
    return (Between("sanctions", n, n),)


def static_terms(group: str, *, violent: bool, squared: bool, subgroups: bool) -> tuple[Term, ...]:
    """The static terms.

    Args:
        group: Name of the offence-group feature.
        violent: With the terms of violent sanctions.
        squared: With the square of the Copas rate.
        subgroups: With the weight of the violence subgroup beside that of violence.
    """
    categories = built_in().feature(group).categories
    shared = tuple(VIOLENCE if c in VIOLENCE_SUBGROUPS else c for c in categories)
    terms: list[Term] = [
        Indicator(name="female", key="female", when=_FEMALE),
        Polynomial(name="age by sex", key="age", feature="age_at_follow_up", by_sex=True),
        Lookup(name="offence group", key="offence_group", feature=group, groups=shared),
    ]
    if subgroups:
        own = tuple(c if c in VIOLENCE_SUBGROUPS else None for c in categories)
        terms.append(
            Lookup(name="violence subgroup", key="violence_subgroup", feature=group, groups=own)
        )
    terms += [
        Indicator(name="first sanction", key="first_sanction", when=_first(1)),
        Indicator(name="second sanction", key="second_sanction", when=_first(2)),
        PerUnit(
            name="years from first to second sanction",
            key="years_first_to_second",
            feature="career_years",
            by_sex=True,
            when=_first(2),
        ),
        PerUnit(name="sanctions", key="sanctions", feature="sanctions"),
        LogRate(
            name="Copas rate by sex",
            key="copas",
            count="sanctions",
            years="career_years",
            offset_key="copas_years",
            by_sex=True,
            when=(Between("sanctions", 3),),
        ),
    ]
    if squared:
        terms.append(
            LogRate(
                name="Copas rate squared by sex",
                key="copas_squared",
                count="sanctions",
                years="career_years",
                offset_key="copas_years",
                power=2,
                by_sex=True,
                when=(Between("sanctions", 3),),
            )
        )
    terms.append(
        Polynomial(
            name="offence-free months", key="offence_free_months", feature="offence_free_months"
        )
    )
    if violent:
        terms += [
            Indicator(
                name="never violent",
                key="never_violent",
                by_sex=True,
                when=(Between("violent_sanctions", 0, 0),),
            ),
            Indicator(
                name="once violent",
                key="once_violent",
                when=(Between("violent_sanctions", 1, 1),),
            ),
            PerUnit(name="violent sanctions", key="violent_sanctions", feature="violent_sanctions"),
            LogRate(
                name="violent rate",
                key="violent_rate",
                count="violent_sanctions",
                years="career_years",
                offset_key="violent_years",
                when=(Between("violent_sanctions", 1),),
            ),
        ]
    return tuple(terms)


def static_groups(group: str, *, violent: bool) -> tuple[tuple[str, ...], ...]:
    """Joint tables of the static terms."""
    groups = [
        ("sex", "age_at_follow_up", group),
        ("sanctions", "sex", "career_years"),
        ("offence_free_months",),
    ]
    if violent:
        groups.append(("violent_sanctions", "sex", "career_years"))
    return tuple(groups)


def subgroup_check(group: str) -> Check:
    """A check: where the violence subgroup has a weight, violence alone is not enough."""
    position = built_in().feature(group).categories.index(VIOLENCE)
    return Check(
        "violence_subgroup_needed",
        (group,),
        _X.equals(position),
        "offence_group violence is not enough here: give the violence subgroup or the code",
        fields=("offence_group",),
    )


#: This is advice and no issue: the vocabulary allows such an age with a warning.
YOUNG_FIRST_SANCTION = Check(
    "first_sanction_under_10",
    ("first_sanction_age",),
    _X < 10,
    "first_sanction_age is under 10, the age of criminal responsibility: check it",
)

VIOLENT_ABOVE_ALL = Check(
    "violent_sanctions_above_sanctions",
    ("sanctions", "violent_sanctions"),
    _Y > _X,
    "violent_sanctions must not exceed sanctions, which count the violent ones too",
)

FOLLOW_UP_BEFORE_CONVICTION = Check(
    "follow_up_before_conviction",
    (".conviction_date", ".follow_up_date"),
    _Y < _X,
    "follow_up_date must not lie before conviction_date",
)
