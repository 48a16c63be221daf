"""The OASys assessment of an adult: the inputs of every adult predictor, checked and immutable."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from riskbands.assessments._inputs import (
    CaseInputs,
    Faulty,
    check_on_issue,
    hmpps_fields,
    known_fields,
    reader,
)
from riskbands.errors import InputErrorGroup, Issue
from riskbands.evaluate import CaseEvaluation, Evaluation
from riskbands.fields import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OASysAssessment"]


def _field(name: str) -> Any:
    return attrs.field(default=None, converter=reader(name))


@attrs.frozen(slots=False, kw_only=True)
class OASysAssessment:
    """What is known of one adult, in the vocabulary of :mod:`riskbands.fields`.

    Every field may be left out; a predictor says which of those it needs are missing. Values
    are taken in the forms data comes in: ISO dates, ``M``/``F``, yes/no, true/false, OASys 0/1/2.

    Attributes:
        faults: Values that could not be read, kept aside by
            ``from_dict(..., on_issue="keep")``; those fields hold None.

    Raises:
        InputErrorGroup: Values that cannot be read or are out of range; all of them together.

    Example:
        >>> case = OASysAssessment(sex="M", date_of_birth="1990-05-01", sanctions=4)
        >>> case.sex, case.date_of_birth
        ('male', datetime.date(1990, 5, 1))
    """

    case_id: str | None = _field("case_id")
    sex: str | None = _field("sex")
    date_of_birth: dt.date | None = _field("date_of_birth")
    assessment_date: dt.date | None = _field("assessment_date")
    conviction_date: dt.date | None = _field("conviction_date")
    follow_up_date: dt.date | None = _field("follow_up_date")
    offence_code: str | None = _field("offence_code")
    offence_group: str | None = _field("offence_group")
    sanctions: int | None = _field("sanctions")
    violent_sanctions: int | None = _field("violent_sanctions")
    first_sanction_age: int | None = _field("first_sanction_age")
    supervision_status: str | None = _field("supervision_status")
    weapon: bool | None = _field("weapon")
    recognises_impact: bool | None = _field("recognises_impact")
    no_fixed_abode: bool | None = _field("no_fixed_abode")
    accommodation: int | None = _field("accommodation")
    unemployed: bool | None = _field("unemployed")
    partner_relationship: int | None = _field("partner_relationship")
    domestic_abuse: bool | None = _field("domestic_abuse")
    domestic_abuse_partner: bool | None = _field("domestic_abuse_partner")
    domestic_abuse_family: bool | None = _field("domestic_abuse_family")
    relationship_status: str | None = _field("relationship_status")
    activities_encourage_offending: int | None = _field("activities_encourage_offending")
    drug_misuse: int | None = _field("drug_misuse")
    drug_motivation: int | None = _field("drug_motivation")
    uses_heroin: bool | None = _field("uses_heroin")
    uses_methadone: bool | None = _field("uses_methadone")
    uses_other_opiate: bool | None = _field("uses_other_opiate")
    uses_crack_cocaine: bool | None = _field("uses_crack_cocaine")
    uses_powder_cocaine: bool | None = _field("uses_powder_cocaine")
    uses_misused_prescription: bool | None = _field("uses_misused_prescription")
    uses_benzodiazepines: bool | None = _field("uses_benzodiazepines")
    uses_cannabis: bool | None = _field("uses_cannabis")
    uses_steroids: bool | None = _field("uses_steroids")
    uses_ketamine: bool | None = _field("uses_ketamine")
    uses_spice: bool | None = _field("uses_spice")
    uses_hallucinogens: bool | None = _field("uses_hallucinogens")
    uses_solvents: bool | None = _field("uses_solvents")
    uses_other_drugs: bool | None = _field("uses_other_drugs")
    alcohol_use: int | None = _field("alcohol_use")
    binge_drinking: int | None = _field("binge_drinking")
    psychiatric_treatment: bool | None = _field("psychiatric_treatment")
    impulsivity: int | None = _field("impulsivity")
    temper_control: int | None = _field("temper_control")
    problem_solving: int | None = _field("problem_solving")
    awareness_of_consequences: int | None = _field("awareness_of_consequences")
    understands_others: int | None = _field("understands_others")
    pro_criminal_attitudes: int | None = _field("pro_criminal_attitudes")
    previous_homicide: bool | None = _field("previous_homicide")
    previous_wounding_gbh: bool | None = _field("previous_wounding_gbh")
    previous_kidnapping: bool | None = _field("previous_kidnapping")
    previous_firearms: bool | None = _field("previous_firearms")
    previous_robbery: bool | None = _field("previous_robbery")
    previous_aggravated_burglary: bool | None = _field("previous_aggravated_burglary")
    previous_weapon: bool | None = _field("previous_weapon")
    previous_criminal_damage: bool | None = _field("previous_criminal_damage")
    previous_arson: bool | None = _field("previous_arson")
    sexual_offence_history: bool | None = _field("sexual_offence_history")
    current_offence_sexually_motivated: bool | None = _field("current_offence_sexually_motivated")
    contact_adult_sanctions: int | None = _field("contact_adult_sanctions")
    contact_child_sanctions: int | None = _field("contact_child_sanctions")
    image_sanctions: int | None = _field("image_sanctions")
    non_contact_sanctions: int | None = _field("non_contact_sanctions")
    last_sexual_offence_date: dt.date | None = _field("last_sexual_offence_date")
    last_offence_date: dt.date | None = _field("last_offence_date")
    stranger_victim: bool | None = _field("stranger_victim")
    age_at_conviction: int | None = _field("age_at_conviction")
    age_at_follow_up: int | None = _field("age_at_follow_up")
    offence_free_months: int | None = _field("offence_free_months")
    age_at_last_sexual_offence: int | None = _field("age_at_last_sexual_offence")
    faults: tuple[Issue, ...] = attrs.field(default=(), repr=False)

    def __attrs_post_init__(self) -> None:
        problems = [
            value.issue for name in fields() if isinstance(value := getattr(self, name), Faulty)
        ]
        if problems:
            raise InputErrorGroup.of("the assessment has values that cannot be read", problems)

    def __repr__(self) -> str:
        given = [name for name in fields() if getattr(self, name) is not None]
        return f"<OASysAssessment with {len(given)} fields: {', '.join(given)}>"

    @cached_property
    def evaluation(self) -> Evaluation:
        """Features of the case, each worked out once and kept."""
        inputs = CaseInputs(self, self.faults)
        return CaseEvaluation(inputs, inputs.code, faulty=bool(self.faults))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, on_issue: str = "raise") -> OASysAssessment:
        """An assessment from field names and raw values, e.g. a JSON object or a CSV row.

        Args:
            data: Raw values by field name.
            on_issue: ``"raise"``, or ``"keep"`` to set values that cannot be read aside in
                ``faults``: the predictors that need them then report them as issues, the others
                score.

        Raises:
            InputErrorGroup: Values that cannot be read (with ``"raise"``).
            UnknownNameError: A key is no field; near names are suggested.
        """
        check_on_issue(on_issue)
        given = known_fields(data)
        if on_issue == "raise":
            return cls(**given)
        read = {name: reader(name)(raw) for name, raw in given.items()}
        faults = tuple(v.issue for v in read.values() if isinstance(v, Faulty))
        kept = {name: None if isinstance(v, Faulty) else v for name, v in read.items()}
        return cls(**kept, faults=faults)

    @classmethod
    def from_hmpps(cls, request: Mapping[str, Any], *, on_issue: str = "raise") -> OASysAssessment:
        """An assessment from a request in the names of the HMPPS actuarial API.

        ``previousConvictions`` is a list of kinds; where it is given, kinds it does not name are
        no. Keys the vocabulary does not know (such as ``version``) are ignored.

        Args:
            request: The request's fields.
            on_issue: As in :meth:`from_dict`.

        Raises:
            InputErrorGroup: Values that cannot be read (with ``"raise"``).
        """
        return cls.from_dict(hmpps_fields(request), on_issue=on_issue)

    def to_dict(self) -> dict[str, Any]:
        """The fields that are given, as plain JSON values; :meth:`from_dict` reads it back."""
        found: dict[str, Any] = {}
        for name in fields():
            value = getattr(self, name)
            if value is not None:
                found[name] = value.isoformat() if isinstance(value, dt.date) else value
        return found
