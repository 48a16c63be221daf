"""The JSON Schema of a case of an instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.arithmetic.units import in_decimals, in_words
from riskbands.pages._declared import declared
from riskbands.pages._inputs import fields_of
from riskbands.vocabulary import offences
from riskbands.vocabulary.alternatives import necessary
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.fields import Field

__all__ = ["case_schema"]


#: What validity is worth.
_PROMISE: Final = (
    "The fields are all that can change the result. A case that is scored without an issue is "
    "valid, where each value can be read and is written as here. A valid case has no promise of a "
    "score: required is only what nobody can do without, and its own answers may ask for more or "
    "break a rule."
)


def case_schema(predictor: Predictor) -> dict[str, Any]:
    """The JSON Schema of a case of an instrument: what `Predictor.score` takes as a mapping.

    It describes the plain form of each value, and the other words that a field has for an answer.
    `Predictor.case` takes further ones, such as ``"y"`` for yes. Its fields are those that can
    change what is said of a case, those that predictors within read among them. It requires what
    nobody can do without, "not applicable" included: a case that is scored without an issue is
    valid, and a valid one may still lack what its own answers ask for.

    Args:
        predictor: The instrument, built in or from a file.

    Examples:
        >>> from riskbands import ogrs3, osp_dc
        >>> case_schema(ogrs3)["properties"]["sanctions"]["minimum"]
        1
        >>> case_schema(osp_dc)["required"]
        ['sex']
    """
    p = predictor
    written = declared(p).get("field", {})
    always, choices = necessary(p.vocabulary, p.needed_of_all)
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A case of {p.name}",
        "description": _PROMISE,
        "type": "object",
        "properties": {
            f.name: _kind(p, f, written.get(f.name, {}).get("words", {})) for f in fields_of(p)
        },
        "required": list(always),
        "additionalProperties": False,
    }
    ways = [{"anyOf": [{"required": list(way)} for way in sets]} for sets in choices]
    return found | (ways[0] if len(ways) == 1 else {"allOf": ways} if ways else {})


def _kind(p: Predictor, f: Field, words: Any) -> dict[str, Any]:
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
        case Kind.OFFENCE_CODE:
            kind = {"type": "string", "pattern": offences.CODE_TEXT}
        case Kind.OFFENCE_GROUP:
            kind = {"enum": _groups(p)}
        case Kind.TEXT:
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


def _groups(p: Predictor) -> list[str]:
    """The offence groups that a result can have: those of the schemes that every result needs."""
    features = map(p.vocabulary.feature, p.needed_of_all)
    schemes = [f.categories for f in features if f.alias == "offence_group"]
    return [g for g in offences.all_groups() if all(g in known for known in schemes)]
