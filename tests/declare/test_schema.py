"""The JSON Schema of the file knows the words that the reader knows, and takes the examples."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import riskbands as rb
from riskbands.declare import (
    asked,
    build,
    cards,
    combinations,
    derived,
    kinds,
    outputs,
    parts,
    ways,
)
from riskbands.pages import case_schema

FOLDER = Path(__file__).parents[2] / "examples" / "instruments"
SCHEMA = rb.instrument_schema()
WRITTEN = [p for p in rb.predictors.by_id if p not in ("opd", "pni", "pni_api", "yogrs")]
GOOD = ("pier", "pretrial", "two-sexes", "survival", "two-forms", "sum")


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", GOOD)
def test_it_takes_the_examples(name: str) -> None:
    jsonschema.validate(tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize("ident", WRITTEN)
def test_it_takes_what_built_in_instruments_write(ident: str) -> None:
    jsonschema.validate(tomllib.loads(rb.predictors.by_id[ident].to_toml()), SCHEMA)


def test_it_refuses_the_broken_one() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads((FOLDER / "broken.toml").read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (SCHEMA, build.ROOT_KEYS),
        (SCHEMA["$defs"]["score"], build.SCORE_KEYS),
        (SCHEMA["$defs"]["field"], asked.FIELD_KEYS),
        (SCHEMA["$defs"]["term"], kinds.TERM_KEYS),
        (SCHEMA["$defs"]["output"], outputs.OUTPUT_KEYS),
        (SCHEMA["$defs"]["form"], cards.FORM_KEYS),
        (SCHEMA["$defs"]["component"], build.COMPONENT_KEYS),
        (SCHEMA["$defs"]["addition"], parts.ADD_KEYS),
        (SCHEMA["$defs"]["way"], ways.WAY_KEYS),
        (SCHEMA["properties"]["reads"]["additionalProperties"], parts.READS_KEYS),
        (
            SCHEMA["$defs"]["derived"],
            {"rule", "meaning", *(w for k, _ in derived.RULES.values() for w in k)},
        ),
    ],
)
def test_it_has_the_words_of_the_reader(place: dict[str, Any], words: Any) -> None:
    assert set(place["properties"]) == set(words)


def test_it_has_the_choices_of_the_reader() -> None:
    defs = SCHEMA["$defs"]
    assert defs["score"]["properties"]["link"]["enum"] == list(build.LINKS)
    assert defs["score"]["properties"]["rounding"]["enum"] == list(build.ROUNDINGS)
    assert defs["field"]["properties"]["type"]["enum"] == list(asked.TYPES)
    assert defs["term"]["properties"]["kind"]["enum"] == list(kinds.TERM_KINDS)
    assert defs["output"]["properties"]["combine"]["enum"] == list(combinations.COMBINATIONS)
    assert defs["derived"]["properties"]["rule"]["enum"] == list(derived.RULES)


def term(**words: Any) -> dict[str, Any]:
    text = {"link": "points", "term": [{"of": "a", "points": 1, **words}]}
    return {"id": "x", "title": "x", "source": "x", "score": text}


def test_it_refuses_words_of_another_kind_as_the_reader_does() -> None:
    jsonschema.validate(term(kind="per_unit", scale=2), SCHEMA)
    for words in ({"kind": "log", "power": 2}, {"kind": "steps", "scale": 2}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(term(**words), SCHEMA)
    derived = {"d": {"rule": "capped", "of": "a", "at": 3}}
    jsonschema.validate({**term(), "derived": derived}, SCHEMA)
    derived["d"]["order"] = ["a"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**term(), "derived": derived}, SCHEMA)


@pytest.mark.parametrize("name", GOOD)
def test_the_schema_of_a_case_takes_the_example_and_no_other_field(name: str) -> None:
    mine = rb.load_instrument(FOLDER / f"{name}.toml")
    schema = case_schema(mine)
    jsonschema.Draft202012Validator.check_schema(schema)
    case = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["example"]
    jsonschema.validate(case, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**case, "shoe_size": 9}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({k: v for k, v in case.items() if k != schema["required"][0]}, schema)
