"""The page of issue codes has every code the library can give, and no other."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import riskbands as rb
from riskbands.instruments.sql.sums import UNDECIDED
from riskbands.vocabulary.offences import WHY_NOT
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskbands.instruments.predictor import Predictor

ROOT = Path(__file__).parents[1]
DOCUMENTED = set(
    re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "issues.md").read_text("utf-8"), re.MULTILINE)
)
# Of one field, of two sources of a feature, and of a whole column.
GENERAL = {"missing", "malformed", "out_of_range", "contradiction", UNDECIDED.code}
OF_COLUMNS = {"unusable_column", "duplicate_column", "unequal_lengths", "row_has_issues"}


def with_components(predictors: Iterable[Predictor]) -> Iterator[Predictor]:
    for predictor in predictors:
        yield predictor
        yield from with_components(predictor.components)


def declared() -> set[str]:
    """Codes that predictors, features and offence groups declare by name."""
    checks = {c.code for p in with_components(rb.predictors.by_id.values()) for c in p.checks}
    of_features: set[str] = set()
    for feature in built_in().features.values():
        of_features |= {
            feature.below,
            feature.above,
            *(fault.code for fault in feature.faults.values()),
        }
    return checks | (of_features - {""}) | {code for code, _ in WHY_NOT.values()}


def occurring() -> set[str]:
    """Codes that the bundled cohort gives."""
    with (ROOT / "examples" / "cohort.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scored = rb.score_cohort({name: [row[name] for row in rows] for name in rows[0]})
    return {
        issue.partition(":")[0]
        for name, column in scored.items()
        if name.endswith("_issues")
        for text in column
        for issue in text.split(";")
        if issue
    }


def test_every_code_that_is_declared_is_documented() -> None:
    assert declared() <= DOCUMENTED


def test_every_code_that_the_bundled_cohort_gives_is_documented() -> None:
    found = occurring()
    assert found >= {"missing", "malformed", "out_of_range"}
    assert found <= DOCUMENTED


def test_every_code_that_is_documented_can_be_given() -> None:
    ages = {f"{name}_out_of_range" for name in built_in().features if name.startswith("age_at_")}
    possible = declared() | GENERAL | OF_COLUMNS | ages
    assert possible >= DOCUMENTED
