"""Texts that are read where they lie mean what each of them means, in Arrow and in Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands.cohorts.arrowreader import ArrowReader, views_of
from riskbands.cohorts.frames import _polars
from riskbands.cohorts.frames._exported import exported
from riskbands.cohorts.frames._polars import PolarsReader
from riskbands.cohorts.seen import code_of
from riskbands.cohorts.textviews import MOST_BYTES, TextViews
from riskbands.vocabulary.fields import Field, Kind, field

if TYPE_CHECKING:
    from riskbands.cohorts.columns import ColumnReader

LONG = Field("word", Kind.ENUM, values=("low", "not_applicable", "quite_a_long_answer", "yes"))
FIELDS = [LONG, field("sex"), field("weapon"), field("impulsivity"), field("sanctions")]
FIELDS += [field("offence_code"), field("date_of_birth")]
WORDS = [
    None, "", "0", "1", "2", "10", "300", "low", "male", "female", "not_applicable", "00801",
    "not_applicablf", "not-applicable", "quite_a_long_answer", "quite_a_long_answer_", "yes", "é",
    "1990-05-01", "1990-05-01T10:00:00", "1990-02-30", "0\0", "\0", "low\0", "x" * 21,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=14), min_size=1, max_size=24)
shown = pytest.mark.skipif(
    exported(pl.Series(["text"])) is None, reason="this Polars does not show its texts"
)


def views_of_arrow(texts: list[str | None], first: int) -> TextViews:
    views = views_of(pa.array(texts, pa.string_view())[first:])
    assert views is not None
    return views


def views_of_polars(texts: list[str | None], first: int) -> TextViews:
    views = views_of(exported(pl.Series(texts, dtype=pl.String)[first:].rechunk()))
    assert views is not None
    return views


MAKERS = [
    pytest.param(
        views_of_arrow,
        marks=pytest.mark.skipif(not hasattr(pa, "string_view"), reason="this Arrow has no views"),
    ),
    pytest.param(views_of_polars, marks=shown),
]


@pytest.mark.parametrize("make", MAKERS)
@given(texts=TEXTS, first=st.integers(0, 9))
def test_a_view_has_its_text(make: Any, texts: list[str | None], first: int) -> None:
    first = min(first, len(texts) - 1)
    views, raw = make(texts, first), [(t or "").encode() for t in texts[first:]]
    assert [views.text(place) for place in range(len(raw))] == raw
    assert views.lengths.tolist() == list(map(len, raw))
    keys = views.keys()
    assert (keys is None) == (max(map(len, raw)) > MOST_BYTES)
    if keys is not None:
        rows = list(zip(*(key.tolist() for key in keys), strict=True))
        same = [(a == b, one == other) for a, one in zip(rows, raw, strict=True)
                for b, other in zip(rows, raw, strict=True)]  # fmt: skip
        assert all(equal == really for equal, really in same)
    if views.are_inside:
        wide = max(map(len, raw))
        columns = [views.character(place).tolist() for place in range(wide)]
        assert list(zip(*columns, strict=True)) == [
            tuple(t.ljust(wide, b"\0")) for t in raw if wide
        ]
    short = views.short() if views.most <= 2 else None
    if short is not None:
        assert [int(n).to_bytes(2, "little").rstrip(b"\0") for n in short] == raw


@pytest.mark.parametrize("f", FIELDS, ids=lambda f: f.name)
@pytest.mark.parametrize("without_views", [False, True])
@given(texts=TEXTS, first=st.integers(0, 9))
@example(texts=["low", "not_applicable", None, "quite_a_long_answer"] * 3, first=1)
@example(texts=["1990-05-01", None, "1990-02-30", "soon"], first=0)
def test_a_column_means_what_each_of_its_texts_means(
    f: Field, without_views: bool, texts: list[str | None], first: int
) -> None:
    first = min(first, len(texts))
    expected = [code_of(f, text) for text in texts]
    kinds = ["string", "large_string", *(["string_view"] if hasattr(pa, "string_view") else [])]
    readers: list[ColumnReader] = [
        ArrowReader(f, pa.array(texts, getattr(pa, kind)())) for kind in kinds
    ]
    with pytest.MonkeyPatch.context() as patch:
        if without_views:
            patch.setattr(_polars, "exported", lambda series: None)
        readers.append(PolarsReader(f, pl.Series(texts, dtype=pl.String)))
        for reader in readers:
            assert reader.codes(first, len(texts)).tolist() == expected[first:]
            assert reader.codes(0, len(texts)).tolist() == expected  # some words are known now


@shown
def test_an_array_that_is_read_outlives_its_series() -> None:
    texts: list[str | None] = [f"a text that is long, number {n}" for n in range(2_000)]
    views = views_of_polars(texts, 0)
    pl.Series([f"another one in its place, {n}" for n in range(2_000)])
    assert [views.text(n).decode() for n in range(2_000)] == texts


def test_only_texts_are_shown() -> None:
    assert exported(pl.Series([], dtype=pl.String)) is None
    assert exported(pl.Series([1, 2])) is None
