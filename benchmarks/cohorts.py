"""Whole cohorts from raw columns: against Polars, families at once, dirty rows."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks.data import dirty, everything, raw
from benchmarks.harness import (
    Options,
    Result,
    Skipped,
    faster,
    library,
    medians,
    same_percents,
    skipped,
)
from benchmarks.kernel import _polars_band, _polars_percent, polars_linear
from benchmarks.ogrs3_plain import codes, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

GROUP = "OGRS3 from dates, sex as text and offence codes, in Arrow"
FAMILIES = "Whole families, all columns"
DIRTY = "A dirty cohort"
FAMILY_2025 = ("ogrs3", "ogp", "ovp", "snsv", "osp_dc", "osp_iic", "rsr")
FAMILY_2026 = ("arp", "vrp", "svrp", "dc_srp", "iic_srp", "csrp")
#: People a second of the deployed service's calculators on such a machine, one core.
SERVICE = 5_000


def arrow_table(columns: Mapping[str, Any]) -> Any:
    """The columns in Arrow: date32, text, integers."""
    pa = library("pyarrow")
    return pa.table({k: pa.array(v) for k, v in columns.items()})


def ours_in_arrow(table: Any, threads: int) -> Any:
    """The library on an Arrow table.

    The data frame layer is used where there is one; else the table is taken apart by hand.
    """
    if importlib.util.find_spec("riskbands.cohorts.frames") is not None:
        return rb.score_cohort(table, ["ogrs3"], threads=threads)
    from riskbands.cohorts.columns import DictionaryColumn

    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if "string" in str(column.type):
            coded = column.dictionary_encode()
            columns[name] = DictionaryColumn(coded.indices.to_numpy(), coded.dictionary.to_pylist())
        else:
            columns[name] = column.to_numpy(zero_copy_only=False)
    return rb.score_cohort(columns, ["ogrs3"], threads=threads)


def _completed(pl: Any, earlier: Any, later: Any) -> Any:
    before = (later.dt.month() < earlier.dt.month()) | (
        (later.dt.month() == earlier.dt.month()) & (later.dt.day() < earlier.dt.day())
    )
    return later.dt.year() - earlier.dt.year() - before.cast(pl.Int32)


def polars_from_raw(frame: Any) -> Any:
    """The same percents of both horizons and the band, in Polars expressions."""
    pl = library("polars")
    c, n = pl.col, numbers()
    position = {g: i for i, g in enumerate(n.groups)}
    group_of = {code: position[group] for code, group in codes().items()}
    return (
        frame.lazy()
        .select(
            "sex",
            "sanctions",
            age=_completed(pl, c("date_of_birth"), c("follow_up_date")),
            career=_completed(pl, c("date_of_birth"), c("conviction_date"))
            - c("first_sanction_age"),
            group=c("offence_code").replace_strict(group_of, return_dtype=pl.Int8),
        )
        .select(
            linear=polars_linear(
                pl, c("age"), c("sex") == "female", c("group"), c("sanctions"), c("career")
            )
        )
        .select(
            p1=1.0 / (1.0 + (n.intercept["2yr"] - n.intercept["1yr"] - c("linear")).exp()),
            p2=1.0 / (1.0 + (-c("linear")).exp()),
        )
        .select(
            "p2",
            ogrs3_1yr=_polars_percent(pl, c("p1")),
            ogrs3_2yr=_polars_percent(pl, c("p2")),
        )
        .with_columns(ogrs3_band=_polars_band(pl, c("ogrs3_2yr")))
        .collect()
    )


def _column(found: Any, name: str) -> Any:
    column = found[name]
    if hasattr(column, "combine_chunks"):
        column = column.to_numpy()
    return np.asarray(column)


def verify_arrow(rows: int = 20_000, threads: int = 2) -> None:
    """Both must give the same percents.

    Raises:
        Skipped: Polars or pyarrow is missing.
    """
    table = arrow_table(raw(rows))
    frame = library("polars").from_arrow(table)
    mine, theirs = ours_in_arrow(table, threads), polars_from_raw(frame)
    p = theirs["p2"].to_numpy()
    same_percents(_column(mine, "ogrs3_2yr"), theirs["ogrs3_2yr"].to_numpy(), p)


def measure_arrow(o: Options) -> Iterator[Result]:
    """OGRS3 from Arrow."""
    label = f"the same in Polars expressions, {o.threads} threads each"
    work = "percents of one and two years, band"
    try:
        verify_arrow(threads=o.threads)
        table = arrow_table(raw(o.cohort_rows))
        frame = library("polars").from_arrow(table)
    except Skipped as reason:
        yield skipped(GROUP, work, label, 2.0, str(reason))
        return
    seconds = medians(
        {
            "ours": lambda: ours_in_arrow(table, o.threads),
            "polars": lambda: polars_from_raw(frame),
        },
        o.repetitions,
    )
    n = o.cohort_rows
    note = "ours names each row's issues too"
    yield faster(GROUP, work, label, (seconds["ours"], n), (seconds["polars"], n), 2.0, note)


def verify_families(rows: int = 2_000) -> None:
    """Everybody is scored, and the family at once gives what its members give alone."""
    columns = everything(rows)
    for family in (FAMILY_2025, FAMILY_2026):
        together = rb.score_cohort(columns, family)
        for name in family:
            assert not (together[f"{name}_issues"] != "").any(), name
            for column, values in rb.score_cohort(columns, [name]).items():
                assert str(values) == str(together[column]), column
    kinds = rb.score_cohort(columns, FAMILY_2026)["csrp_type"]
    assert (kinds == "extended").all()


def measure_families(o: Options) -> Iterator[Result]:
    """The families of 2025 and 2026."""
    verify_families()
    rows = o.cohort_rows // 2
    columns = everything(rows)

    def one_by_one() -> None:
        for name in FAMILY_2025:
            rb.score_cohort(columns, [name], threads=o.threads)

    forms: dict[str, Any] = {"text in object arrays": columns}
    if importlib.util.find_spec("pyarrow") is not None:
        forms["Arrow"] = arrow_table(columns)
    seconds = medians(
        {
            form: partial(rb.score_cohort, data, FAMILY_2026, threads=1)
            for form, data in forms.items()
        },
        o.repetitions,
    )
    seconds |= medians(
        {
            "2025": lambda: rb.score_cohort(columns, FAMILY_2025, threads=o.threads),
            "one by one": one_by_one,
        },
        o.repetitions,
    )
    yield faster(
        FAMILIES,
        f"family of 2025, {o.threads} threads",
        "its predictors one by one",
        (seconds["2025"], rows),
        (seconds["one by one"], rows),
        1.5,
    )
    for form in forms:
        people = rows / seconds[form]
        yield Result(
            FAMILIES,
            f"family of 2026, extended, from {form}, one thread",
            "the deployed service's calculators",
            people,
            SERVICE,
            "people/s",
            people / SERVICE,
            400.0,
            rows=rows,
            note=f"{SERVICE:,} a second is a figure given, not measured in this run",
        )


def verify_dirty(rows: int = 20_000) -> None:
    """About a tenth of the rows have issues, the others none."""
    columns = raw(rows)
    assert not (rb.score_cohort(columns, ["ogrs3"])["ogrs3_issues"] != "").any()
    share = (rb.score_cohort(dirty(columns), ["ogrs3"])["ogrs3_issues"] != "").mean()
    assert 0.08 < share < 0.12, share


def measure_dirty(o: Options) -> Iterator[Result]:
    """A tenth of the rows spoiled."""
    verify_dirty()
    clean = raw(o.cohort_rows)
    spoiled = dirty(clean)
    calls: dict[str, Callable[[], object]] = {
        "clean": lambda: rb.score_cohort(clean, ["ogrs3"], threads=o.threads),
        "dirty": lambda: rb.score_cohort(spoiled, ["ogrs3"], threads=o.threads),
    }
    seconds = {k: s / o.cohort_rows * 1e9 for k, s in medians(calls, o.repetitions).items()}
    yield Result(
        DIRTY,
        "OGRS3 from object and date columns, 10 % bad rows",
        "the same, all rows good",
        seconds["dirty"],
        seconds["clean"],
        "ns/row",
        seconds["dirty"] / seconds["clean"],
        1.5,
        at_most=True,
        rows=o.cohort_rows,
        note="ratio: how many times slower",
    )
