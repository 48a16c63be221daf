"""The inputs of an instrument on its page: what each takes, and what happens without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.pages._declared import declared
from riskbands.pages._markdown import code, codes, itemised, plain, table
from riskbands.vocabulary.alternatives import alternatives, always_needed
from riskbands.vocabulary.expressions import Constant
from riskbands.vocabulary.feature import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.fields import Field

__all__ = ["fields_of", "inputs", "needs_of"]


def fields_of(p: Predictor) -> list[Field]:
    """The fields that can change what is said of a case, in the order of the vocabulary.

    What is said are the result, its issues, advice and cautions, and those of the predictors
    within. Of dates and the numbers that can stand for them, one may decide which of both an issue
    asks for: that alone does not count.
    """
    read: set[str] = set().union(*map(_read, (p, *_within(p))))
    return [f for name, f in p.vocabulary.fields.items() if name in read]


def _read(p: Predictor) -> set[str]:
    """The fields that an instrument reads itself."""
    items = [*p.features, *p.checked_features]
    for check in (*p.checks, *p.advice):
        items += [*check.inputs, *(() if check.unless is None else (check.unless,))]
    if p.reduction is not None:
        items += p.reduction.features
    items += [i for c in p.cautions if c.concern is not None for i in c.concern.items]
    return set(p.vocabulary.reach(i for i in items if p.vocabulary.has(i)))


def needs_of(p: Predictor) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Fields that every case needs, and sets of fields one of which it needs beside them."""
    needed, every = p.needs, p.needed_features
    always = always_needed(p.vocabulary, every, needed.needed, needed.readable)
    return always, alternatives(p.vocabulary, every, always)


def inputs(p: Predictor) -> Iterator[str]:
    """The table of inputs, and which fields can stand in for which."""
    always, ways = needs_of(p)
    of_ways = {name for way in ways for name in way}
    said = _without(p)
    rows = []
    for f in fields_of(p):
        takes = f.allowed + (f", in {f.unit}" if f.unit else "")
        words = declared(p).get("field", {}).get(f.name, {}).get("words", {})
        takes += "".join(f"; {word} for {answer}" for word, answer in words.items())
        if f.name in always:
            need = "needed"
        elif f.name in of_ways:
            need = "needed in some way, see below"
        elif f.name in p.needs.needed or f.name in p.needs.instead:
            need = "needed, or what stands in for it"
        elif f.name in said:
            need = said[f.name]
        elif f.name not in p.needs.readable:
            need = _beside(p, f.name)
        elif f.name in p.needs.dynamic and p.has_forms:
            need = "for the extended form"
        else:
            need = "read where given"
        rows.append((code(f.name), plain(takes), need, plain(f.meaning), plain(f.oasys_item)))
    yield table(("field", "takes", "", "meaning", "item"), rows)
    if ways:
        yield "One of these is needed:"
        yield itemised(codes(way) for way in ways)


def _beside(p: Predictor, name: str) -> str:
    """What reads a field that no score of the instrument itself comes from."""
    within = list(_within(p))
    reductions = ((q, q.reduction) for q in (p, *within))
    if any(r is not None and name in q.vocabulary.reach(r.features) for q, r in reductions):
        return "read where a band may be lowered"
    readers = dict.fromkeys(q.name for q in within if name in q.needs.readable)
    return f"read by {', '.join(readers)}" if readers else "read for advice and cautions alone"


def _within(p: Predictor) -> Iterator[Predictor]:
    """The predictors that an instrument reads, and those that they read."""
    for q in p.components:
        yield q
        yield from _within(q)


def _without(p: Predictor) -> Mapping[str, str]:
    """What becomes of a field that is missing: it counts as an answer, or some may be missing."""
    found: dict[str, str] = {}
    for f in p.vocabulary.declared:
        match f.sources:
            case (_, Source(inputs=(), derive=Constant(value=value))) if f.shown in p.needs.used:
                found[f.shown] = f"counts as {plain(f.describe(value))} where not recorded"
    entries: Mapping[str, Any] = declared(p).get("derived", {})
    for entry in entries.values():
        if "at_least" in entry:
            of = [entry["of"]] if isinstance(entry["of"], str) else entry["of"]
            least = plain(entry["at_least"])
            found |= dict.fromkeys(of, f"one of {len(of)}, at least {least} of them needed")
    return found
