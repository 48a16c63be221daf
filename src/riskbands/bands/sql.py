"""SQL for a warehouse: the same answer as Python for every double."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import attrs

from riskbands.errors import InputError, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.bands.table import BandTable

__all__ = ["DIALECTS", "Dialect", "band_case"]


def _doubled(text: str) -> str:
    return text.replace("'", "''")


def _backslashed(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


@attrs.frozen
class Dialect:
    """How a database writes what a CASE expression needs.

    Attributes:
        quote: The quotation mark of identifiers, doubled inside them.
        double: Name of the type of 64-bit floats.
        escape: Escapes a text for between single quotation marks.
        string: Name of the type of texts.
        fence: Whether it would copy what a subquery works out into each place that uses it.
    """

    quote: str
    double: str
    escape: Callable[[str], str] = _doubled
    string: str = "VARCHAR"
    fence: bool = False

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
_POSTGRES: Final = Dialect('"', "DOUBLE PRECISION", string="TEXT", fence=True)
#: Dialects by name.
DIALECTS: Final = {
    "duckdb": _ANSI,
    "trino": _ANSI,
    "athena": _ANSI,
    "spark": Dialect("`", "DOUBLE", _backslashed, "STRING"),
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
}


def band_case(
    table: BandTable, column: str, dialect: str = "duckdb", *, refused: str | None = None
) -> str:
    """The bands of ``table`` as a CASE expression over a column of scores.

    NULL and NaN give NULL. A value for which Python raises gives NULL too, or ``refused``. The
    column is compared as it is: one of 64-bit or 32-bit floats, or of whole numbers that fit a
    double, gets what Python gives; a DECIMAL column is turned into a double by the database.

    Args:
        table: The table; its rounding is worked into the numbers.
        column: Name of the column, unquoted; any printable text is safe.
        dialect: ``duckdb``, ``spark``, ``trino``, ``athena``, ``postgres`` or
            ``postgresql``.
        refused: A text for values that Python refuses, so that they show.

    Returns:
        One expression on several lines, without an alias.

    Raises:
        UnknownNameError: The dialect is not known.
        InputError: The column name or the text for refused values cannot be used.
    """
    if dialect not in DIALECTS:
        raise UnknownNameError("SQL dialect", str(dialect), DIALECTS)
    if refused is not None and (not isinstance(refused, str) or not refused.isprintable()):
        raise InputError(Issue("sql_text", (), "refused is a printable text or None"))
    write = DIALECTS[dialect]
    name = write.identifier(column)
    lines = ["CASE"]
    *regions, above = table.regions
    # NaN is under nothing, neither where it is unordered nor where it sorts last
    for test, region in [*(("<", region) for region in regions), ("<=", above)]:
        limit = write.number(region.end.first_double())
        outcome = region.band.label if region.band else refused if region.refused else None
        text = "NULL" if outcome is None else write.text(outcome)
        lines.append(f"  WHEN {name} {test} {limit} THEN {text}")
    return "\n".join([*lines, "END"])
