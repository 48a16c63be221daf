"""OPD: the screen for the offender personality disorder pathway, from answers of OASys.

Source: the HMPPS actuarial API of December 2025 and of August 2026. Departures, each in
docs/predictors/screening.md: a woman is asked neither for an offence code nor for a custodial
sentence, nobody for the highest level of harm, which nothing reads; a woman who answered any of
the fifteen items counts as answered, where the service looks at ten; the reason is told.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.caution import Caution
from riskbands.instruments.panel import Panel
from riskbands.instruments.results import Result
from riskbands.predictors._screening import HEALTH, cited, counted, known, problem, told
from riskbands.predictors.cautions import UNVALIDATED
from riskbands.vocabulary.expressions import Constant, Flag, ViolentOrSexual
from riskbands.vocabulary.feature import SAME, Fault, Feature, Source
from riskbands.vocabulary.offences import UNKNOWN_CODE
from riskbands.vocabulary.rules import any_of, arguments, total
from riskbands.vocabulary.vocabulary import built_in

__all__ = ["opd"]

_FLAG = ("no", "yes")
_MALE_CUT, _INDICATOR_CUT, _FEMALE_CUT = 7, 2, 10
_X, _Y, _Z, _W = arguments(4)
_FEMALE = _X.equals(1)

#: Items that score a point for some or significant problems.
_PROBLEMS = (
    "financial_reliance",
    "manipulative_behaviour",
    "recklessness",
    "impulsivity",
    "aggressive_behaviour",
    "childhood_experience",
    "psychological_problems",
    "psychiatric_problems",
    "attitude_to_supervision",
    "difficulties_coping",
)
_YES_NO = (
    "childhood_behavioural_problems",
    "psychiatric_treatment_history",
    "mental_health_medication",
    "secure_hospital",
    "psychiatric_treatment",
    "obsessive_behaviour",
    "self_harm",
    "assaulted_staff",
    "escaped_or_absconded",
    "control_issues",
    "weapon",
    "offence_violence",
    "offence_arson",
    "offence_emotional_motivation",
    "offence_analysis_linked_to_harm",
    "accommodation_linked_to_harm",
    "relationships_linked_to_harm",
    "emotional_issues_linked_to_harm",
    "thinking_issues_linked_to_harm",
    "domestic_abuse",
)
_PERSONALITY = (
    "opd_young_first_sanction",
    "offence_violence_or_no",
    "opd_excessive_violence",
    "opd_no_recognition_of_impact",
    "financial_reliance_problem",
    "manipulative_behaviour_problem",
    "recklessness_problem",
    "childhood_behavioural_problems_or_no",
    "impulsivity_problem",
    "aggressive_behaviour_problem",
)
_INDICATORS = {
    "opd_childhood": ("childhood_experience_problem", "childhood_behavioural_problems_or_no"),
    "opd_mental_health": (
        "psychological_problems_problem",
        "psychiatric_problems_problem",
        "psychiatric_treatment_history_or_no",
        "mental_health_medication_or_no",
        "secure_hospital_or_no",
        "psychiatric_treatment_or_no",
        "obsessive_behaviour_or_no",
    ),
    "opd_self_harm": ("self_harm_or_no",),
    "opd_challenging_behaviour": (
        "attitude_to_supervision_problem",
        "assaulted_staff_or_no",
        "escaped_or_absconded_or_no",
        "control_issues_or_no",
    ),
}
_OF_FEMALES = (
    "weapon_or_no",
    "offence_violence_or_no",
    "opd_excessive_violence",
    "offence_arson_or_no",
    "offence_emotional_motivation_or_no",
    "offence_analysis_linked_to_harm_or_no",
    "accommodation_linked_to_harm_or_no",
    "childhood_experience_problem",
    "opd_domestic_abuse",
    "relationships_linked_to_harm_or_no",
    "difficulties_coping_problem",
    "psychological_problems_problem",
    "self_harm_or_no",
    "emotional_issues_linked_to_harm_or_no",
    "thinking_issues_linked_to_harm_or_no",
)
_ANSWERS_OF_MALES = (
    "first_sanction_age",
    "offence_violence",
    "offence_excessive_violence",
    "recognises_impact",
    "financial_reliance",
    "manipulative_behaviour",
    "recklessness",
    "childhood_behavioural_problems",
    "impulsivity",
    "aggressive_behaviour",
    "childhood_experience",
    "psychological_problems",
    "psychiatric_problems",
    "psychiatric_treatment_history",
    "mental_health_medication",
    "secure_hospital",
    "psychiatric_treatment",
    "obsessive_behaviour",
    "self_harm",
    "attitude_to_supervision",
    "assaulted_staff",
    "escaped_or_absconded",
    "control_issues",
)
_ANSWERS_OF_FEMALES = (
    "weapon",
    "offence_violence",
    "offence_excessive_violence",
    "offence_arson",
    "offence_emotional_motivation",
    "offence_analysis_linked_to_harm",
    "accommodation_linked_to_harm",
    "childhood_experience",
    "domestic_abuse",
    "relationships_linked_to_harm",
    "difficulties_coping",
    "psychological_problems",
    "self_harm",
    "emotional_issues_linked_to_harm",
    "thinking_issues_linked_to_harm",
)


def _flag(name: str, sources: tuple[Source, ...], meaning: str, blame: int = 0) -> Feature:
    return Feature(name, sources, low=0, high=1, blame=blame, categories=_FLAG, meaning=meaning)


def _unless_female(name: str, item: str, meaning: str) -> Feature:
    """What is asked of males only; no for a female."""
    sources = (Source((".sex",), _X * 0, when=_FEMALE), Source((item,), SAME))
    return _flag(name, sources, meaning, blame=1)


def _any(name: str, features: tuple[str, ...], meaning: str) -> Feature:
    rule = Flag(total(*arguments(len(features))) > 0)
    return _flag(name, (Source(features, rule),), meaning)


def _of(sex: int, name: str, features: tuple[str, ...], high: int, meaning: str) -> Feature:
    """A sum that only one of the sexes has."""
    values = arguments(len(features) + 1)
    source = Source((".sex", *features), total(*values[1:]), when=values[0].equals(sex))
    return Feature(name, (source,), low=0, high=high, meaning=meaning)


def _answered() -> Feature:
    sources = tuple(
        Source(
            (".sex", *(told(f) for f in fields)),
            Flag(total(*arguments(len(fields) + 1)[1:]) > 0),
            when=_X.equals(sex),
        )
        for sex, fields in ((0, _ANSWERS_OF_MALES), (1, _ANSWERS_OF_FEMALES))
    )
    return _flag("opd_answered", sources, "whether any item is answered")


_SCREENED_IN = any_of(_Y >= _MALE_CUT, _Z >= _INDICATOR_CUT)
_FEATURES = (
    *problem(_PROBLEMS),
    *counted(_YES_NO),
    *known(dict.fromkeys((*_ANSWERS_OF_MALES, *_ANSWERS_OF_FEMALES))),
    *known(("domestic_abuse_partner", "domestic_abuse_family")),
    _flag(
        "opd_young_first_sanction",
        (Source((".first_sanction_age",), Flag(_X <= 17)), Source((), Constant(0))),
        "first sanction before 18",
    ),
    Feature(
        "opd_excessive_violence",
        (
            # worth one point beside the violence that has one, and both points by itself
            Source((".offence_excessive_violence", "offence_violence_or_no"), _X * 2 - _X * _Y),
            Source((), Constant(0)),
        ),
        low=0,
        high=2,
        meaning="excessive violence: 1 beside violence, else 2",
    ),
    _flag(
        "opd_no_recognition_of_impact",
        (Source((".recognises_impact",), Flag(_X.equals(0))), Source((), Constant(1))),
        "does not recognise the impact of offending, or it is not recorded",
    ),
    _flag(
        "opd_domestic_abuse",
        (
            Source(("domestic_abuse_or_no",), _X * 0, when=_X.equals(0)),
            Source((".domestic_abuse_partner", ".domestic_abuse_family"), Flag(_X + _Y > 0)),
        ),
        "evidence of domestic abuse, against a partner or family",
        blame=1,
    ),
    Feature(
        "opd_offence",
        (Source((".offence_code",), ViolentOrSexual(_X)),),
        low=0,
        high=1,
        faults={
            UNKNOWN_CODE: Fault(
                "unknown_offence_code",
                "offence_code is not in the list of Home Office codes; check its five digits",
            )
        },
        categories=_FLAG,
        meaning="current offence of a violent or sexual type",
    ),
    _unless_female("opd_offence_of_male", "opd_offence", "violent or sexual offence, of a male"),
    _unless_female("opd_custody_of_male", ".custodial_sentence", "custodial sentence, of a male"),
    _flag(
        "opd_mappa_of_female",
        (
            Source((".sex",), _X * 0, when=_X.equals(0)),
            Source((".mappa_eligible",), SAME),
        ),
        "eligible for MAPPA, of a female",
        blame=1,
    ),
    _flag(
        "opd_high_harm",
        (Source((".overall_harm_level",), Flag(_X.equals(2) | _X.equals(3))),),
        "high or very high risk of serious harm in this assessment",
    ),
    _flag(
        "opd_gateway",
        (
            Source(
                (".sex", "opd_high_harm", "opd_offence_of_male", "opd_custody_of_male"),
                _Y * _Z * _W,
                when=_X.equals(0),
            ),
            Source((".sex", "opd_high_harm", "opd_mappa_of_female"), Flag(_Y + _Z > 0)),
        ),
        "whether the case passes the gateway of the screen",
    ),
    *(_any(name, features, name.replace("_", " ")) for name, features in _INDICATORS.items()),
    _of(0, "opd_personality", _PERSONALITY, 11, "personality items of males"),
    _of(0, "opd_indicators", tuple(_INDICATORS), 4, "indicators of males"),
    _of(1, "opd_female", _OF_FEMALES, 17, "items of females"),
    _answered(),
    _flag(
        "opd_screened_in",
        (
            Source(("opd_gateway", "opd_personality", "opd_indicators"), _X * Flag(_SCREENED_IN)),
            Source(("opd_gateway", "opd_female"), _X * Flag(_Y >= _FEMALE_CUT)),
        ),
        "screened in",
    ),
    _flag(
        "apply_opd_override_or_no",
        (Source((".apply_opd_override",), SAME), Source((), Constant(0))),
        "the pathway is asked for against a screen-out, no when not recorded",
    ),
    Feature(
        "opd_result",
        (
            Source(
                ("opd_gateway", "opd_answered", "opd_screened_in"),
                _Z,
                when=_X.equals(0) | _Y.equals(1),
            ),
        ),
        low=0,
        high=1,
        categories=("screen_out", "screen_in"),
        meaning="outcome of the screen; none where the gateway is passed and nothing is answered",
    ),
    Feature(
        "opd_reason",
        (Source(("opd_gateway", "opd_result"), _X),),
        low=0,
        high=1,
        categories=("gateway", "score"),
        meaning="what decided",
    ),
    _flag(
        "opd_override_of_screened_out",
        (
            Source(
                ("opd_gateway", "opd_result", "apply_opd_override_or_no"),
                _Z,
                when=_X.equals(1) & _Y.equals(0),
            ),
        ),
        "asked for against a screen-out by score",
    ),
)


def _result(name: str, inputs: tuple[str, ...], about: str) -> Result:
    return Result(name=name, kind="number", inputs=inputs, rule=SAME, about=about)


opd = Panel(
    id="opd",
    name="OPD",
    title="Offender personality disorder pathway screen",
    rule=Percent.WHOLE,
    vocabulary=built_in().extended(features=_FEATURES),
    table=cited(
        "opd-2026",
        "opd",
        "Personality disorder pathway screen of the HMPPS actuarial API",
        "ministryofjustice/hmpps-arns-risk-actuarial-api, commits e28654b (2025-12-15) and 016919c "
        "(2026-08-04), whose list of offence codes it has",
    ),
    cautions=(
        HEALTH,
        Caution(
            "blank-impact",
            "A blank item 2.6 (recognises the impact of offending) scores a point for a male, as a "
            "no does.",
            source="docs/predictors/screening.md",
        ),
        UNVALIDATED,
    ),
    by_name_only=True,
    required=(
        "sex",
        "opd_high_harm",
        "opd_offence_of_male",
        "opd_custody_of_male",
        "opd_mappa_of_female",
        "opd_domestic_abuse",
    ),
    checks=(
        Check(
            "domestic_abuse_inconsistent",
            (
                "domestic_abuse_or_no",
                told("domestic_abuse_partner"),
                told("domestic_abuse_family"),
            ),
            _X.equals(0) & (_Y + _Z > 0),
            "domestic_abuse is no or missing, but whom it is against is given: mend one of them",
            fields=("domestic_abuse", "domestic_abuse_family", "domestic_abuse_partner"),
        ),
    ),
    sums={
        "personality": _PERSONALITY,
        "indicators": tuple(_INDICATORS),
        "female": _OF_FEMALES,
    },
    results=(
        _result("personality", ("opd_personality",), "males: 0 to 11; screened in from 7"),
        _result("indicators", ("opd_indicators",), "males: 0 to 4; screened in from 2"),
        _result("female", ("opd_female",), "females: 0 to 16; screened in from 10"),
        Result(
            name="result",
            kind="category",
            inputs=("opd_result",),
            rule=SAME,
            labels=("screen_out", "screen_in"),
            about="none where no item is answered",
        ),
        Result(
            name="override",
            kind="flag",
            inputs=("opd_override_of_screened_out",),
            rule=SAME,
            about="asked for against a screen-out by score; it does not change the result",
        ),
        Result(
            name="reason",
            kind="category",
            inputs=("opd_reason",),
            rule=SAME,
            labels=("gateway", "score"),
            about="what decided: the gateway was not passed, or the score",
        ),
    ),
)
