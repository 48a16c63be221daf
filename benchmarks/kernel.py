"""OGRS3 from compact integer columns to probability, percent and band: ours and six others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks import native
from benchmarks.data import compact
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
from benchmarks.ogrs3_plain import BAND_EDGES, joint_tables, numbers, plain_numpy, row_wise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from riskbands.instruments.score_features import FeatureScores

    Columns = Mapping[str, NDArray[Any]]

GROUP = "OGRS3 from compact columns"
WORK = "probability, percent and band"
OVER = "the same, written over earlier scores"
WHEN_THEN, GATHER = "Polars when-then", "Polars gather from joint tables"
#: Goals that nothing but a compiled loop could reach, by what they were beside.
RETIRED = {WHEN_THEN: 6.0, GATHER: 2.5}


def ours(
    x: Columns, threads: int, out: FeatureScores | None = None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The library, one horizon."""
    found = rb.ogrs3.score_features(x, horizons=("2yr",), threads=threads, out=out)
    assert found.band is not None
    return found.probability["2yr"], found.percent["2yr"], found.band.codes


def check(x: Columns, theirs: tuple[Any, ...]) -> None:
    """Refuse a comparison with other results than ours."""
    p, percent, band = ours(x, 1)
    other_p, other_percent, other_band = (np.asarray(a) for a in theirs)
    np.testing.assert_allclose(other_p, p, rtol=1e-12)
    same_percents(percent, other_percent, p)
    same = percent == other_percent
    np.testing.assert_array_equal(band[same], other_band[same])


# ----------------------------------------------------------------------------------- Polars, DuckDB


def polars_frame(x: Columns) -> Any:
    """The columns as a Polars frame."""
    return library("polars").DataFrame(dict(x))


def _polars_percent(pl: Any, p: Any) -> Any:
    five = (p * 1e5 + 0.5).floor() / 1e5
    return (five * 100.0 + 0.5).floor().clip(1, 99).cast(pl.UInt8)


def _polars_band(pl: Any, percent: Any) -> Any:
    medium, high, very_high = BAND_EDGES
    chain = pl.when(percent < medium).then(0).when(percent < high).then(1)
    return chain.when(percent < very_high).then(2).otherwise(3).cast(pl.Int8)


def polars_linear(pl: Any, age: Any, female: Any, group: Any, count: Any, career: Any) -> Any:
    """The linear predictor of two years as when-then chains."""
    n = numbers()

    def by_age(weights: NDArray[np.float64]) -> Any:
        chain = pl.when(age < int(n.ages[1])).then(float(weights[0]))
        for limit, weight in zip(n.ages[2:], weights[1:], strict=False):
            chain = chain.when(age < int(limit)).then(float(weight))
        return chain.otherwise(float(weights[-1]))

    offence = pl.when(group == 0).then(float(n.offences[0]))
    for code, weight in enumerate(n.offences[1:-1], start=1):
        offence = offence.when(group == code).then(float(weight))
    offence = offence.otherwise(float(n.offences[-1]))
    return (
        n.intercept["2yr"]
        + pl.when(female).then(by_age(n.female)).otherwise(by_age(n.male))
        + offence
        + pl.when(count == 1).then(n.first).otherwise(n.repeat)
        + n.copas * (count.cast(pl.Float64) / (n.years + career.cast(pl.Float64))).log()
    )


def polars_when_then(frame: Any) -> Any:
    """Expressions as one writes them."""
    pl = library("polars")
    c = pl.col
    linear = polars_linear(
        pl,
        c("age_at_follow_up"),
        c("sex") == 1,
        c("offence_group"),
        c("sanctions"),
        c("career_years"),
    )
    return (
        frame.lazy()
        .select(p=1.0 / (1.0 + (-linear).exp()))
        .with_columns(percent=_polars_percent(pl, c("p")))
        .with_columns(band=_polars_band(pl, c("percent")))
        .collect()
    )


def polars_gather(frame: Any) -> Any:
    """Its best form: gathers from the same joint tables."""
    pl = library("polars")
    first, second, percents = (pl.lit(pl.Series(t)) for t in joint_tables())
    c = pl.col
    i = (
        c("sex").cast(pl.UInt32) * 2000
        + (c("age_at_follow_up").cast(pl.UInt32) - 10) * 20
        + c("offence_group").cast(pl.UInt32)
    )
    j = (c("sanctions").cast(pl.UInt32) - 1) * 110 + c("career_years").cast(pl.UInt32)
    odds = first.gather(i) * second.gather(j)
    return (
        frame.lazy()
        .select(odds=odds)
        .select(p=c("odds") / (1.0 + c("odds")))
        .with_columns(percent=percents.gather((c("p") * 1e5 + 0.5).cast(pl.UInt32)))
        .with_columns(band=_polars_band(pl, c("percent")))
        .collect()
    )


