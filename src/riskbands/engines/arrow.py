"""Arrow record batches in, record batches with scores out, in types that every engine takes."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

import attrs

from riskbands._blocks import BLOCK
from riskbands.cohorts.provenance import KEY, in_bytes
from riskbands.cohorts.request import Request, resolve
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.errors import (
    FrameError,
    InputError,
    InputErrorGroup,
    MissingExtraError,
    UnsupportedFrameError,
)
from riskbands.vocabulary.naming import field_places

try:
    import pyarrow as pa

    from riskbands.cohorts.arrowreader import ArrowReader
    from riskbands.cohorts.frames._arrow import arrow_column
except ImportError as error:  # pragma: no cover - run by a test in a process of its own
    raise MissingExtraError(
        "record batches are Arrow's, and pyarrow is not installed: pip install pyarrow"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from riskbands._options import FormName
    from riskbands.bands.table import BandTable
    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.fields import Field

__all__ = ["Plan", "plain_column", "plan", "schema", "score_batches", "unsupported"]

#: Small batches are scored together until there are this many rows.
_TOGETHER = BLOCK // 4
_TAKEN = "Arrow record batches, a reader of them, or an Arrow table"


@attrs.frozen
class Plan:
    """What to do with every batch of a table. It can be pickled and sent to another process.

    Attributes:
        schema: Columns of the table that is read.
        places: Where the column of each field stands.
        request: The predictors, with their tables, and the options.
    """

    schema: pa.Schema
    places: Mapping[str, int]
    request: Request

    @property
    def fields(self) -> dict[str, Field]:
        """The fields to read, with the formats of their dates."""
        return self.request.fields(self.schema.names, self.places)

    @property
    def outputs(self) -> list[Output]:
        """The columns that are added."""
        chosen: Any = self.request.predictors
        return output_columns(
            chosen, probabilities=self.request.probabilities, information=self.request.information
        )

    @property
    def added(self) -> list[pa.Field]:
        """The columns that are added; the order of bands is in their metadata."""
        return [pa.field(o.name, plain_type(o), metadata=_labels(o)) for o in self.outputs]

    @property
    def result(self) -> pa.Schema:
        """Columns of the result: those of the table, then those of the scores."""
        return pa.schema([*self.schema, *self.added], in_bytes(self.outputs, self.schema.metadata))

    def score(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score the batches of the table.

        Args:
            batches: Batches with the columns of the table; a batch may have no row.

        Yields:
            A batch of as many rows for each. Small ones are scored together, so some are read
            before the first is given.

        Raises:
            FrameError: A batch has other columns.
        """
        scorer, result = self.scorer(), self.result
        for group in _grouped(batches):
            for batch in group:
                self._check(batch.schema)
            columns = {
                name: pa.chunked_array([b.column(place) for b in group])
                for name, place in self.places.items()
            }
            scores = scorer(columns, sum(batch.num_rows for batch in group))
            start = 0
            for batch in group:
                stop = start + batch.num_rows
                arrays = [plain_column(c, start, stop) for c in scores]
                yield pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=result)
                start = stop

    def scorer(self) -> Callable[[Mapping[str, Any], int], list[ScoreColumn]]:
        """A function from the columns of fields, and their length, to the columns of scores.

        It remembers the texts it has parsed. Several threads may call it at once.
        """
        fields, known, request = self.fields, self._readers(), self.request

        def score(columns: Mapping[str, Any], rows: int) -> list[ScoreColumn]:
            readers = {n: ArrowReader(fields[n], c, known[n]) for n, c in columns.items()}
            return request.score(readers, rows)

        return score

    def _readers(self) -> dict[str, ArrowReader]:
        """Readers of no rows, which remember parsed values for those after them.

        Raises:
            InputErrorGroup: Columns of types that no field can have; all of them together.
        """
        found: dict[str, ArrowReader] = {}
        problems = []
        for name, f in self.fields.items():
            nothing = pa.chunked_array([], self.schema.field(self.places[name]).type)
            try:
                found[name] = ArrowReader(f, nothing)
            except InputError as error:
                problems.append(error.issue)
        if problems:
            raise InputErrorGroup.of("the table cannot be read", problems)
        return found

    def _check(self, given: pa.Schema) -> None:
        if given.names != self.schema.names or given.types != self.schema.types:
            different = [
                f"column {place} is {one.name} ({one.type}), not {other.name} ({other.type})"
                for place, (one, other) in enumerate(zip(given, self.schema, strict=False), 1)
                if (one.name, one.type) != (other.name, other.type)
            ] or [f"it has {len(given)} columns, not {len(self.schema)}"]
            raise FrameError(
                "a batch has other columns than the table: "
                + "; ".join(different[:3])
                + ": give all batches one schema, for example with batch.cast(schema)"
            )


