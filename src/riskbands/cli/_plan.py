"""What to score in a table: columns, predictors with their tables, and the columns to add."""

from __future__ import annotations

import difflib
import json
import re
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from riskbands._redact import column_labels, has_header, shown
from riskbands._version import __version__
from riskbands.bands import files as bandfiles
from riskbands.bands.builtin import band_tables
from riskbands.cohorts import files
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.cohort import Request, available, resolve, sufficient
from riskbands.cohorts.frames._arrow import arrow_column, arrow_type
from riskbands.cohorts.scorecolumns import output_columns
from riskbands.derivation.derive import leaves
from riskbands.errors import InputError, InputErrorGroup, RiskBandsError, UnknownNameError
from riskbands.instruments.kinds import Combined, PointsScale, Regression
from riskbands.instruments.predictor import as_table
from riskbands.predictors import by_id
from riskbands.vocabulary.features import feature
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from riskbands.bands.table import BandTable
    from riskbands.cohorts.files import TableInput
    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.instruments.predictor import Predictor

__all__ = [
    "Needs",
    "OptionError",
    "Plan",
    "ScoredRows",
    "lookalikes",
    "needs",
    "pairs",
    "read_band_table",
]

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
            raise OptionError(f"{option} takes {form}, and nothing else")
        if found.setdefault(name, value) != value:
            raise OptionError(f"{option} is given twice for the same {form.partition('=')[0]}")
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


# -- what a predictor needs ------------------------------------------------------------------------


@attrs.frozen
class Needs:
    """Fields of a predictor.

    Attributes:
        needed: Without these there is no score.
        instead: These can stand in for some of those.
        used: Used where given.
        dynamic: With all of these the extended form is used.
    """

    needed: tuple[str, ...]
    instead: tuple[str, ...]
    used: tuple[str, ...]
    dynamic: tuple[str, ...]

    @property
    def readable(self) -> set[str]:
        """All of these."""
        return {*self.needed, *self.instead, *self.used, *self.dynamic}


def _brief(p: Predictor) -> tuple[str, ...]:
    if isinstance(p, Combined):
        inner = (name for part in p.parts for name in _brief(part))
        return tuple(dict.fromkeys([*inner, "female_with_sexual_history"]))
    return p.forms[0].features if isinstance(p, Regression) else p.features


def _reach(name: str) -> dict[str, None]:
    """Every field a feature can come from."""
    found: dict[str, None] = {}
    for source in feature(name).sources:
        found |= _reach_of((*source.inputs, *source.absent))
    return found


def _reach_of(items: Iterable[str]) -> dict[str, None]:
    """Every field that features, and fields written ``".name"``, can come from."""
    found: dict[str, None] = {}
    for item in items:
        found |= {item[1:]: None} if item.startswith(".") else _reach(item)
    return found


@cache
def needs(ident: str) -> Needs:
    """What the predictor of that id reads, as far as `riskbands.cohorts.cohort.sufficient` asks."""
    p = by_id[ident]
    usual = dict.fromkeys(leaf for name in _brief(p) for leaf in leaves(name))
    brief: dict[str, None] = {}
    for name in _brief(p):
        brief |= _reach(name)
    for check in p.checks:
        brief |= _reach_of(check.inputs)
    everything = dict(brief)
    for name in p.features:
        everything |= _reach(name)
    needed = [f for f in usual if not sufficient(p, usual.keys() - {f})]
    instead = [f for f in brief if f not in needed and _stands_in(p, f, frozenset(needed))]
    used = [f for f in brief if f not in needed and f not in instead]
    return Needs(
        tuple(needed), tuple(instead), tuple(used), tuple(f for f in everything if f not in brief)
    )


def _stands_in(p: Predictor, name: str, needed: frozenset[str]) -> bool:
    """Whether a field makes one of those needed unnecessary."""
    others = frozenset(["age_at_conviction", "age_at_follow_up", name])
    return any(sufficient(p, (needed - {f}) | {name}) for f in needed) or (
        name in ("age_at_conviction", "age_at_follow_up")
        and any(sufficient(p, (needed - {f}) | others) for f in needed)
    )


