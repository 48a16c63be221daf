"""PNI: levels of risk and need, and the pathway, by the rule of OASys and by that of the API.

Sources: see `riskbands.predictors._pni`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskbands.predictors._pni_domains import (
    DOMAINS,
    api_features,
    made,
    oasys_features,
)
from riskbands.vocabulary.expressions import Constant, Flag, If
from riskbands.vocabulary.feature import Feature, or_else
from riskbands.vocabulary.rules import all_of, any_of, first_match, total

if TYPE_CHECKING:
    from riskbands.vocabulary.expressions import Expression

__all__ = ["LEVELS", "PATHWAYS", "api_rules", "oasys_rules"]

LEVELS: Final = ("low", "medium", "high")
PATHWAYS: Final = ("alternative", "moderate", "high", "omission")
_ALTERNATIVE, _MODERATE, _HIGH, _OMISSION = range(4)
_NONE: Final = 3  # a need that cannot be told
_CUSTODY, _COMMUNITY = 0, 1
_UNKNOWN: Final = -1
#: Percentages in hundredths at which a predictor is medium and high.
_GENERAL, _VIOLENT, _SERIOUS = (5000, 7500), (3000, 6000), (100, 300)
_SARA = ("sara_partner_or_unknown", "sara_others_or_unknown")
_READ = ("pni_general", "pni_violent", "pni_dc", "pni_iic", "pni_serious")


def _level(value: Expression, cuts: tuple[int, int]) -> Expression:
    """0, 1 or 2 by two cuts."""
    return first_match(((value >= cuts[1], 2), (value >= cuts[0], 1)), otherwise=0)


def _highest(*levels: Expression) -> Expression:
    """The highest of several levels from 0 to 2."""
    return If(
        any_of(*(x.equals(2) for x in levels)),
        Constant(2),
        Flag(any_of(*(x.equals(1) for x in levels))),
    )


def _osp(band: Expression) -> Expression:
    """The level of a band of OSP: medium is 1, high and very high are 2."""
    return first_match(((band >= 2, 2), (band.equals(1), 1)), otherwise=0)


def _pathway(
    need: Expression,
    risk: Expression,
    both: Expression,
    general_and_sara: Expression,
    sara: Expression,
    status: Expression,
    *,
    remand_as_custody: bool,
) -> Expression:
    """The pathway before anything that is missing is looked at."""
    highest = need.equals(2) & risk.equals(2)
    top = any_of(both.equals(1), general_and_sara.equals(1), highest)
    custody = status.differs(_COMMUNITY) if remand_as_custody else status.equals(_CUSTODY)
    community = status.equals(_COMMUNITY)
    middle = any_of(
        sara >= 1,
        need.equals(1) & (risk >= 1),
        need.equals(2) & risk.equals(1),
        community & any_of(both.equals(1), highest),
    )
    return If(custody & top, Constant(_HIGH), If(middle, Constant(_MODERATE), Constant(0)))


def _sara_level(partner: Expression, others: Expression, very_high: bool) -> Expression:
    def high(x: Expression) -> Expression:
        return x.equals(2) | x.equals(3) if very_high else x.equals(2)

    return If(
        high(partner) | high(others),
        Constant(2),
        Flag(partner.equals(1) | others.equals(1)),
    )


def _common(very_high: bool) -> tuple[Feature, ...]:
    """Levels of SARA and of the predictors, and the sums of the domains."""
    names = tuple(f"pni_domain_{d}" for d in DOMAINS)
    projected = tuple(f"pni_projected_domain_{d}" for d in DOMAINS)
    missing = tuple(f"pni_missing_{d}" for d in DOMAINS)
    return (
        *(
            Feature(
                f"{f}_or_unknown",
                or_else(f, _UNKNOWN),
                low=_UNKNOWN,
                high=4,
                meaning=f"{f}, -1 when not recorded",
            )
            for f in ("sara_partner", "sara_others")
        ),
        *(
            Feature(name, (), low=-2, high=10_000, meaning=f"{name.removeprefix('pni_')} predictor")
            for name in _READ
        ),
        made(
            "pni_sara",
            _SARA,
            lambda a, b: _sara_level(a, b, very_high),
            2,
            "higher of the two SARA levels",
            LEVELS,
        ),
        made("pni_total", names, lambda *v: total(*v), 8, "sum of the domains"),
        made("pni_projected_total", projected, lambda *v: total(*v), 8, "sum, projected"),
        made("pni_missing", missing, lambda *v: total(*v), 13, "need items that are missing"),
        made("pni_level", ("pni_total",), lambda t: _level(t, (3, 6)), 2, "level of need", LEVELS),
        made(
            "pni_projected_level",
            ("pni_projected_total",),
            lambda t: _level(t, (3, 6)),
            2,
            "level of need, projected",
            LEVELS,
        ),
        made(
            "pni_general_and_violent",
            ("pni_general", "pni_violent"),
            lambda a, v: Flag((a >= _GENERAL[1]) & (v >= _VIOLENT[1])),
            1,
            "general and violent predictor both high",
        ),
        made(
            "pni_general_and_sara",
            ("pni_general", "pni_sara"),
            lambda a, s: Flag((a >= _GENERAL[1]) & s.equals(2)),
            1,
            "general predictor and SARA both high",
        ),
    )


def _risk(serious_counts: Expression, values: tuple[Expression, ...]) -> Expression:
    general, violent, dc, iic, serious, sara = values
    return _highest(
        _level(general, _GENERAL),
        _level(violent, _VIOLENT),
        _osp(dc),
        _osp(iic),
        Flag(serious_counts) * _level(serious, _SERIOUS),
        sara,
    )


_INPUTS = ("pni_general_and_violent", "pni_general_and_sara", "pni_sara", ".supervision_status")


def api_rules() -> tuple[Feature, ...]:
    """The rules of the actuarial API."""
    missing = tuple(f"pni_missing_{d}" for d in DOMAINS)
    return (
        *api_features(),
        *_common(very_high=False),
        made(
            "pni_risk",
            (*_READ, "pni_sara"),
            lambda *v: _risk((v[2] < 0) & (v[3] < 0), v),
            2,
            "level of risk",
            LEVELS,
        ),
        made(
            "pni_projected_risk",
            ("pni_risk", "pni_dc", "pni_iic", "pni_serious"),
            lambda r, *v: If(any_of(*(x.equals(_UNKNOWN) for x in v)), Constant(2), r),
            2,
            "level of risk, projected",
            LEVELS,
        ),
        made(
            "pni_need",
            (
                "pni_total",
                "pni_level",
                "pni_projected_level",
                *missing,
                *_SARA,
                ".supervision_status",
            ),
            _api_need,
            _NONE,
            "level of need; 3 where it cannot be told",
        ),
        made(
            "pni_interim",
            ("pni_need", "pni_risk", *_INPUTS),
            lambda *v: _pathway(*v, remand_as_custody=False),
            _HIGH,
            "pathway before anything that is missing is looked at",
        ),
        made(
            "pni_pathway",
            (
                "pni_interim",
                "pni_need",
                "pni_missing",
                "pni_risk",
                "pni_projected_risk",
                *_SARA,
                ".supervision_status",
            ),
            _api_pathway,
            _OMISSION,
            "pathway",
            PATHWAYS,
        ),
    )


def _api_need(
    t: Expression, level: Expression, projected: Expression, *rest: Expression
) -> Expression:
    *missing, partner, others, status = rest
    community = status.equals(_COMMUNITY)
    some_sara = any_of(*(s.equals(1) | s.equals(2) for s in (partner, others)))
    both_known = partner.differs(_UNKNOWN) & others.differs(_UNKNOWN)
    rules = (
        (t >= 6, Constant(2)),
        ((t >= 3) & community, Constant(1)),
        (total(*missing).equals(0) | level.equals(projected), level),
        (all_of(~community, *(m > 0 for m in missing)), Constant(_NONE)),
        (level.equals(1) & ~some_sara, Constant(_NONE)),
        (some_sara & both_known, If(community, Constant(1), Constant(2))),
    )
    result: Expression = level
    for condition, value in reversed(rules):
        result = If(condition, value, result)
    return result


def _api_pathway(
    interim: Expression,
    need: Expression,
    missing: Expression,
    risk: Expression,
    projected_risk: Expression,
    partner: Expression,
    others: Expression,
    status: Expression,
) -> Expression:
    unknown = [s.equals(_UNKNOWN) for s in (partner, others)]
    omitted = any_of(
        any_of(*unknown) & interim.equals(_ALTERNATIVE),
        risk.differs(projected_risk),
        all_of(*unknown) & status.differs(_COMMUNITY),
    )
    return If(need.equals(_NONE) | ((missing > 0) & omitted), Constant(_OMISSION), interim)


def oasys_rules() -> tuple[Feature, ...]:
    """The rules of OASys."""
    return (
        *oasys_features(),
        *_common(very_high=True),
        made(
            "pni_risk",
            (*_READ, "pni_sara"),
            lambda *v: _risk(v[2].equals(-2) & v[3].equals(-2), v),
            2,
            "level of risk",
            LEVELS,
        ),
        made(
            "pni_projected_risk",
            ("pni_risk", *_READ, *_SARA),
            _oasys_projected_risk,
            2,
            "level of risk, projected",
            LEVELS,
        ),
        made("pni_need", ("pni_level",), lambda level: level, _NONE, "level of need", LEVELS),
        *(
            made(
                f"pni_{kind}interim",
                (f"pni_{kind}level", f"pni_{kind}risk", *_INPUTS),
                lambda *v: _pathway(*v, remand_as_custody=True),
                _HIGH,
                "pathway before anything that is missing is looked at",
            )
            for kind in ("", "projected_")
        ),
        made(
            "pni_pathway",
            (
                "pni_interim",
                "pni_projected_interim",
                "pni_level",
                "pni_projected_level",
                "pni_risk",
                "pni_projected_risk",
                *_SARA,
                *_INPUTS,
            ),
            _oasys_pathway,
            _OMISSION,
            "pathway",
            PATHWAYS,
        ),
    )


def _no_sara(x: Expression) -> Expression:
    """No level: it is missing, or "not applicable"."""
    return x.equals(_UNKNOWN) | x.equals(4)


def _oasys_projected_risk(risk: Expression, *v: Expression) -> Expression:
    general, violent, dc, iic, serious, partner, others = v
    unknown = any_of(
        *(x.equals(_UNKNOWN) for x in (general, violent, dc, iic)),
        dc.equals(-2) & iic.equals(-2) & serious.equals(_UNKNOWN),
        _no_sara(partner),
        _no_sara(others),
    )
    return If(unknown, Constant(2), risk)


def _oasys_pathway(
    interim: Expression,
    projected: Expression,
    need: Expression,
    projected_need: Expression,
    risk: Expression,
    projected_risk: Expression,
    partner: Expression,
    others: Expression,
    general_and_violent: Expression,
    general_and_sara: Expression,
    sara: Expression,
    status: Expression,
) -> Expression:
    community = status.equals(_COMMUNITY)
    top = general_and_violent.equals(1) | general_and_sara.equals(1)
    unknown = _no_sara(partner) | _no_sara(others)
    alternative = interim.equals(_ALTERNATIVE)
    settled = any_of(
        top,
        community & (sara >= 1),
        ~community & interim.equals(_HIGH),
        community & (interim >= _MODERATE),
    )
    omitted = any_of(
        unknown & alternative, need.differs(projected_need), risk.differs(projected_risk)
    )
    certain = projected.equals(_ALTERNATIVE) & ~unknown
    return If(settled, interim, If(certain, Constant(0), If(omitted, Constant(_OMISSION), interim)))
