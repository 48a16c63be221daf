"""``riskbands sql``: a predictor as one SELECT."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from riskbands.cli import _terminal as terminal
from riskbands.cli._named import OptionError, known_predictor, only
from riskbands.cli._plan import read_band_table
from riskbands.cohorts.request import resolve
from riskbands.instruments.sql.statement import usual_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands._options import FormName

__all__ = ["write"]


def write(
    asked_for: Sequence[str],
    dialect: str,
    *,
    source: str,
    keep: Sequence[str],
    fields: Sequence[str] | None,
    form: FormName,
    any_score: bool,
    tables: Mapping[str, str],
    bands: Mapping[str, str],
    rename: Mapping[str, str],
) -> None:
    """Print the statement.

    Args:
        asked_for: Id of the predictor, or the file of an instrument; one.
        dialect: The database it is for.
        source: The table; a dot parts its qualifiers.
        keep: Columns to give back.
        fields: Fields the table has, or None for the usual ones.
        form: ``auto``, ``brief`` or ``extended``.
        any_score: Take band tables that are for other scores.
        tables: Coefficient table (id or file) by predictor.
        bands: Band table (id or file) by predictor.
        rename: Field by column.

    Raises:
        OptionError: Two columns are to be one field.
        RiskBandsError: A name is not known, or cannot be one of a column or table.
    """
    asked = known_predictor(only(asked_for))
    known = {k: read_band_table(v) for k, v in bands.items()}
    (predictor,) = resolve([asked], tables or None, (), known, any_score=any_score)
    columns = {name: name for name in fields or usual_fields(predictor, form)}
    twice = [name for name, count in Counter(rename.values()).items() if count > 1]
    for name in [*twice, *(n for n in rename.values() if fields and n in fields)]:
        raise OptionError(f"--rename ...={name}: there is a column {name} already")
    for column in rename:
        columns.pop(column, None)  # it is another field
    columns |= {name: column for column, name in rename.items()}
    statement = predictor.to_sql(
        dialect, source=source.split("."), columns=columns, keep=keep, form=form
    )
    terminal.write(statement)
