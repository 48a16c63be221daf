"""Polars frames, eager and lazy, without PyArrow or pandas."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskbands._blocks import BLOCK
from riskbands.arithmetic.decimals import decimals_of
from riskbands.cohorts.columns import ColumnReader
from riskbands.cohorts.fewvalues import MOST, SAMPLE
from riskbands.cohorts.frames._common import Frame
from riskbands.cohorts.frames._exported import exported
from riskbands.cohorts.provenance import keep
from riskbands.cohorts.seen import code_type
from riskbands.cohorts.sidebyside import SideBySide
from riskbands.errors import InputError, Issue
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.cohorts.textviews import TextViews
    from riskbands.vocabulary.fields import Field

__all__ = ["PolarsFrame", "numbers_of_text", "of_scores", "polars_type"]

#: In a table of codes: a category that has not been read yet.
_UNREAD = -100
#: In seconds, about.
_THOUSAND_YEARS = 1000 * 365 * 24 * 60 * 60


class PolarsFrame(Frame):
    """A data frame."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.labels = frame.columns
        self.rows = frame.height

    def reader(self, f: Field, place: int) -> ColumnReader:
        """The column at a place."""
        return PolarsReader(f, self._frame.to_series(place))

    def column(self, place: int) -> pl.Series:
        """The column at a place."""
        return self._frame.to_series(place)

    def with_scores(self, columns: Sequence[ScoreColumn]) -> pl.DataFrame:
        """With these columns; those that were there keep their place."""
        found = self._frame.with_columns([_series(column) for column in columns])
        kept: pl.DataFrame = keep(found, [column.output for column in columns], self._frame)
        return kept


def of_scores(columns: Sequence[ScoreColumn]) -> pl.DataFrame:
    """A data frame of these columns alone."""
    found = pl.DataFrame([_series(column) for column in columns])
    kept: pl.DataFrame = keep(found, [column.output for column in columns], None)
    return kept


