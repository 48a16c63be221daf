"""An instrument as the text of a file that `riskbands.load_instrument` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands import _toml
from riskbands.bands.scale import BandScale
from riskbands.bands.table import BandTable
from riskbands.errors import TableError
from riskbands.instruments.aspanel import categories_of, panel_entries, words
from riskbands.scorecards import terms as kinds
from riskbands.scorecards.coefficients import coefficient_tables
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.derivation.checks import Check
    from riskbands.scorecards.form import Form
    from riskbands.scorecards.terms import Between, Term

__all__ = ["to_toml"]

_KINDS: Final = {
    kinds.Indicator: "indicator",
    kinds.PerUnit: "per_unit",
    kinds.Polynomial: "polynomial",
    kinds.Log: "log",
    kinds.LogRate: "log_rate",
    kinds.Steps: "steps",
    kinds.StepsOrPolynomial: "steps_or_polynomial",
    kinds.Lookup: "lookup",
    kinds.LevelList: "levels",
    kinds.RoundedSum: "rounded_sum",
}
#: The link of each kind of instrument, by the name of its class.
_LINKS: Final = {
    "Regression": "logistic",
    "PointsScale": "points_logistic",
    "Hierarchy": "category",
    "Combined": "sum",
}
_OPEN: Final = 2**31


def to_toml(predictor: Any) -> str:
    """The declaration of a predictor of this library, as TOML.

    Raises:
        TableError: It is of a kind, or has a part, that a file has no words for.
        MissingTableError: It has no numbers.
    """
    p = predictor
    table = p.table
    kind = type(p).__name__
    if kind == "Panel" and p.vocabulary.features.keys() >= built_in().features.keys():
        return _toml.dumps({**dict(_head(p)), **panel_entries(p)})
    if kind not in _LINKS:
        raise TableError(f"{p.id} cannot be written to a file, which has no words for its kind")
    if p.vocabulary is not built_in() or (kind == "Combined" and p._table is not None):
        raise TableError(f"{p.id} was changed after it was read: change its file instead")
    if kind != "Combined" and (table.id not in coefficient_tables or table.modified):
        raise TableError(f"{p.id}: {table.id} is no built-in coefficient table")
    for part in p.components:
        if not _as_built(part):
            raise TableError(
                f"{p.id} has a part, {part.id}, that was changed: a file names built-in parts"
            )
    return _toml.dumps({**dict(_head(p)), **dict(_entries(p, _LINKS[kind]))})


def _as_built(p: Any) -> bool:
    """Whether a part is as this library declares it, with its own numbers and bands."""
    own = isinstance(p._table, str) or (p._table is None and type(p).__name__ == "Combined")
    plain = own and not isinstance(p._bands, BandTable) and not p.declaration
    return plain and p.vocabulary is built_in() and all(map(_as_built, p.components))


def _head(p: Any) -> Iterator[tuple[str, Any]]:
    """What every instrument has beside its score."""
    yield from {"id": p.id, "name": p.name, "title": p.title}.items()
    tables = p.tables if type(p).__name__ == "Combined" else (p.table,)
    yield "source", "; ".join(dict.fromkeys(t.source for t in tables))
    for key in ("status", "licence"):
        if getattr(p.table, key):
            yield key, getattr(p.table, key)
    if p.successor:
        yield "successor", p.successor
    if p.gate_features:
        yield "applies", p.gate_features[0]
        if p.horizons:
            yield "not_applicable", "zero" if p.zero_elsewhere else "none"
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


def _check(check: Check, condition: str, p: Any) -> dict[str, Any]:
    # What it is unless, is a short cut: where that holds the rule cannot be broken.
    found = {
        "code": check.code,
        condition: words(check.fails, check.inputs),
        "message": check.message,
    }
    fields = check.issue(p.vocabulary).fields
    return found | {"fields": list(fields)} if fields else found


def _caution(caution: Any) -> dict[str, Any]:
    found = {"id": caution.id, "text": caution.text, "source": caution.source}
    if caution.concern is not None:
        concern = caution.concern
        found |= {"who": concern.name, "when": words(concern.holds, concern.items)}
    return {key: value for key, value in found.items() if value}


def _entries(p: Any, link: str) -> Iterator[tuple[str, Any]]:
    if reads := getattr(p, "reads", None):
        yield "reads", {n: {"predictor": r.id, "horizon": h} for n, (r, h) in reads.items()}
    yield "score", dict(_score(p, link))


def _score(p: Any, link: str) -> Iterator[tuple[str, Any]]:
    if link == "points_logistic" and not p.horizons:
        link = "points"
    yield "link", link
    if p.horizons:
        yield "horizons", list(p.horizons)
        yield "banded", p.banded if p.banded in p.horizons else p.horizons[-1]
        yield "rounding", p.rule.name.lower()
    if link == "sum":
        yield "of", [part.id for part in p.parts]
    else:
        yield "table", p.table.id
    if link == "category":
        yield from {"section": p.section, "of": p.category}.items()
    if getattr(p, "zero_points", False):
        yield "zero_points_probability", True
    if isinstance(p.bands, BandTable):
        yield "bands", p._bands if isinstance(p._bands, str) else p.bands.to_dict()
    elif isinstance(p.bands, BandScale):
        yield "bands", p.bands.id
    if p.reduction is not None:
        yield "reduction", [words(rule, [name]) for name, rule in p.reduction.conditions]
    if link == "sum":
        yield "add", [_addition(p, a) for a in p.additions]
    for form in p.forms:
        if form.name:
            yield form.name, dict(_form(form))
        else:
            yield from _form(form)


def _addition(p: Any, a: Any) -> dict[str, Any]:
    found = {"name": a.name, "about": a.about, "of": a.feature}
    return found | {"part": p.parts[a.part].id, "section": a.section, "key": a.key}


def _form(form: Form) -> Iterator[tuple[str, Any]]:
    if form.section:
        yield "section", form.section
    yield "joint", [list(group) for group in form.groups]
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
        if categories := categories_of(between.feature):
            return categories[between.low]
        return str(between.low)
    return f"{between.low}+" if between.high >= _OPEN else f"{between.low}-{between.high}"
