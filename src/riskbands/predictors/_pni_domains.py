"""PNI, the needs: four domains of thirteen items, each now and as they could be.

A missing item counts 0 now and 2 in the projection. Source: the HMPPS actuarial API and the test
calculator of OASys, see `riskbands.predictors._pni`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskbands.predictors._screening import counted, counted_name, known, told
from riskbands.vocabulary.expressions import Constant, Flag, If
from riskbands.vocabulary.feature import Feature, Source, or_else
from riskbands.vocabulary.rules import any_of, arguments, first_match, total

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.vocabulary.expressions import Argument, Expression

__all__ = ["DOMAINS", "ITEMS", "api_features", "made", "oasys_features", "or_2", "shared_features"]

#: Items by domain.
DOMAINS: Final = {
    "sex": (
        "sexual_preoccupation",
        "offence_related_sexual_interests",
        "emotional_congruence_with_children",
    ),
    "thinking": ("pro_criminal_attitudes", "hostile_orientation"),
    "relationships": (
        "family_relationships",
        "past_close_relationships",
        "criminal_associates",
        "aggressive_behaviour",
    ),
    "self_management": (
        "impulsivity",
        "temper_control",
        "problem_solving",
        "difficulties_coping",
    ),
}
ITEMS: Final = tuple(i for items in DOMAINS.values() for i in items)
#: The sums at which a domain scores 1 and 2.
_CUTS: Final = {
    "sex": (2, 4),
    "thinking": (1, 3),
    "relationships": (2, 5),
    "self_management": (2, 5),
}
#: An item that by itself gives the domain its highest score when it is 2.
_TRUMPS: Final = {"sex": "offence_related_sexual_interests", "thinking": "pro_criminal_attitudes"}


def or_2(item: str) -> str:
    """The feature of an item that counts 2 when it is missing."""
    return f"{item}_or_2"


def made(
    name: str,
    inputs: tuple[str, ...],
    rule: Callable[..., Expression],
    high: int,
    meaning: str,
    categories: tuple[str, ...] = (),
) -> Feature:
    """A feature by a rule over others."""
    arguments_: tuple[Argument, ...] = arguments(len(inputs))
    return Feature(
        name,
        (Source(inputs, rule(*arguments_)),),
        low=0,
        high=high,
        categories=categories,
        meaning=meaning,
    )


def _score(domain: str, *values: Expression, trump: Expression | None = None) -> Expression:
    """The score of a domain from its items.

    Args:
        domain: Which.
        values: The items.
        trump: The item that by itself may give the highest score, where not one of these.
    """
    one, two = _CUTS[domain]
    points = total(*values)
    cases = [(points >= two, 2), (points >= one, 1)]
    if domain in _TRUMPS:
        if trump is None:
            trump = values[DOMAINS[domain].index(_TRUMPS[domain])]
        cases.insert(0, (trump.equals(2), 2))
    return first_match(tuple(cases), otherwise=0)


def _plain(domain: str, projected: bool) -> Feature:
    """A domain that counts for everyone."""
    items = DOMAINS[domain]
    inputs = tuple(or_2(i) if projected else counted_name(i) for i in items)
    kind = "projected_" if projected else ""
    return made(
        f"pni_{kind}domain_{domain}",
        inputs,
        lambda *values: _score(domain, *values),
        2,
        f"score of the domain {domain}{', missing items as 2' if projected else ''}",
    )


def shared_features() -> tuple[Feature, ...]:
    """What both rules share: the items, what is known, and what no item can trump."""
    domains = ("relationships", "self_management")
    return (
        *counted(ITEMS),
        *(
            Feature(or_2(i), or_else(i, 2), low=0, high=2, meaning=f"{i}, 2 when not recorded")
            for i in ITEMS
        ),
        *known((*ITEMS, "sexual_offence_history", "sexual_harm_risk")),
        *counted(("sexual_offence_history", "sexual_harm_risk")),
        *(_plain(d, projected) for d in domains for projected in (False, True)),
        _plain("thinking", projected=False),
        made(
            "pni_sexual",
            (counted_name("sexual_offence_history"), counted_name("sexual_harm_risk")),
            lambda history, risk: Flag(history + risk > 0),
            1,
            "a sexual offence ever committed, or a risk of sexual harm",
            ("no", "yes"),
        ),
        made(
            "pni_sex_items_told",
            tuple(told(i) for i in DOMAINS["sex"]),
            lambda *told_: total(*told_),
            3,
            "how many of the three sex items are answered",
        ),
    )


def _missing(name: str, features: tuple[str, ...], meaning: str) -> Feature:
    return made(name, features, lambda *v: Constant(len(v)) - total(*v), len(features), meaning)


def api_features() -> tuple[Feature, ...]:
    """The sex domain and the count of missing items as the actuarial API has them."""
    items = DOMAINS["sex"]
    return (
        made(
            "pni_domain_sex",
            ("pni_sexual", "pni_sex_items_told", *(counted_name(i) for i in items)),
            lambda counts, n, *v: (
                counts
                * If(
                    v[1].equals(2) | n.equals(3),
                    _score("sex", *v),
                    # with an item missing only what cannot become more counts
                    Flag(total(*v) >= 4) * 2,
                )
            ),
            2,
            "score of the domain sex",
        ),
        # A missing item counts 2 in the sum, but it does not trump.
        made(
            "pni_projected_domain_sex",
            ("pni_sexual", counted_name(_TRUMPS["sex"]), *(or_2(i) for i in items)),
            lambda counts, trump, *v: counts * _score("sex", *v, trump=trump),
            2,
            "score of the domain sex, missing items as 2",
        ),
        made(
            "pni_projected_domain_thinking",
            (counted_name(_TRUMPS["thinking"]), *(or_2(i) for i in DOMAINS["thinking"])),
            lambda trump, *v: _score("thinking", *v, trump=trump),
            2,
            "score of the domain thinking, missing items as 2",
        ),
        *(
            _missing(f"pni_missing_{d}", tuple(told(i) for i in of), f"missing items of {d}")
            for d, of in DOMAINS.items()
        ),
    )


def oasys_features() -> tuple[Feature, ...]:
    """The sex domain and the count of missing items as OASys itself has them.

    The sex items are asked for only where the domain counts, and 12.9 is not where 12.1 is 2.
    """
    items = DOMAINS["sex"]
    history, risk = told("sexual_offence_history"), counted_name("sexual_harm_risk")
    return (
        made(
            "pni_sex_unknown",
            (history, risk),
            lambda told_, risk_: Flag(told_.equals(0) & risk_.equals(0)),
            1,
            "neither a history of sexual offending nor a risk of sexual harm is known",
            ("no", "yes"),
        ),
        made(
            "pni_domain_sex",
            ("pni_sexual", *(counted_name(i) for i in items)),
            lambda counts, *v: counts * _score("sex", *v),
            2,
            "score of the domain sex",
        ),
        made(
            "pni_projected_domain_sex",
            ("pni_sexual", "pni_sex_unknown", *(or_2(i) for i in items)),
            lambda counts, unknown, *v: If(
                unknown.equals(1), Constant(2), counts * _score("sex", *v)
            ),
            2,
            "score of the domain sex, what is missing as 2",
        ),
        _plain("thinking", projected=True),
        made(
            "pni_missing_sex",
            ("pni_sexual", "pni_sex_unknown", "pni_sex_items_told"),
            lambda counts, unknown, n: any_flag(unknown, counts * Flag(n < 3)),
            1,
            "something of the domain sex is missing",
        ),
        made(
            "pni_missing_thinking",
            (
                counted_name("pro_criminal_attitudes"),
                told("pro_criminal_attitudes"),
                told("hostile_orientation"),
            ),
            lambda first, one, two: Flag(any_of(one.equals(0), two.equals(0) & first.differs(2))),
            1,
            "something of the domain thinking is missing",
        ),
        *(
            _missing(
                f"pni_missing_{d}", tuple(told(i) for i in DOMAINS[d]), f"missing items of {d}"
            )
            for d in ("relationships", "self_management")
        ),
    )


def any_flag(*flags: Expression) -> Expression:
    """1 where any number is more than 0."""
    return Flag(total(*flags) > 0)
