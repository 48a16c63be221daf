"""The AssetPlus assessment of a child: the inputs of YOGRS, and the judgements around it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from riskbands._byfields import ByFields
from riskbands.assessments import _readers
from riskbands.assessments._base import Record
from riskbands.assessments._parts import JUDGED, part, parts, read_back, refuse
from riskbands.assessments.judgement import Judgement, judgements_table
from riskbands.assessments.rosh import ROSH
from riskbands.assessments.rules import (
    INTERVENTION,
    LIKELIHOOD,
    RuleTable,
    built_in_rules,
    rule_table,
)
from riskbands.assessments.summary import Table, as_text, summary_of
from riskbands.bands.scale import Band, BandScale
from riskbands.errors import Issue, UnknownNameError
from riskbands.predictors.children import CHILD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.assessments.summary import Summary
    from riskbands.instruments.predictor import Predictor

__all__ = ["JUDGEMENTS", "AssetPlusAssessment", "FutureBehaviour", "Indicative"]

#: Safety and wellbeing.
SAFETY: Final = BandScale("safety-and-wellbeing", ("Low", "Medium", "High", "Very High"))
#: Scale of each judgement.
JUDGEMENTS: Final[Mapping[str, BandScale]] = MappingProxyType(
    dict(zip(JUDGED, (LIKELIHOOD, ROSH, SAFETY, INTERVENTION), strict=True))
)
#: Those that have a computed level; the others are the practitioner's alone.
_COMPUTED: Final = ("likelihood_of_reoffending", "intervention_level")
#: MAPPA: the highest number of each; category 4 is "terrorist or terrorist risk offender".
_MAPPA: Final[Mapping[str, int]] = MappingProxyType({"mappa_category": 4, "mappa_level": 3})


def _said(instance: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise refuse("missing", (attribute.name,), f"{attribute.name} must be said in words")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class FutureBehaviour(ByFields):
    """What the practitioner thinks might happen, in words. The library imposes no scale.

    Attributes:
        what: What might happen.
        to_whom: To whom.
        when: When, and in what circumstances.
        imminence: How soon.
        likelihood: How likely.
        impact: How serious it would be.

    Raises:
        InputError: One of the six is empty.
    """

    what: str = attrs.field(validator=_said)
    to_whom: str = attrs.field(validator=_said)
    when: str = attrs.field(validator=_said)
    imminence: str = attrs.field(validator=_said)
    likelihood: str = attrs.field(validator=_said)
    impact: str = attrs.field(validator=_said)

    def __repr__(self) -> str:
        return "<FutureBehaviour>"

    def to_dict(self) -> dict[str, str]:
        """Plain JSON values; `from_dict` reads them back."""
        return attrs.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FutureBehaviour:
        """A behaviour from what `to_dict` gave."""
        return read_back(cls, data)


@attrs.frozen(eq=False, repr=False)
class Indicative(ByFields):
    """A level that a tool or a rule gives, before the practitioner judges.

    Attributes:
        about: What it is about.
        level: The level; None where it cannot be given.
        basis: The tables it comes from.
    """

    about: str
    level: Band | None
    basis: str


@attrs.frozen(
    slots=False, kw_only=True, eq=False, repr=False, field_transformer=_readers.with_readers
)
class AssetPlusAssessment(Record):
    """What is known of one child, and what the practitioner concludes.

    Fields are those of `riskbands.fields`, taken in the forms data comes in. Sanctions count
    out-of-court disposals too. A judgement is made with `judge`, which keeps the earlier
    one; an assessment is never changed, each method gives a new one.

    Attributes:
        last_sanction_date: The most recent sanction, from which offence-free time counts; the
            conviction date stands in where it is missing.
        order_end_date: End of the order that runs: a person of 18 is assessed only until then.
        likelihood_of_reoffending: Low, Medium or High.
        risk_of_serious_harm: Low, Medium, High or Very High; no computed level.
        safety_and_wellbeing: Likewise.
        intervention_level: Standard, Enhanced or Intensive.
        mappa_category: 1, 2, 3 or 4; None where MAPPA does not apply.
        mappa_level: 1, 2 or 3.
        future_behaviours: What might happen.
        sign_offs: Every sign-off so far, of explanations and conclusions, of pathways and
            planning, or of both; ``signed_off`` tells which are in force.
        faults: As for `OASysAssessment`.

    Raises:
        InputErrorGroup: Values that cannot be read; or the person is under 10, or over 17 and,
            at 18, without an order that runs.
        InputError: A judgement or behaviour that will not do.

    Examples:
        >>> child = AssetPlusAssessment(
        ...     sex="F", date_of_birth="2009-03-02", assessment_date="2024-01-16"
        ... )
        >>> child = child.judge(
        ...     "safety_and_wellbeing", "medium", by="worker-4", at="2024-01-16"
        ... )
        >>> child.safety_and_wellbeing
        <Judgement safety_and_wellbeing: computed none, final Medium, not countersigned>
    """

    case_id: str | None = attrs.field(default=None, converter=_readers.text)
    sex: str | None = attrs.field(default=None, converter=_readers.answer)
    date_of_birth: dt.date | None = attrs.field(default=None, converter=_readers.day)
    assessment_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    conviction_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    follow_up_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    last_sanction_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    order_end_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    offence_code: str | None = attrs.field(default=None, converter=_readers.code)
    offence_group: str | None = attrs.field(default=None, converter=_readers.answer)
    sanctions: int | None = attrs.field(default=None, converter=_readers.count)
    out_of_court_disposals: int | None = attrs.field(default=None, converter=_readers.count)
    first_sanction_age: int | None = attrs.field(default=None, converter=_readers.count)
    age_at_conviction: int | None = attrs.field(default=None, converter=_readers.count)
    age_at_follow_up: int | None = attrs.field(default=None, converter=_readers.count)
    months_since_last_sanction: int | None = attrs.field(default=None, converter=_readers.count)
    likelihood_of_reoffending: Judgement | None = part("Judgement")
    risk_of_serious_harm: Judgement | None = part("Judgement")
    safety_and_wellbeing: Judgement | None = part("Judgement")
    intervention_level: Judgement | None = part("Judgement")
    mappa_category: int | None = attrs.field(default=None, converter=_readers.number_of_part)
    mappa_level: int | None = attrs.field(default=None, converter=_readers.number_of_part)
    future_behaviours: tuple[FutureBehaviour, ...] = parts("FutureBehaviour")

    _names: ClassVar[tuple[str, ...]] = (
        "case_id",
        "sex",
        "date_of_birth",
        "assessment_date",
        "conviction_date",
        "follow_up_date",
        "last_sanction_date",
        "order_end_date",
        "offence_code",
        "offence_group",
        "sanctions",
        "out_of_court_disposals",
        "first_sanction_age",
        "age_at_conviction",
        "age_at_follow_up",
        "months_since_last_sanction",
    )
    _parts: ClassVar[tuple[str, ...]] = (*JUDGEMENTS, *_MAPPA, "future_behaviours")
    sign_off_parts: ClassVar[tuple[str, ...]] = (
        "explanations_and_conclusions",
        "pathways_and_planning",
    )

    def _broken_rules(self) -> Iterable[Issue]:
        if self.derivation.check(CHILD) is True:
            yield CHILD.issue(self.derivation.vocabulary)
        for name, highest in _MAPPA.items():
            value = getattr(self, name)
            if value is not None and (type(value) is not int or not 1 <= value <= highest):
                message = f"{name} must be a whole number from 1 to {highest}, or None"
                yield Issue("out_of_range", (name,), message)
        for name, scale in JUDGEMENTS.items():
            judgement = getattr(self, name)
            if judgement is None:
                continue
            if judgement.about != name or judgement.scale != scale:
                message = f"{name} needs a judgement about it, one of {', '.join(scale.labels)}"
                yield Issue("malformed", (name,), message)
            elif judgement.computed is not None and name not in _COMPUTED:
                message = f"{name} has no computed level: it is the practitioner's judgement"
                yield Issue("malformed", (name,), message)

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The judgements that are made."""
        return tuple(j for name in JUDGEMENTS if (j := getattr(self, name)) is not None)

    def indicative_likelihood(self, yogrs: Predictor, rules: RuleTable | None = None) -> Indicative:
        """The likelihood of reoffending that the YOGRS score gives.

        Args:
            yogrs: YOGRS with a coefficient table and a band table.
            rules: The rule table; by default ``scaled-approach``.

        Raises:
            InputErrorGroup: YOGRS cannot be scored.
            MissingTableError: YOGRS has no coefficient table.
            InputError: It has no band table, or is another predictor.
            TableError: The rule does not know the name of the band.
        """
        if yogrs.id != "yogrs":
            raise refuse(
                "contradiction",
                ("yogrs",),
                f"the likelihood of reoffending comes from YOGRS, not from {yogrs.name}",
            )
        rules = rules or rule_table()
        score = yogrs.score(self)
        if score.bands is None:
            raise refuse(
                "missing",
                ("bands",),
                f"{yogrs.name} has no bands: supply a table with with_bands(); "
                "`riskbands tables --template bands` writes the layout",
            )
        bands = f"{score.bands.id} ({score.bands.digest})"
        tables = f"{score.table.id} ({score.table.digest}), {bands}, {rules.id}"
        level = rules.indicative_likelihood(score.band)
        return Indicative("likelihood_of_reoffending", level, tables)

    def indicative_intervention(self, rules: RuleTable | None = None) -> Indicative:
        """The intervention level that follows from the judgements made, by the rule.

        The level is None until both the likelihood of reoffending and the risk of serious harm
        are judged.

        Args:
            rules: The rule table; by default ``scaled-approach``.
        """
        rules = rules or rule_table()
        likelihood, harm = self.likelihood_of_reoffending, self.risk_of_serious_harm
        level = rules.indicative_intervention(
            None if likelihood is None else likelihood.final, None if harm is None else harm.final
        )
        return Indicative("intervention_level", level, rules.id)

    def judge(
        self,
        about: str,
        final: Band | str,
        *,
        by: str,
        at: Any,
        rationale: str = "",
        indicative: Indicative | None = None,
    ) -> AssetPlusAssessment:
        """A copy with a judgement; one made earlier is kept as its history.

        Args:
            about: One of `JUDGEMENTS`.
            final: The practitioner's level.
            by: Who decided: an id of the caller's own system, never a name.
            at: When.
            rationale: Why; required where the level departs from the indicative one.
            indicative: The computed level. Without one, that of an earlier judgement is kept; an
                intervention level that a built-in rule gave is worked out anew by it, from the
                judgements there are now. A first judgement has none then.

        Raises:
            UnknownNameError: Nothing of that name is judged, or no such level.
            InputError: No rationale, or ``indicative`` is about something else.
        """
        if about not in JUDGEMENTS:
            raise UnknownNameError("judgement", about, JUDGEMENTS)
        if indicative is not None and indicative.about != about:
            message = "indicative is about something else than the judgement"
            raise refuse("contradiction", ("indicative",), message)
        earlier: Judgement | None = getattr(self, about)
        if indicative is None:
            indicative = self._indicated(about, earlier)
        made = Judgement(
            about=about,
            scale=JUDGEMENTS[about],
            computed=indicative.level,
            final=final,
            rationale=rationale,
            by=by,
            at=at,
            basis=indicative.basis,
            previous=earlier,
        )
        return self.edit(**{about: made})

    def _indicated(self, about: str, earlier: Judgement | None) -> Indicative:
        """The computed level of a judgement that comes without one."""
        if earlier is None:
            return Indicative(about, None, "")
        if about == "intervention_level" and earlier.basis in built_in_rules():
            return self.indicative_intervention(rule_table(earlier.basis))
        return Indicative(about, earlier.computed, earlier.basis)

    def summary(self) -> Summary:
        """Judgements, MAPPA and future behaviours in tables, for people to read."""
        managed = self.mappa_category is not None or self.mappa_level is not None
        mappa = ((as_text(self.mappa_category), as_text(self.mappa_level)),)
        return summary_of(
            "AssetPlus assessment",
            judgements_table(self.judgements),
            Table("MAPPA", ("category", "level"), mappa if managed else ()),
            Table(
                "Future behaviours",
                ("what", "to whom", "when", "imminence", "likelihood", "impact"),
                tuple(attrs.astuple(behaviour) for behaviour in self.future_behaviours),
            ),
            self._sign_offs_table(),
        )
