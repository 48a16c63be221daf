"""The GROUP BY that makes a table of counts where the scores lie: in a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.analysis.reading import OUTCOMES
from riskbands.bands.sql import DIALECTS, Dialect
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.vocabulary.fields import MISSING_WORDS, NO_WORDS, YES_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from riskbands.analysis.reported import ReportedScore

__all__ = ["count_query"]


def count_query(
    table: str,
    score: ReportedScore,
    outcome: str,
    by: Sequence[str],
    *,
    followed_up: str | None,
    months: int | None,
    dialect: str,
) -> str:
    """A SELECT that gives the columns of a table of counts.

    Args:
        table: Name of the table, unquoted.
        score: What is counted.
        outcome: Column of outcomes: yes or no, 0 or 1, true or false.
        by: Columns of groups.
        followed_up: Column of months of follow-up, or None.
        months: Months that the horizon needs, or None.
        dialect: A name of `riskbands.sql.DIALECTS`.

    Raises:
        InputError: A name cannot be used, or ``followed_up`` is given without a horizon.
        UnknownNameError: The dialect is not known.
    """
    if dialect not in DIALECTS:
        raise UnknownNameError("SQL dialect", dialect, DIALECTS)
    write = DIALECTS[dialect]
    parts = [(write.identifier(name), name) for name in by]
    if score.form_column:
        parts.append((write.identifier(score.form_column), "form"))
    if score.banded_by == "column" and score.unit != "band":
        parts.append((write.identifier(score.band_column), "band"))
    parts.append((write.identifier(score.column), "band" if score.unit == "band" else "score"))
    parts.append((_outcome(write, outcome, followed_up, months), "outcome"))
    columns = [f"  {text} AS {write.identifier(name)}" for text, name in parts]
    columns.append(f"  COUNT(*) AS {write.identifier('n')}")
    groups = ", ".join(str(place) for place in range(1, len(parts) + 1))
    source = ".".join(write.identifier(part) for part in table.split("."))
    return "SELECT\n" + ",\n".join(columns) + f"\nFROM {source}\nGROUP BY {groups}"


def _outcome(write: Dialect, outcome: str, followed_up: str | None, months: int | None) -> str:
    """One of the words for an outcome; what cannot be read stays as it is, and is refused later."""
    column = write.identifier(outcome)
    kind = "STRING" if write.quote == "`" else "VARCHAR"
    word = f"LOWER(TRIM(CAST({column} AS {kind})))"
    lines = ["CASE"]
    if followed_up is not None:
        if months is None:
            raise InputError(
                Issue("missing", ("horizon",), "followed_up= needs horizon=, such as 2yr")
            )
        given: object = followed_up
        if not isinstance(given, str):
            what = "give followed_up= as the column of months in the table"
            raise InputError(Issue("malformed", ("followed_up",), what))
        length = write.identifier(followed_up)
        unknown = f"LOWER(TRIM(CAST({length} AS {kind}))) IN ({_words(write, MISSING_WORDS)})"
        lines.append(f"    WHEN {length} IS NULL THEN {write.text(OUTCOMES[3])}")
        lines.append(f"    WHEN {unknown} THEN {write.text(OUTCOMES[3])}")  # NaN is above all
        lines.append(f"    WHEN {length} < {months} THEN {write.text(OUTCOMES[2])}")
    lines.append(f"    WHEN {column} IS NULL THEN {write.text(OUTCOMES[4])}")
    lines += [
        f"    WHEN {word} IN ({_words(write, words)}) THEN {write.text(OUTCOMES[code])}"
        for words, code in ((MISSING_WORDS, 4), (YES_WORDS, 1), (NO_WORDS, 0))
    ]
    lines += [
        f"    ELSE {write.text('unreadable')}",
        "  END",
    ]
    return "\n".join(lines)


def _words(write: Dialect, words: Iterable[str]) -> str:
    """The words as texts; a column of floats writes 1 as 1.0."""
    decimals = {f"{word}.0" for word in words if word.isdigit()}
    return ", ".join(write.text(word) for word in sorted({*words, *decimals}))
