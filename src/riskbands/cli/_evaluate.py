"""``riskbands evaluate``: a table in, a page out that says what its scores are worth."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from riskbands.analysis.counting import outcome_counts
from riskbands.analysis.evaluation import evaluate as evaluation_of
from riskbands.analysis.reading import UnreadableOutcomesError
from riskbands.analysis.recorded import as_recorded, named_by, recorded_in
from riskbands.analysis.reported import NOBODY, NOT_KNOWN, THE_SCORES, THE_USER, horizon_months
from riskbands.analysis.written import people
from riskbands.bands.builtin import band_tables
from riskbands.cli import _terminal as terminal
from riskbands.cli._named import OptionError, known_predictor, only
from riskbands.cli._plan import Plan, read_band_table
from riskbands.cohorts import files
from riskbands.cohorts.files._target import replacing
from riskbands.cohorts.request import resolve
from riskbands.errors import InputError, UnknownNameError
from riskbands.predictors import by_id
from riskbands.scorecards.coefficients import coefficient_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from riskbands.instruments.predictor import Predictor

__all__ = ["evaluate"]

_SCORED_BEFORE = "The scores stood in the file, which does not say what made them"
_NAMED = {
    NOBODY: f"{_SCORED_BEFORE}. Who knows can state it: --table PREDICTOR=TABLE.",
    THE_USER: f"{_SCORED_BEFORE}. The coefficients named here are as stated by whoever made this "
    "page, and not read from the file.",
}

#: Why people are in no figure, and where to look.
_LEFT_OUT = {
    "follow_up_too_short": "followed up for less than the {months} months of the horizon; "
    "see that --followed-up has months, and which --horizon is meant",
    "follow_up_unknown": "no number of months in the column of --followed-up",
    "outcome_missing": "no outcome in the column of --outcome",
    "not_applicable": "the score is not for them",
    "score_missing": "no score; `riskbands score` of the table says why",
}


class _Rows:
    """Batches, and how many rows came before the one at hand."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.before = self.total = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.before, self.total = self.total, self.total + batch.num_rows
            yield batch


def evaluate(
    inputs: Sequence[str],
    asked_for: Sequence[str],
    output: str,
    *,
    outcome: str,
    by: Sequence[str],
    min_count: int | None,
    followed_up: str | None,
    horizon: str | None,
    score: str | None,
    reading: Mapping[str, Any],
    quiet: bool,
    tables: Mapping[str, str],
    bands: Mapping[str, str],
    any_score: bool,
    **options: Any,
) -> None:
    """Write the report of a table.

    Args:
        inputs: Files, folders, patterns, or ``-``.
        asked_for: Id of the predictor, or the file of an instrument; one.
        output: A file or ``-``.
        outcome: Column of outcomes.
        by: Columns of groups.
        min_count: Least count that is shown, or None for all.
        followed_up: Column of months of follow-up, or a number.
        horizon: ``1yr`` or ``2yr``, or None for the one of the bands.
        score: A column of points, for an instrument with several results.
        reading: For `riskbands.cohorts.files.open_input`.
        quiet: Do not print the summary.
        tables: Coefficient table (id or file) by predictor.
        bands: Band table (id or file) by predictor.
        any_score: Take band tables that are for other scores.
        **options: For `riskbands.cli._plan.Plan.make`, where the table has no scores.

    Raises:
        RiskBandsError: A column, predictor or table is not known, or cannot be used.
    """
    ident = only(asked_for)
    others = [name for name in (ident, *tables.values(), *bands.values()) if Path(name).is_file()]
    if files.is_among(output, inputs) or files.is_among(output, others):
        raise OptionError(
            f"--output {output} is a file that is read, and the page would take its place: name "
            "another file"
        )
    known = {k: read_band_table(v) for k, v in bands.items()}
    asked = known_predictor(ident)
    if score is None and not asked.horizons and not asked.has_points:
        results = ", ".join(f"{asked.id}_{r.name}" for r in asked.results)
        raise OptionError(f"{asked.id} has several results: say which with --score, of {results}")
    (predictor,) = resolve([asked], tables or None, (), known or None, any_score=any_score)
    given: Predictor | str = predictor
    given_bands = None
    notes = []
    with closing(files.open_input(inputs, **reading)) as table:
        names = list(table.schema.names)
        for column in (outcome, *by, *([followed_up] if _is_column(followed_up) else [])):
            if column not in names:
                raise UnknownNameError("column of the table", column, names)
        scored = (score or _score_column(predictor, horizon)) in names
        if scored:
            if options.get("form", "auto") != "auto":
                raise OptionError(
                    f"{table.name} has the scores already, so --form would change nothing: leave "
                    "it out, or drop the columns of the scores to score anew"
                )
            rows = _Rows(table.batches())
            recorded = recorded_in(table.schema.empty_table())
            by_name = asked.id if asked is by_id.get(asked.id) else asked
            if said := recorded.get(asked.id):
                if tables or known:
                    _agree(table.name, asked, predictor, said, tables, known)
                    given = predictor = _completed(predictor, said, tables, known)
                else:
                    given = by_name
                    predictor = as_recorded(by_name, recorded)
            elif not tables:
                given, given_bands = by_name, predictor.bands if known else None
            named = named_by(given, recorded)
            notes += [_NAMED[named]] if named in _NAMED else []
        else:
            plan = Plan.make(
                table, [ident], tables=tables, bands=bands, any_score=any_score, as_text=True,
                **options,
            )  # fmt: skip
            origin = plan.result.metadata
            rows = _Rows(
                part.whole.replace_schema_metadata(origin)
                for part in terminal.watched(plan.score(table), table, busy=quiet)
            )
            named = THE_SCORES
        what: dict[str, Any] = {"score": score, "unit": "points"}
        if score is None:
            what = {"predictor": given, "horizon": horizon, "bands": given_bands}
        else:
            used = ", ".join(f"{t.id} ({t.digest})" for t in predictor.tables)
            used = NOT_KNOWN if named == NOBODY else used
            notes.append(f"The score is {score} of {predictor.name}, coefficients {used}.")
        try:
            counts = outcome_counts(
                iter(rows), outcome=outcome, by=by, followed_up=_months(followed_up), **what
            )
        except UnreadableOutcomesError:
            raise  # its row is that of the table
        except InputError as error:
            raise _placed(error, rows.before) from None
    found = evaluation_of(counts)
    _write(output, found.to_html(min_count=min_count, notes=notes))
    if not quiet:
        where = "standard output" if output == files.STANDARD else output
        o = found.overall
        terminal.err().print(
            f"{terminal.count(rows.total, 'row')} from {table.name} to {where}: "
            f"{people(o.n)} with a score and a known outcome, {people(o.events)} with the outcome"
        )
        months = horizon_months(found.counts.provenance["horizon"])
        for reason, n in o.left_out.items():
            if n:
                why = _LEFT_OUT[reason].format(months=months)
                terminal.err().print(f"{people(n)} left out: {why}")


