"""Instruments of one's own: from a file, or from the same words in Python.

``load_instrument("my.toml")`` reads a file, `instrument` takes the same words as a mapping. Either
gives a `riskbands.Predictor`, with all that the built-in ones have. Nothing of a file is executed.
The words are those of docs/reference/instrument-files.md.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskbands import _data, _toml
from riskbands.declare.beside import MOST_CHARACTERS, Beside
from riskbands.declare.build import build_instrument
from riskbands.declare.derived import WORDS_OF_RULE
from riskbands.declare.kinds import TERM_BELONGS
from riskbands.declare.lines import Lines
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.instruments.predictor import Predictor

__all__ = ["instrument", "instrument_schema", "load_instrument", "read_instrument"]


def instrument(declaration: Mapping[str, Any], *, folder: str | Path | None = None) -> Predictor:
    """An instrument from the words of its file, as a mapping.

    Args:
        declaration: What the file would hold: texts, whole numbers, lists and mappings.
        folder: Where the files are that it names; by default it may name none.

    Raises:
        TableError: It has faults; all of them are named, with the place of each.

    Examples:
        >>> mine = instrument(
        ...     {
        ...         "id": "lodge", "title": "A made-up scale", "source": "made up",
        ...         "field": {"visits": {"type": "count", "low": 0, "high": 9}},
        ...         "score": {
        ...             "link": "points",
        ...             "term": [{"of": "visits", "points": {"0-2": 0, "3+": 4}}],
        ...             "bands": {"Low": 0, "High": 4},
        ...         },
        ...     }
        ... )
        >>> mine.score({"visits": 5}).band
        High [4, inf)
    """
    if not hasattr(declaration, "items"):
        kind = type(declaration).__name__
        raise TableError(f"the declaration must be a mapping, not a value of type {kind}")
    try:
        text = _toml.dumps(declaration)
        if len(text) > MOST_CHARACTERS:
            raise TableError(f"the declaration is longer than {MOST_CHARACTERS:,} characters")
        tomllib.loads(text)
    except (TypeError, ValueError, RecursionError, AttributeError) as error:
        raise TableError(f"the declaration has no form in a file: {error}") from None
    return build_instrument(declaration, "the declaration", _beside(folder), None, text)


def read_instrument(
    text: str, name: str = "the file", *, folder: str | Path | None = None
) -> Predictor:
    """An instrument from the text of its file.

    Args:
        text: TOML.
        name: What to call it in errors.
        folder: Where the files are that it names; by default it may name none.

    Raises:
        TableError: It has faults; all of them are named, with line and place.
    """
    return _read(text, name, _beside(folder))


def _beside(here: str | Path | None) -> Beside:
    return Beside(_read, None if here is None else Path(here))


def _read(text: str, name: str, beside: Beside) -> Predictor:
    if isinstance(text, str) and len(text) > MOST_CHARACTERS:
        raise TableError(f"{name} is longer than {MOST_CHARACTERS:,} characters")
    return build_instrument(_toml.loads(text, name), name, beside, Lines(text), text)


def load_instrument(path: str | Path) -> Predictor:
    """An instrument from a file, ready to score.

    Args:
        path: A TOML file; its words are in docs/reference/instrument-files.md.

    Raises:
        TableError: It cannot be read, or has faults; all of them are named, with line and place
            and the nearest word that is known.
    """
    text = _toml.read(path, most=MOST_CHARACTERS)
    return _read(text, Path(path).name, _beside(path))


def instrument_schema() -> dict[str, Any]:
    """The JSON Schema of an instrument's file, as data."""
    schema: dict[str, Any] = json.loads(_data.text("instrument.schema.json"))
    for place, key, words in (("term", "kind", TERM_BELONGS), ("derived", "rule", WORDS_OF_RULE)):
        every = sorted({w for own in words.values() for w in own})
        schema["$defs"][place]["allOf"] = [
            {
                "if": {"properties": {key: {"const": name}}, "required": [key]},
                "then": {"properties": {w: False for w in every if w not in own}},
            }
            for name, own in words.items()
        ]
    return schema
