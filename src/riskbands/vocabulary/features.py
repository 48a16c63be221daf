"""Derived features: what the scorecards read, each with its domain, for a case or a cohort.

A feature is declared once as a list of *sources*. A source names its inputs (a field as
``".name"``, another feature as ``"name"``) and a function that works on whole numbers and on
arrays alike. The first source whose inputs are there gives the value. The rules are those of the
instruments: completed years, the conviction date standing in for a missing start of follow-up,
offence-free months up to 36.

Compact names and codes (``sex`` 0 male 1 female, offence groups as positions in their tuple, ages
in years, months, counts) are those that ``Predictor.score_features`` takes.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic import dates
from riskbands.arithmetic.truth import take, where
from riskbands.vocabulary import offences
from riskbands.vocabulary.fields import Kind, all_fields, field, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DIRECT_FIELDS", "OFFENCE_FREE_MONTHS_CAP", "Feature", "Source", "feature", "features"]

#: Offence-free time counts up to this many months.
OFFENCE_FREE_MONTHS_CAP = 36
#: Fields that stand for features themselves, in data without dates of birth.
DIRECT_FIELDS = (
    "age_at_conviction",
    "age_at_follow_up",
    "offence_free_months",
    "age_at_last_sexual_offence",
    "months_since_last_sanction",
)
#: Names of the violence subgroups that share one weight in the actuarial groups.
VIOLENCE = "violence"


@attrs.frozen
class Source:
    """One way to get a feature.

    Attributes:
        inputs: Fields (``".name"``) and features (``"name"``) it needs.
        derive: Function of their values; elementwise, total.
        when: Further condition on their values, or None.
        absent: Fields that must be missing for this source to be used.
    """

    inputs: tuple[str, ...]
    derive: Callable[..., Any]
    when: Callable[..., Any] | None = None
    absent: tuple[str, ...] = ()


@attrs.frozen
class Feature:
    """A small whole number that scorecards look up.

    Attributes:
        name: Name; the key of ``score_features``.
        sources: Ways to get it, in order of preference.
        low: Least value of the domain, or None where the domain is not checked.
        high: Greatest value.
        is_field: Whether it is a field as it is, with the field's range for its domain.
        below: Issue code under ``low``.
        above: Issue code over ``high``.
        faults: Issue code and message of special negative values.
        agree: Whether all sources that are available must give the same value.
        blame: Which source's fields are named when the feature is missing.
        blame_all: Name the fields of every source instead.
        categories: Names of the values, for a categorical feature.
        meaning: What it is, for explanations.
    """

    name: str
    sources: tuple[Source, ...]
    low: int | None = None
    high: int | None = None
    is_field: bool = False
    below: str = ""
    above: str = ""
    faults: Mapping[int, tuple[str, str]] = attrs.field(factory=dict)
    agree: bool = False
    blame: int = 0
    blame_all: bool = False
    categories: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def size(self) -> int:
        """Number of values in the domain."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} has no domain")
        return self.high - self.low + 1

    def describe(self, value: int) -> str:
        """The value in words."""
        return self.categories[value] if self.categories else str(value)


def same(x: Any) -> Any:
    """The input as it is."""
    return x


def _of_field(name: str) -> Feature:
    """A field taken as it is."""
    f = field(name)
    low, high = 0, 1
    categories: tuple[str, ...] = ()
    if f.kind is Kind.INT:
        assert f.low is not None
        assert f.high is not None
        low, high = f.low, f.high
    elif f.kind is Kind.LEVEL:
        high = 2
    elif f.kind is Kind.ENUM:
        high, categories = len(f.values) - 1, f.values
    elif f.kind is Kind.BOOL:
        categories = ("no", "yes")
    return Feature(
        name,
        (Source((f".{name}",), same),),
        low=low,
        high=high,
        is_field=True,
        categories=categories,
        meaning=f.meaning,
    )


def _flag_or_no(name: str) -> Feature:
    """A yes/no field that counts as no when it is missing."""
    return Feature(
        f"{name}_or_no",
        (Source((f".{name}",), same), Source((), lambda: 0)),
        low=0,
        high=1,
        categories=("no", "yes"),
        meaning=f"{name}, no when not recorded",
    )


def _years_feature(name: str, until: str, low: int, meaning: str) -> Feature:
    return Feature(
        name,
        (
            Source((".date_of_birth", until), dates.years_of_packed),
            Source((f".{name}",), same),
        ),
        low=low,
        high=109,
        agree=True,
        meaning=meaning,
    )


