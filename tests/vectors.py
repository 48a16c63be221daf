"""Reading the vectors of the deployed calculators, and comparing a result with what they gave.

A *result* is what the library gave for one row and one predictor, in the same words whether it was
scored alone or inside a cohort.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

import riskbands as rb
from riskbands.predictors import by_id

HERE = Path(__file__).parent / "golden"
COUNTS = frozenset(
    [
        "contact_adult_sanctions",
        "contact_child_sanctions",
        "image_sanctions",
        "non_contact_sanctions",
    ]
)
#: The API's names of derived values, by the fields that a caller can supply.
FIELDS = {
    "dateAtStartOfFollowupCalculated": "follow_up_date",
    "dateAtStartOfFollowupUserInput": "follow_up_date",
}


@attrs.frozen
class Result:
    """What the library gave for one row and one predictor.

    ``values`` has the output columns without prefix; empty without a score.
    ``issues`` are pairs of a code and the fields it names.
    """

    values: dict[str, Any]
    issues: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def scored(self) -> bool:
        return not self.issues

    @property
    def codes(self) -> set[str]:
        return {code for code, _ in self.issues}

    @property
    def named(self) -> set[str]:
        return {field for _, fields in self.issues for field in fields}


@attrs.frozen
class Row:
    """One row of a vector file."""

    id: int
    tags: tuple[str, ...]
    input: dict[str, Any]
    expect: dict[str, dict[str, Any]]

    def refused(self, predictor: str) -> bool:
        """Whether the API gave no score (for RSR of some women it gave no reason either)."""
        return "errors" in self.expect[predictor]

    def errors(self, predictor: str) -> list[tuple[str, set[str]]]:
        """Types of the API's errors, with fields in the library's names."""
        listed = self.expect.get(predictor, {}).get("errors", [])
        return [(kind, {FIELDS.get(f, f) for f in fields}) for kind, fields in listed]

    def quiet(self) -> bool:
        """Whether five years have passed at assessment since each date that is given.

        The first condition of the lower OSP band; without it, custody does not matter.
        """
        end = dt.date.fromisoformat(self.input["assessment_date"])
        start = self.input.get("follow_up_date") or self.input["conviction_date"]
        given = (start, *(self.input.get(f"last_{d}_date") for d in ("offence", "sexual_offence")))
        return all(
            d is None or (end.year - int(d[:4]) - (end.isoformat()[5:] < d[5:])) >= 5 for d in given
        )

    @property
    def not_a_case_for_osp(self) -> bool:
        """A woman, or nobody with a history: "not applicable", whatever else is missing."""
        return self.input.get("sex") == "female" or self.input.get("sexual_offence_history") == "no"


@cache
def rows(name: str) -> tuple[Row, ...]:
    with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return tuple(
            Row(r["id"], tuple(r["tags"]), r["input"], r["expect"]) for r in map(json.loads, lines)
        )


def alone(found: rb.Score) -> Result:
    """The result of a single case."""
    issues = tuple((i.code, i.fields) for i in found.issues)
    if issues:
        assert not found.percent
        assert not found.probability
        assert found.band is None
        assert found.points is None
        return Result({}, issues)
    values: dict[str, Any] = {**found.percent, "points": found.points, "type": found.form}
    values |= {f"{h}_p": p for h, p in found.probability.items()}
    values |= {"band": None if found.band is None else str(found.band), "reduced": found.reduced}
    return Result(values, ())


def same(a: Any, b: Any) -> bool:
    """Whether two columns of scores are the same, missing where the other is missing."""
    if isinstance(a, rb.BandArray):
        return bool(a.codes.tolist() == b.codes.tolist())
    return np.array_equal(a, b, equal_nan=a.dtype == np.float64)


def from_text(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Issues from the text of a cohort's column."""
    found = []
    for item in text.split(";") if text else ():
        code, _, fields = item.partition(":")
        found.append((code, tuple(fields.split(",")) if fields else ()))
    return tuple(found)


