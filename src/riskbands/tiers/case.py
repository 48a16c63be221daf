"""The tier of one case."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs
import numpy as np

from riskbands._frozen import frozen
from riskbands._redact import place_of
from riskbands.arithmetic.truth import some
from riskbands.bands.scale import Band, NotApplicable
from riskbands.bands.table import BandTable
from riskbands.cohorts.columns import ColumnReader
from riskbands.display import facts_html, facts_text
from riskbands.errors import InputErrorGroup, Issue, UnknownNameError
from riskbands.instruments.score import Score
from riskbands.tiers.reading import FIELDS, NAMES, PERCENTS, Columns, as_percent
from riskbands.tiers.rule import STEPS, TierRule, tier_rule
from riskbands.tiers.steps import decide
from riskbands.vocabulary.fields import FieldFault

__all__ = ["Status", "Tier", "TierFacts", "tier", "why"]

#: Whether there is a tier, or why there is none.
Status: TypeAlias = Literal["tier", "not_supervised", "missing"]


def _reader(name: str) -> Any:
    """The converter of a fact; a fault comes back as `_Unread`."""

    def read(raw: Any) -> Any:
        if name in PERCENTS:
            try:
                return as_percent(raw)
            except (ValueError, OverflowError):
                return _Unread(why(f"malformed:{name}"))
        if isinstance(raw, Band | NotApplicable):
            raw = str(raw)
        try:
            return FIELDS[name].parse(raw)
        except FieldFault as fault:
            return _Unread(Issue(fault.code, (name,), str(fault)))

    return read


def _fact(name: str) -> Any:
    """The attribute that holds a fact."""
    return attrs.field(default=None, converter=_reader(name))


@attrs.frozen
class _Unread:
    """Stands in a fact for a value that could not be read; never seen from outside."""

    issue: Issue


def why(text: str) -> Issue:
    """The issue of a text such as ``malformed:rosh``, with what to do."""
    code, _, names = text.partition(":")
    fields = tuple(names.split(","))
    if code == "contradiction":
        message = "dc_srp is below every percentage of its band, medium: mend one of them"
    elif code == "missing":
        message = f"{names} is missing: a tier needs it"
    elif names in PERCENTS:
        message = f"{names} must be a percentage from 0 to 100"
    else:
        message = f"{names} must be {FIELDS[names].allowed}"
    return Issue(code, fields, message)


@attrs.frozen(kw_only=True, repr=False)
class TierFacts:
    """The facts of one case that a tier rule reads.

    Registers are facts of the caller's records: one that is missing is not there.

    Attributes:
        today: The day of the calculation.
        has_active_event: Whether a sentence or event is active; a case without one has no tier.
        arp: ARP, two years, in percent.
        arp_type: ``static`` (brief) or ``dynamic`` (extended).
        csrp: CSRP, two years, in percent.
        csrp_type: Likewise.
        dc_srp: DC-SRP, two years, in percent.
        dc_srp_band: ``low``, ``medium``, ``high``, ``very_high`` or ``not_applicable``, after any
            lowering of the band.
        rosh: Registered risk of serious harm: ``low``, ``medium``, ``high`` or ``very_high``.
        mappa_category: ``m1`` to ``m4``; a rule asks only whether there is one.
        lifer_ipp: A life sentence or one of imprisonment for public protection.
        latest_release_date: Date of the latest release.
        domestic_abuse: Register of domestic abuse.
        stalking: Register of stalking.
        child_protection: Register of child protection.
        ever_committed_sexual_offence: Has ever committed a sexual offence.

    Raises:
        InputErrorGroup: Values that cannot be read; all of them together.
    """

    today: dt.date | None = _fact("today")
    has_active_event: bool | None = _fact("has_active_event")
    arp: float | None = _fact("arp")
    arp_type: str | None = _fact("arp_type")
    csrp: float | None = _fact("csrp")
    csrp_type: str | None = _fact("csrp_type")
    dc_srp: float | None = _fact("dc_srp")
    dc_srp_band: str | None = _fact("dc_srp_band")
    rosh: str | None = _fact("rosh")
    mappa_category: str | None = _fact("mappa_category")
    lifer_ipp: bool | None = _fact("lifer_ipp")
    latest_release_date: dt.date | None = _fact("latest_release_date")
    domestic_abuse: bool | None = _fact("domestic_abuse")
    stalking: bool | None = _fact("stalking")
    child_protection: bool | None = _fact("child_protection")
    ever_committed_sexual_offence: bool | None = _fact("ever_committed_sexual_offence")

    def __attrs_post_init__(self) -> None:
        unread = [v.issue for n in NAMES if isinstance(v := getattr(self, n), _Unread)]
        if unread:
            raise InputErrorGroup.of("the facts have values that cannot be read", unread)

    def __repr__(self) -> str:
        given = [name for name in NAMES if getattr(self, name) is not None]
        return f"<TierFacts with {len(given)} facts: {', '.join(given)}>"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TierFacts:
        """Facts from a mapping of their names.

        Raises:
            TypeError: It is no mapping; a cohort is for `tier_cohort`.
            UnknownNameError: A key is no fact; near names are suggested.
        """
        if not isinstance(data, Mapping):
            raise TypeError(
                "the facts of one case are a TierFacts or a mapping of its names, not a "
                f"{type(data).__name__}: for many cases use riskbands.tier_cohort"
            )
        for name in data:
            if name not in NAMES:
                place = place_of(name, data)
                raise UnknownNameError("fact of a tier", str(name), NAMES, place=place)
        return cls(**data)

    @classmethod
    def from_scores(cls, scores: Mapping[str, Score], **facts: Any) -> TierFacts:
        """Facts with the scores of a case, as `riskbands.score` gives them.

        Args:
            scores: Scores by predictor; ``arp``, ``csrp`` and ``dc_srp`` are read.
            facts: All other facts.

        Raises:
            InputErrorGroup: What stands there for a predictor is no score, or one of another
                predictor, or DC-SRP was banded by a table for other scores; all of them together.
            UnknownNameError: As for `from_dict`.
        """
        found: dict[str, Any] = {}
        wrong: list[Issue] = []
        for name in PERCENTS:
            score = scores.get(name)
            if score is None:
                continue
            if (fault := _misfit(name, score)) is not None:
                wrong.append(fault)
                continue
            if not score.ok:
                continue
            found[name] = score.percent.get("2yr")
            if name == "dc_srp":
                found["dc_srp_band"] = score.band
            else:
                found[f"{name}_type"] = score.form
        if wrong:
            raise InputErrorGroup.of("the scores are not those that a tier reads", wrong)
        return cls.from_dict({**found, **facts})


def _misfit(name: str, score: object) -> Issue | None:
    """Why a tier does not take this for the score of a predictor, if there is a reason."""
    what = ""
    if not isinstance(score, Score):
        what = f"must be a score, not {type(score).__name__}: give a percentage as a fact"
    elif score.predictor != name:
        what = f"holds a score of {score.predictor}"
    elif name == "dc_srp" and isinstance(score.bands, BandTable) and score.bands.any_score:
        what = "is banded by a table for other scores: score it with its own table"
    return Issue("malformed", (name,), f"{name} {what}") if what else None


@attrs.frozen(kw_only=True, repr=False)
class Tier:
    """The tier of a case: how its work is allocated. It is no statement about a person.

    Attributes:
        tier: The tier; None where the case is not supervised or a score is missing, which are no
            tiers.
        status: ``tier``, ``not_supervised``, or ``missing`` where ARP or CSRP is.
        provisional: Whether the tier could rise once what is brief or missing is known.
        step: The first step that gave the tier; None without one.
        steps: The result of each step; None where it gives none, empty without a tier.
        rule: The rule.
    """

    tier: Band | None
    status: Status
    provisional: bool
    step: str | None
    steps: Mapping[str, Band | None] = attrs.field(converter=frozen)
    rule: TierRule

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must know of the rule."""
        return (f"{self.rule.id}: {self.rule.status}.", *self.rule.notes)

    def __repr__(self) -> str:
        what = (
            self.status.replace("_", " ") if self.tier is None else f"{self.tier}, by {self.step}"
        )
        provisional = ", provisional" * self.provisional
        return f"<Tier {what}{provisional}; {self.rule.id}, {self.rule.status}>"

    def __str__(self) -> str:
        return facts_text("tier", self._facts())

    def _repr_html_(self) -> str:
        return facts_html("tier", self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        found = "none" if self.tier is None else self.tier.label
        return [
            ("tier", found),
            ("status", self.status.replace("_", " ")),
            ("provisional", "yes" if self.provisional else "no"),
            *(
                (f"step {name}", "no result" if band is None else band.label)
                for name, band in self.steps.items()
            ),
            ("rule", self.rule.id),
            *(("caution", text) for text in self.cautions),
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the rule and what must be said of it."""
        return {
            "tier": None if self.tier is None else self.tier.label,
            "status": self.status,
            "provisional": self.provisional,
            "step": self.step,
            "steps": {n: None if found is None else found.label for n, found in self.steps.items()},
            "rule": self.rule.id,
            "digest": self.rule.digest,
            "rule_status": self.rule.status,
        }


def tier(facts: TierFacts | Mapping[str, Any], rule: TierRule | str | None = None) -> Tier:
    """The tier of one case by a rule.

    Args:
        facts: The facts, or a mapping of them.
        rule: The rule, or the id of a built-in one; by default ``tier-v3-2026-06-18``.

    Raises:
        InputErrorGroup: A fact that the rule needs is missing or cannot be.
        TypeError: Neither facts nor a mapping were given.
        UnknownNameError: There is no such rule or fact.

    Examples:
        >>> found = tier(
        ...     TierFacts(
        ...         today="2026-07-15",
        ...         has_active_event=True,
        ...         arp="62.10",
        ...         arp_type="extended",
        ...         csrp="1.20",
        ...         csrp_type="extended",
        ...         rosh="medium",
        ...     )
        ... )
        >>> found
        <Tier D, by reoffending; tier-v3-2026-06-18, behind a feature flag>
    """
    rule = as_rule(rule)
    facts = facts if isinstance(facts, TierFacts) else TierFacts.from_dict(facts)
    if facts.has_active_event is False:
        return _no_tier("not_supervised", rule)
    block = _as_columns(facts).block(0, 1)
    problems = [why(text) for text in block.faults]
    if not problems and not some(block.scored):
        return _no_tier("missing", rule)
    decided = decide(rule, block.facts)
    if not problems and decided.impossible[0]:
        problems.append(why("contradiction:dc_srp,dc_srp_band"))
    if problems:
        raise InputErrorGroup.of("the case cannot be given a tier", problems)
    bands = (None, *rule.scale.bands)
    ranks = decided.ranks[:, 0].tolist()
    return Tier(
        tier=bands[int(decided.tier[0])],
        status="tier",
        provisional=bool(decided.provisional[0]),
        step=STEPS[int(decided.step[0])],
        steps={name: bands[rank] for name, rank in zip(STEPS, ranks, strict=True)},
        rule=rule,
    )


def _no_tier(status: Status, rule: TierRule) -> Tier:
    return Tier(tier=None, status=status, provisional=False, step=None, steps={}, rule=rule)


def _as_columns(facts: TierFacts) -> Columns:
    """A case as a cohort of one row."""
    columns: dict[str, Any] = {}
    for name in NAMES:
        value = getattr(facts, name)
        if name in PERCENTS:
            columns[name] = np.array([np.nan if value is None else value])
        else:
            columns[name] = ColumnReader(FIELDS[name], [value])
    return Columns(columns, None)


def as_rule(rule: TierRule | str | None) -> TierRule:
    """A rule from a rule, an id or None for the default."""
    if rule is None:
        return tier_rule()
    return rule if isinstance(rule, TierRule) else tier_rule(rule)