def plan(
    source: pa.Schema,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    threads: int | None = None,
    date_format: str | Mapping[str, str] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Plan:
    """What to do with every batch of a table; `score_batches` says what the arguments are.

    Raises:
        FrameError: A name is there twice or is that of a score, or no predictor can be scored.
        InputErrorGroup: A column cannot be used at all.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.
        UnknownNameError: A predictor, table, field, column or option is not known.
    """
    asked = Request(predictors, form=form, threads=threads, date_format=date_format)
    places = field_places(source.names, rename, asked.vocabulary)
    asked.check(source.names, places)
    request = attrs.evolve(
        asked,
        predictors=resolve(asked.predictors, tables, places, bands, any_score=any_score),
        probabilities=probabilities,
        information=information,
    )
    made = Plan(source, places, request)
    _refuse_names(source.names, [o.name for o in made.outputs])
    made._readers()
    return made


def unsupported(given: object, taken: str) -> UnsupportedFrameError:
    """The error of an engine that was given something else than its own tables.

    Args:
        given: What it was given.
        taken: What it takes, such as ``"Spark data frames"``.
    """
    kind = type(given)
    return UnsupportedFrameError(
        f"this scores {taken}, not {kind.__module__}.{kind.__qualname__}: "
        "riskbands.score_cohort takes other tables"
    )


def schema(
    source: pa.Schema,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    **options: Any,
) -> pa.Schema:
    """The columns that `score_batches` gives, known before there is any row.

    Args:
        source: The columns of the batches.
        predictors: As for `score_batches`.
        **options: As for `score_batches`.

    Returns:
        The columns as they are, then those of the scores: int16 for whole percentages and points,
        float64 for percentages of two decimals and probabilities, bool, and string. The metadata
        under ``riskbands`` is JSON: of the schema, where the scores come from
        (`riskbands.provenance`); of a column of bands, its ``labels``, lowest first.

    Raises:
        Exception: The same as `plan`.

    Examples:
        >>> import json
        >>> import pyarrow as pa
        >>> names = ["sex", "age_at_conviction", "age_at_follow_up", "offence_code", "sanctions"]
        >>> columns = pa.schema([(name, pa.string()) for name in [*names, "first_sanction_age"]])
        >>> found = schema(columns, ["ogrs3"])
        >>> [f"{f.name}: {f.type}" for f in found][6:]
        ['ogrs3_1yr: int16', 'ogrs3_2yr: int16', 'ogrs3_band: string', 'ogrs3_issues: string']
        >>> json.loads(found.field("ogrs3_band").metadata[b"riskbands"])["labels"]
        ['Low', 'Medium', 'High', 'Very High']
    """
    return plan(source, predictors, **options).result


def score_batches(
    batches: Iterable[pa.RecordBatch] | pa.RecordBatchReader | pa.RecordBatch | pa.Table,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    bands: Mapping[str, BandTable | str | Path] | None = None,
    any_score: bool = False,
    form: FormName = "auto",
    probabilities: bool = False,
    information: bool = False,
    threads: int | None = None,
    date_format: str | Mapping[str, str] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Score record batches, one after the other; only a few are in memory at a time.

    Args:
        batches: Record batches of any size, all with the same columns, or a record batch reader;
            a table is taken as its batches, and one batch as a table of it alone. Columns are
            what `riskbands.score_cohort` takes in an Arrow table.
        predictors: Predictors or their ids; by default every one whose fields are there.
        tables: Other coefficient tables, by predictor id.
        bands: Other band tables, likewise.
        any_score: Take band tables that are for other scores.
        form: ``"auto"``, ``"brief"`` or ``"extended"``.
        probabilities: Add ``<id>_<N>yr_p``: the unrounded probability.
        information: Add ``<id>_information``.
        threads: Threads to use for large batches; by default one a processor.
        date_format: How text says dates, as for `riskbands.score_cohort`.
        rename: Field by column name, for columns that have another name.

    Yields:
        For each batch one of as many rows with the columns of `schema`. The scores and issues are
        those of `riskbands.score_cohort`, bit for bit. There is no `ReadingWarning`.

    Raises:
        FrameError: A name is there twice or is that of a score, no predictor can be scored, or a
            batch has other columns than the first.
        InputErrorGroup: A column cannot be used at all.
        MissingTableError: A predictor was asked for whose numbers are not public, without a table.
        TableError: A table does not fit.
        UnknownNameError: A predictor, table, field, column or option is not known.
        UnsupportedFrameError: Something else than record batches was given.

    Examples:
        >>> import pyarrow as pa
        >>> batch = pa.RecordBatch.from_pydict(
        ...     {
        ...         "sex": ["male", "female"],
        ...         "age_at_conviction": ["33", "41"],
        ...         "age_at_follow_up": ["33", "41"],
        ...         "offence_code": ["00801", "00801"],
        ...         "sanctions": ["4", None],
        ...         "first_sanction_age": ["17", "20"],
        ...     }
        ... )
        >>> [scored] = score_batches([batch], ["ogrs3"])
        >>> scored.column("ogrs3_2yr").to_pylist(), scored.column("ogrs3_issues").to_pylist()
        ([25, None], ['', 'missing:sanctions'])
    """
    options: dict[str, Any] = {
        "tables": tables,
        "bands": bands,
        "any_score": any_score,
        "form": form,
        "probabilities": probabilities,
        "information": information,
        "threads": threads,
        "date_format": date_format,
        "rename": rename,
    }
    if isinstance(batches, pa.RecordBatch):
        batches = [batches]
    elif isinstance(batches, pa.Table):
        batches = batches.to_reader()
    if isinstance(batches, pa.RecordBatchReader):
        return plan(batches.schema, predictors, **options).score(batches)
    try:
        listed = iter(batches)
    except TypeError:
        raise unsupported(batches, _TAKEN) from None
    first = next(listed, None)
    if first is None:
        return iter(())
    if not isinstance(first, pa.RecordBatch):
        raise unsupported(first, _TAKEN)
    return plan(first.schema, predictors, **options).score(chain([first], listed))


def _grouped(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches in order, small ones together."""
    group: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            raise unsupported(batch, _TAKEN)
        group.append(batch)
        rows += batch.num_rows
        if rows >= _TOGETHER:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _refuse_names(there: Sequence[str], added: Sequence[str]) -> None:
    """Most engines do not tell capitals apart, so names that differ in nothing else clash."""
    folded = [name.lower() for name in there]
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise FrameError(f"the table has two columns named {', '.join(twice)}: rename one")
    taken = [name for name in added if name.lower() in folded]
    if taken:
        raise FrameError(
            f"the table has columns with the names of scores ({', '.join(taken)}): rename or drop "
            "them"
        )


def plain_type(output: Output) -> pa.DataType:
    """A type that every engine has: no unsigned numbers, no dictionaries."""
    if output.is_text or output.is_coded:
        return pa.string()
    return {"u": pa.int16(), "i": pa.int16(), "f": pa.float64(), "b": pa.bool_()}[output.dtype.kind]


def plain_column(column: ScoreColumn, start: int, stop: int) -> pa.Array:
    """Rows of a column of scores in its `plain_type`; null where there is no score."""
    array = arrow_column(column, start, stop)
    return array.cast(plain_type(column.output))


def _labels(output: Output) -> dict[str, str] | None:
    return {KEY: json.dumps({"labels": output.labels})} if output.kind == "band" else None
