"""Nothing that may be somebody's data is repeated: in no message, repr, note or log."""

from __future__ import annotations

import logging
import traceback
import warnings
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from framecases import tidy
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Markers as data reads: names of people, dates, numbers, free text.
MARKERS = ("Quillfeather Zachary", "1923-07-19", "QX77123", "07700 900461", "threw a bottle at him")
FIELDS = ("sex", "date_of_birth", "sanctions", "offence_code", "case_id")


def said(call: Callable[[], Any]) -> str:
    """Everything that a call says: its error with causes and notes, its warnings and its logs."""
    texts: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: texts.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                call()
            except Exception as error:
                texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
                texts += ["".join(map(str, traceback.format_exception_only(error)))]
                if isinstance(error, rb.InputErrorGroup):
                    texts += [f"{e!r} {e} {e.issue!r}" for e in error.exceptions]
        texts += [str(w.message) for w in caught]
    finally:
        logging.getLogger().removeHandler(handler)
    return "\n".join(texts)


def leaks(text: str, markers: tuple[str, ...] = MARKERS) -> list[str]:
    return [m for m in markers if m.lower() in text.lower()]


KINDS: dict[str, Any] = {
    "mapping": dict,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "arrow": pa.table,
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(MARKERS), min_size=1, max_size=5, unique=True), st.booleans())
def test_of_a_table_without_a_header(kind: str, names: list[str], known: bool) -> None:
    """Its first person stands where the names of columns should."""
    columns: dict[str, Any] = {name: ["x"] for name in names}
    if known:
        columns["sex"] = [MARKERS[0]]
    table = KINDS[kind](columns)
    calls: list[Callable[[], Any]] = [
        lambda: rb.score_cohort(table, ["ogrs3"]),
        lambda: rb.score_cohort(table),
        lambda: rb.score_cohort(table, ["ogrs3"], on_issue="raise"),
        lambda: rb.score_cohort(table, ["ogrs3"], rename={names[0]: "sexx"}),
        lambda: rb.score_cohort(table, ["ogrs3"], rename={names[0]: MARKERS[1]}),
        lambda: rb.score_cohort(table, ["ogrs3"], rename={MARKERS[-1] + "!": "sex"}),
        lambda: rb.score_cohort(table, ["ogrs3"], rename={names[0]: "sex", "sex": "sex"}),
        lambda: rb.score_cohort(table, [names[0]]),
        lambda: rb.score_cohort(table, ["ogrs3"], tables={names[0]: names[0]}),
        lambda: rb.overrides(table, computed=names[0], final=MARKERS[-1] + "?"),
    ]
    for number, call in enumerate(calls):
        assert leaks(said(call)) == [], number
    assert leaks(str(rb.suggest_columns(table)) + repr(rb.suggest_columns(table))) == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FIELDS), st.sampled_from(MARKERS))
def test_of_a_case_turned_inside_out(name: str, marker: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: rb.OASysAssessment.from_dict({marker: name}),
        lambda: rb.OASysAssessment.from_dict({name: marker}),
        lambda: rb.OASysAssessment.from_dict({name: {marker: [marker]}}),
        lambda: rb.ogrs3.score(rb.OASysAssessment.from_dict({name: marker}, on_issue="keep")),
        lambda: rb.ogrs3.score({marker: name}),
        lambda: rb.ogrs3.score({name: marker}),
        lambda: rb.fields.field(marker),
        lambda: rb.band_table(marker),
    ]
    for number, call in enumerate(calls):
        assert leaks(said(call)) == [], number


ODD_COLUMNS: dict[str, Callable[[], Any]] = {
    "polars list of enum": lambda: pl.DataFrame(
        {"sex": pl.Series([[MARKERS[0]]], dtype=pl.List(pl.Enum(list(MARKERS))))}
    ),
    "polars struct": lambda: pl.DataFrame({"sex": [{m: m for m in MARKERS}]}),
    "polars enum": lambda: pl.DataFrame(
        {"sanctions": pl.Series([MARKERS[0]], dtype=pl.Enum(list(MARKERS)))}
    ),
    "arrow struct": lambda: pa.table({"sex": [{m: m for m in MARKERS}]}),
    "arrow list of struct": lambda: pa.table({"sex": [[{m: m for m in MARKERS}]]}),
    "arrow dictionary": lambda: pa.table({"sex": pa.array([MARKERS[0]]).dictionary_encode()}),
    "arrow zone": lambda: pa.table(
        {"date_of_birth": pa.array([0], pa.int64()).cast(pa.timestamp("s", "Quillfeather Zachary"))}
    ),
    "numpy structured": lambda: {"sex": np.zeros(1, dtype=[(m, "U3") for m in MARKERS])},
    "pandas categories": lambda: pd.DataFrame({"sex": pd.Categorical([MARKERS[0]], MARKERS)}),
    "pandas objects": lambda: pd.DataFrame({"sex": [{m: m for m in MARKERS}]}),
    "pandas levels": lambda: pd.DataFrame({("sex", MARKERS[0]): ["male"], ("a", "b"): [1]}),
    "duckdb twice": lambda: duckdb.connect().sql(
        f'SELECT 1 AS "{MARKERS[0]}", 2 AS "{MARKERS[0].upper()} ", 3 AS sex'
    ),
    "duckdb enum": lambda: duckdb.connect().sql(
        f"SELECT ['{MARKERS[0]}'::ENUM('{MARKERS[0]}', '{MARKERS[4]}')] AS sex"
    ),
}


@pytest.mark.parametrize("what", ODD_COLUMNS)
def test_of_types_that_hold_words(what: str) -> None:
    assert leaks(said(lambda: rb.score_cohort(ODD_COLUMNS[what](), ["ogrs3"]))) == []
    assert leaks(said(lambda: rb.score_cohort(ODD_COLUMNS[what](), on_issue="raise"))) == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(tidy())), st.sampled_from(MARKERS), st.sampled_from(sorted(KINDS)))
def test_of_any_value_anywhere(name: str, marker: str, kind: str) -> None:
    columns: dict[str, Any] = {k: [str(v) for v in values[:3]] for k, values in tidy().items()}
    columns[name] = [marker, columns[name][1], marker]
    columns["case_id"] = [marker] * 3
    table = KINDS[kind](columns)
    if kind == "lazy":
        assert leaks(said(lambda: rb.score_cohort(table, on_issue="raise").collect())) == []
        return
    assert leaks(said(lambda: rb.score_cohort(table, on_issue="raise"))) == []
    found = rb.score_cohort(columns, ["ogrs3"])
    assert leaks(repr(found) + str(rb.provenance(found)), (marker,)) == []


def test_of_a_path(tmp_path: Path) -> None:
    path = tmp_path / f"{MARKERS[0]}.parquet"
    assert leaks(said(lambda: rb.provenance(path))) == []
    path.write_text(MARKERS[4])
    assert leaks(said(lambda: rb.provenance(path))) == []
    assert leaks(said(lambda: rb.provenance(str(path)))) == []
