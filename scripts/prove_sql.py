"""What the exactness of the SQL of a score rests on, worked out.

Python multiplies odds and looks the percentage up; SQL adds log-odds and compares them with the
places at which the percentage rises. The two agree where no sum lies so near to such a place that
the rounding of doubles could decide. This script finds out, for each regression,

- by a bound on all roundings, how far the log-odds of Python and of SQL can lie apart;
- the margin that the SQL keeps, within which it says ``undecided``;
- for instruments of whole percents, how near any input at all comes to such a place;
- for instruments of two decimals, how far the places that SQL uses lie from those of Python;
- on synthetic people scored in DuckDB, how far the log-odds do lie apart, and how many rows in a
  million lie within the margin.

Run ``python scripts/prove_sql.py`` to print the table of docs/how-to/sql.md, ``--write`` to put it
there. It needs DuckDB.
"""

from __future__ import annotations

import math
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import duckdb
import numpy as np

from riskbands.cohorts.mapping import read_columns
from riskbands.derivation.derive import Derivation
from riskbands.instruments.regression import Regression
from riskbands.instruments.sql.statement import greatest_difference_of
from riskbands.instruments.sql.sums import margin_of
from riskbands.instruments.sql.thresholds import against_at, rises
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind
from scripts.make_cohort import STYLES, Draw, make_person, written

if TYPE_CHECKING:
    from riskbands.arithmetic.percent import Percent

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "sql.md"
BEGIN, END = "<!-- proof -->", "<!-- end of proof -->"
PEOPLE, SEED = 20_000, 17
#: Rows within this distance of a threshold are counted, to tell how many lie within the margin.
NEAR = 1e-5


def regressions() -> list[Regression]:
    """The regressions with numbers of their own."""
    found = (p for p in by_id.values() if p.unit == Regression.unit and p.has_table)
    return [cast("Regression", p) for p in found]


@cache
def begins(rule: Percent) -> Any:
    """The log-odds at which each percentage but the lowest begins, as the SQL has them."""
    if rule.digits == 0:
        return np.array([log_odds for _, log_odds in rises(rule)])
    k = np.arange(1, rule.highest + 1)
    return np.log((2 * k - 1) / (20_001 - 2 * k))


@cache
def displaced(rule: Percent) -> float:
    """How far the log-odds of SQL lie from those at which Python's percentage rises, at most."""
    exact = [-math.log(against_at(rule, n)) for n in range(rule.lowest + 1, rule.highest + 1)]
    return float(np.abs(begins(rule) - np.array(exact)).max())


@attrs.frozen
class Nearest:
    """The input that comes nearest to a threshold, of all there are.

    Attributes:
        inputs: How many inputs there are, impossible ones (a career longer than a life) included.
        distance: How near it comes, in log-odds.
    """

    inputs: int
    distance: float


def nearest(predictor: Regression) -> Nearest:
    """The nearest of every input of a predictor whose two tables share no feature.

    Sums of two tables are not listed one by one: of each entry of the first and each threshold,
    the entry of the second that comes nearest is found in order.
    """
    (compiled,) = predictor._compiled
    first, second = (t for t in compiled.tables)
    if set(first.features) & set(second.features):
        raise ValueError(f"the tables of {predictor.id} share a feature")
    weights = np.unique(-np.log(second.entries[second.start :]))
    thresholds = begins(predictor.rule)
    found = math.inf
    for entries in compiled.first.values():
        for one in np.unique(-np.log(entries)):
            sought = thresholds - one
            place = np.searchsorted(weights, sought).clip(1, len(weights) - 1)
            around = np.stack([weights[place - 1], weights[place]])
            found = min(found, float(np.abs(around - sought).min()))
    count = math.prod(
        high - low + 1
        for name in (*first.features, *second.features)
        for low, high in [predictor.domain_of(name) or (0, 0)]
    )
    return Nearest(count, found)


@cache
def people() -> dict[str, list[Any]]:
    """Synthetic people as typed columns."""
    draw = Draw(SEED)
    rows = [written(make_person(draw, n), STYLES[0]) for n in range(PEOPLE)]
    fields = {n: f for n, f in by_id["ogrs3"].vocabulary.fields.items() if f.scored}
    return {n: [f.parse(row.get(n)) for row in rows] for n, f in fields.items()}


