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
    """The fields an instrument can read, in the order of its vocabulary."""
    read = p.needs.readable | set(_beside(p))
    return [f for name, f in p.vocabulary.fields.items() if name in read]


def _beside(p: Predictor) -> tuple[str, ...]:
    """Fields that decide no score: what lowers a band reads them, or tells of a case."""
    items = [] if p.reduction is None else list(p.reduction.features)
    items += [i for a in p.advice for i in a.inputs]
    items += [i for c in p.cautions if c.concern is not None for i in c.concern.items]
    return p.vocabulary.reach(i for i in items if p.vocabulary.has(i))


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
            lowers = p.reduction is not None and f.name in p.vocabulary.reach(p.reduction.features)
            need = (
                "read where a band may be lowered"
                if lowers
                else "read for advice and cautions alone"
            )
        elif f.name in p.needs.dynamic and p.has_forms:
            need = "for the extended form"
        else:
            need = "read where given"
        rows.append((code(f.name), plain(takes), need, plain(f.meaning), plain(f.oasys_item)))
    yield table(("field", "takes", "", "meaning", "item"), rows)
    if ways:
        yield "One of these is needed:"
        yield itemised(codes(way) for way in ways)


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