def columns_of(frame: Any) -> tuple[Any, ...]:
    """Probability, percent and band of a result frame."""
    return tuple(frame[name].to_numpy() for name in ("p", "percent", "band"))


def duckdb_table(x: Columns, threads: int) -> Any:
    """A connection with the columns in a table of its own."""
    arrow = library("pyarrow").table(dict(x))
    con = library("duckdb").connect()
    con.execute(f"SET threads = {threads}")
    con.register("given", arrow)
    con.execute("CREATE TABLE cohort AS SELECT * FROM given")
    return con


def duckdb_case(con: Any) -> Any:
    """CASE expressions in SQL."""
    n = numbers()

    def by_age(weights: NDArray[np.float64]) -> str:
        limits = zip(n.ages[1:], weights, strict=False)
        whens = " ".join(f"WHEN age_at_follow_up < {a} THEN {w!r}::DOUBLE" for a, w in limits)
        return f"CASE {whens} ELSE {weights[-1]!r}::DOUBLE END".replace("np.float64", "")

    groups = " ".join(f"WHEN {i} THEN {float(w)!r}::DOUBLE" for i, w in enumerate(n.offences))
    medium, high, very_high = BAND_EDGES
    return con.execute(
        f"""
        WITH l AS (SELECT {n.intercept["2yr"]!r}::DOUBLE
            + CASE WHEN sex = 1 THEN {by_age(n.female)} ELSE {by_age(n.male)} END
            + CASE offence_group {groups} END
            + CASE WHEN sanctions = 1 THEN {n.first!r}::DOUBLE ELSE {n.repeat!r}::DOUBLE END
            + {n.copas!r}::DOUBLE * ln(sanctions::DOUBLE / ({n.years!r}::DOUBLE + career_years))
            AS linear FROM cohort),
        q AS (SELECT 1 / (1 + exp(-linear)) AS p FROM l),
        r AS (SELECT p, greatest(1, least(99,
            floor(floor(p * 1e5 + 0.5) / 1e5 * 100 + 0.5)))::UTINYINT AS percent FROM q)
        SELECT p, percent, (CASE WHEN percent < {medium} THEN 0 WHEN percent < {high} THEN 1
            WHEN percent < {very_high} THEN 2 ELSE 3 END)::TINYINT AS band FROM r
        """
    ).fetchnumpy()


# ---------------------------------------------------------------------------- scikit-learn, pandas


def sklearn_model() -> tuple[Any, Any]:
    """An encoder and a LogisticRegression with the published numbers as its coefficients."""
    n = numbers()
    one_hot = library("sklearn.preprocessing").OneHotEncoder
    model = library("sklearn.linear_model").LogisticRegression()
    encoder = one_hot(
        categories=[list(range(2 * len(n.ages))), list(range(len(n.groups))), [0, 1]],
        dtype=np.float64,
    )
    encoder.fit(np.array([[0, 0, 0]]))
    weights = np.concatenate([n.male, n.female, n.offences, [n.repeat, n.first], [n.copas]])
    model.classes_ = np.array([0, 1])
    model.coef_ = weights[None, :]
    model.intercept_ = np.array([n.intercept["2yr"]])
    return encoder, model


def sklearn_scores(x: Columns, fitted: tuple[Any, Any]) -> tuple[Any, ...]:
    """Encoding, ``predict_proba``, percent and band."""
    sparse = library("scipy.sparse")
    encoder, model = fitted
    n = numbers()
    band = np.searchsorted(n.ages, x["age_at_follow_up"], side="right") - 1
    category = band + len(n.ages) * x["sex"]
    encoded = encoder.transform(
        np.column_stack([category, x["offence_group"], x["sanctions"] == 1])
    )
    rate = np.log(x["sanctions"] / (n.years + x["career_years"]))
    p = model.predict_proba(sparse.hstack([encoded, rate[:, None]], format="csr"))[:, 1]
    percent = np.clip(np.floor(np.floor(p * 1e5 + 0.5) / 1e5 * 100.0 + 0.5), 1, 99)
    percent = percent.astype(np.uint8)
    return p, percent, np.searchsorted(BAND_EDGES, percent, side="right").astype(np.int8)


def pandas_apply(frame: Any) -> Any:
    """Row by row."""
    return frame.apply(row_wise, axis=1)


# -------------------------------------------------------------------------------------- the lines


def head(x: Columns, rows: int) -> Columns:
    """The first rows."""
    return {k: v[:rows] for k, v in x.items()}