@cache
def database() -> duckdb.DuckDBPyConnection:
    """The people as a table ``people`` of DuckDB."""
    fields = by_id["ogrs3"].vocabulary.fields
    types = {Kind.DATE: "DATE", Kind.INT: "INTEGER", Kind.LEVEL: "INTEGER", Kind.BOOL: "BOOLEAN"}
    connection = duckdb.connect()
    columns = ", ".join(f"{n} {types.get(fields[n].kind, 'VARCHAR')}" for n in people())
    connection.execute(f"CREATE TABLE people (n INTEGER, {columns})")
    marks = ", ".join("?" * (len(people()) + 1))
    rows = list(zip(range(PEOPLE), *people().values(), strict=True))
    connection.execute("BEGIN")
    for start in range(0, len(rows), 500):
        connection.executemany(f"INSERT INTO people VALUES ({marks})", rows[start : start + 500])
    connection.execute("COMMIT")
    return connection


def in_duckdb(predictor: Regression, form: Any, horizon: str) -> Any:
    """The log-odds of the people, as DuckDB adds them; NaN for those not scored."""
    sql = predictor.to_sql("duckdb", source="people", columns=list(people()), keep=["n"], form=form)
    layers, _, rest = sql.rpartition("\nSELECT\n")
    wanted = f"CASE WHEN {predictor.id}_ok THEN {predictor.id}_{horizon}_log_odds END"
    last = rest.rpartition("\nFROM ")[2]
    rows = database().execute(f"{layers} SELECT {wanted} FROM {last} ORDER BY keep_1").fetchall()
    return np.array([math.nan if x is None else x for (x,) in rows])


def in_python(predictor: Regression, form: str, horizon: str) -> Any:
    """The log-odds of the people, as the library multiplies them."""
    readers, rows = read_columns(people(), predictor.vocabulary.fields)
    inputs = {name: reader.block(0, rows) for name, reader in readers.items()}
    derivation = Derivation(inputs, predictor.vocabulary)
    predictor.outcome(derivation, form)
    with np.errstate(all="ignore"):
        against = predictor.scorecard(form).against(derivation.read, False)
        return -np.log(against[horizon])


@attrs.frozen
class Measured:
    """What the people show: the greatest difference, and rows in a million within the margin."""

    difference: float
    in_a_million: float


def measured(predictor: Regression) -> Measured:
    """Score the people in both ways."""
    difference, near, scored = 0.0, 0, 0
    margin = margin_of(greatest_difference_of(predictor))
    for form in ("brief", "extended") if predictor.has_forms else ("auto",):
        for horizon in predictor.horizons:
            sql, python = in_duckdb(predictor, form, horizon), in_python(predictor, form, horizon)
            ok = ~np.isnan(sql)
            difference = max(difference, float(np.abs(sql[ok] - python[ok]).max()))
            thresholds = begins(predictor.rule)
            place = np.searchsorted(thresholds, sql[ok]).clip(1, len(thresholds) - 1)
            around = np.stack([thresholds[place - 1], thresholds[place]])
            near += int((np.abs(around - sql[ok]).min(axis=0) < NEAR).sum())
            scored += int(ok.sum())
    return Measured(difference, near / scored * margin / NEAR * 1e6)


def certain(predictor: Regression) -> list[str]:
    """The cells that do not depend on a sample."""
    bound = greatest_difference_of(predictor)
    if predictor.rule.digits == 0:
        found = nearest(predictor)
        why = f"{found.inputs:,} inputs, the nearest at {found.distance:.1e}: none is undecided"
    else:
        why = f"thresholds within {displaced(predictor.rule):.1e} of Python's"
    return [predictor.name, f"{bound:.1e}", f"{margin_of(bound):.1e}", why]


def table() -> str:
    """The table of the page."""
    head = [
        "",
        "cannot differ by more",
        "margin",
        "proved",
        "did differ by",
        "undecided in a million",
    ]
    lines = [head, ["---"] * len(head)]
    for predictor in regressions():
        shown = measured(predictor)
        rate = "0" if predictor.rule.digits == 0 else f"{shown.in_a_million:.1g}"
        lines.append([*certain(predictor), f"{shown.difference:.0e}", rate])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table, or write it."""
    text = table()
    if sys.argv[1:] != ["--write"]:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
