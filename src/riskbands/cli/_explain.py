"""``riskbands explain``: why one row of a table has its scores."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import attrs
import pyarrow as pa

from riskbands.cli import _terminal as terminal
from riskbands.cli._plan import OptionError, Plan
from riskbands.cohorts import files
from riskbands.derivation.derive import Derivation, Input
from riskbands.display import TOGETHER, percent_text
from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskbands._options import FormName, Horizon
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.score import Score

__all__ = ["explain"]

_ID = "case_id"


@attrs.frozen
class _Case:
    """One row, with any field of the vocabulary; what cannot be read is kept as a fault."""

    derivation: Derivation

    @classmethod
    def of(cls, row: pa.RecordBatch, plan: Plan) -> _Case:
        """The case of a batch of one row, read as a cohort is."""
        return cls(
            Derivation(
                {
                    name: _only(plan.reader(name, row.column(source)).block(0, 1))
                    for name, source in plan.read.items()
                },
                plan.request.vocabulary,
            )
        )


def _only(block: Input) -> Input:
    """The input of a case, from that of a block of one row."""
    valid = block.valid if isinstance(block.valid, bool) else bool(block.valid[0])
    faults = {code: True for code, rows in block.faults.items() if rows[0]}
    return Input(int(block.values[0]), valid, faults)


def explain(
    inputs: Sequence[str],
    case_id: str,
    *,
    reading: Mapping[str, Any],
    predictors: Sequence[str],
    horizon: str | None,
    form: FormName,
    **options: Any,
) -> bool:
    """Print the explanation of every row of that case.

    Returns:
        Whether every predictor asked for could be scored.
    """
    console = terminal.out()
    found = done = 0
    with closing(files.open_input(inputs, **reading)) as table:
        plan = Plan.make(table, predictors, overwrite=True, as_text=True, form=form, **options)
        for p in plan.predictors:
            if horizon is not None and horizon not in p.horizons:
                raise UnknownNameError(f"horizon of {p.id}", horizon, p.horizons)
        column = next((old for old, new in options["rename"].items() if new == _ID), _ID)
        if column not in table.schema.names:
            raise OptionError(
                f"{table.name} has no column {_ID}: say which holds it with --rename COLUMN={_ID}"
            )
        for number, row in _rows(table, column, case_id):
            if found:
                console.print()
            console.print(f"row {number}")
            found += 1
            done += _print_case(console, plan, _Case.of(row, plan), horizon, form)
    if not found:
        raise OptionError(f"{table.name} has no row with that {_ID}")
    return found == done


def _print_case(
    console: terminal.Printer, plan: Plan, case: _Case, horizon: str | None, form: FormName
) -> bool:
    """Print the scores of a case; returns whether there is every score."""
    scores = [p.score(case, form=form, on_issue="return") for p in plan.predictors]
    for p, score in zip(plan.predictors, scores, strict=True):
        console.print()
        _print(console, p, score, horizon)
    return all(score.ok for score in scores)


def _rows(
    table: files.TableInput, column: str, wanted: str
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Number (from 1) and content of each row of the case."""
    wanted = wanted.strip()
    before = 0
    for batch in table.batches():
        for place, ident in enumerate(_idents(batch.column(column))):
            if ident is not None and ident.strip() == wanted:
                yield before + place + 1, batch.slice(place, 1)
        before += batch.num_rows


def _idents(column: pa.Array) -> list[str | None]:
    """The identifiers as text, the way they are written in CSV."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        found: list[str | None] = column.cast(pa.string()).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise OptionError(f"column {_ID} holds {column.type}, which is no text") from None
    return found


def _print(console: terminal.Printer, p: Predictor, score: Score, horizon: str | None) -> None:
    console.print(f"{p.name} ({p.id})")
    if not score.ok:
        console.print("  cannot be scored:")
        terminal.paragraphs(console, (i.message or str(i) for i in score.issues))
        return
    console.folded(_line(score), "  ", "    ")
    named = [f"{t.id}{TOGETHER}({t.digest})" for t in p.tables]
    if score.bands is not None:
        named.append(f"bands{TOGETHER}{score.bands.id}{TOGETHER}({score.bands.digest})")
    console.folded(f"coefficients {', '.join(named)}", "  ", "    ")
    explanation = score.explain(cast("Horizon | None", horizon))
    for line in explanation.to_text(console.width - 2).splitlines():
        console.print(f"  {line}")
    if score.information:
        console.print("  worth knowing:")
        terminal.paragraphs(console, (i.message or str(i) for i in score.information))
    if score.cautions:
        console.print("  limits:")
        terminal.paragraphs(console, score.cautions)


def _line(score: Score) -> str:
    """The score in a line."""
    if not score.applies:
        return "not applicable"
    words = [f"{h} {percent_text(n).replace(' ', TOGETHER)}" for h, n in score.percent.items()]
    if score.points is not None:
        words.insert(0, f"{score.points} points")
    if score.band is not None:
        words.append(f"band {score.band!r}".replace(" ", TOGETHER))
    words += [
        f"{name}{TOGETHER}{value}" for name, value in score.outputs.items() if value is not None
    ]
    if score.form:
        words.append(f"{score.form} form")
    if score.reduced:
        words.append("band lowered one level")
    return ", ".join(words)
