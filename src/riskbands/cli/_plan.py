"""What to score in a table: columns, predictors with their tables, and the columns to add."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from riskbands._version import __version__
from riskbands.bands import files as bandfiles
from riskbands.bands.builtin import band_tables
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.frames._arrow import arrow_column, arrow_type
from riskbands.cohorts.request import Request, resolve
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.errors import InputError, InputErrorGroup, RiskBandsError, UnknownNameError
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from riskbands._options import FormName
    from riskbands.bands.table import BandTable
    from riskbands.cohorts.files import TableInput
    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.instruments.predictor import Predictor

__all__ = ["OptionError", "Plan", "lookalikes", "pairs", "read_band_table"]

# Arrow would take an interruption that comes while it parses, and drop it when it is done.
pa.enable_signal_handlers(False)

_TWO_DECIMALS = pa.decimal128(5, 2)


class OptionError(RiskBandsError, ValueError):
    """An option or argument cannot be used."""


def pairs(option: str, given: Sequence[str], form: str) -> dict[str, str]:
    """The pairs of an option such as ``--rename OLD=NEW``.

    Raises:
        OptionError: One has no ``=``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not (name and sign and value):
            raise OptionError(f"{option} takes {form}, not {text!r}")
        if found.setdefault(name, value) != value:
            raise OptionError(f"{option} is given twice for {name}")
    return found