def of_cohort(columns: dict[str, Any], predictor: str, row: int) -> Result:
    """The result of one row of a cohort."""
    prefix = f"{predictor}_"
    text = columns[f"{prefix}issues"][row]
    values: dict[str, Any] = {}
    for kind in ("1yr", "2yr", "1yr_p", "2yr_p", "points", "reduced"):
        if prefix + kind in columns:
            value = columns[prefix + kind][row]
            if kind != "reduced":
                value = None if np.isnan(value) else value.item()
            whole = kind == "points" or (by_id[predictor].rule.digits == 0 and kind.endswith("yr"))
            values[kind] = int(value) if whole and value is not None else value
    if f"{prefix}band" in columns:
        band = columns[f"{prefix}band"][row]
        values["band"] = None if band is None else str(band)
    if f"{prefix}type" in columns:
        values["type"] = columns[f"{prefix}type"][row]
    if text:
        assert all(v is None for v in values.values()), f"row {row} has issues and values"
        return Result({}, from_text(text))
    return Result(values, ())


def as_columns(inputs: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    """Rows as columns; a value that a row lacks is None."""
    listed = list(inputs)
    names = dict.fromkeys(name for row in listed for name in row)
    return {name: [row.get(name) for row in listed] for name in names}


def differences(expected: dict[str, Any], result: Result) -> list[str]:
    """How a result differs from the API's score; probabilities to 1e-12, all else exactly."""
    if not result.scored:
        return [f"no score: {result.issues}"]
    found = []
    for key, want in expected.items():
        got = result.values[key]
        same = abs(got - want) <= 1e-12 if key.endswith("_p") else got == want
        if not same:
            found.append(f"{key}: expected {want}, got {got}")
    return found


@attrs.frozen
class Allowance:
    """A reason to score a row that the API refused, narrow enough to recognise no other row."""

    reason: str
    holds: Callable[[Row, str, Result], bool]


def judge(
    listed: Sequence[Row],
    results: dict[str, Sequence[Result]],
    predictor: str,
    allowances: Sequence[Allowance],
    unnamed: Callable[[Row, str, str, Result], set[str]],
    components: dict[str, str],
) -> Counter[str]:
    """Compare every row; return how often each allowance was used.

    Args:
        listed: The rows.
        results: Results by predictor, in the order of the rows.
        predictor: The one to judge.
        allowances: Reasons to score where the API did not.
        unnamed: Fields of an error (row, predictor, type, result) that the library need not name.
        components: Predictors by the name that the API's component errors have.
    """
    used: Counter[str] = Counter()
    wrong: list[str] = []
    for i, row in enumerate(listed):
        if predictor not in row.expect:
            continue
        result = results[predictor][i]
        errors = row.errors(predictor)
        if not row.refused(predictor):
            problems = differences(row.expect[predictor], result)
        elif result.scored:
            reasons = [a.reason for a in allowances if a.holds(row, predictor, result)]
            problems = [] if len(reasons) == 1 else [f"scored; the API: {errors}; {reasons}"]
            used.update(reasons)
        else:
            problems = []
            for kind, fields in errors:
                if kind == "COMPONENT_VALIDATION_ERROR":
                    inner = [results[components[f]][i] for f in fields]
                    want = {issue for r in inner for issue in r.issues}
                    # With every component scored, what is left is RSR's own need of the history.
                    own = {("missing", ("sexual_offence_history",))}
                    if not (want or own) <= set(result.issues):
                        problems.append(f"issues of its components: {want}, got {result.issues}")
                    continue
                missing = fields - result.named - unnamed(row, predictor, kind, result)
                if missing:
                    problems.append(f"{kind}: {missing} not named by {result.issues}")
        wrong += [f"row {row.id} {row.tags}: {p}" for p in problems]
    assert not wrong, "\n".join(wrong)
    return used