# -- the plan --------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class ScoredRows:
    """Some rows of the table that is read, and the columns to add.

    Attributes:
        kept: Columns of the table to keep; none where there are lines.
        lines: The rows as they stand in a CSV file, where these are to be copied; else None.
        added: The columns to add.
    """

    kept: pa.RecordBatch
    lines: pa.Array | None
    added: pa.RecordBatch

    @property
    def whole(self) -> pa.RecordBatch:
        """The columns that are kept, and after them those that are added."""
        names = [*self.kept.schema.names, *self.added.schema.names]
        return pa.RecordBatch.from_arrays([*self.kept.columns, *self.added.columns], names)


@attrs.frozen
class Plan:
    """What to do with every batch.

    Attributes:
        names: Columns of the table that is read.
        predictors: What to score.
        sources: Column by field, for the fields that are read.
        outputs: Columns to add.
        kept: Columns of the table to keep, with the types they are written in.
        request: What is asked of each batch.
        as_text: Whether the result is to be written as text.
    """

    names: tuple[str, ...]
    predictors: tuple[Predictor, ...]
    sources: Mapping[str, str]
    outputs: tuple[Output, ...]
    kept: pa.Schema
    request: Request
    as_text: bool

    @classmethod
    def make(
        cls,
        table: TableInput,
        predictors: Sequence[str] = (),
        *,
        tables: Mapping[str, str] | None = None,
        bands: Mapping[str, str] | None = None,
        rename: Mapping[str, str] | None = None,
        form: str = "auto",
        probabilities: bool = False,
        information: bool = False,
        overwrite: bool = False,
        as_text: bool = False,
    ) -> Plan:
        """Make the plan for a table.

        Args:
            table: The table.
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
        schema = table.schema
        sources = _sources(schema.names, rename or {})
        chosen = resolve(predictors or _scorable(tables or {}, sources), tables, sources)
        if not any(needs(p.id).readable & sources.keys() for p in chosen):
            raise _nothing_to_score(schema.names, sources, predictors)
        _check_scored("--table", tables or {}, chosen)
        chosen = _with_bands(chosen, {k: read_band_table(v) for k, v in (bands or {}).items()})
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
        names = [name for name in schema.names if name not in added]
        if as_text:  # each file's values are written as they are
            kept = pa.schema([schema.field(name) for name in names], schema.metadata)
        else:
            kept = files.one_schema(table, names)
        plan = cls(tuple(schema.names), chosen, sources, outputs, kept, request, as_text)
        for _, columns in table.schemas:
            plan.readers(columns)  # refuses columns that no field can have
        return plan

    @property
    def result(self) -> pa.Schema:
        """Columns of the result."""
        added = [pa.field(o.name, self._type(o)) for o in self.outputs]
        metadata = {**(self.kept.metadata or {}), b"riskbands": json.dumps(self.origin).encode()}
        return pa.schema([*self.kept, *added], metadata)

    @property
    def origin(self) -> dict[str, Any]:
        """Where the scores come from: version, and tables by predictor."""
        scored = {o.predictor.id: o.predictor for o in self.outputs}
        return {"version": __version__, **{ident: _origin(p) for ident, p in scored.items()}}

    def _type(self, output: Output) -> pa.DataType:
        if self.as_text and output.kind == "percent" and output.predictor.rule.digits == 2:
            return _TWO_DECIMALS
        return arrow_type(output)

    def readers(self, schema: pa.Schema) -> dict[str, ArrowReader]:
        """Readers of no rows, by field, that remember the values parsed for those after them.

        Args:
            schema: Columns of the file that is read; the types of files can differ.

        Raises:
            InputErrorGroup: Columns of types that no field can have; all of them together.
        """
        found: dict[str, ArrowReader] = {}
        problems = []
        for name, column in self.sources.items():
            nothing = pa.array([], schema.field(column).type)
            try:
                found[name] = ArrowReader(all_fields()[name], nothing)
            except InputError as error:
                problems.append(error.issue)
        if problems:
            raise InputErrorGroup.of("the table cannot be read", problems)
        return found

    def score(self, table: TableInput, delimiter: str | None = None) -> Iterator[ScoredRows]:
        """Score the table, some rows after others, while those that follow are read.

        Args:
            table: What the plan was made for.
            delimiter: That of the CSV that will be written; None where something else will be.
        """
        copied = (
            delimiter is not None
            and table.line_delimiter == delimiter
            and tuple(self.kept.names) == self.names
        )
        kept = [] if copied else self.kept.names
        wanted = dict.fromkeys([*kept, *self.sources.values()])
        schema = None
        with closing(files.ahead(table.pieces(list(wanted)))) as pieces:
            for piece in pieces:
                cells = piece.cells
                if schema is None or not schema.equals(cells.schema):
                    schema = cells.schema
                    known = self.readers(schema)
                readers = {
                    name: ArrowReader(all_fields()[name], cells.column(column), known[name])
                    for name, column in self.sources.items()
                }
                columns = self.request.score(readers, cells.num_rows)
                added = pa.RecordBatch.from_arrays(
                    [self._array(column) for column in columns], [o.name for o in self.outputs]
                )
                yield ScoredRows(cells.select(kept), piece.lines if copied else None, added)

    def _array(self, column: ScoreColumn) -> pa.Array:
        if column.output.is_text:  # few different ones
            places = pa.array(column.data)
            return pa.DictionaryArray.from_arrays(places, pa.array(column.texts, pa.string()))
        array = arrow_column(column, 0, len(column.data))
        kind = self._type(column.output)
        return array if array.type == kind else array.cast(kind, safe=False)


def _sources(names: Sequence[str], rename: Mapping[str, str]) -> dict[str, str]:
    vocabulary = all_fields()
    sources = {n: n for n in names if n in vocabulary and vocabulary[n].scored}
    for old, new in rename.items():
        if old not in names:
            raise _no_column(old, names)
        if new not in vocabulary:
            raise UnknownNameError("field", new, vocabulary)
        if new in names or list(rename.values()).count(new) > 1:
            raise OptionError(f"--rename ...={new}: there is a column {new} already")
        sources.pop(old, None)
        if vocabulary[new].scored:
            sources[new] = old
    return sources


def _no_column(name: str, names: Sequence[str]) -> OptionError:
    """That a column is not there; a near one is named unless its name looks like data."""
    labels = dict(zip(names, column_labels(names, all_fields(), quoted=False), strict=True))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {labels[near[0]]}?" if near else "look at the first line of the file"
    what = shown(name, [*all_fields(), *(n for n in names if labels[n] == n)], "the one given")
    return OptionError(f"--rename: no column named {what}; {hint}")


def _origin(p: Predictor) -> dict[str, Any]:
    return {
        "table": p.table.id,
        "digest": p.table.digest,
        "bands": None if p.bands is None else p.bands.id,
    }


def _scorable(tables: Mapping[str, str], sources: Mapping[str, str]) -> list[str]:
    """Predictors whose fields are there, those without a public table where one is given."""
    return [
        p.id
        for p in by_id.values()
        if available(p, sources)
        or (p.id in tables and available(p.with_table(as_table(tables[p.id])), sources))
    ]


def _with_bands(
    chosen: tuple[Predictor, ...], bands: Mapping[str, BandTable]
) -> tuple[Predictor, ...]:
    """The predictors, and those they are made from, with other band tables."""
    made: dict[Predictor, Predictor] = {}

    def with_bands(p: Predictor) -> Predictor:
        if p not in made:
            changed = p
            parts = [with_bands(part) for part in p.components]
            if tuple(parts) != p.components and isinstance(p, (Combined, PointsScale)):
                changed = p.with_components(*parts)
            made[p] = changed.with_bands(bands[p.id]) if p.id in bands else changed
        return made[p]

    _check_scored("--bands", bands, chosen)
    return tuple(with_bands(p) for p in chosen)


def _check_scored(option: str, given: Collection[str], chosen: Collection[Predictor]) -> None:
    """Refuse an option for a predictor that is neither scored nor part of one that is."""
    scored: set[str] = set()
    parts = list(chosen)
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
    short = [i for i in by_id if not set(needs(i).needed) <= sources.keys()]
    lacking = {i: [f for f in needs(i).needed if f not in there] for i in asked or short}
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
    elif not has_header(names, all_fields()):
        text += "; no column has the name of a field: perhaps the file has no line of column names"
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
