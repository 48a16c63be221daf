"""Everything as text: OGRS3 from wide and narrow tables of text, beside Polars expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks.cohorts import _completed
from benchmarks.data import everything, raw
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
    from collections.abc import Iterator, Mapping

GROUP = "OGRS3 from text"
WIDE = "A wide table of text, in Arrow"
#: What OGRS3 reads.
FIELDS = (
    "sex", "date_of_birth", "conviction_date", "follow_up_date", "offence_code", "sanctions",
    "first_sanction_age",
)  # fmt: skip
#: Predictors that need no table of the caller's.
ALL = (
    "ogrs3", "ogp", "ovp", "snsv", "osp_dc", "osp_iic", "rsr", "ogrs4g", "ogrs4v", "arp", "vrp",
    "svrp", "dc_srp", "iic_srp", "csrp",
)  # fmt: skip


def as_text(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns with every cell a text, in object arrays."""

    def text(values: Any) -> Any:
        array = np.asarray(values)
        if array.dtype == object:
            return array
        if array.dtype.kind == "b":
            array = array.astype(np.int8)
        return array.astype(str).astype(object)

    return {name: text(values) for name, values in columns.items()}


def arrow_of(columns: Mapping[str, Any]) -> Any:
    """An Arrow table of texts."""
    pa = library("pyarrow")
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def polars_from_text(frame: Any) -> Any:
    """The same percents of both horizons and the band in Polars, from text read leniently."""
    pl = library("polars")
    c, n = pl.col, numbers()
    position = {g: i for i, g in enumerate(n.groups)}
    group_of = {code: position[group] for code, group in codes().items()}

    def day(name: str) -> Any:
        return c(name).str.strip_chars().str.to_date("%Y-%m-%d", strict=False).alias(name)

    def whole(name: str) -> Any:
        return c(name).str.strip_chars().cast(pl.Int32, strict=False).alias(name)

    return (
        frame.lazy()
        .select(
            c("sex").str.strip_chars().str.to_lowercase().alias("sex"),
            day("date_of_birth"),
            day("conviction_date"),
            day("follow_up_date"),
            c("offence_code").str.strip_chars().alias("offence_code"),
            whole("sanctions"),
            whole("first_sanction_age"),
        )
        .select(
            "sex",
            "sanctions",
            age=_completed(pl, c("date_of_birth"), c("follow_up_date")),
            career=_completed(pl, c("date_of_birth"), c("conviction_date"))
            - c("first_sanction_age"),
            group=c("offence_code").replace_strict(group_of, default=None, return_dtype=pl.Int8),
        )
        .select(
            linear=polars_linear(
                pl,
                c("age"),
                c("sex").is_in(["female", "f"]),
                c("group"),
                c("sanctions"),
                c("career"),
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


def verify_text(rows: int = 20_000) -> None:
    """Every form of the same text gives the same percents, and Polars gives them too."""
    typed = raw(rows)
    texts = as_text(typed)
    expected = rb.score_cohort(typed, ["ogrs3"])["ogrs3_2yr"]
    table = arrow_of(texts)
    frame = library("polars").from_arrow(table)
    assert np.array_equal(rb.score_cohort(texts, ["ogrs3"])["ogrs3_2yr"], expected)
    for data in (table, frame):
        assert np.array_equal(rb.score_cohort(data, ["ogrs3"])["ogrs3_2yr"].to_numpy(), expected)
    theirs = polars_from_text(frame)
    same_percents(expected, theirs["ogrs3_2yr"].to_numpy(), theirs["p2"].to_numpy())


def measure_text(o: Options) -> Iterator[Result]:
    """OGRS3 from seven columns of text, in each library."""
    work = "percents of one and two years, band, from"
    try:
        verify_text()
        typed = raw(o.cohort_rows)
        texts = as_text(typed)
        table = arrow_of(texts)
        frame = library("polars").from_arrow(table)
    except Skipped as reason:
        yield skipped(GROUP, f"{work} Arrow", "the same in Polars expressions", 2.5, str(reason))
        return
    days = {n: v.tolist() if v.dtype.kind == "M" else v for n, v in typed.items()}
    dates = {n: np.array(v, dtype=object) for n, v in days.items()}
    seconds = medians(
        {
            "Arrow": lambda: rb.score_cohort(table, ["ogrs3"], threads=o.threads),
            "Polars": lambda: rb.score_cohort(frame, ["ogrs3"], threads=o.threads),
            "objects": lambda: rb.score_cohort(texts, ["ogrs3"], threads=o.threads),
            "dates": lambda: rb.score_cohort(dates, ["ogrs3"], threads=o.threads),
            "theirs": lambda: polars_from_text(frame),
        },
        o.repetitions,
    )
    n = o.cohort_rows
    label = f"the same in Polars expressions, {o.threads} threads each"
    for form in ("Arrow", "Polars"):
        ours, theirs = (seconds[form], n), (seconds["theirs"], n)
        yield faster(GROUP, f"{work} {form}", label, ours, theirs, 2.5, "ours names issues too")
    for form, what in (
        ("objects", "object arrays of str"),
        ("dates", "object arrays of datetime.date, str and int"),
    ):
        yield Result(
            GROUP,
            f"{work} {what}",
            "from Arrow",
            seconds[form] / n * 1e9,
            seconds["Arrow"] / n * 1e9,
            "ns/row",
            seconds[form] / seconds["Arrow"],
            3.0,
            at_most=True,
            rows=n,
            note="ratio: how many times slower",
        )


def measure_wide(o: Options) -> Iterator[Result]:
    """What is not asked is not read."""
    rows = o.cohort_rows // 2
    try:
        wide = arrow_of(as_text(everything(rows)))
    except Skipped as reason:
        yield skipped(WIDE, "OGRS3 of all columns", "of those it needs", 1.15, str(reason))
        return
    narrow = wide.select(list(FIELDS))
    seconds = medians(
        {
            "wide": lambda: rb.score_cohort(wide, ["ogrs3"], threads=o.threads),
            "narrow": lambda: rb.score_cohort(narrow, ["ogrs3"], threads=o.threads),
            "all": lambda: rb.score_cohort(wide, ALL, threads=o.threads),
        },
        o.repetitions,
    )
    of = f"of {wide.num_columns} columns"
    for work, comparison, one, two, goal in (
        (f"OGRS3 {of}", f"of the {len(FIELDS)} it needs", "wide", "narrow", 1.15),
        (f"{len(ALL)} predictors {of}", "OGRS3 of them", "all", "wide", None),
    ):
        yield Result(
            WIDE,
            f"{work}, {o.threads} threads",
            comparison,
            seconds[one] / rows * 1e9,
            seconds[two] / rows * 1e9,
            "ns/row",
            seconds[one] / seconds[two],
            goal,
            at_most=True,
            rows=rows,
            note="ratio: how many times slower",
        )