class PolarsReader(ColumnReader):
    """One Polars column of a cohort, converted block by block.

    Datetimes with a time zone count on the calendar day they have in that zone.

    Raises:
        InputError: It is of a type no field can have.
    """

    def __init__(self, f: Field, series: pl.Series) -> None:
        self._set_field(f)
        self._values = None
        self._categories = _categories()
        if series.dtype == pl.String and self._categories is None and f.kind is not Kind.DATE:
            series = series.cast(pl.Categorical)
        if series.n_chunks() > 1 + len(series) // BLOCK:
            series = series.rechunk()
        self._series = series
        self._table = np.zeros(0, code_type(f))  # code of the field by physical category
        self._lock = threading.Lock()
        #: Words met so far, with their codes; None once there are too many.
        self._words: dict[str, int] | None = {} if self._few else None
        self._convert = self._way(series.dtype)

    def __len__(self) -> int:
        return len(self._series)

    def codes(self, start: int, stop: int) -> NDArray[Any]:
        """Codes of the rows from ``start`` to before ``stop``; negative where there is none."""
        return self._convert(self._series.slice(start, stop - start))

    def _way(self, kind: pl.DataType) -> Callable[[pl.Series], NDArray[Any]]:
        """How to turn series of this type into codes."""
        if kind == pl.Null:
            return lambda part: np.full(len(part), self.MISSING, np.int16)
        if kind == pl.String:
            return self._from_written_text if self._field.kind is Kind.DATE else self._from_text
        if isinstance(kind, (pl.Categorical, pl.Enum)):
            return self._from_categories
        if kind == pl.Boolean or kind == pl.Float32 or kind == pl.Float64 or kind.is_integer():
            wide = str(kind) in ("Int128", "UInt128")
            return lambda part: self._from_numbers_of(part.cast(pl.Float64) if wide else part)
        if kind.is_decimal() or str(kind) == "Float16":
            return lambda part: self._from_numbers_of(part.cast(pl.Float64))
        if kind == pl.Date:
            return lambda part: self._codes(part.to_numpy(), None)
        if isinstance(kind, pl.Datetime):
            return lambda part: self._codes(_in_its_zone(part, kind).to_numpy(), None)
        if kind == pl.Object or kind == pl.Binary:
            return self._from_objects
        f = self._field
        name = kind.base_type().__name__  # nothing of what is in it: an Enum lists its words
        what = f"column {f.name} holds {name}, which is not {f.allowed}"
        raise InputError(Issue("unusable_column", (f.name,), what))

    def _from_numbers_of(self, part: pl.Series) -> NDArray[Any]:
        if not part.null_count():
            return self._codes(part.to_numpy(), None)
        missing = part.is_null().to_numpy()
        filled = part.fill_null(False if part.dtype == pl.Boolean else 0)
        return self._codes(filled.to_numpy(), missing)

    def _from_written_text(self, part: pl.Series) -> NDArray[Any]:
        """Dates as text: those of one usual length all at once."""
        views = _views_of(part)
        inside = views is not None and views.are_inside
        return self._seen.dates(
            views if views is not None and inside else _side_by_side(part, part.str.len_bytes()),
            self._others(part),
        )

    def _others(self, part: pl.Series) -> Callable[[NDArray[np.intp]], NDArray[Any]]:
        """What gives the codes of some rows of texts that are looked at one by one."""
        return lambda rows: self._listed(part.gather(rows).to_list())

    def _from_text(self, part: pl.Series) -> NDArray[Any]:
        assert self._categories is not None
        views = _views_of(part)
        if views is not None:
            found = self._seen.in_views(views)
            if found is not None:
                return found
        words = self._words
        if words is not None:
            few = self._from_few_words(part, words)
            if few is not None:
                return few
            self._words = None
        if views is None and len(part):
            texts = _side_by_side(part, part.str.len_bytes())
            codes = self._seen.of_short(texts, self._others(part))
            if codes is not None:
                return codes
        return self._from_categories(part.cast(self._categories.dtype))

    def _from_few_words(self, part: pl.Series, known: dict[str, int]) -> NDArray[np.int8] | None:
        """Codes of texts, compared with one word after the other; None where these are too many."""
        if not known and part.head(SAMPLE).n_unique() > MOST:
            return None
        missing = part.null_count()
        left = len(part) - missing
        codes = np.zeros(len(part), np.int8)
        done = np.zeros(len(part), np.bool_)
        if missing:
            done = part.is_null().to_numpy()
            codes -= done  # the code of what is missing is -1
        words = list(known)
        for tried in range(MOST):
            if not left:
                break
            if tried == len(words):
                words.append(part[int(done.argmin())])
                known[words[-1]] = self._seen[words[-1]]
            same = part == words[tried]
            here = (same.fill_null(value=False) if missing else same).to_numpy()
            codes += here.view(np.int8) * np.int8(known[words[tried]])
            done = done | here
            left -= int(np.count_nonzero(here))
        return None if left else codes

    def _from_objects(self, part: pl.Series) -> NDArray[Any]:
        return self._codes(np.array([*part, None], dtype=object)[:-1], None)

    def _from_categories(self, part: pl.Series) -> NDArray[Any]:
        """Look the categories up; those not met before are parsed first."""
        physical = part.to_physical()
        missing = physical.is_null().to_numpy() if physical.null_count() else None
        places = (physical if missing is None else physical.fill_null(0)).to_numpy()
        table = self._table
        if len(places) and int(places.max()) >= len(table):
            table = self._learn(part, places, missing)
        codes = _look_up(table, places, missing)
        if (codes == _UNREAD).any():
            codes = _look_up(self._learn(part, places, missing), places, missing)
        return codes

    def _learn(self, part: pl.Series, places: NDArray[Any], missing: Any) -> NDArray[Any]:
        """The table with the categories of these rows in it."""
        there = np.arange(len(places)) if missing is None else np.flatnonzero(~missing)
        known, first = np.unique(places[there], return_index=True)
        words = part.gather(there[first]).cast(pl.String).to_list()
        with self._lock:
            table = np.full(
                max(len(self._table), int(places.max()) + 1), _UNREAD, self._table.dtype
            )
            table[: len(self._table)] = self._table
            table[known] = [self._seen[word] for word in words]
            self._table = table
        return table


