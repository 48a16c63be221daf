"""What a check of a file reads must be missing or readable, whatever else reads it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from ownfiles import types_of
from sqlrows import compare, table

import riskbands as rb

FIELDS = {
    "a": {"type": "count", "low": 0, "high": 9},
    "b": {"type": "count", "low": 0, "high": 9},
    "kind": {"type": "choice", "choices": ["red", "blue"]},
}
DERIVED = {"odd": {"rule": "condition", "when": "b > 3 or kind == 'red'"}}
CHECK = {"code": "odd_case", "refuse": "a > 3 and odd", "message": "mend one of them"}
MADE: dict[str, dict[str, Any]] = {
    "score": {"score": {"link": "points", "term": [{"of": "a", "weight": 1}]}},
    "score of some": {
        "applies": "a > 1",
        "score": {"link": "points", "term": [{"of": "a", "weight": 1}]},
    },
    "results": {"output": [{"name": "o", "of": "a"}]},
    "sum": {
        "component": {
            "half": {
                "title": "half",
                "score": {
                    "link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1",
                    "term": [{"of": "a", "weight": "0.1"}],
                },
            },
        },
        "score": {"link": "sum", "of": ["half"], "horizons": "1yr", "rounding": "whole"},
    },
}  # fmt: skip
#: What is answered, and the issues.
CASES: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"a": 5}, ()),
    ({"a": 5, "b": 1, "kind": "blue"}, ()),
    ({"a": 5, "b": 4, "kind": "blue"}, ("odd_case:a,b,kind",)),
    ({"a": 5, "b": 99, "kind": "blue"}, ("out_of_range:b",)),
    ({"a": 5, "b": 1, "kind": "green"}, ("malformed:kind",)),
    ({"a": 2, "b": 99, "kind": "green"}, ("out_of_range:b", "malformed:kind")),
    ({"b": 99}, ("missing:a", "out_of_range:b")),
]


def made(kind: str) -> rb.Predictor:
    return rb.declare.instrument(
        {
            "id": "toy", "title": "t", "source": "s", "field": FIELDS, "derived": DERIVED,
            "check": [CHECK], **MADE[kind],
        }
    )  # fmt: skip


def told(issues: Any) -> tuple[str, ...]:
    return tuple(f"{issue.code}:{','.join(issue.fields)}" for issue in issues)


@pytest.mark.parametrize("kind", MADE)
def test_an_answer_that_cannot_be_read_passes_no_check(kind: str) -> None:
    mine = made(kind)
    columns = {name: [case.get(name) for case, _ in CASES] for name in FIELDS}
    scored = rb.score_cohort(columns, [mine])
    for row, (case, expected) in enumerate(CASES):
        if expected == ("missing:a", "out_of_range:b") and kind == "score of some":
            expected = ("missing:a",)  # nobody knows whether it applies
        assert told(mine.score(case, on_issue="return").issues) == expected
        assert tuple(filter(None, scored["toy_issues"][row].split(";"))) == expected
    with duckdb.connect() as database:
        table(database, "own", columns, types_of(mine))
        compare(database, "own", columns, mine)


def test_one_to_whom_it_does_not_apply_is_not_asked() -> None:
    mine = made("score of some")
    assert not mine.score({"a": 1, "b": 99, "kind": "green"}, on_issue="return").issues


def test_a_yes_or_no_that_is_neither() -> None:
    fields = {"a": {"type": "yes/no"}, "b": {"type": "yes/no"}}
    mine = rb.declare.instrument(
        {
            "id": "toy", "title": "t", "source": "s", "field": fields,
            "check": [{"code": "both", "refuse": "a and b", "message": "mend one of them"}],
            "score": {"link": "points", "term": [{"of": "a", "points": {"yes": 1, "no": 0}}]},
        }
    )  # fmt: skip
    assert told(mine.score({"a": "yes", "b": "bad"}, on_issue="return").issues) == ("malformed:b",)
    assert mine.score({"a": "yes"}).points == 1