def _free_months(start: Any, assessed: Any) -> Any:
    months = dates.months_of_packed(start, assessed)
    return _cap_months(months * (assessed > start))


def _cap_months(months: Any) -> Any:
    over = months > OFFENCE_FREE_MONTHS_CAP
    return months - (months - OFFENCE_FREE_MONTHS_CAP) * over


def _offence_group(scheme_name: str) -> Feature:
    scheme = offences.scheme(scheme_name)
    categories = scheme.groups
    if VIOLENCE not in categories:  # a caller may know no more than that
        categories = (*categories, VIOLENCE)
    position = {g: i for i, g in enumerate(categories)}
    unknown_group = -9
    by_name = np.array(
        [position.get(g, unknown_group) for g in offences.all_groups()], dtype=np.int16
    )
    return Feature(
        f"offence_group_{scheme_name.replace('-', '_')}",
        (
            Source((".offence_group",), lambda g: take(by_name, g)),
            Source((".offence_code",), lambda c: take(scheme.table, c)),
        ),
        low=0,
        high=len(categories) - 1,
        faults={
            **{
                negative: (code, message.format(scheme_name))
                for negative, (code, message) in offences.WHY_NOT.items()
            },
            unknown_group: (
                "unknown_offence_group",
                f"offence_group is not a group of {scheme_name}; give one of its groups",
            ),
        },
        blame=1,
        categories=categories,
        meaning="group of the current offence",
    )


def _hierarchy(image: Any, child: Any, adult: Any, other: Any) -> Any:
    """Position of the first category of OSP/I and OSP/IIC that matches."""
    rest = where(adult + other > 0, 4, 5)
    rest = where(child == 1, 3, rest)
    rest = where(child >= 2, 2, rest)
    rest = where(image == 1, 1, rest)
    return where(image >= 2, 0, rest)


