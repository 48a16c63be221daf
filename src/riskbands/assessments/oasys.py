"""The OASys assessment of an adult: the inputs of every adult predictor, checked and immutable."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from riskbands.assessments._base import Record
from riskbands.assessments._inputs import from_field
from riskbands.assessments._parts import part, parts
from riskbands.assessments.hmpps import request_fields
from riskbands.assessments.judgement import Judgement, judgements_table, known_about
from riskbands.assessments.rosh import Rosh
from riskbands.assessments.san import SAN_SECTIONS, SanSections
from riskbands.assessments.sections import SECTIONS, Sections
from riskbands.assessments.summary import Table, as_text, scores_table, summary_of
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.assessments.hmpps import FollowUp
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
        san: Section scores of a strengths-based assessment, as OASys gives them.
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
    peer_group_influences: bool | None = from_field("peer_group_influences")
    offence_violence: bool | None = from_field("offence_violence")
    offence_excessive_violence: bool | None = from_field("offence_excessive_violence")
    offence_arson: bool | None = from_field("offence_arson")
    offence_emotional_motivation: bool | None = from_field("offence_emotional_motivation")
    offence_analysis_linked_to_harm: bool | None = from_field("offence_analysis_linked_to_harm")
    accommodation_linked_to_harm: bool | None = from_field("accommodation_linked_to_harm")
    work_skills: int | None = from_field("work_skills")
    literacy_and_numeracy: int | None = from_field("literacy_and_numeracy")
    reading_problems: bool | None = from_field("reading_problems")
    numeracy_problems: bool | None = from_field("numeracy_problems")
    learning_difficulties: int | None = from_field("learning_difficulties")
    qualifications: int | None = from_field("qualifications")
    financial_reliance: int | None = from_field("financial_reliance")
    family_relationships: int | None = from_field("family_relationships")
    childhood_experience: int | None = from_field("childhood_experience")
    past_close_relationships: int | None = from_field("past_close_relationships")
    sexual_harm_risk: bool | None = from_field("sexual_harm_risk")
    emotional_congruence_with_children: int | None = from_field(
        "emotional_congruence_with_children"
    )
    relationships_linked_to_harm: bool | None = from_field("relationships_linked_to_harm")
    criminal_associates: int | None = from_field("criminal_associates")
    manipulative_behaviour: int | None = from_field("manipulative_behaviour")
    recklessness: int | None = from_field("recklessness")
    difficulties_coping: int | None = from_field("difficulties_coping")
    psychological_problems: int | None = from_field("psychological_problems")
    attitudes_to_self: int | None = from_field("attitudes_to_self")
    self_harm: bool | None = from_field("self_harm")
    psychiatric_problems: int | None = from_field("psychiatric_problems")
    childhood_behavioural_problems: bool | None = from_field("childhood_behavioural_problems")
    psychiatric_treatment_history: bool | None = from_field("psychiatric_treatment_history")
    mental_health_medication: bool | None = from_field("mental_health_medication")
    secure_hospital: bool | None = from_field("secure_hospital")
    obsessive_behaviour: bool | None = from_field("obsessive_behaviour")
    emotional_issues_linked_to_harm: bool | None = from_field("emotional_issues_linked_to_harm")
    aggressive_behaviour: int | None = from_field("aggressive_behaviour")
    sexual_preoccupation: int | None = from_field("sexual_preoccupation")
    offence_related_sexual_interests: int | None = from_field("offence_related_sexual_interests")
    thinking_issues_linked_to_harm: bool | None = from_field("thinking_issues_linked_to_harm")
    attitude_to_supervision: int | None = from_field("attitude_to_supervision")
    hostile_orientation: int | None = from_field("hostile_orientation")
    assaulted_staff: bool | None = from_field("assaulted_staff")
    escaped_or_absconded: bool | None = from_field("escaped_or_absconded")
    control_issues: bool | None = from_field("control_issues")
    custodial_sentence: bool | None = from_field("custodial_sentence")
    mappa_eligible: bool | None = from_field("mappa_eligible")
    opd_override: bool | None = from_field("opd_override")
    overall_harm_level: str | None = from_field("overall_harm_level")
    highest_harm_level: str | None = from_field("highest_harm_level")
    sara_partner: str | None = from_field("sara_partner")
    sara_others: str | None = from_field("sara_others")
    sections: Sections | None = part(Sections)
    san: SanSections | None = part(SanSections)
    rosh: Rosh | None = part(Rosh)
    judgements: tuple[Judgement, ...] = parts(Judgement)

    _names: ClassVar[tuple[str, ...]] = tuple(fields())
    _parts: ClassVar[tuple[str, ...]] = ("sections", "san", "rosh", "judgements")

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
    def from_hmpps(
        cls,
        request: Mapping[str, Any],
        *,
        on_issue: str = "raise",
        follow_up: FollowUp | None = None,
    ) -> OASysAssessment:
        """An assessment from a request in the names and words of the HMPPS actuarial API.

        The names of December 2025 and of August 2026 are read, also those that no predictor here
        needs. ``previousConvictions`` is a list of kinds; where it is given, kinds it does not
        name are no. The API takes the day of the call where ``assessmentDate`` is missing; here
        it stays missing. It has two names for OASys item 7.3, here ``criminal_associates``; where
        its two answers differ the field is set aside in ``faults``: an instrument that reads it
        says so, and the others score.

        Args:
            request: The request's fields.
            on_issue: As in `from_dict`.
            follow_up: The requests of 2025 have two dates for the start of follow-up, and the API
                of 2025 read ``dateAtStartOfFollowupCalculated`` for OGRS3, OGP and OVP and
                ``dateAtStartOfFollowupUserInput`` for OSP, SNSV and RSR. An assessment has one.
                Where the two differ, say which: ``"calculated"`` or ``"user_input"``.

        Raises:
            InputErrorGroup: Values that cannot be read, or two dates that differ without
                ``follow_up`` (with ``"raise"``).
            UnknownNameError: A name is on neither list; the nearest ones are suggested.
            InputError: The request is no mapping.

        Example:
            >>> request = {
            ...     "gender": "MALE",
            ...     "currentAlcoholUseProblems": "SOME_PROBLEMS",
            ...     "dateAtStartOfFollowupCalculated": "2025-06-16",
            ...     "dateAtStartOfFollowupUserInput": "2025-07-31",
            ... }
            >>> case = OASysAssessment.from_hmpps(request, follow_up="calculated")
            >>> case.alcohol_use, case.follow_up_date
            (1, datetime.date(2025, 6, 16))
        """
        found, aside = request_fields(request, follow_up)
        case = cls.from_dict(found, on_issue=on_issue)
        return attrs.evolve(case, faults=(*case.faults, *aside)) if aside else case

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

    def san_needs(self) -> dict[str, Band | None]:
        """Whether each section of a strengths-based assessment is high-scoring; see `SanSections`.

        None where that cannot be said.
        """
        return (self.san or SanSections()).needs()

    def judgement(self, about: str) -> Judgement:
        """The judgement about something, e.g. about a predictor's id.

        Raises:
            UnknownNameError: There is none.
        """
        for found in self.judgements:
            if found.about == about:
                return found
        known = [name for j in self.judgements if (name := known_about(j.about))]
        raise UnknownNameError("judgement", about, known)

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
        found = self.san_needs()
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
                "Needs in the strengths-based assessment",
                ("section", "score", "need"),
                tuple(
                    (section.title, as_text(getattr(self.san, name)), as_text(found[name]))
                    for name, section in SAN_SECTIONS.items()
                    if self.san is not None
                ),
            ),
            Table(
                "Risk of serious harm",
                ("to", "level"),
                tuple((n.replace("_", " "), as_text(level)) for n, level in harm if self.rosh),
            ),
            judgements_table(self.judgements),
            self._sign_offs_table(),
        )
