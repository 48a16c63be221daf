"""``riskbands explain``: why one row of a table has its scores."""

from __future__ import annotations

import datetime as dt
import decimal
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs

from riskbands import files
from riskbands.assessments._inputs import CaseInputs, Faulty, reader
from riskbands.cli import _terminal as terminal
from riskbands.cli._plan import OptionError, Plan
from riskbands.errors import UnknownNameError
from riskbands.evaluate import Evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    from rich.console import Console

    from riskbands.predictor import Predictor, Score

__all__ = ["explain"]

_ID = "case_id"


@attrs.frozen
class _Case:
    """One row, with any field of the vocabulary; what cannot be read is kept as a fault."""

    evaluation: Evaluation

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> _Case:
        """The case of these raw values."""
        read = {name: reader(name)(value) for name, value in raw.items()}
        faults = [value.issue for value in read.values() if isinstance(value, Faulty)]
        given = {name: v for name, v in read.items() if not isinstance(v, Faulty)}
        return cls(Evaluation(CaseInputs(SimpleNamespace(**given), faults)))


def explain(
    inputs: Sequence[str],
    case_id: str,
    *,
    encoding: str | None,
    delimiter: str | None,
    predictors: Sequence[str],
    horizon: str | None,
    form: str,
    **options: Any,
) -> bool:
    """Print the explanation of every row of that case.

    Returns:
        Whether every predictor asked for could be scored.
    """
    console = terminal.out()
    found = done = 0
    with closing(files.open_input(inputs, encoding=encoding, delimiter=delimiter)) as table:
        plan = Plan.make(table.schema, predictors, overwrite=True, form=form, **options)
        for p in plan.predictors:
            if horizon is not None and horizon not in p.horizons:
                raise UnknownNameError(f"horizon of {p.id}", horizon, p.horizons)
        column = next((old for old, new in options["rename"].items() if new == _ID), _ID)
        if column not in table.schema.names:
            raise OptionError(
                f"{table.name} has no column {_ID}: say which holds it with --rename COLUMN={_ID}"
            )
        for number, raw in _rows(table, column, case_id, plan.sources):
            if found:
                console.print()
            console.print(f"row {number}")
            found += 1
            done += _print_case(console, plan, _Case.of(raw), horizon, form)
    if not found:
        raise OptionError(f"{table.name} has no row with that {_ID}")
    return found == done


def _print_case(console: Console, plan: Plan, case: _Case, horizon: str | None, form: str) -> bool:
    """Print the scores of a case; returns whether there is every score."""
    scores = [p.score(case, form=form, on_issue="return") for p in plan.predictors]
    for p, score in zip(plan.predictors, scores, strict=True):
        console.print()
        _print(console, p, score, horizon)
    return all(score.ok for score in scores)


def _rows(
    table: files.TableInput, column: str, wanted: str, sources: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number (from 1) and raw values of each row of the case."""
    wanted = wanted.strip()
    before = 0
    for batch in table.batches():
        for place, ident in enumerate(batch.column(column).to_pylist()):
            if ident is not None and str(ident).strip() == wanted:
                yield (
                    before + place + 1,
                    {name: _raw(batch.column(source)[place]) for name, source in sources.items()},
                )
        before += batch.num_rows


def _raw(value: pa.Scalar) -> Any:
    plain = value.as_py()
    if isinstance(plain, dt.datetime):
        return plain.date()
    return float(plain) if isinstance(plain, decimal.Decimal) else plain


def _print(console: Console, p: Predictor, score: Score, horizon: str | None) -> None:
    console.print(f"{p.name} ({p.id})")
    if not score.ok:
        console.print("  cannot be scored:")
        terminal.paragraphs(console, (i.message or str(i) for i in score.issues))
        return
    console.print(f"  {_line(score)}", soft_wrap=True)
    bands = f", bands {score.bands.id}" if score.bands is not None else ""
    console.print(f"  coefficients {score.table.id} ({score.table.digest}){bands}", soft_wrap=True)
    for line in str(score.explain(horizon)).splitlines():
        console.print(f"  {line}", soft_wrap=True)
    if score.information:
        console.print("  worth knowing:")
        terminal.paragraphs(console, (i.message or str(i) for i in score.information))
    if score.cautions:
        console.print("  limits:")
        terminal.paragraphs(console, score.cautions)


def _line(score: Score) -> str:
    """The score in a line."""
    words = [f"{h} {n} %" for h, n in score.percent.items()]
    if score.points is not None:
        words.insert(0, f"{score.points} points")
    if score.band is not None:
        words.append(f"band {score.band!r}" if score.band != "not_applicable" else "not applicable")
    if score.form:
        words.append(f"{score.form} form")
    if score.reduced:
        words.append("band lowered one level")
    return ", ".join(words)
