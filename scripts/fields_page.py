"""Write docs/reference/fields.md, the page of input fields, from the vocabulary itself.

Run ``python -m scripts.fields_page`` after a change of ``data/fields.csv``,
``data/screening_fields.csv`` or ``data/youth_fields.csv``; a test compares.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from riskbands.vocabulary.fields import (
    PROBLEM_WORDS,
    Field,
    Kind,
    fields,
    screening_fields,
    youth_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "fields.md"

HEAD = """\
# Input fields

The names that an assessment takes and that a cohort's columns have. A field that a predictor does
not read may be left out. `None`, an empty text, NaN and words such as `n/a` or `not known` are all
missing values; a missing value is never taken for a no or a 0. A date is a date of Python, NumPy or
a data frame, or text such as 2024-01-16.

The third column has the number of the OASys item. `1.x` stands for an item of section 1 whose
number this library does not give, and likewise for other sections.

| field | values | OASys item | meaning |
|---|---|---|---|
"""

SCREENING = """
## Fields of the screening tools

No score above reads these. They are the inputs of screening tools for maturity, learning, the
personality disorder pathway and programme needs; `OASysAssessment.from_hmpps` reads them too.

| field | values | OASys item | meaning |
|---|---|---|---|
"""

YOUTH = """
## Fields for children

[YOGRS](../predictors/yogrs.md) reads some of the fields above and those of the first four rows
here; the others are the parts of [Asset](../predictors/asset.md).

| field | values | meaning |
|---|---|---|
"""

MIDDLE = """
## Other words that are understood

Case and spaces do not matter: `Not living together` is `not_living_together`. Yes-or-no fields
take yes and no, y and n, true and false, 1 and 0.

| field | words | stand for |
|---|---|---|
"""

TAIL = """
## Names in the HMPPS actuarial API

`OASysAssessment.from_hmpps` reads a request with these names.

| field | name in the API |
|---|---|
"""


#: In place of a field: the levels of nearly all items have the same words.
PROBLEMS = "every other field of levels 0, 1 and 2"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _values(f: Field) -> str:
    if f.kind is Kind.DATE:
        return "a date"
    return ", ".join(f"`{value}`" for value in f.values) or f.allowed


def _names(f: Field) -> str:
    return ", ".join(f"`{name}`" for name in f.hmpps_names)


def render() -> str:
    """The whole page."""
    screening = screening_fields()
    values, screened = (
        [(f"`{f.name}`", _values(f), f.oasys_item, f.meaning) for f in chosen]
        for chosen in (
            [f for f in fields().values() if f.name not in screening],
            list(screening.values()),
        )
    )
    youth = [(f"`{f.name}`", _values(f), f.meaning) for f in youth_fields().values()]
    words: list[tuple[str, ...]] = []
    named = (f for f in fields().values() if f.aliases != PROBLEM_WORDS)
    problem = attrs.evolve(next(iter(fields().values())), name=PROBLEMS, aliases=PROBLEM_WORDS)
    for f in (*named, problem):
        for value in dict.fromkeys(f.aliases.values()):
            same = ", ".join(f"`{word}`" for word, v in f.aliases.items() if v == value)
            words.append((f.name if f is problem else f"`{f.name}`", same, f"`{value}`"))
    names = [(f"`{f.name}`", _names(f)) for f in fields().values() if f.hmpps_name]
    parts = (HEAD, values), (SCREENING, screened), (YOUTH, youth), (MIDDLE, words), (TAIL, names)
    return "".join(text + _table(rows) for text, rows in parts)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