#: Categories of OSP/I and OSP/IIC in the order of the hierarchy.
IMAGE_HIERARCHY = (
    "two_or_more_image_sanctions",
    "one_image_sanction",
    "two_or_more_contact_child_sanctions",
    "one_contact_child_sanction",
    "any_other_sexual_sanction",
    "no_sexual_sanction",
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
    """Whether five years have passed since a date; yes where that date is not given."""
    return Feature(
        f"five_years_since_{name.removesuffix('_date')}",
        (
            Source((), lambda: 1, absent=(f".{name}",)),
            Source(
                (f".{name}", ".assessment_date"),
                lambda d, a: 1 * (dates.years_of_packed(d, a) >= _QUIET_YEARS),
            ),
        ),
        low=0,
        high=1,
        blame=1,
        meaning=f"five completed years from {name} to assessment",
    )


def _declared() -> list[Feature]:
    flag = ("no", "yes")
    return [
        Feature("ogrs3_2yr", (), low=1, high=99, meaning="OGRS3 two-year percentage"),
        Feature(
            "follow_up_start",
            (Source((".follow_up_date",), same), Source((".conviction_date",), same)),
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
                    lambda: -1,
                    absent=(".last_sexual_offence_date", ".age_at_last_sexual_offence"),
                ),
                Source(("age_at_last_sexual_offence",), same),
            ),
            low=-1,
            high=109,
            blame=1,
            meaning="completed years at the most recent sexual offence, -1 where not recorded",
        ),
        Feature(
            "career_years",
            (Source(("age_at_conviction", ".first_sanction_age"), lambda a, f: a - f),),
            low=0,
            high=109,
            below="first_sanction_after_conviction",
            meaning="completed years from first sanction to conviction",
        ),
        Feature(
            "offence_free_months",
            (
                Source(("follow_up_start", ".assessment_date"), _free_months),
                Source((".offence_free_months",), _cap_months),
            ),
            low=0,
            high=OFFENCE_FREE_MONTHS_CAP,
            agree=True,
            meaning="completed months from start of follow-up to assessment, at most 36",
        ),
        Feature(
            "last_sanction",
            (Source((".last_sanction_date",), same), Source((".conviction_date",), same)),
            blame_all=True,
            meaning="last sanction; the conviction date where it is missing",
        ),
        Feature(
            "months_since_last_sanction",
            (
                Source(("last_sanction", ".assessment_date"), _free_months),
                Source((".months_since_last_sanction",), _cap_months),
            ),
            low=0,
            high=OFFENCE_FREE_MONTHS_CAP,
            agree=True,
            meaning="completed months from the last sanction to assessment, at most 36",
        ),
        Feature(
            "age_at_assessment",
            (Source((".date_of_birth", ".assessment_date"), dates.years_of_packed),),
            meaning="completed years at assessment",
        ),
        Feature(
            "order_runs",
            (
                Source((".order_end_date", ".assessment_date"), lambda end, a: 1 * (end >= a)),
                Source((), lambda: 0),
            ),
            low=0,
            high=1,
            categories=flag,
            meaning="an order runs at the assessment",
        ),
        Feature(
            "non_violent_sanctions",
            (Source((".sanctions", ".violent_sanctions"), lambda s, v: s - v),),
            low=0,
            high=1023,
            below="violent_sanctions_above_sanctions",
            meaning="sanctions less violent sanctions",
        ),
        *(_offence_group(name) for name in offences.OFFENCE_SCHEMES),
        Feature(
            "domestic_abuse_of_partner",
            (
                Source((".domestic_abuse",), lambda d: 0 * d, when=lambda d: d == 0),
                Source((".domestic_abuse", ".domestic_abuse_partner"), lambda d, p: d * p),
            ),
            low=0,
            high=1,
            blame=1,
            categories=flag,
            meaning="evidence of domestic abuse, against a partner",
        ),
        Feature(
            "lives_with_partner",
            (Source((".relationship_status",), lambda r: 1 * (r == 0)),),
            low=0,
            high=1,
            categories=flag,
            meaning="relationship status is living together",
        ),
        Feature(
            "drug_motivation_or_0",
            (Source((".drug_motivation",), same), Source((), lambda: 0)),
            low=0,
            high=2,
            meaning="motivation to tackle drug misuse, 0 when not recorded",
        ),
        Feature(
            "drug_motivation_known",
            (Source((".drug_motivation",), lambda d: 0 * d + 1), Source((), lambda: 0)),
            low=0,
            high=1,
            meaning="whether motivation to tackle drug misuse is recorded",
        ),
        *(_flag_or_no(n) for n in fields() if n.startswith("uses_")),
        Feature(
            "any_other_drug",
            (Source(tuple(f"{d}_or_no" for d in _OTHER_DRUGS), lambda *f: 1 * (sum(f) > 0)),),
            low=0,
            high=1,
            categories=flag,
            meaning="any of " + ", ".join(_OTHER_DRUGS),
        ),
        Feature(
            "osp_applies",
            (
                Source((".sex",), lambda s: 0 * s, when=lambda s: s == 1),
                Source((".sex", ".sexual_offence_history"), lambda s, h: (1 - s) * h),
            ),
            low=0,
            high=1,
            blame=1,
            categories=flag,
            meaning="male with a history of sexual offending",
        ),
        Feature(
            "female_with_sexual_history",
            (Source((".sex", ".sexual_offence_history"), lambda s, h: s * h),),
            low=0,
            high=1,
            categories=flag,
            meaning="female with a history of sexual offending",
        ),
        Feature(
            "image_hierarchy",
            (Source(tuple(f".{c}" for c in _SEXUAL_COUNTS), _hierarchy),),
            low=0,
            high=5,
            categories=IMAGE_HIERARCHY,
            meaning="first category of the hierarchy that matches",
        ),
        Feature(
            "sexual_sanctions",
            (Source(tuple(f".{c}" for c in _SEXUAL_COUNTS), lambda *c: sum(c)),),
            low=0,
            high=4 * 999,
            meaning="sum of the four sexual sanction counts",
        ),
        Feature(
            "sexual_sanctions_recorded",
            (Source(tuple(f"{c}_or_0" for c in _SEXUAL_COUNTS), lambda *c: sum(c)),),
            low=0,
            high=4 * 999,
            meaning="sum of the sexual sanction counts that are recorded",
        ),
        *(
            Feature(
                f"{c}_or_0",
                (Source((f".{c}",), same), Source((), lambda: 0)),
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
                    lambda d, a: 1 * (dates.years_of_packed(d, a) >= _QUIET_YEARS),
                ),
                Source((".offence_free_months",), lambda m: 1 * (m >= 12 * _QUIET_YEARS)),
            ),
            low=0,
            high=1,
            meaning="five completed years from start of follow-up to assessment",
        ),
    ]


@cache
def features() -> Mapping[str, Feature]:
    """Every feature by name; read-only. A field that is not derived is a feature by itself."""
    found = {f.name: f for f in _declared()}
    for name, f in all_fields().items():
        if name not in found and f.kind in (Kind.INT, Kind.LEVEL, Kind.BOOL, Kind.ENUM):
            found[name] = _of_field(name)
    return MappingProxyType(found)


def feature(name: str) -> Feature:
    """The feature of that name."""
    return features()[name]
