"""The built-in features: what the scorecards read, each with its domain.

A feature is declared once as a list of *sources*. A source names its inputs (a field as
``".name"``, another feature as ``"name"``) and a rule over whole numbers. The first source whose
inputs are there gives the value. The rules are those of the instruments: completed years, the
conviction date standing in for a missing start of follow-up, offence-free months up to 36.

Compact names and codes (``sex`` 0 male 1 female, offence groups as positions in their tuple, ages
in years, months, counts) are those that ``Predictor.score_features`` takes.
"""

from __future__ import annotations

from typing import Final

from riskbands.vocabulary import offences
from riskbands.vocabulary.expressions import Constant, Flag, LookUp, OffenceGroup
from riskbands.vocabulary.feature import SAME, Fault, Feature, Source, or_else
from riskbands.vocabulary.fields import fields
from riskbands.vocabulary.rules import (
    arguments,
    at_least,
    capped,
    completed_months,
    completed_years,
    first_match,
    total,
)

__all__ = ["IMAGE_HIERARCHY", "OFFENCE_FREE_MONTHS_CAP", "VIOLENCE", "declared_features"]

#: Offence-free time counts up to this many months.
OFFENCE_FREE_MONTHS_CAP: Final = 36
#: The weight that the violence subgroups share in the actuarial groups.
VIOLENCE: Final = "violence"

_X, _Y, _Z, _W = arguments(4)
_FLAG: Final = ("no", "yes")
_YEARS: Final = completed_years(_X, _Y)
_CAPPED_MONTHS: Final = capped(_X, OFFENCE_FREE_MONTHS_CAP)
#: Completed months from the first date to the second, none where that is not later, at most 36.
_FREE_MONTHS: Final = capped(completed_months(_X, _Y) * Flag(_Y > _X), OFFENCE_FREE_MONTHS_CAP)


def _flag_or_no(name: str) -> Feature:
    """A yes/no field that counts as no when it is missing."""
    return Feature(
        f"{name}_or_no",
        or_else(name, 0),
        low=0,
        high=1,
        categories=_FLAG,
        meaning=f"{name}, no when not recorded",
    )


def _years_feature(name: str, until: str, low: int, meaning: str) -> Feature:
    return Feature(
        name,
        (
            Source((".date_of_birth", until), _YEARS),
            Source((f".{name}",), SAME),
        ),
        low=low,
        high=109,
        agree=True,
        meaning=meaning,
    )


def _offence_group(scheme_name: str) -> Feature:
    scheme = offences.scheme(scheme_name)
    categories = scheme.groups
    if VIOLENCE not in categories:  # The caller may know only that.
        categories = (*categories, VIOLENCE)
    position = {g: i for i, g in enumerate(categories)}
    unknown_group = -9
    by_name = tuple(position.get(g, unknown_group) for g in offences.all_groups())
    return Feature(
        f"offence_group_{scheme_name.replace('-', '_')}",
        (
            Source((".offence_group",), LookUp(by_name, _X)),
            Source((".offence_code",), OffenceGroup(scheme_name, _X)),
        ),
        low=0,
        high=len(categories) - 1,
        faults={
            **{
                negative: Fault(code, message.format(scheme_name))
                for negative, (code, message) in offences.WHY_NOT.items()
            },
            unknown_group: Fault(
                "unknown_offence_group",
                f"offence_group is not a group of {scheme_name}; give one of its groups",
                ("offence_group",),
            ),
        },
        blame=1,
        categories=categories,
        meaning="group of the current offence",
        alias="offence_group",
    )


