"""The SQL of an instrument that nobody has declared in the library."""

from __future__ import annotations

import duckdb
from test_results import COLUMNS, EXPECTED, TOY


def test_an_instrument_with_a_vocabulary_and_results_of_its_own() -> None:
    lists = ", ".join(
        f"unnest(?::{'BOOLEAN' if n == 'grown_up' else 'INTEGER'}[])" for n in COLUMNS
    )
    given_ = [[{"yes": True, "no": False}.get(v, v) for v in c] for c in COLUMNS.values()]  # type: ignore[arg-type, call-overload]
    database = duckdb.connect()
    database.execute(
        f"CREATE OR REPLACE TABLE toys AS SELECT * FROM (SELECT {lists}) AS t "
        f"({', '.join(COLUMNS)})",
        given_,
    )
    answer = database.execute(TOY.to_sql(source="toys"))
    names = [d[0] for d in answer.description or ()]
    rows = answer.fetchall()
    assert {n: [row[i] for row in rows] for i, n in enumerate(names)} == EXPECTED