def _in_its_zone(part: pl.Series, kind: pl.Datetime) -> pl.Series:
    """Days and times as they are in their zone, without it.

    Polars panics at a day far beyond the calendar, such as DuckDB's infinity. Here it is cut off at
    a thousand years before and after 1970, which is out of range too. Nanoseconds reach less far.
    """
    if kind.time_zone and kind.time_unit != "ns":
        most = _THOUSAND_YEARS * {"ms": 10**3, "us": 10**6}[kind.time_unit]
        part = part.to_physical().clip(-most, most).cast(kind)
    return part.dt.replace_time_zone(None)


def _views_of(part: pl.Series) -> TextViews | None:
    """Texts where they lie in memory; None where these are not shown, or there are none."""
    array = exported(part.rechunk())
    if array is None:
        return None
    from riskbands.cohorts.arrowreader import views_of

    return views_of(array)


def _side_by_side(part: pl.Series, lengths: pl.Series) -> SideBySide:
    known = lengths.fill_null(0) if lengths.null_count() else lengths
    data = np.frombuffer(part.str.join("").item().encode(), np.uint8)
    return SideBySide(known.to_numpy().astype(np.int64), data)


def numbers_of_text(series: pl.Series, start: int, stop: int) -> tuple[Any, Any, Any]:
    """The numbers of some rows of text, which of them are not known yet, and their texts.

    Polars gives the double nearest to what is written, as Python does.
    """
    part = series.slice(start, stop - start)
    views = _views_of(part)
    if views is not None and views.are_inside:
        found, odd = decimals_of(views.lengths, views.character)
    else:
        found = part.cast(pl.Float64, strict=False).to_numpy()
        odd = ~np.isfinite(found)
        if odd.any():
            odd &= part.str.len_bytes().fill_null(0).to_numpy() > 0
    return found, odd, lambda rows: part.gather(rows).to_list()


def _look_up(table: NDArray[Any], places: NDArray[Any], missing: Any) -> NDArray[Any]:
    codes: NDArray[Any] = table.take(places)
    if missing is not None:
        codes[missing] = ColumnReader.MISSING
    return codes


def _categories() -> pl.Series | None:
    """A series of categories that no other column shares; None where Polars has no such thing.

    While it exists, the places of its categories do not change.
    """
    categories = getattr(pl, "Categories", None)
    if categories is None:
        return None
    return pl.Series([""]).cast(pl.Categorical(categories.random()))


def polars_type(output: Output) -> Any:
    """The Polars type of a column of scores."""
    if output.is_text:
        return pl.String()
    if output.is_coded:
        return pl.Enum(output.labels)
    return {
        "int16": pl.Int16(),
        "uint8": pl.UInt8(),
        "float64": pl.Float64(),
        "bool": pl.Boolean(),
    }[output.dtype.name]


def _series(column: ScoreColumn) -> pl.Series:
    output, kind = column.output, polars_type(column.output)
    if output.is_text:
        return pl.Series(output.name, column.texts, kind).gather(column.data)
    if output.is_coded:
        codes = column.label_codes()
        places = np.where(codes < 0, len(output.labels), codes).astype(np.uint32)
        return pl.Series(output.name, [*output.labels, None], kind).gather(places)
    series = pl.Series(output.name, column.data, kind)
    assert column.mask is not None
    if not column.mask.any():
        return series
    there = pl.Series("there", ~column.mask)
    return pl.select(pl.when(there).then(series).alias(output.name)).to_series()
