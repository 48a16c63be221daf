"""An instrument as the text of a file that `riskbands.load_instrument` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands import _toml
from riskbands.bands.table import BandTable
from riskbands.errors import TableError
from riskbands.scorecards import terms as kinds
from riskbands.scorecards.coefficients import coefficient_tables
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.derivation.derive import Check
    from riskbands.scorecards.terms import Between, Term

__all__ = ["to_toml"]

_KINDS: Final = {
    kinds.Indicator: "indicator",
    kinds.PerUnit: "per_unit",
    kinds.Polynomial: "polynomial",
    kinds.LogRate: "log_rate",
    kinds.Steps: "steps",
    kinds.StepsOrPolynomial: "steps_or_polynomial",
    kinds.Lookup: "lookup",
    kinds.LevelList: "levels",
    kinds.RoundedSum: "rounded_sum",
}
#: Instruments a file has words for, by the name of their class, and the link of each.
_LINKS: Final = {"Regression": "logistic", "PointsScale": "points_logistic"}
_OPEN: Final = 2**31


def to_toml(predictor: Any) -> str:
    """The declaration of a predictor that reads the built-in vocabulary, as TOML.

    Raises:
        TableError: It is of a kind, or has a part, that a file has no words for.
    """
    link = _LINKS.get(type(predictor).__name__)
    if link is None or len(predictor.forms) != 1:
        raise TableError(
            f"{predictor.id} cannot be written to a file: a file has one scorecard, linked to "
            "points or a probability, or named results"
        )
    if not predictor.vocabulary == built_in():
        raise TableError(f"{predictor.id} was changed after it was read: change its file instead")
    if getattr(predictor, "reads", None):
        raise TableError(f"{predictor.id} reads another predictor, which a file has no words for")
    if predictor.table.id not in coefficient_tables or predictor.table.modified:
        raise TableError(f"{predictor.id}: {predictor.table.id} is no built-in coefficient table")
    return _toml.dumps(dict(_entries(predictor, link)))


def _entries(p: Any, link: str) -> Iterator[tuple[str, Any]]:
    yield from {"id": p.id, "name": p.name, "title": p.title, "source": p.table.source}.items()
    for key in ("status", "licence"):
        if getattr(p.table, key):
            yield key, getattr(p.table, key)
    if p.successor:
        yield "successor", p.successor
    if getattr(p, "gate", None):
        yield "applies", p.gate
    if getattr(p, "required", ()):
        yield "required", list(p.required)
    if p.limits:
        yield "limits", {name: list(ends) for name, ends in p.limits.items()}
    if p.checks:
        yield "check", [_check(c, "refuse", p) for c in p.checks]
    if p.advice:
        yield "advice", [_check(c, "when", p) for c in p.advice]
    cautions = [_caution(c) for c in p.cautions]
    if cautions:
        yield "caution", cautions
    yield "score", dict(_score(p, link))


def _check(check: Check, condition: str, p: Any) -> dict[str, Any]:
    if check.unless:
        raise TableError(f"{p.id}: the check {check.code} has an exception a file has no words for")
    names = [item.removeprefix(".") for item in check.inputs]
    found = {
        "code": check.code,
        condition: check.fails.text(*names),
        "message": check.message,
    }
    fields = check.issue(p.vocabulary).fields
    return found | {"fields": list(fields)} if fields else found


def _caution(caution: Any) -> dict[str, Any]:
    found = {"id": caution.id, "text": caution.text, "source": caution.source}
    if caution.concern is not None:
        names = [item.removeprefix(".") for item in caution.concern.items]
        found |= {"who": caution.concern.name, "when": caution.concern.holds.text(*names)}
    return {key: value for key, value in found.items() if value}


def _score(p: Any, link: str) -> Iterator[tuple[str, Any]]:
    (form,) = p.forms
    if link == "points_logistic" and not p.horizons:
        link = "points"
    yield "link", link
    if p.horizons:
        yield "horizons", list(p.horizons)
        yield "banded", p.banded if p.banded in p.horizons else p.horizons[-1]
    yield "rounding", p.rule.name.lower()
    yield "table", p.table.id
    if form.section:
        yield "section", form.section
    if getattr(p, "zero_points", False):
        yield "zero_points_probability", True
    if isinstance(p.bands, BandTable):
        yield "bands", p._bands if isinstance(p._bands, str) else p.bands.to_dict()
    elif p.bands is not None:
        raise TableError(f"{p.id}: its bands have no edges, which a file has no words for")
    yield "joint", [list(group) for group in form.groups]
    if p.reduction is not None:
        yield "reduction", [rule.text(name) for name, rule in p.reduction.conditions]
    yield "term", [_term(term) for term in form.terms]


def _term(term: Term) -> dict[str, Any]:
    assert isinstance(term, kinds._Base)
    found: dict[str, Any] = {"name": term.name, "kind": _KINDS[type(term)], "key": term.key}
    if term.by_sex:
        found["by"] = "sex"
    if term.when:
        found["when"] = {w.feature: _range(w) for w in term.when}
    match term:
        case kinds.LogRate():
            found |= {"count": term.count, "years": term.years, "offset_key": term.offset_key}
            found["power"] = term.power
        case kinds.RoundedSum():
            found |= {"of": list(term.summed), "up": term.up}
        case kinds.PerUnit():
            found |= {"of": term.feature, "scale": term.scale}
        case kinds.Lookup():
            categories = built_in().feature(term.feature).categories
            groups = zip(categories, term.groups, strict=True)
            found |= {"of": term.feature, "groups": {c: g or "" for c, g in groups}}
        case kinds.Steps():
            found["of"] = term.feature
            if term.none_at is not None:
                found["none_at"] = term.none_at
        case kinds.Indicator():
            pass
        case _:
            found["of"] = term.feature  # type: ignore[attr-defined]
    return found


def _range(between: Between) -> str:
    if between.high == between.low:
        return str(between.low)
    return f"{between.low}+" if between.high >= _OPEN else f"{between.low}-{between.high}"
