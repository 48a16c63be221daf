"""What to score in a table: columns, predictors with their tables, and the columns to add."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from riskbands._byfields import ByFields
from riskbands.bands.builtin import as_bands
from riskbands.cli._columns import fields_read, sources_of
from riskbands.cli._named import OptionError, instruments
from riskbands.cohorts import arrowcalls, files
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.frames._arrow import arrow_column, arrow_type, over
from riskbands.cohorts.provenance import in_bytes, origin
from riskbands.cohorts.request import Request, resolve, why_nothing
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.errors import InputError, InputErrorGroup, UnknownNameError
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

    from riskbands._options import FormName
    from riskbands.bands.table import BandTable
    from riskbands.cohorts.files import TableInput
    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.fields import Field

__all__ = [
    "OptionError",
    "Plan",
    "ScoredRows",
    "fields_asked",
    "read_band_table",
]

# Arrow would catch an interruption that comes while it parses, and drop it afterwards.
pa.enable_signal_handlers(False)

_TWO_DECIMALS = pa.decimal128(5, 2)


def read_band_table(text: str) -> BandTable:
    """The built-in band table with that id, or the one in that file.

    Raises:
        RiskBandsError: There is neither, or the file is no band table.
    """
    return as_bands(text)


# -- the plan --------------------------------------------------------------------------------------


@attrs.frozen(eq=False, repr=False)
class ScoredRows:
    """Some rows of the table that is read, and the columns to add.

    Attributes:
        kept: Columns of the table to keep; none where there are lines.
        lines: The rows as they stand in a CSV file, where these are to be copied; else None.
        added: The columns to add.
    """

    kept: pa.RecordBatch
    lines: files.Lines | None
    added: pa.RecordBatch

    @property
    def whole(self) -> pa.RecordBatch:
        """The columns that are kept, and after them those that are added."""
        names = [*self.kept.schema.names, *self.added.schema.names]
        return pa.RecordBatch.from_arrays([*self.kept.columns, *self.added.columns], names)


@attrs.frozen(eq=False, repr=False)
class Plan(ByFields):
    """What to do with every batch.

    Attributes:
        names: Columns of the table that is read.
        predictors: What to score.
        sources: Column by field, for the fields that are read.
        fields: Those fields, with the formats of their dates.
        outputs: Columns to add.
        kept: Columns of the table to keep, with the types they are written in.
        request: What is asked of each batch.
        as_text: Whether the result is to be written as text.
        thousands: What separates thousands in counts that are text, or None.
        remarks: What was worth saying of the columns when they were read.
    """

    names: tuple[str, ...]
    predictors: tuple[Predictor, ...]
    sources: Mapping[str, str]
    fields: Mapping[str, Field]
    outputs: tuple[Output, ...]
    kept: pa.Schema
    request: Request
    as_text: bool
    thousands: str | None
    remarks: dict[str, None] = attrs.field(factory=dict, init=False, eq=False)

    @classmethod
    def make(
        cls,
        table: TableInput,
        predictors: Sequence[str] = (),
        *,
        tables: Mapping[str, str] | None = None,
        bands: Mapping[str, str] | None = None,
        any_score: bool = False,
        rename: Mapping[str, str] | None = None,
        form: FormName = "auto",
        probabilities: bool = False,
        information: bool = False,
        overwrite: bool = False,
        as_text: bool = False,
        thousands: str | None = None,
        date_formats: Sequence[str] = (),
    ) -> Plan:
        """Make the plan for a table.

        Args:
            table: The table.
            predictors: Ids, or files of instruments; by default every built-in predictor whose
                fields are there.
            tables: Coefficient table (id or file) by predictor.
            bands: Band table (id or file) by predictor.
            any_score: Take band tables that are for other scores.
            rename: Field by column.
            form: ``auto``, ``brief`` or ``extended``.
            probabilities: Add unrounded probabilities.
            information: Add what is worth knowing.
            overwrite: Let columns to add take the place of columns of the same name.
            as_text: Whether the result is to be written as text.
            thousands: What separates thousands in counts that are text.
            date_formats: How dates are written: formats, or ``column=format``.

        Raises:
            RiskBandsError: A name is not known, or the table has no predictor's fields.
        """
        schema = table.schema
        asked = instruments(predictors)
        vocabulary = Request(tuple(asked.values()) or None).vocabulary
        sources = sources_of(schema.names, rename or {}, vocabulary)
        known = {k: read_band_table(v) for k, v in (bands or {}).items()}
        for option, given in (("--table", tables or {}), ("--bands", known)):
            _check_scored(option, given, asked)
        chosen = resolve(tuple(asked.values()) or None, tables, sources, known, any_score=any_score)
        if not any(p.needs.readable & sources.keys() for p in chosen):
            text = why_nothing(schema.names, sources, chosen if predictors else None, _as_options)
            if table.advice:
                text += f"; {table.advice}"
            raise OptionError(f"{text} (`riskbands fields` lists them all)")
        for p in chosen:
            p.prepare()
        outputs = tuple(
            output_columns(chosen, probabilities=probabilities, information=information)
        )
        added = {output.name for output in outputs}
        clashes = [name for name in schema.names if name in added]
        if clashes and not overwrite:
            raise OptionError(
                f"the table has a column {clashes[0]} already"
                + (f" (and {len(clashes) - 1} more to be added)" if len(clashes) > 1 else "")
                + ": rename it, or give --overwrite to replace it"
            )
        fields, formats = fields_read(sources, date_formats, vocabulary)
        request = Request(
            chosen,
            form=form,
            probabilities=probabilities,
            information=information,
            date_format=formats,
            threads=max((os.cpu_count() or 1) - 1, 1),  # the next rows are read beside it
        )
        names = [name for name in schema.names if name not in added]
        if as_text:  # each file's values are written as they are
            kept = pa.schema([schema.field(name) for name in names], schema.metadata)
        else:
            kept = files.one_schema(table, names)
        plan = cls(
            tuple(schema.names),
            chosen,
            sources,
            fields,
            outputs,
            kept,
            request,
            as_text,
            files.checked_thousands(thousands),
        )
        for _, columns in table.schemas:
            plan.readers(columns)  # refuses columns that no field can have
        return plan

    @property
    def result(self) -> pa.Schema:
        """Columns of the result."""
        added = [pa.field(o.name, self._type(o)) for o in self.outputs]
        return pa.schema([*self.kept, *added], in_bytes(self.outputs, self.kept.metadata))

    @property
    def origin(self) -> dict[str, Any]:
        """Where the scores come from: version, and tables by predictor."""
        return origin(self.outputs)

    def _type(self, output: Output) -> pa.DataType:
        if self.as_text and output.kind == "percent" and output.predictor.rule.digits == 2:
            return _TWO_DECIMALS
        return arrow_type(output)

    @property
    def read(self) -> dict[str, str]:
        """Column by field, for the fields that the predictors can ask for."""
        asked = {name for p in self.predictors for name in fields_asked(p)}
        return {name: column for name, column in self.sources.items() if name in asked}

    def readers(self, schema: pa.Schema) -> dict[str, ArrowReader]:
        """Readers of no rows, by field, that remember the values parsed for those after them.

        Args:
            schema: Columns of the file that is read; the types of files can differ.

        Raises:
            InputErrorGroup: Columns of types that no field can have; all of them together.
        """
        found: dict[str, ArrowReader] = {}
        problems = []
        for name, column in self.read.items():
            nothing = pa.array([], schema.field(column).type)
            try:
                found[name] = ArrowReader(self.fields[name], nothing)
            except InputError as error:
                problems.append(error.issue)
        if problems:
            raise InputErrorGroup.of("the table cannot be read", problems)
        return found

    def score(self, table: TableInput, *, copied: bool = False) -> Iterator[ScoredRows]:
        """Score the table batch by batch, while the next rows are read.

        Args:
            table: What the plan was made for.
            copied: Whether what is kept is copied as it stands, and need not be read.
        """
        kept = [] if copied else self.kept.names
        sources = self.read
        wanted = dict.fromkeys([*kept, *sources.values()])
        schema = None
        every: list[ArrowReader] = []
        reading = files.ahead(table.pieces(list(wanted)), 2, files.Piece.parse)
        with closing(reading) as pieces:
            for piece in pieces:
                cells = piece.cells
                if schema is None or not schema.equals(cells.schema):
                    schema = cells.schema
                    known = self.readers(schema)
                    every += known.values()
                readers = {
                    name: self.reader(name, cells.column(column), known[name])
                    for name, column in sources.items()
                }
                columns = self.request.score(readers, cells.num_rows)
                added = pa.RecordBatch.from_arrays(
                    [self._array(column) for column in columns], [o.name for o in self.outputs]
                )
                yield ScoredRows(cells.select(kept), piece.lines if copied else None, added)
        for reader in every:
            self.remarks.update(dict.fromkeys(reader.remarks))

    def reader(self, name: str, column: pa.Array, known: ArrowReader | None = None) -> ArrowReader:
        """A reader of a field's column; it shares the parsed values of one that is known."""
        f = self.fields[name]
        if self.thousands is not None and f.kind is Kind.INT:
            column = files.without_thousands(column, self.thousands)
        return ArrowReader(f, column, known)

    def _array(self, column: ScoreColumn) -> pa.Array:
        if column.output.is_text:  # The column has few different values.
            places = over(column.data)
            return pa.DictionaryArray.from_arrays(places, pa.array(column.texts, pa.string()))
        array = arrow_column(column, 0, len(column.data))
        kind = self._type(column.output)
        return array if array.type == kind else arrowcalls.cast(array, kind, safe=False)


