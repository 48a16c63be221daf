"""SQL for a warehouse: the same answer as Python for every double."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs

from riskbands._byfields import ByFields
from riskbands.errors import InputError, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["DIALECTS", "Dialect", "DialectName", "band_case", "is_one_of", "rank_case"]

DialectName: TypeAlias = Literal["duckdb", "spark", "trino", "athena", "postgres", "postgresql"]


def _doubled(text: str) -> str:
    return text.replace("'", "''")


def _backslashed(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


@attrs.frozen(eq=False, repr=False)
class Dialect(ByFields):
    """How a database writes what a CASE expression needs.

    Attributes:
        quote: The quotation mark of identifiers, doubled inside them.
        double: Name of the type of 64-bit floats.
        escape: Escapes a text for between single quotation marks.
        string: Name of the type of texts.
        fence: Whether it would copy what a subquery works out into each place that uses it.
        exponents: Whether it writes each ``DOUBLE`` as text with an exponent: ``1.0E0``, ``0E0``.
    """

    quote: str
    double: str
    escape: Callable[[str], str] = _doubled
    string: str = "VARCHAR"
    fence: bool = False
    exponents: bool = False

    def identifier(self, name: str) -> str:
        """A column name, quoted.

        Raises:
            InputError: ``name`` is no text, empty, or holds a character that cannot be printed.
        """
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise InputError(
                Issue("sql_column", (), "a column is given by its name: a printable text, unquoted")
            )
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def text(self, value: str) -> str:
        """A text literal."""
        return f"'{self.escape(value)}'"

    def number(self, value: float) -> str:
        """A literal of exactly this double; a plain ``2.995`` is a decimal in most dialects."""
        digits = ("-" if value < 0 else "") + "Infinity" if math.isinf(value) else f"{value:.17g}"
        return f"CAST('{digits}' AS {self.double})"


_ANSI: Final = Dialect('"', "DOUBLE")
_TRINO: Final = Dialect('"', "DOUBLE", exponents=True)
_POSTGRES: Final = Dialect('"', "DOUBLE PRECISION", string="TEXT", fence=True)
#: Dialects by name.
DIALECTS: Final[dict[str, Dialect]] = {
    "duckdb": _ANSI,
    "trino": _TRINO,
    "athena": _TRINO,
    "spark": Dialect("`", "DOUBLE", _backslashed, "STRING"),
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
}


def band_case(
    steps: Sequence[tuple[float, str | None, bool]],
    column: str,
    dialect: DialectName = "duckdb",
    *,
    refused: str | None = None,
    whole: bool = False,
) -> str:
    """The bands of a table as a CASE expression over a column of scores.

    NULL and NaN give NULL. A value for which Python raises gives NULL too, or ``refused``. The
    column is compared as it is: one of 64-bit or 32-bit floats, or of whole numbers that fit a
    double, gets what Python gives; a DECIMAL column is turned into a double by the database.

    Args:
        steps: The whole line, rising: the double before which each stretch ends, its label or
            None, and whether it is refused. The last one ends with infinity and holds it.
        column: Name of the column, unquoted; any printable text is safe.
        dialect: ``duckdb``, ``spark``, ``trino``, ``athena``, ``postgres`` or
            ``postgresql``.
        refused: A text for values that Python refuses, so that they show.
        whole: Whether numbers with a fraction are refused.

    Returns:
        One expression on several lines, without an alias.

    Raises:
        UnknownNameError: The dialect is not known.
        InputError: The column name or the text for refused values cannot be used.
    """
    write = _dialect(dialect)
    if refused is not None and (not isinstance(refused, str) or not refused.isprintable()):
        raise InputError(Issue("sql_text", (), "refused is a printable text or None"))
    name = write.identifier(column)
    lines = ["CASE"]
    if whole:
        text = "NULL" if refused is None else write.text(refused)
        lines.append(f"  WHEN FLOOR({name}) < {name} THEN {text}")
    last = len(steps) - 1
    # NaN is below nothing, whether a database leaves it unordered or sorts it last.
    for place, (end, label, is_refused) in enumerate(steps):
        outcome = refused if is_refused else label
        text = "NULL" if outcome is None else write.text(outcome)
        test = "<" if place < last else "<="
        lines.append(f"  WHEN {name} {test} {write.number(end)} THEN {text}")
    return "\n".join([*lines, "END"])


def rank_case(labels: Sequence[str], column: str, dialect: DialectName = "duckdb") -> str:
    """The rank of each label (0 is the lowest) as a CASE expression over a column of labels.

    Anything that is no label gives NULL. To sort by it, or to compare two columns of one table.

    Args:
        labels: Lowest first.
        column: As for `band_case`.
        dialect: As for `band_case`.

    Raises:
        UnknownNameError: The dialect is not known.
        InputError: The column name cannot be used.
    """
    write = _dialect(dialect)
    name = write.identifier(column)
    ranks = " ".join(f"WHEN {write.text(label)} THEN {rank}" for rank, label in enumerate(labels))
    return f"CASE {name} {ranks} END"


def is_one_of(labels: Sequence[str], column: str, dialect: DialectName = "duckdb") -> str:
    """Whether a column holds one of the labels; errors as for `rank_case`."""
    write = _dialect(dialect)
    return f"{write.identifier(column)} IN ({', '.join(map(write.text, labels))})"


def _dialect(name: str) -> Dialect:
    if name not in DIALECTS:
        raise UnknownNameError("SQL dialect", str(name), DIALECTS)
    return DIALECTS[name]