def _agree(
    name: str,
    asked: Predictor,
    stated: Predictor,
    said: Mapping[str, Any],
    tables: Mapping[str, str],
    bands: Mapping[str, Any],
) -> None:
    """Refuse tables that are not those which the file says made its scores."""
    parts = stated.tables[1:] != asked.tables[1:]  # of these the file says nothing
    digest = None if stated.bands is None else stated.bands.digest
    for option, given, differ, made in (
        ("--table", tables, stated.table.digest != said["digest"] or parts, said["table"]),
        ("--bands", bands, digest != said["bands_digest"], said["bands"]),
    ):
        if given and differ:
            raise OptionError(
                f"{name} has the scores already, and says that they were made with {made}: leave "
                f"{option} out, or drop the columns of the scores to score anew"
            )


def _completed(
    stated: Predictor,
    said: Mapping[str, Any],
    tables: Mapping[str, str],
    bands: Mapping[str, Any],
) -> Predictor:
    """The predictor with the tables that the file names, where none are stated."""
    if not tables and said["table"] in coefficient_tables:
        stated = stated.with_table(said["table"])
    if not bands and said["bands"] in band_tables:
        stated = stated.with_bands(said["bands"])
    return stated


def _score_column(predictor: Predictor, horizon: str | None) -> str:
    """The column that the scores of a predictor stand in."""
    if not predictor.horizons:
        return f"{predictor.id}_points"
    return f"{predictor.id}_{horizon or predictor.banded}"


def _is_column(followed_up: str | None) -> bool:
    return isinstance(_months(followed_up), str)


def _months(followed_up: str | None) -> str | float | None:
    """A number of months, or the column that has them."""
    if followed_up is None:
        return None
    try:
        return float(followed_up)
    except ValueError:
        return followed_up


def _placed(error: InputError, before: int) -> InputError:
    """The error of a batch, with where the batch starts in the table."""
    if not before or "row " not in error.issue.message:
        return error
    message = f"{error.issue.message} (row 0 is row {before} of the table)"
    return InputError(attrs.evolve(error.issue, message=message))


def _write(output: str, text: str) -> None:
    if output != files.STANDARD:
        with replacing(Path(output)) as stream:
            stream.write(text.encode())
        return
    if sys.stdout is None:
        raise OptionError("standard output is closed: give --output FILE")
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
