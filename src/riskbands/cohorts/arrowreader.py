"""Arrow columns as the columns of a cohort, block by block.

Nothing is converted before its block is scored, so a table costs no second copy of itself. Texts
are dictionary-encoded block by block and each different value is parsed once for the whole column.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from riskbands._patterns import pattern
from riskbands.arithmetic import dates
from riskbands.arithmetic.decimals import decimals, decimals_of
from riskbands.cohorts.arrowcalls import call, cast, encoded, is_missing, take
from riskbands.cohorts.columns import ColumnReader
from riskbands.cohorts.fewvalues import read_few_texts
from riskbands.cohorts.seen import code_type
from riskbands.cohorts.sidebyside import SideBySide
from riskbands.cohorts.textviews import MOST_INSIDE, TextViews
from riskbands.errors import InputError, Issue
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskbands.cohorts.seen import TextsOfWidth
    from riskbands.vocabulary.fields import Field

__all__ = ["ArrowReader", "is_text", "numbers_of_text", "views_of"]

#: A column in more chunks than this for each million rows is joined before it is read.
_CHUNKS_PER_MILLION = 64
_MOST_TEXT = 2**31 - 1
#: Zones that are not the name of a place. Older Arrow does not look them up.
_OFFSET = pattern(r"([+-])(\d\d):?(\d\d)")
_VIEWS = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}


class ArrowReader(ColumnReader):
    """One Arrow column of a cohort.

    Timestamps with a time zone count on the calendar day they have in that zone.

    Args:
        f: The field.
        column: Array or chunked array of text, dictionary-encoded text, numbers, truths, dates,
            timestamps or nothing but nulls.
        known: A reader of the same field whose parsed values are to be shared.

    Raises:
        InputError: It is of a type no field can have.
    """

    def __init__(
        self, f: Field, column: pa.Array | pa.ChunkedArray, known: ArrowReader | None = None
    ) -> None:
        self._set_field(f, None if known is None else known._seen)
        self._values = None
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        if isinstance(column.type, pa.BaseExtensionType):
            chunks = [chunk.storage for chunk in chunks]
        chunks = [chunk for chunk in chunks if len(chunk)]
        if len(chunks) > 1 + len(column) * _CHUNKS_PER_MILLION / 1e6:
            chunks = _joined(chunks)
        self._chunks = chunks
        self._edges = np.cumsum([0, *map(len, chunks)])
        kind = chunks[0].type if chunks else column.type
        self._kind = kind
        self._way(kind)  # refuses what cannot be read
        self._tables: list[NDArray[Any]] | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return int(self._edges[-1])

    def codes(self, start: int, stop: int) -> NDArray[Any]:
        """Codes of the rows from ``start`` to before ``stop``; negative where there is none."""
        n = int(np.searchsorted(self._edges, start, side="right")) - 1
        # Not kept: a reader that held a function of itself would live until cycles are collected.
        convert = self._way(self._kind)
        found = []
        while start < stop:
            low, high = int(self._edges[n]), int(self._edges[n + 1])
            end = min(stop, high)
            found.append(convert(self._chunks[n].slice(start - low, end - start), n))
            start, n = end, n + 1
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.zeros(0, np.int16)

    def _way(self, kind: pa.DataType) -> Callable[[pa.Array, int], NDArray[Any]]:
        """How to turn arrays of this type, of a chunk by number, into codes."""
        if types.is_dictionary(kind):
            self._way(kind.value_type)  # refuses what cannot be read
            return self._from_dictionary
        if types.is_null(kind):
            return lambda array, _: np.full(len(array), -1, np.int16)
        if _is_text(kind) or str(kind) in _VIEWS:
            return lambda array, _: self._from_text(array)
        if types.is_run_end_encoded(kind):
            inner = self._way(kind.value_type)
            return lambda array, n: inner(call("run_end_decode", array), n)
        if self._field.date_format and _is_a_number(kind):
            return lambda array, _: self._one_by_one(_objects(array), None)
        if types.is_date32(kind) and self._field.kind is Kind.DATE:
            return lambda array, _: self._from_days(array)
        if types.is_timestamp(kind) and kind.tz is not None:
            offset = _OFFSET.fullmatch(kind.tz)
            if offset is None:
                if not _is_known_zone(kind.tz):
                    what = f"column {self._field.name} has a time zone that is not known here"
                    raise InputError(Issue("unusable_column", (self._field.name,), what))
                return lambda array, _: self._from_plain(call("local_timestamp", array))
            minutes = int(offset[1] + offset[3]) + 60 * int(offset[1] + offset[2])
            naive = pa.timestamp(kind.unit)
            return lambda array, _: self._codes(_later(_numpy(array.cast(naive)), minutes), None)
        if types.is_decimal(kind):
            return lambda array, _: self._from_decimals(array)
        if (
            types.is_integer(kind)
            or types.is_floating(kind)
            or types.is_boolean(kind)
            or types.is_date(kind)
            or types.is_timestamp(kind)
        ):
            return lambda array, _: self._from_plain(array)
        f = self._field
        name = str(kind).partition("<")[0]  # a struct lists the names of its fields
        what = f"column {f.name} holds {name}, which is not {f.allowed}"
        raise InputError(Issue("unusable_column", (f.name,), what))

    def _from_plain(self, array: pa.Array) -> NDArray[Any]:
        kind = array.type
        if not array.null_count or types.is_temporal(kind):  # a missing date becomes NaT
            return self._codes(_numpy(array), None)
        missing = is_missing(array)
        buffers = [None, array.buffers()[1]]
        values = pa.Array.from_buffers(kind, len(array), buffers, 0, array.offset)
        return self._codes(_numpy(values), missing)

    def _from_decimals(self, array: pa.Array) -> NDArray[Any]:
        # Not through floats: at some scales Arrow turns 25 into 25.000000000000004.
        try:
            return self._from_plain(array.cast(pa.int64()))
        except pa.ArrowException:
            return self._codes(_objects(array), None)

    def _from_days(self, array: pa.Array) -> NDArray[Any]:
        buffers = [None, array.buffers()[1]]
        days = pa.Array.from_buffers(pa.int32(), len(array), buffers, 0, array.offset)
        codes = dates.pack_days(days.to_numpy())
        codes[codes == dates.OUT_OF_RANGE] = self.OUT_OF_RANGE
        if array.null_count:
            codes[is_missing(array)] = self.MISSING
        return codes

    def _from_text(self, array: pa.Array) -> NDArray[Any]:
        """Codes of texts: soonest as they lie in memory, else each different one once."""
        if str(array.type) in _VIEWS:
            codes = self._from_views(array)
            return self._from_text(array.cast(_VIEWS[str(array.type)])) if codes is None else codes
        if self._few and _are_words(array):
            codes = self._from_views(array)
            if codes is not None:
                return codes
        texts = _side_by_side(array)
        if texts is None:
            return self._by_dictionary(array)
        if self._field.kind is Kind.DATE:
            return self._from_date_texts(array, texts)
        codes = self._seen.of_short(texts, self._others(array))
        if codes is None and self._few:
            codes = read_few_texts(texts, self._seen.__getitem__, self._seen.by_window)
        return self._by_dictionary(array) if codes is None else codes

    def _from_views(self, array: pa.Array) -> NDArray[Any] | None:
        """Codes of texts that lie in their views, or are few; None where that cannot be."""
        views = views_of(array)
        if views is None:
            return None
        if self._field.kind is Kind.DATE:
            return self._from_date_texts(array, views) if views.are_inside else None
        return self._seen.in_views(views)

    def _from_date_texts(self, array: pa.Array, texts: TextsOfWidth) -> NDArray[Any]:
        """Dates as text: those of one usual length all at once."""
        return self._seen.dates(texts, self._others(array))

    def _others(self, array: pa.Array) -> Callable[[NDArray[np.intp]], NDArray[Any]]:
        """What gives the codes of some rows of texts that are looked at one by one."""

        def others(rows: NDArray[np.intp]) -> NDArray[Any]:
            listed = array.cast(_VIEWS[str(array.type)]) if str(array.type) in _VIEWS else array
            return self._by_dictionary(take(listed, pa.array(rows)))

        return others

    def _by_dictionary(self, array: pa.Array) -> NDArray[Any]:
        few = encoded(array)
        return _look_up(few, self._table(few.dictionary))

    def _from_dictionary(self, array: pa.DictionaryArray, chunk: int) -> NDArray[Any]:
        with self._lock:  # They are read when first needed, and once for all threads.
            if self._tables is None:
                self._tables = self._read_dictionaries()
        return _look_up(array, self._tables[chunk])

    def _table(self, values: pa.Array) -> NDArray[Any]:
        """The codes of different values, and after them that of a missing one."""
        if _is_text(values.type):
            self._seen.make_room()
            codes: Any = [self._seen[v] for v in _listed(values)]
        else:  # not by way of Python, whose calendar ends with the year 9999
            codes = self._way(values.type)(values, 0)
        return np.array([*codes, self.MISSING], dtype=code_type(self._field))

    def _read_dictionaries(self) -> list[NDArray[Any]]:
        """One table for each chunk; chunks with the same dictionary share it."""
        tables: list[NDArray[Any]] = []
        before = None
        for chunk in self._chunks:
            if before is None or not chunk.dictionary.equals(before):
                before = chunk.dictionary
                table = self._table(before)
            tables.append(table)
        return tables


@cache
def _is_known_zone(zone: str) -> bool:
    try:
        call("local_timestamp", pa.scalar(0, pa.timestamp("s", zone)))
    except pa.ArrowInvalid:
        return False
    return True


@cache
def _gives_views(kind: pa.DataType) -> bool:
    """Whether this Arrow makes views of texts of a type."""
    try:
        cast(pa.array([], kind), pa.string_view())
    except (AttributeError, pa.ArrowException):
        return False
    return True


def views_of(array: pa.Array) -> TextViews | None:
    """The texts of an array as views; None where this Arrow makes none, or there are no rows."""
    if not len(array):
        return None
    if str(array.type) not in _VIEWS:
        if not _gives_views(array.type):
            return None
        array = cast(array, pa.string_view())
    bits, *others = array.buffers()
    there = np.frombuffer(bits, np.uint8) if array.null_count else None
    views, *data = (np.frombuffer(buffer, np.uint8) for buffer in others)
    return TextViews(array.offset, len(array), there, views, data)


def _places(array: pa.Array) -> NDArray[Any]:
    """Where in their bytes texts begin, and where the last one ends."""
    large = types.is_large_string(array.type) or types.is_large_binary(array.type)
    places = np.frombuffer(array.buffers()[1], np.int64 if large else np.int32)
    return places[array.offset : array.offset + len(array) + 1]


def _are_words(array: pa.Array) -> bool:
    """Whether texts are all in the views that they are soonest compared by, and not of one byte."""
    if types.is_fixed_size_binary(array.type):
        return False
    places = _places(array)
    if int(places[-1]) - int(places[0]) == len(array):
        return False
    return int((places[1:] - places[:-1]).max()) <= MOST_INSIDE


def _side_by_side(array: pa.Array) -> SideBySide | None:
    """Texts as they are in memory; None where they are not side by side."""
    if types.is_fixed_size_binary(array.type) or array.buffers()[2] is None:
        return None
    places = _places(array)
    lengths = places[1:] - places[:-1]
    if array.null_count and lengths[is_missing(array)].any():
        return None  # something stands where nothing is
    data = np.frombuffer(array.buffers()[2], np.uint8)[int(places[0]) : int(places[-1])]
    return SideBySide(lengths, data)


def is_text(column: pa.Array | pa.ChunkedArray) -> bool:
    """Whether a column is of text."""
    kind = column.type
    return bool(types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view")


def numbers_of_text(
    column: pa.Array | pa.ChunkedArray, start: int, stop: int
) -> tuple[Any, Any, Any]:
    """The numbers of some rows of text, which of them are written in another way, and their texts.

    See `riskbands.arithmetic.decimals`.
    """
    part = column.slice(start, stop - start)
    if isinstance(part, pa.ChunkedArray):
        if str(part.type) in _VIEWS and part.num_chunks != 1:
            part = part.cast(_VIEWS[str(part.type)])
        part = pa.concat_arrays(part.chunks) if part.num_chunks != 1 else part.chunk(0)
    views, texts = views_of(part), None
    if views is None or not views.are_inside:
        part, views = part.cast(_VIEWS.get(str(part.type), part.type)), None
        texts = _side_by_side(part)
    if views is not None:
        found, odd = decimals_of(views.lengths, views.character)
    elif texts is not None:
        found, odd = decimals(texts.lengths, texts.data)
    else:
        found, odd = np.full(len(part), np.nan), np.ones(len(part), np.bool_)

    def listed(rows: NDArray[np.intp]) -> list[Any]:
        plain = part.cast(_VIEWS[str(part.type)]) if str(part.type) in _VIEWS else part
        return _listed(take(plain, pa.array(rows)))

    return found, odd, listed


def _listed(texts: pa.Array) -> list[Any]:
    """Texts as Python has them; as bytes where one is not in UTF-8, which is that row's fault."""
    try:
        found: list[Any] = texts.to_pylist()
    except UnicodeDecodeError:
        found = texts.cast(pa.large_binary()).to_pylist()
    return found