def read_band_table(text: str) -> BandTable:
    """The built-in band table with that id, or the one in that file.

    Raises:
        RiskBandsError: There is neither, or the file is no band table.
    """
    if text in band_tables or not ("/" in text or text.endswith((".toml", ".json"))):
        return band_tables[text]
    try:
        return bandfiles.from_file(Path(text))
    except OSError as error:
        raise OptionError(f"cannot read {text}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise OptionError(f"{text} is not a text file in UTF-8") from None


# -- the plan --------------------------------------------------------------------------------------


@attrs.frozen
class Plan:
    """What to do with every batch.

    Attributes:
        schema: Columns of the table that is read.
        predictors: What to score.
        sources: Column by field, for the fields that are read.
        outputs: Columns to add.
        kept: Columns of the table to keep.
        request: What is asked of each batch.
        as_text: Whether the result is to be written as text.
    """

    schema: pa.Schema
    predictors: tuple[Predictor, ...]
    sources: Mapping[str, str]
    outputs: tuple[Output, ...]
    kept: tuple[str, ...]
    request: Request
    as_text: bool

    @classmethod
    def make(
        cls,
        schema: pa.Schema,
        predictors: Sequence[str] = (),
        *,
        tables: Mapping[str, str] | None = None,
        bands: Mapping[str, str] | None = None,
        rename: Mapping[str, str] | None = None,
        form: FormName = "auto",
        probabilities: bool = False,
        information: bool = False,
        overwrite: bool = False,
        as_text: bool = False,
    ) -> Plan:
        """Make the plan for a table.

        Args:
            schema: Its columns.
            predictors: Ids; by default every predictor whose fields are there.
            tables: Coefficient table (id or file) by predictor.
            bands: Band table (id or file) by predictor.
            rename: Field by column.
            form: ``auto``, ``brief`` or ``extended``.
            probabilities: Add unrounded probabilities.
            information: Add what is worth knowing.
            overwrite: Let columns to add take the place of columns of the same name.
            as_text: Whether the result is to be written as text.

        Raises:
            RiskBandsError: A name is not known, or the table has no predictor's fields.
        """
        sources = _sources(schema.names, rename or {})
        known = {k: read_band_table(v) for k, v in (bands or {}).items()}
        for option, given in (("--table", tables or {}), ("--bands", known)):
            _check_scored(option, given, predictors)
        chosen = resolve(predictors or None, tables, sources, known)
        if not any(p.needs.readable & sources.keys() for p in chosen):
            raise _nothing_to_score(schema.names, sources, predictors)
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
        request = Request(chosen, form=form, probabilities=probabilities, information=information)
        return cls(
            schema,
            chosen,
            sources,
            outputs,
            tuple(name for name in schema.names if name not in added),
            request,
            as_text,
        )

    @property
    def result(self) -> pa.Schema:
        """Columns of the result."""
        kept = [self.schema.field(name) for name in self.kept]
        added = [pa.field(o.name, self._type(o)) for o in self.outputs]
        metadata = {**(self.schema.metadata or {}), b"riskbands": json.dumps(self.origin).encode()}
        return pa.schema([*kept, *added], metadata)

    @property
    def origin(self) -> dict[str, Any]:
        """Where the scores come from: version, and tables by predictor."""
        scored = {o.predictor.id: o.predictor for o in self.outputs}
        return {"version": __version__, **{ident: _origin(p) for ident, p in scored.items()}}

    def _type(self, output: Output) -> pa.DataType:
        if self.as_text and output.kind == "percent" and output.predictor.rule.digits == 2:
            return _TWO_DECIMALS
        return arrow_type(output)

    def readers(self) -> dict[str, ArrowReader]:
        """Readers of no rows, by field, that remember the values parsed for those after them.

        Raises:
            InputErrorGroup: Columns of types that no field can have; all of them together.
        """
        found: dict[str, ArrowReader] = {}
        problems = []
        for name, column in self.sources.items():
            nothing = pa.array([], self.schema.field(column).type)
            try:
                found[name] = ArrowReader(all_fields()[name], nothing)
            except InputError as error:
                problems.append(error.issue)
        if problems:
            raise InputErrorGroup.of("the table cannot be read", problems)
        return found

    def score(self, table: TableInput) -> Iterator[pa.RecordBatch]:
        """Score the table, batch after batch."""
        known = self.readers()
        schema = self.result
        for batch in table.batches():
            readers = {
                name: ArrowReader(all_fields()[name], batch.column(column), known[name])
                for name, column in self.sources.items()
            }
            added = [self._array(c) for c in self.request.score(readers, batch.num_rows)]
            columns = [*(batch.column(name) for name in self.kept), *added]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _array(self, column: ScoreColumn) -> pa.Array:
        array = arrow_column(column, 0, len(column.data))
        kind = self._type(column.output)
        return array if array.type == kind else array.cast(kind, safe=False)


def _sources(names: Sequence[str], rename: Mapping[str, str]) -> dict[str, str]:
    vocabulary = all_fields()
    sources = {n: n for n in names if n in vocabulary and vocabulary[n].scored}
    for old, new in rename.items():
        if old not in names:
            raise UnknownNameError("column", old, names)
        if new not in vocabulary:
            raise UnknownNameError("field", new, vocabulary)
        if new in names or list(rename.values()).count(new) > 1:
            raise OptionError(f"--rename {old}={new}: there is a column {new} already")
        sources.pop(old, None)
        if vocabulary[new].scored:
            sources[new] = old
    return sources


def _origin(p: Predictor) -> dict[str, Any]:
    return {
        "table": p.table.id,
        "digest": p.table.digest,
        "bands": None if p.bands is None else p.bands.id,
    }


def _check_scored(option: str, given: Collection[str], asked: Collection[str]) -> None:
    """Refuse an option for a predictor that is neither scored nor part of one that is."""
    scored: set[str] = set()
    parts = [by_id[ident] for ident in asked or by_id if ident in by_id]
    while parts:
        p = parts.pop()
        scored.add(p.id)
        parts += p.components
    for ident in given:
        if ident not in by_id:
            raise UnknownNameError("predictor", ident, by_id)
        if ident not in scored:
            raise OptionError(f"{option} {ident}=...: {ident} is not scored; add -p {ident}")


def _nothing_to_score(
    names: Sequence[str], sources: Mapping[str, str], asked: Sequence[str]
) -> OptionError:
    alike = lookalikes(names, sources)
    there = {*sources, *alike.values()}
    short = [i for i in by_id if not set(by_id[i].needs.needed) <= sources.keys()]
    lacking = {i: [f for f in by_id[i].needs.needed if f not in there] for i in asked or short}
    nearest = min(lacking, key=lambda i: len(lacking[i]))
    if asked:
        text = f"none of the columns is a field that {' or '.join(lacking)} reads; {nearest}"
    else:
        text = f"no predictor has its fields here; the nearest is {nearest}, which"
    text += f" lacks {', '.join(lacking[nearest]) or 'none but for their names'}"
    if alike:
        hints = " ".join(f"--rename {column!r}={name}" for column, name in alike.items())
        text += f"; perhaps {hints}"
    elif len(names) == 1:
        text += "; there is one column only: perhaps --delimiter is needed"
    return OptionError(f"{text} (`riskbands fields` lists them all)")


def lookalikes(names: Sequence[str], sources: Mapping[str, str]) -> dict[str, str]:
    """Columns that are not read and look like a field that is not there, with that field."""
    free = [name for name, f in all_fields().items() if f.scored and name not in sources]
    by_form = {_plain(form): n for n in free for form in (n, all_fields()[n].hmpps_name) if form}
    used = set(sources.values())
    found: dict[str, str] = {}
    for column in names:
        if column in used or column in all_fields():
            continue
        near = difflib.get_close_matches(_plain(column), by_form, n=1, cutoff=0.84)
        if near and by_form[near[0]] not in found.values():
            found[column] = by_form[near[0]]
    return found


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()