def contenders(x: Columns, rows: int, sample: int, threads: int) -> dict[str, Any]:
    """Each comparison: a call, or the text that says why it cannot be made; with its rows."""
    small = head(x, min(rows, sample))
    middle = head(x, min(rows, 50 * sample))

    def with_polars(how: Callable[[Any], Any]) -> Callable[[], Any]:
        frame = polars_frame(x)
        return lambda: how(frame)

    def with_c(threads: int) -> Callable[[], Any]:
        native.fused(small)
        return lambda: native.fused(x, threads)

    def with_duckdb() -> Callable[[], Any]:
        con = duckdb_table(x, threads)
        return lambda: duckdb_case(con)

    def with_sklearn() -> Callable[[], Any]:
        fitted = sklearn_model()
        return lambda: sklearn_scores(middle, fitted)

    def with_pandas() -> Callable[[], Any]:
        frame = library("pandas").DataFrame(dict(small))
        return lambda: pandas_apply(frame)

    made: dict[str, tuple[Callable[[], Callable[[], Any]], int]] = {
        "numpy": (lambda: lambda: plain_numpy(x), rows),
        "c": (lambda: with_c(1), rows),
        "c threads": (lambda: with_c(threads), rows),
        "polars": (lambda: with_polars(polars_when_then), rows),
        "polars gather": (lambda: with_polars(polars_gather), rows),
        "duckdb": (with_duckdb, rows),
        "sklearn": (with_sklearn, len(middle["sex"])),
        "pandas": (with_pandas, len(small["sex"])),
    }
    found: dict[str, Any] = {}
    for name, (make, size) in made.items():
        try:
            found[name] = (make(), size)
        except Skipped as reason:
            found[name] = str(reason)
    return found


def results_of(name: str, result: Any) -> tuple[Any, ...] | None:
    """Probability, percent and band of what a comparison returned; None for percents alone."""
    if name.startswith("polars"):
        return columns_of(result)
    if name == "duckdb":
        return result["p"], result["percent"], result["band"]
    return None if name == "pandas" else result


def verify(rows: int = 20_000, threads: int = 2) -> dict[str, str]:
    """Check every comparison on a sample; returns why those that were left out were."""
    x = compact(rows, seed=9)
    left_out = {}
    for name, made in contenders(x, rows, min(rows, 2_000), threads).items():
        if isinstance(made, str):
            left_out[name] = made
            continue
        run, size = made
        here, result = head(x, size), run()
        found = results_of(name, result)
        if found is None:
            p, percent, _ = ours(here, 1)
            same_percents(percent, np.asarray(result), p)
        else:
            check(here, found)
    return left_out


def measure(o: Options) -> Iterator[Result]:
    """The lines of the table."""
    verify(threads=o.threads)
    x = compact(o.rows)
    many = f"{o.threads} threads each"
    made = contenders(x, o.rows, o.sample, o.threads)
    kept = rb.ogrs3.score_features(x, horizons=("2yr",))
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(x, 1),
        "ours threads": lambda: ours(x, o.threads),
        "over": lambda: ours(x, 1, kept),
        "over threads": lambda: ours(x, o.threads, kept),
    }
    calls |= {k: v[0] for k, v in made.items() if not isinstance(v, str)}
    seconds = medians(calls, o.repetitions)
    lines: tuple[tuple[str, str, str, float | None], ...] = (
        ("numpy", "straightforward NumPy, one thread each", "ours", 6.0),
        ("c", "fused C loop over joint tables, one thread each", "ours", 0.4),
        ("c threads", f"fused C loop, {many}", "ours threads", 0.35),
        ("polars", f"{WHEN_THEN}, {many}", "ours threads", None),
        ("polars gather", f"{GATHER}, {many}", "ours threads", None),
        ("duckdb", f"DuckDB CASE, {many}", "ours threads", 8.0),
        ("sklearn", f"scikit-learn encoding and predict_proba, {many}", "ours threads", 60.0),
        ("pandas", f"pandas row-wise apply, {o.threads} threads for us", "ours threads", 3000.0),
    )
    for name, label, mine, goal in lines:
        if isinstance(made[name], str):
            yield skipped(GROUP, WORK, label, goal, made[name])
        else:
            theirs = (seconds[name], made[name][1])
            yield faster(GROUP, WORK, label, (seconds[mine], o.rows), theirs, goal)
    together = f"{o.threads} threads"
    pairs: tuple[tuple[str, str, str, str, float | None], ...] = (
        (f"{WORK}, {together}", "ours threads", "ours, one thread", "ours", 1.5),
        (f"{OVER}, one thread", "over", "ours in new arrays", "ours", None),
        (f"{OVER}, {together}", "over threads", "ours in new arrays", "ours threads", None),
        (f"{OVER}, {together}", "over threads", "ours likewise, one thread", "over", None),
    )
    for work, mine, comparison, other, least in pairs:
        found = (seconds[mine], o.rows), (seconds[other], o.rows)
        yield faster(GROUP, work, comparison, *found, least)
