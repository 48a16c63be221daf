"""From scored people to a table of counts, in one pass or batch by batch."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.analysis.applying import Told
from riskbands.analysis.asked import SIMULATED, Asked, is_simulated
from riskbands.analysis.countfiles import parquet
from riskbands.analysis.counts import OutcomeCounts
from riskbands.analysis.reading import Table, UnreadableOutcomesError, unreadable_outcomes
from riskbands.analysis.recorded import recorded_in
from riskbands.analysis.reported import horizon_months
from riskbands.analysis.tabulate import Columns, tabulate
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from riskbands.bands.scale import BandScale
    from riskbands.instruments.predictor import Predictor

__all__ = ["outcome_counts"]


def check_follow_up(followed_up: object) -> None:
    """Refuse what is neither a column nor a number of months.

    Raises:
        InputError: It is something else.
    """
    if followed_up is None or isinstance(followed_up, str):
        return
    number = isinstance(followed_up, numbers.Real) and not isinstance(followed_up, bool | np.bool_)
    if not number or followed_up != followed_up:
        what = "give followed_up= as a column of months, or as a number of months for everybody"
        raise InputError(Issue("malformed", ("followed_up",), what))


def _follow_up(followed_up: str | float | None, months: int | None) -> str:
    if followed_up is None:
        return "not stated"
    if isinstance(followed_up, str):
        return f"{months} months or more, by column {followed_up}"
    return f"{followed_up:g} months for everybody; {months} are needed"


def outcome_counts(
    scored: Any,
    predictor: Predictor | str | None = None,
    *,
    outcome: str,
    by: str | Sequence[str] = (),
    horizon: str | None = None,
    score: str | None = None,
    unit: str | None = None,
    bands: BandScale | str | None = None,
    followed_up: str | float | None = None,
) -> OutcomeCounts:
    """Count outcomes by score and group.

    Args:
        scored: A scored cohort: a data frame of any library, a mapping of columns, the path of a
            Parquet file, or batches of these (a list, an iterator, a record-batch reader).
        predictor: A predictor or its id; its columns are those of `riskbands.score_cohort`.
        outcome: Column of outcomes: 0 or 1, true or false, yes or no in any spelling.
        by: Columns of groups, which are crossed. Blanks around a text make no other group;
            capitals do.
        horizon: ``1yr`` or ``2yr``; by default the one that the predictor's bands use.
        score: In place of a predictor, a plain column of scores.
        unit: What a plain column holds: ``probability``, ``percent``, ``points`` or ``band``. By
            default its name says: ``p`` or ``..._p`` is a probability, ``percent``, ``pct`` or
            ``..._2yr`` a percentage.
        bands: Bands of a plain column, or in place of the predictor's: a table, its id or path, or
            a scale.
        followed_up: Months of follow-up: a column, or a number for everybody. Who was followed up
            for less than the horizon is left out, whatever the outcome, and counted.

    Returns:
        The counts. Missing scores, outcomes and groups are counted under their own heading.

    Raises:
        InputError: A column holds what it cannot hold; the message names the row, of outcomes the
            first row of all batches and how many there are.
        TableError: Bands do not fit the scores.
        UnknownNameError: A column, predictor or horizon is not known.

    Examples:
        >>> counts = outcome_counts(
        ...     {"ogrs3_2yr": [25, 60, 60, None], "reoffended": ["no", "yes", None, "yes"]},
        ...     "ogrs3",
        ...     outcome="reoffended",
        ... )
        >>> counts
        <OutcomeCounts ogrs3_2yr by reoffended: 4 people, 4 cells>
        >>> counts.left_out["outcome_missing"], counts.left_out["score_missing"]
        (1, 1)
    """
    check_follow_up(followed_up)
    recorded: Mapping[str, Any] = {}
    batches = _batches(scored)
    if batches is None:
        batches = iter([scored])
    elif isinstance(scored, str | Path):
        names, batches = _parquet(scored)
        recorded = recorded_in(scored)
        found, asked = Asked.of(
            predictor, outcome, by, horizon, score, unit, bands, names, recorded
        )
        wanted = [found.column, outcome, *asked.by, found.band_column, found.form_column]
        told = Told.of(asked.predictor, found, names)
        wanted += [SIMULATED, *(told.columns if told else [])]
        wanted += [followed_up] if isinstance(followed_up, str) else []
        batches = _parquet(scored, [name for name in names if name in wanted])[1]
    total: OutcomeCounts | None = None
    for data in batches:
        table = Table(data)
        here = recorded or recorded_in(data)
        found, asked = Asked.of(
            predictor, outcome, by, horizon, score, unit, bands, table.names, here
        )
        months = horizon_months(asked.horizon)
        columns = Columns(
            found.column, outcome, asked.by,
            "" if found.unit == "band" else found.band_column,
            found.form_column, "", followed_up, months,
            Told.of(asked.predictor, found, table.names),
        )  # fmt: skip
        provenance = asked.provenance(found, _follow_up(followed_up, months), is_simulated(table))
        try:
            cells = tabulate(table, found, columns)
        except UnreadableOutcomesError as error:
            before = 0 if total is None else total.total
            n = error.n + sum(unreadable_outcomes(Table(rest), outcome) for rest in batches)
            raise UnreadableOutcomesError(outcome, before + error.row, n) from None
        counted = OutcomeCounts(found, asked.by, cells, provenance, table.library)
        total = counted if total is None else total + counted
    if total is None:
        raise InputError(Issue("missing", (), "there is no batch to count"))
    return total


def _batches(scored: Any) -> Iterator[Any] | None:
    """The parts of what was given; None where it is one table."""
    if isinstance(scored, str | Path):
        return iter(())
    if isinstance(scored, list | tuple):
        return iter(scored)
    if isinstance(scored, Iterator) or hasattr(scored, "read_next_batch"):
        return chain(scored)
    return None


def _parquet(
    path: str | Path, columns: Iterable[str] | None = None
) -> tuple[list[str], Iterator[Any]]:
    """The columns of a Parquet file and its rows, a million at a time."""
    try:
        file = parquet().ParquetFile(path, pre_buffer=False)
    except (ValueError, OSError) as error:
        what = f"{Path(path).name} is no Parquet file that can be read: give a table, or batches"
        raise InputError(Issue("malformed", ("scored",), what)) from error
    names = list(file.schema_arrow.names)
    chosen = None if columns is None else list(columns)
    return names, file.iter_batches(1 << 20, columns=chosen)