#: Categories of OSP/I and OSP/IIC in the order of the hierarchy.
IMAGE_HIERARCHY = (
    "two_or_more_image_sanctions",
    "one_image_sanction",
    "two_or_more_contact_child_sanctions",
    "one_contact_child_sanction",
    "any_other_sexual_sanction",
    "no_sexual_sanction",
)
#: The first of these that holds, over the counts of images, contact (child), contact (adult) and
#: non-contact; the last category where none does.
_HIERARCHY: Final = first_match(
    (
        (_X >= 2, 0),
        (_X.equals(1), 1),
        (_Y >= 2, 2),
        (_Y.equals(1), 3),
        (_Z + _W > 0, 4),
    ),
    otherwise=5,
)
_SEXUAL_COUNTS = (
    "image_sanctions",
    "contact_child_sanctions",
    "contact_adult_sanctions",
    "non_contact_sanctions",
)
_OTHER_DRUGS = (
    "uses_other_drugs",
    "uses_ketamine",
    "uses_spice",
    "uses_hallucinogens",
    "uses_solvents",
)
_QUIET_YEARS = 5


def _quiet(name: str) -> Feature:
    """Whether five years have passed since a date. It is yes when that date is not given."""
    return Feature(
        f"five_years_since_{name.removesuffix('_date')}",
        (
            Source((), Constant(1), absent=(f".{name}",)),
            Source(
                (f".{name}", ".assessment_date"),
                at_least(_YEARS, _QUIET_YEARS),
            ),
        ),
        low=0,
        high=1,
        blame=1,
        meaning=f"five completed years from {name} to assessment",
    )


