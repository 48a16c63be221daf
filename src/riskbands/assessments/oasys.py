"""The OASys assessment of an adult: the inputs of every adult predictor, checked and immutable.

Most assessments that are scored have no sections, judgements or sign-offs: the modules of these
are loaded when they are first needed.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from riskbands.assessments import _kinds, _readers
from riskbands.assessments._base import Record
from riskbands.assessments._parts import part, parts
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.assessments.hmpps import FollowUp
    from riskbands.assessments.sections import Sections, Unanswered
    from riskbands.assessments.summary import Summary
    from riskbands.bands.scale import Band

__all__ = ["OASysAssessment"]


@attrs.frozen(
    slots=False, kw_only=True, eq=False, repr=False, field_transformer=_readers.with_readers
)
class OASysAssessment(Record):
    """What is known of one adult, in the vocabulary of `riskbands.fields`.

    Every field may be left out; a predictor says which of those it needs are missing. Values
    are taken in the forms data comes in: ISO dates, ``M``/``F``, yes/no, true/false, OASys 0/1/2.

    Attributes:
        sections: The clinical sections. An item that answers a field (3.4 is ``accommodation``)
            stands in where the field is not given, and must agree with it where it is.
        san: Section scores of a strengths-based assessment, as OASys gives them.
        rosh: Risk of serious harm by group at risk. Its overall level must agree with
            ``overall_harm_level``, which is what OPD reads, where both are given.
        judgements: The practitioner's judgements, one about each thing.
        sign_offs: Every sign-off so far; ``signed_off`` tells which are in force.
        faults: Values that could not be read, kept aside by
            ``from_dict(..., on_issue="keep")``; those fields hold None.

    Raises:
        InputErrorGroup: Values that cannot be read, are out of range or contradict each other;
            all of them together.

    Examples:
        >>> case = OASysAssessment(sex="M", date_of_birth="1990-05-01", sanctions=4)
        >>> case.sex, case.date_of_birth
        ('male', datetime.date(1990, 5, 1))
    """

    case_id: str | None = attrs.field(default=None, converter=_readers.text)
    sex: str | None = attrs.field(default=None, converter=_readers.answer)
    date_of_birth: dt.date | None = attrs.field(default=None, converter=_readers.day)
    assessment_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    conviction_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    follow_up_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    offence_code: str | None = attrs.field(default=None, converter=_readers.code)
    offence_group: str | None = attrs.field(default=None, converter=_readers.answer)
    sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    violent_sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    first_sanction_age: int | None = attrs.field(default=None, converter=_readers.count)
    supervision_status: str | None = attrs.field(default=None, converter=_readers.answer)
    weapon: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    recognises_impact: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    no_fixed_abode: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    accommodation: int | None = attrs.field(default=None, converter=_readers.level)
    unemployed: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    partner_relationship: int | None = attrs.field(default=None, converter=_readers.level)
    domestic_abuse: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    domestic_abuse_partner: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    domestic_abuse_family: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    relationship_status: str | None = attrs.field(default=None, converter=_readers.answer)
    activities_encourage_offending: int | None = attrs.field(default=None, converter=_readers.level)
    drug_misuse: int | None = attrs.field(default=None, converter=_readers.level)
    drug_motivation: int | None = attrs.field(default=None, converter=_readers.level)
    uses_heroin: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_methadone: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_other_opiate: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_crack_cocaine: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_powder_cocaine: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_misused_prescription: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_benzodiazepines: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_cannabis: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_steroids: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_ketamine: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_spice: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_hallucinogens: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_solvents: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    uses_other_drugs: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    alcohol_use: int | None = attrs.field(default=None, converter=_readers.level)
    binge_drinking: int | None = attrs.field(default=None, converter=_readers.level)
    psychiatric_treatment: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    impulsivity: int | None = attrs.field(default=None, converter=_readers.level)
    temper_control: int | None = attrs.field(default=None, converter=_readers.level)
    problem_solving: int | None = attrs.field(default=None, converter=_readers.level)
    awareness_of_consequences: int | None = attrs.field(default=None, converter=_readers.level)
    understands_others: int | None = attrs.field(default=None, converter=_readers.level)
    pro_criminal_attitudes: int | None = attrs.field(default=None, converter=_readers.level)
    previous_homicide: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_wounding_gbh: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_kidnapping: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_firearms: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_robbery: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_aggravated_burglary: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_weapon: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_criminal_damage: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    previous_arson: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    sexual_offence_history: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    current_offence_sexually_motivated: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    contact_adult_sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    contact_child_sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    image_sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    non_contact_sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    last_sexual_offence_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    last_offence_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    stranger_victim: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    age_at_conviction: int | None = attrs.field(default=None, converter=_readers.count)
    age_at_follow_up: int | None = attrs.field(default=None, converter=_readers.count)
    offence_free_months: int | None = attrs.field(default=None, converter=_readers.count)
    age_at_last_sexual_offence: int | None = attrs.field(default=None, converter=_readers.count)
    peer_group_influences: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    offence_violence: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    offence_excessive_violence: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    offence_arson: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    offence_emotional_motivation: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    offence_analysis_linked_to_harm: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    accommodation_linked_to_harm: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    work_skills: int | None = attrs.field(default=None, converter=_readers.level)
    literacy_and_numeracy: int | None = attrs.field(default=None, converter=_readers.level)
    reading_problems: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    numeracy_problems: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    learning_difficulties: int | None = attrs.field(default=None, converter=_readers.level)
    qualifications: int | None = attrs.field(default=None, converter=_readers.level)
    financial_reliance: int | None = attrs.field(default=None, converter=_readers.level)
    family_relationships: int | None = attrs.field(default=None, converter=_readers.level)
    childhood_experience: int | None = attrs.field(default=None, converter=_readers.level)
    past_close_relationships: int | None = attrs.field(default=None, converter=_readers.level)
    sexual_harm_risk: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    emotional_congruence_with_children: int | None = attrs.field(
        default=None, converter=_readers.level
    )
    relationships_linked_to_harm: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    criminal_associates: int | None = attrs.field(default=None, converter=_readers.level)
    manipulative_behaviour: int | None = attrs.field(default=None, converter=_readers.level)
    recklessness: int | None = attrs.field(default=None, converter=_readers.level)
    difficulties_coping: int | None = attrs.field(default=None, converter=_readers.level)
    psychological_problems: int | None = attrs.field(default=None, converter=_readers.level)
    attitudes_to_self: int | None = attrs.field(default=None, converter=_readers.level)
    self_harm: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    psychiatric_problems: int | None = attrs.field(default=None, converter=_readers.level)
    childhood_behavioural_problems: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    psychiatric_treatment_history: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    mental_health_medication: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    secure_hospital: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    obsessive_behaviour: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    emotional_issues_linked_to_harm: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    aggressive_behaviour: int | None = attrs.field(default=None, converter=_readers.level)
    sexual_preoccupation: int | None = attrs.field(default=None, converter=_readers.level)
    offence_related_sexual_interests: int | None = attrs.field(
        default=None, converter=_readers.level
    )
    thinking_issues_linked_to_harm: bool | None = attrs.field(
        default=None, converter=_readers.yes_no
    )
    attitude_to_supervision: int | None = attrs.field(default=None, converter=_readers.level)
    hostile_orientation: int | None = attrs.field(default=None, converter=_readers.level)
    assaulted_staff: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    escaped_or_absconded: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    control_issues: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    custodial_sentence: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    mappa_eligible: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    apply_opd_override: bool | None = attrs.field(default=None, converter=_readers.yes_no)
    overall_harm_level: str | None = attrs.field(default=None, converter=_readers.answer)
    highest_harm_level: str | None = attrs.field(default=None, converter=_readers.answer)
    sara_partner: str | None = attrs.field(default=None, converter=_readers.answer)
    sara_others: str | None = attrs.field(default=None, converter=_readers.answer)
    sections: _kinds.Sections | None = part("Sections")
    san: _kinds.SanSections | None = part("SanSections")
    rosh: _kinds.Rosh | None = part("Rosh")
    judgements: tuple[_kinds.Judgement, ...] = parts("Judgement")

    _names: ClassVar[tuple[str, ...]] = tuple(fields())
    _parts: ClassVar[tuple[str, ...]] = ("sections", "san", "rosh", "judgements")

    def _more(self) -> Mapping[str, Any]:
        return {} if self.sections is None else self.sections.levels()

    def _broken_rules(self) -> Iterable[Issue]:
        return self._clashes() if self.sections or self.judgements or self.rosh else ()

    def _clashes(self) -> Iterable[Issue]:
        for name, level in self._more().items():
            value = getattr(self, name)
            if value is not None and value != level:
                message = f"{name} and its item in the sections disagree: mend one of them"
                yield Issue("contradiction", (name,), message)
        overall = None if self.rosh is None else self.rosh.overall
        if overall and self.overall_harm_level not in (
            None,
            overall.label.lower().replace(" ", "_"),
        ):
            message = "overall_harm_level and overall of rosh disagree: mend one of them"
            yield Issue("contradiction", ("overall_harm_level",), message)
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

        Examples:
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
        from riskbands.assessments.hmpps import request_fields

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
        return self._sections().needs(unanswered)

    def needs_reasons(self, unanswered: Unanswered = "none") -> dict[str, str]:
        """Why a section has no need: for each that `needs` gives None.

        Args:
            unanswered: As for `needs`.
        """
        return self._sections().reasons(unanswered)

    def _sections(self) -> Sections:
        from riskbands.assessments.sections import Sections

        return self.sections or Sections(())

    def san_needs(self) -> dict[str, Band | None]:
        """Whether each section of a strengths-based assessment is high-scoring; see `SanSections`.

        None where that cannot be said.
        """
        from riskbands.assessments.san import SanSections

        return (self.san or SanSections()).needs()

    def judgement(self, about: str) -> _kinds.Judgement:
        """The judgement about something, e.g. about a predictor's id.

        Raises:
            UnknownNameError: There is none.
        """
        for found in self.judgements:
            if found.about == about:
                return found
        from riskbands.assessments.judgement import known_about

        known = [name for j in self.judgements if (name := known_about(j.about))]
        raise UnknownNameError("judgement", about, known)

    def with_judgement(self, judgement: _kinds.Judgement) -> OASysAssessment:
        """A copy with a judgement, in place of the one about the same thing if there is one.

        Raises:
            InputError: It would replace a judgement without keeping it; use
                `Judgement.revise`.
        """
        others = [j for j in self.judgements if j.about != judgement.about]
        return self.edit(judgements=(*others, judgement))

    def summary(self) -> Summary:
        """Scores, needs, risk of serious harm and judgements in tables, for people to read."""
        from riskbands.assessments.judgement import judgements_table
        from riskbands.assessments.rosh import Rosh
        from riskbands.assessments.san import SAN_SECTIONS
        from riskbands.assessments.sections import SECTIONS
        from riskbands.assessments.summary import Table, as_text, scores_table, summary_of

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
