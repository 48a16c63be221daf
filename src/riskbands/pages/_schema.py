"""The JSON Schema of a case of an instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.arithmetic.units import in_decimals, in_words
from riskbands.pages._declared import declared
from riskbands.pages._inputs import fields_of, needs_of
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.fields import Field

__all__ = ["case_schema"]


def case_schema(predictor: Predictor) -> dict[str, Any]:
    """The JSON Schema of a case of an instrument: what `Predictor.score` takes as a mapping.

    It describes the plain form of each value, and the other words that a field has for an answer.
    `Predictor.case` takes further ones, such as ``"y"`` for yes.

    Args:
        predictor: The instrument, built in or from a file.

    Examples:
        >>> from riskbands import ogrs3
        >>> case_schema(ogrs3)["properties"]["sanctions"]["minimum"]
        1
    """
    p = predictor
    written = declared(p).get("field", {})
    always, ways = needs_of(p)
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A case of {p.name}",
        "type": "object",
        "properties": {
            f.name: _kind(f, written.get(f.name, {}).get("words", {})) for f in fields_of(p)
        },
        "required": list(always),
        "additionalProperties": False,
    }
    if ways:
        found["anyOf"] = [{"required": list(way)} for way in ways]
    return found


def _kind(f: Field, words: Any) -> dict[str, Any]:
    """What a field takes."""
    kind: dict[str, Any] = {}
    answers: list[Any] | None = None
    match f.kind:
        case Kind.BOOL:
            answers = ["yes", "no", True, False]
        case Kind.LEVEL:
            answers = [0, 1, 2]
        case Kind.ENUM:
            answers = list(f.values)
        case Kind.INT:
            kind = {"type": "integer", "minimum": f.low, "maximum": f.high}
        case Kind.DECIMAL:
            low, high = (float(in_decimals(n or 0, f.decimals)) for n in (f.low, f.high))
            # Not multipleOf: of 0.1 many validators, which divide doubles, refuse 0.3.
            kind = {"type": "number", "minimum": low, "maximum": high}
        case Kind.DATE:
            kind = {"type": "string", "format": "date"}
        case _:
            kind = {"type": "string"}
    if answers is not None:
        # JSON Schema takes 1 for true only where it is written so: words are compared as texts.
        said = {str(a) for a in answers}
        more = [w for w in dict.fromkeys((*words, *f.aliases)) if w not in said]
        kind = {"enum": [*answers, *more]}
    places = f"at most {in_words(f.decimals)}" if f.decimals else ""
    if said_of := "; ".join(filter(None, (f.meaning, places))):
        kind["description"] = said_of
    return kind