def declared_features() -> list[Feature]:
    """The features that are derived, those another comes from first."""
    return [
        Feature("ogrs3_2yr", (), low=1, high=99, meaning="OGRS3 two-year percentage"),
        Feature(
            "follow_up_start",
            (Source((".follow_up_date",), SAME), Source((".conviction_date",), SAME)),
            blame_all=True,
            meaning="start of follow-up; the conviction date where it is missing",
        ),
        _years_feature("age_at_conviction", ".conviction_date", 0, "completed years at conviction"),
        _years_feature(
            "age_at_follow_up", "follow_up_start", 0, "completed years at start of follow-up"
        ),
        Feature(
            "age_at_last_sexual_offence",
            (
                *_years_feature(
                    "age_at_last_sexual_offence", ".last_sexual_offence_date", 0, ""
                ).sources,
            ),
            low=0,
            high=109,
            agree=True,
            meaning="completed years at the most recent sexual offence",
        ),
        Feature(
            "age_at_last_sexual_offence_if_known",
            (
                Source(
                    (),
                    Constant(-1),
                    absent=(".last_sexual_offence_date", ".age_at_last_sexual_offence"),
                ),
                Source(("age_at_last_sexual_offence",), SAME),
            ),
            low=-1,
            high=109,
            blame=1,
            meaning="completed years at the most recent sexual offence, -1 where not recorded",
        ),
        Feature(
            "career_years",
            (Source(("age_at_conviction", ".first_sanction_age"), _X - _Y),),
            low=0,
            high=109,
            below="first_sanction_after_conviction",
            meaning="completed years from first sanction to conviction",
        ),
        Feature(
            "offence_free_months",
            (
                Source(("follow_up_start", ".assessment_date"), _FREE_MONTHS),
                Source((".offence_free_months",), _CAPPED_MONTHS),
            ),
            low=0,
            high=OFFENCE_FREE_MONTHS_CAP,
            agree=True,
            meaning="completed months from start of follow-up to assessment, at most 36",
        ),
        Feature(
            "last_sanction",
            (Source((".last_sanction_date",), SAME), Source((".conviction_date",), SAME)),
            blame_all=True,
            meaning="last sanction; the conviction date where it is missing",
        ),
        Feature(
            "months_since_last_sanction",
            (
                Source(("last_sanction", ".assessment_date"), _FREE_MONTHS),
                Source((".months_since_last_sanction",), _CAPPED_MONTHS),
            ),
            low=0,
            high=OFFENCE_FREE_MONTHS_CAP,
            agree=True,
            meaning="completed months from the last sanction to assessment, at most 36",
        ),
        Feature(
            "age_at_assessment",
            (Source((".date_of_birth", ".assessment_date"), _YEARS),),
            meaning="completed years at assessment",
        ),
        Feature(
            "order_runs",
            (
                Source((".order_end_date", ".assessment_date"), Flag(_X >= _Y)),
                Source((), Constant(0)),
            ),
            low=0,
            high=1,
            categories=_FLAG,
            meaning="an order runs at the assessment",
        ),
        Feature(
            "non_violent_sanctions",
            (Source((".sanctions", ".violent_sanctions"), _X - _Y),),
            low=0,
            high=1023,
            below="violent_sanctions_above_sanctions",
            meaning="sanctions less violent sanctions",
        ),
        *(_offence_group(name) for name in offences.OFFENCE_SCHEMES),
        Feature(
            "domestic_abuse_of_partner",
            (
                Source((".domestic_abuse",), _X * 0, when=_X.equals(0)),
                Source((".domestic_abuse", ".domestic_abuse_partner"), _X * _Y),
            ),
            low=0,
            high=1,
            blame=1,
            categories=_FLAG,
            meaning="evidence of domestic abuse, against a partner",
        ),
        Feature(
            "lives_with_partner",
            (Source((".relationship_status",), Flag(_X.equals(0))),),
            low=0,
            high=1,
            categories=_FLAG,
            meaning="relationship status is living together",
        ),
        Feature(
            "drug_motivation_or_0",
            or_else("drug_motivation", 0),
            low=0,
            high=2,
            meaning="motivation to tackle drug misuse, 0 when not recorded",
        ),
        Feature(
            "drug_motivation_known",
            (Source((".drug_motivation",), _X * 0 + 1), Source((), Constant(0))),
            low=0,
            high=1,
            meaning="whether motivation to tackle drug misuse is recorded",
        ),
        *(_flag_or_no(n) for n in fields() if n.startswith("uses_")),
        Feature(
            "any_other_drug",
            (
                Source(
                    tuple(f"{d}_or_no" for d in _OTHER_DRUGS),
                    Flag(total(*arguments(len(_OTHER_DRUGS))) > 0),
                ),
            ),
            low=0,
            high=1,
            categories=_FLAG,
            meaning="any of " + ", ".join(_OTHER_DRUGS),
        ),
        Feature(
            "osp_applies",
            (
                Source((".sex",), _X * 0, when=_X.equals(1)),
                Source((".sex", ".sexual_offence_history"), (Constant(1) - _X) * _Y),
            ),
            low=0,
            high=1,
            blame=1,
            categories=_FLAG,
            meaning="male with a history of sexual offending",
        ),
        Feature(
            "female_with_sexual_history",
            (Source((".sex", ".sexual_offence_history"), _X * _Y),),
            low=0,
            high=1,
            categories=_FLAG,
            meaning="female with a history of sexual offending",
        ),
        Feature(
            "image_hierarchy",
            (Source(tuple(f".{c}" for c in _SEXUAL_COUNTS), _HIERARCHY),),
            low=0,
            high=5,
            categories=IMAGE_HIERARCHY,
            meaning="first category of the hierarchy that matches",
        ),
        Feature(
            "sexual_sanctions",
            (Source(tuple(f".{c}" for c in _SEXUAL_COUNTS), total(_X, _Y, _Z, _W)),),
            low=0,
            high=4 * 999,
            meaning="sum of the four sexual sanction counts",
        ),
        Feature(
            "sexual_sanctions_recorded",
            (Source(tuple(f"{c}_or_0" for c in _SEXUAL_COUNTS), total(_X, _Y, _Z, _W)),),
            low=0,
            high=4 * 999,
            meaning="sum of the sexual sanction counts that are recorded",
        ),
        *(
            Feature(
                f"{c}_or_0",
                or_else(c, 0),
                low=0,
                high=999,
                meaning=f"{c}, 0 when not recorded",
            )
            for c in _SEXUAL_COUNTS
        ),
        _flag_or_no("stranger_victim"),
        _quiet("last_offence_date"),
        _quiet("last_sexual_offence_date"),
        Feature(
            "five_years_since_follow_up",
            (
                Source(
                    ("follow_up_start", ".assessment_date"),
                    at_least(_YEARS, _QUIET_YEARS),
                ),
                Source((".offence_free_months",), at_least(_X, 12 * _QUIET_YEARS)),
            ),
            low=0,
            high=1,
            meaning="five completed years from start of follow-up to assessment",
        ),
    ]
