"""The OASys assessment of an adult: the inputs of every adult predictor, checked and immutable."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from riskbands.assessments._base import Record
from riskbands.assessments._inputs import from_field, hmpps_fields
from riskbands.assessments._parts import part, parts
from riskbands.assessments.judgement import Judgement, judgements_table
from riskbands.assessments.rosh import Rosh
from riskbands.assessments.sections import SECTIONS, Sections
from riskbands.assessments.summary import Table, as_text, scores_table, summary_of
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.assessments.sections import Unanswered
    from riskbands.assessments.summary import Summary
    from riskbands.bands.scale import Band

__all__ = ["OASysAssessment"]


@attrs.frozen(slots=False, kw_only=True, repr=False)
class OASysAssessment(Record):
    """What is known of one adult, in the vocabulary of `riskbands.fields`.

    Every field may be left out; a predictor says which of those it needs are missing. Values
    are taken in the forms data comes in: ISO dates, ``M``/``F``, yes/no, true/false, OASys 0/1/2.

    Attributes:
        sections: The clinical sections. An item that answers a field (3.4 is ``accommodation``)
            stands in where the field is not given, and must agree with it where it is.
        rosh: Risk of serious harm by group at risk.
        judgements: The practitioner's judgements, one about each thing.
        sign_offs: Every sign-off so far; ``signed_off`` tells which are in force.
        faults: Values that could not be read, kept aside by
            ``from_dict(..., on_issue="keep")``; those fields hold None.

    Raises:
        InputErrorGroup: Values that cannot be read, are out of range or contradict each other;
            all of them together.

    Example:
        >>> case = OASysAssessment(sex="M", date_of_birth="1990-05-01", sanctions=4)
        >>> case.sex, case.date_of_birth
        ('male', datetime.date(1990, 5, 1))
    """

    case_id: str | None = from_field("case_id")
    sex: str | None = from_field("sex")
    date_of_birth: dt.date | None = from_field("date_of_birth")
    assessment_date: dt.date | None = from_field("assessment_date")
    conviction_date: dt.date | None = from_field("conviction_date")
    follow_up_date: dt.date | None = from_field("follow_up_date")
    offence_code: str | None = from_field("offence_code")
    offence_group: str | None = from_field("offence_group")
    sanctions: int | None = from_field("sanctions")
    violent_sanctions: int | None = from_field("violent_sanctions")
    first_sanction_age: int | None = from_field("first_sanction_age")
    supervision_status: str | None = from_field("supervision_status")
    weapon: bool | None = from_field("weapon")
    recognises_impact: bool | None = from_field("recognises_impact")
    no_fixed_abode: bool | None = from_field("no_fixed_abode")
    accommodation: int | None = from_field("accommodation")
    unemployed: bool | None = from_field("unemployed")
    partner_relationship: int | None = from_field("partner_relationship")
    domestic_abuse: bool | None = from_field("domestic_abuse")
    domestic_abuse_partner: bool | None = from_field("domestic_abuse_partner")
    domestic_abuse_family: bool | None = from_field("domestic_abuse_family")
    relationship_status: str | None = from_field("relationship_status")
    activities_encourage_offending: int | None = from_field("activities_encourage_offending")
    drug_misuse: int | None = from_field("drug_misuse")
    drug_motivation: int | None = from_field("drug_motivation")
    uses_heroin: bool | None = from_field("uses_heroin")
    uses_methadone: bool | None = from_field("uses_methadone")
    uses_other_opiate: bool | None = from_field("uses_other_opiate")
    uses_crack_cocaine: bool | None = from_field("uses_crack_cocaine")
    uses_powder_cocaine: bool | None = from_field("uses_powder_cocaine")
    uses_misused_prescription: bool | None = from_field("uses_misused_prescription")
    uses_benzodiazepines: bool | None = from_field("uses_benzodiazepines")
    uses_cannabis: bool | None = from_field("uses_cannabis")
    uses_steroids: bool | None = from_field("uses_steroids")
    uses_ketamine: bool | None = from_field("uses_ketamine")
    uses_spice: bool | None = from_field("uses_spice")
    uses_hallucinogens: bool | None = from_field("uses_hallucinogens")
    uses_solvents: bool | None = from_field("uses_solvents")
    uses_other_drugs: bool | None = from_field("uses_other_drugs")
    alcohol_use: int | None = from_field("alcohol_use")
    binge_drinking: int | None = from_field("binge_drinking")
    psychiatric_treatment: bool | None = from_field("psychiatric_treatment")
    impulsivity: int | None = from_field("impulsivity")
    temper_control: int | None = from_field("temper_control")
    problem_solving: int | None = from_field("problem_solving")
    awareness_of_consequences: int | None = from_field("awareness_of_consequences")
    understands_others: int | None = from_field("understands_others")
    pro_criminal_attitudes: int | None = from_field("pro_criminal_attitudes")
    previous_homicide: bool | None = from_field("previous_homicide")
    previous_wounding_gbh: bool | None = from_field("previous_wounding_gbh")
    previous_kidnapping: bool | None = from_field("previous_kidnapping")
    previous_firearms: bool | None = from_field("previous_firearms")
    previous_robbery: bool | None = from_field("previous_robbery")
    previous_aggravated_burglary: bool | None = from_field("previous_aggravated_burglary")
    previous_weapon: bool | None = from_field("previous_weapon")
    previous_criminal_damage: bool | None = from_field("previous_criminal_damage")
    previous_arson: bool | None = from_field("previous_arson")
    sexual_offence_history: bool | None = from_field("sexual_offence_history")
    current_offence_sexually_motivated: bool | None = from_field(
        "current_offence_sexually_motivated"
    )
    contact_adult_sanctions: int | None = from_field("contact_adult_sanctions")
    contact_child_sanctions: int | None = from_field("contact_child_sanctions")
    image_sanctions: int | None = from_field("image_sanctions")
    non_contact_sanctions: int | None = from_field("non_contact_sanctions")
    last_sexual_offence_date: dt.date | None = from_field("last_sexual_offence_date")
    last_offence_date: dt.date | None = from_field("last_offence_date")
    stranger_victim: bool | None = from_field("stranger_victim")
    age_at_conviction: int | None = from_field("age_at_conviction")
    age_at_follow_up: int | None = from_field("age_at_follow_up")
    offence_free_months: int | None = from_field("offence_free_months")
    age_at_last_sexual_offence: int | None = from_field("age_at_last_sexual_offence")
    sections: Sections | None = part(Sections)
    rosh: Rosh | None = part(Rosh)
    judgements: tuple[Judgement, ...] = parts(Judgement)

    _names: ClassVar[tuple[str, ...]] = tuple(fields())
    _parts: ClassVar[tuple[str, ...]] = ("sections", "rosh", "judgements")

    def _more(self) -> Mapping[str, Any]:
        return {} if self.sections is None else self.sections.levels()

    def _broken_rules(self) -> Iterable[Issue]:
        return self._clashes() if self.sections or self.judgements else ()

    def _clashes(self) -> Iterable[Issue]:
        for name, level in self._more().items():
            value = getattr(self, name)
            if value is not None and value != level:
                message = f"{name} and its item in the sections disagree: mend one of them"
                yield Issue("contradiction", (name,), message)
        about = [j.about for j in self.judgements]
        if len(set(about)) < len(about):
            message = "there are two judgements about the same thing: revise() replaces one"
            yield Issue("malformed", ("judgements",), message)

    @classmethod
    def from_hmpps(cls, request: Mapping[str, Any], *, on_issue: str = "raise") -> OASysAssessment:
        """An assessment from a request in the names of the HMPPS actuarial API.

        ``previousConvictions`` is a list of kinds; where it is given, kinds it does not name are
        no. Keys the vocabulary does not know (such as ``version``) are ignored.

        Args:
            request: The request's fields.
            on_issue: As in `from_dict`.

        Raises:
            InputErrorGroup: Values that cannot be read (with ``"raise"``).
        """
        return cls.from_dict(hmpps_fields(request), on_issue=on_issue)

    # -- the practitioner's part -------------------------------------------------------------

    def needs(self, unanswered: Unanswered = "none") -> dict[str, Band | None]:
        """The need of each OASys section that has thresholds: none, standard or severe.

        None where no score of the section is recorded; `needs_reasons` says why.

        Args:
            unanswered: ``"none"``: a section whose items are not all answered has no score.
                ``"zero"``: unanswered items count 0, which is the deployed rule; see
                `SectionScore.total`.
        """
        return (self.sections or Sections(())).needs(unanswered)

    def needs_reasons(self, unanswered: Unanswered = "none") -> dict[str, str]:
        """Why a section has no need: for each that `needs` gives None.

        Args:
            unanswered: As for `needs`.
        """
        return (self.sections or Sections(())).reasons(unanswered)

    def judgement(self, about: str) -> Judgement:
        """The judgement about something, e.g. about a predictor's id.

        Raises:
            UnknownNameError: There is none.
        """
        for found in self.judgements:
            if found.about == about:
                return found
        raise UnknownNameError("judgement", about, [j.about for j in self.judgements])

    def with_judgement(self, judgement: Judgement) -> OASysAssessment:
        """A copy with a judgement, in place of the one about the same thing if there is one.

        Raises:
            InputError: It would replace a judgement without keeping it; use
                `Judgement.revise`.
        """
        others = [j for j in self.judgements if j.about != judgement.about]
        return self.edit(judgements=(*others, judgement))

    def summary(self) -> Summary:
        """Scores, needs, risk of serious harm and judgements in tables, for people to read."""
        recorded = () if self.sections is None else self.sections.scores
        needs = () if self.sections is None else self.sections.needs().items()
        rosh = Rosh() if self.rosh is None else self.rosh
        harm = (*rosh.by_group().items(), ("overall", rosh.overall))
        return summary_of(
            "OASys assessment",
            scores_table(self.scores()),
            Table(
                "Section scores",
                ("section", "score"),
                tuple((SECTIONS[s.section].title, as_text(s.score)) for s in recorded),
            ),
            Table(
                "Needs",
                ("section", "need"),
                tuple((SECTIONS[n].title, as_text(need and need.label)) for n, need in needs),
            ),
            Table(
                "Risk of serious harm",
                ("to", "level"),
                tuple((n.replace("_", " "), as_text(level)) for n, level in harm if self.rosh),
            ),
            judgements_table(self.judgements),
            self._sign_offs_table(),
        )