def _numpy(array: pa.Array) -> NDArray[Any]:
    values: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return values


def _later(moments: NDArray[np.datetime64], minutes: int) -> NDArray[np.datetime64]:
    """Moments shifted by so many minutes; one at the limit of its type stays there."""
    unit, _ = np.datetime_data(moments.dtype)
    shift = int(np.timedelta64(minutes, "m").astype(f"m8[{unit}]").astype(np.int64))
    end = np.iinfo(np.int64).max - abs(shift)
    found = (moments.view(np.int64).clip(-end, end) + shift).view(moments.dtype)
    found[np.isnat(moments)] = np.datetime64("NaT", "D")
    return found


def _is_a_number(kind: pa.DataType) -> bool:
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _objects(array: pa.Array) -> NDArray[Any]:
    return np.array([*array.to_pylist(), None], dtype=object)[:-1]


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
    )


def _look_up(array: pa.DictionaryArray, table: NDArray[Any]) -> NDArray[Any]:
    indices = array.indices
    if indices.null_count:
        indices = indices.cast(pa.int64()).fill_null(len(table) - 1)
    codes: NDArray[Any] = table.take(indices.to_numpy())
    return codes


def _joined(chunks: list[pa.Array]) -> list[pa.Array]:
    """Many chunks as one."""
    if any(types.is_dictionary(c.type) and c.dictionary.null_count for c in chunks):
        # Arrow cannot unify dictionaries with a null among their values.
        chunks = [encoded(call("dictionary_decode", chunk)) for chunk in chunks]
    column = pa.chunked_array(chunks)
    if types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    elif types.is_string(column.type) and column.nbytes > _MOST_TEXT:
        column = column.cast(pa.large_string())
    whole = column.combine_chunks()
    return whole.chunks if isinstance(whole, pa.ChunkedArray) else [whole]