def fields_asked(p: Predictor) -> set[str]:
    """Every field that scoring a predictor can look at, also to say what is missing."""
    vocabulary = p.vocabulary
    checked = {i for c in (*p.checks, *p.advice) for i in (*c.inputs, c.unless) if i}
    found = {*vocabulary.direct_fields, vocabulary.origin, *p.needs.readable}
    found |= {*vocabulary.reach((*p.features, *p.checked_features, *checked))}
    return found.union(*map(fields_asked, p.components))


def _check_scored(
    option: str, given: Collection[str], asked: Mapping[str, Predictor | str]
) -> None:
    """Refuse an option for a predictor that is neither scored nor part of one that is."""
    if not given:
        return
    scored: set[str] = set()
    own = [p for p in asked.values() if not isinstance(p, str)]
    parts = [*own, *(by_id[ident] for ident in asked or by_id if ident in by_id)]
    while parts:
        p = parts.pop()
        scored.add(p.id)
        parts += p.components
    for ident in given:
        if ident not in by_id and ident not in asked:
            raise UnknownNameError("predictor", ident, by_id)
        if ident not in scored:
            raise OptionError(f"{option} {ident}=...: {ident} is not scored; add -p {ident}")


def _as_options(hints: Mapping[Hashable, str]) -> str:
    return " ".join(f"--rename {str(column)!r}={name}" for column, name in hints.items())
